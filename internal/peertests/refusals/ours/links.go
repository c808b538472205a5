package ours

import (
	"net"
	"strings"

	"kern.sys/internal/peertests/refusals"
	"kern.sys/netlink"
)

type link = netlink.Link

func named(name string) netlink.LinkAttrs {
	a := netlink.NewLinkAttrs()
	a.Name = name
	return a
}

func ifb(name string) link    { return &netlink.Ifb{LinkAttrs: named(name)} }
func bridge(name string) link { return &netlink.Bridge{LinkAttrs: named(name)} }
func absent() link            { return &netlink.Ifb{LinkAttrs: netlink.LinkAttrs{Index: 4711}} }
func nameless() link          { return &netlink.Ifb{LinkAttrs: netlink.LinkAttrs{Name: "nosuch"}} }

func veth(name, peer string) link {
	v := netlink.NewVeth(named(name))
	v.PeerName = peer
	return v
}

// lo is the loopback device of every namespace.
func lo() link { return &netlink.Device{LinkAttrs: netlink.LinkAttrs{Name: "lo", Index: 1}} }

func add(l link) func() error { return func() error { return netlink.LinkAdd(l) } }

func up(name string) func() error {
	return func() error {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		return netlink.LinkSetUp(l)
	}
}

// on calls fn with a link that is found by its name.
func on(name string, fn func(link) error) func() error {
	return func() error {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		return fn(l)
	}
}

// linkChanges are changes that are tried on links of all sorts.
var linkChanges = map[string]func(link) error{
	"LinkSetUp":         netlink.LinkSetUp,
	"LinkSetDown":       netlink.LinkSetDown,
	"LinkDel":           netlink.LinkDel,
	"LinkSetMTU":        func(l link) error { return netlink.LinkSetMTU(l, 1400) },
	"LinkSetMTU 1":      func(l link) error { return netlink.LinkSetMTU(l, 1) },
	"LinkSetName":       func(l link) error { return netlink.LinkSetName(l, "renamed") },
	"LinkSetName taken": func(l link) error { return netlink.LinkSetName(l, "lo") },
	"LinkSetAlias":      func(l link) error { return netlink.LinkSetAlias(l, "an alias") },
	"LinkSetHardwareAddr": func(l link) error {
		return netlink.LinkSetHardwareAddr(l,
			net.HardwareAddr{2, 0, 0, 0, 0, 1})
	},
	"LinkSetHardwareAddr 3": func(l link) error { return netlink.LinkSetHardwareAddr(l, net.HardwareAddr{2, 0, 0}) },
	"LinkSetTxQLen":         func(l link) error { return netlink.LinkSetTxQLen(l, 7) },
	"LinkSetGroup":          func(l link) error { return netlink.LinkSetGroup(l, 7) },
	"LinkSetMaster lo":      func(l link) error { return netlink.LinkSetMaster(l, lo()) },
	"LinkSetMaster absent":  func(l link) error { return netlink.LinkSetMaster(l, absent()) },
	"LinkSetMasterByIndex":  func(l link) error { return netlink.LinkSetMasterByIndex(l, 4711) },
	"LinkSetNoMaster":       netlink.LinkSetNoMaster,
	"LinkSetNsPid":          func(l link) error { return netlink.LinkSetNsPid(l, 1<<30) },
	"LinkSetNsFd":           func(l link) error { return netlink.LinkSetNsFd(l, 1<<20) },
	"LinkSetPromiscOn":      netlink.SetPromiscOn,
	"LinkSetAllmulticastOn": netlink.LinkSetAllmulticastOn,
	"LinkSetMulticastOff":   netlink.LinkSetMulticastOff,
	"LinkSetARPOff":         netlink.LinkSetARPOff,
	"LinkSetGSOMaxSegs":     func(l link) error { return netlink.LinkSetGSOMaxSegs(l, 1<<30) },
	"LinkSetGSOMaxSize":     func(l link) error { return netlink.LinkSetGSOMaxSize(l, 1<<30) },
	"LinkSetHairpin":        func(l link) error { return netlink.LinkSetHairpin(l, true) },
	"LinkSetLearning":       func(l link) error { return netlink.LinkSetLearning(l, true) },
	"LinkSetBrProxyArp":     func(l link) error { return netlink.LinkSetBrProxyArp(l, true) },
	"LinkSetVfVlan":         func(l link) error { return netlink.LinkSetVfVlan(l, 1, 2) },
	"LinkSetVfHardwareAddr": func(l link) error {
		return netlink.LinkSetVfHardwareAddr(l, 1,
			net.HardwareAddr{2, 0, 0, 0, 0, 1})
	},
	"LinkSetVfSpoofchk":      func(l link) error { return netlink.LinkSetVfSpoofchk(l, 1, true) },
	"LinkSetXdpFd":           func(l link) error { return netlink.LinkSetXdpFd(l, 1<<20) },
	"LinkAddAltName":         func(l link) error { return netlink.LinkAddAltName(l, "other") },
	"LinkAddAltName taken":   func(l link) error { return netlink.LinkAddAltName(l, "lo") },
	"LinkDelAltName":         func(l link) error { return netlink.LinkDelAltName(l, "other") },
	"BridgeSetMcastSnoop":    func(l link) error { return netlink.BridgeSetMcastSnoop(l, true) },
	"BridgeSetVlanFiltering": func(l link) error { return netlink.BridgeSetVlanFiltering(l, true) },
	"BridgeVlanAdd":          func(l link) error { return netlink.BridgeVlanAdd(l, 5, false, false, true, false) },
	"BridgeVlanDel":          func(l link) error { return netlink.BridgeVlanDel(l, 5, false, false, true, false) },
	"LinkGetProtinfo":        func(l link) error { return refusals.Error(netlink.LinkGetProtinfo(l)) },
	"AddrList":               func(l link) error { return refusals.Error(netlink.AddrList(l, netlink.FAMILY_ALL)) },
	"RouteList":              func(l link) error { return refusals.Error(netlink.RouteList(l, netlink.FAMILY_ALL)) },
	"AddrAdd":                func(l link) error { return netlink.AddrAdd(l, addr("10.0.0.1/24")) },
	"AddrDel":                func(l link) error { return netlink.AddrDel(l, addr("10.0.0.1/24")) },
	"AddrAdd IPv6":           func(l link) error { return netlink.AddrAdd(l, addr("fd00::1/64")) },
	"AddrDel IPv6":           func(l link) error { return netlink.AddrDel(l, addr("fd00::1/64")) },
	"AddrReplace":            func(l link) error { return netlink.AddrReplace(l, addr("10.0.0.1/24")) },
}

