package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"sync"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// Encoder builds a run of netlink attributes (struct nlattr). Numbers are in
// the machine's byte order unless a method says otherwise; padding is zero. The
// first value that does not fit is kept as the error, see [Encoder.Err].
type Encoder struct {
	buf  []byte
	open []int // where the nests that are not yet ended begin
	err  error

	// Where the last raw bytes end, and how many of them are padding.
	rawEnd, rawPad int
}

// Bytes returns the bytes encoded so far. It shares the encoder's memory.
func (e *Encoder) Bytes() []byte { return e.buf }

// Err returns the first error met.
func (e *Encoder) Err() error {
	if e.err == nil && len(e.open) != 0 {
		return fmt.Errorf("%d nested attributes were not ended", len(e.open))
	}
	return e.err
}

// Fail records err, unless another came first. A nil err changes nothing.
func (e *Encoder) Fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// grow appends n zero bytes and returns them.
func (e *Encoder) grow(n int) []byte {
	at := len(e.buf)
	if at+n <= cap(e.buf) {
		e.buf = e.buf[:at+n]
		clear(e.buf[at:])
	} else {
		e.buf = append(e.buf, make([]byte, n)...)
	}
	return e.buf[at : at+n : at+n]
}

// Reserve appends an attribute with n zero bytes of payload and returns the
// payload, to be filled before the next call.
func (e *Encoder) Reserve(typ uint16, n int) []byte {
	total := uapi.SizeofNlattr + n
	if total > math.MaxUint16 {
		e.Fail(fmt.Errorf("attribute %d: %d bytes do not fit into an attribute", typ&typeMask, n))
		return make([]byte, n)
	}
	b := e.grow(align4(total))
	native.PutUint16(b, uint16(total))
	native.PutUint16(b[2:], typ)
	return b[uapi.SizeofNlattr:total:total]
}

// Flag appends an attribute without payload.
func (e *Encoder) Flag(typ uint16) { e.Reserve(typ, 0) }

// Uint8 appends one byte.
func (e *Encoder) Uint8(typ uint16, v uint8) { e.Reserve(typ, 1)[0] = v }

// Uint16 appends v in the machine's byte order.
func (e *Encoder) Uint16(typ uint16, v uint16) { native.PutUint16(e.Reserve(typ, 2), v) }

// Uint32 appends v in the machine's byte order.
func (e *Encoder) Uint32(typ uint16, v uint32) { native.PutUint32(e.Reserve(typ, 4), v) }

// Uint64 appends v in the machine's byte order.
func (e *Encoder) Uint64(typ uint16, v uint64) { native.PutUint64(e.Reserve(typ, 8), v) }

// Int32 appends v in the machine's byte order.
func (e *Encoder) Int32(typ uint16, v int32) { e.Uint32(typ, uint32(v)) }

// BE16 appends v in network byte order.
func (e *Encoder) BE16(typ uint16, v uint16) { binary.BigEndian.PutUint16(e.Reserve(typ, 2), v) }

// BE32 appends v in network byte order.
func (e *Encoder) BE32(typ uint16, v uint32) { binary.BigEndian.PutUint32(e.Reserve(typ, 4), v) }

// BE64 appends v in network byte order.
func (e *Encoder) BE64(typ uint16, v uint64) { binary.BigEndian.PutUint64(e.Reserve(typ, 8), v) }

// Data appends b as it is.
func (e *Encoder) Data(typ uint16, b []byte) { copy(e.Reserve(typ, len(b)), b) }

// String appends s and the NUL that ends it.
func (e *Encoder) String(typ uint16, s string) {
	if strings.IndexByte(s, 0) >= 0 {
		e.Fail(fmt.Errorf("attribute %d: string %.128q holds a NUL", typ&typeMask, s))
	}
	copy(e.Reserve(typ, len(s)+1), s)
}

// Addr appends the 4 or 16 bytes of a. The zero Addr is an error.
func (e *Encoder) Addr(typ uint16, a netip.Addr) {
	switch {
	case a.Is4():
		b := a.As4()
		e.Data(typ, b[:])
	case a.Is6():
		b := a.As16()
		e.Data(typ, b[:])
	default:
		e.Fail(fmt.Errorf("attribute %d: no address given", typ&typeMask))
	}
}

// Putter is a wire structure of package uapi.
type Putter interface{ Put(b []byte) }

// Struct appends a structure of size bytes that v writes.
func (e *Encoder) Struct(typ uint16, size int, v Putter) { v.Put(e.Reserve(typ, size)) }

