package netlink

import (
	"fmt"
	"math"
	"math/bits"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Fq sends the packets of each flow at the pace that its socket asks for, and all flows in turn:
// tc-fq(8). The zero values of fields leave the kernel's defaults, but for Pacing and
// HorizonDropPolicy; [NewFq] sets those two.
type Fq struct {
	QdiscAttrs
	PacketLimit     uint32 // packets
	FlowPacketLimit uint32 // packets of one flow
	Quantum         uint32 // bytes a turn
	InitialQuantum  uint32 // bytes of a new flow's first turn
	Pacing          uint32 // 0: the pace of sockets does not count; always sent
	FlowDefaultRate uint32 // bytes a second; kernels since 4.2 pass it over
	FlowMaxRate     uint32 // bytes a second, at most
	Buckets         uint32 // the logarithm of how many flows have a place of their own
	FlowRefillDelay uint32 // microseconds
	// LowRateThreshold is the rate in bytes a second below which no packets are held back early.
	LowRateThreshold uint32
	// Horizon is how many microseconds ahead a packet may ask to be sent.
	Horizon uint32
	// HorizonDropPolicy says what becomes of packets beyond: HORIZON_DROP_POLICY_CAP, DROP or DEFAULT.
	HorizonDropPolicy uint8

	OrphanMask     uint32  // hash of packets that are no socket's
	CEThreshold    *uint32 // microseconds in the queue after which packets are marked (Linux 5.0)
	TimerSlack     *uint32 // nanoseconds (Linux 5.10)
	PriorityMap    *FqPriorityMap
	Weights        *[FqBands]uint32 // bytes a turn of each band (Linux 6.7)
	OffloadHorizon *uint32          // microseconds ahead that the device is given packets (Linux 6.15)
}

// FqBands is how many bands [Fq] has.
const FqBands = uapi.FQ_BANDS

// FqPriorityMap says which band of [Fq] packets of each priority are in (Linux 6.7).
type FqPriorityMap [PRIORITY_MAP_LEN]uint8

// What [Fq] does with packets that ask to be sent too far ahead.
const (
	HORIZON_DROP_POLICY_CAP     = 0   // they are sent at the horizon
	HORIZON_DROP_POLICY_DROP    = 1   // they are dropped
	HORIZON_DROP_POLICY_DEFAULT = 255 // as the kernel does it unless it is said: dropped
)

// NewFq returns the kernel's defaults.
func NewFq(attrs QdiscAttrs) *Fq {
	return &Fq{QdiscAttrs: attrs, Pacing: 1, HorizonDropPolicy: HORIZON_DROP_POLICY_DEFAULT}
}

// Attrs returns the attributes that all kinds have.
func (fq *Fq) Attrs() *QdiscAttrs { return &fq.QdiscAttrs }

// Type returns "fq".
func (fq *Fq) Type() string { return "fq" }

// String returns the fields that are set.
func (fq *Fq) String() string {
	return fmt.Sprintf("{PacketLimit: %d, FlowPacketLimit: %d, Quantum: %d, InitialQuantum: %d, Pacing: %d, "+
		"FlowDefaultRate: %d, "+
		"FlowMaxRate: %d, Buckets: %d, FlowRefillDelay: %d, LowRateThreshold: %d, Horizon: %d, HorizonDropPolicy: %d}",
		fq.PacketLimit, fq.FlowPacketLimit, fq.Quantum, fq.InitialQuantum, fq.Pacing, fq.FlowDefaultRate,
		fq.FlowMaxRate, fq.Buckets, fq.FlowRefillDelay, fq.LowRateThreshold, fq.Horizon, fq.HorizonDropPolicy)
}

func (fq *Fq) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_FQ_PLIMIT|attr.IfSet, &fq.PacketLimit)
	attr.U32(c, uapi.TCA_FQ_FLOW_PLIMIT|attr.IfSet, &fq.FlowPacketLimit)
	attr.U32(c, uapi.TCA_FQ_QUANTUM|attr.IfSet, &fq.Quantum)
	attr.U32(c, uapi.TCA_FQ_INITIAL_QUANTUM|attr.IfSet, &fq.InitialQuantum)
	attr.U32(c, uapi.TCA_FQ_RATE_ENABLE, &fq.Pacing)
	attr.U32(c, uapi.TCA_FQ_FLOW_DEFAULT_RATE|attr.IfSet, &fq.FlowDefaultRate)
	attr.U32(c, uapi.TCA_FQ_FLOW_MAX_RATE|attr.IfSet, &fq.FlowMaxRate)
	attr.U32(c, uapi.TCA_FQ_BUCKETS_LOG|attr.IfSet, &fq.Buckets)
	attr.U32(c, uapi.TCA_FQ_FLOW_REFILL_DELAY|attr.IfSet, &fq.FlowRefillDelay)
	attr.U32(c, uapi.TCA_FQ_LOW_RATE_THRESHOLD|attr.IfSet, &fq.LowRateThreshold)
	attr.U32(c, uapi.TCA_FQ_HORIZON|attr.IfSet, &fq.Horizon)
	if !c.Encoding() || fq.HorizonDropPolicy != HORIZON_DROP_POLICY_DEFAULT {
		attr.U8(c, uapi.TCA_FQ_HORIZON_DROP, &fq.HorizonDropPolicy)
	}
	attr.U32(c, uapi.TCA_FQ_ORPHAN_MASK|attr.IfSet, &fq.OrphanMask)
	attr.OptU32(c, uapi.TCA_FQ_CE_THRESHOLD, &fq.CEThreshold)
	attr.OptU32(c, uapi.TCA_FQ_TIMER_SLACK, &fq.TimerSlack)
	attr.OptU32(c, uapi.TCA_FQ_OFFLOAD_HORIZON, &fq.OffloadHorizon)
	attr.Custom(c, uapi.TCA_FQ_PRIOMAP, func(e *wire.Encoder) {
		if fq.PriorityMap != nil {
			e.Struct(uapi.TCA_FQ_PRIOMAP, uapi.SizeofTcPrioQopt, &uapi.TcPrioQopt{Bands: FqBands, Priomap: *fq.PriorityMap})
		}
	}, func(b []byte) {
		var m uapi.TcPrioQopt
		m.Decode(b)
		fq.PriorityMap = new(FqPriorityMap(m.Priomap))
	})
	attr.Custom(c, uapi.TCA_FQ_WEIGHTS, func(e *wire.Encoder) {
		if fq.Weights != nil {
			b := e.Reserve(uapi.TCA_FQ_WEIGHTS, 4*FqBands)
			for i, w := range fq.Weights {
				native.PutUint32(b[4*i:], w)
			}
		}
	}, func(b []byte) {
		if len(b) >= 4*FqBands {
			fq.Weights = new([FqBands]uint32)
			for i := range fq.Weights {
				fq.Weights[i] = native.Uint32(b[4*i:])
			}
		}
	})
}

