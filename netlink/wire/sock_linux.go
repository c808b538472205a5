package wire

import (
	"errors"
	"os"
	"sync"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netns"
	"kern.sys/unix"
)

// socket is the transport to the running kernel: a non-blocking netlink socket.
type socket struct {
	fd    int
	alone bool // the kernel lets nobody else send to it
	dump  bool // the last request was for a table

	mu   sync.Mutex
	file *os.File // the same descriptor on the runtime's poller; made when first needed
	dead bool     // Interrupt was called
}

// openSocket opens a socket in ns, or in the calling thread's namespace where
// ns is none, and says whether it has strict checking. One that serves a single
// request and no dump goes without the options that then take longer than they
// save.
func openSocket(cfg Config, ns netns.NsHandle, groups []uint32, single bool) (t Transport, strict bool, err error) {
	open := func() error {
		s, ok, err := newSocket(cfg, groups, single)
		if err == nil {
			t, strict = s, ok
		}
		return err
	}
	if !ns.IsOpen() {
		err = open()
		return t, strict, err
	}
	// Entering a namespace takes CAP_SYS_ADMIN; do it only where it must be.
	cur, err := netns.Get()
	if err != nil {
		return nil, false, err
	}
	same := cur.Equal(ns)
	cur.Close()
	if same {
		err = open()
	} else {
		err = netns.Do(ns, open)
	}
	return t, strict, err
}

func newSocket(cfg Config, groups []uint32, single bool) (*socket, bool, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, cfg.Protocol)
	if err != nil {
		return nil, false, os.NewSyscallError("socket(AF_NETLINK)", err)
	}
	s := &socket{fd: fd}
	strict, err := s.configure(cfg, groups, single)
	if err != nil {
		unix.Close(fd)
		return nil, false, err
	}
	return s, strict, nil
}

func (s *socket) configure(cfg Config, groups []uint32, single bool) (strict bool, err error) {
	// Kernels without these (before 4.12, 4.3 and 4.20) answer all the same, only
	// with less in the answer.
	if !cfg.bare {
		_ = unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, 1)
	}
	if !cfg.bare && !single {
		_ = unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)
	}
	if !cfg.bare && !single && !cfg.NoStrict && len(groups) == 0 {
		strict = unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1) == nil
	}
	if len(groups) != 0 && cfg.ReceiveBuffer == 0 {
		// Best effort: the limit is no allocation, and the kernel's default loses
		// a burst after some hundred events.
		if unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, listenBuffer) != nil {
			_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, listenBuffer)
		}
	}
	if cfg.ReceiveBuffer != 0 {
		if err := s.setReceiveBuffer(cfg.ReceiveBuffer, cfg.ForceBuffer); err != nil {
			return false, err
		}
	}
	if single {
		return strict, nil // the first send binds it
	}
	if len(groups) == 0 {
		// Connected to port 0, the kernel, it takes datagrams from nobody else, and who
		// sent one need not be asked.
		s.alone = unix.Connect(s.fd, &unix.SockaddrNetlink{}) == nil
		return strict, nil
	}
	var mask uint32
	if cfg.bare {
		mask = maskOf(groups)
	}
	if err := unix.Bind(s.fd, &unix.SockaddrNetlink{Groups: mask}); err != nil {
		return false, os.NewSyscallError("bind", err)
	}
	for _, g := range groups {
		if mask&maskOf([]uint32{g}) != 0 {
			continue
		}
		if err := unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, int(g)); err != nil {
			return false, os.NewSyscallError("setsockopt(NETLINK_ADD_MEMBERSHIP)", err)
		}
	}
	return strict, nil
}

// maskOf returns the groups that an address can name, which are those up to 32.
func maskOf(groups []uint32) (mask uint32) {
	for _, g := range groups {
		mask |= 1 << (g - 1)
	}
	return mask
}

// listenBuffer holds a burst of 100,000 events: the kernel counts about a
// kilobyte for one.
const listenBuffer = 128 << 20

func (s *socket) setReceiveBuffer(size int, force bool) error {
	opt, name := unix.SO_RCVBUF, "setsockopt(SO_RCVBUF)"
	if force {
		opt, name = unix.SO_RCVBUFFORCE, "setsockopt(SO_RCVBUFFORCE)"
	}
	return os.NewSyscallError(name, unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, opt, size))
}

func (s *socket) receiveBuffer() (int, error) {
	n, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	return n, os.NewSyscallError("getsockopt(SO_RCVBUF)", err)
}

