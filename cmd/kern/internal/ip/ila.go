package ip

import (
	"encoding/binary"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func ilaUsage() string {
	return `
ila add loc_match LOCATOR loc LOCATOR [ dev IFNAME ] [ OPTIONS ]
ila del loc_match LOCATOR [ loc LOCATOR ] [ dev IFNAME ]
ila list
OPTIONS := [ csum-mode { adj-transport | neutral-map | neutral-map-auto | no-action } ]
           [ ident-type { luid | use-format } ]
`
}

func explainILA() [][2]string {
	return [][2]string{
		{"add, del, list", "translate a locator; no more; list what is translated"},
		{"loc_match", "the locator of packets that come in: the upper half of their destination"},
		{"loc", "the locator that they get"},
		{"dev", "only packets that come by this link"},
		{"csum-mode", "what keeps checksums right; nothing by default"},
		{"adj-transport", "the checksum of TCP, UDP or ICMP is changed"},
		{"neutral-map, neutral-map-auto", "the identifier evens it out, and a bit there says so; without the bit"},
		{"no-action", "nothing does"},
		{"ident-type", "the form of identifiers, the lower halves of addresses"},
		{"luid, use-format", "locally unique ones; the form that they begin with, which is the default"},
	}
}

var ilaFamily = cli.GenlFamily{Name: uapi.ILA_GENL_NAME, Version: uapi.ILA_GENL_VERSION}

// runILA is about the translation of locators in IPv6 addresses.
func runILA(c *cli.Command) error {
	usage := func(c *cli.Command) error { return c.ShowUsage() }
	return c.Choose(usage,
		cli.Verb{Name: "add", Run: func(c *cli.Command) error { return changeILA(c, uapi.ILA_CMD_ADD) }},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return changeILA(c, uapi.ILA_CMD_DEL) }},
		cli.Verb{Name: "show", Run: listILA},
		cli.Verb{Name: "lst", Run: listILA},
		cli.Verb{Name: "list", Run: listILA},
	)
}

// changeILA is "ila add" and "ila del". Nothing is sent of words that are wrong, where ip sends what it has read until
// then.
func changeILA(c *cli.Command, cmd uint8) error {
	var e wire.Encoder
	given := map[uint16]bool{}
	for c.More() {
		typ, err := nextILAWord(c, &e)
		if err != nil {
			return err
		}
		given[typ] = true
	}
	switch {
	case cmd == uapi.ILA_CMD_ADD && !given[uapi.ILA_ATTR_LOCATOR]:
		return cli.Exit(cli.StatusFailed, "ila: missing locator")
	case cmd == uapi.ILA_CMD_ADD && !given[uapi.ILA_ATTR_LOCATOR_MATCH]:
		return cli.Exit(cli.StatusFailed, "ila: missing locator to match")
	}
	r, err := c.GenlRequest(ilaFamily, cmd)
	if err != nil {
		return err
	}
	copy(r.Raw(len(e.Bytes())), e.Bytes())
	return c.Exec(r)
}

// nextILAWord takes a word and its value into an attribute. ip looks them up in this order where they are abbreviated.
func nextILAWord(c *cli.Command, e *wire.Encoder) (typ uint16, err error) {
	locator := func(typ uint16, what string) (uint16, error) {
		word, err := c.Next()
		if err != nil {
			return 0, err
		}
		a, err := desc.ParseAddr64(word)
		if err != nil {
			return 0, cli.Exit(cli.StatusFailed, "Bad %s: %s", what, word)
		}
		e.BE64(typ, a)
		return typ, nil
	}
	named := func(typ uint16, what string, values map[string]uint8) (uint16, error) {
		word, err := c.Next()
		if err != nil {
			return 0, err
		}
		v, ok := values[word]
		if !ok {
			return 0, cli.Exit(cli.StatusFailed, "Bad %s: %s", what, word)
		}
		e.Uint8(typ, v)
		return typ, nil
	}
	switch {
	case c.TakeAbbr("loc"):
		return locator(uapi.ILA_ATTR_LOCATOR, "locator")
	case c.TakeAbbr("loc_match"):
		return locator(uapi.ILA_ATTR_LOCATOR_MATCH, "locator to match")
	case c.TakeAbbr("csum-mode"):
		modes := map[string]uint8{}
		for m := netlink.ILA_CSUM_ADJUST_TRANSPORT; m <= netlink.ILA_CSUM_NEUTRAL_MAP_AUTO; m++ {
			modes[m.String()] = uint8(m)
		}
		return named(uapi.ILA_ATTR_CSUM_MODE, "csum-mode", modes)
	case c.TakeAbbr("ident-type"):
		return named(uapi.ILA_ATTR_IDENT_TYPE, "ident-type", map[string]uint8{
			netlink.ILA_ATYPE_LUID.String():       uint8(netlink.ILA_ATYPE_LUID),
			netlink.ILA_ATYPE_USE_FORMAT.String(): uint8(netlink.ILA_ATYPE_USE_FORMAT),
		})
	case c.TakeAbbr("dev"):
		name, err := c.Next()
		if err != nil {
			return 0, err
		}
		info := c.LinkNamed(name)
		if info == nil {
			return 0, cli.Exit(cli.StatusFailed, "No such interface: %s", name)
		}
		e.Int32(uapi.ILA_ATTR_IFINDEX, int32(info.Index))
		return uapi.ILA_ATTR_IFINDEX, nil
	}
	return 0, c.ShowUsage()
}

// listILA is "ila list".
func listILA(c *cli.Command) error {
	if c.More() {
		return cli.Exit(cli.StatusFailed, "\"%s ila show\" does not take any arguments.", c.Name)
	}
	r, err := c.GenlRequest(ilaFamily, uapi.ILA_CMD_GET)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			showILA(c.Out, cli.GenlAttrs(m))
			return c.Spill()
		}))
	})
}

// showILA prints a mapping in ip's columns, of which the last two have nothing between them.
func showILA(p *desc.Printer, attrs desc.Attrs) {
	p.Object("")
	for _, a := range []struct {
		typ uint16
		key string
	}{{uapi.ILA_ATTR_LOCATOR_MATCH, "locator_match"}, {uapi.ILA_ATTR_LOCATOR, "locator"}} {
		text := "-"
		if b := attrs[a.typ]; len(b) >= 8 {
			text = desc.Addr64Text(binary.BigEndian.Uint64(b))
		}
		p.Str(a.key, "%-20s", text)
	}
	if b, ok := attrs[uapi.ILA_ATTR_IFINDEX]; ok {
		name := "*"
		if index := cli.Number32(b); index != 0 {
			name = p.Link(int(index))
		}
		p.ColorStr(desc.Ifname, "interface", "%-16s", name)
	} else {
		p.Text("%-10s ", "-")
	}
	if b, ok := attrs[uapi.ILA_ATTR_CSUM_MODE]; ok {
		p.Str("csum_mode", "%s", netlink.ILACsumMode(cli.Number8(b)).String())
	} else {
		p.Text("%-10s ", "-")
	}
	if b, ok := attrs[uapi.ILA_ATTR_IDENT_TYPE]; ok {
		p.Str("ident_type", "%s", netlink.ILAIdentType(cli.Number8(b)).String())
	} else {
		p.Text("-")
	}
	ShowUnknown(p, " %s", attrs, uapi.ILA_ATTR_MAX)
	p.NL()
	p.EndObject()
}
