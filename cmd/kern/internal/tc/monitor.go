package tc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"kern.sys/cmd/kern/internal/cli"
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
	if file != "" {
		return monitorFile(c, file)
	}
	ctx, stop := signal.NotifyContext(c.Ctx, os.Interrupt)
	defer stop()
	events, err := wire.Listen(c.SocketConfig(uapi.NETLINK_ROUTE), uapi.RTNLGRP_TC, uapi.RTNLGRP_LINK)
	if err != nil {
		return err
	}
	defer events.Close()
	for m, err := range events.Messages(ctx) {
		switch {
		case errors.Is(err, context.Canceled):
			return nil
		case errors.Is(err, wire.ErrOverrun):
			fmt.Fprintln(c.Stderr, "Some events were lost: the receive buffer overflowed.")
			continue
		case err != nil:
			return err
		}
		showEvent(c.Session, m, time.Now())
		if err := c.Flush(); err != nil {
			return err
		}
	}
	return nil
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

// monitorFile shows the messages in a file, such as "ip monitor" and rtmon(8) write.
func monitorFile(c *cli.Command, file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return failed("Cannot fopen: %s", cli.Cause(err))
	}
	for len(b) >= uapi.SizeofNlmsghdr {
		var h uapi.Nlmsghdr
		h.Decode(b)
		if h.Len < uapi.SizeofNlmsghdr || int(h.Len) > len(b) {
			break
		}
		showEvent(c.Session, wire.Message{Type: h.Type, Flags: h.Flags, Data: b[uapi.SizeofNlmsghdr:h.Len]}, time.Now())
		b = b[min(int(h.Len+3)&^3, len(b)):]
	}
	return nil
}
