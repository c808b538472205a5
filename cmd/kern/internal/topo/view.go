package topo

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"
)

// hidden reports whether a drawing leaves a link out: a loopback that has no
// address of its own, since each namespace has one.
func (l *Link) hidden() bool {
	return l.Name == "lo" && l.Kind == "" && len(l.details()) == 0 && l.Master == 0 && len(l.far) == 0
}

// obvious reports whether an address says nothing of its link: the loopback's,
// and link-local IPv6.
func obvious(link, addr string) bool {
	p, err := netip.ParsePrefix(addr)
	if err != nil {
		return false
	}
	return p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() || link == "lo" && p.Addr().IsLoopback()
}

// Plain returns the map without what all namespaces have alike: loopbacks and
// link-local IPv6 addresses.
func (m *Map) Plain() *Map {
	out := &Map{}
	moved := map[End]End{}
	for i, ns := range m.Namespaces {
		plain := &Namespace{Name: ns.Name, Note: ns.Note, Links: []*Link{}}
		for k, l := range ns.Links {
			l := *l
			l.Addrs = slices.DeleteFunc(slices.Clone(l.Addrs), func(a string) bool { return obvious(l.Name, a) })
			if l.hidden() {
				continue
			}
			moved[End{i, k}] = End{i, len(plain.Links)}
			plain.Links = append(plain.Links, &l)
		}
		if len(plain.Links) == 0 && len(ns.Links) != 0 && ns.Note == "" {
			plain.Note = "nothing but lo"
		}
		out.Namespaces = append(out.Namespaces, plain)
	}
	for _, w := range m.Wires {
		out.Wires = append(out.Wires, Wire{w.Kind, moved[w.A], moved[w.B]})
	}
	return out
}

// Part returns the namespaces that names choose, each of which is a pattern
// as the shell has it, with the wires between them. Wires to others become names
// beside their links.
func (m *Map) Part(names []string) (*Map, error) {
	at := make([]int, len(m.Namespaces)) // where a namespace is in the part; -1: it is not
	for i := range at {
		at[i] = -1
	}
	out := &Map{}
	for _, name := range names {
		found := false
		for i, ns := range m.Namespaces {
			if !ns.is(name) {
				continue
			}
			if found = true; at[i] < 0 {
				at[i] = 0
			}
		}
		if !found {
			return nil, fmt.Errorf("no namespace that can be seen here is called %q", name)
		}
	}
	for i, ns := range m.Namespaces {
		if at[i] < 0 {
			continue
		}
		at[i] = len(out.Namespaces)
		chosen := &Namespace{Name: ns.Name, Note: ns.Note, Links: []*Link{}}
		for _, l := range ns.Links {
			l := *l
			l.far = slices.Clone(l.far)
			chosen.Links = append(chosen.Links, &l)
		}
		out.Namespaces = append(out.Namespaces, chosen)
	}
	for _, w := range m.Wires {
		a, b := at[w.A.NS], at[w.B.NS]
		switch {
		case a >= 0 && b >= 0:
			out.Wires = append(out.Wires, Wire{w.Kind, End{a, w.A.Link}, End{b, w.B.Link}})
		case a >= 0:
			out.link(End{a, w.A.Link}).leave(m.endText(w.B))
		case b >= 0:
			out.link(End{b, w.B.Link}).leave(m.endText(w.A))
		}
	}
	return out, nil
}

// leave notes that no wire leads to a far end.
func (l *Link) leave(name string) {
	for i := range l.far {
		if l.far[i].name == name {
			l.far[i].out = true
		}
	}
}

// is reports whether a pattern is one of the names that a namespace has: those
// of "this namespace, blue" are both, and of a process's its number and the
// program.
func (ns *Namespace) is(pattern string) bool {
	names := append(strings.Split(ns.Name, ", "), ns.Name)
	if program, pid, ok := strings.Cut(strings.TrimSuffix(ns.Name, ")"), " (pid "); ok {
		names = append(names, program, pid)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		ok, err := path.Match(pattern, name)
		return ok || err != nil && pattern == name || pattern == name
	})
}
