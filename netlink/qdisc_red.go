package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Red drops or marks packets at random before its queue is full: tc-red(8). [NewRed] computes the fields
// as tc does.
type Red struct {
	QdiscAttrs
	Limit    uint32 // bytes that may wait
	Min, Max uint32 // bytes of the average queue, between which packets are dropped at random
	RedCurve
	Flags          uint32 // TC_RED_…
	MaxProbability uint32 // at Max, of 2^32
	EarlyDropBlock uint32 // filters for packets that are dropped early (Linux 5.9)
	MarkBlock      uint32 // filters for packets that are marked (Linux 5.9)
}

// What [Red] and its relatives do with packets besides dropping them.
const (
	TC_RED_ECN        = uapi.TC_RED_ECN        // they are marked where they can be
	TC_RED_HARDDROP   = uapi.TC_RED_HARDDROP   // and dropped above Max all the same
	TC_RED_ADAPTATIVE = uapi.TC_RED_ADAPTATIVE // the probability follows the queue
	TC_RED_NODROP     = uapi.TC_RED_NODROP     // those that cannot be marked wait too (Linux 5.7)
)

// RedAttrs is what [NewRed] makes a [Red] of.
type RedAttrs struct {
	Limit, Min, Max uint32  // bytes; Max 0: three times Min, or a quarter of Limit; Min 0: a third of Max
	AvPkt           uint32  // bytes of an average packet
	Burst           uint32  // packets at once that are no queue; 0: by the others
	Probability     float64 // at Max, 0 to 1; 0: 0.02
	Rate            uint64  // bytes a second of the link, for idle time; 0: 1,250,000
	Flags           uint32  // TC_RED_…
}

// NewRed computes what the kernel wants of what people say, as tc does.
func NewRed(attrs QdiscAttrs, r RedAttrs) (*Red, error) {
	q := &Red{QdiscAttrs: attrs, Limit: r.Limit, Flags: r.Flags}
	q.Min, q.Max = redRange(r.Limit, r.Min, r.Max)
	var err error
	q.RedCurve, q.MaxProbability, err = newRedCurve(q.Min, q.Max, r.AvPkt, r.Burst, r.Probability, r.Rate)
	return q, err
}

// Attrs returns the attributes that all kinds have.
func (q *Red) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "red".
func (q *Red) Type() string { return "red" }

func (q *Red) blocks() []uint32 { return []uint32{q.EarlyDropBlock, q.MarkBlock} }

func (q *Red) attrs(c *attr.Codec) {
	// The kernel refuses flags that are both here and in TCA_RED_FLAGS.
	p := uapi.TcRedQopt{Limit: q.Limit, QthMin: q.Min, QthMax: q.Max, Wlog: q.Wlog, Plog: q.Plog, ScellLog: q.ScellLog}
	attr.Struct(c, uapi.TCA_RED_PARMS, uapi.SizeofTcRedQopt, &p)
	q.stab(c, uapi.TCA_RED_STAB)
	attr.U32(c, uapi.TCA_RED_MAX_P, &q.MaxProbability)
	if c.Decoding() {
		q.Limit, q.Min, q.Max, q.Wlog, q.Plog, q.ScellLog = p.Limit, p.QthMin, p.QthMax, p.Wlog, p.Plog, p.ScellLog
		q.Flags = uint32(p.Flags)
	}
	flags := uapi.NlaBitfield32{Value: q.Flags, Selector: redFlags}
	attr.Custom(c, uapi.TCA_RED_FLAGS, func(e *wire.Encoder) {
		e.Struct(uapi.TCA_RED_FLAGS, uapi.SizeofNlaBitfield32, &flags)
	}, func(b []byte) {
		flags.Decode(b)
		q.Flags = q.Flags&^flags.Selector | flags.Value&flags.Selector
	})
	if q.Flags&TC_RED_ADAPTATIVE != 0 {
		c.Forget(uapi.TCA_RED_MAX_P) // it follows the queue
	}
	attr.U32(c, uapi.TCA_RED_EARLY_DROP_BLOCK|attr.IfSet, &q.EarlyDropBlock)
	attr.U32(c, uapi.TCA_RED_MARK_BLOCK|attr.IfSet, &q.MarkBlock)
}

// RedXstats is struct tc_red_xstats: packets.
type RedXstats struct {
	Early  uint32 // dropped before the queue was full
	Pdrop  uint32 // dropped since it was
	Other  uint32 // dropped otherwise
	Marked uint32
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Red) AppStatistics() *RedXstats { return (*RedXstats)(xstats[uapi.TcRedXstats](q.Xstats)) }

