package devlink

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// fakeKernel answers every request about objects with these messages; the family has a number that it asks for.
func fakeKernel(t *testing.T, answers map[uint8][]func(e *wire.Encoder)) *wire.Conn {
	t.Helper()
	k := &nltest.Kernel{Answer: func(request []byte) []nltest.Datagram {
		var h uapi.Nlmsghdr
		h.Decode(request)
		e := &wire.Encoder{}
		e.Raw(uapi.SizeofGenlmsghdr)
		if h.Type == uapi.GENL_ID_CTRL {
			e.Uint16(uapi.CTRL_ATTR_FAMILY_ID, 77)
			return []nltest.Datagram{{Data: nltest.Message(request, h.Type, 0, e.Bytes())}}
		}
		var all []nltest.Datagram
		for _, fill := range answers[request[uapi.SizeofNlmsghdr]] {
			e := &wire.Encoder{}
			e.Raw(uapi.SizeofGenlmsghdr)
			e.String(uapi.DEVLINK_ATTR_BUS_NAME, "pci")
			e.String(uapi.DEVLINK_ATTR_DEV_NAME, "0000:03:00.0")
			fill(e)
			all = append(all, nltest.Datagram{Data: nltest.Message(request, h.Type, uapi.NLM_F_MULTI, e.Bytes())})
		}
		return append(all, nltest.Datagram{Data: nltest.Done(request, 0, 0)})
	}}
	conn, err := wire.Dial(wire.Config{Dial: k.Dial})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// run is what a command prints with such a kernel.
func run(t *testing.T, line string, answers map[uint8][]func(e *wire.Encoder)) string {
	t.Helper()
	words, err := cli.SplitWords(line)
	if err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	s := cli.NewSession(Program(), nil, &out, &errOut)
	defer s.Close()
	s.UseFor(uapi.NETLINK_GENERIC, fakeKernel(t, answers))
	if words, err = s.Options.Parse(words); err == nil {
		s.Configure()
		err = s.Do(words)
	}
	if code := s.Report(err); code != 0 || errOut.Len() != 0 {
		t.Errorf("%s: status %d, %s", line, code, &errOut)
	}
	return out.String()
}

// nest fills an attribute with others.
func nest(e *wire.Encoder, typ uint16, fill func()) {
	e.Nest(typ)
	fill()
	e.End()
}

func sbOf(e *wire.Encoder, port int) {
	if port >= 0 {
		e.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, uint32(port))
	}
	e.Uint32(uapi.DEVLINK_ATTR_SB_INDEX, 0)
}

