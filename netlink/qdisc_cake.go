package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Cake shapes a link, shares it among hosts and flows, and keeps queues short: tc-cake(8). What is nil or 0
// leaves the kernel's default, or what there is. Linux 4.19.
type Cake struct {
	QdiscAttrs
	CakeOptions
}

// CakeOptions is what [Cake] and [CakeMq] have.
type CakeOptions struct {
	Bandwidth *uint64 // bytes a second; 0: no limit
	Autorate  *bool   // Bandwidth follows what comes in
	RTT       uint32  // microseconds
	Target    uint32  // microseconds that packets may wait; tc has a twentieth of RTT

	DiffservMode *uint32 // CAKE_DIFFSERV_…
	FlowMode     *uint32 // CAKE_FLOW_…
	Nat          *bool   // hosts and flows are those behind address translation
	Wash         *bool   // the DS field is cleared
	Fwmark       *uint32 // these bits of the packet's mark choose the tin; 0: none
	Ingress      *bool   // dropped packets count as sent
	AckFilter    *uint32 // CAKE_ACK_…
	SplitGSO     *bool   // large packets are split
	Memory       uint32  // bytes

	Overhead *int32  // bytes of each packet, instead of what its size is on the link: -64 to 256
	Mpu      *uint32 // bytes of the smallest packet
	ATM      *uint32 // CAKE_ATM_…
	Raw      bool    // no Overhead: sizes are as the kernel has them
}

// Which tins [Cake] has.
const (
	CAKE_DIFFSERV_DIFFSERV3  = uapi.CAKE_DIFFSERV_DIFFSERV3
	CAKE_DIFFSERV_DIFFSERV4  = uapi.CAKE_DIFFSERV_DIFFSERV4
	CAKE_DIFFSERV_DIFFSERV8  = uapi.CAKE_DIFFSERV_DIFFSERV8
	CAKE_DIFFSERV_BESTEFFORT = uapi.CAKE_DIFFSERV_BESTEFFORT
	CAKE_DIFFSERV_PRECEDENCE = uapi.CAKE_DIFFSERV_PRECEDENCE
)

// Among what [Cake] shares: hosts of either side, flows, or flows of hosts.
const (
	CAKE_FLOW_NONE     = uapi.CAKE_FLOW_NONE
	CAKE_FLOW_SRC_IP   = uapi.CAKE_FLOW_SRC_IP
	CAKE_FLOW_DST_IP   = uapi.CAKE_FLOW_DST_IP
	CAKE_FLOW_HOSTS    = uapi.CAKE_FLOW_HOSTS
	CAKE_FLOW_FLOWS    = uapi.CAKE_FLOW_FLOWS
	CAKE_FLOW_DUAL_SRC = uapi.CAKE_FLOW_DUAL_SRC
	CAKE_FLOW_DUAL_DST = uapi.CAKE_FLOW_DUAL_DST
	CAKE_FLOW_TRIPLE   = uapi.CAKE_FLOW_TRIPLE
)

// What [Cake] does with acknowledgements that a later one makes needless, and how the link frames packets.
const (
	CAKE_ACK_NONE       = uapi.CAKE_ACK_NONE
	CAKE_ACK_FILTER     = uapi.CAKE_ACK_FILTER
	CAKE_ACK_AGGRESSIVE = uapi.CAKE_ACK_AGGRESSIVE
	CAKE_ATM_NONE       = uapi.CAKE_ATM_NONE
	CAKE_ATM_ATM        = uapi.CAKE_ATM_ATM
	CAKE_ATM_PTM        = uapi.CAKE_ATM_PTM
)

// Attrs returns the attributes that all kinds have.
func (q *Cake) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "cake".
func (q *Cake) Type() string { return "cake" }

func (o *CakeOptions) attrs(c *attr.Codec) {
	attr.OptU64(c, uapi.TCA_CAKE_BASE_RATE64, &o.Bandwidth)
	attr.OptU32(c, uapi.TCA_CAKE_DIFFSERV_MODE, &o.DiffservMode)
	attr.OptU32(c, uapi.TCA_CAKE_ATM, &o.ATM)
	attr.OptU32(c, uapi.TCA_CAKE_FLOW_MODE, &o.FlowMode)
	attr.OptS32(c, uapi.TCA_CAKE_OVERHEAD, &o.Overhead)
	attr.Custom(c, uapi.TCA_CAKE_RAW, func(e *wire.Encoder) {
		if o.Raw {
			e.Uint32(uapi.TCA_CAKE_RAW, 0)
		}
	}, func([]byte) { o.Raw = true })
	attr.OptU32(c, uapi.TCA_CAKE_MPU, &o.Mpu)
	attr.U32(c, uapi.TCA_CAKE_RTT|attr.IfSet, &o.RTT)
	attr.U32(c, uapi.TCA_CAKE_TARGET|attr.IfSet, &o.Target)
	optBool32(c, uapi.TCA_CAKE_AUTORATE, &o.Autorate)
	attr.U32(c, uapi.TCA_CAKE_MEMORY|attr.IfSet, &o.Memory)
	attr.OptU32(c, uapi.TCA_CAKE_FWMARK, &o.Fwmark)
	optBool32(c, uapi.TCA_CAKE_NAT, &o.Nat)
	optBool32(c, uapi.TCA_CAKE_WASH, &o.Wash)
	optBool32(c, uapi.TCA_CAKE_INGRESS, &o.Ingress)
	attr.OptU32(c, uapi.TCA_CAKE_ACK_FILTER, &o.AckFilter)
	optBool32(c, uapi.TCA_CAKE_SPLIT_GSO, &o.SplitGSO)
}