func (*Fq) describe() desc.Kind {
	return desc.Kind{Fields: fqFields, Exact: true, Statistics: showFqStatistics}
}

var fqFields = []desc.Field{
	{Type: uapi.TCA_FQ_PLIMIT, Key: "limit", Form: desc.TcPackets},
	{Type: uapi.TCA_FQ_FLOW_PLIMIT, Key: "flow_limit", Form: desc.TcPackets},
	{Type: uapi.TCA_FQ_BUCKETS_LOG, Word: "buckets", Usage: "NUMBER",
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Uint("buckets", "buckets %d ", 1<<(native.Uint32(b)&31))
			}
		}, Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Number(32, 0, "buckets")
			if err == nil && v != 0 {
				e.Uint32(f.Type, uint32(bits.Len32(uint32(v)-1)))
			}
			return err
		}},
	{Type: uapi.TCA_FQ_ORPHAN_MASK, Key: "orphan_mask", Form: desc.TcU32},
	{Type: uapi.TCA_FQ_RATE_ENABLE, Word: "pacing", Words: []string{"nopacing"}, Read: readEcn,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 && native.Uint32(b) == 0 {
				p.Bool("pacing", "", false)
				p.Text("nopacing ")
			}
		}},
	{Type: uapi.TCA_FQ_PRIOMAP, Word: "bands", Usage: "3 priomap BAND...", Read: readFqPriomap,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= uapi.SizeofTcPrioQopt {
				var m uapi.TcPrioQopt
				m.Decode(b)
				p.Uint("bands", "bands %d ", uint64(uint32(m.Bands)))
				showPriomap(p, &m, "priomap ", "%d ")
			}
		}},
	{Type: uapi.TCA_FQ_WEIGHTS, Word: "weights", Usage: "WEIGHT WEIGHT WEIGHT", Read: readFqWeights,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) < 4*FqBands {
				return
			}
			p.Array("weights ")
			p.Text("weights ")
			for i := range FqBands {
				p.Uint("", "%d ", uint64(native.Uint32(b[4*i:])))
			}
			p.EndArray()
		}},
	{Type: uapi.TCA_FQ_QUANTUM, Key: "quantum", Form: desc.TcSize},
	{Type: uapi.TCA_FQ_INITIAL_QUANTUM, Key: "initial_quantum", Form: desc.TcSize},
	{Type: uapi.TCA_FQ_FLOW_MAX_RATE, Key: "maxrate", Form: desc.TcRate},
	{Type: uapi.TCA_FQ_FLOW_DEFAULT_RATE, Key: "defrate", Form: desc.TcRate},
	{Type: uapi.TCA_FQ_LOW_RATE_THRESHOLD, Key: "low_rate_threshold", Form: desc.TcRate},
	{Type: uapi.TCA_FQ_FLOW_REFILL_DELAY, Key: "refill_delay", Form: desc.TcTime},
	{Type: uapi.TCA_FQ_CE_THRESHOLD, Key: "ce_threshold", Form: desc.TcTime,
		Show: func(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 && native.Uint32(b) != math.MaxUint32 {
				p.Time(f.Key, "ce_threshold %s ", native.Uint32(b))
			}
		}},
	{Type: uapi.TCA_FQ_TIMER_SLACK, Word: "timer_slack", Usage: "TIME",
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Time64("timer_slack", "timer_slack %s ", int64(native.Uint32(b)))
			}
		}, Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Time64("timer_slack")
			if err == nil && (v < 0 || v > math.MaxUint32) {
				return desc.Illegal("timer_slack")
			}
			e.Uint32(f.Type, uint32(v))
			return err
		}},
	{Type: uapi.TCA_FQ_HORIZON, Key: "horizon", Form: desc.TcTime},
	{Type: uapi.TCA_FQ_HORIZON_DROP, Word: "horizon_cap", Words: []string{"horizon_drop"},
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			policy := uint8(HORIZON_DROP_POLICY_CAP)
			if in.Last() == "horizon_drop" {
				policy = HORIZON_DROP_POLICY_DROP
			}
			e.Uint8(f.Type, policy)
			return nil
		}, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			switch {
			case len(b) == 0:
			case b[0] == HORIZON_DROP_POLICY_CAP:
				p.Null("horizon_cap", "horizon_cap ")
			default:
				p.Null("horizon_drop", "horizon_drop ")
			}
		}},
	{Type: uapi.TCA_FQ_OFFLOAD_HORIZON, Key: "offload_horizon", Form: desc.TcTime},
}

