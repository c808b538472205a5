package netlink

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// conntrackDecoder makes flows of messages. What flows refer to is cut from shared pieces.
type conntrackDecoder struct {
	table ConntrackTableType
	entry ConntrackEntry
	rest  conntrackRest
	bytes byteSlab
	flows slab[ConntrackFlow]
	tcp   slab[ProtoInfoTCP]
}

// flow reads a message of d's table into f.
func (d *conntrackDecoder) flow(data []byte, f *ConntrackFlow) error {
	if d.table == ConntrackExpectTable {
		return d.expected(data, f)
	}
	d.rest = conntrackRest{}
	if err := d.entry.decode(data, &d.rest); err != nil {
		return err
	}
	d.of(&d.entry, f)
	return d.more(f)
}

// of makes the flow of an entry.
func (d *conntrackDecoder) of(e *ConntrackEntry, f *ConntrackFlow) {
	*f = ConntrackFlow{
		FamilyType: e.Family,
		Mark:       e.Mark,
		Zone:       e.Zone,
		TimeStart:  e.Start,
		TimeStop:   e.Stop,
		TimeOut:    e.Timeout,
		Status:     e.Status,
		ID:         e.ID,
		Use:        e.Use,
		EventTime:  e.EventTime,
	}
	d.tuple(&e.Original, &f.Forward)
	d.tuple(&e.Reply, &f.Reverse)
	f.Forward.Packets, f.Forward.Bytes = e.OriginalPackets, e.OriginalBytes
	f.Reverse.Packets, f.Reverse.Bytes = e.ReplyPackets, e.ReplyBytes
	if e.HasLabels {
		f.Labels = d.bytes.copy(e.Labels[:])
	}
}

func (d *conntrackDecoder) tuple(t *ConntrackTuple, to *IPTuple) {
	*to = IPTuple{
		SrcIP: d.ip(t.Src), DstIP: d.ip(t.Dst), SrcPort: t.SrcPort, DstPort: t.DstPort,
		Protocol: t.Protocol, ICMPID: t.ICMPID, ICMPType: t.ICMPType, ICMPCode: t.ICMPCode, Zone: t.Zone,
	}
}

func (d *conntrackDecoder) ip(a netip.Addr) net.IP {
	switch {
	case a.Is4():
		b := a.As4()
		return d.bytes.copy(b[:])
	case a.IsValid():
		b := a.As16()
		return d.bytes.copy(b[:])
	}
	return nil
}

// more reads what an entry does not hold.
func (d *conntrackDecoder) more(f *ConntrackFlow) error {
	var err error
	if d.rest.protoInfo != nil {
		f.ProtoInfo, err = d.protoInfo(d.rest.protoInfo)
	}
	if err == nil && d.rest.help != nil {
		err = d.helper(f)
	}
	if err == nil && d.rest.secctx != nil {
		f.SecCtx, err = stringIn(d.rest.secctx, uapi.CTA_SECCTX_NAME)
	}
	if err == nil && d.rest.master != nil {
		var t ConntrackTuple
		err = t.decode(d.rest.master)
		f.Master = new(IPTuple)
		d.tuple(&t, f.Master)
	}
	if err == nil && d.rest.synproxy != nil {
		f.Synproxy, err = decodeSynproxy(d.rest.synproxy)
	}
	if err == nil && d.rest.seqOriginal != nil {
		f.SeqAdjOriginal, err = decodeSeqAdj(d.rest.seqOriginal)
	}
	if err == nil && d.rest.seqReply != nil {
		f.SeqAdjReply, err = decodeSeqAdj(d.rest.seqReply)
	}
	return err
}

// helper reads CTA_HELP.
func (d *conntrackDecoder) helper(f *ConntrackFlow) error {
	n := wire.NewDecoder(d.rest.help)
	for n.Next() {
		switch n.Type() {
		case uapi.CTA_HELP_NAME:
			f.Helper = n.String()
		case uapi.CTA_HELP_INFO:
			f.HelperInfo = d.bytes.copy(n.Data())
		}
	}
	return n.Err()
}

// stringIn returns the text of one attribute of a nest.
func stringIn(b []byte, typ uint16) (text string, err error) {
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == typ {
			text = d.String()
		}
	}
	return text, d.Err()
}

func decodeSynproxy(b []byte) (*ConntrackSynproxy, error) {
	s := new(ConntrackSynproxy)
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.CTA_SYNPROXY_ISN:
			s.ISN = d.BE32()
		case uapi.CTA_SYNPROXY_ITS:
			s.ITS = d.BE32()
		case uapi.CTA_SYNPROXY_TSOFF:
			s.TSOff = d.BE32()
		}
	}
	return s, d.Err()
}

