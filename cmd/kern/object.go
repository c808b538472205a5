package main

import (
	"strings"

	"kern.sys/netlink/desc"
)

// object is a word that may follow the options. Each has a file of its own and
// one line in the table.
type object struct {
	// name is the word in full; a beginning is enough.
	name string
	// run does the command whose words follow. nil: ip has the object and this
	// program not yet, so that an abbreviation never means another one.
	run func(*command) error
	// usage is the grammar, printed by "help". Its first word on a line stands
	// behind the program's name: "link show [ DEVICE ]".
	usage func() string
}

// objectTable returns the objects in the order in which an abbreviation is
// looked up, which is ip's.
func objectTable() []object {
	return []object{
		{"address", runAddr, addrUsage},
		{"addrlabel", nil, nil},
		{"maddress", nil, nil},
		{"route", runRoute, routeUsage},
		{"rule", runRule, ruleUsage},
		{"neighbor", runNeigh, neighUsage},
		{"neighbour", runNeigh, neighUsage},
		{"ntable", nil, nil},
		{"ntbl", nil, nil},
		{"link", runLink, linkUsage},
		{"l2tp", nil, nil},
		{"fou", nil, nil},
		{"ila", nil, nil},
		{"macsec", nil, nil},
		{"tunnel", nil, nil},
		{"tunl", nil, nil},
		{"tuntap", nil, nil},
		{"tap", nil, nil},
		{"token", nil, nil},
		{"tcpmetrics", nil, nil},
		{"tcp_metrics", nil, nil},
		{"monitor", runMonitor, monitorUsage},
		{"xfrm", nil, nil},
		{"mroute", nil, nil},
		{"mrule", nil, nil},
		{"netns", runNetns, netnsUsage},
		{"netconf", nil, nil},
		{"vrf", nil, nil},
		{"sr", nil, nil},
		{"nexthop", nil, nil},
		{"mptcp", nil, nil},
		{"ioam", nil, nil},
		{"stats", nil, nil},
		{"demo", runDemo, demoUsage},
		{"topo", runTopo, topoUsage},
		{"help", func(c *command) error { return c.help() }, nil},
	}
}

// command is one command: the words that are still to be read, and all that
// is needed to do it.
type command struct {
	*session
	desc.Args
	object string
	usage  func() string
}

// do runs a command.
func (s *session) do(words []string) error {
	for _, o := range objectTable() {
		if !strings.HasPrefix(o.name, words[0]) {
			continue
		}
		if o.run == nil {
			return exit(statusFailed, "Object \"%s\" is not supported by %s yet.", o.name, s.name)
		}
		c := &command{session: s, Args: desc.Args{Rest: words[1:]}, object: o.name, usage: o.usage}
		c.Args.LinkIndex = s.linkIndex
		defer s.closeOpened()
		return o.run(c)
	}
	return &unknownError{kind: "Object", word: words[0], try: "help"}
}

// verb is a word that may follow an object.
type verb struct {
	name string // in full, a beginning is enough
	run  func(*command) error
}

// choose takes the next word and does what it names; without a word, it does
// none. "help" and unknown words are answered here.
func (c *command) choose(none func(*command) error, verbs ...verb) error {
	if !c.More() {
		return none(c)
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	for _, v := range verbs {
		if strings.HasPrefix(v.name, word) {
			return v.run(c)
		}
	}
	if strings.HasPrefix("help", word) {
		return c.showUsage()
	}
	return &unknownError{kind: "Command", word: word, try: c.object + " help"}
}

// helpAsked reports whether the next word asks for help.
func (c *command) helpAsked() bool { return c.More() && strings.HasPrefix("help", c.Peek()) }

// showUsage is the error that shows the object's grammar.
func (c *command) showUsage() error { return &usage{usageText(c.name, c.usage())} }

// usageText is a grammar with the program's name before each command.
func usageText(program, grammar string) string {
	var b strings.Builder
	b.WriteString("Usage: ")
	for i, line := range strings.Split(strings.Trim(grammar, "\n"), "\n") {
		first := line != "" && line[0] != ' ' && !strings.Contains(line, ":=")
		switch {
		case i != 0 && first:
			b.WriteString("       " + program + " ")
		case i == 0:
			b.WriteString(program + " ")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// garbage is the error for a word that nothing more can be done with, what
// being the keyword that it would have belonged to.
func garbage(what, word string) error {
	return &desc.UsageError{Text: "Error: either \"" + what + "\" is duplicate, or \"" + word + "\" is a garbage."}
}
