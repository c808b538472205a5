package cli

import (
	"fmt"
	"strings"

	"kern.sys/netlink/desc"
)

// Object is a word that may follow the options. Each has a file of its own and
// one line in the table.
type Object struct {
	// Name is the word in full; a beginning is enough.
	Name string
	// Run does the command whose words follow.
	Run func(*Command) error
	// Program, if set, is what the object stands for: the words behind it are those of that program.
	Program func() Program
	// Usage is the grammar, printed by "help". Its first word on a line stands
	// behind the program's name: "link show [ DEVICE ]".
	Usage func() string
	// Words, if set, gives the words of Usage, each with its meaning: "add, del".
	Words func() [][2]string
	// Brief is what the object is, in a few words: for the manual page.
	Brief string
	// Kinds, if set, is the grammar of what follows "type" and a name, an element a keyword; nil
	// for a name that is not known.
	Kinds func(name string) []string
	// Explain, if set, gives the keywords of Kinds that have one with an explanation.
	Explain func(name string) [][2]string
}

// Command is one command: the words that are still to be read, and all that
// is needed to do it.
type Command struct {
	*Session
	desc.Args
	Object string // its name in full
	usage  func() string
	words  func() [][2]string
}

// Command returns a command of the words, about no object yet.
func (s *Session) Command(words []string) *Command {
	return &Command{Session: s, Args: desc.Args{Rest: words, Names: s.Out.Names, LinkIndex: s.IndexOf,
		OpenProgram: s.openProgram, Warn: func(text string) { fmt.Fprintln(s.Stderr, text) }}}
}

// Do runs a command.
func (s *Session) Do(words []string) error {
	if o := s.find(words[0]); o != nil {
		c := s.Command(words[1:])
		c.Object, c.usage, c.words = o.Name, o.Usage, o.Words
		defer s.closeOpened()
		return o.Run(c)
	}
	if s.UnknownObject != nil {
		return s.UnknownObject(words[0])
	}
	return &UnknownError{Kind: "Object", Word: words[0], Try: "help"}
}

// abbreviates reports whether word begins name. The empty word begins none.
func abbreviates(word, name string) bool { return word != "" && strings.HasPrefix(name, word) }

// Verb is a word that may follow an object.
type Verb struct {
	Name  string // in full, a beginning is enough
	Run   func(*Command) error
	Exact bool // it is not
}

// Choose takes the next word and does what it names; without a word, it does
// none. "help" and unknown words are answered here.
func (c *Command) Choose(none func(*Command) error, verbs ...Verb) error {
	if !c.More() {
		return none(c)
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	for _, v := range verbs {
		if word == v.Name || !v.Exact && abbreviates(word, v.Name) {
			return v.Run(c)
		}
	}
	if abbreviates(word, "help") {
		return c.ShowUsage()
	}
	return &UnknownError{Kind: "Command", Word: word, Try: c.Object + " help"}
}

// Part makes the command one about a part of its object, which has a grammar of its own: "xfrm state".
func (c *Command) Part(name string, usage func() string) {
	c.Object, c.usage, c.words = c.Object+" "+name, usage, nil
}

// HelpAsked reports whether the next word asks for help.
func (c *Command) HelpAsked() bool { return abbreviates(c.Peek(), "help") }

// ShowUsage is the error that shows the object's grammar.
func (c *Command) ShowUsage() error {
	text := UsageText(c.Name, c.usage())
	if c.words != nil {
		text += WordList(c.words())
	}
	return &usage{text}
}

// WordList has a line for each word, with its meaning.
func WordList(words [][2]string) string {
	wide := 0
	for _, w := range words {
		wide = max(wide, min(len(w[0]), 24))
	}
	var b strings.Builder
	for _, w := range words {
		b.WriteString("  " + w[0] + strings.Repeat(" ", max(wide-len(w[0]), 0)) + "  " + w[1] + "\n")
	}
	return b.String()
}

// UsageText is a grammar with the program's name before each command.
func UsageText(program, grammar string) string {
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

// Garbage is the error for a word that nothing more can be done with, what
// being the keyword that it would have belonged to.
func Garbage(what, word string) error { return desc.Garbage(what, word) }

// NoWord is the error for a word behind an object, or its verb, that takes none.
func NoWord(what, word string) error {
	return &desc.UsageError{Text: "Error: \"" + word + "\" is garbage: \"" + what + "\" takes no more words."}
}

// HelpObject is the object that shows the program's own usage.
func HelpObject() Object {
	return Object{Name: "help", Run: func(c *Command) error { return c.help() }}
}
