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
			inner := c.inner()
			c.Fail(inner.decode(b, attrs))
			inner.free()
		}
	case recording:
		c.recordNest(t, func() { attrs(c) })
	}
}

// inner is a codec for what is within an attribute.
func (c *Codec) inner() *Codec {
	inner := codecs.Get().(*Codec)
	inner.settling, inner.copies = c.settling, c.copies
	return inner
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
	if c.mode == decoding {
		if b := c.find(t); b != nil {
			var all []T
			c.each(b, first, step, func(c *Codec, t Type) {
				all = append(all, *new(T))
				elem(c, t, &all[len(all)-1])
			})
			*v = all
		}
		return
	}
	c.elements(t, first, step, len(*v), func(t Type, i int) {
		if i < 0 {
			elem(c, t, new(T))
		} else {
			elem(c, t, &(*v)[i])
		}
	})
}

// elements sends or records an array of n elements.
func (c *Codec) elements(t, first, step Type, n int, elem func(t Type, i int)) {
	switch {
	case c.mode == recording:
		c.recordNest(t, func() { elem(first, -1) })
	case t&ReadOnly == 0 && n != 0:
		c.e.Nest(uint16(t))
		for i := range n {
			elem(first+Type(i)*step, i)
		}
		c.e.End()
	}
}

// each reads the attributes in b, each as one element. Where all are to be of one type, others
// are skipped.
func (c *Codec) each(b []byte, first, step Type, elem func(*Codec, Type)) {
	one := c.inner()
	one.mode, one.lone = decoding, true
	d := wire.NewDecoder(b)
	for d.Next() {
		if step != 0 || d.Type() == first.number() {
			one.b = d.Data()
			elem(one, Type(d.Type()))
		}
	}
	c.Fail(one.err)
	c.Fail(d.Err())
	one.free()
}

// Siblings are attributes of one type that stand beside the others of the nest, one for each element
// of v. Where v is empty nothing is sent; those that are read replace v.
func Siblings[T any](c *Codec, t Type, v *[]T, elem func(c *Codec, t Type, v *T)) {
	switch c.mode {
	case encoding:
		for i := range *v {
			elem(c, t, &(*v)[i])
		}
	case decoding:
		if c.find(t) == nil {
			return
		}
		var all []T
		c.each(c.b, t, 0, func(c *Codec, t Type) {
			all = append(all, *new(T))
			elem(c, t, &all[len(all)-1])
		})
		*v = all
	case recording:
		elem(c, t, new(T))
	}
}
