package ip

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// conntrackSource is "monitor conntrack": connections that are created, changed and destroyed, as conntrack -E prints
// them, with -details as conntrack -E -o extended,ktimestamp,id does.
func conntrackSource(c *cli.Command, w *monitorWish) (Source, error) {
	return Source{
		Protocol: uapi.NETLINK_NETFILTER,
		Groups:   []uint32{uapi.NFNLGRP_CONNTRACK_NEW, uapi.NFNLGRP_CONNTRACK_UPDATE, uapi.NFNLGRP_CONNTRACK_DESTROY},
		Show: func(m wire.Message, from Origin) error {
			now := time.Now()
			_, err := w.show(c, "CONNTRACK", from, now, func() bool { return watchConntrack(c, m, now) })
			return err
		},
	}, nil
}

// watchConntrack prints a message about a connection.
func watchConntrack(c *cli.Command, m wire.Message, now time.Time) bool {
	var head uapi.Nfgenmsg
	head.Decode(m.Data)
	kind := "UPDATE"
	switch m.Type {
	case uapi.NFNL_SUBSYS_CTNETLINK<<8 | uapi.IPCTNL_MSG_CT_NEW:
		if m.Flags&(uapi.NLM_F_CREATE|uapi.NLM_F_EXCL) != 0 {
			kind = "NEW"
		}
	case uapi.NFNL_SUBSYS_CTNETLINK<<8 | uapi.IPCTNL_MSG_CT_DELETE:
		kind = "DESTROY"
	default:
		return false
	}
	if c.Family != uapi.AF_UNSPEC && c.Family != int(head.NfgenFamily) {
		return false
	}
	s := conntrackShower{c.Out, desc.ParseAttrs(after(m.Data, uapi.SizeofNfgenmsg))}
	p := c.Out
	p.Object("")
	p.Text("%9s", "["+kind+"]")
	if p.JSON {
		p.Str("event", "", kind)
	}
	s.connection(head.NfgenFamily, now)
	if m.PID != 0 {
		p.Uint("portid", " [USERSPACE] portid=%d", uint64(m.PID))
	}
	p.Text("\n")
	p.EndObject()
	return true
}

// conntrackShower prints a connection by its attributes.
type conntrackShower struct {
	*desc.Printer
	attrs desc.Attrs
}

func (s conntrackShower) connection(family uint8, now time.Time) {
	original := desc.ParseAttrs(s.attrs[uapi.CTA_TUPLE_ORIG])
	proto := cli.Number8(desc.ParseAttrs(original[uapi.CTA_TUPLE_PROTO])[uapi.CTA_PROTO_NUM])
	if s.JSON || s.Details {
		name := map[uint8]string{uapi.AF_INET: "ipv4", uapi.AF_INET6: "ipv6"}[family]
		s.Str("family", " %-8s", name)
		s.Text(" %d", family)
	}
	s.Str("protocol", " %-8s", conntrackProto(proto))
	s.Uint("proto", " %d", uint64(proto))
	s.number(uapi.CTA_TIMEOUT, "timeout", " %d")
	s.state(proto)
	s.direction("original", " zone-orig=%d", original, proto, s.attrs[uapi.CTA_COUNTERS_ORIG])
	status, known := s.status()
	if known && status&uapi.IPS_SEEN_REPLY == 0 {
		s.Text(" [UNREPLIED]")
	}
	s.direction("reply", " zone-reply=%d", desc.ParseAttrs(s.attrs[uapi.CTA_TUPLE_REPLY]), proto,
		s.attrs[uapi.CTA_COUNTERS_REPLY])
	switch {
	case status&uapi.IPS_HW_OFFLOAD != 0:
		s.Text(" [HW_OFFLOAD]")
	case status&uapi.IPS_OFFLOAD != 0:
		s.Text(" [OFFLOAD]")
	case status&uapi.IPS_ASSURED != 0:
		s.Text(" [ASSURED]")
	}
	s.number(uapi.CTA_MARK, "mark", " mark=%d")
	if b, ok := s.attrs[uapi.CTA_SECCTX]; ok {
		s.Str("secctx", " secctx=%s", cli.Text(desc.ParseAttrs(b)[uapi.CTA_SECCTX_NAME]))
	}
	if b := s.attrs[uapi.CTA_ZONE]; len(b) >= 2 {
		s.Uint("zone", " zone=%d", uint64(binary.BigEndian.Uint16(b)))
	}
	s.times(now)
	s.number(uapi.CTA_USE, "use", " use=%d")
	if s.JSON || s.Details {
		s.number(uapi.CTA_ID, "id", " id=%d")
	}
	if b, ok := s.attrs[uapi.CTA_HELP]; ok {
		s.Str("helper", " helper=%s", cli.Text(desc.ParseAttrs(b)[uapi.CTA_HELP_NAME]))
	}
	if b := s.attrs[uapi.CTA_LABELS]; len(b) != 0 && (s.JSON || s.Details) {
		s.Str("labels", " labels=0x%s", hex.EncodeToString(b))
	}
	ShowUnknown(s.Printer, " %s", s.attrs, uapi.CTA_MAX)
}

