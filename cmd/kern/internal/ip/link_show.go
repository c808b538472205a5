package ip

import (
	"fmt"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// linkMessage is an RTM_NEWLINK or RTM_DELLINK message taken apart.
type linkMessage struct {
	deleted        bool
	ifi            uapi.Ifinfomsg
	attrs          desc.Attrs
	name           string
	info           desc.Attrs // IFLA_LINKINFO
	kind, portKind string
}

func readLink(m wire.Message) *linkMessage {
	l := &linkMessage{deleted: m.Type == uapi.RTM_DELLINK}
	l.ifi.Decode(m.Data)
	l.attrs = desc.ParseAttrs(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):])
	l.name = cli.Text(l.attrs[uapi.IFLA_IFNAME])
	l.info = desc.ParseAttrs(l.attrs[uapi.IFLA_LINKINFO])
	l.kind = cli.Text(l.info[uapi.IFLA_INFO_KIND])
	l.portKind = cli.Text(l.info[uapi.IFLA_INFO_SLAVE_KIND])
	return l
}

// number is an attribute of four bytes, 0 where it is missing.
func (l *linkMessage) number(typ uint16) uint32 {
	if b := l.attrs[typ]; len(b) >= 4 {
		return native.Uint32(b)
	}
	return 0
}

// has reports whether an attribute is there with at least n bytes.
func (l *linkMessage) has(typ uint16, n int) bool {
	b, ok := l.attrs[typ]
	return ok && len(b) >= n
}

// linkView is how a link is to be shown.
type linkView struct {
	addr   bool // as the head of its addresses
	event  bool // as monitor shows it: without its queue's length
	family int  // only what concerns the family
}

// showLink prints a link into the JSON object that the caller opened and will
// end; the text lacks its last line end.
func showLink(s *cli.Session, l *linkMessage, v linkView) {
	p := s.Out
	if l.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	if s.Brief {
		showLinkName(s, l, "%-16s ")
		showOperState(s, l)
		return
	}
	p.Int("ifindex", "%d: ", int64(l.ifi.Index))
	showLinkName(s, l, "%s: ")
	showLinkFlags(s, l)
	if l.has(uapi.IFLA_MTU, 4) {
		p.Uint("mtu", "mtu %d ", uint64(l.number(uapi.IFLA_MTU)))
	}
	showXDP(s, l, v.addr)
	if b, ok := l.attrs[uapi.IFLA_QDISC]; ok {
		p.Str("qdisc", "qdisc %s ", cli.Text(b))
	}
	if n := l.number(uapi.IFLA_MASTER); n != 0 {
		p.Str("master", "master %s ", p.Link(int(n)))
	}
	showOperState(s, l)
	if b := l.attrs[uapi.IFLA_LINKMODE]; len(b) != 0 && !v.addr {
		p.Str("linkmode", "mode %s ", linkModeName(b[0]))
	}
	if l.has(uapi.IFLA_GROUP, 4) {
		p.Str("group", "group %s ", s.Out.Names.GroupName(l.number(uapi.IFLA_GROUP)))
	}
	if n := l.number(uapi.IFLA_TXQLEN); n != 0 && !v.event {
		p.Uint("txqlen", "qlen %d", uint64(n))
	}
	if b := l.attrs[uapi.IFLA_EVENT]; len(b) >= 4 && native.Uint32(b) != uapi.IFLA_EVENT_NONE {
		p.Str("event", "event %s ", linkEventName(native.Uint32(b)))
	}
	if v.family == uapi.AF_UNSPEC || v.family == uapi.AF_PACKET || p.Details {
		showLinkAddress(s, l)
	}
	showNetNS(s, l)
	showProtoDown(s, l)
	if p.Details {
		showLinkDetails(s, l, v)
	}
	if full := !v.addr || p.Details; full {
		if b, ok := l.attrs[uapi.IFLA_IFALIAS]; ok {
			p.NL()
			p.Str("ifalias", "    alias %s", cli.Text(b))
		}
		showXDPPrograms(s, l)
		if !v.addr && s.Stats > 0 {
			p.NL()
			showLinkStats(s, l)
		}
		showVFs(s, l)
	}
	showAltNames(s, l)
	ShowUnknown(p, " %s", l.attrs, uapi.IFLA_MAX)
}

