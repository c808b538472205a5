package ip

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// kindState is a link that a captured command makes, and what is there before.
type kindState struct {
	name, kind, cmd string
	port            bool
}

// kindStates are the commands of the captures beside the kinds, so each kind has a state.
func kindStates(t *testing.T) []kindState {
	files, err := filepath.Glob("../../../../netlink/testdata/link_*.json")
	if err != nil {
		t.Fatal(err)
	}
	// No kernel of Debian has this one, to be captured.
	states := []kindState{{"plain", "bareudp", "add x0 type bareudp dstport 6635 ethertype ipv4", false}}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var captures []struct {
			Name, Kind, Cmd string
			Port            bool
		}
		if err := json.Unmarshal(b, &captures); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range captures {
			if cmd, ok := strings.CutPrefix(c.Cmd, "ip link "); ok {
				states = append(states, kindState{c.Name, c.Kind, cmd, c.Port})
			}
		}
	}
	return states
}

// before is what the captured commands find.
func (s *kindState) before() []string {
	cmds := []string{"link add d0 type bridge", "link set d0 up", "addr add 10.0.0.1/24 dev d0"}
	switch {
	case s.port && s.kind == "vrf":
		cmds = append(cmds, "link add v0 type vrf table 10")
	case s.port:
		cmds = append(cmds, "link add br0 type "+s.kind, "link add bk type bridge")
	default:
		return cmds
	}
	cmds = append(cmds, "link add x0 type veth peer name x1")
	if strings.Contains(s.cmd, "_slave") {
		cmds = append(cmds, "link set bk type bridge", "link set x0 master br0", "link set x1 master br0")
		s.cmd = strings.Replace(s.cmd, "backup_port bk", "backup_port x1", 1)
	}
	return cmds
}

// knows skips a state whose kind the kernel lacks, or whose words the installed ip does not know.
func knows(t *testing.T, s kindState) {
	t.Helper()
	nstest.Do(t, func() {
		clitest.SetUp(t, s.before()...)
		var err error
		switch r := clitest.IP(t, strings.Fields("link "+s.cmd)...); {
		case strings.Contains(r.Err, "Unknown device type"):
			err = syscall.EOPNOTSUPP
		case strings.Contains(r.Err, "Garbage instead of arguments"):
			t.Skipf("the installed ip does not know %q", s.cmd)
		}
		nstest.Need(t, s.kind+" links", "", err)
	})
}

// random are keys whose values the kernel makes up.
var random = append([]string{"address", "permaddr", "broadcast", "root_id", "bridge_id", "ifindex", "link_index"}, clitest.Moving...)

// TestKindsAreShownAndMadeAsByIP makes a link of each kind by the commands that the captures have, by ip and by this program, and
// compares what both show and what became of it.
func TestKindsAreShownAndMadeAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	missing := map[string]bool{}
	for _, kind := range netlink.LinkKinds() {
		missing[kind] = kind != "tun" // which ip link does not make: TestTuntap…
	}
	for _, s := range kindStates(t) {
		missing[s.kind] = false
		t.Run(s.kind+" "+s.name, func(t *testing.T) {
			knows(t, s)
			made := func(make func(testing.TB, ...string), look func()) (text string) {
				nstest.Do(t, func() {
					clitest.SetUp(t, s.before()...)
					make(t, "link "+s.cmd)
					look()
					v, _ := clitest.DecodeJSON(t, clitest.IP(t, "-d", "-j", "link", "show", "dev", "x0").Out, random)
					text = clitest.Marshal(v)
				})
				return text
			}
			byIP := made(clitest.SetUp, func() {
				if s.kind != "vxlan" || clitest.SameWords() { // ip 6.1 shows it in another form
					clitest.CompareShow(t, "-d", "link", "show", "dev", "x0")
				}
			})
			if t.Failed() {
				return
			}
			if byKern := made(clitest.SetUpByKern, func() {}); byIP != byKern {
				t.Errorf("links differ:\nip   %s\nkern %s", byIP, byKern)
			}
		})
	}
	var without []string
	for kind, missing := range missing {
		if missing {
			without = append(without, kind)
		}
	}
	if len(without) != 0 {
		t.Errorf("kinds without a state: %q", without)
	}
}
