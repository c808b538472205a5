package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// xfrmPolicyMessage is a message about a policy taken apart.
type xfrmPolicyMessage struct {
	typ   uint16
	info  uapi.XfrmUserpolicyInfo
	attrs desc.Attrs
	hard  uint8 // of XFRM_MSG_POLEXPIRE
}

func readXfrmPolicy(m wire.Message) *xfrmPolicyMessage {
	v := &xfrmPolicyMessage{typ: m.Type}
	info := m.Data
	switch m.Type {
	case uapi.XFRM_MSG_DELPOLICY:
		v.attrs = desc.ParseAttrs(after(m.Data, uapi.SizeofXfrmUserpolicyId))
		info = v.attrs[uapi.XFRMA_POLICY]
	case uapi.XFRM_MSG_POLEXPIRE:
		v.attrs = desc.ParseAttrs(after(m.Data, xfrmAndByte(uapi.SizeofXfrmUserpolicyInfo)))
		v.hard = cli.Number8(after(m.Data, xfrmTail(uapi.SizeofXfrmUserpolicyInfo)))
	default:
		v.attrs = desc.ParseAttrs(after(m.Data, xfrmTail(uapi.SizeofXfrmUserpolicyInfo)))
	}
	decodeXfrm(info, uapi.SizeofXfrmUserpolicyInfo, &v.info)
	return v
}

func (p *xfrmPrinter) policy(m wire.Message) { p.policyMessage(readXfrmPolicy(m)) }

func (p *xfrmPrinter) policyMessage(v *xfrmPolicyMessage) {
	switch v.typ {
	case uapi.XFRM_MSG_DELPOLICY:
		p.put("Deleted ")
	case uapi.XFRM_MSG_UPDPOLICY:
		p.put("Updated ")
	case uapi.XFRM_MSG_POLEXPIRE:
		p.put("Expired ")
	}
	p.policyInfo("", "", &v.info, v.attrs)
	if v.typ == uapi.XFRM_MSG_POLEXPIRE {
		p.put("\thard %d", v.hard)
		p.nl()
	}
	p.end()
}

// xfrmPolicyFilter is which policies are to be listed or deleted.
type xfrmPolicyFilter struct {
	sel             xfrmSelector
	dir, ptype      choice[uint8]
	action          choice[uint8]
	index, priority choice[uint32]
	flags           uint32
	noSocks         bool
	family          int
	hasSel          bool
}

func (f *xfrmPolicyFilter) allows(v *xfrmPolicyMessage) bool {
	s, sel := &f.sel, &v.info.Sel
	return (s.Family == uapi.AF_UNSPEC || s.Family == sel.Family) &&
		f.dir.allows(v.info.Dir) && !(f.noSocks && v.info.Dir >= uapi.XFRM_POLICY_MAX) &&
		f.ptype.allows(cli.Number8(v.attrs[uapi.XFRMA_POLICY_TYPE])) &&
		sharesBits(sel.Saddr, s.Saddr, s.srcBits) && sharesBits(sel.Daddr, s.Daddr, s.dstBits) &&
		(!s.hasDev || s.Ifindex == sel.Ifindex) && (!s.hasProto || s.Proto == sel.Proto) &&
		(!s.hasSport || s.Sport == sel.Sport) && (!s.hasDport || s.Dport == sel.Dport) &&
		f.index.allows(v.info.Index) && f.action.allows(v.info.Action) && f.priority.allows(v.info.Priority) &&
		(f.flags == 0 || uint32(v.info.Flags)&f.flags != 0)
}

// listXfrmPolicies is "xfrm policy list" and "xfrm policy deleteall".
func listXfrmPolicies(c *cli.Command, deleteAll bool) error {
	f := &xfrmPolicyFilter{family: c.Family}
	f.sel.Family = uint16(c.Family)
	for c.More() {
		if err := nextXfrmPolicyFilter(c, f); err != nil {
			return err
		}
	}
	if deleteAll {
		return deleteXfrmPolicies(c, f)
	}
	p := newXfrmPrinter(c, false)
	return Terminated(c, "Dump", cli.StatusFailed, c.Dump(f.request(), func(m wire.Message) error {
		if v := readXfrmPolicy(m); f.allows(v) {
			p.policyMessage(v)
			return c.Spill()
		}
		return nil
	}))
}

