package ip

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
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
		want.Out, got.Out = moving.ReplaceAllString(want.Out, "${1}N"), moving.ReplaceAllString(got.Out, "${1}N")
		clitest.SameEnd(t, line, want, got)
	}
}

// moving are numbers that the kernel chooses or counts.
var moving = regexp.MustCompile(`((?:_timer +|_lft |expires |used |idle_time |\breachable |refcnt |"reachable": ?|"refcnt": ?))[0-9./]+(sec)?`)

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
		"addrlabel show x", "addrlabel add prefix fd00::/16 label 77", "addrlabel add prefix fd01::/16 dev va label 78",
		"addrlabel add prefix fd01::/16 dev va label 78",
		"addrlabel add prefix 10.0.0.0/8 label 5", "-4 addrlabel add prefix 10.0.0.0/8 label 5",
		"addrlabel add prefix default label 9", "addrlabel add label 7", "addrlabel add prefix fd03::/16",
		"addrlabel add prefix fd03::/16 label x", "addrlabel add prefix fd03::/16 label 4294967295",
		"addrlabel add prefix x label 4", "addrlabel add prefix fd03::/16 dev nope label 5",
		"addrlabel add nope",
	}, forms("addrlabel list"), []string{
		"-4 addrlabel", "addrlabel del prefix fd00::/16 label 77", "addrlabel del prefix fd99::/16 label 77",
		"addrlabel flush x", "addrlabel nope", "addrl", "addrlabel flush", "addrlabel", "addrlabel ''",
	}))
}

func TestSettingsOfLinksAreShownAsByIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("netconf", "-4 netconf", "-6 netconf", "netconf show dev va"), []string{
		"-6 netconf show dev va", "netconf show dev nope", "netconf show nope", "netconf show dev", "netconf nope",
		"netconf ls", "-M netconf", "-0 netconf", "netconf ''",
	}))
}

func TestTokensAreAsWithIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("token"), []string{
		"token set ::5 dev va", "token set ::5/64 dev vb", "token get dev va", "token list dev vb", "token list dev nope",
		"token set dev va", "token set ::7", "token set x dev va",
		"token set ::7 dev nope", "token set 1.2.3.4 dev va", "token del dev va", "token del", "token nope",
		"token list nope", "token ''",
	}, forms("token list")))
}

func TestMulticastAddressesOfLinksAreAsWithIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("maddr", "-4 maddr", "-0 maddr show dev va", "-6 maddr show va"), []string{
		"maddr show va vb", "maddr show dev nope", "maddr add 33:33:00:00:00:77 dev va",
		"maddr add 33:33:00:00:00:77 dev va", "maddr show dev va", "maddr del 33:33:00:00:00:77 dev va",
		"maddr del 33:33:00:00:00:78 dev va", "maddr add x dev va", "maddr add 01:02 dev va", "maddr add 01:02:03:04:05:06",
		"maddr add dev va", "maddr add 33:33:00:00:00:77 dev nope",
		"maddr add 33:33:00:00:00:77 dev va dev vb", "maddr add 33:33:00:00:00:77 33:33:00:00:00:78 dev va",
		"-6 maddr add address 33:33:00:00:00:79 dev va", "maddr add 33:33:00:00:00:77 dev a/b",
		"maddr nope", "maddr ''",
	}, forms("maddress show dev va")))
}

func TestVRFsAreAsWithIP(t *testing.T) {
	compareScripts(t, slices.Concat(forms("vrf", "vrf show"), []string{
		"vrf show nope", "vrf show a b", "vrf show va", "vrf identify", "vrf identify 1", "vrf identify 1 2",
		"vrf identify x", "vrf identify 4000000", "vrf pids", "vrf pids nope", "vrf pids va",
		"vrf show default", "vrf show defaul", "vrf pids default",
		"vrf exec", "vrf exec a", "vrf exec nope true", "vrf nope", "vrf ''",
	}))
	t.Run("with a VRF", func(t *testing.T) {
		nstest.Do(t, func() {
			clitest.SetUp(t, "link add red type vrf table 10", "link add blue type vrf table 2000")
		})
		compareScripts(t, slices.Concat([]string{"link add red type vrf table 10", "link add blue type vrf table 2000"},
			forms("vrf", "vrf show red"), []string{"vrf show r", "vrf pids red"}))
	})
}

// TestVRFExecFindsCgroupsAsWithIP runs commands where no cgroups are mounted, as inside "netns exec". It leaves a
// cgroup behind.
func TestVRFExecFindsCgroupsAsWithIP(t *testing.T) {
	nstest.NeedGuest(t, "cgroups that tests may make")
	clitest.NeedIP(t)
	for _, words := range [][]string{
		{"vrf", "exec", "default", "sh", "-c", "cat /proc/self/cgroup; grep cgroup2 /proc/self/mounts"},
		{"vrf", "exec", "nope", "true"}, {"vrf", "pids", "nope"},
	} {
		bare := func(cmd *exec.Cmd) clitest.Result {
			var out, errOut strings.Builder
			run := exec.Command("unshare", append([]string{"-m", "sh", "-c", `umount -lR /sys && exec "$0" "$@"`, cmd.Path},
				cmd.Args[1:]...)...)
			run.Env, run.Stdout, run.Stderr = cmd.Env, &out, &errOut
			if err := run.Run(); run.ProcessState == nil {
				t.Fatal(err)
			}
			return clitest.Result{Out: out.String(), Err: errOut.String(), Code: run.ProcessState.ExitCode()}
		}
		want, got := bare(exec.Command("ip", words...)), bare(clitest.Process(t, words...))
		if want != got {
			t.Errorf("%q: kern\n%vip\n%v", words, got, want)
		}
	}
}

