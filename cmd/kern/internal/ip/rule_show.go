package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// showRule prints one rule.
func showRule(c *cli.Command, r *ruleMessage) {
	p := c.Out
	p.Object("")
	if r.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	p.Uint("priority", "%d:\t", uint64(cli.Number32(r.attrs[uapi.FRA_PRIORITY])))
	if r.rule.Flags&uapi.FIB_RULE_INVERT != 0 {
		p.Null("not", "not ")
	}
	showRuleSource(c, r)
	if b, ok := r.attrs[uapi.FRA_DST]; ok {
		p.Text(" to ")
		showRulePrefix(c, "dst", b, int(r.rule.DstLen), int(r.rule.Family))
	} else if r.rule.DstLen != 0 {
		p.Str("dst", " to %s", "0")
		p.Uint("dstlen", "/%d", uint64(r.rule.DstLen))
	}
	if r.rule.Tos != 0 {
		p.Str("tos", " tos %s", c.Names.DsfieldName(r.rule.Tos))
	}
	showRuleMark(c, r)
	showRuleLink(c, r, uapi.FRA_IIFNAME, "iif", uapi.FIB_RULE_IIF_DETACHED)
	showRuleLink(c, r, uapi.FRA_OIFNAME, "oif", uapi.FIB_RULE_OIF_DETACHED)
	if r.l3mdev() {
		p.Null("l3mdev", " lookup [l3mdev-table]")
	}
	showRuleRanges(c, r)
	showRuleTable(c, r)
	if flow := cli.Number32(r.attrs[uapi.FRA_FLOW]); flow != 0 {
		from, to := uint16(flow>>16), uint16(flow)
		p.Text(" realms ")
		if from != 0 {
			p.Str("flow_from", "%s/", c.Names.RealmName(from))
		}
		p.Str("flow_to", "%s", c.Names.RealmName(to))
	}
	showRuleAction(c, r)
	if b := r.attrs[uapi.FRA_PROTOCOL]; len(b) != 0 {
		if proto := b[0]; proto != uapi.RTPROT_UNSPEC && proto != uapi.RTPROT_KERNEL || c.Details {
			p.Str("protocol", " proto %s", c.Names.ProtoName(proto))
		}
	}
	showRuleHeaders(c, r)
	const known = uapi.FIB_RULE_PERMANENT | uapi.FIB_RULE_INVERT | uapi.FIB_RULE_UNRESOLVED | uapi.FIB_RULE_IIF_DETACHED |
		uapi.FIB_RULE_OIF_DETACHED | uapi.FIB_RULE_FIND_SADDR
	showBits(p, "flags", " flags %#x", r.rule.Flags, known)
	ShowUnknown(p, " %s", r.attrs, uapi.FRA_MAX)
	p.Text("\n")
	p.EndObject()
}

func showRuleSource(c *cli.Command, r *ruleMessage) {
	if b, ok := r.attrs[uapi.FRA_SRC]; ok {
		c.Out.Text("from ")
		showRulePrefix(c, "src", b, int(r.rule.SrcLen), int(r.rule.Family))
	} else if r.rule.SrcLen != 0 {
		c.Out.Str("src", "from %s", "0")
		c.Out.Uint("srclen", "/%d", uint64(r.rule.SrcLen))
	} else {
		c.Out.Str("src", "from %s", "all")
	}
}

// showRulePrefix prints an address, and its length in a member of its own.
func showRulePrefix(c *cli.Command, key string, b []byte, bits, family int) {
	c.Out.ColorStr(desc.AddrColor(family), key, "%s", c.Out.Addr(b))
	if bits != len(b)*8 {
		c.Out.Uint(key+"len", "/%d", uint64(bits))
	}
}

// hexText is a number as C's %#x has it: zero has no prefix.
func hexText(n uint32) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", n)
}

func showRuleMark(c *cli.Command, r *ruleMessage) {
	_, hasMark := r.attrs[uapi.FRA_FWMARK]
	_, hasMask := r.attrs[uapi.FRA_FWMASK]
	if !hasMark && !hasMask {
		return
	}
	mark, mask := r.mark()
	c.Out.Str("fwmark", " fwmark %s", hexText(mark))
	if mask != ^uint32(0) {
		c.Out.Str("fwmask", "/%s", hexText(mask))
	}
}

// showRuleLink prints a link that packets come or go by. Detached is one that
// does not exist.
func showRuleLink(c *cli.Command, r *ruleMessage, typ uint16, key string, detached uint32) {
	b, ok := r.attrs[typ]
	if !ok {
		return
	}
	c.Out.Text(" %s ", key)
	c.Out.ColorStr(desc.Ifname, key, "%s", cli.Text(b))
	if r.rule.Flags&detached != 0 {
		c.Out.Null(key+"_detached", " [detached]")
	}
}

