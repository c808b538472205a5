package attr

import (
	"bytes"
	"math"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// everything has a field of each form.
type everything struct {
	A         uint8
	B         uint16
	C         uint32
	D         uint64
	E         int32
	F         uint16 // network byte order
	G         uint32
	H         uint64
	I         int
	J         *uint32
	K         *bool
	L         bool
	M         bool // a flag
	N         string
	O         []byte
	P         net.HardwareAddr
	Q         net.IP
	R         netip.Addr
	S         uapi.IflaVlanFlags
	T         inner
	U         []uint32
	V         []inner
	W         uint32 // read only
	X         uint32 // write only
	Far       uint8  // of a type beyond the index
	Flag      *bool
	One, Two  *bool
	Low, High int
}

type inner struct{ A, B uint8 }

func (n *inner) attrs(c *Codec) {
	U8(c, 1, &n.A)
	U8(c, 2, &n.B)
}

func innerAttr(c *Codec, t Type, n *inner) { Nest(c, t, n.attrs) }

func (x *everything) attrs(c *Codec) {
	U8(c, 1, &x.A)
	U16(c, 2, &x.B)
	U32(c, 3|IfSet, &x.C)
	U64(c, 4, &x.D)
	S32(c, 5, &x.E)
	BE16(c, 6, &x.F)
	BE32(c, 7, &x.G)
	BE64(c, 8, &x.H)
	IntU16(c, 9, &x.I, "eye", 4095)
	OptU32(c, 10, &x.J)
	OptBool(c, 11, &x.K)
	Bool(c, 12, &x.L)
	Flag(c, 13, &x.M)
	String(c, 14, &x.N)
	Bytes(c, 15, &x.O)
	Ether(c, 16, &x.P)
	IP46(c, 17, 18, &x.Q)
	Addr(c, 19, &x.R)
	Struct(c, 20, uapi.SizeofIflaVlanFlags, &x.S)
	Nest(c, 21|uapi.NLA_F_NESTED, x.T.attrs)
	Array(c, 22, 1, &x.U, U32)
	Repeat(c, 23, 5, &x.V, innerAttr)
	U32(c, 24|ReadOnly, &x.W)
	U32(c, 25|WriteOnly, &x.X)
	U8(c, 300, &x.Far)
	Bits16(c, 26, []Bit{{1, &x.Flag}})
	MaskedBits(c, 27, []Bit{{1, &x.One}, {2, &x.Two}})
	PortRange(c, 28, &x.Low, &x.High, "ports")
}

// full is an everything, and fullBytes what a little-endian machine makes of it.
func full() everything {
	return everything{
		A: 1, B: 2, C: 3, D: 4, E: -5, F: 6, G: 7, H: 8, I: 9, J: new(uint32(10)), K: new(false), L: true, M: true,
		N: "name", O: []byte{1, 2, 3}, P: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Q: net.ParseIP("fd00::1"),
		R: netip.MustParseAddr("10.0.0.1"),
		S: uapi.IflaVlanFlags{Flags: 1, Mask: 2}, T: inner{1, 2}, U: []uint32{7, 8}, V: []inner{{3, 4}, {5, 6}}, X: 25,
		Far: 9, Flag: new(true), One: new(true), Low: 7, High: 9,
	}
}

// byHand is the same by the encoder alone.
func byHand() []byte {
	var e wire.Encoder
	e.Uint8(1, 1)
	e.Uint16(2, 2)
	e.Uint32(3, 3)
	e.Uint64(4, 4)
	e.Int32(5, -5)
	e.BE16(6, 6)
	e.BE32(7, 7)
	e.BE64(8, 8)
	e.Uint16(9, 9)
	e.Uint32(10, 10)
	e.Uint8(11, 0)
	e.Uint8(12, 1)
	e.Flag(13)
	e.String(14, "name")
	e.Data(15, []byte{1, 2, 3})
	e.Data(16, []byte{2, 0, 0, 0, 0, 1})
	e.Addr(18, netip.MustParseAddr("fd00::1"))
	e.Addr(19, netip.MustParseAddr("10.0.0.1"))
	e.Struct(20, uapi.SizeofIflaVlanFlags, &uapi.IflaVlanFlags{Flags: 1, Mask: 2})
	nest := func(t uint16, a, b uint8) {
		e.Nest(t)
		e.Uint8(1, a)
		e.Uint8(2, b)
		e.End()
	}
	nest(21|uapi.NLA_F_NESTED, 1, 2)
	e.Nest(22)
	e.Uint32(1, 7)
	e.Uint32(2, 8)
	e.End()
	e.Nest(23)
	nest(5, 3, 4)
	nest(5, 5, 6)
	e.End()
	e.Uint32(25, 25)
	e.Uint8(300, 9)
	e.Uint16(26, 1)
	e.Struct(27, uapi.SizeofIflaVlanFlags, &uapi.IflaVlanFlags{Flags: 1, Mask: 1})
	e.Data(28, []byte{0, 7, 0, 9})
	return e.Bytes()
}

func TestOneDeclarationServesBothDirections(t *testing.T) {
	x := full()
	var e wire.Encoder
	Encode(&e, x.attrs)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(e.Bytes(), byHand()) {
		t.Fatalf("sent\n%x, want\n%x", e.Bytes(), byHand())
	}
	var told wire.Encoder
	told.Data(99, []byte("not known"))
	told.Uint32(24, 24)
	told.Raw(0)
	b := append(slices.Clone(e.Bytes()), told.Bytes()...)
	want := full()
	want.W, want.X = 24, 0
	var got everything
	if err := Decode(b, got.attrs); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v, want %+v", got, err, want)
	}
}

