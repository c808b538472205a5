// Package attr codes netlink attributes in both directions by one declaration.
//
// A type lists its attributes in a function, each with the field that holds it:
//
//	func (v *Vlan) attrs(c *attr.Codec) {
//		attr.IntU16(c, uapi.IFLA_VLAN_ID, &v.VlanId, "vlan id", maxVlanID)
//		attr.IntBE16(c, uapi.IFLA_VLAN_PROTOCOL|attr.IfSet, &v.VlanProtocol, "vlan protocol", math.MaxUint16)
//		…
//	}
//
// [Encode] and [Decode] call that function with a [Codec] for their direction, and [Record] finds
// which attributes it names. An attribute that is not in the bytes leaves its field as it was;
// one that the function does not name is skipped. Of a repeated attribute the last counts.
//
// Fields of the kind's own width (a uint32 for a u32) take [U8], [U16], [U32] and so on. Fields
// that are wider than the attribute, such as an int, take [IntU8], [IntU16] and so on, which
// check that the number fits and say by name which does not. With Opt before the name the field
// is a pointer, nil where the attribute is not to be sent or was not read. Irregular attributes have
// [Custom].
package attr

import (
	"fmt"
	"sync"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Type is an attribute's type, IFLA_VLAN_ID, with NLA_F_NESTED where it is sent with it, and
// with what is particular to the attribute:
//
//	attr.U32(c, uapi.IFLA_BR_ROOT_PATH_COST|attr.ReadOnly, &s.RootPathCost)
type Type uint32

// Properties of an attribute.
const (
	IfSet     Type = 1 << (16 + iota) // sent only where the field is not zero; a nest only where it is not empty
	ReadOnly                          // never sent
	WriteOnly                         // never read
)

// typeMask takes NLA_F_NESTED and NLA_F_NET_BYTEORDER away.
const typeMask = 1<<14 - 1

func (t Type) number() uint16 { return uint16(t) & typeMask }

// Codec visits the attributes of one nest in one direction.
type Codec struct {
	mode mode
	e    *wire.Encoder // encoding

	// Decoding.
	b       []byte // the nest, or the payload of the one attribute of lone
	lone    bool   // every type is that of the attribute b
	indexed bool
	long    bool               // b is longer than at can say
	far     bool               // it has types that at has no place for
	at      [types]uint16      // where in b the payload of a type is; 0: not there
	left    [types / 64]uint64 // a bit for each type in at that was not looked at yet
	err     error

	settling bool         // see Settle
	replaced *replacement // of the outermost nest

	copies func([]byte) []byte // nil: each copy is an allocation

	// Recording.
	found *[]Recorded
	path  []uint16
}

// types is how many types are found at once; an attribute of a higher type is searched for.
const types = 128

type mode uint8

const (
	encoding mode = iota + 1
	decoding
	recording
)

var codecs = sync.Pool{New: func() any { return new(Codec) }}

func (c *Codec) free() {
	c.reset()
	codecs.Put(c)
}

func (c *Codec) reset() {
	c.mode, c.e, c.b, c.err, c.found, c.path, c.indexed, c.lone = 0, nil, nil, nil, nil, nil, false, false
	c.settling, c.replaced, c.copies = false, nil, nil
}

// Encode appends what attrs names to e.
func Encode(e *wire.Encoder, attrs func(*Codec)) {
	c := codecs.Get().(*Codec)
	c.mode, c.e = encoding, e
	attrs(c)
	c.free()
}

// Decode reads what attrs names from the attributes in b.
func Decode(b []byte, attrs func(*Codec)) error {
	c := codecs.Get().(*Codec)
	err := c.decode(b, attrs)
	c.free()
	return err
}

func (c *Codec) decode(b []byte, attrs func(*Codec)) error {
	c.mode, c.b = decoding, b
	attrs(c)
	c.index() // a nest that is malformed is an error even where nothing of it is asked for
	return c.err
}

// Decoder decodes one after the other, for long lists. It must not be copied, and attrs must not use it.
type Decoder struct {
	// Copies, if set, makes the copies of bytes that values keep. It gets no empty ones.
	Copies func([]byte) []byte
	codec  Codec
}

// Decode is the function [Decode].
func (d *Decoder) Decode(b []byte, attrs func(*Codec)) error {
	d.codec.copies = d.Copies
	err := d.codec.decode(b, attrs)
	d.codec.reset()
	return err
}

// copy returns a copy of b, which is not nil.
func (c *Codec) copy(b []byte) []byte {
	if c.copies == nil || len(b) == 0 {
		return append(make([]byte, 0, len(b)), b...)
	}
	return c.copies(b)
}

// Encoding reports whether attributes are being sent.
func (c *Codec) Encoding() bool { return c.mode == encoding }

// Decoding reports whether attributes are being read.
func (c *Codec) Decoding() bool { return c.mode == decoding }

// Recording reports whether attributes are only named, see [Record]: what depends on a value is named whole then.
func (c *Codec) Recording() bool { return c.mode == recording }

// Fail records err, unless another came first. A nil err changes nothing.
func (c *Codec) Fail(err error) {
	if c.mode == encoding {
		c.e.Fail(err)
	} else if c.err == nil {
		c.err = err
	}
}

// Check fails where n, which is to be sent, is not within 0 and top.
func (c *Codec) Check(name string, n, top int64) {
	if c.mode == encoding && (n < 0 || n > top) {
		c.e.Fail(fmt.Errorf("%s %d is not within 0 and %d", name, n, top))
	}
}

// sends reports whether the attribute is to be encoded.
func (c *Codec) sends(t Type, zero bool) bool {
	return c.mode == encoding && t&ReadOnly == 0 && !(zero && t&IfSet != 0)
}

// read returns the payload of an attribute that is to be decoded, nil where there is none. One
// of less than n bytes is an error.
func (c *Codec) read(t Type, n int) []byte {
	if c.mode != decoding {
		if c.mode == recording {
			c.record(t)
		}
		return nil
	}
	b := c.find(t)
	if b != nil && len(b) < n {
		c.short(t, b, n)
		return nil
	}
	return b
}

func (c *Codec) short(t Type, b []byte, n int) {
	c.Fail(fmt.Errorf("%w: attribute %d has %d bytes, want %d", wire.ErrMalformed, t.number(), len(b), n))
}

// Lacks reports whether there is no attribute of a type to read, so that nothing need be allocated for it.
func (c *Codec) Lacks(t Type) bool { return c.mode == decoding && c.find(t) == nil }

// Done reports whether all attributes were read that there are, so that others need not be named. It is for kinds with
// very many.
func (c *Codec) Done() bool {
	if c.mode != decoding || c.lone {
		return false
	}
	c.index()
	return len(c.b) == 0 || !c.long && !c.far && c.left == [types / 64]uint64{}
}

func (c *Codec) find(t Type) []byte {
	if t&WriteOnly != 0 {
		return nil
	}
	if c.lone {
		return c.b
	}
	if len(c.b) == 0 {
		return nil
	}
	if !c.indexed {
		c.index()
	}
	if n := t.number(); n < types && !c.long {
		at := int(c.at[n])
		if at == 0 {
			return nil
		}
		c.left[n/64] &^= 1 << (n % 64)
		end := at - uapi.SizeofNlattr + int(native.Uint16(c.b[at-uapi.SizeofNlattr:]))
		return c.b[at:end:end]
	}
	return c.search(t.number())
}

// index notes where each attribute is.
func (c *Codec) index() {
	if c.indexed || c.lone || len(c.b) == 0 {
		return
	}
	c.indexed = true
	c.at, c.left = [types]uint16{}, [types / 64]uint64{}
	c.long, c.far = len(c.b) > 1<<16, false
	d := wire.NewDecoder(c.b)
	for d.Next() {
		if t := d.Type(); t >= types {
			c.far = true
		} else {
			c.at[t] = uint16(d.Offset())
			c.left[t/64] |= 1 << (t % 64)
		}
	}
	if err := d.Err(); err != nil {
		c.Fail(err)
	}
}

func (c *Codec) search(typ uint16) (found []byte) {
	d := wire.NewDecoder(c.b)
	for d.Next() {
		if d.Type() == typ {
			found = d.Data()
		}
	}
	return found
}

// Custom is an attribute that is coded by functions of its own: send appends it, where it is to
// be sent at all, and read gets its payload where it is present. Either may be nil.
func Custom(c *Codec, t Type, send func(e *wire.Encoder), read func(b []byte)) {
	switch c.mode {
	case encoding:
		if send != nil && t&ReadOnly == 0 {
			send(c.e)
		}
	case decoding:
		if b := c.find(t); b != nil && read != nil {
			read(b)
		}
	case recording:
		if send == nil {
			t |= ReadOnly
		}
		if read == nil {
			t |= WriteOnly
		}
		c.record(t)
	}
}
