package ip

import (
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

func TestAddressesSavedByOneAreRestoredByTheOther(t *testing.T) {
	clitest.NeedIP(t)
	byKern := func(stdin string, args ...string) clitest.Result { return clitest.KernIn(stdin, args...) }
	byIP := func(stdin string, args ...string) clitest.Result { return ipFrom(t, stdin, args...) }
	type program func(stdin string, args ...string) clitest.Result
	for _, c := range []struct {
		name          string
		save, restore program
	}{{"kern to ip", byKern, byIP}, {"ip to kern", byIP, byKern}, {"kern to kern", byKern, byKern}} {
		t.Run(c.name, func(t *testing.T) {
			nstest.Do(t, func() {
				clitest.SetUp(t, slices.Concat(pair, []string{
					"addr add 10.0.0.1/24 dev va", "addr add 10.0.0.2/24 brd + dev va label va:1",
					"addr add 10.0.1.1 peer 10.0.1.2/30 dev va metric 7 noprefixroute",
					"addr add 10.0.5.1/24 dev va valid_lft 1000 preferred_lft 500", "addr add 10.0.2.1/24 dev vb scope link",
					"addr add fd00::1/64 dev va nodad",
					"addr add fd00::5/64 dev va nodad mngtmpaddr home", "addr add ff02::77/128 dev vb autojoin nodad",
				})...)
				state := func() string {
					if c.name != "kern to ip" {
						return clitest.StateOf(t)
					}
					out := clitest.Timers.ReplaceAllString(clitest.IP(t, "-o", "addr").Out, "") // ip turns the order of IPv6 round
					return strings.Join(slices.Sorted(strings.Lines(out)), "")
				}
				before := state()
				saved := c.save("", "addr", "save").Out
				want, got := ipFrom(t, saved, "addr", "showdump"), clitest.KernIn(saved, "addr", "showdump")
				want.Out, got.Out = clitest.Timers.ReplaceAllString(clitest.Common(want.Out), ""),
					clitest.Timers.ReplaceAllString(clitest.Common(got.Out), "")
				if want != got {
					t.Errorf("showdump: ip   %v\nkern %v", want, got)
				}
				a, _ := clitest.DecodeJSON(t, ipFrom(t, saved, "-j", "addr", "showdump").Out, clitest.Moving)
				b, _ := clitest.DecodeJSON(t, clitest.KernIn(saved, "-j", "addr", "showdump").Out, clitest.Moving)
				if clitest.Marshal(a) != clitest.Marshal(b) {
					t.Errorf("showdump: JSON differs at %s", clitest.FirstDifference("", a, b))
				}
				clitest.SetUp(t, "addr flush dev va", "addr flush dev vb")
				r := c.restore(saved, "addr", "restore")
				if r.Code != 0 || r.Err != "" && c.name != "kern to ip" { // which ip says of what is there
					t.Errorf("restore: %v", r)
				}
				if after := state(); after != before {
					t.Errorf("restored:\n%s\nwant\n%s", after, before)
				}
				if r := clitest.KernIn(saved, "addr", "restore"); r != (clitest.Result{}) {
					t.Errorf("once more: %v", r)
				}
			})
		})
	}
}

func TestAddrSaveSelects(t *testing.T) {
	nstest.Do(t, func() {
		clitest.SetUpByKern(t, append(slices.Clone(pair), "addr add 10.0.0.1/24 dev va", "addr add 10.0.5.1/24 dev vb",
			"addr add fd00::1/64 dev va nodad")...)
		for _, line := range []string{"addr save dev va to 10.0.0.0/8", "-4 addr save dev va", "addr save to 10.0.0.1"} {
			saved := clitest.Kern(clitest.Words(t, line)...).Out
			want := "    inet 10.0.0.1/24 scope global va\n       valid_lft forever preferred_lft forever\n"
			if got := clitest.KernIn(saved, "addr", "showdump").Out; len(got) < 5 || got[len("if3:\n"):] != want {
				t.Errorf("%s: %q", line, got)
			}
		}
		for stdin, args := range map[string][]string{"": {"addr", "restore"}, "1234": {"addr", "showdump"}} {
			if r := clitest.KernIn(stdin, args...); r.Code == 0 || r.Err == "" {
				t.Errorf("%q: %v", stdin, r)
			}
		}
	})
}
