package topo

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

// example is two hosts, a router with a bridge and a vlan, and a namespace that
// stands alone.
func example() *Map {
	m := &Map{Namespaces: []*Namespace{
		{Name: "left", Links: []*Link{
			{Index: 1, Name: "lo", Up: true, MTU: 65536, Addrs: []string{"127.0.0.1/8"}},
			{Index: 2, Name: "eth0", Kind: "veth", Up: true, MTU: 1500, Addrs: []string{"10.0.1.2/24"}, peerIndex: 3,
				peerNSID: 1},
		}},
		{Name: "router", Links: []*Link{
			{Index: 1, Name: "lo", MTU: 65536},
			{Index: 2, Name: "br0", Kind: "bridge", Up: true, MTU: 1500, Addrs: []string{"10.0.1.1/24", "2001:db8::1/64"}},
			{Index: 3, Name: "left", Kind: "veth", Up: true, MTU: 1500, Master: 2, peerIndex: 2, peerNSID: 0},
			{Index: 4, Name: "right", Kind: "veth", Up: true, MTU: 1500, peerIndex: 2, peerNSID: 2},
			{Index: 5, Name: "right.10", Kind: "vlan", MTU: 1500, Parent: 4},
		}},
		{Name: "right", Links: []*Link{
			{Index: 2, Name: "eth0", Kind: "veth", Up: true, MTU: 1500, Addrs: []string{"10.0.2.2/24"}, peerIndex: 4,
				peerNSID: 1},
			{Index: 3, Name: "mv0", Kind: "macvlan", Up: true, MTU: 1500, peerIndex: 2, peerHere: false, peerNSID: 0},
		}},
		{Name: "secret", Note: "its links cannot be read: permission denied"},
	}}
	m.wire(func(ns, id int) int { return id })
	return m
}

func TestWires(t *testing.T) {
	got := example().Wires
	want := []Wire{
		{"veth", End{0, 1}, End{1, 2}},
		{"veth", End{1, 3}, End{2, 0}},
		{"parent", End{2, 1}, End{0, 1}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	if err := example().Text(&b); err != nil {
		t.Fatal(err)
	}
	if got := "\n" + b.String(); got != wantText {
		t.Errorf("%s", got)
	}
}

const wantText = `
╭─ left ───────────────────────────────────────────────────────╮
│ lo          up    127.0.0.1/8                                │
│ eth0  veth  up    10.0.1.2/24                                ├╌╌┬╌╌╮
╰──────────────────────────────────────────────────────────────╯  │  ┆
╭─ router ─────────────────────────────────────────────────────╮  │  ┆
│ lo                         down                              │  │  ┆
│ br0                bridge  up    10.0.1.1/24  2001:db8::1/64 │  │  ┆
│ └─ left            veth    up                                ├──╯  ┆
│ right              veth    up                                ├──╮  ┆
│ └─ right.10@right  vlan    down                              │  │  ┆
╰──────────────────────────────────────────────────────────────╯  │  ┆
╭─ right ──────────────────────────────────────────────────────╮  │  ┆
│ eth0  veth     up    10.0.2.2/24                             ├──╯  ┆
│ mv0   macvlan  up                                            ├╌╌╌╌╌╯
╰──────────────────────────────────────────────────────────────╯
╭─ secret ─────────────────────────────────────────────────────╮
│ its links cannot be read: permission denied                  │
╰──────────────────────────────────────────────────────────────╯
`

func TestDOTNamesEveryLinkAndWire(t *testing.T) {
	m := example()
	m.Namespaces[0].Name = "with \"quotes\" and \\"
	var b strings.Builder
	if err := m.DOT(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`label="with \"quotes\" and \\"`, `n1_4 [label="right.10@right (vlan)", style="rounded,dashed"]`,
		"n1_2 -- n1_1 [style=dashed]", "n1_3 -- n2_0 [style=solid]", "n2_1 -- n0_1 [style=dashed]", "permission denied",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not in\n%s", want, b.String())
		}
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	m := example()
	m.Namespaces[0].Name = "<left> & \"co\""
	var b strings.Builder
	if err := m.SVG(&b); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(b.String()))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := tok.(xml.StartElement); ok {
			for _, a := range s.Attr {
				if a.Name.Local == "class" {
					counts[strings.Fields(a.Value)[0]]++
				}
			}
		}
	}
	if counts["card"] != 4 || counts["wire"] != 3 || counts["name"] != 9 || counts["tree"] != 2 {
		t.Errorf("%v", counts)
	}
	if strings.Contains(b.String(), "http://") && strings.Count(b.String(), "http") != 1 {
		t.Error("the picture refers to something outside")
	}
}

func TestJSONNamesTheEnds(t *testing.T) {
	var b strings.Builder
	if err := example().JSON(&b, false); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Namespaces []struct {
			Name  string
			Links []map[string]any
		}
		Wires []map[string]any
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"kind": "veth", "a": map[string]any{"namespace": "left", "ifname": "eth0"},
		"b": map[string]any{"namespace": "router", "ifname": "left"}}
	if len(got.Namespaces) != 4 || len(got.Namespaces[1].Links) != 5 || !reflect.DeepEqual(got.Wires[0], want) {
		t.Errorf("%s", b.String())
	}
	b.Reset()
	if err := (&Map{}).JSON(&b, true); err != nil || !strings.Contains(b.String(), `"wires": []`) {
		t.Errorf("empty: %s, %v", b.String(), err)
	}
}

func TestMastersInACircleAreStillDrawn(t *testing.T) {
	ns := &Namespace{Name: "odd", Links: []*Link{{Index: 1, Name: "a", Master: 2}, {Index: 2, Name: "b", Master: 1},
		{Index: 3, Name: "c", Master: 3}, {Index: 4, Name: "d", Master: 99}}}
	var names []string
	for _, r := range ns.rows() {
		names = append(names, ns.Links[r.link].Name)
	}
	if len(names) != 4 {
		t.Errorf("%v", names)
	}
}

func TestColumns(t *testing.T) {
	columns := func(m *Map) (parts [][][]int) {
		for _, p := range m.parts() {
			var part [][]int
			for _, c := range p {
				var column []int
				for _, b := range c {
					column = append(column, b.nodes...)
				}
				part = append(part, column)
			}
			parts = append(parts, part)
		}
		return parts
	}
	// a circle by the macvlan
	if got, want := columns(example()), [][][]int{{{0}, {1, 2}}, {{3}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	line := example()
	line.Wires = line.Wires[:2]
	if got, want := columns(line), [][][]int{{{0}, {1}, {2}}, {{3}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
