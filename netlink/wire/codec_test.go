package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/netlink/wire"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Sent by ip(8) for "ip link add link dummy0 name v10 type vlan id 10" on a
// little-endian machine, from the attributes on.
const vlanAttributes = `
	0800 0500 02000000            # IFLA_LINK 2
	0800 0300 =76313000           # IFLA_IFNAME "v10"
	1800 1200                     # IFLA_LINKINFO
	  0800 0100 =766c616e         #   IFLA_INFO_KIND "vlan", without a NUL
	  0c00 0200                   #   IFLA_INFO_DATA
	    0600 0100 0a00 =0000      #     IFLA_VLAN_ID 10, padded
`

func TestDecodeCaptured(t *testing.T) {
	d := wire.NewDecoder(capture.Words(t, vlanAttributes))
	var link uint32
	var name, kind string
	var id uint16
	for d.Next() {
		switch d.Type() {
		case 5:
			link = d.Uint32()
		case 3:
			name = d.String()
		case 18:
			info := d.Nested()
			for info.Next() {
				switch info.Type() {
				case 1:
					kind = info.String()
				case 2:
					data := info.Nested()
					for data.Next() {
						id = data.Uint16()
					}
				}
			}
		default:
			t.Errorf("attribute %d", d.Type())
		}
	}
	if d.Err() != nil || link != 2 || name != "v10" || kind != "vlan" || id != 10 {
		t.Errorf("link %d name %q kind %q id %d, %v", link, name, kind, id, d.Err())
	}
}

func TestEncodeAsCaptured(t *testing.T) {
	var e wire.Encoder
	e.Uint32(5, 2)
	e.Data(3, []byte("v10\x00"))
	e.Nest(18)
	e.Data(1, []byte("vlan"))
	e.Nest(2)
	e.Uint16(1, 10)
	e.End()
	e.End()
	if e.Err() != nil || !bytes.Equal(e.Bytes(), capture.Words(t, vlanAttributes)) {
		t.Errorf("%x, %v", e.Bytes(), e.Err())
	}
}

func TestEncodeValues(t *testing.T) {
	for name, c := range map[string]struct {
		build func(e *wire.Encoder)
		want  string // on every machine
	}{
		"BE16":   {func(e *wire.Encoder) { e.BE16(1, 0x8100) }, "81000000"},
		"BE32":   {func(e *wire.Encoder) { e.BE32(1, 0x01020304) }, "01020304"},
		"BE64":   {func(e *wire.Encoder) { e.BE64(1, 0x0102030405060708) }, "0102030405060708"},
		"byte":   {func(e *wire.Encoder) { e.Uint8(1, 7) }, "07000000"},
		"string": {func(e *wire.Encoder) { e.String(1, "lo") }, "6c6f0000"},
		"IPv4":   {func(e *wire.Encoder) { e.Addr(1, netip.MustParseAddr("192.0.2.1")) }, "c0000201"},
		"IPv6": {func(e *wire.Encoder) { e.Addr(1, netip.MustParseAddr("2001:db8::1")) },
			"20010db8000000000000000000000001"},
		"flag":      {func(e *wire.Encoder) { e.Flag(1) }, ""},
		"cancelled": {func(e *wire.Encoder) { e.Flag(1); e.Nest(2); e.Uint32(3, 4); e.Cancel() }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var e wire.Encoder
			c.build(&e)
			if e.Err() != nil || !bytes.Equal(e.Bytes()[4:], unhex(t, c.want)) {
				t.Errorf("%x, %v, want %s", e.Bytes(), e.Err(), c.want)
			}
		})
	}
}

// Memory that was used before must not show through padding or zero bytes.
func TestPaddingIsZeroed(t *testing.T) {
	build := func(e *wire.Encoder) []byte {
		copy(e.Raw(5), "12345")
		e.Uint8(1, 1)
		e.String(2, "abcde")
		e.Nest(3)
		e.Uint16(4, 2)
		e.End()
		e.Reserve(5, 9)
		return e.Bytes()
	}
	var fresh, used wire.Encoder
	used.Nest(1)
	used.Data(2, bytes.Repeat([]byte{0xff}, 600))
	used.Cancel()
	if want, got := build(&fresh), build(&used); !bytes.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, build := range map[string]func(e *wire.Encoder){
		"no address":          func(e *wire.Encoder) { e.Addr(1, netip.Addr{}) },
		"string with NUL":     func(e *wire.Encoder) { e.String(1, "a\x00") },
		"payload too large":   func(e *wire.Encoder) { e.Reserve(1, 1<<16-4) },
		"nest too large":      func(e *wire.Encoder) { e.Nest(1); e.Reserve(1, 40000); e.Reserve(1, 40000); e.End() },
		"end without nest":    func(e *wire.Encoder) { e.End() },
		"cancel without nest": func(e *wire.Encoder) { e.Cancel() },
		"nest without end":    func(e *wire.Encoder) { e.Nest(1) },
	} {
		t.Run(name, func(t *testing.T) {
			var e wire.Encoder
			build(&e)
			if e.Err() == nil {
				t.Error("no error")
			}
		})
	}
	var e wire.Encoder
	e.Reserve(1, 1<<16-5)
	if e.Err() != nil {
		t.Errorf("the largest payload: %v", e.Err())
	}
}

