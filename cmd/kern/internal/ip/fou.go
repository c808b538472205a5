package ip

import (
	"encoding/binary"
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func fouUsage() string {
	return `
fou add port PORT { ipproto PROTO | gue } [ local IFADDR ] [ peer IFADDR ]
        [ peer_port PORT ] [ dev IFNAME ]
fou del port PORT [ local IFADDR ] [ peer IFADDR ] [ peer_port PORT ] [ dev IFNAME ]
fou show
`
}

var fouFamily = cli.GenlFamily{Name: uapi.FOU_GENL_NAME, Version: uapi.FOU_GENL_VERSION}

// runFou is about UDP ports where packets of tunnels come in.
func runFou(c *cli.Command) error {
	usage := func(c *cli.Command) error { return c.ShowUsage() }
	return c.Choose(usage,
		cli.Verb{Name: "add", Run: func(c *cli.Command) error { return changeFou(c, uapi.FOU_CMD_ADD) }},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return changeFou(c, uapi.FOU_CMD_DEL) }},
		cli.Verb{Name: "show", Run: listFous},
	)
}

// fouWords are the words of a port.
type fouWords struct {
	family            int
	port, peerPort    uint16
	ipproto           choice[uint8]
	gue               bool
	local, peer       string
	hasLocal, hasPeer bool
	index             int
}

// changeFou is "fou add" and "fou del".
func changeFou(c *cli.Command, cmd uint8) error {
	w := &fouWords{family: c.Family}
	if w.family == uapi.AF_UNSPEC {
		w.family = uapi.AF_INET
	}
	for c.More() {
		if err := nextFouWord(c, w); err != nil {
			return err
		}
	}
	switch {
	case w.port == 0:
		return cli.Exit(cli.StatusFailed, "fou: missing port")
	case cmd == uapi.FOU_CMD_ADD && !w.ipproto.given && !w.gue:
		return cli.Exit(cli.StatusFailed, "fou: must set ipproto or gue")
	case w.ipproto.given && w.gue:
		return cli.Exit(cli.StatusFailed, "fou: cannot set ipproto and gue")
	case w.hasPeer != (w.peerPort != 0):
		return cli.Exit(cli.StatusFailed, "fou: both peer and peer port must be set")
	}
	r, err := c.GenlRequest(fouFamily, cmd)
	if err != nil {
		return err
	}
	if err := w.put(r); err != nil {
		return err
	}
	return c.Exec(r)
}

func (w *fouWords) put(r *wire.Request) error {
	r.BE16(uapi.FOU_ATTR_PORT, w.port)
	typ := uint8(uapi.FOU_ENCAP_DIRECT)
	if w.gue {
		typ = uapi.FOU_ENCAP_GUE
	}
	r.Uint8(uapi.FOU_ATTR_TYPE, typ)
	r.Uint8(uapi.FOU_ATTR_AF, uint8(w.family))
	if w.ipproto.given {
		r.Uint8(uapi.FOU_ATTR_IPPROTO, w.ipproto.value)
	}
	for _, a := range []struct {
		word   string
		given  bool
		v4, v6 uint16
	}{{w.local, w.hasLocal, uapi.FOU_ATTR_LOCAL_V4, uapi.FOU_ATTR_LOCAL_V6},
		{w.peer, w.hasPeer, uapi.FOU_ATTR_PEER_V4, uapi.FOU_ATTR_PEER_V6}} {
		if !a.given {
			continue
		}
		addr, err := cli.ParsePrefix(a.word, w.family)
		if err != nil || addr.Given {
			return desc.WrongFamily("address", a.word, w.family)
		}
		typ := a.v4
		if w.family == uapi.AF_INET6 {
			typ = a.v6
		}
		r.Data(typ, addr.Bytes())
	}
	if w.peerPort != 0 {
		r.BE16(uapi.FOU_ATTR_PEER_PORT, w.peerPort)
	}
	if w.index != 0 {
		r.Int32(uapi.FOU_ATTR_IFINDEX, int32(w.index))
	}
	return nil
}

