package netlink

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// ematchUsage is the grammar of extended matches.
const ematchUsage = "[ not ] { KIND(ARGS) | (MATCHES) } [ { and | or } MATCHES ]"

// readEmatches reads extended matches: words that may have parts of several tokens, or several tokens.
func readEmatches(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if !in.More() {
		return desc.Incomplete()
	}
	l := &ematchLexer{words: in.Rest}
	list, err := l.list(in, 0)
	if err == nil {
		_, err = l.peek()
	}
	if err != nil {
		return desc.Failed("Illegal \"ematch\": %v", err)
	}
	in.Rest = l.rest()
	encodeEmatches(e, f.Type, list)
	return e.Err()
}

// ematchToken is a parenthesis, a word, or a text in quotes.
type ematchToken struct {
	text   string
	quoted bool
}

// is reports whether it is the keyword, in upper or lower case.
func (t *ematchToken) is(keyword string) bool {
	return t != nil && !t.quoted && strings.EqualFold(t.text, keyword)
}

// word reports whether it is one, and neither a parenthesis nor a keyword.
func (t *ematchToken) word() bool {
	return t != nil && (t.quoted || !slices.ContainsFunc([]string{"(", ")", "and", "or", "not"}, t.is))
}

// ematchLexer makes tokens of the words of a command, and takes no more of these than it needs.
type ematchLexer struct {
	words []string
	taken int    // how many of words were begun
	part  string // what is left of the last of these
	next  *ematchToken
	ended bool
}

const ematchSpace = " \t\r\n"

// more begins the next word.
func (l *ematchLexer) more() bool {
	for l.taken < len(l.words) {
		l.taken++
		if w := l.words[l.taken-1]; w != "" {
			l.part = w
			return true
		}
	}
	return false
}

// peek is the next token, nil at the end of all words.
func (l *ematchLexer) peek() (*ematchToken, error) {
	if l.next != nil || l.ended {
		return l.next, nil
	}
	for l.part = strings.TrimLeft(l.part, ematchSpace); l.part == ""; l.part = strings.TrimLeft(l.part, ematchSpace) {
		if !l.more() {
			l.ended = true
			return nil, nil
		}
	}
	n := strings.IndexAny(l.part, ematchSpace+"()")
	switch {
	case l.part[0] == '"':
		l.part = l.part[1:]
		text, err := l.quoted()
		l.next = &ematchToken{text, true}
		return l.next, err
	case n == 0:
		n = 1
	case n < 0:
		n = len(l.part)
	}
	l.next, l.part = &ematchToken{text: l.part[:n]}, l.part[n:]
	return l.next, nil
}

// quoted reads what follows a quote. Words are separated by one blank each.
func (l *ematchLexer) quoted() (string, error) {
	var text []byte
	for {
		if l.part == "" {
			if !l.more() {
				return "", errors.New("a text has no closing quote")
			}
			text = append(text, ' ')
			continue
		}
		c := l.part[0]
		l.part = l.part[1:]
		switch c {
		case '"':
			return string(text), nil
		case '\\':
			b, err := l.escape()
			if err != nil {
				return "", err
			}
			text = append(text, b)
		default:
			text = append(text, c)
		}
	}
}

// escape reads what follows a backslash: numbers in base 8, or in base 16 behind an x, letters as C has them.
func (l *ematchLexer) escape() (byte, error) {
	if l.part == "" {
		return ' ', nil // the blank between two words
	}
	c := l.part[0]
	digits, base, length, set := l.part, 8, 3, "01234567"
	if c == 'x' {
		digits, base, length, set = l.part[1:], 16, 2, "0123456789abcdefABCDEF"
	}
	n := 0
	for n < min(length, len(digits)) && strings.IndexByte(set, digits[n]) >= 0 {
		n++
	}
	if n > 0 {
		l.part = digits[n:]
		v, err := desc.ParseBase(digits[:n], base, 8)
		if err != nil {
			return 0, fmt.Errorf("the number \\%s is no byte", digits[:n])
		}
		return byte(v), nil
	}
	if c >= '0' && c <= '9' {
		return 0, fmt.Errorf("\\%c is no number in base 8", c)
	}
	l.part = l.part[1:]
	if at := strings.IndexByte("abtnvfr", c); at >= 0 {
		return "\a\b\t\n\v\f\r"[at], nil
	}
	return c, nil
}

