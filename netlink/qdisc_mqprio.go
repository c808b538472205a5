package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Mqprio gives packets of each priority the transmit queues of their traffic class: tc-mqprio(8). It cannot
// be changed.
type Mqprio struct {
	QdiscAttrs
	TrafficClasses
	Hw      uint8    // TC_MQPRIO_HW_OFFLOAD_…
	Mode    *uint16  // TC_MQPRIO_MODE_… (Linux 4.15)
	Shaper  *uint16  // TC_MQPRIO_SHAPER_… (Linux 4.15)
	MinRate []uint64 // bytes a second of each traffic class, with TC_MQPRIO_SHAPER_BW_RATE
	MaxRate []uint64
	Preempt []TrafficClassPreemption // Linux 6.4
}

// What [Mqprio] has the hardware do.
const (
	TC_MQPRIO_HW_OFFLOAD_NONE = uapi.TC_MQPRIO_HW_OFFLOAD_NONE // nothing
	TC_MQPRIO_HW_OFFLOAD_TCS  = uapi.TC_MQPRIO_HW_OFFLOAD_TCS  // the traffic classes, and it chooses their queues

	TC_MQPRIO_MODE_DCB       = uapi.TC_MQPRIO_MODE_DCB       // classes are of data center bridging
	TC_MQPRIO_MODE_CHANNEL   = uapi.TC_MQPRIO_MODE_CHANNEL   // classes are groups of queues with settings
	TC_MQPRIO_SHAPER_DCB     = uapi.TC_MQPRIO_SHAPER_DCB     // no rates
	TC_MQPRIO_SHAPER_BW_RATE = uapi.TC_MQPRIO_SHAPER_BW_RATE // MinRate and MaxRate
)

// TrafficClasses says which traffic class packets of each priority are in, and which queues a class has.
type TrafficClasses struct {
	Classes     uint8      // how many there are, 1 to 16
	PriorityMap [16]uint8  // the class of packets of each priority (TC_PRIO_…)
	Count       [16]uint16 // how many queues a class has
	Offset      [16]uint16 // the first one of them
}

// TrafficClassPreemption says whether the frames of a traffic class may be interrupted.
type TrafficClassPreemption struct {
	Class uint32
	FP    uint32 // TC_FP_EXPRESS, TC_FP_PREEMPTIBLE
}

// Whether frames may be interrupted by others.
const (
	TC_FP_EXPRESS     = uapi.TC_FP_EXPRESS     // not
	TC_FP_PREEMPTIBLE = uapi.TC_FP_PREEMPTIBLE // they may
)

// Attrs returns the attributes that all kinds have.
func (q *Mqprio) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "mqprio".
func (q *Mqprio) Type() string { return "mqprio" }

func (q *Mqprio) attrs(c *attr.Codec) {
	p := q.TrafficClasses.wire()
	p.Hw = q.Hw
	attr.Header(c, uapi.SizeofTcMqprioQopt, &p)
	if c.Decoding() {
		q.TrafficClasses.read(&p)
		q.Hw = p.Hw
	}
	attr.OptU16(c, uapi.TCA_MQPRIO_MODE, &q.Mode)
	attr.OptU16(c, uapi.TCA_MQPRIO_SHAPER, &q.Shaper)
	attr.Repeat(c, uapi.TCA_MQPRIO_MIN_RATE64|uapi.NLA_F_NESTED, uapi.TCA_MQPRIO_MIN_RATE64, &q.MinRate, attr.U64[uint64])
	attr.Repeat(c, uapi.TCA_MQPRIO_MAX_RATE64|uapi.NLA_F_NESTED, uapi.TCA_MQPRIO_MAX_RATE64, &q.MaxRate, attr.U64[uint64])
	attr.Siblings(c, uapi.TCA_MQPRIO_TC_ENTRY|uapi.NLA_F_NESTED, &q.Preempt,
		func(c *attr.Codec, t attr.Type, v *TrafficClassPreemption) {
			attr.Nest(c, t, func(c *attr.Codec) {
				attr.U32(c, uapi.TCA_MQPRIO_TC_ENTRY_INDEX, &v.Class)
				attr.U32(c, uapi.TCA_MQPRIO_TC_ENTRY_FP, &v.FP)
			})
		})
}

func (t *TrafficClasses) wire() uapi.TcMqprioQopt {
	return uapi.TcMqprioQopt{NumTc: t.Classes, PrioTcMap: t.PriorityMap, Count: t.Count, Offset: t.Offset}
}

func (t *TrafficClasses) read(p *uapi.TcMqprioQopt) {
	*t = TrafficClasses{Classes: p.NumTc, PriorityMap: p.PrioTcMap, Count: p.Count, Offset: p.Offset}
}
