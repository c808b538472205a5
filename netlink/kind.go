package netlink

import (
	"sync"

	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// LinkKind is all that is particular to one kind of link. Each has a file of its
// own, link_KIND.go, with the Go type, its attributes and this description of
// it, and one line in the table below.
type LinkKind struct {
	// Name is the kernel's name of the kind (IFLA_INFO_KIND).
	Name string
	// Data describes the kind's attributes (IFLA_INFO_DATA) in the order of
	// ip -details link show.
	Data []desc.Field
	// Port describes the attributes of a link that is a port of this kind
	// (IFLA_INFO_SLAVE_DATA).
	Port []desc.Field

	// Complete, if set, is called after the words of ip link add (create) or ip
	// link set were read by Data, inside the same attribute. It adds what ip adds
	// of itself, and finds what is missing or does not go together.
	Complete func(in *desc.Args, e *wire.Encoder, create bool) error

	// typ is what Type of its links returns where that is not Name.
	typ string

	links linkMaker // makes links of the kind
	// begin, if set, sets in a new one what stands for "not told" and is not zero.
	begin func(Link)
	// newPort makes the value for LinkAttrs.Slave of a link that is a port of
	// this kind; nil where the kind has none.
	newPort func() LinkSlave
}

// linkMaker makes links of one type, whose attributes are still to come: see
// linksOf.
type linkMaker interface {
	one() Link
	// many returns one as often as it is called, cut from larger pieces of memory.
	many() func() Link
}

// linksOf makes links whose Go type is T.
type linksOf[T any, P interface {
	*T
	Link
}] struct{}

func (linksOf[T, P]) one() Link { return P(new(T)) }

func (linksOf[T, P]) many() func() Link {
	var s slab[T]
	return func() Link { return P(s.next()) }
}

// linkKinds are the kinds that the package knows, by name.
var linkKinds = []*LinkKind{
	&bridgeKind,
	&dummyKind,
	&ifbKind,
	&macvlanKind,
	&macvtapKind,
	&tuntapKind,
	&vethKind,
	&vlanKind,
	&vxlanKind,
}

// LinkKinds returns the link kinds that the package knows by more than their
// name. Links of other kinds are a [GenericLink].
func LinkKinds() []*LinkKind { return linkKinds }

var kindByName = sync.OnceValue(func() map[string]*LinkKind {
	m := make(map[string]*LinkKind, len(linkKinds))
	for _, k := range linkKinds {
		m[k.Name] = k
		if k.typ != "" {
			m[k.typ] = k
		}
	}
	return m
})

// LinkKindByName returns the description of a kind, or nil for a kind that is
// not known.
func LinkKindByName(name string) *LinkKind { return kindByName()[name] }

// kernelKind returns the kernel's name of a link's kind.
func kernelKind(link Link) string {
	if k := LinkKindByName(link.Type()); k != nil {
		return k.Name
	}
	return link.Type()
}

// dataEncoder is a link with attributes of its kind to be sent.
type dataEncoder interface {
	// encodeData appends the kind's attributes (IFLA_INFO_DATA) that are set.
	encodeData(e *wire.Encoder)
}

// selfMaker is a link that is not made by rtnetlink. It is no field of LinkKind,
// since the table cannot refer to what refers to the table.
type selfMaker interface {
	make(h *Handle) error
}

// dataDecoder is a link that takes the attributes of its kind.
type dataDecoder interface {
	// decodeData reads the kind's attributes; it skips those it does not know.
	decodeData(d *wire.Decoder)
}