// rest are the words that are not of the matches: the one that was looked at is put back in full.
func (l *ematchLexer) rest() []string {
	if l.next == nil {
		return l.words[l.taken:]
	}
	return l.words[l.taken-1:]
}

// take takes the next token if it is the keyword.
func (l *ematchLexer) take(keyword string) (bool, error) {
	t, err := l.peek()
	if err != nil || !t.is(keyword) {
		return false, err
	}
	l.next = nil
	return true, nil
}

// maxEmatchDepth is how many parentheses may be inside one another; the kernel has fewer.
const maxEmatchDepth = 100

// list reads matches up to a token that joins no more.
func (l *ematchLexer) list(in *desc.Args, depth int) ([]Ematch, error) {
	if depth > maxEmatchDepth {
		return nil, errors.New("too many parentheses are inside one another")
	}
	var list []Ematch
	for {
		m, err := l.match(in, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
		or, err := l.take("or")
		if err != nil {
			return nil, err
		}
		list[len(list)-1].Or = or
		if or {
			continue
		}
		if and, err := l.take("and"); err != nil || !and {
			return list, err
		}
	}
}

// match reads one match.
func (l *ematchLexer) match(in *desc.Args, depth int) (m Ematch, err error) {
	if m.Not, err = l.take("not"); err != nil {
		return m, err
	}
	name, err := l.peek()
	if err != nil {
		return m, err
	}
	if name.word() {
		l.next = nil
	} else {
		name = nil
	}
	open, err := l.take("(")
	switch {
	case err != nil:
		return m, err
	case !open && name == nil:
		return m, errors.New("a match or \"(\" is missing")
	case !open:
		return m, fmt.Errorf("%q is followed by no \"(\"", name.text)
	case name == nil:
		var group EmatchGroup
		if group, err = l.list(in, depth+1); err != nil {
			return m, err
		}
		m.Match = &group
		return m, l.close("and or or")
	}
	a := &ematchArgs{in: in}
	for {
		t, err := l.peek()
		if err != nil {
			return m, err
		}
		if !t.word() {
			break
		}
		a.left = append(a.left, *t)
		l.next = nil
	}
	if err := l.close("a word"); err != nil {
		return m, err
	}
	m.Match, err = a.read(name.text)
	return m, err
}

func (l *ematchLexer) close(instead string) error {
	if ok, err := l.take(")"); err != nil || ok {
		return err
	}
	return fmt.Errorf("%s or \")\" is missing", instead)
}

// ematchArgs are the words in the parentheses of a match.
type ematchArgs struct {
	in   *desc.Args
	left []ematchToken
}

// read reads a match of a kind.
func (a *ematchArgs) read(kind string) (EmatchKind, error) {
	for _, k := range ematchKinds() {
		if k.name != kind {
			continue
		}
		if len(a.left) == 0 {
			return nil, fmt.Errorf("%s() has no words", kind)
		}
		m, err := k.read(a)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", kind, err)
		case len(a.left) != 0:
			return nil, fmt.Errorf("%s: %q is one word too many", kind, a.left[0].text)
		}
		return m, nil
	}
	return nil, fmt.Errorf("the kind %q is not known", kind)
}

func (a *ematchArgs) word() (text string, quoted bool, err error) {
	if len(a.left) == 0 {
		return "", false, errors.New("a word is missing at the end")
	}
	t := a.left[0]
	a.left = a.left[1:]
	return t.text, t.quoted, nil
}

// take takes the next word if it is one of words.
func (a *ematchArgs) take(words ...string) bool {
	if len(a.left) == 0 || a.left[0].quoted || !slices.Contains(words, a.left[0].text) {
		return false
	}
	a.left = a.left[1:]
	return true
}

// number takes a number of up to top.
func (a *ematchArgs) number(what string, top uint64) (uint64, error) {
	word, _, err := a.word()
	if err != nil {
		return 0, err
	}
	v, err := desc.ParseUint(word, 64)
	if err != nil || v > top {
		return 0, fmt.Errorf("%q is no %s, a number up to %d", word, what, top)
	}
	return v, nil
}

