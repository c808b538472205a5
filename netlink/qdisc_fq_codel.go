package netlink

import (
	"fmt"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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

func (*FqCodel) flows() {}

// String returns the fields that are set.
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

func (*FqCodel) describe() desc.Kind {
	return desc.Kind{Fields: fqCodelFields, Exact: true, Statistics: showFqCodelStatistics}
}

var fqCodelFields = []desc.Field{
	{Type: uapi.TCA_FQ_CODEL_LIMIT, Key: "limit", Form: desc.TcPackets, Read: readIfSet},
	{Type: uapi.TCA_FQ_CODEL_FLOWS, Key: "flows", Form: desc.TcU32, Read: readIfSet},
	{Type: uapi.TCA_FQ_CODEL_QUANTUM, Key: "quantum", Form: desc.TcU32, Read: readIfSet},
	{Type: uapi.TCA_FQ_CODEL_TARGET, Key: "target", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_FQ_CODEL_CE_THRESHOLD, Key: "ce_threshold", Form: desc.TcTime},
	{Type: uapi.TCA_FQ_CODEL_CE_THRESHOLD_SELECTOR, Word: "ce_threshold_selector", Usage: "VALUE/MASK",
		Read: readCESelector,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
			value, mask := number8(b), number8(attrs[uapi.TCA_FQ_CODEL_CE_THRESHOLD_MASK])
			if value != 0 || mask != 0 {
				p.Uint("ce_threshold_selector", cFormat("ce_threshold_selector %#x", uint64(value)), uint64(value))
				p.Uint("ce_threshold_mask", cFormat("/%#x ", uint64(mask)), uint64(mask))
			}
		}},
	{Type: uapi.TCA_FQ_CODEL_CE_THRESHOLD_MASK, ReadOnly: true},
	{Type: uapi.TCA_FQ_CODEL_INTERVAL, Key: "interval", Form: desc.TcTime, Read: readIfSet},
	{Type: uapi.TCA_FQ_CODEL_MEMORY_LIMIT, Key: "memory_limit", Form: desc.TcSizeUnit},
	{Type: uapi.TCA_FQ_CODEL_ECN, Word: "ecn", Words: []string{"noecn"}, Read: readEcn, Show: showEcn},
	{Type: uapi.TCA_FQ_CODEL_DROP_BATCH_SIZE, Key: "drop_batch", Form: desc.TcU32, Show: showIfSet,
		Read: readIfSet},
}

func readCESelector(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	value, mask, slash := strings.Cut(word, "/")
	v, err1 := desc.ParseUint(value, 8)
	m, err2 := desc.ParseUint(mask, 8)
	if !slash || err1 != nil || err2 != nil {
		return desc.Illegal("ce_threshold_selector")
	}
	e.Uint8(uapi.TCA_FQ_CODEL_CE_THRESHOLD_MASK, uint8(m))
	e.Uint8(uapi.TCA_FQ_CODEL_CE_THRESHOLD_SELECTOR, uint8(v))
	return nil
}

func showFqCodelStatistics(p *desc.Printer, b []byte) {
	var x uapi.TcFqCodelXstats
	x.Decode(b)
	rest := b[min(uapi.SizeofTcFqCodelXstats, len(b)):]
	switch x.Type {
	case uapi.TCA_FQ_CODEL_XSTATS_QDISC:
		var s uapi.TcFqCodelQdStats
		s.Decode(rest)
		p.Uint("maxpacket", "  maxpacket %d", uint64(s.Maxpacket))
		p.Uint("drop_overlimit", " drop_overlimit %d", uint64(s.DropOverlimit))
		p.Uint("new_flow_count", " new_flow_count %d", uint64(s.NewFlowCount))
		p.Uint("ecn_mark", " ecn_mark %d", uint64(s.EcnMark))
		countIfSet(p, "ce_mark", uint64(s.CeMark))
		countIfSet(p, "memory_used", uint64(s.MemoryUsage))
		countIfSet(p, "drop_overmemory", uint64(s.DropOvermemory))
		p.NL()
		p.Uint("new_flows_len", "  new_flows_len %d", uint64(s.NewFlowsLen))
		p.Uint("old_flows_len", " old_flows_len %d", uint64(s.OldFlowsLen))
	case uapi.TCA_FQ_CODEL_XSTATS_CLASS:
		var s uapi.TcFqCodelClStats
		s.Decode(rest)
		p.Int("deficit", "  deficit %d", int64(s.Deficit))
		p.Uint("count", " count %d", uint64(s.Count))
		p.Uint("lastcount", " lastcount %d", uint64(s.Lastcount))
		p.Time("ldelay", " ldelay %s", s.Ldelay)
		if s.Dropping != 0 {
			p.Bool("dropping", " dropping", true)
			showDropNext(p, s.DropNext)
		}
	}
}
