package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Cbs shapes a class of traffic by credits, as IEEE 802.1Q-2014 has it: tc-cbs(8). Linux 4.15.
type Cbs struct {
	QdiscAttrs
	Offload   bool  // the hardware does it
	HiCredit  int32 // bytes of credit at most
	LoCredit  int32 // bytes of credit at least, negative
	IdleSlope int32 // kilobits a second by which the credit rises
	SendSlope int32 // kilobits a second by which it falls while packets are sent, negative
}

// Attrs returns the attributes that all kinds have.
func (q *Cbs) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "cbs".
func (q *Cbs) Type() string { return "cbs" }

func (q *Cbs) attrs(c *attr.Codec) {
	p := uapi.TcCbsQopt{Hicredit: q.HiCredit, Locredit: q.LoCredit, Idleslope: q.IdleSlope, Sendslope: q.SendSlope}
	if q.Offload {
		p.Offload = 1
	}
	attr.Struct(c, uapi.TCA_CBS_PARMS, uapi.SizeofTcCbsQopt, &p)
	if c.Decoding() {
		q.Offload, q.HiCredit, q.LoCredit, q.IdleSlope, q.SendSlope = p.Offload != 0, p.Hicredit, p.Locredit, p.Idleslope,
			p.Sendslope
	}
}
