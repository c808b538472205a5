package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// recorder is a kernel that agrees to everything and keeps the requests.
type recorder struct {
	nltest.Kernel
	requests [][]byte
	index    uint32 // of links that are asked for by name
}

func newRecorder(t testing.TB) (*Handle, *recorder) {
	t.Helper()
	k := &recorder{index: 77}
	k.Answer = func(b []byte) []nltest.Datagram {
		if native.Uint16(b[4:]) == uapi.RTM_GETLINK {
			ifi := uapi.Ifinfomsg{Index: int32(k.index)}
			return []nltest.Datagram{{Data: nltest.Message(b, uapi.RTM_NEWLINK, 0, linkMessage(ifi, nil))}}
		}
		k.requests = append(k.requests, b)
		return []nltest.Datagram{{Data: nltest.Ack(b, 0, nil)}}
	}
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE, Dial: k.Dial})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &Handle{conns: &conns{open: map[int]*wire.Conn{uapi.NETLINK_ROUTE: c}}}, k
}

// last returns the payload of the one request there was, and its type.
func (k *recorder) last(t testing.TB) (typ uint16, payload []byte) {
	t.Helper()
	if len(k.requests) != 1 {
		t.Fatalf("%d requests", len(k.requests))
	}
	b := k.requests[0]
	k.requests = nil
	return native.Uint16(b[4:]), b[uapi.SizeofNlmsghdr:]
}

// index77 is the link that the requests below were captured for.
var index77 = &Device{LinkAttrs{Index: 77}}

