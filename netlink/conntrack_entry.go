package netlink

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ConntrackTuple is one direction of a connection in a [ConntrackEntry], as small values.
type ConntrackTuple struct {
	Src, Dst         netip.Addr
	SrcPort, DstPort uint16 // of protocols that have ports; of GRE the key
	ICMPID           uint16 // ICMP and ICMPv6 have these instead of ports
	ICMPType         uint8
	ICMPCode         uint8
	Protocol         uint8  // IPPROTO_…
	Zone             uint16 // of this direction only (CTA_TUPLE_ZONE)
}

// ConntrackEntry is a tracked connection in little memory, for programs that read or keep many: a
// [ConntrackFlow] without helper, security context, master and adjustments, as small values that refer
// to nothing.
type ConntrackEntry struct {
	Original, Reply               ConntrackTuple
	OriginalPackets, ReplyPackets uint64
	OriginalBytes, ReplyBytes     uint64
	Start, Stop                   uint64 // ns since 1970, with net.netfilter.nf_conntrack_timestamp
	EventTime                     uint64 // ns since 1970, of what an event brings (Linux 6.14)

	ID      uint32
	Mark    uint32
	Status  uint32 // ConntrackStatus…
	Timeout uint32 // seconds that are left
	Use     uint32

	Labels    [16]byte // bit n of byte n/8, each 32 bits in the machine's byte order
	HasLabels bool
	Family    uint8 // FAMILY_…
	State     uint8 // of TCP (TCP_CONNTRACK_…), SCTP or DCCP
	Zone      uint16
}

// conntrackRest is where in a message the attributes are that an entry does not hold, nil where they are not.
type conntrackRest struct {
	protoInfo, help, secctx, synproxy, seqOriginal, seqReply, master []byte
}

// attrHead returns the type of the first attribute of b, which has four bytes, and its length with them; 0
// where it is malformed. It is inlined.
func attrHead(b []byte) (typ uint16, n int) {
	if n = int(native.Uint16(b)); n < uapi.SizeofNlattr || n > len(b) {
		n = 0
	}
	return native.Uint16(b[2:]) &^ (uapi.NLA_F_NESTED | uapi.NLA_F_NET_BYTEORDER), n
}

// behind is b without its first attribute, of n bytes.
func behind(b []byte, n int) []byte { return b[min((n+3)&^3, len(b)):] }

func badAttr(b []byte) error {
	return fmt.Errorf("%w: attribute %d says %d bytes, %d are left", wire.ErrMalformed, native.Uint16(b[2:]),
		native.Uint16(b), len(b))
}

// decode reads the payload of IPCTNL_MSG_CT_NEW or …_DELETE, whatever e was. Long dumps spend their
// time here.
func (e *ConntrackEntry) decode(data []byte, more *conntrackRest) error {
	if len(data) < uapi.SizeofNfgenmsg {
		return fmt.Errorf("%w: connection of %d bytes", wire.ErrMalformed, len(data))
	}
	*e = ConntrackEntry{Family: data[0]}
	for b := data[uapi.SizeofNfgenmsg:]; len(b) >= uapi.SizeofNlattr; {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		ok, err := true, error(nil)
		switch typ {
		case uapi.CTA_TUPLE_ORIG:
			err = e.Original.decode(v)
		case uapi.CTA_TUPLE_REPLY:
			err = e.Reply.decode(v)
		case uapi.CTA_STATUS:
			ok = setBE32(&e.Status, v)
		case uapi.CTA_TIMEOUT:
			ok = setBE32(&e.Timeout, v)
		case uapi.CTA_MARK:
			ok = setBE32(&e.Mark, v)
		case uapi.CTA_ID:
			ok = setBE32(&e.ID, v)
		case uapi.CTA_USE:
			ok = setBE32(&e.Use, v)
		case uapi.CTA_ZONE:
			ok = setBE16(&e.Zone, v)
		case uapi.CTA_LABELS:
			copy(e.Labels[:], v)
			e.HasLabels = true
		case uapi.CTA_COUNTERS_ORIG:
			err = twoBE64(v, uapi.CTA_COUNTERS_PACKETS, &e.OriginalPackets, uapi.CTA_COUNTERS_BYTES, &e.OriginalBytes)
		case uapi.CTA_COUNTERS_REPLY:
			err = twoBE64(v, uapi.CTA_COUNTERS_PACKETS, &e.ReplyPackets, uapi.CTA_COUNTERS_BYTES, &e.ReplyBytes)
		case uapi.CTA_TIMESTAMP:
			err = twoBE64(v, uapi.CTA_TIMESTAMP_START, &e.Start, uapi.CTA_TIMESTAMP_STOP, &e.Stop)
		case uapi.CTA_TIMESTAMP_EVENT:
			if ok = len(v) >= 8; ok {
				e.EventTime = binary.BigEndian.Uint64(v)
			}
		case uapi.CTA_PROTOINFO:
			e.State, err = protoState(v)
		}
		if err == nil && !ok {
			err = fmt.Errorf("%w: connection: attribute %d of %d bytes", wire.ErrMalformed, typ, len(v))
		}
		if err != nil {
			return err
		}
		if more != nil {
			more.note(typ, v)
		}
	}
	return nil
}

