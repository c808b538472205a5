package capture

import (
	"bytes"
	"fmt"
	"maps"

	"kern.sys/internal/uapi"
)

// linkHeader is struct ifinfomsg.
const linkHeader numbers = "=2 2 4 4 4"

// link is what RTM_NEWLINK has.
var link = attrs{
	uapi.IFLA_ADDRESS:            same,
	uapi.IFLA_BROADCAST:          same,
	uapi.IFLA_IFNAME:             same,
	uapi.IFLA_MTU:                u32,
	uapi.IFLA_LINK:               u32,
	uapi.IFLA_QDISC:              same,
	uapi.IFLA_STATS:              numbers("4 ..."),
	uapi.IFLA_MASTER:             u32,
	uapi.IFLA_TXQLEN:             u32,
	uapi.IFLA_MAP:                numbers("8 8 8 2 =1 =1 =4"),
	uapi.IFLA_OPERSTATE:          u8,
	uapi.IFLA_LINKMODE:           u8,
	uapi.IFLA_LINKINFO:           linkInfo,
	uapi.IFLA_NET_NS_PID:         u32,
	uapi.IFLA_IFALIAS:            same,
	uapi.IFLA_NUM_VF:             u32,
	uapi.IFLA_VFINFO_LIST:        attrs{uapi.IFLA_VF_INFO: vf},
	uapi.IFLA_STATS64:            numbers("8 ..."),
	uapi.IFLA_AF_SPEC:            attrs{uapi.AF_INET: inet, uapi.AF_INET6: inet6},
	uapi.IFLA_GROUP:              u32,
	uapi.IFLA_PROMISCUITY:        u32,
	uapi.IFLA_NUM_TX_QUEUES:      u32,
	uapi.IFLA_NUM_RX_QUEUES:      u32,
	uapi.IFLA_CARRIER:            u8,
	uapi.IFLA_PHYS_PORT_ID:       same,
	uapi.IFLA_CARRIER_CHANGES:    u32,
	uapi.IFLA_PHYS_SWITCH_ID:     same,
	uapi.IFLA_LINK_NETNSID:       u32,
	uapi.IFLA_PHYS_PORT_NAME:     same,
	uapi.IFLA_PROTO_DOWN:         u8,
	uapi.IFLA_GSO_MAX_SEGS:       u32,
	uapi.IFLA_GSO_MAX_SIZE:       u32,
	uapi.IFLA_XDP:                xdp,
	uapi.IFLA_EVENT:              u32,
	uapi.IFLA_NEW_NETNSID:        u32,
	uapi.IFLA_CARRIER_UP_COUNT:   u32,
	uapi.IFLA_CARRIER_DOWN_COUNT: u32,
	uapi.IFLA_NEW_IFINDEX:        u32,
	uapi.IFLA_MIN_MTU:            u32,
	uapi.IFLA_MAX_MTU:            u32,
	uapi.IFLA_PROP_LIST:          attrs{uapi.IFLA_ALT_IFNAME: same},
	uapi.IFLA_PERM_ADDRESS:       same,
	uapi.IFLA_PROTO_DOWN_REASON: attrs{uapi.IFLA_PROTO_DOWN_REASON_MASK: u32,
		uapi.IFLA_PROTO_DOWN_REASON_VALUE: u32},
	uapi.IFLA_PARENT_DEV_NAME:            same,
	uapi.IFLA_PARENT_DEV_BUS_NAME:        same,
	uapi.IFLA_GRO_MAX_SIZE:               u32,
	uapi.IFLA_TSO_MAX_SIZE:               u32,
	uapi.IFLA_TSO_MAX_SEGS:               u32,
	uapi.IFLA_ALLMULTI:                   u32,
	uapi.IFLA_DEVLINK_PORT:               attrs{},
	uapi.IFLA_GSO_IPV4_MAX_SIZE:          u32,
	uapi.IFLA_GRO_IPV4_MAX_SIZE:          u32,
	uapi.IFLA_DPLL_PIN:                   attrs{},
	uapi.IFLA_MAX_PACING_OFFLOAD_HORIZON: uN,
	uapi.IFLA_NETNS_IMMUTABLE:            u8,
	uapi.IFLA_HEADROOM:                   u16,
	uapi.IFLA_TAILROOM:                   u16,
}

