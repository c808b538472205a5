package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RuleTable has the rules of IPv4 and IPv6: ip rule.
var RuleTable = Table{&tableInfo{"rules", ruleTableParts}}

func ruleTableParts() []tablePart {
	return []tablePart{{
		name: "IPv4 rules", new: uapi.RTM_NEWRULE, del: uapi.RTM_DELRULE, header: uapi.SizeofFibRuleHdr,
		groups: []uint32{uapi.RTNLGRP_IPV4_RULE}, dump: ruleTableDump(FAMILY_V4), has: isRuleOf(FAMILY_V4),
		key: ruleKey, event: (*eventDecoder).rule, change: (*partState).changeRules,
	}, {
		name: "IPv6 rules", new: uapi.RTM_NEWRULE, del: uapi.RTM_DELRULE, header: uapi.SizeofFibRuleHdr,
		groups: []uint32{uapi.RTNLGRP_IPV6_RULE}, dump: ruleTableDump(FAMILY_V6), has: isRuleOf(FAMILY_V6),
		key: ruleKey, event: (*eventDecoder).rule, change: (*partState).changeRules,
	}}
}

func ruleTableDump(family int) func() *wire.Request {
	return func() *wire.Request { return ruleRequest(family) }
}

func isRuleOf(family uint8) func([]byte) bool {
	return func(data []byte) bool { return data[0] == family }
}

// ruleKey is that of all rules: what matters is their order.
func ruleKey([]byte) string { return "rules" }