// request asks for all policies: the kernel selects none.
func (f *xfrmPolicyFilter) request() *wire.Request { return xfrmRequest(uapi.XFRM_MSG_GETPOLICY, 0) }

func nextXfrmPolicyFilter(c *cli.Command, f *xfrmPolicyFilter) error {
	switch {
	case c.Take("dir"):
		f.dir.given = true
		return nextXfrmDir(c, &f.dir.value)
	case c.Take("index"):
		return nextU32(c, &f.index, "INDEX value is invalid")
	case c.Take("ptype"):
		return nextXfrmPolicyType(c, &f.ptype)
	case c.Take("action"):
		f.action.given = true
		return nextXfrmAction(c, &f.action.value)
	case c.Take("priority"):
		return nextU32(c, &f.priority, "PRIORITY value is invalid")
	case c.Take("flag"):
		return nextXfrmFlags(c, &f.flags, xfrmPolicyFlags, 8, "FLAG value is invalid")
	case c.Take("nosock"):
		f.noSocks = true
		return nil
	case f.hasSel:
		return desc.Wrong(c.Peek(), "unknown")
	}
	f.hasSel = true
	return nextXfrmSelector(c, &f.sel, f.family)
}

// deleteXfrmPolicies deletes the policies that a filter wants, those of sockets apart.
func deleteXfrmPolicies(c *cli.Command, f *xfrmPolicyFilter) error {
	return deleteXfrm(c, f.request, func(m wire.Message) *wire.Request {
		v := readXfrmPolicy(m)
		if !f.allows(v) || v.info.Dir >= uapi.XFRM_POLICY_MAX {
			return nil
		}
		r := xfrmRequest(uapi.XFRM_MSG_DELPOLICY, uapi.SizeofXfrmUserpolicyId)
		(&uapi.XfrmUserpolicyId{Sel: v.info.Sel, Dir: v.info.Dir, Index: v.info.Index}).Put(r.Bytes()[uapi.SizeofNlmsghdr:])
		for _, typ := range []uint16{uapi.XFRMA_MARK, uapi.XFRMA_IF_ID, uapi.XFRMA_POLICY_TYPE} {
			if b, ok := v.attrs[typ]; ok {
				r.Data(typ, b)
			}
		}
		return r
	})
}

// countXfrmPolicies is "xfrm policy count".
func countXfrmPolicies(c *cli.Command) error {
	m, err := c.Get(xfrmInfoRequest(uapi.XFRM_MSG_GETSPDINFO))
	if err != nil {
		return err
	}
	p := newXfrmPrinter(c, false)
	attrs := desc.ParseAttrs(after(m.Data, 4))
	p.put("\t SPD")
	if b, ok := attrs[uapi.XFRMA_SPD_INFO]; ok {
		var v uapi.XfrmuSpdinfo
		v.Decode(b)
		p.put(" IN  %d OUT %d FWD %d", v.Incnt, v.Outcnt, v.Fwdcnt)
		if p.stats > 0 {
			p.put(" (Sock: IN %d OUT %d FWD %d)", v.Inscnt, v.Outscnt, v.Fwdscnt)
		}
		p.nl()
	}
	if p.stats > 1 {
		if b, ok := attrs[uapi.XFRMA_SPD_HINFO]; ok {
			var v uapi.XfrmuSpdhinfo
			v.Decode(b)
			p.put("\t SPD buckets: count %d Max %d", v.Spdhcnt, v.Spdhmcnt)
			p.nl()
		}
		p.threshold("IPv4", attrs, uapi.XFRMA_SPD_IPV4_HTHRESH)
		p.threshold("IPv6", attrs, uapi.XFRMA_SPD_IPV6_HTHRESH)
	}
	p.end()
	return nil
}

