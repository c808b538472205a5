package topo

import (
	"math"
	"unicode/utf8"
)

// Measures of the drawing in pixels; text is in a font of fixed width.
const (
	charWidth  = 7.25
	lineHeight = 19.0
	rowGap     = 9.0
	headHeight = 34.0
	cardPad    = 14.0
	cardGap    = 28.0
	columnGap  = 110.0
	gridGap    = 52.0 // between the columns of a grid
	laneGap    = 9.0  // between wires that go past cards of a grid
	margin     = 26.0
	indentStep = 16.0

	tallEnough = 760.0  // a column may have, before its grids get wider
	shelfWidth = 1400.0 // of parts beside each other
	longStack  = 1000.0 // what parts below each other may have
)

// card is a namespace's box.
type card struct {
	x, y, w, h float64
	rows       []row
	rowY       map[int]float64 // the middle of each link's first line
	names      float64         // width of the column of names
	tags       float64         // width of the column of kinds
	addrs      float64         // width of the column of addresses
	named      bool            // the other ends of wires are named
	part       int
	column     int

	grid *grid // that it is a part of; nil: none
	past int   // cards between it and its hub
	line int   // of the grid
}

// grid is where the cards of a grid are.
type grid struct {
	left        bool
	edge        float64   // at the side of the hub
	lanes       []float64 // by line: where the wires that go past its cards begin
	used, count []int     // by line: wires of these
	gap         float64   // between lines
}

func textWidth(s string) float64 { return charWidth * float64(utf8.RuneCountInString(s)) }

// place gives every card its size and position.
func (d *drawing) place() {
	parts := d.m.parts()
	type size struct{ w, h float64 }
	sizes := make([]size, len(parts))
	stack, widest := 0.0, shelfWidth
	for i, p := range parts {
		sizes[i].w, sizes[i].h = d.placePart(i, p)
		stack += sizes[i].h + cardGap
		widest = max(widest, sizes[i].w)
	}
	// Parts stand below each other, many of them on shelves.
	x, y, tall := margin, margin, 0.0
	for i := range parts {
		if stack <= longStack || x+sizes[i].w > margin+widest {
			if i != 0 {
				y += tall + cardGap
			}
			x, tall = margin, 0
		}
		d.move(i, x, y)
		x += sizes[i].w + cardGap
		tall = max(tall, sizes[i].h)
		d.width = max(d.width, x-cardGap+margin)
	}
	d.height = y + tall + margin
}

// move shifts what was placed at the origin.
func (d *drawing) move(part int, x, y float64) {
	moved := map[*grid]bool{}
	for i := range d.cards {
		k := &d.cards[i]
		if k.part != part {
			continue
		}
		k.x, k.y = k.x+x, k.y+y
		if g := k.grid; g != nil && !moved[g] {
			moved[g] = true
			g.edge += x
			for l := range g.lanes {
				g.lanes[l] += y
			}
		}
	}
}

// placePart places the cards of a part at the origin and returns its size.
func (d *drawing) placePart(number int, p part) (w, h float64) {
	large := false // wires are many: their ends have names
	for _, c := range p {
		for _, b := range c {
			large = large || b.grid
		}
		large = large || len(c) > maxStack
	}
	for _, c := range p {
		for _, b := range c {
			for _, n := range b.nodes {
				d.cards[n].named = large && !b.grid
				d.cards[n].part = number
				d.measure(n)
			}
		}
	}
	enough := tallEnough
	for _, c := range p {
		single := -cardGap
		for _, b := range c {
			if !b.grid {
				single += d.cards[b.nodes[0]].h + cardGap
			}
		}
		enough = max(enough, single)
	}
	for _, c := range p {
		d.widen(c, enough)
		h = max(h, d.columnHeight(c))
	}
	for at, c := range p {
		if at != 0 {
			w += columnGap
		}
		w += d.placeColumn(c, at, w, (h-d.columnHeight(c))/2)
	}
	// Wires within a column bulge to the right of it.
	for _, x := range d.m.Wires {
		if a, b := d.cards[x.A.NS], d.cards[x.B.NS]; a.part == number && b.part == number && a.column == b.column {
			w = max(w, a.x+a.w+60)
		}
	}
	return w, h
}

// widen makes the grids of a column wider until it is low enough.
func (d *drawing) widen(c column, enough float64) {
	for d.columnHeight(c) > enough {
		tallest := -1
		for i, b := range c {
			if b.grid && b.wide < len(b.nodes) && (tallest < 0 || b.lines() > c[tallest].lines()) {
				tallest = i
			}
		}
		if tallest < 0 {
			return
		}
		c[tallest].wide++
	}
}

// lines is how many lines of cards a block has.
func (b block) lines() int { return (len(b.nodes) + max(b.wide, 1) - 1) / max(b.wide, 1) }

