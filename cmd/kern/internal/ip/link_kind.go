package ip

import (
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// kindFields describes the attributes of a kind of link; nil where it has
// none or is not known.
func kindFields(kind string) []desc.Field {
	if k := netlink.LinkKindByName(kind); k != nil {
		return k.Data
	}
	return nil
}

// portFields describes the attributes of ports of a kind of link.
func portFields(kind string) []desc.Field {
	if k := netlink.LinkKindByName(kind); k != nil {
		return k.Port
	}
	return nil
}

// kindNames are the kinds that are known by more than their name.
func kindNames() []string {
	var names []string
	for _, k := range netlink.LinkKinds() {
		names = append(names, k.Name)
	}
	return names
}

// completeKind adds what the words of a kind imply, and checks that they go
// together.
func completeKind(kind string, in *desc.Args, e *wire.Encoder, create bool) error {
	if k := netlink.LinkKindByName(kind); k != nil && k.Complete != nil {
		return k.Complete(in, e, create)
	}
	return nil
}