func decodeSeqAdj(b []byte) (*ConntrackSeqAdj, error) {
	s := new(ConntrackSeqAdj)
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.CTA_SEQADJ_CORRECTION_POS:
			s.CorrectionPos = d.BE32()
		case uapi.CTA_SEQADJ_OFFSET_BEFORE:
			s.OffsetBefore = int32(d.BE32())
		case uapi.CTA_SEQADJ_OFFSET_AFTER:
			s.OffsetAfter = int32(d.BE32())
		}
	}
	return s, d.Err()
}

// protoInfo reads CTA_PROTOINFO; nil is a protocol that the package does not know.
func (d *conntrackDecoder) protoInfo(b []byte) (ProtoInfo, error) {
	var info ProtoInfo
	n := wire.NewDecoder(b)
	for n.Next() {
		p := n.Nested()
		switch n.Type() {
		case uapi.CTA_PROTOINFO_TCP:
			tcp := d.tcp.next()
			tcp.decode(&p)
			info = tcp
		case uapi.CTA_PROTOINFO_SCTP:
			sctp := new(ProtoInfoSCTP)
			for p.Next() {
				switch p.Type() {
				case uapi.CTA_PROTOINFO_SCTP_STATE:
					sctp.State = p.Uint8()
				case uapi.CTA_PROTOINFO_SCTP_VTAG_ORIGINAL:
					sctp.VTagOriginal = p.BE32()
				case uapi.CTA_PROTOINFO_SCTP_VTAG_REPLY:
					sctp.VTagReply = p.BE32()
				}
			}
			info = sctp
		case uapi.CTA_PROTOINFO_DCCP:
			dccp := new(ProtoInfoDCCP)
			for p.Next() {
				switch p.Type() {
				case uapi.CTA_PROTOINFO_DCCP_STATE:
					dccp.State = p.Uint8()
				case uapi.CTA_PROTOINFO_DCCP_ROLE:
					dccp.Role = p.Uint8()
				case uapi.CTA_PROTOINFO_DCCP_HANDSHAKE_SEQ:
					dccp.HandshakeSeq = p.BE64()
				}
			}
			info = dccp
		}
		n.Fail(p.Err())
	}
	return info, n.Err()
}

func (t *ProtoInfoTCP) decode(p *wire.Decoder) {
	for p.Next() {
		switch p.Type() {
		case uapi.CTA_PROTOINFO_TCP_STATE:
			t.State = p.Uint8()
		case uapi.CTA_PROTOINFO_TCP_WSCALE_ORIGINAL:
			t.WScaleOriginal = p.Uint8()
		case uapi.CTA_PROTOINFO_TCP_WSCALE_REPLY:
			t.WScaleReply = p.Uint8()
		case uapi.CTA_PROTOINFO_TCP_FLAGS_ORIGINAL:
			t.FlagsOriginal = tcpFlags(p.Data())
		case uapi.CTA_PROTOINFO_TCP_FLAGS_REPLY:
			t.FlagsReply = tcpFlags(p.Data())
		}
	}
}

// tcpFlags reads struct nf_ct_tcp_flags.
func tcpFlags(b []byte) (f ConntrackTCPFlags) {
	if len(b) >= 2 {
		f.Flags, f.Mask = b[0], b[1]
	}
	return f
}

// encodeConntrack appends what a flow is created or changed by. What a listed flow has beside, which would be
// stale or is refused in a change, goes with a new one only.
func encodeConntrack(r *wire.Request, f *ConntrackFlow, create bool) {
	encodeTuples(r, f)
	if status := f.Status; status != 0 {
		if create { // by these bits the kernel compares it with what it makes
			status = status&^(uapi.IPS_EXPECTED|uapi.IPS_DYING) | uapi.IPS_CONFIRMED
		}
		r.BE32(uapi.CTA_STATUS, status)
	}
	r.BE32(uapi.CTA_MARK, f.Mark)
	if create || f.TimeOut != 0 || f.Status&uapi.IPS_OFFLOAD == 0 { // the kernel lists none of a flow table's
		r.BE32(uapi.CTA_TIMEOUT, f.TimeOut)
	}
	encodeConntrackLabels(r, uapi.CTA_LABELS, f.Labels)
	encodeZone(r, f.Zone)
	encodeProtoInfo(r, f.ProtoInfo)
	if !create {
		return
	}
	if f.Helper != "" {
		encodeHelper(r, f.Helper, f.HelperInfo)
	}
	if f.Master != nil {
		encodeTuple(r, uapi.CTA_TUPLE_MASTER, f.FamilyType, f.Master)
	}
	encodeSynproxy(r, f.Synproxy)
	encodeSeqAdj(r, uapi.CTA_SEQ_ADJ_ORIG, f.SeqAdjOriginal)
	encodeSeqAdj(r, uapi.CTA_SEQ_ADJ_REPLY, f.SeqAdjReply)
	encodeNAT(r, uapi.CTA_NAT_SRC, f.NATSrc)
	encodeNAT(r, uapi.CTA_NAT_DST, f.NATDst)
}

