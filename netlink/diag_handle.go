package netlink

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// SocketDiagTCP returns the TCP sockets of a family, AF_INET or AF_INET6: ss -ta. See [ErrDumpInterrupted].
func (h *Handle) SocketDiagTCP(family uint8) ([]*Socket, error) {
	return h.sockets(SocketQuery{Family: family, Protocol: uapi.IPPROTO_TCP})
}

// SocketDiagUDP returns the UDP sockets of a family, AF_INET or AF_INET6: ss -ua. See [ErrDumpInterrupted].
func (h *Handle) SocketDiagUDP(family uint8) ([]*Socket, error) {
	return h.sockets(SocketQuery{Family: family, Protocol: uapi.IPPROTO_UDP})
}

func (h *Handle) sockets(q SocketQuery) ([]*Socket, error) {
	return list(h, q.request(), socketListOp, func(m wire.Message) (*Socket, bool, error) {
		s := new(Socket)
		err := s.decode(m.Data)
		return s, err == nil, err
	})
}

// SocketDiagTCPInfo returns the TCP sockets of a family, AF_INET or AF_INET6, with the state of their
// connections: ss -tai. See [ErrDumpInterrupted].
func (h *Handle) SocketDiagTCPInfo(family uint8) ([]*InetDiagTCPInfoResp, error) {
	q := SocketQuery{
		Family: family, Protocol: uapi.IPPROTO_TCP,
		Extensions: 1<<(INET_DIAG_VEGASINFO-1) | 1<<(INET_DIAG_INFO-1),
	}
	return list(h, q.request(), socketListOp, func(m wire.Message) (*InetDiagTCPInfoResp, bool, error) {
		var s SocketInfo
		if err := s.decode(m.Data); err != nil {
			return nil, false, err
		}
		return &InetDiagTCPInfoResp{InetDiagMsg: &s.Socket, TCPInfo: s.TCPInfo, TCPBBRInfo: s.BBR}, true, nil
	})
}

// SocketDiagUDPInfo returns the UDP sockets of a family, AF_INET or AF_INET6, with their memory: ss -uam. See
// [ErrDumpInterrupted].
func (h *Handle) SocketDiagUDPInfo(family uint8) ([]*InetDiagUDPInfoResp, error) {
	q := SocketQuery{Family: family, Protocol: uapi.IPPROTO_UDP, Extensions: 1 << (INET_DIAG_MEMINFO - 1)}
	return list(h, q.request(), socketListOp, func(m wire.Message) (*InetDiagUDPInfoResp, bool, error) {
		var s SocketInfo
		if err := s.decode(m.Data); err != nil {
			return nil, false, err
		}
		return &InetDiagUDPInfoResp{InetDiagMsg: &s.Socket, Memory: s.MemInfo}, true, nil
	})
}

// socketEnds are the two ends of a socket of a net.Conn.
type socketEnds struct {
	local, remote netip.AddrPort
	protocol      uint8
}

// endsOf understands *net.TCPAddr and *net.UDPAddr, both of one protocol.
func endsOf(local, remote net.Addr) (e socketEnds, ok bool) {
	switch l := local.(type) {
	case *net.TCPAddr:
		r, ok := remote.(*net.TCPAddr)
		if !ok || l == nil || r == nil {
			return e, false
		}
		e = socketEnds{l.AddrPort(), r.AddrPort(), uapi.IPPROTO_TCP}
	case *net.UDPAddr:
		r, ok := remote.(*net.UDPAddr)
		if !ok || l == nil || r == nil {
			return e, false
		}
		e = socketEnds{l.AddrPort(), r.AddrPort(), uapi.IPPROTO_UDP}
	default:
		return e, false
	}
	// Both ends have one form: two IPv4 addresses, or two of IPv6.
	la, ra := e.local.Addr().Unmap(), e.remote.Addr().Unmap()
	if !la.IsValid() || !ra.IsValid() {
		return e, false
	}
	if la.Is4() != ra.Is4() {
		la, ra = netip.AddrFrom16(la.As16()), netip.AddrFrom16(ra.As16())
	}
	e.local, e.remote = netip.AddrPortFrom(la, e.local.Port()), netip.AddrPortFrom(ra, e.remote.Port())
	return e, true
}

func (e *socketEnds) family() uint8 {
	if e.local.Addr().Is4() {
		return uapi.AF_INET
	}
	return uapi.AF_INET6
}

func (e *socketEnds) name() string {
	return "local " + e.local.String() + " remote " + e.remote.String()
}

