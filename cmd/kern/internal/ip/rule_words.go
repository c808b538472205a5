package ip

import (
	"fmt"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// ruleWords are the words of a rule that is to be added or deleted.
type ruleWords struct {
	rule   uapi.FibRuleHdr
	family int
	table  uint32
	enc    wire.Encoder

	inTable, l3mdev, action bool // the word was given
}

// changeRule is "rule add" and "rule del".
func changeRule(c *cli.Command, typ, flags uint16, verb string) error {
	if !c.More() {
		return cli.Exit(cli.StatusFailed, "\"%s rule %s\" requires arguments.", c.Name, verb)
	}
	w := &ruleWords{family: c.Family}
	adding := typ == uapi.RTM_NEWRULE
	if adding {
		w.rule.Action = uapi.FR_ACT_TO_TBL
	}
	for c.More() {
		if err := nextRuleWord(c, w); err != nil {
			return err
		}
	}
	if w.l3mdev && w.inTable {
		return cli.Exit(statusRuleTable, "table can not be specified for l3mdev rules")
	}
	if w.family == uapi.AF_UNSPEC {
		w.family = uapi.AF_INET
	}
	if adding && !w.inTable && !w.l3mdev && !w.action {
		w.table = uapi.RT_TABLE_MAIN
	}
	r := wire.NewRequest(typ, flags)
	w.put(r)
	return c.Exec(r)
}

// statusRuleTable is the exit status for a rule with two tables: EINVAL.
const statusRuleTable = 22

func (w *ruleWords) put(r *wire.Request) {
	w.rule.Family = uint8(w.family)
	if w.table <= 0xff {
		w.rule.Table = uint8(w.table)
	} else {
		w.rule.Table = uapi.RT_TABLE_UNSPEC
		w.enc.Uint32(uapi.FRA_TABLE, w.table)
	}
	w.rule.Put(r.Header(uapi.SizeofFibRuleHdr))
	r.Fail(w.enc.Err())
	copy(r.Raw(len(w.enc.Bytes())), w.enc.Bytes())
}

func nextRuleWord(c *cli.Command, w *ruleWords) error {
	e := &w.enc
	switch {
	case c.Take("not"):
		w.rule.Flags |= uapi.FIB_RULE_INVERT
		return nil
	case c.Take("from"):
		return nextRulePrefix(c, w, uapi.FRA_SRC, &w.rule.SrcLen)
	case c.Take("to"):
		return nextRulePrefix(c, w, uapi.FRA_DST, &w.rule.DstLen)
	case c.TakeAbbr("preference", "order", "priority"):
		return nextNumberWord(c, uapi.FRA_PRIORITY, e, "preference value is invalid\n")
	case c.Take("tos"), c.TakeAbbr("dsfield"):
		tos, err := nextTOS(c, wrongTOSSelector)
		w.rule.Tos = tos
		return err
	case c.Take("fwmark"):
		mark, mask, masked, err := nextMark(c)
		e.Uint32(uapi.FRA_FWMARK, mark)
		if masked {
			e.Uint32(uapi.FRA_FWMASK, mask)
		}
		return err
	case c.TakeAbbr("realms"):
		flow, err := nextRealms(c, wrongRealmsSelector)
		e.Uint32(uapi.FRA_FLOW, flow)
		return err
	case c.TakeAbbr("protocol"):
		var proto uint8
		err := nextName(c, &proto, wrongProtocol, c.Names.ProtoNumber)
		e.Uint8(uapi.FRA_PROTOCOL, proto)
		return err
	case c.TakeAbbr("tun_id"):
		id, err := c.Uint(64, "\"tun_id\" value is invalid\n")
		e.BE64(uapi.FRA_TUN_ID, id)
		return err
	case c.TakeAbbr("table"), c.Take("lookup"):
		w.inTable = true
		table, err := nextTable(c, "invalid table ID\n")
		w.table = table
		return err
	case c.TakeAbbr("suppress_prefixlength"), c.Take("sup_pl"):
		return nextNumberWord(c, uapi.FRA_SUPPRESS_PREFIXLEN, e, "suppress_prefixlength value is invalid\n")
	case c.TakeAbbr("suppress_ifgroup"), c.Take("sup_group"):
		word, err := c.Next()
		if err != nil {
			return err
		}
		group, ok := c.Names.GroupNumber(word)
		if !ok {
			return desc.Wrong(word, "Invalid \"suppress_ifgroup\" value\n")
		}
		e.Uint32(uapi.FRA_SUPPRESS_IFGROUP, group)
		return nil
	case c.Take("dev", "iif"):
		return nextRuleLink(c, e, uapi.FRA_IIFNAME, "\"iif\"/\"dev\" not a valid ifname")
	case c.Take("oif"):
		return nextRuleLink(c, e, uapi.FRA_OIFNAME, "\"oif\" not a valid ifname")
	case c.Take("l3mdev"):
		w.l3mdev = true
		e.Uint8(uapi.FRA_L3MDEV, 1)
		return nil
	case c.Take("uidrange"):
		uids, err := nextUIDs(c)
		e.Struct(uapi.FRA_UID_RANGE, uapi.SizeofFibRuleUidRange, &uids)
		return err
	case c.Take("ipproto"):
		proto, err := nextIPProto(c)
		e.Uint8(uapi.FRA_IP_PROTO, proto)
		return err
	case c.Take("nat"), c.TakeAbbr("map-to"):
		return nextRuleNAT(c, w)
	case c.Take("sport"):
		return putPorts(c, e, uapi.FRA_SPORT_RANGE, uapi.FRA_SPORT_MASK)
	case c.Take("dport"):
		return putPorts(c, e, uapi.FRA_DPORT_RANGE, uapi.FRA_DPORT_MASK)
	case c.Take("dscp"):
		dscp, err := nextDSCP(c)
		e.Uint8(uapi.FRA_DSCP, dscp.value)
		if dscp.mask != maxDSCP {
			e.Uint8(uapi.FRA_DSCP_MASK, dscp.mask)
		}
		return err
	case c.Take("flowlabel"):
		label, err := nextFlowLabel(c)
		e.BE32(uapi.FRA_FLOWLABEL, label.value)
		e.BE32(uapi.FRA_FLOWLABEL_MASK, label.mask)
		return err
	}
	return nextRuleAction(c, w)
}

// nextRuleAction reads [ type ] { goto NUMBER | nop | TYPE }.
func nextRuleAction(c *cli.Command, w *ruleWords) error {
	w.action = true
	c.Take("type")
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case strings.HasPrefix("help", word) && word != "":
		return c.ShowUsage()
	case strings.HasPrefix("goto", word) && word != "":
		w.rule.Action = uapi.FR_ACT_GOTO
		return nextNumberWord(c, uapi.FRA_GOTO, &w.enc, "invalid target\n")
	case strings.HasPrefix("nop", word) && word != "":
		w.rule.Action = uapi.FR_ACT_NOP
		return nil
	}
	typ, ok := routeTypeNumber(word)
	if !ok {
		return desc.Wrong(word, "Failed to parse rule type")
	}
	w.rule.Action = typ
	return nil
}

// nextRuleNAT reads the address of a rule that translates others, which kernels
// have refused since 2.6.
func nextRuleNAT(c *cli.Command, w *ruleWords) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	addr, err := cli.ParseAddr(word, uapi.AF_INET)
	if err != nil {
		err = cli.Exit(cli.StatusFailed, "Error: an IP address is expected rather than %q", word)
	}
	fmt.Fprintln(c.Stderr, "Warning: route NAT is deprecated")
	if err == nil && addr.IsValid() {
		w.enc.Addr(uapi.RTA_GATEWAY, addr)
	}
	w.rule.Action = uapi.RTN_NAT
	return err
}
