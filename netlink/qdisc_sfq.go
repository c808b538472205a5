package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Sfq gives all flows their turn: tc-sfq(8). It cannot be changed. The zero values of fields leave
// the kernel's defaults.
type Sfq struct {
	QdiscAttrs
	Quantum uint32 // bytes a turn
	Perturb int32  // seconds after which flows are hashed in another way, 0 for never
	Limit   uint32 // packets
	Divisor uint32 // places of the hash, a power of two

	Flows    uint32  // flows at most
	Depth    uint32  // packets of one flow
	HeadDrop bool    // the oldest packet is dropped, not the newest
	Red      *SfqRed // nil: without
}

// SfqRed has packets of a flow dropped or marked at random before its queue is full: tc-sfq(8).
type SfqRed struct {
	Min, Max       uint32 // bytes of the average queue, between which packets are dropped at random
	Wlog, Plog     uint8  // logarithms of the weight of the average, and of the probability over its range
	ScellLog       uint8  // logarithm of how long a time of an idle queue is
	Flags          uint8  // TC_RED_…
	MaxProbability uint32 // at Max, of 2^32
	Limit          uint32 // bytes of a flow's queue; only sent
}

// Attrs returns the attributes that all kinds have.
func (q *Sfq) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "sfq".
func (q *Sfq) Type() string { return "sfq" }

func (*Sfq) flows() {}

// String returns the fields that are set.
func (q *Sfq) String() string {
	return fmt.Sprintf("{%v -- Quantum: %d, Perturb: %d, Limit: %d, Divisor: %d}", q.Attrs(), q.Quantum, q.Perturb,
		q.Limit, q.Divisor)
}

func (q *Sfq) attrs(c *attr.Codec) {
	p := uapi.TcSfqQoptV1{V0: uapi.TcSfqQopt{Quantum: q.Quantum, PerturbPeriod: q.Perturb, Limit: q.Limit,
		Divisor: q.Divisor, Flows: q.Flows}, Depth: q.Depth}
	if q.HeadDrop {
		p.Headdrop = 1
	}
	if r := q.Red; r != nil {
		p.Limit = r.Limit
		p.QthMin, p.QthMax, p.Wlog, p.Plog, p.ScellLog, p.Flags, p.MaxP = r.Min, r.Max, r.Wlog, r.Plog, r.ScellLog, r.Flags,
			r.MaxProbability
	}
	head := c.Head(uapi.SizeofTcSfqQoptV1)
	attr.Header(c, uapi.SizeofTcSfqQoptV1, &p)
	if c.Settling() && len(head) == uapi.SizeofTcSfqQoptV1 {
		p.Stats = uapi.TcSfqredStats{}
		p.Put(head)
	}
	if !c.Decoding() {
		return
	}
	q.Quantum, q.Perturb, q.Limit, q.Divisor, q.Flows = p.V0.Quantum, p.V0.PerturbPeriod, p.V0.Limit, p.V0.Divisor,
		p.V0.Flows
	q.Depth, q.HeadDrop = p.Depth, p.Headdrop != 0
	if p.QthMin != 0 || p.Flags != 0 {
		q.Red = &SfqRed{Min: p.QthMin, Max: p.QthMax, Wlog: p.Wlog, Plog: p.Plog, ScellLog: p.ScellLog, Flags: p.Flags,
			MaxProbability: p.MaxP, Limit: p.Limit}
	}
}

func (*Sfq) describe() desc.Kind {
	return desc.Kind{Fields: sfqFields, Exact: true, Sparse: true, Complete: completeSfq,
		Statistics: func(p *desc.Printer, b []byte) {
			if len(b) >= uapi.SizeofTcSfqXstats {
				var x uapi.TcSfqXstats
				x.Decode(b)
				p.Int("allot", "  allot %d", int64(x.Allot))
			}
		}, Raw: showSfq}
}

// sfqWords are what the words of a command say of an [Sfq].
type sfqWords struct {
	given, red   bool
	opt          uapi.TcSfqQoptV1
	burst, avpkt uint32
	probability  *float64
}

// sfqNumber reads a number into a part of the options.
func sfqNumber(in *desc.Args, red bool, to func(o *uapi.TcSfqQoptV1) *uint32) error {
	w := desc.Scratch[sfqWords](in)
	w.given, w.red = true, w.red || red
	what := in.Last()
	v, err := in.Number(32, 0, what)
	return set(to(&w.opt), v, err)
}