// number prints a number of 32 bits, if it is there.
func (s conntrackShower) number(typ uint16, key, format string) {
	if b := s.attrs[typ]; len(b) >= 4 {
		s.Uint(key, format, uint64(binary.BigEndian.Uint32(b)))
	}
}

// conntrackStatus are the names of the bits of a connection's status, in JSON.
var conntrackStatus = [...]string{
	uapi.IPS_EXPECTED_BIT: "expected", uapi.IPS_SEEN_REPLY_BIT: "seen_reply", uapi.IPS_ASSURED_BIT: "assured",
	uapi.IPS_CONFIRMED_BIT: "confirmed", uapi.IPS_SRC_NAT_BIT: "src_nat", uapi.IPS_DST_NAT_BIT: "dst_nat",
	uapi.IPS_SEQ_ADJUST_BIT: "seq_adjust", uapi.IPS_SRC_NAT_DONE_BIT: "src_nat_done",
	uapi.IPS_DST_NAT_DONE_BIT: "dst_nat_done", uapi.IPS_DYING_BIT: "dying",
	uapi.IPS_FIXED_TIMEOUT_BIT: "fixed_timeout", uapi.IPS_TEMPLATE_BIT: "template",
	uapi.IPS_UNTRACKED_BIT: "nat_clash", uapi.IPS_HELPER_BIT: "helper", uapi.IPS_OFFLOAD_BIT: "offload",
	uapi.IPS_HW_OFFLOAD_BIT: "hw_offload",
}

// status prints it to JSON; text shows some bits by words at their places.
func (s conntrackShower) status() (status uint32, known bool) {
	b := s.attrs[uapi.CTA_STATUS]
	if len(b) < 4 {
		return 0, false
	}
	status = binary.BigEndian.Uint32(b)
	if s.JSON {
		s.Array("status")
		for i, name := range conntrackStatus {
			if status&(1<<i) != 0 {
				s.Str("", "", name)
			}
		}
		s.Rest("", uint64(status>>len(conntrackStatus)<<len(conntrackStatus)))
		s.EndArray()
	}
	return status, true
}

// conntrackProto is the name that libnetfilter_conntrack has for a protocol.
func conntrackProto(proto uint8) string {
	switch proto {
	case uapi.IPPROTO_TCP:
		return "tcp"
	case uapi.IPPROTO_UDP:
		return "udp"
	case uapi.IPPROTO_UDPLITE:
		return "udplite"
	case uapi.IPPROTO_ICMP:
		return "icmp"
	case uapi.IPPROTO_ICMPV6:
		return "icmpv6"
	case uapi.IPPROTO_SCTP:
		return "sctp"
	case uapi.IPPROTO_DCCP:
		return "dccp"
	case uapi.IPPROTO_GRE:
		return "gre"
	}
	return "unknown"
}

var sctpStates = [...]string{
	uapi.SCTP_CONNTRACK_NONE: "NONE", uapi.SCTP_CONNTRACK_CLOSED: "CLOSED",
	uapi.SCTP_CONNTRACK_COOKIE_WAIT: "COOKIE_WAIT", uapi.SCTP_CONNTRACK_COOKIE_ECHOED: "COOKIE_ECHOED",
	uapi.SCTP_CONNTRACK_ESTABLISHED: "ESTABLISHED", uapi.SCTP_CONNTRACK_SHUTDOWN_SENT: "SHUTDOWN_SENT",
	uapi.SCTP_CONNTRACK_SHUTDOWN_RECD: "SHUTDOWN_RECD", uapi.SCTP_CONNTRACK_SHUTDOWN_ACK_SENT: "SHUTDOWN_ACK_SENT",
	uapi.SCTP_CONNTRACK_HEARTBEAT_SENT: "HEARTBEAT_SENT", uapi.SCTP_CONNTRACK_HEARTBEAT_ACKED: "HEARTBEAT_ACKED",
}

// state prints the state of TCP or SCTP.
func (s conntrackShower) state(proto uint8) {
	info := desc.ParseAttrs(s.attrs[uapi.CTA_PROTOINFO])
	if b := desc.ParseAttrs(info[uapi.CTA_PROTOINFO_TCP])[uapi.CTA_PROTOINFO_TCP_STATE]; len(b) != 0 {
		s.Str("state", " %s", netlink.ConntrackTCPStateString(b[0]))
	}
	if b := desc.ParseAttrs(info[uapi.CTA_PROTOINFO_SCTP])[uapi.CTA_PROTOINFO_SCTP_STATE]; len(b) != 0 {
		s.Str("state", " %s", nameOr(sctpStates[:], b[0]))
	}
}

