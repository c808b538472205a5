package ip

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
)

// needWords skips a test where ip is older than what it is compared with.
func needWords(t *testing.T) {
	t.Helper()
	clitest.NeedIP(t)
	if !clitest.SameWords() {
		t.Skip("iproute2 is older than 7.3")
	}
}

// newerRules are selectors that iproute2 6.1 does not have, how they read, and since when the kernel has them.
var newerRules = []struct{ family, words, want, since string }{
	{"-4", "tun_id 7", "from all tun_id 7 lookup 100", ""},
	{"-4", "t 18446744073709551615", "from all tun_id 18446744073709551615 lookup 100", ""},
	{"-4", "dscp 10", "from all lookup 100 dscp AF11", "6.12"},
	{"-4", "dscp CS1", "from all lookup 100 dscp CS1", "6.12"},
	{"-4", "dscp 3/0x7", "from all lookup 100 dscp 0x3/0x7", "6.15"},
	{"-4", "sport 5/0xff", "from all sport 0x5/0xff lookup 100", "6.15"},
	{"-4", "dport 0x100/0xff00 ipproto tcp", "from all ipproto tcp dport 0x100/0xff00 lookup 100", "6.15"},
	{"-4", "sport 5/0xffff", "from all sport 5 lookup 100", ""},
	{"-6", "flowlabel 5", "from all lookup 100 flowlabel 0x5", "6.14"},
	{"-6", "flowlabel 0x10/0xf0", "from all lookup 100 flowlabel 0x10/0xf0", "6.14"},
	{"-6", "dscp 9 tun_id 3 sport 6/0xfe flowlabel 0", "from all sport 0x6/0xfe tun_id 3 lookup 100 dscp 9 flowlabel 0",
		"6.15"},
}

// addNewerRules makes those that the kernel takes.
func addNewerRules(t *testing.T, byKern bool) {
	t.Helper()
	for i, r := range newerRules {
		line := clitest.Words(t, r.family+" rule add "+r.words+" table 100 pref "+strconv.Itoa(100+10*i))
		add := clitest.Kern
		if !byKern {
			add = func(args ...string) clitest.Result { return clitest.IP(t, args...) }
		}
		if got := add(line...); got.Code != 0 && got.Code != cli.StatusKernel {
			t.Errorf("%v: %v", line, got)
		}
	}
}

func TestRulesAreShownWhole(t *testing.T) {
	for _, r := range newerRules {
		t.Run(r.words, func(t *testing.T) {
			nstest.Do(t, func() {
				made := clitest.Kern(clitest.Words(t, r.family+" rule add "+r.words+" table 100 pref 100")...)
				if made.Code != 0 {
					nstest.Need(t, "rules with "+r.words, r.since, clitest.Refusal(made.Err))
				}
				out := clitest.Kern(r.family, "rule").Out
				if want := "100:\t" + r.want + "\n"; !strings.Contains(out, want) {
					// Older kernels let attributes pass that they do not know.
					nstest.Need(t, "rules with "+r.words, r.since, fmt.Errorf("%q is not in\n%s", want, out))
				}
				got := clitest.Kern(clitest.Words(t, r.family+" rule list "+r.words)...)
				if !strings.Contains(got.Out, r.want) || got.Code != 0 {
					t.Errorf("rule list %s: %v", r.words, got)
				}
			})
		})
	}
}

func TestNewerRulesAreShownAndMadeAsByIP(t *testing.T) {
	needWords(t)
	var states []any
	for _, byKern := range []bool{false, true} {
		nstest.Do(t, func() {
			addNewerRules(t, byKern)
			for _, show := range []string{"rule", "-6 rule", "-d rule", "-N rule", "-6 -N rule", "-p -d -6 rule"} {
				clitest.CompareShow(t, clitest.Words(t, show)...)
			}
			for _, r := range newerRules {
				clitest.CompareShow(t, clitest.Words(t, r.family+" rule list "+r.words)...)
			}
			states = append(states, tablesOf(t))
		})
	}
	sameTables(t, "made", states[0], states[1])
}

