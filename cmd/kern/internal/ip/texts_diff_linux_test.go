package ip

import (
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// compareTexts makes each state with ip and compares the texts that both show of it; then it makes the state with this
// program and compares what ip shows. need skips a state that the kernel does not have.
func compareTexts(t *testing.T, states []clitest.DiffState, shows []string,
	need func(testing.TB, *clitest.DiffState)) {
	clitest.NeedIP(t)
	for _, s := range states {
		t.Run(s.Name, func(t *testing.T) {
			byIP := func(args ...string) clitest.Result { return clitest.IP(t, args...) }
			made := map[string]clitest.Result{}
			same := func(what string, program func(args ...string) clitest.Result) {
				t.Helper()
				for _, show := range shows {
					if got := withoutXfrmTimes(program(clitest.Words(t, show)...)); made[show] != got {
						t.Errorf("%s, %s:\nip   %v\nkern %v", what, show, made[show], got)
					}
				}
			}
			nstest.Do(t, func() {
				need(t, &s)
				clitest.SetUp(t, s.Cmds...)
				for _, show := range shows {
					made[show] = withoutXfrmTimes(byIP(clitest.Words(t, show)...))
				}
				same("shown", clitest.Kern)
			})
			nstest.Do(t, func() {
				clitest.SetUpByKern(t, s.Cmds...)
				same("made", byIP)
			})
		})
	}
}
