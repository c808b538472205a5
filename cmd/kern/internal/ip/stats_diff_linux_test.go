package ip

import (
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

func TestStatsAreShownAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		clitest.SetUp(t, "link add br0 type bridge", "link add v0 type veth peer name v1", "link set v0 master br0")
		if !clitest.SameWords() {
			return // older versions have fewer sets
		}
		for _, line := range []string{
			"stats show dev br0", "stats show", "-j stats show dev v0", "stats show dev v0 group xstats_slave subgroup bridge",
			"link xstats type bridge", "link xstats type bridge_slave stp", "-j link xstats type bridge igmp", "link afstats",
			"stats nope", "stats show group nope", "stats show group link subgroup x", "stats set dev nope l3_stats on",
			"link xstats", "link xstats type dummy", "link xstats type bridge nope",
		} {
			words := clitest.Words(t, line)
			clitest.CompareRun(t, "", words...)
		}
	})
}

// compareStats compares what both print of counters.
func compareStats(t *testing.T, setUp []string, lines ...string) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		clitest.SetUp(t, setUp...)
		if !clitest.SameWords() {
			t.Skip("iproute2 is older than 7.3")
		}
		for _, line := range lines {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
	})
}

func TestCountersOfBondsAreShownAsByIP(t *testing.T) {
	compareStats(t, []string{
		"link add bo0 type bond mode 802.3ad", "link add d0 type dummy", "link set d0 master bo0",
	},
		"link xstats type bond", "link xstats type bond 802.3ad", "link xstats type bond lacp dev bo0",
		"link xstats type bond_slave", "-j link xstats type bond", "-j link xstats type bond_slave 802.3ad dev d0",
		"link xstats type bond dev d0", "link xstats type bond nope", "stats show dev bo0", "-j stats show dev bo0",
		"stats show dev bo0 group xstats", "stats show dev bo0 group xstats subgroup bond",
		"stats show dev bo0 group xstats subgroup bond suite 802.3ad",
		"-j stats show dev d0 group xstats_slave subgroup bond suite 802.3ad",
		"stats show dev bo0 group xstats subgroup bond suite nope")
}

// TestCountersOfMPLSAreShownAsByIP leaves out "-j link afstats": what ip prints for it is no JSON.
func TestCountersOfMPLSAreShownAsByIP(t *testing.T) {
	nstest.LoadModule(t, "mpls_router")
	compareStats(t, []string{"link add v0 type veth peer name v1", "link set v0 up", "link set v1 up"},
		"link afstats", "link afstats dev v0", "stats show dev v0 group afstats",
		"stats show dev v0 group afstats subgroup mpls", "-j stats show dev v0 group afstats subgroup mpls",
		"stats show dev v0 group afstats subgroup nope")
}

// TestCountersOfHardwareAreShownAsByIP turns counters on where no hardware counts: what was asked for stays.
func TestCountersOfHardwareAreShownAsByIP(t *testing.T) {
	compareStats(t, []string{"link add d0 type veth peer name d1", "link set d0 up"},
		"stats show dev d0 group offload", "-j stats show dev d0 group offload",
		"stats show dev d0 group offload subgroup hw_stats_info", "stats show dev d0 group offload subgroup l3_stats",
		"stats show dev d0 group offload subgroup cpu_hit", "stats set dev d0 l3_stats on",
		"stats show dev d0 group offload", "stats set dev d0 l3_stats off", "stats set dev d0 l3_stats nope",
		"stats set dev d0", "stats set l3_stats on")
}
