package capture

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesOfKinds writes each file of captured kinds again: it has the names of the attributes, and each file is
// about one kind.
func TestFilesOfKinds(t *testing.T) {
	names, err := ReadNames("../..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../netlink/testdata/kinds/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		links, err := parseLinks(string(want))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, l := range links {
			if l.Kind+".txt" != filepath.Base(file) {
				t.Errorf("%s has a link of kind %s", file, l.Kind)
			}
		}
		if got, err := FormatLinks(names, links); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v: it should be\n%s", file, err, got)
		}
	}
}

// TestMessagesOfLinks compares the names in the messages that the command's tests show with the tables'.
func TestMessagesOfLinks(t *testing.T) {
	names, err := ReadNames("../..")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("../../cmd/kern/internal/ip/testdata/links.txt")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range Sections(string(b)) {
		if s.Key != "message" {
			continue
		}
		found++
		want := "\t" + strings.Join(s.Lines, "\n\t") + "\n"
		if got, err := names.AnnotateLink(want); err != nil || got != want {
			t.Errorf("%v: the message should be\n%s", err, got)
		}
	}
	if found == 0 {
		t.Error("no message was found")
	}
}

func TestSectionsThatAreMalformed(t *testing.T) {
	for text, want := range map[string]string{
		"kernel 7.3\n":                      "before the first link",
		"= vlan plain\nbogus 1\n":           "no such word",
		"= vlan plain\nlink x d0\n":         "invalid syntax",
		"= vlan plain\ntext\n\tno bars\n":   "not between bars",
		"= vlan plain\njson\n\t{\"id\": \n": "unexpected end",
	} {
		if _, err := parseLinks(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestLongTextGoesOn(t *testing.T) {
	text := strings.Repeat("word,and blank ", 30) + "\n\n\tend "
	formatted := FormatText(text)
	for line := range strings.Lines(formatted) {
		if len(line) > 110 {
			t.Errorf("long: %s", line)
		}
	}
	got, err := Sections("text\n" + formatted)[0].Text()
	if err != nil || got != text {
		t.Errorf("%q, %v", got, err)
	}
}
