package netlink

import (
	"fmt"
	"slices"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// An operation is as devlink_dpipe_match_put and devlink_dpipe_action_put of net/devlink/dpipe.c have it: field 1 of
// the header 2 of all devices.
func dpipeOperation(e *wire.Encoder, nest, typ uint16) {
	e.Nest(nest)
	e.Uint32(typ, 0)
	e.Uint32(uapi.DEVLINK_ATTR_DPIPE_HEADER_INDEX, 3)
	e.Uint32(uapi.DEVLINK_ATTR_DPIPE_HEADER_ID, 2)
	e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_ID, 1)
	e.Uint8(uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL, 1)
	e.End()
}

// What devices have of a pipeline comes in several messages, as there is much of it.
func TestDevlinkDpipe(t *testing.T) {
	operation := DevlinkDpipeOperation{Header: 2, HeaderIndex: 3, GlobalHeader: true, Field: 1}
	header := func(name string) func(*wire.Encoder) {
		return func(e *wire.Encoder) {
			devlinkOf(e)
			e.Nest(uapi.DEVLINK_ATTR_DPIPE_HEADERS)
			e.Nest(uapi.DEVLINK_ATTR_DPIPE_HEADER)
			e.String(uapi.DEVLINK_ATTR_DPIPE_HEADER_NAME, name)
			e.Uint32(uapi.DEVLINK_ATTR_DPIPE_HEADER_ID, 2)
			e.Uint8(uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL, 1)
			e.Nest(uapi.DEVLINK_ATTR_DPIPE_HEADER_FIELDS)
			e.Nest(uapi.DEVLINK_ATTR_DPIPE_FIELD)
			e.String(uapi.DEVLINK_ATTR_DPIPE_FIELD_NAME, "destination ip")
			e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_ID, 1)
			e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_BITWIDTH, 32)
			e.Uint32(uapi.DEVLINK_ATTR_DPIPE_FIELD_MAPPING_TYPE, uapi.DEVLINK_DPIPE_FIELD_MAPPING_TYPE_IFINDEX)
			e.End()
			e.End()
			e.End()
			e.End()
		}
	}
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, header("ipv4"), header("ipv6"))
	headers, err := f.DevlinkDpipeHeaders("pci", "0000:03:00.0")
	fields := []DevlinkDpipeField{{"destination ip", 1, 32, uapi.DEVLINK_DPIPE_FIELD_MAPPING_TYPE_IFINDEX}}
	check(t, "headers", headers, err, []DevlinkDpipeHeader{{"ipv4", 2, true, fields}, {"ipv6", 2, true, fields}})

	f = newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_TABLES)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_TABLE)
		e.String(uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME, "mlxsw_host4")
		e.Uint64(uapi.DEVLINK_ATTR_DPIPE_TABLE_SIZE, 7)
		e.Uint8(uapi.DEVLINK_ATTR_DPIPE_TABLE_COUNTERS_ENABLED, 1)
		e.Uint64(uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_ID, 3)
		e.Uint64(uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_UNITS, 2)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_TABLE_MATCHES)
		dpipeOperation(e, uapi.DEVLINK_ATTR_DPIPE_MATCH, uapi.DEVLINK_ATTR_DPIPE_MATCH_TYPE)
		e.End()
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_TABLE_ACTIONS)
		dpipeOperation(e, uapi.DEVLINK_ATTR_DPIPE_ACTION, uapi.DEVLINK_ATTR_DPIPE_ACTION_TYPE)
		e.End()
		e.End()
		e.End()
	})
	tables, err := f.DevlinkDpipeTables("pci", "0000:03:00.0", "mlxsw_host4")
	check(t, "tables", tables, err, []DevlinkDpipeTable{{"mlxsw_host4", 7, true, new(uint64(3)), 2,
		[]DevlinkDpipeOperation{operation}, []DevlinkDpipeOperation{operation}}})
	if !f.sentText("mlxsw_host4") {
		t.Errorf("sent %s", f.sent)
	}

	f = newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_ENTRIES)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_ENTRY)
		e.Uint64(uapi.DEVLINK_ATTR_DPIPE_ENTRY_INDEX, 5)
		e.Uint64(uapi.DEVLINK_ATTR_DPIPE_ENTRY_COUNTER, 99)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_ENTRY_MATCH_VALUES)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_MATCH_VALUE)
		dpipeOperation(e, uapi.DEVLINK_ATTR_DPIPE_MATCH, uapi.DEVLINK_ATTR_DPIPE_MATCH_TYPE)
		e.Data(uapi.DEVLINK_ATTR_DPIPE_VALUE, []byte{10, 0, 0, 1})
		e.Data(uapi.DEVLINK_ATTR_DPIPE_VALUE_MASK, []byte{255, 255, 255, 0})
		e.Uint32(uapi.DEVLINK_ATTR_DPIPE_VALUE_MAPPING, 12)
		e.End()
		e.End()
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_ENTRY_ACTION_VALUES)
		e.Nest(uapi.DEVLINK_ATTR_DPIPE_ACTION_VALUE)
		dpipeOperation(e, uapi.DEVLINK_ATTR_DPIPE_ACTION, uapi.DEVLINK_ATTR_DPIPE_ACTION_TYPE)
		e.Data(uapi.DEVLINK_ATTR_DPIPE_VALUE, []byte{2})
		e.End()
		e.End()
		e.End()
		e.End()
	})
	entries, err := f.DevlinkDpipeEntries("pci", "0000:03:00.0", "mlxsw_host4")
	check(t, "entries", entries, err, []DevlinkDpipeEntry{{5, new(uint64(99)),
		[]DevlinkDpipeValue{{operation, []byte{10, 0, 0, 1}, []byte{255, 255, 255, 0}, new(uint32(12))}},
		[]DevlinkDpipeValue{{operation, []byte{2}, nil, nil}}}})
	if err := f.DevlinkDpipeSetCounters("pci", "0000:03:00.0", "mlxsw_host4", true); err != nil ||
		!f.sentText("mlxsw_host4") {
		t.Errorf("%v, sent %s", err, f.sent)
	}
}

