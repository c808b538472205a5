package netlink

import (
	"iter"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RuleAdd adds a rule: ip rule add. One that is there already is an error.
func (h *Handle) RuleAdd(rule *Rule) error {
	return h.ruleChange("rule add", uapi.RTM_NEWRULE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, rule)
}

// RuleDel deletes the first rule that matches the fields that are set: ip rule del. The kernel
// cannot be asked for a rule without a selector: where several have one priority,
// one that was listed goes for sure only if no rule before it selects more. It
// does not compare Invert and Flags at all.
func (h *Handle) RuleDel(rule *Rule) error {
	return h.ruleChange("rule del", uapi.RTM_DELRULE, 0, rule)
}

func (h *Handle) ruleChange(op string, typ, flags uint16, rule *Rule) error {
	r := wire.NewRequest(typ, flags)
	r.Fail(encodeRule(r, typ, rule))
	return h.exec(r, op, func() string {
		if rule == nil {
			return ""
		}
		return rule.String()
	})
}

// RuleList returns the rules of a family, FAMILY_V4 or FAMILY_V6, or of all
// that have some: ip rule show. See [ErrDumpInterrupted].
func (h *Handle) RuleList(family int) ([]Rule, error) {
	return h.RuleListFiltered(family, nil, 0)
}

// RuleListFiltered returns the rules that have the fields of filter that
// mask names, where a prefix of no bits is none: RT_FILTER_SRC, DST, TABLE (0 is any table), PRIORITY, IIF, OIF,
// MARK, MASK, TOS, TYPE and PROTOCOL. A nil filter is any rule.
func (h *Handle) RuleListFiltered(family int, filter *Rule, filterMask uint64) ([]Rule, error) {
	return list(h, ruleRequest(family), "rule list", ruleDecoder(family, filter, filterMask))
}

// RuleSeq is [Handle.RuleList] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) RuleSeq(family int) iter.Seq2[Rule, error] {
	return h.RuleSeqFiltered(family, nil, 0)
}

// RuleSeqFiltered is [Handle.RuleListFiltered] as a stream. An interrupted dump ends with
// [ErrDumpInterrupted].
func (h *Handle) RuleSeqFiltered(family int, filter *Rule, filterMask uint64) iter.Seq2[Rule, error] {
	request := func() (*wire.Request, error) { return ruleRequest(family), nil }
	return seq(h, request, "rule list", ruleDecoder(family, filter, filterMask))
}

// ruleRequest asks for the rules. The kernel selects by nothing but the family.
func ruleRequest(family int) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETRULE, 0)
	r.Fail(checkFamily(family))
	m := uapi.FibRuleHdr{Family: uint8(family)}
	m.Put(r.Header(uapi.SizeofFibRuleHdr))
	return r
}

func ruleDecoder(family int, filter *Rule, mask uint64) func(wire.Message) (Rule, bool, error) {
	return func(m wire.Message) (Rule, bool, error) {
		if m.Type != uapi.RTM_NEWRULE {
			return Rule{}, false, nil
		}
		rule, err := decodeRule(m.Data)
		want := err == nil && (family == uapi.AF_UNSPEC || family == rule.Family) &&
			(filter == nil || filter.selects(&rule, mask))
		return rule, want, err
	}
}

// selects reports whether r has the fields of f that mask names.
func (f *Rule) selects(r *Rule, mask uint64) bool {
	has := func(bit uint64) bool { return mask&bit != 0 }
	return (!has(RT_FILTER_SRC) || equalSelectors(f.Src, r.Src)) &&
		(!has(RT_FILTER_DST) || equalSelectors(f.Dst, r.Dst)) &&
		(!has(RT_FILTER_TABLE) || f.Table == uapi.RT_TABLE_UNSPEC || f.Table == r.Table) &&
		(!has(RT_FILTER_PRIORITY) || f.Priority == r.Priority) &&
		(!has(RT_FILTER_IIF) || f.IifName == r.IifName) &&
		(!has(RT_FILTER_OIF) || f.OifName == r.OifName) &&
		(!has(RT_FILTER_MARK) || f.Mark == r.Mark) &&
		(!has(RT_FILTER_MASK) || equalPointers(f.Mask, r.Mask)) &&
		(!has(RT_FILTER_TOS) || f.Tos == r.Tos) &&
		(!has(RT_FILTER_TYPE) || f.Type == r.Type) &&
		(!has(RT_FILTER_PROTOCOL) || f.Protocol == r.Protocol)
}

// equalSelectors is equalIPNet, with all prefixes of no bits for none.
func equalSelectors(a, b *net.IPNet) bool {
	isAll := func(n *net.IPNet) bool {
		if n == nil {
			return true
		}
		ones, _ := n.Mask.Size()
		return ones == 0
	}
	return isAll(a) && isAll(b) || equalIPNet(a, b)
}
