package netlink

import (
	"errors"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/unix"
)

// again returns the link as the kernel has it.
func again[L Link](t *testing.T, h *Handle, l L) L {
	t.Helper()
	got, err := h.LinkByIndex(l.Attrs().Index)
	if err != nil {
		t.Fatal(err)
	}
	typed, ok := got.(L)
	if !ok {
		t.Fatalf("%s is read as a %T", l.Attrs().Name, got)
	}
	return typed
}

func named(name string) LinkAttrs {
	a := NewLinkAttrs()
	a.Name = name
	return a
}

// sameFields compares the fields of two links of one type that are set in
// want, but for LinkAttrs.
func sameFields(t *testing.T, got, want any) {
	t.Helper()
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range w.NumField() {
		f := w.Type().Field(i)
		if f.Type == reflect.TypeFor[LinkAttrs]() || w.Field(i).IsZero() {
			continue
		}
		if f.Type.Kind() == reflect.Struct {
			sameFields(t, g.Field(i).Addr().Interface(), w.Field(i).Addr().Interface())
			continue
		}
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			t.Errorf("%s is %v, want %v", f.Name, value(g.Field(i).Interface()), value(w.Field(i).Interface()))
		}
	}
}

func TestKindsHaveWhatTheyWereGiven(t *testing.T) {
	h, _ := newHandle(t)
	parent := &Bridge{LinkAttrs: named("parent")}
	if err := h.LinkAdd(parent); err != nil {
		t.Fatal(err)
	}
	on := func(name string) LinkAttrs {
		a := named(name)
		a.ParentIndex = parent.Index
		return a
	}
	for _, l := range []Link{
		&Dummy{named("dummy")},
		&Ifb{named("ifb")},
		&Vlan{LinkAttrs: on("vlan"), VlanId: 4094, VlanProtocol: VLAN_PROTOCOL_8021AD, ReorderHdr: new(false),
			LooseBinding:  new(true),
			IngressQosMap: map[uint32]uint32{1: 2, 3: 4}, EgressQosMap: map[uint32]uint32{5: 6}},
		&Macvlan{LinkAttrs: on("macvlan"), Mode: MACVLAN_MODE_PRIVATE, BCQueueLen: 77},
		&Macvlan{LinkAttrs: on("source"), Mode: MACVLAN_MODE_SOURCE, NoDst: new(true),
			MACAddrs: []net.HardwareAddr{ether("02:00:00:00:00:01")}},
		&Macvtap{Macvlan{LinkAttrs: on("macvtap"), Mode: MACVLAN_MODE_BRIDGE}},
		&Vxlan{LinkAttrs: named("vxlan"), VxlanId: 4242, VtepDevIndex: parent.Index, Group: net.IP{239, 1, 1, 1},
			SrcAddr: net.IP{10, 0, 0, 1}, TTL: 9, TOS: 4,
			Learning: true, L2miss: true, L3miss: true, Proxy: true, RSC: true, Age: 7, Limit: 8, Port: 4000, PortLow: 1000,
			PortHigh: 2000,
			UDPCSum:  true, UDP6ZeroCSumTx: true, DF: new(uint8(uapi.VXLAN_DF_INHERIT)), GBP: true},
		&Vxlan{LinkAttrs: named("vxlan6"), VxlanId: 4243, Group: net.ParseIP("2001:db8::1"), Port: 4001, TTLInherit: true,
			FlowLabel: new(uint32(0x12345)), UDPCSumSet: new(false), RemCSumTx: new(true)},
		&Vxlan{LinkAttrs: named("external"), FlowBased: true, VniFilter: true, Port: 4002},
	} {
		t.Run(l.Attrs().Name, func(t *testing.T) {
			mustAdd(t, h, l)
			got, err := h.LinkByName(l.Attrs().Name)
			if err != nil {
				t.Fatal(err)
			}
			if reflect.TypeOf(got) != reflect.TypeOf(l) {
				t.Fatalf("is read as a %T", got)
			}
			sameFields(t, got, l)
		})
	}
}

