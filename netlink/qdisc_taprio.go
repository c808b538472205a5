package netlink

import (
	"slices"
	"strconv"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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
	attr.Nest(c, uapi.TCA_TAPRIO_ATTR_ADMIN_SCHED|attr.ReadOnly, func(c *attr.Codec) {
		q.Admin = new(TaprioSchedule)
		q.Admin.attrs(c)
	})
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

func (*Taprio) describe() desc.Kind {
	return desc.Kind{Fields: taprioFields, Exact: true, Complete: completeTaprio, Raw: showTaprio,
		Statistics: showTaprioStatistics}
}

// taprioWords are what the words of a command say of a [Taprio].
type taprioWords struct {
	Taprio
	sdu, fp []uint32
}

var taprioFields = []desc.Field{
	{Type: uapi.TCA_TAPRIO_ATTR_ADMIN_SCHED, ReadOnly: true},
	{Type: uapi.TCA_TAPRIO_ATTR_SCHED_CLOCKID, Word: "clockid", Usage: "CLOCKID",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[taprioWords](in)
			if w.Clock != nil {
				return errTaprioTwice("clockid")
			}
			v, err := readClock(in, "taprio")
			w.Clock = &v
			return err
		}},
	{Type: uapi.TCA_TAPRIO_ATTR_PRIOMAP, Word: "num_tc", Usage: "NUMBER", Read: readTaprioClasses},
	{Type: uapi.TCA_TAPRIO_ATTR_PRIOMAP, Word: "map", Usage: "CLASS...", Read: readTaprioClasses},
	{Type: uapi.TCA_TAPRIO_ATTR_PRIOMAP, Word: "queues", Usage: "COUNT@OFFSET...", Read: readTaprioClasses},
	{Type: uapi.TCA_TAPRIO_ATTR_SCHED_ENTRY_LIST, Word: "sched-entry", Usage: "{ S | H | R } GATES NANOSECONDS",
		Read: readTaprioGate},
	{Type: uapi.TCA_TAPRIO_ATTR_SCHED_BASE_TIME, Word: "base-time", Usage: "NANOSECONDS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return readTaprioTime(in, new(int64), &desc.Scratch[taprioWords](in).BaseTime)
		}},
	{Type: uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME, Word: "cycle-time", Usage: "NANOSECONDS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			to := &desc.Scratch[taprioWords](in).CycleTime
			return readTaprioTime(in, to, to)
		}},
	{Type: uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME_EXTENSION, Word: "cycle-time-extension", Usage: "NANOSECONDS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			to := &desc.Scratch[taprioWords](in).CycleTimeExtension
			return readTaprioTime(in, to, to)
		}},
	{Type: uapi.TCA_TAPRIO_ATTR_TXTIME_DELAY, Word: "txtime-delay", Usage: "NANOSECONDS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[taprioWords](in)
			if w.TxtimeDelay != 0 {
				return errTaprioTwice("txtime-delay")
			}
			v, err := in.Number(32, 0, "txtime-delay")
			return set(&w.TxtimeDelay, v, err)
		}},
	{Type: uapi.TCA_TAPRIO_ATTR_FLAGS, Word: "flags", Usage: "FLAGS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[taprioWords](in)
			if w.Flags != nil {
				return errTaprioTwice("flags")
			}
			v, err := in.Number(32, 0, "flags")
			return setUnless0(&w.Flags, uint32(v), err)
		}},
	{Type: uapi.TCA_TAPRIO_ATTR_TC_ENTRY, Word: "fp", Usage: "{ E | P }...",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			desc.Scratch[taprioWords](in).fp = readPreemption(in)
			return nil
		}},
	{Type: uapi.TCA_TAPRIO_ATTR_TC_ENTRY, Word: "max-sdu", Usage: "BYTES...",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[taprioWords](in)
			readEach(in, func(_ int, word string) bool {
				v, err := desc.ParseBase(word, 10, 32)
				if err == nil {
					w.sdu = append(w.sdu, uint32(v))
				}
				return err == nil
			})
			return nil
		}},
}

func errTaprioTwice(word string) error {
	return desc.Failed("taprio: duplicate %q specification", word)
}

func readTaprioClasses(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	_, err := desc.Scratch[taprioWords](in).readClasses(in)
	return err
}

// readTaprioTime reads a time, where it was not given before.
func readTaprioTime(in *desc.Args, before, to *int64) error {
	what := in.Last()
	if *before != 0 {
		return errTaprioTwice(what)
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	v, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return desc.Illegal(what)
	}
	*to = v
	return nil
}

// taprioCommands are the letters of TC_TAPRIO_CMD_….
var taprioCommands = []string{uapi.TC_TAPRIO_CMD_SET_GATES: "S", uapi.TC_TAPRIO_CMD_SET_AND_HOLD: "H",
	uapi.TC_TAPRIO_CMD_SET_AND_RELEASE: "R"}

func readTaprioGate(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[taprioWords](in)
	word, err := in.Next()
	if err != nil {
		return err
	}
	command := slices.Index(taprioCommands, word)
	if command < 0 {
		return desc.Illegal("sched-entry")
	}
	gates, err := in.Number(32, 16, "sched-entry")
	if err != nil {
		return err
	}
	interval, err := in.Number(32, 0, "sched-entry")
	w.Gates = append(w.Gates, TaprioGate{Command: uint8(command), Gates: uint32(gates), Interval: uint32(interval)})
	return err
}

