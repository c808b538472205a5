package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// rawSocket is a netlink socket with nothing around it: the floor. It uses
// RawSyscall, which the Go scheduler does not learn of.
type rawSocket struct {
	fd   int
	buf  []byte
	long bool // requests take long: the scheduler learns of sends
}

// openRaw opens a socket. With strict the kernel filters dumps.
func openRaw(w *world, strict bool) (*rawSocket, error) {
	return openRawOf(w, unix.NETLINK_ROUTE, strict)
}

func openRawOf(w *world, protocol int, strict bool) (*rawSocket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return nil, err
	}
	w.onClose(func() { unix.Close(fd) })
	for opt, on := range map[int]bool{unix.NETLINK_EXT_ACK: true, unix.NETLINK_CAP_ACK: true,
		unix.NETLINK_GET_STRICT_CHK: strict} {
		if !on {
			continue
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_NETLINK, opt, 1); err != nil {
			return nil, err
		}
	}
	return &rawSocket{fd: fd, buf: make([]byte, 64<<10), long: w.long}, nil
}

func (s *rawSocket) send(b []byte) error {
	var e syscall.Errno
	if s.long {
		_, _, e = syscall.Syscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0)
	} else {
		_, _, e = syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0,
			0)
	}
	if e != 0 {
		return e
	}
	return nil
}

// recv takes what is there; rtnetlink answers before the send returns.
func (s *rawSocket) recv() ([]byte, error) {
	n, _, e := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(&s.buf[0])),
		uintptr(len(s.buf)), unix.MSG_DONTWAIT, 0, 0)
	if e != 0 {
		return nil, e
	}
	return s.buf[:n], nil
}

// dump sends a request for a table and counts the objects.
func (s *rawSocket) dump(req []byte) (n int, err error) {
	if err := s.send(req); err != nil {
		return 0, err
	}
	for {
		b, err := s.recv()
		if err != nil {
			return n, err
		}
		for len(b) >= uapi.SizeofNlmsghdr {
			size := binary.NativeEndian.Uint32(b)
			switch binary.NativeEndian.Uint16(b[4:]) {
			case uapi.NLMSG_DONE:
				return n, nil
			case uapi.NLMSG_ERROR:
				return n, answer(b)
			}
			n++
			b = b[min(int(size+3)&^3, len(b)):]
		}
	}
}

// rawDump is the floor of what lists or reads a table.
func rawDump(request func(*world) []byte) func(*world) (op, error) {
	return rawDumpOf(unix.NETLINK_ROUTE, request)
}

func rawDumpOf(protocol int, request func(*world) []byte) func(*world) (op, error) {
	return func(w *world) (op, error) {
		s, err := openRawOf(w, protocol, true)
		msg := request(w)
		return func() (int, error) { return s.dump(msg) }, err
	}
}

// exchange sends a request and reads the one datagram that answers it.
func (s *rawSocket) exchange(req []byte) error {
	if err := s.send(req); err != nil {
		return err
	}
	b, err := s.recv()
	if err != nil {
		return err
	}
	return answer(b)
}

// answer is the error that a datagram begins with, if it does.
func answer(b []byte) error {
	if len(b) < uapi.SizeofNlmsghdr {
		return fmt.Errorf("answer of %d bytes", len(b))
	}
	if binary.NativeEndian.Uint16(b[4:]) != uapi.NLMSG_ERROR {
		return nil
	}
	if e := -int32(binary.NativeEndian.Uint32(b[16:])); e != 0 {
		return syscall.Errno(e)
	}
	return nil
}

// batch sends requests many to a datagram, of which the last asks for an
// acknowledgement. There is no error: an answer that is not the last one's is
// one.
func (s *rawSocket) batch(datagram []byte, last uint32) error {
	if err := s.send(datagram); err != nil {
		return err
	}
	b, err := s.recv()
	if err == nil {
		err = answer(b)
	}
	if err == nil && binary.NativeEndian.Uint32(b[8:]) != last {
		err = errors.New("another request was answered than the last")
	}
	return err
}

// message builds a request: the family's header of n bytes, and attributes.
func message(typ, flags int, n int, header wire.Putter, attrs ...attr) []byte {
	var e wire.Encoder
	e.Raw(uapi.SizeofNlmsghdr)
	header.Put(e.Raw(n))
	for _, a := range attrs {
		a(&e)
	}
	b := e.Bytes()
	(&uapi.Nlmsghdr{Len: uint32(len(b)), Type: uint16(typ), Flags: uint16(flags | uapi.NLM_F_REQUEST)}).Put(b)
	return b
}

// attr writes one attribute.
type attr = func(*wire.Encoder)

func u32(typ uint16, v int) attr {
	return func(e *wire.Encoder) { e.Uint32(typ, uint32(v)) }
}

func addr(typ uint16, a netip.Addr) attr {
	return func(e *wire.Encoder) { e.Addr(typ, a) }
}

func text(typ uint16, s string) attr {
	return func(e *wire.Encoder) { e.String(typ, s) }
}
