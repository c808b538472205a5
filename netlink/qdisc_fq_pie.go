package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// FqPie is [Pie] with a queue for each flow: tc-fq_pie(8). The zero values of fields leave the kernel's
// defaults. Linux 5.6.
type FqPie struct {
	QdiscAttrs
	Limit           uint32  // packets that may wait
	Flows           uint32  // how many queues; cannot be changed
	Target          uint32  // microseconds that packets are to wait
	Tupdate         uint32  // microseconds between changes of the probability
	Alpha           *uint32 // 0 to 32, how much of the probability is by the present delay
	Beta            *uint32 // 0 to 32, how much by its change
	Quantum         uint32  // bytes a turn
	MemoryLimit     uint32  // bytes
	ECNProb         *uint32 // percent of the probability up to which packets are marked
	ECN             *bool   // packets are marked before they are dropped
	Bytemode        *bool   // the probability is by the size of packets
	DqRateEstimator *bool   // the delay is by the rate and not by the age of packets
}

// Attrs returns the attributes that all kinds have.
func (q *FqPie) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "fq_pie".
func (q *FqPie) Type() string { return "fq_pie" }

func (q *FqPie) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_FQ_PIE_LIMIT|attr.IfSet, &q.Limit)
	attr.U32(c, uapi.TCA_FQ_PIE_FLOWS|attr.IfSet, &q.Flows)
	attr.U32(c, uapi.TCA_FQ_PIE_TARGET|attr.IfSet, &q.Target)
	attr.U32(c, uapi.TCA_FQ_PIE_TUPDATE|attr.IfSet, &q.Tupdate)
	attr.OptU32(c, uapi.TCA_FQ_PIE_ALPHA, &q.Alpha)
	attr.OptU32(c, uapi.TCA_FQ_PIE_BETA, &q.Beta)
	attr.U32(c, uapi.TCA_FQ_PIE_QUANTUM|attr.IfSet, &q.Quantum)
	attr.U32(c, uapi.TCA_FQ_PIE_MEMORY_LIMIT|attr.IfSet, &q.MemoryLimit)
	attr.OptU32(c, uapi.TCA_FQ_PIE_ECN_PROB, &q.ECNProb)
	optBool32(c, uapi.TCA_FQ_PIE_ECN, &q.ECN)
	optBool32(c, uapi.TCA_FQ_PIE_BYTEMODE, &q.Bytemode)
	optBool32(c, uapi.TCA_FQ_PIE_DQ_RATE_ESTIMATOR, &q.DqRateEstimator)
}

// FqPieXstats is struct tc_fq_pie_xstats.
type FqPieXstats struct {
	PacketsIn    uint32
	Dropped      uint32 // packets dropped at random
	Overlimit    uint32 // packets dropped by Limit
	Overmemory   uint32 // packets dropped by MemoryLimit
	EcnMark      uint32 // packets marked and not dropped
	NewFlowCount uint32 // flows that packets began
	NewFlowsLen  uint32 // of the list of new flows
	OldFlowsLen  uint32 // of the list of others
	MemoryUsage  uint32 // bytes
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *FqPie) AppStatistics() *FqPieXstats {
	return (*FqPieXstats)(xstats[uapi.TcFqPieXstats](q.Xstats))
}

func (*FqPie) nested() {}

func (*FqPie) describe() desc.Kind {
	return desc.Kind{Fields: fqPieFields, Exact: true, Nested: true, Statistics: showFqPieStatistics}
}

var fqPieFields = []desc.Field{
	{Type: uapi.TCA_FQ_PIE_LIMIT, Key: "limit", Form: desc.TcPackets, Read: readIfSet},
	{Type: uapi.TCA_FQ_PIE_FLOWS, Key: "flows", Form: desc.TcU32, Read: readIfSet},
	{Type: uapi.TCA_FQ_PIE_TARGET, Key: "target", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_FQ_PIE_TUPDATE, Key: "tupdate", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_FQ_PIE_ALPHA, Key: "alpha", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_FQ_PIE_BETA, Key: "beta", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_FQ_PIE_QUANTUM, Key: "quantum", Form: desc.TcSizeUnit, Read: readIfSet},
	{Type: uapi.TCA_FQ_PIE_MEMORY_LIMIT, Key: "memory_limit", Form: desc.TcSizeUnit, Read: readIfSet},
	{Type: uapi.TCA_FQ_PIE_ECN_PROB, Key: "ecn_prob", Form: desc.TcU32, Arg: 99, Read: readPieNumber},
	{Type: uapi.TCA_FQ_PIE_ECN, Word: "ecn", Words: []string{"noecn"}, Read: readEcn, Show: showEcn},
	{Type: uapi.TCA_FQ_PIE_BYTEMODE, Word: "bytemode", Words: []string{"nobytemode"}, Read: readEcn, Show: showFlagWord},
	{Type: uapi.TCA_FQ_PIE_DQ_RATE_ESTIMATOR, Word: "dq_rate_estimator", Words: []string{"no_dq_rate_estimator"},
		Read: readEcn, Show: showFlagWord},
}

func showFqPieStatistics(p *desc.Printer, b []byte) {
	var s uapi.TcFqPieXstats
	s.Decode(b)
	p.Uint("pkts_in", "  pkts_in %d", uint64(s.PacketsIn))
	p.Uint("overlimit", " overlimit %d", uint64(s.Overlimit))
	p.Uint("overmemory", " overmemory %d", uint64(s.Overmemory))
	p.Uint("dropped", " dropped %d", uint64(s.Dropped))
	p.Uint("ecn_mark", " ecn_mark %d", uint64(s.EcnMark))
	p.NL()
	p.Uint("new_flow_count", "  new_flow_count %d", uint64(s.NewFlowCount))
	p.Uint("new_flows_len", " new_flows_len %d", uint64(s.NewFlowsLen))
	p.Uint("old_flows_len", " old_flows_len %d", uint64(s.OldFlowsLen))
	p.Uint("memory_used", " memory_used %d", uint64(s.MemoryUsage))
}
