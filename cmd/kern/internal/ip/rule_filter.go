package ip

import (
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

// ruleFilter says which rules to show or flush.
type ruleFilter struct {
	tos      choice[uint8]
	priority choice[uint32]
	mark     choice[uint32]
	mask     uint32
	maskSet  bool
	iif, oif choice[string]
	l3mdev   bool
	inverted bool
	uids     choice[uapi.FibRuleUidRange]
	table    choice[uint32]
	protocol choice[uint8]
	ipproto  choice[uint8]
	sport    choice[portsValue]
	dport    choice[portsValue]
	tunID    choice[uint64]
	dscp     choice[masked[uint8]]
	label    choice[masked[uint32]]
	src, dst *cli.Prefix
}

// nextRuleFilter reads the selectors to the end.
func nextRuleFilter(c *cli.Command) (*ruleFilter, error) {
	f := &ruleFilter{}
	for c.More() {
		if err := nextRuleSelector(c, f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func nextRuleSelector(c *cli.Command, f *ruleFilter) error {
	switch {
	case c.TakeAbbr("preference", "order", "priority"):
		n, err := c.Uint(32, "preference value is invalid\n")
		f.priority.set(uint32(n))
		return err
	case c.Take("not"):
		f.inverted = true
		return nil
	case c.Take("tos", "dsfield"):
		tos, err := nextTOS(c, wrongTOSSelector)
		f.tos.set(tos)
		return err
	case c.Take("fwmark"):
		mark, mask, masked, err := nextMark(c)
		f.mark.set(mark)
		f.mask, f.maskSet = mask, masked
		return err
	case c.Take("dev", "iif"):
		name, err := nextIfname(c, "\"iif\"/\"dev\" not a valid ifname")
		f.iif.set(name)
		return err
	case c.Take("oif"):
		name, err := nextIfname(c, "\"oif\" not a valid ifname")
		f.oif.set(name)
		return err
	case c.Take("l3mdev"):
		f.l3mdev = true
		return nil
	case c.Take("uidrange"):
		uids, err := nextUIDs(c)
		f.uids.set(uids)
		return err
	case c.TakeAbbr("tun_id"):
		id, err := c.Uint(64, "\"tun_id\" value is invalid\n")
		f.tunID.set(id)
		return err
	case c.TakeAbbr("lookup", "table"):
		table, err := nextTable(c, "table id value is invalid\n")
		f.table.set(table)
		return err
	case c.TakeAbbr("protocol"):
		return nextNameSelector(c, &f.protocol, c.Names.ProtoNumber, "invalid \"protocol\"\n")
	case c.Take("ipproto"):
		proto, err := nextIPProto(c)
		f.ipproto.set(proto)
		return err
	case c.Take("sport"):
		ports, err := nextPorts(c)
		f.sport.set(ports)
		return err
	case c.Take("dport"):
		ports, err := nextPorts(c)
		f.dport.set(ports)
		return err
	case c.Take("dscp"):
		dscp, err := nextDSCP(c)
		f.dscp.set(dscp)
		return err
	case c.Take("flowlabel"):
		label, err := nextFlowLabel(c)
		f.label.set(label)
		return err
	case c.TakeAbbr("from", "src"):
		p, err := c.NextPrefix(ruleFamily(c))
		f.src = &p
		return err
	case c.Take("all") && !c.More():
		return nil
	}
	if !c.TakeAbbr("dst", "to") && c.HelpAsked() {
		return c.ShowUsage()
	}
	p, err := c.NextPrefix(ruleFamily(c))
	f.dst = &p
	return err
}

// allows reports whether a rule is wanted.
func (f *ruleFilter) allows(r *ruleMessage) bool {
	mark, mask := r.mark()
	var uids uapi.FibRuleUidRange
	uids.Decode(r.attrs[uapi.FRA_UID_RANGE])
	has := func(typ uint16) bool { _, ok := r.attrs[typ]; return ok } // zero is a value, too
	return f.tos.allows(r.rule.Tos) &&
		f.priority.allows(cli.Number32(r.attrs[uapi.FRA_PRIORITY])) &&
		f.mark.allows(mark) && (!f.maskSet || f.mask == mask) &&
		f.iif.allows(cli.Text(r.attrs[uapi.FRA_IIFNAME])) &&
		f.oif.allows(cli.Text(r.attrs[uapi.FRA_OIFNAME])) &&
		(!f.l3mdev || r.l3mdev()) &&
		(!f.inverted || r.rule.Flags&uapi.FIB_RULE_INVERT != 0) &&
		(!f.uids.given || has(uapi.FRA_UID_RANGE) && f.uids.value == uids) &&
		f.table.allows(r.table) &&
		f.protocol.allows(cli.Number8(r.attrs[uapi.FRA_PROTOCOL])) &&
		f.ipproto.allows(cli.Number8(r.attrs[uapi.FRA_IP_PROTO])) &&
		(!f.sport.given || has(uapi.FRA_SPORT_RANGE) &&
			f.sport.value == r.ports(uapi.FRA_SPORT_RANGE, uapi.FRA_SPORT_MASK)) &&
		(!f.dport.given || has(uapi.FRA_DPORT_RANGE) &&
			f.dport.value == r.ports(uapi.FRA_DPORT_RANGE, uapi.FRA_DPORT_MASK)) &&
		(!f.tunID.given || has(uapi.FRA_TUN_ID) && f.tunID.value == r.tunID()) &&
		(!f.dscp.given || has(uapi.FRA_DSCP) && f.dscp.value == r.dscp()) &&
		(!f.label.given || has(uapi.FRA_FLOWLABEL) && f.label.value == r.flowLabel()) &&
		within(f.src, r.attrs[uapi.FRA_SRC], int(r.rule.SrcLen)) && within(f.dst, r.attrs[uapi.FRA_DST], int(r.rule.DstLen))
}

// within reports whether the prefix that b and bits are lies within p, which
// holds for all where there is no p, and for none that is missing.
func within(p *cli.Prefix, b []byte, bits int) bool {
	if p == nil || p.IsAny() {
		return true
	}
	a, ok := netip.AddrFromSlice(b)
	return ok && p.Bits <= bits && p.Shares(a, p.Bits)
}