// What ip 6.1 and bridge 6.1 send for the same changes; ip says RTM_NEWLINK
// where RTM_SETLINK does the same. Of AF_SPEC and of what is in a nest ip leaves
// the flag out that says so.
func TestLinkRequestsAreThoseOfIP(t *testing.T) {
	const header = "00000000 4d000000 00000000 00000000"
	const bridge = "07000000 4d000000 00000000 00000000"
	mtu := 1300
	for name, c := range map[string]struct {
		do   func(h *Handle) error
		typ  uint16
		want string
	}{
		"ip link add i0 numtxqueues 2 numrxqueues 2 address … broadcast … mtu 1300 txqueuelen 33 index 77 up type ifb": {
			func(h *Handle) error {
				a := NewLinkAttrs()
				a.Name, a.NumTxQueues, a.NumRxQueues, a.MTU, a.TxQLen, a.Index = "i0", 2, 2, mtu, 33, 77
				a.HardwareAddr, a.Broadcast = parseMAC(t, "02:00:00:00:00:02"), parseMAC(t, "ff:ff:ff:ff:ff:fe")
				a.Flags = net.FlagUp
				return h.LinkAdd(&Ifb{LinkAttrs: a})
			}, uapi.RTM_NEWLINK,
			`00000000 4d000000 01000000 01000000
			 08001f00 02000000
			 08002000 02000000
			 0a000100 0200000000020000
			 0a000200 fffffffffffe0000
			 08000400 14050000
			 08000d00 21000000
			 07000300 69300000
			 0c001200 0800010069666200`, // ip does not count the NUL
		},
		"ip link set i0 mtu 1280": {
			func(h *Handle) error { return h.LinkSetMTU(index77, 1280) }, uapi.RTM_SETLINK,
			header + `08000400 00050000`,
		},
		"ip link set i0 up": {
			func(h *Handle) error { return h.LinkSetUp(index77) }, uapi.RTM_SETLINK,
			`00000000 4d000000 01000000 01000000`,
		},
		"ip link set i0 down": {
			func(h *Handle) error { return h.LinkSetDown(index77) }, uapi.RTM_SETLINK,
			`00000000 4d000000 00000000 01000000`,
		},
		"ip link set i0 arp off": {
			func(h *Handle) error { return h.LinkSetARPOff(index77) }, uapi.RTM_SETLINK,
			`00000000 4d000000 80000000 80000000`,
		},
		"ip link set i0 alias hi": {
			func(h *Handle) error { return h.LinkSetAlias(index77, "hi") }, uapi.RTM_SETLINK,
			header + `06001400 68690000`,
		},
		"ip link set i0 alias ''": {
			func(h *Handle) error { return h.LinkSetAlias(index77, "") }, uapi.RTM_SETLINK,
			header + `04001400`,
		},
		"ip link set i0 master br0": {
			func(h *Handle) error { return h.LinkSetMaster(index77, &Device{LinkAttrs{Index: 2}}) }, uapi.RTM_SETLINK,
			header + `08000a00 02000000`,
		},
		"ip link set i0 nomaster": {
			func(h *Handle) error { return h.LinkSetNoMaster(index77) }, uapi.RTM_SETLINK,
			header + `08000a00 00000000`,
		},
		"ip link set i0 addrgenmode none": {
			func(h *Handle) error {
				return h.LinkSetIP6AddrGenMode(index77, uapi.IN6_ADDR_GEN_MODE_NONE)
			}, uapi.RTM_SETLINK,
			header + `10001a80 0c000a80 05000800 01000000`,
		},
		"ip link set i0 txqueuelen 5": {
			func(h *Handle) error { return h.LinkSetTxQLen(index77, 5) }, uapi.RTM_SETLINK,
			header + `08000d00 05000000`,
		},
		"ip link set i0 group 9": {
			func(h *Handle) error { return h.LinkSetGroup(index77, 9) }, uapi.RTM_SETLINK,
			header + `08001b00 09000000`,
		},
		"ip link set i0 netns 1": {
			func(h *Handle) error { return h.LinkSetNsPid(index77, 1) }, uapi.RTM_SETLINK,
			header + `08001300 01000000`,
		},
		"ip link property add dev i0 altname other": {
			func(h *Handle) error { return h.LinkAddAltName(index77, "other") }, uapi.RTM_NEWLINKPROP,
			header + `10003480 0a003500 6f74686572000000`,
		},
		"ip link property del dev i0 altname other": {
			func(h *Handle) error { return h.LinkDelAltName(index77, "other") }, uapi.RTM_DELLINKPROP,
			header + `10003480 0a003500 6f74686572000000`,
		},
		"ip link del i0": {
			func(h *Handle) error { return h.LinkDel(index77) }, uapi.RTM_DELLINK, header,
		},
		"bridge link set dev d0 hairpin on": {
			func(h *Handle) error { return h.LinkSetHairpin(index77, true) }, uapi.RTM_SETLINK,
			bridge + `0c000c80 05000400 01000000`,
		},
		"bridge vlan add dev d0 vid 5 pvid untagged master": {
			func(h *Handle) error { return h.BridgeVlanAdd(index77, 5, true, true, false, true) }, uapi.RTM_SETLINK,
			bridge + `14001a80 06000000 01000000 08000200 06000500`,
		},
		"bridge vlan add dev d0 vid 10-20": {
			func(h *Handle) error { return h.BridgeVlanAddRange(index77, 10, 20, false, false, false, false) },
			uapi.RTM_SETLINK,
			bridge + `14001a80 08000200 08000a00 08000200 10001400`,
		},
		"bridge vlan add dev d0 vid 10-12 tunnel_info id 100-102": {
			func(h *Handle) error {
				return h.BridgeVlanAddTunnelInfo(index77, 10, 12, 100, 102, false, false)
			}, uapi.RTM_SETLINK,
			bridge + `3c001a80
			 1c000380 08000100 64000000 06000200 0a000000 06000300 08000000
			 1c000380 08000100 66000000 06000200 0c000000 06000300 10000000`,
		},
		"bridge vni add vni 100-200 dev d0": {
			func(h *Handle) error { return h.BridgeVniAddRange(index77, 100, 200) }, uapi.RTM_NEWTUNNEL,
			`07000000 4d000000 14000180 08000100 64000000 08000200 c8000000`,
		},
		"ip link set i0 vf 1 mac 02:00:00:00:00:09": {
			func(h *Handle) error { return h.LinkSetVfHardwareAddr(index77, 1, parseMAC(t, "02:00:00:00:00:09")) },
			uapi.RTM_SETLINK,
			header + `30001680 2c000180 28000100 01000000 0200000000090000` + strings.Repeat("00", 24),
		},
		"ip link set i0 vf 1 vlan 5 qos 3": {
			func(h *Handle) error { return h.LinkSetVfVlanQos(index77, 1, 5, 3) }, uapi.RTM_SETLINK,
			header + `18001680 14000180 10000200 01000000 05000000 03000000`,
		},
		"ip link set i0 vf 1 vlan 5 qos 3 proto 802.1ad": {
			func(h *Handle) error { return h.LinkSetVfVlanQosProto(index77, 1, 5, 3, 0x88a8) }, uapi.RTM_SETLINK,
			header + `20001680 1c000180 18000c80 14000100 01000000 05000000 03000000 88a80000`,
		},
		"ip link set i0 vf 1 spoofchk on": {
			func(h *Handle) error { return h.LinkSetVfSpoofchk(index77, 1, true) }, uapi.RTM_SETLINK,
			header + `14001680 10000180 0c000400 01000000 01000000`,
		},
		"ip link set i0 vf 1 trust on": {
			func(h *Handle) error { return h.LinkSetVfTrust(index77, 1, true) }, uapi.RTM_SETLINK,
			header + `14001680 10000180 0c000900 01000000 01000000`,
		},
		"ip link set i0 vf 1 state enable": {
			func(h *Handle) error { return h.LinkSetVfState(index77, 1, VF_LINK_STATE_ENABLE) }, uapi.RTM_SETLINK,
			header + `14001680 10000180 0c000500 01000000 01000000`,
		},
		"ip link set i0 vf 1 rate 100": {
			func(h *Handle) error { return h.LinkSetVfTxRate(index77, 1, 100) }, uapi.RTM_SETLINK,
			header + `14001680 10000180 0c000300 01000000 64000000`,
		},
		"ip link set i0 vf 1 min_tx_rate 5 max_tx_rate 100": {
			func(h *Handle) error { return h.LinkSetVfRate(index77, 1, 5, 100) }, uapi.RTM_SETLINK,
			header + `18001680 14000180 10000600 01000000 05000000 64000000`,
		},
		"ip link set i0 vf 1 node_guid 00:11:22:33:44:55:66:77": {
			func(h *Handle) error { return h.LinkSetVfNodeGUID(index77, 1, parseMAC(t, "00:11:22:33:44:55:66:77")) },
			uapi.RTM_SETLINK,
			header + `1c001680 18000180 14000a00 01000000 00000000 7766554433221100`,
		},
		"ip link set i0 gso_max_size 50000": {
			func(h *Handle) error { return h.LinkSetGSOMaxSize(index77, 50000) }, uapi.RTM_SETLINK,
			header + `08002900 50c30000`,
		},
		"ip link set i0 gso_max_segs 1000": {
			func(h *Handle) error { return h.LinkSetGSOMaxSegs(index77, 1000) }, uapi.RTM_SETLINK,
			header + `08002800 e8030000`,
		},
		"ip link set i0 gro_max_size 40000": {
			func(h *Handle) error { return h.LinkSetGROMaxSize(index77, 40000) }, uapi.RTM_SETLINK,
			header + `08003a00 409c0000`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := capture.Message(t, c.typ, c.want)
			h, k := newRecorder(t)
			if err := c.do(h); err != nil {
				t.Fatal(err)
			}
			typ, got := k.last(t)
			if typ != c.typ {
				t.Errorf("message type is %d, want %d", typ, c.typ)
			}
			n := uapi.SizeofIfinfomsg
			if typ == uapi.RTM_NEWTUNNEL {
				n = uapi.SizeofTunnelMsg
			}
			gotParts, wantParts := parts(t, got, n), parts(t, want, n)
			if strings.Join(gotParts, "\n") != strings.Join(wantParts, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(gotParts, "\n"), strings.Join(wantParts, "\n"))
			}
		})
	}
}

