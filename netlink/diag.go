package netlink

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// INET_DIAG_… are attributes of inet sockets. Those up to INET_DIAG_SHUTDOWN are asked for by bit N-1 of
// [SocketQuery.Extensions]; sock_diag(7).
const (
	INET_DIAG_NONE            = uapi.INET_DIAG_NONE
	INET_DIAG_MEMINFO         = uapi.INET_DIAG_MEMINFO
	INET_DIAG_INFO            = uapi.INET_DIAG_INFO
	INET_DIAG_VEGASINFO       = uapi.INET_DIAG_VEGASINFO
	INET_DIAG_CONG            = uapi.INET_DIAG_CONG
	INET_DIAG_TOS             = uapi.INET_DIAG_TOS
	INET_DIAG_TCLASS          = uapi.INET_DIAG_TCLASS
	INET_DIAG_SKMEMINFO       = uapi.INET_DIAG_SKMEMINFO
	INET_DIAG_SHUTDOWN        = uapi.INET_DIAG_SHUTDOWN
	INET_DIAG_DCTCPINFO       = uapi.INET_DIAG_DCTCPINFO
	INET_DIAG_PROTOCOL        = uapi.INET_DIAG_PROTOCOL
	INET_DIAG_SKV6ONLY        = uapi.INET_DIAG_SKV6ONLY
	INET_DIAG_LOCALS          = uapi.INET_DIAG_LOCALS
	INET_DIAG_PEERS           = uapi.INET_DIAG_PEERS
	INET_DIAG_PAD             = uapi.INET_DIAG_PAD
	INET_DIAG_MARK            = uapi.INET_DIAG_MARK
	INET_DIAG_BBRINFO         = uapi.INET_DIAG_BBRINFO
	INET_DIAG_CLASS_ID        = uapi.INET_DIAG_CLASS_ID
	INET_DIAG_MD5SIG          = uapi.INET_DIAG_MD5SIG
	INET_DIAG_ULP_INFO        = uapi.INET_DIAG_ULP_INFO
	INET_DIAG_SK_BPF_STORAGES = uapi.INET_DIAG_SK_BPF_STORAGES
	INET_DIAG_CGROUP_ID       = uapi.INET_DIAG_CGROUP_ID
	INET_DIAG_SOCKOPT         = uapi.INET_DIAG_SOCKOPT
	INET_DIAG_MAX             = uapi.INET_DIAG_MAX + 1 // one more than the last
)

// TCP_… are states of sockets, of other protocols than TCP too. A mask of states has the bit 1<<TCP_….
const (
	TCP_ESTABLISHED = uapi.TCP_ESTABLISHED
	TCP_SYN_SENT    = uapi.TCP_SYN_SENT
	TCP_SYN_RECV    = uapi.TCP_SYN_RECV
	TCP_FIN_WAIT1   = uapi.TCP_FIN_WAIT1
	TCP_FIN_WAIT2   = uapi.TCP_FIN_WAIT2
	TCP_TIME_WAIT   = uapi.TCP_TIME_WAIT
	TCP_CLOSE       = uapi.TCP_CLOSE
	TCP_CLOSE_WAIT  = uapi.TCP_CLOSE_WAIT
	TCP_LAST_ACK    = uapi.TCP_LAST_ACK
	TCP_LISTEN      = uapi.TCP_LISTEN
	TCP_CLOSING     = uapi.TCP_CLOSING
	TCP_NEW_SYN_REC = uapi.TCP_NEW_SYN_RECV
	TCP_MAX_STATES  = uapi.TCP_MAX_STATES // larger in newer kernels
)

// SOCK_ANY_COOKIE stands for any socket where one is named by its cookie.
const SOCK_ANY_COOKIE = uint64(uapi.INET_DIAG_NOCOOKIE)<<32 + uint64(uapi.INET_DIAG_NOCOOKIE)

