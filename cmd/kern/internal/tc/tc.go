// Package tc is the command as tc(8): queueing disciplines, classes, filters, chains and actions. What kinds of them
// have is described in package netlink, see desc.Kind.
package tc

import (
	"kern.sys/cmd/kern/internal/cli"
)

// Program is the command by the name of tc.
func Program() cli.Program {
	return cli.Program{Name: "tc", Objects: Objects, Options: cli.TcOptions, Help: usage, Unknown: cli.StatusUsage}
}

// Object is the same as an object of kern: kern tc qdisc show.
func Object() cli.Object {
	return cli.Object{
		Name: "tc", Brief: "traffic control: queueing disciplines, classes, filters and actions",
		Program: Program,
		Run:     func(c *cli.Command) error { return c.RunAs(Program()) },
		Usage: func() string {
			return "\ntc { qdisc | class | filter | chain | actions | monitor | exec | explain } { COMMAND | help }\n"
		},
	}
}

// Objects returns the objects in the order in which an abbreviation is looked up, which is tc's.
func Objects() []cli.Object {
	return []cli.Object{
		{Name: "qdisc", Run: runQdisc, Usage: qdiscUsage, Brief: "queueing disciplines"},
		{Name: "class", Run: runClass, Usage: classUsage, Brief: "classes of queueing disciplines"},
		{Name: "filter", Run: runFilter, Usage: filterUsage, Brief: "filters, which choose classes and do actions"},
		{Name: "chain", Run: runChain, Usage: chainUsage, Brief: "chains of filters"},
		{Name: "actions", Run: runActions, Usage: actionsUsage, Brief: "actions that filters share"},
		{Name: "monitor", Run: runMonitor, Usage: monitorUsage, Brief: "what changes, as it does"},
		{Name: "exec", Run: runExec, Usage: execUsage,
			Brief: "programs of BPF in maps, what they print, and maps for agents"},
		{Name: "explain", Run: runExplain, Usage: explainUsage, Brief: "the path of packets through a device"},
		cli.HelpObject(),
		cli.CompletionObject(),
		cli.ManObject(),
	}
}

func usage() string {
	return `Usage: tc [ OPTIONS ] OBJECT { COMMAND | help }
       tc [-force] -batch FILE
where  OBJECT := { qdisc | class | filter | chain | actions | monitor | exec | explain }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[aw] |
                    -o[neline] | -j[son] | -p[retty] | -c[olor] | -iec |
                    -g[raph] | -b[atch] FILE | -force | -n[etns] NAME |
                    -N[umeric] | -nm | -nam[es] | { -cf | -conf } PATH |
                    -t[imestamp] | -ts[hort] | -br[ief] | -echo | -w SECONDS }
`
}

// verbs does what the next word names, as cli's Choose does; tc's grammars end with status 0.
func verbs(c *cli.Command, usage func() string, none func(*cli.Command) error, table ...cli.Verb) error {
	if c.HelpAsked() {
		return help(usage)
	}
	return c.Choose(none, table...)
}

// help is the error that shows a grammar and is no failure.
func help(usage func() string) error { return cli.Exit(0, "%s", grammar(usage)) }

// grammar is an object's usage with the program's name before each command.
func grammar(usage func() string) string { return cli.UsageText("tc", usage()) }

// failed is an error of the grammar with tc's status.
func failed(format string, args ...any) error { return cli.Exit(cli.StatusUsage, format, args...) }
