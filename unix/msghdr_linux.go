package unix

import "unsafe"

// RecvMsghdr is recvmsg(2) and nothing more: it stores in msg how long address and control messages are, and the
// flags. Nothing is allocated, and msg may be used again after its lengths are set again; see
// [RawSockaddrAny.Sockaddr] for the sender's address. [Recvmsg] differs for an empty buffer.
func RecvMsghdr(fd int, msg *Msghdr, flags int) (n int, err error) { return recvmsg(fd, msg, flags) }

// SendMsghdr is sendmsg(2) and nothing more. Nothing is allocated.
func SendMsghdr(fd int, msg *Msghdr, flags int) (n int, err error) { return sendmsg(fd, msg, flags) }

// Recvmmsg is recvmmsg(2): [RecvMsghdr] of several messages. It returns how many came; Len of each is its number of
// bytes. timeout may be nil; the kernel stores the remaining time in it, and looks at it only after each message, so
// that without MSG_WAITFORONE the call waits longer when no more come. Nothing is allocated. On architectures of 32
// bits it takes Linux 5.1.
func Recvmmsg(fd int, msgs []Mmsghdr, flags int, timeout *KernelTimespec) (n int, err error) {
	return recvmmsg(fd, msgs, flags, timeout)
}

// RecvmsgBuffersAny is [RecvmsgAny] into several buffers, one after the other. For up to 8 it does not allocate.
func RecvmsgBuffersAny(fd int, buffers [][]byte, oob []byte, flags int, rsa *RawSockaddrAny) (n, oobn int,
	recvflags int, err error) {
	var some [minIovec]Iovec
	if rsa != nil {
		rsa.Addr.Family = AF_UNSPEC // the kernel leaves it where there is no sender
	}
	return receive(fd, appendBytes(some[:0], buffers), oob, flags, rsa)
}

// Sockaddr decodes an address that the kernel stored: nil for AF_UNSPEC, which is how a caller finds what the kernel
// left as it was. Some families need fd, to ask for the socket's protocol.
func (rsa *RawSockaddrAny) Sockaddr(fd int) (Sockaddr, error) {
	if rsa.Addr.Family == AF_UNSPEC {
		return nil, nil
	}
	return decodeAny(fd, rsa)
}

// Set makes iov the bytes of p.
func (iov *Iovec) Set(p []byte) {
	iov.Base = unsafe.SliceData(p)
	iov.SetLen(len(p))
}

// SetIov sets the buffers.
func (msg *Msghdr) SetIov(iovs []Iovec) {
	msg.Iov = unsafe.SliceData(iovs)
	msg.SetIovlen(len(iovs))
}

// SetControl sets the control messages to send, or the room for those to receive.
func (msg *Msghdr) SetControl(oob []byte) {
	msg.Control = unsafe.SliceData(oob)
	msg.SetControllen(len(oob))
}

// SetName gives msg room for the sender's address; nil for none.
func (msg *Msghdr) SetName(rsa *RawSockaddrAny) {
	msg.Name, msg.Namelen = (*byte)(unsafe.Pointer(rsa)), 0
	if rsa != nil {
		rsa.Addr.Family = AF_UNSPEC
		msg.Namelen = SizeofSockaddrAny
	}
}

// SetSockaddr sets the address to send to; nil for a connected socket's. It must not change before the message is
// sent.
func (msg *Msghdr) SetSockaddr(to Sockaddr) error {
	msg.Name, msg.Namelen = nil, 0
	if to == nil {
		return nil
	}
	p, size, err := to.sockaddr()
	if err != nil {
		return err
	}
	msg.Name = (*byte)(p)
	set(&msg.Namelen, int64(size))
	return nil
}
