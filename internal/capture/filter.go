package capture

import (
	"bytes"
	"testing"

	"kern.sys/internal/uapi"
)

// TcFilter returns what is in TCA_OPTIONS of a filter of the kind.
func TcFilter(t testing.TB, kind string, text string) []byte {
	t.Helper()
	l := filters[kind]
	if l == nil {
		t.Fatalf("filters of kind %q: not in the tables of internal/capture", kind)
	}
	return must(t)(turn(l, fromHex(t, text), bigEndian))
}

const tcGen = "4 4 4 4 4"

// actionList is a list of actions.
var actionList = func() attrs {
	one, list := attrs{
		uapi.TCA_ACT_KIND:     same,
		uapi.TCA_ACT_OPTIONS:  actionOptions{},
		uapi.TCA_ACT_COOKIE:   same,
		uapi.TCA_ACT_FLAGS:    numbers("4 4"),
		uapi.TCA_ACT_HW_STATS: numbers("4 4"),
	}, attrs{}
	for i := range uint16(uapi.TCA_ACT_MAX_PRIO) {
		list[uapi.TCA_ACT_TAB+i] = one
	}
	return list
}()

// orNothing is an attribute that may have no payload.
type orNothing struct{ layout }

func (l orNothing) turn(p piece) error {
	if len(p.in) == 0 {
		return nil
	}
	return l.layout.turn(p)
}

// actionOptions is TCA_ACT_OPTIONS of the kind that is named beside it.
type actionOptions struct{}

func (actionOptions) turn(p piece) error {
	kind := string(bytes.TrimRight(p.attrBeside(uapi.TCA_ACT_KIND), "\x00"))
	if l := actions[kind]; l != nil {
		return l.turn(p)
	}
	return unknown("actions of kind " + kind).turn(p)
}

var tunnelOptions = attrs{1: attrs{1: be16, 2: u8, 3: same}} // of geneve

var policing = attrs{
	uapi.TCA_POLICE_TBF:        numbers("4 4 4 4 4 " + rateSpec + " " + rateSpec + " 4 4 4"),
	uapi.TCA_POLICE_RATE:       numbers("4 ..."),
	uapi.TCA_POLICE_PEAKRATE:   numbers("4 ..."),
	uapi.TCA_POLICE_RATE64:     u64,
	uapi.TCA_POLICE_PEAKRATE64: u64,
	uapi.TCA_POLICE_AVRATE:     u32,
	uapi.TCA_POLICE_RESULT:     u32,
	uapi.TCA_POLICE_PKTRATE64:  u64,
	uapi.TCA_POLICE_PKTBURST64: u64,
}

