package topo

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// SVG writes the map as one self-contained picture, light or dark as the
// reader has it.
func (m *Map) SVG(w io.Writer) error {
	d := newDrawing(m)
	d.place()
	for _, i := range d.order() {
		d.wire(i)
	}
	for i := range d.cards {
		d.card(i)
	}
	d.b.WriteString(d.plugs.String())
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" `+
		`width="%.0f" height="%.0f" role="img" aria-label="network topology" `+
		`font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12">`+
		`<style>%s</style><rect %s width="100%%" height="100%%"/>%s</svg>
`, d.width, d.height, d.width, d.height, darkStyle(), look("bg"), d.b.String())
	return err
}

type drawing struct {
	m             *Map
	cards         []card
	wires         []int       // by namespace: how many it has
	paints        map[End]int // the wire whose colour the name beside a link has
	width, height float64
	b             strings.Builder
	plugs         strings.Builder // the ends of wires, on top of all
}

func newDrawing(m *Map) *drawing {
	n := len(m.Namespaces)
	d := &drawing{m: m, cards: make([]card, n), wires: make([]int, n), paints: map[End]int{}}
	for i, w := range m.Wires {
		d.wires[w.A.NS]++
		d.wires[w.B.NS]++
		d.paints[w.A], d.paints[w.B] = i, i
	}
	return d
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

func (d *drawing) text(x, y float64, class, s string) {
	fmt.Fprintf(&d.b, `<text x="%.1f" y="%.1f" %s>%s</text>`, x, y, look(class), escape(s))
}

func (d *drawing) card(i int) {
	ns, k := d.m.Namespaces[i], &d.cards[i]
	fmt.Fprintf(&d.b, "\n"+`<rect %s x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="10"/>`,
		look("card"), k.x, k.y, k.w, k.h)
	fmt.Fprintf(&d.b, `<path %s d="M%.1f %.1fv-%.1fa9.5 9.5 0 0 1 9.5-9.5h%.1fa9.5 9.5 0 0 1 9.5 9.5v%.1fz"/>`,
		look("head"), k.x+.5, k.y+headHeight, headHeight-10, k.w-20, headHeight-10)
	fmt.Fprintf(&d.b, `<path %s d="M%.1f %.1fh%.1f"/>`, look("rule"), k.x, k.y+headHeight, k.w)
	d.text(k.x+cardPad, k.y+22, "ns", ns.Name)
	if ns.Note != "" {
		d.text(k.x+cardPad, k.y+headHeight+rowGap+lineHeight-5, "soft", ns.Note)
	}
	for _, r := range k.rows {
		d.row(i, r)
	}
}

func (d *drawing) row(i int, r row) {
	ns, k := d.m.Namespaces[i], &d.cards[i]
	l := ns.Links[r.link]
	y := k.y + k.rowY[r.link]
	x := k.x + cardPad
	state := l.state()
	fmt.Fprintf(&d.b, `<circle %s cx="%.1f" cy="%.1f" r="4"><title>%s, mtu %d %s</title></circle>`,
		look(state), x+4, y, state, l.MTU, escape(l.MAC))
	nameX := x + 16 + indentStep*float64(r.depth)
	if at := ns.find(l.above()); at >= 0 && r.depth > 0 {
		fmt.Fprintf(&d.b, `<path %s d="M%.1f %.1fV%.1fh8"/>`, look("tree"), nameX-10, k.y+k.rowY[at]+9, y)
	}
	d.text(nameX, y+4, "name", ns.title(l))
	tagX := x + 16 + k.names + 12
	if l.Kind != "" {
		fmt.Fprintf(&d.b, `<rect %s x="%.1f" y="%.1f" width="%.1f" height="16" rx="8"/>`,
			look("tag"), tagX, y-8, textWidth(l.Kind)*0.9+14)
		d.text(tagX+7, y+3.5, "tagtext", l.Kind)
	}
	for n, a := range l.details() {
		d.text(tagX+k.tags+12, y+4+lineHeight*float64(n), "addr", a)
	}
	if far := l.farText(k.named); far != "" {
		class, colour := d.wirePaint(d.paints[End{i, r.link}])
		fmt.Fprintf(&d.b, `<text x="%.1f" y="%.1f" class="t%s" fill="%s" text-anchor="end">%s</text>`,
			k.x+k.w-cardPad, y+4, class[1:], colour, escape(far))
	}
}

// order is that in which wires take the lanes past the cards of a grid: one that goes
// farther takes the lane that is nearer to its end at the hub, which is above those
// of the cards that follow.
func (d *drawing) order() []int {
	order := make([]int, len(d.m.Wires))
	for i := range order {
		order[i] = i
	}
	key := func(i int) (past, y float64) {
		w := d.m.Wires[i]
		for _, e := range [][2]End{{w.A, w.B}, {w.B, w.A}} {
			if k := &d.cards[e[0].NS]; k.grid != nil {
				hub := &d.cards[e[1].NS]
				past, y = float64(k.past), hub.y+hub.rowY[e[1].Link]
				if k.grid.left {
					past = -past
				}
			}
		}
		return past, y
	}
	slices.SortStableFunc(order, func(a, b int) int {
		ap, ay := key(a)
		bp, by := key(b)
		if ap != bp {
			return int(ap - bp)
		}
		return int(math.Copysign(1, ay-by))
	})
	return order
}

// wire draws a curve from card to card, or at the right of a column.
func (d *drawing) wire(i int) {
	w := d.m.Wires[i]
	a, b := &d.cards[w.A.NS], &d.cards[w.B.NS]
	ay, by := a.y+a.rowY[w.A.Link], b.y+b.rowY[w.B.Link]
	if b.column < a.column {
		a, b, ay, by = b, a, by, ay
	}
	x1, x2 := a.x+a.w, b.x
	var p strings.Builder
	fmt.Fprintf(&p, "M%.1f %.1f", x1, ay)
	switch {
	case a.column == b.column:
		x2 = b.x + b.w
		bulge := min(24+math.Abs(ay-by)*.18, 70)
		fmt.Fprintf(&p, "C%.1f %.1f %.1f %.1f %.1f %.1f", x1+bulge, ay, x2+bulge, by, x2, by)
	default:
		from, at := x1, ay
		if a.past > 0 && a.grid.left {
			lane := a.lane()
			curve(&p, from, at, from+gridGap, lane)
			fmt.Fprintf(&p, "H%.1f", a.grid.edge)
			from, at = a.grid.edge, lane
		}
		if b.past > 0 && !b.grid.left {
			lane := b.lane()
			curve(&p, from, at, b.grid.edge, lane)
			fmt.Fprintf(&p, "H%.1f", b.x-gridGap)
			from, at = b.x-gridGap, lane
		}
		curve(&p, from, at, x2, by)
	}
	class, colour := d.wirePaint(i)
	dashes := ""
	if w.Kind == "parent" {
		dashes = ` stroke-dasharray="2 5"`
	}
	fmt.Fprintf(&d.b, "\n"+`<path class="wire %s" fill="none" stroke="%s"%s d="%s"/>`,
		class, colour, dashes+` stroke-width="2" stroke-linecap="round"`, p.String())
	for _, end := range [][2]float64{{x1, ay}, {x2, by}} {
		fmt.Fprintf(&d.plugs, `<circle class="plug %s" cx="%.1f" cy="%.1f" r="4.5" stroke="%s" %s/>`,
			class, end[0], end[1], colour, `fill="#fbfaf8" stroke-width="2"`)
	}
}

// curve continues a path that leaves and arrives level.
func curve(p *strings.Builder, x1, y1, x2, y2 float64) {
	bend := (x2 - x1) * .55
	fmt.Fprintf(p, "C%.1f %.1f %.1f %.1f %.1f %.1f", x1+bend, y1, x2-bend, y2, x2, y2)
}

// lane is where the next wire goes past the cards between this one and its hub.
func (k *card) lane() float64 {
	g := k.grid
	g.used[k.line]++
	return g.lanes[k.line] + g.gap*float64(g.used[k.line])/float64(g.count[k.line]+1)
}
