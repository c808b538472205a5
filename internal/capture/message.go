package capture

import (
	"encoding/binary"
	"fmt"

	"kern.sys/internal/uapi"
)

// messages are those whose types begin with RTM_NEW… by that type.
var messages = map[uint16]layout{
	uapi.RTM_NEWLINK: families{map[byte]layout{uapi.AF_BRIDGE: headed{linkHeader, bridgeLink}},
		headed{linkHeader, link}},
	uapi.RTM_NEWLINKPROP:  headed{linkHeader, link},
	uapi.RTM_NEWADDR:      headed{"=4 4", addr},
	uapi.RTM_NEWROUTE:     headed{"=8 4", route},
	uapi.RTM_NEWRULE:      headed{"=8 4", rule},
	uapi.RTM_NEWNEIGH:     headed{"=4 4 2 =2", neigh},
	uapi.RTM_NEWNEXTHOP:   headed{"=4 4", nexthop},
	uapi.RTM_NEWNETCONF:   headed{"=4", netconf},
	uapi.RTM_NEWNSID:      headed{"=4", attrs{uapi.NETNSA_NSID: u32}},
	uapi.RTM_NEWADDRLABEL: headed{"=4 4 4", attrs{uapi.IFAL_ADDRESS: same, uapi.IFAL_LABEL: u32}},
	uapi.RTM_NEWMDB:       mdb{},
	uapi.RTM_NEWVLAN:      bridgeVlan,
	uapi.RTM_NEWTUNNEL: headed{"=4 4", attrs{uapi.VXLAN_VNIFILTER_ENTRY: attrs{
		uapi.VXLAN_VNIFILTER_ENTRY_START: u32,
		uapi.VXLAN_VNIFILTER_ENTRY_END:   u32,
	}}},
}

var addr = attrs{
	uapi.IFA_ADDRESS:     same,
	uapi.IFA_LOCAL:       same,
	uapi.IFA_LABEL:       same,
	uapi.IFA_BROADCAST:   same,
	uapi.IFA_CACHEINFO:   numbers("4 4 4 4"),
	uapi.IFA_FLAGS:       u32,
	uapi.IFA_RT_PRIORITY: u32,
	uapi.IFA_PROTO:       u8,
}

var route = attrs{
	uapi.RTA_DST:        same,
	uapi.RTA_SRC:        same,
	uapi.RTA_OIF:        u32,
	uapi.RTA_GATEWAY:    same,
	uapi.RTA_PRIORITY:   u32,
	uapi.RTA_PREFSRC:    same,
	uapi.RTA_METRICS:    metrics,
	uapi.RTA_MULTIPATH:  hops{},
	uapi.RTA_FLOW:       u32,
	uapi.RTA_CACHEINFO:  numbers("4 4 4 4 4 4 4 4"),
	uapi.RTA_TABLE:      u32,
	uapi.RTA_MARK:       u32,
	uapi.RTA_VIA:        numbers("2 ="),
	uapi.RTA_NEWDST:     same,
	uapi.RTA_PREF:       u8,
	uapi.RTA_ENCAP_TYPE: u16,
	uapi.RTA_ENCAP:      encap{},
	uapi.RTA_EXPIRES:    u32,
	uapi.RTA_NH_ID:      u32,
}

var metrics = attrs{
	uapi.RTAX_LOCK:               u32,
	uapi.RTAX_MTU:                u32,
	uapi.RTAX_WINDOW:             u32,
	uapi.RTAX_RTT:                u32,
	uapi.RTAX_RTTVAR:             u32,
	uapi.RTAX_SSTHRESH:           u32,
	uapi.RTAX_CWND:               u32,
	uapi.RTAX_REORDERING:         u32,
	uapi.RTAX_HOPLIMIT:           u32,
	uapi.RTAX_INITCWND:           u32,
	uapi.RTAX_FEATURES:           u32,
	uapi.RTAX_RTO_MIN:            u32,
	uapi.RTAX_INITRWND:           u32,
	uapi.RTAX_QUICKACK:           u32,
	uapi.RTAX_CC_ALGO:            same,
	uapi.RTAX_FASTOPEN_NO_COOKIE: u32,
}

// hops are the next hops in RTA_MULTIPATH: struct rtnexthop, which begins with its length, and attributes.
type hops struct{}

func (hops) turn(p piece) error { return eachItem(p, headed{"2 =2 4", route}.turn) }

// encap is RTA_ENCAP, by RTA_ENCAP_TYPE beside it.
type encap struct{}

