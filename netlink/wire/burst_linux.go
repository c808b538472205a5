package wire

import (
	"os"
	"time"

	"kern.sys/unix"
)

const (
	// burstLen is how many datagrams one system call takes. A call costs a tenth of
	// what the kernel needs for that many.
	burstLen = 8
	// burstSize is what one of them may have: see bufferSize. Memory that no
	// datagram needed is never touched.
	burstSize = bufferSize
)

// socketBurst is the memory that recvmmsg(2) fills. Headers keep the addresses of the buffers and of the senders
// between calls; burstLen has what that saves.
type socketBurst struct {
	s     *socket
	n, at int // datagrams received, and those handed on
	size  int // that each has room for
	heads [burstLen]unix.Mmsghdr
	parts [burstLen]unix.Iovec
	from  [burstLen]unix.RawSockaddrNetlink
	buf   []byte
}

// newBurst returns room for several datagrams.
func (s *socket) newBurst() burst {
	b := &socketBurst{s: s}
	b.resize(burstSize)
	return b
}

func (b *socketBurst) resize(size int) {
	b.size, b.buf = size, make([]byte, burstLen*size)
	for i := range b.heads {
		b.parts[i].Base = &b.buf[i*size]
		b.parts[i].SetLen(size)
		h := &b.heads[i].Hdr
		setSender(h, &b.from[i])
		h.Iov = &b.parts[i]
		h.SetIovlen(1)
	}
}

func (b *socketBurst) next() (data []byte, n int, from uint32, err error) {
	if b.at == b.n {
		if err := b.receive(); err != nil {
			return nil, 0, 0, err
		}
	}
	i := b.at
	b.at++
	n = int(b.heads[i].Len)
	return b.buf[i*b.size : i*b.size+min(n, b.size)], n, b.from[i].Pid, nil
}

func (b *socketBurst) receive() error {
	for i := range b.n {
		if n := int(b.heads[i].Len); n > b.size && n <= maxBuffer/burstLen {
			b.resize(n) // the next ones of this size fit
			break
		}
	}
	b.n, b.at = 0, 0
	for {
		n, e := recvMany(b.s.fd, b.heads[:])
		switch e {
		case 0:
			b.n = n
			return nil
		case unix.EINTR:
		case unix.EAGAIN:
			return ErrTimeout
		case unix.ENOBUFS:
			return ErrOverrun
		default:
			return os.NewSyscallError("recvmmsg", e)
		}
	}
}

// holds reports whether the receive buffer has room for what comes in the time
// that a listener lets events gather.
func (b *socketBurst) holds() bool {
	n, err := b.s.receiveBuffer()
	return err == nil && n >= gatherBuffer
}

// nap waits in the kernel: the runtime's timers cost several times as much, and the
// scheduler takes the processor away if someone else can use it.
func (b *socketBurst) nap(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil)
}
