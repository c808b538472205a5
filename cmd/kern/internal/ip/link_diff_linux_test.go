package ip

import (
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// linkShows are the ways to show links that hold in every state.
var linkShows = []string{
	"link", "-d link", "-s link", "-s -s link show", "-br link", "-o link", "-o -d -s link", "-c=always link",
	"-h -s link", "-N link", "-N -d link", "-p link", "link show up", "link show nomaster", "link show group default",
	"-4 link",
	"-0 link", "-B link",
	"addr", "-d addr", "-s addr", "-br addr", "-o addr", "-4 addr", "-6 addr", "-0 addr",
}

const (
	macA = "02:00:00:00:00:0a"
	macB = "02:00:00:00:00:0b"
	macC = "02:00:00:00:00:0c"
)

func TestLinksAreShownAndMadeAsByIP(t *testing.T) {
	clitest.CompareStates(t, []clitest.DiffState{
		{Name: "loopback", Cmds: []string{"link set lo up"}},
		{
			Name: "veth pair",
			Cmds: []string{
				"link add va address " + macA + " mtu 1400 txqueuelen 55 numtxqueues 3 numrxqueues 2 type veth peer name vb " +
					"address " + macB + " mtu 1300",
				"link set va up addrgenmode none",
				"link set vb alias 'other end' group 7 promisc on allmulticast on",
				"link property add dev vb altname second altname a-name-of-more-than-fifteen-bytes",
			},
			Show: []string{
				"link show dev va", "link show second", "-d link show a-name-of-more-than-fifteen-bytes", "link show group 7",
				"link show type veth", "link show vb up", "link show type bridge",
			},
		},
		{
			Name: "bridge with ports",
			Cmds: []string{
				"link add brg address " + macC + " type bridge stp_state 1 forward_delay 400 max_age 900",
				"link add pa address " + macA + " type veth peer name pb address " + macB,
				"link set pa master brg",
				"link set pa type bridge_slave cost 7 priority 3 hairpin on",
				"link set brg type bridge ageing_time 7000",
				"link set brg alias wire",
			},
			Show: []string{
				"link show master brg", "link show type bridge", "link show type bridge_slave", "-d link show pa",
				"-br link show master brg", "addr show master brg",
			},
		},
		{
			Name: "port that left its bridge",
			Cmds: []string{
				"link add brg address " + macC + " type bridge", "link add pa address " + macA +
					" type veth peer name pb address " + macB,
				"link set pa master brg", "link set pa nomaster", "link set dev pa name renamed", "link del pb",
			},
		},
		{
			Name: "ifb with its own queue, without ARP",
			Cmds: []string{
				"link add name f0 address " + macA + " type ifb", "link set f0 qlen 9 arp off multicast off mode dormant",
				"link set f0 gso_max_size 60000 gso_max_segs 100",
			},
		},
		{
			Name: "index chosen",
			Cmds: []string{"link add f1 index 77 address " + macA + " type ifb", "link set group default mtu 1234"},
		},
	}, linkShows...)
}

func TestLinksOfOtherNamespacesAreShownAndMadeAsByIP(t *testing.T) {
	nstest.Private(t)
	clitest.CompareStates(t, []clitest.DiffState{
		{
			Name:  "peer made in a named namespace",
			NetNS: []string{"blue"},
			Cmds:  []string{"link add x1 address " + macA + " type veth peer name y1 netns blue address " + macB},
			Show:  []string{"-n blue link", "-n blue -d link", "-n blue addr", "link show x1"},
		},
		{
			Name:  "moved, under a new index",
			NetNS: []string{"blue"},
			Cmds: []string{
				"link add x1 address " + macA + " type veth peer name y1 address " + macB, "link set y1 netns blue index 99",
				"-n blue link set y1 up",
			},
			Show: []string{"-n blue link", "link"},
		},
	})
}

// wrongLinkWords are commands that fail, or that only look as if they should.
var wrongLinkWords = []string{
	"link foo", "link show nope", "link show dev", "link show type", "link show master nope", "link show vrf brg",
	"link show group nope",
	"link show brg brg", "link add", "link add x", "link add x type", "link add x type nosuch",
	"link add x type nosuch word", "link add x type vrf table nope",
	"link add x link va type macvlan bcqueuelen y", "link add x link va type macvlan flag y",
	"link add type", "link add x y type bridge", "link add x name y name z type bridge", "link add x/y type bridge",
	"link add '' type bridge",
	"link add 'x y' type bridge", "link add sixteenbytesname type bridge", "link add name sixteenbytesname type bridge",
	"link add brg type bridge",
	"link add lo type veth", "link add x mtu y type bridge", "link add x index 0 type bridge",
	"link add x index -1 type bridge",
	"link add x numtxqueues 0 type veth", "link add x numtxqueues y type veth", "link add x link nope type vlan id 3",
	"link add x master nope type bridge",
	"link add x group nope type bridge", "link add x address 02:00 type bridge", "link add x address zz type bridge",
	"link add x type bridge ageing_time", "link add x type bridge ageing_time y", "link add x type bridge nope",
	"link add x type bridge help",
	"link add x type bridge_slave", "link add x type veth nope", "link add x type veth peer name va",
	"link add x type veth peer name y netns nope",
	"link set", "link set nope up", "link set brg", "link set brg nope", "link set brg mtu", "link set brg mtu x",
	"link set brg mtu -1", "link set brg mtu 1 mtu 2",
	"link set va mtu 1", "link set brg mtu 99999999999", "link set brg up down", "link set brg address 00:11:22",
	"link set brg address 1.2.3.4", "link set brg address zz",
	"link set brg name a/b", "link set brg name sixteenbytesname", "link set brg name va", "link set brg netns nope",
	"link set brg netns 4194305",
	"link set brg index 7", "link set brg master brg", "link set brg master nope", "link set brg vrf va",
	"link set brg arp", "link set brg arp maybe",
	"link set brg carrier maybe", "link set va carrier off", "link set brg addrgenmode nope", "link set brg mode nope",
	"link set brg state nope", "link set va protodown on",
	"link set va protodown_reason 3 on", "link set va link-netnsid 3", "link set brg link-netns nope",
	"link set va vf 0 vlan 4096", "link set va vf 0 min_tx_rate 6 max_tx_rate 5",
	"link set va vf 0 mac " + macA, "link set brg vf x",
	"link set va vf 0 vlan 5 qos 3 proto 802.1ad trust on", "link set brg txqueuelen x", "link set brg group nope",
	"link set group 99 up",
	"link set brg type", "link set brg type nosuch word", "link set va type bridge_slave cost 7",
	"link set brg type bridge nope", "link set brg alias",
	"link set brg gso_max_segs 99999999", "link set brg promisc on promis off", "link set brg help",
	"link del", "link del nope", "link del lo", "link del brg va", "link del group nope", "link del group 99",
	"link property", "link property nope",
	"link property add dev nope altname x", "link property add altname x", "link property add dev brg altname",
	"link property add dev brg altname va", "link property del dev brg altname nope", "link help", "link help nosuch",
	// What a kind finds is missing, or does not go together.
	"link add x0 type vxlan vnifilter dstport 4789", "link add x0 type vxlan external id 5 dstport 4789",
	"link add x0 type vxlan dstport 4789", "link add x0 type vxlan id 5 group 239.1.1.1 dstport 4789",
	"link add x0 type geneve external id 5", "link add x0 type geneve remote 10.0.0.1", "link add x0 type geneve id 5",
	"link add x0 link lo type macsec replay on", "link add x0 link lo type macsec scb on send_sci on end_station on",
	"link add x0 link lo type macvlan mode nope", "link add x0 link lo type ipvlan mode nope",
	"link add x0 type xfrm external if_id 5", "link add x0 type gre remote 239.1.1.1",
	"link add x0 type bareudp dstport 5", "link add x0 type bareudp dstport 5 ethertype nope",
}

// olderLinkWords end in another way with older versions: those judge names, and
// leave it to the kernel whether a process is there.
var olderLinkWords = map[string]bool{
	"link add x/y type bridge": true, "link add 'x y' type bridge": true, "link set brg netns 4194305": true,
}

// ownLinkWords are about a kind whose options this program does not know, and
// ip, if it does not either, calls garbage.
var ownLinkWords = map[string]bool{"link add x type nosuch word": true, "link set brg type nosuch word": true}

func TestOptionsOfUnknownKindsAreCalledSo(t *testing.T) {
	nstest.Do(t, func() {
		for _, line := range []string{"link add x type nosuch word 1", "link set lo type nosuch word 1",
			"link set lo type nosuch_slave word 1"} {
			r := clitest.Kern(clitest.Words(t, line)...)
			if r.Code != cli.StatusFailed || !strings.Contains(r.Err, "are not known here: \"word ...\"") {
				t.Errorf("%s: %v", line, r)
			}
		}
	})
}

// newestFaults are what ip 7.3 prints otherwise by mistake.
var newestFaults = map[string]bool{"link set brg link-netns nope": true} // it says (null)

func TestWrongLinkWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		clitest.SetUp(t, "link add brg address "+macC+" type bridge", "link add va address "+macA+
			" type veth peer name vb address "+macB)
		before := clitest.StateOf(t)
		for _, line := range wrongLinkWords {
			if ownLinkWords[line] || olderLinkWords[line] && !clitest.SameWords() || newestFaults[line] && clitest.SameWords() {
				continue
			}
			args := clitest.Words(t, line)
			want, got := clitest.IP(t, args...), clitest.Kern(args...)
			if after := clitest.StateOf(t); after != before {
				t.Fatalf("%s changed something:\n%s\n%s\nip   %v\nkern %v", line, before, after, want, got)
			}
			clitest.SameEnd(t, line, want, got)
		}
	})
}