func TestNothingIsSentOfWhatIsNotSet(t *testing.T) {
	var x everything
	var e wire.Encoder
	Encode(&e, x.attrs)
	var types []uint16
	d := wire.NewDecoder(e.Bytes())
	for d.Next() {
		types = append(types, d.Type())
	}
	// Always sent: numbers without IfSet, the string, the structure and the nest.
	if want := []uint16{1, 2, 4, 5, 6, 7, 8, 9, 12, 14, 20, 21, 25, 300}; !slices.Equal(types, want) {
		t.Errorf("sent are %v, want %v", types, want)
	}
	e = wire.Encoder{}
	Encode(&e, func(c *Codec) { Nest(c, 1|IfSet, func(*Codec) {}) })
	if len(e.Bytes()) != 0 {
		t.Errorf("an empty nest is sent: %x", e.Bytes())
	}
}

func TestWhatIsNotThereStaysAsItWas(t *testing.T) {
	x, want := full(), full()
	if err := Decode(nil, x.attrs); err != nil || !reflect.DeepEqual(x, want) {
		t.Errorf("is %+v, %v", x, err)
	}
}

func TestNumbersThatDoNotFitAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		attrs func(*Codec)
		want  string
	}{
		"above": {func(c *Codec) { IntU16(c, 1, new(4096), "vlan id", 4095) },
			"vlan id 4096 is not within 0 and 4095"},
		"negative": {func(c *Codec) { IntU32(c, 1, new(-1), "ttl", math.MaxUint32) },
			"ttl -1 is not within 0 and 4294967295"},
		"signed":        {func(c *Codec) { IntS32(c, 1, new(int64(1)<<31), "limit") }, "limit 2147483648 is not within"},
		"check":         {func(c *Codec) { c.Check("label", 8, 7) }, "label 8 is not within 0 and 7"},
		"address":       {func(c *Codec) { IP(c, 1, &net.IP{1, 2, 3}) }, "3 bytes are no IP address"},
		"IPv6 for IPv4": {func(c *Codec) { IP4(c, 1, new(net.ParseIP("::1"))) }, "::1 is no IPv4 address"},
		"IPv4 for IPv6": {func(c *Codec) { IP6(c, 1, new(net.ParseIP("10.0.0.1"))) }, "10.0.0.1 is no IPv6 address"},
		"ports": {func(c *Codec) { PortRange(c, 1, new(5), new(4), "source ports") },
			"source ports: 5 to 4 is no range of ports"},
		"Ethernet address": {func(c *Codec) { Ether(c, 1, &net.HardwareAddr{1}) }, "is no Ethernet address"},
	} {
		var e wire.Encoder
		Encode(&e, c.attrs)
		if err := e.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", name, err, c.want)
		}
	}
	// What is not sent is not checked.
	var e wire.Encoder
	Encode(&e, func(c *Codec) { IntU8(c, 1|ReadOnly, new(256), "x", 255) })
	if e.Err() != nil {
		t.Error(e.Err())
	}
}

