package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkDpipeHeader is a header of packets, or of what a device knows of them: devlink dpipe header show.
type DevlinkDpipeHeader struct {
	Name   string
	ID     uint32
	Global bool // the same for all devices, such as ethernet
	Fields []DevlinkDpipeField
}

// DevlinkDpipeField is a field of a header.
type DevlinkDpipeField struct {
	Name    string
	ID      uint32
	Bits    uint32
	Mapping uint32 // DEVLINK_DPIPE_FIELD_MAPPING_TYPE_…: what its values stand for
}

// DevlinkDpipeTable is a table of the pipeline that packets pass in a device: devlink dpipe table show.
type DevlinkDpipeTable struct {
	Name            string
	Size            uint64 // entries
	CountersEnabled bool
	Resource        *uint64 // the resource that entries take, see [DevlinkResource]; nil: none
	ResourceUnits   uint64  // that an entry takes
	Matches         []DevlinkDpipeOperation
	Actions         []DevlinkDpipeOperation
}

// DevlinkDpipeOperation is a field that is compared or changed.
type DevlinkDpipeOperation struct {
	Type         uint32 // DEVLINK_DPIPE_MATCH_TYPE_… or DEVLINK_DPIPE_ACTION_TYPE_…
	Header       uint32 // the ID of the header
	HeaderIndex  uint32 // which of several such headers
	GlobalHeader bool
	Field        uint32
}

// DevlinkDpipeEntry is an entry of a table: devlink dpipe table dump.
type DevlinkDpipeEntry struct {
	Index   uint64
	Counter *uint64 // packets, nil where they are not counted
	Matches []DevlinkDpipeValue
	Actions []DevlinkDpipeValue
}

// DevlinkDpipeValue is what an entry has for a field.
type DevlinkDpipeValue struct {
	DevlinkDpipeOperation
	Value   []byte  // as the device has it
	Mask    []byte  // nil: all of the value counts
	Mapping *uint32 // what the value stands for, such as the index of a link; nil: itself
}

// DevlinkDpipeHeaders returns the headers that a device knows: devlink dpipe header show BUS/DEVICE.
func (h *Handle) DevlinkDpipeHeaders(bus, device string) (all []DevlinkDpipeHeader, err error) {
	err = devlinkCall(uapi.DEVLINK_CMD_DPIPE_HEADERS_GET, "devlink dpipe header list", bus, device, nil).get(h,
		func(d *wire.Decoder) {
			eachIn(d, uapi.DEVLINK_ATTR_DPIPE_HEADERS, func(d *wire.Decoder) {
				var v DevlinkDpipeHeader
				v.decode(d)
				all = append(all, v)
			})
		})
	return all, err
}

// eachIn calls each for what is in a nest.
func eachIn(d *wire.Decoder, typ uint16, each func(d *wire.Decoder)) {
	for d.Next() {
		if d.Type() == typ {
			d.Fail(eachNested(d.Nested(), each))
		}
	}
}

func (v *DevlinkDpipeHeader) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_DPIPE_HEADER_NAME:
			v.Name = d.String()
		case uapi.DEVLINK_ATTR_DPIPE_HEADER_ID:
			v.ID = d.Uint32()
		case uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL:
			v.Global = d.Bool()
		case uapi.DEVLINK_ATTR_DPIPE_HEADER_FIELDS:
			d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
				var f DevlinkDpipeField
				f.decode(d)
				v.Fields = append(v.Fields, f)
			}))
		}
	}
}

func (f *DevlinkDpipeField) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_DPIPE_FIELD_NAME:
			f.Name = d.String()
		case uapi.DEVLINK_ATTR_DPIPE_FIELD_ID:
			f.ID = d.Uint32()
		case uapi.DEVLINK_ATTR_DPIPE_FIELD_BITWIDTH:
			f.Bits = d.Uint32()
		case uapi.DEVLINK_ATTR_DPIPE_FIELD_MAPPING_TYPE:
			f.Mapping = d.Uint32()
		}
	}
}

// DevlinkDpipeTables returns the tables of a device: devlink dpipe table show BUS/DEVICE. With a name it is that one.
func (h *Handle) DevlinkDpipeTables(bus, device, name string) (all []DevlinkDpipeTable, err error) {
	err = devlinkCall(uapi.DEVLINK_CMD_DPIPE_TABLE_GET, "devlink dpipe table list", bus, device, func(r *wire.Request) {
		if name != "" {
			r.String(uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME, name)
		}
	}).get(h, func(d *wire.Decoder) {
		eachIn(d, uapi.DEVLINK_ATTR_DPIPE_TABLES, func(d *wire.Decoder) {
			var t DevlinkDpipeTable
			t.decode(d)
			all = append(all, t)
		})
	})
	return all, err
}