// showLinkName prints the name and what the link is on top of.
func showLinkName(s *cli.Session, l *linkMessage, format string) {
	s.ShowLinkName(l.name, l.attrs, format)
}

// showLinkFlags prints the flags in brackets.
func showLinkFlags(s *cli.Session, l *linkMessage) { s.ShowLinkFlags(l.ifi.Flags, l.attrs) }

// operStates are the names of IF_OPER_…
var operStates = []string{
	uapi.IF_OPER_UNKNOWN:        "UNKNOWN",
	uapi.IF_OPER_NOTPRESENT:     "NOTPRESENT",
	uapi.IF_OPER_DOWN:           "DOWN",
	uapi.IF_OPER_LOWERLAYERDOWN: "LOWERLAYERDOWN",
	uapi.IF_OPER_TESTING:        "TESTING",
	uapi.IF_OPER_DORMANT:        "DORMANT",
	uapi.IF_OPER_UP:             "UP",
}

func showOperState(s *cli.Session, l *linkMessage) {
	b := l.attrs[uapi.IFLA_OPERSTATE]
	if len(b) == 0 {
		return
	}
	name, color := fmt.Sprintf("%#x", b[0]), desc.NoColor
	if int(b[0]) < len(operStates) {
		name = operStates[b[0]]
	}
	switch b[0] {
	case uapi.IF_OPER_UP:
		color = desc.StateUp
	case uapi.IF_OPER_DOWN:
		color = desc.StateDown
	}
	if s.Brief {
		s.Out.ColorStr(color, "operstate", "%-14s ", name)
		return
	}
	s.Out.Text("state ")
	s.Out.ColorStr(color, "operstate", "%s ", name)
}

// linkModes are the names of IF_LINK_MODE_…
var linkModes = []string{
	uapi.IF_LINK_MODE_DEFAULT: "DEFAULT",
	uapi.IF_LINK_MODE_DORMANT: "DORMANT",
}

func linkModeName(mode uint8) string {
	if int(mode) < len(linkModes) {
		return linkModes[mode]
	}
	return fmt.Sprint(mode)
}

// linkEvents are the names of IFLA_EVENT_…
var linkEvents = []string{
	uapi.IFLA_EVENT_NONE:             "NONE",
	uapi.IFLA_EVENT_REBOOT:           "REBOOT",
	uapi.IFLA_EVENT_FEATURES:         "FEATURE CHANGE",
	uapi.IFLA_EVENT_BONDING_FAILOVER: "BONDING FAILOVER",
	uapi.IFLA_EVENT_NOTIFY_PEERS:     "NOTIFY PEERS",
	uapi.IFLA_EVENT_IGMP_RESEND:      "RESEND IGMP",
	uapi.IFLA_EVENT_BONDING_OPTIONS:  "BONDING OPTION",
}

func linkEventName(event uint32) string {
	if event < uint32(len(linkEvents)) {
		return linkEvents[event]
	}
	return fmt.Sprint(event)
}

// showLinkAddress prints the line with the link-layer addresses.
func showLinkAddress(s *cli.Session, l *linkMessage) {
	p := s.Out
	p.NL()
	p.Str("link_type", "    link/%s ", linkTypeName(s, l.ifi.Type))
	if b, ok := l.attrs[uapi.IFLA_ADDRESS]; ok {
		p.ColorStr(desc.MAC, "address", "%s", cli.LLAddrText(b, l.ifi.Type))
	}
	if b, ok := l.attrs[uapi.IFLA_BROADCAST]; ok {
		if l.ifi.Flags&uapi.IFF_POINTOPOINT != 0 {
			p.Bool("link_pointtopoint", " peer ", true)
		} else {
			p.Text(" brd ")
		}
		p.ColorStr(desc.MAC, "broadcast", "%s", cli.LLAddrText(b, l.ifi.Type))
	}
	if b, ok := l.attrs[uapi.IFLA_PERM_ADDRESS]; ok && string(b) != string(l.attrs[uapi.IFLA_ADDRESS]) {
		p.Text(" permaddr ")
		p.ColorStr(desc.MAC, "permaddr", "%s", cli.LLAddrText(b, l.ifi.Type))
	}
}