// CakeStats are the counters of [Cake].
type CakeStats struct {
	CapacityEstimate uint64 // bytes a second
	MemoryLimit      uint32 // bytes, as what follows
	MemoryUsed       uint32
	AvgNetoff        uint32 // from the link's header to that of the network
	MinNetlen        uint32 // of packets at the network's layer
	MaxNetlen        uint32
	MinAdjlen        uint32 // of packets with their overhead
	MaxAdjlen        uint32
	ActiveQueues     uint32 // of CakeMq (Linux 7.1)
	Tins             []CakeTin
}

// CakeTin are the counters of one tin. Times are in microseconds.
type CakeTin struct {
	ThresholdRate                                   uint64 // bytes a second
	SentBytes, DroppedBytes, AcksDroppedBytes       uint64
	SentPackets, DroppedPackets, AcksDroppedPackets uint32
	ECNMarkedBytes                                  uint64
	ECNMarkedPackets                                uint32
	BacklogBytes, BacklogPackets                    uint32
	Target, Interval                                uint32
	PeakDelay, AvgDelay, BaseDelay                  uint32
	WayIndirectHits, WayMisses, WayCollisions       uint32 // of the hash of flows
	SparseFlows, BulkFlows, UnresponsiveFlows       uint32
	MaxSkblen                                       uint32 // bytes of the largest packet
	FlowQuantum                                     uint32 // bytes a turn
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Cake) AppStatistics() *CakeStats { return cakeStats(q.Xstats) }

func cakeStats(b []byte) *CakeStats {
	if b == nil {
		return nil
	}
	s := new(CakeStats)
	if attr.Decode(b, s.attrs) != nil {
		return nil
	}
	return s
}

func (s *CakeStats) attrs(c *attr.Codec) {
	attr.U64(c, uapi.TCA_CAKE_STATS_CAPACITY_ESTIMATE64, &s.CapacityEstimate)
	attr.U32(c, uapi.TCA_CAKE_STATS_MEMORY_LIMIT, &s.MemoryLimit)
	attr.U32(c, uapi.TCA_CAKE_STATS_MEMORY_USED, &s.MemoryUsed)
	attr.U32(c, uapi.TCA_CAKE_STATS_AVG_NETOFF, &s.AvgNetoff)
	attr.U32(c, uapi.TCA_CAKE_STATS_MIN_NETLEN, &s.MinNetlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_MAX_NETLEN, &s.MaxNetlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_MIN_ADJLEN, &s.MinAdjlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_MAX_ADJLEN, &s.MaxAdjlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_ACTIVE_QUEUES, &s.ActiveQueues)
	attr.Array(c, uapi.TCA_CAKE_STATS_TIN_STATS, 1, &s.Tins,
		func(c *attr.Codec, t attr.Type, v *CakeTin) { attr.Nest(c, t, v.attrs) })
}

func (s *CakeTin) attrs(c *attr.Codec) {
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_THRESHOLD_RATE64, &s.ThresholdRate)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_SENT_BYTES64, &s.SentBytes)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_DROPPED_BYTES64, &s.DroppedBytes)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_ACKS_DROPPED_BYTES64, &s.AcksDroppedBytes)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_ECN_MARKED_BYTES64, &s.ECNMarkedBytes)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_SENT_PACKETS, &s.SentPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_DROPPED_PACKETS, &s.DroppedPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_ACKS_DROPPED_PACKETS, &s.AcksDroppedPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_ECN_MARKED_PACKETS, &s.ECNMarkedPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BACKLOG_BYTES, &s.BacklogBytes)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BACKLOG_PACKETS, &s.BacklogPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_TARGET_US, &s.Target)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_INTERVAL_US, &s.Interval)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_PEAK_DELAY_US, &s.PeakDelay)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_AVG_DELAY_US, &s.AvgDelay)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BASE_DELAY_US, &s.BaseDelay)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_WAY_INDIRECT_HITS, &s.WayIndirectHits)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_WAY_MISSES, &s.WayMisses)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_WAY_COLLISIONS, &s.WayCollisions)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_SPARSE_FLOWS, &s.SparseFlows)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BULK_FLOWS, &s.BulkFlows)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_UNRESPONSIVE_FLOWS, &s.UnresponsiveFlows)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_MAX_SKBLEN, &s.MaxSkblen)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_FLOW_QUANTUM, &s.FlowQuantum)
}
