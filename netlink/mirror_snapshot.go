package netlink

import (
	"context"
	"iter"
	"slices"

	"kern.sys/internal/hamt"
	"kern.sys/netlink/wire"
)

// Snapshot is the state of a [Mirror] at one time. It does not change, and objects that snapshots
// share are in memory once. It is safe for concurrent use.
type Snapshot struct {
	parts []snapshotPart
}

type snapshotPart struct {
	*tablePart
	objects hamt.Map[[]string]
}

// Snapshot returns the mirror's present state, in constant time.
func (m *Mirror) Snapshot() *Snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.snapshot()
}

func (m *Mirror) snapshot() *Snapshot { return snapshotOf(m.parts) }

// snapshot is the state of the follower's tables.
func (f *follower) snapshot() *Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return snapshotOf(f.parts)
}

func snapshotOf(parts []*partState) *Snapshot {
	s := &Snapshot{parts: make([]snapshotPart, len(parts))}
	for i, p := range parts {
		s.parts[i] = snapshotPart{p.tablePart, p.objects.Copy()}
	}
	return s
}

// Len returns how many objects the tables have, without decoding them.
func (s *Snapshot) Len(tables ...Table) int {
	n := 0
	for _, t := range tables {
		for p := range s.of(t) {
			n += p.len()
		}
	}
	return n
}

func (p *snapshotPart) len() int {
	n := 0
	for _, group := range p.objects.All() {
		n += len(group)
	}
	return n
}

func (s *Snapshot) of(table Table) iter.Seq[*snapshotPart] {
	return func(yield func(*snapshotPart) bool) {
		for i := range s.parts {
			if s.parts[i].table == table && !yield(&s.parts[i]) {
				return
			}
		}
	}
}

// objects decodes the objects of a table.
func objects[T any](s *Snapshot, table Table, decode func([]byte) (T, error)) iter.Seq[T] {
	return func(yield func(T) bool) {
		for p := range s.of(table) {
			for _, group := range p.objects.All() {
				for _, raw := range group {
					// It was decoded once when it came.
					if v, err := decode([]byte(raw)); err == nil && !yield(v) {
						return
					}
				}
			}
		}
	}
}

// Links yields the links, in no order.
func (s *Snapshot) Links() iter.Seq[Link] { return objects(s, LinkTable, decodeLink) }

// Link returns the link with an index, and whether there is one.
func (s *Snapshot) Link(index int) (Link, bool) {
	key := linkKeyOf(index)
	for p := range s.of(LinkTable) {
		if group, ok := p.objects.Get(key); ok {
			link, err := decodeLink([]byte(group[0]))
			return link, err == nil
		}
	}
	return nil, false
}

// Addrs yields the addresses, in no order. A running lifetime is 0.
func (s *Snapshot) Addrs() iter.Seq[Addr] { return objects(s, AddrTable, decodeAddr) }

// Neighs yields the neighbours, in no order.
func (s *Snapshot) Neighs() iter.Seq[Neigh] { return objects(s, NeighTable, decodeNeigh) }

// Routes yields the routes of all tables. Routes of one prefix, TOS and metric come in the kernel's
// order, others in no order.
func (s *Snapshot) Routes() iter.Seq[Route] { return objects(s, RouteTable, decodeRoute) }

// Rules yields the rules in the order that the kernel follows, IPv4 first.
func (s *Snapshot) Rules() iter.Seq[Rule] { return objects(s, RuleTable, decodeRule) }

// Nexthops yields the next hop objects, in no order.
func (s *Snapshot) Nexthops() iter.Seq[Nexthop] { return objects(s, NexthopTable, decodeNexthop) }

// Fdb yields the forwarding entries, in no order.
func (s *Snapshot) Fdb() iter.Seq[Neigh] { return objects(s, FdbTable, decodeNeigh) }

// NetNsIDs yields the ids of other namespaces, in no order.
func (s *Snapshot) NetNsIDs() iter.Seq[int] { return objects(s, NetNsIDTable, decodeNsID) }

// Netconfs yields the settings of links, in no order.
func (s *Snapshot) Netconfs() iter.Seq[Netconf] { return objects(s, NetconfTable, decodeNetconf) }

// AddrLabels yields the labels of IPv6 addresses, in no order.
func (s *Snapshot) AddrLabels() iter.Seq[AddrLabel] {
	return objects(s, AddrLabelTable, decodeAddrLabel)
}

// MDB yields the entries of multicast databases, in no order.
func (s *Snapshot) MDB() iter.Seq[MDBEntry] { return objects(s, MDBTable, decodeMDBObject) }

