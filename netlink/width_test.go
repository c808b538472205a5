package netlink

import (
	"math"
	"net"
	"testing"

	"kern.sys/internal/uapi"
)

// wide is n as an int, which cannot hold it where an int has 32 bits.
func wide(n int64) int { return int(n) }

// A number that does not fit into its place on the wire is refused, and nothing is
// sent: cut to the width it would be another number.
func TestNumbersThatDoNotFitAreRefused(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("an int has 32 bits here: all of them fit")
	}
	over32, over31 := wide(math.MaxUint32+77+1), wide(math.MaxInt32+77+1)
	x0 := NewLinkAttrs()
	x0.Name = "x0"
	dst := &net.IPNet{IP: net.IP{10, 0, 0, 0}, Mask: net.CIDRMask(8, 32)}
	link := &Device{LinkAttrs{Index: 77, TxQLen: -1}}
	attrs := func(set func(*LinkAttrs)) func(h *Handle) error {
		return func(h *Handle) error {
			a := NewLinkAttrs()
			a.Name = "x0"
			set(&a)
			return h.LinkAdd(&Dummy{a})
		}
	}
	nsid := over32
	for name, do := range map[string]func(h *Handle) error{
		"vni":           func(h *Handle) error { return h.BridgeVniAdd(link, maxVNI+1) },
		"range of vni":  func(h *Handle) error { return h.BridgeVniAddRange(link, 5, maxVNI+1) },
		"vni to delete": func(h *Handle) error { return h.BridgeVniDel(link, maxVNI+1) },
		"tunnel": func(h *Handle) error {
			return h.BridgeVlanAddTunnelInfo(link, 5, 5, maxVNI+1, maxVNI+1, false,
				true)
		},
		"tunnels": func(h *Handle) error {
			return h.BridgeVlanAddTunnelInfo(link, 5, 6, maxVNI, maxVNI+1, false,
				true)
		},
		"vlan": func(h *Handle) error { return h.BridgeVlanAdd(link, maxVlanID+1, false, false, false, true) },
		"vlans": func(h *Handle) error {
			return h.BridgeVlanAddRange(link, 5, maxVlanID+1, false, false, false,
				true)
		},
		"default pvid": func(h *Handle) error { return h.BridgeSetVlanDefaultPVID(link, maxVlanID+1) },

		"index":               func(h *Handle) error { return h.LinkSetUp(&Device{LinkAttrs{Index: over32}}) },
		"index below 0":       func(h *Handle) error { return h.LinkSetUp(&Device{LinkAttrs{Index: -1}}) },
		"index of a new link": attrs(func(a *LinkAttrs) { a.Index = over32 }),
		"parent":              attrs(func(a *LinkAttrs) { a.ParentIndex = over32 }),
		"master":              attrs(func(a *LinkAttrs) { a.MasterIndex = over32 }),
		"namespace id":        attrs(func(a *LinkAttrs) { a.LinkNetNsID = &nsid }),
		"MTU":                 attrs(func(a *LinkAttrs) { a.MTU = over32 }),
		"TxQLen":              attrs(func(a *LinkAttrs) { a.TxQLen = over32 }),
		"queues":              attrs(func(a *LinkAttrs) { a.NumRxQueues = over32 }),
		"xdp":                 attrs(func(a *LinkAttrs) { a.Xdp = &LinkXdp{Fd: over32} }),
		"pid":                 attrs(func(a *LinkAttrs) { a.Namespace = NsPid(over32) }),
		"master of a list": func(h *Handle) error {
			_, err := h.LinkListFiltered(LinkFilter{MasterIndex: over32})
			return err
		},
		"master of entries": func(h *Handle) error {
			_, err := h.AppendLinkEntries(nil, LinkFilter{MasterIndex: over32})
			return err
		},
		"xdp flags":        func(h *Handle) error { return h.LinkSetXdpFdWithFlags(link, 3, over32) },
		"xdp fd":           func(h *Handle) error { return h.LinkSetXdpFd(link, over31) },
		"vf":               func(h *Handle) error { return h.LinkSetVfVlan(link, over32, 5) },
		"vlan of a vf":     func(h *Handle) error { return h.LinkSetVfVlan(link, 1, over32) },
		"rate of a vf":     func(h *Handle) error { return h.LinkSetVfTxRate(link, 1, over32) },
		"protocol of a vf": func(h *Handle) error { return h.LinkSetVfVlanQosProto(link, 1, 5, 0, 1<<16) },
		"group":            func(h *Handle) error { return h.LinkSetGroup(link, over32) },
		"bridge's vlan protocol": func(h *Handle) error {
			return h.LinkAdd(&Bridge{LinkAttrs: x0, VlanProtocol: 1<<16 +
				0x8100})
		},
		"vlan protocol": func(h *Handle) error {
			return h.LinkAdd(&Vlan{LinkAttrs: x0, VlanProtocol: 1<<16 +
				0x8100})
		},
		"veth's peer MTU": func(h *Handle) error { return h.LinkAdd(&Veth{LinkAttrs: x0, PeerTxQLen: over32}) },

		"address's link":   func(h *Handle) error { return h.AddrAdd(nil, &Addr{IPNet: dst, LinkIndex: over32}) },
		"address's scope":  func(h *Handle) error { return h.AddrAdd(link, &Addr{IPNet: dst, Scope: 256}) },
		"address's metric": func(h *Handle) error { return h.AddrAdd(link, &Addr{IPNet: dst, Metric: over32}) },
		"lifetime":         func(h *Handle) error { return h.AddrAdd(link, &Addr{IPNet: dst, ValidLft: over32}) },
		"addresses' link": func(h *Handle) error {
			_, err := h.AddrList(&Device{LinkAttrs{Index: over32}}, FAMILY_ALL)
			return err
		},

		"neighbour's link":  func(h *Handle) error { return h.NeighAdd(&Neigh{LinkIndex: over32, IP: dst.IP}) },
		"neighbour's state": func(h *Handle) error { return h.NeighAdd(&Neigh{LinkIndex: 77, IP: dst.IP, State: 1 << 16}) },
		"neighbour's flags": func(h *Handle) error { return h.NeighAdd(&Neigh{LinkIndex: 77, IP: dst.IP, Flags: 256}) },
		"neighbour's VNI": func(h *Handle) error {
			return h.NeighAdd(&Neigh{LinkIndex: 77, Family: uapi.AF_BRIDGE, VNI: maxVNI + 1})
		},
		"neighbour's VLAN": func(h *Handle) error {
			return h.NeighAdd(&Neigh{LinkIndex: 77, Family: uapi.AF_BRIDGE, Vlan: maxVlanID + 1})
		},
		"neighbour's port": func(h *Handle) error {
			return h.NeighAdd(&Neigh{LinkIndex: 77, Family: uapi.AF_BRIDGE,
				Port: 1 << 16})
		},
		"neighbours' link": func(h *Handle) error {
			_, err := h.NeighList(over32, FAMILY_ALL)
			return err
		},

		"route's link":     func(h *Handle) error { return h.RouteAdd(&Route{Dst: dst, LinkIndex: over32}) },
		"route's table":    func(h *Handle) error { return h.RouteAdd(&Route{Dst: dst, Table: over32}) },
		"route's metric":   func(h *Handle) error { return h.RouteAdd(&Route{Dst: dst, Priority: over32}) },
		"route's MTU":      func(h *Handle) error { return h.RouteAdd(&Route{Dst: dst, MTU: over32}) },
		"route's protocol": func(h *Handle) error { return h.RouteAdd(&Route{Dst: dst, Protocol: 256}) },
		"next hop's flags": func(h *Handle) error {
			return h.RouteAdd(&Route{Dst: dst, MultiPath: []*NexthopInfo{{LinkIndex: 77, Flags: 256}}})
		},
		"next hop's link": func(h *Handle) error {
			return h.RouteAdd(&Route{Dst: dst, MultiPath: []*NexthopInfo{{LinkIndex: over32}}})
		},
		"next hop's weight": func(h *Handle) error {
			return h.RouteAdd(&Route{Dst: dst, MultiPath: []*NexthopInfo{{LinkIndex: 77, Hops: 256}}})
		},
		"encapsulation": func(h *Handle) error { return h.RouteAdd(&Route{Dst: dst, Encap: &wideEncap{}}) },
		"table of a list": func(h *Handle) error {
			_, err := h.RouteListFiltered(FAMILY_V4, &Route{Table: over32}, RT_FILTER_TABLE)
			return err
		},
		"link of a list": func(h *Handle) error {
			_, err := h.RouteListFiltered(FAMILY_V4, &Route{LinkIndex: over32}, RT_FILTER_OIF)
			return err
		},
		"route get": func(h *Handle) error {
			_, err := h.RouteGetWithOptions(dst.IP, &RouteGetOptions{OifIndex: over32})
			return err
		},

		"rule's table":    func(h *Handle) error { return h.RuleAdd(&Rule{Table: over32}) },
		"rule's tos":      func(h *Handle) error { return h.RuleAdd(&Rule{Table: 5, Tos: 256}) },
		"rule's priority": func(h *Handle) error { return h.RuleAdd(&Rule{Table: 5, Priority: over32}) },
		"rule's protocol": func(h *Handle) error { return h.RuleAdd(&Rule{Table: 5, IPProto: 256}) },

		"next hop object's protocol": func(h *Handle) error { return h.NexthopAdd(&Nexthop{ID: 1, Protocol: 256, OIF: 77}) },
		"member's weight": func(h *Handle) error {
			return h.NexthopAdd(&Nexthop{ID: 1, Group: []NexthopMember{{ID: 2, Weight: 1<<16 + 1}}})
		},

		"id of a namespace": func(h *Handle) error { return h.SetNetNsIdByFd(3, over32) },
		"fd of a namespace": func(h *Handle) error { return h.SetNetNsIdByFd(over32, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			h, k := newRecorder(t)
			if err := do(h); err == nil {
				t.Error("no error")
			}
			if n := len(k.requests); n != 0 {
				t.Errorf("%d messages were sent", n)
			}
		})
	}
}

// wideEncap is of a kind whose number has more than 16 bits.
type wideEncap struct{ GenericEncap }

func (*wideEncap) Type() int { return 1<<16 + 1 }
