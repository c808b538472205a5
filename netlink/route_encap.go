package netlink

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Encap is a lightweight tunnel that a route sends its packets through
// (RTA_ENCAP_TYPE and RTA_ENCAP): ip route add … encap.
type Encap interface {
	// Type is the kernel's number of the kind, LWTUNNEL_ENCAP_….
	Type() int
	// Decode reads the payload of RTA_ENCAP.
	Decode([]byte) error
	// Encode returns the payload of RTA_ENCAP.
	Encode() ([]byte, error)
	String() string
	Equal(Encap) bool
}

// routeEncap is all that is particular to one kind of encapsulation. Each has
// a file of its own, route_encap_KIND.go, with the Go type and this description
// of it, and one line in the table below.
type routeEncap struct {
	typ uint16 // LWTUNNEL_ENCAP_…
	new func() Encap
}

// routeEncaps are the kinds that the package knows.
var routeEncaps = []*routeEncap{
	&mplsEncapKind,
}

// GenericEncap is an encapsulation that the package does not know more of. It
// is sent as it was read.
type GenericEncap struct {
	Kind uint16 // LWTUNNEL_ENCAP_…
	Data []byte // the attributes within RTA_ENCAP
}

// Type returns the kernel's number of the kind.
func (e *GenericEncap) Type() int { return int(e.Kind) }

// Decode keeps the payload of RTA_ENCAP.
func (e *GenericEncap) Decode(b []byte) error {
	e.Data = slices.Clone(b)
	return nil
}

// Encode returns the payload of RTA_ENCAP.
func (e *GenericEncap) Encode() ([]byte, error) { return e.Data, nil }

// String returns the kind's number and the payload in hexadecimal.
func (e *GenericEncap) String() string { return fmt.Sprintf("type %d %x", e.Kind, e.Data) }

// Equal reports whether x is of the same kind with the same payload.
func (e *GenericEncap) Equal(x Encap) bool {
	o, ok := x.(*GenericEncap)
	return ok && e.Kind == o.Kind && bytes.Equal(e.Data, o.Data)
}

func equalEncaps(a, b Encap) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Equal(b)
}

// decodeEncap reads RTA_ENCAP. What a kind's own decoder does not understand
// is kept as a GenericEncap: a listing does not fail on it.
func decodeEncap(typ uint16, b []byte) Encap {
	for _, k := range routeEncaps {
		if k.typ == typ {
			if e := k.new(); e.Decode(b) == nil {
				return e
			}
		}
	}
	return &GenericEncap{Kind: typ, Data: slices.Clone(b)}
}

// encodeEncap appends RTA_ENCAP_TYPE and RTA_ENCAP.
func encodeEncap(e *wire.Encoder, encap Encap) {
	encodeEncapAs(e, uapi.RTA_ENCAP_TYPE, uapi.RTA_ENCAP, encap)
}

// encodeEncapAs appends the two attributes of an encapsulation.
func encodeEncapAs(e *wire.Encoder, typ, data uint16, encap Encap) {
	if encap == nil {
		return
	}
	b, err := encap.Encode()
	if err != nil {
		e.Fail(fmt.Errorf("encap: %w", err))
		return
	}
	e.Uint16(typ, uint16(inRange(e, "encap type", encap.Type(), math.MaxUint16)))
	e.Data(data|uapi.NLA_F_NESTED, b)
}
