package ip

import (
	"slices"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// pair makes the links that the addresses below are given to. They stay down,
// so that nothing is tentative or made up by the kernel.
var pair = []string{"link set lo up", "link add va address " + macA + " type veth peer name vb address " + macB}

var addrShows = []string{
	"addr", "-d addr", "-s addr", "-br addr", "-o addr", "-4 addr", "-6 addr", "-0 addr", "-N addr", "-4 -o addr",
	"-6 -br addr", "-c=always addr",
	"-c=always -br addr", "-B addr", "-p addr", "-4 -s addr", "addr show va", "-6 addr show dev va", "-4 addr show vb",
	"addr show up", "addr show scope host", "addr show scope link", "-br addr show scope global", "addr show scope all",
	"addr show permanent",
	"addr show dynamic", "addr show -dynamic", "addr show secondary", "addr show primary", "addr show deprecated",
	"addr show -deprecated", "addr show tentative",
	"addr show to 10.0.0.0/8", "-br addr show to fd00::/64", "addr show to 10.0.0.2", "addr show label va*",
	"addr show label va:1", "-br addr show label lo",
	"addr show type veth", "-4 addr show type veth", "addr show nomaster", "addr show group default", "addr show home",
	"addr show nodad", "addr show -home",
	"addr show dev va scope link permanent", "addr show va to 10.0.0.0/24 secondary",
}

func TestAddressesAreShownAndMadeAsByIP(t *testing.T) {
	clitest.CompareStates(t, []clitest.DiffState{
		{Name: "none", Cmds: pair[1:]},
		{
			Name: "IPv4",
			Cmds: slices.Concat(pair, []string{
				"addr add 10.0.0.1/24 dev va", "addr add 10.0.0.2/24 brd + dev va label va:1", "addr add 10.0.0.3/24 brd - dev va",
				"addr add 10.0.1.1 peer 10.0.1.2/30 dev va", "addr add 10.0.2.1/24 dev va scope link metric 77 noprefixroute",
				"addr add 10.0.3.1/24 broadcast 10.0.3.9 dev va scope host preferred_lft 0",
				"addr add 10.0.4.1/24 dev va scope 33",
				"addr add 10.0.5.1/24 dev va valid_lft 1000 preferred_lft 500", "addr add 127.0.0.2/8 dev lo",
				"addr add 10.6/16 dev vb",
				"addr add 10.0.7.1/255.255.255.128 dev vb", "addr change 10.0.0.1/24 dev va metric 5",
				"addr replace 10.0.8.1/31 brd + dev vb",
				"addr add 239.1.1.1/32 dev vb autojoin", "addr del 10.0.4.1/24 dev va",
			}),
		},
		{
			Name: "IPv6",
			Cmds: slices.Concat(pair, []string{
				"addr add fd00::1/64 dev va nodad", "addr add fd00::2/64 dev va home nodad",
				"addr add fd00::3 peer fd00::4/128 dev va nodad",
				"addr add fd00::5/64 dev va nodad mngtmpaddr valid_lft 1000 preferred_lft 0",
				"addr add fd00:1::1/64 dev vb nodad metric 99 noprefixroute",
				"addr add ff02::77/128 dev vb autojoin nodad", "addr add ::1.2.3.4/128 dev vb nodad",
				"addr add ::ffff:1.2.3.4/128 dev vb nodad",
				"addr add fe80::7/64 dev vb nodad scope link",
				"addr change fd00::1/64 dev va nodad preferred_lft 7777 valid_lft 9999",
				"addr del fd00::2/64 dev va",
			}),
		},
		{
			Name: "flushed",
			Cmds: slices.Concat(pair, []string{
				"addr add 10.0.0.1/24 dev va", "addr add 10.0.0.2/24 dev va", "addr add 10.0.1.1/24 dev va",
				"addr add fd00::1/64 dev va nodad",
				"addr add 10.0.2.1/24 dev vb label vb:x", "addr add 10.0.2.2/24 dev vb label vb:y",
				"addr add 10.0.3.1/24 dev vb scope link",
				"addr flush dev va to 10.0.0.0/24", "addr flush label vb:y", "addr flush dev vb scope link",
				"-6 addr flush dev va", "-s addr flush dev lo",
			}),
		},
	}, addrShows...)
}

// wrongAddrWords are commands that fail.
var wrongAddrWords = []string{
	"addr nope", "addr show nope", "addr show dev", "addr show scope", "addr show scope nope", "addr show to",
	"addr show to nope", "addr show to 10.0.0.0/99",
	"-6 addr show to 10.0.0.0/8", "addr show label", "addr show va va", "addr show -nope", "addr show master nope",
	"addr show group nope",
	"addr add", "addr add 10.1.0.1/24", "addr add 10.1.0.1/24 dev", "addr add 10.1.0.1/24 dev nope",
	"addr add 10.1.0.300/24 dev va", "addr add 10.1.0.1/33 dev va",
	"addr add 10.1.0.1/ dev va", "addr add 10.1.0.1/-1 dev va", "addr add 10.1.0.1/24/3 dev va",
	"addr add 10.1.0.1.1/24 dev va", "addr add /24 dev va",
	"addr add 10.1.0.1/255.255.0.255 dev va", "addr add fd00::g/64 dev va", "addr add fd00::1%va/64 dev va",
	"addr add fd00::1/129 dev va", "addr add default/8 dev va",
	"addr add dev va", "-6 addr add 10.1.0.1/24 dev va", "-4 addr add fd00::1/64 dev va",
	"addr add 10.1.0.1/24 10.1.0.2/24 dev va", "addr add 10.1.0.1/24 nope dev va",
	"addr add 10.0.0.1/24 dev va", "addr add 10.1.0.1/24 brd nope dev va", "addr add 10.1.0.1/24 brd fd00::1 dev va",
	"addr add 10.1.0.1/24 brd + brd + dev va",
	"addr add fd00::1/64 brd + dev va", "addr add 10.1.0.1/24 peer fd00::1 dev va",
	"addr add 10.1.0.1/24 peer 1.1.1.1 peer 1.1.1.2 dev va",
	"addr add 10.1.0.1/24 scope nope dev va", "addr add 10.1.0.1/24 scope 300 dev va", "addr add 10.1.0.1/24 scope",
	"addr add 10.1.0.1/24 metric nope dev va",
	"addr add 10.1.0.1/24 valid_lft nope dev va", "addr add 10.1.0.1/24 valid_lft 0 dev va",
	"addr add 10.1.0.1/24 valid_lft 1 preferred_lft 2 dev va",
	"addr add 10.1.0.1/24 label va:toolongtoolongtoolong dev va", "addr add 10.1.0.1/24 autojoin dev va",
	"addr add ::1/128 dev va", "addr add 10.1.0.1/24 -nodad dev va", "addr add help",
	"addr del", "addr del 10.1.0.1/24", "addr del 10.1.0.1/24 dev va", "addr del 10.0.0.1 dev va label nope",
	"addr del fd00::9/64 dev va", "addr del dev va", "-6 addr del dev va",
	"addr flush", "addr flush dev nope", "addr flush scope nope", "addr flush dev va dev vb", "addr help",
}

func TestWrongAddressWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		clitest.SetUp(t, append(pair, "addr add 10.0.0.1/24 dev va")...)
		before := clitest.StateOf(t)
		for _, line := range wrongAddrWords {
			args := clitest.Words(t, line)
			want := clitest.IP(t, args...)
			if after := clitest.StateOf(t); after != before {
				t.Fatalf("ip %s is not wrong", line)
			}
			got := clitest.Kern(args...)
			if after := clitest.StateOf(t); after != before {
				t.Fatalf("kern %s changed something:\n%s\n%s", line, before, after)
			}
			clitest.SameEnd(t, line, want, got)
		}
	})
}
