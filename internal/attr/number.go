package attr

import (
	"encoding/binary"
	"kern.sys/internal/native"
	"math"
)

// Integer is a field that holds a number.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// The functions that a kind calls are not inlined: each of its attributes would take three times
// as much of every program that looks a link up.

// form is what a number is on the wire.
type form uint8

const (
	u8 form = iota
	u16
	u32
	u64
	be16
	be32
	be64
)

// size is the bytes of a number.
func (f form) size() int {
	switch f {
	case u8:
		return 1
	case u16, be16:
		return 2
	case u32, be32:
		return 4
	}
	return 8
}

// number sends v, or reports what was read.
func (c *Codec) number(t Type, f form, v uint64) (uint64, bool) {
	if c.mode == encoding {
		if c.sends(t, v == 0) {
			put(c.e.Reserve(uint16(t), f.size()), f, v)
		}
		return 0, false
	}
	if c.mode == decoding && !c.lone && !c.long { // what comes of read otherwise, without its calls
		if n := t.number(); len(c.b) == 0 || c.indexed && n < types && c.at[n] == 0 {
			return 0, false
		}
	}
	b := c.read(t, f.size())
	if b == nil {
		return 0, false
	}
	return get(b, f), true
}

func put(b []byte, f form, v uint64) {
	switch f {
	case u8:
		b[0] = uint8(v)
	case u16:
		native.PutUint16(b, uint16(v))
	case u32:
		native.PutUint32(b, uint32(v))
	case u64:
		native.PutUint64(b, v)
	case be16:
		binary.BigEndian.PutUint16(b, uint16(v))
	case be32:
		binary.BigEndian.PutUint32(b, uint32(v))
	case be64:
		binary.BigEndian.PutUint64(b, v)
	}
}

func get(b []byte, f form) uint64 {
	switch f {
	case u8:
		return uint64(b[0])
	case u16:
		return uint64(native.Uint16(b))
	case u32:
		return uint64(native.Uint32(b))
	case u64:
		return native.Uint64(b)
	case be16:
		return uint64(binary.BigEndian.Uint16(b))
	case be32:
		return uint64(binary.BigEndian.Uint32(b))
	}
	return binary.BigEndian.Uint64(b)
}

func plain[T Integer](c *Codec, t Type, f form, v *T) {
	if n, ok := c.number(t, f, uint64(*v)); ok {
		*v = T(n)
	}
}

func opt[T Integer](c *Codec, t Type, f form, v **T) {
	var n uint64
	if *v != nil {
		n = uint64(**v)
	} else if c.mode == encoding {
		return
	}
	if n, ok := c.number(t, f, n); ok {
		*v = new(T)
		**v = T(n)
	}
}

// wide is for a field that may hold more than the attribute.
func wide[T Integer](c *Codec, t Type, f form, v *T, name string, top int64) {
	if c.sends(t, *v == 0) {
		c.Check(name, int64(*v), top)
	}
	plain(c, t, f, v)
}

// U8 is a byte.
//
//go:noinline
func U8[T ~uint8](c *Codec, t Type, v *T) { plain(c, t, u8, v) }

// U16 is a number of 16 bits in the machine's byte order.
//
//go:noinline
func U16[T ~uint16](c *Codec, t Type, v *T) { plain(c, t, u16, v) }

// U32 is a number of 32 bits in the machine's byte order.
//
//go:noinline
func U32[T ~uint32](c *Codec, t Type, v *T) { plain(c, t, u32, v) }

// U64 is a number of 64 bits in the machine's byte order.
//
//go:noinline
func U64[T ~uint64](c *Codec, t Type, v *T) { plain(c, t, u64, v) }

// S8 is a signed byte.
//
//go:noinline
func S8[T ~int8](c *Codec, t Type, v *T) { plain(c, t, u8, v) }

// S16 is a signed number of 16 bits in the machine's byte order.
//
//go:noinline
func S16[T ~int16](c *Codec, t Type, v *T) { plain(c, t, u16, v) }

// S32 is a signed number of 32 bits in the machine's byte order.
//
//go:noinline
func S32[T ~int32](c *Codec, t Type, v *T) { plain(c, t, u32, v) }

// S64 is a signed number of 64 bits in the machine's byte order.
//
//go:noinline
func S64[T ~int64](c *Codec, t Type, v *T) { plain(c, t, u64, v) }

// BE16 is a number of 16 bits in network byte order.
//
//go:noinline
func BE16[T ~uint16](c *Codec, t Type, v *T) { plain(c, t, be16, v) }

// BE32 is a number of 32 bits in network byte order.
//
//go:noinline
func BE32[T ~uint32](c *Codec, t Type, v *T) { plain(c, t, be32, v) }

// BE64 is a number of 64 bits in network byte order.
//
//go:noinline
func BE64[T ~uint64](c *Codec, t Type, v *T) { plain(c, t, be64, v) }

// OptU8 is a byte that may be unset.
//
//go:noinline
func OptU8[T ~uint8](c *Codec, t Type, v **T) { opt(c, t, u8, v) }