func encodeZone(r *wire.Request, zone uint16) {
	if zone != 0 {
		r.BE16(uapi.CTA_ZONE, zone)
	}
}

// encodeConntrackLabels appends labels, or a mask of them, unless they are nil.
func encodeConntrackLabels(r *wire.Request, typ uint16, labels []byte) {
	if labels == nil {
		return
	}
	if want := len(ConntrackEntry{}.Labels); len(labels) != want {
		r.Fail(fmt.Errorf("conntrack labels have %d bytes, not %d", len(labels), want))
		return
	}
	r.Data(typ, labels)
}

// encodeTuples appends the directions that have addresses: one is enough to find a connection by.
func encodeTuples(r *wire.Request, f *ConntrackFlow) {
	if f.FamilyType != FAMILY_V4 && f.FamilyType != FAMILY_V6 {
		r.Fail(fmt.Errorf("conntrack family %d is neither IPv4 nor IPv6", f.FamilyType))
		return
	}
	some := false
	for _, t := range [...]struct {
		typ   uint16
		tuple *IPTuple
	}{{uapi.CTA_TUPLE_ORIG, &f.Forward}, {uapi.CTA_TUPLE_REPLY, &f.Reverse}} {
		if t.tuple.SrcIP != nil || t.tuple.DstIP != nil {
			some = true
			encodeTuple(r, t.typ, f.FamilyType, t.tuple)
		}
	}
	if !some {
		r.Fail(errors.New("conntrack flow without addresses"))
	}
}

func encodeTuple(r *wire.Request, typ uint16, family uint8, t *IPTuple) {
	r.Nest(uapi.NLA_F_NESTED | typ)
	encodeInTuple(r, family, t)
	r.End()
}

func encodeInTuple(r *wire.Request, family uint8, t *IPTuple) {
	r.Nest(uapi.NLA_F_NESTED | uapi.CTA_TUPLE_IP)
	src, dst := uint16(uapi.CTA_IP_V4_SRC), uint16(uapi.CTA_IP_V4_DST)
	if family == FAMILY_V6 {
		src, dst = uapi.CTA_IP_V6_SRC, uapi.CTA_IP_V6_DST
	}
	for _, a := range [...]struct {
		typ uint16
		ip  net.IP
	}{{src, t.SrcIP}, {dst, t.DstIP}} {
		addr, ok := familyAddr(family, a.ip)
		if !ok {
			r.Fail(fmt.Errorf("conntrack address %.64s is not of the flow's family", a.ip))
			continue
		}
		r.Addr(a.typ, addr)
	}
	r.End()
	r.Nest(uapi.NLA_F_NESTED | uapi.CTA_TUPLE_PROTO)
	r.Uint8(uapi.CTA_PROTO_NUM, t.Protocol)
	switch t.Protocol {
	case uapi.IPPROTO_ICMP:
		r.BE16(uapi.CTA_PROTO_ICMP_ID, t.ICMPID)
		r.Uint8(uapi.CTA_PROTO_ICMP_TYPE, t.ICMPType)
		r.Uint8(uapi.CTA_PROTO_ICMP_CODE, t.ICMPCode)
	case uapi.IPPROTO_ICMPV6:
		r.BE16(uapi.CTA_PROTO_ICMPV6_ID, t.ICMPID)
		r.Uint8(uapi.CTA_PROTO_ICMPV6_TYPE, t.ICMPType)
		r.Uint8(uapi.CTA_PROTO_ICMPV6_CODE, t.ICMPCode)
	default:
		r.BE16(uapi.CTA_PROTO_SRC_PORT, t.SrcPort)
		r.BE16(uapi.CTA_PROTO_DST_PORT, t.DstPort)
	}
	r.End()
	if t.Zone != 0 {
		r.BE16(uapi.CTA_TUPLE_ZONE, t.Zone)
	}
}

// familyAddr returns an address of a family; an IPv4 address of 16 bytes is one of IPv4.
func familyAddr(family uint8, ip net.IP) (netip.Addr, bool) {
	a, ok := netip.AddrFromSlice(ip)
	if family == FAMILY_V4 {
		a = a.Unmap()
		return a, ok && a.Is4()
	}
	return a, ok && a.Is6()
}

