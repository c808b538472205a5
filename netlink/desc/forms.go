package desc

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/netlink/wire"
)

var native = binary.NativeEndian

// number makes the form of an unsigned number of n bytes.
func number(n int, get func([]byte) uint64, put func(*wire.Encoder, uint16, uint64)) Form {
	return Form{
		Usage: "NUMBER",
		Show: func(p *Printer, f *Field, b []byte) {
			if len(b) >= n {
				p.Uint(f.Key, f.word()+" %d ", get(b))
			}
		},
		Read: func(in *Args, f *Field, e *wire.Encoder) error {
			s, err := in.Next()
			if err != nil {
				return err
			}
			v, err := ParseUint(s, n*8)
			if err != nil {
				return Invalid(f.word(), s)
			}
			put(e, f.Type, v)
			return nil
		},
	}
}

// Numbers in the machine's byte order, and in network byte order (BE).
var (
	U8 = number(1, func(b []byte) uint64 { return uint64(b[0]) },
		func(e *wire.Encoder, t uint16, v uint64) { e.Uint8(t, uint8(v)) })
	U16 = number(2, func(b []byte) uint64 { return uint64(native.Uint16(b)) },
		func(e *wire.Encoder, t uint16, v uint64) { e.Uint16(t, uint16(v)) })
	U32 = number(4, func(b []byte) uint64 { return uint64(native.Uint32(b)) },
		func(e *wire.Encoder, t uint16, v uint64) { e.Uint32(t, uint32(v)) })
	U64 = number(8, native.Uint64,
		func(e *wire.Encoder, t uint16, v uint64) { e.Uint64(t, v) })
	BE16 = number(2, func(b []byte) uint64 { return uint64(binary.BigEndian.Uint16(b)) },
		func(e *wire.Encoder, t uint16, v uint64) { e.BE16(t, uint16(v)) })
	BE32 = number(4, func(b []byte) uint64 { return uint64(binary.BigEndian.Uint32(b)) },
		func(e *wire.Encoder, t uint16, v uint64) { e.BE32(t, uint32(v)) })
)

// Address is an IPv4 or IPv6 address, by its length.
var Address = Form{
	Usage: "ADDR",
	Show: func(p *Printer, f *Field, b []byte) {
		if a, ok := netip.AddrFromSlice(b); ok {
			p.Str(f.Key, f.word()+" %s ", AddrText(a))
		}
	},
	Read: func(in *Args, f *Field, e *wire.Encoder) error {
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
	},
}

// Device is the index of a link, shown and given by name.
var Device = Form{
	Usage: "DEV",
	Show: func(p *Printer, f *Field, b []byte) {
		if len(b) >= 4 {
			p.Str(f.Key, f.word()+" %s ", p.Link(int(native.Uint32(b))))
		}
	},
	Read: func(in *Args, f *Field, e *wire.Encoder) error {
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
	},
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

// AddrText returns an address as inet_ntop(3) writes it: like
// netip.Addr.String, but with a dotted end where all above it is zero.
func AddrText(a netip.Addr) string {
	if b := a.As16(); a.Is6() && [12]byte(b[:12]) == [12]byte{} && (b[12] != 0 || b[13] != 0) {
		return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
	}
	return a.String()
}
