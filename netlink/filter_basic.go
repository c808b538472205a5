package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// BasicFilter matches packets by extended matches: tc-basic(8), tc-ematch(8).
type BasicFilter struct {
	FilterAttrs
	ClassId  uint32   // the class of the packets, 0 for none
	Ematches []Ematch // nil for all packets
	Police   *PoliceAction
	Actions  []Action
}

// Attrs returns the attributes that all kinds have.
func (filter *BasicFilter) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "basic".
func (filter *BasicFilter) Type() string { return "basic" }

func (filter *BasicFilter) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_BASIC_CLASSID|attr.IfSet, &filter.ClassId)
	ematches(c, uapi.TCA_BASIC_EMATCHES, &filter.Ematches)
	police(c, uapi.TCA_BASIC_POLICE, &filter.Police)
	actions(c, uapi.TCA_BASIC_ACT, &filter.Actions)
	c.Forget(uapi.TCA_BASIC_PCNT)
}

func (*BasicFilter) describe() desc.Kind {
	return desc.Kind{Fields: basicFields, Sparse: true, First: firstNumbered}
}

var basicFields = []desc.Field{
	{Type: uapi.TCA_BASIC_CLASSID, Word: "classid", Words: []string{"flowid"}, Usage: "CLASSID", Read: readClassID,
		Show: func(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
			if h := filterHandle(p); h != 0 {
				showPlainHex(p, "handle", "handle 0x%x ", uint64(h))
			}
			showFlowID(p, f, b, attrs)
		}},
	{Type: uapi.TCA_BASIC_EMATCHES, Word: "match", Usage: ematchUsage, Read: readEmatches, Show: showEmatches},
	{Type: uapi.TCA_BASIC_POLICE, Word: "police", Usage: "POLICE_SPEC", Read: readFilterPolice,
		Show: showFilterPoliceLine},
	{Type: uapi.TCA_BASIC_PCNT, ReadOnly: true}, // not shown by tc
	{Type: uapi.TCA_BASIC_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions, Show: showFilterActions},
}
