package netlink

import (
	"iter"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

const neighListOp = "neigh list"

// NeighFilter says which neighbours to list. Zero fields leave the choice open. A
// link that is gone has none.
type NeighFilter struct {
	// Family is AF_INET, AF_INET6 or AF_BRIDGE, for forwarding entries; 0: both of
	// the internet.
	Family    int
	LinkIndex int
	// MasterIndex chooses the neighbours on the ports of this link, or the
	// forwarding entries of this bridge.
	MasterIndex int
	State       int // any of these, NUD_…
	// Flags are those that an entry has to have, NTF_…. With NTF_PROXY the proxied
	// addresses are listed instead of the neighbours.
	Flags int
	Type  int // RTN_…
}

// wants reports whether f chooses a neighbour, as far as that says. Only the
// kernel knows which ports a master has.
func (f *NeighFilter) wants(family, link, master, state, flags, typ int) bool {
	return (f.Family == 0 || f.Family == family) &&
		(f.MasterIndex == 0 || master == 0 || f.MasterIndex == master) &&
		(f.LinkIndex == 0 || f.LinkIndex == link) &&
		(f.State == 0 || f.State&state != 0) &&
		flags&f.Flags == f.Flags &&
		(f.Type == 0 || f.Type == typ)
}

// NeighList returns the neighbours on a link: ip neighbour show nud all, or
// bridge fdb show with the family AF_BRIDGE. linkIndex 0 is every link and family
// FAMILY_ALL is both IPv4 and IPv6.
func (h *Handle) NeighList(linkIndex, family int) ([]Neigh, error) {
	return h.neighs(NeighFilter{LinkIndex: linkIndex, Family: family})
}

// NeighSeq is [Handle.NeighList] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) NeighSeq(linkIndex, family int) iter.Seq2[Neigh, error] {
	return h.NeighSeqFiltered(NeighFilter{LinkIndex: linkIndex, Family: family})
}

// NeighProxyList returns the addresses that the host answers for in another's
// place: ip neighbour show proxy. linkIndex 0 is every link and family FAMILY_ALL
// is both IPv4 and IPv6.
func (h *Handle) NeighProxyList(linkIndex, family int) ([]Neigh, error) {
	return h.neighs(NeighFilter{LinkIndex: linkIndex, Family: family, Flags: NTF_PROXY})
}

// NeighProxySeq is [Handle.NeighProxyList] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) NeighProxySeq(linkIndex, family int) iter.Seq2[Neigh, error] {
	return h.NeighSeqFiltered(NeighFilter{LinkIndex: linkIndex, Family: family, Flags: NTF_PROXY})
}

// NeighListExecute returns the neighbours that match the fields of msg that are not zero:
// any state and all flags that it has.
func (h *Handle) NeighListExecute(msg Ndmsg) ([]Neigh, error) {
	return h.neighs(msg.filter())
}

// NeighSeqExecute is [Handle.NeighListExecute] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) NeighSeqExecute(msg Ndmsg) iter.Seq2[Neigh, error] {
	return h.NeighSeqFiltered(msg.filter())
}

func (msg *Ndmsg) filter() NeighFilter {
	return NeighFilter{
		Family:    int(msg.Family),
		LinkIndex: int(msg.Index),
		State:     int(msg.State),
		Flags:     int(msg.Flags),
		Type:      int(msg.Type),
	}
}

// NeighListFiltered returns the neighbours that filter chooses.
func (h *Handle) NeighListFiltered(filter NeighFilter) ([]Neigh, error) {
	return h.withDetails().neighs(filter)
}

func (h *Handle) neighs(filter NeighFilter) ([]Neigh, error) {
	d := neighDecoder{filter: filter}
	all, err := fill(h, filter.request(), neighListOp, d.decodeInto)
	return all, withoutLink(err)
}

// NeighSeqFiltered is [Handle.NeighListFiltered] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) NeighSeqFiltered(filter NeighFilter) iter.Seq2[Neigh, error] {
	return func(yield func(Neigh, error) bool) {
		d := neighDecoder{filter: filter}
		request := func() (*wire.Request, error) { return filter.request(), nil }
		stream(h, request, neighListOp, d.decodeInto, goneLink)(yield)
	}
}

// request asks for the neighbours. What the kernel cannot filter by it refuses,
// where it checks strictly.
func (f *NeighFilter) request() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETNEIGH, 0)
	header := r.Header(uapi.SizeofNdmsg)
	m := uapi.Ndmsg{Family: uint8(within(r, "family", f.Family, math.MaxUint8))}
	index := within(r, "link index", f.LinkIndex, math.MaxInt32)
	if m.Family == uapi.AF_BRIDGE {
		m.Ifindex = int32(index)
	} else {
		m.Flags = uint8(f.Flags & NTF_PROXY)
		if index != 0 {
			r.Uint32(uapi.NDA_IFINDEX, uint32(index))
		}
	}
	if f.MasterIndex != 0 {
		r.Uint32(uapi.NDA_MASTER, uint32(within(r, "master index", f.MasterIndex, math.MaxInt32)))
	}
	m.Put(header)
	return r
}