func TestDevlinkSelftests(t *testing.T) {
	f := newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Nest(uapi.DEVLINK_ATTR_SELFTESTS)
		e.Flag(uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH)
		e.End()
	})
	ids, err := f.DevlinkSelftests("pci", "0000:03:00.0")
	check(t, "tests", ids, err, []uint16{DevlinkSelftestFlash})
	f = newFakeFamilies(t, uapi.SizeofGenlmsghdr, func(e *wire.Encoder) {
		devlinkOf(e)
		e.Nest(uapi.DEVLINK_ATTR_SELFTESTS)
		e.Nest(uapi.DEVLINK_ATTR_SELFTEST_RESULT)
		e.Uint32(uapi.DEVLINK_ATTR_SELFTEST_RESULT_ID, DevlinkSelftestFlash)
		e.Uint8(uapi.DEVLINK_ATTR_SELFTEST_RESULT_STATUS, uapi.DEVLINK_SELFTEST_STATUS_PASS)
		e.End()
		e.End()
	})
	results, err := f.DevlinkSelftestsRun("pci", "0000:03:00.0", DevlinkSelftestFlash)
	check(t, "results", results, err, []DevlinkSelftestResult{{DevlinkSelftestFlash, uapi.DEVLINK_SELFTEST_STATUS_PASS}})
	// An attribute of 4 bytes and type 1, nothing behind its header.
	var flag [4]byte
	native.PutUint16(flag[:], 4)
	native.PutUint16(flag[2:], 1)
	if want := fmt.Sprintf("b0: %x", flag); !slices.Contains(f.sent, want) {
		t.Errorf("sent %s, want %s", f.sent, want)
	}
}
