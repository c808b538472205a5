package cli

// DevlinkOptions are the options of devlink.
var DevlinkOptions = OptionTable{
	{name: "Version", letter: 'V', help: "the version, and nothing else",
		on: func(o *Options) *bool { return &o.version }},
	{name: "force", letter: 'f', help: "go on with a batch after an error",
		on: func(o *Options) *bool { return &o.Force }},
	{name: "batch", letter: 'b', help: "read commands from a file, one a line; - is the standard input",
		value: "batch file", set: func(o *Options, v string) error {
			o.BatchFile, o.Batch = v, true
			return nil
		}},
	{name: "no-nice-names", letter: 'n', help: "ports by their numbers, where their links have names",
		on: func(o *Options) *bool { return &o.PlainNames }},
	{name: "json", letter: 'j', help: "JSON in place of text", on: func(o *Options) *bool { return &o.JSON }},
	{name: "pretty", letter: 'p', help: "JSON for people", on: func(o *Options) *bool { return &o.Pretty }},
	{name: "verbose", letter: 'v', help: "all that the kernel has of an object",
		on: func(o *Options) *bool { return &o.Details }},
	{name: "statistics", letter: 's', help: "statistics", set: (*Options).moreStats},
	{name: "Netns", letter: 'N', help: "do the command in a named network namespace", value: "netns",
		set: func(o *Options, v string) error {
			o.netns, o.inNetNS = v, true
			return nil
		}},
	{name: "iec", letter: 'i', help: "rates in powers of 1024: 1Mibit", on: func(o *Options) *bool { return &o.IEC }},
	{name: "hex", letter: 'x', help: "numbers that reporters say in hexadecimal",
		on: func(o *Options) *bool { return &o.Hex }},
	{name: "help", help: "the grammar of options and objects", set: func(*Options, string) error { return errHelp }},
}