func TestNewerWordsEndAsWithIP(t *testing.T) {
	needWords(t)
	compareRuns(t, nil, []string{
		"rule add tun_id x", "rule add dscp x", "rule add dscp 1/x", "rule add dscp 99", "rule add flowlabel x",
		"rule add flowlabel 1/x", "-6 rule add flowlabel 0x100000",
		"rule add sport 5/x", "rule add sport x/5", "rule add sport x-5", "rule add sport 5-x", "rule add dport 5/0x10000",
		"rule list dscp x", "rule list tun_id x",
		"-6 route get fd00::2 flowlabel x", "addr add 10.9.0.1/24 dev va proto x", "addr show proto x",
		"addr show proto 300", "neigh add 10.0.0.99 dev va extern_valid x",
		"link show va down up x", "monitor all-nsid nope", "link set va inet", "link set va inet up",
		"link set va inet forw on", "link set va inet forwarding x",
		"link set va inet rp_filter", "link set va inet rp_filter 4294967295", "link set va inet forwarding",
		"link set va inet tag x",
		"route add 10.77.0.0/16 dev va features tcp",
	})
}

func TestNewerObjectsAreShownAndMadeAsByIP(t *testing.T) {
	needWords(t)
	clitest.CompareStates(t, []clitest.DiffState{
		{
			Name: "protocols of addresses",
			Cmds: slices.Concat(pair, []string{
				"addr add 10.0.0.1/24 dev va proto 7", "addr add 10.0.0.2/24 dev va proto 0xf0",
				"addr add 10.0.1.1/24 dev va proto kernel_ra", "addr add fd00::1/64 dev vb nodad proto 9",
				"addr add fd00::2/64 dev vb nodad proto 0",
			}),
			Show: []string{"addr show proto 7", "addr show proto 0xf0", "-N addr", "-d addr show dev vb", "addr show down",
				"link show down", "-d link show novf"},
		},
		{
			Name: "features of routes",
			Cmds: append(slices.Clip(pair), "link set va up", "link set vb up", "addr add 10.0.0.1/24 dev va",
				"route add 10.1.0.0/16 via 10.0.0.2 features tcp_usec_ts",
				"route add 10.2.0.0/16 via 10.0.0.2 features ecn tcp_usec_ts mtu 1400",
				"route add 10.3.0.0/16 via 10.0.0.2 realms 3/4"),
			Show: []string{"route", "-d route", "route get 10.3.0.1", "route get 10.2.0.1", "addr show proto 7",
				"-6 addr show proto 7"},
		},
		{
			Name: "vxlan",
			Cmds: []string{
				"link add v1 address " + macA + " type vxlan id 5 dstport 4789", "link add v2 address " + macB +
					" type vxlan external dstport 4790",
				"link add v3 address " + macC + " type vxlan id 7 dstport 4790 noudpcsum udp6zerocsumtx proxy remcsumtx gbp " +
					"local 1.2.3.4 remote 9.9.9.9 tos inherit ttl inherit nolearning",
				"link add v4 address 02:00:00:00:00:0d type vxlan id 8 dstport 0 group 239.1.1.1 dev lo ageing 0 maxaddress 9 " +
					"df set rsc l2miss l3miss",
			},
			Show: []string{"-d link show type vxlan"},
		},
	}, linkShows...)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, "-6 rule add flowlabel 5 table 7", "-6 route add default dev va table 7")
		for _, show := range []string{"-6 route get fd09::2 flowlabel 5", "-6 route get fd00:1::2 flowlabel 0x7"} {
			clitest.CompareShow(t, clitest.Words(t, show)...)
		}
		clitest.SetUpByKern(t, "neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va extern_valid nud stale extern_learn")
		clitest.CompareShow(t, "neigh")
		if out := clitest.Kern("neigh", "show", "10.0.0.9").Out; !strings.Contains(out, "extern_valid ") {
			t.Errorf("got %s", out)
		}
	})
}

