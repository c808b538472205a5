package attr

import (
	"fmt"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func (c *Codec) failSigned(name string, n int64) {
	c.Fail(fmt.Errorf("%s %d is not within %d and %d", name, n, math.MinInt32, math.MaxInt32))
}

// String is a text with the NUL that ends it.
//
//go:noinline
func String(c *Codec, t Type, v *string) {
	if c.mode == encoding {
		if c.sends(t, *v == "") {
			c.e.String(uint16(t), *v)
		}
	} else if b := c.read(t, 0); b != nil {
		*v = text(b)
	}
}

// text returns what is before the first NUL.
func text(b []byte) string {
	for i, ch := range b {
		if ch == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// Bytes is a payload of any length; nil is not sent.
//
//go:noinline
func Bytes[T ~[]byte](c *Codec, t Type, v *T) {
	if c.mode == encoding {
		if *v != nil && c.sends(t, len(*v) == 0) {
			c.e.Data(uint16(t), *v)
		}
	} else if b := c.read(t, 0); b != nil {
		*v = c.copy(b)
	}
}

// Ether is an Ethernet address; nil is not sent.
//
//go:noinline
func Ether(c *Codec, t Type, v *net.HardwareAddr) {
	if len(*v) != uapi.ETH_ALEN && *v != nil && c.sends(t, false) {
		c.Fail(fmt.Errorf("%q is no Ethernet address", *v))
	}
	Bytes(c, t, v)
}

// IP is an IPv4 or IPv6 address, by its length; nil is not sent.
//
//go:noinline
func IP(c *Codec, t Type, v *net.IP) { ip(c, t, t, v, any46) }

// IP4 is an IPv4 address; nil is not sent, and another address is an error.
//
//go:noinline
func IP4(c *Codec, t Type, v *net.IP) { ip(c, t, t, v, only4) }

// IP6 is an IPv6 address; nil is not sent, and an IPv4 address is an error.
//
//go:noinline
func IP6(c *Codec, t Type, v *net.IP) { ip(c, t, t, v, only6) }

// IP46 is an address that has an attribute for each family; nil is not sent.
//
//go:noinline
func IP46(c *Codec, t4, t6 Type, v *net.IP) { ip(c, t4, t6, v, any46) }

// families says what an address may be.
type families uint8

const (
	any46 families = iota
	only4
	only6
)

func ip(c *Codec, t4, t6 Type, v *net.IP, f families) {
	if c.mode == encoding {
		if *v != nil && c.sends(t4, false) {
			a, ok := netip.AddrFromSlice(*v)
			a = a.Unmap()
			switch {
			case !ok:
				c.Fail(fmt.Errorf("%d bytes are no IP address", len(*v)))
			case f == only4 && !a.Is4():
				c.Fail(fmt.Errorf("%s is no IPv4 address", a))
			case f == only6 && !a.Is6():
				c.Fail(fmt.Errorf("%s is no IPv6 address", a))
			case a.Is4():
				c.e.Addr(uint16(t4), a)
			default:
				c.e.Addr(uint16(t6), a)
			}
		}
		return
	}
	for _, t := range [...]Type{t4, t6} {
		if b := c.address(t); b != nil {
			*v = c.copy(b)
		}
		if t4 == t6 {
			return
		}
	}
}

// Addr is an IPv4 or IPv6 address, by its length; the zero Addr is not sent.
//
//go:noinline
func Addr(c *Codec, t Type, v *netip.Addr) {
	if c.mode == encoding {
		if v.IsValid() && c.sends(t, false) {
			c.e.Addr(uint16(t), *v)
		}
	} else if b := c.address(t); b != nil {
		*v, _ = netip.AddrFromSlice(b)
	}
}

// address reads 4 or 16 bytes.
func (c *Codec) address(t Type) []byte {
	b := c.read(t, 0)
	if b != nil && len(b) != 4 && len(b) != 16 {
		c.Fail(fmt.Errorf("%w: attribute %d: %d bytes are no address", wire.ErrMalformed, t.number(), len(b)))
		return nil
	}
	return b
}

// Structure is a wire structure of package uapi: T by its address.
type Structure[T any] interface {
	*T
	Put(b []byte)
	Decode(b []byte)
}

// Struct is a structure of size bytes. A payload that is shorter reads as if zeros followed.
func Struct[T any, P Structure[T]](c *Codec, t Type, size int, v P) {
	if c.mode == encoding {
		if c.sends(t, false) {
			v.Put(c.e.Reserve(uint16(t), size))
		}
	} else if b := c.read(t, 0); b != nil {
		v.Decode(b)
	}
}

// OptStruct is a structure of size bytes that may be unset.
func OptStruct[T any, P Structure[T]](c *Codec, t Type, size int, v *P) {
	if c.mode == encoding {
		if *v != nil && c.sends(t, false) {
			(*v).Put(c.e.Reserve(uint16(t), size))
		}
	} else if b := c.read(t, 0); b != nil {
		*v = new(T)
		(*v).Decode(b)
	}
}

// Header is a structure of size bytes that stands before the attributes of a nest, or in their
// place. It comes before all attributes. A payload that is shorter reads as if zeros followed.
func Header[T any, P Structure[T]](c *Codec, size int, v P) {
	switch c.mode {
	case encoding:
		v.Put(c.e.Raw(size))
	case decoding:
		v.Decode(c.b[:min(size, len(c.b))])
		c.b = c.b[min((size+3)&^3, len(c.b)):]
	}
}

// Rest are the attributes of types above last, of which no more than the number is known: they are read with their
// headers, one behind the other, and sent as they were read.
//
//go:noinline
func Rest(c *Codec, last Type, p *[]byte) {
	switch {
	case c.mode == encoding:
		copy(c.e.Raw(len(*p)), *p)
	case c.mode == decoding && !c.lone:
		d := wire.NewDecoder(c.b)
		for d.Next() {
			if d.Type() > last.number() {
				*p = append(*p, c.b[d.Offset()-uapi.SizeofNlattr:d.Offset()+len(d.Data())]...)
				*p = append(*p, make([]byte, -len(*p)&(uapi.NLA_ALIGNTO-1))...)
			}
		}
	}
}
