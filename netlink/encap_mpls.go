package netlink

import (
	"bytes"
	"fmt"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// MPLSEncap puts a stack of MPLS labels, the outermost first, before a route's
// packets: ip route add … encap mpls 100/200.
type MPLSEncap struct {
	Labels []int
	TTL    uint8 // of the labels; 0: that of the packet

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_MPLS.
func (e *MPLSEncap) Type() int { return uapi.LWTUNNEL_ENCAP_MPLS }

// Decode reads the payload of RTA_ENCAP.
func (e *MPLSEncap) Decode(b []byte) error {
	*e = MPLSEncap{}
	err := decodeAttrs(e, b)
	if err == nil && e.Labels == nil {
		err = fmt.Errorf("%w: mpls encap without labels", wire.ErrMalformed)
	}
	return err
}

// Encode returns the payload of RTA_ENCAP.
func (e *MPLSEncap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the labels with "/" between them.
func (e *MPLSEncap) String() string { return labelString(e.Labels) }

// Equal reports whether x is an MPLSEncap with the same labels and TTL.
func (e *MPLSEncap) Equal(x Encap) bool {
	o, ok := x.(*MPLSEncap)
	return ok && slices.Equal(e.Labels, o.Labels) && e.TTL == o.TTL && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *MPLSEncap) attrs(c *attr.Codec) {
	attr.Custom(c, uapi.MPLS_IPTUNNEL_DST, func(to *wire.Encoder) {
		b, err := encodeLabels(e.Labels)
		to.Fail(err)
		to.Data(uapi.MPLS_IPTUNNEL_DST, b)
	}, func(b []byte) {
		labels, err := decodeLabels(b)
		e.Labels = labels
		c.Fail(err)
	})
	attr.U8(c, uapi.MPLS_IPTUNNEL_TTL|attr.IfSet, &e.TTL)
	attr.Rest(c, uapi.MPLS_IPTUNNEL_TTL, &e.Unknown)
}

func (*MPLSEncap) describe() desc.Kind {
	return desc.Kind{Fields: mplsEncapFields, Exact: true, Once: true, First: readMPLSEncap,
		FirstUsage: "LABEL[/LABEL]...", Help: mplsEncapHelp}
}

var mplsEncapFields = []desc.Field{
	{Type: uapi.MPLS_IPTUNNEL_DST, Key: "dst", ReadOnly: true, Show: showMPLSEncap},
	{Type: uapi.MPLS_IPTUNNEL_TTL, Key: "ttl", Usage: "TTL", Form: desc.U8, Read: readEncapU8},
}

func showMPLSEncap(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.Str(f.Key, " %s ", desc.LabelText(b))
	}
}

func readMPLSEncap(in *desc.Args, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	labels, err := desc.ParseLabels(word)
	e.Data(uapi.MPLS_IPTUNNEL_DST, labels)
	return err
}

// readEncapU8 reads a byte.
func readEncapU8(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(8, "\""+f.Key+"\" value is invalid\n")
	e.Uint8(f.Type, uint8(v))
	return err
}

var mplsEncapHelp = [][2]string{
	{"ttl", "time to live of the labels, 1 to 255; that of the packet by default"},
}
