package ip

import (
	"fmt"
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func mptcpUsage() string {
	return `
mptcp endpoint add ADDRESS [ dev NAME ] [ id ID ] [ port NR ] [ FLAG-LIST ]
mptcp endpoint delete id ID [ ADDRESS ]
mptcp endpoint change [ id ID ] [ ADDRESS ] [ port NR ] CHANGE-OPT
mptcp endpoint show [ id ID ]
mptcp endpoint flush
mptcp limits set [ subflows NR ] [ add_addr_accepted NR ]
mptcp limits show
mptcp monitor
FLAG-LIST := [ FLAG-LIST ] FLAG
FLAG  := [ signal | subflow | laminar | backup | fullmesh ]
CHANGE-OPT := [ backup | nobackup | fullmesh | nofullmesh ]
`
}

var mptcpFamily = cli.GenlFamily{Name: uapi.MPTCP_PM_NAME, Version: uapi.MPTCP_PM_VER}

// runMPTCP is about the path manager of multipath TCP.
func runMPTCP(c *cli.Command) error {
	usage := func(c *cli.Command) error { return c.ShowUsage() }
	return c.Choose(usage,
		cli.Verb{Name: "endpoint", Run: runEndpoint},
		cli.Verb{Name: "limits", Run: runMPTCPLimits},
		cli.Verb{Name: "monitor", Run: monitorMPTCP},
	)
}

func runEndpoint(c *cli.Command) error {
	change := func(cmd uint8) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeEndpoint(c, cmd) }
	}
	return c.Choose(showEndpoints,
		cli.Verb{Name: "add", Run: change(uapi.MPTCP_PM_CMD_ADD_ADDR)},
		cli.Verb{Name: "change", Run: change(uapi.MPTCP_PM_CMD_SET_FLAGS)},
		cli.Verb{Name: "delete", Run: change(uapi.MPTCP_PM_CMD_DEL_ADDR)},
		cli.Verb{Name: "show", Run: showEndpoints},
		cli.Verb{Name: "flush", Run: func(c *cli.Command) error {
			r, err := c.GenlRequest(mptcpFamily, uapi.MPTCP_PM_CMD_FLUSH_ADDRS)
			if err != nil {
				return err
			}
			return c.Exec(r)
		}},
	)
}

// endpointFlags are the flags in the order in which they are shown.
var endpointFlags = []struct {
	name string
	bit  uint32
}{
	{"signal", uapi.MPTCP_PM_ADDR_FLAG_SIGNAL},
	{"subflow", uapi.MPTCP_PM_ADDR_FLAG_SUBFLOW},
	{"backup", uapi.MPTCP_PM_ADDR_FLAG_BACKUP},
	{"fullmesh", uapi.MPTCP_PM_ADDR_FLAG_FULLMESH},
	{"implicit", uapi.MPTCP_PM_ADDR_FLAG_IMPLICIT},
	{"laminar", uapi.MPTCP_PM_ADDR_FLAG_LAMINAR},
	{"nobackup", 0},
	{"nofullmesh", 0},
}

// endpointWords are the words of an endpoint.
type endpointWords struct {
	addr  choice[netip.Addr]
	id    choice[uint8]
	port  uint16
	index int
	flags uint32
}

func nextEndpoint(c *cli.Command, cmd uint8) (w endpointWords, err error) {
	for c.More() && err == nil {
		err = w.next(c, cmd)
	}
	if err == nil {
		err = w.check(cmd)
	}
	return w, err
}

