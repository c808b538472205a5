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

// genlCtrl is the family that describes the others.
var genlCtrl = GenlFamily{Name: "nlctrl", Version: 2}

// ListenGenl opens a listener for a multicast group of a family.
func (s *Session) ListenGenl(family, group string) (*wire.Listener, error) {
	r, err := s.GenlRequest(genlCtrl, uapi.CTRL_CMD_GETFAMILY)
	if err != nil {
		return nil, err
	}
	r.String(uapi.CTRL_ATTR_FAMILY_NAME, family)
	m, err := s.Get(r)
	if err != nil {
		return nil, err
	}
	id, ok := genlGroup(m.Data, group)
	if !ok {
		return nil, Exit(StatusFailed, "%s has no group %q", family, group)
	}
	return wire.Listen(s.SocketConfig(uapi.NETLINK_GENERIC), id)
}

// genlGroup finds the number of a group in the description of a family.
func genlGroup(data []byte, name string) (id uint32, ok bool) {
	d := wire.NewDecoderAfter(data, uapi.SizeofGenlmsghdr)
	for d.Next() {
		if d.Type() != uapi.CTRL_ATTR_MCAST_GROUPS {
			continue
		}
		groups := d.Nested()
		for groups.Next() {
			var number uint32
			found := false
			group := groups.Nested()
			for group.Next() {
				switch group.Type() {
				case uapi.CTRL_ATTR_MCAST_GRP_ID:
					number = group.Uint32()
				case uapi.CTRL_ATTR_MCAST_GRP_NAME:
					found = group.String() == name
				}
			}
			if found {
				return number, true
			}
		}
	}
	return 0, false
}
