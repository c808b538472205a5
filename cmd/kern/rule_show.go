package main

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// showRule prints one rule.
func (c *command) showRule(r *ruleMessage) {
	p := c.p
	p.Object("")
	if r.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	p.Uint("priority", "%d:\t", uint64(number32(r.attrs[uapi.FRA_PRIORITY])))
	if r.rule.Flags&uapi.FIB_RULE_INVERT != 0 {
		p.Null("not", "not ")
	}
	c.showRuleSource(r)
	if b, ok := r.attrs[uapi.FRA_DST]; ok {
		p.Text(" to ")
		c.showRulePrefix("dst", b, int(r.rule.DstLen), int(r.rule.Family))
	} else if r.rule.DstLen != 0 {
		p.Str("dst", " to %s", "0")
		p.Uint("dstlen", "/%d", uint64(r.rule.DstLen))
	}
	if r.rule.Tos != 0 {
		p.Str("tos", " tos %s", c.names.dsfieldName(r.rule.Tos))
	}
	c.showRuleMark(r)
	c.showRuleLink(r, uapi.FRA_IIFNAME, "iif", uapi.FIB_RULE_IIF_DETACHED)
	c.showRuleLink(r, uapi.FRA_OIFNAME, "oif", uapi.FIB_RULE_OIF_DETACHED)
	if r.l3mdev() {
		p.Null("l3mdev", " lookup [l3mdev-table]")
	}
	c.showRuleRanges(r)
	c.showRuleTable(r)
	if flow := number32(r.attrs[uapi.FRA_FLOW]); flow != 0 {
		from, to := uint16(flow>>16), uint16(flow)
		p.Text(" realms ")
		if from != 0 {
			p.Str("flow_from", "%s/", c.names.realmName(from))
		}
		p.Str("flow_to", "%s", c.names.realmName(to))
	}
	c.showRuleAction(r)
	if b := r.attrs[uapi.FRA_PROTOCOL]; len(b) != 0 {
		if proto := b[0]; proto != uapi.RTPROT_UNSPEC && proto != uapi.RTPROT_KERNEL || c.details {
			p.Str("protocol", " proto %s", c.names.protoName(proto))
		}
	}
	p.Text("\n")
	p.EndObject()
}

func (c *command) showRuleSource(r *ruleMessage) {
	if b, ok := r.attrs[uapi.FRA_SRC]; ok {
		c.p.Text("from ")
		c.showRulePrefix("src", b, int(r.rule.SrcLen), int(r.rule.Family))
	} else if r.rule.SrcLen != 0 {
		c.p.Str("src", "from %s", "0")
		c.p.Uint("srclen", "/%d", uint64(r.rule.SrcLen))
	} else {
		c.p.Str("src", "from %s", "all")
	}
}

// showRulePrefix prints an address, and its length in a member of its own.
func (c *command) showRulePrefix(key string, b []byte, bits, family int) {
	c.p.ColorStr(addrColor(family), key, "%s", c.addrText(b))
	if bits != len(b)*8 {
		c.p.Uint(key+"len", "/%d", uint64(bits))
	}
}

// hexText is a number as C's %#x has it: zero has no prefix.
func hexText(n uint32) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", n)
}

func (c *command) showRuleMark(r *ruleMessage) {
	_, hasMark := r.attrs[uapi.FRA_FWMARK]
	_, hasMask := r.attrs[uapi.FRA_FWMASK]
	if !hasMark && !hasMask {
		return
	}
	mark, mask := r.mark()
	c.p.Str("fwmark", " fwmark %s", hexText(mark))
	if mask != ^uint32(0) {
		c.p.Str("fwmask", "/%s", hexText(mask))
	}
}

// showRuleLink prints a link that packets come or go by. Detached is one that
// does not exist.
func (c *command) showRuleLink(r *ruleMessage, typ uint16, key string, detached uint32) {
	b, ok := r.attrs[typ]
	if !ok {
		return
	}
	c.p.Text(" %s ", key)
	c.p.ColorStr(desc.Ifname, key, "%s", text(b))
	if r.rule.Flags&detached != 0 {
		c.p.Null(key+"_detached", " [detached]")
	}
}

func (c *command) showRuleRanges(r *ruleMessage) {
	p := c.p
	if b, ok := r.attrs[uapi.FRA_UID_RANGE]; ok {
		var uids uapi.FibRuleUidRange
		uids.Decode(b)
		p.Uint("uid_start", " uidrange %d", uint64(uids.Start))
		p.Uint("uid_end", "-%d", uint64(uids.End))
	}
	if b := r.attrs[uapi.FRA_IP_PROTO]; len(b) != 0 {
		p.Str("ipproto", " ipproto %s", c.ipProtoName(b[0]))
	}
	for _, ports := range []struct {
		typ uint16
		key string
	}{{uapi.FRA_SPORT_RANGE, "sport"}, {uapi.FRA_DPORT_RANGE, "dport"}} {
		b, ok := r.attrs[ports.typ]
		if !ok {
			continue
		}
		var pr uapi.FibRulePortRange
		pr.Decode(b)
		if pr.Start == pr.End {
			p.Uint(ports.key, " "+ports.key+" %d", uint64(pr.Start))
		} else {
			p.Uint(ports.key+"_start", " "+ports.key+" %d", uint64(pr.Start))
			p.Uint(ports.key+"_end", "-%d", uint64(pr.End))
		}
	}
}

// showRuleTable prints the table to look into, and what of it not to use.
func (c *command) showRuleTable(r *ruleMessage) {
	if r.table == 0 || r.l3mdev() {
		return
	}
	p := c.p
	p.Str("table", " lookup %s", c.names.tableName(r.table))
	if b, ok := r.attrs[uapi.FRA_SUPPRESS_PREFIXLEN]; ok {
		if n := int32(number32(b)); n != -1 {
			p.Int("suppress_prefixlen", " suppress_prefixlength %d", int64(n))
		}
	}
	if b, ok := r.attrs[uapi.FRA_SUPPRESS_IFGROUP]; ok {
		if group := number32(b); group != ^uint32(0) {
			p.Str("suppress_ifgroup", " suppress_ifgroup %s", c.names.groupName(group))
		}
	}
}

// showRuleAction prints what is done other than to look into a table.
func (c *command) showRuleAction(r *ruleMessage) {
	p := c.p
	switch r.rule.Action {
	case uapi.FR_ACT_TO_TBL:
	case uapi.FR_ACT_GOTO:
		p.Text(" goto ")
		if b, ok := r.attrs[uapi.FRA_GOTO]; ok {
			p.Uint("goto", "%d", uint64(number32(b)))
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
		p.Str("action", " %s", c.routeTypeName(r.rule.Action))
	}
}