func showRuleRanges(c *cli.Command, r *ruleMessage) {
	p := c.Out
	if b, ok := r.attrs[uapi.FRA_UID_RANGE]; ok {
		var uids uapi.FibRuleUidRange
		uids.Decode(b)
		p.Uint("uid_start", " uidrange %d", uint64(uids.Start))
		p.Uint("uid_end", "-%d", uint64(uids.End))
	}
	if b := r.attrs[uapi.FRA_IP_PROTO]; len(b) != 0 {
		p.Str("ipproto", " ipproto %s", c.IPProtoName(b[0]))
	}
	for _, ports := range []struct {
		typ, mask uint16
		key       string
	}{{uapi.FRA_SPORT_RANGE, uapi.FRA_SPORT_MASK, "sport"}, {uapi.FRA_DPORT_RANGE, uapi.FRA_DPORT_MASK, "dport"}} {
		if _, ok := r.attrs[ports.typ]; !ok {
			continue
		}
		v := r.ports(ports.typ, ports.mask)
		_, masked := r.attrs[ports.mask]
		switch {
		case v.ports.Start != v.ports.End:
			p.Uint(ports.key+"_start", " "+ports.key+" %d", uint64(v.ports.Start))
			p.Uint(ports.key+"_end", "-%d", uint64(v.ports.End))
			continue
		case v.mask == maxPort:
			p.Uint(ports.key, " "+ports.key+" %d", uint64(v.ports.Start))
		default:
			p.Text(" %s %s/%s", ports.key, hexText(uint32(v.ports.Start)), hexText(uint32(v.mask)))
			if p.JSON {
				p.Uint(ports.key, "", uint64(v.ports.Start))
			}
		}
		if masked && p.JSON {
			p.Str(ports.key+"_mask", "", hexText(uint32(v.mask)))
		}
	}
	if _, ok := r.attrs[uapi.FRA_TUN_ID]; ok {
		p.Uint("tun_id", " tun_id %d", r.tunID())
	}
}

// showRuleHeaders prints what the rule asks of the packet's headers behind all
// else, as ip has it.
func showRuleHeaders(c *cli.Command, r *ruleMessage) {
	p := c.Out
	if _, ok := r.attrs[uapi.FRA_DSCP]; ok {
		v := r.dscp()
		if v.mask == maxDSCP || p.JSON {
			p.Str("dscp", " dscp %s", c.Names.DSCPName(v.value))
		} else {
			p.Text(" dscp %s/%s", hexText(uint32(v.value)), hexText(uint32(v.mask)))
		}
		if _, ok := r.attrs[uapi.FRA_DSCP_MASK]; ok && p.JSON {
			p.Str("dscp_mask", "", hexText(uint32(v.mask)))
		}
	}
	if _, ok := r.attrs[uapi.FRA_FLOWLABEL]; ok {
		v := r.flowLabel()
		p.Str("flowlabel", " flowlabel %s", hexText(v.value))
		if v.mask == maxFlowLabel && !p.JSON {
			return
		}
		p.Str("flowlabel_mask", "/%s", hexText(v.mask))
	}
}

// showRuleTable prints the table to look into, and what of it not to use.
func showRuleTable(c *cli.Command, r *ruleMessage) {
	if r.table == 0 || r.l3mdev() {
		return
	}
	p := c.Out
	p.Str("table", " lookup %s", c.Names.TableName(r.table))
	if b, ok := r.attrs[uapi.FRA_SUPPRESS_PREFIXLEN]; ok {
		if n := int32(cli.Number32(b)); n != -1 {
			p.Int("suppress_prefixlen", " suppress_prefixlength %d", int64(n))
		}
	}
	if b, ok := r.attrs[uapi.FRA_SUPPRESS_IFGROUP]; ok {
		if group := cli.Number32(b); group != ^uint32(0) {
			p.Str("suppress_ifgroup", " suppress_ifgroup %s", c.Names.GroupName(group))
		}
	}
}

// showRuleAction prints what is done other than to look into a table.
func showRuleAction(c *cli.Command, r *ruleMessage) {
	p := c.Out
	switch r.rule.Action {
	case uapi.FR_ACT_TO_TBL:
	case uapi.FR_ACT_GOTO:
		p.Text(" goto ")
		if b, ok := r.attrs[uapi.FRA_GOTO]; ok {
			p.Uint("goto", "%d", uint64(cli.Number32(b)))
		} else {
			p.Str("goto", "%s", "none")
		}
		if r.rule.Flags&uapi.FIB_RULE_UNRESOLVED != 0 {
			p.Null("unresolved", " [unresolved]")
		}
	case uapi.FR_ACT_NOP:
		p.Null("nop", " nop")
	case uapi.RTN_NAT: // an action of kernels before 2.6, which the others took to be none
		p.Null("masquerade", " masquerade")
	default:
		p.Str("action", " %s", routeTypeName(c.Session, r.rule.Action))
	}
}
