package netlink

import (
	"context"

	"net"
	"slices"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// verified fails where the mirror is not what the kernel has.
func verified(t *testing.T, m *Mirror, after string) {
	t.Helper()
	if err := m.Verify(context.Background()); err != nil {
		t.Errorf("after %s: %v", after, err)
	}
}

func TestMirrorFollowsBridgePorts(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: named("br0")})
	pair := NewVeth(named("x0"))
	pair.PeerName = "x1"
	x := mustAdd(t, h, pair)
	y := mustAdd(t, h, &GenericLink{LinkAttrs: named("y0"), LinkType: "ifb"})
	z := NewVeth(named("z0"))
	z.HardwareAddr = ether("02:00:00:00:00:01") // the least: the bridge takes it
	mustAdd(t, h, z)
	for _, l := range []Link{x, &Device{LinkAttrs{Name: "x1"}}, z} {
		if err := h.LinkSetUp(l); err != nil {
			t.Fatal(err)
		}
	}
	m := newMirror(t, h, LinkTable)
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"a port", func() error { return h.LinkSetMaster(x, br) }},
		{"the bridge up", func() error { return h.LinkSetUp(br) }},
		{"hairpin", func() error { return h.LinkSetHairpin(x, true) }},
		{"isolated", func() error { return h.LinkSetIsolated(x, true) }},
		{"no learning", func() error { return h.LinkSetLearning(x, false) }},
		{"cost", func() error { return h.LinkSetSlave(x, &BridgePort{Cost: new(uint32(77)), Priority: new(uint16(5))}) }},
		{"STP", func() error {
			return h.LinkModify(&Bridge{LinkAttrs: LinkAttrs{Index: br.Index, TxQLen: -1}, StpState: new(uint32(1))})
		}},
		{"another port", func() error { return h.LinkSetMaster(z, br) }},
		{"priority of the bridge", func() error {
			return h.LinkModify(&Bridge{LinkAttrs: LinkAttrs{Index: br.Index, TxQLen: -1}, Priority: new(uint16(0x1000))})
		}},
		{"a port down", func() error { return h.LinkSetDown(x) }},
		{"no port", func() error { return h.LinkSetNoMaster(z) }},
		{"no port at all", func() error { return h.LinkSetNoMaster(x) }},
		{"a link that is none", func() error { return h.LinkSetMTU(y, 1400) }},
	} {
		if err := c.do(); err != nil {
			nstest.Need(t, c.what, "", err)
		}
		verified(t, m, c.what)
	}
}

// A bridge counts the addresses that it learns; the kernel announces the addresses, not the count.
func TestMirrorLeavesCountersOfBridgesOut(t *testing.T) {
	h, ns := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: named("br0")})
	pair := NewVeth(named("x0"))
	pair.PeerName = "x1"
	x := mustAdd(t, h, pair)
	if err := h.LinkSetMaster(x, br); err != nil {
		t.Fatal(err)
	}
	for _, l := range []Link{br, x, &Device{LinkAttrs{Name: "x1"}}} {
		if err := h.LinkSetUp(l); err != nil {
			t.Fatal(err)
		}
	}
	for l, err := range h.LinkSubscribeSeq(LinkSubscribeOptions{ListExisting: true}) {
		if err != nil {
			t.Fatal(err)
		}
		port, ok := l.Attrs().Slave.(*BridgePort)
		if ok && port.State != nil && *port.State == uapi.BR_STATE_FORWARDING {
			break
		}
	}
	m := newMirror(t, h, LinkTable)
	ch, done := make(chan NeighUpdate), make(chan struct{})
	defer close(done)
	if err := h.NeighSubscribe(ch, done); err != nil {
		t.Fatal(err)
	}
	const source = "\x02\x00\x00\x00\x00\x77"
	sendFrame(t, ns, "x1", "\xff\xff\xff\xff\xff\xff"+source+"\x88\xb5") // a type for experiments
	for string(await(t, ch).HardwareAddr) != source {
	}
	verified(t, m, "an address was learned")
}

