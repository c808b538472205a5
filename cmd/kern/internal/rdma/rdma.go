// Package rdma is the command as rdma(8): devices for remote direct memory access, their ports, what programs have of
// them, and their counters.
package rdma

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// Objects returns the objects in the order in which an abbreviation is looked up, which is rdma's.
func Objects() []cli.Object {
	return []cli.Object{
		{Name: "help", Run: func(c *cli.Command) error { c.Out.Raw(usage()); return nil }},
		{Name: "dev", Run: runDev, Usage: devUsage, Brief: "devices"},
		{Name: "link", Run: runLink, Usage: linkUsage, Brief: "ports of devices"},
		{Name: "resource", Run: runResource, Usage: resourceUsage,
			Brief: "what programs and the kernel have of devices: queues, memory, connections"},
		{Name: "system", Run: runSystem, Usage: systemUsage, Brief: "what holds for all devices"},
		{Name: "statistic", Run: runStatistic, Usage: statisticUsage, Brief: "counters of ports and queue pairs"},
		{Name: "monitor", Run: runMonitor, Usage: monitorUsage, Brief: "what changes, as it does"},
		cli.CompletionObject(),
		cli.ManObject(),
	}
}

// Program is the command by the name of rdma.
func Program() cli.Program {
	return cli.Program{Name: "rdma", Objects: Objects, Options: cli.RdmaOptions, Help: usage, HelpOut: true,
		Status: cli.StatusFailed, Answers: "error: ",
		UnknownObject: func(word string) error { return unknown("object", word) }}
}

// Object is the program as an object of kern: kern rdma dev show.
func Object() cli.Object {
	return cli.Object{
		Name: "rdma", Brief: "devices for remote direct memory access, as rdma(8) has them",
		Program: Program,
		Run:     func(c *cli.Command) error { return c.RunAs(Program()) },
		Usage: func() string {
			return "\nrdma { dev | link | resource | system | statistic | monitor } { COMMAND | help }\n"
		},
	}
}

func usage() string {
	return `Usage: rdma [ OPTIONS ] OBJECT { COMMAND | help }
       rdma [ -f[orce] ] -b[atch] FILE
where  OBJECT := { dev | link | resource | system | statistic | monitor }
       OPTIONS := { -V | --version | -d | --details | -r | --raw | -j | --json |
                    -p | --pretty | -o | --oneline | -f | --force |
                    -b | --batch FILE | -h | --help }
`
}

// verb is a word, and what it stands for. A beginning is enough.
type verb struct {
	name string
	run  func(*cli.Command) error
}

// choose does what the next word names, or the first verb without a word. A word that names nothing is no failure to
// rdma.
func choose(c *cli.Command, what string, verbs ...verb) error {
	if !c.More() {
		return verbs[0].run(c)
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	for _, v := range verbs {
		if begins(word, v.name) {
			return v.run(c)
		}
	}
	return unknown(what, word)
}

func unknown(what, word string) error { return cli.Exit(0, "Unknown %s '%s'.", what, word) }

// noMore is the end of a command that takes no more words, the same way.
func noMore(c *cli.Command) error {
	if c.More() {
		return unknown("parameter", c.Peek())
	}
	return nil
}

func begins(word, name string) bool { return strings.HasPrefix(name, word) }

// take takes the next word if it begins one of names.
func take(c *cli.Command, names ...string) bool {
	for _, name := range names {
		if c.More() && begins(c.Peek(), name) {
			c.Rest = c.Rest[1:]
			return true
		}
	}
	return false
}

// help returns a verb that shows a grammar.
func help(grammar func() string) func(*cli.Command) error {
	return func(c *cli.Command) error {
		c.Out.Raw(cli.UsageText("rdma", grammar()))
		return nil
	}
}

// failed ends the command with a message.
func failed(format string, args ...any) error { return cli.Exit(cli.StatusFailed, format, args...) }

// errWords ends it without one: what is missing was not said by rdma either.
var errWords = failed("")

// request begins a request to the devices' part of RDMA's netlink.
func request(cmd uint16) *wire.Request {
	r := wire.NewRequest(uapi.RDMA_NL_NLDEV<<nl.RDMA_NL_GET_CLIENT_SHIFT|cmd, 0)
	r.Protocol = uapi.NETLINK_RDMA
	return r
}

// about begins a request about a device.
func about(cmd uint16, d device) *wire.Request {
	r := request(cmd)
	r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, d.index)
	return r
}

// onOff takes "on" or "off".
func onOff(c *cli.Command, keyword string) (bool, error) {
	switch {
	case c.Take("on"):
		return true, nil
	case c.Take("off"):
		return false, nil
	}
	return false, failed("Error: argument of \"%s\" must be one of \"off\", \"on\", not \"%s\"", keyword, c.Peek())
}

func number8(on bool) uint8 {
	if on {
		return 1
	}
	return 0
}
