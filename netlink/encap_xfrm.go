package netlink

import (
	"bytes"
	"fmt"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// XfrmEncap has the packets of a route, to an xfrm link with "external", transformed by the states and policies of an
// interface ID: ip route add … encap xfrm if_id ID. Linux 6.2.
type XfrmEncap struct {
	IfID uint32 // not 0
	Link int    // index of the link that packets leave by; 0: any

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_XFRM.
func (e *XfrmEncap) Type() int { return uapi.LWTUNNEL_ENCAP_XFRM }

// Decode reads the payload of RTA_ENCAP.
func (e *XfrmEncap) Decode(b []byte) error {
	*e = XfrmEncap{}
	return decodeAttrs(e, b)
}

// Encode returns the payload of RTA_ENCAP.
func (e *XfrmEncap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the values; the link is a number.
func (e *XfrmEncap) String() string {
	text := fmt.Sprintf("if_id %d", e.IfID)
	if e.Link != 0 {
		text += fmt.Sprintf(" link_dev %d", e.Link)
	}
	return text
}

// Equal reports whether x is an XfrmEncap with the same values.
func (e *XfrmEncap) Equal(x Encap) bool {
	o, ok := x.(*XfrmEncap)
	if !ok || e == nil || o == nil {
		return ok && e == o
	}
	return e.IfID == o.IfID && e.Link == o.Link && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *XfrmEncap) attrs(c *attr.Codec) {
	attr.U32(c, uapi.LWT_XFRM_IF_ID, &e.IfID)
	attr.IntU32(c, uapi.LWT_XFRM_LINK|attr.IfSet, &e.Link, "xfrm link", math.MaxInt32)
	attr.Rest(c, uapi.LWT_XFRM_LINK, &e.Unknown)
}

func (*XfrmEncap) describe() desc.Kind {
	return desc.Kind{Fields: xfrmEncapFields, Exact: true, Once: true, Complete: completeXfrmEncap, Help: xfrmEncapHelp}
}

var xfrmEncapFields = []desc.Field{
	{Type: uapi.LWT_XFRM_IF_ID, Key: "if_id", Usage: "IF_ID", Form: desc.U32, Read: readXfrmIfID},
	{Type: uapi.LWT_XFRM_LINK, Key: "link_dev", Form: desc.Device},
}

var xfrmEncapHelp = [][2]string{
	{"if_id", "the interface ID of states and policies, not 0"},
	{"link_dev", "the link that packets leave by"},
}

func readXfrmIfID(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(32, "\"if_id\" value is invalid\n")
	switch {
	case err != nil:
		return err
	case v == 0:
		return desc.Wrong(in.Last(), "\"if_id\" value is invalid\n")
	}
	e.Uint32(f.Type, uint32(v))
	return nil
}

func completeXfrmEncap(in *desc.Args, e *wire.Encoder, _ bool) error {
	if in.Written(e, uapi.LWT_XFRM_IF_ID) == nil {
		return &desc.UsageError{Text: "Usage: ip route ... encap xfrm if_id IF_ID [ link_dev LINK ]"}
	}
	return nil
}
