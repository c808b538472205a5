package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

func runAddr(c *cli.Command) error {
	return c.Choose(addrShow,
		cli.Verb{Name: "add", Run: addrAdd},
		cli.Verb{Name: "change", Run: addrAlter},
		cli.Verb{Name: "chg", Run: addrAlter},
		cli.Verb{Name: "replace", Run: addrReplace},
		cli.Verb{Name: "delete", Run: addrDelete},
		cli.Verb{Name: "show", Run: addrShow},
		cli.Verb{Name: "lst", Run: addrShow},
		cli.Verb{Name: "list", Run: addrShow},
		cli.Verb{Name: "flush", Run: addrFlush},
		cli.Verb{Name: "save", Run: addrSave},
		cli.Verb{Name: "showdump", Run: addrShowDump},
		cli.Verb{Name: "restore", Run: addrRestore},
	)
}

func addrUsage() string {
	return `
address { add | change | replace } IFADDR dev IFNAME [ LIFETIME ] [ CONFFLAG-LIST ]
address del IFADDR dev IFNAME [ mngtmpaddr ]
address { save | flush } [ dev IFNAME ] [ scope SCOPE-ID ] [ to PREFIX ] [ FLAG-LIST ] [ label LABEL ] [ { up | down } ]
address [ show [ dev IFNAME ] [ scope SCOPE-ID ] [ master DEVICE ] [ nomaster ] [ vrf NAME ]
               [ type TYPE ] [ group GROUP ] [ to PREFIX ] [ FLAG-LIST ] [ label LABEL ] [ { up | down } ]
               [ proto ADDRPROTO ] ]
address { showdump | restore }
IFADDR := PREFIX | ADDR peer PREFIX
          [ broadcast ADDR ] [ anycast ADDR ]
          [ label IFNAME ] [ scope SCOPE-ID ] [ metric METRIC ]
          [ proto ADDRPROTO ]
SCOPE-ID := [ host | link | global | NUMBER ]
FLAG-LIST := [ FLAG-LIST ] FLAG
FLAG := [ permanent | dynamic | secondary | primary | [-]tentative | [-]deprecated |
          [-]dadfailed | temporary | CONFFLAG-LIST ]
CONFFLAG-LIST := [ CONFFLAG-LIST ] CONFFLAG
CONFFLAG := [ home | nodad | optimistic | mngtmpaddr | noprefixroute | autojoin ]
TYPE := { ` + cli.Fold(kindNames(), " | ", "          ", 78) + ` | ... }
ADDRPROTO := { NAME | NUMBER }
LIFETIME := [ valid_lft LFT ] [ preferred_lft LFT ]
LFT := forever | SECONDS
`
}

// addrShow is ip address show.
func addrShow(c *cli.Command) error {
	f, err := parseFilter(c)
	if err != nil {
		return err
	}
	links, err := readLinks(c, f, c.Family)
	if err != nil {
		return err
	}
	addrs, err := readAddrs(c, f)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		for _, l := range links {
			mine := addrs[int(l.ifi.Index)]
			if f.family != uapi.AF_PACKET && !f.keepLink(l, mine) {
				continue
			}
			c.Out.Object("")
			showLinkAddrs(c, f, l, mine)
			c.Out.EndObject()
			if err := c.Spill(); err != nil {
				return err
			}
		}
		return nil
	})
}

// readAddrs returns the addresses that a filter may want, by their link.
func readAddrs(c *cli.Command, f *filter) (map[int][]*addrMessage, error) {
	if f.family == uapi.AF_PACKET {
		return nil, nil
	}
	messages, err := c.List(f.addrDump())
	if err != nil {
		return nil, err
	}
	addrs := map[int][]*addrMessage{}
	for _, m := range messages {
		a := readAddr(m)
		if f.family != uapi.AF_UNSPEC && int(a.ifa.Family) != f.family {
			continue // a kernel that does not filter
		}
		addrs[int(a.ifa.Index)] = append(addrs[int(a.ifa.Index)], a)
	}
	return addrs, nil
}

// keepLink reports whether a link is shown for its addresses: one that has
// none is shown unless a family was asked for, others where one is wanted. What
// made the addresses does not count, as with ip.
func (f *filter) keepLink(l *linkMessage, addrs []*addrMessage) bool {
	anyProto := *f
	anyProto.proto.given = false
	f = &anyProto
	for _, a := range addrs {
		if f.addr(a, l.name) {
			return true
		}
	}
	return len(addrs) == 0 && f.family == uapi.AF_UNSPEC
}

// showLinkAddrs prints a link and its addresses. What the filter takes out
// leaves empty JSON objects, as it does with ip.
func showLinkAddrs(c *cli.Command, f *filter, l *linkMessage, addrs []*addrMessage) {
	p := c.Out
	named := c.Oneline && f.family != uapi.AF_PACKET && !c.Brief
	if !named && !f.label.given {
		if !f.link(l) {
			return
		}
		showLink(c.Session, l, linkView{addr: true, family: f.family})
		if !c.Brief {
			p.Text("\n")
		}
	}
	if f.family != uapi.AF_PACKET {
		p.Array("addr_info")
		for _, a := range addrs {
			p.Object("")
			if f.addr(a, l.name) {
				showAddr(c.Session, a, named)
				if !c.Brief {
					p.Text("\n")
				}
			}
			p.EndObject()
		}
		p.EndArray()
	}
	if c.Stats > 0 && !named && !c.Brief {
		showLinkStats(c.Session, l)
		p.NL()
	}
	if c.Brief {
		p.Text("\n")
	}
}
