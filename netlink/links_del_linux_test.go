package netlink

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"

	"kern.sys/netns"
)

// linkNames returns the names of the links that are there, without lo.
func linkNames(t testing.TB, h *Handle) (names []string) {
	t.Helper()
	links, err := h.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if l.Attrs().Name != "lo" {
			names = append(names, l.Attrs().Name)
		}
	}
	slices.Sort(names)
	return names
}

// addPairs makes n pairs of veths, of which the first ends are in a group.
func addPairs(t testing.TB, h *Handle, n int, group uint32) (ends []Link) {
	t.Helper()
	b := h.NewBatch()
	for i := range n {
		v := &Veth{LinkAttrs: LinkAttrs{Name: fmt.Sprintf("a%d", i), Group: group}, PeerName: fmt.Sprintf("b%d", i)}
		if err := b.LinkAdd(v); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, v, &Device{LinkAttrs{Name: v.PeerName}})
	}
	if errs := b.Flush(); errs != nil {
		t.Fatal(errs)
	}
	return ends
}

func TestLinkDelGroup(t *testing.T) {
	h, _ := newHandle(t)
	addPairs(t, h, 10, 77)
	mustAdd(t, h, ifb("stays"))
	if err := h.LinkDelGroup(77); err != nil {
		t.Fatal(err)
	}
	if got := linkNames(t, h); !slices.Equal(got, []string{"stays"}) {
		t.Errorf("left: %q", got)
	}
	if err := h.LinkDelGroup(77); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("a group without links: %v", err)
	}
	if err := h.LinkDelGroup(0); !errors.Is(err, errDefaultGroup) {
		t.Errorf("group 0: %v", err)
	}
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []Link{lo, &Device{LinkAttrs{Name: "stays"}}} {
		if err := h.LinkSetGroup(l, 78); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.LinkDelGroup(78); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("a group with lo: %v", err)
	}
	if got := linkNames(t, h); !slices.Equal(got, []string{"stays"}) {
		t.Errorf("a group that cannot be deleted: left %q", got)
	}
}

func TestLinkDelAll(t *testing.T) {
	h, ns := newHandle(t)
	mustAdd(t, h, ifb("stays"))
	for name, del := range map[string]func([]Link) []error{
		"handle": h.LinkDelAll,
		"package": func(links []Link) (errs []error) {
			if err := netns.Do(ns, func() error { errs = LinkDelAll(links); return nil }); err != nil {
				t.Fatal(err)
			}
			return errs
		},
		"batch": func(links []Link) []error {
			b := h.NewBatch()
			if errs := b.LinkDelAll(links); errs != nil || b.Len() != len(links) {
				t.Errorf("%d queued, %v", b.Len(), errs)
			}
			for i, err := range b.Flush() {
				if i%2 == 0 && err != nil { // the other ends are gone by then
					t.Error(err)
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			if errs := del(addPairs(t, h, 40, 0)); errs != nil {
				t.Error(errs)
			}
			if got := linkNames(t, h); !slices.Equal(got, []string{"stays"}) {
				t.Errorf("left: %q", got)
			}
		})
	}
	lo := &Device{LinkAttrs{Index: 1}}
	errs := h.LinkDelAll([]Link{&Device{LinkAttrs{Name: "stays"}}, lo, nil})
	if len(errs) != 3 || errs[0] != nil || !errors.Is(errs[1], syscall.EOPNOTSUPP) || !errors.Is(errs[2], errNoLink) {
		t.Errorf("got %v", errs)
	}
	if errs := h.LinkDelAll(nil); errs != nil {
		t.Errorf("no links: %v", errs)
	}
}

func BenchmarkLinkDel(b *testing.B) {
	h, _ := newHandle(b)
	for name, del := range map[string]func([]Link) error{
		"all": func(links []Link) error { return errors.Join(h.LinkDelAll(links)...) },
		"group": func([]Link) error {
			return h.LinkDelGroup(99)
		},
	} {
		b.Run(name, func(b *testing.B) {
			const n = 200
			for b.Loop() {
				b.StopTimer()
				var ends []Link
				for i, l := range addPairs(b, h, n, 99) {
					if i%2 == 0 {
						ends = append(ends, l)
					}
				}
				b.StartTimer()
				if err := del(ends); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/pair")
		})
	}
}
