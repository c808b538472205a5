package hamt

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
)

// pair is a Map and what it is to hold.
type pair struct {
	m    Map[int]
	want map[string]int
}

func (p *pair) copy() pair { return pair{m: p.m.Copy(), want: maps.Clone(p.want)} }

func (p *pair) check(t *testing.T) {
	t.Helper()
	if p.m.Len() != len(p.want) {
		t.Fatalf("Len is %d, want %d", p.m.Len(), len(p.want))
	}
	if got := maps.Collect(p.m.All()); !maps.Equal(got, p.want) {
		t.Fatalf("All gives %d keys, want %d", len(got), len(p.want))
	}
	for k, v := range p.want {
		if got, ok := p.m.Get(k); !ok || got != v {
			t.Fatalf("Get(%q) is %d, %v, want %d", k, got, ok, v)
		}
	}
}

func TestMapAgainstABuiltInOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := pair{want: map[string]int{}}
	var kept []pair
	for step := range 50_000 {
		k := fmt.Sprint(r.IntN(3000))
		if r.IntN(3) == 0 {
			p.m.Delete(k)
			delete(p.want, k)
		} else {
			p.m.Set(k, step)
			p.want[k] = step
		}
		if step%5000 == 0 {
			kept = append(kept, p.copy())
		}
	}
	p.check(t)
	for _, old := range kept {
		old.check(t) // no later change has reached it
	}
	for k := range p.want {
		p.m.Delete(k)
	}
	clear(p.want)
	p.check(t)
	if _, ok := p.m.Get("1"); ok {
		t.Error("an empty map has a key")
	}
}

func TestCopyCanBeChanged(t *testing.T) {
	a := pair{want: map[string]int{}}
	for i := range 100 {
		k := fmt.Sprint(i)
		a.m.Set(k, i)
		a.want[k] = i
	}
	b := a.copy()
	for i := range 100 {
		k := fmt.Sprint(2 * i)
		a.m.Set(k, -1)
		a.want[k] = -1
		b.m.Delete(k)
		delete(b.want, k)
	}
	a.check(t)
	b.check(t)
}

func TestDiffReportsWhatChanged(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	p := pair{want: map[string]int{}}
	for round := range 200 {
		before := p.copy()
		for range r.IntN(60) {
			k := fmt.Sprint(r.IntN(400))
			switch r.IntN(3) {
			case 0:
				p.m.Delete(k)
				delete(p.want, k)
			default:
				v := r.IntN(3)
				p.m.Set(k, v)
				p.want[k] = v
			}
		}
		got := before.want
		for c := range Diff(&before.m, &p.m, func(a, b int) bool { return a == b }) {
			was, ok := got[c.Key]
			if ok != (c.Old != nil) || ok && was != *c.Old {
				t.Fatalf("round %d: %s was %d, %v; the change says %v", round, c.Key, was, ok, c.Old)
			}
			if c.New == nil {
				delete(got, c.Key)
			} else if ok && was == *c.New {
				t.Fatalf("round %d: %s has not changed", round, c.Key)
			} else {
				got[c.Key] = *c.New
			}
		}
		if !maps.Equal(got, p.want) {
			t.Fatalf("round %d: the changes lead to other content", round)
		}
	}
}

func TestDiffLooksOnlyAtWhatChanged(t *testing.T) {
	var m Map[int]
	for i := range 100_000 {
		m.Set(fmt.Sprint(i), i)
	}
	before := m.Copy()
	m.Set("17", -1)
	looked, changes := 0, 0
	for range Diff(&before, &m, func(a, b int) bool { looked++; return a == b }) {
		changes++
	}
	if changes != 1 || looked > 1000 {
		t.Errorf("%d changes, and %d values compared", changes, looked)
	}
}

func BenchmarkSet(b *testing.B) {
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = fmt.Sprint(i)
	}
	b.Run("fill", func(b *testing.B) {
		b.ReportAllocs()
		var m Map[int]
		for i := range b.N {
			m.Set(keys[i%len(keys)], i)
		}
	})
	b.Run("copied", func(b *testing.B) {
		b.ReportAllocs()
		var m Map[int]
		for i := range b.N {
			m.Set(keys[i%len(keys)], i)
			m.Copy()
		}
	})
}
