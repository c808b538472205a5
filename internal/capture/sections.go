package capture

import (
	"bytes"
	"fmt"
	"strings"
)

// Section is a part of a file with captures: a line "KEY VALUE", and the lines below it that begin with a tab. Lines
// that begin with "#" and empty ones are passed over.
type Section struct {
	Key, Value string
	Lines      []string // without their first tab
}

// Sections are the parts of a file.
func Sections(text string) (all []Section) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if inner, ok := strings.CutPrefix(line, "\t"); ok && len(all) > 0 {
			last := &all[len(all)-1]
			last.Lines = append(last.Lines, inner)
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		all = append(all, Section{Key: key, Value: value})
	}
	return all
}

// Joined is the value and the lines with something between them.
func (s Section) Joined(between string) string {
	parts := s.Lines
	if s.Value != "" {
		parts = append([]string{s.Value}, parts...)
	}
	return strings.Join(parts, between)
}

// Text is the output of a program: its lines stand between bars, because blanks at the end count. A line that begins
// with "+" goes on with the line above.
func (s Section) Text() (string, error) {
	var b strings.Builder
	for i, line := range s.Lines {
		if len(line) < 2 || !strings.HasSuffix(line, "|") || line[0] != '|' && line[0] != '+' {
			return "", fmt.Errorf("%q is not between bars", line)
		}
		if i > 0 && line[0] == '|' {
			b.WriteByte('\n')
		}
		b.WriteString(line[1 : len(line)-1])
	}
	return b.String(), nil
}

func (s Section) text(into *string) (err error) {
	*into, err = s.Text()
	return err
}

// width is how long the lines of a file become.
const width = 100

// FormatText writes text as Section.Text reads it.
func FormatText(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		begin := "|"
		for len(line) > width {
			at := strings.LastIndexAny(line[:width], " ,") + 1
			if at == 0 {
				at = width
			}
			b.WriteString("\t" + begin + line[:at] + "|\n")
			begin, line = "+", line[at:]
		}
		b.WriteString("\t" + begin + line + "|\n")
	}
	return b.String()
}

// writeWords writes a line, and what is too much for it on lines below that begin with a tab.
func writeWords(b *bytes.Buffer, line string) {
	for len(line) > width {
		at := strings.LastIndexByte(line[:width], ' ')
		if at < 0 {
			break
		}
		b.WriteString(line[:at] + "\n\t")
		line = line[at+1:]
	}
	b.WriteString(line + "\n")
}
