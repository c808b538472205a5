package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// genlFamily is a family of generic netlink as the kernel describes it.
type genlFamily struct {
	id     uint16
	name   string
	attrs  desc.Attrs
	groups []cli.GenlGroup
}

// readGenlFamily reads what nlctrl says of a family, in an answer or an event.
func readGenlFamily(m wire.Message) *genlFamily {
	f := &genlFamily{attrs: cli.GenlAttrs(m)}
	f.name = cli.Text(f.attrs[uapi.CTRL_ATTR_FAMILY_NAME])
	f.id = cli.Number16(f.attrs[uapi.CTRL_ATTR_FAMILY_ID])
	f.groups = cli.GenlGroups(f.attrs)
	return f
}

// followGenl shows the events of a group of a family.
func followGenl(c *cli.Command, family, group string, show func(wire.Message) error) error {
	id, err := c.GenlGroup(family, group)
	if err != nil {
		return err
	}
	return Follow(c, Source{Protocol: uapi.NETLINK_GENERIC, Groups: []uint32{id},
		Show: func(m wire.Message, _ Origin) error { return show(m) }})
}
