package ip

import (
	"encoding/hex"
	"fmt"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// genlWatch is "monitor genl": what families of generic netlink send to their groups.
type genlWatch struct {
	c        *cli.Command
	families map[uint16]*genlFamily
}

// genlSource is one family, or all that there are now. An event says its family, the group, the number of the command
// and the attributes, as their numbers and bytes where they are not known here.
func genlSource(c *cli.Command, w *monitorWish) (Source, error) {
	name, err := c.Next()
	if err != nil {
		return Source{}, err
	}
	g := &genlWatch{c: c}
	groups, err := g.find(name)
	return Source{
		Protocol: uapi.NETLINK_GENERIC, Groups: groups, PerGroup: true,
		Show: func(m wire.Message, from Origin) error {
			_, err := w.show(c, "GENL", from, time.Now(), func() bool { return g.watch(m, from.Group) })
			return err
		},
	}, err
}

// find finds the groups of a family, or of all.
func (g *genlWatch) find(name string) (groups []uint32, err error) {
	if err := g.know(); err != nil {
		return nil, err
	}
	wanted := g.families
	if name != "all" {
		m, err := g.c.DescribeGenl(name)
		if err != nil {
			text, _ := g.c.Explain(err)
			return nil, cli.Exit(cli.StatusFailed, "family %q of generic netlink: %s", name, text)
		}
		f := readGenlFamily(m)
		wanted = map[uint16]*genlFamily{f.id: f}
		g.families[f.id] = f
	}
	for _, f := range wanted {
		for _, group := range f.groups {
			groups = append(groups, group.ID)
		}
	}
	if groups == nil {
		return nil, cli.Exit(cli.StatusFailed, "family %q of generic netlink has no groups", name)
	}
	return groups, nil
}

// know asks for all families.
func (g *genlWatch) know() error {
	r, err := g.c.GenlRequest(cli.GenlCtrl, uapi.CTRL_CMD_GETFAMILY)
	if err != nil {
		return err
	}
	g.families = map[uint16]*genlFamily{}
	return g.c.Dump(r, func(m wire.Message) error {
		m.Data = append([]byte(nil), m.Data...)
		f := readGenlFamily(m)
		g.families[f.id] = f
		return nil
	})
}

// watch prints an event.
func (g *genlWatch) watch(m wire.Message, group uint32) bool {
	var head uapi.Genlmsghdr
	head.Decode(m.Data)
	p := g.c.Out
	family := g.families[m.Type]
	if family == nil {
		family = &genlFamily{id: m.Type, name: fmt.Sprint(m.Type)}
	}
	p.Object("")
	p.Str("family", "%s ", family.name)
	p.Str("group", "%s: ", family.groupName(group))
	switch {
	case m.Type == uapi.GENL_ID_CTRL:
		g.watchFamily(head.Cmd, m)
	case family.name == uapi.MPTCP_PM_NAME:
		showMPTCPEvent(p, head.Cmd, cli.GenlAttrs(m))
	default:
		p.Uint("cmd", "cmd %d", uint64(head.Cmd))
		p.Uint("version", " version %d", uint64(head.Version))
		own := cli.Number32(family.attrs[uapi.CTRL_ATTR_HDRSIZE]) // of a header behind struct genlmsghdr
		data := after(m.Data, uapi.SizeofGenlmsghdr)
		header := data[:min(int((own+3)&^3), len(data))]
		if len(header) != 0 {
			p.Str("header", " header 0x%s", hex.EncodeToString(header))
		}
		showNested(p, "attrs", data[len(header):])
	}
	p.Text("\n")
	p.EndObject()
	return true
}

func (f *genlFamily) groupName(id uint32) string {
	for _, g := range f.groups {
		if g.ID == id {
			return g.Name
		}
	}
	return fmt.Sprint(id)
}

// watchFamily prints that there is a new family, or group of a family, or that one is gone.
func (g *genlWatch) watchFamily(cmd uint8, m wire.Message) {
	m.Data = append([]byte(nil), m.Data...)
	f := readGenlFamily(m)
	p := g.c.Out
	switch cmd {
	case uapi.CTRL_CMD_NEWFAMILY:
		p.Str("event", "%s ", "new family")
		g.families[f.id] = f
	case uapi.CTRL_CMD_DELFAMILY:
		p.Str("event", "%s ", "deleted family")
		delete(g.families, f.id)
	case uapi.CTRL_CMD_NEWMCAST_GRP:
		p.Str("event", "%s ", "new group of family")
		if known := g.families[f.id]; known != nil {
			known.groups = append(known.groups, f.groups...)
		}
	case uapi.CTRL_CMD_DELMCAST_GRP:
		p.Str("event", "%s ", "deleted group of family")
	default:
		p.Uint("cmd", "cmd %d ", uint64(cmd))
	}
	p.Str("name", "%s", f.name)
	p.Hex("id", " id 0x%x", uint64(f.id))
	for _, n := range [...]struct {
		typ uint16
		key string
	}{{uapi.CTRL_ATTR_VERSION, "version"}, {uapi.CTRL_ATTR_HDRSIZE, "hdrsize"}, {uapi.CTRL_ATTR_MAXATTR, "maxattr"}} {
		if b, ok := f.attrs[n.typ]; ok {
			p.Uint(n.key, " "+n.key+" %d", uint64(cli.Number32(b)))
		}
	}
	p.Array("groups")
	for _, group := range f.groups {
		p.Object("")
		p.Str("name", " group %s", group.Name)
		p.Hex("id", " 0x%x", uint64(group.ID))
		p.EndObject()
	}
	p.EndArray()
}

// showNested prints attributes as their numbers and bytes, and those that say so as nests.
func showNested(p *desc.Printer, key string, data []byte) {
	p.Array(key)
	d := wire.NewDecoder(data)
	for d.Next() {
		p.Object("")
		p.Uint("attr", " attr %d", uint64(d.Type()))
		if d.Flags()&uapi.NLA_F_NESTED != 0 {
			p.Text(" {")
			showNested(p, "attrs", d.Data())
			p.Text(" }")
		} else {
			p.Str("data", " 0x%s", hex.EncodeToString(d.Data()))
		}
		p.EndObject()
	}
	p.EndArray()
	if err := d.Err(); err != nil {
		p.Str("error", " (%s)", err.Error())
	}
}
