package devlink

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func dpipeUsage() string {
	return `
dpipe table show DEV [ name TABLE ]
dpipe table set DEV name TABLE counters_enabled { true | false }
dpipe table dump DEV name TABLE
dpipe header show DEV
`
}

var setCounters = request{cmd: uapi.DEVLINK_CMD_DPIPE_TABLE_COUNTERS_SET, of: ofDevice,
	need: []*word{&tableWord, &countersWord}}

func runDpipe(c *cli.Command) error {
	return choose(c, help,
		cli.Verb{Name: "header", Run: func(c *cli.Command) error {
			return choose(c, help, cli.Verb{Name: "show", Run: listHeaders})
		}},
		cli.Verb{Name: "table", Run: func(c *cli.Command) error {
			return choose(c, help,
				cli.Verb{Name: "show", Run: listTables},
				cli.Verb{Name: "set", Run: setCounters.run},
				cli.Verb{Name: "dump", Run: dumpTable})
		}},
	)
}

// dpipeHeader is a header of packets, or of what a device knows of them, with its fields.
type dpipeHeader struct {
	id     uint32
	name   string
	global bool // of all devices, such as ethernet
	fields []dpipeField
}

type dpipeField struct {
	id, width, mapping uint32
	name               string
}

// headersOf asks for the headers that a device knows, the last one first, and those of all devices at the end.
func headersOf(c *cli.Command, h handle) (list []dpipeHeader, err error) {
	err = ask(c, uapi.DEVLINK_CMD_DPIPE_HEADERS_GET, query, h.put, func(m *message) {
		m.in(uapi.DEVLINK_ATTR_DPIPE_HEADERS).each(0, func(n *message) {
			header := dpipeHeader{id: n.u32(uapi.DEVLINK_ATTR_DPIPE_HEADER_ID),
				name:   n.text(uapi.DEVLINK_ATTR_DPIPE_HEADER_NAME),
				global: n.number(uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL) != 0}
			n.in(uapi.DEVLINK_ATTR_DPIPE_HEADER_FIELDS).each(0, func(f *message) {
				header.fields = append(header.fields, dpipeField{id: f.u32(uapi.DEVLINK_ATTR_DPIPE_FIELD_ID),
					width:   f.u32(uapi.DEVLINK_ATTR_DPIPE_FIELD_BITWIDTH),
					mapping: f.u32(uapi.DEVLINK_ATTR_DPIPE_FIELD_MAPPING_TYPE),
					name:    f.text(uapi.DEVLINK_ATTR_DPIPE_FIELD_NAME)})
			})
			list = append(list, header)
		})
	})
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b dpipeHeader) int {
		switch {
		case a.global == b.global:
			return 0
		case b.global:
			return -1
		}
		return 1
	})
	return list, err
}

func listHeaders(c *cli.Command) error {
	a, err := nextArgs(c, ofDevice)
	if err != nil {
		return err
	}
	headers, err := headersOf(c, a.handle)
	serr := section(c, "header", func(o *out) error {
		for _, h := range headers {
			o.member(a.bus + "/" + a.dev)
			o.str("name", h.name)
			if o.Details {
				o.num("id", uint64(h.id))
				o.truth("global", h.global)
			}
			o.list("field")
			for _, f := range h.fields {
				o.entry(func() {
					o.str("name", f.name)
					if o.Details {
						o.num("id", uint64(f.id))
					}
					o.num("bitwidth", uint64(f.width))
					if f.mapping != uapi.DEVLINK_DPIPE_FIELD_MAPPING_TYPE_NONE {
						o.str("mapping_type", nameOf(mappings, uint64(f.mapping), "mapping"))
					}
				})
			}
			o.endList()
			o.endHandle(nil)
		}
		return nil
	})
	if err == nil {
		err = serr
	}
	return err
}

// dpipeTable is a table, and the resource that its entries take.
type dpipeTable struct {
	name        string
	resource    uint64
	hasResource bool
}

func newTable(m *message) dpipeTable {
	return dpipeTable{m.text(uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME), m.number(uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_ID),
		m.has(uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_ID)}
}

