package main

import (
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// linkInfo is what commands must know of a link to show or use other objects.
type linkInfo struct {
	index  int
	name   string
	typ    uint16 // ARPHRD_…
	flags  uint32 // IFF_…
	kind   string // IFLA_INFO_KIND
	txqlen uint32
	lladdr int // bytes of its link-layer address
}

// links remembers the links that were asked for.
type links struct {
	byIndex map[int]*linkInfo // nil: there is none
	byName  map[string]*linkInfo
}

// forgetLinks is to be called after a change that may give other names.
func (s *session) forgetLinks() { s.links = links{} }

// rememberLink notes an RTM_NEWLINK message.
func (s *session) rememberLink(m wire.Message) *linkInfo {
	l := readLink(m)
	info := &linkInfo{index: int(l.ifi.Index), name: l.name, typ: l.ifi.Type, flags: l.ifi.Flags, kind: l.kind, txqlen: l.number(uapi.IFLA_TXQLEN), lladdr: len(l.attrs[uapi.IFLA_ADDRESS])}
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfinfomsg)
	var alt []string
	for d.Next() {
		if d.Type() != uapi.IFLA_PROP_LIST {
			continue
		}
		props := d.Nested()
		for props.Next() {
			if props.Type() == uapi.IFLA_ALT_IFNAME {
				alt = append(alt, props.String())
			}
		}
	}
	if s.links.byIndex == nil {
		s.links = links{map[int]*linkInfo{}, map[string]*linkInfo{}}
	}
	s.links.byIndex[info.index] = info
	s.links.byName[info.name] = info
	for _, name := range alt {
		s.links.byName[name] = info
	}
	return info
}

// link returns what is known of a link, nil if there is none of that index.
func (s *session) link(index int) *linkInfo {
	if info, ok := s.links.byIndex[index]; ok {
		return info
	}
	info := s.askLink(index, "")
	if info == nil && s.links.byIndex != nil {
		s.links.byIndex[index] = nil
	}
	return info
}

// linkNamed returns the link that has the name or alternative name; "if7" is
// the link 7 where none is called so. It is nil if there is none.
func (s *session) linkNamed(name string) *linkInfo {
	if info := s.links.byName[name]; info != nil {
		return info
	}
	if info := s.askLink(0, name); info != nil {
		return info
	}
	if n, ok := strings.CutPrefix(name, "if"); ok {
		if index, err := strconv.ParseUint(n, 10, 31); err == nil && index != 0 {
			return s.link(int(index))
		}
	}
	return nil
}

// askLink asks the kernel for one link.
func (s *session) askLink(index int, name string) *linkInfo {
	m, err := s.get(linkRequest(index, name, uapi.RTEXT_FILTER_SKIP_STATS))
	if err != nil {
		return nil
	}
	return s.rememberLink(m)
}

// linkRequest asks for one link by index or, with index 0, by name.
// mask chooses what is told (RTEXT_FILTER_…).
func linkRequest(index int, name string, mask uint32) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	ifi := uapi.Ifinfomsg{Index: int32(index)}
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	switch {
	case index != 0:
	case len(name) < uapi.IFNAMSIZ:
		r.String(uapi.IFLA_IFNAME, name)
	default:
		r.String(uapi.IFLA_ALT_IFNAME, name)
	}
	r.Uint32(uapi.IFLA_EXT_MASK, mask)
	return r
}

// linkName returns the name of a link, "" if there is none of that index.
func (s *session) linkName(index int) string {
	if info := s.link(index); info != nil {
		return info.name
	}
	return ""
}

// linkIndex returns the index of a link that is to be used.
func (s *session) linkIndex(name string) (int, error) {
	info := s.linkNamed(name)
	if info == nil {
		return 0, noDevice(name)
	}
	return info.index, nil
}
