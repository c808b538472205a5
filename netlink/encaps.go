package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
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

// encapKinds are the kinds of encapsulation that the package knows by more than their name.
var encapKinds = kindTable[Encap]{
	{"bpf", of[BpfEncap]},
	{"ila", of[ILAEncap]},
	{"ioam6", of[IOAM6Encap]},
	{"ip", of[IPtnlEncap]},
	{"ip6", of[IP6tnlEncap]},
	{"mpls", of[MPLSEncap]},
	{"rpl", of[RPLEncap]},
	{"seg6", of[SEG6Encap]},
	{"seg6local", of[SEG6LocalEncap]},
	{"xfrm", of[XfrmEncap]},
}

// encapNames are the kernel's names of all kinds.
var encapNames = [...]string{
	uapi.LWTUNNEL_ENCAP_MPLS:       "mpls",
	uapi.LWTUNNEL_ENCAP_IP:         "ip",
	uapi.LWTUNNEL_ENCAP_ILA:        "ila",
	uapi.LWTUNNEL_ENCAP_IP6:        "ip6",
	uapi.LWTUNNEL_ENCAP_SEG6:       "seg6",
	uapi.LWTUNNEL_ENCAP_BPF:        "bpf",
	uapi.LWTUNNEL_ENCAP_SEG6_LOCAL: "seg6local",
	uapi.LWTUNNEL_ENCAP_RPL:        "rpl",
	uapi.LWTUNNEL_ENCAP_IOAM6:      "ioam6",
	uapi.LWTUNNEL_ENCAP_XFRM:       "xfrm",
}

// EncapKinds returns the names of the encapsulations that the package knows by more than their name.
func EncapKinds() []string { return encapKinds.names() }

// EncapName returns the name of an encapsulation, LWTUNNEL_ENCAP_…, "" for one that has none.
func EncapName(typ int) string {
	if typ < 0 || typ >= len(encapNames) {
		return ""
	}
	return encapNames[typ]
}

// EncapNumber returns the number of an encapsulation, LWTUNNEL_ENCAP_…, 0 for a name that is none.
func EncapNumber(name string) int {
	if name == "" {
		return 0
	}
	return max(slices.Index(encapNames[:], name), 0)
}

// DescribeEncap returns the description of the attributes in RTA_ENCAP, nil for a kind that is not known.
func DescribeEncap(kind string) *desc.Kind { return encapKinds.describe(kind) }

// encodeEncapData returns the payload of RTA_ENCAP.
func encodeEncapData(v attributed) ([]byte, error) {
	var e wire.Encoder
	encodeAttrs(&e, v)
	return e.Bytes(), e.Err()
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

var errNoEncap = errors.New("no encapsulation given")

func equalEncaps(a, b Encap) bool {
	if holdsNil(a) || holdsNil(b) {
		return holdsNil(a) && holdsNil(b)
	}
	return a.Equal(b)
}

// decodeEncap reads RTA_ENCAP. What a kind's own decoder does not understand
// is kept as a GenericEncap: a listing does not fail on it.
func decodeEncap(typ uint16, b []byte) Encap {
	if e, ok := encapKinds.new(EncapName(int(typ))); ok && e.Decode(b) == nil {
		return e
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
	if holdsNil(encap) {
		e.Fail(errNoEncap)
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