// dpipeTablesOf asks for the tables of a device; nil where it has none, or does not say.
func dpipeTablesOf(c *cli.Command, h handle) (list []dpipeTable) {
	_ = ask(c, uapi.DEVLINK_CMD_DPIPE_TABLE_GET, query, h.put, func(m *message) {
		list = []dpipeTable{}
		m.in(uapi.DEVLINK_ATTR_DPIPE_TABLES).each(0, func(t *message) { list = append(list, newTable(t)) })
	})
	return list
}

func listTables(c *cli.Command) error {
	a, err := nextArgs(c, ofDevice, []*word{&tableWord})
	if err != nil {
		return err
	}
	headers, err := headersOf(c, a.handle)
	if err != nil {
		return err
	}
	var all resources
	err = ask(c, uapi.DEVLINK_CMD_RESOURCE_DUMP, query, a.handle.put, func(m *message) {
		all.list = append(all.list, all.read(m, 0)...)
	})
	hasResources := err == nil
	return section(c, "table", func(o *out) error {
		return ask(c, uapi.DEVLINK_CMD_DPIPE_TABLE_GET, query, a.put, func(m *message) {
			m.in(uapi.DEVLINK_ATTR_DPIPE_TABLES).each(0, func(t *message) {
				o.member(m.device())
				table := newTable(t)
				o.str("name", table.name)
				o.num("size", t.number(uapi.DEVLINK_ATTR_DPIPE_TABLE_SIZE))
				o.truth("counters_enabled", t.number(uapi.DEVLINK_ATTR_DPIPE_TABLE_COUNTERS_ENABLED) != 0)
				if table.hasResource && hasResources {
					if path, ok := pathOf(all.list, table.resource, ""); ok {
						o.str("resource_path", path)
					}
					o.num("resource_units", t.number(uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_UNITS))
				}
				o.list("match")
				t.in(uapi.DEVLINK_ATTR_DPIPE_TABLE_MATCHES).each(0, func(n *message) {
					o.entry(func() { o.operation(n, headers, uapi.DEVLINK_ATTR_DPIPE_MATCH_TYPE, matchTypes) })
				})
				o.endList()
				o.list("action")
				t.in(uapi.DEVLINK_ATTR_DPIPE_TABLE_ACTIONS).each(0, func(n *message) {
					o.entry(func() { o.operation(n, headers, uapi.DEVLINK_ATTR_DPIPE_ACTION_TYPE, dpipeActions) })
				})
				o.endList()
				o.endHandle(nil)
			})
		})
	})
}

// pathOf is the path of the resource with a number: /IPv4/fib.
func pathOf(list []resource, id uint64, within string) (string, bool) {
	for _, r := range list {
		path := within + "/" + r.name
		if r.id == id {
			return path, true
		}
		if path, ok := pathOf(r.inner, id, path); ok {
			return path, true
		}
	}
	return "", false
}

// operation prints what is matched or changed: a field of a header.
func (o *out) operation(m *message, headers []dpipeHeader, typ uint16, names []string) (header *dpipeHeader,
	field *dpipeField) {
	id, fieldID := m.u32(uapi.DEVLINK_ATTR_DPIPE_HEADER_ID), m.u32(uapi.DEVLINK_ATTR_DPIPE_FIELD_ID)
	global := m.number(uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL) != 0
	header, field = &dpipeHeader{name: "<unknown>"}, &dpipeField{name: "<unknown>"}
	for i := range headers {
		if h := &headers[i]; h.id == id && h.global == global {
			header = h
			if at := slices.IndexFunc(h.fields, func(f dpipeField) bool { return f.id == fieldID }); at >= 0 {
				field = &h.fields[at]
			}
		}
	}
	o.str("type", nameOf(names, m.number(typ), "type"))
	o.str("header", header.name)
	o.str("field", field.name)
	if field.mapping != uapi.DEVLINK_DPIPE_FIELD_MAPPING_TYPE_NONE {
		o.str("mapping", nameOf(mappings, uint64(field.mapping), "mapping"))
	}
	return header, field
}

