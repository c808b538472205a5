package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// MatchAll matches all packets: tc-matchall(8).
type MatchAll struct {
	FilterAttrs
	ClassId uint32 // the class of the packets, 0 for none
	Actions []Action
	SkipHw  bool // the hardware does not do it
	SkipSw  bool // only the hardware does it
	InHw    bool // the hardware does it; read only
}

// Attrs returns the attributes that all kinds have.
func (filter *MatchAll) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "matchall".
func (filter *MatchAll) Type() string { return "matchall" }

func (filter *MatchAll) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_MATCHALL_CLASSID|attr.IfSet, &filter.ClassId)
	offload(c, uapi.TCA_MATCHALL_FLAGS|attr.IfSet, &filter.SkipHw, &filter.SkipSw, &filter.InHw)
	actions(c, uapi.TCA_MATCHALL_ACT, &filter.Actions)
	c.Forget(uapi.TCA_MATCHALL_PCNT)
}

// offload is what a filter has of hardware, in the attribute t.
func offload(c *attr.Codec, t attr.Type, skipHw, skipSw, inHw *bool) {
	flags := uint32(0)
	if *skipHw {
		flags |= uapi.TCA_CLS_FLAGS_SKIP_HW
	}
	if *skipSw {
		flags |= uapi.TCA_CLS_FLAGS_SKIP_SW
	}
	attr.U32(c, t, &flags)
	if c.Decoding() {
		*skipHw, *skipSw, *inHw = flags&uapi.TCA_CLS_FLAGS_SKIP_HW != 0, flags&uapi.TCA_CLS_FLAGS_SKIP_SW != 0,
			flags&uapi.TCA_CLS_FLAGS_IN_HW != 0
	}
}

// police is a filter's own action police, which those had before there were lists of actions.
func police(c *attr.Codec, t attr.Type, v **PoliceAction) {
	if c.Encoding() && *v == nil {
		return
	}
	attr.Nest(c, t, func(c *attr.Codec) {
		if *v == nil {
			*v = new(PoliceAction)
		}
		(*v).attrs(c)
	})
}

func (*MatchAll) describe() desc.Kind {
	return desc.Kind{Fields: matchallFields, Sparse: true, First: firstNumbered}
}

var matchallFields = []desc.Field{
	{Type: uapi.TCA_MATCHALL_CLASSID, Word: "classid", Words: []string{"flowid"}, Usage: "CLASSID", Read: readClassID,
		Show: func(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
			if h := filterHandle(p); h != 0 {
				p.Uint("handle", "handle 0x%x ", uint64(h))
			}
			showFlowID(p, f, b, attrs)
		}},
	{Type: uapi.TCA_MATCHALL_FLAGS, Word: "skip_hw", Words: skipWords, Exact: true, Read: readSkip, Show: showSkipLines},
	{Type: uapi.TCA_MATCHALL_PCNT, ReadOnly: true, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
		if len(b) >= 8 && p.Stats {
			p.Uint("rule_hit", " (rule hit %d)", native.Uint64(b))
		}
	}},
	{Type: uapi.TCA_MATCHALL_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions, Show: showFilterActions},
}
