package netlink

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// IPtnlEncap gives the packets of a route what a tunnel over IPv4 sends them with:
// ip route add … encap ip id ID dst ADDRESS …, to a tunnel device with "external".
type IPtnlEncap struct {
	ID      uint64 // of the tunnel, such as a VXLAN network identifier
	Dst     net.IP // the tunnel's other end
	Src     net.IP // this end
	TTL     uint8
	TOS     uint8
	Flags   uint16 // bits such as 1 << IP_TUNNEL_KEY_BIT
	Options []byte // further attributes in the form that the kernel has (LWTUNNEL_IP_OPTS)
	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// Type returns LWTUNNEL_ENCAP_IP.
func (e *IPtnlEncap) Type() int { return uapi.LWTUNNEL_ENCAP_IP }

// Decode reads the payload of RTA_ENCAP.
func (e *IPtnlEncap) Decode(b []byte) error {
	*e = IPtnlEncap{}
	return decodeAttrs(e, b)
}

// Encode returns the payload of RTA_ENCAP.
func (e *IPtnlEncap) Encode() ([]byte, error) { return encodeEncapData(e) }

// String returns the tunnel's values.
func (e *IPtnlEncap) String() string {
	return fmt.Sprintf("id %d src %s dst %s ttl %d tos %d flags 0x%.4x", e.ID, e.Src, e.Dst, e.TTL, e.TOS, e.Flags)
}

// Equal reports whether x is an IPtnlEncap with the same values.
func (e *IPtnlEncap) Equal(x Encap) bool {
	o, ok := x.(*IPtnlEncap)
	return ok && e.ID == o.ID && e.Dst.Equal(o.Dst) && e.Src.Equal(o.Src) && e.TTL == o.TTL && e.TOS == o.TOS &&
		e.Flags == o.Flags && equalOpts(e.Options, o.Options) && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *IPtnlEncap) attrs(c *attr.Codec) {
	attr.BE64(c, uapi.LWTUNNEL_IP_ID, &e.ID)
	attr.IP4(c, uapi.LWTUNNEL_IP_DST, &e.Dst)
	attr.IP4(c, uapi.LWTUNNEL_IP_SRC, &e.Src)
	attr.U8(c, uapi.LWTUNNEL_IP_TTL, &e.TTL)
	attr.U8(c, uapi.LWTUNNEL_IP_TOS|attr.IfSet, &e.TOS)
	attr.BE16(c, uapi.LWTUNNEL_IP_FLAGS|attr.IfSet, &e.Flags)
	tunnelOpts(c, uapi.LWTUNNEL_IP_OPTS, uapi.NLA_F_NESTED, &e.Options)
	attr.Rest(c, uapi.LWTUNNEL_IP_OPTS, &e.Unknown)
}

func (*IPtnlEncap) describe() desc.Kind {
	return desc.Kind{Fields: ipEncapFields, Exact: true, Once: true, Complete: completeIPEncap, Help: ipEncapHelp}
}

var ipEncapFields = []desc.Field{
	{Type: uapi.LWTUNNEL_IP_ID, Key: "id", Usage: "ID", Show: showEncapID, Read: readEncapID},
	{Type: uapi.LWTUNNEL_IP_SRC, Key: "src", Usage: "ADDRESS", Arg: uapi.AF_INET, Show: showEncapAddr,
		Read: readEncapAddr},
	{Type: uapi.LWTUNNEL_IP_DST, Key: "dst", Usage: "ADDRESS", Arg: uapi.AF_INET, Show: showEncapAddr,
		Read: readEncapAddr},
	{Type: uapi.LWTUNNEL_IP_TTL, Key: "ttl", Form: desc.U8, Read: readEncapU8},
	{Type: uapi.LWTUNNEL_IP_TOS, Key: "tos", Form: desc.U8, Read: readEncapTOS},
	{Type: uapi.LWTUNNEL_IP_FLAGS, Key: "key", Arg: uapi.IP_TUNNEL_KEY_BIT, Form: encapFlag},
	{Type: uapi.LWTUNNEL_IP_FLAGS, Key: "csum", Arg: uapi.IP_TUNNEL_CSUM_BIT, Form: encapFlag},
	{Type: uapi.LWTUNNEL_IP_FLAGS, Key: "seq", Arg: uapi.IP_TUNNEL_SEQ_BIT, Form: encapFlag},
	{Type: uapi.LWTUNNEL_IP_FLAGS, Key: "flags", Show: showEncapFlags},
	{Type: uapi.LWTUNNEL_IP_OPTS, Key: "geneve_opts", Words: []string{"vxlan_opts", "erspan_opts"}, Usage: "OPTIONS",
		Show: showEncapOpts, Read: readEncapOpts},
}

func completeIPEncap(in *desc.Args, e *wire.Encoder, _ bool) error {
	completeEncapFlags(in, e, uapi.LWTUNNEL_IP_FLAGS)
	return nil
}

func showEncapID(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 8 {
		p.Uint(f.Key, "id %d ", binary.BigEndian.Uint64(b))
	}
}

func readEncapID(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	id, err := in.Uint(64, "\"id\" value is invalid\n")
	e.BE64(f.Type, id)
	return err
}

// showEncapAddr prints an address of the field's family.
func showEncapAddr(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.ColorStr(desc.AddrColor(f.Arg), f.Key, f.Key+" %s ", p.Addr(b))
	}
}

