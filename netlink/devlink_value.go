package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkValue is what a reporter of a device's health says: a value with a name, or others below one.
type DevlinkValue struct {
	Name string // "" within arrays
	// Data is a bool, uint8, uint16, uint32, uint64, string or []byte; nil where there is Parts.
	Data  any
	Parts []DevlinkValue
	Array bool // the parts are those of an array, and have no names
}

// devlinkFormatter reads what a reporter says, in which the beginnings and ends of parts are attributes one behind the
// other. It comes in several messages.
type devlinkFormatter struct {
	open []*devlinkPart // what has not ended, the outermost first
	name string         // of what follows
	typ  uint8          // of the value that follows, DEVLINK_VAR_ATTR_TYPE_…
}

// devlinkPart is what has begun, nil for a pair of a name and a value.
type devlinkPart struct {
	DevlinkValue
	pair bool
}

// devlinkDepth bounds how deep parts are in one another.
const devlinkDepth = 64

func (f *devlinkFormatter) read(d *wire.Decoder) {
	for d.Next() {
		if d.Type() != uapi.DEVLINK_ATTR_FMSG {
			continue
		}
		n := d.Nested()
		for n.Next() {
			f.next(&n)
		}
		d.Fail(n.Err())
	}
}

func (f *devlinkFormatter) next(d *wire.Decoder) {
	switch typ := d.Type(); typ {
	case uapi.DEVLINK_ATTR_FMSG_OBJ_NEST_START, uapi.DEVLINK_ATTR_FMSG_ARR_NEST_START,
		uapi.DEVLINK_ATTR_FMSG_PAIR_NEST_START:
		part := &devlinkPart{pair: typ == uapi.DEVLINK_ATTR_FMSG_PAIR_NEST_START}
		if !part.pair {
			part.Name, part.Array, f.name = f.name, typ == uapi.DEVLINK_ATTR_FMSG_ARR_NEST_START, ""
		}
		if len(f.open) < devlinkDepth {
			f.open = append(f.open, part)
		}
	case uapi.DEVLINK_ATTR_FMSG_NEST_END:
		if len(f.open) > 1 { // all is in one, and drivers end too many
			f.end()
		}
	case uapi.DEVLINK_ATTR_FMSG_OBJ_NAME:
		f.name = d.String()
	case uapi.DEVLINK_ATTR_FMSG_OBJ_VALUE_TYPE:
		f.typ = d.Uint8()
	case uapi.DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA:
		f.add(DevlinkValue{Name: f.name, Data: f.data(d)})
		f.name = ""
	}
}

func (f *devlinkFormatter) data(d *wire.Decoder) any {
	if v := readDevlinkVar(f.typ, d); v != nil {
		return v
	}
	return d.Bytes()
}

// readDevlinkVar reads a value of a type (DEVLINK_VAR_ATTR_TYPE_…). Of one that is not known it is nil.
func readDevlinkVar(typ uint8, d *wire.Decoder) any {
	switch typ {
	case uapi.DEVLINK_VAR_ATTR_TYPE_FLAG:
		return len(d.Data()) == 0 || d.Bool() // as the default of a parameter it has a byte
	case uapi.DEVLINK_VAR_ATTR_TYPE_U8:
		return d.Uint8()
	case uapi.DEVLINK_VAR_ATTR_TYPE_U16:
		return d.Uint16()
	case uapi.DEVLINK_VAR_ATTR_TYPE_U32:
		return d.Uint32()
	case uapi.DEVLINK_VAR_ATTR_TYPE_U64:
		return d.Uint64()
	case uapi.DEVLINK_VAR_ATTR_TYPE_STRING, uapi.DEVLINK_VAR_ATTR_TYPE_NUL_STRING:
		return d.String()
	}
	return nil
}

// add puts a value into the innermost part that has not ended.
func (f *devlinkFormatter) add(v DevlinkValue) {
	for i := len(f.open) - 1; i >= 0; i-- {
		if part := f.open[i]; !part.pair {
			part.Parts = append(part.Parts, v)
			return
		}
	}
	f.open = append([]*devlinkPart{{DevlinkValue: DevlinkValue{Parts: []DevlinkValue{v}}}}, f.open...)
}

func (f *devlinkFormatter) end() {
	last := f.open[len(f.open)-1]
	f.open = f.open[:len(f.open)-1]
	if !last.pair {
		f.add(last.DevlinkValue)
	}
}

// value is all that was read.
func (f *devlinkFormatter) value() DevlinkValue {
	for len(f.open) > 1 {
		f.end()
	}
	if len(f.open) == 0 {
		return DevlinkValue{}
	}
	return f.open[0].DevlinkValue
}