func TestBridgeHasWhatItWasGiven(t *testing.T) {
	h, _ := newHandle(t)
	b := &Bridge{
		LinkAttrs: named("br0"), ForwardDelay: new(uint32(400)), HelloTime: new(uint32(300)), MaxAge: new(uint32(700)),
		AgeingTime: new(uint32(1000)),
		StpState:   new(uint32(0)), Priority: new(uint16(7)), GroupFwdMask: new(uint16(8)),
		GroupAddr:        ether("01:80:c2:00:00:05"),
		NoLinkLocalLearn: new(true), MulticastRouter: new(uint8(2)), MulticastSnooping: new(false),
		MulticastQuerier: new(true),
		MulticastHashMax: new(uint32(1024)), MulticastLastMemberCount: new(uint32(5)),
		MulticastQuerierInterval: new(uint64(1000)),
		MulticastIgmpVersion:     new(uint8(3)), NfCallIptables: new(true),
	}
	if err := h.LinkAdd(b); err != nil {
		t.Fatal(err)
	}
	got := again(t, h, b)
	sameFields(t, got, b)
	if got.State == nil || got.State.ID.Priority != 7 {
		t.Errorf("state is %+v, want priority 7", got.State)
	}

	// A modify changes only what is set.
	change := &Bridge{LinkAttrs: LinkAttrs{Index: b.Index, TxQLen: -1}, MaxAge: new(uint32(900)),
		NoLinkLocalLearn: new(false), FdbFlush: true}
	if err := h.LinkModify(change); err != nil {
		t.Fatal(err)
	}
	b.MaxAge, b.NoLinkLocalLearn = change.MaxAge, change.NoLinkLocalLearn
	sameFields(t, again(t, h, b), b)
}

func TestBridgeWithVlansHasWhatItWasGiven(t *testing.T) {
	h, _ := newHandle(t)
	b := &Bridge{LinkAttrs: named("br0"), VlanFiltering: new(true), VlanDefaultPVID: new(uint16(5)),
		VlanProtocol:     VLAN_PROTOCOL_8021AD,
		VlanStatsEnabled: new(true), VlanStatsPerPort: new(true), MulticastVlanSnooping: new(true)}
	if err := h.LinkAdd(b); err != nil {
		nstest.Need(t, "bridge VLAN filtering", "5.15", err)
	}
	sameFields(t, again(t, h, b), b)
}

func TestBridgePortsAreRead(t *testing.T) {
	h, _ := newHandle(t)
	b := &Bridge{LinkAttrs: named("br0")}
	if err := h.LinkAdd(b); err != nil {
		t.Fatal(err)
	}
	v := NewVeth(named("v0"))
	v.MasterIndex = b.Index
	if err := h.LinkAdd(v); err != nil {
		t.Fatal(err)
	}
	set := &BridgePort{Cost: new(uint32(123)), Hairpin: new(true), Learning: new(false), Isolated: new(true),
		GroupFwdMask: new(uint16(8))}
	if err := h.LinkSetSlave(v, set); err != nil {
		t.Fatal(err)
	}
	port, ok := again(t, h, v).Slave.(*BridgePort)
	if !ok {
		t.Fatalf("the port is a %T", again(t, h, v).Slave)
	}
	sameFields(t, port, set)
	if port.Number != 1 || port.SlaveType() != "bridge" {
		t.Errorf("port %d of a %s", port.Number, port.SlaveType())
	}
}

func TestVethPeerHasWhatItWasGiven(t *testing.T) {
	h, _ := newHandle(t)
	other := nstest.New(t)
	oh, err := NewHandleAt(other)
	if err != nil {
		t.Fatal(err)
	}
	defer oh.Delete()

	v := NewVeth(named("v0"))
	v.MTU, v.NumTxQueues = 1400, 3
	v.PeerName, v.PeerNamespace, v.PeerMTU = "v1", NsFd(other), 1300
	v.PeerHardwareAddr, v.PeerNumRxQueues, v.PeerTxQLen = ether("02:00:00:00:00:07"), 4, 55
	if err := h.LinkAdd(v); err != nil {
		t.Fatal(err)
	}
	peer, err := oh.LinkByName("v1")
	if err != nil {
		t.Fatal(err)
	}
	a := peer.Attrs()
	if a.MTU != 1300 || a.TxQLen != 55 || a.NumRxQueues != 4 || a.NumTxQueues != 3 ||
		a.HardwareAddr.String() != "02:00:00:00:00:07" {
		t.Errorf("the peer has MTU %d, queue length %d, %d and %d queues, address %s", a.MTU, a.TxQLen, a.NumTxQueues,
			a.NumRxQueues, a.HardwareAddr)
	}
	index, err := h.VethPeerIndex(v)
	if err != nil || index != a.Index {
		t.Errorf("VethPeerIndex is %d, %v, want %d", index, err, a.Index)
	}
}

