package netlink

import "net"

// linkMemory is where links and what they refer to are cut from: larger pieces of
// memory, so that a long list takes few allocations. The zero value is ready.
type linkMemory struct {
	one   bool // there is one link to make
	bytes byteSlab
	parts slab[linkParts]
	links map[*LinkKind]func() Link
}

// linkParts is what most links have and refer to.
type linkParts struct {
	stats LinkStatistics
	xdp   LinkXdp
	ip6   LinkIP6
}

// memoryOfOne is what most links need, in one piece.
func memoryOfOne() linkMemory {
	lone := new(struct {
		parts [1]linkParts
		bytes [64]byte
	})
	return linkMemory{one: true, bytes: byteSlab{free: lone.bytes[:]}, parts: slab[linkParts]{free: lone.parts[:]}}
}

// newLink returns an empty link of a kind.
func (m *linkMemory) newLink(k *LinkKind) Link {
	link := m.make(k)
	if k.begin != nil {
		k.begin(link)
	}
	return link
}

func (m *linkMemory) make(k *LinkKind) Link {
	if m.one {
		return k.links.one()
	}
	next := m.links[k]
	if next == nil {
		if m.links == nil {
			m.links = map[*LinkKind]func() Link{}
		}
		next = k.links.many()
		m.links[k] = next
	}
	return next()
}

// hardwareAddr returns a copy of an address, nil for one that is all zero.
func (m *linkMemory) hardwareAddr(b []byte) net.HardwareAddr {
	if allZero(b) {
		return nil
	}
	return m.bytes.copy(b)
}