func (m *conntrackRest) note(typ uint16, v []byte) {
	switch typ {
	case uapi.CTA_PROTOINFO:
		m.protoInfo = v
	case uapi.CTA_HELP:
		m.help = v
	case uapi.CTA_SECCTX:
		m.secctx = v
	case uapi.CTA_SYNPROXY:
		m.synproxy = v
	case uapi.CTA_SEQ_ADJ_ORIG:
		m.seqOriginal = v
	case uapi.CTA_SEQ_ADJ_REPLY:
		m.seqReply = v
	case uapi.CTA_TUPLE_MASTER:
		m.master = v
	}
}

func setBE32(to *uint32, v []byte) bool {
	if len(v) < 4 {
		return false
	}
	*to = binary.BigEndian.Uint32(v)
	return true
}

func setBE16(to *uint16, v []byte) bool {
	if len(v) < 2 {
		return false
	}
	*to = binary.BigEndian.Uint16(v)
	return true
}

// twoBE64 reads a nest of two numbers of 64 bits.
func twoBE64(b []byte, type1 uint16, v1 *uint64, type2 uint16, v2 *uint64) error {
	if len(b) == 2*attr8 && isAttr(b, type1, attr8) && isAttr(b[attr8:], type2, attr8) { // as it usually is
		*v1, *v2 = binary.BigEndian.Uint64(b[4:]), binary.BigEndian.Uint64(b[attr8+4:])
		return nil
	}
	for len(b) >= uapi.SizeofNlattr {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		if typ != type1 && typ != type2 {
			continue
		}
		if len(v) < 8 {
			return fmt.Errorf("%w: connection: counter of %d bytes", wire.ErrMalformed, len(v))
		}
		if typ == type1 {
			*v1 = binary.BigEndian.Uint64(v)
		} else {
			*v2 = binary.BigEndian.Uint64(v)
		}
	}
	return nil
}

// protoState reads the state in CTA_PROTOINFO, which all protocols have in one place.
func protoState(b []byte) (uint8, error) {
	const tcp = uapi.CTA_PROTOINFO_TCP | uapi.NLA_F_NESTED
	if len(b) > 8 && isAttr(b, tcp, uint16(len(b))) && isAttr(b[4:], uapi.CTA_PROTOINFO_TCP_STATE, attr1) {
		return b[8], nil // as it usually is
	}
	for len(b) >= uapi.SizeofNlattr {
		typ, n := attrHead(b)
		if n == 0 {
			return 0, badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		if typ < uapi.CTA_PROTOINFO_TCP || typ > uapi.CTA_PROTOINFO_SCTP {
			continue
		}
		for len(v) >= uapi.SizeofNlattr {
			typ, n := attrHead(v)
			if n == 0 {
				return 0, badAttr(v)
			}
			state := v[uapi.SizeofNlattr:n:n]
			v = behind(v, n)
			if typ == uapi.CTA_PROTOINFO_TCP_STATE && len(state) != 0 {
				return state[0], nil
			}
		}
	}
	return 0, nil
}

// isAttr reports whether b begins with an attribute of that type and length. It is inlined.
func isAttr(b []byte, typ, n uint16) bool {
	return native.Uint16(b) == n && native.Uint16(b[2:]) == typ
}

// The lengths of attributes: their head and what they hold.
const (
	attr1  = uapi.SizeofNlattr + 1
	attr2  = uapi.SizeofNlattr + 2
	attr4  = uapi.SizeofNlattr + 4
	attr8  = uapi.SizeofNlattr + 8
	attr16 = uapi.SizeofNlattr + 16
)

// decodeUsual reads a tuple that is two addresses, a protocol and two ports, in this order and no more: most are. It
// reports whether it is one; otherwise it does nothing.
func (t *ConntrackTuple) decodeUsual(b []byte) bool {
	const ip, proto = uapi.CTA_TUPLE_IP | uapi.NLA_F_NESTED, uapi.CTA_TUPLE_PROTO | uapi.NLA_F_NESTED
	const ip4, ip6, ports = 4 + 2*attr4, 4 + 2*attr16, 4 + 3*8
	var src, dst netip.Addr
	switch len(b) {
	case ip4 + ports:
		if b := b[:ip4]; isAttr(b, ip, ip4) && isAttr(b[4:], uapi.CTA_IP_V4_SRC, attr4) &&
			isAttr(b[12:], uapi.CTA_IP_V4_DST, attr4) {
			src, dst = netip.AddrFrom4([4]byte(b[8:])), netip.AddrFrom4([4]byte(b[16:]))
			break
		}
		return false
	case ip6 + ports:
		if b := b[:ip6]; isAttr(b, ip, ip6) && isAttr(b[4:], uapi.CTA_IP_V6_SRC, attr16) &&
			isAttr(b[24:], uapi.CTA_IP_V6_DST, attr16) {
			src, dst = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[28:]))
			break
		}
		return false
	default:
		return false
	}
	b = b[len(b)-ports:]
	if b = b[:ports]; !isAttr(b, proto, ports) || !isAttr(b[4:], uapi.CTA_PROTO_NUM, attr1) ||
		!isAttr(b[12:], uapi.CTA_PROTO_SRC_PORT, attr2) || !isAttr(b[20:], uapi.CTA_PROTO_DST_PORT, attr2) {
		return false
	}
	t.Src, t.Dst, t.Protocol = src, dst, b[8]
	t.SrcPort, t.DstPort = binary.BigEndian.Uint16(b[16:]), binary.BigEndian.Uint16(b[24:])
	return true
}

