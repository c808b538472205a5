package guest

import (
	"maps"
	"slices"
	"testing"
)

// The lines are what scripts of the kernel and of iproute2 printed.
func TestSubtests(t *testing.T) {
	const log = "\x1b[32m    TEST: Route on default table - rp_filter=0                          [ OK ]\x1b[0m\r\n" +
		"TEST: ping, vlan ns-Ab12Cd   [FAIL]\nPASS: preferred_lft addresses have expired\nFAIL: cannot add dummy\nSKIP: " +
		"macsec\n" +
		"ok 1 e38c - Add simple action\nnot ok 2 6d84 - Replace it\nok 3 # skipped - no netdevsim\nabc: ok\nCONFIG: a " +
		"remark\n" +
		"[testing iproute2 [5]]: Add t succeeded with output:\nok 8 - pm_netlink: id limit # time=33743ms\n" +
		"02 balanced bwidth - reverse direction 7520 max 7906        [ OK ]\n" +
		"PASS: sctp and nfqueue in forward chain (duration: 29s)\nPASS: added 1000 entries in 101 ms (now 1000 total)\n"
	want := map[string]int{
		"pass TEST: Route on default table - rp_filter=0": 1, "fail TEST: ping, vlan ns": 1,
		"pass preferred_lft addresses have expired": 1,
		"fail cannot add dummy":                     1, "skip macsec": 1, "pass e38c - Add simple action": 1,
		"fail 6d84 - Replace it": 1,
		"skip ":                  1, "pass abc": 1,
		"pass [testing iproute2 [5]]: Add t": 1, "pass pm_netlink: id limit": 1,
		"pass 02 balanced bwidth - reverse direction": 1,
		"pass sctp and nfqueue in forward chain":      1, "pass added 1000 entries (now 1000 total)": 1,
	}
	if got := subtests(log, 1); !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := tally(want); got != (Tally{Pass: 9, Fail: 3, Skip: 2}) {
		t.Errorf("tally %v", got)
	}
	for status, want := range map[int]string{0: "pass (exit status)", 1: "fail (exit status)", 4: "skip (exit status)"} {
		if got := subtests("no such line\n", status); got[want] != 1 || len(got) != 1 {
			t.Errorf("status %d: %v", status, got)
		}
	}
}

func TestLost(t *testing.T) {
	before := map[string]int{"pass a": 1, "pass b": 2, "fail c": 1, "pass d": 1}
	after := map[string]int{"pass a": 1, "pass b": 1, "fail d": 1}
	if got := lost(before, after, false); !slices.Equal(got, []string{"b", "d"}) {
		t.Errorf("lost %q", got)
	}
	if got := lost(before, after, true); !slices.Equal(got, []string{"d"}) {
		t.Errorf("lost %q of a run that was cut off", got)
	}
}

func TestChoose(t *testing.T) {
	if got, err := Choose("^altnames"); err != nil || !slices.Equal(got, []string{"altnames.sh"}) {
		t.Errorf("chosen %q, %v", got, err)
	}
	if _, err := Choose("^nothing"); err == nil {
		t.Error("no script, and no error")
	}
}

// The lines are what tdc.py printed where it could not set up the second case.
func TestTapOf(t *testing.T) {
	const log = "Test e38c: Add simple action\nok 7 no result\n\nAll test results: \n\n1..4\nok 1 e38c - Add simple " +
		"action\n" +
		"not ok 2 6d84 - Replace it\n\tsetup failed\nok 3 e91a - Delete it # skipped - skipped - previous setup failed 2 " +
		"6d84\n\n" +
		"ok 4 9f21 - Flush # skipped - skipped - previous setup failed 2 6d84\n\n"
	results, left := tapOf([]byte(log))
	if !slices.Equal(left, []string{"e91a", "9f21"}) {
		t.Errorf("left %q", left)
	}
	want := map[string]int{"pass e38c - Add simple action": 1, "fail 6d84 - Replace it": 1}
	if got := subtests(string(results), 1); !maps.Equal(got, want) {
		t.Errorf("results %v", got)
	}
	const broken = "Traceback (most recent call last):\n"
	if results, left = tapOf([]byte(broken)); string(results) != broken || left != nil {
		t.Errorf("of a run that failed: %q, %q", results, left)
	}
}