// What no simulated device has, as devices with it report it: shared buffers and line cards of a switch, functions of
// ports, a pipeline.
var shown = []struct {
	line    string
	answers map[uint8][]func(e *wire.Encoder)
	text    string
	json    string
}{
	{"sb pool show", map[uint8][]func(e *wire.Encoder){uapi.DEVLINK_CMD_SB_POOL_GET: {func(e *wire.Encoder) {
		sbOf(e, -1)
		e.Uint16(uapi.DEVLINK_ATTR_SB_POOL_INDEX, 4)
		e.Uint8(uapi.DEVLINK_ATTR_SB_POOL_TYPE, uapi.DEVLINK_SB_POOL_TYPE_EGRESS)
		e.Uint32(uapi.DEVLINK_ATTR_SB_POOL_SIZE, 13232000)
		e.Uint8(uapi.DEVLINK_ATTR_SB_POOL_THRESHOLD_TYPE, uapi.DEVLINK_SB_THRESHOLD_TYPE_DYNAMIC)
		e.Uint32(uapi.DEVLINK_ATTR_SB_POOL_CELL_SIZE, 96)
	}}},
		"pci/0000:03:00.0:\n  sb 0 pool 4 type egress size 13232000 thtype dynamic cell size 96\n",
		`{"pool":{"pci/0000:03:00.0":[{"sb":0,"pool":4,"type":"egress","size":13232000,"thtype":"dynamic","cell_size":96}]}}`},

	{"sb tc bind show", map[uint8][]func(e *wire.Encoder){
		uapi.DEVLINK_CMD_PORT_GET: {func(e *wire.Encoder) {
			e.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, 1)
			e.String(uapi.DEVLINK_ATTR_PORT_NETDEV_NAME, "sw1p1")
		}},
		uapi.DEVLINK_CMD_SB_TC_POOL_BIND_GET: {bind(1, 0, uapi.DEVLINK_SB_POOL_TYPE_INGRESS),
			bind(1, 1, uapi.DEVLINK_SB_POOL_TYPE_EGRESS), bind(2, 0, uapi.DEVLINK_SB_POOL_TYPE_INGRESS)}},
		"sw1p1:\n  sb 0 tc 0 type ingress pool 0 threshold 10\n  sb 0 tc 1 type egress pool 4 threshold 10\n" +
			"pci/0000:03:00.0/2:\n  sb 0 tc 0 type ingress pool 0 threshold 10\n",
		`{"tc_bind":{"sw1p1":[{"sb":0,"tc":0,"type":"ingress","pool":0,"threshold":10},` +
			`{"sb":0,"tc":1,"type":"egress","pool":4,"threshold":10}],` +
			`"pci/0000:03:00.0/2":[{"sb":0,"tc":0,"type":"ingress","pool":0,"threshold":10}]}}`},

	{"-n sb occupancy show pci/0000:03:00.0", map[uint8][]func(e *wire.Encoder){
		uapi.DEVLINK_CMD_SB_PORT_POOL_GET: {portPool(0), portPool(1), portPool(2), portPool(3), portPool(4)},
		uapi.DEVLINK_CMD_SB_TC_POOL_BIND_GET: {bind(1, 0, uapi.DEVLINK_SB_POOL_TYPE_INGRESS),
			bind(1, 0, uapi.DEVLINK_SB_POOL_TYPE_EGRESS)}},
		"pci/0000:03:00.0/1:\n" +
			"  pool: 0:         82944/3217344    1:         82944/3217344    2:         82944/3217344" +
			"    3:         82944/3217344   \n" +
			"        4:         82944/3217344   \n" +
			"  itc:  0(0):         96/192       \n" +
			"  etc:  0(4):         96/192       \n\n",
		`{"occupancy":{"pci/0000:03:00.0/1":{"pool":{"0":{"current":82944,"max":3217344},` +
			`"1":{"current":82944,"max":3217344},"2":{"current":82944,"max":3217344},"3":{"current":82944,"max":3217344},` +
			`"4":{"current":82944,"max":3217344}},` +
			`"itc":{"0":{"bound_pool":0,"current":96,"max":192}},"etc":{"0":{"bound_pool":4,"current":96,"max":192}}}}}`},

	{"lc show", map[uint8][]func(e *wire.Encoder){uapi.DEVLINK_CMD_LINECARD_GET: {func(e *wire.Encoder) {
		e.Uint32(uapi.DEVLINK_ATTR_LINECARD_INDEX, 8)
		e.Uint8(uapi.DEVLINK_ATTR_LINECARD_STATE, uapi.DEVLINK_LINECARD_STATE_ACTIVE)
		e.String(uapi.DEVLINK_ATTR_LINECARD_TYPE, "16x100G")
		nest(e, uapi.DEVLINK_ATTR_NESTED_DEVLINK, func() {
			e.String(uapi.DEVLINK_ATTR_BUS_NAME, "auxiliary")
			e.String(uapi.DEVLINK_ATTR_DEV_NAME, "mlxsw_core.lc.0")
		})
		nest(e, uapi.DEVLINK_ATTR_LINECARD_SUPPORTED_TYPES,
			func() { e.String(uapi.DEVLINK_ATTR_LINECARD_TYPE, "16x100G") })
	}}},
		"pci/0000:03:00.0:\n  lc 8 state active type 16x100G nested_devlink auxiliary/mlxsw_core.lc.0\n" +
			"    supported_types:\n       16x100G\n",
		`{"lc":{"pci/0000:03:00.0":[{"lc":8,"state":"active","type":"16x100G",` +
			`"nested_devlink":"auxiliary/mlxsw_core.lc.0","supported_types":["16x100G"]}]}}`},

	{"port show", map[uint8][]func(e *wire.Encoder){uapi.DEVLINK_CMD_PORT_GET: {func(e *wire.Encoder) {
		e.Uint32(uapi.DEVLINK_ATTR_PORT_INDEX, 98304)
		e.Uint16(uapi.DEVLINK_ATTR_PORT_TYPE, uapi.DEVLINK_PORT_TYPE_ETH)
		e.String(uapi.DEVLINK_ATTR_PORT_NETDEV_NAME, "ens2f0npf0sf88")
		e.Uint16(uapi.DEVLINK_ATTR_PORT_FLAVOUR, uapi.DEVLINK_PORT_FLAVOUR_PCI_SF)
		e.Uint32(uapi.DEVLINK_ATTR_PORT_CONTROLLER_NUMBER, 0)
		e.Uint16(uapi.DEVLINK_ATTR_PORT_PCI_PF_NUMBER, 0)
		e.Uint32(uapi.DEVLINK_ATTR_PORT_PCI_SF_NUMBER, 88)
		e.Uint8(uapi.DEVLINK_ATTR_PORT_EXTERNAL, 0)
		e.Uint8(uapi.DEVLINK_ATTR_PORT_SPLITTABLE, 0)
		nest(e, uapi.DEVLINK_ATTR_PORT_FUNCTION, func() {
			e.Data(uapi.DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, []byte{0, 0, 0, 0, 0x88, 0x88})
			e.Uint8(uapi.DEVLINK_PORT_FN_ATTR_STATE, uapi.DEVLINK_PORT_FN_STATE_INACTIVE)
			e.Uint8(uapi.DEVLINK_PORT_FN_ATTR_OPSTATE, uapi.DEVLINK_PORT_FN_OPSTATE_DETACHED)
			e.Struct(uapi.DEVLINK_PORT_FN_ATTR_CAPS, uapi.SizeofNlaBitfield32, &uapi.NlaBitfield32{
				Value: uapi.DEVLINK_PORT_FN_CAP_ROCE, Selector: uapi.DEVLINK_PORT_FN_CAP_ROCE |
					uapi.DEVLINK_PORT_FN_CAP_MIGRATABLE})
			e.Uint32(uapi.DEVLINK_PORT_FN_ATTR_MAX_IO_EQS, 24)
		})
	}}},
		"pci/0000:03:00.0/98304: type eth netdev ens2f0npf0sf88 flavour pcisf controller 0 pfnum 0 sfnum 88 external false" +
			" splittable false\n" +
			"  function:\n    hw_addr 00:00:00:00:88:88 state inactive opstate detached roce enable migratable disable " +
			"max_io_eqs 24\n",
		`{"port":{"pci/0000:03:00.0/98304":{"type":"eth","netdev":"ens2f0npf0sf88","flavour":"pcisf","controller":0,"pfnum":0,` +
			`"sfnum":88,"external":false,"splittable":false,"function":{"hw_addr":"00:00:00:00:88:88","state":"inactive",` +
			`"opstate":"detached","roce":"enable","migratable":"disable","max_io_eqs":24}}}}`},

	{"dev selftests show", map[uint8][]func(e *wire.Encoder){uapi.DEVLINK_CMD_SELFTESTS_GET: {func(e *wire.Encoder) {
		nest(e, uapi.DEVLINK_ATTR_SELFTESTS, func() { e.Flag(uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH) })
	}}}, "pci/0000:03:00.0:\n  flash\n", `{"selftests":{"pci/0000:03:00.0":["flash"]}}`},

	{"dev selftests run pci/0000:03:00.0 id flash",
		map[uint8][]func(e *wire.Encoder){uapi.DEVLINK_CMD_SELFTESTS_RUN: {func(e *wire.Encoder) {
			nest(e, uapi.DEVLINK_ATTR_SELFTESTS, func() {
				nest(e, uapi.DEVLINK_ATTR_SELFTEST_RESULT, func() {
					e.Uint32(uapi.DEVLINK_ATTR_SELFTEST_RESULT_ID, uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH)
					e.Uint8(uapi.DEVLINK_ATTR_SELFTEST_RESULT_STATUS, uapi.DEVLINK_SELFTEST_STATUS_PASS)
				})
			})
		}}}, "pci/0000:03:00.0:\n    flash:\n      status passed\n",
		`{"selftests":{"pci/0000:03:00.0":{"flash":{"status":"passed"}}}}`},

	{"dpipe table dump pci/0000:03:00.0 name host4", pipeline, "pci/0000:03:00.0:\n  index 0 counter 4\n" +
		"    match_value:\n      type field_exact header mlxsw_meta field erif_port mapping ifindex mapping_value 383 " +
		"value 0\n" +
		"      type field_exact header ipv4 field destination ip value 11.1.0.12\n" +
		"    action_value:\n      type field_modify header ethernet field destination mac value 52:54:0:1:f:a\n",
		`{"table_entry":{"pci/0000:03:00.0":[{"index":0,"counter":4,"match_value":[{"type":"field_exact","header":"mlxsw_meta",` +
			`"field":"erif_port","mapping":"ifindex","mapping_value":383,"value":0},{"type":"field_exact","header":"ipv4",` +
			`"field":"destination ip","value":"11.1.0.12"}],"action_value":[{"type":"field_modify","header":"ethernet",` +
			`"field":"destination mac","value":"52:54:0:1:f:a"}]}]}}`},

	{"dpipe table show pci/0000:03:00.0", pipeline, "pci/0000:03:00.0:\n" +
		"  name host4 size 62 counters_enabled true resource_path /kvd/hash resource_units 1\n" +
		"    match:\n      type field_exact header mlxsw_meta field erif_port mapping ifindex\n" +
		"    action:\n      type field_modify header ethernet field destination mac\n",
		`{"table":{"pci/0000:03:00.0":[{"name":"host4","size":62,"counters_enabled":true,"resource_path":"/kvd/hash",` +
			`"resource_units":1,"match":[{"type":"field_exact","header":"mlxsw_meta","field":"erif_port","mapping":"ifindex"}],` +
			`"action":[{"type":"field_modify","header":"ethernet","field":"destination mac"}]}]}}`},

	{"resource show pci/0000:03:00.0", pipeline, "pci/0000:03:00.0:\n" +
		"  name kvd size 258048 unit entry dpipe_tables none\n" +
		"    resources:\n      name hash size 87040 occ 3 unit entry\n        dpipe_tables:\n          table_name host4\n",
		`{"resources":{"pci/0000:03:00.0":[{"name":"kvd","size":258048,"unit":"entry","dpipe_tables":"none","resources":[` +
			`{"name":"hash","size":87040,"occ":3,"unit":"entry","dpipe_tables":[{"table_name":"host4"}]}]}]}}`},

	{"-v dpipe header show pci/0000:03:00.0", pipeline, "pci/0000:03:00.0:\n" +
		"  name mlxsw_meta id 0 global false\n    field:\n      name erif_port id 0 bitwidth 32 mapping_type ifindex\n" +
		"  name ipv4 id 1 global true\n    field:\n      name destination ip id 0 bitwidth 32\n" +
		"  name ethernet id 0 global true\n    field:\n      name destination mac id 0 bitwidth 48\n",
		`{"header":{"pci/0000:03:00.0":[{"name":"mlxsw_meta","id":0,"global":false,"field":[{"name":"erif_port","id":0,` +
			`"bitwidth":32,"mapping_type":"ifindex"}]},{"name":"ipv4","id":1,"global":true,"field":[{"name":"destination ip",` +
			`"id":0,"bitwidth":32}]},{"name":"ethernet","id":0,"global":true,"field":[{"name":"destination mac","id":0,` +
			`"bitwidth":48}]}]}}`},

	{"dev show", map[uint8][]func(e *wire.Encoder){uapi.DEVLINK_CMD_GET: {func(e *wire.Encoder) {
		e.Uint8(uapi.DEVLINK_ATTR_RELOAD_FAILED, 1)
		e.Uint16(uapi.DEVLINK_ATTR_MAX+1, 0xabab)
		nest(e, uapi.DEVLINK_ATTR_NESTED_DEVLINK, func() {
			e.String(uapi.DEVLINK_ATTR_BUS_NAME, "auxiliary")
			e.String(uapi.DEVLINK_ATTR_DEV_NAME, "mlx5_core.eth.0")
			e.Int32(uapi.DEVLINK_ATTR_NETNS_ID, -1)
		})
	}}},
		"pci/0000:03:00.0: reload_failed true\n  nested_devlink:\n    auxiliary/mlx5_core.eth.0: netnsid unknown\n" +
			" attr NEXT 0xabab\n",
		`{"dev":{"pci/0000:03:00.0":{"reload_failed":true,"nested_devlink":{"auxiliary/mlx5_core.eth.0":{"netnsid":-1}},` +
			`"unknown":[{"attr":NEXT,"data":"abab"}]}}}`},
}