func TestVethPeerIndexOfWhatIsNoVeth(t *testing.T) {
	h, _ := newHandle(t)
	if err := h.LinkAdd(&Ifb{named("i0")}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.VethPeerIndex(NewVeth(named("i0"))); err == nil || !strings.Contains(err.Error(), `"i0"`) {
		t.Errorf("error is %v", err)
	}
	if _, err := h.VethPeerIndex(NewVeth(named("none"))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error of a link that is not there is %v", err)
	}
}

func TestVethWithoutNames(t *testing.T) {
	h, _ := newHandle(t)
	v := NewVeth(named("v%d"))
	if err := h.LinkAdd(v); err != nil {
		t.Fatal(err)
	}
	if v.Index == 0 {
		nstest.Need(t, "new links echoed to their creator", "6.2", unix.EOPNOTSUPP)
	}
	if index, err := h.VethPeerIndex(v); err != nil || index == 0 || index == v.Index {
		t.Errorf("peer index is %d, %v", index, err)
	}
}

func TestMacvlanAddresses(t *testing.T) {
	h, _ := newHandle(t)
	parent := &Bridge{LinkAttrs: named("parent")}
	if err := h.LinkAdd(parent); err != nil {
		t.Fatal(err)
	}
	m := &Macvlan{LinkAttrs: named("m0"), Mode: MACVLAN_MODE_SOURCE}
	m.ParentIndex = parent.Index
	if err := h.LinkAdd(m); err != nil {
		t.Fatal(err)
	}
	a, b, c := ether("02:00:00:00:00:0a"), ether("02:00:00:00:00:0b"), ether("02:00:00:00:00:0c")
	for _, step := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"add a", func() error { return h.MacvlanMACAddrAdd(m, a) }, []string{a.String()}},
		{"add b", func() error { return h.MacvlanMACAddrAdd(m, b) }, []string{a.String(), b.String()}},
		{"del a", func() error { return h.MacvlanMACAddrDel(m, a) }, []string{b.String()}},
		{"set a, c", func() error { return h.MacvlanMACAddrSet(m, []net.HardwareAddr{a, c}) },
			[]string{a.String(), c.String()}},
		{"flush", func() error { return h.MacvlanMACAddrFlush(m) }, nil},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		var got []string
		for _, a := range again(t, h, m).MACAddrs {
			got = append(got, a.String())
		}
		slices.Sort(got)
		if !slices.Equal(got, step.want) {
			t.Errorf("after %s there are %v, want %v", step.name, got, step.want)
		}
	}
	if err := h.MacvlanMACAddrAdd(m, net.HardwareAddr{1, 2}); err == nil {
		t.Error("an address of two bytes is taken")
	}
}

func TestMacvlanModeIsChanged(t *testing.T) {
	h, _ := newHandle(t)
	parent := &Bridge{LinkAttrs: named("parent")}
	if err := h.LinkAdd(parent); err != nil {
		t.Fatal(err)
	}
	for _, l := range []Link{
		&Macvlan{LinkAttrs: named("m0"), Mode: MACVLAN_MODE_PRIVATE},
		&Macvtap{Macvlan{LinkAttrs: named("m1"), Mode: MACVLAN_MODE_PRIVATE}},
	} {
		l.Attrs().ParentIndex = parent.Index
		if err := h.LinkAdd(l); err != nil {
			t.Fatal(err)
		}
		if err := h.LinkSetMacvlanMode(l, MACVLAN_MODE_BRIDGE); err != nil {
			t.Fatal(err)
		}
		var mode MacvlanMode
		switch l := again(t, h, l).(type) {
		case *Macvlan:
			mode = l.Mode
		case *Macvtap:
			mode = l.Mode
		}
		if mode != MACVLAN_MODE_BRIDGE {
			t.Errorf("mode of a %s is %d", l.Type(), mode)
		}
	}
}

