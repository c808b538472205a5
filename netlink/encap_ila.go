package netlink

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// ILACsumMode says what keeps the checksums of packets right whose locator changes.
type ILACsumMode uint8

// The modes of checksums of ILA.
const (
	ILA_CSUM_ADJUST_TRANSPORT ILACsumMode = uapi.ILA_CSUM_ADJUST_TRANSPORT // that of TCP, UDP or ICMP is changed
	// the identifier evens it out, and a bit says so
	ILA_CSUM_NEUTRAL_MAP ILACsumMode = uapi.ILA_CSUM_NEUTRAL_MAP
	ILA_CSUM_NO_ACTION   ILACsumMode = uapi.ILA_CSUM_NO_ACTION // nothing does
	// ILA_CSUM_NEUTRAL_MAP_AUTO is ILA_CSUM_NEUTRAL_MAP without the bit.
	ILA_CSUM_NEUTRAL_MAP_AUTO ILACsumMode = uapi.ILA_CSUM_NEUTRAL_MAP_AUTO
)

// String returns the mode as ip writes it.
func (m ILACsumMode) String() string { return desc.NumberName(ilaCsumModes, uint64(m)) }

// ILAIdentType is the form of identifiers, the lower halves of addresses.
type ILAIdentType uint8

// The forms of identifiers that Linux knows; it translates those of ILA_ATYPE_LUID.
const (
	ILA_ATYPE_IID           ILAIdentType = uapi.ILA_ATYPE_IID
	ILA_ATYPE_LUID          ILAIdentType = uapi.ILA_ATYPE_LUID
	ILA_ATYPE_VIRT_V4       ILAIdentType = uapi.ILA_ATYPE_VIRT_V4
	ILA_ATYPE_VIRT_UNI_V6   ILAIdentType = uapi.ILA_ATYPE_VIRT_UNI_V6
	ILA_ATYPE_VIRT_MULTI_V6 ILAIdentType = uapi.ILA_ATYPE_VIRT_MULTI_V6
	ILA_ATYPE_NONLOCAL_ADDR ILAIdentType = uapi.ILA_ATYPE_NONLOCAL_ADDR
	ILA_ATYPE_USE_FORMAT    ILAIdentType = uapi.ILA_ATYPE_USE_FORMAT // the one that the identifier begins with
)

// String returns the form as ip writes it.
func (t ILAIdentType) String() string { return desc.NumberName(ilaIdentTypes, uint64(t)) }

// ILAHookType says which packets of a route are translated.
type ILAHookType uint8

// The packets that an [ILAEncap] translates.
const (
	ILA_HOOK_ROUTE_OUTPUT ILAHookType = uapi.ILA_HOOK_ROUTE_OUTPUT // before they leave
	ILA_HOOK_ROUTE_INPUT  ILAHookType = uapi.ILA_HOOK_ROUTE_INPUT  // when they come in
)

// String returns the packets as ip writes them.
func (t ILAHookType) String() string { return desc.NumberName(ilaHookTypes, uint64(t)) }