// request begins a request about the one socket.
func (e *socketEnds) request(typ uint16) *wire.Request {
	r := diagRequest(typ)
	m := uapi.InetDiagReqV2{SdiagFamily: e.family(), SdiagProtocol: e.protocol, IdiagStates: allStates,
		Id: uapi.InetDiagSockid{
			Sport: e.local.Port(), Dport: e.remote.Port(),
			Src: diagWords(e.local.Addr()), Dst: diagWords(e.remote.Addr()),
			Cookie: [2]uint32{uapi.INET_DIAG_NOCOOKIE, uapi.INET_DIAG_NOCOOKIE},
		}}
	m.Put(r.Header(uapi.SizeofInetDiagReqV2))
	return r
}

// SocketGet returns the TCP or UDP socket with these two ends, as *net.TCPAddr or *net.UDPAddr; ENOENT where
// there is none. The kernel looks up the one socket of a TCP connection. A UDP socket it looks for among all
// with the two ports.
func (h *Handle) SocketGet(local, remote net.Addr) (*Socket, error) {
	e, ok := endsOf(local, remote)
	if !ok {
		return nil, ErrNotImplemented
	}
	const op = "socket get"
	if e.protocol == uapi.IPPROTO_TCP {
		s := new(Socket)
		err := h.get(e.request(uapi.SOCK_DIAG_BY_FAMILY), op, e.name, func(m wire.Message) error { return s.decode(m.Data) })
		switch {
		case err == nil && e.are(s):
			return s, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	// The socket found may be a listener, which takes connections from anywhere. Of UDP the kernel
	// has looked up by exchanged ends, until Linux 5.9.
	all, err := list(h, e.request(uapi.SOCK_DIAG_BY_FAMILY), op, func(m wire.Message) (*Socket, bool, error) {
		s := new(Socket)
		err := s.decode(m.Data)
		return s, err == nil && e.are(s), err
	})
	if len(all) == 0 {
		if err == nil {
			err = h.wrap(refused(errNotThere, "no such socket"), op, e.name)
		}
		return nil, err
	}
	return all[0], err
}

// are reports whether s has these ends.
func (e *socketEnds) are(s *Socket) bool {
	src, _ := netip.AddrFromSlice(s.ID.Source)
	dst, _ := netip.AddrFromSlice(s.ID.Destination)
	return s.ID.SourcePort == e.local.Port() && s.ID.DestinationPort == e.remote.Port() &&
		src.Unmap() == e.local.Addr().Unmap() && dst.Unmap() == e.remote.Addr().Unmap()
}

// SocketDestroy ends the TCP or UDP socket with these two ends, as *net.TCPAddr or *net.UDPAddr of IPv4 or
// IPv6: its program gets ECONNABORTED, and the other end of a TCP connection a reset. ss -K. The kernel has
// CONFIG_INET_DIAG_DESTROY, else it says EOPNOTSUPP.
func (h *Handle) SocketDestroy(local, remote net.Addr) error {
	e, ok := endsOf(local, remote)
	switch {
	case !ok && h != nil && h.batch != nil:
		return h.refuse(ErrNotImplemented, "socket destroy", noObject)
	case !ok:
		return ErrNotImplemented
	}
	return h.exec(e.request(uapi.SOCK_DESTROY), "socket destroy", e.name)
}

// SocketDestroyID ends an inet socket that was listed, and no other: its cookie names it. Protocol is that of the
// list; the kernel knows TCP (Linux 4.5), UDP (4.9) and raw sockets (4.10).
func (h *Handle) SocketDestroyID(protocol uint8, s *Socket) error {
	r := diagRequest(uapi.SOCK_DESTROY)
	if s == nil {
		r.Fail(errors.New("no socket given"))
		s = &Socket{}
	}
	src, _ := netip.AddrFromSlice(s.ID.Source)
	dst, _ := netip.AddrFromSlice(s.ID.Destination)
	if s.Family == uapi.AF_INET {
		src, dst = src.Unmap(), dst.Unmap()
	}
	e := socketEnds{netip.AddrPortFrom(src, s.ID.SourcePort), netip.AddrPortFrom(dst, s.ID.DestinationPort), protocol}
	m := uapi.InetDiagReqRaw{SdiagFamily: s.Family, SdiagProtocol: protocol, IdiagStates: allStates,
		Id: uapi.InetDiagSockid{
			Sport: s.ID.SourcePort, Dport: s.ID.DestinationPort, Src: diagWords(src), Dst: diagWords(dst),
			If: s.ID.Interface, Cookie: s.ID.Cookie,
		}}
	if protocol == uapi.IPPROTO_RAW {
		m.SdiagRawProtocol = uint8(s.ID.SourcePort) // which lists have in the place of a port
	}
	m.Put(r.Header(uapi.SizeofInetDiagReqRaw))
	return h.withDetails().exec(r, "socket destroy", e.name)
}