// ematchNumber reads a number of 32 bits, which may be negative.
func ematchNumber(word string) (int64, bool) {
	digits, negative := strings.CutPrefix(word, "-")
	v, err := desc.ParseUint(digits, 32)
	if err != nil || digits == "" || negative && v > 1<<31 {
		return 0, false
	}
	if negative {
		return -int64(v), true
	}
	return int64(v), true
}

// operator takes how numbers are compared.
func (a *ematchArgs) operator() (EmatchOp, error) {
	for _, op := range []EmatchOp{TCF_EM_OPND_EQ, TCF_EM_OPND_GT, TCF_EM_OPND_LT} {
		if a.take(strings.TrimSpace(operatorText(op, ""))) {
			return op, nil
		}
	}
	return 0, errors.New("eq, lt or gt is missing")
}

// operatorText is the operator's word between two texts, or only one of these where it is none.
func operatorText(op EmatchOp, before string) string {
	switch op {
	case TCF_EM_OPND_EQ:
		return before + "eq "
	case TCF_EM_OPND_LT:
		return before + "lt "
	case TCF_EM_OPND_GT:
		return before + "gt "
	}
	return ""
}

// layer takes a layer by its name, of which the first letter counts, or its number.
func (a *ematchArgs) layer() (EmatchLayer, error) {
	if len(a.left) != 0 && a.left[0].text != "" {
		if at := strings.IndexByte("lnt", a.left[0].text[0]); at >= 0 {
			a.left = a.left[1:]
			return [...]EmatchLayer{TCF_LAYER_LINK, TCF_LAYER_NETWORK, TCF_LAYER_TRANSPORT}[at], nil
		}
	}
	v, err := a.number("layer", uapi.TCF_LAYER_MAX)
	return EmatchLayer(v), err
}

func unprintable(c byte) bool { return c < ' ' || c > '~' }

// bytesText is bytes as numbers, and as characters behind them.
func bytesText(b []byte) string {
	var text strings.Builder
	for _, c := range b {
		fmt.Fprintf(&text, "%02x ", c)
	}
	text.WriteByte('"')
	for _, c := range b {
		if unprintable(c) {
			c = '.'
		}
		text.WriteByte(c)
	}
	text.WriteByte('"')
	return text.String()
}

// ematchShow shows extended matches: in text over several lines with indents, as tc does it; JSON has them
// in one line.
type ematchShow struct {
	p    *desc.Printer
	line bool
}

func showEmatches(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	list, err := decodeEmatches(b)
	if err != nil || len(list) == 0 {
		return
	}
	s := &ematchShow{p: p, line: p.JSON}
	p.Str("ematch", "\n  %s", s.list(list, 1))
}

func (s *ematchShow) list(list []Ematch, depth int) string {
	var out strings.Builder
	lines := func(text string, indents int) {
		if s.line {
			return
		}
		out.WriteString(text)
		for range indents {
			out.WriteString("  ")
		}
	}
	for i, m := range list {
		last := i == len(list)-1
		if m.Not {
			out.WriteString("NOT ")
		}
		if g, ok := m.Match.(*EmatchGroup); ok {
			out.WriteString("(")
			lines("\n", depth+1)
			out.WriteString(s.list(*g, depth+1))
			lines("", depth)
			out.WriteString(")")
			if !s.line || !last {
				out.WriteString(" ")
			}
		} else {
			out.WriteString(s.match(m.Match))
			if s.line && !last {
				out.WriteString(" ")
			}
			if last {
				lines("\n", 0)
			} else {
				lines("\n", depth)
			}
		}
		switch {
		case last:
		case m.Or:
			out.WriteString("OR ")
		default:
			out.WriteString("AND ")
		}
	}
	return out.String()
}

func (s *ematchShow) match(m EmatchKind) string {
	k := ematchOf(m.kind())
	if _, raw := m.(*EmatchRaw); k == nil || raw {
		return fmt.Sprintf("[unknown ematch %d]", m.kind())
	}
	return k.name + "(" + k.text(s, m) + ")"
}

// offset takes where bytes begin.
func (a *ematchArgs) offset() (uint16, error) {
	v, err := a.number("offset", math.MaxUint16)
	return uint16(v), err
}
