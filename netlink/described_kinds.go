package netlink

import "kern.sys/netlink/desc"

// describedKind is a kind whose description does not stand beside a Go type.
type describedKind struct {
	name     string
	describe func() desc.Kind
}

// describeIn returns the description of a kind in a table, nil where there is none.
func describeIn(table []describedKind, name string) *desc.Kind {
	for _, d := range table {
		if d.name == name {
			k := d.describe()
			k.Name = name
			return &k
		}
	}
	return nil
}
