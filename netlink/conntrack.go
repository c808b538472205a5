package netlink

import (
	"fmt"
	"net"
	"strings"
	"time"

	"kern.sys/internal/uapi"
)

// ConntrackTableType is a table of connection tracking, by its subsystem of netfilter's netlink
// (NFNL_SUBSYS_…).
type ConntrackTableType uint8

// Tables of connection tracking.
const (
	ConntrackTable = uapi.NFNL_SUBSYS_CTNETLINK // connections
	// connections that helpers expect, see [Handle.ConntrackExpectSeq]
	ConntrackExpectTable = uapi.NFNL_SUBSYS_CTNETLINK_EXP
)

// InetFamily is a family of addresses, FAMILY_V4 or FAMILY_V6.
type InetFamily uint8

// ConntrackStatus… are the bits in [ConntrackFlow.Status] (IPS_…).
const (
	ConntrackStatusExpected     = uapi.IPS_EXPECTED      // a helper expected it
	ConntrackStatusSeenReply    = uapi.IPS_SEEN_REPLY    // packets were seen in both directions
	ConntrackStatusAssured      = uapi.IPS_ASSURED       // not dropped early where the table is full
	ConntrackStatusConfirmed    = uapi.IPS_CONFIRMED     // its first packet has left the host
	ConntrackStatusSrcNAT       = uapi.IPS_SRC_NAT       // the original direction's source is changed
	ConntrackStatusDstNAT       = uapi.IPS_DST_NAT       // the original direction's destination is changed
	ConntrackStatusSeqAdj       = uapi.IPS_SEQ_ADJUST    // TCP sequence numbers are changed
	ConntrackStatusSrcNATDone   = uapi.IPS_SRC_NAT_DONE  // source NAT was decided
	ConntrackStatusDstNATDone   = uapi.IPS_DST_NAT_DONE  // destination NAT was decided
	ConntrackStatusDying        = uapi.IPS_DYING         // deleted already
	ConntrackStatusFixedTimeout = uapi.IPS_FIXED_TIMEOUT // packets do not prolong it
	ConntrackStatusTemplate     = uapi.IPS_TEMPLATE      // a template of rules, no connection
	ConntrackStatusNATClash     = uapi.IPS_UNTRACKED     // clashed with another when it was inserted
	ConntrackStatusHelper       = uapi.IPS_HELPER        // a helper was attached explicitly
	ConntrackStatusOffload      = uapi.IPS_OFFLOAD       // in a flow table
	ConntrackStatusHWOffload    = uapi.IPS_HW_OFFLOAD    // in a device's flow table
)

// IPTuple is one direction of a connection. The counters are there where
// net.netfilter.nf_conntrack_acct is on.
type IPTuple struct {
	Bytes    uint64
	DstIP    net.IP
	DstPort  uint16
	Packets  uint64
	Protocol uint8 // IPPROTO_…
	SrcIP    net.IP
	SrcPort  uint16 // of protocols that have ports; of GRE the key

	// ICMP and ICMPv6 have these instead of ports.
	ICMPID   uint16
	ICMPType uint8
	ICMPCode uint8
	// Zone is the zone of this direction only, where the other one has none (CTA_TUPLE_ZONE).
	Zone uint16
}

// ProtoInfo is the tracked state of a connection's protocol: a [*ProtoInfoTCP], [*ProtoInfoSCTP] or [*ProtoInfoDCCP].
type ProtoInfo interface {
	// Protocol returns the protocol's name, as "tcp".
	Protocol() string
}

// ProtoInfoTCP is the state of a TCP connection.
type ProtoInfoTCP struct {
	State uint8 // TCP_CONNTRACK_… of linux/netfilter/nf_conntrack_tcp.h, see [ProtoInfoTCP.StateString]

	// The window scale of each direction. It is sent with flags only, and the kernel
	// takes it where both directions have IP_CT_TCP_FLAG_WINDOW_SCALE.
	WScaleOriginal, WScaleReply uint8
	// The state of each direction. Flags are sent where their mask is not zero. The kernel
	// lists them without a mask.
	FlagsOriginal, FlagsReply ConntrackTCPFlags
}

