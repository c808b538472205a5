package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// SampleAction gives copies of some packets to programs: tc-sample(8).
type SampleAction struct {
	ActionAttrs
	Group     uint32 // the group of psample that gets them
	Rate      uint32 // one packet of so many
	TruncSize uint32 // bytes of a packet; 0: all
}

// NewSampleAction returns one that the next action comes after.
func NewSampleAction() *SampleAction {
	return &SampleAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *SampleAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "sample".
func (action *SampleAction) Type() string { return "sample" }

func (action *SampleAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_SAMPLE_PARMS, &action.ActionAttrs)
	attr.U32(c, uapi.TCA_SAMPLE_RATE, &action.Rate)
	attr.U32(c, uapi.TCA_SAMPLE_TRUNC_SIZE|attr.IfSet, &action.TruncSize)
	attr.U32(c, uapi.TCA_SAMPLE_PSAMPLE_GROUP, &action.Group)
	timestamp(c, uapi.TCA_SAMPLE_TM, &action.ActionAttrs)
}