// SocketID names an inet socket.
type SocketID struct {
	SourcePort      uint16
	DestinationPort uint16
	Source          net.IP // 16 bytes, of IPv4 too
	Destination     net.IP
	Interface       uint32    // the index of the link that the socket is bound to; 0: none
	Cookie          [2]uint32 // the kernel's number, lower half first
}

// Socket is an inet socket: a line of ss.
type Socket struct {
	Family  uint8 // AF_INET or AF_INET6
	State   uint8 // TCP_…
	Timer   uint8 // IDIAG_TIMER_… of linux/inet_diag.h
	Retrans uint8
	ID      SocketID
	Expires uint32 // of the timer, ms
	RQueue  uint32 // bytes to be read; of a listener the connections that wait
	WQueue  uint32 // bytes not acknowledged; of a listener the backlog
	UID     uint32
	INode   uint32
}

// MemInfo is the memory that a socket uses, in bytes.
type MemInfo struct {
	RMem uint32 // for receiving
	WMem uint32 // for sending, with data that is in devices
	FMem uint32 // allotted and not used
	TMem uint32 // for sending
}

// InetDiagTCPInfoResp is a TCP socket with the state of its connection. TCPBBRInfo is there where BBR
// controls congestion.
type InetDiagTCPInfoResp struct {
	InetDiagMsg *Socket
	TCPInfo     *TCPInfo
	TCPBBRInfo  *TCPBBRInfo
}

// InetDiagUDPInfoResp is a UDP socket with its memory.
type InetDiagUDPInfoResp struct {
	InetDiagMsg *Socket
	Memory      *MemInfo
}

// diagRequest begins a request to sock_diag(7).
func diagRequest(typ uint16) *wire.Request {
	r := wire.NewRequest(typ, 0)
	r.Protocol = uapi.NETLINK_SOCK_DIAG
	return r
}

// decode reads struct inet_diag_msg.
func (s *Socket) decode(b []byte) error {
	var m uapi.InetDiagMsg
	if err := needSocket(b, uapi.SizeofInetDiagMsg); err != nil {
		return err
	}
	m.Decode(b)
	*s = Socket{
		Family: m.IdiagFamily, State: m.IdiagState, Timer: m.IdiagTimer, Retrans: m.IdiagRetrans,
		ID: SocketID{
			SourcePort: m.Id.Sport, DestinationPort: m.Id.Dport,
			Source: diagIP(m.IdiagFamily, m.Id.Src), Destination: diagIP(m.IdiagFamily, m.Id.Dst),
			Interface: m.Id.If, Cookie: m.Id.Cookie,
		},
		Expires: m.IdiagExpires, RQueue: m.IdiagRqueue, WQueue: m.IdiagWqueue, UID: m.IdiagUid, INode: m.IdiagInode,
	}
	return nil
}

func needSocket(b []byte, n int) error {
	if len(b) < n {
		return fmt.Errorf("%w: socket of %d bytes, want %d", wire.ErrMalformed, len(b), n)
	}
	return nil
}

// diagIP is an address of struct inet_diag_sockid in 16 bytes.
func diagIP(family uint8, words [4]uint32) net.IP {
	a := diagAddr(family, words).As16()
	return a[:]
}

func diagAddr(family uint8, words [4]uint32) netip.Addr {
	var b [16]byte
	for i, w := range words {
		binary.BigEndian.PutUint32(b[4*i:], w)
	}
	if family == uapi.AF_INET {
		return netip.AddrFrom4([4]byte(b[:4]))
	}
	return netip.AddrFrom16(b)
}

// diagWords is an address as struct inet_diag_sockid has it.
func diagWords(a netip.Addr) (words [4]uint32) {
	switch {
	case a.Is4():
		b := a.As4()
		words[0] = binary.BigEndian.Uint32(b[:])
	case a.Is6():
		b := a.As16()
		for i := range words {
			words[i] = binary.BigEndian.Uint32(b[4*i:])
		}
	}
	return words
}
