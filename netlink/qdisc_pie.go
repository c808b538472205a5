package netlink

import (
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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

func (*Pie) describe() desc.Kind {
	return desc.Kind{Fields: pieFields, Exact: true, Statistics: showPieStatistics}
}

var pieFields = []desc.Field{
	{Type: uapi.TCA_PIE_LIMIT, Key: "limit", Form: desc.TcPackets, Read: readIfSet},
	{Type: uapi.TCA_PIE_TARGET, Key: "target", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_PIE_TUPDATE, Key: "tupdate", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_PIE_ALPHA, Key: "alpha", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_PIE_BETA, Key: "beta", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_PIE_ECN, Word: "ecn", Words: []string{"noecn"}, Read: readEcn, Show: showEcn},
	{Type: uapi.TCA_PIE_BYTEMODE, Word: "bytemode", Words: []string{"nobytemode"}, Read: readEcn, Show: showFlagWord},
	{Type: uapi.TCA_PIE_DQ_RATE_ESTIMATOR, Word: "dq_rate_estimator", Words: []string{"no_dq_rate_estimator"},
		Read: readEcn, Show: showFlagWord},
}

// readPieNumber reads a number that is no more than the field's Arg; 0 is not sent.
func readPieNumber(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Number(32, 0, f.Key)
	switch {
	case err != nil:
		return err
	case v > uint64(f.Arg):
		return desc.Illegal(f.Key)
	case v != 0:
		e.Uint32(f.Type, uint32(v))
	}
	return nil
}

func showPieStatistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcPieXstats {
		return
	}
	var s uapi.TcPieXstats
	s.Decode(b)
	p.Float("prob", "  prob %.6g", float64(s.Prob)/math.MaxUint64)
	p.Time("delay", " delay %s", s.Delay)
	if s.DqRateEstimating != 0 {
		p.Uint("avg_dq_rate", " avg_dq_rate %d", uint64(s.AvgDqRate))
	}
	p.NL()
	p.Uint("pkts_in", "  pkts_in %d", uint64(s.PacketsIn))
	p.Uint("overlimit", " overlimit %d", uint64(s.Overlimit))
	p.Uint("dropped", " dropped %d", uint64(s.Dropped))
	p.Uint("maxq", " maxq %d", uint64(s.Maxq))
	p.Uint("ecn_mark", " ecn_mark %d", uint64(s.EcnMark))
}
