package topo

import (
	"fmt"
	"io"
	"strings"
)

// Stage is a part of the path of a packet.
type Stage struct {
	Title  string     `json:"title"`
	Begins bool       `json:"begins,omitempty"` // the packet does not come from the stage before
	Rows   []StageRow `json:"rows,omitempty"`
}

// StageRow is a line of a stage.
type StageRow struct {
	Depth int    `json:"depth"` // how many lines above it are around it
	Text  string `json:"text"`
}

// PathText draws a path as text.
func PathText(w io.Writer, path []Stage) error {
	var b strings.Builder
	for i, s := range path {
		switch {
		case i == 0:
		case s.Begins:
			b.WriteByte('\n')
		default:
			b.WriteString("  ↓\n")
		}
		b.WriteString(s.Title + "\n")
		for n, r := range s.Rows {
			b.WriteString("  " + s.branch(n) + r.Text + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// branch is the lines of the tree in front of a row.
func (s *Stage) branch(n int) string {
	depth := s.Rows[n].Depth
	if depth == 0 {
		return ""
	}
	text := "├─ "
	if !s.goesOn(n, depth) {
		text = "└─ "
	}
	for d := depth - 1; d > 0; d-- {
		if s.goesOn(n, d) {
			text = "│  " + text
		} else {
			text = "   " + text
		}
	}
	return text
}

// goesOn reports whether another row of a depth follows below the same one.
func (s *Stage) goesOn(n, depth int) bool {
	for _, r := range s.Rows[n+1:] {
		if r.Depth <= depth {
			return r.Depth == depth
		}
	}
	return false
}

// PathSVG draws a path as one self-contained picture: stages below each other.
func PathSVG(w io.Writer, label string, path []Stage) error {
	const arrow = 34.0
	wide := 0.0
	for _, s := range path {
		wide = max(wide, textWidth(s.Title)*1.1)
		for _, r := range s.Rows {
			wide = max(wide, indentStep*float64(r.Depth)+textWidth(r.Text))
		}
	}
	d := &drawing{}
	wide += 2 * cardPad
	y := margin
	for i, s := range path {
		if i > 0 {
			if !s.Begins {
				d.arrow(margin+wide/2, y, y+arrow)
			}
			y += arrow
		}
		high := headHeight
		if len(s.Rows) > 0 {
			high += rowGap + lineHeight*float64(len(s.Rows)) + rowGap
		}
		d.stage(&s, margin, y, wide, high)
		y += high
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" `+
		`width="%.0f" height="%.0f" role="img" aria-label="%s" `+
		`font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12">`+
		`<style>%s</style><rect %s width="100%%" height="100%%"/>%s</svg>
`, wide+2*margin, y+margin, wide+2*margin, y+margin, escape(label), darkStyle(), look("bg"), d.b.String())
	return err
}

// arrow leads down.
func (d *drawing) arrow(x, from, to float64) {
	colour := wireColours[0][0]
	fmt.Fprintf(&d.b, "\n"+`<path class="w0" fill="none" stroke="%s" stroke-width="2" stroke-linecap="round" `+
		`d="M%.1f %.1fV%.1fm-6 -7l6 7l6 -7"/>`, colour, x, from+3, to-3)
}

func (d *drawing) stage(s *Stage, x, y, w, h float64) {
	fmt.Fprintf(&d.b, "\n"+`<rect %s x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="10"/>`, look("card"), x, y, w, h)
	d.text(x+cardPad, y+22, "ns", s.Title)
	if len(s.Rows) == 0 {
		return
	}
	fmt.Fprintf(&d.b, `<path %s d="M%.1f %.1fh%.1f"/>`, look("rule"), x, y+headHeight, w)
	middle := func(n int) float64 { return y + headHeight + rowGap + lineHeight*(float64(n)+0.5) }
	last := map[int]int{} // by depth: the row that lines lead to
	for n, r := range s.Rows {
		at := x + cardPad + indentStep*float64(r.Depth)
		if above, ok := last[r.Depth-1]; ok && r.Depth > 0 {
			fmt.Fprintf(&d.b, `<path %s d="M%.1f %.1fV%.1fh8"/>`, look("tree"), at-11, middle(above)+8, middle(n))
		}
		last[r.Depth] = n
		class := "addr"
		if r.Depth == 0 {
			class = "name"
		}
		d.text(at, middle(n)+4, class, r.Text)
	}
}
