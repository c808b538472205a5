package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

var bridgeKind = LinkKind{
	Name:    "bridge",
	links:   linksOf[Bridge, *Bridge]{},
	newPort: func() LinkSlave { return &BridgePort{} },
	Data: []desc.Field{
		{Type: uapi.IFLA_BR_FORWARD_DELAY, Key: "forward_delay", Form: desc.U32, Usage: "FORWARD_DELAY"},
		{Type: uapi.IFLA_BR_HELLO_TIME, Key: "hello_time", Form: desc.U32, Usage: "HELLO_TIME"},
		{Type: uapi.IFLA_BR_MAX_AGE, Key: "max_age", Form: desc.U32, Usage: "MAX_AGE"},
		{Type: uapi.IFLA_BR_AGEING_TIME, Key: "ageing_time", Form: desc.U32, Usage: "AGEING_TIME"},
		{Type: uapi.IFLA_BR_STP_STATE, Key: "stp_state", Form: desc.U32, Usage: "STP_STATE"},
		bridgeSTPMode,
		{Type: uapi.IFLA_BR_PRIORITY, Key: "priority", Form: desc.U16, Usage: "PRIORITY"},
		{Type: uapi.IFLA_BR_VLAN_FILTERING, Key: "vlan_filtering", Form: desc.U8, Usage: "VLAN_FILTERING"},
		{Type: uapi.IFLA_BR_VLAN_PROTOCOL, Key: "vlan_protocol", Form: desc.VlanProtocol},
		{Type: uapi.IFLA_BR_BRIDGE_ID, Key: "bridge_id", Form: desc.BridgeID},
		{Type: uapi.IFLA_BR_ROOT_ID, Key: "root_id", Word: "designated_root", Form: desc.BridgeID},
		{Type: uapi.IFLA_BR_ROOT_PORT, Key: "root_port", Form: desc.U16, ReadOnly: true},
		{Type: uapi.IFLA_BR_ROOT_PATH_COST, Key: "root_path_cost", Form: desc.U32, ReadOnly: true},
		{Type: uapi.IFLA_BR_TOPOLOGY_CHANGE, Key: "topology_change", Form: desc.U8, ReadOnly: true},
		{Type: uapi.IFLA_BR_TOPOLOGY_CHANGE_DETECTED, Key: "topology_change_detected", Form: desc.U8, ReadOnly: true},
		{Type: uapi.IFLA_BR_HELLO_TIMER, Key: "hello_timer", Form: desc.Timer},
		{Type: uapi.IFLA_BR_TCN_TIMER, Key: "tcn_timer", Form: desc.Timer},
		{Type: uapi.IFLA_BR_TOPOLOGY_CHANGE_TIMER, Key: "topology_change_timer", Form: desc.Timer},
		{Type: uapi.IFLA_BR_GC_TIMER, Key: "gc_timer", Form: desc.Timer},
		{Type: uapi.IFLA_BR_FDB_N_LEARNED, Key: "fdb_n_learned", Form: desc.U32, ReadOnly: true},
		{Type: uapi.IFLA_BR_FDB_MAX_LEARNED, Key: "fdb_max_learned", Form: desc.U32, Usage: "FDB_MAX_LEARNED"},
		{Type: uapi.IFLA_BR_VLAN_DEFAULT_PVID, Key: "vlan_default_pvid", Form: desc.U16, Usage: "VLAN_DEFAULT_PVID"},
		{Type: uapi.IFLA_BR_VLAN_STATS_ENABLED, Key: "vlan_stats_enabled", Form: desc.U8, Usage: "VLAN_STATS_ENABLED"},
		{Type: uapi.IFLA_BR_VLAN_STATS_PER_PORT, Key: "vlan_stats_per_port", Form: desc.U8, Usage: "VLAN_STATS_PER_PORT"},
		{Type: uapi.IFLA_BR_GROUP_FWD_MASK, Key: "group_fwd_mask", Form: desc.Mask16},
		{Type: uapi.IFLA_BR_GROUP_ADDR, Key: "group_addr", Word: "group_address", Form: desc.LLAddr, Usage: "ADDRESS"},
		{Type: uapi.IFLA_BR_MCAST_SNOOPING, Key: "mcast_snooping", Form: desc.U8, Usage: "MULTICAST_SNOOPING"},
		bridgeOption("no_linklocal_learn", uapi.BR_BOOLOPT_NO_LL_LEARN),
		bridgeOption("mcast_vlan_snooping", uapi.BR_BOOLOPT_MCAST_VLAN_SNOOPING),
		bridgeOption("mst_enabled", uapi.BR_BOOLOPT_MST_ENABLE),
		bridgeOption("mdb_offload_fail_notification", uapi.BR_BOOLOPT_MDB_OFFLOAD_FAIL_NOTIFICATION),
		bridgeOption("fdb_local_vlan_0", uapi.BR_BOOLOPT_FDB_LOCAL_VLAN_0),
		{Type: uapi.IFLA_BR_MCAST_ROUTER, Key: "mcast_router", Form: desc.U8, Usage: "MULTICAST_ROUTER"},
		{Type: uapi.IFLA_BR_MCAST_QUERY_USE_IFADDR, Key: "mcast_query_use_ifaddr", Form: desc.U8, Usage: "MCAST_QUERY_USE_IFADDR"},
		{Type: uapi.IFLA_BR_MCAST_QUERIER, Key: "mcast_querier", Form: desc.U8, Usage: "MULTICAST_QUERIER"},
		{Type: uapi.IFLA_BR_MCAST_HASH_ELASTICITY, Key: "mcast_hash_elasticity", Form: desc.U32, Usage: "HASH_ELASTICITY"},
		{Type: uapi.IFLA_BR_MCAST_HASH_MAX, Key: "mcast_hash_max", Form: desc.U32, Usage: "HASH_MAX"},
		{Type: uapi.IFLA_BR_MCAST_LAST_MEMBER_CNT, Key: "mcast_last_member_cnt", Word: "mcast_last_member_count", Form: desc.U32, Usage: "LAST_MEMBER_COUNT"},
		{Type: uapi.IFLA_BR_MCAST_STARTUP_QUERY_CNT, Key: "mcast_startup_query_cnt", Word: "mcast_startup_query_count", Form: desc.U32, Usage: "STARTUP_QUERY_COUNT"},
		{Type: uapi.IFLA_BR_MCAST_LAST_MEMBER_INTVL, Key: "mcast_last_member_intvl", Word: "mcast_last_member_interval", Form: desc.U64, Usage: "LAST_MEMBER_INTERVAL"},
		{Type: uapi.IFLA_BR_MCAST_MEMBERSHIP_INTVL, Key: "mcast_membership_intvl", Word: "mcast_membership_interval", Form: desc.U64, Usage: "MEMBERSHIP_INTERVAL"},
		{Type: uapi.IFLA_BR_MCAST_QUERIER_INTVL, Key: "mcast_querier_intvl", Word: "mcast_querier_interval", Form: desc.U64, Usage: "QUERIER_INTERVAL"},
		{Type: uapi.IFLA_BR_MCAST_QUERY_INTVL, Key: "mcast_query_intvl", Word: "mcast_query_interval", Form: desc.U64, Usage: "QUERY_INTERVAL"},
		{Type: uapi.IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, Key: "mcast_query_response_intvl", Word: "mcast_query_response_interval", Form: desc.U64, Usage: "QUERY_RESPONSE_INTERVAL"},
		{Type: uapi.IFLA_BR_MCAST_STARTUP_QUERY_INTVL, Key: "mcast_startup_query_intvl", Word: "mcast_startup_query_interval", Form: desc.U64, Usage: "STARTUP_QUERY_INTERVAL"},
		{Type: uapi.IFLA_BR_MCAST_STATS_ENABLED, Key: "mcast_stats_enabled", Form: desc.U8, Usage: "MCAST_STATS_ENABLED"},
		{Type: uapi.IFLA_BR_MCAST_IGMP_VERSION, Key: "mcast_igmp_version", Form: desc.U8, Usage: "IGMP_VERSION"},
		{Type: uapi.IFLA_BR_MCAST_MLD_VERSION, Key: "mcast_mld_version", Form: desc.U8, Usage: "MLD_VERSION"},
		{Type: uapi.IFLA_BR_NF_CALL_IPTABLES, Key: "nf_call_iptables", Form: desc.U8, Usage: "NF_CALL_IPTABLES"},
		{Type: uapi.IFLA_BR_NF_CALL_IP6TABLES, Key: "nf_call_ip6tables", Form: desc.U8, Usage: "NF_CALL_IP6TABLES"},
		{Type: uapi.IFLA_BR_NF_CALL_ARPTABLES, Key: "nf_call_arptables", Form: desc.U8, Usage: "NF_CALL_ARPTABLES"},
		{Type: uapi.IFLA_BR_FDB_FLUSH, Word: "fdb_flush", Form: desc.Order},
	},
	Port: bridgePortFields,
}

