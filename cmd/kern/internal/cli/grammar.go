package cli

import (
	"slices"
	"strings"
)

// grammar is what an object's Usage says, parsed: completion and the manual page are made
// of the text that help prints.
type grammar struct {
	lines   []seq // behind the object's name, one a command
	defined map[string]seq
}

// seq is what stands one behind the other, node a word or alternatives.
type seq []node

type node struct {
	word     string // "": alternatives
	alts     []seq
	optional bool
}

// parseGrammar reads the grammar of an object. Lines that begin in the first column
// are commands or definitions, others go on with the one before.
func parseGrammar(object, text string) *grammar {
	g := &grammar{defined: map[string]seq{}}
	var line string
	add := func() {
		if name, rest, ok := strings.Cut(line, ":="); ok {
			g.defined[strings.TrimSpace(name)] = parseSeq(rest)
		} else if s := parseSeq(line); len(s) != 0 {
			if len(s) > 1 && s[0].optional { // [-all] netns …
				s = s[1:]
			}
			if s[0].word != "" && strings.HasPrefix(object, s[0].word) {
				g.lines = append(g.lines, s[1:])
			}
		}
		line = ""
	}
	for l := range strings.Lines(strings.Trim(text, "\n")) {
		if l[0] != ' ' && l[0] != '\t' {
			add()
		}
		line += " " + strings.TrimRight(l, "\n")
	}
	add()
	return g
}

func parseSeq(text string) seq {
	alts, _ := parseAlts(tokens(text), "")
	if len(alts) == 1 {
		return alts[0]
	}
	return seq{{alts: alts}}
}

// tokens are the words of a text and the marks { } [ ] |.
func tokens(text string) []string {
	var out []string
	for _, field := range strings.Fields(text) {
		// Of "NUMBER[s|ms]" and "[SOURCE/]DESTINATION" only what is not optional counts.
		open, end := strings.IndexByte(field, '['), strings.IndexByte(field, ']')
		switch {
		case open > 0 && end > open:
			field = field[:open]
		case open == 0 && end > 0 && strings.Contains(field[:end], "/"):
			field = field[end+1:]
		case open == 0 && strings.TrimSuffix(field, "...") != "[" && strings.Trim(field[max(end, 0):], "].") == "":
			field = "[ " + strings.Trim(field, "[].") + " ]"
		}
		for _, mark := range []string{"{", "}", "|"} {
			field = strings.ReplaceAll(field, mark, " "+mark+" ")
		}
		out = append(out, strings.Fields(field)...)
	}
	return out
}

// parseAlts reads alternatives up to a closing mark, and returns the tokens behind it.
func parseAlts(tokens []string, end string) ([]seq, []string) {
	alts := []seq{nil}
	for len(tokens) != 0 {
		t := tokens[0]
		tokens = tokens[1:]
		last := &alts[len(alts)-1]
		switch t {
		case end:
			return alts, tokens
		case "]...", "}...":
			if t[:1] == end {
				return alts, tokens
			}
		case "]", "}", "...": // a mark that closes nothing
		case "|":
			alts = append(alts, nil)
		case "{", "[":
			var n node
			n.optional = t == "["
			n.alts, tokens = parseAlts(tokens, map[string]string{"{": "}", "[": "]"}[t])
			*last = append(*last, n)
		default:
			// "[no]learning" is two words.
			t = strings.TrimSuffix(t, "...")
			prefix, word, two := strings.Cut(strings.TrimPrefix(t, "["), "]")
			if two && t[0] == '[' && word != "" && !placeholder(word) {
				*last = append(*last, node{alts: []seq{{{word: word}}, {{word: prefix + word}}}})
			} else if t != "" {
				*last = append(*last, node{word: t})
			}
		}
	}
	return alts, nil
}

// placeholder reports whether a word of a grammar stands for others: DEVICE, PREFIX, 1..255.
func placeholder(word string) bool {
	return word[0] >= 'A' && word[0] <= 'Z' || strings.Contains(word, "..") || strings.ContainsAny(word, "<>")
}

// first calls yield for the words that s may begin with, and reports whether it may be empty.
func (s seq) first(yield func(word string)) bool {
	for _, n := range s {
		if n.word != "" {
			yield(n.word)
			return false
		}
		empty := n.optional
		for _, a := range n.alts {
			empty = a.first(yield) || empty
		}
		if !empty {
			return false
		}
	}
	return true
}

// keywords calls yield for the words of s that are no values of others, those of what is
// defined among them.
func (g *grammar) keywords(s seq, seen map[string]bool, yield func(word string)) {
	for i := 0; i < len(s); i++ {
		n := s[i]
		for _, a := range n.alts {
			g.keywords(a, seen, yield)
		}
		if n.word == "" {
			continue
		}
		if def, ok := g.defined[n.word]; ok && !seen[n.word] {
			seen[n.word] = true
			g.keywords(def, seen, yield)
		}
		if !placeholder(n.word) {
			yield(n.word)
			i = s.value(i)
		}
	}
}

// value is the position of the value of the keyword at i, with what may be before it: the lock
// of "mtu [ lock ] NUMBER"; i where there is none. Options of links are no value: they go on.
func (s seq) value(i int) int {
	for at := i + 1; at < len(s); at++ {
		if s[at].word == linkOptions {
			break
		}
		if !s[at].optional {
			return at
		}
	}
	return i
}

// linkOptions stands in the grammar of kinds for the words of another link.
const linkOptions = "LINK_OPTIONS"

// values calls yield for what may follow the keyword as its value, and reports whether it must
// have one.
func (g *grammar) values(s seq, keyword string, seen map[string]bool, yield func(word string)) (due bool) {
	for i, n := range s {
		if n.word == keyword {
			empty := s[i+1:].first(yield)
			due = due || !empty
		}
		if def, ok := g.defined[n.word]; ok && !seen[n.word] {
			seen[n.word] = true
			due = g.values(def, keyword, seen, yield) || due
		}
		for _, a := range n.alts {
			due = g.values(a, keyword, seen, yield) || due
		}
	}
	return due
}

// tails are what may stand behind a verb: of all commands, where none is known by it.
func (g *grammar) tails(verb string) []seq {
	var known, all []seq
	for _, line := range g.lines {
		for len(line) == 1 && line[0].optional && len(line[0].alts) == 1 { // [ list [ SELECTOR ] ]
			line = line[0].alts[0]
		}
		if len(line) == 0 {
			continue
		}
		tail := line[1:]
		all = append(all, tail)
		for _, a := range line[0].alternatives() {
			if len(a) == 0 || a[0].word == "" || placeholder(a[0].word) {
				continue
			}
			if w := a[0].word; verb != "" && (strings.HasPrefix(w, verb) || strings.HasPrefix(verb, w)) {
				known = append(known, slices.Concat(a[1:], tail))
			}
		}
	}
	if known == nil {
		return all
	}
	return known
}

// alternatives are those of a group, or the word.
func (n node) alternatives() []seq {
	if n.word != "" {
		return []seq{{n}}
	}
	return n.alts
}
