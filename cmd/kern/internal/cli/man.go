package cli

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
)

// ManObject is the object that prints the manual page, made of the same
// descriptions as help.
func ManObject() Object {
	return Object{
		Name: "man", Run: runMan, Brief: "this page, for man -l -",
		Usage: func() string { return "man\n" },
	}
}

func runMan(c *Command) error {
	switch {
	case c.HelpAsked():
		return c.ShowUsage()
	case c.More():
		return NoWord("man", c.Peek())
	}
	_, err := c.Stdout.Write([]byte(c.manual()))
	return err
}

// page is a manual page in the language of man(7).
type page struct {
	b     strings.Builder
	begun bool // a section or a part of it: what follows is its first paragraph
}

// head begins a section (.SH) or a part of one (.SS).
func (p *page) head(macro, title string) {
	p.b.WriteString(macro + " " + roff(title) + "\n")
	p.begun = true
}

func (p *page) section(title string) { p.head(".SH", title) }

func (p *page) paragraph() {
	if !p.begun {
		p.b.WriteString(".PP\n")
	}
	p.begun = false
}

// text is a paragraph.
func (p *page) text(s string) {
	p.paragraph()
	p.b.WriteString(roff(s) + "\n")
}

// item is a term and what it is.
func (p *page) item(term, s string) { p.b.WriteString(".TP\n.B " + roff(term) + "\n" + roff(s) + "\n") }

// block is text that stands as it is.
func (p *page) block(s string) {
	p.paragraph()
	p.b.WriteString(".nf\n" + roff(s) + "\n.fi\n")
}

// roff escapes what has a meaning in roff: backslashes, hyphens, and what begins a line.
func roff(s string) string {
	lines := strings.Split(strings.NewReplacer(`\`, `\e`, "-", `\-`, "\t", "    ").Replace(s), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

// manual is the manual page of the program.
func (s *Session) manual() string {
	p := &page{}
	name := s.Name
	p.b.WriteString(".TH " + strings.ToUpper(name) + " 8 \"" + built() + "\" \"kern.sys\" \"Network administration\"\n")
	p.section("NAME")
	p.b.WriteString(roff(name) + ` \- show and change what the kernel does with packets, and where` + "\n")
	p.section("SYNOPSIS")
	p.block(name + " [ OPTIONS ] OBJECT { COMMAND | help }\n" + name + " [ -force ] -batch FILE")
	p.section("DESCRIPTION")
	p.text(name + " speaks the grammar of ip(8) and prints what ip prints, as text and as JSON.\n" +
		"Objects, commands and options may be abbreviated, as with ip.")
	p.section("OPTIONS")
	table := s.Options.options()
	for _, o := range table {
		term := table.flag(&o)
		if o.letter != 0 {
			term = "-" + string(rune(o.letter)) + ", " + term
		}
		if o.value != "" {
			term += " " + strings.ToUpper(strings.ReplaceAll(o.value, " ", "_"))
		}
		p.item(term, o.help)
	}
	if !table.getopt() {
		p.item("-color[={ always | auto | never }]", "colours, by the background that COLORFGBG names; on a "+
			"terminal they are the default, unless NO_COLOR is set")
	}
	p.section("OBJECTS")
	var seen []string
	for _, o := range s.Objects() {
		if o.Usage == nil || slices.Contains(seen, o.Usage()) {
			continue
		}
		seen = append(seen, o.Usage())
		p.head(".SS", o.Name)
		if o.Brief != "" {
			p.text(strings.ToUpper(o.Brief[:1]) + o.Brief[1:] + ".")
		}
		text := strings.Replace(UsageText(name, o.Usage()), "Usage: ", "       ", 1)
		p.block(strings.TrimRight(text, "\n"))
		if o.Words != nil {
			for _, w := range o.Words() {
				p.item(w[0], w[1])
			}
		}
	}
	for _, o := range s.Objects() {
		if o.Kinds == nil {
			continue
		}
		p.section("TYPES OF " + strings.ToUpper(o.Name))
		for _, kind := range parseGrammar(o.Name, o.Usage()).words("TYPE") {
			if lines := o.Kinds(kind); len(lines) != 0 {
				p.head(".SS", kind)
				p.block(strings.Join(lines, "\n"))
				if o.Explain != nil {
					for _, w := range o.Explain(kind) {
						p.item(w[0], w[1])
					}
				}
			}
		}
	}
	p.section("EXIT STATUS")
	if s.Status != 0 {
		p.text(fmt.Sprintf("0 for success, %d for all failures, or almost.", s.Status))
	} else {
		p.exitStatus()
	}
	p.section("SEE ALSO")
	p.text("ip(8), bridge(8), tc(8), netlink(7), rtnetlink(7), network_namespaces(7)")
	return p.b.String()
}

// exitStatus is that section of programs that have several.
func (p *page) exitStatus() {
	p.text("0 for success, 1 where an object does not exist or words are missing,\n" +
		"2 where the kernel refused, 255 where the words cannot be understood.")
}

// words are those that a definition may begin with.
func (g *grammar) words(name string) []string {
	var out []string
	g.defined[name].first(func(w string) {
		if !placeholder(w) {
			out = append(out, w)
		}
	})
	return out
}

// built is the day of the source that the program is made of, where the build knows it.
func built() string {
	if bi, ok := debug.ReadBuildInfo(); ok {
		for _, s := range bi.Settings {
			if day, _, ok := strings.Cut(s.Value, "T"); ok && s.Key == "vcs.time" {
				return day
			}
		}
	}
	return ""
}
