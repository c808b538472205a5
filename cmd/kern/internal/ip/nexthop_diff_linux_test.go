package ip

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

var nexthopShows = []string{
	"nexthop", "-d nexthop", "-N nexthop", "-p -d nexthop", "-o nexthop", "-c=always nexthop", "nexthop show groups",
	"nexthop list dev va", "nexthop list fdb", "nexthop list id 1",
	"nexthop list id 2 passed over", "nexthop list protocol 7", "nexthop get id 3", "-6 nexthop", "nexthop bucket",
	"nexthop bucket list dev va", "nexthop bucket list nhid 1",
	"-d route show 10.5.0.0/16", "-4 route",
}

var someNexthops = []string{
	"nexthop add id 1 via 10.0.0.2 dev va", "nexthop add id 2 via 10.0.1.2 dev vc onlink protocol 7",
	"nexthop add id 3 blackhole", "nexthop add id 4 via fd00::2 dev va proto static",
	"nexthop add id 5 dev va", "-6 nexthop add id 6 dev va", "nexthop add id 7 via inet6 fd00::9 dev va",
}

func TestNexthopsAreShownAndMadeAsByIP(t *testing.T) {
	compareTables(t, []clitest.DiffState{
		{Name: "none"},
		{Name: "plain", Cmds: someNexthops},
		{
			Name: "groups",
			Cmds: slices.Concat(someNexthops, []string{
				"nexthop add id 20 group 1/2", "nexthop add id 21 group 1,3/2,255 type mpath",
				"nexthop add id 22 group 1,3/2 type resilient buckets 8 idle_timer 3 unbalanced_timer 9",
				"nexthop add id 24 group 1 type resilient buckets 4 proto 9", "route add 10.5.0.0/16 nhid 22",
				"route add 10.6.0.0/16 nhid 20",
			}),
			Show: []string{"nexthop bucket list id 22", "nexthop bucket list id 24 nhid 1", "nexthop bucket get id 22 index 3"},
		},
		{
			Name: "for the forwarding database", Newer: true,
			Cmds: []string{"nexthop add id 30 via 10.0.0.9 fdb", "nexthop add id 31 group 30 fdb"},
		},
		{Name: "encapsulated", Cmds: []string{"nexthop add id 40 encap ip id 5 dst 1.2.3.4 dev va"}},
		{
			Name: "replaced and deleted",
			Cmds: slices.Concat(someNexthops, []string{
				"nexthop replace id 1 via 10.0.0.4 dev va", "nexthop rep id 8 blackhole", "nexthop add id 20 group 1/2",
				"nexthop del id 2", "nexthop d id 7", "nexthop flush id 3",
			}),
		},
		{Name: "flushed by protocol", Cmds: append(slices.Clip(someNexthops), "nexthop flush protocol 7",
			"nexthop flush protocol 7")},
		{Name: "flushed by device", Cmds: append(slices.Clip(someNexthops), "nexthop flush dev va")},
		{Name: "all flushed", Cmds: append(slices.Clip(someNexthops), "nexthop add id 20 group 1/2", "nexthop flush")},
	}, nexthopShows...)
}

func TestCountersOfNexthopsAreShownAndMadeAsByIP(t *testing.T) {
	needWords(t)
	compareTables(t, []clitest.DiffState{
		{
			Name: "hw_stats",
			Cmds: slices.Concat(someNexthops, []string{"nexthop add id 20 group 1,257/2 hw_stats on",
				"nexthop add id 21 group 1/2 hw_stats off"}),
			Show: []string{"-s nexthop", "-s -s nexthop", "-s nexthop get id 20"},
		},
	}, nexthopShows...)
}