// BridgeVlans yields the VLANs of bridges and their ports, in no order.
func (s *Snapshot) BridgeVlans() iter.Seq[BridgeVlan] {
	return objects(s, BridgeVlanTable, decodeBridgeVlan)
}

// Qdiscs yields the queueing disciplines, in no order.
func (s *Snapshot) Qdiscs() iter.Seq[Qdisc] { return objects(s, QdiscTable, decodeQdisc) }

// Classes yields the classes, in no order.
func (s *Snapshot) Classes() iter.Seq[Class] { return objects(s, ClassTable, decodeClass) }

// Filters yields the filters, in no order.
func (s *Snapshot) Filters() iter.Seq[Filter] { return objects(s, FilterTable, decodeFilter) }

// Chains yields the chains of filters, in no order, each with the link that it is of, -1 for a block that links share.
func (s *Snapshot) Chains() iter.Seq2[int, Chain] {
	return func(yield func(int, Chain) bool) {
		type chainOf struct {
			link int
			Chain
		}
		for c := range objects(s, ChainTable, func(data []byte) (chainOf, error) {
			chain, err := decodeChain(data)
			return chainOf{int(tcHead(data).Ifindex), chain}, err
		}) {
			if !yield(c.link, c.Chain) {
				return
			}
		}
	}
}

// Actions yields the actions that filters can share, in no order: see [ActionTable].
func (s *Snapshot) Actions() iter.Seq[Action] { return objects(s, ActionTable, decodeOneAction) }

// XfrmStates yields the states of IPsec, in no order, without their keys: see [XfrmStateTable].
func (s *Snapshot) XfrmStates() iter.Seq[XfrmState] {
	return objects(s, XfrmStateTable, decodeXfrmState)
}

// XfrmPolicies yields the policies of IPsec, in no order.
func (s *Snapshot) XfrmPolicies() iter.Seq[XfrmPolicy] {
	return objects(s, XfrmPolicyTable, decodeXfrmPolicy)
}

// Changes yields the objects that differ from those of a snapshot, and then each change as it
// happens, with the earlier and the later state, until ctx is done or the mirror has ended; the
// error of the last pair says which. With a nil snapshot all objects are new at first.
//
// A reader that is slower than the kernel misses no object, only intermediate states of one. It may
// take any time, at no cost to the mirror.
func (m *Mirror) Changes(ctx context.Context, since *Snapshot) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if since == nil {
			since = &Snapshot{parts: make([]snapshotPart, len(m.parts))}
		}
		for {
			now, changed, err := m.next(ctx)
			if !now.since(since, func(ev Event) bool { return yield(ev, nil) }) {
				return
			}
			since = now
			if err == nil {
				select {
				case <-changed:
					continue
				case <-ctx.Done():
					err = context.Cause(ctx)
				}
			}
			yield(nil, wire.Annotate(err, "mirror changes", noObject))
			return
		}
	}
}

// next returns the present state, and a channel that is closed when it changes.
func (m *Mirror) next(ctx context.Context) (*Snapshot, <-chan struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changed == nil {
		m.changed = make(chan struct{})
	}
	err := m.err
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return m.snapshot(), m.changed, err
}

// since calls each for the differences from before, and reports whether each returned true.
func (s *Snapshot) since(before *Snapshot, each func(Event) bool) bool {
	var events eventDecoder
	for i := range s.parts {
		p := &s.parts[i]
		for c := range hamt.Diff(&before.parts[i].objects, &p.objects, slices.Equal) {
			var old, new []string
			if c.Old != nil {
				old = *c.Old
			}
			if c.New != nil {
				new = *c.New
			}
			for old, new := range pairs(old, new) {
				// Both were decoded when they came.
				if ev, err := p.event(&events, old, new); err == nil && !each(ev) {
					return false
				}
			}
		}
	}
	return true
}

// pairs yields the differences between the objects of one key: an object that became another, or
// those that are gone and those that are new, with nil for none.
func pairs(old, new []string) iter.Seq2[[]byte, []byte] {
	return func(yield func(old, new []byte) bool) {
		if len(old) == 1 && len(new) == 1 {
			yield([]byte(old[0]), []byte(new[0]))
			return
		}
		for _, o := range old {
			if !slices.Contains(new, o) && !yield([]byte(o), nil) {
				return
			}
		}
		for _, n := range new {
			if !slices.Contains(old, n) && !yield(nil, []byte(n)) {
				return
			}
		}
	}
}
