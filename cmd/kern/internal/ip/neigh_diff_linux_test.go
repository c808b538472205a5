package ip

import (
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

var neighShows = []string{
	"neigh", "-s neigh", "-d neigh", "-br neigh", "-br neigh show dev va", "-p neigh show dev va", "-N neigh", "-o neigh",
	"-c=always neigh", "-c=always -br neigh",
	"-4 neigh", "-6 neigh", "n", "neighbour", "neigh lst", "neigh show nud permanent", "neigh show nud p",
	"neigh show nud reach", "neigh show nud none",
	"neigh show nud noarp nud stale to 10.0.0.0/8", "neigh show proxy",
	"-s neigh show proxy", "neigh show proxy dev va", "neigh show to 10.0.0.10", "neigh show 10.0.0.8/29",
	"neigh show fd00::/16", "neigh show to default",
	"-4 neigh show unused", "neigh show nomaster", "neigh show master va", "neigh show proto static", "-0 neigh show",
	"-M neigh show",
}

func TestNeighboursAreShownAndMadeAsByIP(t *testing.T) {
	compareTables(t, []clitest.DiffState{
		{Name: "none"},
		{
			Name: "of all states",
			Cmds: []string{
				"neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va",
				"neigh add 10.0.0.11 lladdr 02:00:00:00:00:03 dev va nud stale protocol static extern_learn",
				"neigh add 10.0.0.12 dev va nud none", "neigh add 10.0.0.14 dev va lladdr 02:00:00:00:00:08 nud perm",
				"neigh add 10.0.0.13 dev va lladdr 02:00:00:00:00:07 nud noarp",
				"neigh add 10.0.1.14 lladdr 02:00:00:00:00:09 dev vc nud 0x80 proto 99",
				"-6 neigh add fd00::9 lladdr 02:00:00:00:00:04 dev va router",
				"neigh add fd00::10 lladdr 02:00:00:00:00:05 dev vc",
			},
		},
		{
			Name: "proxies",
			Cmds: []string{
				"neigh add proxy 10.0.0.77 dev va protocol bird", "neigh add proxy 10.0.0.78 dev vc",
				"neigh add proxy 10.0.0.79 dev va extern_learn router",
				"-6 neigh add proxy fd00::77 dev va", "neigh del proxy 10.0.0.78 dev vc",
			},
		},
		{
			Name: "changed and deleted",
			Cmds: []string{
				"neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va", "neigh change 10.0.0.9 lladdr 02:00:00:00:00:02 dev va",
				"neigh chg to 10.0.0.9 dev va router",
				"neigh replace 10.0.0.10 lladdr 02:00:00:00:00:03 dev va",
				"neigh rep 10.0.0.10 lladdr 02:00:00:00:00:04 dev va nud stale",
			},
		},
		{
			Name: "flushed",
			Cmds: []string{
				"neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va",
				"neigh add 10.0.0.10 lladdr 02:00:00:00:00:02 dev va nud stale",
				"neigh add 10.0.1.9 lladdr 02:00:00:00:00:03 dev vc nud stale",
				"neigh add 10.0.1.10 lladdr 02:00:00:00:00:04 dev vc", "neigh flush dev va",
				"neigh flush to 10.0.1.10 nud permanent", "-s neigh flush 10.99.0.0/16",
			},
		},
	}, neighShows...)
}

func TestNeighGetAnswersAsIPDoes(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, "neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va",
			"neigh add proxy 10.0.0.77 dev va protocol bird", "-6 neigh add fd00::9 lladdr 02:00:00:00:00:04 dev va")
		for _, line := range []string{"neigh get 10.0.0.9 dev va", "-s neigh get to 10.0.0.9 dev va",
			"neigh get proxy 10.0.0.77 dev va", "-6 neigh get dev va fd00::9"} {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
		// ip 6.1 knows no JSON here; later ones give what show gives.
		if got, want := clitest.Kern("-j", "neigh", "get", "10.0.0.9", "dev", "va").Out,
			clitest.IP(t, "-j", "neigh", "show", "10.0.0.9").Out; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// wrongNeighWords are commands that fail.
var wrongNeighWords = []string{
	"neigh nope", "neigh show dev nope", "neigh show nud nope", "neigh show to nope", "neigh show vrf nope",
	"neigh show master nope", "neigh show dev", "neigh flush", "neigh flush nope",
	"neigh get", "neigh get 10.0.0.5", "neigh get dev va", "neigh get 10.0.0.9 dev nope",
	"neigh get 10.0.0.9 dev va nope", "neigh get 10.0.0.99 dev va",
	"neigh add", "neigh add 10.0.0.5", "neigh add 10.0.0.5 dev", "neigh add 10.0.0.5 dev nope", "neigh add nope dev va",
	"neigh add 10.0.0.5 dev va lladdr zz",
	"neigh add 10.0.0.5 dev va lladdr 00:11:22", "neigh add 10.0.0.5 dev va nud nope",
	"neigh add 10.0.0.5 dev va nud 0x1ff", "neigh add 10.0.0.5 dev va nud 6", "neigh add 10.0.0.5 dev va nud st",
	"neigh add 10.0.0.5 dev va nope",
	"neigh add 10.0.0.5 dev va protocol nope", "neigh add 10.0.0.5 10.0.0.6 dev va", "neigh add dev va",
	"neigh add default dev va", "neigh add 10.0.0.9 dev va lladdr 00:11:22:33:44:55",
	"neigh change 10.0.0.7 dev va lladdr 00:11:22:33:44:55", "neigh del 10.0.0.8 dev va", "neigh add 1.2.3.4/24 dev va",
	"neigh add proxy dev va", "-6 neigh add 10.0.0.5 dev va",
	"neigh append 10.0.0.5 dev va", "neigh help",
}

func TestWrongNeighbourWordsEndAsWithIP(t *testing.T) {
	compareRuns(t, []string{"neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va"}, wrongNeighWords)
}

func TestNeighFlushReportsWhatItDoes(t *testing.T) {
	clitest.NeedIP(t)
	for _, program := range []func(...string) clitest.Result{clitest.Kern,
		func(args ...string) clitest.Result { return clitest.IP(t, args...) }} {
		nstest.Do(t, func() {
			hostsUp(t)
			clitest.SetUp(t, "neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va")
			r := program("-s", "-s", "neigh", "flush", "dev", "va", "nud", "permanent")
			want := "10.0.0.9 lladdr 02:00:00:00:00:01  used Nprobes 0 PERMANENT \n\n*** Round 1, deleting 1 entries " +
				"***\n*** Flush is complete after 1 round ***\n"
			if got := clitest.Timers.ReplaceAllString(r.Out, "${1}N"); got != want || r.Code != 0 {
				t.Errorf("got %q %s, want %q", got, strings.TrimSpace(r.Err), want)
			}
		})
	}
}
