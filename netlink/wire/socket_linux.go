package wire

import (
	"bytes"
	"errors"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netns"
	"kern.sys/unix"
)

// Socket is one netlink socket for programs that make their messages and read the answers
// themselves. It sends what it is given and hands on what comes, from whomever it is; a
// [Conn] and a [Listener] do more. Its methods may be called at the same time. Close ends
// the calls under way with [ErrClosed].
type Socket struct {
	s             *socket
	raw           syscall.RawConn
	send, receive atomic.Int64 // time.Duration
}

// OpenSocket opens a socket of cfg.Protocol in the namespace cfg.NetNS, or that of the
// calling thread, and joins multicast groups. Of the groups up to 32 those that the kernel
// lacks are left out without an error, as bind(2) does it. No option of the socket is set
// but the receive buffer, which has room for bursts where there are groups.
func OpenSocket(cfg Config, groups ...uint32) (*Socket, error) {
	ns := netns.None()
	if cfg.NetNS != nil {
		ns = *cfg.NetNS
	}
	cfg.bare = true
	t, _, err := openSocket(cfg, ns, groups, false)
	if err != nil {
		return nil, err
	}
	s := &Socket{s: t.(*socket)}
	s.s.dump = true // other goroutines send what this one cannot know of
	file, err := s.s.park(time.Time{})
	if err == nil {
		s.raw, err = file.SyscallConn()
	}
	if err != nil {
		s.s.Close()
		return nil, err
	}
	return s, nil
}

// Fd returns the descriptor, which stays the socket's: it is non-blocking, and closed by Close.
func (s *Socket) Fd() int { return s.s.fd }

// control calls fn with a descriptor that is not closed meanwhile.
func (s *Socket) control(fn func(fd int) error) error {
	err := ErrClosed
	if e := s.raw.Control(func(fd uintptr) { err = fn(int(fd)) }); e != nil {
		return ErrClosed
	}
	return err
}

// Port returns the socket's address, the nlmsg_pid of answers.
func (s *Socket) Port() (port uint32, err error) {
	err = s.control(func(fd int) error {
		sa, err := unix.Getsockname(fd)
		if nl, ok := sa.(*unix.SockaddrNetlink); ok {
			port = nl.Pid
		}
		return os.NewSyscallError("getsockname", err)
	})
	return port, err
}

// SetExtAck says whether errors come with the kernel's words (NETLINK_EXT_ACK, Linux 4.12).
func (s *Socket) SetExtAck(on bool) error {
	v := 0
	if on {
		v = 1
	}
	return s.control(func(fd int) error {
		return os.NewSyscallError("setsockopt(NETLINK_EXT_ACK)",
			unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, v))
	})
}

// SetReceiveBuffer sets SO_RCVBUF, or SO_RCVBUFFORCE with force, in bytes. See socket(7).
func (s *Socket) SetReceiveBuffer(size int, force bool) error {
	return s.control(func(int) error { return s.s.setReceiveBuffer(size, force) })
}

// SetSendTimeout bounds how long Send waits, which ends with [ErrTimeout] then; 0 waits for ever.
func (s *Socket) SetSendTimeout(d time.Duration) { s.send.Store(int64(d)) }

// SetReceiveTimeout is SetSendTimeout for Receive.
func (s *Socket) SetReceiveTimeout(d time.Duration) { s.receive.Store(int64(d)) }

// Timeouts returns the values that SetSendTimeout and SetReceiveTimeout have set.
func (s *Socket) Timeouts() (send, receive time.Duration) {
	return time.Duration(s.send.Load()), time.Duration(s.receive.Load())
}

// Send sends one datagram to the kernel. It waits where the kernel has no room for it.
func (s *Socket) Send(b []byte) error {
	var deadline time.Time
	if d := time.Duration(s.send.Load()); d != 0 {
		deadline = time.Now().Add(d)
	}
	if err := s.s.writeDeadline(deadline); err != nil {
		return err
	}
	var sendErr error
	err := s.raw.Write(func(fd uintptr) bool {
		for {
			sendErr = unix.Sendto(int(fd), b, unix.MSG_DONTWAIT, &unix.SockaddrNetlink{})
			if sendErr != unix.EINTR {
				return sendErr != unix.EAGAIN
			}
		}
	})
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrTimeout
	case err != nil:
		return ErrClosed
	}
	return os.NewSyscallError("sendto", sendErr)
}

// Receive waits for one datagram and returns it in memory of its own, and the address that it
// came from: the kernel's port is 0.
func (s *Socket) Receive(ctx Context) ([]byte, unix.RawSockaddrNetlink, error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	n, from, err := s.s.wait(ctx, *buf, time.Duration(s.receive.Load()))
	switch {
	case err != nil:
		return nil, from, err
	case n > len(*buf):
		return nil, from, ErrTruncated
	}
	return bytes.Clone((*buf)[:n]), from, nil
}

// Exchange sends msg, one message with its sequence number, and calls each for every
// answer to it until each returns false or the last one came (NLMSG_DONE, NLMSG_ERROR).
// What each is given stays valid. An error that the kernel returned is an [Error]; a
// table that changed while it was read ends with [ErrDumpInterrupted]. What is for
// others, or of an earlier exchange, is passed over. One exchange at a time may be under way.
func (s *Socket) Exchange(ctx Context, msg []byte, each func(Message) bool) error {
	if len(msg) < uapi.SizeofNlmsghdr {
		return ErrMalformed
	}
	seq := native.Uint32(msg[8:])
	if err := s.Send(msg); err != nil {
		return err
	}
	port, err := s.Port()
	if err != nil {
		return err
	}
	interrupted := false
	for {
		data, from, err := s.Receive(ctx)
		if err != nil {
			return err
		}
		if from.Pid != 0 {
			continue
		}
		ms := messages{rest: data}
		for m, ok := ms.next(); ok; m, ok = ms.next() {
			if m.Seq != seq || m.PID != port {
				continue
			}
			interrupted = interrupted || m.Flags&uapi.NLM_F_DUMP_INTR != 0
			last := false
			switch m.Type {
			case uapi.NLMSG_NOOP:
			case uapi.NLMSG_OVERRUN:
				return ErrOverrun
			case uapi.NLMSG_ERROR, uapi.NLMSG_DONE:
				if err := ackError(m, nil, 0); err != nil {
					return err
				}
				last = true
			default:
				last = !each(m)
			}
			if last && interrupted {
				return ErrDumpInterrupted
			}
			if last {
				return nil
			}
		}
		if ms.bad {
			return ErrMalformed
		}
	}
}

// Close frees the socket.
func (s *Socket) Close() error {
	s.s.Interrupt()
	return s.s.Close()
}