func (s *socket) setStrict(on bool) error {
	v := 0
	if on {
		v = 1
	}
	return os.NewSyscallError("setsockopt(NETLINK_GET_STRICT_CHK)",
		unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, v))
}

func (s *socket) control(fn func(fd int) error) error { return fn(s.fd) }

// Send hands one datagram to the kernel, which works on it before the call
// returns. A socket without a peer address sends to port 0, the kernel.
func (s *socket) Send(b []byte) error {
	s.dump = len(b) < uapi.SizeofNlmsghdr || native.Uint16(b[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP
	for {
		switch e := sendTo(s.fd, b); e {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return os.NewSyscallError("sendto", e)
		}
	}
}

// recv reads one datagram, if there is one. With MSG_TRUNC the kernel reports the datagram's full
// length.
//
// The scheduler learns of a call only where the kernel makes the next part of a
// dump in it. An answer that is there already is copied at once, and informing
// the scheduler costs as much.
func (s *socket) recv(b []byte) (n int, from unix.RawSockaddrNetlink, e unix.Errno) {
	sender := &from
	if s.alone {
		sender = nil
	}
	for {
		n, e = recvFrom(s.fd, b, sender, s.dump)
		if e != unix.EINTR {
			return n, from, e
		}
	}
}

func (s *socket) Receive(ctx Context, b []byte, timeout time.Duration) (int, uint32, error) {
	n, from, e := s.recv(b)
	if e == unix.EAGAIN {
		if timeout < 0 {
			return 0, 0, ErrTimeout
		}
		n, from, err := s.wait(ctx, b, timeout)
		return n, from.Pid, err
	}
	if e != 0 {
		return 0, 0, recvError(e)
	}
	return n, from.Pid, nil
}

func recvError(e unix.Errno) error {
	if e == unix.ENOBUFS {
		return ErrOverrun
	}
	return os.NewSyscallError("recvfrom", e)
}

// wait parks the goroutine on the runtime's poller until a datagram is there.
func (s *socket) wait(ctx Context, b []byte, timeout time.Duration) (n int, from unix.RawSockaddrNetlink, err error) {
	var deadline time.Time
	if timeout > 0 {
		deadline = time.Now().Add(timeout)
	}
	file, err := s.park(deadline)
	if err != nil {
		return 0, from, err
	}
	if ctx.Done() != nil {
		defer afterwards(ctx, s.wake)()
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return 0, from, err
	}
	for {
		var e unix.Errno
		err = raw.Read(func(uintptr) bool {
			n, from, e = s.recv(b)
			return e != unix.EAGAIN
		})
		switch {
		case err == nil && e == 0:
			return n, from, nil
		case err == nil:
			return 0, from, recvError(e)
		case ctx.Err() != nil:
			return 0, from, ctx.Err()
		case !errors.Is(err, os.ErrDeadlineExceeded) && !s.interrupted():
			return 0, from, err
		case timeout > 0 && !time.Now().Before(deadline):
			return 0, from, ErrTimeout
		}
		// Interrupted, or woken late by the context of an earlier call.
		if _, err := s.park(deadline); err != nil {
			return 0, from, err
		}
	}
}

// park puts the descriptor on the poller and sets the deadline of the wait.
func (s *socket) park(deadline time.Time) (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return nil, ErrClosed
	}
	if s.file == nil {
		s.file = os.NewFile(uintptr(s.fd), "netlink")
	}
	return s.file, s.file.SetReadDeadline(deadline)
}

// writeDeadline is park for the other direction.
func (s *socket) writeDeadline(deadline time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return ErrClosed
	}
	return s.file.SetWriteDeadline(deadline)
}

// wake ends a wait by a deadline that is over.
func (s *socket) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		_ = s.file.SetDeadline(time.Unix(1, 0))
	}
}

func (s *socket) Interrupt() {
	s.mu.Lock()
	s.dead = true
	s.mu.Unlock()
	s.wake()
}

func (s *socket) interrupted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

func (s *socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		return s.file.Close()
	}
	return os.NewSyscallError("close", unix.Close(s.fd))
}

func currentNetNS() (netns.NsHandle, error) { return netns.Get() }

func dupNetNS(ns netns.NsHandle) (netns.NsHandle, error) {
	fd, err := unix.FcntlInt(uintptr(ns), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return netns.None(), os.NewSyscallError("fcntl(F_DUPFD_CLOEXEC)", err)
	}
	return netns.NsHandle(fd), nil
}

// isInterrupted reports whether err is the EINTR that a dump ends with where
// the kernel gave up on a changing table.
func isInterrupted(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Err == unix.EINTR
}