// actions is what actions of a kind have in TCA_ACT_OPTIONS.
var actions = map[string]layout{
	"connmark": attrs{uapi.TCA_CONNMARK_PARMS: numbers(tcGen + " 2 =2")},
	"csum":     attrs{uapi.TCA_CSUM_PARMS: numbers(tcGen + " 4")},
	"ct": attrs{
		uapi.TCA_CT_PARMS: numbers(tcGen), uapi.TCA_CT_ACTION: u16, uapi.TCA_CT_ZONE: u16, uapi.TCA_CT_MARK: u32,
		uapi.TCA_CT_MARK_MASK: u32, uapi.TCA_CT_LABELS: same, uapi.TCA_CT_LABELS_MASK: same,
		uapi.TCA_CT_NAT_IPV4_MIN: same, uapi.TCA_CT_NAT_IPV4_MAX: same, uapi.TCA_CT_NAT_IPV6_MIN: same,
		uapi.TCA_CT_NAT_IPV6_MAX: same, uapi.TCA_CT_NAT_PORT_MIN: be16, uapi.TCA_CT_NAT_PORT_MAX: be16,
		uapi.TCA_CT_HELPER_NAME: same, uapi.TCA_CT_HELPER_FAMILY: u8, uapi.TCA_CT_HELPER_PROTO: u8,
	},
	"ctinfo": attrs{
		uapi.TCA_CTINFO_ACT: numbers(tcGen), uapi.TCA_CTINFO_ZONE: u16, uapi.TCA_CTINFO_PARMS_DSCP_MASK: u32,
		uapi.TCA_CTINFO_PARMS_DSCP_STATEMASK: u32, uapi.TCA_CTINFO_PARMS_CPMARK_MASK: u32,
	},
	"gate": attrs{
		uapi.TCA_GATE_PARMS: numbers(tcGen), uapi.TCA_GATE_PRIORITY: u32, uapi.TCA_GATE_FLAGS: u32,
		uapi.TCA_GATE_BASE_TIME: u64, uapi.TCA_GATE_CYCLE_TIME: u64, uapi.TCA_GATE_CYCLE_TIME_EXT: u64,
		uapi.TCA_GATE_CLOCKID: u32,
		uapi.TCA_GATE_ENTRY_LIST: attrs{uapi.TCA_GATE_ONE_ENTRY: attrs{
			uapi.TCA_GATE_ENTRY_GATE: flag, uapi.TCA_GATE_ENTRY_INTERVAL: u32, uapi.TCA_GATE_ENTRY_IPV: u32,
			uapi.TCA_GATE_ENTRY_MAX_OCTETS: u32,
		}},
	},
	"ife": attrs{
		uapi.TCA_IFE_PARMS: numbers(tcGen + " 2 =2"), uapi.TCA_IFE_DMAC: same, uapi.TCA_IFE_SMAC: same,
		uapi.TCA_IFE_TYPE: u16,
		uapi.TCA_IFE_METALST: attrs{uapi.IFE_META_SKBMARK: orNothing{u32}, uapi.IFE_META_PRIO: orNothing{u32},
			uapi.IFE_META_TCINDEX: orNothing{u16}},
	},
	"mpls": attrs{
		uapi.TCA_MPLS_PARMS: numbers(tcGen + " 4"), uapi.TCA_MPLS_PROTO: be16, uapi.TCA_MPLS_LABEL: u32,
		uapi.TCA_MPLS_TC: u8, uapi.TCA_MPLS_TTL: u8, uapi.TCA_MPLS_BOS: u8,
	},
	"nat":    attrs{uapi.TCA_NAT_PARMS: numbers(tcGen + " =4 =4 =4 4")},
	"simple": attrs{uapi.TCA_DEF_PARMS: numbers(tcGen), uapi.TCA_DEF_DATA: same},
	"skbmod": attrs{
		uapi.TCA_SKBMOD_PARMS: numbers(tcGen + " =4 8"), uapi.TCA_SKBMOD_DMAC: same, uapi.TCA_SKBMOD_SMAC: same,
		uapi.TCA_SKBMOD_ETYPE: u16,
	},
	"gact":   attrs{uapi.TCA_GACT_PARMS: numbers(tcGen), uapi.TCA_GACT_PROB: numbers("2 2 4")},
	"mirred": attrs{uapi.TCA_MIRRED_PARMS: numbers(tcGen + " 4 4"), uapi.TCA_MIRRED_BLOCKID: u32},
	"pedit": attrs{
		uapi.TCA_PEDIT_PARMS:    headed{tcGen + " =1 =1 =2", numbers("=4 =4 4 4 4 4 ...")},
		uapi.TCA_PEDIT_PARMS_EX: headed{tcGen + " =1 =1 =2", numbers("=4 =4 4 4 4 4 ...")},
		uapi.TCA_PEDIT_KEYS_EX: attrs{uapi.TCA_PEDIT_KEY_EX: attrs{uapi.TCA_PEDIT_KEY_EX_HTYPE: u16,
			uapi.TCA_PEDIT_KEY_EX_CMD: u16}},
	},
	"police": policing,
	"sample": attrs{
		uapi.TCA_SAMPLE_PARMS: numbers(tcGen), uapi.TCA_SAMPLE_RATE: u32, uapi.TCA_SAMPLE_TRUNC_SIZE: u32,
		uapi.TCA_SAMPLE_PSAMPLE_GROUP: u32,
	},
	"skbedit": attrs{
		uapi.TCA_SKBEDIT_PARMS: numbers(tcGen), uapi.TCA_SKBEDIT_PRIORITY: u32, uapi.TCA_SKBEDIT_QUEUE_MAPPING: u16,
		uapi.TCA_SKBEDIT_MARK:  u32,
		uapi.TCA_SKBEDIT_PTYPE: u16, uapi.TCA_SKBEDIT_MASK: u32, uapi.TCA_SKBEDIT_FLAGS: u64,
		uapi.TCA_SKBEDIT_QUEUE_MAPPING_MAX: u16,
	},
	"tunnel_key": attrs{
		uapi.TCA_TUNNEL_KEY_PARMS: numbers(tcGen + " 4"), uapi.TCA_TUNNEL_KEY_ENC_IPV4_SRC: same,
		uapi.TCA_TUNNEL_KEY_ENC_IPV4_DST: same,
		uapi.TCA_TUNNEL_KEY_ENC_IPV6_SRC: same, uapi.TCA_TUNNEL_KEY_ENC_IPV6_DST: same, uapi.TCA_TUNNEL_KEY_ENC_KEY_ID: be32,
		uapi.TCA_TUNNEL_KEY_ENC_DST_PORT: be16, uapi.TCA_TUNNEL_KEY_NO_CSUM: u8, uapi.TCA_TUNNEL_KEY_ENC_OPTS: tunnelOptions,
		uapi.TCA_TUNNEL_KEY_ENC_TOS: u8, uapi.TCA_TUNNEL_KEY_ENC_TTL: u8, uapi.TCA_TUNNEL_KEY_NO_FRAG: flag,
	},
	"vlan": attrs{
		uapi.TCA_VLAN_PARMS: numbers(tcGen + " 4"), uapi.TCA_VLAN_PUSH_VLAN_ID: u16, uapi.TCA_VLAN_PUSH_VLAN_PROTOCOL: be16,
		uapi.TCA_VLAN_PUSH_VLAN_PRIORITY: u8, uapi.TCA_VLAN_PUSH_ETH_DST: same, uapi.TCA_VLAN_PUSH_ETH_SRC: same,
	},
}

