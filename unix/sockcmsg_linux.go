package unix

import "unsafe"

// Control messages travel beside data; see cmsg(3).

// UnixCredentials returns a message that names its sender; the kernel checks that.
func UnixCredentials(ucred *Ucred) []byte {
	b, data := newCmsg(SOL_SOCKET, SCM_CREDENTIALS, SizeofUcred)
	copy(data, (*[SizeofUcred]byte)(unsafe.Pointer(ucred))[:])
	return b
}

// ParseUnixCredentials returns who sent a message.
func ParseUnixCredentials(m *SocketControlMessage) (*Ucred, error) {
	if !m.is(SOL_SOCKET, SCM_CREDENTIALS, SizeofUcred) {
		return nil, EINVAL
	}
	var ucred Ucred
	copy((*[SizeofUcred]byte)(unsafe.Pointer(&ucred))[:], m.Data)
	return &ucred, nil
}

// PktInfo4 returns a message that says from which address and interface a packet goes out; see ip(7).
func PktInfo4(info *Inet4Pktinfo) []byte {
	b, data := newCmsg(SOL_IP, IP_PKTINFO, SizeofInet4Pktinfo)
	copy(data, (*[SizeofInet4Pktinfo]byte)(unsafe.Pointer(info))[:])
	return b
}

// PktInfo6 is [PktInfo4] for IPv6; see ipv6(7).
func PktInfo6(info *Inet6Pktinfo) []byte {
	b, data := newCmsg(SOL_IPV6, IPV6_PKTINFO, SizeofInet6Pktinfo)
	copy(data, (*[SizeofInet6Pktinfo]byte)(unsafe.Pointer(info))[:])
	return b
}

// ParseOrigDstAddr returns where a packet was going before it was redirected here; see IP_RECVORIGDSTADDR in ip(7).
func ParseOrigDstAddr(m *SocketControlMessage) (Sockaddr, error) {
	switch {
	case m.is(SOL_IP, IP_ORIGDSTADDR, SizeofSockaddrInet4):
		var raw RawSockaddrInet4
		copy((*[SizeofSockaddrInet4]byte)(unsafe.Pointer(&raw))[:], m.Data)
		return inet4(&raw), nil
	case m.is(SOL_IPV6, IPV6_ORIGDSTADDR, SizeofSockaddrInet6):
		var raw RawSockaddrInet6
		copy((*[SizeofSockaddrInet6]byte)(unsafe.Pointer(&raw))[:], m.Data)
		return inet6(&raw), nil
	}
	return nil, EINVAL
}
