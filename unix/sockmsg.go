//go:build unix

package unix

import "unsafe"

// Recvmsg is recvmsg(2): n bytes went into p, oobn of control messages into oob. from is nil where the protocol names
// no sender. A stream delivers control messages only with data, so for an empty p with an oob a byte is read and
// dropped; n counts it, and is 0 at the end of the stream.
func Recvmsg(fd int, p, oob []byte, flags int) (n, oobn int, recvflags int, from Sockaddr, err error) {
	var iov [1]Iovec
	var rsa RawSockaddrAny
	n, oobn, recvflags, err = receive(fd, oneIovec(&iov, p), oob, flags, &rsa)
	if err == nil && rsa.Addr.Family != AF_UNSPEC {
		from, err = decodeAny(fd, &rsa)
	}
	return n, oobn, recvflags, from, err
}

// RecvmsgBuffers is [Recvmsg] into several buffers, one after the other.
func RecvmsgBuffers(fd int, buffers [][]byte, oob []byte, flags int) (n, oobn int, recvflags int, from Sockaddr,
	err error) {
	var some [minIovec]Iovec
	var rsa RawSockaddrAny
	n, oobn, recvflags, err = receive(fd, appendBytes(some[:0], buffers), oob, flags, &rsa)
	if err == nil && rsa.Addr.Family != AF_UNSPEC {
		from, err = decodeAny(fd, &rsa)
	}
	return n, oobn, recvflags, from, err
}

// RecvmsgAny is [Recvmsg] for who receives a lot: it does not allocate, and stores the sender's address as it came.
// rsa may be nil; what it held before does not matter.
func RecvmsgAny(fd int, p, oob []byte, flags int, rsa *RawSockaddrAny) (n, oobn int, recvflags int, err error) {
	var iov [1]Iovec
	if rsa != nil {
		rsa.Addr.Family = AF_UNSPEC // the kernel leaves it where there is no sender
	}
	return receive(fd, oneIovec(&iov, p), oob, flags, rsa)
}

// Sendmsg is sendmsg(2); [SendmsgN] returns how much it sent.
func Sendmsg(fd int, p, oob []byte, to Sockaddr, flags int) (err error) {
	_, err = SendmsgN(fd, p, oob, to, flags)
	return err
}

// SendmsgN is sendmsg(2). It returns how many bytes of p were sent. to may be nil for a connected socket. A stream
// takes control messages only with data, so for an empty p a zero byte is sent.
func SendmsgN(fd int, p, oob []byte, to Sockaddr, flags int) (n int, err error) {
	var iov [1]Iovec
	return send(fd, oneIovec(&iov, p), oob, to, flags)
}

// SendmsgBuffers is [SendmsgN] from several buffers, one after the other.
func SendmsgBuffers(fd int, buffers [][]byte, oob []byte, to Sockaddr, flags int) (n int, err error) {
	var some [minIovec]Iovec
	return send(fd, appendBytes(some[:0], buffers), oob, to, flags)
}

func oneIovec(iov *[1]Iovec, p []byte) []Iovec {
	if len(p) == 0 {
		return nil
	}
	iov[0].Base = &p[0]
	iov[0].SetLen(len(p))
	return iov[:]
}

func receive(fd int, iov []Iovec, oob []byte, flags int, rsa *RawSockaddrAny) (n, oobn int, recvflags int, err error) {
	var msg Msghdr
	if rsa != nil {
		msg.Name = (*byte)(unsafe.Pointer(rsa))
		msg.Namelen = SizeofSockaddrAny
	}
	var dummy byte
	var one [1]Iovec
	if len(oob) > 0 {
		if empty(iov) {
			typ, err := GetsockoptInt(fd, SOL_SOCKET, SO_TYPE)
			if err != nil {
				return 0, 0, 0, err
			}
			if typ != SOCK_DGRAM {
				one[0].Base = &dummy
				one[0].SetLen(1)
				iov = one[:]
			}
		}
		msg.setControl(oob)
	}
	if len(iov) > 0 {
		msg.Iov = &iov[0]
		msg.SetIovlen(len(iov))
	}
	if n, err = recvmsg(fd, &msg, flags); err != nil {
		return n, 0, 0, err
	}
	oobn, recvflags = msg.received()
	return n, oobn, recvflags, nil
}

func send(fd int, iov []Iovec, oob []byte, to Sockaddr, flags int) (n int, err error) {
	var msg Msghdr
	if to != nil {
		p, size, err := to.sockaddr()
		if err != nil {
			return 0, err
		}
		msg.Name = (*byte)(p)
		set(&msg.Namelen, int64(size))
	}
	var dummy byte
	var one [1]Iovec
	added := false
	if len(oob) > 0 {
		if empty(iov) {
			typ, err := GetsockoptInt(fd, SOL_SOCKET, SO_TYPE)
			if err != nil {
				return 0, err
			}
			if typ != SOCK_DGRAM {
				one[0].Base = &dummy
				one[0].SetLen(1)
				iov, added = one[:], true
			}
		}
		msg.setControl(oob)
	}
	if len(iov) > 0 {
		msg.Iov = &iov[0]
		msg.SetIovlen(len(iov))
	}
	if n, err = sendmsg(fd, &msg, flags); err != nil {
		return 0, err
	}
	if added {
		n = 0
	}
	return n, nil
}

func empty(iov []Iovec) bool {
	for i := range iov {
		if iov[i].Len > 0 {
			return false
		}
	}
	return true
}

// SetIovlen sets the number of buffers, whatever its width is on this architecture.
func (msg *Msghdr) SetIovlen(length int) { set(&msg.Iovlen, int64(length)) }
