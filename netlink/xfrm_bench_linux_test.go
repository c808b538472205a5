package netlink_test

import (
	"net"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// BenchmarkXfrmBatches changes policies, and adds and deletes states, many at once.
func BenchmarkXfrmBatches(b *testing.B) {
	const n = 2000
	nstest.Do(b, func() {
		h, err := netlink.NewHandle()
		if err != nil {
			b.Fatal(err)
		}
		defer h.Close()
		policies, states := make([]*netlink.XfrmPolicy, n), make([]*netlink.XfrmState, n)
		for i := range n {
			here, there := net.IP{192, 0, 2, 1}, net.IP{20, 0, byte(i >> 8), byte(i)}
			policies[i] = &netlink.XfrmPolicy{Dst: &net.IPNet{IP: there, Mask: net.CIDRMask(32, 32)}, Dir: netlink.XFRM_DIR_OUT,
				Tmpls: []netlink.XfrmPolicyTmpl{{Src: here, Dst: there, Proto: netlink.XFRM_PROTO_ESP,
					Mode: netlink.XFRM_MODE_TUNNEL}}}
			states[i] = &netlink.XfrmState{Src: here, Dst: there, Proto: netlink.XFRM_PROTO_ESP, Mode: netlink.XFRM_MODE_TUNNEL,
				Spi: 0x1000 + i, Aead: &netlink.XfrmStateAlgo{Name: "rfc4106(gcm(aes))", Key: make([]byte, 20), ICVLen: 128}}
		}
		b.Run("policies", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				batch := h.NewBatch()
				for _, p := range policies {
					if err := batch.XfrmPolicyUpdate(p); err != nil {
						b.Fatal(err)
					}
				}
				if err := firstError(batch.Flush()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/object")
		})
		b.Run("states", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				batch := h.NewBatch()
				for _, s := range states {
					if err := batch.XfrmStateAdd(s); err != nil {
						b.Fatal(err)
					}
				}
				if err := firstError(batch.Flush()); err != nil {
					nstest.Need(b, "ESP", "", err)
				}
				if err := h.XfrmStateFlush(netlink.XFRM_PROTO_ESP); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/object")
		})
	})
}
