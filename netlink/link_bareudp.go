package netlink

import (
	"encoding/binary"
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// BareUDP is a tunnel of a protocol within UDP, with no header between them:
// ip link add DEV type bareudp dstport PORT ethertype PROTO (Linux 5.7).
type BareUDP struct {
	LinkAttrs
	Port       uint16 // UDP port
	EtherType  uint16 // of the packets within, ETH_P_MPLS_UC
	SrcPortMin uint16 // lowest source port, 0 is unset
	MultiProto bool   // multicast of MPLS beside unicast, IPv6 beside IPv4
}

// Attrs returns the attributes that all kinds have.
func (b *BareUDP) Attrs() *LinkAttrs { return &b.LinkAttrs }

// Type returns "bareudp".
func (b *BareUDP) Type() string { return "bareudp" }

func (b *BareUDP) attrs(c *attr.Codec) {
	attr.BE16(c, uapi.IFLA_BAREUDP_PORT, &b.Port)
	attr.BE16(c, uapi.IFLA_BAREUDP_ETHERTYPE, &b.EtherType)
	attr.U16(c, uapi.IFLA_BAREUDP_SRCPORT_MIN|attr.IfSet, &b.SrcPortMin)
	attr.Flag(c, uapi.IFLA_BAREUDP_MULTIPROTO_MODE, &b.MultiProto)
}

func (*BareUDP) describe() desc.Kind {
	return desc.Kind{Fields: bareudpFields, Complete: completeBareUDP, Help: bareudpHelp}
}

var bareudpFields = []desc.Field{
	{Type: uapi.IFLA_BAREUDP_PORT, Key: "dstport", Form: desc.BE16, Usage: "PORT", Read: readBareUDPPort},
	{Type: uapi.IFLA_BAREUDP_ETHERTYPE, Key: "ethertype", Usage: "PROTO", Show: showBareUDPType, Read: readBareUDPType},
	{Type: uapi.IFLA_BAREUDP_SRCPORT_MIN, Key: "srcportmin", Form: desc.U16, Usage: "PORT", Read: readBareUDPSource},
	{Type: uapi.IFLA_BAREUDP_MULTIPROTO_MODE, Key: "multiproto", Words: []string{"nomultiproto"},
		Show: showBareUDPMulti, Read: readBareUDPMulti},
}

// completeBareUDP finds what is missing. To change such a device, ip wants all its words again.
func completeBareUDP(in *desc.Args, e *wire.Encoder, _ bool) error {
	for _, f := range bareudpFields[:2] {
		if in.Written(e, f.Type) == nil {
			return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is required", f.Key)}
		}
	}
	return nil
}

// bareudpOnce refuses a keyword of BareUDP that was there before.
func bareudpOnce(in *desc.Args, f *desc.Field, e *wire.Encoder, value string) error {
	if in.Written(e, f.Type) != nil {
		return desc.Garbage(f.Key, value)
	}
	return nil
}

func readBareUDPPort(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(16, f.Key)
	if err == nil {
		err = bareudpOnce(in, f, e, in.Last())
	}
	e.BE16(f.Type, uint16(v))
	return err
}

func readBareUDPSource(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(16, f.Key)
	if err == nil {
		err = bareudpOnce(in, f, e, in.Last())
	}
	e.Uint16(f.Type, uint16(v))
	return err
}

func readBareUDPType(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	proto, ok := desc.EtherProtocol(word)
	if !ok {
		return desc.Wrong(word, f.Key)
	}
	err = bareudpOnce(in, f, e, word)
	e.BE16(f.Type, proto)
	return err
}

func showBareUDPType(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 {
		p.Str(f.Key, f.Key+" %s ", p.EtherProtocol(binary.BigEndian.Uint16(b)))
	}
}

func readBareUDPMulti(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if in.Last() == f.Key {
		e.Flag(f.Type)
	}
	return nil
}

func showBareUDPMulti(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	p.YesNo(f.Key, f.Key, b != nil)
}

var bareudpHelp = [][2]string{
	{"dstport", "the UDP port that packets go to"},
	{"ethertype", "the protocol within UDP, by its name (mpls_uc, ipv4, ipv6) or number"},
	{"srcportmin", "the lowest port that packets come from"},
	{"multiproto", "also multicast of MPLS beside unicast, or IPv6 beside IPv4"},
}
