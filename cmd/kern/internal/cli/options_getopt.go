package cli

import "strings"

// Some programs read their options as getopt_long(3) does: letters may stand together behind one dash, words stand
// behind two and may be shortened, and options may stand anywhere before "--". Their tables have letters.

// getopt reports whether the options are read so.
func (t OptionTable) getopt() bool { return len(t) != 0 && t[0].letter != 0 }

// flag is the option as it is written.
func (t OptionTable) flag(o *option) string {
	if t.getopt() {
		return "--" + o.name
	}
	return "-" + o.name
}

// parseGetopt reads the options among words, and returns the others.
func (o *Options) parseGetopt(words []string) (rest []string, err error) {
	table := o.options()
	for len(words) != 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "--":
			return append(rest, words...), nil
		case strings.HasPrefix(word, "--"):
			name, value, given := strings.Cut(word[2:], "=")
			opt := table.find(name)
			if name == "" || opt == nil || given && opt.value == "" {
				return nil, errUnknownOption
			}
			if opt.value != "" && !given {
				if value, words, err = opt.take(words); err != nil {
					return nil, err
				}
			}
			err = opt.do(o, value)
		case len(word) > 1 && word[0] == '-':
			words, err = o.letters(word[1:], words)
		default:
			rest = append(rest, word)
		}
		if err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// letters does the options of one dash. A value is what is left of the word, or the next of words.
func (o *Options) letters(letters string, words []string) ([]string, error) {
	for i := range len(letters) {
		opt := o.options().letter(letters[i])
		if opt == nil {
			return nil, errUnknownOption
		}
		if opt.value == "" {
			if err := opt.do(o, ""); err != nil {
				return nil, err
			}
			continue
		}
		value := letters[i+1:]
		var err error
		if value == "" {
			if value, words, err = opt.take(words); err != nil {
				return nil, err
			}
		}
		return words, opt.do(o, value)
	}
	return words, nil
}

func (t OptionTable) letter(c byte) *option {
	for i := range t {
		if t[i].letter == c {
			return &t[i]
		}
	}
	return nil
}

// take takes the value that the option needs.
func (o *option) take(words []string) (value string, rest []string, err error) {
	if len(words) == 0 {
		return "", nil, Exit(StatusFailed, "-%c option requires an argument", o.letter)
	}
	return words[0], words[1:], nil
}

// do does what the option is for.
func (o *option) do(to *Options, value string) error {
	switch {
	case o.on != nil:
		*o.on(to) = true
	case o.set == nil:
		to.Family = o.family
	default:
		return o.set(to, value)
	}
	return nil
}

var errUnknownOption = Exit(StatusFailed, "Unknown option.")

func askHelp(*Options, string) error { return errHelp }

func (o *Options) setBatch(file string) error {
	o.BatchFile, o.Batch = file, true
	return nil
}
