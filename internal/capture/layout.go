package capture

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
)

// layout says which bytes are numbers.
type layout interface {
	turn(p piece) error
}

// piece is some bytes of a message: as they were captured, and the same place in a copy where numbers are turned
// round.
type piece struct {
	in, out []byte
	beside  []byte // the attributes among which these bytes are one, as captured
}

func (p piece) cut(from, to int) piece { return piece{p.in[from:to], p.out[from:to], p.beside} }

// numbers are sizes of numbers in bytes, with "=" in front of bytes that are the same everywhere: "=4 2" is four
// bytes and a number of two. "..." at the end is the same over and over, "=" all that is left, and "n" one number of
// all that is left.
type numbers string

const (
	flag numbers = ""
	same numbers = "="
	u8   numbers = "=1"
	u16  numbers = "2"
	u32  numbers = "4" // or s32
	u64  numbers = "8"
	be16 numbers = "=2"
	be32 numbers = "=4"
	be64 numbers = "=8"
	uN   numbers = "n" // of four bytes, or of eight where it needs them
)

func (n numbers) turn(p piece) error {
	text, repeated := strings.CutSuffix(string(n), "...")
	words, at := strings.Fields(text), 0
	for {
		for _, word := range words {
			size, same := sizeOf(word)
			if size == rest {
				size = len(p.in) - at
			}
			if size > len(p.in)-at {
				return fmt.Errorf("%d bytes are not %q: % x", len(p.in), n, p.in)
			}
			if !same {
				slices.Reverse(p.out[at : at+size])
			}
			at += size
		}
		if !repeated || at == len(p.in) {
			break
		}
	}
	if at != len(p.in) {
		return fmt.Errorf("%d bytes are not %q: % x", len(p.in), n, p.in)
	}
	return nil
}

// rest is the size of all that is left.
const rest = -1

func sizeOf(word string) (size int, same bool) {
	digits, same := strings.CutPrefix(word, "=")
	if word == "=" || word == "n" {
		return rest, same
	}
	size, err := strconv.Atoi(digits)
	if err != nil {
		panic(err)
	}
	return size, same
}

// size is the number of bytes of a header.
func (n numbers) size() (sum int) {
	for word := range strings.FieldsSeq(string(n)) {
		size, _ := sizeOf(word)
		sum += size
	}
	return sum
}

// attrs are attributes by their types.
type attrs map[uint16]layout

func (a attrs) turn(p piece) error {
	return eachAttr(p, func(typ uint16, value piece) error {
		l, ok := a[typ]
		if !ok {
			return fmt.Errorf("attribute %d of %d bytes: not in the tables of internal/capture: % x", typ, len(value.in),
				value.in)
		}
		if err := l.turn(value); err != nil {
			return fmt.Errorf("attribute %d: %w", typ, err)
		}
		return nil
	})
}

// eachAttr turns round the headers of attributes, and calls fn with what is in each.
func eachAttr(p piece, fn func(typ uint16, value piece) error) error {
	p.beside = p.in
	return eachItem(p, func(item piece) error {
		if len(item.in) < uapi.SizeofNlattr {
			return fmt.Errorf("attribute of %d bytes", len(item.in))
		}
		typ := binary.LittleEndian.Uint16(item.in[2:]) &^ (uapi.NLA_F_NESTED | uapi.NLA_F_NET_BYTEORDER)
		if err := fn(typ, item.cut(uapi.SizeofNlattr, len(item.in))); err != nil {
			return err
		}
		return numbers("2 2").turn(item.cut(0, uapi.SizeofNlattr))
	})
}

// eachItem calls fn with each of what begins with its length, a number of two bytes. Between them is padding to four.
func eachItem(p piece, fn func(item piece) error) error {
	for at := 0; at < len(p.in); {
		left := len(p.in) - at
		if left < 2 {
			return fmt.Errorf("a byte is left: %x", p.in[at:])
		}
		n := int(binary.LittleEndian.Uint16(p.in[at:]))
		if n < 2 || n > left {
			return fmt.Errorf("length %d where %d bytes are left: % x", n, left, p.in[at:])
		}
		if err := fn(p.cut(at, at+n)); err != nil {
			return err
		}
		at += min((n+3)&^3, left)
	}
	return nil
}

// headed is a structure with something behind it.
type headed struct {
	header numbers
	rest   layout
}

func (h headed) turn(p piece) error {
	n := h.header.size()
	if len(p.in) < n {
		return fmt.Errorf("%d bytes are less than %q", len(p.in), h.header)
	}
	if err := h.rest.turn(p.cut(n, len(p.in))); err != nil {
		return err
	}
	return h.header.turn(p.cut(0, n))
}

// families is what depends on the first byte, an address family.
type families struct {
	of    map[byte]layout
	other layout
}

func (f families) turn(p piece) error {
	if len(p.in) > 0 {
		if l := f.of[p.in[0]]; l != nil {
			return l.turn(p)
		}
	}
	return f.other.turn(p)
}

// attrBeside returns what is in the attribute of a type beside p.
func (p piece) attrBeside(typ uint16) (value []byte) {
	all := piece{in: p.beside, out: slices.Clone(p.beside)}
	// Malformed attributes are found where they are turned round.
	_ = eachAttr(all, func(t uint16, v piece) error {
		if t == typ {
			value = v.in
		}
		return nil
	})
	return value
}

// unknown is a layout that no table has.
type unknown string

func (u unknown) turn(piece) error {
	return fmt.Errorf("%s: not in the tables of internal/capture", string(u))
}
