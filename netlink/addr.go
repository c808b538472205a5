package netlink

import (
	"fmt"
	"net"
	"strings"

	"kern.sys/internal/uapi"
)

// IFA_PROTO is the attribute that holds Addr.Protocol.
const IFA_PROTO = uapi.IFA_PROTO

// Who made an address: values of Addr.Protocol.
const (
	IFAPROT_UNSPEC    = uapi.IFAPROT_UNSPEC
	IFAPROT_KERNEL_LO = uapi.IFAPROT_KERNEL_LO // made with the loopback link
	IFAPROT_KERNEL_RA = uapi.IFAPROT_KERNEL_RA // from a router advertisement
	IFAPROT_KERNEL_LL = uapi.IFAPROT_KERNEL_LL // the link-local address made when a link came up
)

// Addr is an IPv4 or IPv6 address of a link: ip address, ip-address(8).
type Addr struct {
	// IPNet is the address and the length of its on-link prefix. With a Peer the
	// prefix is that of the peer, and a listed IPNet is one of a single host.
	*net.IPNet
	// Label is a name for the address that begins with the link's name, such as
	// "eth0:1" (IFA_LABEL). Only IPv4 has it; elsewhere it is not sent.
	Label string
	Flags int // IFA_F_…, also those beyond eight bits
	Scope int // how far the address is valid, SCOPE_… (RT_SCOPE_…)
	// Peer is the other end of a point-to-point link (IFA_ADDRESS); nil: none.
	Peer *net.IPNet
	// Broadcast is the IPv4 broadcast address. Where it is nil, AddrAdd and
	// AddrReplace use the prefix's highest address if the prefix length is 30 bits
	// or less; net.IPv4zero means none.
	Broadcast net.IP
	// PreferedLft and ValidLft are the seconds until the address is deprecated
	// and until it is removed; -1 and math.MaxUint32, which listed addresses have,
	// are for ever. With both 0 nothing is sent, which is for ever too.
	PreferedLft int
	ValidLft    int
	LinkIndex   int // the link; of use in requests where no Link is given
	// Protocol is who made the address, IFAPROT_… or a number of one's own
	// (IFA_PROTO, Linux 5.18); 0: not said.
	Protocol int
	// Metric is the metric of the prefix route that the kernel makes
	// (IFA_RT_PRIORITY, Linux 4.18 for IPv6, 5.2 for IPv4); 0: its default.
	Metric int
	// NoBroadcast says that an IPv4 address has no broadcast address, as
	// net.IPv4zero in Broadcast does: a listed one without has it.
	NoBroadcast bool
}

// String returns the address with its prefix length and, after a space, the
// label if there is one: what [ParseAddr] reads.
func (a Addr) String() string {
	if a.Label == "" {
		return a.IPNet.String()
	}
	return a.IPNet.String() + " " + a.Label
}

// ParseAddr parses an address with a prefix length and, after a space, a label:
// "192.0.2.7/24 eth0:web".
func ParseAddr(s string) (*Addr, error) {
	fields := strings.Fields(s)
	var label string
	switch len(fields) {
	case 2:
		label = fields[1]
	case 1:
	default:
		return nil, fmt.Errorf("parse address %q: want ADDRESS/LENGTH [LABEL]", s)
	}
	n, err := ParseIPNet(fields[0])
	if err != nil {
		return nil, fmt.Errorf("parse address %q: %w", s, err)
	}
	return &Addr{IPNet: n, Label: label}, nil
}

// Equal reports whether a and x have the same IP and prefix length. Nothing
// else is compared.
func (a Addr) Equal(x Addr) bool { return equalIPNet(a.IPNet, x.IPNet) }

// PeerEqual reports whether a and x have the same Peer, or both none.
func (a Addr) PeerEqual(x Addr) bool { return equalIPNet(a.Peer, x.Peer) }

// equalIPNet reports whether two prefixes are the same; IPv4 in its long form
// equals IPv4 in its short form.
func equalIPNet(a, b *net.IPNet) bool {
	if a == nil || b == nil {
		return a == b
	}
	onesA, _ := a.Mask.Size()
	onesB, _ := b.Mask.Size()
	return onesA == onesB && a.IP.Equal(b.IP)
}
