package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func tokenUsage() string {
	return `
token [ list | set | del | get ] [ TOKEN ] [ dev DEV ]
`
}

// runToken is about the lower halves of the addresses that IPv6 makes from router
// advertisements.
func runToken(c *cli.Command) error {
	set := func(c *cli.Command) error { return setToken(c, false) }
	return c.Choose(listTokens,
		cli.Verb{Name: "list", Run: listTokens},
		cli.Verb{Name: "lst", Run: listTokens},
		cli.Verb{Name: "show", Run: listTokens},
		cli.Verb{Name: "set", Run: set},
		cli.Verb{Name: "add", Run: set},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return setToken(c, true) }},
		cli.Verb{Name: "get", Run: listTokens},
	)
}

// listTokens is "token list". Words that it does not know are passed over, as ip does.
func listTokens(c *cli.Command) error {
	index := 0
	for c.More() {
		if !c.Take("dev") {
			if _, err := c.Next(); err != nil {
				return err
			}
			continue
		}
		var err error
		if index, err = nextMaster(c, "dev is invalid\n", ""); err != nil {
			return err
		}
		break
	}
	all, err := c.List((&filter{}).linkDump(uapi.AF_INET6, 0))
	if err != nil {
		return Terminated(c, "Dump", cli.StatusFailed, err)
	}
	return c.Array(func() error {
		for _, m := range all {
			l := readLink(m)
			if index != 0 && int(l.ifi.Index) != index || l.ifi.Flags&(uapi.IFF_LOOPBACK|uapi.IFF_NOARP) != 0 {
				continue
			}
			inet6, ok := l.attrs[uapi.IFLA_PROTINFO]
			if !ok {
				return cli.Exit(cli.StatusFailed, "Dump terminated")
			}
			token, ok := desc.ParseAttrs(inet6)[uapi.IFLA_INET6_TOKEN]
			if !ok {
				return cli.Exit(cli.StatusFailed, "Seems there's no support for IPv6 token!\nDump terminated")
			}
			showToken(c, int(l.ifi.Index), token)
		}
		return nil
	})
}

func showToken(c *cli.Command, index int, token []byte) {
	p := c.Out
	p.Object("")
	p.Text("token ")
	p.ColorStr(desc.AddrColor(uapi.AF_INET6), "token", "%s", p.Addr(token))
	p.Text(" dev ")
	p.ColorStr(desc.Ifname, "ifname", "%s\n", p.Link(index))
	p.EndObject()
}

// setToken is "token set", and "token del" with del: the token of no bits.
func setToken(c *cli.Command, del bool) error {
	var token, dev choice[string]
	index := 0
	for c.More() {
		onLink := c.Take("dev")
		if !onLink && c.HelpAsked() {
			return c.ShowUsage()
		}
		word, err := c.Next()
		switch {
		case err != nil:
			return err
		case !onLink && !token.given:
			token.set(word)
		case onLink && !dev.given:
			dev.set(word)
			info := c.LinkNamed(word)
			if info == nil {
				return desc.Wrong(word, "dev is invalid\n")
			}
			index = info.Index
		}
		if !onLink && !del {
			if _, err := cli.ParsePrefix(token.value, uapi.AF_INET6); err != nil {
				return err
			}
		}
	}
	switch {
	case !token.given && !del:
		return cli.Exit(cli.StatusFailed, "Not enough information: token is required.")
	case !dev.given:
		return cli.NotEnough("dev")
	}
	addr := make([]byte, 16)
	if !del {
		p, err := cli.ParsePrefix(token.value, uapi.AF_INET6)
		if err != nil {
			return err
		}
		copy(addr, p.Bytes())
	}
	r := wire.NewRequest(uapi.RTM_SETLINK, 0)
	(&uapi.Ifinfomsg{Family: uapi.AF_INET6, Index: int32(index)}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.Nest(uapi.IFLA_AF_SPEC)
	r.Nest(uapi.AF_INET6)
	r.Data(uapi.IFLA_INET6_TOKEN, addr)
	r.End()
	r.End()
	return c.Exec(r)
}
