package netlink

import (
	"slices"
	"strings"
	"testing"

	"kern.sys/netlink/desc"
)

// What explains a kind explains each of its keywords, and none that it has not.
func TestHelpIsAboutTheKeywords(t *testing.T) {
	check := func(name string, k *desc.Kind) {
		if k == nil || len(k.Help) == 0 {
			return
		}
		usage := desc.Usage(k)
		for _, h := range k.Help {
			if !slices.ContainsFunc(usage, func(u string) bool { return slices.Contains(keywords(u), h[0]) }) {
				t.Errorf("%s explains %q, which is no keyword", name, h[0])
			}
		}
		for _, u := range usage {
			if !slices.ContainsFunc(k.Help, func(h [2]string) bool { return slices.Contains(keywords(u), h[0]) && h[1] != "" }) {
				t.Errorf("%s does not explain %q", name, u)
			}
		}
	}
	for _, kind := range LinkKinds() {
		check(kind, DescribeLink(kind))
		check(kind+"_slave", DescribeLinkPort(kind))
	}
}

// keywords are those of an element of desc.Usage: "[ [no]learning ]", "[ { group | remote } IP_ADDRESS ]".
func keywords(usage string) []string {
	words := strings.Fields(usage)[1:]
	if words[0] != "{" {
		return []string{strings.TrimPrefix(words[0], "[no]")}
	}
	var out []string
	for _, w := range words[1:slices.Index(words, "}")] {
		if w != "|" {
			out = append(out, w)
		}
	}
	return out
}