func (p *xfrmPrinter) threshold(family string, attrs desc.Attrs, typ uint16) {
	if b, ok := attrs[typ]; ok {
		var v uapi.XfrmuSpdhthresh
		v.Decode(b)
		p.put("\t SPD %s thresholds: local %d remote %d", family, v.Lbits, v.Rbits)
		p.nl()
	}
}

// setXfrmThresholds is "xfrm policy set".
func setXfrmThresholds(c *cli.Command) error {
	r := xfrmInfoRequest(uapi.XFRM_MSG_NEWSPDINFO)
	given4, given6 := false, false
	for c.More() {
		word, most, typ, given := "hthresh4", uint64(32), uint16(uapi.XFRMA_SPD_IPV4_HTHRESH), &given4
		if c.Peek() == "hthresh6" {
			word, most, typ, given = "hthresh6", 128, uapi.XFRMA_SPD_IPV6_HTHRESH, &given6
		}
		switch {
		case !c.Take(word):
			return desc.Wrong(c.Peek(), "unknown")
		case *given:
			return desc.Duplicate(word, word)
		}
		*given = true
		var bits [2]uint8
		for i, what := range []string{"LBITS", "RBITS"} {
			why := word + " " + what + " value is invalid"
			n, err := c.Uint(8, why)
			if err != nil {
				return err
			}
			if n > most {
				return desc.Wrong(c.Last(), why)
			}
			bits[i] = uint8(n)
		}
		r.Struct(typ, uapi.SizeofXfrmuSpdhthresh, &uapi.XfrmuSpdhthresh{Lbits: bits[0], Rbits: bits[1]})
	}
	return c.Exec(r)
}

// setXfrmDefaults is "xfrm policy setdefault": what becomes of packets that no policy selects.
func setXfrmDefaults(c *cli.Command) error {
	var v uapi.XfrmUserpolicyDefault
	for c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		var to *uint8
		switch word {
		case "in":
			to = &v.In
		case "fwd":
			to = &v.Fwd
		case "out":
			to = &v.Out
		default:
			return desc.Wrong(word, "unknown direction")
		}
		if *to != uapi.XFRM_USERPOLICY_UNSPEC {
			return desc.Duplicate(word, word)
		}
		action, err := c.Next()
		switch {
		case err != nil:
			return err
		case action == "block":
			*to = uapi.XFRM_USERPOLICY_BLOCK
		case action == "accept", action == "allow":
			*to = uapi.XFRM_USERPOLICY_ACCEPT
		default:
			return desc.Wrong(action, word+" policy value is invalid")
		}
	}
	r := xfrmRequest(uapi.XFRM_MSG_SETDEFAULT, uapi.SizeofXfrmUserpolicyDefault)
	v.Put(r.Bytes()[uapi.SizeofNlmsghdr:])
	return c.Exec(r)
}

// getXfrmDefaults is "xfrm policy getdefault".
func getXfrmDefaults(c *cli.Command) error {
	m, err := c.Get(xfrmRequest(uapi.XFRM_MSG_GETDEFAULT, uapi.SizeofXfrmUserpolicyDefault))
	if err != nil {
		return err
	}
	newXfrmPrinter(c, false).defaults(m)
	return nil
}

// xfrmDefaults are what becomes of packets that no policy selects.
var xfrmDefaults = []string{"unspec", "block", "accept"}

func (p *xfrmPrinter) defaults(m wire.Message) {
	var v uapi.XfrmUserpolicyDefault
	v.Decode(m.Data)
	name := func(n uint8) string {
		if int(n) < len(xfrmDefaults) {
			return xfrmDefaults[n]
		}
		return "unknown"
	}
	p.put("Default policies:\n in:  %s\n fwd: %s\n out: %s\n", name(v.In), name(v.Fwd), name(v.Out))
}
