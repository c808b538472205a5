package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NetemQdiscAttrs are the arguments of [NewNetem]. Probabilities and correlations are in
// percent.
type NetemQdiscAttrs struct {
	Latency       uint32  // microseconds that packets are delayed
	DelayCorr     float32 // correlation of Jitter
	Limit         uint32  // packets that may wait; 0: 1000
	Loss          float32 // packets that are lost
	LossCorr      float32
	Gap           uint32 // every how many packets one is not delayed; 0 with ReorderProb: 1
	Duplicate     float32
	DuplicateCorr float32
	Jitter        uint32 // microseconds by which Latency varies
	ReorderProb   float32
	ReorderCorr   float32
	CorruptProb   float32 // packets of which a bit is changed
	CorruptCorr   float32
	Rate64        uint64 // bytes a second; 0: no limit
}

// String returns some of it.
func (q NetemQdiscAttrs) String() string {
	return fmt.Sprintf("{Latency: %d, Limit: %d, Loss: %f, Gap: %d, Duplicate: %f, Jitter: %d}",
		q.Latency, q.Limit, q.Loss, q.Gap, q.Duplicate, q.Jitter)
}

// Netem delays, loses, duplicates, changes and reorders packets: tc-netem(8). Probabilities and
// correlations are of 2^32, see [Percentage2u32]; [NewNetem] makes one of percentages.
type Netem struct {
	QdiscAttrs
	Latency       uint32 // ticks, see [TickInUsec]
	DelayCorr     uint32
	Limit         uint32 // packets that may wait
	Loss          uint32
	LossCorr      uint32
	Gap           uint32
	Duplicate     uint32
	DuplicateCorr uint32
	Jitter        uint32 // ticks
	ReorderProb   uint32
	ReorderCorr   uint32
	CorruptProb   uint32
	CorruptCorr   uint32
	Rate64        uint64 // bytes a second

	// Latency64 and Jitter64 are Latency and Jitter in nanoseconds, which the kernel keeps since
	// 4.15. They are sent where Latency and Jitter are 0 or say nearly the same, so one who changes
	// those need not know of these.
	Latency64, Jitter64 int64

	// What a packet takes of Rate64 in addition, and how many bytes come at once; PacketOverhead
	// and CellOverhead may be negative.
	PacketOverhead int32
	CellSize       uint32
	CellOverhead   int32

	ECN    bool         // packets are marked and not lost
	LossGI *NetemLossGI // in the place of Loss
	LossGE *NetemLossGE // in the place of Loss
	Slot   *NetemSlot

	// Only sent. Distributions are tables of what is drawn from, 8192 for one standard deviation;
	// those of tc are in files. A seed begins the sequence of random numbers at its start (Linux 6.6).
	DelayDist, SlotDist []int16
	Seed                *uint64
}

// NetemLossGI loses packets by a model of four states, loss state of tc: the probabilities to go
// from one state to another.
type NetemLossGI struct{ P13, P31, P32, P14, P23 uint32 }

// NetemLossGE loses packets by the Gilbert-Elliot model, loss gemodel of tc: the probabilities to
// become bad and good again, of loss while it is bad, and not to lose while it is good.
type NetemLossGE struct{ P, R, H, K1 uint32 }

// NetemSlot has packets sent in bursts (Linux 4.16): times are in nanoseconds.
type NetemSlot struct {
	MinDelay, MaxDelay    int64 // between bursts
	MaxPackets, MaxBytes  int32 // of a burst; 0: no limit
	DistDelay, DistJitter int64 // between bursts, with SlotDist
}

