package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Codel drops packets where they wait too long: tc-codel(8). The zero values of fields leave the kernel's
// defaults.
type Codel struct {
	QdiscAttrs
	Target      uint32  // microseconds that packets may wait
	Limit       uint32  // packets that may wait
	Interval    uint32  // microseconds after which waiting too long has consequences
	ECN         *bool   // packets are marked before they are dropped
	CEThreshold *uint32 // microseconds in the queue after which packets are marked
}

// Attrs returns the attributes that all kinds have.
func (q *Codel) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "codel".
func (q *Codel) Type() string { return "codel" }

func (q *Codel) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_CODEL_TARGET|attr.IfSet, &q.Target)
	attr.U32(c, uapi.TCA_CODEL_LIMIT|attr.IfSet, &q.Limit)
	attr.U32(c, uapi.TCA_CODEL_INTERVAL|attr.IfSet, &q.Interval)
	optBool32(c, uapi.TCA_CODEL_ECN, &q.ECN)
	attr.OptU32(c, uapi.TCA_CODEL_CE_THRESHOLD, &q.CEThreshold)
}

// CodelXstats is struct tc_codel_xstats.
type CodelXstats struct {
	Maxpacket     uint32 // bytes of the largest packet so far
	Count         uint32 // packets dropped since dropping began
	Lastcount     uint32 // Count when it began the time before
	Ldelay        uint32 // microseconds that the last packet waited
	DropNext      int32  // microseconds until the next one is dropped
	DropOverlimit uint32 // packets dropped by Limit
	EcnMark       uint32 // packets marked and not dropped
	Dropping      uint32 // 1: packets are being dropped
	CeMark        uint32 // packets marked by CEThreshold
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Codel) AppStatistics() *CodelXstats {
	return (*CodelXstats)(xstats[uapi.TcCodelXstats](q.Xstats))
}

func (*Codel) describe() desc.Kind {
	return desc.Kind{Fields: codelFields, Exact: true, Statistics: showCodelStatistics}
}

var codelFields = []desc.Field{
	{Type: uapi.TCA_CODEL_LIMIT, Key: "limit", Form: desc.TcPackets, Read: readIfSet},
	{Type: uapi.TCA_CODEL_TARGET, Key: "target", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_CODEL_CE_THRESHOLD, Key: "ce_threshold", Form: desc.TcTime},
	{Type: uapi.TCA_CODEL_INTERVAL, Key: "interval", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_CODEL_ECN, Word: "ecn", Words: []string{"noecn"}, Read: readEcn, Show: showEcn},
}

func showCodelStatistics(p *desc.Printer, b []byte) {
	var s uapi.TcCodelXstats
	s.Decode(b)
	p.Uint("count", "  count %d", uint64(s.Count))
	p.Uint("lastcount", " lastcount %d", uint64(s.Lastcount))
	p.Time("ldelay", " ldelay %s", s.Ldelay)
	if s.Dropping != 0 {
		p.Bool("dropping", " dropping", true)
	}
	showDropNext(p, s.DropNext)
	p.NL()
	p.Uint("maxpacket", "  maxpacket %d", uint64(s.Maxpacket))
	p.Uint("ecn_mark", " ecn_mark %d", uint64(s.EcnMark))
	p.Uint("drop_overlimit", " drop_overlimit %d", uint64(s.DropOverlimit))
	countIfSet(p, "ce_mark", uint64(s.CeMark))
}
