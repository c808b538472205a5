package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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

func (*Cbs) describe() desc.Kind {
	return desc.Kind{Fields: cbsFields, First: firstCbs, Complete: completeCbs}
}

// cbsNumber reads a credit or a slope, once.
func cbsNumber(in *desc.Args, to *int32) error {
	what := in.Last()
	if err := once(*to != 0, what); err != nil {
		return err
	}
	v, err := in.Signed(0, what)
	return set(to, v, err)
}

func firstCbs(in *desc.Args, _ *wire.Encoder) error {
	desc.Scratch[uapi.TcCbsQopt](in)
	return nil
}

func completeCbs(in *desc.Args, e *wire.Encoder, _ bool) error {
	e.Struct(uapi.TCA_CBS_PARMS, uapi.SizeofTcCbsQopt, desc.Scratch[uapi.TcCbsQopt](in))
	return nil
}

var cbsFields = []desc.Field{
	{Type: uapi.TCA_CBS_PARMS, Word: "offload", Usage: "{ 0 | 1 }", Show: showCbs,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			to := &desc.Scratch[uapi.TcCbsQopt](in).Offload
			if err := once(*to != 0, "offload"); err != nil {
				return err
			}
			v, err := in.Number(8, 0, "offload")
			return set(to, v, err)
		}},
	{Word: "hicredit", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Hicredit)
	}},
	{Word: "locredit", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Locredit)
	}},
	{Word: "sendslope", Usage: "KBPS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Sendslope)
	}},
	{Word: "idleslope", Usage: "KBPS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Idleslope)
	}},
}

func showCbs(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofTcCbsQopt {
		return
	}
	var o uapi.TcCbsQopt
	o.Decode(b)
	p.Int("hicredit", "hicredit %d ", int64(o.Hicredit))
	p.Int("locredit", "locredit %d ", int64(o.Locredit))
	p.Int("sendslope", "sendslope %d ", int64(o.Sendslope))
	p.Int("idleslope", "idleslope %d ", int64(o.Idleslope))
	p.Int("offload", "offload %d ", int64(o.Offload))
}