// NewNetem makes a Netem of microseconds and percentages, as tc does: correlations of what never
// happens are 0.
func NewNetem(attrs QdiscAttrs, nattrs NetemQdiscAttrs) *Netem {
	n := &Netem{
		QdiscAttrs: attrs, Limit: nattrs.Limit, Gap: nattrs.Gap, Rate64: nattrs.Rate64,
		Latency64: int64(nattrs.Latency) * 1000, Jitter64: int64(nattrs.Jitter) * 1000,
		Loss: Percentage2u32(nattrs.Loss), Duplicate: Percentage2u32(nattrs.Duplicate),
		ReorderProb: Percentage2u32(nattrs.ReorderProb), ReorderCorr: Percentage2u32(nattrs.ReorderCorr),
		CorruptProb: Percentage2u32(nattrs.CorruptProb), CorruptCorr: Percentage2u32(nattrs.CorruptCorr),
	}
	n.Latency, n.Jitter = netemTicks(n.Latency64), netemTicks(n.Jitter64)
	if n.Limit == 0 {
		n.Limit = 1000
	}
	if n.Latency > 0 && n.Jitter > 0 {
		n.DelayCorr = Percentage2u32(nattrs.DelayCorr)
	}
	if n.Loss > 0 {
		n.LossCorr = Percentage2u32(nattrs.LossCorr)
	}
	if n.Duplicate > 0 {
		n.DuplicateCorr = Percentage2u32(nattrs.DuplicateCorr)
	}
	if n.ReorderProb > 0 && n.Gap == 0 {
		n.Gap = 1
	}
	return n
}

// Attrs returns the attributes that all kinds have.
func (n *Netem) Attrs() *QdiscAttrs { return &n.QdiscAttrs }

// Type returns "netem".
func (n *Netem) Type() string { return "netem" }

// String returns some of it.
func (n *Netem) String() string {
	return fmt.Sprintf("{Latency: %d, Limit: %d, Loss: %d, Gap: %d, Duplicate: %d, Jitter: %d}",
		n.Latency, n.Limit, n.Loss, n.Gap, n.Duplicate, n.Jitter)
}

func (n *Netem) attrs(c *attr.Codec) {
	p := uapi.TcNetemQopt{Latency: n.Latency, Limit: n.Limit, Loss: n.Loss, Gap: n.Gap, Duplicate: n.Duplicate,
		Jitter: n.Jitter}
	if c.Encoding() {
		p.Latency, p.Jitter = ticksOr(p.Latency, n.Latency64), ticksOr(p.Jitter, n.Jitter64)
	}
	attr.Header(c, uapi.SizeofTcNetemQopt, &p)
	if c.Decoding() {
		n.Latency, n.Limit, n.Loss, n.Gap, n.Duplicate, n.Jitter = p.Latency, p.Limit, p.Loss, p.Gap, p.Duplicate, p.Jitter
	}
	netemTime(c, uapi.TCA_NETEM_LATENCY64, n.Latency, &n.Latency64)
	netemTime(c, uapi.TCA_NETEM_JITTER64, n.Jitter, &n.Jitter64)
	corr := uapi.TcNetemCorr{DelayCorr: n.DelayCorr, LossCorr: n.LossCorr, DupCorr: n.DuplicateCorr}
	reorder := uapi.TcNetemReorder{Probability: n.ReorderProb, Correlation: n.ReorderCorr}
	corrupt := uapi.TcNetemCorrupt{Probability: n.CorruptProb, Correlation: n.CorruptCorr}
	structIf(c, uapi.TCA_NETEM_CORR, uapi.SizeofTcNetemCorr, &corr, corr != uapi.TcNetemCorr{})
	structIf(c, uapi.TCA_NETEM_REORDER, uapi.SizeofTcNetemReorder, &reorder, n.ReorderProb != 0)
	structIf(c, uapi.TCA_NETEM_CORRUPT, uapi.SizeofTcNetemCorrupt, &corrupt, n.CorruptProb != 0)
	if c.Decoding() {
		n.DelayCorr, n.LossCorr, n.DuplicateCorr = corr.DelayCorr, corr.LossCorr, corr.DupCorr
		n.ReorderProb, n.ReorderCorr = reorder.Probability, reorder.Correlation
		n.CorruptProb, n.CorruptCorr = corrupt.Probability, corrupt.Correlation
	}
	n.rate(c)
	ecn := uint32(0)
	if n.ECN {
		ecn = 1
	}
	attr.U32(c, uapi.TCA_NETEM_ECN|attr.IfSet, &ecn)
	n.ECN = ecn != 0
	attr.Nest(c, uapi.TCA_NETEM_LOSS|uapi.NLA_F_NESTED|attr.IfSet, func(c *attr.Codec) {
		gi, ge := (*uapi.TcNetemGimodel)(n.LossGI), (*uapi.TcNetemGemodel)(n.LossGE)
		attr.OptStruct(c, uapi.NETEM_LOSS_GI, uapi.SizeofTcNetemGimodel, &gi)
		attr.OptStruct(c, uapi.NETEM_LOSS_GE, uapi.SizeofTcNetemGemodel, &ge)
		n.LossGI, n.LossGE = (*NetemLossGI)(gi), (*NetemLossGE)(ge)
	})
	slot := (*uapi.TcNetemSlot)(n.Slot)
	attr.OptStruct(c, uapi.TCA_NETEM_SLOT, uapi.SizeofTcNetemSlot, &slot)
	n.Slot = (*NetemSlot)(slot)
	attr.OptU64(c, uapi.TCA_NETEM_PRNG_SEED|attr.WriteOnly, &n.Seed)
	netemDist(c, uapi.TCA_NETEM_DELAY_DIST, n.DelayDist)
	netemDist(c, uapi.TCA_NETEM_SLOT_DIST, n.SlotDist)
}

