package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// ConnmarkAction gives a packet the mark of its connection: tc-connmark(8).
type ConnmarkAction struct {
	ActionAttrs
	Zone uint16 // of connection tracking
}

// NewConnmarkAction returns one that the next action comes after.
func NewConnmarkAction() *ConnmarkAction {
	return &ConnmarkAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *ConnmarkAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "connmark".
func (action *ConnmarkAction) Type() string { return "connmark" }

func (action *ConnmarkAction) attrs(c *attr.Codec) {
	p := uapi.TcConnmark{Zone: action.Zone}
	parms(c, uapi.TCA_CONNMARK_PARMS, uapi.SizeofTcConnmark, &action.ActionAttrs, &p)
	timestamp(c, uapi.TCA_CONNMARK_TM, &action.ActionAttrs)
	action.Zone = p.Zone
}
