package attr

import (
	"kern.sys/internal/native"
	"kern.sys/netlink/wire"
)

// Settle has attrs take out of b what changes by itself, such as counters and ages: attrs is called as by [Decode],
// with a codec that is [Codec.Settling]. What is taken out becomes zero in place.
func Settle(b []byte, attrs func(*Codec)) error {
	c := codecs.Get().(*Codec)
	c.settling = true
	err := c.decode(b, attrs)
	c.free()
	return err
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
