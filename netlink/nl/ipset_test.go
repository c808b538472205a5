package nl_test

import (
	"strconv"
	"strings"
	"testing"

	"kern.sys/internal/abi"
	"kern.sys/netlink/nl"
)

// Every number of the kernel's headers has a text, and numbers that the type of the set gives their meaning name the
// group of types.
func TestIPSetErrorsHaveTexts(t *testing.T) {
	facts, err := abi.Read("../../internal/abi/facts/linux", abi.ArchNames(abi.Linux()))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, c := range facts.Consts() {
		if !strings.HasPrefix(c.Name, "IPSET_ERR_") {
			continue
		}
		n, err := strconv.Atoi(c.On["amd64"])
		if err != nil {
			t.Fatal(c.Name, err)
		}
		seen++
		group := ""
		if at := strings.LastIndex(c.Header, "ip_set_"); at >= 0 {
			group = strings.TrimSuffix(c.Header[at+len("ip_set_"):], ".h") + ": "
		}
		text := nl.IPSetError(n).Error()
		if text == "" || strings.Contains(text, "errno") || !strings.Contains(text, group) {
			t.Errorf("%s (%s) is %q", c.Name, c.Header, text)
		}
	}
	if seen < 35 {
		t.Errorf("the facts have %d numbers of ipset", seen)
	}
	if text := nl.IPSetError(nl.IPSET_ERR_SKBINFO + 99).Error(); text != "errno 4213" {
		t.Errorf("a number that means nothing is %q", text)
	}
}