// bridgeSTPModes are the names of BR_STP_MODE_….
var bridgeSTPModes = []string{
	uapi.BR_STP_MODE_AUTO:   "auto",
	uapi.BR_STP_MODE_USER:   "user",
	uapi.BR_STP_MODE_KERNEL: "kernel",
}

var bridgeSTPMode = desc.Field{
	Type: uapi.IFLA_BR_STP_MODE, Key: "stp_mode", Form: desc.Enum32(bridgeSTPModes),
}

// bridgeOption describes one bit of IFLA_BR_MULTI_BOOLOPT.
func bridgeOption(word string, bit int) desc.Field {
	return desc.Field{
		Type: uapi.IFLA_BR_MULTI_BOOLOPT, Key: word,
		Show: func(p *desc.Printer, b []byte, _ desc.Attrs) {
			var multi uapi.BrBooloptMulti
			multi.Decode(b)
			if multi.Optmask>>bit&1 != 0 {
				p.Uint(word, word+" %d ", uint64(multi.Optval>>bit&1))
			}
		},
		Read: func(in *desc.Args, e *wire.Encoder) error {
			v, err := in.Uint(8, "invalid "+word)
			if err != nil {
				return err
			}
			var multi uapi.BrBooloptMulti
			b := in.Written(e, uapi.IFLA_BR_MULTI_BOOLOPT)
			multi.Decode(b)
			multi.Optmask |= 1 << bit
			if v != 0 {
				multi.Optval |= 1 << bit
			} else {
				multi.Optval &^= 1 << bit
			}
			if b != nil {
				multi.Put(b)
			} else {
				e.Struct(uapi.IFLA_BR_MULTI_BOOLOPT, uapi.SizeofBrBooloptMulti, &multi)
			}
			return nil
		},
	}
}
