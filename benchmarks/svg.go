package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// Measures of the chart in pixels: two columns of workloads, shown at the width of
// a page of text.
const (
	chartWidth = 880.0
	margin     = 22.0
	columnGap  = 28.0
	column     = (chartWidth - 2*margin - columnGap) / 2
	nameWidth  = 82.0  // contenders
	labelWidth = 114.0 // behind the longest bar
	barHeight  = 13.0
	rowHeight  = 18.0
	headHeight = 24.0
	gap        = 20.0 // between workloads
	fontSize   = 12
)

// longest is how many times the floor a bar can show; what takes longer is cut
// off, and its number says how long it is.
const longest = 6

// The chart brings its own paper, and its colours stand at each element, for
// viewers that know no style sheets. Where the reader has it dark, those of
// darkColours take their place.
const (
	paper, frame = "#ffffff", "#d5dae0"
	ink, soft    = "#1f2328", "#57606a"
	floorColour  = "#b3bac3"
	kernColour   = "#1f9d5c"
	peerColour   = "#8aa9d6"
	lossyColour  = "#e3e7ec" // of those that did not do the whole work
	lineColour   = "#7d8590"
)

// darkColours are what the colours become, by the selectors of attributes.
var darkColours = [][2]string{
	{paper, "#0d1117"}, {frame, "#30363d"}, {ink, "#e6edf3"}, {soft, "#9198a1"}, {floorColour, "#6e7681"},
	{kernColour, "#3fb877"}, {peerColour, "#5d7fb5"}, {lossyColour, "#30363d"},
}

// darkStyle is the style sheet for readers who have it dark.
func darkStyle() string {
	var b strings.Builder
	b.WriteString("<style>@media (prefers-color-scheme:dark){")
	for _, c := range darkColours {
		fmt.Fprintf(&b, "[fill=\"%s\"]{fill:%s}[stroke=\"%s\"]{stroke:%s}", c[0], c[1], c[0], c[1])
	}
	return b.String() + "}</style>"
}

// chart draws a bar for each contender of each workload, in multiples of the
// floor.
type chart struct {
	b    strings.Builder
	x, y float64
}

func (r *report) writeSVG(file string) error {
	c := &chart{x: margin, y: margin + fontSize}
	c.text(c.x, ink, `font-size="15" font-weight="600"`,
		"Time, as multiples of what bare system calls need (dashed line); shorter is better")
	c.y += rowHeight
	c.text(c.x, soft, "", fmt.Sprintf("medians (rounds: %d) of one run, Linux %s, %d CPUs, %s", r.Rounds, r.Kernel,
		r.CPUs, r.Go))
	left := [2]float64{margin, margin + column + columnGap}
	bottom := [2]float64{c.y, c.y}
	for i := range r.Workloads {
		o := &r.Workloads[i]
		if f := o.row(floor); o.Chart == "" || f == nil || len(f.NS) == 0 {
			continue
		}
		side := 0
		if bottom[1] < bottom[0] {
			side = 1
		}
		c.x, c.y = left[side], bottom[side]+gap
		c.workload(o)
		bottom[side] = c.y
	}
	height := max(bottom[0], bottom[1]) + margin
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" `+
		`aria-label="benchmarks" font-family="'DejaVu Sans', Verdana, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="%d">`, chartWidth, height, chartWidth, height, fontSize)
	sheet := fmt.Sprintf(`<rect x="0.5" y="0.5" width="%.0f" height="%.0f" rx="8" fill="%s" stroke="%s"/>`, chartWidth-1,
		height-1, paper, frame)
	return os.WriteFile(file, []byte(head+"\n"+darkStyle()+"\n"+sheet+"\n"+c.b.String()+"</svg>\n"), 0o666)
}

func (c *chart) workload(o *outcome) {
	base, most := o.row(floor).median(), 1.0
	var rows []*row
	for i := range o.Rows {
		if r := &o.Rows[i]; len(r.NS) != 0 && !variant(r.Contender) {
			rows = append(rows, r)
			most = max(most, r.median()/base)
		}
	}
	c.y += headHeight - 8
	c.text(c.x, ink, `font-size="13" font-weight="600"`, strings.ReplaceAll(o.Chart, "#", grouped(o.Objects)))
	c.y += 6
	unit := (column - nameWidth - labelWidth) / min(most, longest)
	top := c.y
	for _, r := range rows {
		c.y += rowHeight
		c.bar(o, r, unit, r.median()/base)
	}
	x := c.x + nameWidth + unit
	fmt.Fprintf(&c.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-dasharray="2 2"/>`+"\n", x, top+2,
		x, c.y+6, lineColour)
}

func (c *chart) bar(o *outcome, r *row, unit, times float64) {
	colour := peerColour
	switch r.Contender {
	case floor:
		colour = floorColour
	case kern:
		colour = kernColour
	}
	label := fmt.Sprintf("%.2f × · %s", times, duration(r.median()))
	if o.Lossy {
		seen := r.Seen / float64(len(r.NS))
		label = fmt.Sprintf("%.2f × · %.0f %% seen", times, 100*seen)
		if seen < 0.99 {
			colour = lossyColour
		}
	}
	left, length := c.x+nameWidth, unit*min(times, longest)
	c.text(left-7, ink, `text-anchor="end"`, r.Contender)
	fmt.Fprintf(&c.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="2" fill="%s"/>`+"\n", left, c.y-barHeight+
		2.5, max(length, 1), barHeight, colour)
	if times > longest {
		fmt.Fprintf(&c.b, `<path d="M%.1f %.1f l6 -%.0f h5 l-6 %.0f z" fill="%s"/>`+"\n", left+length-24, c.y+4, barHeight+3,
			barHeight+3, paper)
	}
	c.text(left+length+6, soft, `font-size="11"`, label)
}

func (c *chart) text(x float64, colour, more, s string) {
	if more != "" {
		more = " " + more
	}
	fmt.Fprintf(&c.b, `<text x="%.1f" y="%.1f" fill="%s"%s>%s</text>`+"\n", x, c.y, colour, more, escape(s))
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}
