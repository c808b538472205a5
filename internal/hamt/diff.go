package hamt

// Change is a key with its values in two maps; nil is none.
type Change[V any] struct {
	Key      string
	Old, New *V
}

// Diff gives what differs between two maps by equal. What they share is not looked at: two
// copies of a map take as long as there were changes between them.
func Diff[V any](before, after *Map[V], equal func(a, b V) bool) func(yield func(Change[V]) bool) {
	return func(yield func(Change[V]) bool) {
		d := differ[V]{equal: equal, yield: yield}
		d.nodes(before.root, after.root)
	}
}

type differ[V any] struct {
	equal func(a, b V) bool
	yield func(Change[V]) bool
}

func (d *differ[V]) nodes(a, b *node[V]) bool {
	switch {
	case a == b:
		return true
	case a == nil:
		return b.all(func(k string, v V) bool { return d.yield(Change[V]{Key: k, New: &v}) })
	case b == nil:
		return a.all(func(k string, v V) bool { return d.yield(Change[V]{Key: k, Old: &v}) })
	case a.used == 0 || b.used == 0: // lists of keys with one hash, or empty
		return d.subtrees(slot[V]{next: a}, slot[V]{next: b})
	}
	i, j := 0, 0
	for both := a.used | b.used; both != 0; both &= both - 1 {
		bit := both & -both
		var x, y slot[V]
		inA, inB := a.used&bit != 0, b.used&bit != 0
		if inA {
			x = a.slots[i]
			i++
		}
		if inB {
			y = b.slots[j]
			j++
		}
		if !d.slots(x, inA, y, inB) {
			return false
		}
	}
	return true
}

func (d *differ[V]) slots(x slot[V], inA bool, y slot[V], inB bool) bool {
	switch {
	case !inA:
		return y.all(func(k string, v V) bool { return d.yield(Change[V]{Key: k, New: &v}) })
	case !inB:
		return x.all(func(k string, v V) bool { return d.yield(Change[V]{Key: k, Old: &v}) })
	case x.next != nil && y.next != nil:
		return d.nodes(x.next, y.next)
	}
	return d.subtrees(x, y)
}

func (s *slot[V]) all(yield func(string, V) bool) bool {
	if s.next != nil {
		return s.next.all(yield)
	}
	return yield(s.key, s.v)
}

// subtrees compares slots that hold few keys and have different forms.
func (d *differ[V]) subtrees(x, y slot[V]) bool {
	old := map[string]V{}
	x.all(func(k string, v V) bool { old[k] = v; return true })
	if !y.all(func(k string, v V) bool {
		was, ok := old[k]
		delete(old, k)
		switch {
		case !ok:
			return d.yield(Change[V]{Key: k, New: &v})
		case !d.equal(was, v):
			return d.yield(Change[V]{Key: k, Old: &was, New: &v})
		}
		return true
	}) {
		return false
	}
	for k, v := range old {
		if !d.yield(Change[V]{Key: k, Old: &v}) {
			return false
		}
	}
	return true
}