// conntrackPart is a number in a tuple.
type conntrackPart struct {
	typ         uint16
	key, format string
}

// conntrackParts are those of a protocol: all have attributes for ports, most of them 0 and without a meaning.
func conntrackParts(proto uint8) []conntrackPart {
	switch conntrackProto(proto) {
	case "icmp":
		return []conntrackPart{{uapi.CTA_PROTO_ICMP_TYPE, "type", " type=%d"},
			{uapi.CTA_PROTO_ICMP_CODE, "code", " code=%d"}, {uapi.CTA_PROTO_ICMP_ID, "id", " id=%d"}}
	case "icmpv6":
		return []conntrackPart{{uapi.CTA_PROTO_ICMPV6_TYPE, "type", " type=%d"},
			{uapi.CTA_PROTO_ICMPV6_CODE, "code", " code=%d"}, {uapi.CTA_PROTO_ICMPV6_ID, "id", " id=%d"}}
	case "gre":
		return []conntrackPart{{uapi.CTA_PROTO_SRC_PORT, "srckey", " srckey=0x%x"},
			{uapi.CTA_PROTO_DST_PORT, "dstkey", " dstkey=0x%x"}}
	case "unknown":
		return nil
	}
	return []conntrackPart{{uapi.CTA_PROTO_SRC_PORT, "sport", " sport=%d"},
		{uapi.CTA_PROTO_DST_PORT, "dport", " dport=%d"}}
}

// direction prints one of the two tuples and what was counted of it.
func (s conntrackShower) direction(key, zone string, tuple desc.Attrs, proto uint8, counters []byte) {
	s.Object(key)
	defer s.EndObject()
	ip, l4 := desc.ParseAttrs(tuple[uapi.CTA_TUPLE_IP]), desc.ParseAttrs(tuple[uapi.CTA_TUPLE_PROTO])
	for _, a := range [...]struct {
		v4, v6 uint16
		key    string
	}{{uapi.CTA_IP_V4_SRC, uapi.CTA_IP_V6_SRC, "src"}, {uapi.CTA_IP_V4_DST, uapi.CTA_IP_V6_DST, "dst"}} {
		b, family := ip[a.v4], uapi.AF_INET
		if b == nil {
			b, family = ip[a.v6], uapi.AF_INET6
		}
		if addr, ok := netip.AddrFromSlice(b); ok {
			s.Text(" %s=", a.key)
			s.ColorStr(desc.AddrColor(family), a.key, "%s", desc.AddrText(addr))
		}
	}
	for _, part := range conntrackParts(proto) {
		switch b := l4[part.typ]; len(b) {
		case 1:
			s.Uint(part.key, part.format, uint64(b[0]))
		case 2:
			s.Uint(part.key, part.format, uint64(binary.BigEndian.Uint16(b)))
		}
	}
	if b := tuple[uapi.CTA_TUPLE_ZONE]; len(b) >= 2 {
		s.Uint("zone", zone, uint64(binary.BigEndian.Uint16(b)))
	}
	counted := desc.ParseAttrs(counters)
	for _, n := range [...]struct {
		typ uint16
		key string
	}{{uapi.CTA_COUNTERS_PACKETS, "packets"}, {uapi.CTA_COUNTERS_BYTES, "bytes"}} {
		if b := counted[n.typ]; len(b) >= 8 {
			s.Uint(n.key, " "+n.key+"=%d", binary.BigEndian.Uint64(b))
		}
	}
}

// times prints when the connection began and ended, and how many seconds it lasted.
func (s conntrackShower) times(now time.Time) {
	attrs := desc.ParseAttrs(s.attrs[uapi.CTA_TIMESTAMP])
	at := func(typ uint16) (t time.Time, known bool) {
		if b := attrs[typ]; len(b) >= 8 {
			return time.Unix(0, int64(binary.BigEndian.Uint64(b))), true
		}
		return now, false
	}
	start, began := at(uapi.CTA_TIMESTAMP_START)
	stop, ended := at(uapi.CTA_TIMESTAMP_STOP)
	if began {
		s.Text(" delta-time=%d", stop.Unix()-start.Unix())
	}
	show := func(key string, t time.Time, known bool) {
		switch {
		case !known:
		case s.JSON:
			s.Uint(key, "", uint64(t.UnixNano()))
		case s.Details:
			s.Text(" [%s=%s]", key, t.Format(time.ANSIC))
		}
	}
	show("start", start, began)
	show("stop", stop, ended)
	if b := s.attrs[uapi.CTA_TIMESTAMP_EVENT]; len(b) >= 8 && s.JSON {
		s.Uint("event_time", "", binary.BigEndian.Uint64(b))
	}
}