// Nest begins an attribute that holds attributes; [Encoder.End] ends it. The
// NLA_F_NESTED flag is set where typ has it.
func (e *Encoder) Nest(typ uint16) {
	e.open = append(e.open, len(e.buf))
	b := e.grow(uapi.SizeofNlattr)
	native.PutUint16(b[2:], typ)
}

// Raw appends n zero bytes that are no attribute of their own and returns
// them: the structure some families put before the attributes of a nest, or in
// their place. A nest that ends with them is no longer than they are.
func (e *Encoder) Raw(n int) []byte {
	b := e.grow(align4(n))[:n]
	e.rawEnd, e.rawPad = len(e.buf), align4(n)-n
	return b
}

// End ends the innermost nest.
func (e *Encoder) End() {
	if len(e.open) == 0 {
		e.Fail(fmt.Errorf("a nested attribute was ended that was not begun"))
		return
	}
	at := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	n := len(e.buf) - at
	if e.rawEnd == len(e.buf) {
		n -= e.rawPad
	}
	if n > math.MaxUint16 {
		e.Fail(fmt.Errorf("attribute %d: %d bytes do not fit into an attribute", native.Uint16(e.buf[at+2:])&typeMask, n))
		n = uapi.SizeofNlattr
	}
	native.PutUint16(e.buf[at:], uint16(n))
}

// Cancel takes back the innermost nest with all that it holds.
func (e *Encoder) Cancel() {
	if len(e.open) == 0 {
		e.Fail(fmt.Errorf("a nested attribute was cancelled that was not begun"))
		return
	}
	e.buf, e.rawPad = e.buf[:e.open[len(e.open)-1]], 0
	e.open = e.open[:len(e.open)-1]
}

// Request is one message to the kernel. It is used once: the exchange that it
// is given to takes it over.
type Request struct {
	Encoder
	// Protocol is the netlink protocol (NETLINK_…) that the request is of, for
	// callers that have a connection for each. It is 0, NETLINK_ROUTE, unless it
	// is set. A Conn does not look at it.
	Protocol int
	header   int // bytes of the family's header
	secret   bool
}

var requests = sync.Pool{New: func() any { return &Request{Encoder: Encoder{buf: make([]byte, 0, 512)}} }}

// NewRequest begins a message of type typ. NLM_F_REQUEST is added to flags, and
// the exchange adds what it needs itself (NLM_F_ACK, NLM_F_DUMP).
func NewRequest(typ, flags uint16) *Request {
	r := requests.Get().(*Request)
	r.buf, r.open, r.err, r.header, r.Protocol = r.buf[:0], r.open[:0], nil, 0, 0
	r.rawEnd, r.rawPad, r.secret = 0, 0, false
	b := r.grow(uapi.SizeofNlmsghdr)
	native.PutUint16(b[4:], typ)
	native.PutUint16(b[6:], flags|uapi.NLM_F_REQUEST)
	return r
}

// Header appends n zero bytes for the family's header and returns them. It
// comes before the first attribute.
func (r *Request) Header(n int) []byte {
	r.header = n
	return r.Raw(n)
}

// AddFlags adds to the flags of the message (NLM_F_…).
func (r *Request) AddFlags(flags uint16) {
	native.PutUint16(r.buf[6:], native.Uint16(r.buf[6:])|flags)
}

// HoldsSecret says that the request has a key in its attributes: their memory is cleared when it was sent. It
// comes first, so that what follows up to 4 KiB is never moved.
func (r *Request) HoldsSecret() {
	if n := len(r.buf); cap(r.buf) < secretRoom {
		r.buf = append(make([]byte, 0, secretRoom), r.buf[:n]...)
	}
	r.secret = true
}

const secretRoom = 4 << 10

// free gives the request's memory to a later one.
func (r *Request) free() {
	if r.secret {
		clear(r.buf[:cap(r.buf)])
	}
	if cap(r.buf) <= 1<<16 {
		requests.Put(r)
	}
}

// finish writes the length, the sequence number and further flags, and
// returns the message.
func (r *Request) finish(seq uint32, flags uint16) ([]byte, error) {
	if err := r.Err(); err != nil {
		return nil, err
	}
	native.PutUint32(r.buf, uint32(len(r.buf)))
	native.PutUint16(r.buf[6:], native.Uint16(r.buf[6:])|flags)
	native.PutUint32(r.buf[8:], seq)
	return r.buf, nil
}
