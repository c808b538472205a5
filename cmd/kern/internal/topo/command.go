package topo

import (
	"slices"

	"kern.sys/cmd/kern/internal/cli"
)

// Usage is the grammar of "topo".
func Usage() string {
	return `
[-details] topo [ text | dot | svg | json ] [ -tc ] [ NAME ]...
NAME := { NETNS | PID | PROGRAM | PATTERN }
`
}

// formats are what the map may be written as.
var formats = []struct {
	name string
	draw func(*cli.Command, *Map) error
}{
	{"text", func(c *cli.Command, m *Map) error { return m.Text(c.Stdout) }},
	{"dot", func(c *cli.Command, m *Map) error { return m.DOT(c.Stdout) }},
	{"svg", func(c *cli.Command, m *Map) error { return m.SVG(c.Stdout) }},
	{"json", drawJSON},
}

func drawJSON(c *cli.Command, m *Map) error { return m.JSON(c.Stdout, c.Pretty) }

// Run draws the running system.
func Run(c *cli.Command) error {
	if c.HelpAsked() || c.Peek() == "--help" {
		return c.ShowUsage()
	}
	draw, whole := formats[0].draw, c.Details
	if c.JSON {
		draw, whole = drawJSON, true
	}
	for _, f := range formats {
		if c.Take(f.name) {
			draw, whole = f.draw, whole || f.name == "json"
			break
		}
	}
	sources, err := Visible()
	if err != nil {
		return err
	}
	defer CloseAll(sources)
	m := Collect(sources)
	if c.Take("-tc") { // queueing disciplines and filters too
		m.AddTraffic(sources)
	}
	if names := slices.Clone(c.Rest); len(names) != 0 {
		if m, err = m.Part(names); err != nil {
			return cli.Exit(cli.StatusFailed, "topo: %v", err)
		}
	}
	if !whole {
		m = m.Plain()
	}
	return draw(c, m)
}