// Links are cases about links.
func Links() []refusals.Case {
	cases := []refusals.Case{
		{Name: "LinkAdd", Do: add(ifb("x0"))},
		{Name: "LinkAdd name taken", Setup: add(ifb("x0")), Do: add(ifb("x0"))},
		{Name: "LinkAdd bridge taken", Setup: add(bridge("x0")), Do: add(bridge("x0"))},
		{Name: "LinkAdd name of another kind taken", Do: add(bridge("lo"))},
		{Name: "LinkAdd veth taken", Setup: add(ifb("x0")), Do: add(veth("x0", "x1"))},
		{Name: "LinkAdd veth peer taken", Setup: add(ifb("x1")), Do: add(veth("x0", "x1"))},
		{Name: "LinkAdd index taken", Do: add(&netlink.Ifb{LinkAttrs: netlink.LinkAttrs{Name: "x0", Index: 1, TxQLen: -1}})},
		{Name: "LinkAdd without a name", Do: add(ifb(""))},
		{Name: "LinkAdd bad name", Do: add(ifb("x/y"))},
		{Name: "LinkAdd unknown kind", Do: add(&netlink.GenericLink{LinkAttrs: named("x0"), LinkType: "martian"})},
		{Name: "LinkAdd no such parent", Do: add(&netlink.Vlan{LinkAttrs: netlink.LinkAttrs{Name: "x0", ParentIndex: 4711,
			TxQLen: -1}, VlanId: 5})},
		{Name: "LinkAdd no such master", Do: add(&netlink.Ifb{LinkAttrs: netlink.LinkAttrs{Name: "x0", MasterIndex: 4711,
			TxQLen: -1}})},
		{Name: "LinkAdd MTU", Do: add(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "x0", MTU: 1 << 30, TxQLen: -1}})},
		{Name: "LinkAdd bad namespace", Do: add(&netlink.Ifb{LinkAttrs: netlink.LinkAttrs{Name: "x0",
			Namespace: netlink.NsFd(1 << 20), TxQLen: -1}})},
		{Name: "LinkAdd bad process", Do: add(&netlink.Ifb{LinkAttrs: netlink.LinkAttrs{Name: "x0",
			Namespace: netlink.NsPid(1 << 30), TxQLen: -1}})},
		{Name: "LinkAdd vxlan without id", Do: add(&netlink.Vxlan{LinkAttrs: named("x0"), VtepDevIndex: 4711, VxlanId: 5})},
		{Name: "LinkModify absent", Do: func() error { return netlink.LinkModify(ifb("nosuch")) }},
		{Name: "LinkByName", Do: func() error { return refusals.Error(netlink.LinkByName("nosuch")) }},
		{Name: "LinkByName empty", Do: func() error { return refusals.Error(netlink.LinkByName("")) }},
		{Name: "LinkByName long", Do: func() error { return refusals.Error(netlink.LinkByName(strings.Repeat("x", 100))) }},
		{Name: "LinkByIndex", Do: func() error { return refusals.Error(netlink.LinkByIndex(4711)) }},
		{Name: "LinkByIndex 0", Do: func() error { return refusals.Error(netlink.LinkByIndex(0)) }},
		{Name: "LinkByIndex -1", Do: func() error { return refusals.Error(netlink.LinkByIndex(-1)) }},
		{Name: "LinkByAlias", Do: func() error { return refusals.Error(netlink.LinkByAlias("nosuch")) }},
		{Name: "LinkSetMaster itself", Setup: add(bridge("x0")),
			Do: on("x0", func(l link) error { return netlink.LinkSetMaster(l, l) })},
		{Name: "LinkSetMaster a bridge below a bridge", Setup: refusals.All(add(bridge("x0")), add(bridge("x1"))),
			Do: on("x0", func(l link) error { return on("x1", func(m link) error { return netlink.LinkSetMaster(l, m) })() })},
		{Name: "LinkSetMaster none", Setup: add(ifb("x0")),
			Do: on("x0", func(l link) error { return netlink.LinkSetMaster(l, nil) })},
		{Name: "LinkList", Do: func() error { return refusals.Error(netlink.LinkList()) }},
		{Name: "VethPeerIndex", Do: func() error {
			return refusals.Error(netlink.VethPeerIndex(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "nosuch",
				Index: 4711}}))
		}},
		{Name: "GetNetNsIdByPid", Do: func() error { return refusals.Error(netlink.GetNetNsIdByPid(1 << 30)) }},
		{Name: "GetNetNsIdByFd", Do: func() error { return refusals.Error(netlink.GetNetNsIdByFd(1 << 20)) }},
		{Name: "SetNetNsIdByPid", Do: func() error { return netlink.SetNetNsIdByPid(1<<30, 5) }},
		{Name: "NewHandle", Do: func() error { return refusals.Error(netlink.NewHandle(31)) }},
		{Name: "BridgeVniAdd", Do: func() error { return netlink.BridgeVniAdd(lo(), 5) }},
	}
	for name, change := range linkChanges {
		cases = append(cases,
			refusals.Case{Name: name + " of no such index", Do: func() error { return change(absent()) }},
			refusals.Case{Name: name + " of no such name", Do: func() error { return change(nameless()) }},
			refusals.Case{Name: name + " of lo", Do: on("lo", change)},
			refusals.Case{Name: name + " of a link by its name", Setup: add(ifb("x0")),
				Do: func() error { return change(ifb("x0")) }},
			refusals.Case{Name: name + " of a link that is up", Setup: refusals.All(add(ifb("x0")), up("x0")),
				Do: on("x0", change)},
			refusals.Case{Name: name + " twice", Setup: refusals.All(add(ifb("x0")), up("x0"), up("lo"), func() error {
				_ = on("x0", change)()
				return nil
			}), Do: on("x0", change)},
			refusals.Case{Name: name + " of a bridge", Setup: add(bridge("x0")), Do: on("x0", change)},
			refusals.Case{Name: name + " of a port", Setup: refusals.All(add(bridge("x1")), add(veth("x0", "p0")),
				on("x0", func(l link) error { return on("x1", func(m link) error { return netlink.LinkSetMaster(l, m) })() })),
				Do: on("x0", change)},
		)
	}
	return cases
}
