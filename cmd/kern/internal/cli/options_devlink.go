package cli

import "strings"

// DevlinkOptions are the options of devlink.
var DevlinkOptions = OptionTable{
	{name: "Version", letter: 'V', help: "the version, and nothing else",
		on: func(o *Options) *bool { return &o.version }},
	{name: "force", letter: 'f', help: "go on with a batch after an error",
		on: func(o *Options) *bool { return &o.force }},
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

// parseGetopt reads the options among words as getopt_long(3) does, and returns the other words.
func (o *Options) parseGetopt(words []string) (rest []string, err error) {
	for len(words) != 0 {
		word := words[0]
		words = words[1:]
		name, isOption := strings.CutPrefix(word, "-")
		if !isOption || name == "" {
			rest = append(rest, word)
			continue
		}
		if name == "-" {
			return append(rest, words...), nil
		}
		long, isLong := strings.CutPrefix(name, "-")
		if !isLong && o.options().areLetters(name) {
			words, err = o.parseLetters(name, words)
		} else {
			words, err = o.parseLong(long, words)
		}
		if err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// areLetters reports whether a word is letters of options: one with a value ends them.
func (t OptionTable) areLetters(word string) bool {
	for i := range len(word) {
		opt := t.letter(word[i])
		if opt == nil {
			return false
		}
		if opt.value != "" {
			return true
		}
	}
	return true
}

func (t OptionTable) letter(c byte) *option {
	for i := range t {
		if t[i].letter == c {
			return &t[i]
		}
	}
	return nil
}

func (o *Options) parseLetters(word string, words []string) ([]string, error) {
	for i := range len(word) {
		opt := o.options().letter(word[i])
		if opt.value == "" {
			if err := opt.apply(o, ""); err != nil {
				return nil, err
			}
			continue
		}
		if value := word[i+1:]; value != "" {
			return words, opt.apply(o, value)
		}
		return opt.applyNext(o, words)
	}
	return words, nil
}

// parseLong reads an option by its name, "NAME=VALUE" or "NAME VALUE". A beginning of the name is enough.
func (o *Options) parseLong(word string, words []string) ([]string, error) {
	name, value, given := strings.Cut(word, "=")
	opt := o.options().find(name)
	if opt == nil || given && opt.value == "" {
		return nil, unknownOption("-" + word)
	}
	if opt.value != "" && !given {
		return opt.applyNext(o, words)
	}
	return words, opt.apply(o, value)
}

// applyNext is apply with the next word, and returns those behind it.
func (opt *option) applyNext(o *Options, words []string) ([]string, error) {
	if len(words) == 0 {
		return nil, opt.incomplete()
	}
	return words[1:], opt.apply(o, words[0])
}