func dumpTable(c *cli.Command) error {
	q := request{of: ofDevice, need: []*word{&tableWord}}
	a, err := q.read(c)
	if err != nil {
		return err
	}
	headers, err := headersOf(c, a.handle)
	if err != nil {
		return err
	}
	return section(c, "table_entry", func(o *out) error {
		return ask(c, uapi.DEVLINK_CMD_DPIPE_ENTRIES_GET, query, a.put, func(m *message) {
			m.in(uapi.DEVLINK_ATTR_DPIPE_ENTRIES).each(0, func(e *message) {
				o.member(m.device())
				o.num("index", e.number(uapi.DEVLINK_ATTR_DPIPE_ENTRY_INDEX))
				if e.has(uapi.DEVLINK_ATTR_DPIPE_ENTRY_COUNTER) {
					o.num("counter", e.number(uapi.DEVLINK_ATTR_DPIPE_ENTRY_COUNTER))
				}
				o.list("match_value")
				e.in(uapi.DEVLINK_ATTR_DPIPE_ENTRY_MATCH_VALUES).each(0, func(v *message) {
					o.entry(func() {
						o.dpipeValues(v, v.in(uapi.DEVLINK_ATTR_DPIPE_MATCH), headers,
							uapi.DEVLINK_ATTR_DPIPE_MATCH_TYPE, matchTypes)
					})
				})
				o.endList()
				o.list("action_value")
				e.in(uapi.DEVLINK_ATTR_DPIPE_ENTRY_ACTION_VALUES).each(0, func(v *message) {
					o.entry(func() {
						o.dpipeValues(v, v.in(uapi.DEVLINK_ATTR_DPIPE_ACTION), headers,
							uapi.DEVLINK_ATTR_DPIPE_ACTION_TYPE, dpipeActions)
					})
				})
				o.endList()
				o.endHandle(nil)
			})
		})
	})
}

// dpipeValues prints the values of one field in an entry.
func (o *out) dpipeValues(v, op *message, headers []dpipeHeader, typ uint16, names []string) {
	header, field := o.operation(op, headers, typ, names)
	if v.has(uapi.DEVLINK_ATTR_DPIPE_VALUE_MAPPING) {
		o.num("mapping_value", v.number(uapi.DEVLINK_ATTR_DPIPE_VALUE_MAPPING))
	}
	if b, ok := v.attrs[uapi.DEVLINK_ATTR_DPIPE_VALUE_MASK]; ok {
		o.dpipeValue("value_mask", b, header, field)
	}
	o.dpipeValue("value", v.attrs[uapi.DEVLINK_ATTR_DPIPE_VALUE], header, field)
}

// dpipeValue prints a value: an address where the field is known to be one, a number, or its bytes.
func (o *out) dpipeValue(key string, b []byte, header *dpipeHeader, field *dpipeField) {
	is := func(id, fieldID uint32, length int) bool {
		return header.global && header.id == id && field.id == fieldID && len(b) >= length
	}
	switch {
	case is(uapi.DEVLINK_DPIPE_HEADER_IPV4, uapi.DEVLINK_DPIPE_FIELD_IPV4_DST_IP, 4):
		n := native.Uint32(b) // a number, not an address as it is in packets
		o.str(key, netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String())
	case is(uapi.DEVLINK_DPIPE_HEADER_IPV6, uapi.DEVLINK_DPIPE_FIELD_IPV6_DST_IP, 16):
		o.str(key, desc.AddrText(netip.AddrFrom16([16]byte(b))))
	case is(uapi.DEVLINK_DPIPE_HEADER_ETHERNET, uapi.DEVLINK_DPIPE_FIELD_ETHERNET_DST_MAC, 6):
		o.str(key, fmt.Sprintf("%x:%x:%x:%x:%x:%x", b[0], b[1], b[2], b[3], b[4], b[5]))
	case len(b) == 4:
		o.num(key, cli.Number(b))
	default:
		o.str(key, "0x"+hex.EncodeToString(b))
	}
}
