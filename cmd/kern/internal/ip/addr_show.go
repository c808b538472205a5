package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// addrMessage is an RTM_NEWADDR or RTM_DELADDR message taken apart, or one of a
// multicast or anycast address.
type addrMessage struct {
	deleted bool
	ifa     uapi.Ifaddrmsg
	attrs   desc.Attrs
	flags   uint32 // IFA_F_…
	label   string
	local   []byte // the address itself
	peer    []byte // IFA_ADDRESS: the same, or the other end of a point-to-point link
}

func readAddr(m wire.Message) *addrMessage {
	a := &addrMessage{deleted: m.Type == uapi.RTM_DELADDR || m.Type == uapi.RTM_DELMULTICAST ||
		m.Type == uapi.RTM_DELANYCAST}
	a.ifa.Decode(m.Data)
	a.attrs = desc.ParseAttrs(m.Data[min(uapi.SizeofIfaddrmsg, len(m.Data)):])
	a.flags = uint32(a.ifa.Flags)
	if b := a.attrs[uapi.IFA_FLAGS]; len(b) >= 4 {
		a.flags = native.Uint32(b)
	}
	a.label = cli.Text(a.attrs[uapi.IFA_LABEL])
	a.local, a.peer = a.attrs[uapi.IFA_LOCAL], a.attrs[uapi.IFA_ADDRESS]
	if a.local == nil {
		a.local = a.peer
	}
	if a.peer == nil {
		a.peer = a.local
	}
	return a
}

// addrFlagNames are the names of the flags in the order they are shown.
var addrFlagNames = []struct {
	bit  uint32
	name string
}{
	{uapi.IFA_F_SECONDARY, "secondary"}, // "temporary" of IPv6
	{uapi.IFA_F_NODAD, "nodad"},
	{uapi.IFA_F_OPTIMISTIC, "optimistic"},
	{uapi.IFA_F_DADFAILED, "dadfailed"},
	{uapi.IFA_F_HOMEADDRESS, "home"},
	{uapi.IFA_F_DEPRECATED, "deprecated"},
	{uapi.IFA_F_TENTATIVE, "tentative"},
	{uapi.IFA_F_PERMANENT, ""}, // "dynamic" where it is missing
	{uapi.IFA_F_MANAGETEMPADDR, "mngtmpaddr"},
	{uapi.IFA_F_NOPREFIXROUTE, "noprefixroute"},
	{uapi.IFA_F_MCAUTOJOIN, "autojoin"},
	{uapi.IFA_F_STABLE_PRIVACY, "stable-privacy"},
}

// showAddr prints an address into the JSON object that the caller opened and
// will end; the text lacks its last line end. named has it begin with the link.
func showAddr(s *cli.Session, a *addrMessage, named bool) {
	p := s.Out
	if a.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	if !s.Brief {
		if named {
			p.Uint("index", "%d: ", uint64(a.ifa.Index))
			p.Str("dev", "%s", p.Link(int(a.ifa.Index)))
		}
		showFamily(s, int(a.ifa.Family))
	}
	showAddrPrefix(s, a)
	if s.Brief {
		return
	}
	color := desc.AddrColor(int(a.ifa.Family))
	if b, ok := a.attrs[uapi.IFA_BROADCAST]; ok {
		p.Text("brd ")
		p.ColorStr(color, "broadcast", "%s ", s.Out.Addr(b))
	}
	if b, ok := a.attrs[uapi.IFA_ANYCAST]; ok {
		p.Text("any ")
		p.ColorStr(color, "anycast", "%s ", s.Out.Addr(b))
	}
	if b, ok := a.attrs[uapi.IFA_MULTICAST]; ok {
		p.Text("mcast ")
		p.ColorStr(color, "multicast", "%s ", s.Out.Addr(b))
	}
	p.Str("scope", "scope %s ", s.Out.Names.ScopeName(a.ifa.Scope))
	showAddrFlags(s, a)
	if b := a.attrs[uapi.IFA_PROTO]; len(b) != 0 && (b[0] != uapi.IFAPROT_UNSPEC || p.JSON) {
		p.Str("protocol", "proto %s ", s.Out.Names.AddrProtoName(b[0]))
	}
	if _, ok := a.attrs[uapi.IFA_LABEL]; ok {
		p.Str("label", "%s", a.label)
	}
	if users, ok := a.attrs[uapi.IFA_MC_USERS]; ok && cli.Number32(users) > 1 { // 0 in a deletion
		p.Uint("users", " users %d", uint64(cli.Number32(users)))
	}
	ShowUnknown(p, " %s", a.attrs, uapi.IFA_MAX)
	if b, ok := a.attrs[uapi.IFA_CACHEINFO]; ok {
		var c uapi.IfaCacheinfo
		c.Decode(b)
		p.NL()
		showLifetime(s, "valid_life_time", "       valid_lft %s", c.IfaValid)
		showLifetime(s, "preferred_life_time", " preferred_lft %s", c.IfaPrefered)
	}
}

