package netlink_test

import (
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// benchFilters is how many filters and classes the benchmarks have.
const benchFilters = 4000

// BenchmarkTrafficControl lists filters and classes in each way, and adds filters in batches.
func BenchmarkTrafficControl(b *testing.B) {
	nstest.Do(b, func() {
		h, err := netlink.NewHandle()
		if err != nil {
			b.Fatal(err)
		}
		defer h.Close()
		if err := h.LinkAdd(netlink.NewVeth(netlink.LinkAttrs{Name: "v0"})); err != nil {
			b.Fatal(err)
		}
		v0, err := h.LinkByName("v0")
		if err != nil {
			b.Fatal(err)
		}
		root := netlink.MakeHandle(1, 0)
		attrs := netlink.FilterAttrs{LinkIndex: v0.Attrs().Index, Parent: root, Priority: 1, Protocol: unix.ETH_P_IP}
		filters, classes := fillTraffic(b, h, attrs)
		for _, way := range []struct {
			name string
			run  func() (int, error)
		}{
			{"filters streamed", func() (n int, err error) {
				kind := "u32"
				for e, err := range h.FilterEntries(v0, root) {
					if err != nil {
						return n, err
					}
					if e.Type() == kind && !e.Table() {
						n++
					}
				}
				return n, nil
			}},
			{"filters listed", func() (int, error) {
				all, err := h.FilterList(v0, root)
				return len(all), err
			}},
			{"classes streamed", func() (n int, err error) {
				for e, err := range h.ClassEntries(v0, root) {
					if err != nil {
						return n, err
					}
					if e.Type() == "htb" {
						n++
					}
				}
				return n, nil
			}},
			{"classes listed", func() (int, error) {
				all, err := h.ClassList(v0, root)
				return len(all), err
			}},
			{"filters replaced", func() (int, error) {
				batch := h.NewBatch()
				for _, f := range filters {
					if err := batch.FilterReplace(f); err != nil {
						return 0, err
					}
				}
				return len(filters), firstError(batch.Flush())
			}},
			{"classes replaced", func() (int, error) {
				batch := h.NewBatch()
				for _, c := range classes {
					if err := batch.ClassReplace(c); err != nil {
						return 0, err
					}
				}
				return len(classes), firstError(batch.Flush())
			}},
		} {
			b.Run(way.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if got, err := way.run(); err != nil || got != benchFilters {
						b.Fatalf("%d of %d, %v", got, benchFilters, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchFilters), "ns/object")
			})
		}
	})
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// fillTraffic makes as many filters as classes.
func fillTraffic(b *testing.B, h *netlink.Handle, attrs netlink.FilterAttrs) (filters []*netlink.U32,
	classes []*netlink.HtbClass) {
	b.Helper()
	root := attrs.Parent
	err := h.QdiscAdd(netlink.NewHtb(netlink.QdiscAttrs{LinkIndex: attrs.LinkIndex, Parent: netlink.HANDLE_ROOT,
		Handle: root}))
	nstest.Need(b, "queueing discipline htb", "", err)
	batch := h.NewBatch()
	for i := range uint32(benchFilters) {
		f := &netlink.U32{FilterAttrs: attrs, ClassId: root | (i + 1), Sel: &netlink.TcU32Sel{Flags: netlink.TC_U32_TERMINAL,
			Keys: []netlink.TcU32Key{{Mask: 0xffffffff, Val: i, Off: 16}}}}
		f.Handle = 0x800<<20 | (i + 1)
		c := netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: attrs.LinkIndex, Parent: root, Handle: root | (i + 1)},
			netlink.HtbClassAttrs{Rate: 1e6})
		filters, classes = append(filters, f), append(classes, c)
		if err := batch.ClassAdd(c); err != nil {
			b.Fatal(err)
		}
		if err := batch.FilterAdd(f); err != nil {
			b.Fatal(err)
		}
	}
	if err := firstError(batch.Flush()); err != nil {
		b.Fatal(err)
	}
	return filters, classes
}
