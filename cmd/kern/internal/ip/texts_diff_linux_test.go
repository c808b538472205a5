package ip

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// madeUpAddrs are the permanent addresses of tunnels over IPv6, which the kernel makes up.
var madeUpAddrs = regexp.MustCompile(`permaddr \S+`)

// asCompared is a result without times and addresses that differ each time. ip ends lines inside the JSON of tunnels,
// which says nothing.
func asCompared(words []string, r clitest.Result) clitest.Result {
	r = withoutXfrmTimes(r)
	r.Out = madeUpAddrs.ReplaceAllString(r.Out, "permaddr ADDRESS")
	if slices.Contains(words, "-j") && slices.Contains(words, "tunnel") {
		var b bytes.Buffer
		if json.Compact(&b, []byte(r.Out)) == nil {
			r.Out = b.String()
		}
	}
	return r
}

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
					words := clitest.Words(t, show)
					if got := asCompared(words, program(words...)); made[show] != got {
						t.Errorf("%s, %s:\nip   %v\nkern %v", what, show, made[show], got)
					}
				}
			}
			nstest.Do(t, func() {
				need(t, &s)
				clitest.SetUp(t, s.Cmds...)
				for _, show := range shows {
					words := clitest.Words(t, show)
					made[show] = asCompared(words, byIP(words...))
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
