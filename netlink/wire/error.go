package wire

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// DumpInterrupted is the type of [ErrDumpInterrupted].
type DumpInterrupted struct{}

func (DumpInterrupted) Error() string {
	return "dump was interrupted by a change: results may be incomplete or inconsistent"
}

// Is matches EINTR, which such a dump was reported by once.
func (DumpInterrupted) Is(target error) bool { return target == syscall.EINTR }

// Temporary is true: the next time it may be whole.
func (DumpInterrupted) Temporary() bool { return true }

// ErrDumpInterrupted says that the kernel's table changed while it was read
// (NLM_F_DUMP_INTR), as often as the read was tried again. What was read
// comes with it.
var ErrDumpInterrupted = DumpInterrupted{}

var (
	// ErrClosed says that the connection or listener was closed.
	ErrClosed error = errClosed
	// ErrOverrun says that messages were lost because the receive buffer was
	// full (ENOBUFS). What the listener watches has to be read again; it
	// goes on. It matches ENOBUFS.
	ErrOverrun error = errOverrun{}
	// ErrTruncated says that a message was larger than the receive buffer.
	ErrTruncated = errors.New("netlink message was truncated")
	// ErrMalformed says that bytes from the socket are no netlink message
	// or attribute.
	ErrMalformed = errors.New("malformed netlink message")
	// ErrTimeout says that the kernel did not answer in time. It matches
	// os.ErrDeadlineExceeded.
	ErrTimeout error = errTimeout
	// ErrNotImplemented says that this system has no netlink.
	ErrNotImplemented error = NotImplemented{}
)

// NotImplemented is the type of [ErrNotImplemented], for packages that offer that as theirs: to copy the variable
// would take code at the start of every program.
type NotImplemented struct{}

func (NotImplemented) Error() string { return "not implemented" }

// socketError wraps an error of package os. Its values are constants, since what is called to make an error is
// called at the start of every program.
type socketError uint8

const (
	errClosed socketError = iota
	errTimeout
)

func (e socketError) Error() string { return "netlink socket: " + e.Unwrap().Error() }

func (e socketError) Unwrap() error {
	if e == errClosed {
		return os.ErrClosed
	}
	return os.ErrDeadlineExceeded
}

type errOverrun struct{}

func (errOverrun) Error() string { return "netlink events were lost: receive buffer overrun" }

func (errOverrun) Is(target error) bool { return isENOBUFS(target) }

// Error is the error of every failed operation.
type Error struct {
	Op      string   // the operation, "link add"; set by the caller of the exchange
	Object  string   // what it was done to, `"br0" type bridge`; likewise
	Err     error    // a syscall.Errno where the kernel refused, else what happened
	Message string   // the kernel's own words (extended acknowledgement), "" where it gave none
	Path    []uint16 // the offending attribute: types from the outermost to the one
	Missing uint16   // the attribute that is missing in the nest Path names, 0 where none is
}

// mostOfObject is how many bytes of what the caller gave an error repeats: a name that is too long, or an address,
// may have any length.
const mostOfObject = 500

// bounded returns s, or its beginning.
func bounded(s string) string {
	if len(s) <= mostOfObject {
		return s
	}
	n := mostOfObject
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// Error gives operation, object, errno and what the kernel said. Of an object that is very long it gives the
// beginning.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		if e.Object != "" {
			b.WriteByte(' ')
			b.WriteString(bounded(e.Object))
		}
		b.WriteString(": ")
	}
	if e.Err != nil {
		b.WriteString(bounded(e.Err.Error()))
	}
	var more []string
	if e.Message != "" {
		more = append(more, e.Message)
	}
	if len(e.Path) != 0 {
		parts := make([]string, len(e.Path))
		for i, t := range e.Path {
			parts[i] = strconv.Itoa(int(t))
		}
		more = append(more, "attribute "+strings.Join(parts, "."))
	}
	if e.Missing != 0 {
		more = append(more, "attribute "+strconv.Itoa(int(e.Missing))+" is missing")
	}
	if len(more) != 0 {
		b.WriteString(" (" + strings.Join(more, "; ") + ")")
	}
	return b.String()
}