func (*Red) describe() desc.Kind {
	return desc.Kind{Fields: redFields, Complete: completeRed, Raw: showRed, Statistics: showRedStatistics}
}

var redFields = []desc.Field{
	{Type: uapi.TCA_RED_PARMS, Word: "limit", Usage: "BYTES", Exact: true, Read: readRedSize},
	{Type: uapi.TCA_RED_PARMS, Word: "min", Usage: "BYTES", Exact: true, Read: readRedSize},
	{Type: uapi.TCA_RED_PARMS, Word: "max", Usage: "BYTES", Exact: true, Read: readRedSize},
	{Type: uapi.TCA_RED_PARMS, Word: "avpkt", Usage: "BYTES", Exact: true, Read: readRedSize},
	{Type: uapi.TCA_RED_PARMS, Word: "burst", Usage: "PACKETS", Exact: true, Read: readRedNumber},
	{Type: uapi.TCA_RED_MAX_P, Word: "probability", Usage: "PROBABILITY", Exact: true, Read: readRedProbability},
	{Type: uapi.TCA_RED_STAB, Word: "bandwidth", Usage: "RATE", Exact: true, Read: readRedRate},
	{Type: uapi.TCA_RED_FLAGS, Word: "adaptive", Words: []string{"adaptative"}, Exact: true, Read: readRedFlag},
	{Type: uapi.TCA_RED_FLAGS, Word: "ecn", Exact: true, Read: readRedFlag},
	{Type: uapi.TCA_RED_FLAGS, Word: "harddrop", Exact: true, Read: readRedFlag},
	{Type: uapi.TCA_RED_FLAGS, Word: "nodrop", Exact: true, Read: readRedFlag},
	{Type: uapi.TCA_RED_EARLY_DROP_BLOCK, Word: "qevent", Usage: "{ early_drop | mark } block INDEX", Read: readRedEvent},
	{Type: uapi.TCA_RED_MARK_BLOCK, ReadOnly: true},
}

// readRedEvent reads which block of filters packets go to.
func readRedEvent(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	name, err := in.Next()
	if err != nil {
		return err
	}
	w := desc.Scratch[redWords](in)
	var block *uint32
	switch name {
	case "early_drop":
		block = &w.earlyDrop
	case "mark":
		block = &w.mark
	default:
		return desc.Failed("Unknown qevent %q", name)
	}
	switch {
	case !in.More():
		return desc.Incomplete()
	case *block != 0:
		return desc.Failed("Duplicate qevent")
	case !in.Take("block"):
		return desc.Failed("Unspecified qevent block index")
	}
	v, err := in.Number(32, 10, "qevent block index")
	if err == nil && v == 0 {
		err = desc.Illegal("qevent block index")
	}
	return set(block, v, err)
}

func completeRed(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[redWords](in)
	if w.limit == 0 || w.packet == 0 {
		return desc.Failed("RED: Required parameter (limit, avpkt) is missing")
	}
	q := &Red{Limit: w.limit, Flags: w.flags, EarlyDropBlock: w.earlyDrop, MarkBlock: w.mark}
	q.Min, q.Max = redRange(w.limit, w.min, w.max)
	var err error
	if q.RedCurve, q.MaxProbability, err = w.curve(in, "RED", q.Min, q.Max); err != nil {
		return err
	}
	return putWords(e, q)
}

func showRed(p *desc.Printer, b []byte) {
	var q Red
	_ = attr.Decode(b, q.attrs) // what is whole is shown
	p.Size("limit", "limit %s ", uint64(q.Limit))
	p.Size("min", "min %s ", uint64(q.Min))
	p.Size("max", "max %s ", uint64(q.Max))
	showRedFlags(p, q.Flags)
	q.RedCurve.show(p, q.MaxProbability, q.MaxProbability != 0, "Scell_log %d")
	if q.EarlyDropBlock|q.MarkBlock == 0 {
		return
	}
	p.Array("qevents")
	for _, event := range [...]struct {
		name  string
		block uint32
	}{{"early_drop", q.EarlyDropBlock}, {"mark", q.MarkBlock}} {
		if event.block != 0 {
			p.Object("")
			p.Str("kind", "qevent %s", event.name)
			p.Uint("block", " block %d", uint64(event.block))
			p.Text(" ")
			p.EndObject()
		}
	}
	p.EndArray()
}

func showRedStatistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcRedXstats {
		return
	}
	var s uapi.TcRedXstats
	s.Decode(b)
	p.Uint("marked", "  marked %d ", uint64(s.Marked))
	p.Uint("early", "early %d ", uint64(s.Early))
	p.Uint("pdrop", "pdrop %d ", uint64(s.Pdrop))
	p.Uint("other", "other %d ", uint64(s.Other))
}
