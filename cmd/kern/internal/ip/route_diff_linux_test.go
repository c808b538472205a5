package ip

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
)

var routeShows = []string{
	"route", "-d route", "-o -d route", "-br route", "-N -d route", "-h route", "-c=always route", "-p -d route",
	"-s -d route show table all",
	"-6 route", "-6 -d route", "-6 -c=always route", "-6 -N route show table all", "-d route show table all",
	"-4 -d route show table all",
	"route show table main", "route show table local", "-6 route show table local",
	"route show default", "route show table all default", "-6 route show default", "route show match default",
	"route show root default",
	"route show 10.1.0.0/16", "route show to 10.1.0.0/16", "route show root 10.1.0.0/16", "route show match 10.1.0.5",
	"route show exact 10.1.0.0/24",
	"route show to root 10.0.0.0/8 proto static", "route show 10.1.0.0/16 10.2.0.0/16", "-6 route show root fd00::/16",
	"-6 route show match fd00:10::1",
	"route show fd00:10::/48", "-6 route show from fd00::/64", "route show from fd00::/64",
	"route show dev va", "-d route show oif vc", "-6 route show dev vc",
	"route show table all dev va proto kernel scope link",
	"route show via 10.0.0.2", "route show via 10.0.0.0/24", "route show via inet6 fd00::77", "route show src 10.0.0.1",
	"route show src 10.0.0.0/24",
	"route show proto static", "-d route show proto static", "route show proto kernel", "route show proto all",
	"route show scope link", "-d route show scope link",
	"route show scope all", "route show type blackhole", "route show type local table all", "-d route show type unicast",
	"route show metric 100", "route show tos 0x10",
	"route show realms 3/4", "route show realm 4", "route show mark 5", "route show iif va", "route show cache",
	"route show cached", "route show table cache",
	"r", "ro sh", "route ls", "route lst", "-0 route", "-B route", "-M route",
}

// shownRoutes are the commands whose output is compared. Older versions of ip
// do not choose routes by each of several next hops.
func shownRoutes() []string {
	if clitest.SameWords() {
		return routeShows
	}
	return slices.DeleteFunc(slices.Clone(routeShows), func(show string) bool {
		return strings.Contains(show, " dev ") || strings.Contains(show, " oif ")
	})
}

