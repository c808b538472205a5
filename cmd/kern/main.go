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
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
)

func main() {
	detailErrors()
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: args are its name and its words. It returns the exit
// status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s := newSession(programName(args), stdin, stdout, stderr)
	defer s.close()
	words, err := s.options.parse(args[min(1, len(args)):])
	switch {
	case err != nil:
		return s.report(err)
	case s.version:
		fmt.Fprintf(stdout, "%s utility, kern.sys %s\n", s.name, version())
		return 0
	}
	s.configure()
	if s.options.netns != "" {
		if err := s.enter(s.options.netns); err != nil {
			return s.report(err)
		}
	}
	if s.batchFile != "" {
		return s.batch(s.batchFile)
	}
	if len(words) == 0 {
		return s.report(s.help())
	}
	return s.report(s.do(words))
}

// programName is the name for messages: ip where that is how the program was
// called.
func programName(args []string) string {
	if len(args) != 0 && filepath.Base(args[0]) == "ip" {
		return "ip"
	}
	return "kern"
}

// version is the module's version as far as the build knows it.
func version() string {
	if bi, ok := debug.ReadBuildInfo(); ok && bi.Main.Version != "" {
		return bi.Main.Version
	}
	return "(devel)"
}
