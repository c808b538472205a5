package ip

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// mptcpEvents are the names of events.
var mptcpEvents = map[uint8]string{
	uapi.MPTCP_EVENT_CREATED:          "CREATED",
	uapi.MPTCP_EVENT_ESTABLISHED:      "ESTABLISHED",
	uapi.MPTCP_EVENT_CLOSED:           "CLOSED",
	uapi.MPTCP_EVENT_ANNOUNCED:        "ANNOUNCED",
	uapi.MPTCP_EVENT_REMOVED:          "REMOVED",
	uapi.MPTCP_EVENT_SUB_ESTABLISHED:  "SF_ESTABLISHED",
	uapi.MPTCP_EVENT_SUB_CLOSED:       "SF_CLOSED",
	uapi.MPTCP_EVENT_SUB_PRIORITY:     "SF_PRIO",
	uapi.MPTCP_EVENT_LISTENER_CREATED: "LISTENER_CREATED",
	uapi.MPTCP_EVENT_LISTENER_CLOSED:  "LISTENER_CLOSED",
}

// monitorMPTCP is "mptcp monitor": what happens to connections and their subflows, until it is interrupted.
func monitorMPTCP(c *cli.Command) error {
	if c.More() {
		return &cli.UnknownError{Kind: "Command", Word: c.Peek(), Try: c.Object + " help"}
	}
	return followGenl(c, uapi.MPTCP_PM_NAME, uapi.MPTCP_PM_EV_GRP_NAME, func(m wire.Message) error {
		var head uapi.Genlmsghdr
		head.Decode(m.Data)
		c.Out.Reset()
		c.Out.Object("")
		c.ShowTimestamp(time.Now())
		showMPTCPEvent(c.Out, head.Cmd, cli.GenlAttrs(m))
		c.Out.EndObject()
		c.Out.Raw("\n")
		return c.Flush()
	})
}

// showMPTCPEvent prints an event, without the end of its line.
func showMPTCPEvent(p *desc.Printer, cmd uint8, attrs desc.Attrs) {
	name, ok := mptcpEvents[cmd]
	if !ok {
		p.Str("event", "[%s]", fmt.Sprintf("UNKNOWN %d", cmd))
		ShowUnknown(p, " %s", attrs, 0)
		return
	}
	p.Str("event", "[%16s]", name)
	number := func(typ uint16, key string) {
		switch b := attrs[typ]; {
		case len(b) >= 4:
			p.Uint(key, " "+key+"=%d", uint64(cli.Number32(b)))
		case len(b) >= 1:
			p.Uint(key, " "+key+"=%d", uint64(b[0]))
		}
	}
	if b, ok := attrs[uapi.MPTCP_ATTR_TOKEN]; ok {
		p.Hex("token", " token=%08x", uint64(cli.Number32(b)))
	}
	number(uapi.MPTCP_ATTR_REM_ID, "remid")
	number(uapi.MPTCP_ATTR_LOC_ID, "locid")
	for _, a := range []struct {
		typ    uint16
		key    string
		family int
	}{
		{uapi.MPTCP_ATTR_SADDR4, "saddr4", uapi.AF_INET}, {uapi.MPTCP_ATTR_DADDR4, "daddr4", uapi.AF_INET},
		{uapi.MPTCP_ATTR_SADDR6, "saddr6", uapi.AF_INET6}, {uapi.MPTCP_ATTR_DADDR6, "daddr6", uapi.AF_INET6},
	} {
		if addr, ok := netip.AddrFromSlice(attrs[a.typ]); ok {
			p.Text(" %s=", a.key)
			p.ColorStr(desc.AddrColor(a.family), a.key, "%s", desc.AddrText(addr))
		}
	}
	for _, a := range []struct {
		typ uint16
		key string
	}{{uapi.MPTCP_ATTR_SPORT, "sport"}, {uapi.MPTCP_ATTR_DPORT, "dport"}} {
		if b := attrs[a.typ]; len(b) >= 2 {
			p.Uint(a.key, " "+a.key+"=%d", uint64(binary.BigEndian.Uint16(b)))
		}
	}
	number(uapi.MPTCP_ATTR_BACKUP, "backup")
	number(uapi.MPTCP_ATTR_ERROR, "error")
	number(uapi.MPTCP_ATTR_TIMEOUT, "timeout")
	if b, ok := attrs[uapi.MPTCP_ATTR_IF_IDX]; ok {
		index := int(int32(cli.Number32(b)))
		p.Int("ifindex", " ifindex=%d", int64(index))
		if index != 0 {
			p.Text(" dev=")
			p.ColorStr(desc.Ifname, "dev", "%s", p.Link(index))
		}
	}
	number(uapi.MPTCP_ATTR_RESET_REASON, "reset_reason")
	if b, ok := attrs[uapi.MPTCP_ATTR_RESET_FLAGS]; ok {
		p.Hex("reset_flags", " reset_flags=%#x", uint64(cli.Number32(b)))
	}
	showMPTCPEventFlags(p, attrs)
	ShowUnknown(p, " %s", attrs, uapi.MPTCP_ATTR_MAX)
}

func showMPTCPEventFlags(p *desc.Printer, attrs desc.Attrs) {
	flags := cli.Number16(attrs[uapi.MPTCP_ATTR_FLAGS])
	if cli.Number8(attrs[uapi.MPTCP_ATTR_SERVER_SIDE]) != 0 {
		flags |= uapi.MPTCP_PM_EV_FLAG_SERVER_SIDE
	}
	for _, f := range []struct {
		name string
		bit  uint16
	}{{"server_side", uapi.MPTCP_PM_EV_FLAG_SERVER_SIDE}, {"deny_join_id0", uapi.MPTCP_PM_EV_FLAG_DENY_JOIN_ID0}} {
		if flags&f.bit != 0 {
			p.Text(" %s", f.name)
			p.Bool(f.name, "", true)
		}
		flags &^= f.bit
	}
	if flags != 0 {
		p.Hex("flags", " flags=%#x", uint64(flags))
	}
}
