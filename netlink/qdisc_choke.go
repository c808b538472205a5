package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Choke drops packets at random before its queue is full, and with them those of the same flow: tc-choke(8).
// [NewChoke] computes the fields as tc does.
type Choke struct {
	QdiscAttrs
	Limit    uint32 // packets that may wait
	Min, Max uint32 // packets of the average queue, between which packets are dropped at random
	RedCurve
	Flags          uint8  // TC_RED_ECN, TC_RED_HARDDROP
	MaxProbability uint32 // at Max, of 2^32
}

// ChokeAttrs is what [NewChoke] makes a [Choke] of.
type ChokeAttrs struct {
	Limit, Min, Max uint32  // packets; Max 0: a quarter of Limit; Min 0: a third of Max
	Burst           uint32  // packets at once that are no queue; 0: by the others
	Probability     float64 // at Max, 0 to 1; 0: 0.02
	Rate            uint64  // bytes a second of the link, for idle time
	Flags           uint8
}

// chokePacket is how large tc takes packets to be.
const chokePacket = 1000

// NewChoke computes what the kernel wants of what people say, as tc does.
func NewChoke(attrs QdiscAttrs, r ChokeAttrs) (*Choke, error) {
	q := &Choke{QdiscAttrs: attrs, Limit: r.Limit, Flags: r.Flags, Min: r.Min, Max: r.Max}
	if q.Max == 0 {
		q.Max = r.Limit / 4
	}
	if q.Min == 0 {
		q.Min = q.Max / 3
	}
	burst := r.Burst
	if burst == 0 {
		burst = (2*q.Min + q.Max) / 3
	}
	var err error
	q.RedCurve, q.MaxProbability, err = newRedCurve(q.Min*chokePacket, q.Max*chokePacket, chokePacket, burst,
		r.Probability, r.Rate)
	return q, err
}

// Attrs returns the attributes that all kinds have.
func (q *Choke) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "choke".
func (q *Choke) Type() string { return "choke" }

func (q *Choke) attrs(c *attr.Codec) {
	p := uapi.TcChokeQopt{Limit: q.Limit, QthMin: q.Min, QthMax: q.Max, Wlog: q.Wlog, Plog: q.Plog, ScellLog: q.ScellLog,
		Flags: q.Flags}
	attr.Struct(c, uapi.TCA_CHOKE_PARMS, uapi.SizeofTcChokeQopt, &p)
	q.stab(c, uapi.TCA_CHOKE_STAB)
	attr.U32(c, uapi.TCA_CHOKE_MAX_P, &q.MaxProbability)
	if c.Decoding() {
		q.Limit, q.Min, q.Max, q.Wlog, q.Plog, q.ScellLog, q.Flags = p.Limit, p.QthMin, p.QthMax, p.Wlog, p.Plog, p.ScellLog,
			p.Flags
	}
}

// ChokeXstats is struct tc_choke_xstats: packets.
type ChokeXstats struct {
	Early   uint32 // dropped before the queue was full
	Pdrop   uint32 // dropped since it was
	Other   uint32 // dropped otherwise
	Marked  uint32
	Matched uint32 // dropped with another of their flow
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Choke) AppStatistics() *ChokeXstats {
	return (*ChokeXstats)(xstats[uapi.TcChokeXstats](q.Xstats))
}

func (*Choke) describe() desc.Kind {
	return desc.Kind{Fields: chokeFields, Exact: true, Complete: completeChoke, Raw: showChoke,
		Statistics: showChokeStatistics}
}

var chokeFields = []desc.Field{
	{Type: uapi.TCA_CHOKE_PARMS, Word: "limit", Usage: "PACKETS", Read: readRedNumber},
	{Type: uapi.TCA_CHOKE_STAB, Word: "bandwidth", Usage: "RATE", Read: readRedRate},
	{Type: uapi.TCA_CHOKE_PARMS, Word: "ecn", Read: readRedFlag},
	{Type: uapi.TCA_CHOKE_PARMS, Word: "min", Usage: "PACKETS", Read: readRedNumber},
	{Type: uapi.TCA_CHOKE_PARMS, Word: "max", Usage: "PACKETS", Read: readRedNumber},
	{Type: uapi.TCA_CHOKE_PARMS, Word: "burst", Usage: "PACKETS", Read: readRedNumber},
	{Type: uapi.TCA_CHOKE_PARMS, Word: "avpkt", Usage: "BYTES", Read: readRedSize},
	{Type: uapi.TCA_CHOKE_MAX_P, Word: "probability", Usage: "PROBABILITY", Read: readRedProbability},
}

func completeChoke(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[redWords](in)
	if w.rate == 0 || w.limit == 0 {
		return desc.Failed("Required parameter (bandwidth, limit) is missing")
	}
	if w.packet == 0 {
		w.packet = chokePacket
	}
	q := &Choke{Limit: w.limit, Min: w.min, Max: w.max, Flags: uint8(w.flags)}
	if q.Max == 0 {
		q.Max = w.limit / 4
	}
	if q.Min == 0 {
		q.Min = q.Max / 3
	}
	if w.burst == 0 {
		w.burst = (2*q.Min + q.Max) / 3
	}
	switch {
	case q.Max > q.Limit:
		return desc.Failed("\"max\" is larger than \"limit\"")
	case q.Min >= q.Max:
		return desc.Failed("\"min\" is not smaller than \"max\"")
	}
	var err error
	q.RedCurve, q.MaxProbability, err = w.curve(in, "CHOKE", q.Min*w.packet, q.Max*w.packet)
	if err != nil {
		return err
	}
	return putWords(e, q)
}

func showChoke(p *desc.Printer, b []byte) {
	var q Choke
	_ = attr.Decode(b, q.attrs) // what is whole is shown
	p.Uint("limit", "limit %dp ", uint64(q.Limit))
	p.Uint("min", "min %dp ", uint64(q.Min))
	p.Uint("max", "max %dp ", uint64(q.Max))
	showRedFlags(p, uint32(q.Flags))
	q.RedCurve.show(p, q.MaxProbability, q.MaxProbability != 0, "Scell_log %d")
}

func showChokeStatistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcChokeXstats {
		return
	}
	var s uapi.TcChokeXstats
	s.Decode(b)
	p.Uint("marked", "  marked %d", uint64(s.Marked))
	p.Uint("early", " early %d", uint64(s.Early))
	p.Uint("pdrop", " pdrop %d", uint64(s.Pdrop))
	p.Uint("other", " other %d", uint64(s.Other))
	p.Uint("matched", " matched %d", uint64(s.Matched))
}
