package tc

import (
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func monitorUsage() string { return "\nmonitor [ file FILE ]\n" }

// runMonitor shows changes as they come, until it is interrupted, or those in a file.
func runMonitor(c *cli.Command) error {
	file := ""
	for c.More() {
		switch {
		case c.TakeAbbr("file"):
			word, err := c.Next()
			if err != nil {
				return err
			}
			file = word
		case c.HelpAsked():
			return failed("%s", grammar(monitorUsage))
		default:
			return failed("Argument %q is unknown, try \"tc monitor help\".", c.Peek())
		}
	}
	show := func(m wire.Message) error {
		showEvent(c.Session, m, time.Now())
		return c.Flush()
	}
	if file != "" {
		return ip.MessagesInFile(file, show)
	}
	return ip.Follow(c, ip.Source{Protocol: uapi.NETLINK_ROUTE, Groups: []uint32{uapi.RTNLGRP_TC, uapi.RTNLGRP_LINK},
		Show: func(m wire.Message, _ ip.Origin) error { return show(m) }})
}

// showEvent prints one message; as JSON each is a document on a line.
func showEvent(s *cli.Session, m wire.Message, now time.Time) {
	if before := len(s.Out.Bytes()); s.JSON {
		defer func() {
			if len(s.Out.Bytes()) != before {
				s.Out.Raw("\n")
			}
		}()
	}
	switch m.Type {
	case uapi.RTM_NEWLINK: // names of links are asked for once
		s.RememberLink(m)
	case uapi.RTM_DELLINK:
	case uapi.RTM_NEWTFILTER, uapi.RTM_DELTFILTER, uapi.RTM_NEWCHAIN, uapi.RTM_DELCHAIN:
		s.ShowTimestamp(now)
		showFilter(s, m, shownFilters{})
	case uapi.RTM_NEWTCLASS, uapi.RTM_DELTCLASS:
		s.ShowTimestamp(now)
		showClass(s, m, shownClasses{})
	case uapi.RTM_NEWQDISC, uapi.RTM_DELQDISC:
		s.ShowTimestamp(now)
		showQdisc(s, m, shown{})
	case uapi.RTM_GETACTION, uapi.RTM_NEWACTION, uapi.RTM_DELACTION:
		s.ShowTimestamp(now)
		showActions(s, m)
	}
}