func encodeProtoInfo(r *wire.Request, info ProtoInfo) {
	if info == nil {
		return
	}
	r.Nest(uapi.NLA_F_NESTED | uapi.CTA_PROTOINFO)
	defer r.End()
	switch p := info.(type) {
	case *ProtoInfoTCP:
		r.Nest(uapi.NLA_F_NESTED | uapi.CTA_PROTOINFO_TCP)
		r.Uint8(uapi.CTA_PROTOINFO_TCP_STATE, p.State)
		if p.FlagsOriginal.Mask != 0 || p.FlagsReply.Mask != 0 {
			r.Uint8(uapi.CTA_PROTOINFO_TCP_WSCALE_ORIGINAL, p.WScaleOriginal)
			r.Uint8(uapi.CTA_PROTOINFO_TCP_WSCALE_REPLY, p.WScaleReply)
			r.Data(uapi.CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, []byte{p.FlagsOriginal.Flags, p.FlagsOriginal.Mask})
			r.Data(uapi.CTA_PROTOINFO_TCP_FLAGS_REPLY, []byte{p.FlagsReply.Flags, p.FlagsReply.Mask})
		}
		r.End()
	case *ProtoInfoSCTP:
		r.Nest(uapi.NLA_F_NESTED | uapi.CTA_PROTOINFO_SCTP)
		r.Uint8(uapi.CTA_PROTOINFO_SCTP_STATE, p.State)
		r.BE32(uapi.CTA_PROTOINFO_SCTP_VTAG_ORIGINAL, p.VTagOriginal)
		r.BE32(uapi.CTA_PROTOINFO_SCTP_VTAG_REPLY, p.VTagReply)
		r.End()
	case *ProtoInfoDCCP:
		r.Nest(uapi.NLA_F_NESTED | uapi.CTA_PROTOINFO_DCCP)
		r.Uint8(uapi.CTA_PROTOINFO_DCCP_STATE, p.State)
		r.Uint8(uapi.CTA_PROTOINFO_DCCP_ROLE, p.Role)
		r.BE64(uapi.CTA_PROTOINFO_DCCP_HANDSHAKE_SEQ, p.HandshakeSeq)
		r.End()
	default:
		r.Fail(fmt.Errorf("conntrack protocol information %T is not of this package", info))
	}
}

func encodeHelper(r *wire.Request, name string, info []byte) {
	r.Nest(uapi.NLA_F_NESTED | uapi.CTA_HELP)
	r.String(uapi.CTA_HELP_NAME, name)
	if info != nil {
		r.Data(uapi.CTA_HELP_INFO, info)
	}
	r.End()
}

func encodeSynproxy(r *wire.Request, s *ConntrackSynproxy) {
	if s == nil {
		return
	}
	r.Nest(uapi.NLA_F_NESTED | uapi.CTA_SYNPROXY)
	r.BE32(uapi.CTA_SYNPROXY_ISN, s.ISN)
	r.BE32(uapi.CTA_SYNPROXY_ITS, s.ITS)
	r.BE32(uapi.CTA_SYNPROXY_TSOFF, s.TSOff)
	r.End()
}

func encodeSeqAdj(r *wire.Request, typ uint16, s *ConntrackSeqAdj) {
	if s == nil {
		return
	}
	r.Nest(uapi.NLA_F_NESTED | typ)
	r.BE32(uapi.CTA_SEQADJ_CORRECTION_POS, s.CorrectionPos)
	r.BE32(uapi.CTA_SEQADJ_OFFSET_BEFORE, uint32(s.OffsetBefore))
	r.BE32(uapi.CTA_SEQADJ_OFFSET_AFTER, uint32(s.OffsetAfter))
	r.End()
}

func encodeNAT(r *wire.Request, typ uint16, n *ConntrackNAT) {
	if n == nil {
		return
	}
	r.Nest(uapi.NLA_F_NESTED | typ)
	for i, ip := range [...]net.IP{n.Min, n.Max} {
		if ip == nil {
			continue
		}
		a, ok := netip.AddrFromSlice(ip)
		if !ok {
			r.Fail(fmt.Errorf("conntrack NAT: %d bytes are no IP address", len(ip)))
			continue
		}
		four := [...]uint16{uapi.CTA_NAT_V4_MINIP, uapi.CTA_NAT_V4_MAXIP}
		six := [...]uint16{uapi.CTA_NAT_V6_MINIP, uapi.CTA_NAT_V6_MAXIP}
		if a = a.Unmap(); a.Is4() {
			r.Addr(four[i], a)
		} else {
			r.Addr(six[i], a)
		}
	}
	if n.PortMin != 0 || n.PortMax != 0 {
		r.Nest(uapi.NLA_F_NESTED | uapi.CTA_NAT_PROTO)
		r.BE16(uapi.CTA_PROTONAT_PORT_MIN, n.PortMin)
		r.BE16(uapi.CTA_PROTONAT_PORT_MAX, max(n.PortMin, n.PortMax))
		r.End()
	}
	r.End()
}
