//go:build unix

package unix

import "unsafe"

// SocketDisableIPv6 makes [Socket] refuse AF_INET6, for programs that test what they do without it.
var SocketDisableIPv6 bool

// Socket is socket(2).
func Socket(domain, typ, proto int) (fd int, err error) {
	if domain == AF_INET6 && SocketDisableIPv6 {
		return -1, EAFNOSUPPORT
	}
	return socket(domain, typ, proto)
}

// Socketpair is socketpair(2).
func Socketpair(domain, typ, proto int) (fd [2]int, err error) {
	var fds [2]int32
	err = socketpair(domain, typ, proto, &fds)
	if err == nil {
		fd = [2]int{int(fds[0]), int(fds[1])}
	}
	return fd, err
}

// Bind is bind(2).
func Bind(fd int, sa Sockaddr) (err error) {
	p, size, err := rawSockaddr(sa)
	if err != nil {
		return err
	}
	return bind(fd, p, size)
}

// Connect is connect(2).
func Connect(fd int, sa Sockaddr) (err error) {
	p, size, err := rawSockaddr(sa)
	if err != nil {
		return err
	}
	return connect(fd, p, size)
}

// Getsockname is getsockname(2). Families without a type here give EAFNOSUPPORT.
func Getsockname(fd int) (sa Sockaddr, err error) {
	var rsa RawSockaddrAny
	size := uint32(SizeofSockaddrAny)
	if err = getsockname(fd, &rsa, &size); err != nil {
		return nil, err
	}
	return decodeAny(fd, &rsa)
}

// Getpeername is getpeername(2). Families without a type here give EAFNOSUPPORT.
func Getpeername(fd int) (sa Sockaddr, err error) {
	var rsa RawSockaddrAny
	size := uint32(SizeofSockaddrAny)
	if err = getpeername(fd, &rsa, &size); err != nil {
		return nil, err
	}
	return decodeAny(fd, &rsa)
}

// Recvfrom is recvfrom(2). from is nil where the protocol names no sender.
func Recvfrom(fd int, p []byte, flags int) (n int, from Sockaddr, err error) {
	var rsa RawSockaddrAny
	size := uint32(SizeofSockaddrAny)
	if n, err = recvfrom(fd, p, flags, &rsa, &size); err != nil {
		return n, nil, err
	}
	if rsa.Addr.Family != AF_UNSPEC {
		from, err = decodeAny(fd, &rsa)
	}
	return n, from, err
}

// Send is send(2). It does not return how much of buf was sent: all, or what a non-blocking stream had room for.
func Send(s int, buf []byte, flags int) (err error) {
	_, err = sendto(s, buf, flags, nil, 0)
	return err
}

// Sendto is sendto(2). to may be nil for a connected socket.
func Sendto(fd int, p []byte, flags int, to Sockaddr) (err error) {
	var addr unsafe.Pointer
	var size uint32
	if to != nil {
		if addr, size, err = to.sockaddr(); err != nil {
			return err
		}
	}
	_, err = sendto(fd, p, flags, addr, size)
	return err
}
