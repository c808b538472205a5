package ip

import (
	"net/netip"
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
	case c.Take("sport"):
		ports, err := nextPorts(c)
		e.Struct(uapi.FRA_SPORT_RANGE, uapi.SizeofFibRulePortRange, &ports)
		return err
	case c.Take("dport"):
		ports, err := nextPorts(c)
		e.Struct(uapi.FRA_DPORT_RANGE, uapi.SizeofFibRulePortRange, &ports)
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

func nextRulePrefix(c *cli.Command, w *ruleWords, typ uint16, bits *uint8) error {
	p, err := c.NextPrefix(w.family)
	if err != nil {
		return err
	}
	*bits = uint8(p.Bits)
	if w.family == uapi.AF_UNSPEC {
		w.family = p.Family
	}
	if !p.IsAny() {
		w.enc.Addr(typ, p.Addr)
	}
	return nil
}

// nextMark reads MARK[/MASK].
func nextMark(c *cli.Command) (mark, mask uint32, masked bool, err error) {
	word, err := c.Next()
	if err != nil {
		return 0, 0, false, err
	}
	value, rest, masked := strings.Cut(word, "/")
	n, err := desc.ParseUint(value, 32)
	if err != nil {
		return 0, 0, false, desc.Wrong(value, "fwmark value is invalid\n")
	}
	mask = ^uint32(0)
	if masked {
		m, err := desc.ParseUint(rest, 32)
		if err != nil {
			return 0, 0, false, desc.Wrong(rest, "fwmask value is invalid\n")
		}
		mask = uint32(m)
	}
	return uint32(n), mask, masked, nil
}

// nextRuleLink takes the name of a link, which need not exist.
func nextRuleLink(c *cli.Command, e *wire.Encoder, typ uint16, why string) error {
	name, err := nextIfname(c, why)
	e.String(typ, name)
	return err
}

func nextIfname(c *cli.Command, why string) (string, error) {
	name, err := c.Next()
	if err != nil {
		return "", err
	}
	if name == "" || len(name) >= uapi.IFNAMSIZ || strings.ContainsAny(name, "/ \t\n\x00") {
		return "", desc.Wrong(name, why)
	}
	return name, nil
}

// nextUIDs reads FIRST-LAST.
func nextUIDs(c *cli.Command) (uids uapi.FibRuleUidRange, err error) {
	word, err := c.Next()
	if err != nil {
		return uids, err
	}
	first, last, both := strings.Cut(word, "-")
	start, err1 := desc.ParseUint(first, 32)
	end, err2 := desc.ParseUint(last, 32)
	if !both || err1 != nil || err2 != nil {
		return uids, desc.Wrong(word, "invalid UID range\n")
	}
	return uapi.FibRuleUidRange{Start: uint32(start), End: uint32(end)}, nil
}

func nextIPProto(c *cli.Command) (uint8, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	proto, ok := cli.IPProtoNumber(word)
	if !ok {
		return 0, desc.Wrong(word, "Invalid \"ipproto\" value\n")
	}
	return proto, nil
}

// nextPorts reads PORT or FIRST-LAST.
func nextPorts(c *cli.Command) (ports uapi.FibRulePortRange, err error) {
	word, err := c.Next()
	if err != nil {
		return ports, err
	}
	first, last, both := strings.Cut(word, "-")
	if !both {
		last = first
	}
	start, err1 := desc.ParseUint(first, 16)
	end, err2 := desc.ParseUint(last, 16)
	if err1 != nil || err2 != nil {
		return ports, desc.Wrong(word, "invalid port range\n")
	}
	return uapi.FibRulePortRange{Start: uint16(start), End: uint16(end)}, nil
}

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
	sport    choice[uapi.FibRulePortRange]
	dport    choice[uapi.FibRulePortRange]
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
	case c.Take("tos"), c.TakeAbbr("dsfield"):
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
	case c.TakeAbbr("table"), c.TakeAbbr("lookup"):
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
	case c.Take("from"):
		p, err := c.NextPrefix(ruleFamily(c))
		f.src = &p
		return err
	case c.Take("all") && !c.More():
		return nil
	}
	if !c.Take("to") && c.HelpAsked() {
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
	var sport, dport uapi.FibRulePortRange
	sport.Decode(r.attrs[uapi.FRA_SPORT_RANGE])
	dport.Decode(r.attrs[uapi.FRA_DPORT_RANGE])
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
		(!f.sport.given || has(uapi.FRA_SPORT_RANGE) && f.sport.value == sport) &&
		(!f.dport.given || has(uapi.FRA_DPORT_RANGE) && f.dport.value == dport) &&
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