// filters is what filters of a kind have in TCA_OPTIONS.
var filters = map[string]layout{
	"u32": attrs{
		uapi.TCA_U32_SEL:     headed{"1 1 1 1 =2 2 2 2 =4", numbers("=4 =4 4 4 ...")},
		uapi.TCA_U32_CLASSID: u32, uapi.TCA_U32_DIVISOR: u32, uapi.TCA_U32_HASH: u32, uapi.TCA_U32_LINK: u32,
		uapi.TCA_U32_FLAGS: u32,
		uapi.TCA_U32_INDEV: same, uapi.TCA_U32_MARK: numbers("4 4 4"), uapi.TCA_U32_POLICE: policing,
		uapi.TCA_U32_ACT: actionList,
	},
	"fw": attrs{
		uapi.TCA_FW_CLASSID: u32, uapi.TCA_FW_MASK: u32, uapi.TCA_FW_INDEV: same, uapi.TCA_FW_POLICE: policing,
		uapi.TCA_FW_ACT: actionList,
	},
	"basic": attrs{
		uapi.TCA_BASIC_CLASSID: u32, uapi.TCA_BASIC_EMATCHES: ematchTree, uapi.TCA_BASIC_POLICE: policing,
		uapi.TCA_BASIC_ACT: actionList,
	},
	"cgroup": attrs{
		uapi.TCA_CGROUP_EMATCHES: ematchTree, uapi.TCA_CGROUP_POLICE: policing, uapi.TCA_CGROUP_ACT: actionList,
	},
	"flow": attrs{
		uapi.TCA_FLOW_KEYS: u32, uapi.TCA_FLOW_MODE: u32, uapi.TCA_FLOW_BASECLASS: u32, uapi.TCA_FLOW_RSHIFT: u32,
		uapi.TCA_FLOW_ADDEND: u32, uapi.TCA_FLOW_MASK: u32, uapi.TCA_FLOW_XOR: u32, uapi.TCA_FLOW_DIVISOR: u32,
		uapi.TCA_FLOW_PERTURB: u32, uapi.TCA_FLOW_EMATCHES: ematchTree, uapi.TCA_FLOW_POLICE: policing,
		uapi.TCA_FLOW_ACT: actionList,
	},
	"route": attrs{
		uapi.TCA_ROUTE4_CLASSID: u32, uapi.TCA_ROUTE4_TO: u32, uapi.TCA_ROUTE4_FROM: u32, uapi.TCA_ROUTE4_IIF: u32,
		uapi.TCA_ROUTE4_POLICE: policing, uapi.TCA_ROUTE4_ACT: actionList,
	},
	"matchall": attrs{uapi.TCA_MATCHALL_CLASSID: u32, uapi.TCA_MATCHALL_FLAGS: u32, uapi.TCA_MATCHALL_ACT: actionList},
	"bpf": attrs{
		uapi.TCA_BPF_CLASSID: u32, uapi.TCA_BPF_FD: u32, uapi.TCA_BPF_NAME: same, uapi.TCA_BPF_FLAGS: u32,
		uapi.TCA_BPF_FLAGS_GEN: u32,
		uapi.TCA_BPF_OPS_LEN:   u16, uapi.TCA_BPF_OPS: numbers("2 1 1 4 ..."), uapi.TCA_BPF_ACT: actionList,
	},
	"flower": flower(),
}