func TestShortAttributesAreErrors(t *testing.T) {
	for typ := range uint16(29) {
		if typ == 0 {
			continue
		}
		var e wire.Encoder
		e.Data(typ, []byte{1})
		var x everything
		err := Decode(e.Bytes(), x.attrs)
		// a byte is enough, or no attribute
		whole := slices.Contains([]uint16{1, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 25}, typ)
		if (err == nil) != whole {
			t.Errorf("attribute %d of one byte: %v", typ, err)
		}
	}
	var x everything
	for n := range byHand() {
		_ = Decode(byHand()[:n], x.attrs) // returns
	}
	if err := Decode([]byte{9, 0, 99, 0, 0, 0}, x.attrs); err == nil {
		t.Error("an attribute past the end is no error")
	}
	if err := Decode([]byte{9, 0, 99, 0, 0, 0}, func(*Codec) {}); err == nil {
		t.Error("nor where nothing is asked for")
	}
}

func TestHeaders(t *testing.T) {
	type headed struct {
		h uapi.IflaVlanFlags
		v uint32
	}
	attrs := func(x *headed) func(*Codec) {
		return func(c *Codec) {
			Header(c, uapi.SizeofIflaVlanFlags, &x.h)
			U32(c, 1|IfSet, &x.v)
		}
	}
	for _, want := range []headed{{uapi.IflaVlanFlags{Flags: 1, Mask: 2}, 3},
		{uapi.IflaVlanFlags{Flags: 1, Mask: 2}, 0}} {
		var e wire.Encoder
		Encode(&e, attrs(&want))
		if n := len(e.Bytes()); n != 8 && n != 16 {
			t.Errorf("%x", e.Bytes())
		}
		var got headed
		if err := Decode(e.Bytes(), attrs(&got)); err != nil || got != want {
			t.Errorf("read %+v, %v, want %+v", got, err, want)
		}
		if err := Decode(e.Bytes()[:4], attrs(&got)); err != nil || got.h != (uapi.IflaVlanFlags{Flags: 1}) {
			t.Errorf("of half a header: %+v, %v", got, err)
		}
	}
}

func TestLongRunsAreSearched(t *testing.T) {
	var e wire.Encoder
	e.Data(90, make([]byte, 40000))
	e.Data(91, make([]byte, 40000))
	e.Uint32(3, 77)
	var x everything
	if err := Decode(e.Bytes(), x.attrs); err != nil || x.C != 77 {
		t.Error(x.C, err)
	}
}

func TestRecord(t *testing.T) {
	var x everything
	got := map[string]Recorded{}
	for _, r := range Record(x.attrs) {
		got[path(r.Path)] = r
	}
	for p, want := range map[string][2]bool{"1": {true, true}, "17": {true, true}, "18": {true, true},
		"24": {false, true}, "25": {true, false}, "21/2": {true, true}, "22/1": {true, true}, "23/5/1": {true, true},
		"26": {true, true}, "300": {true, true}} {
		if r, ok := got[p]; !ok || r.Set != want[0] || r.Read != want[1] {
			t.Errorf("%s is %+v, want %v", p, r, want)
		}
	}
}

func path(types []uint16) string {
	var s []string
	for _, t := range types {
		s = append(s, itoa(t))
	}
	return strings.Join(s, "/")
}

func itoa(n uint16) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TestNothingIsAllocated(t *testing.T) {
	x := struct {
		a uint32
		b uint16
		n inner
	}{1, 2, inner{3, 4}}
	attrs := func(c *Codec) {
		U32(c, 1, &x.a)
		U16(c, 2, &x.b)
		Nest(c, 3, x.n.attrs)
	}
	e := &wire.Encoder{}
	Encode(e, attrs)
	b := slices.Clone(e.Bytes())
	if n := testing.AllocsPerRun(100, func() { _ = Decode(b, attrs) }); n != 0 {
		t.Errorf("%v allocations to decode", n)
	}
}

