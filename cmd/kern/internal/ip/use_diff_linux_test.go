package ip

import (
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// A namespace that never had an address has no tables. The main one is empty
// for those who list it; others do not exist.
func TestRoutesOfANewNamespaceAreShownAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	for _, line := range []string{
		"route", "route show table main", "route list dev lo", "-j route", "route save", "route show table local",
		"route show table 7", "-6 route", "-6 route show table 7",
		"route flush table main", "route flush table 7", "route flush dev lo", "route show table all",
		"route show 10.0.0.0/8", "route save table 7", "route save table main",
	} {
		nstest.Do(t, func() {
			args := clitest.Words(t, line)
			want := clitest.IP(t, args...)
			got := clitest.Kern(args...)
			if want != got {
				t.Errorf("%s:\nip   %v\nkern %v", line, want, got)
			}
		})
	}
}

func TestNeighFlushOfAllStatesSparesWhatTheKernelMade(t *testing.T) {
	clitest.NeedIP(t)
	var left []string
	for _, program := range []func(...string) clitest.Result{clitest.Kern,
		func(args ...string) clitest.Result { return clitest.IP(t, args...) }} {
		nstest.Do(t, func() {
			hostsUp(t)
			clitest.SetUp(t, "neigh add 10.0.0.13 dev va lladdr 02:00:00:00:00:07 nud noarp",
				"neigh add 10.0.0.14 dev va lladdr 02:00:00:00:00:07", "neigh add 10.0.0.15 dev va nud none")
			if r := program("neigh", "flush", "dev", "va", "to", "10.0.0.0/24", "nud", "all"); r.Code != 0 {
				t.Errorf("%v", r)
			}
			left = append(left, clitest.IP(t, "-4", "neigh", "show", "nud", "all", "dev", "va").Out)
		})
	}
	if left[0] != left[1] || !strings.Contains(left[0], "NOARP") {
		t.Errorf("kern leaves %q, ip %q", left[0], left[1])
	}
}

func TestManagedNeighboursAreMade(t *testing.T) {
	nstest.Do(t, func() {
		hostsUp(t)
		for _, line := range []string{"neigh add 10.0.0.9 dev va managed",
			"neigh replace 10.0.0.9 dev va managed extern_learn"} {
			if r := clitest.Kern(clitest.Words(t, line)...); r.Code != 0 {
				t.Errorf("%s: %v", line, r)
			}
		}
		if out := clitest.Kern("neigh", "show", "10.0.0.9").Out; !strings.Contains(out, " managed ") {
			t.Errorf("got %q", out)
		}
	})
}

func TestRulesSavedKeepThePriorityZero(t *testing.T) {
	nstest.Do(t, func() {
		clitest.SetUpByKern(t, "rule add pref 0 from 10.0.0.0/8 table 7", "rule add pref 9 goto 20",
			"rule add pref 10 iif nonex table 8", "rule add pref 20 table 9")
		before := clitest.Kern("rule").Out
		saved := clitest.Kern("rule", "save").Out
		if r := clitest.KernIn(saved, "rule", "restore"); r != (clitest.Result{}) {
			t.Errorf("restore: %v", r)
		}
		if after := clitest.Kern("rule").Out; after != before {
			t.Errorf("restored beside what was there:\n%s", after)
		}
		clitest.SetUpByKern(t, "rule flush", "rule del pref 0 from 10.0.0.0/8", "rule del pref 0",
			"link add nonex type bridge")
		if r := clitest.KernIn(saved, "rule", "restore"); r != (clitest.Result{}) {
			t.Errorf("restore: %v", r)
		}
		want := strings.Replace(before, "[detached] ", "", 1)
		if after := clitest.Kern("rule").Out; strings.Join(sortedLines(after), "") != strings.Join(sortedLines(want), "") {
			t.Errorf("restored:\n%s\nwant\n%s", after, want)
		}
	})
}

// sortedLines are the lines of a text, sorted.
func sortedLines(text string) []string { return slices.Sorted(strings.Lines(text)) }
