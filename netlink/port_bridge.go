package netlink

import (
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// BridgePort holds a link's attributes as the port of a bridge, LinkAttrs.Slave:
// ip -details link show, after "bridge_slave". A pointer is nil where the
// kernel does not report the attribute.
type BridgePort struct {
	// State is BR_STATE_…: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking. The kernel takes it only while
	// the port is up and the bridge has no STP.
	State    *uint8
	Priority *uint16 // of the port in the spanning tree, 0 to 63
	Cost     *uint32 // of the path through the port

	Hairpin           *bool   // frames may leave by the port they came in by (IFLA_BRPORT_MODE)
	Guard             *bool   // frames of STP are dropped
	RootBlock         *bool   // never becomes the root port (IFLA_BRPORT_PROTECT)
	FastLeave         *bool   // a multicast group is left at once
	Learning          *bool   // addresses are learned
	Flood             *bool   // unicast to unknown addresses goes out (IFLA_BRPORT_UNICAST_FLOOD)
	MulticastFlood    *bool   // so does multicast
	BroadcastFlood    *bool   // so does broadcast
	MulticastUnicast  *bool   // multicast goes out as unicast (IFLA_BRPORT_MCAST_TO_UCAST)
	ProxyArp          *bool   // the bridge answers ARP for hosts behind the port
	ProxyArpWiFi      *bool   // the same, as IEEE 802.11 wants it
	LearningSync      *bool   // addresses that hardware learned are taken over
	MulticastRouter   *uint8  // MDB_RTR_TYPE_…: whether a router is behind the port
	GroupFwdMask      *uint16 // bit X forwards frames to 01:80:c2:00:00:0X
	NeighSuppress     *bool   // the bridge answers ARP and neighbour discovery
	NeighVlanSuppress *bool   // the same for each VLAN
	NeighForwardGrat  *bool   // gratuitous announcements go out in spite of that
	VlanTunnel        *bool   // VLANs are mapped to tunnels
	Isolated          *bool   // does not talk to other isolated ports
	Locked            *bool   // only hosts that are known may talk
	Mab               *bool   // and unknown ones are noted (MAC authentication bypass)
	BackupPort        *uint32 // index of the link that takes over without carrier, 0: none
	BackupNhid        *uint32 // nexthop id of redirected frames, 0: none
	MaxGroups         *uint32 // limit of multicast entries, 0: none
	EhtHostsLimit     *uint32 // limit of hosts that are tracked
	FdbFlush          bool    // forget what was learned at the port; never read

	// What follows is only read. Times are in hundredths of a second.

	ID                uint16 // priority and number of the port in the spanning tree
	Number            uint16
	RootID            BridgeID // the root the port knows
	BridgeID          BridgeID // the bridge towards it
	DesignatedPort    uint16
	DesignatedCost    uint16
	TopologyChangeAck bool
	ConfigPending     bool
	MessageAgeTimer   uint64
	ForwardDelayTimer uint64
	HoldTimer         uint64
	Groups            uint32 // multicast entries there are
	EhtHosts          uint32 // hosts that are tracked
	MrpRingOpen       bool   // no frames of the ring's test come in
	MrpInOpen         bool   // nor of the interconnection's
}

// SlaveType returns "bridge".
func (p *BridgePort) SlaveType() string { return "bridge" }

func (p *BridgePort) attrs(c *attr.Codec) {
	attr.OptU8(c, uapi.IFLA_BRPORT_STATE, &p.State)
	attr.OptU16(c, uapi.IFLA_BRPORT_PRIORITY, &p.Priority)
	attr.OptU32(c, uapi.IFLA_BRPORT_COST, &p.Cost)
	attr.OptBool(c, uapi.IFLA_BRPORT_MODE, &p.Hairpin)
	attr.OptBool(c, uapi.IFLA_BRPORT_GUARD, &p.Guard)
	attr.OptBool(c, uapi.IFLA_BRPORT_PROTECT, &p.RootBlock)
	attr.OptBool(c, uapi.IFLA_BRPORT_FAST_LEAVE, &p.FastLeave)
	attr.OptBool(c, uapi.IFLA_BRPORT_LEARNING, &p.Learning)
	attr.OptBool(c, uapi.IFLA_BRPORT_UNICAST_FLOOD, &p.Flood)
	attr.OptBool(c, uapi.IFLA_BRPORT_PROXYARP, &p.ProxyArp)
	attr.OptBool(c, uapi.IFLA_BRPORT_LEARNING_SYNC, &p.LearningSync)
	attr.OptBool(c, uapi.IFLA_BRPORT_PROXYARP_WIFI, &p.ProxyArpWiFi)
	attr.OptU8(c, uapi.IFLA_BRPORT_MULTICAST_ROUTER, &p.MulticastRouter)
	attr.OptBool(c, uapi.IFLA_BRPORT_MCAST_FLOOD, &p.MulticastFlood)
	attr.OptBool(c, uapi.IFLA_BRPORT_MCAST_TO_UCAST, &p.MulticastUnicast)
	attr.OptBool(c, uapi.IFLA_BRPORT_VLAN_TUNNEL, &p.VlanTunnel)
	attr.OptBool(c, uapi.IFLA_BRPORT_BCAST_FLOOD, &p.BroadcastFlood)
	attr.OptU16(c, uapi.IFLA_BRPORT_GROUP_FWD_MASK, &p.GroupFwdMask)
	attr.OptBool(c, uapi.IFLA_BRPORT_NEIGH_SUPPRESS, &p.NeighSuppress)
	attr.OptBool(c, uapi.IFLA_BRPORT_ISOLATED, &p.Isolated)
	attr.OptU32(c, uapi.IFLA_BRPORT_BACKUP_PORT, &p.BackupPort)
	attr.OptU32(c, uapi.IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, &p.EhtHostsLimit)
	attr.OptBool(c, uapi.IFLA_BRPORT_LOCKED, &p.Locked)
	attr.OptBool(c, uapi.IFLA_BRPORT_MAB, &p.Mab)
	attr.OptU32(c, uapi.IFLA_BRPORT_MCAST_MAX_GROUPS, &p.MaxGroups)
	attr.OptBool(c, uapi.IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, &p.NeighVlanSuppress)
	attr.OptU32(c, uapi.IFLA_BRPORT_BACKUP_NHID, &p.BackupNhid)
	attr.OptBool(c, uapi.IFLA_BRPORT_NEIGH_FORWARD_GRAT, &p.NeighForwardGrat)
	attr.Flag(c, uapi.IFLA_BRPORT_FLUSH|attr.WriteOnly, &p.FdbFlush)
	p.RootID.attr(c, uapi.IFLA_BRPORT_ROOT_ID)
	p.BridgeID.attr(c, uapi.IFLA_BRPORT_BRIDGE_ID)
	attr.U16(c, uapi.IFLA_BRPORT_DESIGNATED_PORT|attr.ReadOnly, &p.DesignatedPort)
	attr.U16(c, uapi.IFLA_BRPORT_DESIGNATED_COST|attr.ReadOnly, &p.DesignatedCost)
	attr.U16(c, uapi.IFLA_BRPORT_ID|attr.ReadOnly, &p.ID)
	attr.U16(c, uapi.IFLA_BRPORT_NO|attr.ReadOnly, &p.Number)
	attr.Bool(c, uapi.IFLA_BRPORT_TOPOLOGY_CHANGE_ACK|attr.ReadOnly, &p.TopologyChangeAck)
	attr.Bool(c, uapi.IFLA_BRPORT_CONFIG_PENDING|attr.ReadOnly, &p.ConfigPending)
	attr.U64(c, uapi.IFLA_BRPORT_MESSAGE_AGE_TIMER|attr.ReadOnly, &p.MessageAgeTimer)
	attr.U64(c, uapi.IFLA_BRPORT_FORWARD_DELAY_TIMER|attr.ReadOnly, &p.ForwardDelayTimer)
	attr.U64(c, uapi.IFLA_BRPORT_HOLD_TIMER|attr.ReadOnly, &p.HoldTimer)
	attr.U32(c, uapi.IFLA_BRPORT_MCAST_N_GROUPS|attr.ReadOnly, &p.Groups)
	attr.U32(c, uapi.IFLA_BRPORT_MCAST_EHT_HOSTS_CNT|attr.ReadOnly, &p.EhtHosts)
	attr.Bool(c, uapi.IFLA_BRPORT_MRP_RING_OPEN|attr.ReadOnly, &p.MrpRingOpen)
	attr.Bool(c, uapi.IFLA_BRPORT_MRP_IN_OPEN|attr.ReadOnly, &p.MrpInOpen)
}

// silent are the timers, what the spanning tree does when they end, and the counts of multicast groups.
func (*BridgePort) silent() []uint16 { return bridgePortSilent }

var bridgePortSilent = []uint16{
	uapi.IFLA_BRPORT_MESSAGE_AGE_TIMER, uapi.IFLA_BRPORT_FORWARD_DELAY_TIMER, uapi.IFLA_BRPORT_HOLD_TIMER,
	uapi.IFLA_BRPORT_CONFIG_PENDING, uapi.IFLA_BRPORT_TOPOLOGY_CHANGE_ACK,
	uapi.IFLA_BRPORT_MCAST_N_GROUPS, uapi.IFLA_BRPORT_MCAST_EHT_HOSTS_CNT,
}

func (*BridgePort) describe() desc.Kind {
	return desc.Kind{Fields: bridgePortFields, Help: bridgePortHelp}
}

// bridgePortStates are the names of BR_STATE_….
var bridgePortStates = []string{
	uapi.BR_STATE_DISABLED:   "disabled",
	uapi.BR_STATE_LISTENING:  "listening",
	uapi.BR_STATE_LEARNING:   "learning",
	uapi.BR_STATE_FORWARDING: "forwarding",
	uapi.BR_STATE_BLOCKING:   "blocking",
}

var bridgePortFields = []desc.Field{
	{Type: uapi.IFLA_BRPORT_STATE, Key: "state", Usage: "STATE", Show: showBridgePortState,
		Read: readBridgePortState},
	{Type: uapi.IFLA_BRPORT_PRIORITY, Key: "priority", Form: desc.U16, Usage: "PRIO"},
	{Type: uapi.IFLA_BRPORT_COST, Key: "cost", Form: desc.U32, Usage: "COST"},
	{Type: uapi.IFLA_BRPORT_MODE, Key: "hairpin", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_GUARD, Key: "guard", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_PROTECT, Key: "root_block", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_FAST_LEAVE, Key: "fastleave", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_LEARNING, Key: "learning", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_UNICAST_FLOOD, Key: "flood", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_ID, Key: "id", Word: "port_id", Form: desc.Mask16, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_NO, Key: "no", Word: "port_no", Form: desc.Mask16, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_DESIGNATED_PORT, Key: "designated_port", Form: desc.U16, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_DESIGNATED_COST, Key: "designated_cost", Form: desc.U16, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_BRIDGE_ID, Key: "bridge_id", Word: "designated_bridge", Form: desc.BridgeID},
	{Type: uapi.IFLA_BRPORT_ROOT_ID, Key: "root_id", Word: "designated_root", Form: desc.BridgeID},
	{Type: uapi.IFLA_BRPORT_HOLD_TIMER, Key: "hold_timer", Form: desc.Timer},
	{Type: uapi.IFLA_BRPORT_MESSAGE_AGE_TIMER, Key: "message_age_timer", Form: desc.Timer},
	{Type: uapi.IFLA_BRPORT_FORWARD_DELAY_TIMER, Key: "forward_delay_timer", Form: desc.Timer},
	{Type: uapi.IFLA_BRPORT_TOPOLOGY_CHANGE_ACK, Key: "topology_change_ack", Form: desc.U8, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_CONFIG_PENDING, Key: "config_pending", Form: desc.U8, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_PROXYARP, Key: "proxy_arp", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_PROXYARP_WIFI, Key: "proxy_arp_wifi", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_MULTICAST_ROUTER, Key: "multicast_router", Word: "mcast_router", Form: desc.U8,
		Usage: "MULTICAST_ROUTER"},
	// ip has one attribute under two names in text, and only the first in JSON.
	{Type: uapi.IFLA_BRPORT_FAST_LEAVE, Word: "mcast_fast_leave", Form: desc.Toggle, Show: showBridgePortFastLeave},
	{Type: uapi.IFLA_BRPORT_MCAST_FLOOD, Key: "mcast_flood", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_BCAST_FLOOD, Key: "bcast_flood", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_MCAST_TO_UCAST, Key: "mcast_to_unicast", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_NEIGH_SUPPRESS, Key: "neigh_suppress", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, Key: "neigh_vlan_suppress", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_NEIGH_FORWARD_GRAT, Key: "neigh_forward_grat", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_GROUP_FWD_MASK, Key: "group_fwd_mask", Form: desc.Mask16},
	{Type: uapi.IFLA_BRPORT_GROUP_FWD_MASK, Key: "group_fwd_mask_str", ReadOnly: true, Show: showGroupFwdMask},
	{Type: uapi.IFLA_BRPORT_VLAN_TUNNEL, Key: "vlan_tunnel", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_ISOLATED, Key: "isolated", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_LOCKED, Key: "locked", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_MAB, Key: "mab", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_BACKUP_PORT, Key: "backup_port", Words: []string{"nobackup_port"}, Form: desc.Device,
		Show: showBackupPort, Read: readBackupPort},
	{Type: uapi.IFLA_BRPORT_BACKUP_NHID, Key: "backup_nhid", Form: desc.U32, Usage: "NHID"},
	{Type: uapi.IFLA_BRPORT_MRP_RING_OPEN, Key: "mrp_ring_open", Form: desc.Toggle, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_MRP_IN_OPEN, Key: "mrp_in_open", Form: desc.Toggle, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, Key: "mcast_eht_hosts_limit", Form: desc.U32, Usage: "LIMIT"},
	{Type: uapi.IFLA_BRPORT_MCAST_EHT_HOSTS_CNT, Key: "mcast_eht_hosts_cnt", Form: desc.U32, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_MCAST_N_GROUPS, Key: "mcast_n_groups", Form: desc.U32, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_MCAST_MAX_GROUPS, Key: "mcast_max_groups", Form: desc.U32, Usage: "MAX_GROUPS"},
	{Type: uapi.IFLA_BRPORT_LEARNING_SYNC, ReadOnly: true}, // the kernel does not send it
	{Type: uapi.IFLA_BRPORT_FLUSH, Word: "fdb_flush", Form: desc.Order},
}

func showBridgePortState(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	switch {
	case len(b) == 0:
	case int(b[0]) < len(bridgePortStates):
		p.Str("state", "state %s ", bridgePortStates[b[0]])
	default:
		p.Uint("state_index", "state (%d) ", uint64(b[0]))
	}
}

func readBridgePortState(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(8, "state is invalid")
	e.Uint8(f.Type, uint8(v))
	return err
}

func showBridgePortFastLeave(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 1 && !p.JSON {
		p.OnOff("", "mcast_fast_leave %s ", b[0] != 0)
	}
}

func showBackupPort(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 4 {
		return
	}
	name := "*"
	if index := int(native.Uint32(b)); index != 0 {
		name = p.Link(index)
	}
	p.Str("backup_port", "backup_port %s ", name)
}

func readBackupPort(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	index := 0
	if in.Last() == "backup_port" {
		name, err := in.Next()
		if err == nil {
			index, err = in.LinkIndex(name)
		}
		if err != nil {
			return err
		}
	}
	e.Uint32(f.Type, uint32(index))
	return nil
}

// showGroupFwdMask prints the mask's bits one by one, those with a name by it.
func showGroupFwdMask(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 2 {
		return
	}
	mask := native.Uint16(b)
	names := map[int]string{0: "stp", 2: "lacp", 14: "lldp"} // bit X is of frames to 01:80:c2:00:00:0X
	var parts []string
	for bit := range 16 {
		if mask>>bit&1 == 0 {
			continue
		}
		name, ok := names[bit]
		if !ok {
			name = desc.HexC(1 << bit)
		}
		parts = append(parts, name)
	}
	if parts == nil {
		parts = []string{"0x0"}
	}
	p.Str("group_fwd_mask_str", "group_fwd_mask_str %s ", strings.Join(parts, ","))
}

var bridgePortHelp = [][2]string{
	{"state", "0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking"},
	{"priority", "of this port in the spanning tree, 0 to 63; the lowest wins"},
	{"cost", "of the way through this port, 1 to 65535"},
	{"hairpin", "packets may leave by the port that they came by"},
	{"guard", "messages of the spanning tree are not taken from this port"},
	{"root_block", "this port never leads to the root"},
	{"fastleave", "a receiver that leaves a group is believed at once, as the last"},
	{"learning", "addresses are learned from packets that come here"},
	{"flood", "packets to unknown addresses leave here, too"},
	{"proxy_arp", "answer ARP requests for neighbours that are known"},
	{"proxy_arp_wifi", "the same as IEEE 802.11 wants it"},
	{"mcast_router", "0 never, 1 where a query is seen, 2 always, 3 for a time: a router is behind this port"},
	{"mcast_fast_leave", "as fastleave"},
	{"mcast_flood", "multicast packets without known receivers leave here, too"},
	{"bcast_flood", "broadcasts leave here, too"},
	{"mcast_to_unicast", "multicast packets are sent to each receiver by its own address"},
	{"neigh_suppress", "ARP requests and neighbour solicitations are answered, or stay inside"},
	{"neigh_vlan_suppress", "the same for each VLAN by itself"},
	{"neigh_forward_grat", "gratuitous ARP is forwarded in spite of neigh_suppress"},
	{"group_fwd_mask", "a bit for each link-local address 01:80:c2:00:00:0X that is forwarded"},
	{"vlan_tunnel", "VLANs are mapped to identifiers of tunnels"},
	{"isolated", "no packets to other isolated ports"},
	{"locked", "packets come from addresses that are known only, as of 802.1X"},
	{"mab", "addresses that were refused are noted, for a program to authorise"},
	{"backup_port", "the port that packets leave by while this one has no carrier; nobackup_port: none"},
	{"backup_nhid", "the next hop for packets that are sent there; 0 is none"},
	{"mcast_eht_hosts_limit", "how many hosts are tracked on this port"},
	{"mcast_max_groups", "how many multicast groups may be joined here; 0 is without limit"},
	{"fdb_flush", "forget the addresses that were learned here"},
}
