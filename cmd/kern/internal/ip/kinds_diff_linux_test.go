package ip

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// kindState is a link, or what a link has as a port, made by one command.
type kindState struct {
	kind, name, cmd string
	port            bool
}

// kindStates has one or more for each kind. The captures in netlink/testdata are of the same commands.
var kindStates = []kindState{
	{"bridge", "plain", "add x0 type bridge", false},
	{"bridge", "everything", "add x0 type bridge forward_delay 1600 hello_time 300 max_age 2100 ageing_time 30100 " +
		"stp_state 0 priority " +
		"5 group_fwd_mask 0x18 group_address 01:80:c2:00:00:04 no_linklocal_learn 1 vlan_protocol 802.1ad " +
		"mcast_router 2 mcast_query_use_ifaddr 1 mcast_querier 1 mcast_hash_elasticity 5 mcast_hash_max 512 " +
		"mcast_last_member_count 3 mcast_startup_query_count 4 mcast_last_member_interval 101 " +
		"mcast_membership_interval 26001 mcast_querier_interval 25501 mcast_query_interval 12501 " +
		"mcast_query_response_interval 1001 mcast_startup_query_interval 3125 mcast_stats_enabled 1 " +
		"mcast_igmp_version 3 mcast_mld_version 2 nf_call_iptables 1 nf_call_ip6tables 1 nf_call_arptables 1 " +
		"vlan_default_pvid 5 vlan_stats_enabled 1 vlan_stats_per_port 1 vlan_filtering 1 mcast_vlan_snooping 1", false},
	{"bridge", "no snooping", "add x0 type bridge mcast_snooping 0 stp_state 1", false},
	{"dummy", "plain", "add x0 type dummy", false},
	{"geneve", "plain", "add x0 type geneve id 7 remote 10.0.0.2 ttl 5 tos 4 dstport 6082 df set", false},
	{"geneve", "six", "add x0 type geneve id 8 remote fd00::2", false},
	{"geneve", "external", "add x0 type geneve external", false},
	{"gre", "plain", "add x0 type gre local 10.0.0.1 remote 10.0.0.2 ikey 5 okey 6 ttl 64 icsum oseq dev d0", false},
	{"gre", "external", "add x0 type gre external", false},
	{"gretap", "plain", "add x0 type gretap local 10.0.0.1 remote 10.0.0.2 nopmtudisc ignore-df", false},
	{"ifb", "plain", "add x0 type ifb", false},
	{"ip6gre", "plain", "add x0 type ip6gre local fd00::1 remote fd00::2 key 7", false},
	{"ip6gretap", "plain", "add x0 type ip6gretap local fd00::1 remote fd00::2 hoplimit 9", false},
	{"ip6tnl", "plain", "add x0 type ip6tnl local fd00::1 remote fd00::2 hoplimit 32 encaplimit 7 dev d0", false},
	{"ip6tnl", "external", "add x0 type ip6tnl external", false},
	{"ipip", "plain", "add x0 type ipip local 10.0.0.1 remote 10.0.0.2 ttl 64 tos 4 dev d0", false},
	{"ipip", "external", "add x0 type ipip external", false},
	{"ipvlan", "plain", "add x0 link d0 type ipvlan", false},
	{"ipvlan", "l3 private", "add x0 link d0 type ipvlan mode l3 private", false},
	{"ipvlan", "l3s vepa", "add x0 link d0 type ipvlan mode l3s vepa", false},
	{"ipvtap", "l2", "add x0 link d0 type ipvtap mode l2 bridge", false},
	{"macvlan", "plain", "add x0 link d0 type macvlan", false},
	{"macvlan", "bridge mode", "add x0 link d0 type macvlan mode bridge bcqueuelen 99", false},
	{"macvlan", "passthru without promisc", "add x0 link d0 type macvlan mode passthru nopromisc", false},
	{"macvlan", "source addresses", "add x0 link d0 type macvlan mode source nodst macaddr set 02:00:00:00:00:01 " +
		"02:00:00:00:00:02", false},
	{"macvtap", "private", "add x0 link d0 type macvtap mode private", false},
	{"netkit", "plain", "add x0 type netkit", false},
	{"netkit", "everything", "add x0 type netkit mode l2 blackhole scrub none peer forward scrub default name x1", false},
	{"sit", "plain", "add x0 type sit local 10.0.0.1 remote 10.0.0.2 ttl 64 mode any dev d0", false},
	{"veth", "both ends", "add x0 type veth peer name x1 mtu 1300 address 02:00:00:00:00:07 numtxqueues 3 numrxqueues " +
		"4 txqueuelen 55", false},
	{"vlan", "plain", "add x0 link d0 type vlan id 5", false},
	{"vlan", "every flag", "add x0 link d0 type vlan proto 802.1ad id 6 reorder_hdr off gvrp on mvrp on loose_binding " +
		"on bridge_binding on", false},
	{"vlan", "priorities", "add x0 link d0 type vlan id 7 ingress-qos-map 1:2 3:4 egress-qos-map 5:6 0:7", false},
	{"vrf", "plain", "add x0 type vrf table 10", false},
	{"vti", "plain", "add x0 type vti local 10.0.0.1 remote 10.0.0.2 ikey 5 okey 6 dev d0", false},
	{"vti6", "plain", "add x0 type vti6 local fd00::1 remote fd00::2 key 7", false},
	{"vxlan", "plain", "add x0 type vxlan id 5 dstport 4789", false},
	{"vxlan", "multicast", "add x0 type vxlan id 42 group 239.1.1.1 dev d0 dstport 4789 local 10.0.0.1 ttl 5 tos 0x10 " +
		"srcport 1000 " +
		"2000 ageing 7 maxaddress 8 nolearning proxy rsc l2miss l3miss udpcsum udp6zerocsumtx udp6zerocsumrx gbp " +
		"df set", false},
	{"vxlan", "IPv6", "add x0 type vxlan id 43 remote 2001:db8::1 dev d0 dstport 4789 ttl inherit tos inherit " +
		"flowlabel 0x1234 " +
		"noudpcsum remcsumtx noremcsumrx", false},
	{"vxlan", "external", "add x0 type vxlan external vnifilter dstport 4790", false},
	{"vxlan", "external gpe", "add x0 type vxlan external gpe", false},
	{"vxlan", "no default port", "add x0 type vxlan id 7 remote 10.9.8.7 ttl auto ageing none df inherit", false},
	{"wireguard", "plain", "add x0 type wireguard", false},
	{"xfrm", "plain", "add x0 type xfrm dev d0 if_id 7", false},
	{"xfrm", "external", "add x0 type xfrm external", false},
	{"bridge", "plain", "set x0 master br0", true},
	{"bridge", "everything", "set x0 type bridge_slave priority 3 cost 4 hairpin on guard on root_block on fastleave " +
		"on learning off " +
		"flood off proxy_arp on proxy_arp_wifi on mcast_router 2 mcast_flood off bcast_flood off mcast_to_unicast " +
		"on group_fwd_mask 0x4018 neigh_suppress on vlan_tunnel on isolated on locked on backup_port bk", true},
	{"vrf", "plain", "set x0 master v0", true},
}

