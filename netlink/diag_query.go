package netlink

import (
	"fmt"
	"iter"
	"math"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// SocketQuery says which inet sockets to list: ss. The kernel chooses.
type SocketQuery struct {
	Family   uint8  // AF_INET or AF_INET6; 0: both
	Protocol uint16 // IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_RAW, IPPROTO_SCTP, IPPROTO_MPTCP (Linux 5.9)
	// States is a mask of 1<<TCP_…; 0: all.
	States uint32
	// Extensions is a mask of 1<<(INET_DIAG_…-1), of what to ask for beside.
	Extensions uint8
	Filter     SocketFilter // nil: all
	// Storage asks for what BPF programs keep for the sockets (Linux 5.6), which takes CAP_SYS_ADMIN: of all maps if it
	// is empty, else of those that are open by these descriptors. nil: nothing.
	Storage []int
}

// Request returns the request for the sockets of the query's one family, for [wire.Conn.Dump]: who wants the kernel's
// messages as they are sends it.
func (q SocketQuery) Request() *wire.Request { return q.request() }

const socketListOp = "socket list"

// allStates are the states of any kernel.
const allStates = math.MaxUint32

// request asks for the sockets.
func (q *SocketQuery) request() *wire.Request {
	r := diagRequest(uapi.SOCK_DIAG_BY_FAMILY)
	m := uapi.InetDiagReqV2{SdiagFamily: q.Family, SdiagProtocol: uint8(q.Protocol), IdiagExt: q.Extensions,
		IdiagStates: q.States}
	if m.IdiagStates == 0 {
		m.IdiagStates = allStates
	}
	m.Put(r.Header(uapi.SizeofInetDiagReqV2))
	if q.Protocol > math.MaxUint8 {
		r.Uint32(uapi.INET_DIAG_REQ_PROTOCOL, uint32(q.Protocol))
	}
	if q.Filter != nil {
		code, err := q.Filter.compile()
		r.Fail(err)
		if len(code) != 0 {
			r.Data(uapi.INET_DIAG_REQ_BYTECODE, code)
		}
	}
	if q.Storage != nil {
		r.Nest(uapi.NLA_F_NESTED | uapi.INET_DIAG_REQ_SK_BPF_STORAGES)
		for _, fd := range q.Storage {
			r.Uint32(uapi.SK_DIAG_BPF_STORAGE_REQ_MAP_FD, uint32(within(r, "descriptor of a map", fd, math.MaxInt32)))
		}
		r.End()
	}
	return r
}

// families are what is asked for one after the other: the kernel has no request for both.
func (q *SocketQuery) families() []uint8 {
	if q.Family == uapi.AF_UNSPEC {
		return []uint8{uapi.AF_INET, uapi.AF_INET6}
	}
	return []uint8{q.Family}
}

// SocketEntry is an inet socket as small values that refer to nothing.
type SocketEntry struct {
	Source, Destination netip.AddrPort
	Cookie              uint64
	Interface           uint32 // the index of the link that the socket is bound to; 0: none
	Expires             uint32 // of the timer, ms
	RQueue, WQueue      uint32 // see [Socket]
	UID                 uint32
	INode               uint32
	Family              uint8 // AF_INET or AF_INET6
	State               uint8 // TCP_…
	Timer               uint8
	Retrans             uint8
}

func (e *SocketEntry) decode(b []byte) error {
	var m uapi.InetDiagMsg
	if err := needSocket(b, uapi.SizeofInetDiagMsg); err != nil {
		return err
	}
	m.Decode(b)
	*e = SocketEntry{
		Source:      netip.AddrPortFrom(diagAddr(m.IdiagFamily, m.Id.Src), m.Id.Sport),
		Destination: netip.AddrPortFrom(diagAddr(m.IdiagFamily, m.Id.Dst), m.Id.Dport),
		Cookie:      uint64(m.Id.Cookie[1])<<32 | uint64(m.Id.Cookie[0]),
		Interface:   m.Id.If, Expires: m.IdiagExpires, RQueue: m.IdiagRqueue, WQueue: m.IdiagWqueue,
		UID: m.IdiagUid, INode: m.IdiagInode,
		Family: m.IdiagFamily, State: m.IdiagState, Timer: m.IdiagTimer, Retrans: m.IdiagRetrans,
	}
	return nil
}

// SocketEntries gives the inet sockets that q chooses as they come, without an allocation for each: ss. An entry is
// valid until the loop goes on; a copy stays as it is. The last pair holds the error, if there is one.
func (h *Handle) SocketEntries(q SocketQuery) iter.Seq2[*SocketEntry, error] {
	return eachFamily(q, func(q SocketQuery) iter.Seq2[*SocketEntry, error] {
		return entries(h, func() (*wire.Request, error) { return q.request(), nil }, socketListOp,
			func(m wire.Message, e *SocketEntry) (bool, error) {
				err := e.decode(m.Data)
				return err == nil, err
			}, nil)
	})
}

// SocketSeq gives the inet sockets that q chooses one by one, with what its Extensions ask for: ss -i -m -e.
// The last pair holds the error, if there is one.
func (h *Handle) SocketSeq(q SocketQuery) iter.Seq2[*SocketInfo, error] {
	return eachFamily(q, func(q SocketQuery) iter.Seq2[*SocketInfo, error] {
		return seq(h, func() (*wire.Request, error) { return q.request(), nil }, socketListOp,
			func(m wire.Message) (*SocketInfo, bool, error) {
				s := new(SocketInfo)
				err := s.decodeOf(q.Protocol, m.Data)
				return s, err == nil, err
			})
	})
}

// SocketList returns the sockets of [Handle.SocketSeq].
func (h *Handle) SocketList(q SocketQuery) ([]*SocketInfo, error) { return collect(h.SocketSeq(q)) }

// eachFamily is one stream for each family of the query.
func eachFamily[T any](q SocketQuery, stream func(SocketQuery) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, family := range q.families() {
			q.Family = family
			for v, err := range stream(q) {
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}
}

// SocketInfo is an inet socket with what was asked for and what the kernel says beside. Fields are nil where it says
// nothing.
type SocketInfo struct {
	Socket
	MemInfo    *MemInfo
	SkMemInfo  *SocketMemory
	TCPInfo    *TCPInfo
	Congestion string // the algorithm, as "cubic"
	BBR        *TCPBBRInfo
	Vegas      *TCPVegasInfo
	DCTCP      *TCPDCTCPInfo
	TOS        *uint8
	TClass     *uint8
	Shutdown   *uint8  // bit 0: for receiving, bit 1: for sending
	Protocol   *uint8  // of raw sockets
	V6Only     *bool   // of IPv6 listeners and datagram sockets
	Mark       *uint32 // for who has CAP_NET_ADMIN
	ClassID    *uint32 // Linux 4.13
	CgroupID   *uint64 // Linux 5.9
	ULP        string  // "tls", "mptcp": what is above TCP
	SockOpt    *SocketOptions
	MPTCP      *MPTCPInfo // of sockets of MPTCP, which have no TCPInfo
	TLS        *TLSInfo
	Subflow    *MPTCPSubflow // of TCP sockets below them
	// Locals and Peers are the addresses of an SCTP association, whose State is one of SCTP: [SCTPStateString].
	Locals, Peers []netip.AddrPort
	SCTP          *SCTPInfo
	MD5Keys       []MD5Key // of TCP, for who has CAP_NET_ADMIN (Linux 4.14)
	Storage       []SocketStorage
}

// SocketMemory is the memory that a socket uses, and its limits, in bytes; SK_MEMINFO_….
type SocketMemory struct {
	RMemAlloc, RcvBuf, WMemAlloc, SndBuf, FwdAlloc, WMemQueued, OptMem, Backlog uint32

	Drops uint32 // packets that were dropped, Linux 4.7
}

// SocketOptions are flags of a socket (INET_DIAG_SOCKOPT, Linux 5.10).
type SocketOptions struct {
	RecvErr, IsICSK, FreeBind, HdrIncl, MCLoop, Transparent, MCAll, NoDefrag bool
	BindAddressNoPort, RecvErrRFC4884, DeferConnect                          bool
}

// decode reads a socket of another protocol than MPTCP and SCTP.
func (s *SocketInfo) decode(b []byte) error { return s.decodeOf(uapi.IPPROTO_TCP, b) }

func (s *SocketInfo) decodeOf(protocol uint16, b []byte) error {
	if err := s.Socket.decode(b); err != nil {
		return err
	}
	d := wire.NewDecoderAfter(b, uapi.SizeofInetDiagMsg)
	for d.Next() {
		switch {
		case d.Type() == uapi.INET_DIAG_INFO && protocol == uapi.IPPROTO_MPTCP:
			s.MPTCP = new(MPTCPInfo)
			s.MPTCP.decode(d.Data())
		case d.Type() == uapi.INET_DIAG_INFO && protocol == uapi.IPPROTO_SCTP:
			s.SCTP = new(SCTPInfo)
			s.SCTP.decode(d.Data())
		default:
			s.attribute(&d)
		}
	}
	return d.Err()
}

func (s *SocketInfo) attribute(d *wire.Decoder) {
	switch d.Type() {
	case uapi.INET_DIAG_MEMINFO:
		s.MemInfo = new(MemInfo)
		s.MemInfo.decode(d.Data())
	case uapi.INET_DIAG_SKMEMINFO:
		s.SkMemInfo = decodeSocketMemory(d.Data())
	case uapi.INET_DIAG_INFO:
		if b := d.Data(); s.TCPInfo == nil && len(b) != 0 {
			s.TCPInfo = new(TCPInfo)
			s.TCPInfo.decode(b)
		}
	case uapi.INET_DIAG_CONG:
		s.Congestion = d.String()
	case uapi.INET_DIAG_BBRINFO:
		s.BBR = new(TCPBBRInfo)
		s.BBR.decode(d.Data())
	case uapi.INET_DIAG_VEGASINFO:
		var m uapi.TcpvegasInfo
		m.Decode(d.Data())
		s.Vegas = &TCPVegasInfo{Enabled: m.Enabled, RTTCount: m.Rttcnt, RTT: m.Rtt, MinRTT: m.Minrtt}
	case uapi.INET_DIAG_DCTCPINFO:
		var m uapi.TcpDctcpInfo
		m.Decode(d.Data())
		s.DCTCP = &TCPDCTCPInfo{Enabled: m.Enabled, CEState: m.CeState, Alpha: m.Alpha, ABECN: m.AbEcn, ABTotal: m.AbTot}
	case uapi.INET_DIAG_TOS:
		s.TOS = new(d.Uint8())
	case uapi.INET_DIAG_TCLASS:
		s.TClass = new(d.Uint8())
	case uapi.INET_DIAG_SHUTDOWN:
		s.Shutdown = new(d.Uint8())
	case uapi.INET_DIAG_PROTOCOL:
		s.Protocol = new(d.Uint8())
	case uapi.INET_DIAG_SKV6ONLY:
		s.V6Only = new(d.Bool())
	case uapi.INET_DIAG_MARK:
		s.Mark = new(d.Uint32())
	case uapi.INET_DIAG_CLASS_ID:
		s.ClassID = new(d.Uint32())
	case uapi.INET_DIAG_CGROUP_ID:
		s.CgroupID = new(d.Uint64())
	case uapi.INET_DIAG_ULP_INFO:
		name, err := stringIn(d.Data(), uapi.INET_ULP_INFO_NAME)
		s.ULP = name
		d.Fail(err)
		for info := d.Nested(); info.Next(); {
			switch info.Type() {
			case uapi.INET_ULP_INFO_MPTCP:
				s.Subflow = new(MPTCPSubflow)
				d.Fail(s.Subflow.decode(info.Nested()))
			case uapi.INET_ULP_INFO_TLS:
				s.TLS = new(TLSInfo)
				d.Fail(s.TLS.decode(info.Nested()))
			}
		}
	case uapi.INET_DIAG_SOCKOPT:
		s.SockOpt = decodeSocketOptions(d.Data())
	case uapi.INET_DIAG_MD5SIG:
		s.MD5Keys = decodeMD5Keys(d.Data())
	case uapi.INET_DIAG_SK_BPF_STORAGES:
		s.storage(d)
	case uapi.INET_DIAG_LOCALS:
		s.Locals = decodeSockaddrs(d.Data())
	case uapi.INET_DIAG_PEERS:
		s.Peers = decodeSockaddrs(d.Data())
	}
}

// SocketStateString returns the name of a state as ss prints it: "ESTAB".
func SocketStateString(state uint8) string {
	names := [...]string{
		TCP_ESTABLISHED:         "ESTAB",
		TCP_SYN_SENT:            "SYN-SENT",
		TCP_SYN_RECV:            "SYN-RECV",
		TCP_FIN_WAIT1:           "FIN-WAIT-1",
		TCP_FIN_WAIT2:           "FIN-WAIT-2",
		TCP_TIME_WAIT:           "TIME-WAIT",
		TCP_CLOSE:               "UNCONN",
		TCP_CLOSE_WAIT:          "CLOSE-WAIT",
		TCP_LAST_ACK:            "LAST-ACK",
		TCP_LISTEN:              "LISTEN",
		TCP_CLOSING:             "CLOSING",
		TCP_NEW_SYN_REC:         "NEW-SYN-RECV",
		uapi.TCP_BOUND_INACTIVE: "BOUND-INACTIVE",
	}
	if int(state) < len(names) && names[state] != "" {
		return names[state]
	}
	return fmt.Sprintf("%d", state)
}