func TestDecodeBadBytes(t *testing.T) {
	for name, c := range map[string]struct {
		bytes string
		read  func(d *wire.Decoder)
		n     int  // attributes seen
		bad   bool // an error is to be found
	}{
		"nothing":               {"", nil, 0, false},
		"three bytes":           {"=ffffff", nil, 0, false},
		"length 0":              {"0000 0000", nil, 0, true},
		"length 3":              {"0300 0300 0300 0000", nil, 0, true},
		"past the end":          {"ffff 0100", nil, 0, true},
		"second past the end":   {"0400 0100 00ff 0200", nil, 1, true},
		"unpadded at the end":   {"0500 01ff =07", nil, 1, false},
		"number too short":      {"0600 0100 =01020000", func(d *wire.Decoder) { d.Uint32() }, 1, true},
		"number without bytes":  {"0400 0100", func(d *wire.Decoder) { d.Uint8() }, 1, true},
		"number longer":         {"0c00 0100 =0102030405060708", func(d *wire.Decoder) { d.Uint16() }, 1, false},
		"address of five bytes": {"0900 0100 =01020304050000000000", func(d *wire.Decoder) { d.Addr() }, 1, true},
		"string without NUL":    {"0600 0100 =61620000", func(d *wire.Decoder) { _ = d.String() }, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := wire.NewDecoder(capture.Words(t, c.bytes))
			n := 0
			for d.Next() {
				n++
				if c.read != nil {
					c.read(&d)
				}
			}
			if n != c.n || (d.Err() != nil) != c.bad {
				t.Errorf("%d attributes, %v", n, d.Err())
			}
			if d.Err() != nil && !errors.Is(d.Err(), wire.ErrMalformed) {
				t.Errorf("%v is not ErrMalformed", d.Err())
			}
		})
	}
	if d := wire.NewDecoderAfter(make([]byte, 15), 16); d.Next() || !errors.Is(d.Err(), wire.ErrMalformed) {
		t.Errorf("short header: %v", d.Err())
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte("\x08\x00\x05\x00\x02\x00\x00\x00\x0c\x00\x12\x80\x08\x00\x01\x00vlan"))
	f.Add([]byte("\x04\x00\x01\x00"))
	f.Add([]byte{3, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var walk func(d wire.Decoder, depth int) int
		walk = func(d wire.Decoder, depth int) (sum int) {
			for d.Next() {
				sum += 4 + len(d.Data())
				switch d.Type() % 8 {
				case 0:
					d.Uint8()
				case 1:
					d.Uint16()
				case 2:
					d.BE32()
				case 3:
					d.Uint64()
				case 4:
					if s := d.String(); len(s) > len(d.Data()) {
						t.Errorf("string of %d bytes from %d", len(s), len(d.Data()))
					}
				case 5:
					d.Addr()
				default:
					if depth < 8 {
						walk(d.Nested(), depth+1)
					}
				}
			}
			return sum
		}
		if sum := walk(wire.NewDecoder(b), 0); sum > len(b) {
			t.Errorf("%d bytes read of %d", sum, len(b))
		}
		n := 0
		_ = wire.Messages(b, func(m wire.Message) error { n += 16 + len(m.Data); return nil })
		if n > len(b) {
			t.Errorf("%d bytes of messages in %d", n, len(b))
		}
	})
}

// FuzzAck gives any bytes at all as an answer: the exchange ends with an
// error or a result, and never with a panic.
func FuzzAck(f *testing.F) {
	f.Add([]byte{0xea, 0xff, 0xff, 0xff}, uint16(2), uint16(0x300), []byte{8, 0, 2, 0, 40, 0, 0, 0})
	f.Add([]byte{}, uint16(3), uint16(2), []byte{})
	f.Fuzz(func(t *testing.T, code []byte, typ, flags uint16, tlvs []byte) {
		answers(t, typ, flags, append(code, tlvs...))
	})
}