func (t *DevlinkDpipeTable) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME:
			t.Name = d.String()
		case uapi.DEVLINK_ATTR_DPIPE_TABLE_SIZE:
			t.Size = d.Uint64()
		case uapi.DEVLINK_ATTR_DPIPE_TABLE_COUNTERS_ENABLED:
			t.CountersEnabled = d.Bool()
		case uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_ID:
			t.Resource = new(d.Uint64())
		case uapi.DEVLINK_ATTR_DPIPE_TABLE_RESOURCE_UNITS:
			t.ResourceUnits = d.Uint64()
		case uapi.DEVLINK_ATTR_DPIPE_TABLE_MATCHES:
			t.Matches = decodeDpipeOperations(d)
		case uapi.DEVLINK_ATTR_DPIPE_TABLE_ACTIONS:
			t.Actions = decodeDpipeOperations(d)
		}
	}
}

func decodeDpipeOperations(d *wire.Decoder) (all []DevlinkDpipeOperation) {
	d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
		var o DevlinkDpipeOperation
		o.decode(d)
		all = append(all, o)
	}))
	return all
}

func (o *DevlinkDpipeOperation) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_DPIPE_MATCH_TYPE, uapi.DEVLINK_ATTR_DPIPE_ACTION_TYPE:
			o.Type = d.Uint32()
		case uapi.DEVLINK_ATTR_DPIPE_HEADER_ID:
			o.Header = d.Uint32()
		case uapi.DEVLINK_ATTR_DPIPE_HEADER_INDEX:
			o.HeaderIndex = d.Uint32()
		case uapi.DEVLINK_ATTR_DPIPE_HEADER_GLOBAL:
			o.GlobalHeader = d.Bool()
		case uapi.DEVLINK_ATTR_DPIPE_FIELD_ID:
			o.Field = d.Uint32()
		}
	}
}

// DevlinkDpipeEntries returns the entries of a table: devlink dpipe table dump BUS/DEVICE name TABLE.
func (h *Handle) DevlinkDpipeEntries(bus, device, table string) (all []DevlinkDpipeEntry, err error) {
	err = devlinkCall(uapi.DEVLINK_CMD_DPIPE_ENTRIES_GET, "devlink dpipe table dump", bus, device, func(r *wire.Request) {
		r.String(uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME, table)
	}).get(h, func(d *wire.Decoder) {
		eachIn(d, uapi.DEVLINK_ATTR_DPIPE_ENTRIES, func(d *wire.Decoder) {
			var e DevlinkDpipeEntry
			e.decode(d)
			all = append(all, e)
		})
	})
	return all, err
}

func (e *DevlinkDpipeEntry) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_DPIPE_ENTRY_INDEX:
			e.Index = d.Uint64()
		case uapi.DEVLINK_ATTR_DPIPE_ENTRY_COUNTER:
			e.Counter = new(d.Uint64())
		case uapi.DEVLINK_ATTR_DPIPE_ENTRY_MATCH_VALUES:
			e.Matches = decodeDpipeValues(d)
		case uapi.DEVLINK_ATTR_DPIPE_ENTRY_ACTION_VALUES:
			e.Actions = decodeDpipeValues(d)
		}
	}
}

func decodeDpipeValues(d *wire.Decoder) (all []DevlinkDpipeValue) {
	d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
		var v DevlinkDpipeValue
		v.decode(d)
		all = append(all, v)
	}))
	return all
}

func (v *DevlinkDpipeValue) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_DPIPE_MATCH, uapi.DEVLINK_ATTR_DPIPE_ACTION:
			of := d.Nested()
			v.DevlinkDpipeOperation.decode(&of)
			d.Fail(of.Err())
		case uapi.DEVLINK_ATTR_DPIPE_VALUE:
			v.Value = append([]byte(nil), d.Data()...)
		case uapi.DEVLINK_ATTR_DPIPE_VALUE_MASK:
			v.Mask = append([]byte(nil), d.Data()...)
		case uapi.DEVLINK_ATTR_DPIPE_VALUE_MAPPING:
			v.Mapping = new(d.Uint32())
		}
	}
}

// DevlinkDpipeSetCounters says whether a table counts the packets of its entries: devlink dpipe table set BUS/DEVICE
// name TABLE counters_enabled { true | false }.
func (h *Handle) DevlinkDpipeSetCounters(bus, device, table string, on bool) error {
	return devlinkCall(uapi.DEVLINK_CMD_DPIPE_TABLE_COUNTERS_SET, "devlink dpipe table set", bus, device,
		func(r *wire.Request) {
			r.String(uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME, table)
			r.Uint8(uapi.DEVLINK_ATTR_DPIPE_TABLE_COUNTERS_ENABLED, uint8(oneIf(on)))
		}).exec(h)
}
