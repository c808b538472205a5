package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
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