// inetConf are the settings of IPv4 that a link has in the thread's namespace, as /proc shows them.
func inetConf(t *testing.T, link string) map[string]string {
	t.Helper()
	dir := "/proc/sys/net/ipv4/conf/" + link
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	conf := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(dir + "/" + f.Name())
		if err != nil {
			continue // one that is only written
		}
		conf[f.Name()] = strings.TrimSpace(string(b))
	}
	return conf
}

func TestSettingsOfIPv4AreMadeAsByIP(t *testing.T) {
	needWords(t)
	var words []string
	for _, s := range inetSettings {
		value := "on"
		switch s.typ {
		case uapi.IPV4_DEVCONF_SECURE_REDIRECTS, uapi.IPV4_DEVCONF_SEND_REDIRECTS, uapi.IPV4_DEVCONF_SHARED_MEDIA,
			uapi.IPV4_DEVCONF_ACCEPT_REDIRECTS, uapi.IPV4_DEVCONF_ARP_EVICT_NOCARRIER:
			value = "off" // they are on
		}
		if s.number != "" {
			value = "2"
		}
		words = append(words, s.name+" "+value)
	}
	line := "link set va inet " + strings.Join(words, " ") + " up"
	var confs []map[string]string
	for _, run := range []func(testing.TB, ...string){clitest.SetUp, clitest.SetUpByKern} {
		nstest.Do(t, func() {
			clitest.SetUp(t, pair...)
			run(t, line)
			conf := inetConf(t, "va")
			if conf["rp_filter"] != "2" || conf["forwarding"] != "1" || conf["shared_media"] != "0" {
				t.Errorf("settings are %v", conf)
			}
			confs = append(confs, conf)
		})
	}
	if !maps.Equal(confs[0], confs[1]) {
		t.Errorf("ip   %v\nkern %v", confs[0], confs[1])
	}
}

// helpWords are words that scripts look for in the grammar of each object.
var helpWords = map[string]string{
	"rule help":    "tun_id dscp flowlabel sport dport uidrange ipproto l3mdev suppress_prefixlength nat save restore",
	"address help": "proto save showdump restore mngtmpaddr down",
	"neigh help":   "extern_valid extern_learn managed",
	"route help": "flowlabel nhid fastopen_no_cookie ttl-propagate showdump ila ioam6 rpl encap.red End.DT46 next-csid " +
		"prealloc tunsrc tundst",
	"link help": "inet rp_filter arp_evict_nocarrier change gso_ipv4_max_size gro_ipv4_max_size xdpgeneric " +
		"protodown_reason property novf down",
	"monitor help": "maddress acaddress all-nsid netconf nexthop",
	"nexthop help": "bucket resilient idle_timer unbalanced_timer hw_stats blackhole encap fdb dst_port nhid groups " +
		"onlink",
	"netns help":     "list-id target-nsid attach",
	"link help nope": "gso_ipv4_max_size",
}

func TestHelpListsTheWords(t *testing.T) {
	var all []string
	for _, w := range linkWordTable() {
		all = append(all, w.name)
	}
	// one of txqueuelen's
	helpWords["link help"] += " " + strings.Join(slices.DeleteFunc(all, func(w string) bool { return w == "txqlen" }),
		" ")
	for _, m := range routeMetrics {
		helpWords["route help"] += " " + m.word
	}
	for _, f := range addrFlags {
		helpWords["address help"] += " " + f.names[0]
	}
	for line, words := range helpWords {
		r := clitest.Kern(strings.Fields(line)...)
		for _, word := range strings.Fields(words) {
			if !slices.Contains(strings.FieldsFunc(r.Err, func(r rune) bool { return strings.ContainsRune(" \n[]{}|", r) }),
				word) {
				t.Errorf("%s lacks %s", line, word)
			}
		}
	}
}

