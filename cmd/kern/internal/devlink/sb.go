package devlink

import (
	"fmt"
	"strconv"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

func sbUsage() string {
	return `
sb show [ DEV [ sb SB_INDEX ] ]
sb pool show [ DEV [ sb SB_INDEX ] [ pool POOL_INDEX ] ]
sb pool set DEV [ sb SB_INDEX ] pool POOL_INDEX size SIZE
            thtype { static | dynamic }
sb port pool show [ DEV/PORT_INDEX [ sb SB_INDEX ] [ pool POOL_INDEX ] ]
sb port pool set DEV/PORT_INDEX [ sb SB_INDEX ] pool POOL_INDEX th THRESHOLD
sb tc bind show [ DEV/PORT_INDEX [ sb SB_INDEX ] [ tc TC_INDEX
                  type { ingress | egress } ] ]
sb tc bind set DEV/PORT_INDEX [ sb SB_INDEX ] tc TC_INDEX
               type { ingress | egress } pool POOL_INDEX th THRESHOLD
sb occupancy show { DEV | DEV/PORT_INDEX } [ sb SB_INDEX ]
sb occupancy snapshot DEV [ sb SB_INDEX ]
sb occupancy clearmax DEV [ sb SB_INDEX ]
`
}

var (
	listSbs = listing{section: "sb", cmd: uapi.DEVLINK_CMD_SB_GET, one: ofDevice, need: []*word{&sbWord},
		all: ofDevice, show: memberOf(onlyFields(sbFields))}

	listPools = listing{section: "pool", cmd: uapi.DEVLINK_CMD_SB_POOL_GET, one: ofDevice,
		need: []*word{&sbWord, &poolWord}, all: ofDevice, show: memberOf(onlyFields(poolFields))}
	setPool = request{cmd: uapi.DEVLINK_CMD_SB_POOL_SET, of: ofDevice,
		need: []*word{&sbWord, &poolWord, &poolSizeWord, &thtypeWord}}

	listPortPools = listing{section: "port_pool", cmd: uapi.DEVLINK_CMD_SB_PORT_POOL_GET, one: ofPort,
		need: []*word{&sbWord, &poolWord}, all: ofDevice | ofPort, links: true, show: showOfPort(portPoolFields)}
	setPortPool = request{cmd: uapi.DEVLINK_CMD_SB_PORT_POOL_SET, of: ofPort,
		need: []*word{&sbWord, &poolWord, &thWord}}

	listBinds = listing{section: "tc_bind", cmd: uapi.DEVLINK_CMD_SB_TC_POOL_BIND_GET, one: ofPort,
		need: []*word{&sbWord, &tcWord, &poolTypeWord}, all: ofDevice | ofPort, links: true, show: showOfPort(bindFields)}
	setBind = request{cmd: uapi.DEVLINK_CMD_SB_TC_POOL_BIND_SET, of: ofPort,
		need: []*word{&sbWord, &tcWord, &poolTypeWord, &poolWord, &thWord}}

	snapshotOccupancy = request{cmd: uapi.DEVLINK_CMD_SB_OCC_SNAPSHOT, of: ofDevice, need: []*word{&sbWord}}
	clearMaxima       = request{cmd: uapi.DEVLINK_CMD_SB_OCC_MAX_CLEAR, of: ofDevice, need: []*word{&sbWord}}
)

var (
	sbFields = []field{
		{typ: uapi.DEVLINK_ATTR_SB_INDEX, key: "sb", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_SIZE, key: "size", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_INGRESS_POOL_COUNT, key: "ing_pools", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_EGRESS_POOL_COUNT, key: "eg_pools", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_INGRESS_TC_COUNT, key: "ing_tcs", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_EGRESS_TC_COUNT, key: "eg_tcs", form: asNumber},
	}
	poolFields = []field{
		{typ: uapi.DEVLINK_ATTR_SB_INDEX, key: "sb", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_INDEX, key: "pool", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_TYPE, key: "type", form: asName, names: poolTypes, what: "type"},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_SIZE, key: "size", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_THRESHOLD_TYPE, key: "thtype", form: asName, names: thresholdTypes,
			what: "type"},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_CELL_SIZE, key: "cell_size", form: func(o *out, f *field, b []byte) {
			o.space()
			o.Uint(f.key, "cell size %d", cli.Number(b))
		}},
	}
	portPoolFields = []field{
		{typ: uapi.DEVLINK_ATTR_SB_INDEX, key: "sb", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_INDEX, key: "pool", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_THRESHOLD, key: "threshold", form: asNumber},
	}
	bindFields = []field{
		{typ: uapi.DEVLINK_ATTR_SB_INDEX, key: "sb", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_TC_INDEX, key: "tc", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_TYPE, key: "type", form: asName, names: poolTypes, what: "type"},
		{typ: uapi.DEVLINK_ATTR_SB_POOL_INDEX, key: "pool", form: asNumber},
		{typ: uapi.DEVLINK_ATTR_SB_THRESHOLD, key: "threshold", form: asNumber},
	}
)

// showOfPort prints the fields of one of several objects of a port, by the name of its link where it has one.
func showOfPort(fields []field) func(o *out, m *message) {
	return func(o *out, m *message) {
		o.member(o.niceName(m.port()))
		o.fields(m, fields)
		o.endHandle(m)
	}
}

