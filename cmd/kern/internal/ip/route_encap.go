package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// encapGrammar is the usage of all kinds of encapsulation.
func encapGrammar() string {
	var kinds []string
	for _, name := range netlink.EncapKinds() {
		kinds = append(kinds, name+" "+strings.Join(desc.Usage(netlink.DescribeEncap(name)), " "))
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
	k, number := netlink.DescribeEncap(name), netlink.EncapNumber(name)
	switch {
	case number == 0:
		return desc.Wrong(name, "\"encap type\" value is invalid\n")
	case k == nil:
		return desc.Wrong(name, "\"encap type\" is not supported by "+c.Name+" yet")
	}
	e.Uint16(encapType, uint16(number))
	e.Nest(encap | uapi.NLA_F_NESTED)
	err = desc.ReadNested(&c.Args, k, e, true)
	e.End()
	return err
}

// showEncap prints an encapsulation from its two attributes.
func showEncap(c *cli.Command, typ, encap []byte) {
	if len(typ) < 2 || encap == nil {
		return
	}
	name := netlink.EncapName(int(native.Uint16(typ)))
	if name == "" {
		name = "unknown"
	}
	c.Out.Str("encap", " encap %s ", name)
	if k := netlink.DescribeEncap(name); k != nil {
		desc.Show(c.Out, k, encap)
	}
}
