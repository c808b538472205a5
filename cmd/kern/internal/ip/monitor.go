package ip

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func monitorUsage() string {
	return `
monitor [ all | OBJECT... ] [ file FILE ] [ label ] [ dev DEVICE ]
OBJECT := { ` + cli.Fold(monitorWords(), " | ", "            ", 70) + ` }
`
}

// monitored is one kind of object that can be watched.
type monitored struct {
	word   string
	label  string
	groups []watchGroup
	types  [2]uint16 // the messages that tell of it: something is there, something is gone
	show   func(c *cli.Command, m wire.Message, dev int) bool
}

// watchGroup is a multicast group and the family it is for, AF_UNSPEC for all.
type watchGroup struct {
	family int
	group  uint32
}

// monitorTable returns the objects in the order in which an abbreviation is
// looked up.
func monitorTable() []monitored {
	return []monitored{
		{"link", "LINK", []watchGroup{{0, uapi.RTNLGRP_LINK}},
			[2]uint16{uapi.RTM_NEWLINK, uapi.RTM_DELLINK}, watchLink},
		{"address", "ADDR", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_IFADDR}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_IFADDR}},
			[2]uint16{uapi.RTM_NEWADDR, uapi.RTM_DELADDR}, watchAddr},
		{"route", "ROUTE", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_ROUTE}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_ROUTE}, {uapi.AF_MPLS, uapi.RTNLGRP_MPLS_ROUTE}},
			[2]uint16{uapi.RTM_NEWROUTE, uapi.RTM_DELROUTE}, watchRoute},
		{"prefix", "PREFIX", []watchGroup{{uapi.AF_INET6, uapi.RTNLGRP_IPV6_PREFIX}},
			[2]uint16{uapi.RTM_NEWPREFIX, uapi.RTM_NEWPREFIX}, watchPrefix},
		{"neigh", "NEIGH", []watchGroup{{0, uapi.RTNLGRP_NEIGH}},
			[2]uint16{uapi.RTM_NEWNEIGH, uapi.RTM_DELNEIGH}, watchNeigh},
		{"netconf", "NETCONF", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_NETCONF}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_NETCONF}, {uapi.AF_MPLS, uapi.RTNLGRP_MPLS_NETCONF}},
			[2]uint16{uapi.RTM_NEWNETCONF, uapi.RTM_DELNETCONF}, watchNetconf},
		{"rule", "RULE", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_RULE}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_RULE}},
			[2]uint16{uapi.RTM_NEWRULE, uapi.RTM_DELRULE}, watchRule},
		{"nsid", "NSID", []watchGroup{{0, uapi.RTNLGRP_NSID}},
			[2]uint16{uapi.RTM_NEWNSID, uapi.RTM_DELNSID}, watchNetnsID},
		{"nexthop", "NEXTHOP", []watchGroup{{0, uapi.RTNLGRP_NEXTHOP}},
			[2]uint16{uapi.RTM_NEWNEXTHOP, uapi.RTM_DELNEXTHOP}, watchNexthop},
	}
}

func monitorWords() []string {
	var words []string
	for _, o := range monitorTable() {
		words = append(words, o.word)
	}
	return words
}

// monitorWish is what the words of "monitor" ask for.
type monitorWish struct {
	objects []monitored
	label   bool
	file    string
	dev     int
}

// runMonitor shows changes as they come, until it is interrupted.
func runMonitor(c *cli.Command) error {
	w, err := nextMonitorWish(c)
	if err != nil {
		return err
	}
	if w.file != "" {
		return monitorFile(c, w)
	}
	ctx, stop := signal.NotifyContext(c.Ctx, os.Interrupt)
	defer stop()
	return watch(ctx, c, w)
}

func nextMonitorWish(c *cli.Command) (*monitorWish, error) {
	w := &monitorWish{}
	for c.More() {
		if err := nextMonitorWord(c, w); err != nil {
			return nil, err
		}
	}
	if w.objects == nil {
		w.objects = monitorTable()
	}
	return w, nil
}

