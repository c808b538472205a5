package netlink

import (
	"encoding/binary"
	"slices"

	"kern.sys/internal/uapi"
)

// tcChanges are messages about objects of traffic control, which have one group.
func tcChanges(types ...uint16) groupMessages { return groupMessages{types, []uint32{uapi.RTNLGRP_TC}} }

func tcGroups() []uint32 { return []uint32{uapi.RTNLGRP_TC} }

// decodeEither decodes the states that an event has, those of an interface type.
func decodeEither[T any](old, new []byte, decode func([]byte) (T, error)) (before, after T, err error) {
	if old != nil {
		before, err = decode(old)
	}
	if new != nil && err == nil {
		after, err = decode(new)
	}
	return before, after, err
}

// listQdiscs lists the queueing disciplines for what is listed by them.
func listQdiscs(h *Handle) ([]Qdisc, error) {
	return gather(h, tcRequest(uapi.RTM_GETQDISC, 0, 0, 0, 0, 0), "qdisc list", qdiscDecoder(0, false))
}

// classListings are the dumps of all classes: one for each link that has a queueing discipline.
func classListings(h *Handle) ([]listing, error) {
	qdiscs, err := listQdiscs(h)
	var all []listing
	for _, link := range linksOf(qdiscs) {
		all = append(all, listing{Request: tcRequest(uapi.RTM_GETTCLASS, 0, link, 0, 0, 0)})
	}
	return all, err
}

// hollow is a kind of queueing discipline that has nothing within it: no class and no filter.
type hollow interface{ hollow() }

// linksOf returns the links of queueing disciplines, hollow ones left out.
func linksOf(qdiscs []Qdisc) (links []int) {
	for _, q := range qdiscs {
		if _, none := q.(hollow); !none {
			links = append(links, q.Attrs().LinkIndex)
		}
	}
	slices.Sort(links)
	return slices.Compact(links)
}

// filtered is a kind of classes that have filters of their own.
type filtered interface{ filtered() }

func (*GenericClass) filtered() {} // it may be one

// filterPlaces is a kind of queueing discipline that has filters in places of its own: each has a parent, and the
// block in the place of it, if links share one. Other kinds have theirs at their handle.
type filterPlaces interface {
	filterPlaces(place func(parent uint32, block *uint32))
}

// qdiscBlocks is a kind that hands packets to blocks of filters, 0 for none, besides those that all kinds can have.
type qdiscBlocks interface{ blocks() []uint32 }

// blockListings returns a function that lists what blocks of filters have, by requests of a type: one for each block
// that links share, and one for each other place that can have filters.
func blockListings(typ uint16) func(h *Handle) ([]listing, error) {
	return func(h *Handle) ([]listing, error) {
		qdiscs, err := listQdiscs(h)
		var all []listing
		var shared []uint32
		place := func(link int, parent uint32, block *uint32) {
			if block != nil {
				shared = append(shared, *block)
				return
			}
			all = append(all, listing{Request: tcRequest(typ, 0, link, 0, parent, 0), parent: parent})
		}
		for _, q := range qdiscs {
			a := q.Attrs()
			switch k := q.(type) {
			case hollow:
			case filterPlaces:
				k.filterPlaces(func(parent uint32, block *uint32) { place(a.LinkIndex, parent, block) })
			default:
				// Of those without a handle only the link's own can have filters.
				if a.Handle != 0 || a.Parent == HANDLE_ROOT {
					place(a.LinkIndex, a.Handle, nil)
				}
			}
			if b, ok := q.(qdiscBlocks); ok {
				shared = append(shared, b.blocks()...)
			}
		}
		for _, link := range linksOf(qdiscs) {
			if err != nil {
				break
			}
			var classes []Class
			classes, err = gather(h, tcRequest(uapi.RTM_GETTCLASS, 0, link, 0, 0, 0), "class list", classDecoder())
			for _, c := range classes {
				if _, ok := c.(filtered); ok {
					place(link, c.Attrs().Handle, nil)
				}
			}
		}
		slices.Sort(shared)
		ofBlock := uint32(uapi.TCM_IFINDEX_MAGIC_BLOCK) // signed in messages
		for _, block := range slices.Compact(shared) {
			if block != 0 {
				all = append(all, listing{Request: tcRequest(typ, 0, int(int32(ofBlock)), 0, block, 0)})
			}
		}
		return all, err
	}
}

// tcHead reads what identifies an object of traffic control.
func tcHead(data []byte) (m uapi.Tcmsg) {
	m.Decode(data)
	return m
}

// tcAttr returns an attribute of a message, nil where it has none.
func tcAttr(data []byte, typ uint16) []byte { return attrIn(data, uapi.SizeofTcmsg, typ) }

// numbers appends a link and numbers.
func (k *keyOf) numbers(link int32, numbers ...uint32) {
	b := binary.NativeEndian.AppendUint32(*k, uint32(link))
	for _, n := range numbers {
		b = binary.NativeEndian.AppendUint32(b, n)
	}
	*k = b
}

// orNone is a pointer to an object of an event, nil where there is none.
func orNone[T any](v T) *T {
	if holdsNil(v) {
		return nil
	}
	return &v
}