// emptyWords are commands of which one word is empty, which names nothing and
// begins nothing.
var emptyWords = []string{
	"''", "link ''", "link show ''", "link show dev ''", "addr ''", "addr show ''", "addr show dev ''", "addr show to ''",
	"addr show scope ''", "addr show master ''", "addr show vrf ''",
	"addr show group ''", "addr flush ''", "addr flush dev ''", "addr add '' dev va", "addr add 10.9.0.1/24 dev ''",
	"addr add 10.9.0.1/24 dev va scope ''", "addr add 10.9.0.1/24 dev va brd ''",
	"addr add 10.9.0.1/24 dev va peer ''", "addr add 10.9.0.1/24 dev va metric ''",
	"addr add 10.9.0.1/24 dev va valid_lft ''", "addr del '' dev va", "addr save dev ''",
	"link set ''", "link set dev '' up", "link set va ''", "link set va mtu ''", "link set va master ''",
	"link set va name ''", "link set va address ''", "link set va group ''", "link set va netns ''",
	"link set va addrgenmode ''", "link set va mode ''", "link set va arp ''", "link set va vrf ''",
	"link set va type ''", "link set va link-netns ''", "link add '' type veth", "link add x type ''",
	"link add link '' name x type vlan id 3", "link add x type veth peer name ''", "link add x type bridge ''",
	"link add x mtu '' type veth", "link del ''", "link del dev ''", "link property ''",
	"link property add dev '' altname x", "link property add dev va altname ''", "link property add dev va ''",
	"route ''", "route show ''", "route show dev ''", "route show via ''", "route show table ''", "route show proto ''",
	"route show scope ''", "route show type ''", "route show src ''", "route show root ''",
	"route flush ''", "route add ''", "route add 10.9.0.0/16 dev ''", "route add 10.9.0.0/16 via ''",
	"route add 10.9.0.0/16 dev va table ''", "route add 10.9.0.0/16 dev va proto ''",
	"route add 10.9.0.0/16 dev va ''", "route add 10.9.0.0/16 nexthop ''", "route add 10.9.0.0/16 nexthop dev ''",
	"route add 10.9.0.0/16 dev va mtu ''",
	"route add 10.9.0.0/16 dev va congctl ''", "route add 10.9.0.0/16 encap ''", "route get ''",
	"route get 10.0.0.5 dev ''", "route get 10.0.0.5 from ''", "route del ''",
	"rule ''", "rule list ''", "rule list iif ''", "rule list table ''", "rule add ''", "rule add iif ''",
	"rule add from ''", "rule add table ''", "rule add pref ''", "rule add goto ''", "rule del ''",
	"neigh ''", "neigh show ''", "neigh show dev ''", "neigh show nud ''", "neigh add '' dev va",
	"neigh add 10.0.0.9 dev ''", "neigh add 10.0.0.9 dev va lladdr ''", "neigh add 10.0.0.9 dev va ''",
	"neigh flush ''", "neigh get '' dev va", "neigh get 10.0.0.9 dev ''", "monitor ''", "monitor dev ''",
	"monitor file ''", "netns ''", "netns add ''", "netns exec '' true", "netns set '' 5",
	"netns identify ''", "netns list-id nsid ''", "netns attach '' 1",
	"-n '' link", "-f '' link", "-b '' ", "-rc '' link",
}

func TestEmptyWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		before := clitest.StateOf(t)
		tables := tablesOf(t)
		for _, line := range emptyWords {
			args := clitest.Words(t, line)
			want, got := clitest.IP(t, args...), clitest.Kern(args...)
			if got.Code == 0 || got.Err == "" {
				t.Errorf("%s: %v", line, got)
			}
			// ip leaves a few to the kernel, which takes some
			if want.Code != got.Code && want.Code != 0 && want.Code != cli.StatusKernel && clitest.SameWords() {
				t.Errorf("%s:\nip   %v\nkern %v", line, want, got)
			}
			if got := clitest.StateOf(t); got != before {
				t.Fatalf("%s changed something: %s", line, got)
			}
		}
		sameTables(t, "after all", tables, tablesOf(t))
		// what selects nothing
		for _, line := range []string{"link show type ''", "addr show label ''", "addr show type ''"} {
			if got := clitest.Kern(clitest.Words(t, line)...); strings.TrimSpace(got.Out) != "" {
				t.Errorf("%s: %v", line, got)
			}
		}
	})
}