func nextMonitorWord(c *cli.Command, w *monitorWish) error {
	switch {
	case c.TakeAbbr("file"):
		file, err := c.Next()
		w.file = file
		return err
	case c.TakeAbbr("label"):
		w.label = true
		return nil
	case c.Take("dev"):
		name, err := c.Next()
		if err != nil {
			return err
		}
		info := c.LinkNamed(name)
		if info == nil {
			return desc.Wrong(name, "Device does not exist\n")
		}
		w.dev = info.Index
		return nil
	case c.Take("all"):
		w.objects, w.label = monitorTable(), true
		return nil
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	for _, o := range monitorTable() {
		if strings.HasPrefix(o.word, word) && word != "" {
			w.objects = append(w.objects, o)
			return nil
		}
	}
	if strings.HasPrefix("help", word) {
		return c.ShowUsage()
	}
	return &cli.UnknownError{Kind: "Argument", Word: word, Try: "monitor help"}
}

// groups are the multicast groups to join.
func (w *monitorWish) groups(family int) []uint32 {
	var groups []uint32
	for _, o := range w.objects {
		for _, g := range o.groups {
			if family == uapi.AF_UNSPEC || g.family == uapi.AF_UNSPEC || family == g.family {
				groups = append(groups, g.group)
			}
		}
	}
	return groups
}

// watch shows events until ctx is done.
func watch(ctx context.Context, c *cli.Command, w *monitorWish) error {
	cfg := wire.Config{Protocol: uapi.NETLINK_ROUTE, ReceiveBuffer: c.Rcvbuf}
	if c.NS.IsOpen() {
		cfg.NetNS = &c.NS
	}
	events, err := wire.Listen(cfg, w.groups(c.Family)...)
	if err != nil {
		return err
	}
	defer events.Close()
	if err := knowLinks(c); err != nil {
		return err
	}
	for m, err := range events.Messages(ctx) {
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, wire.ErrOverrun):
			// What was lost is not told again.
			fmt.Fprintln(c.Stderr, "netlink receive error No buffer space available: events were lost")
			continue
		case errors.Is(err, wire.ErrTruncated), errors.Is(err, wire.ErrMalformed):
			fmt.Fprintln(c.Stderr, err)
			continue
		case err != nil:
			return err
		}
		if err := showEvent(c, m, w, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// knowLinks asks for the names of all links: they cannot be asked for when the
// links are gone.
func knowLinks(c *cli.Command) error {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	(&uapi.Ifinfomsg{}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_SKIP_STATS)
	return c.Dump(r, func(m wire.Message) error {
		c.RememberLink(m)
		return nil
	})
}

// tstampType is the type of the messages in a file of rtmon(8) that tell when
// the next was received.
const tstampType = 15

// monitorFile shows the events that rtmon(8) wrote into a file.
func monitorFile(c *cli.Command, w *monitorWish) error {
	f, err := os.Open(w.file)
	if err != nil {
		return cli.Exit(cli.StatusUsage, "Cannot fopen: %s", cli.Cause(err))
	}
	defer f.Close()
	w.objects = monitorTable()
	return readMessages(f, func(m wire.Message) error {
		if m.Type == tstampType {
			if len(m.Data) >= 8 {
				t := time.Unix(int64(native.Uint32(m.Data)), 0)
				c.Out.Text("Timestamp: %s %d us\n", t.Format(time.ANSIC), native.Uint32(m.Data[4:]))
			}
			return c.Flush()
		}
		return showEvent(c, m, w, time.Now())
	})
}

// showEvent shows one message, if it tells of something that was asked for.
func showEvent(c *cli.Command, m wire.Message, w *monitorWish, now time.Time) error {
	for _, o := range w.objects {
		if m.Type != o.types[0] && m.Type != o.types[1] {
			continue
		}
		p := c.Out
		p.Reset()
		c.ShowTimestamp(now)
		if w.label {
			p.Text("[%s]", o.label)
		}
		p.Array("")
		if !o.show(c, m, w.dev) {
			p.Reset()
			return nil
		}
		p.EndArray()
		if c.JSON {
			p.Raw("\n")
		}
		return c.Flush()
	}
	return nil
}

func watchLink(c *cli.Command, m wire.Message, dev int) bool {
	l := readLink(m)
	deleted := m.Type == uapi.RTM_DELLINK && l.ifi.Family == uapi.AF_UNSPEC
	if !deleted {
		c.RememberLink(m)
	}
	if dev != 0 && int(l.ifi.Index) != dev {
		return false
	}
	c.Out.Object("")
	showLink(c.Session, l, linkView{addr: true, event: true})
	c.Out.Text("\n")
	c.Out.EndObject()
	if deleted {
		c.DropLink(int(l.ifi.Index))
	}
	return true
}

func watchAddr(c *cli.Command, m wire.Message, dev int) bool {
	a := readAddr(m)
	if dev != 0 && int(a.ifa.Index) != dev {
		return false
	}
	c.Out.Object("")
	showAddr(c.Session, a, true)
	c.Out.Text("\n")
	c.Out.EndObject()
	return true
}

func watchRoute(c *cli.Command, m wire.Message, dev int) bool {
	r := readRoute(m)
	f := &routeFilter{}
	if dev != 0 {
		f.oif.set(dev)
	}
	multicast := r.rtm.Family == uapi.RTNL_FAMILY_IPMR || r.rtm.Family == uapi.RTNL_FAMILY_IP6MR
	if multicast || !f.allows(r) {
		return false
	}
	showRoute(c, r, f)
	return true
}

func watchNeigh(c *cli.Command, m wire.Message, dev int) bool {
	n := readNeigh(m)
	if c.Family != uapi.AF_UNSPEC && c.Family != int(n.ndm.Family) || dev != 0 && int(n.ndm.Ifindex) != dev {
		return false
	}
	showNeigh(c, n, &neighFilter{index: dev})
	return true
}

func watchRule(c *cli.Command, m wire.Message, _ int) bool {
	showRule(c, readRule(m))
	return true
}

func watchNetnsID(c *cli.Command, m wire.Message, _ int) bool {
	if m.Type == uapi.RTM_NEWNSID {
		c.ForgetNetNSNames() // the name may be new, too
	}
	showNetnsID(c, m)
	return true
}

func watchNexthop(c *cli.Command, m wire.Message, _ int) bool {
	c.Out.Object("")
	showNexthopObject(c, m)
	c.Out.Text("\n")
	c.Out.EndObject()
	return true
}
