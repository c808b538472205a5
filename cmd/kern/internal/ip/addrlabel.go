package ip

import (
	"math"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func addrLabelUsage() string {
	return `
addrlabel { add | del } prefix PREFIX [ dev DEV ] [ label LABEL ]
addrlabel [ list | flush | help ]
`
}

// runAddrLabel is about the labels by which IPv6 chooses source addresses (RFC 6724).
func runAddrLabel(c *cli.Command) error {
	return c.Choose(listAddrLabels,
		cli.Verb{Name: "list", Run: listAddrLabels},
		cli.Verb{Name: "lst", Run: listAddrLabels},
		cli.Verb{Name: "show", Run: listAddrLabels},
		cli.Verb{Name: "add", Run: func(c *cli.Command) error {
			return changeAddrLabel(c, uapi.RTM_NEWADDRLABEL, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
		}},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return changeAddrLabel(c, uapi.RTM_DELADDRLABEL, 0) }},
		cli.Verb{Name: "flush", Run: flushAddrLabels},
	)
}

// addrLabelFamily is the family asked for, or IPv6.
func addrLabelFamily(c *cli.Command) int {
	if c.Family == uapi.AF_UNSPEC {
		return uapi.AF_INET6
	}
	return c.Family
}

func addrLabelDump(c *cli.Command) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETADDRLABEL, 0)
	(&uapi.Ifaddrlblmsg{Family: uint8(addrLabelFamily(c))}).Put(r.Header(uapi.SizeofIfaddrlblmsg))
	return r
}

func listAddrLabels(c *cli.Command) error {
	if c.More() {
		return cli.Exit(cli.StatusFailed, "\"%s addrlabel show\" does not take any arguments.", c.Name)
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusUsage, c.Dump(addrLabelDump(c), func(m wire.Message) error {
			showAddrLabel(c, m)
			return c.Spill()
		}))
	})
}

func flushAddrLabels(c *cli.Command) error {
	if c.More() {
		return cli.Exit(cli.StatusFailed, "\"%s addrlabel flush\" does not allow extra arguments", c.Name)
	}
	all, err := c.List(addrLabelDump(c))
	if err != nil {
		return Terminated(c, "Flush", cli.StatusFailed, err)
	}
	var deletes []*wire.Request
	for _, m := range all {
		deletes = append(deletes, changed(m, uapi.RTM_DELADDRLABEL, 0, uapi.SizeofIfaddrlblmsg))
	}
	return sendAll(c, deletes)
}

// changeAddrLabel is "addrlabel add" and "addrlabel del". Words that it does not know are passed
// over, as ip does.
func changeAddrLabel(c *cli.Command, typ, flags uint16) error {
	var prefix choice[cli.Prefix]
	var label choice[uint32]
	index := 0
	for c.More() {
		var err error
		switch {
		case c.Take("prefix"):
			var p cli.Prefix
			p, err = c.NextPrefix(c.Family)
			prefix.set(p)
		case c.Take("dev"):
			index, err = nextMaster(c, "dev is invalid\n", "")
		case c.Take("label"):
			var n uint64
			n, err = c.Uint(32, "label is invalid\n")
			if err == nil && n == math.MaxUint32 {
				err = desc.Wrong(c.Last(), "label is invalid\n")
			}
			label.set(uint32(n))
		default:
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	switch {
	case !prefix.given:
		return cli.NotEnough("prefix")
	case !label.given:
		return cli.NotEnough("label")
	}
	p := prefix.value
	r := wire.NewRequest(typ, flags)
	head := uapi.Ifaddrlblmsg{Family: uint8(addrLabelFamily(c)), Prefixlen: uint8(p.Bits), Index: uint32(index)}
	head.Put(r.Header(uapi.SizeofIfaddrlblmsg))
	r.Uint32(uapi.IFAL_LABEL, label.value)
	r.Data(uapi.IFAL_ADDRESS, p.Bytes())
	return c.Exec(r)
}

// showAddrLabel prints an RTM_NEWADDRLABEL or RTM_DELADDRLABEL message on a line.
func showAddrLabel(c *cli.Command, m wire.Message) {
	p := c.Out
	var head uapi.Ifaddrlblmsg
	head.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfaddrlblmsg, len(m.Data)):])
	p.Object("")
	if m.Type == uapi.RTM_DELADDRLABEL {
		p.Bool("deleted", "Deleted ", true)
	}
	if b, ok := attrs[uapi.IFAL_ADDRESS]; ok {
		p.Text("prefix ")
		p.ColorStr(desc.AddrColor(int(head.Family)), "address", "%s", p.Addr(b))
		p.Uint("prefixlen", "/%d ", uint64(head.Prefixlen))
	}
	if head.Index != 0 {
		p.Text("dev ")
		p.ColorStr(desc.Ifname, "ifname", "%s ", p.Link(int(head.Index)))
	}
	if b := attrs[uapi.IFAL_LABEL]; len(b) == 4 {
		p.Uint("label", "label %d ", uint64(cli.Number32(b)))
	}
	showBits(p, "flags", "flags %#x ", uint32(head.Flags), 0)
	ShowUnknown(p, "%s ", attrs, uapi.IFAL_MAX)
	p.Text("\n")
	p.EndObject()
}
