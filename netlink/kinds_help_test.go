package netlink

import (
	"slices"
	"strings"
	"testing"

	"kern.sys/netlink/desc"
)

// unexplained are kinds whose keywords are not all explained; it stays empty.
var unexplained = []string{}

// The help of a kind explains each of its keywords, and none that it does not have.
func TestHelpIsAboutTheKeywords(t *testing.T) {
	var lacking []string
	check := func(name string, k *desc.Kind) {
		if k == nil {
			return
		}
		usage := desc.Usage(k)
		for _, h := range k.Help {
			if !slices.ContainsFunc(usage, func(u string) bool { return slices.Contains(keywords(u), h[0]) }) {
				t.Errorf("%s explains %q, which is no keyword", name, h[0])
			}
			if h[1] == "" || len(h[1]) > 110 {
				t.Errorf("%s: the explanation of %q has %d bytes", name, h[0], len(h[1]))
			}
		}
		for _, u := range usage {
			explains := func(h [2]string) bool { return slices.Contains(keywords(u), h[0]) }
			if len(keywords(u)) > 0 && !slices.ContainsFunc(k.Help, explains) {
				lacking = append(lacking, name+": "+u)
			}
		}
	}
	for _, kind := range LinkKinds() {
		check(kind, DescribeLink(kind))
		check(kind+"_slave", DescribeLinkPort(kind))
	}
	for _, encap := range encapKinds.names() {
		check("encap "+encap, DescribeEncap(encap))
	}
	if !slices.Equal(lacking, unexplained) {
		t.Errorf("without an explanation:\n%s", strings.Join(lacking, "\n"))
	}
}

// keywords are those of an element of desc.Usage: "[ [no]learning ]", "[ { group | remote } IP_ADDRESS ]".
func keywords(usage string) []string {
	if strings.HasPrefix(usage, "[ [ ") || usage[0] != '[' { // words before the first keyword
		return slices.DeleteFunc(strings.Fields(usage),
			func(w string) bool { return strings.ToLower(w) != w || strings.Trim(w, "[]|") == "" })
	}
	words := strings.Fields(usage)[1:]
	if words[0] != "{" {
		return []string{strings.TrimPrefix(words[0], "[no]")}
	}
	var out []string
	for _, w := range words[1:slices.Index(words, "}")] {
		if w != "|" {
			out = append(out, strings.TrimPrefix(w, "[no]"))
		}
	}
	return out
}
