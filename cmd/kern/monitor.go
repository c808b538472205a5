package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func monitorUsage() string {
	return `
monitor [ all | OBJECT... ] [ file FILE ] [ label ] [ dev DEVICE ]
OBJECT := { ` + fold(monitorWords(), " | ", "            ", 70) + ` }
`
}

// monitored is one kind of object that can be watched.
type monitored struct {
	word   string
	label  string
	groups []watchGroup
	types  [2]uint16 // the messages that tell of it: something is there, something is gone
	show   func(c *command, m wire.Message, dev int) bool
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
			[2]uint16{uapi.RTM_NEWLINK, uapi.RTM_DELLINK}, (*command).watchLink},
		{"address", "ADDR", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_IFADDR}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_IFADDR}},
			[2]uint16{uapi.RTM_NEWADDR, uapi.RTM_DELADDR}, (*command).watchAddr},
		{"route", "ROUTE", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_ROUTE}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_ROUTE}, {uapi.AF_MPLS, uapi.RTNLGRP_MPLS_ROUTE}},
			[2]uint16{uapi.RTM_NEWROUTE, uapi.RTM_DELROUTE}, (*command).watchRoute},
		{"prefix", "PREFIX", []watchGroup{{uapi.AF_INET6, uapi.RTNLGRP_IPV6_PREFIX}},
			[2]uint16{uapi.RTM_NEWPREFIX, uapi.RTM_NEWPREFIX}, (*command).watchPrefix},
		{"neigh", "NEIGH", []watchGroup{{0, uapi.RTNLGRP_NEIGH}},
			[2]uint16{uapi.RTM_NEWNEIGH, uapi.RTM_DELNEIGH}, (*command).watchNeigh},
		{"netconf", "NETCONF", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_NETCONF}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_NETCONF}, {uapi.AF_MPLS, uapi.RTNLGRP_MPLS_NETCONF}},
			[2]uint16{uapi.RTM_NEWNETCONF, uapi.RTM_DELNETCONF}, (*command).watchNetconf},
		{"rule", "RULE", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_RULE}, {uapi.AF_INET6, uapi.RTNLGRP_IPV6_RULE}},
			[2]uint16{uapi.RTM_NEWRULE, uapi.RTM_DELRULE}, (*command).watchRule},
		{"nsid", "NSID", []watchGroup{{0, uapi.RTNLGRP_NSID}},
			[2]uint16{uapi.RTM_NEWNSID, uapi.RTM_DELNSID}, (*command).watchNetnsID},
		{"nexthop", "NEXTHOP", []watchGroup{{0, uapi.RTNLGRP_NEXTHOP}},
			[2]uint16{uapi.RTM_NEWNEXTHOP, uapi.RTM_DELNEXTHOP}, (*command).watchNexthop},
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
func runMonitor(c *command) error {
	w, err := c.nextMonitorWish()
	if err != nil {
		return err
	}
	if w.file != "" {
		return c.monitorFile(w)
	}
	ctx, stop := signal.NotifyContext(c.ctx, os.Interrupt)
	defer stop()
	return c.watch(ctx, w)
}

func (c *command) nextMonitorWish() (*monitorWish, error) {
	w := &monitorWish{}
	for c.More() {
		if err := c.nextMonitorWord(w); err != nil {
			return nil, err
		}
	}
	if w.objects == nil {
		w.objects = monitorTable()
	}
	return w, nil
}

