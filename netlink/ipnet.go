package netlink

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Address families as functions that list take them.
const (
	FAMILY_ALL  = uapi.AF_UNSPEC // any family
	FAMILY_V4   = uapi.AF_INET
	FAMILY_V6   = uapi.AF_INET6
	FAMILY_MPLS = uapi.AF_MPLS
)

// ParseIPNet parses an address with a prefix length, "192.0.2.7/24" or
// "2001:db8::7/64". Unlike [net.ParseCIDR] it keeps the host part.
func ParseIPNet(s string) (*net.IPNet, error) {
	ip, ipNet, err := net.ParseCIDR(s)
	if err != nil {
		return nil, err
	}
	return &net.IPNet{IP: ip, Mask: ipNet.Mask}, nil
}

// NewIPNet returns the network of one host: ip with a prefix length of 32 bits
// if it is an IPv4 address and of 128 bits otherwise.
func NewIPNet(ip net.IP) *net.IPNet {
	bits := 8 * net.IPv6len
	if ip.To4() != nil {
		bits = 8 * net.IPv4len
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)}
}

var (
	errNoIP   = errors.New("no IP address given")
	errNoMask = errors.New("network mask is none or no prefix")
)

// wireIP returns ip as it goes over the wire: an IPv4 address has 4 bytes,
// whichever form ip has.
func wireIP(ip net.IP) (netip.Addr, error) {
	if len(ip) == 0 {
		return netip.Addr{}, errNoIP
	}
	a, ok := netip.AddrFromSlice(ip)
	if !ok {
		return a, fmt.Errorf("IP address of %d bytes", len(ip))
	}
	return a.Unmap(), nil
}

// wirePrefix returns the address and prefix length of n as they go over the
// wire. The length is that of the mask, in its short form or its long one: no
// mask, and one that is no prefix, have no bits. The mask also decides about an
// IP of 16 bytes that holds an IPv4 address: more than 32 bits make it an
// IPv4-mapped IPv6 address.
func wirePrefix(n *net.IPNet) (netip.Prefix, error) {
	if n == nil {
		return netip.Prefix{}, errNoIP
	}
	a, err := wireIP(n.IP)
	if err != nil {
		return netip.Prefix{}, err
	}
	ones, _ := n.Mask.Size()
	if ones > a.BitLen() {
		if len(n.IP) != net.IPv6len {
			return netip.Prefix{}, fmt.Errorf("network mask of %d bits for %v", ones, a)
		}
		a = netip.AddrFrom16(a.As16())
	}
	return netip.PrefixFrom(a, ones), nil
}

// wireFamily returns the family of an address.
func wireFamily(a netip.Addr) uint8 {
	if a.Is4() {
		return uapi.AF_INET
	}
	return uapi.AF_INET6
}

// addressLen returns how many bytes an address of the family has, 0 for a
// family that is not of the internet.
func addressLen(family uint8) int {
	switch family {
	case uapi.AF_INET:
		return net.IPv4len
	case uapi.AF_INET6:
		return net.IPv6len
	}
	return 0
}

// addressBytes returns the address of n bytes that d is at.
func addressBytes(d *wire.Decoder, n int) []byte {
	b := d.Data()
	if len(b) < n {
		d.Fail(fmt.Errorf("%w: attribute %d: address of %d bytes, want %d", wire.ErrMalformed, d.Type(), len(b), n))
		return nil
	}
	return b[:n]
}

// within returns v, and 0 with an error in r where v is not within 0 and limit.
func within(r *wire.Request, name string, v int, limit int64) int64 {
	if v < 0 || int64(v) > limit {
		r.Fail(fmt.Errorf("%s %d is not within 0 and %d", name, v, limit))
		return 0
	}
	return int64(v)
}