// decode reads a nest of CTA_TUPLE_IP, CTA_TUPLE_PROTO and CTA_TUPLE_ZONE.
func (t *ConntrackTuple) decode(b []byte) error {
	if t.decodeUsual(b) {
		return nil
	}
	return t.decodeEach(b)
}

// decodeEach is decode for any tuple.
func (t *ConntrackTuple) decodeEach(b []byte) error {
	for len(b) >= uapi.SizeofNlattr {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		var err error
		switch typ {
		case uapi.CTA_TUPLE_IP:
			err = t.decodeAddrs(v)
		case uapi.CTA_TUPLE_PROTO:
			err = t.decodeProto(v)
		case uapi.CTA_TUPLE_ZONE:
			if !setBE16(&t.Zone, v) {
				err = fmt.Errorf("%w: connection: zone of %d bytes", wire.ErrMalformed, len(v))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *ConntrackTuple) decodeAddrs(b []byte) error {
	for len(b) >= uapi.SizeofNlattr {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		if typ < uapi.CTA_IP_V4_SRC || typ > uapi.CTA_IP_V6_DST {
			continue
		}
		var a netip.Addr
		switch len(v) {
		case 4:
			a = netip.AddrFrom4([4]byte(v))
		case 16:
			a = netip.AddrFrom16([16]byte(v))
		default:
			return fmt.Errorf("%w: connection: address of %d bytes", wire.ErrMalformed, len(v))
		}
		if typ == uapi.CTA_IP_V4_SRC || typ == uapi.CTA_IP_V6_SRC {
			t.Src = a
		} else {
			t.Dst = a
		}
	}
	return nil
}

func (t *ConntrackTuple) decodeProto(b []byte) error {
	for len(b) >= uapi.SizeofNlattr {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		ok := true
		switch typ {
		case uapi.CTA_PROTO_NUM:
			ok = setU8(&t.Protocol, v)
		case uapi.CTA_PROTO_SRC_PORT:
			ok = setBE16(&t.SrcPort, v)
		case uapi.CTA_PROTO_DST_PORT:
			ok = setBE16(&t.DstPort, v)
		case uapi.CTA_PROTO_ICMP_ID, uapi.CTA_PROTO_ICMPV6_ID:
			ok = setBE16(&t.ICMPID, v)
		case uapi.CTA_PROTO_ICMP_TYPE, uapi.CTA_PROTO_ICMPV6_TYPE:
			ok = setU8(&t.ICMPType, v)
		case uapi.CTA_PROTO_ICMP_CODE, uapi.CTA_PROTO_ICMPV6_CODE:
			ok = setU8(&t.ICMPCode, v)
		}
		if !ok {
			return fmt.Errorf("%w: connection: attribute %d of %d bytes", wire.ErrMalformed, typ, len(v))
		}
	}
	return nil
}

func setU8(to *uint8, v []byte) bool {
	if len(v) < 1 {
		return false
	}
	*to = v[0]
	return true
}