var sfqFields = []desc.Field{
	{Word: "quantum", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[sfqWords](in)
		w.given = true
		v, err := in.Size("quantum")
		return set(&w.opt.V0.Quantum, v, err)
	}},
	{Word: "perturb", Usage: "SECS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[sfqWords](in)
		w.given = true
		v, err := in.Signed(0, "perturb")
		return set(&w.opt.V0.PerturbPeriod, v, err)
	}},
	{Word: "limit", Usage: "NUMBER", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		err := sfqNumber(in, false, func(o *uapi.TcSfqQoptV1) *uint32 { return &o.V0.Limit })
		if err == nil && desc.Scratch[sfqWords](in).opt.V0.Limit < 2 {
			err = desc.Failed("Illegal \"limit\", must be > 1")
		}
		return err
	}},
	{Word: "divisor", Usage: "NUMBER", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return sfqNumber(in, false, func(o *uapi.TcSfqQoptV1) *uint32 { return &o.V0.Divisor })
	}},
	{Word: "flows", Usage: "NUMBER", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return sfqNumber(in, false, func(o *uapi.TcSfqQoptV1) *uint32 { return &o.V0.Flows })
	}},
	{Word: "depth", Usage: "NUMBER", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return sfqNumber(in, false, func(o *uapi.TcSfqQoptV1) *uint32 { return &o.Depth })
	}},
	{Word: "headdrop", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[sfqWords](in)
		w.given, w.opt.Headdrop = true, 1
		return nil
	}},
	{Word: "redflowlimit", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return sfqNumber(in, true, func(o *uapi.TcSfqQoptV1) *uint32 { return &o.Limit })
	}},
	{Word: "min", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return sfqNumber(in, true, func(o *uapi.TcSfqQoptV1) *uint32 { return &o.QthMin })
	}},
	{Word: "max", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return sfqNumber(in, true, func(o *uapi.TcSfqQoptV1) *uint32 { return &o.QthMax })
	}},
	{Word: "burst", Usage: "PACKETS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[sfqWords](in)
		return sfqNumber(in, true, func(*uapi.TcSfqQoptV1) *uint32 { return &w.burst })
	}},
	{Word: "avpkt", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[sfqWords](in)
		w.red = true
		v, err := in.Size("avpkt")
		return set(&w.avpkt, v, err)
	}},
	{Word: "probability", Usage: "P", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[sfqWords](in)
		w.red = true
		v, err := in.Float("probability")
		w.probability = &v
		return err
	}},
	{Word: "ecn", Words: []string{"harddrop"}, Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[sfqWords](in)
		w.red = true
		if in.Last() == "ecn" {
			w.opt.Flags |= uapi.TC_RED_ECN
		} else {
			w.opt.Flags |= uapi.TC_RED_HARDDROP
		}
		return nil
	}},
}

func completeSfq(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[sfqWords](in)
	o := &w.opt
	if w.red {
		if w.avpkt == 0 {
			w.avpkt = 1000
		}
		if o.Limit == 0 {
			return desc.Failed("Required parameter (redflowlimit) is missing")
		}
		if o.QthMax == 0 {
			o.QthMax = o.Limit / 4
		}
		if o.QthMin == 0 {
			o.QthMin = o.QthMax / 3
		}
		if w.burst == 0 {
			w.burst = (2*o.QthMin + o.QthMax) / (3 * w.avpkt)
		}
		probability := 0.02
		if w.probability != nil {
			probability = *w.probability
		}
		switch {
		case o.QthMax > o.Limit:
			return desc.Failed("\"max\" is larger than \"limit\"")
		case o.QthMin >= o.QthMax:
			return desc.Failed("\"min\" is not smaller than \"max\"")
		}
		wlog := redWlog(o.QthMin, w.burst, w.avpkt)
		if wlog == 0 {
			return desc.Failed("SFQ: failed to calculate EWMA constant.")
		}
		plog := redPlog(o.QthMin, o.QthMax, probability)
		if plog < 0 {
			return desc.Failed("SFQ: failed to calculate probability.")
		}
		o.Wlog, o.Plog, o.MaxP = uint8(wlog), uint8(plog), saturated(probability*(1<<32))
	}
	if w.given || w.red {
		o.Put(e.Raw(uapi.SizeofTcSfqQoptV1))
	}
	return nil
}

func showSfq(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcSfqQopt {
		return
	}
	var o uapi.TcSfqQoptV1
	o.Decode(b)
	if len(b) < uapi.SizeofTcSfqQoptV1 {
		o = uapi.TcSfqQoptV1{V0: o.V0}
	}
	p.Uint("limit", "limit %dp ", uint64(o.V0.Limit))
	p.Size("quantum", "quantum %s ", uint64(o.V0.Quantum))
	if o.Depth != 0 {
		p.Uint("depth", "depth %d ", uint64(o.Depth))
	}
	if o.Headdrop != 0 {
		p.Bool("headdrop", "headdrop ", true)
	}
	if p.Details {
		p.Uint("flows", "flows %d ", uint64(o.V0.Flows))
	}
	p.Uint("divisor", "divisor %d ", uint64(o.V0.Divisor))
	if o.V0.PerturbPeriod != 0 {
		p.Int("perturb", "perturb %dsec ", int64(o.V0.PerturbPeriod))
	}
	if o.QthMin == 0 {
		return
	}
	p.Uint("ewma", "ewma %d ", uint64(o.Wlog))
	p.Size("min", "min %s ", uint64(o.QthMin))
	p.Size("max", "max %s ", uint64(o.QthMax))
	p.Float("probability", "probability %.6g ", float64(o.MaxP)/(1<<32))
	showRedFlags(p, uint32(o.Flags))
	if p.Stats {
		p.NL()
		p.Uint("prob_mark", "  prob_mark %d", uint64(o.Stats.ProbMark))
		p.Uint("prob_mark_head", " prob_mark_head %d", uint64(o.Stats.ProbMarkHead))
		p.Uint("prob_drop", " prob_drop %d", uint64(o.Stats.ProbDrop))
		p.NL()
		p.Uint("forced_mark", "  forced_mark %d", uint64(o.Stats.ForcedMark))
		p.Uint("forced_mark_head", " forced_mark_head %d", uint64(o.Stats.ForcedMarkHead))
		p.Uint("forced_drop", " forced_drop %d", uint64(o.Stats.ForcedDrop))
	}
}
