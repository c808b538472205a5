package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// Gred has up to 16 queues that are like [Red], and packets are in one by their tcindex. It is added with
// Queues as its number; then each queue is set by a change with Set.
type Gred struct {
	QdiscAttrs
	Queues  uint32  // how many there are, 1 to 16
	Default uint32  // the queue of packets that have none
	Grio    bool    // queues have priorities
	Flags   uint8   // TC_RED_… of all queues
	Limit   *uint32 // bytes that may wait before there are queues; nil: as the link's queue length

	Set  *GredQueue  // the queue that a change sets, and nothing else; only sent
	List []GredQueue // those that are set; read only
}

// GredQueue is a queue of [Gred].
type GredQueue struct {
	DP       uint32 // its number
	Limit    uint32 // bytes that may wait
	Min, Max uint32 // bytes of the average queue, between which packets are dropped at random
	RedCurve
	Prio           uint8
	MaxProbability uint32  // at Max, of 2^32
	Flags          *uint32 // TC_RED_…; nil: those of Gred (Linux 5.1)

	Stats GredStats // read only
}

// GredStats are the counters of a queue.
type GredStats struct {
	Backlog, Average       uint32 // bytes that wait
	Packets                uint32
	Bytes                  uint64
	ProbDrop, ProbMark     uint32 // packets between Min and Max
	ForcedDrop, ForcedMark uint32 // packets above Max
	Pdrop, Other           uint32 // packets dropped since the queue was full, and otherwise
}

// Attrs returns the attributes that all kinds have.
func (q *Gred) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "gred".
func (q *Gred) Type() string { return "gred" }

func (q *Gred) attrs(c *attr.Codec) {
	if c.Encoding() && q.Set != nil {
		q.Set.send(c)
		return
	}
	s := uapi.TcGredSopt{DPs: q.Queues, DefDP: q.Default, Flags: q.Flags}
	if q.Grio {
		s.Grio = 1
	}
	attr.Struct(c, uapi.TCA_GRED_DPS, uapi.SizeofTcGredSopt, &s)
	attr.OptU32(c, uapi.TCA_GRED_LIMIT, &q.Limit)
	if !c.Decoding() {
		return
	}
	q.Queues, q.Default, q.Grio, q.Flags = s.DPs, s.DefDP, s.Grio != 0, s.Flags
	attr.Custom(c, uapi.TCA_GRED_PARMS, nil, q.readQueues)
	attr.Custom(c, uapi.TCA_GRED_MAX_P, nil, func(b []byte) {
		for i := range q.List {
			if at := 4 * int(q.List[i].DP); at+4 <= len(b) {
				q.List[i].MaxProbability = native.Uint32(b[at:])
			}
		}
	})
	var more []gredVQ
	attr.Repeat(c, uapi.TCA_GRED_VQ_LIST, uapi.TCA_GRED_VQ_ENTRY, &more, gredEntry)
	for _, m := range more {
		for i := range q.List {
			if v := &q.List[i]; v.DP == m.dp {
				m.stats.Average = v.Stats.Average
				v.Flags, v.Stats = m.flags, m.stats
			}
		}
	}
}

// readQueues reads the structures of all queues; those that are not set have a number that none has.
func (q *Gred) readQueues(b []byte) {
	for ; len(b) >= uapi.SizeofTcGredQopt; b = b[uapi.SizeofTcGredQopt:] {
		var p uapi.TcGredQopt
		if p.Decode(b); p.DP >= uapi.MAX_DPs {
			continue
		}
		q.List = append(q.List, GredQueue{
			DP: p.DP, Limit: p.Limit, Min: p.QthMin, Max: p.QthMax,
			RedCurve: RedCurve{Wlog: p.Wlog, Plog: p.Plog, ScellLog: p.ScellLog}, Prio: p.Prio,
			Stats: GredStats{Backlog: p.Backlog, Average: p.Qave, Packets: p.Packets, Bytes: uint64(p.Bytesin),
				ProbDrop:   p.Early,
				ForcedDrop: p.Forced, Pdrop: p.Pdrop, Other: p.Other},
		})
	}
}

// gredVQ is what the kernel says of a queue since Linux 5.1.
type gredVQ struct {
	dp    uint32
	flags *uint32
	stats GredStats
}

func gredEntry(c *attr.Codec, t attr.Type, v *gredVQ) {
	attr.Nest(c, t, func(c *attr.Codec) {
		attr.U32(c, uapi.TCA_GRED_VQ_DP, &v.dp)
		attr.OptU32(c, uapi.TCA_GRED_VQ_FLAGS, &v.flags)
		attr.U64(c, uapi.TCA_GRED_VQ_STAT_BYTES|attr.ReadOnly, &v.stats.Bytes)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_PACKETS|attr.ReadOnly, &v.stats.Packets)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_BACKLOG|attr.ReadOnly, &v.stats.Backlog)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_PROB_DROP|attr.ReadOnly, &v.stats.ProbDrop)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_PROB_MARK|attr.ReadOnly, &v.stats.ProbMark)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_FORCED_DROP|attr.ReadOnly, &v.stats.ForcedDrop)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_FORCED_MARK|attr.ReadOnly, &v.stats.ForcedMark)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_PDROP|attr.ReadOnly, &v.stats.Pdrop)
		attr.U32(c, uapi.TCA_GRED_VQ_STAT_OTHER|attr.ReadOnly, &v.stats.Other)
	})
}

// send sets the queue.
func (v *GredQueue) send(c *attr.Codec) {
	p := uapi.TcGredQopt{
		DP: v.DP, Limit: v.Limit, QthMin: v.Min, QthMax: v.Max, Wlog: v.Wlog, Plog: v.Plog, ScellLog: v.ScellLog,
		Prio: v.Prio,
	}
	attr.Struct(c, uapi.TCA_GRED_PARMS, uapi.SizeofTcGredQopt, &p)
	v.stab(c, uapi.TCA_GRED_STAB)
	attr.U32(c, uapi.TCA_GRED_MAX_P, &v.MaxProbability)
	if v.Flags != nil {
		list := []gredVQ{{dp: v.DP, flags: v.Flags}}
		attr.Repeat(c, uapi.TCA_GRED_VQ_LIST, uapi.TCA_GRED_VQ_ENTRY, &list, gredEntry)
	}
}
