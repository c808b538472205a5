package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
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