func (encap) turn(p piece) error {
	typ := p.attrBeside(uapi.RTA_ENCAP_TYPE)
	if len(typ) != 2 {
		return fmt.Errorf("no RTA_ENCAP_TYPE is beside it")
	}
	kind := binary.LittleEndian.Uint16(typ)
	l := encaps[kind]
	if l == nil {
		l = unknown(fmt.Sprintf("encapsulation %d", kind))
	}
	return l.turn(p)
}

var encaps = map[uint16]layout{
	uapi.LWTUNNEL_ENCAP_MPLS: attrs{uapi.MPLS_IPTUNNEL_DST: same, uapi.MPLS_IPTUNNEL_TTL: u8},
	uapi.LWTUNNEL_ENCAP_SEG6: attrs{
		uapi.SEG6_IPTUNNEL_SRH:   headed{"4", same}, // a mode and a segment routing header
		uapi.SEG6_IPTUNNEL_SRC:   same,
		uapi.SEG6_IPTUNNEL_TABLE: u32,
	},
	uapi.LWTUNNEL_ENCAP_SEG6_LOCAL: attrs{
		uapi.SEG6_LOCAL_ACTION:   u32,
		uapi.SEG6_LOCAL_SRH:      same,
		uapi.SEG6_LOCAL_TABLE:    u32,
		uapi.SEG6_LOCAL_NH4:      same,
		uapi.SEG6_LOCAL_NH6:      same,
		uapi.SEG6_LOCAL_IIF:      u32,
		uapi.SEG6_LOCAL_OIF:      u32,
		uapi.SEG6_LOCAL_BPF:      attrs{uapi.SEG6_LOCAL_BPF_PROG: u32, uapi.SEG6_LOCAL_BPF_PROG_NAME: same},
		uapi.SEG6_LOCAL_VRFTABLE: u32,
		uapi.SEG6_LOCAL_COUNTERS: attrs{
			uapi.SEG6_LOCAL_CNT_PAD:     same,
			uapi.SEG6_LOCAL_CNT_PACKETS: u64,
			uapi.SEG6_LOCAL_CNT_BYTES:   u64,
			uapi.SEG6_LOCAL_CNT_ERRORS:  u64,
		},
		uapi.SEG6_LOCAL_FLAVORS: attrs{
			uapi.SEG6_LOCAL_FLV_OPERATION:      u32,
			uapi.SEG6_LOCAL_FLV_LCBLOCK_BITS:   u8,
			uapi.SEG6_LOCAL_FLV_LCNODE_FN_BITS: u8,
		},
	},
	uapi.LWTUNNEL_ENCAP_ILA: attrs{
		uapi.ILA_ATTR_LOCATOR:    be64,
		uapi.ILA_ATTR_PAD:        same,
		uapi.ILA_ATTR_CSUM_MODE:  u8,
		uapi.ILA_ATTR_IDENT_TYPE: u8,
		uapi.ILA_ATTR_HOOK_TYPE:  u8,
	},
	uapi.LWTUNNEL_ENCAP_IOAM6: attrs{
		uapi.IOAM6_IPTUNNEL_MODE:   u8,
		uapi.IOAM6_IPTUNNEL_DST:    same,
		uapi.IOAM6_IPTUNNEL_TRACE:  same,
		uapi.IOAM6_IPTUNNEL_FREQ_K: u32,
		uapi.IOAM6_IPTUNNEL_FREQ_N: u32,
		uapi.IOAM6_IPTUNNEL_SRC:    same,
	},
	uapi.LWTUNNEL_ENCAP_RPL:  attrs{uapi.RPL_IPTUNNEL_SRH: same},
	uapi.LWTUNNEL_ENCAP_XFRM: attrs{uapi.LWT_XFRM_IF_ID: u32, uapi.LWT_XFRM_LINK: u32},
	uapi.LWTUNNEL_ENCAP_BPF: attrs{
		uapi.LWT_BPF_IN:            lwtProgram,
		uapi.LWT_BPF_OUT:           lwtProgram,
		uapi.LWT_BPF_XMIT:          lwtProgram,
		uapi.LWT_BPF_XMIT_HEADROOM: u32,
	},
	uapi.LWTUNNEL_ENCAP_IP: attrs{
		uapi.LWTUNNEL_IP_ID:    be64,
		uapi.LWTUNNEL_IP_DST:   be32,
		uapi.LWTUNNEL_IP_SRC:   be32,
		uapi.LWTUNNEL_IP_TTL:   u8,
		uapi.LWTUNNEL_IP_TOS:   u8,
		uapi.LWTUNNEL_IP_FLAGS: be16,
		uapi.LWTUNNEL_IP_OPTS:  lwtOptions,
	},
	uapi.LWTUNNEL_ENCAP_IP6: attrs{
		uapi.LWTUNNEL_IP6_ID:       be64,
		uapi.LWTUNNEL_IP6_DST:      same,
		uapi.LWTUNNEL_IP6_SRC:      same,
		uapi.LWTUNNEL_IP6_HOPLIMIT: u8,
		uapi.LWTUNNEL_IP6_TC:       u8,
		uapi.LWTUNNEL_IP6_FLAGS:    be16,
		uapi.LWTUNNEL_IP6_OPTS:     lwtOptions,
	},
}

