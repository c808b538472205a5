package desc

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/netlink/wire"
)

// Forms that attributes of traffic control have. Values that are wrong are reported as tc does it, with its status.

// TcU8 is a number of one byte.
func TcU8() Notation { return Notation{Usage: "NUMBER", Show: showU8, Read: readTcU8} }

// TcU32 is a number of 32 bits.
func TcU32() Notation { return Notation{Usage: "NUMBER", Show: showU32, Read: readTcU32} }

// TcPackets is a number of packets, shown with a p behind it.
func TcPackets() Notation {
	return Notation{Usage: "PACKETS", Read: readTcU32, Show: func(p *Printer, f *Field, b []byte, _ Attrs) {
		showNumber32(p, b, func(v uint32) { p.Uint(f.Key, f.word()+" %dp ", uint64(v)) })
	}}
}

// TcSize is a number of 32 bits that is shown as a size in bytes and read as a plain number.
func TcSize() Notation { return Notation{Usage: "BYTES", Show: showTcSize, Read: readTcU32} }

// TcSizeUnit is a size in bytes, which may have a unit.
func TcSizeUnit() Notation {
	return Notation{Usage: "BYTES", Show: showTcSize, Read: func(in *Args, f *Field, e *wire.Encoder) error {
		v, err := in.Size(f.word())
		e.Uint32(f.Type, v)
		return err
	}}
}

// TcTime is a time in microseconds.
func TcTime() Notation {
	return Notation{Usage: "TIME", Show: func(p *Printer, f *Field, b []byte, _ Attrs) {
		showNumber32(p, b, func(v uint32) { p.Time(f.Key, f.word()+" %s ", v) })
	}, Read: func(in *Args, f *Field, e *wire.Encoder) error {
		v, err := in.Time(f.word())
		e.Uint32(f.Type, v)
		return err
	}}
}

// TcRate is a rate in bytes a second, of 32 bits. The largest is no limit, and not shown.
func TcRate() Notation {
	return Notation{Usage: "RATE", Show: func(p *Printer, f *Field, b []byte, _ Attrs) {
		showNumber32(p, b, func(v uint32) {
			if v != math.MaxUint32 && v != 0 {
				p.Rate(f.Key, f.word()+" %s ", uint64(v))
			}
		})
	}, Read: func(in *Args, f *Field, e *wire.Encoder) error {
		v, err := in.Rate(f.word())
		if v > math.MaxUint32 {
			return Illegal(f.word())
		}
		e.Uint32(f.Type, uint32(v))
		return err
	}}
}

func showNumber32(p *Printer, b []byte, show func(v uint32)) {
	if len(b) >= 4 {
		show(native.Uint32(b))
	}
}

func showTcSize(p *Printer, f *Field, b []byte, _ Attrs) {
	showNumber32(p, b, func(v uint32) { p.Size(f.Key, f.word()+" %s ", uint64(v)) })
}

func readTcU8(in *Args, f *Field, e *wire.Encoder) error {
	v, err := in.Number(8, 0, f.word())
	e.Uint8(f.Type, uint8(v))
	return err
}

func readTcU32(in *Args, f *Field, e *wire.Encoder) error {
	v, err := in.Number(32, 0, f.word())
	e.Uint32(f.Type, uint32(v))
	return err
}

// ParseBase reads a number as C's strtoul does with a base: 0 is any, by its prefix.
func ParseBase(s string, base, bits int) (uint64, error) {
	switch base {
	case 0:
		return ParseUint(s, bits)
	case 16:
		return ParseHex(s, bits)
	}
	return strconv.ParseUint(strings.ReplaceAll(s, "_", "?"), base, bits)
}

// Number takes a number of the given width in a base; 0 is any base that its prefix names. what is the keyword for
// the error.
func (a *Args) Number(bits, base int, what string) (uint64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, err := ParseBase(s, base, bits)
	if err != nil {
		return 0, Illegal(what)
	}
	return v, nil
}

// Signed takes a number of 32 bits that may be negative.
func (a *Args) Signed(base int, what string) (int32, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(strings.ReplaceAll(s, "_", "?"), base, 32)
	if err != nil {
		return 0, Illegal(what)
	}
	return int32(v), nil
}

// Size takes a size in bytes, which may have a unit.
func (a *Args) Size(what string) (uint32, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, ok := ParseSize(s, 32)
	if !ok {
		return 0, Illegal(what)
	}
	return uint32(v), nil
}

// SizeAndCell takes SIZE[/CELL] of the given width, see [ParseSizeAndCell].
func (a *Args) SizeAndCell(bits int, what string) (size uint64, log int, err error) {
	s, err := a.Next()
	if err != nil {
		return 0, -1, err
	}
	size, log, ok := ParseSizeAndCell(s, bits)
	if !ok {
		return 0, -1, Illegal(what)
	}
	return size, log, nil
}

// Time takes a time in microseconds, which may have a unit.
func (a *Args) Time(what string) (uint32, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, ok := ParseTime(s)
	if !ok {
		return 0, Illegal(what)
	}
	return v, nil
}

// Time64 takes a time in nanoseconds, which may have a unit.
func (a *Args) Time64(what string) (int64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, ok := ParseTime64(s)
	if !ok {
		return 0, Illegal(what)
	}
	return v, nil
}

// Rate takes a rate, which is returned in bytes a second. A percentage is of the link's speed.
func (a *Args) Rate(what string) (uint64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	if !strings.Contains(s, "%") || a.Tc == nil || a.Tc.Speed == nil {
		v, ok := ParseRate(s)
		if !ok {
			return 0, Illegal(what)
		}
		return v, nil
	}
	part, ok := ParsePercent(s)
	if !ok {
		return 0, Failed("Invalid rate specified; should be between [0,100]%% but is %s", s)
	}
	bits, err := a.Tc.Speed()
	if err != nil {
		return 0, err
	}
	return truncated(part * bits / 8), nil
}

// Percent takes a percentage, which is returned as a fraction of 1.
func (a *Args) Percent(what string) (float64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, ok := ParsePercent(s)
	if !ok {
		return 0, Illegal(what)
	}
	return v, nil
}

// PeekNumber reports whether the next word begins with a digit.
func (a *Args) PeekNumber() bool {
	w := a.Peek()
	return w != "" && w[0] >= '0' && w[0] <= '9'
}

// ClassID takes the handle of a class.
func (a *Args) ClassID(what string) (uint32, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	h, ok := ParseClassID(s)
	if !ok {
		return 0, Illegal(what)
	}
	return h, nil
}

// PeekOneOf reports whether the next word is one of words.
func (a *Args) PeekOneOf(words ...string) bool { return a.More() && slices.Contains(words, a.Rest[0]) }

// Float takes a number with a point.
func (a *Args) Float(what string) (float64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, rest, ok := number(s)
	if !ok || rest != "" {
		return 0, Illegal(what)
	}
	return v, nil
}

// PeekAbbr reports whether the next word is one of words or begins one.
func (a *Args) PeekAbbr(words ...string) bool {
	return a.Peek() != "" && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, a.Rest[0]) })
}

// Back puts back the word that was taken last.
func (a *Args) Back() { a.Rest = append([]string{a.last}, a.Rest...) }

// NumberArg takes a number of the given width in any base; why is what the error says of another, in the form and with
// the status that tc has for arguments.
func (a *Args) NumberArg(bits int, why string) (uint64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, err := ParseUint(s, bits)
	if err != nil {
		return 0, &UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", s, why), Status: 255}
	}
	return v, nil
}
