// Package devlink is the command as devlink(8): devices with more to configure than their links have, their ports,
// parameters, buffers, resources, traps, and how they are.
package devlink

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
)

// Objects returns the objects in the order in which an abbreviation is looked up.
func Objects() []cli.Object {
	return []cli.Object{
		cli.HelpObject(),
		{Name: "dev", Run: runDev, Usage: devUsage, Brief: "devices: switches, parameters, firmware, and how they start"},
		{Name: "port", Run: runPort, Usage: portUsage, Brief: "ports of devices, and the functions that they are for"},
		{Name: "sb", Run: runSb, Usage: sbUsage, Brief: "buffers that ports share"},
		{Name: "monitor", Run: runMonitor, Usage: monitorUsage, Brief: "what changes, as it does"},
		{Name: "dpipe", Run: runDpipe, Usage: dpipeUsage, Brief: "tables in the pipeline of a device"},
		{Name: "resource", Run: runResource, Usage: resourceUsage, Brief: "what a device or a port has so much of"},
		{Name: "region", Run: runRegion, Usage: regionUsage, Brief: "memory of a device, and snapshots of it"},
		{Name: "health", Run: runHealth, Usage: healthUsage, Brief: "reporters of errors, and recovery"},
		{Name: "trap", Run: runTrap, Usage: trapUsage, Brief: "packets that a device gives to the processor"},
		{Name: "lc", Run: runLinecard, Usage: linecardUsage, Brief: "line cards"},
		cli.CompletionObject(),
		cli.ManObject(),
	}
}

// Program is the command by the name of devlink.
func Program() cli.Program {
	return cli.Program{Name: "devlink", Objects: Objects, Options: cli.DevlinkOptions, Help: usage,
		WrongWords: cli.StatusFailed}
}

// Object is the program as an object of kern: kern devlink dev show.
func Object() cli.Object {
	return cli.Object{
		Name: "devlink", Brief: "devices, their ports and health, as devlink(8) has them",
		Program: Program,
		Run:     func(c *cli.Command) error { return c.RunAs(Program()) },
		Usage: func() string {
			return "\ndevlink { dev | port | lc | sb | monitor | dpipe | resource | region | health | trap } " +
				"{ COMMAND | help }\n"
		},
	}
}

func usage() string {
	return `Usage: devlink [ OPTIONS ] OBJECT { COMMAND | help }
       devlink [ -f[orce] ] -b[atch] FILE
where  OBJECT := { dev | port | lc | sb | monitor | dpipe | resource | region |
                   health | trap }
       OPTIONS := { -V[ersion] | -n[o-nice-names] | -j[son] | -p[retty] |
                    -v[erbose] | -s[tatistics] | -i[ec] | -[he]x |
                    -N[etns] NAME }
`
}

// help shows the grammar of the object, which is no failure.
func help(c *cli.Command) error {
	return cli.Exit(0, "%s", strings.TrimSuffix(c.ShowUsage().Error(), "\n"))
}

// choose takes the next word and does what it names, none without a word.
func choose(c *cli.Command, none func(*cli.Command) error, verbs ...cli.Verb) error {
	switch {
	case !c.More():
		return none(c)
	case c.TakeAbbr("help"):
		return help(c)
	}
	for _, v := range verbs {
		if c.TakeAbbr(v.Name) {
			return v.Run(c)
		}
	}
	return failed("Command %q not found, try \"%s %s help\"", c.Peek(), c.Name, c.Object)
}

// lister adds the names under which objects are listed.
func lister(list func(*cli.Command) error, verbs ...cli.Verb) []cli.Verb {
	return append([]cli.Verb{{Name: "show", Run: list}, {Name: "list", Run: list}}, verbs...)
}

// unlessBare shows the grammar where no word follows.
func unlessBare(run func(*cli.Command) error) func(*cli.Command) error {
	return func(c *cli.Command) error {
		if !c.More() || c.HelpAsked() {
			return help(c)
		}
		return run(c)
	}
}
