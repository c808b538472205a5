package topo

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text draws the map with box characters: a box a namespace, one below the
// other, and the wires at the right of them. Where these would be too many to follow,
// the boxes stand beside each other, and the ends of wires have names.
func (m *Map) Text(w io.Writer) error {
	c := newCanvas(m)
	text := c.String()
	if len(c.lanes) > maxLanes || c.width+3*len(c.lanes) > textWide && len(c.wires) != 0 {
		text = m.boxes()
	}
	_, err := io.WriteString(w, text)
	return err
}

// maxLanes is how many wires may go down beside each other.
const maxLanes = 8

// textWide is how wide a text should get.
const textWide = 100

// canvas is the drawing: what stands in the boxes, and which line each link is
// on.
type canvas struct {
	lines []string      // without frame; "" for a line between boxes
	kind  []byte        // 't'op, 'r'ow, 'b'ottom
	line  map[End]int   // where a link stands
	width int           // of the widest line
	lanes [][]laneRange // the wires' vertical parts by lane
	wires []laneRange
}

// laneRange is a wire from one line down to another.
type laneRange struct {
	from, to, lane int
	dashed         bool
}

func newCanvas(m *Map) *canvas {
	c := &canvas{line: map[End]int{}}
	for i, ns := range m.Namespaces {
		c.add('t', " "+ns.Name+" ")
		if ns.Note != "" {
			c.add('r', " "+ns.Note+" ")
		}
		for _, line := range ns.lines(false, textWide-4) {
			if line.link >= 0 {
				c.line[End{i, line.link}] = len(c.lines)
			}
			c.add('r', line.text)
		}
		c.add('b', "")
	}
	for _, w := range m.Wires {
		a, b := c.line[w.A], c.line[w.B]
		c.wires = append(c.wires, laneRange{from: min(a, b), to: max(a, b), dashed: w.Kind != "veth"})
	}
	c.assignLanes()
	return c
}

// textLine is a line of a namespace's box.
type textLine struct {
	text string
	link int // that it begins; -1: it goes on with the addresses of the one above
}

// lines are the links of a namespace in columns, folded where they would be wider
// than wide; named: with what each is wired to.
func (ns *Namespace) lines(named bool, wide int) []textLine {
	rows := ns.rows()
	name, kind := 0, 0
	for _, r := range rows {
		l := ns.Links[r.link]
		name = max(name, 3*r.depth+utf8.RuneCountInString(ns.title(l)))
		kind = max(kind, len(l.Kind))
	}
	var out []textLine
	for _, r := range rows {
		l := ns.Links[r.link]
		left := indent(r) + ns.title(l)
		text := fmt.Sprintf(" %s%s  %-*s  %-4s", left, strings.Repeat(" ", name-utf8.RuneCountInString(left)), kind, l.Kind,
			l.state())
		start, link, first := utf8.RuneCountInString(text), r.link, true
		words := l.details()
		if far := l.farText(named); far != "" {
			words = append(words, far)
		}
		for _, w := range words {
			if !first && utf8.RuneCountInString(text)+2+utf8.RuneCountInString(w) >= wide {
				out = append(out, textLine{text + " ", link})
				text, link = strings.Repeat(" ", start), -1
			}
			text += "  " + w
			first = false
		}
		out = append(out, textLine{text + " ", link})
	}
	return out
}

func indent(r row) string {
	switch {
	case r.depth == 0:
		return ""
	case r.last:
		return strings.Repeat("   ", r.depth-1) + "└─ "
	}
	return strings.Repeat("   ", r.depth-1) + "├─ "
}

func (c *canvas) add(kind byte, text string) {
	c.kind = append(c.kind, kind)
	c.lines = append(c.lines, text)
	c.width = max(c.width, utf8.RuneCountInString(text))
}

// assignLanes puts short wires near the boxes, and no two that share a line
// into the same lane.
func (c *canvas) assignLanes() {
	order := make([]int, len(c.wires))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return (c.wires[a].to - c.wires[a].from) - (c.wires[b].to - c.wires[b].from)
	})
	for _, i := range order {
		w := &c.wires[i]
		w.lane = slices.IndexFunc(c.lanes, func(lane []laneRange) bool {
			return !slices.ContainsFunc(lane, func(o laneRange) bool { return o.from <= w.to && w.from <= o.to })
		})
		if w.lane < 0 {
			w.lane = len(c.lanes)
			c.lanes = append(c.lanes, nil)
		}
		c.lanes[w.lane] = append(c.lanes[w.lane], *w)
	}
}

// String puts the frames and the wires around the text.
func (c *canvas) String() string {
	var b strings.Builder
	for y, text := range c.lines {
		n := utf8.RuneCountInString(text)
		fill := c.width - n
		switch c.kind[y] {
		case 't':
			b.WriteString("╭─" + text + strings.Repeat("─", max(fill-1, 0)) + "╮")
		case 'b':
			b.WriteString("╰" + strings.Repeat("─", c.width) + "╯")
		default:
			edge := "│"
			if c.ends(y) {
				edge = "├"
			}
			b.WriteString("│" + text + strings.Repeat(" ", fill) + edge)
		}
		b.WriteString(strings.TrimRight(c.wireText(y), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

func (c *canvas) ends(y int) bool {
	return slices.ContainsFunc(c.wires, func(w laneRange) bool { return w.from == y || w.to == y })
}

// wireText draws the wires' part of a line, three columns a lane.
func (c *canvas) wireText(y int) string {
	cells := make([]rune, 3*len(c.lanes))
	for i := range cells {
		cells[i] = ' '
	}
	for _, w := range c.wires {
		if y > w.from && y < w.to {
			cells[3*w.lane+2] = pick(w.dashed, '┆', '│')
		}
	}
	for _, w := range c.wires {
		if y != w.from && y != w.to {
			continue
		}
		for x := range 3*w.lane + 2 {
			switch cells[x] {
			case '│', '┆', '┼':
				cells[x] = '┼'
			case '╮', '┬':
				cells[x] = '┬'
			case '╯', '┴':
				cells[x] = '┴'
			default:
				cells[x] = pick(w.dashed, '╌', '─')
			}
		}
		at := &cells[3*w.lane+2]
		beyond := *at == '─' || *at == '╌' // another wire goes on to the right
		switch {
		case y == w.to && beyond:
			*at = '┴'
		case y == w.to:
			*at = '╯'
		case beyond:
			*at = '┬'
		default:
			*at = '╮'
		}
	}
	return string(cells)
}

func pick(second bool, a, b rune) rune {
	if second {
		return a
	}
	return b
}
