package attr

import "slices"

// Recorded is an attribute that a function names.
type Recorded struct {
	Path      []uint16 // the types of the attributes around it and its own
	Set, Read bool     // whether it is sent, and whether it is read
}

// Record returns what attrs names, in its order. attrs should be that of a new value, which it
// may change.
func Record(attrs func(*Codec)) []Recorded {
	var found []Recorded
	attrs(&Codec{mode: recording, found: &found})
	return found
}

// record notes an attribute. It is for tests, so it is kept out of where it is called.
//
//go:noinline
func (c *Codec) record(t Type) {
	*c.found = append(*c.found, Recorded{
		Path: append(slices.Clone(c.path), t.number()),
		Set:  t&ReadOnly == 0, Read: t&WriteOnly == 0,
	})
}

// recordNest notes an attribute and those that inside names.
//
//go:noinline
func (c *Codec) recordNest(t Type, inside func()) {
	c.record(t)
	c.path = append(c.path, t.number())
	inside()
	c.path = c.path[:len(c.path)-1]
}