func TestRoutesAreShownAndMadeAsByIP(t *testing.T) {
	compareTables(t, []clitest.DiffState{
		{Name: "of the kernel"},
		{
			Name: "IPv4",
			Cmds: []string{
				"route add default via 10.0.0.2",
				"route add 10.1.0.0/16 via 10.0.0.2 dev va proto static metric 100 src 10.0.0.1",
				"route add 10.1.0.0/24 via 10.0.0.2 metric 7 proto 99",
				"route add 10.2.0.0/16 dev va tos 0x10 realms 3/4", "route add 10.2.0.0/16 dev va tos CS1 realms 5",
				"ro a 10.2.1/24 dev va realms 7/",
				"route add 10.3.0.0/16 via 10.99.0.1 dev va onlink", "route add 10.4.0.1 via 10.0.0.2 table 1000",
				"route add to 10.5.0.0/16 dev va scope 17", "route add vrf default 10.5.1.0/24 dev va",
				"route add 10.6.0.0/16 via inet6 fd00::77 dev va", "route add multicast 239.0.0.0/8 dev va",
				"route add 10.7.0.0/16 dev va table 7 proto bird scope site",
			},
			Show: []string{"-d route show table 7", "route show table 1000", "-N -d route show table 7"},
		},
		{
			Name: "types",
			Cmds: []string{
				"route add blackhole 10.3.0.0/16", "route add unreachable 10.4.0.0/16 metric 5", "route add prohibit 10.5.0.0/16",
				"route add throw 10.6.0.0/16 table 7",
				"route add local 10.11.0.1 dev lo", "route add broadcast 10.12.0.255 dev va",
				"route add unicast 10.13.0.0/16 dev va", "route add blackhole default metric 4000",
				"-6 route add blackhole fd00:3::/48", "-6 route add unreachable fd00:4::/48 metric 5",
				"-6 route add prohibit fd00:5::/48 table 7",
				"-6 route add throw default table 7", "-6 route add local fd00:6::1 dev va",
				"-6 route add anycast fd00:7::1 dev va",
			},
		},
		{
			Name: "metrics",
			Cmds: []string{
				"route add 10.1.0.0/16 dev va mtu lock 1300 window 1000 rtt 100ms rttvar 50ms ssthresh 5 cwnd lock 10 initcwnd " +
					"11 initrwnd 12 reordering 4 hoplimit 33 " +
					"rto_min 200ms quickack 1 features ecn congctl cubic fastopen_no_cookie 1 advmss 1200",
				"route add 10.2.0.0/16 dev va rtt 12.5ms", "route add 10.3.0.0/16 dev va rtt 100",
				"route add 10.4.0.0/16 dev va rtt 1500ms rttvar 7",
				"route add 10.5.0.0/16 dev va rttvar 3ms rto_min 1.5s",
				"route add 10.6.0.0/16 dev va congctl lock cubic hoplimit lock 3",
				"route add 10.7.0.0/16 dev va mtu 4000000000 advmss lock 3",
				"-6 route add fd00:10::/48 dev va mtu 1300 hoplimit 3 advmss 1000",
			},
		},
		{
			Name: "IPv6",
			Cmds: []string{
				"-6 route add fd00:10::/48 via fd00::2 metric 55 pref high expires 1000", "-6 route add default via fd00::2",
				"route add fd00:11::/48 dev vc pref low proto ra",
				"-6 route add fd00:12::/48 from fd00::/64 via fd00::2", "-6 route add fd00:13::1 via fd00::2 table 7 src fd00::1",
				"route add fd00:14::/48 via fd00::2 table 1000",
				"-6 route add fd00:15::/48 via fe80::1 dev va onlink",
			},
		},
		{
			Name: "multipath",
			Cmds: []string{
				"route add 10.2.0.0/16 nexthop via 10.0.0.2 dev va weight 2 nexthop via 10.0.1.2 dev vc weight 3 onlink",
				"route add 10.3.0.0/16 mtu 1300 nexthop realms 7/9 via 10.0.0.2 nexthop dev vc realms 3",
				"route add 10.4.0.0/16 nexthop via inet6 fd00::77 dev va nexthop via 10.0.1.2",
				"-6 route add fd00:11::/48 nexthop via fd00::2 dev va nexthop via fd00:1::2 dev vc weight 4",
			},
		},
		{
			Name: "encapsulated",
			Cmds: []string{
				"route add 10.13.0.0/16 encap ip id 7 dst 1.2.3.4 dev va",
				"route add 10.14.0.0/16 encap ip id 5 dst 1.2.3.4 src 4.3.2.1 ttl 4 tos 7 key csum seq dev va",
				"-6 route add fd00:99::/48 encap ip6 id 5 dst fd00::9 hoplimit 4 tc 7 dev va",
				"route add 10.15.0.0/16 nexthop encap ip id 5 dst 1.2.3.4 via 10.0.0.2 dev va nexthop via 10.0.1.2 dev vc",
			},
		},
		{
			Name: "changed and deleted",
			Cmds: []string{
				"route add 10.1.0.0/16 dev va", "route change 10.1.0.0/16 via 10.0.0.2",
				"route chg 10.1.0.0/16 via 10.0.0.3 mtu 1300", "route replace 10.2.0.0/16 dev va",
				"route rep 10.2.0.0/16 dev vc proto static", "route append 10.2.0.0/16 dev va",
				"route prepend 10.2.0.0/16 dev va metric 3", "route add 10.3.0.0/16 dev va",
				"route del 10.3.0.0/16", "route add 10.4.0.0/16 dev va metric 5", "route add 10.4.0.0/16 dev va metric 6",
				"route d 10.4.0.0/16 metric 6",
				"-6 route add fd00:11::/48 dev va", "-6 route add fd00:11::/48 dev vc metric 5",
				"-6 route del fd00:11::/48 dev va",
			},
		},
		{
			Name: "flushed",
			Cmds: []string{
				"route add 10.1.0.0/16 dev va proto static", "route add 10.2.0.0/16 dev va proto static table 7",
				"route add 10.3.0.0/16 dev va proto 77", "route add 10.3.1.0/24 dev va proto 77",
				"route add 10.4.0.0/16 dev vc", "route add 10.4.1.0/24 dev vc", "-6 route add fd00:11::/48 dev va",
				"-6 route add fd00:12::/48 dev va table 7",
				"route flush proto static", "route flush exact 10.3.0.0/16", "route flush root 10.4.0.0/16",
				"-6 route flush table 7", "route flush 10.99.0.0/16", "route flush cache",
			},
		},
	}, shownRoutes()...)
}

