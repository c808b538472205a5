package topo

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
)

// A viewer that knows no variables and no media queries shows each colour.
func TestPictureHasItsColoursWithoutStyleSheets(t *testing.T) {
	m := star(6)
	var b bytes.Buffer
	if err := m.SVG(&b); err != nil {
		t.Fatal(err)
	}
	img := render(t, b.Bytes())
	counts := map[color.RGBA]int{}
	dark, all := 0, 0
	bounds := img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			counts[c]++
			all++
			if int(c.R)+int(c.G)+int(c.B) < 200 {
				dark++
			}
		}
	}
	if dark*20 > all {
		t.Errorf("%d of %d points are dark", dark, all)
	}
	if c := color.RGBAModel.Convert(img.At(2, 2)).(color.RGBA); c != hexColour(t, "#fbfaf8") {
		t.Errorf("the background is %v", c)
	}
	for name, want := range map[string]string{
		"card": "#ffffff", "head": "#f1eee8", "border": "#d9d4cc",
		"tag": "#e9edf5", "up": "#2f9e63", "down": "#c2bbb0",
		"wire 0": wireColours[0][0], "wire 1": wireColours[1][0], "wire 5": wireColours[5][0],
	} {
		if n := counts[hexColour(t, want)]; n < 20 {
			t.Errorf("%s: %d points have the colour %s", name, n, want)
		}
	}
	// Letters: between ink and paper where lines are thin, so some points at least are nearly ink.
	ink := 0
	for c, n := range counts {
		if c.R < 0x60 && c.G < 0x60 && c.B < 0x60 {
			ink += n
		}
	}
	if ink < 200 {
		t.Errorf("%d points have the colour of text", ink)
	}
}

// No colour is left to the style sheet: each element that is drawn has its own.
func TestEachElementHasItsColour(t *testing.T) {
	var b strings.Builder
	if err := star(6).SVG(&b); err != nil {
		t.Fatal(err)
	}
	body := b.String()[strings.Index(b.String(), "</style>"):]
	for element := range strings.SplitSeq(body, "<") {
		for _, drawn := range []string{"rect ", "path ", "circle ", "text "} {
			coloured := strings.Contains(element, ` fill="`) || strings.Contains(element, ` stroke="`)
			if strings.HasPrefix(element, drawn) && !coloured {
				t.Errorf("no colour: <%s", element)
			}
		}
	}
	if strings.Contains(b.String(), "var(") {
		t.Error("variables of CSS")
	}
}

// star is a hub with leaves.
func star(leaves int) *Map {
	m := &Map{Namespaces: []*Namespace{{Name: "hub", Links: []*Link{
		{Index: 1, Name: "br0", Kind: "bridge", Up: true}, {Index: 2, Name: "off"},
	}}}}
	for i := range leaves {
		m.Namespaces[0].Links = append(m.Namespaces[0].Links, &Link{
			Index: 10 + i, Name: fmt.Sprintf("to%d", i), Kind: "veth", Up: true, Master: 1, peerIndex: 2, peerNSID: i + 1,
		})
		m.Namespaces = append(m.Namespaces, &Namespace{Name: fmt.Sprintf("leaf%d", i), Links: []*Link{
			{Index: 1, Name: "lo", Up: true, Addrs: []string{"127.0.0.1/8"}},
			{
				Index: 2, Name: "eth0", Kind: "veth", Up: true,
				Addrs: []string{fmt.Sprintf("10.0.0.%d/24", i+1), "fe80::1/64"}, peerIndex: 10 + i, peerNSID: 0,
			},
		}})
	}
	m.wire(func(ns, id int) int { return id })
	return m
}

func hexColour(t *testing.T, s string) color.RGBA {
	t.Helper()
	b, err := hex.DecodeString(s[1:])
	if err != nil || len(b) != 3 {
		t.Fatalf("%s: %v", s, err)
	}
	return color.RGBA{b[0], b[1], b[2], 0xff}
}

// render draws a picture by librsvg, as file managers and documentation tools do.
func render(t *testing.T, svg []byte) image.Image {
	t.Helper()
	path, err := exec.LookPath("rsvg-convert")
	nstest.Program(t, "rsvg-convert", "librsvg2-bin", err)
	cmd := exec.Command(path)
	cmd.Stdin = bytes.NewReader(svg)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return img
}
