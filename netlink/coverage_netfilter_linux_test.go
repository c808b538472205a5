package netlink

import (
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// netfilterCoverage are connections, expectations and sets, each nest of them by itself.
func netfilterCoverage() []object {
	all := conntrackCoverage()
	all = append(all, expectCoverage()...)
	return append(all, ipsetCoverage()...)
}

// nfgenmsg is the header of messages of netfilter about IPv4.
var nfgenmsg = header(&uapi.Nfgenmsg{NfgenFamily: uapi.AF_INET}, uapi.SizeofNfgenmsg)

// someTuple is a direction of a connection, or a mask of one.
var someTuple = IPTuple{
	SrcIP: net.IP{192, 0, 2, 1}, DstIP: net.IP{192, 0, 2, 2}, Protocol: uapi.IPPROTO_TCP, SrcPort: 1, DstPort: 2, Zone: 3,
}

// tupleOf is someTuple of another protocol and family.
func tupleOf(protocol uint8, family uint8) IPTuple {
	t := someTuple
	t.Protocol, t.ICMPID, t.ICMPType, t.ICMPCode = protocol, 1, 2, 3
	if family == FAMILY_V6 {
		t.SrcIP, t.DstIP = net.IPv6loopback, net.IPv6loopback
	}
	return t
}

// appendTuple appends someTuple's ends to a message.
func appendTuple(typ uint16) func(e *wire.Encoder) {
	return func(e *wire.Encoder) {
		r := wire.NewRequest(0, 0)
		encodeTuple(r, typ, FAMILY_V4, &IPTuple{SrcIP: someTuple.SrcIP, DstIP: someTuple.DstIP})
		b := r.Bytes()[uapi.SizeofNlmsghdr:]
		copy(e.Raw(len(b)), b)
	}
}

func conntrackCoverage() []object {
	flow := func(change func(f *ConntrackFlow)) *ConntrackFlow {
		f := &ConntrackFlow{FamilyType: FAMILY_V4, Forward: someTuple, Reverse: someTuple}
		change(f)
		return f
	}
	labels := make([]byte, 16)
	labels[0] = 1
	seq := &ConntrackSeqAdj{1, 2, 3}
	nat := func(ip net.IP) *ConntrackNAT { return &ConntrackNAT{Min: ip, Max: ip, PortMin: 1, PortMax: 2} }
	full := flow(func(f *ConntrackFlow) {
		f.Mark, f.Zone, f.Status, f.TimeOut, f.Labels, f.Helper, f.HelperInfo = 1, 2, 4, 5, labels, "ftp", labels
		f.ProtoInfo = &ProtoInfoTCP{1, 2, 3, ConntrackTCPFlags{1, 1}, ConntrackTCPFlags{2, 2}}
		f.Master, f.Synproxy, f.SeqAdjOriginal, f.SeqAdjReply = &someTuple, &ConntrackSynproxy{1, 2, 3}, seq, seq
		f.NATSrc, f.NATDst = nat(net.IP{192, 0, 2, 3}), nat(net.IP{192, 0, 2, 3})
	})
	of := func(protocol, family uint8) *ConntrackFlow {
		return flow(func(f *ConntrackFlow) {
			f.FamilyType, f.Forward, f.Reverse = family, tupleOf(protocol, family), tupleOf(protocol, family)
		})
	}
	plain := object{
		header: nfgenmsg, with: appendTuple(uapi.CTA_TUPLE_ORIG),
		decode: func(b []byte) (any, error) {
			var d conntrackDecoder
			f := new(ConntrackFlow)
			err := d.flow(b, f)
			return f, err
		},
		send: func(h *Handle, v any) error { return h.ConntrackCreate(ConntrackTable, 0, v.(*ConntrackFlow)) },
		more: []any{full},
	}
	nested := func(name, set string, nest []uint16, more ...any) object {
		o := plain
		o.name, o.set, o.nest, o.more = "connection: "+name, set, nest, more
		return o
	}
	whole := plain
	whole.name, whole.set = "connection", "CTA"
	query := func(h *Handle) {
		q := ConntrackQuery{Family: FAMILY_V4, Mark: new(uint32), Status: 1, Zone: new(uint16)}
		q.Original.Src = netip.MustParsePrefix("192.0.2.1/32")
		h.ConntrackList(q)
	}
	whole.others = []func(*Handle){
		query,
		func(h *Handle) { h.ConntrackDelete(ConntrackTable, 0, flow(func(f *ConntrackFlow) { f.ID = 1 })) },
		func(h *Handle) {
			h.ConntrackModify(full, ConntrackChange{Mark: new(uint32), MarkMask: 1, Labels: labels, LabelsMask: labels})
		},
	}
	filter := nested("what is asked for", "CTA_FILTER", []uint16{uapi.CTA_FILTER})
	filter.others = []func(*Handle){query}
	proto := nested("protocol", "CTA_PROTO", []uint16{uapi.CTA_TUPLE_REPLY, uapi.CTA_TUPLE_PROTO},
		of(uapi.IPPROTO_TCP, FAMILY_V4), of(uapi.IPPROTO_ICMP, FAMILY_V4), of(uapi.IPPROTO_ICMPV6, FAMILY_V6))
	return []object{
		whole, filter,
		nested("direction", "CTA_TUPLE", []uint16{uapi.CTA_TUPLE_REPLY}, full),
		nested("addresses", "CTA_IP", []uint16{uapi.CTA_TUPLE_REPLY, uapi.CTA_TUPLE_IP}, full,
			of(uapi.IPPROTO_TCP, FAMILY_V6)),
		proto,
		nested("protocol's state", "CTA_PROTOINFO", []uint16{uapi.CTA_PROTOINFO}, full,
			flow(func(f *ConntrackFlow) { f.ProtoInfo = &ProtoInfoSCTP{1, 2, 3} }),
			flow(func(f *ConntrackFlow) { f.ProtoInfo = &ProtoInfoDCCP{1, 2, 3} })),
		nested("TCP", "CTA_PROTOINFO_TCP", []uint16{uapi.CTA_PROTOINFO, uapi.CTA_PROTOINFO_TCP}, full),
		nested("SCTP", "CTA_PROTOINFO_SCTP", []uint16{uapi.CTA_PROTOINFO, uapi.CTA_PROTOINFO_SCTP}),
		nested("DCCP", "CTA_PROTOINFO_DCCP", []uint16{uapi.CTA_PROTOINFO, uapi.CTA_PROTOINFO_DCCP}),
		nested("counters", "CTA_COUNTERS", []uint16{uapi.CTA_COUNTERS_ORIG}),
		nested("times", "CTA_TIMESTAMP", []uint16{uapi.CTA_TIMESTAMP}),
		nested("NAT", "CTA_NAT", []uint16{uapi.CTA_NAT_SRC}, full,
			flow(func(f *ConntrackFlow) { f.NATSrc = nat(net.IPv6loopback) })),
		nested("ports of NAT", "CTA_PROTONAT", []uint16{uapi.CTA_NAT_SRC, uapi.CTA_NAT_PROTO}, full),
		nested("sequence numbers", "CTA_SEQADJ", []uint16{uapi.CTA_SEQ_ADJ_ORIG}),
		nested("SYNPROXY", "CTA_SYNPROXY", []uint16{uapi.CTA_SYNPROXY}),
		nested("helper", "CTA_HELP", []uint16{uapi.CTA_HELP}, full),
		nested("security context", "CTA_SECCTX", []uint16{uapi.CTA_SECCTX}),
		{
			name: "connections of a processor", set: "CTA_STATS", header: nfgenmsg,
			decode: answered(func(h *Handle) (any, error) { return h.ConntrackStats() }),
		}, {
			name: "connections in all", set: "CTA_STATS_GLOBAL", header: nfgenmsg,
			decode: answered(func(h *Handle) (any, error) {
				n, top, err := h.ConntrackCount()
				return [2]uint32{n, top}, err
			}),
		},
	}
}

// answered reads a message as the answer to a question.
func answered(ask func(h *Handle) (any, error)) func(b []byte) (any, error) {
	return func(b []byte) (any, error) {
		k := &nltest.Kernel{Answer: func(request []byte) []nltest.Datagram { return answerWith(request, 0x100, b) }}
		h := &Handle{conns: &conns{cfg: wire.Config{Dial: k.Dial}}}
		defer h.Close()
		return ask(h)
	}
}

func expectCoverage() []object {
	some := &ConntrackExpectation{
		FamilyType: FAMILY_V4, Master: someTuple, Tuple: someTuple, Mask: someTuple, TimeOut: 1, Flags: 2, Class: 3, Zone: 4,
		Helper: "ftp", Function: "x", NAT: &ConntrackExpectNAT{Direction: 1, Tuple: someTuple},
	}
	expectation := object{
		name: "expectation", set: "CTA_EXPECT", header: nfgenmsg,
		decode: func(b []byte) (any, error) {
			var d conntrackDecoder
			e := new(ConntrackExpectation)
			err := d.expectation(b, e)
			return e, err
		},
		send: func(h *Handle, v any) error { return h.ConntrackExpectAdd(v.(*ConntrackExpectation)) },
		more: []any{some},
		others: []func(*Handle){
			func(h *Handle) {
				h.ConntrackExpectDel(&ConntrackExpectation{FamilyType: FAMILY_V4, Tuple: someTuple, ID: 1})
			},
		},
	}
	nat := expectation
	nat.name, nat.set, nat.nest, nat.others = "expectation: NAT", "CTA_EXPECT_NAT", []uint16{uapi.CTA_EXPECT_NAT}, nil
	return []object{expectation, nat, {
		name: "expectations of a processor", set: "CTA_STATS_EXP", header: nfgenmsg,
		decode: answered(func(h *Handle) (any, error) { return h.ConntrackExpectStats() }),
	}}
}

func ipsetCoverage() []object {
	six := net.IPv6loopback
	set := object{
		name: "set", set: "IPSET_ATTR_CMD", header: nfgenmsg,
		decode: func(b []byte) (any, error) {
			var d ipsetDecoder
			s := new(IPSetResult)
			err := d.set(b, s, func(b []byte) error {
				s.Entries = append(s.Entries, IPSetEntry{})
				return d.entry(b, &s.Entries[len(s.Entries)-1])
			})
			return s, err
		},
		send: func(h *Handle, v any) error {
			s := v.(*IPSetResult)
			return h.IpsetCreate("s", s.TypeName, s.CreateOptions())
		},
		others: []func(*Handle){
			func(h *Handle) { h.IpsetListHeaders() }, func(h *Handle) { h.IpsetName(1) },
		},
	}
	options := set
	options.with = func(e *wire.Encoder) { e.Uint8(uapi.IPSET_ATTR_REVISION, 1) } // else the kernel is asked for one
	options.name, options.set, options.nest, options.others = "set: options", "IPSET_ATTR_CREATE",
		[]uint16{uapi.IPSET_ATTR_DATA}, []func(*Handle){
			func(h *Handle) {
				h.IpsetCreate("s", "bitmap:ip", IpsetCreateOptions{Revision: 1, IPFrom: six, CIDR: 64})
			},
			func(h *Handle) { h.IpsetCreate("s", "bitmap:port", IpsetCreateOptions{Revision: 1, PortTo: 1}) },
		}
	entry := set
	entry.name, entry.set, entry.others = "set: entry", "IPSET_ATTR_ADT", nil
	entry.nest, entry.into = []uint16{uapi.IPSET_ATTR_ADT, uapi.IPSET_ATTR_DATA}, []uint16{uapi.IPSET_ATTR_DATA}
	entry.send = func(h *Handle, v any) error { return h.IpsetAdd("s", &v.(*IPSetResult).Entries[0]) }
	addr := entry
	addr.name, addr.set = "set: address", "IPSET_ATTR_IPADDR"
	addr.nest = []uint16{uapi.IPSET_ATTR_ADT, uapi.IPSET_ATTR_DATA, uapi.IPSET_ATTR_IP}
	addr.into = []uint16{uapi.IPSET_ATTR_DATA, uapi.IPSET_ATTR_IP}
	set.more = []any{&IPSetResult{TypeName: "hash:ip", Revision: 1, HashSize: 1}}
	return []object{set, options, entry, addr}
}

// genlCoverage are objects of generic netlink.
func genlCoverage() []object {
	genl := make([]byte, uapi.SizeofGenlmsghdr)
	link := &Dummy{LinkAttrs{Index: 1}}
	after := func(decode func(d *wire.Decoder) any) func(b []byte) (any, error) {
		return func(b []byte) (any, error) {
			d := wire.NewDecoderAfter(b, len(genl))
			v := decode(&d)
			return v, d.Err()
		}
	}
	return []object{
		{
			name: "port of fou", set: "FOU_ATTR", header: genl,
			decode: after(func(d *wire.Decoder) any {
				var f Fou
				f.decode(d)
				return f
			}),
			send: func(h *Handle, v any) error { return h.FouAdd(v.(Fou)) },
			more: []any{
				Fou{Port: 1, Local: net.IP{192, 0, 2, 1}, Peer: net.IP{192, 0, 2, 2}, PeerPort: 1, IfIndex: 1},
				Fou{Port: 1, Family: FAMILY_V6, Local: net.IPv6loopback, Peer: net.IPv6loopback},
			},
		}, {
			name: "context of GTP", set: "GTPA", header: genl,
			decode: after(func(d *wire.Decoder) any {
				p := new(PDP)
				p.decode(d)
				return p
			}),
			send: func(h *Handle, v any) error { return h.GTPPDPAdd(link, v.(*PDP)) },
			more: []any{
				&PDP{TID: 1, Flow: 1, PeerAddress: net.IP{192, 0, 2, 1}, MSAddress: net.IP{192, 0, 2, 2}, NetNSFD: 1},
				&PDP{Version: 1, ITEI: 1, OTEI: 1, PeerAddress: net.IPv6loopback, MSAddress: net.IPv6loopback},
			},
		},
	}
}
