package netlink

import (
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// tcListed are messages as a kernel sends them of the objects that long lists have.
var tcListed = []struct {
	name   string
	typ    uint16
	kind   string
	header uapi.Tcmsg
	parts  func(e *wire.Encoder)
}{
	{"u32", uapi.RTM_NEWTFILTER, "u32", uapi.Tcmsg{Ifindex: 3, Handle: 0x100801, Parent: HANDLE_INGRESS, Info: 10<<16 | 8},
		func(e *wire.Encoder) {
			e.Uint32(uapi.TCA_CHAIN, 0)
			e.Nest(uapi.TCA_OPTIONS)
			b := e.Reserve(uapi.TCA_U32_SEL, uapi.SizeofTcU32SelHdr+uapi.SizeofTcU32Key)
			(&uapi.TcU32SelHdr{Flags: uapi.TC_U32_TERMINAL, Nkeys: 1}).Put(b)
			(&uapi.TcU32Key{Mask: 0xffffffff, Val: 0x14000001, Off: 16}).Put(b[uapi.SizeofTcU32SelHdr:])
			e.Uint32(uapi.TCA_U32_HASH, 0x100000)
			e.Uint32(uapi.TCA_U32_CLASSID, 1<<16|1)
			e.Uint32(uapi.TCA_U32_FLAGS, uapi.TCA_CLS_FLAGS_NOT_IN_HW)
			e.Data(uapi.TCA_U32_PCNT, make([]byte, 24))
			e.End()
		}},
	{"flower", uapi.RTM_NEWTFILTER, "flower", uapi.Tcmsg{Ifindex: 3, Handle: 1, Parent: HANDLE_INGRESS, Info: 10<<16 | 8},
		func(e *wire.Encoder) {
			e.Uint32(uapi.TCA_CHAIN, 0)
			e.Nest(uapi.TCA_OPTIONS)
			e.Uint32(uapi.TCA_FLOWER_CLASSID, 1<<16|1)
			e.BE16(uapi.TCA_FLOWER_KEY_ETH_TYPE, uapi.ETH_P_IP)
			e.Data(uapi.TCA_FLOWER_KEY_IPV4_DST, []byte{20, 0, 0, 1})
			e.Data(uapi.TCA_FLOWER_KEY_IPV4_DST_MASK, []byte{255, 255, 255, 255})
			e.Uint32(uapi.TCA_FLOWER_FLAGS, uapi.TCA_CLS_FLAGS_NOT_IN_HW)
			e.End()
		}},
	{"htb", uapi.RTM_NEWTCLASS, "htb", uapi.Tcmsg{Ifindex: 3, Handle: 1<<16 | 7, Parent: HANDLE_ROOT},
		func(e *wire.Encoder) {
			e.Nest(uapi.TCA_OPTIONS)
			e.Struct(uapi.TCA_HTB_PARMS, uapi.SizeofTcHtbOpt, &uapi.TcHtbOpt{Rate: uapi.TcRatespec{Rate: 125000},
				Ceil: uapi.TcRatespec{Rate: 125000}, Buffer: 200000, Cbuffer: 200000, Quantum: 12500})
			e.End()
			e.Nest(uapi.TCA_STATS2)
			e.Data(uapi.TCA_STATS_BASIC, make([]byte, 16))
			e.Data(uapi.TCA_STATS_PKT64, make([]byte, 8))
			e.Data(uapi.TCA_STATS_QUEUE, make([]byte, 20))
			e.Data(uapi.TCA_STATS_APP, make([]byte, 24))
			e.End()
			e.Data(uapi.TCA_STATS, make([]byte, 36))
			e.Data(uapi.TCA_XSTATS, make([]byte, 24))
		}},
}

// BenchmarkTrafficControlDecode decodes a thousand objects as lists do.
func BenchmarkTrafficControlDecode(b *testing.B) {
	for _, c := range tcListed {
		var e wire.Encoder
		c.header.Put(e.Raw(uapi.SizeofTcmsg))
		e.String(uapi.TCA_KIND, c.kind)
		c.parts(&e)
		m := wire.Message{Type: c.typ, Data: e.Bytes()}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			filters, classes := make([]Filter, 1000), make([]Class, 1000)
			for b.Loop() {
				f, c := filterDecoder(), classDecoder()
				for i := range filters {
					var err error
					if m.Type == uapi.RTM_NEWTFILTER {
						filters[i], _, err = f(m)
					} else {
						classes[i], _, err = c(m)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
