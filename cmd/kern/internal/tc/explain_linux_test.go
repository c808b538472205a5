package tc

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/cmd/kern/internal/topo"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// explainedPath is the path that the commands in the test make.
const explainedPath = `received by d0
  ↓
ingress
  block 7
  ├─ chain 0
  │  ├─ pref 3 ip u32 → class 1:2, mirred egress redir d1
  │  └─ pref 4 ipv6 u32
  └─ chain 5
     └─ pref 1 ip u32
  ↓
to the host

sent by the host
  ↓
egress
  chain 0
  └─ pref 9 all u32
  ↓
queueing discipline
  qdisc htb 1: r2q 10 default 0x10 direct_packets_stat 0 direct_qlen 32
  ├─ chain 0
  │  └─ pref 5 ip u32 → class 1:10
  └─ class 1:1 rate 10Mbit ceil 10Mbit burst 1600b cburst 1600b
     ├─ chain 0
     │  └─ pref 6 ip u32 → class 1:11
     ├─ class 1:10 prio 0 rate 5Mbit ceil 10Mbit burst 1600b cburst 1600b
     │  └─ qdisc tbf 10: rate 1Mbit burst 5Kb lat 50ms
     │     └─ class 10:1
     └─ class 1:11 prio 0 rate 5Mbit ceil 5Mbit burst 1600b cburst 1600b
  ↓
leaves by d0
`

func TestExplainDrawsThePath(t *testing.T) {
	nstest.Do(t, func() {
		for _, name := range []string{"d0", "d1"} {
			a := netlink.NewLinkAttrs()
			a.Name = name
			if err := netlink.LinkAdd(&netlink.Ifb{LinkAttrs: a}); err != nil {
				nstest.Need(t, "ifb links", "", err)
			}
		}
		const match = " u32 match ip dst 10.0.0.1 "
		for _, cmd := range []string{
			"qdisc add dev d0 ingress_block 7 clsact",
			"filter add block 7 protocol ip pref 3" + match + "flowid 1:2 action mirred egress redirect dev d1",
			"filter add block 7 protocol ipv6 pref 4 u32 match u32 0 0",
			"filter add block 7 chain 5 protocol ip pref 1" + match,
			"filter add dev d0 egress protocol all pref 9 u32 match u32 0 0",
			"qdisc add dev d0 root handle 1: htb default 10",
			"class add dev d0 parent 1: classid 1:1 htb rate 10mbit burst 1600 cburst 1600",
			"class add dev d0 parent 1:1 classid 1:10 htb rate 5mbit ceil 10mbit burst 1600 cburst 1600",
			"class add dev d0 parent 1:1 classid 1:11 htb rate 5mbit burst 1600 cburst 1600",
			"qdisc add dev d0 parent 1:10 handle 10: tbf rate 1mbit burst 5k latency 50ms",
			"filter add dev d0 parent 1: protocol ip pref 5" + match + "flowid 1:10",
			"filter add dev d0 parent 1:1 protocol ip pref 6" + match + "flowid 1:11",
			"qdisc add dev d1 clsact",
			"filter add dev d1 ingress protocol ip pref 3" + match,
		} {
			if r := clitest.RunProcess(t, strings.Fields(cmd)...); r.Code != 0 {
				t.Fatalf("%s: %s", cmd, r)
			}
		}
		if r := clitest.Kern("explain", "d0"); r.Code != 0 || r.Out != explainedPath {
			t.Errorf("it is\n%s, want\n%s", r, explainedPath)
		}
		var path []topo.Stage
		if r := clitest.Kern("-j", "explain", "dev", "d0"); json.Unmarshal([]byte(r.Out), &path) != nil || len(path) != 7 {
			t.Errorf("as JSON: %s", r)
		}
		file := filepath.Join(t.TempDir(), "d0.svg")
		if r := clitest.Kern("explain", "d0", "-svg", file); r.Code != 0 || r.Out != "" {
			t.Errorf("as SVG: %s", r)
		}
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(explainedPath) {
			if text := strings.Trim(line, " │├└─↓\n"); !strings.Contains(string(svg), ">"+text+"<") {
				t.Errorf("%q is not in the picture", text)
			}
		}
		for d := xml.NewDecoder(strings.NewReader(string(svg))); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		for _, wrong := range [][]string{{"explain"}, {"explain", "none"}, {"explain", "d0", "d1"},
			{"explain", "d0", "-svg"},
			{"explain", "d0", "-svg", "/none/at/all"}} {
			if r := clitest.Kern(wrong...); r.Code == 0 {
				t.Errorf("%q: %s", wrong, r)
			}
		}
	})
}
