package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Sfb drops or marks packets of flows that do not yield, by their hash: tc-sfb(8). All times are in
// milliseconds, and what is 0 is not the kernel's default: [NewSfb] returns those.
type Sfb struct {
	QdiscAttrs
	RehashInterval uint32 // between changes of the hash
	WarmupTime     uint32 // before a change, while both count
	Max            uint32 // packets of the smallest of a flow's bins
	BinSize        uint32 // packets of a bin, from which on the probability rises
	Increment      uint32 // of the probability, of 65535
	Decrement      uint32 // of the probability, of 65535
	Limit          uint32 // packets that may wait; 0: as the link's queue length
	PenaltyRate    uint32 // packets a second of flows that do not yield
	PenaltyBurst   uint32
}

// NewSfb returns the defaults of the kernel and of tc.
func NewSfb(attrs QdiscAttrs) *Sfb {
	return &Sfb{
		QdiscAttrs: attrs, RehashInterval: 600 * 1000, WarmupTime: 60 * 1000, Max: 25, BinSize: 20,
		Increment: (uapi.SFB_MAX_PROB + 1000) / 2000, Decrement: (uapi.SFB_MAX_PROB + 10000) / 20000, PenaltyRate: 10,
		PenaltyBurst: 20,
	}
}

// Attrs returns the attributes that all kinds have.
func (q *Sfb) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "sfb".
func (q *Sfb) Type() string { return "sfb" }

func (q *Sfb) attrs(c *attr.Codec) {
	p := uapi.TcSfbQopt{
		RehashInterval: q.RehashInterval, WarmupTime: q.WarmupTime, Max: q.Max, BinSize: q.BinSize, Increment: q.Increment,
		Decrement: q.Decrement, Limit: q.Limit, PenaltyRate: q.PenaltyRate, PenaltyBurst: q.PenaltyBurst,
	}
	attr.Struct(c, uapi.TCA_SFB_PARMS, uapi.SizeofTcSfbQopt, &p)
	if c.Decoding() {
		q.RehashInterval, q.WarmupTime, q.Max, q.BinSize, q.Increment = p.RehashInterval, p.WarmupTime, p.Max, p.BinSize,
			p.Increment
		q.Decrement, q.Limit, q.PenaltyRate, q.PenaltyBurst = p.Decrement, p.Limit, p.PenaltyRate, p.PenaltyBurst
	}
}

// SfbXstats is struct tc_sfb_xstats: packets that were dropped and why, and the state of the bins.
type SfbXstats struct {
	Earlydrop, Penaltydrop, Bucketdrop, Queuedrop, Childdrop uint32

	Marked           uint32
	Maxqlen          uint32 // packets of the fullest bin
	Maxprob, Avgprob uint32 // of 65535
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Sfb) AppStatistics() *SfbXstats { return (*SfbXstats)(xstats[uapi.TcSfbXstats](q.Xstats)) }

func (*Sfb) describe() desc.Kind {
	return desc.Kind{Fields: sfbFields, Exact: true, First: firstSfb, Complete: completeSfb, Raw: showSfb,
		Statistics: showSfbStatistics}
}

func firstSfb(in *desc.Args, _ *wire.Encoder) error {
	q := desc.Scratch[Sfb](in)
	*q = *NewSfb(QdiscAttrs{})
	q.Max, q.BinSize = 0, 0 // by each other
	return nil
}

var sfbFields = []desc.Field{
	{Type: uapi.TCA_SFB_PARMS, Word: "rehash", Usage: "MILLISECONDS", Read: readSfbNumber},
	{Type: uapi.TCA_SFB_PARMS, Word: "db", Usage: "MILLISECONDS", Read: readSfbNumber},
	{Type: uapi.TCA_SFB_PARMS, Word: "limit", Usage: "PACKETS", Read: readSfbNumber},
	{Type: uapi.TCA_SFB_PARMS, Word: "max", Usage: "PACKETS", Read: readSfbNumber},
	{Type: uapi.TCA_SFB_PARMS, Word: "target", Usage: "PACKETS", Read: readSfbNumber},
	{Type: uapi.TCA_SFB_PARMS, Word: "increment", Usage: "PROBABILITY", Read: readSfbProbability},
	{Type: uapi.TCA_SFB_PARMS, Word: "decrement", Usage: "PROBABILITY", Read: readSfbProbability},
	{Type: uapi.TCA_SFB_PARMS, Word: "penalty_rate", Usage: "PPS", Read: readSfbNumber},
	{Type: uapi.TCA_SFB_PARMS, Word: "penalty_burst", Usage: "PACKETS", Read: readSfbNumber},
}

