package main

import (
	"go/format"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// breakGo breaks one line after the other, and lets gofmt indent what comes of it.
func breakGo(src []byte) ([]byte, error) {
	for range 12 {
		lines := strings.Split(string(src), "\n")
		broken := strings.Join(breakComments(lines, quotedLines(src)), "\n")
		broken = breakCode(broken)
		if broken == string(src) {
			break
		}
		var err error
		if src, err = format.Source([]byte(broken)); err != nil {
			return nil, err
		}
	}
	return src, nil
}

// breakComments breaks lines that are comments.
func breakComments(lines []string, exempt map[int]bool) []string {
	for i := len(lines) - 1; i >= 0; i-- {
		text := strings.TrimLeft(lines[i], "\t")
		if !wide(lines[i]) || exempt[i] || !strings.HasPrefix(text, "// ") {
			continue
		}
		prefix := lines[i][:len(lines[i])-len(text)] + "// "
		lines = prose(lines, i, prefix+inside(text[len("// "):]))
	}
	return lines
}

// word is a token with its place.
type word struct {
	tok        token.Token
	text       string
	start, end int
	line       int
	depth      int
}

func words(src []byte) (all []word) {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	depth := 0
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return all
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue
		}
		if text == "" {
			text = tok.String()
		}
		switch tok {
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		}
		start := file.Offset(pos)
		all = append(all, word{tok, text, start, start + len(text), file.Line(pos) - 1, depth})
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		}
	}
}

// quotedLines are those with text between backquotes that goes over several lines or alone is too long, and comments
// for programs.
func quotedLines(src []byte) map[int]bool {
	found := map[int]bool{}
	for _, w := range words(src) {
		raw := w.tok == token.STRING && w.text[0] == '`' && (strings.Contains(w.text, "\n") || len(w.text) > limit-20)
		directive := w.tok == token.COMMENT && strings.HasPrefix(w.text, "//") && !strings.HasPrefix(w.text, "// ")
		if raw || directive {
			for i := range strings.Count(w.text, "\n") + 1 {
				found[w.line+i] = true
			}
		}
	}
	return found
}

// breakCode breaks the lines that hold code.
func breakCode(text string) string {
	exempt := quotedLines([]byte(text))
	all := words([]byte(text))
	lines := strings.Split(text, "\n")
	start := len(text)
	for i := len(lines) - 1; i >= 0; i-- {
		end := start
		start = end - len(lines[i])
		if wide(lines[i]) && !exempt[i] {
			from, _ := slices.BinarySearchFunc(all, start, func(w word, at int) int { return w.start - at })
			to, _ := slices.BinarySearchFunc(all, end, func(w word, at int) int { return w.start - at })
			text = text[:start] + breakLine(lines[i], start, all[from:to]) + text[end:]
		}
		start-- // the line's end
	}
	return text
}

// breakLine breaks a line that has some words.
func breakLine(line string, start int, words []word) string {
	if len(words) == 0 {
		return line
	}
	last := words[len(words)-1]
	if last.tok == token.COMMENT {
		if len(words) == 1 || !strings.HasPrefix(last.text, "// ") {
			return line
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, "\t"))]
		return indent + last.text + "\n" + strings.TrimRight(line[:last.start-start], " \t")
	}
	if open := body(words); open >= 0 {
		at, close := words[open].end-start, last.start-start
		return line[:at] + "\n" + line[at:close] + "\n" + line[close:]
	}
	best := -1
	for i, w := range words[:len(words)-1] {
		column := w.end - start
		if column >= limit || column < limit/3 || !breakable(words, i) {
			continue
		}
		if best < 0 || w.depth <= words[best].depth {
			best = i
		}
	}
	if best >= 0 {
		at := words[best].end - start
		return line[:at] + "\n" + strings.TrimLeft(line[at:], " ")
	}
	for i, w := range words {
		from, to := w.start-start, w.end-start
		if w.tok != token.STRING || w.text[0] != '"' || to+len(" +") < limit || from > limit-10 || i+1 < len(words) &&
			words[i+1].tok == token.PERIOD {
			continue
		}
		if cut := inString(line[from:to], limit-5-from); cut > 0 {
			return line[:from+cut] + "\" +\n\"" + line[from+cut:]
		}
	}
	return line
}

// body is the brace that opens the body of a function which ends with the line, -1 where there is none.
func body(words []word) int {
	n := len(words)
	if words[n-1].tok != token.RBRACE || words[0].tok != token.FUNC {
		return -1
	}
	for i, w := range words {
		if w.tok == token.LBRACE && w.depth == words[n-1].depth && i+1 < n-1 {
			return i
		}
	}
	return -1
}

// breakable reports whether a new line may begin behind a word.
func breakable(words []word, i int) bool {
	switch words[i].tok {
	case token.COMMA, token.LAND, token.LOR, token.OR:
		return true
	case token.ADD:
		if i == 0 {
			return false
		}
		switch words[i-1].tok {
		case token.IDENT, token.STRING, token.INT, token.CHAR, token.RPAREN, token.RBRACK, token.RBRACE:
			return true
		}
	}
	return false
}

// inString is where a string is cut in two: behind a blank, or anywhere but in an escape.
func inString(text string, before int) int {
	before = min(before, len(text)-2)
	if at := strings.LastIndexByte(text[:max(before, 0)], ' '); at > 10 {
		return at + 1
	}
	for at := before; at > 10; at-- {
		if !strings.Contains(text[max(at-10, 0):min(at+1, len(text))], `\`) && text[at]&0xc0 != 0x80 {
			return at
		}
	}
	return -1
}
