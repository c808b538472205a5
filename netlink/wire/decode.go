package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// Decoder steps through a run of netlink attributes. It never panics and never
// reads outside its bytes; the first thing it cannot make sense of is kept as
// the error and ends the run. A value longer than asked for is read from its
// beginning, so that structures may grow.
//
//	d := wire.NewDecoder(b)
//	for d.Next() {
//		switch d.Type() {
//		case unix.IFLA_MTU:
//			mtu = d.Uint32()
//		}
//	}
//	return d.Err()
type Decoder struct {
	b       []byte
	at, end int // the payload of the attribute
	next    int // where the one behind it begins
	typ     uint16
	err     error
}

// NewDecoder returns a decoder of the attributes in b.
func NewDecoder(b []byte) Decoder { return Decoder{b: b} }

// NewDecoderAfter returns a decoder of the attributes that follow the
// family's header of n bytes in b; a b shorter than the header is an error.
func NewDecoderAfter(b []byte, n int) Decoder {
	if len(b) < n {
		return Decoder{err: fmt.Errorf("%w: header of %d bytes, want %d", ErrMalformed, len(b), n)}
	}
	return Decoder{b: b, next: align4(n)}
}

// Next moves to the next attribute and reports whether there is one.
func (d *Decoder) Next() bool {
	at := d.next
	left := len(d.b) - at
	if left < uapi.SizeofNlattr {
		// Fewer than four bytes behind the last attribute are padding.
		return false
	}
	n := int(native.Uint16(d.b[at:]))
	d.typ = native.Uint16(d.b[at+2:]) & typeMask
	if n < uapi.SizeofNlattr || n > left {
		d.Fail(fmt.Errorf("%w: attribute %d says %d bytes, %d are left", ErrMalformed, d.typ, n, left))
		return false
	}
	d.at, d.end, d.next = at+uapi.SizeofNlattr, at+n, at+align4(n)
	return true
}

// Type returns the attribute's type without NLA_F_NESTED and
// NLA_F_NET_BYTEORDER.
func (d *Decoder) Type() uint16 { return d.typ }

// Flags returns NLA_F_NESTED and NLA_F_NET_BYTEORDER as the attribute has them.
func (d *Decoder) Flags() uint16 { return native.Uint16(d.b[d.at-2:]) &^ typeMask }

// Data returns the attribute's payload, sharing the decoder's memory.
func (d *Decoder) Data() []byte { return d.b[d.at:d.end:d.end] }

// Offset returns where in the decoder's bytes the attribute's payload begins.
func (d *Decoder) Offset() int { return d.at }

// Err returns the first error met.
func (d *Decoder) Err() error { return d.err }

// Fail records err, unless another came first, and so ends the run.
func (d *Decoder) Fail(err error) {
	if d.err == nil && err != nil {
		d.err, d.next = err, len(d.b)
	}
}

// need returns the payload if it has n bytes.
func (d *Decoder) need(n int) []byte {
	if d.end-d.at >= n {
		return d.b[d.at:d.end]
	}
	d.short(n)
	return nil
}

func (d *Decoder) short(n int) {
	d.Fail(fmt.Errorf("%w: attribute %d has %d bytes, want %d", ErrMalformed, d.typ, d.end-d.at, n))
}

// Uint8 returns the payload's first byte.
func (d *Decoder) Uint8() uint8 {
	if b := d.need(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16 returns the payload as a number in the machine's byte order.
func (d *Decoder) Uint16() uint16 {
	if b := d.need(2); b != nil {
		return native.Uint16(b)
	}
	return 0
}

// Uint32 returns the payload as a number in the machine's byte order.
func (d *Decoder) Uint32() uint32 {
	if b := d.need(4); b != nil {
		return native.Uint32(b)
	}
	return 0
}

// Uint64 returns the payload as a number in the machine's byte order.
func (d *Decoder) Uint64() uint64 {
	if b := d.need(8); b != nil {
		return native.Uint64(b)
	}
	return 0
}

// Uint returns the payload as a number of four or eight bytes, whichever it
// has: the kernel's type "uint", of nla_put_uint.
func (d *Decoder) Uint() uint64 {
	if b := d.Data(); len(b) >= 8 {
		return native.Uint64(b)
	}
	return uint64(d.Uint32())
}

// Int32 returns the payload as a signed number in the machine's byte order.
func (d *Decoder) Int32() int32 { return int32(d.Uint32()) }

// BE16 returns the payload as a number in network byte order.
func (d *Decoder) BE16() uint16 {
	if b := d.need(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

// BE32 returns the payload as a number in network byte order.
func (d *Decoder) BE32() uint32 {
	if b := d.need(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// BE64 returns the payload as a number in network byte order.
func (d *Decoder) BE64() uint64 {
	if b := d.need(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// Bool reports whether the payload's first byte is not zero.
func (d *Decoder) Bool() bool { return d.Uint8() != 0 }

// String returns the payload up to its first NUL.
func (d *Decoder) String() string {
	b := d.Data()
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// Bytes returns a copy of the payload.
func (d *Decoder) Bytes() []byte { return bytes.Clone(d.Data()) }

// Addr returns the payload as an IPv4 or IPv6 address, by its length.
func (d *Decoder) Addr() netip.Addr {
	a, ok := netip.AddrFromSlice(d.Data())
	if !ok {
		d.Fail(fmt.Errorf("%w: attribute %d: %d bytes are no address", ErrMalformed, d.typ, d.end-d.at))
	}
	return a
}

// Nested returns a decoder of the attributes that the payload holds. Its
// error is its own: hand it on with [Decoder.Fail].
func (d *Decoder) Nested() Decoder { return Decoder{b: d.Data()} }
