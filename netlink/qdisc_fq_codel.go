package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// FqCodel gives all flows their turn, and keeps the time short that packets wait: tc-fq_codel(8).
// The zero values of fields leave the kernel's defaults, but for ECN, which [NewFqCodel] sets.
type FqCodel struct {
	QdiscAttrs
	Target        uint32 // microseconds that packets may wait
	Limit         uint32 // packets
	Interval      uint32 // microseconds after which waiting too long has consequences
	ECN           uint32 // 1: packets are marked before they are dropped; always sent
	Flows         uint32 // how many queues; cannot be changed
	Quantum       uint32 // bytes a turn
	CEThreshold   uint32 // microseconds in the queue after which packets are marked
	DropBatchSize uint32 // packets dropped at once where the queue is full
	MemoryLimit   uint32 // bytes

	// Which packets CEThreshold is for: those whose DS field under CEMask is CESelector (Linux 5.16).
	CESelector, CEMask uint8
}

// NewFqCodel returns the kernel's defaults.
func NewFqCodel(attrs QdiscAttrs) *FqCodel { return &FqCodel{QdiscAttrs: attrs, ECN: 1} }

// Attrs returns the attributes that all kinds have.
func (q *FqCodel) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "fq_codel".
func (q *FqCodel) Type() string { return "fq_codel" }

// String returns what is set of it.
func (q *FqCodel) String() string {
	return fmt.Sprintf("{%v -- Target: %d, Limit: %d, Interval: %d, ECN: %d, Flows: %d, Quantum: %d}",
		q.Attrs(), q.Target, q.Limit, q.Interval, q.ECN, q.Flows, q.Quantum)
}

func (q *FqCodel) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_FQ_CODEL_TARGET|attr.IfSet, &q.Target)
	attr.U32(c, uapi.TCA_FQ_CODEL_LIMIT|attr.IfSet, &q.Limit)
	attr.U32(c, uapi.TCA_FQ_CODEL_INTERVAL|attr.IfSet, &q.Interval)
	attr.U32(c, uapi.TCA_FQ_CODEL_ECN, &q.ECN)
	attr.U32(c, uapi.TCA_FQ_CODEL_FLOWS|attr.IfSet, &q.Flows)
	attr.U32(c, uapi.TCA_FQ_CODEL_QUANTUM|attr.IfSet, &q.Quantum)
	attr.U32(c, uapi.TCA_FQ_CODEL_CE_THRESHOLD|attr.IfSet, &q.CEThreshold)
	attr.U8(c, uapi.TCA_FQ_CODEL_CE_THRESHOLD_SELECTOR|attr.IfSet, &q.CESelector)
	attr.U8(c, uapi.TCA_FQ_CODEL_CE_THRESHOLD_MASK|attr.IfSet, &q.CEMask)
	attr.U32(c, uapi.TCA_FQ_CODEL_DROP_BATCH_SIZE|attr.IfSet, &q.DropBatchSize)
	attr.U32(c, uapi.TCA_FQ_CODEL_MEMORY_LIMIT|attr.IfSet, &q.MemoryLimit)
}
