package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Dualpi2 has two queues, one for flows that react to marks at once (L4S) and one for others, and couples
// them: tc-dualpi2(8). What is nil leaves the kernel's default. Linux 6.17.
type Dualpi2 struct {
	QdiscAttrs
	Limit        *uint32 // packets that may wait
	MemoryLimit  *uint32 // bytes
	Target       *uint32 // microseconds that packets of the classic queue are to wait
	Tupdate      *uint32 // microseconds between changes of the probability
	Alpha, Beta  *uint32 // of 256: how much of the probability is by the present delay, and by its change
	StepPackets  *uint32 // packets in the L4S queue from which on all are marked
	StepTime     *uint32 // microseconds in the place of StepPackets
	MinQlenStep  *uint32 // packets that the L4S queue has at least for that
	Coupling     *uint8  // how much more the L4S queue marks
	DropOverload *uint8  // TC_DUALPI2_DROP_OVERLOAD_…
	DropEarly    *uint8  // TC_DUALPI2_DROP_EARLY_…
	CProtection  *uint8  // percent of turns that the classic queue has
	ECNMask      *uint8  // TC_DUALPI2_ECN_MASK_…: which packets are of the L4S queue
	SplitGSO     *uint8  // TC_DUALPI2_SPLIT_GSO_…
}

// Attrs returns the attributes that all kinds have.
func (q *Dualpi2) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "dualpi2".
func (q *Dualpi2) Type() string { return "dualpi2" }

func (q *Dualpi2) attrs(c *attr.Codec) {
	attr.OptU32(c, uapi.TCA_DUALPI2_LIMIT, &q.Limit)
	attr.OptU32(c, uapi.TCA_DUALPI2_MEMORY_LIMIT, &q.MemoryLimit)
	attr.OptU32(c, uapi.TCA_DUALPI2_TARGET, &q.Target)
	attr.OptU32(c, uapi.TCA_DUALPI2_TUPDATE, &q.Tupdate)
	attr.OptU32(c, uapi.TCA_DUALPI2_ALPHA, &q.Alpha)
	attr.OptU32(c, uapi.TCA_DUALPI2_BETA, &q.Beta)
	attr.OptU32(c, uapi.TCA_DUALPI2_STEP_THRESH_PKTS, &q.StepPackets)
	attr.OptU32(c, uapi.TCA_DUALPI2_STEP_THRESH_US, &q.StepTime)
	attr.OptU32(c, uapi.TCA_DUALPI2_MIN_QLEN_STEP, &q.MinQlenStep)
	attr.OptU8(c, uapi.TCA_DUALPI2_COUPLING, &q.Coupling)
	attr.OptU8(c, uapi.TCA_DUALPI2_DROP_OVERLOAD, &q.DropOverload)
	attr.OptU8(c, uapi.TCA_DUALPI2_DROP_EARLY, &q.DropEarly)
	attr.OptU8(c, uapi.TCA_DUALPI2_C_PROTECTION, &q.CProtection)
	attr.OptU8(c, uapi.TCA_DUALPI2_ECN_MASK, &q.ECNMask)
	attr.OptU8(c, uapi.TCA_DUALPI2_SPLIT_GSO, &q.SplitGSO)
}

// Dualpi2Xstats is struct tc_dualpi2_xstats.
type Dualpi2Xstats struct {
	Prob                   uint32 // the present probability, of 2^32
	DelayC, DelayL         uint32 // microseconds that packets of the classic and of the L4S queue wait now
	PacketsInC, PacketsInL uint32
	Maxq                   uint32 // packets of the longest queue so far
	EcnMark                uint32 // packets marked
	StepMarks              uint32 // of these, by the step
	Credit                 int32  // of the classic queue
	MemoryUsed             uint32 // bytes, as the two that follow
	MaxMemoryUsed          uint32
	MemoryLimit            uint32
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Dualpi2) AppStatistics() *Dualpi2Xstats {
	return (*Dualpi2Xstats)(xstats[uapi.TcDualpi2Xstats](q.Xstats))
}
