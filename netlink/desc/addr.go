package desc

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
)

// families are the names of -family.
var families = []struct {
	name   string
	family int
}{
	{"inet", uapi.AF_INET},
	{"inet6", uapi.AF_INET6},
	{"link", uapi.AF_PACKET},
	{"mpls", uapi.AF_MPLS},
	{"bridge", uapi.AF_BRIDGE},
}

// ParseFamily reads the name of a family, as -family takes it.
func ParseFamily(word string) (int, error) {
	for _, f := range families {
		if f.name == word {
			return f.family, nil
		}
	}
	return 0, Wrong(word, "invalid protocol family")
}

// FamilyName is the name of a family in output.
func FamilyName(family int) string {
	for _, f := range families {
		if f.family == family {
			return f.name
		}
	}
	return "???"
}

// ParseAddr reads an address of a family, AF_UNSPEC for any. "default", "any"
// and "all" give an address that is not valid.
func ParseAddr(word string, family int) (netip.Addr, error) {
	switch {
	case word == "default" || word == "any" || word == "all":
		return netip.Addr{}, nil
	case family == uapi.AF_PACKET || family == uapi.AF_MPLS || family == uapi.AF_BRIDGE ||
		family == uapi.RTNL_FAMILY_IPMR || family == uapi.RTNL_FAMILY_IP6MR:
		return netip.Addr{}, WrongFamily("address", word, family)
	}
	var a netip.Addr
	ok := false
	if strings.Contains(word, ":") {
		var err error
		a, err = netip.ParseAddr(word)
		ok = err == nil && a.Zone() == ""
	} else {
		a, ok = ParseIPv4(word)
	}
	if !ok || family == uapi.AF_INET && !a.Is4() || family == uapi.AF_INET6 && !a.Is6() {
		return netip.Addr{}, WrongFamily("address", word, family)
	}
	return a, nil
}

// ParseIPv4 reads one to four numbers with dots between, in decimal, as 0x1f
// or as 017, or with a plus sign; those that are missing at the end are zero:
// "10" is 10.0.0.0.
func ParseIPv4(word string) (netip.Addr, bool) {
	var b [4]byte
	parts := strings.Split(word, ".")
	if len(parts) > len(b) {
		return netip.Addr{}, false
	}
	for i, part := range parts {
		n, err := ParseUint(strings.TrimPrefix(part, "+"), 8)
		if err != nil {
			return netip.Addr{}, false
		}
		b[i] = byte(n)
	}
	return netip.AddrFrom4(b), true
}

// AddrFamily is the family of an address.
func AddrFamily(a netip.Addr) int {
	if a.Is4() {
		return uapi.AF_INET
	}
	return uapi.AF_INET6
}

// WrongFamily is the error for a word that is no address (what) of the family.
func WrongFamily(what, word string, family int) error {
	name := "any valid"
	if family != uapi.AF_UNSPEC {
		name = FamilyName(family)
	}
	return &UsageError{Text: fmt.Sprintf("Error: %s %s is expected rather than %q.", name, what, word), Status: 1}
}

// AddrColor is the colour of addresses of a family.
func AddrColor(family int) Color {
	switch family {
	case uapi.AF_INET:
		return Inet
	case uapi.AF_INET6:
		return Inet6
	}
	return NoColor
}

// Addr returns the address in b as it is shown: by the name of its host where [Printer.Host] knows one.
func (p *Printer) Addr(b []byte) string {
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return "???"
	}
	if p.Host != nil {
		if name := p.Host(a); name != "" {
			return name
		}
	}
	return AddrText(a)
}

// AddrText returns an address as inet_ntop(3) writes it: like
// netip.Addr.String, but with a dotted end where all above it is zero.
func AddrText(a netip.Addr) string {
	if b := a.As16(); a.Is6() && [12]byte(b[:12]) == [12]byte{} && (b[12] != 0 || b[13] != 0) {
		return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
	}
	return a.String()
}

// ParseLabels reads a stack of MPLS labels, LABEL[/LABEL]…, into the bytes that the kernel has of it: four each, of
// which the last has the bit of the bottom of the stack.
func ParseLabels(word string) ([]byte, error) {
	var b []byte
	labels := strings.Split(word, "/")
	for i, s := range labels {
		label, err := ParseUint(s, 32)
		if err != nil || label > uapi.MPLS_LS_LABEL_MASK>>uapi.MPLS_LS_LABEL_SHIFT {
			return nil, WrongFamily("address", word, uapi.AF_MPLS)
		}
		entry := uint32(label) << uapi.MPLS_LS_LABEL_SHIFT
		if i == len(labels)-1 {
			entry |= 1 << uapi.MPLS_LS_S_SHIFT
		}
		b = binary.BigEndian.AppendUint32(b, entry)
	}
	return b, nil
}

// LabelText is a stack of MPLS labels, in the kernel's bytes, up to its bottom: "100/200".
func LabelText(b []byte) string {
	var labels []string
	for ; len(b) >= 4; b = b[4:] {
		entry := binary.BigEndian.Uint32(b)
		labels = append(labels, strconv.FormatUint(uint64(entry>>uapi.MPLS_LS_LABEL_SHIFT), 10))
		if entry&(1<<uapi.MPLS_LS_S_SHIFT) != 0 {
			break
		}
	}
	return strings.Join(labels, "/")
}

// ParseAddr64 reads half an IPv6 address, such as a locator: four numbers in base 16 with ":" between.
func ParseAddr64(word string) (uint64, error) {
	parts := strings.Split(word, ":")
	if len(parts) != 4 {
		return 0, strconv.ErrSyntax
	}
	var a uint64
	for _, part := range parts {
		n, err := ParseHex(part, 16)
		if err != nil {
			return 0, err
		}
		a = a<<16 | n
	}
	return a, nil
}

// Addr64Text returns half an IPv6 address in the form that [ParseAddr64] reads.
func Addr64Text(a uint64) string {
	return fmt.Sprintf("%x:%x:%x:%x", a>>48, a>>32&0xffff, a>>16&0xffff, a&0xffff)
}