func (c *command) nextMonitorWord(w *monitorWish) error {
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
		info := c.linkNamed(name)
		if info == nil {
			return desc.Wrong(name, "Device does not exist\n")
		}
		w.dev = info.index
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
		return c.showUsage()
	}
	return &unknownError{kind: "Argument", word: word, try: "monitor help"}
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
func (c *command) watch(ctx context.Context, w *monitorWish) error {
	cfg := wire.Config{Protocol: uapi.NETLINK_ROUTE, ReceiveBuffer: c.rcvbuf}
	if c.ns.IsOpen() {
		cfg.NetNS = &c.ns
	}
	events, err := wire.Listen(cfg, w.groups(c.family)...)
	if err != nil {
		return err
	}
	defer events.Close()
	if err := c.knowLinks(); err != nil {
		return err
	}
	for m, err := range events.Messages(ctx) {
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, wire.ErrOverrun):
			// What was lost is not told again.
			fmt.Fprintln(c.stderr, "netlink receive error No buffer space available: events were lost")
			continue
		case errors.Is(err, wire.ErrTruncated), errors.Is(err, wire.ErrMalformed):
			fmt.Fprintln(c.stderr, err)
			continue
		case err != nil:
			return err
		}
		if err := c.showEvent(m, w, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// knowLinks asks for the names of all links: they cannot be asked for when the
// links are gone.
func (c *command) knowLinks() error {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	(&uapi.Ifinfomsg{}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_SKIP_STATS)
	return c.dump(r, func(m wire.Message) error {
		c.rememberLink(m)
		return nil
	})
}

// tstampType is the type of the messages in a file of rtmon(8) that tell when
// the next was received.
const tstampType = 15

// monitorFile shows the events that rtmon(8) wrote into a file.
func (c *command) monitorFile(w *monitorWish) error {
	f, err := os.Open(w.file)
	if err != nil {
		return exit(statusUsage, "Cannot fopen: %s", cause(err))
	}
	defer f.Close()
	w.objects = monitorTable()
	return readMessages(f, func(m wire.Message) error {
		if m.Type == tstampType {
			if len(m.Data) >= 8 {
				t := time.Unix(int64(native.Uint32(m.Data)), 0)
				c.p.Text("Timestamp: %s %d us\n", t.Format(time.ANSIC), native.Uint32(m.Data[4:]))
			}
			return c.flush()
		}
		return c.showEvent(m, w, time.Now())
	})
}

// showEvent shows one message, if it tells of something that was asked for.
func (c *command) showEvent(m wire.Message, w *monitorWish, now time.Time) error {
	for _, o := range w.objects {
		if m.Type != o.types[0] && m.Type != o.types[1] {
			continue
		}
		p := c.p
		p.Reset()
		c.showTimestamp(now)
		if w.label {
			p.Text("[%s]", o.label)
		}
		p.Array("")
		if !o.show(c, m, w.dev) {
			p.Reset()
			return nil
		}
		p.EndArray()
		if c.json {
			p.Raw("\n")
		}
		return c.flush()
	}
	return nil
}

func (c *command) showTimestamp(now time.Time) {
	if !c.timestamp {
		return
	}
	usec := now.Nanosecond() / 1000
	if c.tshort {
		c.p.Text("[%s.%06d] ", now.Format("2006-01-02T15:04:05"), usec)
	} else {
		c.p.Text("Timestamp: %s %d usec\n", now.Format(time.ANSIC), usec)
	}
}

func (c *command) watchLink(m wire.Message, dev int) bool {
	l := readLink(m)
	deleted := m.Type == uapi.RTM_DELLINK && l.ifi.Family == uapi.AF_UNSPEC
	if !deleted {
		c.rememberLink(m)
	}
	if dev != 0 && int(l.ifi.Index) != dev {
		return false
	}
	c.p.Object("")
	c.showLink(l, linkView{addr: true, event: true})
	c.p.Text("\n")
	c.p.EndObject()
	if deleted {
		c.dropLink(int(l.ifi.Index))
	}
	return true
}

// dropLink forgets a link that is gone.
func (s *session) dropLink(index int) {
	info := s.links.byIndex[index]
	if info == nil {
		return
	}
	for name, known := range s.links.byName {
		if known == info {
			delete(s.links.byName, name)
		}
	}
	delete(s.links.byIndex, index)
}

func (c *command) watchAddr(m wire.Message, dev int) bool {
	a := readAddr(m)
	if dev != 0 && int(a.ifa.Index) != dev {
		return false
	}
	c.p.Object("")
	c.showAddr(a, true)
	c.p.Text("\n")
	c.p.EndObject()
	return true
}

func (c *command) watchRoute(m wire.Message, dev int) bool {
	r := readRoute(m)
	f := &routeFilter{}
	if dev != 0 {
		f.oif.set(dev)
	}
	multicast := r.rtm.Family == uapi.RTNL_FAMILY_IPMR || r.rtm.Family == uapi.RTNL_FAMILY_IP6MR
	if multicast || !f.allows(r) {
		return false
	}
	c.showRoute(r, f)
	return true
}

func (c *command) watchNeigh(m wire.Message, dev int) bool {
	n := readNeigh(m)
	if c.family != uapi.AF_UNSPEC && c.family != int(n.ndm.Family) || dev != 0 && int(n.ndm.Ifindex) != dev {
		return false
	}
	c.showNeigh(n, &neighFilter{index: dev})
	return true
}

func (c *command) watchRule(m wire.Message, _ int) bool {
	c.showRule(readRule(m))
	return true
}

func (c *command) watchNetnsID(m wire.Message, _ int) bool {
	if m.Type == uapi.RTM_NEWNSID {
		c.nsNames = nil // the name may be new, too
	}
	c.showNetnsID(m)
	return true
}

func (c *command) watchNexthop(m wire.Message, _ int) bool {
	c.p.Object("")
	c.showNexthopObject(m)
	c.p.Text("\n")
	c.p.EndObject()
	return true
}
