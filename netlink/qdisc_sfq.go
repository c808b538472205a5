package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
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

// String returns what is set of it.
func (q *Sfq) String() string {
	return fmt.Sprintf("{%v -- Quantum: %d, Perturb: %d, Limit: %d, Divisor: %d}", q.Attrs(), q.Quantum, q.Perturb, q.Limit, q.Divisor)
}

func (q *Sfq) attrs(c *attr.Codec) {
	p := uapi.TcSfqQoptV1{V0: uapi.TcSfqQopt{Quantum: q.Quantum, PerturbPeriod: q.Perturb, Limit: q.Limit, Divisor: q.Divisor, Flows: q.Flows}, Depth: q.Depth}
	if q.HeadDrop {
		p.Headdrop = 1
	}
	if r := q.Red; r != nil {
		p.Limit = r.Limit
		p.QthMin, p.QthMax, p.Wlog, p.Plog, p.ScellLog, p.Flags, p.MaxP = r.Min, r.Max, r.Wlog, r.Plog, r.ScellLog, r.Flags, r.MaxProbability
	}
	attr.Header(c, uapi.SizeofTcSfqQoptV1, &p)
	if !c.Decoding() {
		return
	}
	q.Quantum, q.Perturb, q.Limit, q.Divisor, q.Flows = p.V0.Quantum, p.V0.PerturbPeriod, p.V0.Limit, p.V0.Divisor, p.V0.Flows
	q.Depth, q.HeadDrop = p.Depth, p.Headdrop != 0
	if p.QthMin != 0 || p.Flags != 0 {
		q.Red = &SfqRed{Min: p.QthMin, Max: p.QthMax, Wlog: p.Wlog, Plog: p.Plog, ScellLog: p.ScellLog, Flags: p.Flags, MaxProbability: p.MaxP, Limit: p.Limit}
	}
}
