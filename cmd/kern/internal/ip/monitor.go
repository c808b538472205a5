package ip

import (
	"slices"
	"strings"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func monitorUsage() string {
	return `
monitor [ all | OBJECT... ] [ file FILE ] [ label ] [ all-nsid ] [ dev DEVICE ]
OBJECT := { ` + cli.Fold(monitorWords(), " | ", "            ", 70) + ` }
`
}

// monitored is one kind of object that can be watched.
type monitored struct {
	word   string
	exact  bool // not to be abbreviated
	label  string
	groups []watchGroup
	types  []uint16 // the messages that announce it
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
		{"link", false, "LINK", []watchGroup{{0, uapi.RTNLGRP_LINK}},
			[]uint16{uapi.RTM_NEWLINK, uapi.RTM_DELLINK}, watchLink},
		{"address", false, "ADDR", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_IFADDR},
			{uapi.AF_INET6, uapi.RTNLGRP_IPV6_IFADDR}},
			[]uint16{uapi.RTM_NEWADDR, uapi.RTM_DELADDR}, watchAddr},
		{"mroute", false, "MROUTE", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_MROUTE},
			{uapi.AF_INET6, uapi.RTNLGRP_IPV6_MROUTE}},
			[]uint16{uapi.RTM_NEWROUTE, uapi.RTM_DELROUTE}, watchMroute},
		{"maddress", false, "ADDR", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_MCADDR},
			{uapi.AF_INET6, uapi.RTNLGRP_IPV6_MCADDR}},
			[]uint16{uapi.RTM_NEWMULTICAST, uapi.RTM_DELMULTICAST}, watchAddr},
		{"acaddress", true, "ADDR", []watchGroup{{uapi.AF_INET6, uapi.RTNLGRP_IPV6_ACADDR}},
			[]uint16{uapi.RTM_NEWANYCAST, uapi.RTM_DELANYCAST}, watchAddr},
		{"route", false, "ROUTE", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_ROUTE},
			{uapi.AF_INET6, uapi.RTNLGRP_IPV6_ROUTE}, {uapi.AF_MPLS, uapi.RTNLGRP_MPLS_ROUTE}},
			[]uint16{uapi.RTM_NEWROUTE, uapi.RTM_DELROUTE}, watchRoute},
		{"prefix", false, "PREFIX", []watchGroup{{uapi.AF_INET6, uapi.RTNLGRP_IPV6_PREFIX}},
			[]uint16{uapi.RTM_NEWPREFIX}, watchPrefix},
		{"neigh", false, "NEIGH", []watchGroup{{0, uapi.RTNLGRP_NEIGH}},
			[]uint16{uapi.RTM_NEWNEIGH, uapi.RTM_DELNEIGH, uapi.RTM_GETNEIGH}, watchNeigh},
		{"netconf", false, "NETCONF", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_NETCONF},
			{uapi.AF_INET6, uapi.RTNLGRP_IPV6_NETCONF}, {uapi.AF_MPLS, uapi.RTNLGRP_MPLS_NETCONF}},
			[]uint16{uapi.RTM_NEWNETCONF, uapi.RTM_DELNETCONF}, watchNetconf},
		{"rule", false, "RULE", []watchGroup{{uapi.AF_INET, uapi.RTNLGRP_IPV4_RULE},
			{uapi.AF_INET6, uapi.RTNLGRP_IPV6_RULE}},
			[]uint16{uapi.RTM_NEWRULE, uapi.RTM_DELRULE}, watchRule},
		{"nsid", false, "NSID", []watchGroup{{0, uapi.RTNLGRP_NSID}},
			[]uint16{uapi.RTM_NEWNSID, uapi.RTM_DELNSID}, watchNetnsID},
		{"nexthop", false, "NEXTHOP", []watchGroup{{0, uapi.RTNLGRP_NEXTHOP}},
			[]uint16{uapi.RTM_NEWNEXTHOP, uapi.RTM_DELNEXTHOP, uapi.RTM_NEWNEXTHOPBUCKET, uapi.RTM_DELNEXTHOPBUCKET},
			watchNexthop},
		{"stats", true, "STATS", []watchGroup{{0, uapi.RTNLGRP_STATS}}, []uint16{uapi.RTM_NEWSTATS}, watchStats},
	}
}

// monitoredElsewhere is one kind of events of other protocols than rtnetlink, which ip monitor has not.
type monitoredElsewhere struct {
	word   string // not to be abbreviated
	usage  string // of the words that follow
	source func(c *cli.Command, w *monitorWish) (Source, error)
}

