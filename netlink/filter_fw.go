package netlink

import (
	"math"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// FwFilter matches packets by the mark that the firewall gave them, which is its Handle: tc-fw(8).
type FwFilter struct {
	FilterAttrs
	ClassId uint32 // the class of the packets, 0 for none
	InDev   string // the link that received the packet, "" for any
	Mask    uint32 // which bits of the mark count, 0 for all; one for all filters of a priority
	Police  *PoliceAction
	Actions []Action
}

// Attrs returns the attributes that all kinds have.
func (filter *FwFilter) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "fw".
func (filter *FwFilter) Type() string { return "fw" }

func (filter *FwFilter) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_FW_MASK|attr.IfSet, &filter.Mask)
	attr.String(c, uapi.TCA_FW_INDEV|attr.IfSet, &filter.InDev)
	police(c, uapi.TCA_FW_POLICE, &filter.Police)
	attr.U32(c, uapi.TCA_FW_CLASSID|attr.IfSet, &filter.ClassId)
	actions(c, uapi.TCA_FW_ACT, &filter.Actions)
}

func (*FwFilter) describe() desc.Kind {
	return desc.Kind{Fields: fwFields, Sparse: true, First: firstFw}
}

// firstFw reads the handle, MARK[/MASK].
func firstFw(in *desc.Args, e *wire.Encoder) error {
	if in.Tc == nil || in.Tc.HandleWord == "" {
		return nil
	}
	mark, mask, slash := strings.Cut(in.Tc.HandleWord, "/")
	h, err := desc.ParseUint(mark, 32)
	if err != nil {
		return desc.Illegal("handle")
	}
	in.Tc.Handle = uint32(h)
	if !slash {
		return nil
	}
	m, err := desc.ParseUint(mask, 32)
	if err != nil {
		return desc.Failed("Illegal \"handle\" mask")
	}
	if in.More() {
		e.Uint32(uapi.TCA_FW_MASK, uint32(m))
	}
	return nil
}

var fwFields = []desc.Field{
	{Type: uapi.TCA_FW_MASK, ReadOnly: true, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
		h := filterHandle(p)
		if h == 0 && b == nil {
			return
		}
		p.Object("fw")
		if mask := uint32(math.MaxUint32); len(b) >= 4 && native.Uint32(b) != mask {
			mask = native.Uint32(b)
			showHexText(p, "mark", "handle 0x%x", uint64(h))
			showHexText(p, "mask", "/0x%x ", uint64(mask))
		} else {
			showHexText(p, "mark", "handle 0x%x ", uint64(h))
			if p.JSON {
				showHex(p, "mask", "", uint64(mask))
			}
		}
		p.EndObject()
	}},
	{Type: uapi.TCA_FW_CLASSID, Word: "classid", Words: []string{"flowid"}, Usage: "CLASSID", Read: readClassID,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Str("classid", "classid %s ", p.ClassID(native.Uint32(b)))
			}
		}},
	{Type: uapi.TCA_FW_POLICE, Word: "police", Usage: "POLICE_SPEC", Read: readFilterPolice, Show: showFilterPolice},
	{Type: uapi.TCA_FW_INDEV, Word: "indev", Exact: true, Usage: "DEV", Read: readIndev,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if b != nil {
				p.Str("indev", "input dev %s ", string(untilNUL(b)))
			}
		}},
	{Type: uapi.TCA_FW_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if b != nil {
				p.NL()
				desc.ShowActions(p, b, true)
			}
		}},
}
