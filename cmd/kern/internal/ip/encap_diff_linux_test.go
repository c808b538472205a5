package ip

import (
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// newerEncaps are encapsulations that few kernels are built with: the option, the Linux that has all of the words,
// and routes.
var newerEncaps = []struct {
	option, since string
	routes        []string
}{
	{"CONFIG_IPV6_IOAM6_LWTUNNEL", "6.13", []string{
		"encap ioam6 trace prealloc type 0x800000 ns 1 size 12",
		"encap ioam6 freq 3/7 mode inline trace prealloc size 244 ns 123 type 0xc00002",
		"encap ioam6 freq 1/1000000 mode encap tunsrc fd00::8 tundst fd00::9 trace prealloc type 0x2 ns 65535 size 4",
		"encap ioam6 mode auto tundst fd00::9 trace prealloc type 0xfff002 ns 0 size 240",
	}},
	{"CONFIG_IPV6_RPL_LWTUNNEL", "5.7", []string{
		"encap rpl segs fd02::1", "encap rpl segs fd02::1,fd02::2,fd02::3",
	}},
	{"CONFIG_IPV6_ILA", "4.16", []string{
		"encap ila 1:2:3:4", "encap ila fd00:0:ffff:1 csum-mode adj-transport",
		"encap ila 0:0:0:1 csum-mode neutral-map-auto ident-type luid hook-type input",
		"encap ila 1:2:3:4 ident-type use-format csum-mode neutral-map hook-type output",
	}},
}

func TestNewerEncapsAreShownAndMadeAsByIP(t *testing.T) {
	needWords(t)
	nstest.LoadModule(t, "ila")
	for _, c := range newerEncaps {
		t.Run(c.option, func(t *testing.T) {
			cmds := []string{"link add va address " + macA + " type veth peer vb address " + macB, "link set va up",
				"link set vb up"}
			for i, words := range c.routes {
				// ILA translates identifiers that begin with the bits 001
				cmds = append(cmds, "-6 route add fd09::2000:0:0:"+string(rune('1'+i))+" "+words+" dev va metric 77")
			}
			nstest.Do(t, func() {
				clitest.SetUp(t, cmds[:3]...)
				if r := clitest.Kern(strings.Fields(cmds[3])...); r.Code != 0 {
					nstest.NeedOption(t, c.option, c.since, unix.EOPNOTSUPP)
				}
			})
			clitest.CompareStates(t, []clitest.DiffState{{Name: "routes", Cmds: cmds}}, "-6 route", "-d -6 route",
				"-o -6 route", "-p -d -6 route")
		})
	}
}

// Nothing of these gets as far as the kernel.
func TestWrongWordsOfNewerEncapsEndAsWithIP(t *testing.T) {
	needWords(t)
	var lines []string
	for _, words := range []string{
		"ioam6 nope nope", "ioam6 freq", "ioam6 freq 1", "ioam6 freq x/1 mode inline", "ioam6 freq 1/2/3 mode inline",
		"ioam6 freq 0/1 mode inline", "ioam6 freq 1/0 mode inline", "ioam6 freq 2/1 mode inline",
		"ioam6 freq 1/1000001 mode inline", "ioam6 freq 1000001/1000001 mode inline", "ioam6 freq 1000000/10000000 dev va",
		"ioam6 freq /2 mode inline", "ioam6 freq 1/ mode inline",
		"mpls help dev va", "seg6local help dev va", "ioam6 help dev va", // which leave the word to nobody
		"ioam6 freq 1/2 freq 1/2", "ioam6 mode", "ioam6 mode nope dev va", "ioam6 mode encap trace prealloc",
		"ioam6 mode encap dev va", "ioam6 mode auto dev va", "ioam6 mode inline dev va", "ioam6 mode inline tunsrc fd00::1",
		"ioam6 tundst fd00::1 trace", "ioam6 mode encap tunsrc nope tundst fd00::1",
		"ioam6 mode encap tunsrc any tundst ::1",
		"ioam6 mode encap tundst default trace", "ioam6 mode encap tundst 10.0.0.1 trace", "ioam6 mode encap tundst",
		"ioam6 mode encap tunsrc fd00::1 dev va", "ioam6 mode encap tunsrc fd00::1 mode encap",
		"ioam6 mode encap tundst fd00::1 tunsrc fd00::2", "ioam6 mode encap tundst fd00::1 dev va",
		"ioam6 trace dev va", "ioam6 trace prealloc dev va", "ioam6 trace prealloc type", "ioam6 trace prealloc type 0",
		"ioam6 trace prealloc type x", "ioam6 trace prealloc type 2 dev va", "ioam6 trace prealloc type 2 ns 1 dev va",
		"ioam6 trace prealloc type 2 type 4", "ioam6 trace prealloc ns 1 ns 1", "ioam6 trace prealloc ns 65536",
		"ioam6 trace prealloc ns", "ioam6 trace prealloc size 0", "ioam6 trace prealloc size 3",
		"ioam6 trace prealloc size 248", "ioam6 trace prealloc size x", "ioam6 trace prealloc size 4 size 4",
		"ioam6 trace prealloc size 4 type 2 ns 1 mode inline", "ioam6 trace prealloc size 4 type 2 ns 1 trace",
		"rpl segs", "rpl segs nope dev va", "rpl segs fd02::1,10.0.0.1 dev va", "rpl segs fd02::1 segs fd02::2 dev va",
		"ila nope dev va", "ila 1:2:3:10000 dev va", "ila 1:2:3:4:5 dev va", "ila 1:2::4 dev va", "ila 1:2:3:4 csum-mode",
		"ila 1:2:3:4 csum-mode nope dev va", "ila 1:2:3:4 ident-type virt-v4 dev va", "ila 1:2:3:4 hook-type nope dev va",
		"ila 1:2:3:4 ident-type luid ident-type x dev va",
	} {
		lines = append(lines, "-6 route add fd77::/96 encap "+words)
	}
	compareRuns(t, nil, lines)
}

// Routes with options of tunnels are compared in guests: some kernels go down at them.
func TestOptionsOfTunnelsAreShownAndMadeAsByIP(t *testing.T) {
	nstest.NeedGuest(t, "options of tunnels in routes")
	needWords(t)
	routes := []string{
		"route add 10.91.0.0/16 encap ip id 5 dst 1.2.3.4 geneve_opts 1:2:12121212 dev va",
		"route add 10.92.0.0/16 encap ip id 5 dst 1.2.3.4 geneve_opts 258:3:1212121234567890,0x102:255:00112233 key dev va",
		"route add 10.93.0.0/16 encap ip id 5 vxlan_opts 456 dst 1.2.3.4 dev va",
		"route add 10.94.0.0/16 encap ip id 5 dst 1.2.3.4 erspan_opts 1:123:: dev va",
		"route add 10.95.0.0/16 encap ip id 5 dst 1.2.3.4 erspan_opts 2::1:7 csum dev va",
		"route add 10.96.0.0/16 nexthop encap ip id 5 dst 1.2.3.4 geneve_opts 1:2:12121212 dev va weight 3 nexthop " +
			"encap ip id 6 dst 1.2.3.5 vxlan_opts 7 dev va",
		"-6 route add fd09:1::/48 encap ip6 id 5 dst fd00::9 geneve_opts 65535:0:00000000,0:0:ffffffff dev va metric 77",
		"-6 route add fd09:2::/48 encap ip6 id 5 dst fd00::9 vxlan_opts 0x10 dev va metric 77",
		"-6 route add fd09:3::/48 encap ip6 id 5 dst fd00::9 erspan_opts 2:0:0:63 dev va metric 77",
	}
	up := []string{"link add va address " + macA + " type veth peer vb address " + macB, "link set va up",
		"link set vb up"}
	clitest.CompareStates(t, []clitest.DiffState{{Name: "routes", Cmds: slices.Concat(up, routes)}}, "route", "-6 route",
		"-d route", "-o route", "-p -d route", "-o -6 route")
	nstest.Do(t, func() {
		clitest.SetUpByKern(t, slices.Concat(up, routes)...)
		before := clitest.Kern("route")
		saved := clitest.Kern("route", "save")
		clitest.SetUpByKern(t, "route flush dev va")
		if r := clitest.KernIn(saved.Out, "route", "restore"); r.Code != 0 {
			t.Errorf("route restore: %v", r)
		}
		if after := clitest.Kern("route"); after != before || strings.Count(after.Out, "_opts") != 7 {
			t.Errorf("restored are\n%v, saved were\n%v", after, before)
		}
	})
}

// Each is refused before anything is sent.
func TestWrongOptionsOfTunnelsAreRefused(t *testing.T) {
	for _, options := range []string{
		"geneve_opts 1:2:3:4", "geneve_opts x:2:00112233", "geneve_opts 65536:2:00112233", "geneve_opts 1:256:00112233",
		"geneve_opts 1:2:0011223x", "geneve_opts 1:2:00112233,x", "vxlan_opts x", "vxlan_opts 1:2", "vxlan_opts 4294967296",
		"erspan_opts x", "erspan_opts 1:x", "erspan_opts 256:1", "erspan_opts 2:0:256:1", "erspan_opts 2:0:1:256",
		"erspan_opts 2:0:1:2:3",
	} {
		for _, kind := range []string{"ip", "ip6"} {
			word, value, _ := strings.Cut(options, " ")
			r := clitest.Kern(strings.Fields("route add 10.9.0.0/16 encap " + kind + " " + options + " dev nope")...)
			want := "Error: argument \"" + value + "\" is wrong: \"" + word + "\" value is invalid\n"
			if r.Code != 255 || !strings.HasPrefix(r.Err, want) {
				t.Errorf("%s %s: %v, want %s", kind, options, r, want)
			}
		}
	}
}