// portPool is what the first port has of a pool.
func portPool(index uint16) func(e *wire.Encoder) {
	return func(e *wire.Encoder) {
		sbOf(e, 1)
		e.Uint16(uapi.DEVLINK_ATTR_SB_POOL_INDEX, index)
		e.Uint32(uapi.DEVLINK_ATTR_SB_OCC_CUR, 82944)
		e.Uint32(uapi.DEVLINK_ATTR_SB_OCC_MAX, 3217344)
	}
}

// bind is a traffic class of a port, with the pool that it is bound to.
func bind(port int, class uint16, pool uint8) func(e *wire.Encoder) {
	return func(e *wire.Encoder) {
		sbOf(e, port)
		e.Uint16(uapi.DEVLINK_ATTR_SB_TC_INDEX, class)
		e.Uint8(uapi.DEVLINK_ATTR_SB_POOL_TYPE, pool)
		e.Uint16(uapi.DEVLINK_ATTR_SB_POOL_INDEX, 4*uint16(pool))
		e.Uint32(uapi.DEVLINK_ATTR_SB_THRESHOLD, 10)
		e.Uint32(uapi.DEVLINK_ATTR_SB_OCC_CUR, 96)
		e.Uint32(uapi.DEVLINK_ATTR_SB_OCC_MAX, 192)
	}
}

