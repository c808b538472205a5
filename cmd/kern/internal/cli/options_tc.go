package cli

import (
	"strconv"
	"time"

	"kern.sys/netlink/desc"
)

// TcOptions are the options of tc.
var TcOptions = OptionTable{
	{name: "stats", help: "statistics", set: (*Options).moreStats},
	{name: "statistics", help: "as -stats", set: (*Options).moreStats},
	{name: "details", help: "all that the kernel has of an object", on: func(o *Options) *bool { return &o.Details }},
	{name: "raw", help: "handles and times in the kernel's units too", on: func(o *Options) *bool { return &o.Raw }},
	{name: "pretty", help: "JSON for people", on: func(o *Options) *bool { return &o.Pretty }},
	{name: "graph", help: "classes as a tree", on: func(o *Options) *bool { return &o.Graph }},
	{name: "Version", help: "the version, and nothing else", on: func(o *Options) *bool { return &o.version }},
	{name: "iec", help: "rates in powers of 1024: 1Mibit", on: func(o *Options) *bool { return &o.IEC }},
	{name: "help", help: "the grammar of options and objects", set: func(*Options, string) error { return errHelp }},
	{name: "force", help: "go on with a batch after an error", on: func(o *Options) *bool { return &o.Force }},
	{name: "batch", help: "read commands from a file, one a line; - is the standard input", value: "batch file",
		set: (*Options).setBatch},
	{name: "netns", help: "do the command in a named network namespace", value: "netns",
		set: func(o *Options, v string) error {
			o.netns, o.inNetNS = v, true
			return nil
		}},
	{name: "Numeric", help: "numbers in place of names", on: func(o *Options) *bool { return &o.Numeric }},
	{name: "names", help: "names of classes, of tc_cls in /etc/iproute2",
		on: func(o *Options) *bool { return &o.ClsNames }},
	{name: "nm", help: "as -names", on: func(o *Options) *bool { return &o.ClsNames }},
	{name: "cf", help: "as -conf", value: "path", set: (*Options).setClsFile},
	{name: "conf", help: "another file with names of classes", value: "path", set: (*Options).setClsFile},
	{name: "timestamp", help: "the time before each event of monitor",
		on: func(o *Options) *bool { return &o.timestamp }},
	{name: "tshort", help: "the same on the line of the event", set: func(o *Options, _ string) error {
		o.timestamp, o.tshort = true, true
		return nil
	}},
	{name: "json", help: "JSON in place of text", on: func(o *Options) *bool { return &o.JSON }},
	{name: "oneline", help: "each object on one line", on: func(o *Options) *bool { return &o.Oneline }},
	{name: "brief", help: "what identifies filters and actions, and no more",
		on: func(o *Options) *bool { return &o.Brief }},
	{name: "echo", help: "show what the kernel made", exact: true, on: func(o *Options) *bool { return &o.Echo }},
	{name: "w", help: "list again and again, with rates", exact: true, value: "number of seconds",
		set: func(o *Options, v string) (err error) {
			o.Every, err = ParseSeconds(v)
			return err
		}},
}

// ParseSeconds reads how much time there is between two lists.
func ParseSeconds(word string) (time.Duration, error) {
	const least, most = 0.01, 1e6
	seconds, err := strconv.ParseFloat(word, 64)
	if err != nil || !(seconds >= least && seconds <= most) {
		return 0, desc.Wrong(word, "invalid number of seconds")
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

func (o *Options) setClsFile(v string) error {
	o.ClsFile = v
	return nil
}

// RunAs does what the rest of the words say as another program, with the options that were given before it too.
func (c *Command) RunAs(p Program) error {
	s := c.Session
	program, options := s.Program, s.Options
	defer func() {
		s.Program, s.Options = program, options
		s.Configure()
	}()
	s.Program, s.table = p, p.Options
	words, err := s.Options.Parse(c.Rest)
	if err != nil {
		if code := s.Report(err); code != 0 {
			return Exit(code, "")
		}
		return nil
	}
	s.Configure()
	switch {
	case s.version:
		return Exit(0, "%s utility, kern.sys %s", s.Name, version())
	case s.inNetNS && !options.inNetNS:
		if err := s.enter(s.netns); err != nil {
			return err
		}
	}
	if s.Batch && !options.Batch {
		if code := s.batch(s.BatchFile); code != 0 {
			return Exit(code, "")
		}
		return nil
	}
	if len(words) == 0 {
		err = s.help()
	} else {
		err = s.Do(words)
	}
	if code := s.Report(err); code != 0 {
		return Exit(code, "")
	}
	return nil
}
