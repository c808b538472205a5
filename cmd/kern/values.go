package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

var native = binary.NativeEndian

// prefix is an address with a length as it stands on the command line.
type prefix struct {
	family int        // AF_INET or AF_INET6; for "default" and "any" that which was asked for
	addr   netip.Addr // not valid for "default", "any" and "all"
	bits   int        // for "default" and "any" 0
	given  bool       // the length stood there; else bits is all of the address
}

// is reports whether the prefix is "default", "any" or "all".
func (p prefix) isAny() bool { return !p.addr.IsValid() }

// parseAddr reads an address of a family, AF_UNSPEC for any. "default", "any"
// and "all" give an address that is not valid.
func parseAddr(word string, family int) (netip.Addr, error) {
	switch {
	case word == "default" || word == "any" || word == "all":
		return netip.Addr{}, nil
	case family == uapi.AF_PACKET || family == uapi.AF_MPLS || family == uapi.AF_BRIDGE:
		return netip.Addr{}, wrongFamily("address", word, family)
	}
	var a netip.Addr
	ok := false
	if strings.Contains(word, ":") {
		var err error
		a, err = netip.ParseAddr(word)
		ok = err == nil && a.Zone() == ""
	} else {
		a, ok = parseIPv4(word)
	}
	if !ok || family == uapi.AF_INET && !a.Is4() || family == uapi.AF_INET6 && !a.Is6() {
		return netip.Addr{}, wrongFamily("address", word, family)
	}
	return a, nil
}

// parseIPv4 reads one to four numbers with dots between, in decimal, as 0x1f
// or as 017; those that are missing at the end are zero: "10" is 10.0.0.0.
func parseIPv4(word string) (netip.Addr, bool) {
	var b [4]byte
	parts := strings.Split(word, ".")
	if len(parts) > len(b) {
		return netip.Addr{}, false
	}
	for i, part := range parts {
		n, err := desc.ParseUint(part, 8)
		if err != nil {
			return netip.Addr{}, false
		}
		b[i] = byte(n)
	}
	return netip.AddrFrom4(b), true
}

// parsePrefix reads ADDRESS[/LENGTH]; the length of an IPv4 address may be a
// mask.
func parsePrefix(word string, family int) (prefix, error) {
	addr, length, slash := strings.Cut(word, "/")
	a, err := parseAddr(addr, family)
	if err != nil {
		return prefix{}, wrongFamily("prefix", word, family)
	}
	if !a.IsValid() {
		if slash {
			return prefix{}, wrongFamily("prefix", word, family)
		}
		return prefix{family: family}, nil
	}
	p := prefix{family: addrFamily(a), addr: a, bits: a.BitLen(), given: slash}
	if !slash {
		return p, nil
	}
	n, err := desc.ParseUint(length, 8)
	bits := int(n)
	if err != nil && a.Is4() {
		bits, err = maskBits(length)
	}
	if err != nil || bits > a.BitLen() {
		return prefix{}, wrongFamily("prefix", word, family)
	}
	p.bits = bits
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

// addrFamily is the family of an address.
func addrFamily(a netip.Addr) int {
	if a.Is4() {
		return uapi.AF_INET
	}
	return uapi.AF_INET6
}

func wrongFamily(what, word string, family int) error {
	name := "any valid"
	if family != uapi.AF_UNSPEC {
		name = familyName(family)
	}
	return exit(statusFailed, "Error: %s %s is expected rather than %q.", name, what, word)
}

// nextAddr takes an address of the family asked for by an option.
func (c *command) nextAddr(family int) (netip.Addr, error) {
	word, err := c.Next()
	if err != nil {
		return netip.Addr{}, err
	}
	return parseAddr(word, family)
}

// nextPrefix takes ADDRESS[/LENGTH].
func (c *command) nextPrefix(family int) (prefix, error) {
	word, err := c.Next()
	if err != nil {
		return prefix{}, err
	}
	return parsePrefix(word, family)
}

// nextLink takes the name of a link that is to be used.
func (c *command) nextLink() (int, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	return c.linkIndex(word)
}

// parseLLAddr reads a link-layer address: bytes in hexadecimal with colons
// between, or an IPv4 address.
func parseLLAddr(word string) ([]byte, error) {
	if strings.Contains(word, ".") {
		a, ok := parseIPv4(word)
		if !ok {
			return nil, exit(statusFailed, "\"%s\" is invalid lladdr.", word)
		}
		b := a.As4()
		return b[:], nil
	}
	var b []byte
	for _, part := range strings.Split(word, ":") {
		n, err := strconv.ParseUint(part, 16, 8)
		if err != nil || len(b) == maxLLAddr {
			return nil, exit(statusFailed, "\"%s\" is invalid lladdr.", word)
		}
		b = append(b, byte(n))
	}
	return b, nil
}

// maxLLAddr is the most bytes that the kernel has room for (MAX_ADDR_LEN).
const maxLLAddr = 32

// llAddrText is a link-layer address of a link of type typ (ARPHRD_…), which
// for tunnels is an IP address.
func llAddrText(b []byte, typ uint16) string {
	switch typ {
	case uapi.ARPHRD_TUNNEL, uapi.ARPHRD_SIT, uapi.ARPHRD_IPGRE:
		if len(b) == 4 {
			return netip.AddrFrom4([4]byte(b)).String()
		}
	case uapi.ARPHRD_TUNNEL6, uapi.ARPHRD_IP6GRE:
		if len(b) == 16 {
			return desc.AddrText(netip.AddrFrom16([16]byte(b)))
		}
	}
	h := hex.EncodeToString(b)
	var text strings.Builder
	for i := 0; i < len(h); i += 2 {
		if i != 0 {
			text.WriteByte(':')
		}
		text.WriteString(h[i : i+2])
	}
	return text.String()
}

// addrText is the address in b, or with -resolve the name of its host.
func (s *session) addrText(b []byte) string {
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return "???"
	}
	if s.resolve {
		if hosts, err := net.DefaultResolver.LookupAddr(s.ctx, a.String()); err == nil && len(hosts) != 0 {
			return strings.TrimSuffix(hosts[0], ".")
		}
	}
	return desc.AddrText(a)
}

// addrColor is the colour of addresses of a family.
func addrColor(family int) desc.Color {
	switch family {
	case uapi.AF_INET:
		return desc.Inet
	case uapi.AF_INET6:
		return desc.Inet6
	}
	return desc.NoColor
}

// contains reports whether an address is within the prefix.
func (p prefix) contains(addr []byte) bool {
	if p.isAny() {
		return true
	}
	a, ok := netip.AddrFromSlice(addr)
	return ok && netip.PrefixFrom(p.addr, p.bits).Masked().Contains(a)
}
