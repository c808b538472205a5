package netlink

import (
	"fmt"
	"net"

	"kern.sys/internal/uapi"
)

// FibRuleInvert is the flag of a rule that acts on what it does not match.
const FibRuleInvert = uapi.FIB_RULE_INVERT

// Rule selects the routing table for packets: ip rule. [NewRule] returns one
// with all fields unset.
//
// Rules are often written as a literal, without NewRule. The kernel has no rule
// to go to 0, so a Goto of 0 marks a literal, and then a Priority,
// SuppressIfgroup or SuppressPrefixlen of 0 is unset too.
type Rule struct {
	Priority int // FRA_PRIORITY; -1 is unset, for the kernel to choose when it is added
	Family   int // FAMILY_…; in a request that of Src and Dst counts, 0 is FAMILY_V4
	// Table is the routing table's number; 0 is unset.
	Table   int
	Mark    uint32  // FRA_FWMARK; with a Mask 0 is a value, else it is unset
	Mask    *uint32 // FRA_FWMASK; nil is unset: all bits of the mark
	Tos     uint
	TunID   uint // FRA_TUN_ID, the tunnel's key; 0 is unset
	Goto    int  // FRA_GOTO, the priority of the rule to go on with; -1 and 0 are unset
	Src     *net.IPNet
	Dst     *net.IPNet
	Flow    int    // FRA_FLOW, realms; -1 and 0 are unset
	IifName string // FRA_IIFNAME
	OifName string // FRA_OIFNAME

	// A route found is not taken if its interface's group is this, and if its
	// prefix has at most this many bits; -1 is unset.
	SuppressIfgroup   int
	SuppressPrefixlen int

	Invert   bool // acts on packets that do not match
	Dport    *RulePortRange
	Sport    *RulePortRange
	IPProto  int // FRA_IP_PROTO, IPPROTO_…; 0 is unset
	UIDRange *RuleUIDRange
	Protocol uint8 // FRA_PROTOCOL, RTPROT_…: who made the rule; 0 is unset
	// Type is what is done (FR_ACT_…, or RTN_… of the same value). 0 is to look
	// in Table, or to go to Goto, when a rule is added or listed, and any in RuleDel.
	Type   uint8
	L3MDev bool // FRA_L3MDEV, the table is that of the packet's VRF

	// Dscp is the DSCP of packets, 0 to 63 (FRA_DSCP, Linux 6.12), and DscpMask the
	// bits of it that are compared (6.15); nil: any, and all six bits. Unlike a Tos of
	// 0 a Dscp of 0 is a value.
	Dscp     *uint8
	DscpMask *uint8
	// FlowLabel is the IPv6 flow label of packets and FlowLabelMask the bits of it
	// that are compared (FRA_FLOWLABEL, Linux 6.14); nil: any, and all 20 bits.
	FlowLabel     *uint32
	FlowLabelMask *uint32
	// SportMask and DportMask are the bits of the one port in Sport and Dport that are
	// compared (FRA_SPORT_MASK, FRA_DPORT_MASK, Linux 6.15); 0: all.
	SportMask uint16
	DportMask uint16
	// Flags are FIB_RULE_… beside FIB_RULE_INVERT, which is Invert. Those that say
	// that the rule waits for a link or for the rule to go to are read only.
	Flags uint32
}

// NewRule returns a rule with all fields unset.
func NewRule() *Rule {
	return &Rule{
		Priority:          -1,
		Goto:              -1,
		Flow:              -1,
		SuppressIfgroup:   -1,
		SuppressPrefixlen: -1,
	}
}

// RulePortRange is a range of ports, both ends included.
type RulePortRange struct {
	Start uint16
	End   uint16
}

// NewRulePortRange returns the range from start to end.
func NewRulePortRange(start, end uint16) *RulePortRange {
	return &RulePortRange{Start: start, End: end}
}

// RuleUIDRange is a range of user ids, both ends included.
type RuleUIDRange struct {
	Start uint32
	End   uint32
}

// NewRuleUIDRange returns the range from start to end.
func NewRuleUIDRange(start, end uint32) *RuleUIDRange {
	return &RuleUIDRange{Start: start, End: end}
}

// String returns priority, source, destination, table and action.
func (r Rule) String() string {
	return fmt.Sprintf("ip rule %d: from %s to %s table %d %s",
		r.Priority, rulePrefix(r.Src), rulePrefix(r.Dst), r.Table, ruleAction(r.Type))
}

func rulePrefix(n *net.IPNet) string {
	if n == nil || len(n.IP) == 0 || !hasLength(n) {
		return "all"
	}
	return n.String()
}

// ruleAction names what a rule does unless that is to look in a table.
func ruleAction(t uint8) string {
	switch t {
	case uapi.FR_ACT_UNSPEC, uapi.FR_ACT_TO_TBL:
		return ""
	case uapi.FR_ACT_GOTO:
		return "goto"
	case uapi.FR_ACT_NOP:
		return "nop"
	case uapi.FR_ACT_BLACKHOLE:
		return "blackhole"
	case uapi.FR_ACT_UNREACHABLE:
		return "unreachable"
	case uapi.FR_ACT_PROHIBIT:
		return "prohibit"
	}
	return fmt.Sprintf("type(0x%x)", t)
}
