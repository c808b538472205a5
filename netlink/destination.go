package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Destination is an address that need not be of a route's own family:
// what a packet's destination is replaced by (RTA_NEWDST), or a gateway
// (RTA_VIA).
type Destination interface {
	// Family is the address family, FAMILY_….
	Family() int
	// Decode reads the attribute's payload.
	Decode([]byte) error
	// Encode returns the attribute's payload.
	Encode() ([]byte, error)
	String() string
	Equal(Destination) bool
}

func equalDestinations(a, b Destination) bool {
	if holdsNil(a) || holdsNil(b) {
		return holdsNil(a) && holdsNil(b)
	}
	return a.Equal(b)
}

var errNoDestination = errors.New("no destination given")

// lostDestination reports whether there is an interface with a pointer in it that is nil.
func lostDestination(d Destination) bool { return d != nil && holdsNil(d) }

// Via is a gateway whose family is not the route's (RTA_VIA, struct rtvia):
// ip route add 10.0.0.0/8 via inet6 fe80::1 dev eth0.
type Via struct {
	AddrFamily int // FAMILY_V4, FAMILY_V6
	Addr       net.IP
}

// Family returns the gateway's address family.
func (v *Via) Family() int { return v.AddrFamily }

// String returns family and address.
func (v *Via) String() string {
	return fmt.Sprintf("Family: %d, Address: %s", v.AddrFamily, v.Addr)
}

// Equal reports whether x is a Via with the same family and address.
func (v *Via) Equal(x Destination) bool {
	o, ok := x.(*Via)
	return ok && v.AddrFamily == o.AddrFamily && v.Addr.Equal(o.Addr)
}

// Encode returns the payload of RTA_VIA.
func (v *Via) Encode() ([]byte, error) {
	if v.AddrFamily < 0 || v.AddrFamily > 0xffff {
		return nil, fmt.Errorf("via: %d is no address family", v.AddrFamily)
	}
	addr := v.Addr
	switch v.AddrFamily {
	case uapi.AF_INET:
		if addr = v.Addr.To4(); addr == nil {
			return nil, fmt.Errorf("via: %v is no IPv4 address", v.Addr)
		}
	case uapi.AF_INET6:
		if len(addr) != net.IPv6len {
			return nil, fmt.Errorf("via: %v is no IPv6 address", v.Addr)
		}
	}
	b := make([]byte, uapi.SizeofRtvia, uapi.SizeofRtvia+len(addr))
	(&uapi.Rtvia{Family: uint16(v.AddrFamily)}).Put(b)
	return append(b, addr...), nil
}

// Decode reads the payload of RTA_VIA.
func (v *Via) Decode(b []byte) error {
	if len(b) < uapi.SizeofRtvia {
		return fmt.Errorf("%w: via of %d bytes", wire.ErrMalformed, len(b))
	}
	var via uapi.Rtvia
	via.Decode(b)
	v.AddrFamily = int(via.Family)
	v.Addr = slices.Clone(net.IP(b[uapi.SizeofRtvia:]))
	return nil
}

// MPLSDestination is a stack of MPLS labels, the outermost first.
type MPLSDestination struct {
	Labels []int
}

// Family returns AF_MPLS.
func (d *MPLSDestination) Family() int { return uapi.AF_MPLS }

// String returns the labels with "/" between them.
func (d *MPLSDestination) String() string { return labelString(d.Labels) }

// Equal reports whether x is an MPLSDestination with the same labels.
func (d *MPLSDestination) Equal(x Destination) bool {
	o, ok := x.(*MPLSDestination)
	return ok && slices.Equal(d.Labels, o.Labels)
}

// Encode returns the label stack as the kernel has it.
func (d *MPLSDestination) Encode() ([]byte, error) { return encodeLabels(d.Labels) }

// Decode reads a label stack.
func (d *MPLSDestination) Decode(b []byte) (err error) {
	d.Labels, err = decodeLabels(b)
	return err
}

func labelString(labels []int) string {
	words := make([]string, len(labels))
	for i, l := range labels {
		words[i] = strconv.Itoa(l)
	}
	return strings.Join(words, "/")
}

// maxLabel is the largest number that fits into the 20 bits of a label.
const maxLabel = uapi.MPLS_LS_LABEL_MASK >> uapi.MPLS_LS_LABEL_SHIFT

// encodeLabels writes struct mpls_label entries in network byte order. The last
// has the bit that marks the bottom of the stack.
func encodeLabels(labels []int) ([]byte, error) {
	if len(labels) == 0 {
		return nil, errors.New("mpls: no label given")
	}
	var b []byte
	for i, l := range labels {
		if l < 0 || l > maxLabel {
			return nil, fmt.Errorf("mpls: label %d is not within 0 and %d", l, maxLabel)
		}
		entry := uint32(l) << uapi.MPLS_LS_LABEL_SHIFT
		if i == len(labels)-1 {
			entry |= 1 << uapi.MPLS_LS_S_SHIFT
		}
		b = binary.BigEndian.AppendUint32(b, entry)
	}
	return b, nil
}

// decodeLabels reads entries up to the bottom of the stack.
func decodeLabels(b []byte) ([]int, error) {
	var labels []int
	for ; len(b) >= 4; b = b[4:] {
		entry := binary.BigEndian.Uint32(b)
		labels = append(labels, int(entry>>uapi.MPLS_LS_LABEL_SHIFT))
		if entry&uapi.MPLS_LS_S_MASK != 0 {
			return labels, nil
		}
	}
	return nil, fmt.Errorf("%w: label stack has no bottom", wire.ErrMalformed)
}
