package netlink

import "kern.sys/internal/attr"

// xstats reads the counters of a kind, nil where none came.
func xstats[T any, P attr.Structure[T]](b []byte) *T {
	if b == nil {
		return nil
	}
	v := new(T)
	P(v).Decode(b)
	return v
}

// optBool32 is a number of 32 bits, 0 or 1, that may be unset.
func optBool32(c *attr.Codec, t attr.Type, v **bool) {
	var n *uint32
	if *v != nil {
		n = new(uint32)
		if **v {
			*n = 1
		}
	}
	attr.OptU32(c, t, &n)
	if c.Decoding() && n != nil {
		*v = new(*n != 0)
	}
}
