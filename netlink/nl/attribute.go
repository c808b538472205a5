package nl

import (
	"encoding/binary"
	"fmt"

	"kern.sys/netlink/wire"
)

// NetlinkRequestData is a part of a message: a family's header or an attribute.
type NetlinkRequestData interface {
	Len() int          // in bytes, without padding
	Serialize() []byte // as it is on the wire
}

// Attribute is one attribute of a message.
type Attribute struct {
	Type  uint16 // with NLA_F_NESTED and NLA_F_NET_BYTEORDER
	Value []byte
}

// ParseAttributes gives the attributes of data, which it shares, and closes the channel after
// the last one, or where data is malformed. Nothing is left behind by who receives no more.
func ParseAttributes(data []byte) <-chan Attribute {
	var attrs []Attribute
	d := wire.NewDecoder(data)
	for d.Next() {
		attrs = append(attrs, Attribute{Type: d.Type() | d.Flags(), Value: d.Data()})
	}
	c := make(chan Attribute, len(attrs))
	for _, a := range attrs {
		c <- a
	}
	close(c)
	return c
}

// PrintAttributes prints the attributes of data and those within them, a line for each.
func PrintAttributes(data []byte) { printAttributes(data, "") }

func printAttributes(data []byte, indent string) {
	for a := range ParseAttributes(data) {
		nested := a.Type&NLA_F_NESTED != 0
		fmt.Printf("%stype=%d nested=%v len=%v %v\n", indent, a.Type&NLA_TYPE_MASK, nested, len(a.Value), a.Value)
		if nested {
			printAttributes(a.Value, indent+"> ")
		}
	}
}

// order returns the byte order that the attribute's type says.
func (attr *Attribute) order() binary.ByteOrder {
	if attr.Type&NLA_F_NET_BYTEORDER != 0 {
		return binary.BigEndian
	}
	return native
}

// Uint32 returns the value as a number in the byte order that the type says. What a short
// value lacks is zero.
func (attr *Attribute) Uint32() uint32 { return attr.order().Uint32(padded(attr.Value, 4)) }

// Uint64 is [Attribute.Uint32] for 64 bits.
func (attr *Attribute) Uint64() uint64 { return attr.order().Uint64(padded(attr.Value, 8)) }