func TestVxlanIsChanged(t *testing.T) {
	h, _ := newHandle(t)
	var under [2]*Bridge
	for i, name := range []string{"u0", "u1"} {
		under[i] = &Bridge{LinkAttrs: named(name)}
		if err := h.LinkAdd(under[i]); err != nil {
			t.Fatal(err)
		}
	}
	v := &Vxlan{LinkAttrs: named("vx"), VxlanId: 5, Port: 4789, VtepDevIndex: under[0].Index, Group: net.IP{10, 0, 0, 1}}
	if err := h.LinkAdd(v); err != nil {
		t.Fatal(err)
	}
	if err := h.LinkSetVXLANGroup(v, net.ParseIP("10.0.0.2")); err != nil {
		t.Fatal(err)
	}
	if err := h.LinkSetVXLANVtepDevIndex(v, under[1].Index); err != nil {
		t.Fatal(err)
	}
	change := &Vxlan{LinkAttrs: LinkAttrs{Index: v.Index, TxQLen: -1}, TTL: 7, Learning: true, Age: 70}
	if err := h.LinkModify(change); err != nil {
		t.Fatal(err)
	}
	got := again(t, h, v)
	sameFields(t, got, change)
	sameFields(t, got, &Vxlan{VxlanId: 5, Port: 4789, Group: net.IP{10, 0, 0, 2}, VtepDevIndex: under[1].Index})
	if err := h.LinkSetVXLANGroup(v, nil); err == nil {
		t.Error("no address is taken for one")
	}
}

func TestKindsRefusedLeaveNothing(t *testing.T) {
	h, _ := newHandle(t)
	for _, l := range []Link{
		&Vlan{LinkAttrs: named("x"), VlanId: 4096},
		&Vxlan{LinkAttrs: named("x"), VxlanId: 1 << 24},
		&Macvlan{LinkAttrs: named("x")}, // without a parent
		&Tuntap{LinkAttrs: named("x")},  // without a mode
		&Tuntap{LinkAttrs: named("x/y"), Mode: TUNTAP_MODE_TAP},
		&Tuntap{LinkAttrs: named("x"), Mode: TUNTAP_MODE_TAP, Queues: -1},
	} {
		if err := h.withDetails().LinkAdd(l); err == nil || !strings.Contains(err.Error(), "link add") {
			t.Errorf("%T: error is %v", l, err)
		}
	}
	if _, err := h.LinkByName("x"); !errors.Is(err, LinkNotFoundError{}) {
		t.Errorf("there is a link now: %v", err)
	}
}

// addTun makes a tun device, or skips the test where the system has none.
func addTun(t *testing.T, h *Handle, l *Tuntap) {
	t.Helper()
	err := h.LinkAdd(l)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENODEV) {
		t.Skipf("no %s: %v", TUN, err)
	}
	nstest.Need(t, "tun devices", "", err)
	t.Cleanup(func() {
		for _, f := range l.Fds {
			if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
				t.Error(err)
			}
		}
	})
}

func TestTuntapStays(t *testing.T) {
	h, _ := newHandle(t)
	l := &Tuntap{LinkAttrs: named("tap0"), Mode: TUNTAP_MODE_TAP, Group: uint32(os.Getgid()), Owner: uint32(os.Getuid())}
	l.MTU, l.Flags, l.HardwareAddr, l.AltNames = 1400, 0, ether("02:00:00:00:00:01"), []string{"alternative"}
	l.LinkAttrs.Flags = net.FlagUp
	addTun(t, h, l)
	if l.Index == 0 || l.Fds != nil {
		t.Errorf("index is %d, descriptors %v", l.Index, l.Fds)
	}
	got := again(t, h, l)
	if got.Mode != TUNTAP_MODE_TAP || got.NonPersist || got.MTU != 1400 || got.LinkAttrs.Flags&net.FlagUp == 0 ||
		got.HardwareAddr.String() != "02:00:00:00:00:01" || got.Owner != l.Owner || got.Group != l.Group {
		t.Errorf("is %+v", got)
	}
	if _, err := h.LinkByName("alternative"); err != nil {
		t.Error(err)
	}
	if err := h.LinkAdd(&Tuntap{LinkAttrs: named("tap0"), Mode: TUNTAP_MODE_TAP}); !errors.Is(err, unix.EBUSY) {
		t.Errorf("a second one: error is %v", err)
	}
	if err := h.LinkDel(l); err != nil {
		t.Error(err)
	}
}