func TestRoutesWithoutACarrierAreShownAsByIP(t *testing.T) {
	compareTable(t, clitest.DiffState{Cmds: []string{
		"route add default via 10.0.0.2", "route add 10.2.0.0/16 metric 5 mtu 1300 nexthop via 10.0.0.2 dev va nexthop " +
			"via 10.0.1.2 dev vc",
		"-6 route add fd00:11::/48 nexthop via fd00::2 dev va nexthop via fd00:1::2 dev vc weight 4", "link set vb down",
		"link set vd down",
	}}, shownRoutes(), func() {
		down := func(out string) bool { return strings.Count(out, "linkdown") >= 4 }
		clitest.Await(t, "route", down)
		clitest.Await(t, "-6 route show root fd00::/16", down)
	})
}

func TestRoutesThatUseNexthopObjectsAreShownAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t,
			"nexthop add id 5 via 10.0.0.2 dev va", "nexthop add id 6 group 5", "nexthop add id 7 blackhole",
			"nexthop add id 8 dev vc proto static",
			"nexthop add id 9 group 5,3/8,4",
		)
		clitest.SetUpByKern(t, "route add 10.14.0.0/16 nhid 5 mtu 1300", "route add 10.15.0.0/16 nhid 6",
			"route add 10.16.0.0/16 nhid 7", "route add 10.17.0.0/16 nhid 9")
		for _, show := range []string{"route", "-d route", "-d -o route", "-p -d route"} {
			clitest.CompareShow(t, clitest.Words(t, show)...)
		}
	})
}

func TestRouteGetAnswersAsIPDoes(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t,
			"route add 10.1.0.0/16 via 10.0.0.2 mtu 1400 advmss 1200", "route add 10.4.0.1 via 10.0.0.2 table 1000",
			"rule add to 10.4.0.1 table 1000",
			"-6 route add fd00:10::/48 via fd00::2 metric 55 pref high",
			"route add 10.2.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.1.2",
		)
		for _, q := range []string{
			"10.1.2.3", "10.0.0.1", "10.0.0.255", "239.1.1.1 oif va", "224.0.0.1 from 10.0.0.2 iif va", "default", "10.4.0.1",
			"127.0.0.1", "::1", "fd00:10::3", "fd00::2",
			"to 10.0.0.5 dev va", "10.0.0.5 tos 0x10", "10.1.2.3 mark 4", "10.1.2.3 mark 40", "10.1.2.3 uid 77",
			"10.1.2.3 ipproto udp sport 4 dport 7", "fibmatch 10.1.2.3",
			"fibmatch 10.2.0.1", "fibmatch fd00:10::1", "10.0.0.9 from 10.0.1.1", "10.0.0.5 10.0.0.6", "10.0.0.5 notify",
		} {
			for _, options := range [][]string{nil, {"-d"}, {"-o"}, {"-N"}} {
				clitest.CompareShow(t, slices.Concat(options, []string{"route", "get"}, clitest.Words(t, q))...)
			}
		}
	})
}

