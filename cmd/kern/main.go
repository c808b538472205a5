// Command kern shows and changes links, addresses, routes, rules, neighbours
// and network namespaces. It speaks the grammar of ip(8) and prints what ip
// prints, as text and as JSON; called by the name ip it is a replacement for
// it.
//
//	kern link add br0 type bridge
//	kern -br addr
//	kern -j -n blue route show table all
//	kern help
package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"

	"kern.sys/cmd/kern/internal/bridge"
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/devlink"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/cmd/kern/internal/rdma"
	"kern.sys/cmd/kern/internal/ss"
	"kern.sys/cmd/kern/internal/tc"
	"kern.sys/cmd/kern/internal/topo"
	"kern.sys/cmd/kern/internal/tour"
	"kern.sys/cmd/kern/internal/vdpa"
)

// programs are the names that the command may be called by, each with its
// objects. It is the first of them by any other name.
var programs = []cli.Program{
	{Name: "kern", Objects: allObjects},
	{Name: "ip", Objects: allObjects},
	{Name: "ss", Main: ss.Run},
	tc.Program(),
	bridge.Program(),
	devlink.Program(),
	rdma.Program(),
	vdpa.Program(),
}

// allObjects are those of ip and this program's own.
func allObjects() []cli.Object {
	return slices.Concat(ip.Objects(), []cli.Object{
		{Name: "demo", Run: tour.Run, Usage: tour.Usage,
			Brief: "two hosts, a router and traffic, in a world that ends with it"},
		{Name: "topo", Run: topo.Run, Usage: topo.Usage, Brief: "a drawing of the network namespaces of this system"},
		cli.CompletionObject(),
		cli.ManObject(),
		ss.Object(),
		tc.Object(),
		bridge.Object(),
		devlink.Object(),
		rdma.Object(),
		vdpa.Object(),
	})
}

func main() {
	detailErrors()
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run does what the words after the program's name say, and returns the exit
// status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		args = []string{programs[0].Name}
	}
	return cli.Run(called(args[0]), args[1:], stdin, stdout, stderr)
}

// called is the program that a path of the command stands for.
func called(path string) cli.Program {
	name := filepath.Base(path)
	for _, p := range programs {
		if p.Name == name {
			return p
		}
	}
	return programs[0]
}
