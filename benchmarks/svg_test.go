package main

import (
	"bytes"
	"encoding/hex"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
)

// A viewer that knows no style sheets shows each colour of the chart on light paper; so it is with
// the one that is in the documentation.
func TestChartHasItsColoursWithoutStyleSheets(t *testing.T) {
	rows := []row{{Contender: floor, NS: []float64{100}}, {Contender: kern, NS: []float64{110}},
		{Contender: "peer", NS: []float64{900}}}
	lossy := []row{{Contender: floor, NS: []float64{100}, Seen: 1}, {Contender: "peer", NS: []float64{190}, Seen: 0.1}}
	r := &report{Workloads: []outcome{
		{Chart: "read # routes", Objects: 1000, Rows: rows},
		{Chart: "hear of # routes", Lossy: true, Objects: 1000, Rows: lossy},
	}}
	file := filepath.Join(t.TempDir(), "chart.svg")
	if err := r.writeSVG(file); err != nil {
		t.Fatal(err)
	}
	pictureHas(t, file, paper, frame, floorColour, kernColour, peerColour, lossyColour)
	pictureHas(t, "../docs/benchmarks.svg", paper, frame, floorColour, kernColour, peerColour)
}

// pictureHas renders a picture by librsvg.
func pictureHas(t *testing.T, file string, colours ...string) {
	t.Helper()
	svg, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(svg), darkStyle()) {
		t.Errorf("%s has no colours for dark pages, or others", file)
	}
	path, err := exec.LookPath("rsvg-convert")
	nstest.Program(t, "rsvg-convert", "librsvg2-bin", err)
	out, err := exec.Command(path, file).Output()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	counts, dark, all := map[color.RGBA]int{}, 0, 0
	for y := range img.Bounds().Max.Y {
		for x := range img.Bounds().Max.X {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			counts[c]++
			all++
			if int(c.R)+int(c.G)+int(c.B) < 200 {
				dark++
			}
		}
	}
	if dark*10 > all || dark < 100 {
		t.Errorf("%s: %d of %d points are dark", file, dark, all)
	}
	for _, s := range colours {
		b, err := hex.DecodeString(s[1:])
		if err != nil {
			t.Fatal(err)
		}
		if n := counts[color.RGBA{b[0], b[1], b[2], 0xff}]; n < 50 {
			t.Errorf("%s: %d points have the colour %s", file, n, s)
		}
	}
}