// word is the field that a word is for.
func (q *Sfb) word(word string) *uint32 {
	switch word {
	case "rehash":
		return &q.RehashInterval
	case "db":
		return &q.WarmupTime
	case "limit":
		return &q.Limit
	case "max":
		return &q.Max
	case "target":
		return &q.BinSize
	case "increment":
		return &q.Increment
	case "decrement":
		return &q.Decrement
	case "penalty_rate":
		return &q.PenaltyRate
	}
	return &q.PenaltyBurst
}

func readSfbNumber(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	v, err := in.Number(32, 0, f.Word)
	return set(desc.Scratch[Sfb](in).word(f.Word), v, err)
}

func readSfbProbability(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	v, err := in.Float(f.Word)
	if err == nil && (v < 0 || v > 1) {
		err = desc.Illegal(f.Word)
	}
	return set(desc.Scratch[Sfb](in).word(f.Word), uint32(v*uapi.SFB_MAX_PROB+0.5), err)
}

func completeSfb(in *desc.Args, e *wire.Encoder, _ bool) error {
	q := desc.Scratch[Sfb](in)
	switch {
	case q.Max == 0 && q.BinSize == 0:
		q.Max = 25
	case q.Max == 0:
		q.Max = (q.BinSize*5 + 1) / 4
	}
	if q.BinSize == 0 {
		q.BinSize = (q.Max*4 + 3) / 5
	}
	return putWords(e, q)
}

func showSfb(p *desc.Printer, b []byte) {
	if len(desc.ParseAttrs(b)[uapi.TCA_SFB_PARMS]) < uapi.SizeofTcSfbQopt {
		return
	}
	var q Sfb
	_ = attr.Decode(b, q.attrs) // it has no other attribute
	p.Time("rehash", "rehash %s ", q.RehashInterval*1000)
	p.Time("db", "db %s ", q.WarmupTime*1000)
	p.Uint("limit", "limit %dp ", uint64(q.Limit))
	p.Uint("max", "max %dp ", uint64(q.Max))
	p.Uint("target", "target %dp ", uint64(q.BinSize))
	p.Float("increment", "increment %.6g ", float64(q.Increment)/uapi.SFB_MAX_PROB)
	p.Float("decrement", "decrement %.6g ", float64(q.Decrement)/uapi.SFB_MAX_PROB)
	p.Uint("penalty_rate", "penalty_rate %dpps ", uint64(q.PenaltyRate))
	p.Uint("penalty_burst", "penalty_burst %dp ", uint64(q.PenaltyBurst))
}

func showSfbStatistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcSfbXstats {
		return
	}
	var s uapi.TcSfbXstats
	s.Decode(b)
	p.Uint("earlydrop", "  earlydrop %d", uint64(s.Earlydrop))
	p.Uint("penaltydrop", " penaltydrop %d", uint64(s.Penaltydrop))
	p.Uint("bucketdrop", " bucketdrop %d", uint64(s.Bucketdrop))
	p.Uint("queuedrop", " queuedrop %d", uint64(s.Queuedrop))
	p.Uint("childdrop", " childdrop %d", uint64(s.Childdrop))
	p.Uint("marked", " marked %d", uint64(s.Marked))
	p.NL()
	p.Uint("maxqlen", "  maxqlen %d", uint64(s.Maxqlen))
	p.Float("maxprob", " maxprob %.6g", float64(s.Maxprob)/uapi.SFB_MAX_PROB)
	p.Float("avgprob", " avgprob %.6g", float64(s.Avgprob)/uapi.SFB_MAX_PROB)
}
