package cli

import (
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// ShowLinkName prints a link's name and what the link is on top of.
func (s *Session) ShowLinkName(name string, attrs desc.Attrs, format string) {
	p := s.Out
	text := name
	if b := attrs[uapi.IFLA_LINK]; len(b) >= 4 {
		lower := int(Number32(b))
		switch {
		case lower == 0:
			p.Null("link", "")
			text += "@NONE"
		case len(attrs[uapi.IFLA_LINK_NETNSID]) >= 4:
			p.Int("link_index", "", int64(lower))
			text += fmt.Sprintf("@if%d", lower)
		default:
			p.Str("link", "", p.Link(lower))
			text += "@" + p.Link(lower)
		}
	}
	if p.JSON {
		text = name
	}
	p.ColorStr(desc.Ifname, "ifname", format, text)
}

// linkFlags are the names of IFF_… in the order they are shown. IFF_RUNNING
// is shown by its absence.
var linkFlags = []struct {
	bit  uint32
	name string
}{
	{uapi.IFF_LOOPBACK, "LOOPBACK"},
	{uapi.IFF_BROADCAST, "BROADCAST"},
	{uapi.IFF_POINTOPOINT, "POINTOPOINT"},
	{uapi.IFF_MULTICAST, "MULTICAST"},
	{uapi.IFF_NOARP, "NOARP"},
	{uapi.IFF_ALLMULTI, "ALLMULTI"},
	{uapi.IFF_PROMISC, "PROMISC"},
	{uapi.IFF_MASTER, "MASTER"},
	{uapi.IFF_SLAVE, "SLAVE"},
	{uapi.IFF_DEBUG, "DEBUG"},
	{uapi.IFF_DYNAMIC, "DYNAMIC"},
	{uapi.IFF_AUTOMEDIA, "AUTOMEDIA"},
	{uapi.IFF_PORTSEL, "PORTSEL"},
	{uapi.IFF_NOTRAILERS, "NOTRAILERS"},
	{uapi.IFF_UP, "UP"},
	{uapi.IFF_LOWER_UP, "LOWER_UP"},
	{uapi.IFF_DORMANT, "DORMANT"},
	{uapi.IFF_ECHO, "ECHO"},
}

// ShowLinkFlags prints the flags of a link in brackets.
func (s *Session) ShowLinkFlags(flags uint32, attrs desc.Attrs) {
	p := s.Out
	var names []string
	if flags&uapi.IFF_UP != 0 && flags&uapi.IFF_RUNNING == 0 {
		names = append(names, "NO-CARRIER")
	}
	flags &^= uapi.IFF_RUNNING
	for _, f := range linkFlags {
		if flags&f.bit != 0 {
			names = append(names, f.name)
			flags &^= f.bit
		}
	}
	if flags != 0 {
		names = append(names, fmt.Sprintf("%x", flags))
	}
	if s.lowerDown(attrs) {
		names = append(names, "M-DOWN")
	}
	p.Array("flags")
	for _, name := range names {
		p.Str("", "", name)
	}
	p.EndArray()
	p.Text("<%s> ", strings.Join(names, ","))
}

// lowerDown reports whether the link below, in the same namespace, is down.
func (s *Session) lowerDown(attrs desc.Attrs) bool {
	lower := Number32(attrs[uapi.IFLA_LINK])
	if lower == 0 || len(attrs[uapi.IFLA_LINK_NETNSID]) >= 4 {
		return false
	}
	info := s.Link(int(lower))
	return info != nil && info.Flags&uapi.IFF_UP == 0
}
