package devlink

import (
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// showFormatted shows what a reporter says, which has a form of its own: names, values, objects and arrays, one behind
// the other.
func showFormatted(c *cli.Command, q *request, how how) error {
	a, err := q.read(c)
	if err != nil {
		return err
	}
	f := &formatted{out: newOut(c)}
	f.ended = true // a line that is empty does not come first
	err = ask(c, q.cmd, how, a.put, f.show)
	if len(f.nests) != 0 {
		for len(f.nests) != 0 {
			f.end()
		}
		f.out.end()
	}
	return err
}

// formatted prints what a reporter says. It comes in parts, so what is open is kept.
type formatted struct {
	*out
	name  string   // of the value that follows
	typ   uint8    // of the value, DEVLINK_VAR_ATTR_TYPE_…
	nests []uint16 // what is open, DEVLINK_ATTR_FMSG_…_NEST_START
}

func (f *formatted) show(m *message) {
	d := wire.NewDecoder(m.attrs[uapi.DEVLINK_ATTR_FMSG])
	for d.Next() {
		switch typ := d.Type(); typ {
		case uapi.DEVLINK_ATTR_FMSG_OBJ_NEST_START, uapi.DEVLINK_ATTR_FMSG_ARR_NEST_START,
			uapi.DEVLINK_ATTR_FMSG_PAIR_NEST_START:
			f.begin(typ)
		case uapi.DEVLINK_ATTR_FMSG_NEST_END:
			if len(f.nests) > 1 { // all is in one, and drivers end too many
				f.end()
			}
		case uapi.DEVLINK_ATTR_FMSG_OBJ_NAME:
			f.name = d.String()
		case uapi.DEVLINK_ATTR_FMSG_OBJ_VALUE_TYPE:
			f.typ = d.Uint8()
		case uapi.DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA:
			f.value(d.Data())
		}
	}
}

// take returns the name of what follows, which text has before it.
func (f *formatted) take() string {
	name := f.name
	if f.name = ""; name != "" {
		f.before()
		f.put("%s:", name)
	}
	return name
}

// before separates what follows from what stands on the line.
func (f *formatted) before() {
	if !f.fresh {
		f.put(" ")
	}
}

func (f *formatted) begin(typ uint16) {
	if typ == uapi.DEVLINK_ATTR_FMSG_PAIR_NEST_START {
		f.nests = append(f.nests, typ)
		return
	}
	f.newline()
	name := f.take()
	f.newline()
	f.indent += step
	if name = f.keyOf(name); f.inArray() {
		name = ""
	}
	f.nests = append(f.nests, typ)
	if typ == uapi.DEVLINK_ATTR_FMSG_ARR_NEST_START {
		f.Array(name)
	} else {
		f.Object(name)
	}
}

// inArray reports whether what follows is an element of an array.
func (f *formatted) inArray() bool {
	for _, typ := range slices.Backward(f.nests) {
		if typ != uapi.DEVLINK_ATTR_FMSG_PAIR_NEST_START {
			return typ == uapi.DEVLINK_ATTR_FMSG_ARR_NEST_START
		}
	}
	return false
}

// keyOf is the key of what follows: members of objects have one, whatever the driver says.
func (f *formatted) keyOf(name string) string {
	if name == "" && len(f.nests) != 0 && !f.inArray() {
		return "unnamed"
	}
	return name
}

func (f *formatted) end() {
	typ := f.nests[len(f.nests)-1]
	f.nests = f.nests[:len(f.nests)-1]
	switch typ {
	case uapi.DEVLINK_ATTR_FMSG_PAIR_NEST_START:
		return
	case uapi.DEVLINK_ATTR_FMSG_ARR_NEST_START:
		f.EndArray()
	default:
		f.EndObject()
	}
	f.newline()
	f.indent -= step
}

// value prints one value, by its type.
func (f *formatted) value(b []byte) {
	if len(f.nests) == 0 {
		f.begin(uapi.DEVLINK_ATTR_FMSG_OBJ_NEST_START)
	}
	name := f.keyOf(f.take())
	f.space()
	if f.inArray() && name != "" {
		f.Object("")
		defer f.EndObject()
	}
	n := cli.Number(b)
	switch f.typ {
	case uapi.DEVLINK_VAR_ATTR_TYPE_FLAG:
		f.Text("%t", n != 0)
		f.Bool(name, "", n != 0)
	case uapi.DEVLINK_VAR_ATTR_TYPE_U8, uapi.DEVLINK_VAR_ATTR_TYPE_U16, uapi.DEVLINK_VAR_ATTR_TYPE_U32,
		uapi.DEVLINK_VAR_ATTR_TYPE_U64:
		if f.c.Hex && n != 0 {
			f.Uint(name, "%#x", n)
		} else {
			f.Uint(name, "%d", n)
		}
	case uapi.DEVLINK_VAR_ATTR_TYPE_STRING, uapi.DEVLINK_VAR_ATTR_TYPE_NUL_STRING:
		f.Str(name, "%s", cli.Text(b))
	default:
		f.binary(name, b)
	}
}

// binary prints bytes, sixteen a line. They are within an array, or one themselves.
func (f *formatted) binary(name string, b []byte) {
	const perLine = 16
	if name != "" {
		f.Array(name)
	}
	for i, v := range b {
		if !f.JSON {
			f.put("%02x ", v)
		} else {
			f.Uint("", "", uint64(v))
		}
		if i%perLine == perLine-1 || i == len(b)-1 {
			f.newline()
		}
	}
	if name != "" {
		f.EndArray()
	}
}
