package ip

import (
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

var ruleShows = []string{
	"rule", "-d rule", "-N rule", "-p -d rule", "-o rule", "-s rule", "-c=always rule", "-6 rule", "-6 -d rule",
	"-4 rule", "ru", "rule lst", "rule show all",
	"rule list table 100", "rule list table local", "rule list from 10.0.0.1", "rule list from 10.0.0.0/7",
	"rule list from 10.0.0.0/24",
	"rule list to 192.168.0.0/16", "rule list 192.168.0.0/16", "rule list iif va", "rule list oif vc",
	"rule list pref 10", "rule list fwmark 5",
	"rule list fwmark 0x5/0xff", "rule list fwmark 0x5/0xf", "rule list not from 10.0.0.1", "rule list tos 0x10",
	"rule list uidrange 0-0", "rule list ipproto tcp",
	"rule list sport 4-9", "rule list sport 4", "rule list dport 80", "rule list l3mdev", "-6 rule list from fd00::/16",
}

func TestRulesAreShownAndMadeAsByIP(t *testing.T) {
	compareTables(t, []clitest.DiffState{
		{Name: "of the kernel"},
		{
			Name: "selectors",
			Cmds: []string{
				"rule add from 10.0.0.0/8 to 192.168.0.0/16 tos 0x10 fwmark 0x5/0xff iif va oif vc table 100 pref 10",
				"rule add not from 10.0.0.1 table 9 pref 11",
				"rule add uidrange 0-0 ipproto tcp sport 4-9 dport 80 table main pref 12", "rule add iif nonex pref 13",
				"rule add dev va pref 14", "rule add oif nonex2 pref 15",
				"rule add fwmark 3/0 pref 16", "rule add fwmark 0/0xff pref 17", "rule add ipproto 200 pref 18",
				"rule add dport 5-5 priority 19", "rule add to 1.2.3.4 order 20",
				"rule add from all to all pref 21", "rule add l3mdev pref 22", "rule a pref 23 from 10/8", "rule add not pref 24",
			},
		},
		{
			Name: "actions",
			Cmds: []string{
				"rule add blackhole pref 10", "rule add unreachable pref 11", "rule add prohibit iif va pref 12",
				"rule add type throw pref 13", "rule add nop pref 14",
				"rule add goto 32766 pref 15", "rule add goto 17000 pref 16", "rule add realms 3/4 table 7 pref 17",
				"rule add realms 5 lookup 5000 pref 18",
				"rule add table 100 suppress_prefixlength 0 pref 19", "rule add table 100 sup_pl 8 pref 20",
				"rule add suppress_ifgroup 7 pref 21", "rule add sup_group default pref 22",
				"rule add table 7 pref 23 protocol static", "rule add table 7 pref 24 proto 77", "rule add table 0 pref 25",
				"rule add unicast pref 26",
			},
		},
		{
			Name: "IPv6",
			Cmds: []string{
				"-6 rule add from fd00::/16 table 100 pref 10",
				"-6 rule add from fd00:1::/32 to fd00:9::/48 fwmark 0x10 dport 5-6 ipproto 89 iif va table 1000 pref 11",
				"-6 rule add prohibit pref 12",
			},
		},
		{
			Name: "deleted and flushed",
			Cmds: []string{
				"rule add pref 10 table 7", "rule add pref 11 table 7", "rule add from 10.0.0.0/8 pref 12", "rule del pref 11",
				"rule del from 10.0.0.0/8", "rule del table 7",
				"-6 rule add pref 5 blackhole", "-6 rule flush", "-6 rule add pref 6 table main",
			},
		},
		{Name: "all flushed", Cmds: []string{"rule add pref 10 table 7", "rule flush"}},
	}, ruleShows...)
}

// ip 6.1 takes the word and heeds it not.
func TestRuleListSelectsByProtocol(t *testing.T) {
	nstest.Do(t, func() {
		clitest.SetUpByKern(t, "rule add pref 10 table 7 protocol static", "rule add pref 11 table 7 protocol bird",
			"rule add pref 12 table 7")
		if got, want := clitest.Kern("rule", "list", "protocol", "bird").Out,
			"11:\tfrom all lookup 7 proto bird\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		clitest.SetUpByKern(t, "rule flush protocol static")
		if got := clitest.Kern("rule", "list", "table",
			"7").Out; got != "11:\tfrom all lookup 7 proto bird\n12:\tfrom all lookup 7\n" {
			t.Errorf("flush left %q", got)
		}
	})
}

// wrongRuleWords are commands that fail.
var wrongRuleWords = []string{
	"rule nope", "rule list nope", "rule list table nope", "rule list pref x", "rule list from", "rule list proto nope",
	"rule list realms 3/4", "rule list tos 0x300",
	"rule list iif abcdefghijklmnopq", "rule list fwmark x", "rule list uidrange 5", "rule list ipproto nope",
	"rule list sport x", "-M rule", "-B rule", "-0 rule",
	"rule add", "rule del", "rule add nope", "rule add pref x", "rule add pref", "rule add from nope",
	"rule add from 10.0.0.0/33", "rule add fwmark x", "rule add fwmark 1/x",
	"rule add table nope", "rule add tos 0x300", "rule add tos CS1 pref 9", "rule add uidrange 5",
	"rule add uidrange a-b", "rule add sport a", "rule add sport 5-4",
	"rule add ipproto nope", "rule add sup_pl x", "rule add suppress_ifgroup nope", "rule add iif abcdefghijklmnopq",
	"rule add oif ''", "rule add goto", "rule add goto nope",
	"rule add goto 5 pref 10", "rule add protocol nope", "rule add realms nope", "rule add l3mdev table 7",
	"rule del pref 77", "rule add help", "rule save nope",
	"rule flush nope", "-6 rule add from 10.0.0.1", "rule restore", "rule add pref 5 from 10.0.0.0/8 table 7",
	"rule help",
}

func TestWrongRuleWordsEndAsWithIP(t *testing.T) {
	compareRuns(t, []string{"rule add pref 5 from 10.0.0.0/8 table 7"}, wrongRuleWords)
}

// ip 6.1 takes port 70000 for 4464.
func TestRulePortsOutOfRangeAreRefused(t *testing.T) {
	nstest.Do(t, func() {
		for _, line := range []string{"rule add sport 70000", "rule add dport 1-65536", "rule add dport -1"} {
			if r := clitest.Kern(clitest.Words(t, line)...); r.Code != cli.StatusUsage {
				t.Errorf("%s: %v", line, r)
			}
		}
	})
}