// A modify with nothing set changes nothing. A literal has a queue of no packets,
// whose 0 is a value.
func TestLinkModifySendsOnlyWhatIsSet(t *testing.T) {
	for name, a := range map[string]LinkAttrs{"NewLinkAttrs": NewLinkAttrs(), "literal": {}} {
		t.Run(name, func(t *testing.T) {
			h, k := newRecorder(t)
			a.Index = 77
			if err := h.LinkModify(&Device{a}); err != nil {
				t.Fatal(err)
			}
			want := linkMessage(uapi.Ifinfomsg{Index: 77}, func(e *wire.Encoder) {
				if name == "literal" {
					e.Uint32(uapi.IFLA_TXQLEN, 0)
				}
			})
			if _, got := k.last(t); !bytes.Equal(got, want) {
				t.Errorf("sent %x, want %x", got, want)
			}
		})
	}
}

func TestLinkRequestsFindTheLinkByName(t *testing.T) {
	long := strings.Repeat("n", 127)
	for name, attr := range map[string]uint16{"eth0": uapi.IFLA_IFNAME, strings.Repeat("n", 16): uapi.IFLA_ALT_IFNAME,
		long: uapi.IFLA_ALT_IFNAME} {
		h, k := newRecorder(t)
		if err := h.LinkSetUp(&Device{LinkAttrs{Name: name}}); err != nil {
			t.Fatal(err)
		}
		_, got := k.last(t)
		d := wire.NewDecoderAfter(got, uapi.SizeofIfinfomsg)
		if !d.Next() || d.Type() != attr || d.String() != name {
			t.Errorf("%s: sent %x", name, got)
		}
	}
	h, _ := newRecorder(t)
	h.details = true
	for what, link := range map[string]Link{
		"nothing": nil, "no name": &Device{}, "a name of 128 bytes": &Device{LinkAttrs{Name: long + "n"}},
	} {
		for op, do := range map[string]func() error{
			"LinkSetUp":      func() error { return h.LinkSetUp(link) },
			"LinkSetMTU":     func() error { return h.LinkSetMTU(link, 1500) },
			"LinkSetName":    func() error { return h.LinkSetName(link, "new") },
			"LinkDel":        func() error { return h.LinkDel(link) },
			"LinkModify":     func() error { return h.LinkModify(link) },
			"LinkSetHairpin": func() error { return h.LinkSetHairpin(link, true) },
			"BridgeVlanAdd":  func() error { return h.BridgeVlanAdd(link, 1, false, false, false, false) },
			"BridgeVniAdd":   func() error { return h.BridgeVniAdd(link, 1) },
			"LinkGetProtinfo": func() error {
				_, err := h.LinkGetProtinfo(link)
				return err
			},
		} {
			var e *wire.Error
			if err := do(); !errors.As(err, &e) || e.Op == "" {
				t.Errorf("%s of %s: %v", op, what, err)
			}
		}
	}
}

