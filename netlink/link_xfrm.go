package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Xfrmi is an interface that IPsec policies and states with the same Ifid are
// bound to: ip link add DEV type xfrm dev PARENT if_id ID (Linux 4.19).
// ParentIndex is the link that traffic leaves by.
type Xfrmi struct {
	LinkAttrs
	Ifid     uint32 // 1 to 1<<32 - 1; 0 with External
	External bool   // the id comes with each packet, from a route or a BPF program (Linux 6.1)
}

// Attrs returns the attributes that all kinds have.
func (x *Xfrmi) Attrs() *LinkAttrs { return &x.LinkAttrs }

// Type returns "xfrm".
func (x *Xfrmi) Type() string { return "xfrm" }

func (*Xfrmi) whole() {}

func (x *Xfrmi) attrs(c *attr.Codec) {
	if !c.Encoding() || !x.External {
		attr.IntU32(c, uapi.IFLA_XFRM_LINK|attr.IfSet, &x.ParentIndex, "parent index", 1<<31-1)
		attr.U32(c, uapi.IFLA_XFRM_IF_ID|attr.IfSet, &x.Ifid)
	}
	attr.Flag(c, uapi.IFLA_XFRM_COLLECT_METADATA, &x.External)
}

func (*Xfrmi) describe() desc.Kind {
	return desc.Kind{Fields: xfrmiFields, Complete: completeXfrmi, Help: xfrmiHelp}
}

var xfrmiFields = []desc.Field{
	{Type: uapi.IFLA_XFRM_COLLECT_METADATA, Key: "external", Show: showXfrmiExternal, Read: readXfrmiExternal},
	{Type: uapi.IFLA_XFRM_LINK, Word: "dev", Usage: "PHYS_DEV", Form: desc.Device},
	{Type: uapi.IFLA_XFRM_IF_ID, Key: "if_id", Usage: "IF-ID", Show: showXfrmiID, Read: readXfrmiID},
}

func showXfrmiExternal(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.Bool("external", "external ", true)
	}
}

func readXfrmiExternal(_ *desc.Args, f *desc.Field, e *wire.Encoder) error {
	e.Flag(f.Type)
	return nil
}

func showXfrmiID(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if _, external := attrs[uapi.IFLA_XFRM_COLLECT_METADATA]; len(b) >= 4 && !external {
		p.Str("if_id", "if_id %s ", fmt.Sprintf("%#x", native.Uint32(b)))
	}
}

func readXfrmiID(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	id, err := in.Uint(32, "if_id value is invalid")
	if err == nil && id == 0 {
		err = desc.Wrong(in.Last(), "if_id value is invalid")
	}
	e.Uint32(f.Type, uint32(id))
	return err
}

func completeXfrmi(in *desc.Args, e *wire.Encoder, create bool) error {
	id, external := in.Written(e, uapi.IFLA_XFRM_IF_ID), in.Written(e, uapi.IFLA_XFRM_COLLECT_METADATA)
	switch {
	case external != nil && (id != nil || in.Written(e, uapi.IFLA_XFRM_LINK) != nil):
		return &desc.UsageError{Text: "xfrmi: both 'external' and if_id/link cannot be specified", Status: 1}
	case create && external == nil && id == nil:
		return &desc.UsageError{Text: `Error: argument "IF_ID" is required`}
	}
	return nil
}

var xfrmiHelp = [][2]string{
	{"external", "routes or programs give each packet its number; the link has none of its own"},
	{"dev", "the link below, by which packets are offloaded"},
	{"if_id", "the number that policies and states for this link have"},
}
