package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// kindTable are the kinds of one sort of objects, such as links or queueing disciplines, in the
// order of their names. Each has a file of its own and one line here:
//
//	{"vlan", of[Vlan]},
//
// The file has the Go type, which is an I by its address, and as methods of it what is particular
// to the kind:
//
//	attrs(*attr.Codec)         the attributes, in both directions
//	encodeRest(*wire.Encoder)  what is only sent, and takes much code
//	describe() desc.Kind       how commands show and read them
//	silent() []uint16          the attributes that change without a notification
//
// A method is asserted where it is used, so a program that describes nothing holds no
// descriptions. They are also called on a nil pointer, but for attrs.
type kindTable[I any] []kindLine

// kindLine is a line of a table: the kernel's name of the kind and what makes its values, nil where it has nothing but
// the name.
type kindLine struct {
	name string
	kind kindMaker
}

// kindMaker makes values of one Go type, see of.
type kindMaker func(v []any) (none any)

// of is the Go type T of a kind. It sets the elements of v to addresses of new values, which are cut from one piece of
// memory; with no elements it returns the nil pointer of the type.
func of[T any](v []any) (none any) {
	if len(v) == 0 {
		return (*T)(nil)
	}
	piece := make([]T, len(v))
	for i := range piece {
		v[i] = &piece[i]
	}
	return nil
}

// none is the nil pointer of the kind's type, if it has one.
func (l *kindLine) none() any {
	if l.kind == nil {
		return nil
	}
	return l.kind(nil)
}

// fill sets the elements of v, one at least, to new values of the kind, and returns v.
func (l *kindLine) fill(v []any) []any {
	l.kind(v)
	return v
}

// find returns the line of a kind, nil where there is none.
func (t kindTable[I]) find(name string) *kindLine {
	low, high := 0, len(t)
	for low < high {
		middle := int(uint(low+high) >> 1)
		switch line := &t[middle]; { // strings.Compare would have name allocated
		case line.name == name:
			return line
		case line.name < name:
			low = middle + 1
		default:
			high = middle
		}
	}
	return nil
}

// new returns a new value of the kind, and false where there is no such kind.
func (t kindTable[I]) new(name string) (value I, ok bool) {
	line := t.find(name)
	if line == nil || line.kind == nil {
		return value, false
	}
	var one [1]any
	value, ok = line.fill(one[:])[0].(I)
	return value, ok
}

// silent returns the attributes of a kind that change without a notification.
func (t kindTable[I]) silent(name []byte) []uint16 {
	if len(name) == 0 {
		return nil
	}
	if line := t.find(string(name)); line != nil {
		if s, ok := line.none().(silent); ok {
			return s.silent()
		}
	}
	return nil
}

// names are the kinds of the table.
func (t kindTable[I]) names() []string {
	names := make([]string, len(t))
	for i := range t {
		names[i] = t[i].name
	}
	return names
}

// describe returns the description of a kind, nil for one that is not in the table.
func (t kindTable[I]) describe(name string) *desc.Kind {
	line := t.find(name)
	if line == nil {
		return nil
	}
	k := desc.Kind{}
	switch d := line.none().(type) {
	case described:
		k = d.describe()
	case describedAs:
		k = d.describeAs(name)
	}
	k.Name = line.name
	return &k
}

// described is a kind that commands can show and read more of than its name.
type described interface{ describe() desc.Kind }

// describedAs is a Go type of several kinds that are not described alike.
type describedAs interface{ describeAs(name string) desc.Kind }

// attributed is a kind that has attributes.
type attributed interface{ attrs(c *attr.Codec) }

// restEncoder is a kind that sends more than attrs does. Programs that only read do not hold it.
type restEncoder interface{ encodeRest(e *wire.Encoder) }

// silent is a kind with attributes that change without a notification: timers and counters.
type silent interface{ silent() []uint16 }

// encodeAttrs appends the attributes of v, if it has some.
func encodeAttrs(e *wire.Encoder, v any) {
	if a, ok := v.(attributed); ok {
		attr.Encode(e, a.attrs)
	}
	if more, ok := v.(restEncoder); ok {
		more.encodeRest(e)
	}
}

// decodeAttrs reads those of v, if it has some, from b, and none where b is empty.
func decodeAttrs(v any, b []byte) error {
	if a, ok := v.(attributed); ok {
		return attr.Decode(b, a.attrs)
	}
	return nil
}