// sendFrame sends a frame of Ethernet out of a link.
func sendFrame(t testing.TB, ns netns.NsHandle, link, frame string) {
	t.Helper()
	err := netns.Do(ns, func() error {
		l, err := net.InterfaceByName(link)
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return unix.Sendto(fd, []byte(frame), 0, &unix.SockaddrLinklayer{Ifindex: l.Index})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAttrDifferenceNamesTheInnermost(t *testing.T) {
	nest := func(v uint32) wire.Decoder {
		var e wire.Encoder
		e.BE32(1, 5)
		e.Nest(18)
		e.String(1, "bridge")
		e.Nest(2)
		e.BE32(48, v)
		e.End()
		e.End()
		return wire.NewDecoder(e.Bytes())
	}
	for _, c := range []struct {
		a, b wire.Decoder
		want string
	}{
		{nest(1), nest(1), "the same attributes"},
		{nest(0), nest(1<<24 + 1), "attribute 18, attribute 2, attribute 48 00000000, kernel 48 01000001"},
		{wire.Decoder{}, nest(1), "attribute none, kernel 1 00000005"},
	} {
		if got := attrDifference(c.a, c.b); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// A change of a port is a change of its link.
func TestMirrorReportsBridgePorts(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: named("br0")})
	x := mustAdd(t, h, NewVeth(named("x0")))
	if err := h.LinkSetMaster(x, br); err != nil {
		t.Fatal(err)
	}
	m := newMirror(t, h, LinkTable)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	since := m.Snapshot()
	if err := h.LinkSetHairpin(x, true); err != nil {
		t.Fatal(err)
	}
	for ev, err := range m.Changes(ctx, since) {
		if err != nil {
			t.Fatal(err)
		}
		l, ok := ev.(LinkEvent)
		if !ok || l.New == nil || l.New.Attrs().Index != x.Index {
			continue
		}
		if port, ok := l.New.Attrs().Slave.(*BridgePort); ok && port.Hairpin != nil && *port.Hairpin {
			return
		}
	}
}

// What a veth says of its other end's namespace changes with that one's moves.
func TestMirrorFollowsPeersIntoOtherNamespaces(t *testing.T) {
	h, here := newHandle(t)
	there, ns := newHandle(t)
	pair := NewVeth(named("x0"))
	pair.PeerName = "x1"
	x := mustAdd(t, h, pair)
	m := newMirror(t, h, LinkTable)
	move := func(from *Handle, to int) {
		t.Helper()
		if err := from.LinkSetNsFd(&Device{LinkAttrs{Name: "x1"}}, to); err != nil {
			t.Fatal(err)
		}
		verified(t, m, "a move")
	}
	netNsID := func() int {
		link, ok := m.Snapshot().Link(x.Index)
		if !ok {
			t.Fatal("the link is gone")
		}
		return link.Attrs().NetNsID
	}
	move(h, int(ns))
	if netNsID() < 0 {
		t.Error("the peer is still here")
	}
	move(there, int(here))
	if id := netNsID(); id != -1 {
		t.Errorf("the peer is still in namespace %d", id)
	}
	if err := h.LinkDel(x); err != nil {
		t.Fatal(err)
	}
	verified(t, m, "their end")
}

// The kernel does not announce this for a link that is down: Verify finds it, and then the
// mirror has it.
func TestVerifyMendsWhatNobodyReports(t *testing.T) {
	defer func(d time.Duration) { verifyPatience = d }(verifyPatience)
	verifyPatience = 100 * time.Millisecond
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	m := newMirror(t, h, LinkTable)
	if err := h.LinkAddAltName(x, "other"); err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(context.Background()); err == nil {
		t.Skip("this kernel tells of it")
	}
	verified(t, m, "Verify")
	link, _ := m.Snapshot().Link(x.Index)
	if !slices.Contains(link.Attrs().AltNames, "other") {
		t.Errorf("the names are %q", link.Attrs().AltNames)
	}
}

// A wireless device's events have the form of a link without a name.
func TestWirelessEventsAreNoLinks(t *testing.T) {
	const iflaWireless = uapi.IFLA_WIRELESS
	data := make([]byte, uapi.SizeofIfinfomsg, 64)
	ifi := uapi.Ifinfomsg{Index: 7}
	ifi.Put(data)
	if isLink(append(data, 8, 0, iflaWireless, 0, 1, 2, 3, 4)) {
		t.Error("taken for a link")
	}
}