// rate is Rate64 and what belongs to it.
func (n *Netem) rate(c *attr.Codec) {
	rate := above32(n.Rate64)
	attr.U64(c, uapi.TCA_NETEM_RATE64|attr.IfSet, &rate)
	p := uapi.TcNetemRate{
		Rate: rateSpec(n.Rate64, 0, 0, 0).Rate, PacketOverhead: n.PacketOverhead, CellSize: n.CellSize,
		CellOverhead: n.CellOverhead,
	}
	structIf(c, uapi.TCA_NETEM_RATE, uapi.SizeofTcNetemRate, &p, n.Rate64 != 0)
	if c.Decoding() {
		n.Rate64 = max(uint64(p.Rate), rate)
		n.PacketOverhead, n.CellSize, n.CellOverhead = p.PacketOverhead, p.CellSize, p.CellOverhead
	}
}

// structIf is a structure that is sent on a condition.
func structIf[T any, P attr.Structure[T]](c *attr.Codec, t attr.Type, size int, v P, on bool) {
	if on || !c.Encoding() {
		attr.Struct(c, t, size, v)
	}
}

// netemTicks returns the ticks of a time in nanoseconds.
func netemTicks(ns int64) uint32 { return saturated(float64(ns) * TickInUsec() / 1000) }

// ticksOr returns ticks, or those of the nanoseconds where there are none.
func ticksOr(ticks uint32, ns int64) uint32 {
	if ticks == 0 {
		return netemTicks(ns)
	}
	return ticks
}

// netemTime is a time in nanoseconds that is in ticks too.
func netemTime(c *attr.Codec, t attr.Type, ticks uint32, ns *int64) {
	if !c.Encoding() {
		attr.S64(c, t, ns)
		return
	}
	own := netemTicks(*ns)
	same := ticks == 0 || max(ticks, own)-min(ticks, own) <= 1
	if exact := float64(own)*1000 == float64(*ns)*TickInUsec(); same && !exact {
		attr.S64(c, t, ns)
	}
}

// netemDist is a table of random numbers.
func netemDist(c *attr.Codec, t attr.Type, table []int16) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		if len(table) == 0 {
			return
		}
		if len(table) > uapi.NETEM_DIST_MAX {
			e.Fail(fmt.Errorf("distribution of %d numbers, at most %d are possible", len(table), uapi.NETEM_DIST_MAX))
			return
		}
		b := e.Reserve(uint16(t), 2*len(table))
		for i, v := range table {
			native.PutUint16(b[2*i:], uint16(v))
		}
	}, nil)
}
