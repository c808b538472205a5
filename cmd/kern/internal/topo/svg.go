package topo

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
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
	margin     = 26.0
	indentStep = 16.0
)

const svgStyle = `
:root{--bg:#fbfaf8;--card:#fff;--line:#d9d4cc;--ink:#26231f;--soft:#7a736a;--head:#f1eee8;--up:#2f9e63;--down:#c2bbb0;--wire:#4a6fa5;--tag:#e9edf5;--tagink:#3c5c8c}
@media (prefers-color-scheme:dark){:root{--bg:#191817;--card:#232120;--line:#3d3a37;--ink:#ece8e1;--soft:#a19a90;--head:#2c2a28;--up:#4cc38a;--down:#5c5751;--wire:#8fb1e3;--tag:#2e3746;--tagink:#b9cef0}}
text{font:12px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:var(--ink)}
.bg{fill:var(--bg)}.card{fill:var(--card);stroke:var(--line)}.head{fill:var(--head)}.rule{stroke:var(--line)}
.ns{font-weight:700;font-size:13px}.soft{fill:var(--soft)}.name{font-weight:600}.tag{fill:var(--tag)}.tagtext{fill:var(--tagink);font-size:10.5px}
.up{fill:var(--up)}.down{fill:var(--down)}.tree{stroke:var(--line);fill:none;stroke-width:1.4}
.wire{stroke:var(--wire);fill:none;stroke-width:2;stroke-linecap:round}.parent{stroke-dasharray:2 5}.plug{fill:var(--bg);stroke:var(--wire);stroke-width:2}
`

// card is a namespace's box.
type card struct {
	x, y, w, h float64
	rows       []row
	rowY       map[int]float64 // the middle of each link's first line
	names      float64         // width of the column of names
	tags       float64         // width of the column of kinds
	column     int
}