// OptU16 is a number of 16 bits in the machine's byte order that may be unset.
//
//go:noinline
func OptU16[T ~uint16](c *Codec, t Type, v **T) { opt(c, t, u16, v) }

// OptU32 is a number of 32 bits in the machine's byte order that may be unset.
//
//go:noinline
func OptU32[T ~uint32](c *Codec, t Type, v **T) { opt(c, t, u32, v) }

// OptU64 is a number of 64 bits in the machine's byte order that may be unset.
//
//go:noinline
func OptU64[T ~uint64](c *Codec, t Type, v **T) { opt(c, t, u64, v) }

// OptS8 is a signed byte that may be unset.
//
//go:noinline
func OptS8[T ~int8](c *Codec, t Type, v **T) { opt(c, t, u8, v) }

// OptS16 is a signed number of 16 bits in the machine's byte order that may be unset.
//
//go:noinline
func OptS16[T ~int16](c *Codec, t Type, v **T) { opt(c, t, u16, v) }

// OptS32 is a signed number of 32 bits in the machine's byte order that may be unset.
//
//go:noinline
func OptS32[T ~int32](c *Codec, t Type, v **T) { opt(c, t, u32, v) }

// OptS64 is a signed number of 64 bits in the machine's byte order that may be unset.
//
//go:noinline
func OptS64[T ~int64](c *Codec, t Type, v **T) { opt(c, t, u64, v) }

// OptBE16 is a number of 16 bits in network byte order that may be unset.
//
//go:noinline
func OptBE16[T ~uint16](c *Codec, t Type, v **T) { opt(c, t, be16, v) }

// OptBE32 is a number of 32 bits in network byte order that may be unset.
//
//go:noinline
func OptBE32[T ~uint32](c *Codec, t Type, v **T) { opt(c, t, be32, v) }

// OptBE64 is a number of 64 bits in network byte order that may be unset.
//
//go:noinline
func OptBE64[T ~uint64](c *Codec, t Type, v **T) { opt(c, t, be64, v) }

// IntU8 is a byte whose field may hold more. Only 0 to top is sent; name is for the error.
//
//go:noinline
func IntU8[T Integer](c *Codec, t Type, v *T, name string, top uint8) {
	wide(c, t, u8, v, name, int64(top))
}

// IntU16 is a number of 16 bits in the machine's byte order whose field may hold more. Only 0 to
// top is sent; name is for the error.
//
//go:noinline
func IntU16[T Integer](c *Codec, t Type, v *T, name string, top uint16) {
	wide(c, t, u16, v, name, int64(top))
}

// IntU32 is a number of 32 bits in the machine's byte order whose field may hold more. Only 0 to
// top is sent; name is for the error.
//
//go:noinline
func IntU32[T Integer](c *Codec, t Type, v *T, name string, top uint32) {
	wide(c, t, u32, v, name, int64(top))
}

// IntBE16 is a number of 16 bits in network byte order whose field may hold more. Only 0 to top
// is sent; name is for the error.
//
//go:noinline
func IntBE16[T Integer](c *Codec, t Type, v *T, name string, top uint16) {
	wide(c, t, be16, v, name, int64(top))
}

// IntBE32 is a number of 32 bits in network byte order whose field may hold more. Only 0 to top
// is sent; name is for the error.
//
//go:noinline
func IntBE32[T Integer](c *Codec, t Type, v *T, name string, top uint32) {
	wide(c, t, be32, v, name, int64(top))
}

// IntS32 is a signed number of 32 bits in the machine's byte order whose field may hold more;
// name is for the error.
//
//go:noinline
func IntS32[T Integer](c *Codec, t Type, v *T, name string) {
	if n := int64(*v); n < math.MinInt32 || n > math.MaxInt32 {
		if c.sends(t, false) {
			c.failSigned(name, n)
		}
	}
	if n, ok := c.number(t, u32, uint64(*v)); ok {
		*v = T(int32(n))
	}
}

// Bool is a byte, 0 or 1.
//
//go:noinline
func Bool(c *Codec, t Type, v *bool) {
	if n, ok := c.number(t, u8, bit(*v)); ok {
		*v = n != 0
	}
}

// OptBool is a byte, 0 or 1, that may be unset.
//
//go:noinline
func OptBool(c *Codec, t Type, v **bool) {
	if *v == nil && c.mode == encoding {
		return
	}
	if n, ok := c.number(t, u8, bit(*v != nil && **v)); ok {
		*v = new(bool)
		**v = n != 0
	}
}

// Flag is an attribute without payload, sent where v is true. v becomes true where it is present,
// but for one whose payload is zero, by which some kernels say that it is not set.
//
//go:noinline
func Flag(c *Codec, t Type, v *bool) {
	if c.mode == encoding {
		if c.sends(t|IfSet, !*v) {
			c.e.Flag(uint16(t))
		}
	} else if b := c.read(t, 0); b != nil {
		*v = len(b) == 0 || b[0] != 0
	}
}

func bit(on bool) uint64 {
	if on {
		return 1
	}
	return 0
}
