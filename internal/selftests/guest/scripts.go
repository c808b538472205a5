// Package guest runs the scripts of internal/selftests in guests of internal/vmtest: its test needs root, a kernel
// with all modules, and the scripts in testdata, where internal/selftests puts them.
package guest

import (
	"fmt"
	"regexp"
	"slices"
)

// Scripts are the scripts that run, with their arguments: of the kernel's selftests/net, of "iproute2/", which is its
// testsuite, and of "tdc/", which are the cases of tc-testing.
var Scripts = []string{
	"iproute2/ip/link/new_link.t", "iproute2/ip/link/add_type_xfrm.t", "iproute2/ip/neigh/basic.t",
	"iproute2/ip/netns/set_nsid.t", "iproute2/ip/netns/set_nsid_batch.t", "iproute2/ip/route/add_default_route.t",
	"iproute2/ip/rule/dsfield.t", "iproute2/ip/tunnel/add_tunnel.t", "iproute2/bridge/vlan/show.t",
	"iproute2/bridge/vlan/tunnelshow.t",

	"altnames.sh", "protodown.sh", "ip6_tunnel.sh", "ip6_gre_headroom.sh", "vlan_hw_filter.sh", "fib-onlink-tests.sh",
	"vrf_strict_mode_test.sh", "route_localnet.sh", "route_hint.sh", "cmsg_so_mark.sh", "broadcast_pmtu.sh",
	"broadcast_ether_dst.sh", "test_vxlan_under_vrf.sh", "test_vxlan_nolocalbypass.sh", "test_vxlan_fdb_changelink.sh",
	"test_vxlan_vnifilter_notify.sh", "vlan_bridge_binding.sh", "bridge_vlan_dump.sh", "bridge_stp_mode.sh",
	"macvlan_mcast_shared_mac.sh", "rtnetlink_notification.sh", "netdevice.sh", "fib_nexthop_nongw.sh", "fdb_notify.sh",
	"ndisc_unsolicited_na_test.sh", "arp_ndisc_evict_nocarrier.sh", "arp_ndisc_untracked_subnets.sh", "ip_defrag.sh",
	"bind_bhash.sh", "unicast_extensions.sh", "ipv6_force_forwarding.sh", "fib_tests.sh -t unregister",
	"fib_tests.sh -t nexthop", "fib_tests.sh -t ipv4_addr_metric", "fib_tests.sh -t ipv6_addr_metric",
	"fib_tests.sh -t ipv4_route_metrics", "fib_tests.sh -t ipv6_route_metrics", "fib_tests.sh -t ipv4_rt",
	"fib_tests.sh -t ipv6_rt", "fib_nexthops.sh -t basic", "forwarding/bridge_vlan_unaware.sh", "rtnetlink.sh",
	"fib_rule_tests.sh", "gre_ipv6_lladdr.sh", "test_neigh.sh", "cmsg_ip.sh", "test_bridge_neigh_suppress.sh",
	"test_vxlan_mdb.sh", "test_bridge_backup_port.sh", "srv6_end_dt46_l3vpn_test.sh", "l2tp.sh", "xfrm_policy.sh",

	"tdc/actions/gact.json", "tdc/actions/mirred.json", "tdc/actions/vlan.json", "tdc/actions/skbedit.json",
	"tdc/actions/tunnel_key.json", "tdc/actions/police.json", "tdc/actions/pedit.json", "tdc/actions/csum.json",
	"tdc/qdiscs/htb.json", "tdc/qdiscs/fq_codel.json", "tdc/qdiscs/tbf.json", "tdc/qdiscs/fq.json",
	"tdc/qdiscs/prio.json", "tdc/qdiscs/netem.json", "tdc/qdiscs/sfq.json", "tdc/qdiscs/ingress.json",
	"tdc/filters/matchall.json", "tdc/filters/u32.json", "tdc/filters/flower.json", "tdc/filters/basic.json",
	"tdc/filters/bpf.json", "tdc/filters/fw.json", "tdc/infra/filter.json",
}

// Choose returns the scripts that match a regular expression.
func Choose(expr string) ([]string, error) {
	match, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(Scripts), func(s string) bool { return !match.MatchString(s) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no script matches %q", expr)
	}
	return chosen, nil
}
