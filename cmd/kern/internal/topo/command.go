package topo

import "kern.sys/cmd/kern/internal/cli"

// Usage is the grammar of "topo".
func Usage() string {
	return `topo [ dot | svg | json ]
`
}

// Run draws the running system.
func Run(c *cli.Command) error {
	draw := topoText
	if c.JSON {
		draw = topoJSON
	}
	if c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		switch word {
		case "text":
			draw = topoText
		case "dot":
			draw = func(c *cli.Command, m *Map) error { return m.DOT(c.Stdout) }
		case "svg":
			draw = func(c *cli.Command, m *Map) error { return m.SVG(c.Stdout) }
		case "json":
			draw = topoJSON
		case "help":
			return c.ShowUsage()
		default:
			return &cli.UnknownError{Kind: "Command", Word: word, Try: "topo help"}
		}
	}
	if c.More() {
		return cli.NoWord("topo", c.Peek())
	}
	sources, err := Visible()
	if err != nil {
		return err
	}
	defer CloseAll(sources)
	return draw(c, Collect(sources))
}

func topoText(c *cli.Command, m *Map) error { return m.Text(c.Stdout) }

func topoJSON(c *cli.Command, m *Map) error { return m.JSON(c.Stdout, c.Pretty) }
