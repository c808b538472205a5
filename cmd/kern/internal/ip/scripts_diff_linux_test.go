package ip

import (
	"slices"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// compareScripts runs the same commands one after the other, by ip in one namespace and by this
// program in another, and compares what each prints and how it ends.
func compareScripts(t *testing.T, lines []string) {
	t.Helper()
	clitest.NeedIP(t)
	run := func(program func(args ...string) clitest.Result) (all []clitest.Result) {
		nstest.Do(t, func() {
			hostsUp(t)
			for _, line := range lines {
				all = append(all, program(clitest.Words(t, line)...))
			}
		})
		return all
	}
	byIP := run(func(args ...string) clitest.Result { return clitest.IP(t, args...) })
	byKern := run(clitest.Kern)
	for i, line := range lines {
		want, got := byIP[i], byKern[i]
		want.Out, got.Out = clitest.Timers.ReplaceAllString(want.Out, "${1}N"), clitest.Timers.ReplaceAllString(got.Out, "${1}N")
		clitest.SameEnd(t, line, want, got)
	}
}

// forms shows something as text, as JSON and with colours.
func forms(lines ...string) (all []string) {
	for _, line := range lines {
		for _, form := range []string{"", "-j ", "-j -p ", "-o ", "-c=always ", "-d ", "-N "} {
			all = append(all, form+line)
		}
	}
	return all
}

func TestAddressLabelsAreAsWithIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("addrlabel"), []string{
		"addrlabel show x", "addrlabel add prefix fd00::/16 label 77", "addrlabel add prefix fd01::/16 dev va label 78", "addrlabel add prefix fd01::/16 dev va label 78",
		"addrlabel add prefix 10.0.0.0/8 label 5", "-4 addrlabel add prefix 10.0.0.0/8 label 5", "addrlabel add prefix default label 9", "addrlabel add label 7", "addrlabel add prefix fd03::/16",
		"addrlabel add prefix fd03::/16 label x", "addrlabel add prefix fd03::/16 label 4294967295", "addrlabel add prefix x label 4", "addrlabel add prefix fd03::/16 dev nope label 5",
		"addrlabel add nope",
	}, forms("addrlabel list"), []string{
		"-4 addrlabel", "addrlabel del prefix fd00::/16 label 77", "addrlabel del prefix fd99::/16 label 77", "addrlabel flush x", "addrlabel nope", "addrl", "addrlabel flush", "addrlabel", "addrlabel ''",
	}))
}

func TestSettingsOfLinksAreShownAsByIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("netconf", "-4 netconf", "-6 netconf", "netconf show dev va"), []string{
		"-6 netconf show dev va", "netconf show dev nope", "netconf show nope", "netconf show dev", "netconf nope", "netconf ls", "-M netconf", "-0 netconf", "netconf ''",
	}))
}

func TestTokensAreAsWithIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("token"), []string{
		"token set ::5 dev va", "token set ::5/64 dev vb", "token get dev va", "token list dev vb", "token list dev nope", "token set dev va", "token set ::7", "token set x dev va",
		"token set ::7 dev nope", "token set 1.2.3.4 dev va", "token del dev va", "token del", "token nope", "token list nope", "token ''",
	}, forms("token list")))
}

func TestMulticastAddressesOfLinksAreAsWithIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("maddr", "-4 maddr", "-0 maddr show dev va", "-6 maddr show va"), []string{
		"maddr show va vb", "maddr show dev nope", "maddr add 33:33:00:00:00:77 dev va", "maddr add 33:33:00:00:00:77 dev va", "maddr show dev va", "maddr del 33:33:00:00:00:77 dev va",
		"maddr del 33:33:00:00:00:78 dev va", "maddr add x dev va", "maddr add 01:02 dev va", "maddr add 01:02:03:04:05:06", "maddr add dev va", "maddr add 33:33:00:00:00:77 dev nope",
		"maddr add 33:33:00:00:00:77 dev va dev vb", "maddr add 33:33:00:00:00:77 33:33:00:00:00:78 dev va", "-6 maddr add address 33:33:00:00:00:79 dev va", "maddr add 33:33:00:00:00:77 dev a/b",
		"maddr nope", "maddr ''",
	}, forms("maddress show dev va")))
}

func TestVRFsAreAsWithIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("vrf", "vrf show"), []string{
		"vrf show nope", "vrf show a b", "vrf show va", "vrf identify", "vrf identify 1", "vrf identify 1 2", "vrf identify x", "vrf identify 4000000", "vrf pids", "vrf pids nope", "vrf pids va",
		"vrf exec", "vrf exec a", "vrf exec nope true", "vrf nope", "vrf ''",
	}))
	t.Run("with a VRF", func(t *testing.T) {
		nstest.Do(t, func() {
			clitest.SetUp(t, "link add red type vrf table 10", "link add blue type vrf table 2000")
		})
		compareScripts(t, slices.Concat([]string{"link add red type vrf table 10", "link add blue type vrf table 2000"}, forms("vrf", "vrf show red"), []string{"vrf show r", "vrf pids red"}))
	})
}
