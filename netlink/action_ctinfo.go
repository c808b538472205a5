package netlink

import (
	"fmt"
	"math/bits"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// CtinfoAction restores what the mark of a packet's connection says: its DSCP, its mark, or both: tc-ctinfo(8).
// Linux 5.3.
type CtinfoAction struct {
	ActionAttrs
	Zone          uint16 // of connection tracking
	DSCPMask      uint32 // the six bits of the connection's mark that are the DSCP; 0: it is not restored
	DSCPStateMask uint32 // the bits of it of which one needs to be set, none of DSCPMask; 0: always
	MarkMask      uint32 // the bits of it that become the packet's mark; 0: it is not restored

	DSCPSet    uint64 // packets whose DSCP was changed; read only
	DSCPErrors uint64 // packets whose DSCP could not be changed; read only
	MarkSet    uint64 // packets whose mark was changed; read only
}

// NewCtinfoAction returns one that the next action comes after.
func NewCtinfoAction() *CtinfoAction {
	return &CtinfoAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *CtinfoAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "ctinfo".
func (action *CtinfoAction) Type() string { return "ctinfo" }

func (action *CtinfoAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_CTINFO_ACT, &action.ActionAttrs)
	attr.U16(c, uapi.TCA_CTINFO_ZONE, &action.Zone)
	attr.U32(c, uapi.TCA_CTINFO_PARMS_DSCP_MASK|attr.IfSet, &action.DSCPMask)
	attr.U32(c, uapi.TCA_CTINFO_PARMS_DSCP_STATEMASK|attr.IfSet, &action.DSCPStateMask)
	attr.U32(c, uapi.TCA_CTINFO_PARMS_CPMARK_MASK|attr.IfSet, &action.MarkMask)
	attr.U64(c, uapi.TCA_CTINFO_STATS_DSCP_SET|attr.ReadOnly, &action.DSCPSet)
	attr.U64(c, uapi.TCA_CTINFO_STATS_DSCP_ERROR|attr.ReadOnly, &action.DSCPErrors)
	attr.U64(c, uapi.TCA_CTINFO_STATS_CPMARK_SET|attr.ReadOnly, &action.MarkSet)
	c.Forget(uapi.TCA_CTINFO_STATS_DSCP_SET)
	c.Forget(uapi.TCA_CTINFO_STATS_DSCP_ERROR)
	c.Forget(uapi.TCA_CTINFO_STATS_CPMARK_SET)
	timestamp(c, uapi.TCA_CTINFO_TM, &action.ActionAttrs)
}

func (*CtinfoAction) describe() desc.Kind {
	return desc.Kind{Fields: ctinfoFields, First: noteWords[ctinfoWords], Complete: completeCtinfo}
}

// ctinfoWords are what the words of a command say of a [CtinfoAction].
type ctinfoWords struct {
	actionWords
	zone              uint16
	dscp, state, mark uint32
}

// optionalMask takes the next word if it is a number.
func optionalMask(in *desc.Args, to *uint32) {
	if v, err := desc.ParseUint(in.Peek(), 32); err == nil {
		*to = uint32(v)
		_, _ = in.Next()
	}
}

var ctinfoFields = []desc.Field{
	{Type: uapi.TCA_CTINFO_PARMS_DSCP_MASK, Word: "dscp", Usage: "MASK [ STATEMASK ]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[ctinfoWords](in)
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, err := desc.ParseUint(word, 32)
			if w.dscp = uint32(v); err != nil {
				return desc.Failed("ctinfo: Illegal dscp \"mask\"")
			}
			optionalMask(in, &w.state)
			return nil
		}},
	{Type: uapi.TCA_CTINFO_PARMS_CPMARK_MASK, Word: "cpmark", Usage: "[ MASK ]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[ctinfoWords](in)
			w.mark = ^uint32(0)
			optionalMask(in, &w.mark)
			return nil
		}},
	{Type: uapi.TCA_CTINFO_ZONE, Word: "zone", Usage: "ZONE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, err := desc.ParseBase(word, 10, 16)
			if desc.Scratch[ctinfoWords](in).zone = uint16(v); err != nil {
				return desc.Failed("ctinfo: Illegal \"zone\"")
			}
			return nil
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_CTINFO_ACT, Word: "index", Usage: "INDEX", Read: readIndex, Show: showCtinfo},
	{Type: uapi.TCA_CTINFO_PARMS_DSCP_STATEMASK, ReadOnly: true}, {Type: uapi.TCA_CTINFO_TM, ReadOnly: true},
	{Type: uapi.TCA_CTINFO_STATS_DSCP_SET, ReadOnly: true}, {Type: uapi.TCA_CTINFO_STATS_DSCP_ERROR, ReadOnly: true},
	{Type: uapi.TCA_CTINFO_STATS_CPMARK_SET, ReadOnly: true},
}

