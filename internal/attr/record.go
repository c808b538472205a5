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

func (c *Codec) record(t Type) {
	*c.found = append(*c.found, Recorded{
		Path: append(slices.Clone(c.path), t.number()),
		Set:  t&ReadOnly == 0, Read: t&WriteOnly == 0,
	})
}
