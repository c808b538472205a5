package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
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
