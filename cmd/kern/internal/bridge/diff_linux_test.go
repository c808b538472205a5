package bridge

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// needBridge skips a test where iproute2's bridge is not installed.
func needBridge(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("bridge"); err != nil {
		t.Skip("iproute2's bridge is not installed")
	}
}

// world are a bridge with two ports and a vxlan device; macs that the kernel would make up are given.
func world(t *testing.T) {
	t.Helper()
	clitest.SetUp(t,
		"link add br0 address 02:00:00:00:00:01 type bridge",
		"link add pa address 02:00:00:00:00:0a type veth peer name ea address 02:00:00:00:00:1a",
		"link set ea addrgenmode none up",
		"link add pb address 02:00:00:00:00:0b type veth peer name eb address 02:00:00:00:00:1b",
		"link set eb addrgenmode none up",
		"link add vx address 02:00:00:00:00:0c type vxlan external dstport 4789 vnifilter",
		"link add vy address 02:00:00:00:00:0d type vxlan id 7 dstport 4790",
		"link set pa master br0", "link set pb master br0", "link set vx master br0",
		// Without addresses there is nothing that ports learn and members that they report.
		"link set br0 addrgenmode none", "link set pa addrgenmode none", "link set pb addrgenmode none",
		"link set vx addrgenmode none", "link set vy addrgenmode none",
		"link set br0 up", "link set pa up", "link set pb up", "link set vx up", "link set vy up",
	)
	clitest.Await(t, "-o link show type veth", func(out string) bool { return strings.Count(out, "state UP") == 4 })
	// A kernel that was built without VLANs of bridges refuses these, and commands that need them: see known.
	for _, options := range []string{"vlan_filtering 1 vlan_stats_enabled 1", "vlan_stats_per_port 1",
		"mcast_vlan_snooping 1"} {
		clitest.IP(t, clitest.Words(t, "link set br0 type bridge "+options)...)
	}
}

// state is what commands of bridge make, which both programs run.
type state struct {
	name    string
	cmds    []string
	objects []string // whose shows are compared; nil for all
	bridge  []string // options that br0 gets first
}

// shows are the commands that show what the state may have changed. A guest takes a minute for all of them.
func (s *state) shows() []string {
	if s.objects == nil {
		return shows
	}
	return slices.DeleteFunc(slices.Clone(shows), func(show string) bool {
		words := strings.Fields(show)
		object := slices.IndexFunc(words, func(w string) bool { return w[0] != '-' })
		return !slices.Contains(s.objects, words[object])
	})
}

// world makes the links of the state.
func (s *state) world(t *testing.T) {
	t.Helper()
	world(t)
	for _, options := range s.bridge {
		clitest.IP(t, clitest.Words(t, "link set br0 type bridge "+options)...)
	}
}

