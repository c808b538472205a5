package topo

import (
	"strings"
	"unicode/utf8"
)

// boxes writes a part after the other: each namespace that has leaves with these
// below it, side by side; what stands alone comes last.
func (m *Map) boxes() string {
	var b strings.Builder
	var alone []int
	next := m.neighbours()
	for _, p := range m.parts() {
		var hubs []int // that have no leaves
		for _, n := range p.hubs() {
			var leaves []int
			for _, o := range next[n] {
				if p.gridded(o) {
					leaves = append(leaves, o)
				}
			}
			if len(leaves) == 0 {
				hubs = append(hubs, n)
				continue
			}
			m.shelves(&b, hubs)
			m.shelves(&b, []int{n})
			m.shelves(&b, leaves)
			hubs = nil
		}
		if len(p) == 1 && len(hubs) == 1 {
			alone = append(alone, hubs...)
			continue
		}
		m.shelves(&b, hubs)
	}
	m.shelves(&b, alone)
	return b.String()
}

// maxBeside is how many boxes may stand beside each other.
const maxBeside = 4

// shelves writes boxes of one width side by side, so that they take few lines.
func (m *Map) shelves(b *strings.Builder, nodes []int) {
	var best []string
	for each := 1; each <= min(maxBeside, len(nodes)); each++ {
		lines, wide := m.shelf(nodes, each)
		if best == nil || wide*each+each-1 <= textWide && len(lines) < len(best) {
			best = lines
		}
	}
	for _, line := range best {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// shelf returns the lines of boxes, with a given number beside each other, and how wide
// each is.
func (m *Map) shelf(nodes []int, each int) (lines []string, wide int) {
	boxes := make([][]string, len(nodes))
	for i, n := range nodes {
		ns := m.Namespaces[n]
		boxes[i] = []string{" " + ns.Name + " "}
		if ns.Note != "" {
			boxes[i] = append(boxes[i], " "+ns.Note+" ")
		}
		for _, line := range ns.lines(true, (textWide+1)/each-3) {
			boxes[i] = append(boxes[i], line.text)
		}
		for _, s := range boxes[i] {
			wide = max(wide, utf8.RuneCountInString(s))
		}
	}
	for len(boxes) != 0 {
		shelf := boxes[:min(each, len(boxes))]
		boxes = boxes[len(shelf):]
		tall := 0
		for _, box := range shelf {
			tall = max(tall, len(box))
		}
		for y := range tall + 1 {
			line := ""
			for x, box := range shelf {
				if x != 0 {
					line += " "
				}
				line += frame(box, y, wide)
			}
			lines = append(lines, line)
		}
	}
	return lines, wide + 2
}

// frame is a line of a box: its title, what it holds, its lower edge, and blanks
// below it.
func frame(box []string, y, wide int) string {
	switch {
	case y == 0:
		return "╭─" + box[0] + strings.Repeat("─", max(wide-1-utf8.RuneCountInString(box[0]), 0)) + "╮"
	case y < len(box):
		return "│" + box[y] + strings.Repeat(" ", wide-utf8.RuneCountInString(box[y])) + "│"
	case y == len(box):
		return "╰" + strings.Repeat("─", wide) + "╯"
	}
	return strings.Repeat(" ", wide+2)
}
