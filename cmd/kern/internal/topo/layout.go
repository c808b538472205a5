package topo

// columns arranges the namespaces for a drawing from left to right: each
// connected part begins with one of its ends, and a namespace stands one
// column behind the nearest one it is wired to. Parts follow each other from
// top to bottom: a part is its columns.
func (m *Map) columns() (parts [][][]int) {
	next := make([][]int, len(m.Namespaces))
	for _, w := range m.Wires {
		if w.A.NS != w.B.NS {
			next[w.A.NS] = append(next[w.A.NS], w.B.NS)
			next[w.B.NS] = append(next[w.B.NS], w.A.NS)
		}
	}
	done := make([]bool, len(m.Namespaces))
	for i := range m.Namespaces {
		if done[i] {
			continue
		}
		far := levels(next, i)
		part := levels(next, far[len(far)-1][0])
		if other := part[len(part)-1][0]; other < part[0][0] {
			part = levels(next, other) // the one named first is at the left
		}
		for _, column := range part {
			for _, n := range column {
				done[n] = true
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// levels are the nodes by their distance from one of them.
func levels(next [][]int, from int) [][]int {
	seen := map[int]bool{from: true}
	out := [][]int{{from}}
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