func (d *drawing) columnHeight(c column) float64 {
	h := -cardGap
	for _, b := range c {
		h += d.blockHeight(b) + cardGap
	}
	return h
}

func (d *drawing) blockHeight(b block) float64 {
	if !b.grid {
		return d.cards[b.nodes[0]].h
	}
	h := 0.0
	for line := range b.lines() {
		h += d.lineHeight(b, line) + d.lineGap(b)
	}
	if b.wide == 1 {
		h -= d.lineGap(b)
	}
	return h
}

// cells are the cards of a line of a grid.
func (b block) cells(line int) []int {
	return b.nodes[line*b.wide : min((line+1)*b.wide, len(b.nodes))]
}

func (d *drawing) lineHeight(b block, line int) float64 {
	h := 0.0
	for _, n := range b.cells(line) {
		h = max(h, d.cards[n].h)
	}
	return h
}

// lineGap is the space between the lines of a grid, where wires go past cards.
func (d *drawing) lineGap(b block) float64 {
	most := 0
	for line := range b.lines() {
		most = max(most, d.passing(b, line))
	}
	return max(cardGap, laneGap*float64(most+1))
}

// passing is how many wires go past cards of a line: those of all but the card
// beside the hub.
func (d *drawing) passing(b block, line int) int {
	n := 0
	for t, cell := range b.cells(line) {
		if b.past(line, t) > 0 {
			n += d.wires[cell]
		}
	}
	return n
}

// past is how many cards are between the hub and the card at position t of a line.
func (b block) past(line, t int) int {
	if b.left {
		return len(b.cells(line)) - 1 - t
	}
	return t
}

// placeColumn places what stands in a column and returns its width.
func (d *drawing) placeColumn(c column, at int, x, y float64) float64 {
	single, widest := 0.0, 0.0
	for _, b := range c {
		if b.grid {
			widest = max(widest, d.gridWidth(b))
		} else {
			single = max(single, d.cards[b.nodes[0]].w)
		}
	}
	widest = max(widest, single)
	for _, b := range c {
		if b.grid {
			d.placeGrid(b, at, x, y, widest)
		} else {
			k := &d.cards[b.nodes[0]]
			k.x, k.y, k.w, k.column = x+(widest-single)/2, y, single, at
		}
		y += d.blockHeight(b) + cardGap
	}
	return widest
}

func (d *drawing) cellWidth(b block) float64 {
	w := 0.0
	for _, n := range b.nodes {
		w = max(w, d.cards[n].w)
	}
	return w
}

func (d *drawing) gridWidth(b block) float64 {
	return float64(b.wide)*(d.cellWidth(b)+gridGap) - gridGap
}

// placeGrid places the cards of a grid: its lines begin at the hub.
func (d *drawing) placeGrid(b block, at int, x, y, width float64) {
	g := &grid{left: b.left, gap: d.lineGap(b), edge: x}
	if b.left {
		g.edge = x + width
		if b.wide > 1 {
			y += g.gap // wires go past above the cards
		}
	}
	w := d.cellWidth(b)
	for line := range b.lines() {
		tall := d.lineHeight(b, line)
		for t, n := range b.cells(line) {
			k := &d.cards[n]
			k.grid, k.past, k.line, k.column = g, b.past(line, t), line, at
			k.w, k.y = w, y
			k.x = g.edge + float64(k.past)*(w+gridGap)
			if b.left {
				k.x = g.edge - w - float64(k.past)*(w+gridGap)
			}
		}
		lane := y + tall
		if b.left {
			lane = y - g.gap
		}
		g.lanes = append(g.lanes, lane)
		g.used = append(g.used, 0)
		g.count = append(g.count, d.passing(b, line))
		y += tall + g.gap
	}
}

// measure sets the size of a namespace's card.
func (d *drawing) measure(i int) {
	ns, k := d.m.Namespaces[i], &d.cards[i]
	k.rows, k.rowY = ns.rows(), map[int]float64{}
	far := 0.0
	k.h = headHeight + rowGap
	for _, r := range k.rows {
		l := ns.Links[r.link]
		k.names = max(k.names, indentStep*float64(r.depth)+textWidth(ns.title(l)))
		if l.Kind != "" {
			k.tags = max(k.tags, textWidth(l.Kind)*0.9+14)
		}
		for _, a := range l.details() {
			k.addrs = max(k.addrs, textWidth(a))
		}
		if s := l.farText(k.named); s != "" {
			far = max(far, 12+textWidth(s))
		}
		k.rowY[r.link] = k.h + lineHeight/2
		k.h += lineHeight*math.Max(1, float64(len(l.details()))) + rowGap
	}
	if ns.Note != "" {
		k.h += lineHeight + rowGap
	}
	k.w = cardPad*2 + 16 + k.names + 12 + k.tags + 12 + k.addrs + far
	k.w = max(k.w, cardPad*2+textWidth(ns.Name)*1.1, cardPad*2+textWidth(ns.Note))
}