func readFqPriomap(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	m := uapi.TcPrioQopt{Bands: FqBands}
	if v, err := in.Signed(10, "bands"); err != nil || v != FqBands {
		return desc.Failed("\"bands\" must be %d", FqBands)
	}
	if !in.Take("priomap") {
		return desc.Failed("\"priomap\" expected")
	}
	for i := range m.Priomap {
		if !in.More() {
			return desc.Failed("Not enough elements in priomap")
		}
		band, err := in.Number(32, 10, "priomap")
		if err == nil && band >= FqBands {
			err = desc.Failed("\"priomap\" element %d too big", band)
		}
		if err != nil {
			return err
		}
		m.Priomap[i] = uint8(band)
	}
	e.Struct(f.Type, uapi.SizeofTcPrioQopt, &m)
	return nil
}

func readFqWeights(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	var weights [FqBands]uint32
	for i := range weights {
		if !in.More() {
			return desc.Failed("Not enough elements in weights")
		}
		v, err := in.Signed(10, "weights")
		if err == nil && v < uapi.FQ_MIN_WEIGHT {
			err = desc.Failed("\"weight\" element %d too small", v)
		}
		if err != nil {
			return err
		}
		weights[i] = uint32(v)
	}
	b := e.Reserve(f.Type, 4*FqBands)
	for i, v := range weights {
		native.PutUint32(b[4*i:], v)
	}
	return nil
}

func showFqStatistics(p *desc.Printer, b []byte) {
	var s uapi.TcFqQdStats
	s.Decode(b)
	p.Uint("flows", "  flows %d", uint64(s.Flows))
	p.Uint("inactive", " (inactive %d", uint64(s.InactiveFlows))
	p.Uint("throttled", " throttled %d)", uint64(s.ThrottledFlows))
	for i, n := range s.BandPktCount {
		key := fmt.Sprintf("band%d_pkts", i)
		p.Uint(key, " "+key+" %d", uint64(n))
	}
	if s.TimeNextDelayedFlow > 0 {
		p.Time64("next_packet_delay", " next_packet_delay %s", s.TimeNextDelayedFlow)
	}
	p.NL()
	p.Uint("gc", "  gc %d", s.GcFlows)
	p.Uint("highprio", " highprio %d", s.HighprioPackets)
	countIfSet(p, "fastpath", s.FastpathPackets)
	countIfSet(p, "retrans", s.TcpRetrans)
	p.Uint("throttled", " throttled %d", s.Throttled)
	if s.UnthrottleLatencyNs != 0 {
		p.Time64("latency", " latency %s", int64(s.UnthrottleLatencyNs))
	}
	countIfSet(p, "ce_mark", s.CeMark)
	countIfSet(p, "flows_plimit", s.FlowsPlimit)
	if s.PktsTooLong|s.AllocationErrors|s.HorizonDrops|s.HorizonCaps|s.BandDrops[0]|s.BandDrops[1]|s.BandDrops[2] == 0 {
		return
	}
	p.NL()
	countIfSet(p, "pkts_too_long", s.PktsTooLong)
	countIfSet(p, "alloc_errors", s.AllocationErrors)
	countIfSet(p, "horizon_drops", s.HorizonDrops)
	if s.HorizonCaps != 0 {
		p.Uint("horizon_caps", "  horizon_caps %d", s.HorizonCaps)
	}
	for i, n := range s.BandDrops {
		countIfSet(p, fmt.Sprintf("band%d_drops", i), n)
	}
}
