package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Etf sends packets at the times that their sockets ask for: tc-etf(8). It cannot be changed. Linux 4.19.
type Etf struct {
	QdiscAttrs
	Delta         int32 // nanoseconds before the time that a packet goes to the device
	Clock         int32 // CLOCK_TAI: of the times
	Deadline      bool  // the times are the last ones, not those to send at
	Offload       bool  // the hardware does it
	SkipSockCheck bool  // the packets of all sockets are taken (Linux 5.3)
}

// Attrs returns the attributes that all kinds have.
func (q *Etf) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "etf".
func (q *Etf) Type() string { return "etf" }

func (q *Etf) attrs(c *attr.Codec) {
	p := uapi.TcEtfQopt{Delta: q.Delta, Clockid: q.Clock}
	flags := [...]struct {
		on  *bool
		bit uint32
	}{{&q.Deadline, uapi.TC_ETF_DEADLINE_MODE_ON}, {&q.Offload, uapi.TC_ETF_OFFLOAD_ON},
		{&q.SkipSockCheck, uapi.TC_ETF_SKIP_SOCK_CHECK}}
	for _, f := range flags {
		if *f.on {
			p.Flags |= f.bit
		}
	}
	attr.Struct(c, uapi.TCA_ETF_PARMS, uapi.SizeofTcEtfQopt, &p)
	if c.Decoding() {
		q.Delta, q.Clock = p.Delta, p.Clockid
		for _, f := range flags {
			*f.on = p.Flags&f.bit != 0
		}
	}
}

func (*Etf) describe() desc.Kind {
	return desc.Kind{Fields: etfFields, First: firstEtf, Complete: completeEtf, Raw: showEtf}
}

// noClock is the number of no clock, which is sent where none was given.
const noClock = -1

func firstEtf(in *desc.Args, _ *wire.Encoder) error {
	desc.Scratch[Etf](in).Clock = noClock
	return nil
}

var etfFields = []desc.Field{
	{Type: uapi.TCA_ETF_PARMS, Word: "offload", Read: readEtfFlag},
	{Type: uapi.TCA_ETF_PARMS, Word: "deadline_mode", Read: readEtfFlag},
	{Type: uapi.TCA_ETF_PARMS, Word: "delta", Usage: "NANOSECONDS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			q := desc.Scratch[Etf](in)
			if q.Delta != 0 {
				return errEtfTwice("delta")
			}
			v, err := in.Signed(0, "delta")
			return set(&q.Delta, v, err)
		}},
	{Type: uapi.TCA_ETF_PARMS, Word: "clockid", Usage: "CLOCKID",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			q := desc.Scratch[Etf](in)
			if q.Clock != noClock {
				return errEtfTwice("clockid")
			}
			v, err := readClock(in, "etf")
			return set(&q.Clock, v, err)
		}},
	{Type: uapi.TCA_ETF_PARMS, Word: "skip_sock_check", Exact: true, Read: readEtfFlag},
}

func errEtfTwice(word string) error { return desc.Failed("etf: duplicate %q specification", word) }

func readEtfFlag(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	q := desc.Scratch[Etf](in)
	to := &q.SkipSockCheck
	switch f.Word {
	case "offload":
		to = &q.Offload
	case "deadline_mode":
		to = &q.Deadline
	}
	if *to {
		return errEtfTwice(f.Word)
	}
	*to = true
	return nil
}

func completeEtf(in *desc.Args, e *wire.Encoder, _ bool) error {
	return putWords(e, desc.Scratch[Etf](in))
}

func showEtf(p *desc.Printer, b []byte) {
	if len(desc.ParseAttrs(b)[uapi.TCA_ETF_PARMS]) < uapi.SizeofTcEtfQopt {
		return
	}
	var q Etf
	_ = attr.Decode(b, q.attrs) // it has no other attribute
	onOff := func(key, format string, on bool) {
		word := "off"
		if on {
			word = "on"
		}
		p.Str(key, format, word)
	}
	p.Str("clockid", "clockid %s ", clockName(q.Clock))
	p.Int("delta", "delta %d ", int64(q.Delta))
	onOff("offload", "offload %s ", q.Offload)
	onOff("deadline_mode", "deadline_mode %s ", q.Deadline)
	onOff("skip_sock_check", "skip_sock_check %s", q.SkipSockCheck)
}