// askLinks asks for the names of the links of all ports, unless they are not wanted. Without an answer there are none.
func (o *out) askLinks() {
	if o.c.PlainNames {
		return
	}
	o.links = map[handle]string{}
	_ = ask(o.c, uapi.DEVLINK_CMD_PORT_GET, dump, nil, func(m *message) {
		if name := m.text(uapi.DEVLINK_ATTR_PORT_NETDEV_NAME); name != "" {
			o.links[m.port()] = name
		}
	})
}

// niceName is the name of a port's link, or that of the port without one.
func (o *out) niceName(h handle) string {
	if name, ok := o.links[h]; ok {
		return name
	}
	return h.String()
}

func runSb(c *cli.Command) error {
	return choose(c, listSbs.run, lister(listSbs.run,
		cli.Verb{Name: "pool", Run: func(c *cli.Command) error { return listOrSet(c, &listPools, &setPool) }},
		cli.Verb{Name: "port", Run: func(c *cli.Command) error {
			return choose(c, help, cli.Verb{Name: "pool",
				Run: func(c *cli.Command) error { return listOrSet(c, &listPortPools, &setPortPool) }})
		}},
		cli.Verb{Name: "tc", Run: func(c *cli.Command) error {
			return choose(c, help, cli.Verb{Name: "bind",
				Run: func(c *cli.Command) error { return listOrSet(c, &listBinds, &setBind) }})
		}},
		cli.Verb{Name: "occupancy", Run: func(c *cli.Command) error {
			return choose(c, help, lister(showOccupancy,
				cli.Verb{Name: "snapshot", Run: snapshotOccupancy.run},
				cli.Verb{Name: "clearmax", Run: clearMaxima.run})...)
		}},
	)...)
}

// listOrSet is for objects that can be shown and set.
func listOrSet(c *cli.Command, list *listing, set *request) error {
	return choose(c, list.run, lister(list.run, cli.Verb{Name: "set", Run: set.run})...)
}

// occupancy is how much of a pool is used, now and at most since the maxima were cleared.
type occupancy struct{ index, pool, now, max uint64 }

// portOccupancy are the pools and traffic classes of a port.
type portOccupancy struct {
	port                   handle
	pools, ingress, egress []occupancy
}

// showOccupancy shows what a snapshot found.
func showOccupancy(c *cli.Command) error {
	a, err := nextArgs(c, ofDevice|ofPort, []*word{&sbWord})
	if err != nil {
		return err
	}
	sb := cli.Number(a.attrs()[sbWord.typ])
	var ports []*portOccupancy
	find := func(m *message) *portOccupancy {
		for _, p := range ports {
			if p.port == m.port() {
				return p
			}
		}
		p := &portOccupancy{port: m.port()}
		ports = append(ports, p)
		return p
	}
	read := func(cmd uint8, index uint16, of func(p *portOccupancy, m *message) *[]occupancy) error {
		return ask(c, cmd, dump, nil, func(m *message) {
			if !a.handle.selects(m) || m.number(sbWord.typ) != sb || !m.has(uapi.DEVLINK_ATTR_SB_OCC_CUR) {
				return
			}
			list := of(find(m), m)
			*list = append(*list, occupancy{m.number(index), m.number(uapi.DEVLINK_ATTR_SB_POOL_INDEX),
				m.number(uapi.DEVLINK_ATTR_SB_OCC_CUR), m.number(uapi.DEVLINK_ATTR_SB_OCC_MAX)})
		})
	}
	err = read(uapi.DEVLINK_CMD_SB_PORT_POOL_GET, uapi.DEVLINK_ATTR_SB_POOL_INDEX,
		func(p *portOccupancy, _ *message) *[]occupancy { return &p.pools })
	if err == nil {
		err = read(uapi.DEVLINK_CMD_SB_TC_POOL_BIND_GET, uapi.DEVLINK_ATTR_SB_TC_INDEX,
			func(p *portOccupancy, m *message) *[]occupancy {
				if m.number(uapi.DEVLINK_ATTR_SB_POOL_TYPE) == uapi.DEVLINK_SB_POOL_TYPE_INGRESS {
					return &p.ingress
				}
				return &p.egress
			})
	}
	if err != nil {
		return err
	}
	return section(c, "occupancy", func(o *out) error {
		o.askLinks()
		for _, p := range ports {
			o.handle(o.niceName(p.port), true)
			o.put("\n")
			o.occupancies("pool", p.pools, false)
			o.occupancies("itc", p.ingress, true)
			o.occupancies("etc", p.egress, true)
			o.endHandle(nil)
		}
		return nil
	})
}

// occupancies prints four to a line; bound says that they are of traffic classes, which are bound to pools.
func (o *out) occupancies(label string, list []occupancy, bound bool) {
	const column, perLine = 7, 4
	o.Object(label)
	o.put("%-*s", column, "  "+label+":")
	for i, v := range list {
		if i%perLine == 0 && i != 0 {
			o.put("%-*s", column, "")
		}
		name := fmt.Sprintf("%2d:", v.index)
		if bound {
			name = fmt.Sprintf("%2d(%d):", v.index, v.pool)
		}
		o.put("%-*s%-21s", column, name, fmt.Sprintf("%10d/%d", v.now, v.max))
		if i%perLine == perLine-1 {
			o.put("\n")
		}
		o.Object(strconv.FormatUint(v.index, 10))
		if bound {
			o.Uint("bound_pool", "", v.pool)
		}
		o.Uint("current", "", v.now)
		o.Uint("max", "", v.max)
		o.EndObject()
	}
	if len(list)%perLine != 0 {
		o.put("\n")
	}
	o.EndObject()
}
