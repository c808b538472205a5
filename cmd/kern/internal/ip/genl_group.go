package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// genlCtrl is the family that describes the others.
var genlCtrl = cli.GenlFamily{Name: "nlctrl", Version: 2}

// listenGenl opens a listener for a multicast group of a family.
func listenGenl(c *cli.Command, family, group string) (*wire.Listener, error) {
	r, err := c.GenlRequest(genlCtrl, uapi.CTRL_CMD_GETFAMILY)
	if err != nil {
		return nil, err
	}
	r.String(uapi.CTRL_ATTR_FAMILY_NAME, family)
	m, err := c.Get(r)
	if err != nil {
		return nil, err
	}
	id, ok := genlGroup(m.Data, group)
	if !ok {
		return nil, cli.Exit(cli.StatusFailed, "%s has no group %q", family, group)
	}
	return wire.Listen(c.SocketConfig(uapi.NETLINK_GENERIC), id)
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
