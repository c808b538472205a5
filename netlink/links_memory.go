package netlink

import "net"

// linkMemory is where links and what they refer to are cut from: larger pieces of
// memory, so that a long list takes few allocations. The zero value is ready.
type linkMemory struct {
	one   []any // room for the link, where there is one to make
	bytes byteSlab
	parts slab[linkParts]
	kinds []linkPiece
	last  int // the one of kinds that a link was cut from last
}

// linkPiece are links of one kind that are still to be used.
type linkPiece struct {
	line *kindLine
	free []any
	made []any // free is its unused rest
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
		link  [1]any
		parts [1]linkParts
		bytes [32]byte
	})
	return linkMemory{one: lone.link[:], bytes: byteSlab{free: lone.bytes[:]},
		parts: slab[linkParts]{free: lone.parts[:]}}
}

// newLink returns an empty link of a kind.
func (m *linkMemory) newLink(line *kindLine) Link {
	if m.one != nil {
		return line.fill(m.one)[0].(Link)
	}
	return m.piece(line).next()
}

// piece finds the links of a kind: most often that of the link before.
func (m *linkMemory) piece(line *kindLine) *linkPiece {
	if m.last < len(m.kinds) && m.kinds[m.last].line == line {
		return &m.kinds[m.last]
	}
	for i := range m.kinds {
		if m.kinds[i].line == line {
			m.last = i
			return &m.kinds[i]
		}
	}
	m.last = len(m.kinds)
	m.kinds = append(m.kinds, linkPiece{line: line})
	return &m.kinds[m.last]
}

func (p *linkPiece) next() Link {
	if len(p.free) == 0 {
		if n := min(max(2*len(p.made), 1), maxPiece); n > cap(p.made) {
			p.made = make([]any, n)
		} else {
			p.made = p.made[:n]
		}
		p.free = p.line.fill(p.made)
	}
	link := p.free[0].(Link)
	p.free = p.free[1:]
	return link
}

// hardwareAddr returns a copy of an address, nil for one that is all zero.
func (m *linkMemory) hardwareAddr(b []byte) net.HardwareAddr {
	if allZero(b) {
		return nil
	}
	return m.bytes.copy(b)
}