// next takes a word. Flags are not abbreviated.
func (w *endpointWords) next(c *cli.Command, cmd uint8) error {
	for _, f := range endpointFlags {
		if !c.Take(f.name) {
			continue
		}
		w.flags |= f.bit
		const both = uapi.MPTCP_PM_ADDR_FLAG_SIGNAL | uapi.MPTCP_PM_ADDR_FLAG_FULLMESH
		const changeable = uapi.MPTCP_PM_ADDR_FLAG_BACKUP | uapi.MPTCP_PM_ADDR_FLAG_FULLMESH
		switch {
		case cmd == uapi.MPTCP_PM_CMD_ADD_ADDR && w.flags&both == both:
			return desc.Wrong(f.name, "flags mustn't have both signal and fullmesh")
		case cmd == uapi.MPTCP_PM_CMD_SET_FLAGS && w.flags&^changeable != 0:
			return desc.Wrong(f.name, "invalid flags, backup and fullmesh only")
		}
		return nil
	}
	switch {
	case c.TakeAbbr("id"):
		id, err := c.Uint(8, "invalid ID")
		w.id.set(uint8(id))
		return err
	case c.TakeAbbr("dev"):
		name, err := nextIfname(c, "invalid interface name")
		if err != nil {
			return err
		}
		info := c.LinkNamed(name)
		if info == nil {
			return desc.Wrong(name, "device does not exist")
		}
		w.index = info.Index
		return nil
	case c.TakeAbbr("port"):
		port, err := c.Uint(16, "expected port")
		w.port = uint16(port)
		return err
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	addr, err := desc.ParseAddr(word, uapi.AF_UNSPEC)
	if err == nil && !addr.IsValid() {
		err = desc.Wrong(word, "unknown argument")
	}
	w.addr.set(addr)
	return err
}

// check refuses what the command does not take together.
func (w *endpointWords) check(cmd uint8) error {
	missing := func(what string) error {
		return cli.Exit(cli.StatusUsage, "Error: argument %q is required", what)
	}
	switch cmd {
	case uapi.MPTCP_PM_CMD_ADD_ADDR:
		switch {
		case !w.addr.given:
			return missing("ADDRESS")
		case w.id.given && w.id.value == 0:
			return desc.Wrong("ID", "cannot be 0")
		case w.port != 0 && w.flags&uapi.MPTCP_PM_ADDR_FLAG_SIGNAL == 0:
			return desc.Wrong("port", "flags must have signal when using port")
		}
	case uapi.MPTCP_PM_CMD_DEL_ADDR:
		switch {
		case !w.id.given:
			return missing("ID")
		case w.id.value != 0 && w.addr.given:
			return desc.Wrong("ADDRESS", "invalid for non-zero id address")
		case w.id.value == 0 && !w.addr.given:
			return desc.Wrong("ID", "address is needed for deleting id 0 address")
		}
	default:
		switch {
		case w.id.given && w.id.value == 0:
			return desc.Wrong("ID", "cannot be 0")
		case cmd == uapi.MPTCP_PM_CMD_SET_FLAGS && w.id.given && w.port != 0:
			return desc.Wrong("port", "port can't be used with id")
		}
	}
	return nil
}

func (w *endpointWords) put(r *wire.Request) {
	r.Nest(uapi.MPTCP_PM_ATTR_ADDR | uapi.NLA_F_NESTED)
	if w.id.given {
		r.Uint8(uapi.MPTCP_PM_ADDR_ATTR_ID, w.id.value)
	}
	if w.flags != 0 {
		r.Uint32(uapi.MPTCP_PM_ADDR_ATTR_FLAGS, w.flags)
	}
	if w.index != 0 {
		r.Int32(uapi.MPTCP_PM_ADDR_ATTR_IF_IDX, int32(w.index))
	}
	if w.port != 0 {
		r.Uint16(uapi.MPTCP_PM_ADDR_ATTR_PORT, w.port)
	}
	if w.addr.given {
		typ := uint16(uapi.MPTCP_PM_ADDR_ATTR_ADDR4)
		if w.addr.value.Is6() {
			typ = uapi.MPTCP_PM_ADDR_ATTR_ADDR6
		}
		r.Uint16(uapi.MPTCP_PM_ADDR_ATTR_FAMILY, uint16(desc.AddrFamily(w.addr.value)))
		r.Addr(typ, w.addr.value)
	}
	r.End()
}

func changeEndpoint(c *cli.Command, cmd uint8) error {
	w, err := nextEndpoint(c, cmd)
	if err != nil {
		return err
	}
	r, err := c.GenlRequest(mptcpFamily, cmd)
	if err != nil {
		return err
	}
	w.put(r)
	return c.Exec(r)
}

// showEndpoints is "mptcp endpoint show".
func showEndpoints(c *cli.Command) error {
	show := func(m wire.Message) error {
		showEndpoint(c.Out, desc.ParseAttrs(cli.GenlAttrs(m)[uapi.MPTCP_PM_ATTR_ADDR]))
		return c.Spill()
	}
	one := c.More()
	w, err := nextEndpoint(c, uapi.MPTCP_PM_CMD_GET_ADDR)
	if err != nil {
		return err
	}
	r, err := c.GenlRequest(mptcpFamily, uapi.MPTCP_PM_CMD_GET_ADDR)
	if err != nil {
		return err
	}
	if !one {
		return c.Array(func() error { return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, show)) })
	}
	w.put(r)
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error { return show(m) })
}