func readEncapAddr(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	a, err := desc.ParseAddr(word, f.Arg)
	if err == nil {
		e.Addr(f.Type, a)
	}
	return err
}

func readEncapTOS(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	tos, ok := in.Names.DsfieldNumber(word)
	if !ok {
		return desc.Wrong(word, "\"tos\" value is invalid\n")
	}
	e.Uint8(f.Type, tos)
	return nil
}

// encapFlag is one bit, the field's Arg, of flags in network byte order.
func encapFlag() desc.Notation {
	return desc.Notation{Show: showEncapFlag, Read: readEncapFlag}
}

func showEncapFlag(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 && binary.BigEndian.Uint16(b)>>f.Arg&1 != 0 {
		p.Bool(f.Key, f.Key+" ", true)
	}
}

// shownEncapFlags are those that other fields show, and those that say what is among the options.
const shownEncapFlags = 1<<uapi.IP_TUNNEL_KEY_BIT | 1<<uapi.IP_TUNNEL_CSUM_BIT | 1<<uapi.IP_TUNNEL_SEQ_BIT |
	1<<uapi.IP_TUNNEL_GENEVE_OPT_BIT | 1<<uapi.IP_TUNNEL_VXLAN_OPT_BIT | 1<<uapi.IP_TUNNEL_ERSPAN_OPT_BIT

// showEncapFlags prints the flags that have no word.
func showEncapFlags(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 2 {
		return
	}
	if rest := binary.BigEndian.Uint16(b) &^ shownEncapFlags; rest != 0 {
		p.Hex(f.Key, "flags %#x ", uint64(rest))
	}
}

// encapFlags are those that words have set, for completeEncapFlags.
type encapFlags uint16

func readEncapFlag(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	*desc.Scratch[encapFlags](in) |= 1 << f.Arg
	return nil
}

func completeEncapFlags(in *desc.Args, e *wire.Encoder, typ uint16) {
	if flags := *desc.Scratch[encapFlags](in); flags != 0 {
		e.BE16(typ, uint16(flags))
	}
}

var ipEncapHelp = [][2]string{
	{"id", "the key of the tunnel"},
	{"src", "the address that packets are sent from"},
	{"dst", "the address of the other end"},
	{"ttl", "time to live of outer packets"},
	{"tos", "type of service of outer packets"},
	{"key", "the tunnel has the key"},
	{"csum", "packets have checksums"},
	{"seq", "packets are numbered"},
	{"geneve_opts", "options in the header, each CLASS:TYPE:DATA with data in hexadecimal digits"},
	{"vxlan_opts", "the group policy in the header, a number"},
	{"erspan_opts", "VERSION:INDEX:DIRECTION:HARDWARE: 1 has an index, 2 the others"},
}
