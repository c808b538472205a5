package bridge

import (
	"slices"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func monitorUsage() string {
	return `
monitor [ all | OBJECT... ] [ file FILE ]
OBJECT := { link | fdb | mdb | vlan | vni }
`
}

// monitored is a sort of events.
type monitored struct {
	word  string
	exact bool
	label string
	group uint32
	types []uint16
	plain bool // is watched where nothing is named
	show  func(c *cli.Command, m wire.Message) bool
}

func monitorTable() []monitored {
	return []monitored{
		{"link", false, "LINK", uapi.RTNLGRP_LINK, []uint16{uapi.RTM_NEWLINK, uapi.RTM_DELLINK}, true, watchLink},
		{"fdb", false, "NEIGH", uapi.RTNLGRP_NEIGH, []uint16{uapi.RTM_NEWNEIGH, uapi.RTM_DELNEIGH}, true,
			func(c *cli.Command, m wire.Message) bool { return showFdb(c, m, &fdbFilter{}) }},
		{"mdb", false, "MDB", uapi.RTNLGRP_MDB, []uint16{uapi.RTM_NEWMDB, uapi.RTM_DELMDB}, true, watchMdb},
		{"vlan", false, "VLAN", uapi.RTNLGRP_BRVLAN, []uint16{uapi.RTM_NEWVLAN, uapi.RTM_DELVLAN}, false, watchVlan},
		{"vni", true, "TUNNEL", uapi.RTNLGRP_TUNNEL, []uint16{uapi.RTM_NEWTUNNEL, uapi.RTM_DELTUNNEL}, false,
			func(c *cli.Command, m wire.Message) bool { return showVnis(c, m, filter{}) }},
	}
}

// runMonitor shows changes as they come, until it is interrupted.
func runMonitor(c *cli.Command) error {
	table := monitorTable()
	var groups []uint32
	file, label, named := "", false, false
words:
	for c.More() {
		if c.TakeAbbr("file") {
			var err error
			if file, err = c.Next(); err != nil {
				return err
			}
			continue
		}
		for _, o := range table {
			if c.Take(o.word) || !o.exact && c.TakeAbbr(o.word) {
				groups, named = append(groups, o.group), true
				continue words
			}
		}
		switch {
		case c.Take("all"):
			label, named = true, true
			for _, o := range table {
				groups = append(groups, o.group)
			}
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			return &cli.UnknownError{Kind: "Argument", Word: c.Peek(), Try: "monitor help"}
		}
	}
	if !named {
		for _, o := range table {
			if o.plain {
				groups = append(groups, o.group)
			}
		}
	}
	show := func(m wire.Message) error { return showEvent(c, table, m, label, time.Now()) }
	if file != "" {
		return ip.EventsInFile(c, file, show)
	}
	return ip.Follow(c, ip.Source{Protocol: uapi.NETLINK_ROUTE, Groups: groups,
		Show: func(m wire.Message, _ ip.Origin) error { return show(m) }})
}

// showEvent shows one message, in JSON as an array of what it announces.
func showEvent(c *cli.Command, table []monitored, m wire.Message, label bool, now time.Time) error {
	for _, o := range table {
		if !slices.Contains(o.types, m.Type) {
			continue
		}
		p := c.Out
		p.Reset()
		c.ShowTimestamp(now)
		if label {
			p.Text("[%s]", o.label)
		}
		p.Array("")
		if !o.show(c, m) {
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

func watchLink(c *cli.Command, m wire.Message) bool {
	var ifi uapi.Ifinfomsg
	ifi.Decode(m.Data)
	ended := m.Type == uapi.RTM_DELLINK && ifi.Family == uapi.AF_UNSPEC
	if m.Type == uapi.RTM_NEWLINK && ifi.Family == uapi.AF_UNSPEC {
		if attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):]); attrs[uapi.IFLA_IFNAME] != nil {
			c.RememberLink(m)
		}
	}
	shown := showLink(c, m, 0, 0)
	if ended {
		c.DropLink(int(ifi.Index))
	}
	return shown
}

func watchMdb(c *cli.Command, m wire.Message) bool {
	mdb, err := netlink.MDBDeserialize(m.Data)
	if err != nil {
		return false
	}
	p := c.Out
	p.Object("")
	if m.Type == uapi.RTM_DELMDB {
		p.Bool("deleted", "Deleted ", true)
	}
	p.Array("mdb")
	showMdbEntries(c, mdb, filter{})
	p.EndArray()
	p.Object("router")
	showRouterEvent(c, mdb)
	p.EndObject()
	p.EndObject()
	return true
}

func watchVlan(c *cli.Command, m wire.Message) bool {
	t := &portTable{p: c.Out, key: "vlans", deleted: m.Type == uapi.RTM_DELVLAN}
	if t.deleted {
		c.Out.Text("Deleted ")
	}
	defer t.end()
	return showDatabase(c, t, m, filter{})
}
