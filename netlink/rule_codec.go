package netlink

import (
	"errors"
	"fmt"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// encodeRule writes the header and the attributes of a request about a rule.
func encodeRule(r *wire.Request, typ uint16, rule *Rule) error {
	if rule == nil {
		return errors.New("no rule given")
	}
	var f familyOf
	f.prefix("source", rule.Src)
	f.prefix("destination", rule.Dst)
	if f.err != nil {
		return f.err
	}
	multicast := rule.Family == uapi.RTNL_FAMILY_IPMR || rule.Family == uapi.RTNL_FAMILY_IP6MR
	if multicast && (f.family != uapi.AF_UNSPEC || rule.Tos != 0) {
		return errors.New("the kernel takes no notice of prefixes and of a TOS in rules of multicast routes")
	}
	if f.family == uapi.AF_UNSPEC {
		f.family = rule.Family
	}
	if f.family == uapi.AF_UNSPEC {
		f.family = uapi.AF_INET
	}
	if err := checkRule(rule); err != nil {
		return err
	}
	src, err := prefixOf(f.family, rule.Src)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	dst, err := prefixOf(f.family, rule.Dst)
	if err != nil {
		return fmt.Errorf("destination: %w", err)
	}
	m := uapi.FibRuleHdr{
		Family: uint8(f.family), SrcLen: prefixLen(src), DstLen: prefixLen(dst),
		Tos: uint8(rule.Tos), Action: rule.Type,
	}
	if rule.Table <= math.MaxUint8 {
		m.Table = uint8(max(rule.Table, 0))
	}
	switch {
	case rule.Goto > 0:
		m.Action = uapi.FR_ACT_GOTO
	case rule.Type == uapi.FR_ACT_UNSPEC && typ == uapi.RTM_NEWRULE:
		m.Action = uapi.FR_ACT_TO_TBL
	}
	m.Flags = rule.Flags &^ reportedRuleFlags
	if rule.Invert {
		m.Flags |= FibRuleInvert
	}
	m.Put(r.Header(uapi.SizeofFibRuleHdr))

	if m.SrcLen != 0 {
		r.Addr(uapi.FRA_SRC, src.Addr())
	}
	if m.DstLen != 0 {
		r.Addr(uapi.FRA_DST, dst.Addr())
	}
	if rule.Table > math.MaxUint8 {
		r.Uint32(uapi.FRA_TABLE, uint32(rule.Table))
	}
	encodeRuleOptions(r, rule)
	return nil
}

// reportedRuleFlags are those that the kernel reports and would keep for ever in a
// rule that is added with them, and FibRuleInvert, which has a field of its own.
const reportedRuleFlags = FibRuleInvert | uapi.FIB_RULE_UNRESOLVED | uapi.FIB_RULE_IIF_DETACHED |
	uapi.FIB_RULE_OIF_DETACHED

// The masks that compare everything, as a list has them where none was given.
const (
	allOfDscp = 1<<6 - 1
	allOfPort = math.MaxUint16
)

// encodeRuleOptions appends the options beside addresses and table.
func encodeRuleOptions(r *wire.Request, rule *Rule) {
	zero := 0 // the least value that is one, see [Rule]
	if rule.Goto == 0 {
		zero = 1
	}
	for _, a := range []struct {
		typ uint16
		v   int
		min int
	}{
		{uapi.FRA_PRIORITY, rule.Priority, zero},
		{uapi.FRA_SUPPRESS_IFGROUP, rule.SuppressIfgroup, zero},
		{uapi.FRA_SUPPRESS_PREFIXLEN, rule.SuppressPrefixlen, zero},
		{uapi.FRA_GOTO, rule.Goto, 1},
		{uapi.FRA_FLOW, rule.Flow, 1},
	} {
		if a.v >= a.min {
			r.Uint32(a.typ, uint32(a.v))
		}
	}
	if rule.Mark != 0 || rule.Mask != nil {
		r.Uint32(uapi.FRA_FWMARK, rule.Mark)
	}
	if rule.Mask != nil {
		r.Uint32(uapi.FRA_FWMASK, *rule.Mask)
	}
	if rule.TunID != 0 {
		r.BE64(uapi.FRA_TUN_ID, uint64(rule.TunID))
	}
	if rule.IifName != "" {
		r.String(uapi.FRA_IIFNAME, rule.IifName)
	}
	if rule.OifName != "" {
		r.String(uapi.FRA_OIFNAME, rule.OifName)
	}
	if rule.IPProto > 0 {
		r.Uint8(uapi.FRA_IP_PROTO, uint8(rule.IPProto))
	}
	encodePorts(r, uapi.FRA_SPORT_RANGE, rule.Sport)
	encodePorts(r, uapi.FRA_DPORT_RANGE, rule.Dport)
	if rule.SportMask != 0 {
		r.Uint16(uapi.FRA_SPORT_MASK, rule.SportMask)
	}
	if rule.DportMask != 0 {
		r.Uint16(uapi.FRA_DPORT_MASK, rule.DportMask)
	}
	if rule.Dscp != nil {
		r.Uint8(uapi.FRA_DSCP, *rule.Dscp)
	}
	if rule.DscpMask != nil {
		r.Uint8(uapi.FRA_DSCP_MASK, *rule.DscpMask)
	}
	if rule.FlowLabel != nil {
		mask := uint32(maxFlowLabel)
		if rule.FlowLabelMask != nil {
			mask = *rule.FlowLabelMask
		}
		r.BE32(uapi.FRA_FLOWLABEL, *rule.FlowLabel)
		r.BE32(uapi.FRA_FLOWLABEL_MASK, mask)
	}
	if u := rule.UIDRange; u != nil {
		r.Struct(uapi.FRA_UID_RANGE, uapi.SizeofFibRuleUidRange, &uapi.FibRuleUidRange{Start: u.Start, End: u.End})
	}
	if rule.Protocol != 0 {
		r.Uint8(uapi.FRA_PROTOCOL, rule.Protocol)
	}
	if rule.L3MDev {
		r.Uint8(uapi.FRA_L3MDEV, 1)
	}
}

func encodePorts(r *wire.Request, typ uint16, p *RulePortRange) {
	if p != nil {
		r.Struct(typ, uapi.SizeofFibRulePortRange, &uapi.FibRulePortRange{Start: p.Start, End: p.End})
	}
}

// checkRule refuses numbers and names that would not arrive as they are.
func checkRule(rule *Rule) error {
	if err := checkFamily(rule.Family); err != nil {
		return err
	}
	for _, f := range []struct {
		name     string
		v        int64
		min, max int64
	}{
		{"priority", int64(rule.Priority), -1, math.MaxUint32},
		{"table", int64(max(rule.Table, 0)), 0, math.MaxUint32},
		{"goto", int64(rule.Goto), -1, math.MaxUint32},
		{"flow", int64(rule.Flow), -1, math.MaxUint32},
		{"suppress_ifgroup", int64(rule.SuppressIfgroup), -1, math.MaxInt32},
		{"suppress_prefixlength", int64(rule.SuppressPrefixlen), -1, math.MaxInt32},
		{"tos", int64(min(rule.Tos, math.MaxInt32)), 0, math.MaxUint8},
		{"ipproto", int64(max(rule.IPProto, 0)), 0, math.MaxUint8},
	} {
		if f.v < f.min || f.v > f.max {
			return fmt.Errorf("%s %d is not within %d and %d", f.name, f.v, f.min, f.max)
		}
	}
	for _, f := range []struct {
		name  string
		v     *uint8
		limit uint8
	}{{"dscp", rule.Dscp, allOfDscp}, {"dscp mask", rule.DscpMask, allOfDscp}} {
		if f.v != nil && *f.v > f.limit {
			return fmt.Errorf("%s %d is not within 0 and %d", f.name, *f.v, f.limit)
		}
	}
	for _, f := range []struct {
		name string
		v    *uint32
	}{{"flow label", rule.FlowLabel}, {"flow label mask", rule.FlowLabelMask}} {
		if f.v != nil && *f.v > maxFlowLabel {
			return fmt.Errorf("%s %#x is not within 0 and %#x", f.name, *f.v, maxFlowLabel)
		}
	}
	if rule.FlowLabelMask != nil && rule.FlowLabel == nil {
		return errors.New("flow label mask without a flow label")
	}
	for _, name := range []string{rule.IifName, rule.OifName} {
		if len(name) >= uapi.IFNAMSIZ {
			return fmt.Errorf("link name %.128q is longer than %d bytes", name, uapi.IFNAMSIZ-1)
		}
	}
	return nil
}

// decodeRule reads the payload of RTM_NEWRULE or RTM_DELRULE.
func decodeRule(data []byte) (Rule, error) {
	var m uapi.FibRuleHdr
	m.Decode(data)
	rule := *NewRule()
	rule.Priority = 0 // the kernel does not report that one
	rule.Family = int(m.Family)
	rule.Tos = uint(m.Tos)
	rule.Table = int(m.Table)
	if m.Action != uapi.FR_ACT_TO_TBL && m.Action != uapi.FR_ACT_GOTO {
		rule.Type = m.Action
	}
	rule.Invert = m.Flags&FibRuleInvert != 0
	rule.Flags = m.Flags &^ FibRuleInvert
	var s routeDecoder
	var err error
	d := wire.NewDecoderAfter(data, uapi.SizeofFibRuleHdr)
	for d.Next() {
		switch d.Type() {
		case uapi.FRA_SRC:
			rule.Src, err = s.prefix(d.Data(), m.SrcLen)
			d.Fail(err)
		case uapi.FRA_DST:
			rule.Dst, err = s.prefix(d.Data(), m.DstLen)
			d.Fail(err)
		case uapi.FRA_TABLE:
			rule.Table = int(d.Uint32())
		case uapi.FRA_PRIORITY:
			rule.Priority = int(d.Uint32())
		case uapi.FRA_FWMARK:
			rule.Mark = d.Uint32()
		case uapi.FRA_FWMASK:
			mask := d.Uint32()
			rule.Mask = &mask
		case uapi.FRA_TUN_ID:
			rule.TunID = uint(d.BE64())
		case uapi.FRA_FLOW:
			rule.Flow = int(d.Uint32())
		case uapi.FRA_GOTO:
			rule.Goto = int(d.Uint32())
		case uapi.FRA_IIFNAME:
			rule.IifName = d.String()
		case uapi.FRA_OIFNAME:
			rule.OifName = d.String()
		case uapi.FRA_SUPPRESS_IFGROUP:
			rule.SuppressIfgroup = int(d.Int32())
		case uapi.FRA_SUPPRESS_PREFIXLEN:
			rule.SuppressPrefixlen = int(d.Int32())
		case uapi.FRA_SPORT_RANGE:
			rule.Sport = decodePorts(d.Data())
		case uapi.FRA_DPORT_RANGE:
			rule.Dport = decodePorts(d.Data())
		case uapi.FRA_SPORT_MASK:
			rule.SportMask = partOfPort(d.Uint16())
		case uapi.FRA_DPORT_MASK:
			rule.DportMask = partOfPort(d.Uint16())
		case uapi.FRA_DSCP:
			rule.Dscp = new(d.Uint8())
		case uapi.FRA_DSCP_MASK:
			if mask := d.Uint8(); mask != allOfDscp {
				rule.DscpMask = &mask
			}
		case uapi.FRA_FLOWLABEL:
			rule.FlowLabel = new(d.BE32())
		case uapi.FRA_FLOWLABEL_MASK:
			if mask := d.BE32(); mask != maxFlowLabel {
				rule.FlowLabelMask = &mask
			}
		case uapi.FRA_IP_PROTO:
			rule.IPProto = int(d.Uint8())
		case uapi.FRA_UID_RANGE:
			var u uapi.FibRuleUidRange
			u.Decode(d.Data())
			rule.UIDRange = NewRuleUIDRange(u.Start, u.End)
		case uapi.FRA_PROTOCOL:
			rule.Protocol = d.Uint8()
		case uapi.FRA_L3MDEV:
			rule.L3MDev = d.Bool()
		}
	}
	if d.Err() != nil {
		return Rule{}, d.Err()
	}
	return rule, nil
}

// partOfPort returns a mask, 0 for that of all bits: a list has it with every
// port, from the kernels on that know masks.
func partOfPort(mask uint16) uint16 {
	if mask == allOfPort {
		return 0
	}
	return mask
}

func decodePorts(b []byte) *RulePortRange {
	var p uapi.FibRulePortRange
	p.Decode(b)
	return NewRulePortRange(p.Start, p.End)
}
