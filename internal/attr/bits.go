package attr

import (
	"encoding/binary"
	"fmt"
	"kern.sys/internal/native"
	"math"
)

// Bit is one bit of a number, and where the field is that holds it.
type Bit struct {
	Mask uint32
	On   **bool // nil: unset
}

// Bits16 is a number of 16 bits whose bits are fields. It is sent where one of them is set; all are read.
//
//go:noinline
func Bits16(c *Codec, t Type, bits []Bit) {
	value, mask := setBits(bits)
	if c.mode == encoding && mask == 0 {
		return
	}
	if n, ok := c.number(t, u16, uint64(value)); ok {
		readBits(bits, uint32(n), ^uint32(0))
	}
}

// MaskedBits is a structure of two numbers of 32 bits, whose bits are fields: those that are on, and those that
// are meant. It is sent where a field is set, and what is not meant is not read.
//
//go:noinline
func MaskedBits(c *Codec, t Type, bits []Bit) {
	if c.mode != encoding {
		if b := c.read(t, 8); b != nil {
			readBits(bits, native.Uint32(b), native.Uint32(b[4:]))
		}
		return
	}
	if value, mask := setBits(bits); mask != 0 && c.sends(t, false) {
		b := c.e.Reserve(uint16(t), 8)
		native.PutUint32(b, value)
		native.PutUint32(b[4:], mask)
	}
}

// PortRange is a structure of two ports in network byte order, the lowest and the highest; it is not sent where
// both are 0. name is for the error where they are no range.
//
//go:noinline
func PortRange(c *Codec, t Type, low, high *int, name string) {
	if c.mode != encoding {
		if b := c.read(t, 4); b != nil {
			*low, *high = int(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint16(b[2:]))
		}
		return
	}
	if *low == 0 && *high == 0 || !c.sends(t, false) {
		return
	}
	if *low < 0 || *low > *high || *high > math.MaxUint16 {
		c.Fail(fmt.Errorf("%s: %d to %d is no range of ports", name, *low, *high))
		return
	}
	b := c.e.Reserve(uint16(t), 4)
	binary.BigEndian.PutUint16(b, uint16(*low))
	binary.BigEndian.PutUint16(b[2:], uint16(*high))
}

// setBits returns those of bits that are set and, in mask, those that are not nil.
func setBits(bits []Bit) (value, mask uint32) {
	for _, b := range bits {
		if *b.On != nil {
			mask |= b.Mask
			if **b.On {
				value |= b.Mask
			}
		}
	}
	return value, mask
}

// readBits gives those of bits that are in mask what value has for them.
func readBits(bits []Bit, value, mask uint32) {
	for _, b := range bits {
		if mask&b.Mask != 0 {
			on := value&b.Mask != 0
			*b.On = &on
		}
	}
}
