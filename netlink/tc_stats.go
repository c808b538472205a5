package netlink

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// GnetStatsBasic is struct gnet_stats_basic: what has passed.
type GnetStatsBasic struct {
	Bytes   uint64
	Packets uint32 // the low half of [ClassStatistics].Packets
}

// GnetStatsRateEst is struct gnet_stats_rate_est: the rates that an estimator measures. One that
// does not fit is the largest number.
type GnetStatsRateEst struct {
	Bps uint32 // bytes a second
	Pps uint32 // packets a second
}

// GnetStatsRateEst64 is struct gnet_stats_rate_est64, [GnetStatsRateEst] for higher rates.
type GnetStatsRateEst64 struct {
	Bps uint64 // bytes a second
	Pps uint64 // packets a second
}

// GnetStatsQueue is struct gnet_stats_queue: what waits, and what went wrong.
type GnetStatsQueue struct {
	Qlen       uint32 // packets that wait
	Backlog    uint32 // their bytes
	Drops      uint32 // packets dropped
	Requeues   uint32 // packets that the device did not take at first
	Overlimits uint32 // how often a packet was over the limit
}

// ClassStatistics are the counters of a class: tc -s class show.
type ClassStatistics struct {
	Basic   *GnetStatsBasic
	Queue   *GnetStatsQueue
	RateEst *GnetStatsRateEst // zero without an estimator
	BasicHw *GnetStatsBasic   // of Basic, what the hardware passed by itself

	Packets   uint64              // all packets; the kernel counts in 64 bits since 5.5
	RateEst64 *GnetStatsRateEst64 // nil unless a rate is too high for RateEst
}

// QdiscStatistics are the counters of a queueing discipline: tc -s qdisc show.
type QdiscStatistics ClassStatistics

// NewClassStatistics returns counters that are all 0.
func NewClassStatistics() *ClassStatistics { return new(statistics).link() }

// tcCounters are counters as small values.
type tcCounters struct {
	basic, basicHw GnetStatsBasic
	queue          GnetStatsQueue
	rateEst        GnetStatsRateEst
	rateEst64      GnetStatsRateEst64 // the same rates in 64 bits
	fast           bool               // one is too high for rateEst
	packets        uint64
	app            []byte // TCA_STATS_APP, within the message
}

// statistics are counters and what refers to them, in one piece.
type statistics struct {
	ClassStatistics
	tcCounters
}

// link makes what programs see of the counters.
func (s *statistics) link() *ClassStatistics {
	s.Basic, s.Queue, s.RateEst, s.BasicHw, s.Packets = &s.basic, &s.queue, &s.rateEst, &s.basicHw, s.packets
	if s.fast {
		s.RateEst64 = &s.rateEst64
	}
	return &s.ClassStatistics
}

// decodeTcStats reads the counters of an object, nil where it has none: TCA_STATS2, else the
// TCA_STATS of old. app are those of its kind.
func decodeTcStats(m *tcMessage, memory *tcMemory) (all *ClassStatistics, app []byte, err error) {
	switch {
	case m.stats2 != nil:
		return memory.statistics(m.stats2)
	case m.stats != nil:
		s := memory.stats.next()
		s.decodeOld(m.stats)
		return s.link(), nil, nil
	}
	return nil, nil, nil
}

// decodeOld reads TCA_STATS.
func (s *tcCounters) decodeOld(b []byte) {
	var old uapi.TcStats
	old.Decode(b)
	s.basic = GnetStatsBasic{Bytes: old.Bytes, Packets: old.Packets}
	s.queue = GnetStatsQueue{Qlen: old.Qlen, Backlog: old.Backlog, Drops: old.Drops, Overlimits: old.Overlimits}
	s.rateEst = GnetStatsRateEst{Bps: old.Bps, Pps: old.Pps}
	s.rateEst64 = GnetStatsRateEst64{Bps: uint64(old.Bps), Pps: uint64(old.Pps)}
	s.packets = uint64(old.Packets)
}

// decode reads what TCA_STATS2 holds.
func (s *tcCounters) decode(b []byte) error {
	var last uint16 // TCA_STATS_PKT64 is the whole of what came before it
	wide := false
	for len(b) >= uapi.SizeofNlattr {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		switch typ {
		case uapi.TCA_STATS_BASIC:
			s.basic = decodeBasic(v)
		case uapi.TCA_STATS_BASIC_HW:
			s.basicHw = decodeBasic(v)
		case uapi.TCA_STATS_PKT64:
			if last != uapi.TCA_STATS_BASIC {
				break
			}
			if len(v) < 8 {
				return fmt.Errorf("%w: packets in %d bytes", wire.ErrMalformed, len(v))
			}
			s.packets, wide = native.Uint64(v), true
		case uapi.TCA_STATS_QUEUE:
			var q uapi.GnetStatsQueue
			q.Decode(v)
			s.queue = GnetStatsQueue{Qlen: q.Qlen, Backlog: q.Backlog, Drops: q.Drops, Requeues: q.Requeues,
				Overlimits: q.Overlimits}
		case uapi.TCA_STATS_RATE_EST:
			var r uapi.GnetStatsRateEst
			r.Decode(v)
			s.rateEst = GnetStatsRateEst{Bps: r.Bps, Pps: r.Pps}
		case uapi.TCA_STATS_RATE_EST64:
			var r uapi.GnetStatsRateEst64
			r.Decode(v)
			s.rateEst64, s.fast = GnetStatsRateEst64{Bps: r.Bps, Pps: r.Pps}, true
		case uapi.TCA_STATS_APP:
			s.app = v
		}
		if typ != uapi.TCA_STATS_PAD {
			last = typ
		}
	}
	if !wide {
		s.packets = uint64(s.basic.Packets)
	}
	if !s.fast {
		s.rateEst64 = GnetStatsRateEst64{Bps: uint64(s.rateEst.Bps), Pps: uint64(s.rateEst.Pps)}
	}
	return nil
}

func decodeBasic(b []byte) GnetStatsBasic {
	var s uapi.GnetStatsBasic
	s.Decode(b)
	return GnetStatsBasic{Bytes: s.Bytes, Packets: s.Packets}
}
