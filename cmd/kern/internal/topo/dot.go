package topo

import (
	"fmt"
	"io"
	"strings"
)

// DOT writes the map in Graphviz's language: a cluster a namespace, a node a
// link, solid edges for veth pairs, dashed ones to masters and parents.
func (m *Map) DOT(w io.Writer) error {
	var b strings.Builder
	b.WriteString("graph topology {\n\trankdir=LR;\n\tnode [shape=box, style=rounded, fontname=\"sans-serif\"];\n")
	for i, ns := range m.Namespaces {
		fmt.Fprintf(&b, "\tsubgraph cluster_%d {\n\t\tlabel=%s;\n", i, quoteDOT(ns.Name))
		for k, l := range ns.Links {
			label := ns.title(l)
			if l.Kind != "" {
				label += " (" + l.Kind + ")"
			}
			for _, a := range l.details() {
				label += "\n" + a
			}
			style := "rounded"
			if !l.Up {
				style = "rounded,dashed"
			}
			fmt.Fprintf(&b, "\t\tn%d_%d [label=%s, style=%q];\n", i, k, quoteDOT(label), style)
		}
		if len(ns.Links) == 0 {
			fmt.Fprintf(&b, "\t\tn%d [label=%s, shape=plaintext];\n", i, quoteDOT(ns.Note))
		}
		for k, l := range ns.Links {
			if at := ns.find(l.above()); at >= 0 {
				fmt.Fprintf(&b, "\t\tn%d_%d -- n%d_%d [style=dashed];\n", i, k, i, at)
			}
		}
		b.WriteString("\t}\n")
	}
	for _, w := range m.Wires {
		style := "dashed"
		if w.Kind == "veth" {
			style = "solid"
		}
		fmt.Fprintf(&b, "\tn%d_%d -- n%d_%d [style=%s];\n", w.A.NS, w.A.Link, w.B.NS, w.B.Link, style)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// quoteDOT is a string of the DOT language; only quotes, backslashes and line
// ends are special in it.
func quoteDOT(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
