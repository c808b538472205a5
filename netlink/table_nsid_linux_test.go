package netlink

import (
	"context"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
)

func TestMirrorFollowsNamespaceIDs(t *testing.T) {
	h, _ := newHandle(t)
	other := nstest.New(t)
	gone, err := netns.CreateUnnamed()
	if err != nil {
		t.Fatal(err)
	}
	m := newMirror(t, h, NetNsIDTable)
	for i, ns := range []netns.NsHandle{other, gone} {
		if err := h.SetNetNsIdByFd(int(ns), 70+i); err != nil {
			t.Fatal(err)
		}
		verified(t, m, "an id")
	}
	if got := slices.Sorted(m.Snapshot().NetNsIDs()); !slices.Equal(got, []int{70, 71}) {
		t.Errorf("ids %v", got)
	}
	since := m.Snapshot()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for ev, err := range m.Changes(ctx, since) {
		if err != nil {
			t.Fatal(err)
		}
		if ev != (NetNsIDEvent{ID: 71, Gone: true}) {
			t.Errorf("%v", ev)
		}
		break
	}
}