// ConntrackTCPFlags are flags of one direction of a TCP connection (IP_CT_TCP_FLAG_…), and which of them count.
type ConntrackTCPFlags struct{ Flags, Mask uint8 }

// Protocol returns "tcp".
func (*ProtoInfoTCP) Protocol() string { return "tcp" }

// StateString returns the name of the state as conntrack(8) prints it: "ESTABLISHED".
func (p *ProtoInfoTCP) StateString() string { return ConntrackTCPStateString(p.State) }

// ConntrackTCPStateString returns the name of a tracked TCP connection's state as conntrack(8) prints it,
// or its number.
func ConntrackTCPStateString(state uint8) string {
	names := [...]string{
		uapi.TCP_CONNTRACK_NONE:        "NONE",
		uapi.TCP_CONNTRACK_SYN_SENT:    "SYN_SENT",
		uapi.TCP_CONNTRACK_SYN_RECV:    "SYN_RECV",
		uapi.TCP_CONNTRACK_ESTABLISHED: "ESTABLISHED",
		uapi.TCP_CONNTRACK_FIN_WAIT:    "FIN_WAIT",
		uapi.TCP_CONNTRACK_CLOSE_WAIT:  "CLOSE_WAIT",
		uapi.TCP_CONNTRACK_LAST_ACK:    "LAST_ACK",
		uapi.TCP_CONNTRACK_TIME_WAIT:   "TIME_WAIT",
		uapi.TCP_CONNTRACK_CLOSE:       "CLOSE",
		uapi.TCP_CONNTRACK_SYN_SENT2:   "SYN_SENT2",
	}
	if int(state) < len(names) {
		return names[state]
	}
	return fmt.Sprintf("%d", state)
}

// ProtoInfoSCTP is the state of an SCTP association.
type ProtoInfoSCTP struct {
	State                   uint8  // SCTP_CONNTRACK_… of linux/netfilter/nf_conntrack_sctp.h
	VTagOriginal, VTagReply uint32 // verification tags
}

// Protocol returns "sctp".
func (*ProtoInfoSCTP) Protocol() string { return "sctp" }

// ProtoInfoDCCP is the state of a DCCP connection, which Linux tracks until 6.15.
type ProtoInfoDCCP struct {
	State        uint8
	Role         uint8
	HandshakeSeq uint64
}

// Protocol returns "dccp".
func (*ProtoInfoDCCP) Protocol() string { return "dccp" }

// ConntrackFlow is a tracked connection: a line of conntrack -L.
type ConntrackFlow struct {
	FamilyType uint8 // FAMILY_…
	Forward    IPTuple
	Reverse    IPTuple
	Mark       uint32
	Zone       uint16
	TimeStart  uint64 // ns since 1970, with net.netfilter.nf_conntrack_timestamp
	TimeStop   uint64 // the same, of one that has gone
	TimeOut    uint32 // seconds that are left; 0 of one that is in a flow table
	Status     uint32 // ConntrackStatus…
	Labels     []byte // 16 bytes, or nil where the namespace has no labels
	ProtoInfo  ProtoInfo

	ID     uint32 // the kernel's name of it
	Use    uint32 // references
	Helper string // as "ftp"
	// HelperInfo is what a helper in user space keeps for the connection (nfct helper), nil of others. The helper says
	// how long it is.
	HelperInfo []byte
	SecCtx     string // the security module's label
	// EventTime is when the event that brings the flow happened, in ns since 1970 (Linux 6.14).
	EventTime uint64
	// Master is the original direction of the connection whose helper expected this one.
	Master *IPTuple
	// SeqAdj are changes of TCP sequence numbers of each direction, which NAT of a helper makes.
	SeqAdjOriginal, SeqAdjReply *ConntrackSeqAdj
	Synproxy                    *ConntrackSynproxy

	// NATSrc and NATDst set up NAT of a connection that is created. They are not listed: what NAT
	// made of the addresses is in Reverse.
	NATSrc, NATDst *ConntrackNAT
}

