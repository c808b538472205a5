package cli

import (
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// LinkInfo holds the parts of a link that commands need to show or use other objects.
type LinkInfo struct {
	Index     int
	Name      string
	Type      uint16 // ARPHRD_…
	Flags     uint32 // IFF_…
	Kind      string // IFLA_INFO_KIND
	LLAddrLen int    // bytes of its link-layer address
}

// links remembers the links that were asked for.
type links struct {
	byIndex map[int]*LinkInfo // nil: there is none
	byName  map[string]*LinkInfo
}

// ForgetLinks is to be called after a change that may give other names.
func (s *Session) ForgetLinks() { s.links = links{} }

// thisNSID stands for the session's own namespace.
const thisNSID = -1

// LookIn has links be looked up in the namespace that has the id here, or in
// this one with a negative id.
func (s *Session) LookIn(nsid int) {
	if nsid = max(nsid, thisNSID); nsid == s.nsid {
		return
	}
	if s.others == nil {
		s.others = map[int]links{}
	}
	s.others[s.nsid] = s.links
	s.nsid, s.links = nsid, s.others[nsid]
}

// RememberLink notes an RTM_NEWLINK message.
func (s *Session) RememberLink(m wire.Message) *LinkInfo {
	var ifi uapi.Ifinfomsg
	ifi.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):])
	info := &LinkInfo{
		Index:     int(ifi.Index),
		Name:      Text(attrs[uapi.IFLA_IFNAME]),
		Type:      ifi.Type,
		Flags:     ifi.Flags,
		Kind:      Text(desc.ParseAttrs(attrs[uapi.IFLA_LINKINFO])[uapi.IFLA_INFO_KIND]),
		LLAddrLen: len(attrs[uapi.IFLA_ADDRESS]),
	}
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
		s.links = links{map[int]*LinkInfo{}, map[string]*LinkInfo{}}
	}
	s.links.byIndex[info.Index] = info
	s.links.byName[info.Name] = info
	for _, name := range alt {
		s.links.byName[name] = info
	}
	return info
}

// Link returns the description of a link, nil if there is none of that index.
func (s *Session) Link(index int) *LinkInfo {
	if info, ok := s.links.byIndex[index]; ok {
		return info
	}
	info := s.askLink(index, "")
	if info == nil && s.links.byIndex != nil {
		s.links.byIndex[index] = nil
	}
	return info
}

// LinkNamed returns the link that has the name or alternative name; "if7" is
// the link 7 where none is called so. It is nil if there is none.
func (s *Session) LinkNamed(name string) *LinkInfo {
	if name == "" {
		return nil
	}
	if info := s.links.byName[name]; info != nil {
		return info
	}
	if info := s.askLink(0, name); info != nil {
		return info
	}
	if n, ok := strings.CutPrefix(name, "if"); ok {
		if index, err := strconv.ParseUint(n, 10, 31); err == nil && index != 0 {
			return s.Link(int(index))
		}
	}
	return nil
}

// askLink asks the kernel for one link.
func (s *Session) askLink(index int, name string) *LinkInfo {
	r := LinkRequest(index, name, uapi.RTEXT_FILTER_SKIP_STATS)
	if s.nsid != thisNSID {
		r.Int32(uapi.IFLA_TARGET_NETNSID, int32(s.nsid))
	}
	m, err := s.Get(r)
	if err != nil {
		return nil
	}
	return s.RememberLink(m)
}

// LinkRequest asks for one link by index or, with index 0, by name.
// mask chooses the parts of the answer (RTEXT_FILTER_…).
func LinkRequest(index int, name string, mask uint32) *wire.Request {
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
func (s *Session) linkName(index int) string {
	if info := s.Link(index); info != nil {
		return info.Name
	}
	return ""
}

// IndexOf returns the index of a link that is to be used.
func (s *Session) IndexOf(name string) (int, error) {
	info := s.LinkNamed(name)
	if info == nil {
		return 0, NoDevice(name)
	}
	return info.Index, nil
}

// DropLink forgets a link that is gone.
func (s *Session) DropLink(index int) {
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