func TestBadValuesAreRefusedBeforeAnythingIsSent(t *testing.T) {
	h, k := newRecorder(t)
	h.details = true
	add := func(change func(*LinkAttrs)) error {
		a := NewLinkAttrs()
		a.Name = "x"
		change(&a)
		return h.LinkAdd(&GenericLink{LinkAttrs: a, LinkType: "dummy"})
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"no name":              {add(func(a *LinkAttrs) { a.Name = "" }), "name is empty"},
		"name of 16 bytes":     {add(func(a *LinkAttrs) { a.Name = "sixteen-bytes-xx" }), "at most 15"},
		"name with slash":      {add(func(a *LinkAttrs) { a.Name = "a/b" }), `holds '/'`},
		"name with colon":      {add(func(a *LinkAttrs) { a.Name = "a:b" }), `holds ':'`},
		"name with space":      {add(func(a *LinkAttrs) { a.Name = "a b" }), `holds ' '`},
		"name with NUL":        {add(func(a *LinkAttrs) { a.Name = "a\x00" }), `holds '\x00'`},
		"name ..":              {add(func(a *LinkAttrs) { a.Name = ".." }), "cannot be the name"},
		"MTU below 0":          {add(func(a *LinkAttrs) { a.MTU = -1 }), "mtu -1"},
		"queue length":         {add(func(a *LinkAttrs) { a.TxQLen = wide(1 << 32) }), "txqueuelen 4294967296"},
		"queues below 0":       {add(func(a *LinkAttrs) { a.NumTxQueues = -1 }), "numtxqueues -1"},
		"namespace of a name":  {add(func(a *LinkAttrs) { a.Namespace = "ns1" }), "not a string"},
		"namespace below 0":    {add(func(a *LinkAttrs) { a.Namespace = NsFd(-1) }), "descriptor -1"},
		"alias of 256 bytes":   {add(func(a *LinkAttrs) { a.Alias = strings.Repeat("a", 256) }), "at most 255"},
		"altname of 128 bytes": {add(func(a *LinkAttrs) { a.AltNames = []string{strings.Repeat("a", 128)} }), "at most 127"},
		"no link":              {h.LinkAdd(nil), "no link given"},
		"rename to nothing":    {h.LinkSetName(index77, ""), "name is empty"},
		"set MTU below 0":      {h.LinkSetMTU(index77, -5), "mtu -5"},
		"set no address":       {h.LinkSetHardwareAddr(index77, nil), "no address given"},
		"set long alias":       {h.LinkSetAlias(index77, strings.Repeat("a", 256)), "at most 255"},
		"VF below 0":           {h.LinkSetVfVlan(index77, -1, 5), "function -1"},
		"VF GUID of 6 bytes":   {h.LinkSetVfNodeGUID(index77, 0, parseMAC(t, "02:00:00:00:00:02")), "want 8"},
		"VF proto":             {h.LinkSetVfVlanQosProto(index77, 0, 1, 1, 1<<16), "no EtherType"},
		"VF GUID of no type":   {h.LinkSetVfGUID(index77, 0, make(net.HardwareAddr, 8), uapi.IFLA_VF_MAC), "no GUID"},
		"VLANs backwards":      {h.BridgeVlanAddRange(index77, 9, 5, false, false, false, false), "before it begins"},
		"tunnels do not match": {h.BridgeVlanAddTunnelInfo(index77, 1, 5, 1, 6, false, false), "do not match"},
		"VNIs backwards":       {h.BridgeVniAddRange(index77, 9, 5), "before it begins"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: got %v, want something with %q", name, c.err, c.want)
		}
	}
	if len(k.requests) != 0 {
		t.Errorf("%d requests were sent", len(k.requests))
	}
}

