package netlink

import (
	"reflect"
	"slices"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// tcListed are messages as a kernel sends them of the objects that long lists have.
var tcListed = []struct {
	typ    uint16
	kind   string
	header uapi.Tcmsg
	parts  func(e *wire.Encoder)
}{
	{uapi.RTM_NEWTFILTER, "u32", uapi.Tcmsg{Ifindex: 3, Handle: 0x100801, Parent: HANDLE_INGRESS, Info: 10<<16 | 8},
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
	{uapi.RTM_NEWTFILTER, "flower", uapi.Tcmsg{Ifindex: 3, Handle: 1, Parent: HANDLE_INGRESS, Info: 10<<16 | 8},
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
	{uapi.RTM_NEWTCLASS, "htb", uapi.Tcmsg{Ifindex: 3, Handle: 1<<16 | 7, Parent: HANDLE_ROOT},
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

// listed is the message of an object of tcListed.
func listed(i int) wire.Message {
	c := &tcListed[i]
	var e wire.Encoder
	c.header.Put(e.Raw(uapi.SizeofTcmsg))
	e.String(uapi.TCA_KIND, c.kind)
	c.parts(&e)
	return wire.Message{Type: c.typ, Data: e.Bytes()}
}

// decodeListed decodes a message n times as one list does.
func decodeListed(t testing.TB, m wire.Message, n int) (last any) {
	filters, classes := filterDecoder(), classDecoder()
	for range n {
		var err error
		if m.Type == uapi.RTM_NEWTFILTER {
			last, _, err = filters(m)
		} else {
			last, _, err = classes(m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// TestLongListsShareAllocations finds that an object of a long list takes no allocation of its own, and that what is
// shared is not mixed up.
func TestLongListsShareAllocations(t *testing.T) {
	for i, c := range tcListed {
		m := listed(i)
		const n = 1000
		if each := testing.AllocsPerRun(5, func() { decodeListed(t, m, n) }) / n; each > 0.1 {
			t.Errorf("%s: %.2f allocations an object", c.kind, each)
		}
		if one, last := decodeListed(t, m, 1), decodeListed(t, m, n); !reflect.DeepEqual(one, last) {
			t.Errorf("%s: alone\n%+v, in a list\n%+v", c.kind, one, last)
		}
	}
	decode := filterDecoder()
	var all []*U32
	for _, keys := range [][]TcU32Key{{{Val: 1}}, {{Val: 2}, {Val: 3}}, {{Val: 4}, {Val: 5}, {Val: 6}}, nil} {
		f := &U32{FilterAttrs: FilterAttrs{LinkIndex: 3, Handle: 1}, Sel: &TcU32Sel{Nkeys: uint8(len(keys)), Keys: keys}}
		if keys == nil {
			f.Sel, f.Divisor = nil, 1
		}
		r := filterRequest(uapi.RTM_NEWTFILTER, 0, f, true)
		got, _, err := decode(wire.Message{Type: uapi.RTM_NEWTFILTER, Data: r.Bytes()[uapi.SizeofNlmsghdr:]})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, got.(*U32))
		for i, want := range [][]TcU32Key{{{Val: 1}}, {{Val: 2}, {Val: 3}},
			{{Val: 4}, {Val: 5}, {Val: 6}}}[:min(len(all), 3)] {
			if !slices.Equal(all[i].Sel.Keys, want) {
				t.Errorf("of %d filters number %d has %v, want %v", len(all), i, all[i].Sel.Keys, want)
			}
		}
	}
	if all[3].Sel != nil {
		t.Errorf("a table has %+v", all[3].Sel)
	}
}

// BenchmarkTrafficControlDecode decodes a thousand objects as lists do.
func BenchmarkTrafficControlDecode(b *testing.B) {
	for i, c := range tcListed {
		m := listed(i)
		b.Run(c.kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decodeListed(b, m, 1000)
			}
		})
	}
}