// wrongRouteWords are commands that fail.
var wrongRouteWords = []string{
	"route nope", "route show nope", "route show dev nope", "route show dev", "route show proto nope",
	"route show scope nope", "route show type nope", "route show table nope",
	"route show all", "route show root any", "route show src any", "route show from all", "-4 route show any",
	"-6 route show all", "route add 10.77.0.0/16 dev va realm /6",
	"route show vrf nope", "route show vrf default", "route show table 1000", "-6 route show table 1000",
	"route flush table 1000",
	"-6 route flush table 1000", "route flush table nope", "route show root", "route show via nope",
	"route show src nope", "route show tos nope", "route show realms nope", "route show metric nope",
	"-6 route show 10.0.0.0/8", "-4 route show fd00::/8", "route show 10.0.0.0/33", "route flush", "route flush nope",
	"route flush dev nope", "route help",
	"route get", "route get nope", "route get 10.0.0.5 from", "route get 10.0.0.5 oif nope", "route get via 10.0.0.5",
	"-6 route get 10.0.0.5", "-4 route get ::1",
	"route get 10.0.0.5 mark x", "route get 10.0.0.5 uid x", "route get 10.0.0.5 ipproto x", "route get 10.0.0.5 sport x",
	"route get 10.0.0.5 dport 99999",
	"route get 10.0.0.5 vrf x", "route get 10.0.0.5 vrf default",
	"route get 99.0.0.1",
	"route get 10.0.0.5 from 99.0.0.1 iif va",
	"route add", "route add dev va", "route add 10.77.0.0/16", "route add nope", "route add 10.77.0.0/16 via",
	"route add 10.77.0.0/16 via nope", "route add 10.77.0.0/16 dev nope",
	"route add 10.77.0.0/33 dev va", "route add 10.77.0.1/16 dev va", "route add 10.77.0.0/16 via fd00::1",
	"route add 10.77.0.0/16 via 99.0.0.1", "route add blackhole",
	"route add 10.77.0.0/16 dev va mtu x", "route add 10.77.0.0/16 dev va mtu",
	"route add 10.77.0.0/16 dev va features 3", "route add 10.77.0.0/16 dev va quickack 7",
	"route add 10.77.0.0/16 dev va realms nope", "route add 10.77.0.0/16 dev va hoplimit 300",
	"route add 10.77.0.0/16 dev va ssthresh -1", "route add 10.77.0.0/16 dev va congctl nope",
	"route add 10.77.0.0/16 dev va pref nope", "route add 10.77.0.0/16 dev va onlink",
	"route add 10.77.0.0/16 dev va pervasive", "route add 10.77.0.0/16 dev va weight 3",
	"route add 10.77.0.0/16 dev va ttl-propagate nope", "route add 10.77.0.0/16 dev va tos 0x100",
	"route add 10.77.0.0/16 dev va proto nope", "route add 10.77.0.0/16 dev va proto 256",
	"route add 10.77.0.0/16 dev va scope nope", "route add 10.77.0.0/16 dev va table nope",
	"route add 10.77.0.0/16 dev va metric nope", "route add 10.77.0.0/16 dev va expires nope",
	"route add 10.77.0.0/16 dev va rtt nope", "route add 10.77.0.0/16 dev va rtt 5m",
	"route add 10.77.0.0/16 dev va vrf nope",
	"route add 10.77.0.0/16 dev va src nope",
	"route add 10.77.0.0/16 dev va src 9.9.9.9", "route add 10.77.0.0/16 nhid nope", "route add 10.77.0.0/16 nhid 99",
	"route add 10.77.0.0/16 nexthop",
	"route add 10.77.0.0/16 nexthop nope", "route add 10.77.0.0/16 nexthop via 10.0.0.2 dev nope",
	"route add 10.77.0.0/16 nexthop via nope",
	"route add 10.77.0.0/16 nexthop via 10.0.0.2 weight 0", "route add 10.77.0.0/16 nexthop via 10.0.0.2 weight 257",
	"route add 10.77.0.0/16 nexthop via 10.0.0.2 nope",
	"route add 10.77.0.0/16 nexthop via 10.0.0.2 dev vc", "route add 10.77.0.0/16 nexthop via 10.0.0.2 mtu 5",
	"route add 10.77.0.0/16 nexthop realms nope via 10.0.0.2",
	"route add 10.77.0.0/16 encap", "route add 10.77.0.0/16 encap nope", "route add 10.77.0.0/16 encap ip id x dev va",
	"route add 10.77.0.0/16 encap ip dst x dev va",
	"route add 10.77.0.0/16 encap ip ttl 300 dev va", "route add 10.77.0.0/16 via inet7 fe80::1 dev va",
	"route add nope 10.77.0.0/16 dev va", "route add 10.77.0.0/16 10.78.0.0/16 dev va",
	"route add 10.0.0.0/24 dev va proto kernel scope link src 10.0.0.1", "route change 10.77.0.0/16 dev va",
	"route del 10.77.0.0/16", "route del 10.77.0.0/16 dev va", "route del",
	"route test 10.77.0.0/16 dev va", "-6 route add fd00:77::/48", "-6 route add 10.77.0.0/16 dev va",
	"-6 route add fd00:77::/48 via fd99::1",
	"-6 route add fd00:77::/48 dev va pref nope", "-6 route del fd00:77::/48", "route replace help",
}

