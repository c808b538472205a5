package netlink

import (
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// BenchmarkMirrorStorm makes a million changes of routes, far faster than a
// mirror with the least receive buffer can hear of them, and has the mirror
// verified at the end.
func BenchmarkMirrorStorm(b *testing.B) {
	const routes, rounds = 100_000, 5
	h, ns := newHandle(b)
	small, err := NewHandleAt(ns)
	if err != nil {
		b.Fatal(err)
	}
	defer small.Close()
	if err := small.SetSocketReceiveBufferSize(1, false); err != nil {
		b.Fatal(err)
	}
	m := newMirror(b, small, RouteTable)
	for b.Loop() {
		for range rounds {
			storm(b, h, 0, routes, (*Handle).RouteAdd)
			storm(b, h, 0, routes, (*Handle).RouteDel)
		}
		storm(b, h, 0, routes, (*Handle).RouteAdd)
		verify(b, m)
		if n := m.Snapshot().Len(RouteTable); n < routes {
			b.Fatalf("%d routes", n)
		}
		storm(b, h, 0, routes, (*Handle).RouteDel)
	}
	b.ReportMetric(float64(m.parts[0].reads)/float64(b.N), "repairs/op")
}

// BenchmarkMirrorEvent works notifications into a mirror of 100,000 routes: one
// that is new and its end, with a snapshot before that shares all the rest.
func BenchmarkMirrorEvent(b *testing.B) {
	h, _ := newHandle(b)
	storm(b, h, 0, 100_000, (*Handle).RouteAdd)
	m := newMirror(b, h, RouteTable)
	p := &partState{tablePart: m.parts[0].tablePart, objects: m.Snapshot().parts[0].objects}
	var raw string
	for _, group := range p.objects.All() {
		raw = group[0]
		break
	}
	key := p.key([]byte(raw))
	b.ReportAllocs()
	for b.Loop() {
		before := p.objects.Copy()
		for _, msg := range []wire.Message{
			{Type: uapi.RTM_DELROUTE, Data: []byte(raw)},
			{Type: uapi.RTM_NEWROUTE, Flags: uapi.NLM_F_CREATE | uapi.NLM_F_EXCL, Data: []byte(raw)},
		} {
			if changed, err := p.apply(key, msg); !changed || err != nil {
				b.Fatal(changed, err)
			}
		}
		if before.Len() != p.objects.Len() {
			b.Fatal("a route is missing")
		}
	}
}