// pipeline has a table of neighbours by the port that they are behind and their address.
var pipeline = map[uint8][]func(e *wire.Encoder){
	uapi.DEVLINK_CMD_DPIPE_HEADERS_GET: {func(e *wire.Encoder) {
		nest(e, uapi.DEVLINK_ATTR_DPIPE_HEADERS, func() {
			header := func(name string, id uint32, global uint8, field string, width, mapping uint32) {
				nest(e, uapi.DEVLINK_ATTR_DPIPE_HEADER, func() {
					e.String(uapi.DEVLINK_ATTR_DPIPE_HEADER_NAME, name)
					e.Uint32(uapi.DEVLINK_ATTR_DPIPE_HEADER_ID, id)
					e.Uint8(uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL, global)
					nest(e, uapi.DEVLINK_ATTR_DPIPE_HEADER_FIELDS, func() {
						nest(e, uapi.DEVLINK_ATTR_DPIPE_FIELD, func() {
							e.String(uapi.DEVLINK_ATTR_DPIPE_FIELD_NAME, field)
							e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_ID, 0)
							e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_BITWIDTH, width)
							e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_MAPPING_TYPE, mapping)
						})
					})
				})
			}
			header("mlxsw_meta", 0, 0, "erif_port", 32, uapi.DEVLINK_DPIPE_FIELD_MAPPING_TYPE_IFINDEX)
			header("ethernet", uapi.DEVLINK_DPIPE_HEADER_ETHERNET, 1, "destination mac", 48, 0)
			header("ipv4", uapi.DEVLINK_DPIPE_HEADER_IPV4, 1, "destination ip", 32, 0)
		})
	}},
	uapi.DEVLINK_CMD_DPIPE_ENTRIES_GET: {func(e *wire.Encoder) {
		nest(e, uapi.DEVLINK_ATTR_DPIPE_ENTRIES, func() {
			nest(e, uapi.DEVLINK_ATTR_DPIPE_ENTRY, func() {
				e.Uint64(uapi.DEVLINK_ATTR_DPIPE_ENTRY_INDEX, 0)
				e.Uint64(uapi.DEVLINK_ATTR_DPIPE_ENTRY_COUNTER, 4)
				nest(e, uapi.DEVLINK_ATTR_DPIPE_ENTRY_MATCH_VALUES, func() {
					nest(e, uapi.DEVLINK_ATTR_DPIPE_MATCH_VALUE, func() {
						match(e, 0, 0)
						e.Uint32(uapi.DEVLINK_ATTR_DPIPE_VALUE, 0)
						e.Uint32(uapi.DEVLINK_ATTR_DPIPE_VALUE_MAPPING, 383)
					})
					nest(e, uapi.DEVLINK_ATTR_DPIPE_MATCH_VALUE, func() {
						match(e, uapi.DEVLINK_DPIPE_HEADER_IPV4, 1)
						e.Uint32(uapi.DEVLINK_ATTR_DPIPE_VALUE, 0x0b01000c)
					})
				})
				nest(e, uapi.DEVLINK_ATTR_DPIPE_ENTRY_ACTION_VALUES, func() {
					nest(e, uapi.DEVLINK_ATTR_DPIPE_ACTION_VALUE, func() {
						action(e)
						e.Data(uapi.DEVLINK_ATTR_DPIPE_VALUE, []byte{0x52, 0x54, 0, 1, 0xf, 0xa})
					})
				})
			})
		})
	}},
	uapi.DEVLINK_CMD_DPIPE_TABLE_GET: {func(e *wire.Encoder) {
		nest(e, uapi.DEVLINK_ATTR_DPIPE_TABLES, func() {
			nest(e, uapi.DEVLINK_ATTR_DPIPE_TABLE, func() {
				e.String(uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME, "host4")
				e.Uint64(uapi.DEVLINK_ATTR_DPIPE_TABLE_SIZE, 62)
				e.Uint8(uapi.DEVLINK_ATTR_DPIPE_TABLE_COUNTERS_ENABLED, 1)
				e.Uint64(uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_ID, 3)
				e.Uint64(uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_UNITS, 1)
				nest(e, uapi.DEVLINK_ATTR_DPIPE_TABLE_MATCHES, func() { match(e, 0, 0) })
				nest(e, uapi.DEVLINK_ATTR_DPIPE_TABLE_ACTIONS, func() { action(e) })
			})
		})
	}},
	uapi.DEVLINK_CMD_RESOURCE_DUMP: {func(e *wire.Encoder) {
		resource := func(name string, id, size uint64, more func()) {
			nest(e, uapi.DEVLINK_ATTR_RESOURCE, func() {
				e.String(uapi.DEVLINK_ATTR_RESOURCE_NAME, name)
				e.Uint64(uapi.DEVLINK_ATTR_RESOURCE_SIZE, size)
				e.Uint64(uapi.DEVLINK_ATTR_RESOURCE_ID, id)
				e.Uint8(uapi.DEVLINK_ATTR_RESOURCE_UNIT, uapi.DEVLINK_RESOURCE_UNIT_ENTRY)
				more()
			})
		}
		nest(e, uapi.DEVLINK_ATTR_RESOURCE_LIST, func() {
			resource("kvd", 1, 258048, func() {
				nest(e, uapi.DEVLINK_ATTR_RESOURCE_LIST, func() {
					resource("hash", 3, 87040, func() { e.Uint64(uapi.DEVLINK_ATTR_RESOURCE_OCC, 3) })
				})
			})
		})
	}},
}

