package ip

import "slices"

func init() { kindStates = append(kindStates, moreKindStates...) }

// moreKindStates are more of kindStates.
var moreKindStates = []kindState{
	{"batadv", "plain", "add x0 type batadv ra BATMAN_IV", false},
	{"bond", "plain", "add x0 type bond", false},
	{"bond", "active-backup", "add x0 type bond mode active-backup arp_interval 100 arp_ip_target 10.0.0.7,10.0.0.8 " +
		"ns_ip6_target fd00::7,fd00::8 " +
		"arp_validate all arp_all_targets all arp_missed_max 3 primary_reselect better fail_over_mac active num_grat_arp " +
		"3 all_slaves_active 1 " +
		"resend_igmp 2", false},
	{"bond", "802.3ad", "add x0 type bond mode 802.3ad miimon 100 updelay 200 downdelay 300 peer_notify_delay 400 " +
		"lacp_rate fast lacp_active off " +
		"ad_select bandwidth ad_user_port_key 5 ad_actor_sys_prio 7 ad_actor_system 02:00:00:00:00:09 xmit_hash_policy " +
		"layer3+4 min_links 2 " +
		"coupled_control off", false},
	{"bond", "newer words", "add x0 type bond mode 4 broadcast_neighbor on lacp_strict on", false},
	{"bond", "balance-tlb", "add x0 type bond mode balance-tlb miimon 100 tlb_dynamic_lb 0 lp_interval 2", false},
	{"bond", "balance-rr", "add x0 type bond mode 0 packets_per_slave 5 miimon 50", false},
	{"bond", "primary", "set x0 type bond primary y0", false},
	{"bond", "none active", "set x0 type bond clear_active_slave", false},
	{"bond", "queue", "set x0 type bond_slave queue_id 3", true},
	{"erspan", "one", "add x0 type erspan local 10.0.0.1 remote 10.0.0.2 seq key 5 erspan_ver 1 erspan 123", false},
	{"erspan", "two", "add x0 type erspan local 10.0.0.1 remote 10.0.0.2 seq key 6 erspan_ver 2 erspan_dir egress " +
		"erspan_hwid 0x17", false},
	{"geneve", "inherited", "add x0 type geneve id 9 remote fd00::2 ttl inherit tos inherit df inherit flowlabel " +
		"0x1234 dstport 7000 " +
		"udp6zerocsumtx udp6zerocsumrx", false},
	{"geneve", "local", "add x0 type geneve id 9 remote fd00::2 local fd00::1", false},
	{"geneve", "changed", "set x0 type geneve id 11 ttl 6", false},
	{"gre", "changed", "set x0 type gre noicsum okey 8 tos inherit", false},
	{"gre", "marked", "add x0 type gre local 10.0.0.1 remote 10.0.0.2 key 1.2.3.4 csum seq tos 10 nopmtudisc fwmark 0x1f",
		false},
	{"gtp", "sgsn", "add x0 type gtp role sgsn hsize 512 restart_count 5", false},
	{"hsr", "plain", "add x0 type hsr slave1 y0 slave2 y1 supervision 45 version 1", false},
	{"hsr", "prp", "add x0 type hsr slave1 y0 slave2 y1 proto 1", false},
	{"ip6erspan", "two", "add x0 type ip6erspan local fd00::1 remote fd00::2 seq key 6 erspan_ver 2 erspan_dir " +
		"ingress erspan_hwid 0x17", false},
	{"ip6gre", "inherited", "add x0 type ip6gre local fd00::1 remote fd00::2 iseq ocsum okey 9 encaplimit 3 tclass " +
		"inherit flowlabel 0x42 dscp " +
		"inherit fwmark inherit allow-localremote hoplimit inherit", false},
	{"ip6tnl", "inherited", "add x0 type ip6tnl mode ipip6 local fd00::1 remote fd00::2 hoplimit inherit tclass " +
		"inherit flowlabel inherit fwmark " +
		"inherit dev d0", false},
	{"ip6tnl", "numbers", "add x0 type ip6tnl mode any local fd00::1 remote fd00::2 encaplimit none tclass 0x22 " +
		"flowlabel 0x12345 dscp inherit " +
		"fwmark 5", false},
	{"ip6tnl", "changed", "set x0 type ip6tnl hoplimit 9 noallow-localremote", false},
	{"macvlan", "cutoff", "add x0 link d0 type macvlan mode bridge bclim -1", false},
	{"macsec", "plain", "add x0 link d0 type macsec", false},
	{"macsec", "everything", "add x0 link d0 type macsec port 11 cipher gcm-aes-256 encrypt on send_sci on protect on " +
		"replay on window 32 validate " +
		"check encodingsa 1", false},
	{"macsec", "sci", "add x0 link d0 type macsec sci 0102030405060708 cipher gcm-aes-xpn-128", false},
	{"macsec", "changed", "set x0 type macsec encrypt on replay on window 7", false},
	{"nlmon", "plain", "add x0 type nlmon", false},
	{"sit", "6rd", "add x0 type sit local 10.0.0.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 10.0.0.0/8 isatap " +
		"nopmtudisc mode ip6ip fwmark 9", false},
	{"sit", "changed", "set x0 type sit ttl 8 6rd-reset", false},
	{"team", "plain", "add x0 type team", false},
	{"vcan", "plain", "add x0 type vcan", false},
	{"vsockmon", "plain", "add x0 type vsockmon", false},
	{"vti", "marked", "add x0 type vti local 10.0.0.1 remote 10.0.0.2 key 5 fwmark 0x10", false},
	{"bareudp", "plain", "add x0 type bareudp dstport 6635 ethertype mpls_uc", false},
	{"bareudp", "everything", "add x0 type bareudp dstport 6636 ethertype ipv4 srcportmin 3000 multiproto", false},
	{"bareudp", "number", "add x0 type bareudp dstport 6637 ethertype 0x86dd nomultiproto", false},
	{"wwan", "plain", "add x0 parentdev wwan0 type wwan linkid 5", false},
	{"vxcan", "pair", "add x0 type vxcan peer name x1", false},
}

