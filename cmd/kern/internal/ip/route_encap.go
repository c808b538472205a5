package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// encapKind is a lightweight tunnel that a route may lead through. Each kind
// that can be read has a file of its own, route_encap_KIND.go, and a line in
// the table.
type encapKind struct {
	name    string
	typ     uint16
	grammar string
	// read appends what RTA_ENCAP holds; nil: the kind cannot be read yet.
	read func(c *cli.Command, e *wire.Encoder) error
	// show prints it; nil: only the kind's name is shown.
	show func(c *cli.Command, attrs desc.Attrs)
}

// encapKinds returns the kinds in the order of the kernel's numbers.
func encapKinds() []encapKind {
	return []encapKind{
		{"mpls", uapi.LWTUNNEL_ENCAP_MPLS, "mpls LABEL[/LABEL]... [ ttl TTL ]", readMPLSEncap, showMPLSEncap},
		ipEncap,
		{"ila", uapi.LWTUNNEL_ENCAP_ILA, "", nil, nil},
		ip6Encap,
		{"seg6", uapi.LWTUNNEL_ENCAP_SEG6, "", nil, nil},
		{"bpf", uapi.LWTUNNEL_ENCAP_BPF, "", nil, nil},
		{"seg6local", uapi.LWTUNNEL_ENCAP_SEG6_LOCAL, "", nil, nil},
		{"rpl", uapi.LWTUNNEL_ENCAP_RPL, "", nil, nil},
		{"ioam6", uapi.LWTUNNEL_ENCAP_IOAM6, "", nil, nil},
		{"xfrm", uapi.LWTUNNEL_ENCAP_XFRM, "", nil, nil},
	}
}

// encapGrammar is the usage of all kinds.
func encapGrammar() string {
	var kinds []string
	for _, k := range encapKinds() {
		if k.read != nil {
			kinds = append(kinds, k.grammar)
		}
	}
	return strings.Join(kinds, " |\n           ")
}

// nextEncap reads KIND and what the kind takes, into the attributes encap and
// encapType.
func nextEncap(c *cli.Command, e *wire.Encoder, encap, encapType uint16) error {
	name, err := c.Next()
	if err != nil {
		return err
	}
	for _, k := range encapKinds() {
		switch {
		case k.name != name:
		case k.read == nil:
			return desc.Wrong(name, "\"encap type\" is not supported by "+c.Name+" yet")
		default:
			e.Uint16(encapType, k.typ)
			e.Nest(encap | uapi.NLA_F_NESTED)
			err := k.read(c, e)
			e.End()
			return err
		}
	}
	return desc.Wrong(name, "\"encap type\" value is invalid\n")
}

// showEncap prints an encapsulation from its two attributes.
func showEncap(c *cli.Command, typ, encap []byte) {
	if len(typ) < 2 || encap == nil {
		return
	}
	number := native.Uint16(typ)
	for _, k := range encapKinds() {
		if k.typ == number {
			c.Out.Str("encap", " encap %s ", k.name)
			if k.show != nil {
				k.show(c, desc.ParseAttrs(encap))
			}
			return
		}
	}
	c.Out.Str("encap", " encap %s ", "unknown")
}
