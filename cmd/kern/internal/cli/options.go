package cli

import (
	"os"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Options are what stands before the object.
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
	force     bool
	echo      bool
	version   bool
	Loops     int  // attempts of a flush; 0 is without end
	Rcvbuf    int  // receive buffer in bytes; 0 is the default
	Batch     bool // BatchFile was given
	BatchFile string
	inNetNS   bool // netns was given
	netns     string
}

// option is one of them. A beginning of its name is enough unless it is exact;
// the first in the table that fits is taken, as ip has it.
type option struct {
	name  string
	exact bool
	value string // what the word that follows is; "": none does

	// What it does is one of these.
	on     func(o *Options) *bool // is set
	family int                    // is chosen, AF_…
	set    func(o *Options, value string) error
}

var optionTable = []option{
	{name: "loops", value: "loop count", set: func(o *Options, v string) error {
		o.Loops = atoi(v)
		return nil
	}},
	{name: "family", value: "family type", set: func(o *Options, v string) (err error) {
		o.Family, err = ParseFamily(v)
		return err
	}},
	{name: "4", exact: true, family: uapi.AF_INET},
	{name: "6", exact: true, family: uapi.AF_INET6},
	{name: "0", exact: true, family: uapi.AF_PACKET},
	{name: "M", exact: true, family: uapi.AF_MPLS},
	{name: "B", exact: true, family: uapi.AF_BRIDGE},
	{name: "human-readable", on: func(o *Options) *bool { return &o.Human }},
	{name: "iec", on: func(o *Options) *bool { return &o.IEC }},
	{name: "stats", set: (*Options).moreStats},
	{name: "statistics", set: (*Options).moreStats},
	{name: "details", on: func(o *Options) *bool { return &o.Details }},
	{name: "resolve", on: func(o *Options) *bool { return &o.resolve }},
	{name: "oneline", on: func(o *Options) *bool { return &o.Oneline }},
	{name: "timestamp", on: func(o *Options) *bool { return &o.timestamp }},
	{name: "tshort", set: func(o *Options, _ string) error {
		o.timestamp, o.tshort = true, true
		return nil
	}},
	{name: "Version", on: func(o *Options) *bool { return &o.version }},
	{name: "force", on: func(o *Options) *bool { return &o.force }},
	{name: "batch", value: "batch file", set: func(o *Options, v string) error {
		o.BatchFile, o.Batch = v, true
		return nil
	}},
	{name: "brief", on: func(o *Options) *bool { return &o.Brief }},
	{name: "json", on: func(o *Options) *bool { return &o.JSON }},
	{name: "rcvbuf", value: "rcvbuf size", set: func(o *Options, v string) error {
		n, err := desc.ParseUint(v, 31)
		o.Rcvbuf = int(n)
		if err != nil {
			return Exit(StatusUsage, "Invalid rcvbuf size '%s'", v)
		}
		return nil
	}},
	{name: "help", set: func(*Options, string) error { return errHelp }},
	{name: "netns", value: "netns", set: func(o *Options, v string) error {
		o.netns, o.inNetNS = v, true
		return nil
	}},
	{name: "Numeric", on: func(o *Options) *bool { return &o.Numeric }},
	{name: "all", on: func(o *Options) *bool { return &o.All }},
	{name: "echo", exact: true, on: func(o *Options) *bool { return &o.echo }},
	{name: "pretty", on: func(o *Options) *bool { return &o.Pretty }},
}

func (o *Options) moreStats(string) error { o.Stats++; return nil }

// Parse reads the options at the beginning of words and returns the rest.
func (o *Options) Parse(words []string) ([]string, error) {
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
		opt := findOption(name)
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
		switch {
		case opt.on != nil:
			*opt.on(o) = true
		case opt.set == nil:
			o.Family = opt.family
		default:
			if err := opt.set(o, value); err != nil {
				return nil, err
			}
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

func findOption(name string) *option {
	for i := range optionTable { // "-" alone begins the first
		o := &optionTable[i]
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

// families are the names of -family.
var families = []struct {
	name   string
	family int
}{
	{"inet", uapi.AF_INET},
	{"inet6", uapi.AF_INET6},
	{"link", uapi.AF_PACKET},
	{"mpls", uapi.AF_MPLS},
	{"bridge", uapi.AF_BRIDGE},
}

// ParseFamily reads the name of a family, as -family takes it.
func ParseFamily(word string) (int, error) {
	for _, f := range families {
		if f.name == word {
			return f.family, nil
		}
	}
	return 0, desc.Wrong(word, "invalid protocol family")
}

// FamilyName is the name of a family in what is shown.
func FamilyName(family int) string {
	for _, f := range families {
		if f.family == family {
			return f.name
		}
	}
	return "???"
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

// palette is the colours to use, by the terminal's background as far as
// COLORFGBG tells.
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