// before is what the command finds.
func (s *kindState) before() []string {
	cmds := []string{"link add d0 type bridge", "link set d0 up", "addr add 10.0.0.1/24 dev d0"}
	switch {
	case s.port && s.kind == "vrf":
		cmds = append(cmds, "link add v0 type vrf table 10")
	case s.port:
		cmds = append(cmds, "link add br0 type "+s.kind, "link add bk type bridge")
	default:
		return append(cmds, stateNeeds[s.kind+" "+s.name]...)
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
	if s.kind == "wwan" {
		nstest.LoadModule(t, "wwan_hwsim") // modems
	}
	nstest.Do(t, func() {
		clitest.SetUp(t, s.before()...)
		var err error
		switch r := clitest.IP(t, strings.Fields("link "+s.cmd)...); {
		case strings.Contains(r.Err, "Unknown device type"), s.kind == "wwan" && r.Code != 0:
			err = syscall.EOPNOTSUPP
		case strings.Contains(r.Err, "Garbage instead of arguments"), strings.Contains(r.Err, "unknown command"),
			strings.Contains(r.Err, "unknown option"):
			t.Skipf("the installed ip does not know %q", s.cmd)
		}
		needKind(t, s.kind, err)
	})
}

// needKind is nstest.Need for links of a kind that not every kernel of Debian has.
func needKind(t *testing.T, kind string, err error) {
	t.Helper()
	switch kind {
	case "bareudp":
		nstest.NeedOption(t, "CONFIG_BAREUDP", "", err)
	case "hsr":
		nstest.NeedOption(t, "CONFIG_HSR", "", err)
	case "wwan":
		nstest.NeedOption(t, "CONFIG_WWAN_HWSIM", "", err)
	case "netkit":
		nstest.Need(t, "netkit links", "6.7", err)
	}
	nstest.Need(t, kind+" links", "", err)
}

// random are keys whose values the kernel makes up.
var random = append([]string{"sci", "perm_hwaddr", "address", "permaddr", "broadcast", "root_id", "bridge_id",
	"ifindex", "link_index"}, clitest.Moving...)

// TestKindsAreShownAndMadeAsByIP makes a link of each kind by ip and by this program, and
// compares what both show and what became of it.
func TestKindsAreShownAndMadeAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	missing := map[string]bool{}
	for _, kind := range netlink.LinkKinds() {
		missing[kind] = !slices.Contains(madeElsewhere, kind)
	}
	for _, s := range kindStates {
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
				if !newKind(s.kind) || clitest.SameWords() {
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

// TestNoKindOfIPIsMissing compares the kinds in ip's help with those here, and finds kinds of which ip knows words and
// this program none.
func TestNoKindOfIPIsMissing(t *testing.T) {
	clitest.NeedIP(t)
	_, list, ok := strings.Cut(clitest.IP(t, "link", "help").Err, "TYPE := {")
	list, _, closed := strings.Cut(list, "}")
	kinds := strings.Fields(strings.ReplaceAll(list, "|", " "))
	if !ok || !closed || len(kinds) < 30 {
		t.Fatalf("ip's help has the kinds %q", kinds)
	}
	for _, kind := range kinds {
		if strings.HasSuffix(kind, "_slave") {
			continue // no kind but its ports
		}
		described := netlink.DescribeLink(kind)
		if described == nil {
			t.Errorf("kind %s is not known", kind)
			continue
		}
		r := clitest.IP(t, "link", "help", kind)
		help := strings.TrimSpace(r.Out + r.Err)
		general := strings.Contains(help, "[ txqueuelen PACKETS ]") || strings.HasSuffix(help, "... "+kind)
		if !general && len(described.Fields) == 0 {
			t.Errorf("no word of kind %s is known, and ip's help is %q", kind, help)
		}
	}
}
