package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// genlCtrl is the family that describes the others.
var genlCtrl = cli.GenlFamily{Name: "nlctrl", Version: 2}

// genlFamily is a family of generic netlink as the kernel describes it.
type genlFamily struct {
	id     uint16
	name   string
	attrs  desc.Attrs
	groups []genlGroup
}

type genlGroup struct {
	id   uint32
	name string
}

// readGenlFamily reads what genlCtrl says of a family, in an answer or an event.
func readGenlFamily(m wire.Message) *genlFamily {
	f := &genlFamily{attrs: cli.GenlAttrs(m)}
	f.name = cli.Text(f.attrs[uapi.CTRL_ATTR_FAMILY_NAME])
	f.id = number16(f.attrs[uapi.CTRL_ATTR_FAMILY_ID])
	for groups := wire.NewDecoder(f.attrs[uapi.CTRL_ATTR_MCAST_GROUPS]); groups.Next(); {
		var g genlGroup
		for d := groups.Nested(); d.Next(); {
			switch d.Type() {
			case uapi.CTRL_ATTR_MCAST_GRP_ID:
				g.id = d.Uint32()
			case uapi.CTRL_ATTR_MCAST_GRP_NAME:
				g.name = d.String()
			}
		}
		f.groups = append(f.groups, g)
	}
	return f
}

// findGenlFamily asks for a family by its name, for which the kernel may load a module.
func findGenlFamily(c *cli.Command, name string) (*genlFamily, error) {
	r, err := c.GenlRequest(genlCtrl, uapi.CTRL_CMD_GETFAMILY)
	if err != nil {
		return nil, err
	}
	r.String(uapi.CTRL_ATTR_FAMILY_NAME, name)
	m, err := c.Get(r)
	if err != nil {
		return nil, err
	}
	return readGenlFamily(m), nil
}

// followGenl shows the events of a group of a family.
func followGenl(c *cli.Command, family, group string, show func(wire.Message) error) error {
	f, err := findGenlFamily(c, family)
	if err != nil {
		return err
	}
	for _, g := range f.groups {
		if g.name == group {
			return Follow(c, Source{Protocol: uapi.NETLINK_GENERIC, Groups: []uint32{g.id},
				Show: func(m wire.Message, _ Origin) error { return show(m) }})
		}
	}
	return cli.Exit(cli.StatusFailed, "%s has no group %q", family, group)
}
