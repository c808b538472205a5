package attr

import "kern.sys/netlink/wire"

// Nest is an attribute that holds attributes, those that attrs names.
func Nest(c *Codec, t Type, attrs func(*Codec)) {
	switch c.mode {
	case encoding:
		if t&ReadOnly == 0 {
			c.e.Nest(uint16(t))
			before := len(c.e.Bytes())
			attrs(c)
			if t&IfSet != 0 && len(c.e.Bytes()) == before {
				c.e.Cancel()
			} else {
				c.e.End()
			}
		}
	case decoding:
		if b := c.find(t); b != nil {
			outer := c.outer()
			c.enter(b)
			attrs(c)
			c.index()
			c.leave(outer)
		}
	case recording:
		c.record(t)
		c.path = append(c.path, t.number())
		attrs(c)
		c.path = c.path[:len(c.path)-1]
	}
}

// outer is the state of a codec around a nest.
type outer struct {
	b             []byte
	lone, indexed bool
	long          bool
	at            [types]uint16
}

func (c *Codec) outer() outer {
	return outer{b: c.b, lone: c.lone, indexed: c.indexed, long: c.long, at: c.at}
}

func (c *Codec) enter(b []byte) { c.b, c.lone, c.indexed = b, false, false }

func (c *Codec) leave(o outer) {
	c.b, c.lone, c.indexed, c.long, c.at = o.b, o.lone, o.indexed, o.long, o.at
}

// Array is an attribute that holds one attribute for each element of v, whose types count from
// first. elem codes one: [U32] for numbers, or a function that calls [Nest]. Where v is empty
// nothing is sent; an array that is read replaces v.
func Array[T any](c *Codec, t Type, first Type, v *[]T, elem func(c *Codec, t Type, v *T)) {
	sequence(c, t, first, 1, v, elem)
}

// Repeat is [Array] for elements that are all of the type each.
func Repeat[T any](c *Codec, t Type, each Type, v *[]T, elem func(c *Codec, t Type, v *T)) {
	sequence(c, t, each, 0, v, elem)
}

func sequence[T any](c *Codec, t, first, step Type, v *[]T, elem func(c *Codec, t Type, v *T)) {
	switch c.mode {
	case encoding:
		if t&ReadOnly == 0 && len(*v) != 0 {
			c.e.Nest(uint16(t))
			for i := range *v {
				elem(c, first+Type(i)*step, &(*v)[i])
			}
			c.e.End()
		}
	case decoding:
		if b := c.find(t); b != nil {
			*v = elements(c, b, first, step, elem)
		}
	case recording:
		c.record(t)
		c.path = append(c.path, t.number())
		elem(c, first, new(T))
		c.path = c.path[:len(c.path)-1]
	}
}

// elements reads the attributes in b, each as one element. Of those that repeat one type, others
// are skipped.
func elements[T any](c *Codec, b []byte, first, step Type, elem func(c *Codec, t Type, v *T)) []T {
	var all []T
	d := wire.NewDecoder(b)
	outer := c.outer()
	for d.Next() {
		if step == 0 && d.Type() != first.number() {
			continue
		}
		c.b, c.lone = d.Data(), true
		all = append(all, *new(T))
		elem(c, Type(d.Type()), &all[len(all)-1])
	}
	c.leave(outer)
	c.Fail(d.Err())
	return all
}
