package netlink

import "testing"

// TestLinkState sets what a link's state is made of, and reads it as the kernel and ip have it.
func TestLinkState(t *testing.T) {
	h, _ := newHandle(t)
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	link := mustAdd(t, h, &Dummy{LinkAttrs: LinkAttrs{Name: "d"}})
	must(t, h.LinkSetMode(link, 1))
	must(t, h.LinkSetUp(link))
	look := func() *LinkAttrs {
		t.Helper()
		l, err := h.LinkByName("d")
		must(t, err)
		return l.Attrs()
	}
	if a := look(); a.LinkMode != 1 || a.OperState != OperDormant {
		t.Errorf("in mode dormant: mode %d, %v", a.LinkMode, a.OperState)
	}
	must(t, h.LinkSetOperState(link, OperUp))
	if a := look(); a.OperState != OperUp {
		t.Errorf("after up: %v", a.OperState)
	}
	must(t, h.LinkSetCarrier(link, false))
	if a := look(); a.Carrier || a.OperState != OperDown {
		t.Errorf("without carrier: %v, %v", a.Carrier, a.OperState)
	}
	must(t, h.LinkSetCarrier(link, true))
	if a := look(); !a.Carrier {
		t.Error("the carrier does not come back")
	}
	lower := &Macvlan{LinkAttrs: LinkAttrs{Name: "m", ParentIndex: link.Index}}
	mustAdd(t, h, lower)
	must(t, h.LinkSetProtoDown(lower, true))
	must(t, h.LinkSetProtoDownReason(lower, 1<<5|1<<2, 1<<5|1<<2))
	l, err := h.LinkByName("m")
	must(t, err)
	if a := l.Attrs(); !a.ProtoDown || a.ProtoDownReason != 1<<5|1<<2 {
		t.Errorf("protodown %v, reasons %#x", a.ProtoDown, a.ProtoDownReason)
	}
	if err := h.LinkSetProtoDown(lower, false); err == nil {
		t.Error("a link with reasons to be down is released")
	}
	must(t, h.LinkSetProtoDownReason(lower, 0, 1<<5|1<<2))
	must(t, h.LinkSetProtoDown(lower, false))
}