// madeElsewhere are kinds that ip link does not make, or that no kernel of Debian has, or whose module is not loaded
// for them (ovpn).
var madeElsewhere = []string{
	"amt", "can", "dsa", "ipoib", "lowpan", "netdevsim", "openvswitch", "ovpn", "pfcp", "rmnet", "tun",
	"virt_wifi",
}

// stateNeeds is what has to be there for some of the states.
var stateNeeds = map[string][]string{
	"bond primary":     bondUp,
	"bond none active": bondUp,
	"geneve changed":   {"link add x0 type geneve id 11 remote 10.0.0.2 ttl 5"},
	"gre changed":      {"link add x0 type gre local 10.0.0.1 remote 10.0.0.2 key 7 ttl 9 csum"},
	"hsr plain":        {"link add y0 type veth peer name y1"},
	"hsr prp":          {"link add y0 type veth peer name y1"},
	"ip6tnl changed":   {"link add x0 type ip6tnl local fd00::1 remote fd00::2 allow-localremote tclass 0x11"},
	"macsec changed":   {"link add x0 link d0 type macsec"},
	"sit changed":      {"link add x0 type sit local 10.0.0.1 remote 10.0.0.2 6rd-prefix 2001:db8::/32"},
}

var bondUp = []string{
	"link add x0 type bond mode active-backup miimon 100", "link add y0 type veth peer name y1", "link set y0 master x0",
	"link set y1 up", "link set x0 up",
}

// newKind reports whether states of the kind are compared with the newest ip only: others show less.
func newKind(kind string) bool {
	return kind == "vxlan" || slices.ContainsFunc(moreKindStates, func(s kindState) bool { return s.kind == kind })
}
