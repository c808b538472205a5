package ip

import (
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// abbreviated are the places of the grammar where a word may be shortened, or
// may not: what stands before and behind, and the words that iproute2's parser
// compares there. Behind them stands what is no value of any.
var abbreviated = []struct{ before, behind, words string }{
	{"rule add", "@", "not from to preference order priority tos dsfield fwmark realms protocol tun_id table lookup " +
		"suppress_prefixlength sup_pl suppress_ifgroup sup_group " +
		"dev iif oif l3mdev uidrange nat map-to ipproto sport dport dscp flowlabel type help goto nop blackhole unicast " +
		"prohibit"},
	{"rule list", "@", "preference order priority not tos dsfield fwmark dev iif oif l3mdev uidrange tun_id lookup " +
		"table from src protocol ipproto sport dport dscp flowlabel dst to"},
	{"rule", "@", "list lst show save add delete flush help"},
	{"route add 10.9.0.0/16 dev va", "@", "src as via from tos dsfield expires metric priority preference scope mtu " +
		"hoplimit advmss reordering rtt rto_min window cwnd initcwnd initrwnd features " +
		"quickack congctl rttvar ssthresh realms onlink nexthop nhid protocol table vrf dev oif pref encap ttl-propagate " +
		"fastopen_no_cookie to"},
	{"route show", "@", "table vrf cached cloned tos dsfield protocol scope type dev oif iif mark metric priority " +
		"preference via src realms from to root match exact help"},
	{"route get", "@", "tos dsfield as from iif mark oif dev notify connected vrf uid sport dport ipproto flowlabel " +
		"to help"},
	{"route", "@", "list show lst get add change chg replace prepend append test delete flush help"},
	{"addr add 10.9.0.1/24", "@ dev nope", "peer remote broadcast brd anycast scope dev label metric priority " +
		"preference valid_lft preferred_lft proto local home nodad mngtmpaddr"},
	{"addr show", "@", "to scope up down label group master vrf nomaster type proto dev help dynamic permanent primary"},
	{"addr", "@", "add change chg replace delete show lst list flush help"},
	{"link set va", "@", "index address broadcast brd txqueuelen qlen txqlen mtu netns multicast allmulticast promisc " +
		"trailers arp carrier vf master vrf dynamic alias " +
		"group mode state addrgenmode protodown gso_max_size gso_max_segs gro_max_size gso_ipv4_max_size gro_ipv4_max_size"},
	{"link show", "@", "up down group master vrf nomaster type dev"},
	{"link", "@", "add set change replace delete show lst list help"},
	{"neigh add 10.0.0.99 dev nope", "@", "lladdr nud proxy router use managed extern_learn extern_valid dev protocol " +
		"to"},
	{"neigh show", "@", "dev master vrf nomaster unused nud proxy protocol to"},
	{"neigh", "@", "add change chg replace delete get show lst list flush help"},
	{"monitor", "dev @", "file label link address maddress acaddress route prefix neigh netconf rule nsid nexthop all " +
		"all-nsid help"},
	{"netns", "../x", "list show lst help add set delete identify pids exec attach"},
	{"nexthop add id 50", "@", "id via dev encap blackhole fdb dst_port onlink group type protocol hw_stats help"},
	{"nexthop list", "@", "dev groups master vrf id protocol fdb help"},
	{"nexthop bucket list", "@", "dev master vrf id nhid help"},
	{"nexthop", "@", "add replace delete list show lst get flush bucket help"},
	{"addrlabel", "@", "list lst show add delete flush help"},
	{"addrlabel add", "@", "prefix dev label"},
	{"netconf", "@", "show lst list help"},
	{"token", "@", "list lst show set add delete get help"},
	{"token set", "@", "dev help"},
	{"maddr", "@", "add delete list show lst help"},
	{"maddr add", "@", "dev address help"},
	{"ntable", "@", "change chg show lst list help"},
	{"ntable change name arp_cache", "@", "name thresh1 gc_int dev base_reachable queue locktime help"},
	{"tuntap", "@", "add delete show lst list help"},
	{"tuntap add mode tun", "@ @", "mode user group pi one_queue vnet_hdr multi_queue dev name help"},
	{"tunnel", "@", "add change delete show lst list prl 6rd help"},
	{"-6 tunnel", "@", "add change delete show lst list help"},
	{"tunnel add mode gre", "@ @", "name dsfield help"},
	{"vrf", "@", "identify pids exec show lst list help"},
	{"", "@", "addrlabel maddress route rule neighbor neighbour ntable ntbl link tunnel tunl tuntap tap token monitor " +
		"netns " +
		"netconf vrf nexthop"},
}

func TestAbbreviationsAreUnderstoodAsByIP(t *testing.T) {
	needWords(t)
	nstest.Do(t, func() {
		hostsUp(t)
		for _, place := range abbreviated {
			seen := map[string]bool{}
			for _, word := range strings.Fields(place.words) {
				for n := 1; n <= len(word); n++ {
					short := word[:n]
					line := strings.Join(strings.Fields(place.before+" "+short+" "+place.behind), " ")
					if seen[short] {
						continue
					}
					seen[short] = true
					args := clitest.Words(t, line)
					clitest.SameEnd(t, line, clitest.IP(t, args...), clitest.Kern(args...))
				}
			}
		}
	})
}