// dscpBits is a DSCP's bits, the lowest first.
const dscpBits = 0x3f

func completeCtinfo(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[ctinfoWords](in)
	switch {
	case w.dscp&w.state != 0:
		return desc.Failed("ctinfo: dscp mask & statemask must NOT overlap")
	case w.dscp != 0 && w.dscp>>bits.TrailingZeros32(w.dscp) != dscpBits:
		return desc.Failed("ctinfo: dscp mask must be 6 contiguous bits long")
	}
	e.Struct(uapi.TCA_CTINFO_ACT, uapi.SizeofTcCtinfo,
		&uapi.TcCtinfo{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE)})
	e.Uint16(uapi.TCA_CTINFO_ZONE, w.zone)
	for _, m := range [...]struct {
		typ uint16
		v   uint32
	}{
		{uapi.TCA_CTINFO_PARMS_DSCP_MASK, w.dscp}, {uapi.TCA_CTINFO_PARMS_DSCP_STATEMASK, w.state},
		{uapi.TCA_CTINFO_PARMS_CPMARK_MASK, w.mark},
	} {
		if m.v != 0 {
			e.Uint32(m.typ, m.v)
		}
	}
	return nil
}

func showCtinfo(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "ctinfo")
	if b == nil {
		return
	}
	var s uapi.TcCtinfo
	s.Decode(b)
	p.Uint("zone", "zone %d", uint64(number16(attrs[uapi.TCA_CTINFO_ZONE])))
	p.Control(" ", s.Action, "")
	p.NL()
	p.Uint("index", "\t index %d", uint64(s.Index))
	p.Int("ref", " ref %d", int64(s.Refcnt))
	p.Int("bind", " bind %d", int64(s.Bindcnt))
	mask := func(key, before string, b []byte) {
		v := uint32(0)
		if len(b) >= 4 {
			v = native.Uint32(b)
		}
		text := "0000000000"
		if v != 0 {
			text = fmt.Sprintf("%#08x", v)
		}
		if p.JSON {
			showHex(p, key, "", uint64(v))
		} else {
			p.Text("%s%s", before, text)
		}
	}
	if v := attrs[uapi.TCA_CTINFO_PARMS_DSCP_MASK]; v != nil {
		mask("dscpmask", " dscp ", v)
		mask("dscpstatemask", " ", attrs[uapi.TCA_CTINFO_PARMS_DSCP_STATEMASK])
	}
	if v := attrs[uapi.TCA_CTINFO_PARMS_CPMARK_MASK]; v != nil {
		mask("cpmark", " cpmark ", v)
	}
	showTimes(p, attrs[uapi.TCA_CTINFO_TM])
	for _, n := range [...]struct {
		typ         uint16
		key, format string
	}{
		{uapi.TCA_CTINFO_STATS_DSCP_SET, "dscpset", " DSCP set %d"},
		{uapi.TCA_CTINFO_STATS_DSCP_ERROR, "dscperror", " error %d"},
		{uapi.TCA_CTINFO_STATS_CPMARK_SET, "cpmarkset", " CPMARK set %d"},
	} {
		if v := attrs[n.typ]; p.Stats && len(v) >= 8 {
			p.Uint(n.key, n.format, native.Uint64(v))
		}
	}
	p.NL()
}