// showFamily prints the family at the head of an address.
func showFamily(s *cli.Session, family int) {
	name := desc.FamilyName(family)
	switch family {
	case uapi.AF_INET, uapi.AF_INET6:
		s.Out.Str("family", "    %s ", name)
	default:
		s.Out.Int("family_index", "    family %d ", int64(family))
	}
}

// showAddrPrefix prints the address, its peer and the length of the prefix.
func showAddrPrefix(s *cli.Session, a *addrMessage) {
	p := s.Out
	color := desc.AddrColor(int(a.ifa.Family))
	if a.local != nil {
		p.ColorStr(color, "local", "%s", s.Out.Addr(a.local))
		if string(a.peer) != string(a.local) {
			p.Text(" peer ")
			p.ColorStr(color, "address", "%s", s.Out.Addr(a.peer))
		}
		p.Uint("prefixlen", "/%d ", uint64(a.ifa.Prefixlen))
	}
	if b := a.attrs[uapi.IFA_RT_PRIORITY]; len(b) >= 4 {
		p.Uint("metric", "metric %d ", uint64(native.Uint32(b)))
	}
}

func showAddrFlags(s *cli.Session, a *addrMessage) {
	rest := a.flags
	for _, f := range addrFlagNames {
		name := f.name
		switch {
		case f.bit == uapi.IFA_F_PERMANENT:
			name = "dynamic"
			if a.flags&f.bit != 0 {
				name = ""
			}
		case a.flags&f.bit == 0:
			name = ""
		case f.bit == uapi.IFA_F_SECONDARY && a.ifa.Family == uapi.AF_INET6:
			name = "temporary"
		}
		if name != "" {
			s.Out.Bool(name, name+" ", true)
		}
		rest &^= f.bit
	}
	if rest != 0 {
		s.Out.Str("ifa_flags", "flags %s ", fmt.Sprintf("%02x", rest))
	}
}

// showLifetime prints seconds, of which the largest number means for ever.
func showLifetime(s *cli.Session, key, format string, seconds uint32) {
	text := "forever"
	if seconds != forever {
		text = fmt.Sprintf("%dsec", seconds)
	}
	if s.JSON {
		s.Out.Uint(key, "", uint64(seconds))
	} else {
		s.Out.Text(format, text)
	}
}

// forever is the lifetime that does not end (INFINITY_LIFE_TIME).
const forever = 1<<32 - 1

// addr reports whether an address is wanted.
func (f *filter) addr(a *addrMessage, linkName string) bool {
	label := a.label
	if a.attrs[uapi.IFA_LABEL] == nil {
		label = linkName
	}
	switch {
	case f.index != 0 && int(a.ifa.Index) != f.index,
		f.family != uapi.AF_UNSPEC && f.family != int(a.ifa.Family),
		f.scope != nil && *f.scope != a.ifa.Scope,
		(f.flags^a.flags)&f.flagMask != 0,
		f.label.given && !matchLabel(f.label.value, label),
		f.to != nil && !f.to.Contains(a.local),
		f.proto.given && len(a.attrs[uapi.IFA_PROTO]) != 0 && a.attrs[uapi.IFA_PROTO][0] != f.proto.value:
		return false
	}
	return true
}

// addrDump is the request for all addresses that may be wanted.
func (f *filter) addrDump() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETADDR, 0)
	ifa := uapi.Ifaddrmsg{Family: uint8(f.family), Index: uint32(f.index)}
	ifa.Put(r.Header(uapi.SizeofIfaddrmsg))
	return r
}
