package ip

import (
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// ilaStates have one mapping each: the kernel lists several in no order.
var ilaStates = []clitest.DiffState{
	{Name: "nothing"},
	{Name: "plain", Cmds: []string{"ila add loc_match fd00:0:0:1 loc fd00:1:2:3"}},
	{Name: "everything", Cmds: []string{
		"link add d0 type dummy",
		"ila add loc_match fd00:0:0:1 loc fd00:0:ffff:2 csum-mode adj-transport ident-type luid dev d0",
	}},
	{Name: "abbreviated", Cmds: []string{"ila a loc_ 1:2:3:4 l 5:6:7:8 cs neutral-map id use-format"}},
	{Name: "automatic", Cmds: []string{"ila add loc_match 0:0:0:0 loc 0:0:0:1 csum-mode neutral-map-auto"}},
	{Name: "no action", Cmds: []string{"ila add loc_match 1:2:3:4 loc 0:0:0:1 csum-mode no-action"}},
	{Name: "deleted", Cmds: []string{
		"link add d0 type dummy", "ila add loc_match 1:2:3:4 loc 5:6:7:8", "ila add loc_match 1:2:3:4 loc 5:6:7:9 dev d0",
		"ila add loc_match 1:2:3:5 loc 5:6:7:8", "ila del loc_match 1:2:3:5", "ila d loc_match 1:2:3:4 loc 5:6:7:9 dev d0",
	}},
}

func TestGenlILAIsShownAndMadeAsByIP(t *testing.T) {
	needWords(t) // 6.1 shows locators that nobody set
	compareTexts(t, ilaStates, []string{"ila list", "-j ila list", "-p -j ila show", "-o ila lst"},
		func(t testing.TB, _ *clitest.DiffState) { needModule(t, "ila", "CONFIG_IPV6_ILA", "ila list") })
}

func TestWrongILAWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		needModule(t, "ila", "CONFIG_IPV6_ILA", "ila list")
		clitest.SetUp(t, "ila add loc_match 1:2:3:4 loc 5:6:7:8")
		for _, line := range []string{
			"ila", "ila help", "ila nope", "ila list nope", "ila add nope", "ila add loc", "ila add loc_match",
			"ila add csum-mode", "ila add ident-type", "ila add dev", "ila add loc_match 1:2:3:4 loc 5:6:7:9",
		} {
			words := clitest.Words(t, line)
			clitest.SameEnd(t, line, clitest.IP(t, words...), clitest.Kern(words...))
		}
	})
}

// ip says what is wrong with these, and sends what it understood: a mapping of the locator 0.
func TestWrongILAValuesAreNotSent(t *testing.T) {
	nstest.Do(t, func() {
		for line, want := range map[string]string{
			"ila add loc nope loc_match 1:2:3:4":                            "Bad locator: nope\n",
			"ila add loc 1:2:3:4 loc_match 1:2":                             "Bad locator to match: 1:2\n",
			"ila add loc 1:2:3:4 loc_match 1:2:3:5 csum-mode no":            "Bad csum-mode: no\n",
			"ila add loc 1:2:3:4 loc_match 1:2:3:5 ident-type virt-v4":      "Bad ident-type: virt-v4\n",
			"ila add loc 1:2:3:4 loc_match 1:2:3:5 dev nope":                "No such interface: nope\n",
			"ila add loc_match 1:2:3:4":                                     "ila: missing locator\n",
			"ila add loc 1:2:3:4":                                           "ila: missing locator to match\n",
			"ila del loc_match 1:2:3:4 loc 1:2:3:4:5":                       "Bad locator: 1:2:3:4:5\n",
			"ila del loc_match 1:2:3:4 dev lo csum-mode neutral-map-autono": "Bad csum-mode: neutral-map-autono\n",
		} {
			if r := clitest.Kern(clitest.Words(t, line)...); r.Code == 0 || r.Err != want || r.Out != "" {
				t.Errorf("%s: %v", line, r)
			}
		}
	})
}
