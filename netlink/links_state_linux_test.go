package netlink

import "testing"

// TestLinkState sets what a link's state is made of, and reads it as the kernel and ip have it.
func TestLinkState(t *testing.T) {
	h, ns := newHandle(t)
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	news, done := make(chan LinkUpdate), make(chan struct{})
	must(t, LinkSubscribeAt(ns, news, done))
	defer func() {
		close(done)
		awaitClosed(t, news)
	}()
	link := mustAdd(t, h, &Dummy{LinkAttrs: LinkAttrs{Name: "d"}})
	must(t, h.LinkSetMode(link, 1))
	must(t, h.LinkSetUp(link))
	look := func() *LinkAttrs {
		t.Helper()
		l, err := h.LinkByName("d")
		must(t, err)
		return l.Attrs()
	}
	// The kernel settles a state in its own time, and announces that.
	reaches := func(want func(a *LinkAttrs) bool) *LinkAttrs {
		t.Helper()
		for {
			if a := look(); want(a) {
				return a
			}
			await(t, news)
		}
	}
	if a := look(); a.LinkMode != 1 || a.OperState != OperDormant && a.OperState != OperUnknown {
		t.Errorf("in mode dormant: mode %d, %v", a.LinkMode, a.OperState)
	}
	must(t, h.LinkSetOperState(link, OperUp))
	reaches(func(a *LinkAttrs) bool { return a.OperState == OperUp })
	must(t, h.LinkSetCarrier(link, false))
	reaches(func(a *LinkAttrs) bool { return !a.Carrier && a.OperState == OperDown })
	must(t, h.LinkSetCarrier(link, true))
	reaches(func(a *LinkAttrs) bool { return a.Carrier })
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