// ILAEncap gives the packets of an IPv6 route another locator, the upper half of their destination (identifier-locator
// addressing): ip -6 route add … encap ila LOCATOR. Linux 4.3.
type ILAEncap struct {
	Locator   uint64       // the new one: fd00:1:2:3 is 0xfd00000100020003
	CsumMode  *ILACsumMode // nil: ILA_CSUM_NO_ACTION
	IdentType ILAIdentType // 0: ILA_ATYPE_USE_FORMAT, for which the route has a prefix of 67 bits or more. Linux 4.16
	HookType  ILAHookType  // Linux 4.16

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_ILA.
func (e *ILAEncap) Type() int { return uapi.LWTUNNEL_ENCAP_ILA }

// Decode reads the payload of RTA_ENCAP.
func (e *ILAEncap) Decode(b []byte) error {
	*e = ILAEncap{}
	err := decodeAttrs(e, b)
	if err == nil && desc.ParseAttrs(b)[uapi.ILA_ATTR_LOCATOR] == nil {
		err = fmt.Errorf("%w: ila encap without a locator", wire.ErrMalformed)
	}
	return err
}

// Encode returns the payload of RTA_ENCAP.
func (e *ILAEncap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the values in the words of ip.
func (e *ILAEncap) String() string {
	return fmt.Sprintf("%s csum-mode %s ident-type %s hook-type %s", desc.Addr64Text(e.Locator), e.csumMode(),
		e.identType(), e.HookType)
}

// csumMode is the one that the kernel takes.
func (e *ILAEncap) csumMode() ILACsumMode {
	if e.CsumMode == nil {
		return ILA_CSUM_NO_ACTION
	}
	return *e.CsumMode
}

// identType is the one that the kernel takes.
func (e *ILAEncap) identType() ILAIdentType {
	if e.IdentType == 0 {
		return ILA_ATYPE_USE_FORMAT
	}
	return e.IdentType
}

// Equal reports whether x is an ILAEncap with the same values. A value that is left to the kernel is equal to what the
// kernel makes of it.
func (e *ILAEncap) Equal(x Encap) bool {
	o, ok := x.(*ILAEncap)
	if !ok || e == nil || o == nil {
		return ok && e == o
	}
	return e.Locator == o.Locator && e.csumMode() == o.csumMode() && e.identType() == o.identType() &&
		e.HookType == o.HookType && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *ILAEncap) attrs(c *attr.Codec) {
	attr.BE64(c, uapi.ILA_ATTR_LOCATOR, &e.Locator)
	attr.OptU8(c, uapi.ILA_ATTR_CSUM_MODE, &e.CsumMode)
	attr.U8(c, uapi.ILA_ATTR_IDENT_TYPE|attr.IfSet, &e.IdentType)
	attr.U8(c, uapi.ILA_ATTR_HOOK_TYPE|attr.IfSet, &e.HookType)
	attr.Rest(c, uapi.ILA_ATTR_HOOK_TYPE, &e.Unknown)
}

func (*ILAEncap) describe() desc.Kind {
	return desc.Kind{Fields: ilaEncapFields, Exact: true, First: readILALocator, FirstUsage: "LOCATOR",
		Help: ilaEncapHelp}
}

var ilaEncapFields = []desc.Field{
	{Type: uapi.ILA_ATTR_LOCATOR, Key: "locator", ReadOnly: true, Show: showILALocator},
	{Type: uapi.ILA_ATTR_CSUM_MODE, Key: "csum_mode", Word: "csum-mode", Names: ilaCsumModes, Show: showILAName,
		Read: readILAName},
	{Type: uapi.ILA_ATTR_IDENT_TYPE, Key: "ident_type", Word: "ident-type", Usage: "{ luid | use-format }",
		Names: ilaIdentTypes, Show: showILAName, Read: readILAIdentType},
	{Type: uapi.ILA_ATTR_HOOK_TYPE, Key: "hook_type", Word: "hook-type", Names: ilaHookTypes, Show: showILAName,
		Read: readILAName},
}

var ilaCsumModes = []string{
	uapi.ILA_CSUM_ADJUST_TRANSPORT: "adj-transport",
	uapi.ILA_CSUM_NEUTRAL_MAP:      "neutral-map",
	uapi.ILA_CSUM_NO_ACTION:        "no-action",
	uapi.ILA_CSUM_NEUTRAL_MAP_AUTO: "neutral-map-auto",
}

var ilaIdentTypes = []string{
	uapi.ILA_ATYPE_IID:           "iid",
	uapi.ILA_ATYPE_LUID:          "luid",
	uapi.ILA_ATYPE_VIRT_V4:       "virt-v4",
	uapi.ILA_ATYPE_VIRT_UNI_V6:   "virt-uni-v6",
	uapi.ILA_ATYPE_VIRT_MULTI_V6: "virt-multi-v6",
	uapi.ILA_ATYPE_NONLOCAL_ADDR: "nonlocal-addr",
	uapi.ILA_ATYPE_USE_FORMAT:    "use-format",
}

var ilaHookTypes = []string{
	uapi.ILA_HOOK_ROUTE_OUTPUT: "output",
	uapi.ILA_HOOK_ROUTE_INPUT:  "input",
}

func showILALocator(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 8 {
		p.Str(f.Key, " %s ", desc.Addr64Text(binary.BigEndian.Uint64(b)))
	}
}

func readILALocator(in *desc.Args, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	locator, err := desc.ParseAddr64(word)
	if err != nil {
		return &desc.UsageError{Text: "Bad locator: " + word, Status: 1}
	}
	e.BE64(uapi.ILA_ATTR_LOCATOR, locator)
	return nil
}

func showILAName(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 1 {
		p.Str(f.Key, " "+f.Word+" %s ", desc.NumberName(f.Names, uint64(b[0])))
	}
}

// readILAName reads one of the field's names.
func readILAName(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readILAOf(in, f, e, f.Names)
}

// readILAIdentType reads one of the forms that the kernel translates.
func readILAIdentType(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readILAOf(in, f, e, []string{"luid", "use-format"})
}

func readILAOf(in *desc.Args, f *desc.Field, e *wire.Encoder, allowed []string) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	if word == "" || !slices.Contains(allowed, word) {
		return desc.Wrong(word, fmt.Sprintf("%q value is invalid\n", f.Word))
	}
	e.Uint8(f.Type, uint8(slices.Index(f.Names, word)))
	return nil
}

var ilaEncapHelp = [][2]string{
	{"csum-mode", "what keeps checksums right: of TCP and UDP, the identifier (with a bit or without), or nothing"},
	{"ident-type", "the form of identifiers; that which they begin with by default"},
	{"hook-type", "translate what leaves, by default, or what comes in"},
}