var lwtOptions = attrs{
	uapi.LWTUNNEL_IP_OPTS_GENEVE: attrs{
		uapi.LWTUNNEL_IP_OPT_GENEVE_CLASS: be16,
		uapi.LWTUNNEL_IP_OPT_GENEVE_TYPE:  u8,
		uapi.LWTUNNEL_IP_OPT_GENEVE_DATA:  same,
	},
	uapi.LWTUNNEL_IP_OPTS_VXLAN: attrs{uapi.LWTUNNEL_IP_OPT_VXLAN_GBP: u32},
	uapi.LWTUNNEL_IP_OPTS_ERSPAN: attrs{
		uapi.LWTUNNEL_IP_OPT_ERSPAN_VER:   u8,
		uapi.LWTUNNEL_IP_OPT_ERSPAN_INDEX: be32,
		uapi.LWTUNNEL_IP_OPT_ERSPAN_DIR:   u8,
		uapi.LWTUNNEL_IP_OPT_ERSPAN_HWID:  u8,
	},
}

var rule = attrs{
	uapi.FRA_DST:                same,
	uapi.FRA_SRC:                same,
	uapi.FRA_IIFNAME:            same,
	uapi.FRA_GOTO:               u32,
	uapi.FRA_PRIORITY:           u32,
	uapi.FRA_FWMARK:             u32,
	uapi.FRA_FLOW:               u32,
	uapi.FRA_TUN_ID:             be64,
	uapi.FRA_SUPPRESS_IFGROUP:   u32,
	uapi.FRA_SUPPRESS_PREFIXLEN: u32,
	uapi.FRA_TABLE:              u32,
	uapi.FRA_FWMASK:             u32,
	uapi.FRA_OIFNAME:            same,
	uapi.FRA_L3MDEV:             u8,
	uapi.FRA_UID_RANGE:          numbers("4 4"),
	uapi.FRA_PROTOCOL:           u8,
	uapi.FRA_IP_PROTO:           u8,
	uapi.FRA_SPORT_RANGE:        numbers("2 2"),
	uapi.FRA_DPORT_RANGE:        numbers("2 2"),
	uapi.FRA_DPORT_MASK:         u16,
}

var neigh = attrs{
	uapi.NDA_DST:            same,
	uapi.NDA_LLADDR:         same,
	uapi.NDA_CACHEINFO:      numbers("4 4 4 4"),
	uapi.NDA_PROBES:         u32,
	uapi.NDA_VLAN:           u16,
	uapi.NDA_PORT:           be16,
	uapi.NDA_VNI:            u32,
	uapi.NDA_IFINDEX:        u32,
	uapi.NDA_MASTER:         u32,
	uapi.NDA_SRC_VNI:        u32,
	uapi.NDA_NDM_FLAGS_MASK: u8,
	uapi.NDA_NDM_STATE_MASK: u16,
	uapi.NDA_PROTOCOL:       u8,
	uapi.NDA_NH_ID:          u32,
	uapi.NDA_FLAGS_EXT:      u32,
}

var nexthop = attrs{
	uapi.NHA_ID:         u32,
	uapi.NHA_GROUP:      numbers("4 =1 =1 =2 ..."), // the weight's upper half is a byte of its own
	uapi.NHA_GROUP_TYPE: u16,
	uapi.NHA_BLACKHOLE:  flag,
	uapi.NHA_OIF:        u32,
	uapi.NHA_GATEWAY:    same,
	uapi.NHA_OP_FLAGS:   u32,
}

var netconf = attrs{
	uapi.NETCONFA_IFINDEX:                     u32,
	uapi.NETCONFA_FORWARDING:                  u32,
	uapi.NETCONFA_RP_FILTER:                   u32,
	uapi.NETCONFA_MC_FORWARDING:               u32,
	uapi.NETCONFA_PROXY_NEIGH:                 u32,
	uapi.NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN: u32,
	uapi.NETCONFA_BC_FORWARDING:               u32,
}

var lwtProgram = attrs{uapi.LWT_BPF_PROG_FD: u32, uapi.LWT_BPF_PROG_NAME: same}