func TestDecodersCopyWhereTheyAreTold(t *testing.T) {
	x := full()
	var e wire.Encoder
	Encode(&e, x.attrs)
	var memory []byte
	d := Decoder{Copies: func(b []byte) []byte {
		memory = append(memory, b...)
		return memory[len(memory)-len(b) : len(memory) : len(memory)]
	}}
	for range 2 {
		memory = make([]byte, 0, 100)
		want := full()
		want.W, want.X = 0, 0
		var got everything
		if err := d.Decode(e.Bytes(), got.attrs); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("read %+v, %v, want %+v", got, err, want)
		}
		if want := len(got.O) + len(got.P) + len(got.Q); len(memory) != want || &got.O[0] != &memory[0] {
			t.Errorf("%d bytes were copied, want %d", len(memory), want)
		}
	}
	var empty []byte
	err := d.Decode([]byte{4, 0, 1, 0}, func(c *Codec) { Bytes(c, 1, &empty) })
	if err != nil || empty == nil {
		t.Errorf("of an empty attribute %#v, %v", empty, err)
	}
	if err := d.Decode([]byte{9, 0, 99, 0, 0, 0}, func(*Codec) {}); err == nil {
		t.Error("a malformed nest is no error")
	}
	if err := d.Decode([]byte{4, 0, 1, 0}, func(*Codec) {}); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestDoneIsWhenAllWasRead(t *testing.T) {
	var e wire.Encoder
	e.Uint32(3, 1)
	e.Uint32(70, 2)
	var a, b uint32
	var done [3]bool
	attrs := func(c *Codec) {
		done[0] = c.Done()
		U32(c, 3, &a)
		done[1] = c.Done()
		U32(c, 70, &b)
		done[2] = c.Done()
	}
	if err := Decode(e.Bytes(), attrs); err != nil || done != [3]bool{false, false, true} || a != 1 || b != 2 {
		t.Errorf("done %v, read %d, %d, %v", done, a, b, err)
	}
	e.Uint32(300, 3) // beyond the index
	if err := Decode(e.Bytes(), attrs); err != nil || done[2] {
		t.Errorf("done %v though one is left, %v", done, err)
	}
	if Encode(new(wire.Encoder), attrs); done[2] {
		t.Error("done while sending")
	}
	if err := Decode(nil, attrs); err != nil || !done[0] {
		t.Errorf("nothing is there and not done: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(byHand())
	f.Fuzz(func(t *testing.T, b []byte) {
		var x everything
		if Decode(b, x.attrs) != nil {
			return
		}
		var e wire.Encoder
		Encode(&e, x.attrs)
		if e.Err() != nil {
			return
		}
		var again everything
		if err := Decode(e.Bytes(), again.attrs); err != nil {
			t.Errorf("%x: %v", e.Bytes(), err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data := byHand()
	var x everything
	b.ReportAllocs()
	for b.Loop() {
		_ = Decode(data, x.attrs)
	}
}

func TestTheRestIsSentAsItWasRead(t *testing.T) {
	type known struct {
		a    uint8
		rest []byte
	}
	attrs := func(x *known) func(*Codec) {
		return func(c *Codec) {
			U8(c, 1, &x.a)
			Rest(c, 3, &x.rest)
		}
	}
	var e wire.Encoder
	e.Uint8(1, 7)
	e.Data(5, []byte{1, 2, 3})
	e.Nest(300 | uapi.NLA_F_NESTED)
	e.Uint32(9, 9)
	e.End()
	var x known
	if err := Decode(e.Bytes(), attrs(&x)); err != nil || !bytes.Equal(x.rest, e.Bytes()[8:]) {
		t.Errorf("%+v, %v", x, err)
	}
	var again wire.Encoder
	Encode(&again, attrs(&x))
	if !bytes.Equal(again.Bytes(), e.Bytes()) {
		t.Errorf("sent\n%x, read\n%x", again.Bytes(), e.Bytes())
	}
	x = known{}
	if err := Decode(again.Bytes()[:8], attrs(&x)); err != nil || x.rest != nil {
		t.Errorf("without more: %+v, %v", x, err)
	}
}
