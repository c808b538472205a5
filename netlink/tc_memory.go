package netlink

import "kern.sys/internal/attr"

// tcMemory is where lists of objects of traffic control have their memory from: pieces that several of them share. The
// zero value is ready. It must not be copied.
type tcMemory struct {
	line       *kindLine // the kind of what is in made
	made, free []any
	stats      slab[statistics]
	chains     slab[uint32]
	bytes      byteSlab
	decoder    attr.Decoder
}

// decodeAttrs is the function decodeAttrs, with copies in this memory.
func (m *tcMemory) decodeAttrs(v any, b []byte) error {
	a, ok := v.(attributed)
	if !ok {
		return nil
	}
	if m.decoder.Copies == nil {
		m.decoder.Copies = m.bytes.copy
	}
	return m.decoder.Decode(b, a.attrs)
}

// newOfKind returns an empty value of a kind, and false where the table has none.
func newOfKind[I any](m *tcMemory, t kindTable[I], kind []byte) (value I, ok bool) {
	if m.line == nil || string(kind) != m.line.name {
		line := t.find(string(kind))
		if line == nil || line.kind == nil {
			return value, false
		}
		m.line, m.made, m.free = line, nil, nil
	}
	if len(m.free) == 0 {
		if n := min(max(2*len(m.made), 1), maxPiece); n > cap(m.made) {
			m.made = make([]any, n)
		} else {
			m.made = m.made[:n]
		}
		m.free = m.line.fill(m.made)
	}
	value, ok = m.free[0].(I)
	m.free = m.free[1:]
	return value, ok
}

// statistics reads the counters of an attribute like TCA_STATS2. app are those of the object's kind.
func (m *tcMemory) statistics(b []byte) (all *ClassStatistics, app []byte, err error) {
	s := m.stats.next()
	if err = s.decode(b); s.app != nil {
		app, s.app = m.bytes.copy(s.app), nil
	}
	return s.link(), app, err
}
