package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// Measures of the chart in pixels.
const (
	chartWidth = 880
	nameWidth  = 190.0 // contenders
	textWidth  = 150.0 // behind the longest bar
	barHeight  = 15.0
	rowHeight  = 19.0
	headHeight = 30.0
	margin     = 24.0
)

// longest is how many times the floor a bar can show; what takes longer is cut
// off, and its number says how long it is.
const longest = 8

const chartStyle = `
:root{--bg:#fbfaf8;--ink:#26231f;--soft:#7a736a;--line:#d9d4cc;--floor:#c2bbb0;--kern:#2f9e63;--peer:#8fa6c9}
@media (prefers-color-scheme:dark){:root{--bg:#191817;--ink:#ece8e1;--soft:#a19a90;--line:#3d3a37;--floor:#5c5751;--kern:#4cc38a;--peer:#5d7aa8}}
text{font:12px ui-sans-serif,system-ui,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--ink)}
.bg{fill:var(--bg)}.head{font-weight:600;font-size:13px}.soft{fill:var(--soft)}.end{text-anchor:end}
.floor{fill:var(--floor)}.kern{fill:var(--kern)}.peer{fill:var(--peer)}.one{stroke:var(--line);stroke-dasharray:3 3}.cut{fill:var(--bg)}
`

// chart draws a bar for each contender of each workload, in multiples of the
// floor.
type chart struct {
	b strings.Builder
	y float64
}

func (r *report) writeSVG(file string) error {
	c := &chart{y: margin}
	c.text(margin, "head", "Time, as multiples of what the bare system calls need")
	c.y += rowHeight
	c.text(margin, "soft", fmt.Sprintf("medians of %d rounds, Linux %s, %d CPUs, %s", r.Rounds, r.Kernel, r.CPUs, r.Go))
	for i := range r.Workloads {
		c.workload(&r.Workloads[i])
	}
	height := c.y + margin
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" width="%d" height="%.0f" role="img" aria-label="benchmarks"><style>%s</style><rect class="bg" width="100%%" height="100%%"/>%s</svg>
`, chartWidth, height, chartWidth, height, chartStyle, c.b.String())
	return os.WriteFile(file, []byte(svg), 0o666)
}

func (c *chart) workload(o *outcome) {
	f := o.row(floor)
	if f == nil || len(f.NS) == 0 {
		return
	}
	most := 1.0
	for i := range o.Rows {
		if len(o.Rows[i].NS) != 0 {
			most = max(most, o.Rows[i].median()/f.median())
		}
	}
	most = min(most, longest)
	c.y += headHeight + rowHeight/2
	c.text(margin, "head", o.Title)
	unit := (chartWidth - 2*margin - nameWidth - textWidth) / most
	left := margin + nameWidth
	c.y += 8
	top := c.y
	for i := range o.Rows {
		if r := &o.Rows[i]; len(r.NS) != 0 {
			c.y += rowHeight
			c.bar(o, r, left, unit, r.median()/f.median())
		}
	}
	fmt.Fprintf(&c.b, `<line class="one" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, left+unit, top, left+unit, c.y+5)
}

func (c *chart) bar(o *outcome, r *row, left, unit, times float64) {
	class := "peer"
	switch name, _, _ := strings.Cut(r.Contender, ","); name {
	case floor, kern:
		class = name
	}
	fmt.Fprintf(&c.b, `<text class="end" x="%.1f" y="%.1f">%s</text>`, left-8, c.y, escape(r.Contender))
	length := unit * min(times, longest)
	fmt.Fprintf(&c.b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"/>`, class, left, c.y-barHeight+3, length, barHeight)
	if times > longest {
		fmt.Fprintf(&c.b, `<rect class="cut" x="%.1f" y="%.1f" width="4" height="%.1f"/>`, left+length-18, c.y-barHeight+2, barHeight+2)
	}
	label := fmt.Sprintf("%.2f × · %s", times, duration(r.median()))
	if o.Lossy {
		label = fmt.Sprintf("%.2f × · %.0f %% seen", times, 100*r.Seen/float64(len(r.NS)))
	}
	c.text(left+length+6, "soft", label)
}

func (c *chart) text(x float64, class, s string) {
	fmt.Fprintf(&c.b, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, c.y, escape(s))
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}