func monitorElsewhere() []monitoredElsewhere {
	return []monitoredElsewhere{
		{"xfrm", "", xfrmSource},
		{"conntrack", "", conntrackSource},
		{"genl", " { FAMILY | all }", genlSource},
	}
}

func monitorWords() []string {
	var words []string
	for _, o := range monitorTable() {
		words = append(words, o.word)
	}
	for _, o := range monitorElsewhere() {
		words = append(words, o.word+o.usage)
	}
	return words
}

// monitorWish is what the words of "monitor" ask for.
type monitorWish struct {
	objects []monitored
	sources []Source
	label   bool
	allNSID bool // of all namespaces that have an id here
	file    choice[string]
	dev     int
}

// runMonitor shows changes as they come, until it is interrupted.
func runMonitor(c *cli.Command) error {
	w := &monitorWish{}
	for c.More() {
		if err := nextMonitorWord(c, w); err != nil {
			return err
		}
	}
	show := func(m wire.Message, from Origin) error { return showEvent(c, m, w, from, time.Now()) }
	if w.file.given {
		w.objects = monitorTable()
		return EventsInFile(c, w.file.value, func(m wire.Message) error { return show(m, Origin{}) })
	}
	if w.objects == nil && w.sources == nil {
		w.objects = monitorTable()
	}
	sources := w.sources
	if w.objects != nil {
		rtnetlink := Source{Protocol: uapi.NETLINK_ROUTE, Groups: w.groups(c.Family), Show: show}
		sources = append([]Source{rtnetlink}, sources...)
	}
	for i := range sources {
		sources[i].AllNSID = w.allNSID
	}
	return Follow(c, sources...)
}

func nextMonitorWord(c *cli.Command, w *monitorWish) error {
	switch {
	case c.TakeAbbr("file"):
		return nextWord(c, &w.file)
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
		w.label = true
		return nil
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	for _, o := range monitorTable() {
		if o.word == word || !o.exact && strings.HasPrefix(o.word, word) && word != "" {
			w.objects = append(w.objects, o)
			return nil
		}
	}
	if strings.HasPrefix("all-nsid", word) && word != "" {
		w.allNSID = true
		return nil
	}
	for _, o := range monitorElsewhere() {
		if o.word == word {
			s, err := o.source(c, w)
			w.sources = append(w.sources, s)
			return err
		}
	}
	if strings.HasPrefix("help", word) && word != "" {
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

// showEvent shows a message of rtnetlink, if it is about something that was asked for.
func showEvent(c *cli.Command, m wire.Message, w *monitorWish, from Origin, now time.Time) error {
	for _, o := range w.objects {
		if !slices.Contains(o.types, m.Type) {
			continue
		}
		// Another object may have messages of the same type.
		if shown, err := w.show(c, o.labelOf(m), from, now, func() bool { return o.show(c, m, w.dev) }); shown {
			return err
		}
	}
	return nil
}

// show prints one event: what goes before it, and what event prints, unless that is nothing.
func (w *monitorWish) show(c *cli.Command, label string, from Origin, now time.Time, event func() bool) (shown bool,
	err error) {
	p := c.Out
	p.Reset()
	c.ShowTimestamp(now)
	if w.allNSID {
		openNSID(c, from.NSID)
	}
	if w.label {
		p.Text("[%s]", label)
	}
	if w.allNSID {
		p.Array("events")
	} else {
		p.Array("")
	}
	if !event() {
		p.Reset()
		return false, nil
	}
	p.EndArray()
	if w.allNSID {
		p.EndObject()
	}
	if c.JSON {
		p.Raw("\n")
	}
	return true, c.Flush()
}

// labelOf is what label prints before an event.
func (o *monitored) labelOf(m wire.Message) string {
	if m.Type == uapi.RTM_NEWNEXTHOPBUCKET || m.Type == uapi.RTM_DELNEXTHOPBUCKET {
		return o.label + "BUCKET"
	}
	return o.label
}

// openNSID says which namespace an event is of, before its label; in JSON it is
// within an object with the id. Names of links are looked up there.
func openNSID(c *cli.Command, id int) {
	c.LookIn(id)
	p := c.Out
	p.Object("")
	switch {
	case id >= 0:
		p.Int("nsid", "[nsid %d]", int64(id))
	case p.JSON:
		p.Null("nsid", "")
	default:
		p.Text("[nsid current]")
	}
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
	if r.isMroute() || !f.allows(r) {
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
	switch m.Type {
	case uapi.RTM_NEWNEXTHOPBUCKET, uapi.RTM_DELNEXTHOPBUCKET:
		showNexthopBucket(c, m)
	default:
		showNexthopLine(c, m)
	}
	return true
}
