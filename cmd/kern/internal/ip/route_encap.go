package ip

import (
	"strconv"
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
	k := netlink.DescribeEncap(name)
	if k == nil {
		return desc.Wrong(name, "\"encap type\" value is invalid\n")
	}
	if len(c.Rest) == 1 { // what is wrapped, or where it goes, is missing
		return &desc.UsageError{Text: `Error: argument "encap type" is required`}
	}
	e.Uint16(encapType, uint16(netlink.EncapNumber(name)))
	e.Nest(encap | uapi.NLA_F_NESTED)
	err = desc.ReadNested(&c.Args, k, e, true)
	e.End()
	return err
}

// showEncap prints an encapsulation from its two attributes: what its kind is known to have, and all
// else as it is.
func showEncap(c *cli.Command, typ, encap []byte) {
	if len(typ) < 2 || encap == nil {
		return
	}
	number := native.Uint16(typ)
	name := netlink.EncapName(int(number))
	if name == "" {
		name = strconv.Itoa(int(number))
	}
	p := c.Out
	p.Object("encap")
	p.Str("encap_type", " encap %s ", name)
	k := netlink.DescribeEncap(name)
	if k != nil {
		desc.Show(p, k, encap)
	}
	showUndescribed(p, k, encap)
	p.EndObject()
}
