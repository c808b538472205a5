//go:build linux && (386 || s390x)

package unix

import "unsafe"

// The numbers of socketcall(2), in the order of linux/net.h.
const (
	callSocket = 1 + iota
	callBind
	callConnect
	callListen
	callAccept
	callGetsockname
	callGetpeername
	callSocketpair
	callSend
	callRecv
	callSendto
	callRecvfrom
	callShutdown
	callSetsockopt
	callGetsockopt
	callSendmsg
	callRecvmsg
	callAccept4
)

func accept4(s int, rsa *RawSockaddrAny, addrlen *uint32, flags int) (fd int, err error) {
	fd, e := socketcall(callAccept4, uintptr(s), uintptr(unsafe.Pointer(rsa)), uintptr(unsafe.Pointer(addrlen)),
		uintptr(flags), 0, 0)
	return fd, errOf(e)
}

func bind(s int, addr unsafe.Pointer, addrlen uint32) error {
	_, e := socketcall(callBind, uintptr(s), uintptr(addr), uintptr(addrlen), 0, 0, 0)
	return errOf(e)
}

func connect(s int, addr unsafe.Pointer, addrlen uint32) error {
	_, e := socketcall(callConnect, uintptr(s), uintptr(addr), uintptr(addrlen), 0, 0, 0)
	return errOf(e)
}

func getpeername(fd int, rsa *RawSockaddrAny, addrlen *uint32) error {
	_, e := rawsocketcall(callGetpeername, uintptr(fd), uintptr(unsafe.Pointer(rsa)), uintptr(unsafe.Pointer(addrlen)), 0,
		0, 0)
	return errOf(e)
}

func getsockname(fd int, rsa *RawSockaddrAny, addrlen *uint32) error {
	_, e := rawsocketcall(callGetsockname, uintptr(fd), uintptr(unsafe.Pointer(rsa)), uintptr(unsafe.Pointer(addrlen)), 0,
		0, 0)
	return errOf(e)
}

func getsockopt(s, level, name int, val unsafe.Pointer, vallen *uint32) error {
	_, e := socketcall(callGetsockopt, uintptr(s), uintptr(level), uintptr(name), uintptr(val),
		uintptr(unsafe.Pointer(vallen)), 0)
	return errOf(e)
}

// Listen is listen(2).
func Listen(s int, n int) (err error) {
	_, e := socketcall(callListen, uintptr(s), uintptr(n), 0, 0, 0, 0)
	return errOf(e)
}

func recvfrom(fd int, p []byte, flags int, from *RawSockaddrAny, fromlen *uint32) (n int, err error) {
	n, e := socketcall(callRecvfrom, uintptr(fd), uintptr(bytesOrZero(p)), uintptr(len(p)), uintptr(flags),
		uintptr(unsafe.Pointer(from)), uintptr(unsafe.Pointer(fromlen)))
	return n, errOf(e)
}

func recvmsg(s int, msg *Msghdr, flags int) (n int, err error) {
	n, e := socketcall(callRecvmsg, uintptr(s), uintptr(unsafe.Pointer(msg)), uintptr(flags), 0, 0, 0)
	return n, errOf(e)
}

func sendmsg(s int, msg *Msghdr, flags int) (n int, err error) {
	n, e := socketcall(callSendmsg, uintptr(s), uintptr(unsafe.Pointer(msg)), uintptr(flags), 0, 0, 0)
	return n, errOf(e)
}

func sendto(s int, buf []byte, flags int, to unsafe.Pointer, addrlen uint32) (n int, err error) {
	n, e := socketcall(callSendto, uintptr(s), uintptr(bytesOrZero(buf)), uintptr(len(buf)), uintptr(flags), uintptr(to),
		uintptr(addrlen))
	return n, errOf(e)
}

func setsockopt(s, level, name int, val unsafe.Pointer, vallen uintptr) error {
	_, e := socketcall(callSetsockopt, uintptr(s), uintptr(level), uintptr(name), uintptr(val), vallen, 0)
	return errOf(e)
}

// Shutdown is shutdown(2).
func Shutdown(fd int, how int) (err error) {
	_, e := socketcall(callShutdown, uintptr(fd), uintptr(how), 0, 0, 0, 0)
	return errOf(e)
}

func socket(domain, typ, proto int) (fd int, err error) {
	fd, e := rawsocketcall(callSocket, uintptr(domain), uintptr(typ), uintptr(proto), 0, 0, 0)
	return fd, errOf(e)
}

func socketpair(domain, typ, proto int, fd *[2]int32) error {
	_, e := rawsocketcall(callSocketpair, uintptr(domain), uintptr(typ), uintptr(proto), uintptr(unsafe.Pointer(fd)), 0,
		0)
	return errOf(e)
}
