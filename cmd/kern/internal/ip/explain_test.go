package ip

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kern.sys/netlink"
)

// unexplained are words of objects without an explanation; the list stays empty.
var unexplained = []string{}

// unexplainedObjects are the objects that have no explanations yet.
var unexplainedObjects []string

// values are words of grammars that stand for themselves, or that the word before them explains.
var values = strings.Fields("on off none auto enable disable enabled disabled forever action default " +
	"inet inet6 mpls bridge link ip ip6 bpf seg6 seg6local kernel boot static host global local main low medium high " +
	"ecn tcp_usec_ts s ms tun tap netns eui64 stable_secret random dormant help mode")

var grammarWord = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// TestWordsOfObjectsAreExplained compares the words of each object's grammar with its explanations, in both
// directions.
func TestWordsOfObjectsAreExplained(t *testing.T) {
	var lacking, without []string
	for _, o := range Objects() {
		if o.Usage == nil {
			continue
		}
		if o.Words == nil {
			without = append(without, o.Name)
			continue
		}
		explained := map[string]bool{}
		for _, w := range o.Words() {
			for name := range strings.SplitSeq(w[0], ", ") {
				if explained[name] || w[1] == "" || len(w[1]) > 110 {
					t.Errorf("%s: the explanation of %q is there twice, empty or too long", o.Name, name)
				}
				explained[name] = true
			}
		}
		words := usageWords(o.Usage())
		for _, w := range words {
			if !explained[w] && !slices.Contains(values, w) && !slices.Contains(netlink.LinkKinds(), w) {
				lacking = append(lacking, o.Name+" "+w)
			}
		}
		for name := range explained {
			if grammarWord.MatchString(name) && !slices.Contains(words, name) {
				t.Errorf("%s explains %q, which is not in its grammar", o.Name, name)
			}
		}
	}
	if !slices.Equal(without, unexplainedObjects) {
		t.Errorf("objects without explanations: %q", without)
	}
	if !slices.Equal(lacking, unexplained) {
		t.Errorf("without an explanation:\n%s", strings.Join(lacking, "\n"))
	}
}

// usageWords are the words of a grammar but for the object's name at the beginning of a line, tables of kinds,
// settings of IPv4, which have the names of files below /proc/sys, and encapsulations, which have explanations of
// their own.
func usageWords(usage string) (words []string) {
	skip := false
	for line := range strings.Lines(usage) {
		if name, _, defined := strings.Cut(line, " :="); defined {
			skip = name == "INET" || name == "ENCAP" || name == "FLAVOR" || name == "TYPE" && strings.Contains(line, "amt")
		}
		fields := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \n[]{}|,=:/", r) })
		if line[0] != ' ' && len(fields) > 0 && !strings.Contains(line, ":=") {
			skip, fields = false, fields[1:]
		}
		for _, w := range fields {
			if !skip && grammarWord.MatchString(w) && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words
}
