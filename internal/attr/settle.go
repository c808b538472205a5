package attr

import (
	"kern.sys/internal/native"
	"kern.sys/netlink/wire"
)

// Settle returns b without what changes by itself, such as counters and ages, which attrs takes out: attrs is called
// as by [Decode], with a codec that is [Codec.Settling]. What is taken out becomes zero in place; an attribute that is
// replaced is in another slice, and b is not of use then.
func Settle(b []byte, attrs func(*Codec)) ([]byte, error) {
	c := codecs.Get().(*Codec)
	var other replacement
	c.settling, c.replaced = true, &other
	err := c.decode(b, attrs)
	c.free()
	if err != nil || other.typ == 0 {
		return b, err
	}
	var e wire.Encoder
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == other.typ {
			e.Data(d.Type(), other.b)
		} else {
			e.Data(d.Type(), d.Data())
		}
	}
	return e.Bytes(), e.Err()
}

// replacement is an attribute of the outermost nest that becomes another where the codec is settling.
type replacement struct {
	typ uint16
	b   []byte
}

// Replace gives an attribute of the outermost nest another payload where the codec is settling, which may be longer or
// shorter. There can be one.
func (c *Codec) Replace(t Type, b []byte) {
	if c.replaced != nil {
		*c.replaced = replacement{t.number(), b}
	}
}

// Settling reports whether attrs is to take out what changes by itself, besides reading.
func (c *Codec) Settling() bool { return c.settling }

// Forget takes attributes of a type out where the codec is settling: the type becomes 0 too, which no attribute has.
func (c *Codec) Forget(t Type) {
	if !c.settling || c.lone {
		return
	}
	d := wire.NewDecoder(c.b)
	for d.Next() {
		if d.Type() == t.number() {
			clear(d.Data())
			const size = 2 // of a type, which is in front of the payload
			native.PutUint16(c.b[d.Offset()-size:], 0)
		}
	}
}

// Payload is what an attribute has, which may be changed where the codec is settling; nil where it is not there.
func (c *Codec) Payload(t Type) []byte { return c.find(t) }

// Head is the first bytes of the nest, at most n, which may be changed where the codec is settling.
func (c *Codec) Head(n int) []byte { return c.b[:min(n, len(c.b))] }
