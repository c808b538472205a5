package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
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

// String returns what is set of it.
func (fq *Fq) String() string {
	return fmt.Sprintf("{PacketLimit: %d, FlowPacketLimit: %d, Quantum: %d, InitialQuantum: %d, Pacing: %d, FlowDefaultRate: %d, "+
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
