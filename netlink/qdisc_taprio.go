package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Taprio opens and closes the gates of traffic classes by a schedule, as IEEE 802.1Q-2018 has it:
// tc-taprio(8). Linux 4.20.
type Taprio struct {
	QdiscAttrs
	TrafficClasses                 // cannot be changed; not sent where Classes is 0
	TaprioSchedule                 // the one that is sent, and the one that is at work
	Admin          *TaprioSchedule // the one that will be; read only
	Clock          *int32          // CLOCK_TAI: of the times; cannot be changed
	Flags          *uint32         // TCA_TAPRIO_ATTR_FLAG_…
	TxtimeDelay    uint32          // nanoseconds that a packet takes to the wire, with TCA_TAPRIO_ATTR_FLAG_TXTIME_ASSIST
	Entries        []TaprioClass   // what is particular to some of the traffic classes (Linux 6.1)
}

// How [Taprio] works.
const (
	// by times of packets, which etf or the hardware sends at
	TCA_TAPRIO_ATTR_FLAG_TXTIME_ASSIST = uapi.TCA_TAPRIO_ATTR_FLAG_TXTIME_ASSIST
	TCA_TAPRIO_ATTR_FLAG_FULL_OFFLOAD  = uapi.TCA_TAPRIO_ATTR_FLAG_FULL_OFFLOAD // all by the hardware
)

// TaprioSchedule is a schedule of [Taprio]. Times are in nanoseconds.
type TaprioSchedule struct {
	Gates              []TaprioGate
	BaseTime           int64 // when it begins
	CycleTime          int64 // when it begins again; 0: with the last of Gates
	CycleTimeExtension int64 // by how much the last cycle may be longer before another schedule
}

// TaprioGate is a part of a schedule.
type TaprioGate struct {
	Command  uint8  // TC_TAPRIO_CMD_…
	Gates    uint32 // a bit for each traffic class that is open
	Interval uint32 // nanoseconds
}

// What becomes of frames that may be interrupted, in a [TaprioGate].
const (
	TC_TAPRIO_CMD_SET_GATES       = uapi.TC_TAPRIO_CMD_SET_GATES       // nothing
	TC_TAPRIO_CMD_SET_AND_HOLD    = uapi.TC_TAPRIO_CMD_SET_AND_HOLD    // they are held
	TC_TAPRIO_CMD_SET_AND_RELEASE = uapi.TC_TAPRIO_CMD_SET_AND_RELEASE // they go on
)

// TaprioClass is what is particular to a traffic class of [Taprio].
type TaprioClass struct {
	Class  uint32
	MaxSDU *uint32 // bytes of the largest frame without its header; 0: the link's MTU
	FP     *uint32 // TC_FP_EXPRESS, TC_FP_PREEMPTIBLE (Linux 6.4)
}

// Attrs returns the attributes that all kinds have.
func (q *Taprio) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "taprio".
func (q *Taprio) Type() string { return "taprio" }

func (q *Taprio) attrs(c *attr.Codec) {
	p := q.TrafficClasses.wire()
	structIf(c, uapi.TCA_TAPRIO_ATTR_PRIOMAP, uapi.SizeofTcMqprioQopt, &p, q.Classes != 0)
	if c.Decoding() {
		q.TrafficClasses.read(&p)
	}
	attr.OptS32(c, uapi.TCA_TAPRIO_ATTR_SCHED_CLOCKID, &q.Clock)
	attr.OptU32(c, uapi.TCA_TAPRIO_ATTR_FLAGS, &q.Flags)
	attr.U32(c, uapi.TCA_TAPRIO_ATTR_TXTIME_DELAY|attr.IfSet, &q.TxtimeDelay)
	q.TaprioSchedule.attrs(c)
	if c.Decoding() {
		attr.Nest(c, uapi.TCA_TAPRIO_ATTR_ADMIN_SCHED, func(c *attr.Codec) {
			q.Admin = new(TaprioSchedule)
			q.Admin.attrs(c)
		})
	}
	attr.Siblings(c, uapi.TCA_TAPRIO_ATTR_TC_ENTRY|uapi.NLA_F_NESTED, &q.Entries,
		func(c *attr.Codec, t attr.Type, v *TaprioClass) {
			attr.Nest(c, t, func(c *attr.Codec) {
				attr.U32(c, uapi.TCA_TAPRIO_TC_ENTRY_INDEX, &v.Class)
				attr.OptU32(c, uapi.TCA_TAPRIO_TC_ENTRY_MAX_SDU, &v.MaxSDU)
				attr.OptU32(c, uapi.TCA_TAPRIO_TC_ENTRY_FP, &v.FP)
			})
		})
}

func (s *TaprioSchedule) attrs(c *attr.Codec) {
	attr.S64(c, uapi.TCA_TAPRIO_ATTR_SCHED_BASE_TIME|attr.IfSet, &s.BaseTime)
	attr.S64(c, uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME|attr.IfSet, &s.CycleTime)
	attr.S64(c, uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME_EXTENSION|attr.IfSet, &s.CycleTimeExtension)
	attr.Repeat(c, uapi.TCA_TAPRIO_ATTR_SCHED_ENTRY_LIST|uapi.NLA_F_NESTED, uapi.TCA_TAPRIO_SCHED_ENTRY, &s.Gates,
		func(c *attr.Codec, t attr.Type, v *TaprioGate) {
			attr.Nest(c, t, func(c *attr.Codec) {
				attr.U8(c, uapi.TCA_TAPRIO_SCHED_ENTRY_CMD, &v.Command)
				attr.U32(c, uapi.TCA_TAPRIO_SCHED_ENTRY_GATE_MASK, &v.Gates)
				attr.U32(c, uapi.TCA_TAPRIO_SCHED_ENTRY_INTERVAL, &v.Interval)
			})
		})
}
