package topo

import (
	"cmp"
	"slices"
)

// column is what stands one below the other in a drawing: cards, and grids of cards.
type column []block

// block is a card, or a grid of cards that are wired to one other card only,
// their hub.
type block struct {
	nodes []int // in the order in which the hub has the wires to them
	grid  bool
	left  bool // the grid is at the left of its hub
	wide  int  // cards in a row of the grid
}

// part is what is connected: columns from left to right.
type part []column

// maxStack is how many cards may stand one below the other before leaves are laid
// around their hub.
const maxStack = 5

// parts arranges the namespaces for a drawing.
func (m *Map) parts() []part {
	next := m.neighbours()
	var out []part
	done := make([]bool, len(m.Namespaces))
	for i := range m.Namespaces {
		if done[i] {
			continue
		}
		levels := columns(next, i)
		tallest := 0
		for _, level := range levels {
			tallest = max(tallest, len(level))
			for _, n := range level {
				done[n] = true
			}
		}
		if tallest > maxStack {
			out = append(out, around(next, slices.Concat(levels...)))
			continue
		}
		var p part
		for _, level := range levels {
			p = append(p, cards(level))
		}
		out = append(out, p)
	}
	return out
}

func cards(nodes []int) column {
	var c column
	for _, n := range nodes {
		c = append(c, block{nodes: []int{n}})
	}
	return c
}

// neighbours are the namespaces that each is wired to, once each, in the order of
// its links as they are drawn.
func (m *Map) neighbours() [][]int {
	next := make([][]int, len(m.Namespaces))
	type port struct{ row, to int }
	ports := make([][]port, len(m.Namespaces))
	at := make([]map[int]int, len(m.Namespaces))
	for i, ns := range m.Namespaces {
		at[i] = map[int]int{}
		for y, r := range ns.rows() {
			at[i][r.link] = y
		}
	}
	for _, w := range m.Wires {
		if w.A.NS != w.B.NS {
			ports[w.A.NS] = append(ports[w.A.NS], port{at[w.A.NS][w.A.Link], w.B.NS})
			ports[w.B.NS] = append(ports[w.B.NS], port{at[w.B.NS][w.B.Link], w.A.NS})
		}
	}
	for i, p := range ports {
		slices.SortStableFunc(p, func(a, b port) int { return cmp.Compare(a.row, b.row) })
		for _, x := range p {
			if !slices.Contains(next[i], x.to) {
				next[i] = append(next[i], x.to)
			}
		}
	}
	return next
}

// columns arranges the part that a namespace is in: it begins with one of its
// ends, and a namespace stands one column behind the nearest one it is wired to.
func columns(next [][]int, i int) [][]int {
	far := levels(next, i)
	part := levels(next, far[len(far)-1][0])
	if other := part[len(part)-1][0]; other < part[0][0] {
		part = levels(next, other) // the one named first is at the left
	}
	return part
}

// levels are the nodes by their distance from one of them.
func levels(next [][]int, from int) [][]int {
	return levelsWithout(next, []int{from}, -1)
}

// levelsWithout are the nodes by their distance from some of them, on ways that
// do not lead through one.
func levelsWithout(next [][]int, from []int, without int) [][]int {
	seen := map[int]bool{without: true}
	for _, n := range from {
		seen[n] = true
	}
	out := [][]int{from}
	for {
		var level []int
		for _, n := range out[len(out)-1] {
			for _, o := range next[n] {
				if !seen[o] {
					seen[o] = true
					level = append(level, o)
				}
			}
		}
		if level == nil {
			return out
		}
		out = append(out, level)
	}
}

// around arranges a large part around the namespace that has most neighbours:
// what hangs on it goes to its left and its right, and leaves, which
// are wired to one namespace only, stand in grids beside that.
func around(next [][]int, nodes []int) part {
	center := nodes[0]
	for _, n := range nodes {
		if len(next[n]) > len(next[center]) {
			center = n
		}
	}
	a := &arrangement{next: next, sides: [2][]column{}}
	var weight [2]int
	var leaves []int
	seen := map[int]bool{}
	for _, n := range next[center] {
		switch {
		case seen[n]:
		case a.leaf(n):
			leaves = append(leaves, n)
		default:
			branch := levelsWithout(next, []int{n}, center)
			var first []int // of the branch, those that the centre is wired to
			for _, n := range slices.Concat(branch...) {
				seen[n] = true
			}
			for _, o := range next[center] {
				if slices.Contains(slices.Concat(branch...), o) && !a.leaf(o) {
					first = append(first, o)
				}
			}
			side := 1
			if weight[0] < weight[1] {
				side = 0
			}
			weight[side] += len(slices.Concat(branch...))
			a.branch(side, levelsWithout(next, first, center))
		}
	}
	a.centre(leaves, weight)
	p := part{}
	for _, c := range slices.Backward(a.sides[0]) {
		p = append(p, c)
	}
	p = append(p, cards([]int{center}))
	return append(p, a.sides[1]...)
}

// arrangement is what stands at the left and at the right of a centre, from it
// outwards.
type arrangement struct {
	next  [][]int
	sides [2][]column
}

func (a *arrangement) leaf(n int) bool { return len(a.next[n]) == 1 }

func (a *arrangement) add(side, distance int, b block) {
	for len(a.sides[side]) <= distance {
		a.sides[side] = append(a.sides[side], nil)
	}
	a.sides[side][distance] = append(a.sides[side][distance], b)
}

// branch adds levels of namespaces to a side: leaves in grids beside their hubs.
func (a *arrangement) branch(side int, levels [][]int) {
	for distance, level := range levels {
		for _, n := range level {
			if a.leaf(n) {
				continue
			}
			a.add(side, distance, block{nodes: []int{n}})
			var leaves []int
			for _, o := range a.next[n] {
				if a.leaf(o) {
					leaves = append(leaves, o)
				}
			}
			a.grid(side, distance+1, leaves)
		}
	}
}

func (a *arrangement) grid(side, distance int, leaves []int) {
	if len(leaves) != 0 {
		a.add(side, distance, block{nodes: leaves, grid: true, left: side == 0, wide: 1})
	}
}

// centre adds the leaves of the centre, in turn to the left and to the right, so that
// wires on each side go to all of the centre's height; weight is what stands there.
func (a *arrangement) centre(leaves []int, weight [2]int) {
	left := min(max(len(leaves)+weight[1]-weight[0], 0)/2, len(leaves))
	var sides [2][]int
	for i, n := range leaves {
		side := 1
		if (i+1)*left/len(leaves) > i*left/len(leaves) {
			side = 0
		}
		sides[side] = append(sides[side], n)
	}
	a.grid(0, 0, sides[0])
	a.grid(1, 0, sides[1])
}

// hubs are the namespaces of a part that are in no grid.
func (p part) hubs() []int {
	var out []int
	for _, c := range p {
		for _, b := range c {
			if !b.grid {
				out = append(out, b.nodes...)
			}
		}
	}
	return out
}

// gridded reports whether a namespace is in a grid of the part.
func (p part) gridded(n int) bool {
	return slices.ContainsFunc(p, func(c column) bool {
		return slices.ContainsFunc(c, func(b block) bool { return b.grid && slices.Contains(b.nodes, n) })
	})
}
