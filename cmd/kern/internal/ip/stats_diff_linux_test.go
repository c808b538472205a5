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