func showEndpoint(p *desc.Printer, attrs desc.Attrs) {
	p.Object("")
	family := uapi.AF_INET
	b, ok := attrs[uapi.MPTCP_PM_ADDR_ATTR_ADDR4]
	if !ok {
		family = uapi.AF_INET6
		b, ok = attrs[uapi.MPTCP_PM_ADDR_ATTR_ADDR6]
	}
	if ok {
		p.ColorStr(desc.AddrColor(family), "address", "%s ", p.Addr(b))
	}
	if port := cli.Number16(attrs[uapi.MPTCP_PM_ADDR_ATTR_PORT]); port != 0 {
		p.Uint("port", "port %d ", uint64(port))
	}
	if b, ok := attrs[uapi.MPTCP_PM_ADDR_ATTR_ID]; ok {
		p.Uint("id", "id %d ", uint64(cli.Number8(b)))
	}
	flags := cli.Number32(attrs[uapi.MPTCP_PM_ADDR_ATTR_FLAGS])
	for _, f := range endpointFlags {
		if flags&f.bit != 0 {
			p.Text("%s ", f.name)
			p.Bool(f.name, "", true)
		}
		flags &^= f.bit
	}
	if flags != 0 {
		p.Str("rawflags", "rawflags %s ", fmt.Sprintf("%02x", flags))
	}
	if index := cli.Number32(attrs[uapi.MPTCP_PM_ADDR_ATTR_IF_IDX]); index != 0 {
		p.Text("dev ")
		p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(int(index)))
	}
	ShowUnknown(p, "%s ", attrs, uapi.MPTCP_PM_ADDR_ATTR_MAX)
	p.NL()
	p.EndObject()
}

func runMPTCPLimits(c *cli.Command) error {
	return c.Choose(showMPTCPLimits,
		cli.Verb{Name: "set", Run: setMPTCPLimits},
		cli.Verb{Name: "show", Run: showMPTCPLimits},
	)
}

// nextMPTCPLimits puts the limits that the words have; of two of one name the last one.
func nextMPTCPLimits(c *cli.Command, r *wire.Request) error {
	var accepted, subflows choice[uint32]
	for c.More() {
		limit, why := &subflows, "invalid subflows"
		switch {
		case c.TakeAbbr("subflows"):
		case c.TakeAbbr("add_addr_accepted"):
			limit, why = &accepted, "invalid add_addr_accepted"
		default:
			return desc.Wrong(c.Peek(), "unknown limit")
		}
		n, err := c.Uint(32, why)
		if err != nil {
			return err
		}
		limit.set(uint32(n))
	}
	if accepted.given {
		r.Uint32(uapi.MPTCP_PM_ATTR_RCV_ADD_ADDRS, accepted.value)
	}
	if subflows.given {
		r.Uint32(uapi.MPTCP_PM_ATTR_SUBFLOWS, subflows.value)
	}
	return nil
}

func setMPTCPLimits(c *cli.Command) error {
	r, err := c.GenlRequest(mptcpFamily, uapi.MPTCP_PM_CMD_SET_LIMITS)
	if err != nil {
		return err
	}
	if err := nextMPTCPLimits(c, r); err != nil {
		return err
	}
	return c.Exec(r)
}

// showMPTCPLimits is "mptcp limits show". With -json it prints JSON, where ip prints text.
func showMPTCPLimits(c *cli.Command) error {
	r, err := c.GenlRequest(mptcpFamily, uapi.MPTCP_PM_CMD_GET_LIMITS)
	if err != nil {
		return err
	}
	if err := nextMPTCPLimits(c, r); err != nil {
		return err
	}
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showLimits(c.Out, cli.GenlAttrs(m))
		return nil
	})
}

func showLimits(p *desc.Printer, attrs desc.Attrs) {
	p.Object("")
	if b, ok := attrs[uapi.MPTCP_PM_ATTR_RCV_ADD_ADDRS]; ok {
		p.Uint("add_addr_accepted", "add_addr_accepted %d ", uint64(cli.Number32(b)))
	}
	if b, ok := attrs[uapi.MPTCP_PM_ATTR_SUBFLOWS]; ok {
		p.Uint("subflows", "subflows %d ", uint64(cli.Number32(b)))
	}
	ShowUnknown(p, "%s ", attrs, uapi.MPTCP_PM_ATTR_MAX)
	p.NL()
	p.EndObject()
}