func TestNexthopsThatAreWrongEndAsWithIP(t *testing.T) {
	lines := []string{
		"nexthop list dev nope", "nexthop list nope", "nexthop list id x", "nexthop list proto static",
		"nexthop list master", "nexthop list vrf va", "nexthop list ''", "nexthop list id 99",
		"nexthop bucket list id 1", "nexthop bucket list id 99", "nexthop bucket list groups", "nexthop bucket get",
		"nexthop bucket get id 20", "nexthop bucket get id 20 index x",
		"nexthop bucket get id 20 index 9", "nexthop bucket nope", "nexthop get", "nexthop get id", "nexthop get id x",
		"nexthop get id 3 4", "nexthop get id 99", "nexthop get id 0", "nexthop get nope",
		"nexthop add id x", "nexthop add id 50 dev nope", "nexthop add id 50 via x", "nexthop add id 50 via 10.0.0.9",
		"nexthop add id 50 via inet6 10.0.0.2 dev va", "nexthop add id 50 group",
		"nexthop add id 50 group ''", "nexthop add id 50 group 1/x/2", "nexthop add id 50 group 1,0",
		"nexthop add id 50 group 1,65537/2", "nexthop add id 50 group x,4/5", "nexthop add id 50 group 1/",
		"nexthop add id 50 group 1 type nope", "nexthop add id 50 group 1 type resilient buckets x",
		"nexthop add id 50 group 1 type resilient idle_timer 99999999",
		"nexthop add id 50 group 1 type resilient unbalanced_timer -1", "nexthop add id 50 proto nope",
		"nexthop add id 50 nope", "nexthop add help", "nexthop add id 50 encap nope", "nexthop add id 1 blackhole",
		"nexthop add id 50 group 99", "nexthop add id 50 blackhole dev va", "nexthop add id 50 dev va via fd00::5",
		"nexthop add id 50 via", "nexthop add id 50 onl", "nexthop add id 50 group 20",
		"-6 nexthop add id 51 via 10.0.0.2 dev va", "nexthop del id 99", "nexthop del", "nexthop nope",
		"nexthop flush id 99", "nexthop flush dev nope", "nexthop ''", "nexthop flush protocol 99",
	}
	if clitest.SameWords() {
		lines = append(lines, "nexthop add id 50 group 1 hw_stats maybe", "nexthop add id 50 via 10.0.0.9 fdb dst_port x",
			"nexthop add id 50 via 10.0.0.9 fdb dst_port 65536")
	}
	compareRuns(t, append(slices.Clip(someNexthops), "nexthop add id 20 group 1/5 type resilient buckets 4"), lines)
}

func TestMonitorReportsNexthopsNeighboursAndPortsAsIPDoes(t *testing.T) {
	clitest.NeedIP(t)
	if !clitest.SameWords() {
		t.Skip("iproute2 is older than 7.3")
	}
	for _, line := range []string{"monitor", "monitor label", "-o -d monitor all", "monitor nexthop rule",
		"-4 monitor neigh rule", "-s monitor link rule", "monitor dev va link neigh rule"} {
		t.Run(line, func(t *testing.T) {
			nstest.Do(t, func() {
				clitest.SetUp(t, slices.Concat(hosts,
					[]string{"link add br0 type bridge", "link add vx0 type vxlan id 5 dstport 4789 l2miss l3miss", "link set br0 up",
						"link set vx0 up"})...)
				args := clitest.Words(t, line)
				watchers := []*clitest.Watcher{clitest.Watch(t, exec.Command("ip", args...)),
					clitest.Watch(t, clitest.Process(t, args...))}
				for _, w := range watchers {
					subscribed(t, w)
				}
				mark(t, 2)
				clitest.SetUp(t, slices.Concat(someNexthops, []string{
					"nexthop add id 20 group 1/2 type resilient buckets 4 idle_timer 0",
					"nexthop replace id 20 group 2 type resilient buckets 4 idle_timer 0", "nexthop del id 2", "nexthop flush",
					"link set vd master br0", "link set dev vd type bridge_slave hairpin on", "link set vd nomaster",
					"neigh add 10.0.0.9 dev va nud none use", "link set br0 down", "link set va mtu 1400",
				})...)
				mark(t, 3)
				var told []string
				for _, w := range watchers {
					w.Until(t, "2:\t")
					lines := slices.Sorted(strings.Lines(clitest.Common(clitest.Timers.ReplaceAllString(w.Until(t, "3:\t"),
						"${1}N"))))
					told = append(told, strings.Join(lines, ""))
				}
				for i, who := range []string{"ip", "kern"} {
					for line := range strings.Lines(told[i]) {
						if !strings.Contains(told[1-i], line) {
							t.Errorf("only %s: %s", who, line)
						}
					}
				}
				for _, w := range watchers {
					w.Stop(t)
				}
			})
		})
	}
}