// ConntrackSeqAdj says how TCP sequence numbers of a direction are changed.
type ConntrackSeqAdj struct {
	CorrectionPos uint32 // the last change begins here
	OffsetBefore  int32  // added before it
	OffsetAfter   int32  // and after it
}

// ConntrackSynproxy is the state of SYNPROXY for a connection.
type ConntrackSynproxy struct{ ISN, ITS, TSOff uint32 }

// ConntrackNAT is a range of addresses and ports to translate to. One address alone is Min; ports are
// not changed where both are 0.
type ConntrackNAT struct {
	Min, Max         net.IP
	PortMin, PortMax uint16
}

// String returns the flow like conntrack -L does, with the status in binary, start and stop.
func (s *ConntrackFlow) String() string {
	var b strings.Builder
	direction := func(t *IPTuple) {
		fmt.Fprintf(&b, "src=%s dst=%s ", t.SrcIP, t.DstIP)
		if t.isICMP() {
			fmt.Fprintf(&b, "type=%d code=%d id=%d ", t.ICMPType, t.ICMPCode, t.ICMPID)
		} else {
			fmt.Fprintf(&b, "sport=%d dport=%d ", t.SrcPort, t.DstPort)
		}
		fmt.Fprintf(&b, "packets=%d bytes=%d ", t.Packets, t.Bytes)
	}
	fmt.Fprintf(&b, "%s\t%d ", protocolOf(s.Forward.Protocol), s.Forward.Protocol)
	direction(&s.Forward)
	if s.Status&ConntrackStatusSeenReply == 0 {
		b.WriteString("[UNREPLIED] ")
	}
	direction(&s.Reverse)
	note := ""
	switch {
	case s.Status&ConntrackStatusHWOffload != 0:
		note = ", HW_OFFLOAD"
	case s.Status&ConntrackStatusOffload != 0:
		note = ", OFFLOAD"
	case s.Status&ConntrackStatusAssured != 0:
		note = ", ASSURED"
	}
	fmt.Fprintf(&b, "[status=%#b%s] mark=%#x ", s.Status, note, s.Mark)
	if len(s.Labels) > 0 {
		fmt.Fprintf(&b, "labels=%#x ", s.Labels)
	}
	if s.Zone != 0 {
		fmt.Fprintf(&b, "zone=%d ", s.Zone)
	}
	fmt.Fprintf(&b, "start=%v stop=%v timeout=%d(sec)", time.Unix(0, int64(s.TimeStart)), time.Unix(0, int64(s.TimeStop)),
		int32(s.TimeOut))
	return b.String()
}

// protocolOf is the name of a protocol as conntrack(8) prints it, "" for others.
func protocolOf(protocol uint8) string {
	switch protocol {
	case uapi.IPPROTO_ICMP:
		return "icmp"
	case uapi.IPPROTO_TCP:
		return "tcp"
	case uapi.IPPROTO_UDP:
		return "udp"
	case uapi.IPPROTO_DCCP:
		return "dccp"
	case uapi.IPPROTO_GRE:
		return "gre"
	case uapi.IPPROTO_ICMPV6:
		return "icmpv6"
	case uapi.IPPROTO_SCTP:
		return "sctp"
	case uapi.IPPROTO_UDPLITE:
		return "udplite"
	}
	return ""
}

// isICMP reports whether the tuple has a type, a code and an id instead of ports.
func (t *IPTuple) isICMP() bool {
	return t.Protocol == uapi.IPPROTO_ICMP || t.Protocol == uapi.IPPROTO_ICMPV6
}