var states = []state{
	{name: "nothing"},
	{name: "fdb", objects: []string{"fdb"}, cmds: []string{
		"fdb add 02:00:00:00:01:01 dev pa master", "fdb append 02:00:00:00:01:02 dev pa master static",
		"fdb replace 02:00:00:00:01:03 dev pa master dynamic vlan 1",
		"fdb add 02:00:00:00:01:04 dev pb master extern_learn", "fdb add 02:00:00:00:01:05 dev pb master sticky static",
		"fdb add to 02:00:00:00:01:06 dev pb self",
		"fdb add 02:00:00:00:02:01 dev vy dst 10.0.0.1 port 5000 vni 9 via pa",
		"fdb append 02:00:00:00:02:01 dev vy dst 10.0.0.2", "fdb append 00:00:00:00:00:00 dev vy dst fd00::1 self permanent",
		"fdb add 02:00:00:00:02:02 dev vx dst 10.0.0.3 src_vni 100 vni 5 self", "fdb del 02:00:00:00:01:02 dev pa master",
		"fdb add 02:00:00:00:01:07 dev br0 self",
		"fdb add 02:00:00:00:01:08 dev pa master static activity_notify",
		"fdb add 02:00:00:00:01:09 dev pa master static activity_notify inactive norefresh",
	}},
	{name: "flushed", objects: []string{"fdb"}, cmds: []string{
		"fdb add 02:00:00:00:01:01 dev pa master", "fdb add 02:00:00:00:01:02 dev pa master static",
		"fdb add 02:00:00:00:01:03 dev pb master dynamic",
		"fdb add 02:00:00:00:01:04 dev pb master extern_learn sticky", "fdb flush dev br0 brport pa permanent",
		"fdb flush dev br0 brport pb noextern_learn nopermanent",
	}},
	{name: "vlans", objects: []string{"vlan", "fdb", "link"}, cmds: []string{
		"vlan add vid 10 dev pa", "vlan add vid 20-30 dev pa untagged", "vlan add vid 40 dev pb pvid untagged master",
		"vlan add vid 10 dev br0 self",
		"vlan del vid 25 dev pa", "vlan add vid 50-52 dev pb",
	}},
	{name: "tunnels", objects: []string{"vlan", "link"}, cmds: []string{
		"link set dev vx vlan_tunnel on", "vlan add vid 100-105 dev vx", "vlan add vid 100 dev vx tunnel_info id 1000",
		"vlan add vid 101-103 dev vx tunnel_info id 1001-1003",
		"vlan del vid 102 dev vx tunnel_info id 1002",
	}},
	{name: "options of VLANs", objects: []string{"vlan", "mst"}, cmds: []string{
		"vlan add vid 10-12 dev pa", "vlan add vid 10 dev br0 self", "vlan set vid 11 dev pa state blocking",
		"vlan set vid 10-12 dev pa mcast_router 2",
		"vlan global set vid 10 dev br0 mcast_snooping 1 mcast_querier 1 mcast_igmp_version 3 mcast_mld_version 2 " +
			"mcast_last_member_count 3 " +
			"mcast_startup_query_count 4 mcast_last_member_interval 200 mcast_membership_interval 26100 " +
			"mcast_querier_interval 25600 mcast_query_interval 12600 " +
			"mcast_query_response_interval 1100 mcast_startup_query_interval 3200",
	}},
	{name: "options of ports", objects: []string{"link"}, cmds: []string{
		"link set dev pa cost 7 priority 3 guard on hairpin on fastleave on root_block on learning off flood off " +
			"mcast_flood off bcast_flood off mcast_to_unicast on neigh_suppress on",
		"link set dev pb isolated on locked on mcast_router 2 backup_port pa",
		"link set dev pb nobackup_port state learning self master",
	}},
	{name: "mdb", objects: []string{"mdb"}, cmds: []string{
		"mdb add dev br0 port pa grp 239.1.1.1 permanent vid 1", "mdb add dev br0 port pb grp 239.1.1.1 temp vid 1",
		"mdb add dev br0 port pa grp ff15::1 permanent vid 1",
		"mdb add dev br0 port pa grp 239.1.1.2 src 10.0.0.9 permanent vid 1",
		"mdb add dev br0 port pa grp 01:00:5e:7f:00:01 permanent vid 1",
		"mdb add dev br0 port br0 grp 239.1.1.3 permanent vid 1", "mdb del dev br0 port pb grp 239.1.1.1 vid 1",
	}},
	{name: "vni", objects: []string{"vni", "fdb"}, cmds: []string{
		"vni add vni 100 dev vx", "vni add vni 200-210,300 dev vx", "vni add vni 400 remote 10.0.0.1 dev vx",
		"vni add vni 401 group 239.1.1.1 dev vx", "vni del vni 205 dev vx",
	}},
	{
		name: "mst", objects: []string{"mst", "vlan"}, bridge: []string{"vlan_default_pvid 0", "mst_enabled 1"},
		cmds: []string{
			"vlan add vid 10-11 dev pa", "vlan add vid 10-11 dev pb", "vlan add vid 10-11 dev vx",
			"vlan add vid 10-11 dev br0 self",
			"vlan global set vid 10 dev br0 msti 5", "vlan global set vid 11 dev br0 msti 6",
			"mst set dev pa msti 5 state blocking", "mst set dev pb msti 6 state 2",
		},
	},
}

var shows = []string{
	"link", "-d link", "link show dev pa", "-d link show master br0", "-o -d link", "-c=always -d link",
	"fdb", "-s fdb", "-d fdb", "fdb show br br0", "fdb show brport pa", "fdb show dev vy", "fdb show br br0 vlan 1",
	"fdb show state static", "fdb show dynamic", "-c=always fdb", "-p fdb",
	"mdb", "-d mdb", "-s -d mdb", "mdb show dev br0", "mdb show vid 1",
	"vlan", "vlan show dev pa", "vlan show vid 21", "-compressvlans vlan", "-com vlan show vid 21", "-s vlan",
	"-s vlan show vid 10", "-d vlan", "-d -s vlan", "-d vlan show dev pa vid 11",
	"vlan tunnelshow", "-com vlan tunnelshow", "vlan tunnelshow dev vx vid 102", "vlan global", "vlan global show vid 10",
	"-s vlan global show dev br0", "vni", "-s vni", "vni show dev vx", "mst", "mst show dev pa",
}

// made runs the commands with a program, and skips the test where the kernel lacks what they need.
func made(t *testing.T, program func(args ...string) clitest.Result, cmds []string) {
	t.Helper()
	for _, cmd := range cmds {
		if r := program(clitest.Words(t, cmd)...); r.Code != 0 {
			t.Fatalf("%s: %v", cmd, r)
		}
	}
}