func match(e *wire.Encoder, header uint32, global uint8) {
	nest(e, uapi.DEVLINK_ATTR_DPIPE_MATCH, func() {
		e.Uint32(uapi.DEVLINK_ATTR_DPIPE_MATCH_TYPE, uapi.DEVLINK_DPIPE_MATCH_TYPE_FIELD_EXACT)
		operand(e, header, global)
	})
}

func action(e *wire.Encoder) {
	nest(e, uapi.DEVLINK_ATTR_DPIPE_ACTION, func() {
		e.Uint32(uapi.DEVLINK_ATTR_DPIPE_ACTION_TYPE, uapi.DEVLINK_DPIPE_ACTION_TYPE_FIELD_MODIFY)
		operand(e, uapi.DEVLINK_DPIPE_HEADER_ETHERNET, 1)
	})
}

func operand(e *wire.Encoder, header uint32, global uint8) {
	e.Uint32(uapi.DEVLINK_ATTR_DPIPE_HEADER_INDEX, 0)
	e.Uint32(uapi.DEVLINK_ATTR_DPIPE_HEADER_ID, header)
	e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_ID, 0)
	e.Uint8(uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL, global)
}

func TestWhatOnlyRealDevicesHaveIsShown(t *testing.T) {
	next := strings.NewReplacer("NEXT", jsonOf(t, uapi.DEVLINK_ATTR_MAX+1))
	for _, c := range shown {
		if got, want := run(t, c.line, c.answers), next.Replace(c.text); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.line, got, want)
		}
		if got, want := run(t, "-j "+c.line, c.answers), next.Replace(c.json)+"\n"; got != want {
			t.Errorf("-j %s:\n%s\nwant\n%s", c.line, got, want)
		}
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzShow has every command that shows something do so with any bytes: none of them panics or prints broken JSON.
func FuzzShow(f *testing.F) {
	for _, c := range shown {
		for _, answers := range c.answers {
			for _, fill := range answers {
				e := &wire.Encoder{}
				fill(e)
				f.Add(e.Bytes())
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<12 {
			return
		}
		for _, e := range events() {
			for _, js := range []bool{false, true} {
				var out bytes.Buffer
				s := cli.NewSession(Program(), nil, &out, &out)
				s.JSON, s.Details, s.Stats = js, true, 1
				s.Configure()
				o := newOut(s.Command(nil))
				o.event(newMessage(wire.Message{Data: append([]byte{e.commands[0], 1, 0, 0}, b...)}), []event{e})
				if js && !json.Valid(o.Bytes()) {
					t.Errorf("%s: %s", e.object, o.Bytes())
				}
				s.Close()
			}
		}
		answers := map[uint8][]func(e *wire.Encoder){}
		for cmd := range uint8(uapi.DEVLINK_CMD_MAX + 1) {
			answers[cmd] = []func(e *wire.Encoder){func(e *wire.Encoder) { copy(e.Raw(len(b)), b) }}
		}
		for _, line := range []string{"sb", "sb pool", "sb port pool", "sb tc bind", "sb occupancy show a/b", "lc",
			"dev info",
			"dev selftests", "dev selftests run a/b", "dpipe header show a/b", "dpipe table show a/b",
			"dpipe table dump a/b name x",
			"resource show a/b", "region dump a/b/c snapshot 1", "health diagnose a/b reporter x", "dev reload a/b"} {
			if got := runAny(t, "-j "+line, answers); got != "" && !json.Valid([]byte(got)) {
				t.Errorf("%s: %s", line, got)
			}
		}
	})
}

// runAny is run for what may go wrong.
func runAny(t *testing.T, line string, answers map[uint8][]func(e *wire.Encoder)) string {
	t.Helper()
	var out, errOut bytes.Buffer
	s := cli.NewSession(Program(), nil, &out, &errOut)
	defer s.Close()
	s.UseFor(uapi.NETLINK_GENERIC, fakeKernel(t, answers))
	words, err := s.Options.Parse(strings.Fields(line))
	if err == nil {
		s.Configure()
		err = s.Do(words)
	}
	_ = s.Report(err) // any status will do
	return out.String()
}
