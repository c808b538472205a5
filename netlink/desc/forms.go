package desc

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/netlink/wire"
)

// Numbers in the machine's byte order, and in network byte order (BE).

// U8 is a number of one byte.
func U8() Notation { return Notation{Usage: "NUMBER", Show: showU8, Read: readU8} }

// U16 is a number of 16 bits in the machine's byte order.
func U16() Notation { return Notation{Usage: "NUMBER", Show: showU16, Read: readU16} }

// U32 is a number of 32 bits in the machine's byte order.
func U32() Notation { return Notation{Usage: "NUMBER", Show: showU32, Read: readU32} }

// U64 is a number of 64 bits in the machine's byte order.
func U64() Notation { return Notation{Usage: "NUMBER", Show: showU64, Read: readU64} }

// BE16 is a number of 16 bits in network byte order.
func BE16() Notation { return Notation{Usage: "NUMBER", Show: showBE16, Read: readBE16} }

// BE32 is a number of 32 bits in network byte order.
func BE32() Notation { return Notation{Usage: "NUMBER", Show: showBE32, Read: readBE32} }

// showNumber prints the number that get makes of b, where b has n bytes.
func showNumber(p *Printer, f *Field, b []byte, n int, get func([]byte) uint64) {
	if len(b) >= n {
		p.Uint(f.Key, f.word()+" %d ", get(b))
	}
}

func showU8(p *Printer, f *Field, b []byte, _ Attrs) {
	showNumber(p, f, b, 1, func(b []byte) uint64 { return uint64(b[0]) })
}

func showU16(p *Printer, f *Field, b []byte, _ Attrs) {
	showNumber(p, f, b, 2, func(b []byte) uint64 { return uint64(native.Uint16(b)) })
}

func showU32(p *Printer, f *Field, b []byte, _ Attrs) {
	showNumber(p, f, b, 4, func(b []byte) uint64 { return uint64(native.Uint32(b)) })
}

func showU64(p *Printer, f *Field, b []byte, _ Attrs) {
	showNumber(p, f, b, 8, func(b []byte) uint64 { return native.Uint64(b) })
}

func showBE16(p *Printer, f *Field, b []byte, _ Attrs) {
	showNumber(p, f, b, 2, func(b []byte) uint64 { return uint64(binary.BigEndian.Uint16(b)) })
}

func showBE32(p *Printer, f *Field, b []byte, _ Attrs) {
	showNumber(p, f, b, 4, func(b []byte) uint64 { return uint64(binary.BigEndian.Uint32(b)) })
}

// readNumber reads a number of the given width.
func readNumber(in *Args, f *Field, bits int) (uint64, error) {
	s, err := in.Next()
	if err != nil {
		return 0, err
	}
	v, err := ParseUint(s, bits)
	if err != nil {
		return 0, Invalid(f.word(), s)
	}
	return v, nil
}

func readU8(in *Args, f *Field, e *wire.Encoder) error {
	v, err := readNumber(in, f, 8)
	if err == nil {
		e.Uint8(f.Type, uint8(v))
	}
	return err
}

func readU16(in *Args, f *Field, e *wire.Encoder) error {
	v, err := readNumber(in, f, 16)
	if err == nil {
		e.Uint16(f.Type, uint16(v))
	}
	return err
}

func readU32(in *Args, f *Field, e *wire.Encoder) error {
	v, err := readNumber(in, f, 32)
	if err == nil {
		e.Uint32(f.Type, uint32(v))
	}
	return err
}

func readU64(in *Args, f *Field, e *wire.Encoder) error {
	v, err := readNumber(in, f, 64)
	if err == nil {
		e.Uint64(f.Type, v)
	}
	return err
}

func readBE16(in *Args, f *Field, e *wire.Encoder) error {
	v, err := readNumber(in, f, 16)
	if err == nil {
		e.BE16(f.Type, uint16(v))
	}
	return err
}

func readBE32(in *Args, f *Field, e *wire.Encoder) error {
	v, err := readNumber(in, f, 32)
	if err == nil {
		e.BE32(f.Type, uint32(v))
	}
	return err
}

// Address is an IPv4 or IPv6 address, by its length.
func Address() Notation { return Notation{Usage: "ADDR", Show: showAddress, Read: readAddress} }

func showAddress(p *Printer, f *Field, b []byte, _ Attrs) {
	if a, ok := netip.AddrFromSlice(b); ok {
		p.Str(f.Key, f.word()+" %s ", AddrText(a))
	}
}

func readAddress(in *Args, f *Field, e *wire.Encoder) error {
	s, err := in.Next()
	if err != nil {
		return err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return Invalid(f.word(), s)
	}
	e.Addr(f.Type, a)
	return nil
}

// Device is the index of a link, shown and given by name.
func Device() Notation { return Notation{Usage: "DEV", Show: showDevice, Read: readDevice} }

func showDevice(p *Printer, f *Field, b []byte, _ Attrs) {
	if len(b) >= 4 {
		p.Str(f.Key, f.word()+" %s ", p.Link(int(native.Uint32(b))))
	}
}

func readDevice(in *Args, f *Field, e *wire.Encoder) error {
	s, err := in.Next()
	if err != nil {
		return err
	}
	index, err := in.LinkIndex(s)
	if err != nil {
		return err
	}
	e.Uint32(f.Type, uint32(index))
	return nil
}

// Link returns the name of a link, "if7" where it is not known.
func (p *Printer) Link(index int) string {
	if p.LinkName != nil {
		if name := p.LinkName(index); name != "" {
			return name
		}
	}
	return fmt.Sprintf("if%d", index)
}