func TestTablesOfNeighboursAreAsWithIP(t *testing.T) {
	needWords(t)
	compareScripts(t, []string{
		"-6 ntable show dev nope", "ntable show nope", "ntable show name", "-M ntable",
		"ntable change name arp_cache dev va queue 99 base_reachable 50000 retrans 2000 gc_stale 70000 delay_probe 6000 " +
			"app_probes 1 ucast_probes 4 mcast_probes 5 mcast_reprobes 2 " +
			"anycast_delay 900 proxy_delay 700 proxy_queue 65 locktime 900",
		"ntable show name arp_cache dev va", "-j ntable show name arp_cache dev va", "-o ntable show name arp_cache dev va",
		"-c=always ntable show name arp_cache dev va", "-d ntable show dev none name arp_cache",
		"ntable change name nope queue 5", "ntable change", "ntable change name arp_cache",
		"ntable change name arp_cache dev va", "ntable change queue 5", "ntable change name arp_cache name x",
		"ntable change name arp_cache queue x", "ntable change name arp_cache thresh1 x",
		"ntable change name arp_cache dev nope queue 3", "ntable change name arp_cache nope",
		"ntable change name arp_cache queue", "ntable change help", "ntable nope", "ntbl ''",
	})
	nstest.Do(t, func() {
		hostsUp(t)
		for _, line := range []string{"ntable", "ntable show dev va", "ntbl show name ndisc_cache"} {
			clitest.CompareShow(t, clitest.Words(t, line)...)
		}
	})
}

func TestTuntapsAreMadeAsByIP(t *testing.T) {
	lines := []string{
		"tuntap add dev t0 mode tun", "tuntap add t1 mode tap user 5 group 7",
		"tuntap add mode tap name t2 multi_queue vnet_hdr pi", "tuntap add mode tun", "tuntap add dev t0 mode tun",
		"tuntap add dev t9", "tuntap add dev t9 mode nope", "tuntap add dev t9 mode tun mode tap",
		"tuntap add dev t9 mode t user root group root", "tuntap add dev t8 mode tun user nosuchuser",
		"tuntap add dev t8 mode tun group nosuchgroup", "tuntap add dev toolongname1234567 mode tun",
		"tuntap add dev t8 t7 mode tun", "tuntap del dev t1 mode tun", "tuntap del dev t2 mode tap multi_queue vnet_hdr pi",
		"tuntap del dev t2 mode tap", "tuntap del dev t0 mode tun user 5", "tuntap nope", "tap add dev ta mode tap",
		"tuntap ''",
	}
	needTun(t)
	compareScripts(t, append(lines, "-br link show type tun", "tuntap del dev t1 mode tap"))
	var states []string
	byIP := func(args ...string) clitest.Result { return clitest.IP(t, args...) }
	for _, program := range []func(args ...string) clitest.Result{byIP, clitest.Kern} {
		nstest.Do(t, func() {
			for _, line := range lines {
				program(clitest.Words(t, line)...)
			}
			v, _ := clitest.DecodeJSON(t, clitest.IP(t, "-d", "-j", "link", "show", "type", "tun").Out, random)
			states = append(states, clitest.Marshal(v))
		})
	}
	if states[0] != states[1] || !strings.Contains(states[0], `"t9"`) {
		t.Errorf("ip   %s\nkern %s", states[0], states[1])
	}
}

// needTun skips a test where tun and tap devices cannot be made: no such file, or one that only root may open.
func needTun(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(netlink.TUN, os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	_ = f.Close()
}

func TestTuntapsAreShown(t *testing.T) {
	needTun(t)
	nstest.Do(t, func() {
		for _, line := range []string{"tuntap add dev t0 mode tun",
			"tuntap add dev t1 mode tap user 5 group 7 pi vnet_hdr multi_queue"} {
			if r := clitest.Kern(strings.Fields(line)...); r.Code != 0 {
				nstest.Need(t, "tun devices", "", errors.New(r.Err))
			}
		}
		got := clitest.Kern("tuntap")
		if want := "t0: tun persist\nt1: tap pi multi_queue vnet_hdr persist filter user 5 group 7\n"; got.Out != want {
			t.Errorf("got  %q\nwant %q", got.Out, want)
		}
		got = clitest.Kern("-j", "tap", "list")
		want := `[{"ifname":"t0","flags":["tun","persist"]},{"ifname":"t1","flags":["tap","pi","multi_queue","vnet_hdr","persist","filter"],"user":5,"group":7}]` + "\n"
		if got.Out != want {
			t.Errorf("got  %s\nwant %s", got.Out, want)
		}
	})
}
