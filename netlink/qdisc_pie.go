package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Pie drops packets at random by how long they wait: tc-pie(8). The zero values of fields leave the kernel's
// defaults.
type Pie struct {
	QdiscAttrs
	Target          uint32  // microseconds that packets are to wait
	Limit           uint32  // packets that may wait
	Tupdate         uint32  // microseconds between changes of the probability
	Alpha           *uint32 // 0 to 32, how much of the probability is by the present delay
	Beta            *uint32 // 0 to 32, how much by its change
	ECN             *bool   // packets are marked before they are dropped
	Bytemode        *bool   // the probability is by the size of packets
	DqRateEstimator *bool   // the delay is by the rate and not by the age of packets (Linux 5.5)
}

// Attrs returns the attributes that all kinds have.
func (q *Pie) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "pie".
func (q *Pie) Type() string { return "pie" }

func (q *Pie) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_PIE_TARGET|attr.IfSet, &q.Target)
	attr.U32(c, uapi.TCA_PIE_LIMIT|attr.IfSet, &q.Limit)
	attr.U32(c, uapi.TCA_PIE_TUPDATE|attr.IfSet, &q.Tupdate)
	attr.OptU32(c, uapi.TCA_PIE_ALPHA, &q.Alpha)
	attr.OptU32(c, uapi.TCA_PIE_BETA, &q.Beta)
	optBool32(c, uapi.TCA_PIE_ECN, &q.ECN)
	optBool32(c, uapi.TCA_PIE_BYTEMODE, &q.Bytemode)
	optBool32(c, uapi.TCA_PIE_DQ_RATE_ESTIMATOR, &q.DqRateEstimator)
}

// PieXstats is struct tc_pie_xstats.
type PieXstats struct {
	Prob             uint64 // the present probability, of 2^64
	Delay            uint32 // microseconds that packets wait now
	AvgDqRate        uint32 // bytes a second, where it is estimated
	DqRateEstimating uint32 // 1: it is
	PacketsIn        uint32
	Dropped          uint32 // packets dropped at random
	Overlimit        uint32 // packets dropped by Limit
	Maxq             uint32 // packets of the longest queue so far
	EcnMark          uint32 // packets marked and not dropped
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Pie) AppStatistics() *PieXstats { return (*PieXstats)(xstats[uapi.TcPieXstats](q.Xstats)) }
