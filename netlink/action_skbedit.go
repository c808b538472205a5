package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// SkbEditAction changes what the kernel has of a packet beside its bytes: tc-skbedit(8). What is
// nil stays as it is.
type SkbEditAction struct {
	ActionAttrs
	QueueMapping *uint16 // the transmit queue
	PType        *uint16 // for whom it is: PACKET_HOST, …
	Priority     *uint32
	Mark         *uint32
	Mask         *uint32 // which bits of the mark change; nil: all

	QueueMappingMax *uint16 // with SKBEDIT_F_TXQ_SKBHASH: the last of the queues from QueueMapping on (Linux 5.18)
	Options         *uint64 // SKBEDIT_F_INHERITDSFIELD, SKBEDIT_F_TXQ_SKBHASH
}

// NewSkbEditAction returns one that the next action comes after.
func NewSkbEditAction() *SkbEditAction {
	return &SkbEditAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *SkbEditAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "skbedit".
func (action *SkbEditAction) Type() string { return "skbedit" }

func (action *SkbEditAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_SKBEDIT_PARMS, &action.ActionAttrs)
	attr.OptU16(c, uapi.TCA_SKBEDIT_QUEUE_MAPPING, &action.QueueMapping)
	attr.OptU16(c, uapi.TCA_SKBEDIT_QUEUE_MAPPING_MAX, &action.QueueMappingMax)
	attr.OptU32(c, uapi.TCA_SKBEDIT_PRIORITY, &action.Priority)
	attr.OptU16(c, uapi.TCA_SKBEDIT_PTYPE, &action.PType)
	attr.OptU32(c, uapi.TCA_SKBEDIT_MARK, &action.Mark)
	attr.OptU32(c, uapi.TCA_SKBEDIT_MASK, &action.Mask)
	attr.OptU64(c, uapi.TCA_SKBEDIT_FLAGS, &action.Options)
	timestamp(c, uapi.TCA_SKBEDIT_TM, &action.ActionAttrs)
}
