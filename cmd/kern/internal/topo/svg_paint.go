package topo

import (
	"fmt"
	"strings"
)

// paint is how a class of elements looks. The light colours are attributes of each
// element, for viewers that know no style sheets; the dark ones are a
// style sheet's, which wins over attributes where the reader has it dark.
type paint struct{ class, light, dark string }

var paints = []paint{
	{"bg", `fill="#fbfaf8"`, "fill:#191817"},
	{"card", `fill="#ffffff" stroke="#d9d4cc"`, "fill:#232120;stroke:#3d3a37"},
	{"head", `fill="#f1eee8"`, "fill:#2c2a28"},
	{"rule", `stroke="#d9d4cc"`, "stroke:#3d3a37"},
	{"tree", `fill="none" stroke="#d9d4cc" stroke-width="1.4"`, "stroke:#5c5751"},
	{"ns", `fill="#26231f" font-weight="700" font-size="13"`, "fill:#ece8e1"},
	{"name", `fill="#26231f" font-weight="600"`, "fill:#ece8e1"},
	{"addr", `fill="#26231f"`, "fill:#ece8e1"},
	{"soft", `fill="#7a736a"`, "fill:#a19a90"},
	{"tag", `fill="#e9edf5"`, "fill:#2e3746"},
	{"tagtext", `fill="#3c5c8c" font-size="10.5"`, "fill:#b9cef0"},
	{"up", `fill="#2f9e63"`, "fill:#4cc38a"},
	{"down", `fill="#c2bbb0"`, "fill:#5c5751"},
}

// wireColours are those of wires, light and dark, far enough apart to follow one of
// them among its neighbours. Maps of few wires have the first only.
var wireColours = [][2]string{
	{"#4a6fa5", "#8fb1e3"},
	{"#c4622d", "#f0a06c"},
	{"#2f8f6b", "#63cfa5"},
	{"#9a4f96", "#d99ad5"},
	{"#a8871b", "#e0c25c"},
	{"#c03d55", "#f08a9b"},
	{"#3a8ea8", "#7acbe2"},
	{"#6f6a63", "#b5afa6"},
}

const fewWires = 4

// wirePaint is the class of the wire of a number, and its colour.
func (d *drawing) wirePaint(i int) (class, colour string) {
	if len(d.m.Wires) <= fewWires {
		i = 0
	}
	i %= len(wireColours)
	return fmt.Sprintf("w%d", i), wireColours[i][0]
}

// look is the class attribute of an element and its colours.
func look(class string) string {
	for _, p := range paints {
		if p.class == class {
			return `class="` + class + `" ` + p.light
		}
	}
	return `class="` + class + `"`
}

// darkStyle is the style sheet for readers who have it dark.
func darkStyle() string {
	var b strings.Builder
	b.WriteString("@media (prefers-color-scheme:dark){")
	for _, p := range paints {
		fmt.Fprintf(&b, ".%s{%s}", p.class, p.dark)
	}
	for i, c := range wireColours {
		fmt.Fprintf(&b, ".w%d{stroke:%s}.t%d{fill:%s}", i, c[1], i, c[1])
	}
	b.WriteString(".plug{fill:#191817}}")
	return b.String()
}