// showNetNS prints the namespaces that a link is connected with.
func showNetNS(s *cli.Session, l *linkMessage) {
	p := s.Out
	if l.has(uapi.IFLA_LINK_NETNSID, 4) {
		id := int32(l.number(uapi.IFLA_LINK_NETNSID))
		switch name := ""; {
		case p.JSON:
			p.Int("link_netnsid", "", int64(id))
		case id >= 0:
			if name = s.NetNSName(int(id)); name != "" {
				p.Text(" link-netns %s", name)
			} else {
				p.Text(" link-netnsid %d", id)
			}
		default:
			p.Text(" link-netnsid unknown")
		}
	}
	if l.has(uapi.IFLA_NEW_NETNSID, 4) {
		id := int32(l.number(uapi.IFLA_NEW_NETNSID))
		if name := s.NetNSName(int(id)); name != "" {
			p.Text(" new-netns %s", name)
		} else {
			p.Text(" new-netnsid %d", id)
		}
	}
	if l.has(uapi.IFLA_NEW_IFINDEX, 4) {
		p.Text(" new-ifindex %d", l.number(uapi.IFLA_NEW_IFINDEX))
	}
}

// showProtoDown prints that a protocol keeps the link down, and which.
func showProtoDown(s *cli.Session, l *linkMessage) {
	if b := l.attrs[uapi.IFLA_PROTO_DOWN]; len(b) != 0 && b[0] != 0 {
		s.Out.Bool("proto_down", " protodown on ", true)
	}
	value := desc.ParseAttrs(l.attrs[uapi.IFLA_PROTO_DOWN_REASON])[uapi.IFLA_PROTO_DOWN_REASON_VALUE]
	if len(value) < 4 {
		return
	}
	reasons := native.Uint32(value)
	s.Out.Array("proto_down_reason")
	var names []string
	for bit := range 32 {
		if reasons&(1<<bit) != 0 {
			name := s.Out.Names.ProtoDownName(uint32(bit))
			names = append(names, name)
			s.Out.Str("", "", name)
		}
	}
	s.Out.EndArray()
	s.Out.Text("protodown_reason <%s>", strings.Join(names, ","))
}

// showAltNames prints the alternative names, one a line.
func showAltNames(s *cli.Session, l *linkMessage) {
	b, ok := l.attrs[uapi.IFLA_PROP_LIST]
	if !ok {
		return
	}
	s.Out.Array("altnames")
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == uapi.IFLA_ALT_IFNAME {
			s.Out.NL()
			s.Out.Str("", "    altname %s", d.String())
		}
	}
	s.Out.EndArray()
	showAttrs(s.Out, "unknown_properties", " %s", desc.ParseAttrs(b),
		func(typ uint16) bool { return typ != uapi.IFLA_ALT_IFNAME })
}

// showLinkBrief prints what follows the state with -brief.
func showLinkBrief(s *cli.Session, l *linkMessage) {
	if b, ok := l.attrs[uapi.IFLA_ADDRESS]; ok {
		s.Out.ColorStr(desc.MAC, "address", "%s ", cli.LLAddrText(b, l.ifi.Type))
	}
	showLinkFlags(s, l)
}

// readLinks asks for the links that a filter may want, in the order of their
// indexes as the kernel gives them.
func readLinks(c *cli.Command, f *filter, family int) ([]*linkMessage, error) {
	mask := uint32(uapi.RTEXT_FILTER_VF)
	if f.novf {
		mask = 0
	}
	if c.Stats == 0 {
		mask |= uapi.RTEXT_FILTER_SKIP_STATS
	}
	var messages []wire.Message
	if f.index != 0 {
		m, err := c.Get(cli.LinkRequest(f.index, "", mask))
		if err != nil {
			return nil, err
		}
		messages = []wire.Message{m}
	} else {
		var err error
		if messages, err = c.List(f.linkDump(family, mask)); err != nil {
			return nil, err
		}
	}
	var links []*linkMessage
	for _, m := range messages {
		l := readLink(m)
		if l.ifi.Family == uapi.AF_UNSPEC {
			c.RememberLink(m)
		}
		switch {
		case f.index == 0 && f.nomaster && l.number(uapi.IFLA_MASTER) != 0,
			f.group != nil && l.has(uapi.IFLA_GROUP, 4) && l.number(uapi.IFLA_GROUP) != *f.group:
			continue
		}
		links = append(links, l)
	}
	return links, nil
}
