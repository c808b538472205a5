package netlink

import (
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

// statistics are counters and what they refer to, in one piece.
type statistics struct {
	ClassStatistics
	basic, basicHw GnetStatsBasic
	queue          GnetStatsQueue
	rateEst        GnetStatsRateEst
	app            []byte // TCA_STATS_APP
}

func (s *statistics) link() *ClassStatistics {
	s.Basic, s.Queue, s.RateEst, s.BasicHw = &s.basic, &s.queue, &s.rateEst, &s.basicHw
	return &s.ClassStatistics
}

// decodeTcStats reads the counters of an object, nil where it has none: TCA_STATS2, else the
// TCA_STATS of old. app are those of its kind.
func decodeTcStats(m *tcMessage) (all *ClassStatistics, app []byte, err error) {
	switch {
	case m.stats2 != nil:
		s := new(statistics)
		err = s.decode(m.stats2)
		return s.link(), s.app, err
	case m.stats != nil:
		s := new(statistics)
		var old uapi.TcStats
		old.Decode(m.stats)
		s.basic = GnetStatsBasic{Bytes: old.Bytes, Packets: old.Packets}
		s.queue = GnetStatsQueue{Qlen: old.Qlen, Backlog: old.Backlog, Drops: old.Drops, Overlimits: old.Overlimits}
		s.rateEst = GnetStatsRateEst{Bps: old.Bps, Pps: old.Pps}
		s.Packets = uint64(old.Packets)
		return s.link(), nil, nil
	}
	return nil, nil, nil
}

// decode reads what TCA_STATS2 holds.
func (s *statistics) decode(b []byte) error {
	var last uint16 // TCA_STATS_PKT64 is the whole of what came before it
	wide := false
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.TCA_STATS_BASIC:
			s.basic = decodeBasic(d.Data())
		case uapi.TCA_STATS_BASIC_HW:
			s.basicHw = decodeBasic(d.Data())
		case uapi.TCA_STATS_PKT64:
			if last == uapi.TCA_STATS_BASIC {
				s.Packets, wide = d.Uint64(), true
			}
		case uapi.TCA_STATS_QUEUE:
			var q uapi.GnetStatsQueue
			q.Decode(d.Data())
			s.queue = GnetStatsQueue{Qlen: q.Qlen, Backlog: q.Backlog, Drops: q.Drops, Requeues: q.Requeues,
				Overlimits: q.Overlimits}
		case uapi.TCA_STATS_RATE_EST:
			var r uapi.GnetStatsRateEst
			r.Decode(d.Data())
			s.rateEst = GnetStatsRateEst{Bps: r.Bps, Pps: r.Pps}
		case uapi.TCA_STATS_RATE_EST64:
			var r uapi.GnetStatsRateEst64
			r.Decode(d.Data())
			s.RateEst64 = &GnetStatsRateEst64{Bps: r.Bps, Pps: r.Pps}
		case uapi.TCA_STATS_APP:
			s.app = d.Bytes()
		}
		if t := d.Type(); t != uapi.TCA_STATS_PAD {
			last = t
		}
	}
	if !wide {
		s.Packets = uint64(s.basic.Packets)
	}
	return d.Err()
}

func decodeBasic(b []byte) GnetStatsBasic {
	var s uapi.GnetStatsBasic
	s.Decode(b)
	return GnetStatsBasic{Bytes: s.Bytes, Packets: s.Packets}
}