// Unwrap returns the cause: a syscall.Errno where the kernel refused.
func (e *Error) Unwrap() error { return e.Err }

// Is matches os.ErrNotExist with the errnos that say "no such object" in the
// netlink families: besides ENOENT these are ENODEV and ENXIO (a device),
// ESRCH (a route, a process) and EADDRNOTAVAIL (an address).
func (e *Error) Is(target error) bool {
	return target == os.ErrNotExist && noSuchObject(e.Err)
}

// Annotate gives err an operation and an object; object is only asked for
// where there is an error. An error that has them already keeps them.
func Annotate(err error, op string, object func() string) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok {
		if e.Op == "" {
			c := *e
			c.Op, c.Object = op, object()
			return &c
		}
		return err
	}
	return &Error{Op: op, Object: object(), Err: err}
}

// ackError reads the payload of NLMSG_ERROR (struct nlmsgerr and what extended
// acknowledgements add) or NLMSG_DONE (an error number and the same). It is nil
// for an acknowledgement. request is the message that was sent.
func ackError(m Message, request []byte, header int) error {
	if len(m.Data) < 4 {
		if m.Type == uapi.NLMSG_DONE {
			return nil // an ancient kernel's end of dump
		}
		return fmt.Errorf("%w: acknowledgement of %d bytes", ErrMalformed, len(m.Data))
	}
	code := int32(native.Uint32(m.Data))
	if code >= 0 {
		return nil // an acknowledgement; a dump's end may carry a length
	}
	e := &Error{Err: errno(-code)}
	d := NewDecoder(extended(m))
	for d.Next() {
		switch d.Type() {
		case uapi.NLMSGERR_ATTR_MSG:
			e.Message = d.String()
		case uapi.NLMSGERR_ATTR_OFFS:
			e.Path = attributePath(request, header, int(min(d.Uint32(), 1<<20)))
		case uapi.NLMSGERR_ATTR_MISS_NEST:
			if off := int(min(d.Uint32(), 1<<20)); e.Path == nil && off != 0 {
				e.Path = attributePath(request, header, off)
			}
		case uapi.NLMSGERR_ATTR_MISS_TYPE:
			e.Missing = uint16(d.Uint32())
		}
	}
	return e
}

// extended are the attributes of an extended acknowledgement.
func extended(m Message) []byte {
	if m.Flags&uapi.NLM_F_ACK_TLVS == 0 {
		return nil
	}
	at := 4
	if m.Type == uapi.NLMSG_ERROR {
		at = uapi.SizeofNlmsgerr
		if m.Flags&uapi.NLM_F_CAPPED == 0 && len(m.Data) >= 8 {
			// The whole request is quoted: its length comes first.
			at = 4 + align4(int(min(native.Uint32(m.Data[4:]), 1<<20)))
		}
	}
	return m.Data[min(at, len(m.Data)):]
}

// ack is ackError that passes on what the kernel has to say of what it has done.
func (c *Conn) ack(m Message, request []byte, header int) error {
	err := ackError(m, request, header)
	if err == nil && c.warn != nil {
		c.warn(m)
	}
	return err
}

// attributePath names the attribute that begins at, or holds, byte off of
// request, from the outermost nest on.
func attributePath(request []byte, header, off int) []uint16 {
	var path []uint16
	begin := uapi.SizeofNlmsghdr + align4(header)
	end := len(request)
	for begin+uapi.SizeofNlattr <= end && off >= begin {
		n := int(native.Uint16(request[begin:]))
		if n < uapi.SizeofNlattr || begin+n > end {
			return path
		}
		switch {
		case off >= begin+align4(n):
			begin += align4(n)
		case off < begin+uapi.SizeofNlattr:
			return append(path, native.Uint16(request[begin+2:])&typeMask)
		default:
			path = append(path, native.Uint16(request[begin+2:])&typeMask)
			begin, end = begin+uapi.SizeofNlattr, begin+n
		}
	}
	return path
}