// known are the commands that the installed bridge and the kernel know; this program is asked for no others.
func known(t *testing.T, s *state) (out []string) {
	t.Helper()
	if len(s.cmds) == 0 {
		return nil
	}
	nstest.Do(t, func() {
		s.world(t)
		for _, cmd := range s.cmds {
			if r := clitest.Peer(t, clitest.Words(t, cmd)...); r.Code == 0 {
				out = append(out, cmd)
			} else {
				t.Logf("bridge %s: %v", cmd, r)
			}
		}
	})
	return out
}

func TestStatesAreShownAndMadeAsByBridge(t *testing.T) {
	needBridge(t)
	theirs := func(args ...string) clitest.Result { return clitest.Peer(t, args...) }
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			if s.name == "mst" && clitest.OldWords() {
				t.Skip("bridge of iproute2 6.1 has no mst")
			}
			cmds := known(t, &s)
			if len(s.cmds) != 0 && len(cmds) == 0 {
				nstest.Need(t, s.name+" of bridges", "", syscall.EOPNOTSUPP)
			}
			byTheirs, byOurs := map[string]string{}, map[string]string{}
			told := func(m map[string]string) {
				for _, show := range s.shows() {
					if strings.Contains(show, "-s ") {
						continue // what runs
					}
					// The dump of a hash table is in no order.
					lines := slices.Sorted(strings.Lines(theirs(clitest.Words(t, show)...).Out))
					// The bridge joins a group of IPv6 in its own time.
					lines = slices.DeleteFunc(lines, func(l string) bool {
						return strings.Contains(l, "ff02::6a") ||
							strings.Contains(l, ":00:6a")
					})
					m[show] = strings.Join(lines, "")
				}
			}
			nstest.Do(t, func() {
				s.world(t)
				made(t, theirs, cmds)
				for _, show := range s.shows() {
					words := clitest.Words(t, show)
					theirs := clitest.Peer(t, append([]string{"-j"}, words...)...)
					if strings.Contains(theirs.Err, "is unknown") { // bridge 6.1 has no mst
						continue
					}
					if strings.HasPrefix(show, "mst") && strings.Contains(theirs.Err, "Dump terminated") {
						continue // bridge ends its list at a port without trees; the state "mst" has none
					}
					if theirs.Code != 0 || !json.Valid([]byte(theirs.Out)) { // a kernel without what is shown
						clitest.SameEnd(t, "bridge "+show, clitest.Peer(t, words...), clitest.Kern(words...))
						continue
					}
					clitest.CompareShow(t, words...)
				}
				told(byTheirs)
			})
			nstest.Do(t, func() {
				s.world(t)
				made(t, clitest.Kern, cmds)
				told(byOurs)
			})
			for show, want := range byTheirs {
				if got := byOurs[show]; clitest.Timers.ReplaceAllString(got, "${1}N") != clitest.Timers.ReplaceAllString(want,
					"${1}N") {
					t.Errorf("bridge %s:\nmade by bridge %s\nmade by kern   %s", show, want, got)
				}
			}
		})
	}
}

