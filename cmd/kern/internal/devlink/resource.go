package devlink

import (
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func resourceUsage() string {
	return `
resource show [ DEV | DEV/PORT_INDEX | scope { dev | port } ]
resource set DEV path PATH size SIZE
`
}

func runResource(c *cli.Command) error {
	return choose(c, help,
		cli.Verb{Name: "show", Run: listResources},
		cli.Verb{Name: "set", Run: setResource},
	)
}

// resources are those of a device or a port, with the tables that use them.
type resources struct {
	device handle
	owner  string // the device or the port, by name
	list   []resource
	tables []dpipeTable // nil: the device has none, or does not say
	change bool         // some will have another size after a reload
}

type resource struct {
	name                   string
	id, size, sizeNew, occ uint64
	min, max, granularity  uint64
	unit                   uint64
	hasOcc, valid          bool
	inner                  []resource
}

// resourceDepth bounds how deep resources are in one another.
const resourceDepth = 32

func (all *resources) read(m *message, depth int) (list []resource) {
	m.in(uapi.DEVLINK_ATTR_RESOURCE_LIST).each(0, func(n *message) {
		r := resource{
			name: n.text(uapi.DEVLINK_ATTR_RESOURCE_NAME), id: n.number(uapi.DEVLINK_ATTR_RESOURCE_ID),
			size: n.number(uapi.DEVLINK_ATTR_RESOURCE_SIZE), sizeNew: n.number(uapi.DEVLINK_ATTR_RESOURCE_SIZE),
			occ: n.number(uapi.DEVLINK_ATTR_RESOURCE_OCC), hasOcc: n.has(uapi.DEVLINK_ATTR_RESOURCE_OCC),
			min: n.number(uapi.DEVLINK_ATTR_RESOURCE_SIZE_MIN), max: n.number(uapi.DEVLINK_ATTR_RESOURCE_SIZE_MAX),
			granularity: n.number(uapi.DEVLINK_ATTR_RESOURCE_SIZE_GRAN), unit: n.number(uapi.DEVLINK_ATTR_RESOURCE_UNIT),
			valid: n.number(uapi.DEVLINK_ATTR_RESOURCE_SIZE_VALID) != 0,
		}
		if n.has(uapi.DEVLINK_ATTR_RESOURCE_SIZE_NEW) {
			r.sizeNew = n.number(uapi.DEVLINK_ATTR_RESOURCE_SIZE_NEW)
		}
		all.change = all.change || r.sizeNew != r.size
		if depth < resourceDepth {
			r.inner = all.read(n, depth+1)
		}
		list = append(list, r)
	})
	return list
}

// listResources shows what a device or port has so much of, with the tables that take from it.
func listResources(c *cli.Command) error {
	how, put := dump, (func(*wire.Request))(nil)
	switch {
	case !c.More():
	case c.TakeAbbr("scope"):
		mask, err := scope(c)
		if err != nil {
			return err
		}
		put = func(r *wire.Request) { r.Uint32(uapi.DEVLINK_ATTR_RESOURCE_SCOPE_MASK, mask) }
	default:
		a, err := nextArgs(c, ofDevice|ofPort)
		if err != nil {
			return err
		}
		how, put = query, a.handle.put
	}
	// The tables are asked for when the connection is free again.
	var found []*resources
	err := ask(c, uapi.DEVLINK_CMD_RESOURCE_DUMP, how, put, func(m *message) {
		of := m.port()
		all := &resources{device: handle{kind: ofDevice, bus: of.bus, dev: of.dev}, owner: m.owner()}
		all.list = all.read(m, 0)
		found = append(found, all)
	})
	serr := section(c, "resources", func(o *out) error {
		for _, f := range found {
			f.tables = dpipeTablesOf(c, f.device)
			for i := range f.list {
				o.member(f.owner)
				f.show(o, &f.list[i], "")
				o.endHandle(nil)
			}
		}
		return nil
	})
	if err == nil {
		err = serr
	}
	return err
}

// scope takes whose resources are shown, those of devices or those of ports (Linux 7.2).
func scope(c *cli.Command) (uint32, error) {
	word, _ := c.Next()
	switch word {
	case "dev":
		return uapi.DEVLINK_RESOURCE_SCOPE_DEV, nil
	case "port":
		return uapi.DEVLINK_RESOURCE_SCOPE_PORT, nil
	}
	return 0, failed("Unknown resource scope %q", word)
}

// show prints a resource that is in the one of a path.
func (all *resources) show(o *out, r *resource, within string) {
	path := within + "/" + r.name
	o.str("name", r.name)
	if o.Details {
		o.str("resource_path", path)
	}
	o.size("size", r.size)
	if r.size != r.sizeNew {
		o.size("size_new", r.sizeNew)
	}
	if r.hasOcc {
		o.num("occ", r.occ)
	}
	o.str("unit", nameOf(resourceUnits, r.unit, "unit"))
	if r.min != r.max {
		o.num("size_min", r.min)
		o.size("size_max", r.max)
		o.num("size_gran", r.granularity)
	}
	all.showTables(o, r)
	if len(r.inner) == 0 {
		return
	}
	if all.change {
		valid := "false"
		if r.valid {
			valid = "true"
		}
		o.str("size_valid", valid)
	}
	o.list("resources")
	for i := range r.inner {
		o.entry(func() { all.show(o, &r.inner[i], path) })
	}
	o.endList()
}

// showTables prints the tables that take from a resource.
func (all *resources) showTables(o *out, r *resource) {
	if all.tables == nil {
		return
	}
	using := slices.DeleteFunc(slices.Clone(all.tables), func(t dpipeTable) bool {
		return !t.hasResource || t.resource != r.id
	})
	if len(using) == 0 {
		o.str("dpipe_tables", "none")
		return
	}
	o.list("dpipe_tables")
	for _, t := range using {
		o.entry(func() { o.str("table_name", t.name) })
	}
	o.endList()
}

// setResource gives a resource another size, from the next reload on.
func setResource(c *cli.Command) error {
	q := request{of: ofDevice, need: []*word{&pathWord, &sizeWord}}
	a, err := q.read(c)
	if err != nil {
		return err
	}
	var all resources
	err = ask(c, uapi.DEVLINK_CMD_RESOURCE_DUMP, query, a.handle.put, func(m *message) {
		all.list = append(all.list, all.read(m, 0)...)
	})
	if err != nil {
		return err
	}
	path := a.kept[pathWord.typ]
	id, ok := find(all.list, path)
	if !ok {
		return failed("the device has no resource %q", path)
	}
	a.own.Uint64(uapi.DEVLINK_ATTR_RESOURCE_ID, id)
	return ask(c, uapi.DEVLINK_CMD_RESOURCE_SET, order, a.put, nil)
}

// find returns the number of the resource of a path: IPv4/fib.
func find(list []resource, path string) (id uint64, ok bool) {
	for name := range strings.SplitSeq(path, "/") {
		if name == "" {
			continue
		}
		i := slices.IndexFunc(list, func(r resource) bool { return r.name == name })
		if i < 0 {
			return 0, false
		}
		id, ok, list = list[i].id, true, list[i].inner
	}
	return id, ok
}
