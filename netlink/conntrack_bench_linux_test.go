package netlink_test

import (
	"net"
	"os"
	"strconv"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// benchConnections is how many connections the benchmarks have, but for KERN_BENCH_CONNECTIONS. The kernel
// takes no more than net.netfilter.nf_conntrack_max.
const benchConnections = 20000

// fillConntrack makes connections and returns how many.
func fillConntrack(t testing.TB, h *netlink.Handle) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("KERN_BENCH_CONNECTIONS"))
	if err != nil {
		n = benchConnections
	}
	f := tcpFlow("10.0.0.2", 80)
	b := h.NewBatch()
	for i := range n {
		ip := net.IP{10, byte(1 + i>>16), byte(i >> 8), byte(i)}
		f.Forward.SrcIP, f.Reverse.DstIP = ip, ip
		f.Mark = uint32(i % 100)
		b.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, f)
		if b.Len() == 4096 || i == n-1 {
			if errs := b.Flush(); errs != nil {
				t.Fatal(errs[0])
			}
		}
	}
	return n
}

// BenchmarkConntrack lists a table in each way, beside bare messages.
func BenchmarkConntrack(b *testing.B) {
	h, ns := conntrackHandle(b)
	n := fillConntrack(b, h)
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_NETFILTER, NetNS: &ns})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for _, way := range []struct {
		name string
		list func() (int, error)
	}{
		{"floor", func() (got int, err error) {
			r := wire.NewRequest(uapi.NFNL_SUBSYS_CTNETLINK<<8|uapi.IPCTNL_MSG_CT_GET, 0)
			r.Header(uapi.SizeofNfgenmsg)
			err = c.DumpObjects(wire.Background, r, func(o *wire.Objects) bool {
				for _, ok := o.Next(); ok; _, ok = o.Next() {
					got++
				}
				return true
			})
			return got, err
		}},
		{"entries", func() (got int, err error) {
			for _, err := range h.ConntrackEntries(netlink.ConntrackQuery{}) {
				if err != nil {
					return 0, err
				}
				got++
			}
			return got, nil
		}},
		{"seq", func() (got int, err error) {
			for _, err := range h.ConntrackSeq(netlink.ConntrackQuery{}) {
				if err != nil {
					return 0, err
				}
				got++
			}
			return got, nil
		}},
		{"list", func() (int, error) {
			all, err := h.ConntrackTableList(netlink.ConntrackTable, netlink.FAMILY_V4)
			return len(all), err
		}},
		{"filtered by the kernel", func() (int, error) {
			mark := uint32(7)
			all, err := h.AppendConntrackEntries(nil, netlink.ConntrackQuery{Mark: &mark})
			return len(all) * 100, err
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got, err := way.list(); err != nil || got != n {
					b.Fatalf("%d of %d, %v", got, n, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/connection")
		})
	}
	b.Run("deleted by a filter", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			if left, err := h.ConntrackDeleteMatching(netlink.ConntrackQuery{}, nil); err != nil {
				b.Fatal(left, err)
			}
			fillConntrack(b, h)
			b.StartTimer()
			f := &netlink.ConntrackFilter{}
			if err := f.AddProtocol(unix.IPPROTO_TCP); err != nil {
				b.Fatal(err)
			}
			if got, err := h.ConntrackDeleteFilters(netlink.ConntrackTable, netlink.FAMILY_V4, f); err != nil || int(got) != n {
				b.Fatalf("%d of %d, %v", got, n, err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/connection")
	})
}
