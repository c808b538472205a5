//go:build unix && !linux && !solaris

package unix

//sys	accept(s int, rsa *RawSockaddrAny, addrlen *uint32) (fd int, err error)
//sys	bind(s int, addr unsafe.Pointer, addrlen uint32) (err error)
//sys	connect(s int, addr unsafe.Pointer, addrlen uint32) (err error)
//sysnb	getpeername(fd int, rsa *RawSockaddrAny, addrlen *uint32) (err error)
//sysnb	getsockname(fd int, rsa *RawSockaddrAny, addrlen *uint32) (err error)
//sys	getsockopt(s int, level int, name int, val unsafe.Pointer, vallen *uint32) (err error)
//sys	Listen(s int, n int) (err error)
//sys	recvfrom(fd int, p []byte, flags int, from *RawSockaddrAny, fromlen *uint32) (n int, err error)
//sys	sendto(s int, buf []byte, flags int, to unsafe.Pointer, addrlen uint32) (n int, err error)
//sys	setsockopt(s int, level int, name int, val unsafe.Pointer, vallen uintptr) (err error)
//sys	Shutdown(fd int, how int) (err error)
//sysnb	socket(domain int, typ int, proto int) (fd int, err error)
//sysnb	socketpair(domain int, typ int, proto int, fd *[2]int32) (err error)