// SVG writes the map as one self-contained picture, light or dark as the
// reader has it.
func (m *Map) SVG(w io.Writer) error {
	d := &drawing{m: m, cards: make([]card, len(m.Namespaces))}
	d.place()
	for i := range d.cards {
		d.card(i)
	}
	for _, w := range m.Wires {
		d.wire(w)
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="network topology"><style>%s</style><rect class="bg" width="100%%" height="100%%"/>%s</svg>
`, d.width, d.height, d.width, d.height, svgStyle, d.b.String())
	return err
}

type drawing struct {
	m             *Map
	cards         []card
	width, height float64
	b             strings.Builder
}

// place gives every card its size and position.
func (d *drawing) place() {
	y := margin
	for _, part := range d.m.columns() {
		heights := make([]float64, len(part))
		tallest := 0.0
		for c, column := range part {
			for _, i := range column {
				d.measure(i)
				heights[c] += d.cards[i].h + cardGap
			}
			heights[c] -= cardGap
			tallest = max(tallest, heights[c])
		}
		x := margin
		for c, column := range part {
			wide := 0.0
			for _, i := range column {
				wide = max(wide, d.cards[i].w)
			}
			cy := y + (tallest-heights[c])/2
			for _, i := range column {
				k := &d.cards[i]
				k.x, k.y, k.w, k.column = x, cy, wide, c
				cy += k.h + cardGap
			}
			x += wide + columnGap
		}
		d.width = max(d.width, x-columnGap+margin)
		y += tallest + cardGap
	}
	// Wires within a column bulge to the right of it.
	for _, w := range d.m.Wires {
		if a, b := d.cards[w.A.NS], d.cards[w.B.NS]; a.column == b.column {
			d.width = max(d.width, a.x+a.w+margin+60)
		}
	}
	d.height = y - cardGap + margin
}

func textWidth(s string) float64 { return charWidth * float64(utf8.RuneCountInString(s)) }

func (d *drawing) measure(i int) {
	ns, k := d.m.Namespaces[i], &d.cards[i]
	k.rows, k.rowY = ns.rows(), map[int]float64{}
	addrs := 0.0
	k.h = headHeight + rowGap
	for _, r := range k.rows {
		l := ns.Links[r.link]
		k.names = max(k.names, indentStep*float64(r.depth)+textWidth(ns.title(l)))
		if l.Kind != "" {
			k.tags = max(k.tags, textWidth(l.Kind)*0.9+14)
		}
		for _, a := range l.Addrs {
			addrs = max(addrs, textWidth(a))
		}
		k.rowY[r.link] = k.h + lineHeight/2
		k.h += lineHeight*math.Max(1, float64(len(l.Addrs))) + rowGap
	}
	if ns.Note != "" {
		k.h += lineHeight + rowGap
	}
	k.w = cardPad*2 + 16 + k.names + 12 + k.tags + 12 + addrs
	k.w = max(k.w, cardPad*2+textWidth(ns.Name)*1.1, cardPad*2+textWidth(ns.Note))
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

func (d *drawing) text(x, y float64, class, s string) {
	fmt.Fprintf(&d.b, `<text x="%.1f" y="%.1f" class="%s">%s</text>`, x, y, class, escape(s))
}

func (d *drawing) card(i int) {
	ns, k := d.m.Namespaces[i], &d.cards[i]
	fmt.Fprintf(&d.b, `<rect class="card" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="10"/>`, k.x, k.y, k.w, k.h)
	fmt.Fprintf(&d.b, `<path class="head" d="M%.1f %.1fv-%.1fa9.5 9.5 0 0 1 9.5-9.5h%.1fa9.5 9.5 0 0 1 9.5 9.5v%.1fz"/>`,
		k.x+.5, k.y+headHeight, headHeight-10, k.w-20, headHeight-10)
	fmt.Fprintf(&d.b, `<path class="rule" d="M%.1f %.1fh%.1f"/>`, k.x, k.y+headHeight, k.w)
	d.text(k.x+cardPad, k.y+22, "ns", ns.Name)
	if ns.Note != "" {
		d.text(k.x+cardPad, k.y+headHeight+rowGap+lineHeight-5, "soft", ns.Note)
	}
	for _, r := range k.rows {
		d.row(ns, k, r)
	}
}

func (d *drawing) row(ns *Namespace, k *card, r row) {
	l := ns.Links[r.link]
	y := k.y + k.rowY[r.link]
	x := k.x + cardPad
	state := l.state()
	fmt.Fprintf(&d.b, `<circle class="%s" cx="%.1f" cy="%.1f" r="4"><title>%s, mtu %d %s</title></circle>`, state, x+4, y, state, l.MTU, escape(l.MAC))
	nameX := x + 16 + indentStep*float64(r.depth)
	if at := ns.find(l.above()); at >= 0 && r.depth > 0 {
		fmt.Fprintf(&d.b, `<path class="tree" d="M%.1f %.1fV%.1fh8"/>`, nameX-10, k.y+k.rowY[at]+9, y)
	}
	d.text(nameX, y+4, "name", ns.title(l))
	tagX := x + 16 + k.names + 12
	if l.Kind != "" {
		fmt.Fprintf(&d.b, `<rect class="tag" x="%.1f" y="%.1f" width="%.1f" height="16" rx="8"/>`, tagX, y-8, textWidth(l.Kind)*0.9+14)
		d.text(tagX+7, y+3.5, "tagtext", l.Kind)
	}
	for n, a := range l.Addrs {
		d.text(tagX+k.tags+12, y+4+lineHeight*float64(n), "addr", a)
	}
}

// wire draws a curve from card to card, or at the right of a column.
func (d *drawing) wire(w Wire) {
	a, b := &d.cards[w.A.NS], &d.cards[w.B.NS]
	ay, by := a.y+a.rowY[w.A.Link], b.y+b.rowY[w.B.Link]
	if b.column < a.column {
		a, b, ay, by = b, a, by, ay
	}
	x1, x2 := a.x+a.w, b.x
	c1, c2 := x1+columnGap*.55, x2-columnGap*.55
	if a.column == b.column {
		x2 = b.x + b.w
		bulge := min(24+math.Abs(ay-by)*.18, 70)
		c1, c2 = x1+bulge, x2+bulge
	}
	class := "wire"
	if w.Kind != "veth" {
		class = "wire parent"
	}
	fmt.Fprintf(&d.b, `<path class="%s" d="M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f"/>`, class, x1, ay, c1, ay, c2, by, x2, by)
	for _, p := range [][2]float64{{x1, ay}, {x2, by}} {
		fmt.Fprintf(&d.b, `<circle class="plug" cx="%.1f" cy="%.1f" r="4.5"/>`, p[0], p[1])
	}
}
