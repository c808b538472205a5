// Package topo is a picture of network namespaces: their links with masters,
// parents and addresses, and the wires between them. One description, a
// [Map], becomes text, DOT, SVG and JSON.
package topo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Map is a set of network namespaces and what connects them.
type Map struct {
	Namespaces []*Namespace
	Wires      []Wire
}

// Namespace is one network namespace.
type Namespace struct {
	Name  string  `json:"name"`           // how the caller knows it: its name, or a process in it
	Note  string  `json:"note,omitempty"` // why its links could not be read
	Links []*Link `json:"links"`
}

// Link is one network device.
type Link struct {
	Index  int      `json:"ifindex"`
	Name   string   `json:"ifname"`
	Kind   string   `json:"kind,omitempty"` // "veth", "bridge", …; "" for a plain device
	Up     bool     `json:"up"`
	MTU    int      `json:"mtu"`
	MAC    string   `json:"address,omitempty"`
	Addrs  []string `json:"addresses,omitempty"`
	Master int      `json:"master,omitempty"` // index of the bridge (…) it is a port of, in the same namespace
	Parent int      `json:"link,omitempty"`   // index of the link below it, in the same namespace

	// Traffic are queueing disciplines and filters in words, where they were asked for.
	Traffic []string `json:"traffic,omitempty"`

	// Where the other end of a pair, or the link below, is: its index and
	// the number the namespace has for the namespace it is in (-1: this one).
	peerIndex, peerNSID int
	peerHere            bool // peerIndex is in this namespace

	far []farEnd // what it is wired to
}

// pair reports whether links of a kind come in pairs, whose ends know each other.
func pair(kind string) bool { return kind == "veth" || kind == "netkit" || kind == "vxcan" }

// farEnd is what a link is wired to: a name to stand beside it.
type farEnd struct {
	arrow string // to the other end of a pair, to the link below, from the one above
	name  string // NAMESPACE:LINK
	out   bool   // no wire of the map leads to it
}

// End is one end of a wire: a link in a namespace, as indices into the map.
type End struct{ NS, Link int }

// Wire joins the ends of a pair, or a link and the link below it in another
// namespace.
type Wire struct {
	Kind string // that of a pair: "veth", "netkit" or "vxcan"; "parent": B is the link below A
	A, B End
}

// link returns the link at an end.
func (m *Map) link(e End) *Link { return m.Namespaces[e.NS].Links[e.Link] }

// find returns the position of the link with the given index, -1 if there is
// none.
func (ns *Namespace) find(index int) int {
	return slices.IndexFunc(ns.Links, func(l *Link) bool { return l.Index == index })
}

// wire adds the wires that the links' peer indices describe, and names at each
// end what it is wired to. target gives the namespace that ns knows by the number
// id, -1 if that is not in the map.
func (m *Map) wire(target func(ns, id int) int) {
	for i, ns := range m.Namespaces {
		for k, l := range ns.Links {
			if l.peerIndex == 0 {
				continue
			}
			other := i
			if !l.peerHere {
				other = target(i, l.peerNSID)
			}
			w := Wire{Kind: "parent", A: End{i, k}}
			if pair(l.Kind) {
				w.Kind = l.Kind
			}
			at := -1
			if other >= 0 {
				at = m.Namespaces[other].find(l.peerIndex)
			}
			if at < 0 {
				l.far = append(l.far, farEnd{w.arrow(), "if" + strconv.Itoa(l.peerIndex), true})
				continue
			}
			w.B = End{other, at}
			if w.Kind != "parent" && compareEnds(w.B, w.A) < 0 {
				continue // its other end says the same
			}
			m.Wires = append(m.Wires, w)
			m.nameEnds(w)
		}
	}
}

// arrow leads from the wire's end A to B.
func (w Wire) arrow() string {
	if w.Kind == "parent" {
		return "→"
	}
	return "⇄"
}

// nameEnds notes at both ends of a wire what the other one is.
func (m *Map) nameEnds(w Wire) {
	a, b := m.link(w.A), m.link(w.B)
	back := w.arrow()
	if w.Kind == "parent" {
		back = "←"
	}
	a.far = append(a.far, farEnd{arrow: w.arrow(), name: m.endText(w.B)})
	b.far = append(b.far, farEnd{arrow: back, name: m.endText(w.A)})
}

// endText is NAMESPACE:LINK.
func (m *Map) endText(e End) string { return m.Namespaces[e.NS].Name + ":" + m.link(e).Name }

// maxFar bounds the names beside one link.
const maxFar = 2

// farText names what a link is wired to; with all unset, only that to which no wire
// of the map leads.
func (l *Link) farText(all bool) string {
	var b strings.Builder
	shown, more := 0, 0
	for _, f := range l.far {
		switch {
		case !f.out && !all:
		case shown == maxFar:
			more++
		case shown == 0:
			b.WriteString(f.arrow + " " + f.name)
			shown++
		default:
			b.WriteString(", " + f.name)
			shown++
		}
	}
	if more != 0 {
		b.WriteString(" and " + strconv.Itoa(more) + " more")
	}
	return b.String()
}

func compareEnds(a, b End) int { return cmp.Or(cmp.Compare(a.NS, b.NS), cmp.Compare(a.Link, b.Link)) }

// row is one line of a namespace's box: a link and how deep it stands below
// its master or parent.
type row struct {
	link  int // index into Links
	depth int
	last  bool // the last of its siblings
}

// rows orders the links: below each those that it is the master or parent of.
func (ns *Namespace) rows() []row {
	below := map[int][]int{}
	for i, l := range ns.Links {
		up := l.above()
		if ns.find(up) < 0 || up == l.Index {
			up = 0
		}
		below[up] = append(below[up], i)
	}
	var out []row
	seen := make([]bool, len(ns.Links))
	var walk func(up, depth int)
	walk = func(up, depth int) {
		list := below[up]
		for n, i := range list {
			if seen[i] {
				continue
			}
			seen[i] = true
			out = append(out, row{i, depth, n == len(list)-1})
			walk(ns.Links[i].Index, depth+1)
		}
	}
	walk(0, 0)
	for i := range ns.Links { // masters in a circle would have been left out
		if !seen[i] {
			seen[i] = true
			out = append(out, row{i, 0, true})
		}
	}
	return out
}

// above is the index of the link that l is drawn below: its master, else its
// parent.
func (l *Link) above() int {
	if l.Master != 0 {
		return l.Master
	}
	return l.Parent
}

// title is the link's name as ip prints it, with the parent behind an @.
func (ns *Namespace) title(l *Link) string {
	if at := ns.find(l.Parent); l.Parent != 0 && at >= 0 {
		return l.Name + "@" + ns.Links[at].Name
	}
	return l.Name
}

// state is "up" or "down".
func (l *Link) state() string {
	if l.Up {
		return "up"
	}
	return "down"
}