// A kernel that does not know what to filter by sends everything.
func TestLinkListFiltersWhatTheKernelDoesNot(t *testing.T) {
	h, k := newRecorder(t)
	k.Answer = func(b []byte) []nltest.Datagram {
		var all []byte
		for i, kind := range []string{"ifb", "veth", "ifb"} {
			m := linkMessage(uapi.Ifinfomsg{Index: int32(i + 1)}, func(e *wire.Encoder) {
				e.Uint32(uapi.IFLA_MASTER, uint32(7+i))
				e.Nest(uapi.IFLA_LINKINFO)
				e.String(uapi.IFLA_INFO_KIND, kind)
				e.End()
			})
			all = append(all, nltest.Message(b, uapi.RTM_NEWLINK, uapi.NLM_F_MULTI, m)...)
		}
		return []nltest.Datagram{{Data: append(all, nltest.Done(b, 0, 0)...)}}
	}
	for _, c := range []struct {
		f    LinkFilter
		want string
	}{
		{LinkFilter{}, "[1 2 3]"},
		{LinkFilter{Type: "ifb"}, "[1 3]"},
		{LinkFilter{MasterIndex: 8}, "[2]"},
		{LinkFilter{MasterIndex: 8, Type: "ifb"}, "[]"},
	} {
		all, err := h.LinkListFiltered(c.f)
		got := []int{}
		for _, l := range all {
			got = append(got, l.Attrs().Index)
		}
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%+v: got %v, %v, want %s", c.f, got, err, c.want)
		}
	}
}
