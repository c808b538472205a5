package cli

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Prefix is an address with a length as it stands on the command line.
type Prefix struct {
	Family int        // AF_INET or AF_INET6; for "default" and "any" that which was asked for
	Addr   netip.Addr // not valid for "default", "any" and "all"
	Bits   int        // for "default" and "any" 0
	Given  bool       // the length stood there; else bits is all of the address
}

// IsAny reports whether the prefix is "default", "any" or "all".
func (p Prefix) IsAny() bool { return !p.Addr.IsValid() }

// ParsePrefix reads ADDRESS[/LENGTH]; the length of an IPv4 address may be a
// mask.
func ParsePrefix(word string, family int) (Prefix, error) {
	addr, length, slash := strings.Cut(word, "/")
	a, err := desc.ParseAddr(addr, family)
	if err != nil {
		return Prefix{}, desc.WrongFamily("prefix", word, family)
	}
	if !a.IsValid() {
		if slash {
			return Prefix{}, desc.WrongFamily("prefix", word, family)
		}
		return Prefix{Family: family}, nil
	}
	p := Prefix{Family: desc.AddrFamily(a), Addr: a, Bits: a.BitLen(), Given: slash}
	if !slash {
		return p, nil
	}
	n, err := desc.ParseUint(length, 8)
	bits := int(n)
	if err != nil && a.Is4() {
		bits, err = maskBits(length)
	}
	if err != nil || bits > a.BitLen() {
		return Prefix{}, desc.WrongFamily("prefix", word, family)
	}
	p.Bits = bits
	return p, nil
}

func maskBits(word string) (int, error) {
	m, err := netip.ParseAddr(word)
	if err != nil || !m.Is4() {
		return 0, fmt.Errorf("%q is no mask", word)
	}
	b := m.As4()
	ones, size := net.IPMask(b[:]).Size()
	if size == 0 {
		return 0, fmt.Errorf("%q is no mask", word)
	}
	return ones, nil
}

// NextAddr takes an address of the family asked for by an option.
func (c *Command) NextAddr(family int) (netip.Addr, error) {
	word, err := c.Next()
	if err != nil {
		return netip.Addr{}, err
	}
	return desc.ParseAddr(word, family)
}

// NextPrefix takes ADDRESS[/LENGTH].
func (c *Command) NextPrefix(family int) (Prefix, error) {
	word, err := c.Next()
	if err != nil {
		return Prefix{}, err
	}
	return ParsePrefix(word, family)
}

// NextLink takes the name of a link that is to be used.
func (c *Command) NextLink() (int, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	return c.IndexOf(word)
}

// ParseLLAddr reads a link-layer address: bytes in hexadecimal with colons
// between, or an IPv4 address.
func ParseLLAddr(word string) ([]byte, error) {
	if strings.Contains(word, ".") {
		a, ok := desc.ParseIPv4(word)
		if !ok {
			return nil, Exit(StatusFailed, "\"%s\" is invalid lladdr.", word)
		}
		b := a.As4()
		return b[:], nil
	}
	var b []byte
	for _, part := range strings.Split(word, ":") {
		n, err := strconv.ParseUint(part, 16, 8)
		if err != nil || len(b) == maxLLAddr {
			return nil, Exit(StatusFailed, "\"%s\" is invalid lladdr.", word)
		}
		b = append(b, byte(n))
	}
	return b, nil
}

// maxLLAddr is the most bytes that the kernel has room for (MAX_ADDR_LEN).
const maxLLAddr = 32

// Contains reports whether an address is within the prefix.
func (p Prefix) Contains(addr []byte) bool {
	if p.IsAny() {
		return true
	}
	a, ok := netip.AddrFromSlice(addr)
	return ok && netip.PrefixFrom(p.Addr, p.Bits).Masked().Contains(a)
}

// Text is the string in b, up to its first NUL.
func Text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// Number32 is an attribute of four bytes, 0 where it is shorter or missing.
func Number32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return native.Uint32(b)
}

// Number16 is an attribute of two bytes, 0 where it is shorter or missing.
func Number16(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return native.Uint16(b)
}

// Number64 is an attribute of eight bytes, 0 where it is shorter or missing.
func Number64(b []byte) uint64 {
	if len(b) < 8 {
		return 0
	}
	return native.Uint64(b)
}

// Number is an attribute of one, two, four or eight bytes, 0 where it is missing.
func Number(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(native.Uint16(b))
	case 4:
		return uint64(native.Uint32(b))
	case 8:
		return native.Uint64(b)
	}
	return 0
}

// Number8 is an attribute of one byte, 0 where it is missing.
func Number8(b []byte) uint8 {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

// OfFamily reports whether the prefix may be one of a family.
func (p *Prefix) OfFamily(family int) bool {
	return p.Family == family || p.Family == uapi.AF_UNSPEC
}

// Shares reports whether the first bits of the prefix are those of a.
func (p *Prefix) Shares(a netip.Addr, bits int) bool {
	if bits == 0 {
		return true
	}
	if p.IsAny() || a.BitLen() != p.Addr.BitLen() {
		return false
	}
	return netip.PrefixFrom(p.Addr, bits).Contains(a)
}

// Bytes are those of the address; of "default", "any" and "all" as many zeros as an address of the family has.
func (p Prefix) Bytes() []byte {
	switch {
	case !p.IsAny():
		return p.Addr.AsSlice()
	case p.Family == uapi.AF_INET6:
		return make([]byte, 16)
	case p.Family == uapi.AF_INET:
		return make([]byte, 4)
	}
	return nil
}

// MaxFileName is the length that file systems allow a name (NAME_MAX).
const MaxFileName = 255
