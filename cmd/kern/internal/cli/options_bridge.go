package cli

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// BridgeOptions are the options of bridge.
var BridgeOptions = OptionTable{
	{name: "help", help: "the grammar of options and objects", set: func(*Options, string) error { return errHelp }},
	{name: "Version", help: "the version, and nothing else", on: func(o *Options) *bool { return &o.version }},
	{name: "stats", help: "statistics", set: (*Options).moreStats},
	{name: "statistics", help: "as -stats", set: (*Options).moreStats},
	{name: "details", help: "all that the kernel has of an object", on: func(o *Options) *bool { return &o.Details }},
	{name: "oneline", help: "each object on one line", on: func(o *Options) *bool { return &o.Oneline }},
	{name: "timestamp", help: "the time before each event of monitor",
		on: func(o *Options) *bool { return &o.timestamp }},
	{name: "family", help: "the protocol family of addresses: inet or inet6", value: "family type",
		set: func(o *Options, v string) (err error) {
			if o.Family, err = desc.ParseFamily(v); o.Family != uapi.AF_INET && o.Family != uapi.AF_INET6 {
				err = desc.Wrong(v, "invalid protocol family")
			}
			return err
		}},
	{name: "4", help: "-family inet", exact: true, family: uapi.AF_INET},
	{name: "6", help: "-family inet6", exact: true, family: uapi.AF_INET6},
	{name: "netns", help: "do the command in a named network namespace", value: "netns",
		set: func(o *Options, v string) error {
			o.netns, o.inNetNS = v, true
			return nil
		}},
	{name: "compressvlans", help: "ranges of VLANs in place of each",
		on: func(o *Options) *bool { return &o.CompressVlans }},
	{name: "force", help: "go on with a batch after an error", on: func(o *Options) *bool { return &o.Force }},
	{name: "json", help: "JSON in place of text", on: func(o *Options) *bool { return &o.JSON }},
	{name: "pretty", help: "JSON for people", on: func(o *Options) *bool { return &o.Pretty }},
	{name: "batch", help: "read commands from a file, one a line; - is the standard input", value: "batch file",
		set: (*Options).setBatch},
}