func TestTuntapQueues(t *testing.T) {
	h, _ := newHandle(t)
	l := &Tuntap{LinkAttrs: NewLinkAttrs(), Mode: TUNTAP_MODE_TUN, Queues: 2, NonPersist: true}
	addTun(t, h, l)
	if l.Name != "tun0" || len(l.Fds) != 2 {
		t.Fatalf("is %q with %d queues", l.Name, len(l.Fds))
	}
	queues := func(on, off int) {
		t.Helper()
		if got := again(t, h, l); got.Queues != on || got.DisabledQueues != off {
			t.Errorf("has %d queues and %d disabled, want %d and %d", got.Queues, got.DisabledQueues, on, off)
		}
	}
	queues(2, 0)
	more, err := l.AddQueues(2)
	if err != nil || len(more) != 2 || len(l.Fds) != 4 {
		t.Fatalf("AddQueues: %d more, %d in all, %v", len(more), len(l.Fds), err)
	}
	queues(4, 0)
	if err := l.RemoveQueues(more[0]); err != nil || len(l.Fds) != 3 || slices.Contains(l.Fds, more[0]) {
		t.Fatalf("RemoveQueues: %d left, %v", len(l.Fds), err)
	}
	queues(3, 0)
	if err := l.RemoveQueues(more[0]); err == nil {
		t.Error("a queue is removed twice")
	}
	if _, err := l.AddQueues(0); err == nil {
		t.Error("no queue is added")
	}
	if err := l.RemoveQueues(l.Fds...); err != nil || len(l.Fds) != 0 {
		t.Fatalf("RemoveQueues of all: %d left, %v", len(l.Fds), err)
	}
	if _, err := h.LinkByName("tun0"); !errors.Is(err, LinkNotFoundError{}) {
		t.Errorf("the device stays: %v", err)
	}
	if _, err := l.AddQueues(1); err == nil {
		t.Error("a queue is added to nothing")
	}
}

func TestTuntapPassesPackets(t *testing.T) {
	h, _ := newHandle(t)
	l := &Tuntap{LinkAttrs: named("tun0"), Mode: TUNTAP_MODE_TUN, Queues: 1, NonPersist: true}
	l.LinkAttrs.Flags = net.FlagUp
	addTun(t, h, l)
	// An up tun sends its router solicitation or multicast report at once.
	if err := l.Fds[0].SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2048)
	n, err := l.Fds[0].Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if n < 40 || b[0]>>4 != 6 {
		t.Errorf("the first packet is %x, not of IPv6", b[:n])
	}
}

func TestTuntapIsMadeInTheHandlesNamespace(t *testing.T) {
	h, ns := newHandle(t)
	l := &Tuntap{LinkAttrs: named("kern-tun"), Mode: TUNTAP_MODE_TUN, Queues: 1, NonPersist: true}
	addTun(t, h, l)
	if _, err := (&Handle{}).LinkByName("kern-tun"); err == nil {
		t.Error("it is in the test's namespace")
	}
	if _, err := l.AddQueues(1); err != nil {
		t.Errorf("add queue from another namespace than %v: %v", ns, err)
	}
}

func TestTuntapThatCannotBeFinishedGoes(t *testing.T) {
	h, _ := newHandle(t)
	l := &Tuntap{LinkAttrs: named("tap0"), Mode: TUNTAP_MODE_TAP}
	l.MasterIndex = 12345
	err := h.LinkAdd(l)
	if err == nil {
		t.Fatal("there is no such master")
	}
	if _, err := h.LinkByName("tap0"); !errors.Is(err, LinkNotFoundError{}) {
		t.Errorf("the device stays: %v", err)
	}
	if l.Index != 0 {
		t.Errorf("index is %d", l.Index)
	}
}

func TestBatchMakesTuntapAtOnce(t *testing.T) {
	h, _ := newHandle(t)
	b := h.NewBatch()
	l := &Tuntap{LinkAttrs: named("tap0"), Mode: TUNTAP_MODE_TAP}
	addTun(t, b.Handle, l)
	if b.Len() != 0 {
		t.Errorf("%d changes wait", b.Len())
	}
	if _, err := h.LinkByName("tap0"); err != nil {
		t.Error(err)
	}
}
