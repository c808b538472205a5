package bridge

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func mstUsage() string {
	return `
mst set dev DEV msti MSTI state STATE
mst [ show ] [ dev DEV ]
STATE := { disabled | listening | learning | forwarding | blocking | NUMBER }
`
}

func runMst(c *cli.Command) error {
	return c.Choose(listMst, lister(listMst, cli.Verb{Name: "set", Run: setMst})...)
}

// setMst is "mst set": the state of a port in one spanning tree (Linux 5.18).
func setMst(c *cli.Command) error {
	var dev, msti, state string
	for c.More() {
		var err error
		switch {
		case c.Take("dev"):
			dev, err = c.Next()
		case c.Take("msti"):
			msti, err = c.Next()
		case c.Take("state"):
			state, err = c.Next()
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	if dev == "" || msti == "" || state == "" {
		return cli.Exit(cli.StatusUsage, "Device, MSTI and state are required arguments.")
	}
	index, err := c.IndexOf(dev)
	if err != nil {
		return err
	}
	tree, err := desc.ParseUint(msti, 16)
	if err != nil {
		return cli.Exit(cli.StatusUsage, "Error: invalid MSTI")
	}
	number, err := parseState(state)
	if err != nil {
		return err
	}
	r := linkRequest(uapi.RTM_SETLINK, index)
	r.Nest(uapi.IFLA_AF_SPEC)
	r.Nest(uapi.IFLA_BRIDGE_MST)
	r.Nest(uapi.IFLA_BRIDGE_MST_ENTRY | uapi.NLA_F_NESTED)
	r.Uint16(uapi.IFLA_BRIDGE_MST_ENTRY_MSTI, uint16(tree))
	r.Uint8(uapi.IFLA_BRIDGE_MST_ENTRY_STATE, number)
	r.End()
	r.End()
	r.End()
	return c.Exec(r)
}

// listMst is "mst show".
func listMst(c *cli.Command) error {
	f, err := nextFilter(c)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		c.Out.Text("%-16s  %-9s\n", "port", "msti")
		return ended(c, c.Dump(linkDump(uapi.RTEXT_FILTER_MST), func(m wire.Message) error {
			showMst(c.Out, m, f)
			return c.Spill()
		}))
	})
}

// showMst prints the states of a port.
func showMst(p *desc.Printer, m wire.Message, f filter) {
	var ifi uapi.Ifinfomsg
	ifi.Decode(m.Data)
	if f.index != 0 && f.index != int(ifi.Index) {
		return
	}
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):])
	t := &portTable{p: p, key: "mst"}
	for d := wire.NewDecoder(desc.ParseAttrs(attrs[uapi.IFLA_AF_SPEC])[uapi.IFLA_BRIDGE_MST]); d.Next(); {
		e := desc.ParseAttrs(d.Data())
		state := e[uapi.IFLA_BRIDGE_MST_ENTRY_STATE]
		if d.Type() != uapi.IFLA_BRIDGE_MST_ENTRY || len(state) == 0 {
			continue
		}
		t.line(int(ifi.Index))
		p.Object("")
		p.Uint("msti", "%d", uint64(cli.Number16(e[uapi.IFLA_BRIDGE_MST_ENTRY_MSTI])))
		p.NL()
		t.indent()
		showState(p, nil, state, nil)
		p.NL()
		p.EndObject()
	}
	t.end()
}
