package netlink

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"kern.sys/internal/nstest"
)

// labelChanges makes changes one after another, and returns the events that next gives after each.
func labelChanges(t *testing.T, h *Handle, next func() Event) (got []string) {
	t.Helper()
	label := AddrLabel{Prefix: netip.MustParsePrefix("fd00:1::/32"), Label: 77}
	for _, change := range []func(*AddrLabel) error{h.AddrLabelAdd, h.AddrLabelReplace, h.AddrLabelDel} {
		must(t, change(&label))
		got = append(got, next().(interface{ String() string }).String())
		label.Label = 78
	}
	return got
}

var wantLabelChanges = []string{
	"label prefix fd00:1::/32 label 77",
	"label prefix fd00:1::/32 label 78, was prefix fd00:1::/32 label 77",
	"label gone: prefix fd00:1::/32 label 78",
}

func TestWatchReportsAddressLabels(t *testing.T) {
	h, _ := newHandle(t)
	_, err := h.AddrLabelList()
	nstest.Need(t, "address labels", "", err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	events, ended := make(chan Event), make(chan error, 1)
	go func() {
		var last error
		for ev, err := range h.Watch(ctx, LinkTable, AddrLabelTable) {
			if last = err; err != nil {
				break
			}
			select {
			case events <- ev:
			case <-ctx.Done():
			}
		}
		ended <- last
	}()
	// The watch has begun when it reports one of these changes.
	first := AddrLabel{Prefix: netip.MustParsePrefix("fd00:2::/32")}
	for began := false; !began; {
		first.Label++
		must(t, h.AddrLabelReplace(&first))
		select {
		case <-events:
			began = true
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("no event")
		}
	}
	wait := func(wanted func(Event) bool) Event {
		for {
			select {
			case ev := <-events:
				if wanted(ev) {
					return ev
				}
			case <-ctx.Done():
				t.Fatal("no event")
			}
		}
	}
	mustAdd(t, h, ifb("x0"))
	wait(func(ev Event) bool {
		l, ok := ev.(LinkEvent)
		return ok && l.New.Attrs().Name == "x0"
	})
	next := func() Event {
		return wait(func(ev Event) bool {
			l, ok := ev.(AddrLabelEvent)
			return ok && (l.New == nil || l.New.Prefix != first.Prefix)
		})
	}
	if got := labelChanges(t, h, next); !slices.Equal(got, wantLabelChanges) {
		t.Errorf("got %q, want %q", got, wantLabelChanges)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the watch ended with %v", err)
	}
}

func TestMirrorFollowsAddressLabels(t *testing.T) {
	h, _ := newHandle(t)
	before, err := h.AddrLabelList()
	nstest.Need(t, "address labels", "", err)
	m := newMirror(t, h, LinkTable, AddrLabelTable)
	compare := func() {
		t.Helper()
		all, err := h.AddrLabelList()
		have := slices.Collect(m.Snapshot().AddrLabels())
		for _, l := range all {
			if !slices.Contains(have, l) {
				t.Errorf("the mirror has no label %v", &l)
			}
		}
		if err != nil || len(have) != len(all) {
			t.Errorf("the mirror has %v, listed are %v, %v", have, all, err)
		}
	}
	compare()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	since := m.Snapshot()
	next := func() Event {
		for ev, err := range m.Changes(ctx, since) {
			if err != nil {
				t.Fatal(err)
			}
			since = m.Snapshot()
			return ev
		}
		return nil
	}
	if got := labelChanges(t, h, next); !slices.Equal(got, wantLabelChanges) {
		t.Errorf("got %q, want %q", got, wantLabelChanges)
	}
	compare()
	reads := m.parts[1].reads
	for _, l := range before {
		must(t, h.AddrLabelDel(&l))
	}
	verified(t, m, "the end of all labels")
	compare()
	if m.parts[1].reads == reads {
		t.Error("what Verify compares with was not read")
	}
}