// nextFouWord takes a word. ip looks them up in this order where they are abbreviated.
func nextFouWord(c *cli.Command, w *fouWords) error {
	port := func(v *uint16, why string) error {
		n, err := c.Uint(16, why)
		if *v = uint16(n); err == nil && n == 0 {
			return desc.Wrong(c.Last(), why)
		}
		return err
	}
	word := func(s *string, given *bool) (err error) {
		*s, err = c.Next()
		*given = true
		return err
	}
	switch {
	case c.TakeAbbr("port"):
		return port(&w.port, "invalid port")
	case c.TakeAbbr("ipproto"):
		name, err := c.Next()
		if err != nil {
			return err
		}
		n, ok := cli.IPProtoNumber(name)
		if !ok || n == 0 {
			return desc.Wrong(name, "invalid ipproto")
		}
		w.ipproto.set(n)
		return nil
	case c.TakeAbbr("gue"):
		w.gue = true
		return nil
	case c.TakeAbbr("-6"):
		w.family = uapi.AF_INET6
		return nil
	case c.TakeAbbr("local"):
		return word(&w.local, &w.hasLocal)
	case c.TakeAbbr("peer"):
		return word(&w.peer, &w.hasPeer)
	case c.TakeAbbr("peer_port"):
		return port(&w.peerPort, "invalid peer port")
	case c.TakeAbbr("dev"):
		name, err := c.Next()
		if err != nil {
			return err
		}
		info := c.LinkNamed(name)
		if info == nil {
			return cli.Exit(cli.StatusFailed, "fou: unknown device name")
		}
		w.index = info.Index
		return nil
	}
	return cli.Exit(cli.StatusUsage, "fou: unknown command %q?", c.Peek())
}

// listFous is "fou show".
func listFous(c *cli.Command) error {
	if c.More() {
		return cli.Exit(cli.StatusFailed, "\"%s fou show\" does not take any arguments.", c.Name)
	}
	r, err := c.GenlRequest(fouFamily, uapi.FOU_CMD_GET)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			showFou(c, cli.GenlAttrs(m))
			return c.Spill()
		}))
	})
}

func showFou(c *cli.Command, attrs desc.Attrs) {
	p := c.Out
	p.Object("")
	port := func(typ uint16, key, format string, always bool) {
		if b, ok := attrs[typ]; ok && len(b) >= 2 {
			if n := binary.BigEndian.Uint16(b); n != 0 || always {
				p.Uint(key, format, uint64(n))
			}
		}
	}
	port(uapi.FOU_ATTR_PORT, "port", "port %d", true)
	if cli.Number8(attrs[uapi.FOU_ATTR_TYPE]) == uapi.FOU_ENCAP_GUE {
		p.Null("gue", " gue")
	} else if b, ok := attrs[uapi.FOU_ATTR_IPPROTO]; ok {
		p.Uint("ipproto", " ipproto %d", uint64(cli.Number8(b)))
	}
	six := false
	if b, ok := attrs[uapi.FOU_ATTR_AF]; ok {
		family := int(cli.Number8(b))
		six = family == uapi.AF_INET6
		p.Str("family", "", desc.FamilyName(family))
		if six {
			p.Text(" -6")
		}
	}
	for _, a := range []struct {
		key    string
		v4, v6 uint16
	}{{"local", uapi.FOU_ATTR_LOCAL_V4, uapi.FOU_ATTR_LOCAL_V6}, {"peer", uapi.FOU_ATTR_PEER_V4, uapi.FOU_ATTR_PEER_V6}} {
		typ := a.v4
		if six {
			typ = a.v6
		}
		if addr, ok := netip.AddrFromSlice(attrs[typ]); ok && !addr.IsUnspecified() {
			p.Str(a.key, " "+a.key+" %s", p.Addr(attrs[typ]))
		}
	}
	port(uapi.FOU_ATTR_PEER_PORT, "peer_port", " peer_port %d", false)
	if index := cli.Number32(attrs[uapi.FOU_ATTR_IFINDEX]); index != 0 {
		p.Str("dev", " dev %s", p.Link(int(index)))
	}
	ShowUnknown(p, " %s", attrs, uapi.FOU_ATTR_MAX)
	p.Text("\n")
	p.EndObject()
}
