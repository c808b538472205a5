package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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
	if c.Recording() {
		new(GredQueue).send(c)
	}
	s := uapi.TcGredSopt{DPs: q.Queues, DefDP: q.Default, Flags: q.Flags}
	if q.Grio {
		s.Grio = 1
	}
	attr.Struct(c, uapi.TCA_GRED_DPS, uapi.SizeofTcGredSopt, &s)
	attr.OptU32(c, uapi.TCA_GRED_LIMIT, &q.Limit)
	if c.Encoding() {
		return
	}
	q.Queues, q.Default, q.Grio, q.Flags = s.DPs, s.DefDP, s.Grio != 0, s.Flags
	attr.Custom(c, uapi.TCA_GRED_PARMS, nil, q.readQueues)
	if c.Settling() {
		settleQueues(c.Payload(uapi.TCA_GRED_PARMS))
	}
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

// settleQueues takes the counters out of what readQueues reads.
func settleQueues(b []byte) {
	for ; len(b) >= uapi.SizeofTcGredQopt; b = b[uapi.SizeofTcGredQopt:] {
		var p uapi.TcGredQopt
		p.Decode(b)
		p.Backlog, p.Qave, p.Packets, p.Bytesin, p.Early, p.Forced, p.Pdrop, p.Other = 0, 0, 0, 0, 0, 0, 0, 0
		p.Put(b)
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
		for t := attr.Type(uapi.TCA_GRED_VQ_STAT_BYTES); t <= uapi.TCA_GRED_VQ_STAT_OTHER; t++ {
			c.Forget(t)
		}
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

func (*Gred) describe() desc.Kind {
	return desc.Kind{Fields: gredFields, Exact: true, Complete: completeGred, Raw: showGred}
}

var gredFields = []desc.Field{
	{Type: uapi.TCA_GRED_DPS, Word: "setup", Usage: "vqs NUMBER default VQ [ grio ] [ limit BYTES ] [ ecn ] [ harddrop ]",
		Read: readGredSetup},
	{Type: uapi.TCA_GRED_VQ_LIST, Word: "vq", Words: []string{"DP"}, Usage: "VQ", Read: readGredQueue},
	{Type: uapi.TCA_GRED_PARMS, Word: "prio", Usage: "VALUE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[redWords](in)
			w.given = true
			v, err := in.Number(8, 10, "prio")
			return set(&w.prio, v, err)
		}},
	{Type: uapi.TCA_GRED_LIMIT, Word: "limit", Usage: "BYTES", Read: readRedSize},
	{Type: uapi.TCA_GRED_PARMS, Word: "min", Usage: "BYTES", Read: readRedSize},
	{Type: uapi.TCA_GRED_PARMS, Word: "max", Usage: "BYTES", Read: readRedSize},
	{Type: uapi.TCA_GRED_PARMS, Word: "avpkt", Usage: "BYTES", Read: readRedSize},
	{Type: uapi.TCA_GRED_PARMS, Word: "burst", Usage: "PACKETS", Read: readRedNumber},
	{Type: uapi.TCA_GRED_MAX_P, Word: "probability", Usage: "PROBABILITY", Read: readRedProbability},
	{Type: uapi.TCA_GRED_STAB, Word: "bandwidth", Usage: "RATE", Read: readRedRate},
	{Type: uapi.TCA_GRED_VQ_LIST, Word: "ecn", Words: []string{"harddrop"}, Read: readRedFlag},
}

func readGredQueue(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[redWords](in)
	w.given = true
	v, err := in.Number(32, 10, "vq")
	if err == nil && v >= uapi.MAX_DPs {
		err = errGredQueues()
	}
	w.queue = new(uint32(v))
	return err
}

func errGredQueues() error {
	return desc.Failed("GRED: only %d VQs are currently supported", uapi.MAX_DPs)
}

// readGredSetup reads what all queues have, which is the rest of the command.
func readGredSetup(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[redWords](in)
	if w.given {
		return desc.Illegal("setup")
	}
	q := &Gred{Default: uapi.MAX_DPs}
	w.setup = q
	for in.More() {
		switch {
		case in.Take("vqs", "DPs"):
			v, err := in.Number(32, 10, "vqs")
			if err == nil && v > uapi.MAX_DPs {
				err = errGredQueues()
			}
			if err := set(&q.Queues, v, err); err != nil {
				return err
			}
		case in.Take("default"):
			if q.Queues == 0 {
				return desc.Failed("\"default\" must be defined after \"vqs\"")
			}
			v, err := in.Number(32, 10, "default")
			if err == nil && v >= uint64(q.Queues) {
				err = desc.Failed("\"default\" must be less than \"vqs\"")
			}
			if err := set(&q.Default, v, err); err != nil {
				return err
			}
		case in.Take("grio"):
			q.Grio = true
		case in.Take("limit"):
			v, err := in.Size("limit")
			if err != nil {
				return err
			}
			q.Limit = nil
			if v != 0 {
				q.Limit = new(v)
			}
		case in.Take("ecn", "harddrop"):
			q.Flags |= uint8(redFlag(in.Last()))
		default:
			return nil
		}
	}
	return nil
}

func completeGred(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[redWords](in)
	if q := w.setup; q != nil {
		if q.Queues == 0 || q.Default == uapi.MAX_DPs {
			return desc.Failed("Illegal gred setup parameters")
		}
		if in.Tc != nil {
			in.Tc.Create = true
		}
		return putWords(e, q)
	}
	if w.queue == nil || w.limit == 0 || w.min == 0 || w.max == 0 || w.packet == 0 {
		return desc.Failed("Required parameter (vq, limit, min, max, avpkt) is missing")
	}
	if w.burst == 0 {
		w.burst = (2*w.min + w.max) / (3 * w.packet)
		if in.Warn != nil {
			in.Warn(fmt.Sprintf("GRED: set burst to %d", w.burst))
		}
	}
	v := &GredQueue{DP: *w.queue, Limit: w.limit, Min: w.min, Max: w.max, Prio: w.prio, Flags: &w.flags}
	var err error
	if v.RedCurve, v.MaxProbability, err = w.curve(in, "GRED", v.Min, v.Max); err != nil {
		return err
	}
	return putWords(e, &Gred{Set: v})
}

func showGred(p *desc.Printer, b []byte) {
	var q Gred
	_ = attr.Decode(b, q.attrs) // what is whole is shown
	attrs := desc.ParseAttrs(b)
	p.Uint("dp_cnt", "vqs %d ", uint64(q.Queues))
	p.Uint("dp_default", "default %d ", uint64(q.Default))
	p.Bool("grio", "grio ", q.Grio)
	if q.Limit != nil {
		p.Size("limit", "limit %s ", uint64(*q.Limit))
	}
	showRedFlags(p, uint32(q.Flags))
	p.Array("vqs")
	for i := range q.List {
		v := &q.List[i]
		p.Object("")
		p.Uint("vq", "\n vq %d ", uint64(v.DP))
		p.Uint("prio", "prio %d ", uint64(v.Prio))
		p.Size("limit", "limit %s ", uint64(v.Limit))
		p.Size("min", "min %s ", uint64(v.Min))
		p.Size("max", "max %s ", uint64(v.Max))
		if v.Flags != nil {
			showRedFlags(p, *v.Flags)
		}
		v.RedCurve.show(p, v.MaxProbability, len(attrs[uapi.TCA_GRED_MAX_P]) >= 4*uapi.MAX_DPs, "Scell_log %d ")
		if p.Stats {
			v.Stats.show(p, attrs[uapi.TCA_GRED_VQ_LIST] != nil)
		}
		p.EndObject()
	}
	p.EndArray()
}

// show prints the counters; marks are those that the kernel says since Linux 5.1.
func (s *GredStats) show(p *desc.Printer, marks bool) {
	p.Text("\n  Queue size: ")
	p.Size("qave", "average %s ", uint64(s.Average))
	p.Size("backlog", "current %s ", uint64(s.Backlog))
	p.Text("\n  Dropped packets: ")
	p.Uint("forced_drop", "forced %d ", uint64(s.ForcedDrop))
	p.Uint("prob_drop", "early %d ", uint64(s.ProbDrop))
	p.Uint("pdrop", "pdrop %d ", uint64(s.Pdrop))
	p.Uint("other", "other %d ", uint64(s.Other))
	if marks {
		p.Text("\n  Marked packets: ")
		p.Uint("forced_mark", "forced %d ", uint64(s.ForcedMark))
		p.Uint("prob_mark", "early %d ", uint64(s.ProbMark))
	}
	p.Text("\n  Total packets: ")
	p.Uint("packets", "%d ", uint64(s.Packets))
	p.Size("bytes", "(%s) ", s.Bytes)
}