func completeTaprio(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[taprioWords](in)
	for i := range max(len(w.sdu), len(w.fp)) {
		c := TaprioClass{Class: uint32(i)}
		if i < len(w.sdu) {
			c.MaxSDU = &w.sdu[i]
		}
		if i < len(w.fp) {
			c.FP = &w.fp[i]
		}
		w.Entries = append(w.Entries, c)
	}
	if len(w.Gates) == 0 {
		e.Nest(uapi.TCA_TAPRIO_ATTR_SCHED_ENTRY_LIST | uapi.NLA_F_NESTED)
		e.End()
	}
	return putWords(e, w)
}

func showTaprio(p *desc.Printer, b []byte) {
	attrs := desc.ParseAttrs(b)
	classes, ok := attrs[uapi.TCA_TAPRIO_ATTR_PRIOMAP]
	if !ok {
		return
	}
	var q uapi.TcMqprioQopt
	q.Decode(classes)
	p.Uint("tc", "tc %d ", uint64(q.NumTc))
	p.Array("map")
	p.Text("map")
	for _, class := range q.PrioTcMap {
		p.Uint("", " %d", uint64(class))
	}
	p.EndArray()
	p.NL()
	p.Array("queues")
	p.Text("queues")
	for i := range min(q.NumTc, uapi.TC_QOPT_MAX_QUEUE) {
		p.Object("")
		p.Uint("offset", " offset %d", uint64(q.Offset[i]))
		p.Uint("count", " count %d", uint64(q.Count[i]))
		p.EndObject()
	}
	p.EndArray()
	p.NL()
	if b := attrs[uapi.TCA_TAPRIO_ATTR_SCHED_CLOCKID]; len(b) >= 4 {
		p.Str("clockid", "clockid %s", clockName(int32(native.Uint32(b))))
	}
	if b := attrs[uapi.TCA_TAPRIO_ATTR_FLAGS]; len(b) >= 4 {
		showHex(p, "flags", " flags %s", uint64(native.Uint32(b)))
	}
	if b := attrs[uapi.TCA_TAPRIO_ATTR_TXTIME_DELAY]; len(b) >= 4 {
		p.Uint("txtime_delay", " txtime delay %d", uint64(native.Uint32(b)))
	}
	showTaprioSchedule(p, attrs)
	if b, ok := attrs[uapi.TCA_TAPRIO_ATTR_ADMIN_SCHED]; ok {
		p.Object("admin")
		showTaprioSchedule(p, desc.ParseAttrs(b))
		p.EndObject()
	}
	showTaprioClasses(p, b)
}

func showTaprioSchedule(p *desc.Printer, attrs desc.Attrs) {
	for _, t := range [...]struct {
		typ         uint16
		key, format string
	}{
		{uapi.TCA_TAPRIO_ATTR_SCHED_BASE_TIME, "base_time", "\tbase-time %d"},
		{uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME, "cycle_time", " cycle-time %d"},
		{uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME_EXTENSION, "cycle_time_extension", " cycle-time-extension %d"},
	} {
		if b := attrs[t.typ]; len(b) >= 8 {
			p.Int(t.key, t.format, int64(native.Uint64(b)))
		}
	}
	b, ok := attrs[uapi.TCA_TAPRIO_ATTR_SCHED_ENTRY_LIST]
	if !ok {
		return
	}
	p.Array("schedule")
	p.NL()
	for d := wire.NewDecoder(b); d.Next(); {
		e := desc.ParseAttrs(d.Data())
		p.Object("")
		if b := e[uapi.TCA_TAPRIO_SCHED_ENTRY_INDEX]; len(b) >= 4 {
			p.Uint("index", "\tindex %d", uint64(native.Uint32(b)))
		}
		if b := e[uapi.TCA_TAPRIO_SCHED_ENTRY_CMD]; len(b) >= 1 {
			command := "Invalid"
			if int(b[0]) < len(taprioCommands) {
				command = taprioCommands[b[0]]
			}
			p.Str("cmd", " cmd %s", command)
		}
		if b := e[uapi.TCA_TAPRIO_SCHED_ENTRY_GATE_MASK]; len(b) >= 4 {
			showHex(p, "gatemask", " gatemask %s", uint64(native.Uint32(b)))
		}
		if b := e[uapi.TCA_TAPRIO_SCHED_ENTRY_INTERVAL]; len(b) >= 4 {
			p.Uint("interval", " interval %d", uint64(native.Uint32(b)))
		}
		p.EndObject()
		p.NL()
	}
	p.EndArray()
}

// showTaprioClasses prints what is particular to traffic classes.
func showTaprioClasses(p *desc.Printer, b []byte) {
	var q Taprio
	_ = attr.Decode(b, q.attrs) // what is whole is shown
	var sdu, fp classNumbers
	for _, c := range q.Entries {
		if c.MaxSDU != nil {
			sdu.set(c.Class, *c.MaxSDU)
		}
		if c.FP != nil {
			fp.set(c.Class, *c.FP)
		}
	}
	if sdu.count != 0 {
		p.Array("max-sdu")
		p.Text("max-sdu")
		for _, v := range sdu.v[:sdu.count] {
			p.Uint("", " %d", uint64(v))
		}
		p.EndArray()
		p.NL()
	}
	fp.showPreemption(p, "fp")
}

func showTaprioStatistics(p *desc.Printer, b []byte) {
	st := desc.ParseAttrs(b)
	if b := st[uapi.TCA_TAPRIO_OFFLOAD_STATS_WINDOW_DROPS]; len(b) >= 8 {
		p.Uint("window_drops", " window_drops %d", native.Uint64(b))
	}
	if b := st[uapi.TCA_TAPRIO_OFFLOAD_STATS_TX_OVERRUNS]; len(b) >= 8 {
		p.Uint("tx_overruns", " tx_overruns %d", native.Uint64(b))
	}
}
