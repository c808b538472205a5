// Package vdpa is the command as vdpa(8): devices whose queues are those of virtio, and the devices that they are made
// of.
package vdpa

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Objects returns the objects in the order in which an abbreviation is looked up, which is vdpa's.
func Objects() []cli.Object {
	return []cli.Object{
		cli.HelpObject(),
		{Name: "mgmtdev", Run: runMgmtdev, Usage: mgmtdevUsage, Brief: "devices that others can be made of"},
		{Name: "dev", Run: runDev, Usage: devUsage, Brief: "devices, their configuration and their counters"},
		cli.CompletionObject(),
		cli.ManObject(),
	}
}

// Program is the command by the name of vdpa.
func Program() cli.Program {
	return cli.Program{Name: "vdpa", Objects: Objects, Options: cli.VdpaOptions, Help: usage, Status: cli.StatusFailed,
		Answers:       "kernel answers: ",
		UnknownObject: func(word string) error { return failed("Object \"%s\" not found", word) }}
}

// Object is the program as an object of kern: kern vdpa dev show.
func Object() cli.Object {
	return cli.Object{
		Name: "vdpa", Brief: "devices whose queues are those of virtio, as vdpa(8) has them",
		Program: Program,
		Run:     func(c *cli.Command) error { return c.RunAs(Program()) },
		Usage:   func() string { return "\nvdpa { mgmtdev | dev } { COMMAND | help }\n" },
	}
}

func usage() string {
	return `Usage: vdpa [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { mgmtdev | dev }
       OPTIONS := { -V | --Version | -j | --json | -p | --pretty | -h | --help }
`
}

// help is the error that shows a grammar and is no failure.
func help(grammar func() string) error { return cli.Exit(0, "%s", text(grammar)) }

// wrongWords shows it too, and is one.
func wrongWords(grammar func() string) error { return failed("%s", text(grammar)) }

func text(grammar func() string) string {
	return strings.TrimSuffix(cli.UsageText("vdpa", grammar()), "\n")
}

func failed(format string, args ...any) error { return cli.Exit(cli.StatusFailed, format, args...) }

func notFound(c *cli.Command) error { return failed("Command \"%s\" not found", c.Peek()) }

// request begins a request.
func request(c *cli.Command, cmd uint8) (*wire.Request, error) {
	r, err := c.GenlRequest(cli.GenlFamily{Name: uapi.VDPA_GENL_NAME, Version: uapi.VDPA_GENL_VERSION}, cmd)
	if err != nil {
		return nil, failed("Failed to connect to vdpa Netlink")
	}
	return r, nil
}

// showAll shows what a request asks for, or a list of it, as the members of an object in JSON.
func showAll(c *cli.Command, key string, r *wire.Request, list bool,
	show func(p *desc.Printer, m wire.Message)) error {
	p := c.Out
	each := func(m wire.Message) error {
		show(p, m)
		return c.Spill()
	}
	p.Object("")
	p.Object(key)
	var err error
	if list {
		err = c.Dump(r, each)
	} else {
		var m wire.Message
		if m, err = c.Get(r); err == nil {
			err = each(m)
		}
	}
	p.EndObject()
	p.EndObject()
	if p.JSON {
		p.Raw("\n")
	}
	return err
}

// begin begins what is shown of a device. One without a name is not shown.
func begin(p *desc.Printer, name string) bool {
	if name == "" {
		return false
	}
	p.Text("%s: ", name)
	p.Object(name)
	return true
}

func end(p *desc.Printer) {
	p.EndObject()
	p.NL()
}
