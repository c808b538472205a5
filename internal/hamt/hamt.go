// Package hamt is a map with string keys whose copies cost nothing: a hash array
// mapped trie. A copy shares all nodes with its original, and a change copies
// only the few on the way to what it changes.
package hamt

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"sync"
)

const (
	width  = 5 // bits of the hash that choose a slot of a node
	mask   = 1<<width - 1
	height = (64 + width - 1) / width // from there on keys have the same hash
)

// seed is made when the first key is hashed: most programs have no map.
var seed struct {
	once sync.Once
	v    maphash.Seed
}

func hash(key string) uint64 {
	seed.once.Do(func() { seed.v = maphash.MakeSeed() })
	return maphash.String(seed.v, key)
}

// Map is a map from strings. Its zero value is empty. One goroutine at a time
// may change it; copies made by [Map.Copy] are of their own.
type Map[V any] struct {
	root *node[V]
	n    int
	own  *owner // of the nodes that may be changed in place
}

// owner marks the nodes that only one map has. It has a size, for two owners to
// differ.
type owner struct{ _ byte }

type node[V any] struct {
	own   *owner
	used  uint32 // which of the 32 slots there are
	slots []slot[V]
}

// slot is a key and its value, or a further node.
type slot[V any] struct {
	next *node[V]
	key  string
	v    V
}

// Copy returns a map with the same content that shares it with m.
func (m *Map[V]) Copy() Map[V] {
	m.own = nil // what there is belongs to both from now on
	return Map[V]{root: m.root, n: m.n}
}

// Len returns the number of keys.
func (m *Map[V]) Len() int { return m.n }

// Get returns the value of a key.
func (m *Map[V]) Get(key string) (v V, ok bool) {
	h := hash(key)
	for n, depth := m.root, 0; n != nil; depth++ {
		i, found := n.find(h, depth, key)
		if !found {
			return v, false
		}
		s := &n.slots[i]
		if s.next == nil {
			if s.key != key {
				return v, false
			}
			return s.v, true
		}
		n = s.next
	}
	return v, false
}

// Set gives key the value v.
func (m *Map[V]) Set(key string, v V) {
	if m.own == nil {
		m.own = new(owner)
	}
	if m.root == nil {
		m.root = &node[V]{own: m.own}
	}
	m.root = m.set(m.root, hash(key), 0, slot[V]{key: key, v: v})
}

// Delete removes a key.
func (m *Map[V]) Delete(key string) {
	if _, ok := m.Get(key); !ok {
		return
	}
	if m.own == nil {
		m.own = new(owner)
	}
	m.root = m.remove(m.root, hash(key), 0, key)
	m.n--
}

// All gives the keys and values in no order.
func (m *Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) { m.root.all(yield) }
}

func (n *node[V]) all(yield func(string, V) bool) bool {
	if n == nil {
		return true
	}
	for i := range n.slots {
		s := &n.slots[i]
		if s.next != nil {
			if !s.next.all(yield) {
				return false
			}
		} else if !yield(s.key, s.v) {
			return false
		}
	}
	return true
}

// find returns where the slot for a hash is or belongs. At the height where the
// hash has no more bits, slots are a list.
func (n *node[V]) find(h uint64, depth int, key string) (i int, ok bool) {
	if depth == height {
		for i := range n.slots {
			if n.slots[i].key == key {
				return i, true
			}
		}
		return len(n.slots), false
	}
	bit := uint32(1) << (h >> (depth * width) & mask)
	return bits.OnesCount32(n.used & (bit - 1)), n.used&bit != 0
}

// mine returns n, or a copy of it that may be changed.
func (m *Map[V]) mine(n *node[V]) *node[V] {
	if n.own == m.own {
		return n
	}
	c := &node[V]{own: m.own, used: n.used, slots: make([]slot[V], len(n.slots), len(n.slots)+1)}
	copy(c.slots, n.slots)
	return c
}

func (m *Map[V]) set(n *node[V], h uint64, depth int, s slot[V]) *node[V] {
	i, found := n.find(h, depth, s.key)
	n = m.mine(n)
	switch {
	case !found:
		n.slots = append(n.slots, slot[V]{})
		copy(n.slots[i+1:], n.slots[i:])
		n.slots[i] = s
		if depth < height {
			n.used |= 1 << (h >> (depth * width) & mask)
		}
		m.n++
	case n.slots[i].next != nil:
		n.slots[i].next = m.set(n.slots[i].next, h, depth+1, s)
	case n.slots[i].key == s.key:
		n.slots[i].v = s.v
	default: // two keys share the slot: one more level
		other := n.slots[i]
		below := &node[V]{own: m.own}
		m.n-- // the one that moves down is counted already
		below = m.set(below, hash(other.key), depth+1, other)
		n.slots[i] = slot[V]{next: m.set(below, h, depth+1, s)}
	}
	return n
}

// remove returns n without the key, which it has; nil where nothing is left.
func (m *Map[V]) remove(n *node[V], h uint64, depth int, key string) *node[V] {
	i, _ := n.find(h, depth, key)
	n = m.mine(n)
	if next := n.slots[i].next; next != nil {
		if next = m.remove(next, h, depth+1, key); next != nil {
			n.slots[i].next = next
			return n
		}
	}
	if len(n.slots) == 1 {
		return nil
	}
	last := len(n.slots) - 1
	copy(n.slots[i:], n.slots[i+1:])
	n.slots[last] = slot[V]{}
	n.slots = n.slots[:last]
	if depth < height {
		n.used &^= 1 << (h >> (depth * width) & mask)
	}
	return n
}
