package cli

// RdmaOptions are the options of rdma.
var RdmaOptions = OptionTable{
	{letter: 'V', name: "version", help: "the version, and nothing else",
		on: func(o *Options) *bool { return &o.version }},
	{letter: 'h', name: "help", help: "the grammar of options and objects", set: askHelp},
	{letter: 'd', name: "details", help: "more of an object; twice, also what its driver tells",
		set: func(o *Options, _ string) error {
			o.Details, o.DriverDetails = true, o.Details
			return nil
		}},
	{letter: 'r', name: "raw", help: "the bytes that a device has of an object",
		on: func(o *Options) *bool { return &o.Raw }},
	{letter: 'o', name: "oneline", help: "each object on one line", on: func(o *Options) *bool { return &o.Oneline }},
	{letter: 'p', name: "pretty", help: "JSON for people", on: func(o *Options) *bool { return &o.Pretty }},
	{letter: 'j', name: "json", help: "JSON in place of text", on: func(o *Options) *bool { return &o.JSON }},
	{letter: 'f', name: "force", help: "go on with a batch after an error",
		on: func(o *Options) *bool { return &o.Force }},
	{letter: 'b', name: "batch", help: "read commands from a file, one a line; - is the standard input",
		value: "batch file", set: (*Options).setBatch},
}

// VdpaOptions are the options of vdpa.
var VdpaOptions = OptionTable{
	{letter: 'V', name: "Version", help: "the version, and nothing else",
		on: func(o *Options) *bool { return &o.version }},
	{letter: 'j', name: "json", help: "JSON in place of text", on: func(o *Options) *bool { return &o.JSON }},
	{letter: 'p', name: "pretty", help: "JSON for people", on: func(o *Options) *bool { return &o.Pretty }},
	{letter: 'h', name: "help", help: "the grammar of options and objects", set: askHelp},
}
