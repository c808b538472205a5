package netlink

import (
	"bytes"
	"fmt"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// IP6tnlEncap gives the packets of a route what a tunnel over IPv6 sends them with:
// ip route add … encap ip6 id ID dst ADDRESS …, to a tunnel device with "external".
type IP6tnlEncap struct {
	ID       uint64 // of the tunnel, such as a VXLAN network identifier
	Dst      net.IP // the tunnel's other end
	Src      net.IP // this end
	Hoplimit uint8
	TC       uint8
	Flags    uint16 // bits such as 1 << IP_TUNNEL_KEY_BIT
	Options  []byte // further attributes in the form that the kernel has (LWTUNNEL_IP6_OPTS)
	Unknown  []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_IP6.
func (e *IP6tnlEncap) Type() int { return uapi.LWTUNNEL_ENCAP_IP6 }

// Decode reads the payload of RTA_ENCAP.
func (e *IP6tnlEncap) Decode(b []byte) error {
	*e = IP6tnlEncap{}
	return decodeAttrs(e, b)
}

// Encode returns the payload of RTA_ENCAP.
func (e *IP6tnlEncap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the tunnel's values.
func (e *IP6tnlEncap) String() string {
	return fmt.Sprintf("id %d src %s dst %s hoplimit %d tc %d flags 0x%.4x", e.ID, e.Src, e.Dst, e.Hoplimit, e.TC,
		e.Flags)
}

// Equal reports whether x is an IP6tnlEncap with the same values.
func (e *IP6tnlEncap) Equal(x Encap) bool {
	o, ok := x.(*IP6tnlEncap)
	return ok && e.ID == o.ID && e.Dst.Equal(o.Dst) && e.Src.Equal(o.Src) && e.Hoplimit == o.Hoplimit && e.TC == o.TC &&
		e.Flags == o.Flags && equalOpts(e.Options, o.Options) && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *IP6tnlEncap) attrs(c *attr.Codec) {
	attr.BE64(c, uapi.LWTUNNEL_IP6_ID, &e.ID)
	attr.IP6(c, uapi.LWTUNNEL_IP6_DST, &e.Dst)
	attr.IP6(c, uapi.LWTUNNEL_IP6_SRC, &e.Src)
	attr.U8(c, uapi.LWTUNNEL_IP6_HOPLIMIT, &e.Hoplimit)
	attr.U8(c, uapi.LWTUNNEL_IP6_TC|attr.IfSet, &e.TC)
	attr.BE16(c, uapi.LWTUNNEL_IP6_FLAGS|attr.IfSet, &e.Flags)
	tunnelOpts(c, uapi.LWTUNNEL_IP6_OPTS, uapi.NLA_F_NESTED, &e.Options)
	attr.Rest(c, uapi.LWTUNNEL_IP6_OPTS, &e.Unknown)
}

func (*IP6tnlEncap) describe() desc.Kind {
	return desc.Kind{Fields: ip6EncapFields, Exact: true, Once: true, Complete: completeIP6Encap, Help: ip6EncapHelp}
}

var ip6EncapFields = []desc.Field{
	{Type: uapi.LWTUNNEL_IP6_ID, Key: "id", Usage: "ID", Show: showEncapID, Read: readEncapID},
	{Type: uapi.LWTUNNEL_IP6_SRC, Key: "src", Usage: "ADDRESS", Arg: uapi.AF_INET6, Show: showEncapAddr,
		Read: readEncapAddr},
	{Type: uapi.LWTUNNEL_IP6_DST, Key: "dst", Usage: "ADDRESS", Arg: uapi.AF_INET6, Show: showEncapAddr,
		Read: readEncapAddr},
	{Type: uapi.LWTUNNEL_IP6_HOPLIMIT, Key: "hoplimit", Form: desc.U8, Read: readEncapU8},
	{Type: uapi.LWTUNNEL_IP6_TC, Key: "tc", Form: desc.U8, Read: readEncapTOS},
	{Type: uapi.LWTUNNEL_IP6_FLAGS, Key: "key", Arg: uapi.IP_TUNNEL_KEY_BIT, Form: encapFlag},
	{Type: uapi.LWTUNNEL_IP6_FLAGS, Key: "csum", Arg: uapi.IP_TUNNEL_CSUM_BIT, Form: encapFlag},
	{Type: uapi.LWTUNNEL_IP6_FLAGS, Key: "seq", Arg: uapi.IP_TUNNEL_SEQ_BIT, Form: encapFlag},
	{Type: uapi.LWTUNNEL_IP6_FLAGS, Key: "flags", Show: showEncapFlags},
	{Type: uapi.LWTUNNEL_IP6_OPTS, Key: "geneve_opts", Words: []string{"vxlan_opts", "erspan_opts"}, Usage: "OPTIONS",
		Show: showEncapOpts, Read: readEncapOpts},
}

func completeIP6Encap(in *desc.Args, e *wire.Encoder, _ bool) error {
	completeEncapFlags(in, e, uapi.LWTUNNEL_IP6_FLAGS)
	return nil
}

var ip6EncapHelp = [][2]string{
	{"id", "the key of the tunnel"},
	{"src", "the address that packets are sent from"},
	{"dst", "the address of the other end"},
	{"hoplimit", "hop limit of outer packets"},
	{"tc", "traffic class of outer packets"},
	{"key", "the tunnel has the key"},
	{"csum", "packets have checksums"},
	{"seq", "packets are numbered"},
	{"geneve_opts", "options in the header, each CLASS:TYPE:DATA with data in hexadecimal digits"},
	{"vxlan_opts", "the group policy in the header, a number"},
	{"erspan_opts", "VERSION:INDEX:DIRECTION:HARDWARE: 1 has an index, 2 the others"},
}
