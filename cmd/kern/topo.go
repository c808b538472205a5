package main

import (
	"kern.sys/cmd/kern/internal/topo"
)

func topoUsage() string {
	return `topo [ dot | svg | json ]
`
}

// runTopo draws the running system.
func runTopo(c *command) error {
	draw := (*command).topoText
	if c.json {
		draw = (*command).topoJSON
	}
	if c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		switch word {
		case "text":
			draw = (*command).topoText
		case "dot":
			draw = func(c *command, m *topo.Map) error { return m.DOT(c.stdout) }
		case "svg":
			draw = func(c *command, m *topo.Map) error { return m.SVG(c.stdout) }
		case "json":
			draw = (*command).topoJSON
		case "help":
			return c.showUsage()
		default:
			return &unknownError{kind: "Command", word: word, try: "topo help"}
		}
	}
	if c.More() {
		return garbage("topo", c.Peek())
	}
	sources, err := topo.Visible()
	if err != nil {
		return err
	}
	defer topo.CloseAll(sources)
	return draw(c, topo.Collect(sources))
}

func (c *command) topoText(m *topo.Map) error { return m.Text(c.stdout) }

func (c *command) topoJSON(m *topo.Map) error { return m.JSON(c.stdout, c.pretty) }