// flower is what has numbers in the machine's byte order, and the rest, which has not.
func flower() attrs {
	a := attrs{
		uapi.TCA_FLOWER_CLASSID: u32, uapi.TCA_FLOWER_FLAGS: u32, uapi.TCA_FLOWER_ACT: actionList,
		uapi.TCA_FLOWER_KEY_VLAN_ID: u16, uapi.TCA_FLOWER_KEY_CVLAN_ID: u16, uapi.TCA_FLOWER_KEY_MPLS_LABEL: u32,
		uapi.TCA_FLOWER_KEY_CT_STATE: u16, uapi.TCA_FLOWER_KEY_CT_STATE_MASK: u16, uapi.TCA_FLOWER_KEY_CT_ZONE: u16,
		uapi.TCA_FLOWER_KEY_CT_ZONE_MASK: u16, uapi.TCA_FLOWER_KEY_CT_MARK: u32, uapi.TCA_FLOWER_KEY_CT_MARK_MASK: u32,
		uapi.TCA_FLOWER_KEY_HASH: u32, uapi.TCA_FLOWER_KEY_HASH_MASK: u32,
		uapi.TCA_FLOWER_KEY_CFM:           attrs{uapi.TCA_FLOWER_KEY_CFM_MD_LEVEL: u8, uapi.TCA_FLOWER_KEY_CFM_OPCODE: u8},
		uapi.TCA_FLOWER_KEY_ENC_OPTS:      tunnelOptions,
		uapi.TCA_FLOWER_KEY_ENC_OPTS_MASK: tunnelOptions,
		uapi.TCA_FLOWER_KEY_MPLS_OPTS: attrs{uapi.TCA_FLOWER_KEY_MPLS_OPTS_LSE: attrs{
			uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_DEPTH: u8, uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TTL: u8,
			uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_BOS: u8,
			uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TC:  u8, uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_LABEL: u32,
		}},
	}
	for t := range uint16(uapi.TCA_FLOWER_MAX) {
		if a[t+1] == nil {
			a[t+1] = same
		}
	}
	return a
}
