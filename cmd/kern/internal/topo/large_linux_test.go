package topo

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Thirty namespaces around one fit on a screen, and no card covers another one or a wire's way.
func TestLargeMap(t *testing.T) {
	m := star(29).Plain()
	d := newDrawing(m)
	d.place()
	if d.width > 2000 || d.height > 1200 || d.width < d.height {
		t.Errorf("%.0f × %.0f", d.width, d.height)
	}
	for i, a := range d.cards {
		if a.x < margin || a.y < margin || a.x+a.w > d.width-margin+1 || a.y+a.h > d.height-margin+1 {
			t.Errorf("%s leaves the picture", m.Namespaces[i].Name)
		}
		for k, b := range d.cards[:i] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				t.Errorf("%s covers %s", m.Namespaces[i].Name, m.Namespaces[k].Name)
			}
		}
	}
	for i := range d.cards {
		if k := &d.cards[i]; k.past > 0 {
			lane := k.lane()
			for o := range d.cards {
				if c := &d.cards[o]; c.grid == k.grid && lane > c.y-2 && lane < c.y+c.h+2 {
					t.Errorf("the wire to %s goes over %s", m.Namespaces[i].Name, m.Namespaces[o].Name)
				}
			}
		}
	}
}

func TestLargeMapAsText(t *testing.T) {
	var b strings.Builder
	if err := star(29).Plain().Text(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(line) - 1; n > textWide+2 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{"⇄ leaf28:eth0", "⇄ hub:to7", "╮ ╭─ leaf"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestPlainMapHasWhatDiffers(t *testing.T) {
	m := star(2)
	m.Namespaces = append(m.Namespaces,
		&Namespace{Name: "alone", Links: []*Link{{Index: 1, Name: "lo", Addrs: []string{"::1/128"}}}},
		&Namespace{Name: "anycast", Links: []*Link{{Index: 1, Name: "lo", Addrs: []string{"127.0.0.1/8", "192.0.2.1/32"}}}},
	)
	plain := m.Plain()
	var b strings.Builder
	if err := plain.Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, not := range []string{"127.0.0.1", "::1/128", "fe80"} {
		if strings.Contains(b.String(), not) {
			t.Errorf("%s is in\n%s", not, b.String())
		}
	}
	for _, want := range []string{"nothing but lo", "lo    down  192.0.2.1/32"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not in\n%s", want, b.String())
		}
	}
	leaf := m.Namespaces[1].Links
	if len(leaf) != 2 || len(leaf[1].Addrs) != 2 || plain.link(plain.Wires[0].B).Name != "eth0" {
		t.Error("the whole map has changed, or wires lead elsewhere")
	}
}

func TestPartOfAMap(t *testing.T) {
	m := star(5)
	m.Namespaces[1].Name = "this namespace, blue"
	m.Namespaces[2].Name = "nginx (pid 4711)"
	for _, ns := range m.Namespaces {
		for _, l := range ns.Links {
			l.far = nil
		}
	}
	m.Wires = nil
	m.wire(func(ns, id int) int { return id })
	for _, name := range []string{"blue", "this namespace", "nginx", "4711", "nginx (pid 4711)", "leaf[2]"} {
		part, err := m.Part([]string{name})
		if err != nil || len(part.Namespaces) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	part, err := m.Part([]string{"leaf*", "hub"})
	if err != nil || len(part.Namespaces) != 4 || len(part.Wires) != 3 {
		t.Fatalf("%v, %v", part, err)
	}
	if got := part.Namespaces[0].Links[2].farText(false); got != "⇄ this namespace, blue:eth0" {
		t.Errorf("%q", got)
	}
	if got := m.Namespaces[0].Links[2].farText(false); got != "" {
		t.Errorf("the whole map has changed: %q", got)
	}
	if _, err := m.Part([]string{"leaf9"}); err == nil || !strings.Contains(err.Error(), `"leaf9"`) {
		t.Error(err)
	}
}

func TestNamesBesideALinkAreBounded(t *testing.T) {
	m := &Map{Namespaces: []*Namespace{{Name: "host", Links: []*Link{{Index: 2, Name: "eth0"}}}, {Name: "guest"}}}
	for i := range 9 {
		guest := m.Namespaces[1]
		guest.Links = append(guest.Links, &Link{Index: i + 10, Name: "mv", Kind: "macvlan", peerIndex: 2, peerNSID: 0})
	}
	m.wire(func(ns, id int) int { return id })
	if got := m.Namespaces[0].Links[0].farText(true); got != "← guest:mv, guest:mv and 7 more" {
		t.Errorf("%q", got)
	}
}