func TestWrongRouteWordsEndAsWithIP(t *testing.T) { compareRuns(t, nil, wrongRouteWords) }

func TestRoutesSavedByOneAreRestoredByTheOther(t *testing.T) {
	clitest.NeedIP(t)
	type program func(stdin string, args ...string) clitest.Result
	kernProgram := program(clitest.KernIn)
	ipProgram := program(func(stdin string, args ...string) clitest.Result { return ipFrom(t, stdin, args...) })
	for _, c := range []struct {
		name          string
		save, restore program
	}{{"kern to ip", kernProgram, ipProgram}, {"ip to kern", ipProgram, kernProgram},
		{"kern to kern", kernProgram, kernProgram}} {
		t.Run(c.name, func(t *testing.T) {
			var routes, rules string
			var before any
			nstest.Do(t, func() {
				hostsUp(t)
				clitest.SetUp(t,
					"route add 10.2.0.0/16 via 10.1.0.1 dev va onlink",
					"route add 10.3.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.1.2", "route add blackhole 10.4.0.0/16 metric 5",
					"route add default via 10.0.0.2", "rule add pref 5 from 10.0.0.0/8 table 7", "rule add pref 6 fwmark 5 blackhole",
				)
				before = tablesOf(t)
				routes, rules = c.save("", "route", "save").Out, c.save("", "rule", "save").Out
			})
			nstest.Do(t, func() {
				hostsUp(t)
				clitest.SetUp(t, "rule flush", "rule del pref 0")
				if r := c.restore(rules, "rule", "restore"); r.Code != 0 {
					t.Errorf("rule restore: %v", r)
				}
				if r := c.restore(routes, "route", "restore"); r.Code != 0 {
					t.Errorf("route restore: %v", r)
				}
				sameTables(t, "restored", before, tablesOf(t))
			})
		})
	}
}

// ipFrom runs ip with standard input from a file: it seeks there.
func ipFrom(t testing.TB, stdin string, args ...string) clitest.Result {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stdin")
	if err := os.WriteFile(file, []byte(stdin), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out, errOut bytes.Buffer
	cmd := exec.Command("ip", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &errOut
	_ = cmd.Run() // its status is in the result
	return clitest.Result{Out: out.String(), Err: errOut.String(), Code: cmd.ProcessState.ExitCode()}
}

func TestRouteShowdumpShowsWhatWasSaved(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		hostsUp(t)
		clitest.SetUp(t, "route add default via 10.0.0.2")
		saved := clitest.Kern("route", "save").Out
		want, got := ipFrom(t, saved, "route", "showdump"), clitest.KernIn(saved, "route", "showdump")
		if want != got {
			t.Errorf("ip   %v\nkern %v", want, got)
		}
		if strings.Count(got.Out, "\n") < 3 {
			t.Errorf("only %q", got.Out)
		}
	})
}

func TestRouteRestoreRefusesWhatItDidNotSave(t *testing.T) {
	saved := string(native.AppendUint32(nil, routeMagic))
	for name, stdin := range map[string]string{
		"nothing":            "",
		"another table":      string(native.AppendUint32(nil, ruleMagic)),
		"half a header":      saved + "\x34\x00\x00",
		"length too small":   saved + string(bytes.Repeat([]byte{1}, 16)),
		"shorter than it is": saved + string(native.AppendUint32(nil, 400)) + strings.Repeat("\x00", 20),
	} {
		if r := clitest.KernIn(stdin, "route", "restore"); r.Code == 0 || r.Err == "" {
			t.Errorf("%s: %v", name, r)
		}
	}
}
