package attr

import (
	"bytes"
	"testing"

	"kern.sys/netlink/wire"
)

// What changes by itself is taken out in place, in nests and arrays too, and nothing else.
func TestSettleTakesOut(t *testing.T) {
	message := func(gone bool) []byte {
		var e wire.Encoder
		counter := func() {
			if gone {
				e.Uint32(0, 0)
			} else {
				e.Uint32(7, 99)
			}
		}
		e.Uint32(1, 5)
		counter()
		e.Nest(2)
		counter()
		e.Uint32(1, 6)
		e.End()
		e.Nest(3)
		for i := range uint16(2) {
			e.Nest(1 + i)
			e.Uint32(1, 8)
			counter()
			e.End()
		}
		e.End()
		e.Uint32(4, 9)
		return e.Bytes()
	}
	var inside func(c *Codec)
	inside = func(c *Codec) {
		var v uint32
		U32(c, 1, &v)
		U32(c, 7, &v)
		c.Forget(7)
		Nest(c, 2, inside)
		var all []uint32
		Array(c, 3, 1, &all, func(c *Codec, t Type, _ *uint32) { Nest(c, t, inside) })
		if b := c.Payload(4); b != nil && c.Settling() {
			clear(b)
		}
	}
	b := message(false)
	if err := Decode(b, inside); err != nil || !bytes.Equal(b, message(false)) {
		t.Errorf("reading changes it: %x, %v", b, err)
	}
	want := message(true)
	clear(want[len(want)-4:])
	if b, err := Settle(b, inside); err != nil || !bytes.Equal(b, want) {
		t.Errorf("settled it is\n%x, %v, want\n%x", b, err, want)
	}
	if b, err := Settle(b, inside); err != nil || !bytes.Equal(b, want) {
		t.Errorf("settled again it is\n%x, %v", b, err)
	}
	b, err := Settle(b, func(c *Codec) {
		Nest(c, 2, func(c *Codec) { c.Replace(1, nil) }) // it is not the outermost
		c.Replace(3, []byte("other"))
	})
	got := map[uint16]string{}
	for d := wire.NewDecoder(b); d.Next(); {
		got[d.Type()] = string(d.Data())
	}
	if err != nil || got[3] != "other" || got[2] != string(want[20:36]) || got[4] != "\x00\x00\x00\x00" || len(got) != 5 {
		t.Errorf("with one replaced it is %x, %v", b, err)
	}
	if c := (&Codec{mode: decoding, b: []byte{1, 2, 3}}); string(c.Head(2)) != "\x01\x02" || len(c.Head(9)) != 3 {
		t.Error("the head is wrong")
	}
}
