package main

import (
	"kern.sys/internal/uapi"
)

func runAddr(c *command) error {
	return c.choose(addrShow,
		verb{"add", addrAdd},
		verb{"change", addrAlter},
		verb{"chg", addrAlter},
		verb{"replace", addrReplace},
		verb{"delete", addrDelete},
		verb{"show", addrShow},
		verb{"lst", addrShow},
		verb{"list", addrShow},
		verb{"flush", addrFlush},
	)
}

func addrUsage() string {
	return `
address { add | change | replace } IFADDR dev IFNAME [ LIFETIME ] [ CONFFLAG-LIST ]
address del IFADDR dev IFNAME [ mngtmpaddr ]
address flush [ dev IFNAME ] [ scope SCOPE-ID ] [ to PREFIX ] [ FLAG-LIST ] [ label LABEL ] [ up ]
address [ show [ dev IFNAME ] [ scope SCOPE-ID ] [ master DEVICE ] [ nomaster ] [ vrf NAME ]
               [ type TYPE ] [ group GROUP ] [ to PREFIX ] [ FLAG-LIST ] [ label LABEL ] [ up ] ]
IFADDR := PREFIX | ADDR peer PREFIX
          [ broadcast ADDR ] [ anycast ADDR ]
          [ label IFNAME ] [ scope SCOPE-ID ] [ metric METRIC ]
SCOPE-ID := [ host | link | global | NUMBER ]
FLAG-LIST := [ FLAG-LIST ] FLAG
FLAG := [ permanent | dynamic | secondary | primary | [-]tentative | [-]deprecated |
          [-]dadfailed | temporary | CONFFLAG-LIST ]
CONFFLAG-LIST := [ CONFFLAG-LIST ] CONFFLAG
CONFFLAG := [ home | nodad | optimistic | mngtmpaddr | noprefixroute | autojoin ]
LIFETIME := [ valid_lft LFT ] [ preferred_lft LFT ]
LFT := forever | SECONDS
`
}

// addrShow is ip address show.
func addrShow(c *command) error {
	f, err := c.parseFilter()
	if err != nil {
		return err
	}
	links, err := c.readLinks(f, c.family)
	if err != nil {
		return err
	}
	addrs, err := c.readAddrs(f)
	if err != nil {
		return err
	}
	return c.array(func() error {
		for _, l := range links {
			mine := addrs[int(l.ifi.Index)]
			if f.family != uapi.AF_PACKET && !f.keepLink(l, mine) {
				continue
			}
			c.p.Object("")
			c.showLinkAddrs(f, l, mine)
			c.p.EndObject()
			if err := c.spill(); err != nil {
				return err
			}
		}
		return nil
	})
}

// readAddrs returns the addresses that a filter may want, by their link.
func (c *command) readAddrs(f *filter) (map[int][]*addrMessage, error) {
	if f.family == uapi.AF_PACKET {
		return nil, nil
	}
	messages, err := c.list(f.addrDump())
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
// none is shown unless a family was asked for, others where one is wanted.
func (f *filter) keepLink(l *linkMessage, addrs []*addrMessage) bool {
	for _, a := range addrs {
		if f.addr(a, l.name) {
			return true
		}
	}
	return len(addrs) == 0 && f.family == uapi.AF_UNSPEC
}

// showLinkAddrs prints a link and its addresses. What the filter takes out
// leaves empty JSON objects, as it does with ip.
func (c *command) showLinkAddrs(f *filter, l *linkMessage, addrs []*addrMessage) {
	p := c.p
	named := c.oneline && f.family != uapi.AF_PACKET && !c.brief
	if !named && f.label == "" {
		if !f.link(l) {
			return
		}
		c.showLink(l, linkView{addr: true, family: f.family})
		if !c.brief {
			p.Text("\n")
		}
	}
	if f.family != uapi.AF_PACKET {
		p.Array("addr_info")
		for _, a := range addrs {
			p.Object("")
			if f.addr(a, l.name) {
				c.showAddr(a, named)
				if !c.brief {
					p.Text("\n")
				}
			}
			p.EndObject()
		}
		p.EndArray()
	}
	if c.stats > 0 && !named && !c.brief {
		c.showLinkStats(l)
		p.NL()
	}
	if c.brief {
		p.Text("\n")
	}
}