// bridgeLink is what RTM_NEWLINK of the family AF_BRIDGE has.
var bridgeLink = with(link, attrs{
	uapi.IFLA_PROTINFO: bridgePort,
	uapi.IFLA_AF_SPEC: attrs{
		uapi.IFLA_BRIDGE_FLAGS:     u16,
		uapi.IFLA_BRIDGE_VLAN_INFO: numbers("2 2"),
		uapi.IFLA_BRIDGE_VLAN_TUNNEL_INFO: attrs{
			uapi.IFLA_BRIDGE_VLAN_TUNNEL_ID:    u32,
			uapi.IFLA_BRIDGE_VLAN_TUNNEL_VID:   u16,
			uapi.IFLA_BRIDGE_VLAN_TUNNEL_FLAGS: u16,
		},
	},
})

func with(a, other attrs) attrs {
	all := maps.Clone(a)
	maps.Copy(all, other)
	return all
}

var linkInfo = attrs{
	uapi.IFLA_INFO_KIND:       same,
	uapi.IFLA_INFO_DATA:       linkData{nameIn: uapi.IFLA_INFO_KIND},
	uapi.IFLA_INFO_SLAVE_KIND: same,
	uapi.IFLA_INFO_SLAVE_DATA: linkData{nameIn: uapi.IFLA_INFO_SLAVE_KIND, port: true},
}

// linkData is IFLA_INFO_DATA or IFLA_INFO_SLAVE_DATA of the kind that is named beside it.
type linkData struct {
	nameIn uint16
	port   bool
}

func (l linkData) turn(p piece) error {
	kind := string(bytes.TrimRight(p.attrBeside(l.nameIn), "\x00"))
	return dataOf(kind, l.port).turn(p)
}

func dataOf(kind string, port bool) layout {
	table, what := kinds, "links"
	if port {
		table, what = ports, "ports"
	}
	if l := table[kind]; l != nil {
		return l
	}
	return unknown(fmt.Sprintf("%s of kind %q", what, kind))
}

var xdp = attrs{
	uapi.IFLA_XDP_ATTACHED:    u8,
	uapi.IFLA_XDP_PROG_ID:     u32,
	uapi.IFLA_XDP_DRV_PROG_ID: u32,
	uapi.IFLA_XDP_SKB_PROG_ID: u32,
	uapi.IFLA_XDP_HW_PROG_ID:  u32,
}

var inet = attrs{
	uapi.IFLA_INET_CONF: numbers("4 ..."),
}

var inet6 = attrs{
	uapi.IFLA_INET6_FLAGS:         u32,
	uapi.IFLA_INET6_CONF:          numbers("4 ..."),
	uapi.IFLA_INET6_STATS:         numbers("8 ..."),
	uapi.IFLA_INET6_CACHEINFO:     numbers("4 4 4 4"),
	uapi.IFLA_INET6_ICMP6STATS:    numbers("8 ..."),
	uapi.IFLA_INET6_TOKEN:         numbers("=16"),
	uapi.IFLA_INET6_ADDR_GEN_MODE: u8,
}

// vf is a virtual function. Its number comes first in all but the statistics.
var vf = attrs{
	uapi.IFLA_VF_MAC:          numbers("4 =32"),
	uapi.IFLA_VF_VLAN:         numbers("4 4 4"),
	uapi.IFLA_VF_TX_RATE:      numbers("4 4"),
	uapi.IFLA_VF_SPOOFCHK:     numbers("4 4"),
	uapi.IFLA_VF_LINK_STATE:   numbers("4 4"),
	uapi.IFLA_VF_RATE:         numbers("4 4 4"),
	uapi.IFLA_VF_RSS_QUERY_EN: numbers("4 4"),
	uapi.IFLA_VF_STATS: attrs{
		uapi.IFLA_VF_STATS_RX_PACKETS: u64,
		uapi.IFLA_VF_STATS_TX_PACKETS: u64,
		uapi.IFLA_VF_STATS_RX_BYTES:   u64,
		uapi.IFLA_VF_STATS_TX_BYTES:   u64,
		uapi.IFLA_VF_STATS_BROADCAST:  u64,
		uapi.IFLA_VF_STATS_MULTICAST:  u64,
		uapi.IFLA_VF_STATS_RX_DROPPED: u64,
		uapi.IFLA_VF_STATS_TX_DROPPED: u64,
	},
	uapi.IFLA_VF_TRUST:        numbers("4 4"),
	uapi.IFLA_VF_IB_NODE_GUID: numbers("4 =4 8"),
	uapi.IFLA_VF_IB_PORT_GUID: numbers("4 =4 8"),
	// the protocol is in network byte order
	uapi.IFLA_VF_VLAN_LIST: attrs{uapi.IFLA_VF_VLAN_INFO: numbers("4 4 4 =2 =2")},
	uapi.IFLA_VF_BROADCAST: numbers("=32"),
}
