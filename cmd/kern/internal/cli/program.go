// Package cli is what the programs that the command may be called as have in
// common: options, objects and their verbs, words and names, a session with the
// kernel, batches, errors and exit statuses. Each program is a table of objects,
// see [Program]; its verbs are functions of a [Command] in a package of its own.
package cli

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// Program is a name that the command may be called by, and what it does then.
type Program struct {
	Name    string
	Objects func() []Object // in the order in which an abbreviation is looked up
	Options OptionTable     // nil: ip's
	Help    func() string   // the grammar, which ends with status 0; nil: ip's
	// Unknown is the exit status for an unknown object; 0 means ip's.
	Unknown int
	// UnknownObject is the error for an unknown object in the program's own words; nil: ip's.
	UnknownObject func(word string) error
	// Status is the exit status of all failures; 0: they differ, as with ip.
	Status int
	// Answers begins the message about what the kernel refused; "": ip's words for it.
	Answers string
	// HelpOut has grammars be the output of the program, with status 0.
	HelpOut bool
	// WrongWords is the exit status for words that make no sense; 0 means ip's.
	WrongWords int
	// Main does all that the program does, where it has a grammar of its own. It returns the exit status.
	Main func(args []string, stdout, stderr io.Writer) int
}

// Run is the program for the words that follow its name. It
// returns the exit status.
func Run(p Program, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if p.Main != nil {
		return p.Main(args, stdout, stderr)
	}
	s := NewSession(p, stdin, stdout, stderr)
	defer s.Close()
	return s.Run(args)
}

// Run is [Run] in a session.
func (s *Session) Run(args []string) int {
	// As Debian builds ip, bridge and tc; programs with getopt's options have no colours.
	s.Color = !s.options().getopt() && os.Getenv("NO_COLOR") == "" && IsTerminal(s.Stdout)
	words, err := s.Options.Parse(args)
	switch {
	case err != nil:
		return s.Report(err)
	case s.version:
		fmt.Fprintf(s.Stdout, "%s utility, kern.sys %s\n", s.Name, version())
		return 0
	}
	s.Configure()
	if s.Options.inNetNS {
		if err := s.enter(s.Options.netns); err != nil {
			return s.Report(err)
		}
	}
	if s.Batch {
		return s.batch(s.BatchFile)
	}
	if len(words) == 0 {
		return s.Report(s.help())
	}
	return s.Report(s.Do(words))
}

// version is the module's version as far as the build knows it.
func version() string {
	if bi, ok := debug.ReadBuildInfo(); ok && bi.Main.Version != "" {
		return bi.Main.Version
	}
	return "(devel)"
}
