package cli

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// GenlFamily is a family of generic netlink, by the name that the kernel gives a number to.
type GenlFamily struct {
	Name    string
	Version uint8
}

// GenlRequest begins a request to a family. Without the family, it is the error that iproute2 ends with.
func (s *Session) GenlRequest(f GenlFamily, cmd uint8) (*wire.Request, error) {
	id, ok := s.genl[f.Name]
	if !ok {
		r := genlRequest(uapi.GENL_ID_CTRL, uapi.CTRL_CMD_GETFAMILY, 0)
		r.String(uapi.CTRL_ATTR_FAMILY_NAME, f.Name)
		m, err := s.Get(r)
		if err != nil {
			text, _ := s.Explain(err)
			return nil, Exit(StatusFailed, "%s\nError talking to the kernel", text)
		}
		b := GenlAttrs(m)[uapi.CTRL_ATTR_FAMILY_ID]
		if len(b) < 2 {
			return nil, fmt.Errorf("family %q of generic netlink has no number", f.Name)
		}
		id = native.Uint16(b)
		if s.genl == nil {
			s.genl = map[string]uint16{}
		}
		s.genl[f.Name] = id
	}
	return genlRequest(id, cmd, f.Version), nil
}

func genlRequest(id uint16, cmd, version uint8) *wire.Request {
	r := wire.NewRequest(id, 0)
	r.Protocol = uapi.NETLINK_GENERIC
	(&uapi.Genlmsghdr{Cmd: cmd, Version: version}).Put(r.Header(uapi.SizeofGenlmsghdr))
	return r
}

// GenlAttrs are the attributes of a message of generic netlink.
func GenlAttrs(m wire.Message) desc.Attrs {
	return desc.ParseAttrs(m.Data[min(uapi.SizeofGenlmsghdr, len(m.Data)):])
}

// GenlCtrl is the family that describes the others.
var GenlCtrl = GenlFamily{Name: "nlctrl", Version: 2}

// GenlGroup is a multicast group of a family.
type GenlGroup struct {
	ID   uint32
	Name string
}

// GenlGroups are the groups in the description of a family.
func GenlGroups(family desc.Attrs) (all []GenlGroup) {
	for groups := wire.NewDecoder(family[uapi.CTRL_ATTR_MCAST_GROUPS]); groups.Next(); {
		var g GenlGroup
		for d := groups.Nested(); d.Next(); {
			switch d.Type() {
			case uapi.CTRL_ATTR_MCAST_GRP_ID:
				g.ID = d.Uint32()
			case uapi.CTRL_ATTR_MCAST_GRP_NAME:
				g.Name = d.String()
			}
		}
		all = append(all, g)
	}
	return all
}

// DescribeGenl asks for the description of a family, for which the kernel may load a module.
func (s *Session) DescribeGenl(family string) (wire.Message, error) {
	r, err := s.GenlRequest(GenlCtrl, uapi.CTRL_CMD_GETFAMILY)
	if err != nil {
		return wire.Message{}, err
	}
	r.String(uapi.CTRL_ATTR_FAMILY_NAME, family)
	return s.Get(r)
}

// GenlGroup returns the number of a multicast group of a family.
func (s *Session) GenlGroup(family, group string) (uint32, error) {
	m, err := s.DescribeGenl(family)
	if err != nil {
		return 0, err
	}
	for _, g := range GenlGroups(GenlAttrs(m)) {
		if g.Name == group {
			return g.ID, nil
		}
	}
	return 0, Exit(StatusFailed, "%s has no group %q", family, group)
}
