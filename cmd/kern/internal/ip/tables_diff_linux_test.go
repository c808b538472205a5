package ip

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// hosts are the links that the routes, rules and neighbours below lead through.
var hosts = []string{
	"link set lo up",
	"link add va address " + macA + " type veth peer name vb address " + macB,
	"link add vc address 02:00:00:00:00:0c type veth peer name vd address 02:00:00:00:00:0d",
	"link set va up", "link set vb up", "link set vc up", "link set vd up",
	"addr add 10.0.0.1/24 dev va", "addr add 10.0.1.1/24 dev vc",
	"addr add fd00::1/64 dev va nodad", "addr add fd00:1::1/64 dev vc nodad",
}

// tablesOf is all that ip shows of the routes, rules and neighbours here.
func tablesOf(t testing.TB) any {
	t.Helper()
	var all []any
	for _, batch := range [][]string{
		{"-4", "route show table all", "rule", "neigh show nud permanent nud stale nud noarp to 10.0.0.0/8",
			"neigh show proxy", "nexthop", "nexthop bucket"},
		{"-6", "route show table all root fd00::/16", "rule", "neigh show nud permanent to fd00::/16", "neigh show proxy"},
	} {
		r := clitest.IPIn(t, strings.Join(batch[1:], "\n"), batch[0], "-d", "-j", "-batch", "-")
		if r.Code != 0 {
			t.Fatalf("ip -batch: %v", r)
		}
		for d := json.NewDecoder(strings.NewReader(r.Out)); d.More(); {
			var text json.RawMessage
			if err := d.Decode(&text); err != nil {
				t.Fatalf("%v in %s", err, r.Out)
			}
			v, _ := clitest.DecodeJSON(t, string(text), append([]string{"probes", "refcnt"}, clitest.Moving...))
			if list, ok := v.([]any); ok && bytes.Contains(text, []byte(`"state"`)) {
				// Neighbours come in the order of a hash that differs by namespace.
				slices.SortFunc(list, func(a, b any) int { return strings.Compare(clitest.Marshal(a), clitest.Marshal(b)) })
			}
			all = append(all, v)
		}
	}
	return all
}

func sameTables(t testing.TB, what string, a, b any) {
	t.Helper()
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("%s: tables differ at %s", what, clitest.FirstDifference("", a, b))
	}
}

// hostsUp makes the hosts, and waits for what the kernel does for them later.
func hostsUp(t testing.TB) {
	t.Helper()
	clitest.SetUp(t, hosts...)
	clitest.Await(t, "-6 route show table local", func(out string) bool {
		return strings.Contains(out, "fd00::1 ") && strings.Contains(out, "fd00:1::1 ")
	})
	clitest.Await(t, "route", func(out string) bool { return !strings.Contains(out, "linkdown") })
}

// compareTables makes each state with ip and compares what both show of it;
// then it makes the state with this program and compares what ip shows.
func compareTables(t *testing.T, states []clitest.DiffState, shows ...string) {
	t.Helper()
	for _, s := range states {
		t.Run(s.Name, func(t *testing.T) { compareTable(t, s, shows, func() {}) })
	}
}

// compareTable does so for one state; settled returns when the kernel is done.
func compareTable(t *testing.T, s clitest.DiffState, shows []string, settled func()) {
	t.Helper()
	clitest.NeedIP(t)
	var byIP, byKern any
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, s.Cmds...)
		settled()
		if s.Shown() {
			for _, show := range slices.Concat(shows, s.Show) {
				clitest.CompareShow(t, clitest.Words(t, show)...)
			}
		}
		byIP = tablesOf(t)
	})
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUpByKern(t, s.Cmds...)
		settled()
		byKern = tablesOf(t)
	})
	sameTables(t, "state", byIP, byKern)
}

// compareRuns runs commands that change nothing, or fail, with both programs in
// one state.
func compareRuns(t *testing.T, state, lines []string) {
	t.Helper()
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, state...)
		before := tablesOf(t)
		for _, line := range lines {
			args := clitest.Words(t, line)
			want, got := clitest.IP(t, args...), clitest.Kern(args...)
			sameTables(t, "after "+line, before, tablesOf(t))
			clitest.SameEnd(t, line, want, got)
		}
	})
}