// wrongWords are commands that fail.
var wrongWords = []string{
	"nope", "fdb nope", "mdb nope", "vlan nope", "vni nope", "mst nope", "link nope", "vni sho", "mdb ge", "fdb flu",
	"fdb add", "fdb add 02:00:00:00:00:01", "fdb add nope dev pa", "fdb add 02:00:00:00:00:01 dev nope",
	"fdb add 02:00:00:00:01:01 dev pa dev", "fdb add 02:00:00:00:01:01 dev pa vni 16777216",
	"fdb add 02:00:00:00:01:01 dev pa vlan 1 vlan 2", "fdb add 02:00:00:00:01:01 02:00:00:00:01:02 dev pa",
	"fdb add 02:00:00:00:01:01 dev vy nhid 1 dst 10.0.0.1",
	"fdb add 02:00:00:00:01:01 dev vy port nope", "fdb add 02:00:00:00:01:01 dev vy dst nope",
	"fdb add 02:00:00:00:01:01 dev vy via nope", "fdb del 02:00:00:00:01:ff dev pa master",
	"fdb get", "fdb get 02:00:00:00:01:ff br br0", "fdb get 02:00:00:00:01:01 dev nope",
	"fdb get 02:00:00:00:01:01 br nope", "fdb show br nope", "fdb show dev nope", "fdb show state nope",
	"fdb flush", "fdb flush dev nope", "fdb flush dev br0 brport nope", "fdb flush dev br0 vlan 1 vlan 2",
	"mdb add", "mdb add dev br0 port pa grp nope", "mdb add dev nope port pa grp 239.1.1.1",
	"mdb add dev br0 port pa grp 239.1.1.1 src 10.0.0.1 permanent vid 1 filter_mode exclude",
	"mdb add dev br0 port pa grp 239.1.1.1 permanent vid 1 filter_mode include",
	"mdb add dev br0 port nope grp 239.1.1.1", "mdb add dev br0 port pa grp 239.1.1.1 src nope",
	"mdb del dev br0 port pa grp 239.1.1.9", "mdb show dev nope",
	"vlan add", "vlan add vid 10 dev nope", "vlan add vid 4096 dev pa", "vlan add vid 20-10 dev pa",
	"vlan add vid 10-20 dev pa pvid", "vlan add vid 10 dev pa tunnel_info 7", "vlan add vid 10 dev pa tunnel_info id x",
	"vlan del vid 99 dev pa", "vlan set vid 10 dev pa state nope", "vlan set vid 10 dev nope", "vlan set dev pa",
	"vlan global set dev br0", "vlan show dev nope",
	"vni add", "vni add vni 5 dev nope", "vni add vni 5 group 10.0.0.1 dev vx", "vni show dev nope", "mst set",
	"mst set dev nope msti 1 state 3", "mst set dev pa msti x state 3", "mst set dev pa msti 1 state nope",
	"link set", "link set dev nope", "link set dev pa state nope", "link set dev pa backup_port nope",
	"link set dev pa hwmode nope", "link show dev nope",
	"fdb help", "mdb help", "vlan help", "link help", "-f nope fdb", "-n nope fdb", "monitor nope",
}

func TestWrongWordsEndAsWithBridge(t *testing.T) {
	needBridge(t)
	nstest.Do(t, func() {
		world(t)
		for _, line := range wrongWords {
			words := clitest.Words(t, line)
			want := clitest.Peer(t, words...)
			old := words[0] == "mst" && strings.HasPrefix(want.Err, "Object") ||
				strings.Contains(line, "filter_mode") && want.Code == 0
			if old { // bridge 6.1 has it not
				continue
			}
			clitest.SameEnd(t, "bridge "+line, want, clitest.Kern(words...))
		}
	})
}

func TestMonitorReportsWhatBridgeMonitorReports(t *testing.T) {
	needBridge(t)
	for _, line := range []string{"monitor", "monitor all", "monitor fdb", "monitor fdb mdb vlan vni",
		"-d monitor link fdb", "monitor li fdb"} {
		t.Run(line, func(t *testing.T) {
			nstest.Do(t, func() {
				world(t)
				args := clitest.Words(t, line)
				watchers := []*clitest.Watcher{clitest.Watch(t, exec.Command("bridge", args...)),
					clitest.Watch(t, clitest.Process(t, args...))}
				for _, w := range watchers {
					subscribed(t, w)
				}
				mark(t, "02:00:00:00:ff:02")
				for _, cmd := range []string{
					"fdb add 02:00:00:00:01:01 dev pa master", "fdb del 02:00:00:00:01:01 dev pa master", "vlan add vid 10 dev pa",
					"vlan del vid 10 dev pa",
					"mdb add dev br0 port pa grp 239.1.1.1 permanent vid 1", "mdb del dev br0 port pa grp 239.1.1.1 vid 1",
					"vni add vni 100-102 dev vx", "vni del vni 101 dev vx",
					"link set dev pb cost 9",
				} {
					clitest.Peer(t, clitest.Words(t, cmd)...) // a kernel without VLANs of bridges refuses some
				}
				mark(t, "02:00:00:00:ff:03")
				var told []string
				for _, w := range watchers {
					w.Until(t, "Deleted 02:00:00:00:ff:02")
					lines := slices.Sorted(strings.Lines(clitest.Common(w.Until(t, "02:00:00:00:ff:03"))))
					told = append(told, strings.Join(lines, ""))
				}
				if told[0] != told[1] || told[0] == "" {
					t.Errorf("bridge %s\nkern   %s", told[0], told[1])
				}
				for _, w := range watchers {
					w.Stop(t)
				}
			})
		})
	}
}

// mark makes an entry that a monitor of entries shows, and deletes it.
func mark(t *testing.T, addr string) {
	t.Helper()
	for _, verb := range []string{"add", "del"} {
		if r := clitest.Peer(t, "fdb", verb, addr, "dev", "vy", "dst", "10.0.0.1"); r.Code != 0 {
			t.Fatal(r)
		}
	}
}

// subscribed returns when a monitor has shown something.
func subscribed(t *testing.T, w *clitest.Watcher) {
	t.Helper()
	w.First(t, func() { mark(t, "02:00:00:00:ff:01") })
}
