package cli

import (
	"os"
	"strconv"
	"strings"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Options are the words before the object.
type Options struct {
	Family    int // AF_…; AF_UNSPEC where none was asked for
	Stats     int // how often -s was given
	Details   bool
	resolve   bool
	Human     bool
	IEC       bool
	JSON      bool
	Pretty    bool
	Brief     bool
	Oneline   bool
	Numeric   bool
	Color     bool
	timestamp bool
	tshort    bool
	All       bool
	Force     bool
	Echo      bool
	version   bool
	Loops     int  // attempts of a flush; 0 is without end
	Rcvbuf    int  // receive buffer in bytes; 0 is the default
	Batch     bool // BatchFile was given
	BatchFile string
	inNetNS   bool // netns was given
	netns     string

	// What tc has.
	Raw      bool          // handles and ticks as they are; of rdma the bytes that a device has
	Graph    bool          // classes as a tree
	ClsNames bool          // names of classes
	ClsFile  string        // where they are
	Every    time.Duration // between two lists; 0: there is one

	CompressVlans bool // bridge has it
	DriverDetails bool // rdma has it: -details was given twice

	// What devlink has.
	PlainNames bool // ports by their numbers, where their links have names
	Hex        bool // numbers in what reporters say

	table OptionTable // nil: ip's
}

// OptionTable are the options of a program.
type OptionTable []option

// options are all options.
func (o *Options) options() OptionTable {
	if o.table != nil {
		return o.table
	}
	return optionTable
}

// option is one of them. A beginning of its name is enough unless it is exact;
// the first in the table that fits is taken, as ip has it.
type option struct {
	name   string
	letter byte // of programs with getopt's options, see parseGetopt
	exact  bool
	value  string // what the word that follows is; "": none does
	help   string // what it is for

	// What it does is one of these.
	on     func(o *Options) *bool // is set
	family int                    // is chosen, AF_…
	set    func(o *Options, value string) error
}

var optionTable = OptionTable{
	{name: "loops",
		help:  "how often a flush tries to leave nothing; 0 is without end, 10 the default",
		value: "loop count", set: func(o *Options, v string) error {
			o.Loops = atoi(v)
			return nil
		}},
	{name: "family",
		help:  "the protocol family of addresses, routes, rules and neighbours: inet, inet6, mpls, bridge or link",
		value: "family type", set: func(o *Options, v string) (err error) {
			o.Family, err = desc.ParseFamily(v)
			return err
		}},
	{name: "4", help: "-family inet", exact: true, family: uapi.AF_INET},
	{name: "6", help: "-family inet6", exact: true, family: uapi.AF_INET6},
	{name: "0", help: "-family link", exact: true, family: uapi.AF_PACKET},
	{name: "M", help: "-family mpls", exact: true, family: uapi.AF_MPLS},
	{name: "B", help: "-family bridge", exact: true, family: uapi.AF_BRIDGE},
	{
		name: "human-readable",
		help: "statistics in units that people read: 1.2M",
		on:   func(o *Options) *bool { return &o.Human },
	},
	{name: "iec", help: "the same in powers of 1024: 1.2Mi", on: func(o *Options) *bool { return &o.IEC }},
	{name: "stats", help: "statistics; twice, more of them", set: (*Options).moreStats},
	{name: "statistics", help: "as -stats", set: (*Options).moreStats},
	{
		name: "details",
		help: "all that the kernel has of an object",
		on:   func(o *Options) *bool { return &o.Details },
	},
	{
		name: "resolve",
		help: "names of hosts in place of addresses",
		on:   func(o *Options) *bool { return &o.resolve },
	},
	{name: "oneline", help: "each object on one line", on: func(o *Options) *bool { return &o.Oneline }},
	{
		name: "timestamp",
		help: "the time before each event of monitor",
		on:   func(o *Options) *bool { return &o.timestamp },
	},
	{name: "tshort", help: "the same on the line of the event", set: func(o *Options, _ string) error {
		o.timestamp, o.tshort = true, true
		return nil
	}},
	{name: "Version", help: "the version, and nothing else", on: func(o *Options) *bool { return &o.version }},
	{name: "force", help: "go on with a batch after an error", on: func(o *Options) *bool { return &o.Force }},
	{name: "batch",
		help:  "read commands from a file, one a line; - is the standard input",
		value: "batch file", set: (*Options).setBatch},
	{name: "brief", help: "a table with the most important", on: func(o *Options) *bool { return &o.Brief }},
	{name: "json", help: "JSON in place of text", on: func(o *Options) *bool { return &o.JSON }},
	{name: "rcvbuf",
		help:  "bytes of the receive buffer of netlink sockets",
		value: "rcvbuf size", set: func(o *Options, v string) error {
			n, err := desc.ParseUint(v, 31)
			o.Rcvbuf = int(n)
			if err != nil {
				return Exit(StatusUsage, "Invalid rcvbuf size '%s'", v)
			}
			return nil
		}},
	{
		name: "help",
		help: "the grammar of options and objects",
		set:  func(*Options, string) error { return errHelp },
	},
	{name: "netns",
		help:  "do the command in a named network namespace",
		value: "netns", set: func(o *Options, v string) error {
			o.netns, o.inNetNS = v, true
			return nil
		}},
	{
		name: "Numeric",
		help: "numbers in place of the names in /etc/iproute2",
		on:   func(o *Options) *bool { return &o.Numeric },
	},
	{
		name: "all",
		help: "the command for each named network namespace, with netns",
		on:   func(o *Options) *bool { return &o.All },
	},
	{name: "echo", help: "show what the kernel made", exact: true, on: func(o *Options) *bool { return &o.Echo }},
	{name: "pretty", help: "JSON for people", on: func(o *Options) *bool { return &o.Pretty }},
}

func (o *Options) moreStats(string) error { o.Stats++; return nil }

// Parse reads the options at the beginning of words and returns the rest.
func (o *Options) Parse(words []string) ([]string, error) {
	if o.options().getopt() {
		return o.parseGetopt(words)
	}
	for len(words) != 0 {
		word := words[0]
		if word == "--" {
			return words[1:], nil
		}
		if !strings.HasPrefix(word, "-") {
			return words, nil
		}
		words = words[1:]
		name := strings.TrimPrefix(word[1:], "-")
		if ok, err := o.setColor(name); ok || err != nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		opt := o.options().find(name)
		if opt == nil {
			return nil, unknownOption("-" + name)
		}
		value := ""
		if opt.value != "" {
			if len(words) == 0 {
				return nil, opt.incomplete()
			}
			value, words = words[0], words[1:]
		}
		if err := opt.do(o, value); err != nil {
			return nil, err
		}
	}
	return words, nil
}

// incomplete is the error for an option without the word that it needs.
func (o *option) incomplete() error {
	if o.name == "netns" { // ip says no more of it
		return desc.Incomplete()
	}
	return &desc.UsageError{Text: "Error: argument \"" + o.value + "\" is required"}
}

func (t OptionTable) find(name string) *option {
	for i := range t { // "-" alone begins the first
		o := &t[i]
		if o.name == name || !o.exact && strings.HasPrefix(o.name, name) {
			return o
		}
	}
	return nil
}

// setColor reads -color[={always|auto|never}].
func (o *Options) setColor(name string) (bool, error) {
	word, when, given := strings.Cut(name, "=")
	if word == "" || !strings.HasPrefix("color", word) {
		return false, nil
	}
	switch {
	case !given || when == "always":
		o.Color = true
	case when == "auto":
		o.Color = IsTerminal(os.Stdout)
	case when == "never":
		o.Color = false
	default:
		return false, unknownOption("-" + name)
	}
	return true, nil
}

func unknownOption(word string) error {
	return &UnknownError{Kind: "Option", Word: word, Try: "-help"}
}

// IsTerminal reports whether w is a terminal, or another device that text is
// read from as it comes.
func IsTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	if err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(st, null)
}

// atoi reads the number that s begins with, as C does.
func atoi(s string) int {
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && s[0] == '-') {
		end++
	}
	n, err := strconv.Atoi(s[:end])
	if err != nil {
		return 0
	}
	return n
}

// palette is the colours to use on the terminal's background, which COLORFGBG
// may say.
func (o *Options) palette() desc.Palette {
	if !o.Color || o.JSON {
		return nil
	}
	v := os.Getenv("COLORFGBG")
	if i := strings.LastIndexByte(v, ';'); i >= 0 {
		if bg := v[i+1:]; bg != "8" && (len(bg) != 1 || bg[0] < '0' || bg[0] > '6') {
			return desc.LightPalette
		}
	}
	return desc.DarkPalette
}
