package netlink

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// GateAction lets packets pass at some times of a cycle and drops them at others, as IEEE 802.1Qci has it:
// tc-gate(8). Times are in nanoseconds. Linux 5.8.
type GateAction struct {
	ActionAttrs
	Priority           *int32 // of the traffic class that the hardware knows it by; nil or -1: any
	Clock              *int32 // CLOCK_TAI: of BaseTime; nil: CLOCK_TAI
	GateFlags          uint32 // for drivers; 0 is not sent
	BaseTime           int64  // when the first cycle begins
	CycleTime          int64  // when it begins again; 0: with the last of Gates
	CycleTimeExtension int64  // by how much the last cycle may be longer before another schedule
	Gates              []Gate // one at least, but for an action that is meant by its Index
}

// Gate is a part of the cycle of a [GateAction].
type Gate struct {
	Open      bool
	Interval  uint32 // nanoseconds
	Priority  *int32 // internal priority that packets get; nil or -1: theirs
	MaxOctets *int32 // bytes that may pass meanwhile; nil or -1: any
}

// NewGateAction returns one that the next action comes after.
func NewGateAction() *GateAction { return &GateAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}} }

// Attrs returns the attributes that all kinds have.
func (action *GateAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "gate".
func (action *GateAction) Type() string { return "gate" }

func (action *GateAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_GATE_PARMS, &action.ActionAttrs)
	attr.OptS32(c, uapi.TCA_GATE_PRIORITY, &action.Priority)
	attr.U32(c, uapi.TCA_GATE_FLAGS|attr.IfSet, &action.GateFlags)
	attr.S64(c, uapi.TCA_GATE_BASE_TIME|attr.IfSet, &action.BaseTime)
	attr.S64(c, uapi.TCA_GATE_CYCLE_TIME|attr.IfSet, &action.CycleTime)
	attr.S64(c, uapi.TCA_GATE_CYCLE_TIME_EXT|attr.IfSet, &action.CycleTimeExtension)
	attr.OptS32(c, uapi.TCA_GATE_CLOCKID, &action.Clock)
	attr.Repeat(c, uapi.TCA_GATE_ENTRY_LIST|uapi.NLA_F_NESTED, uapi.TCA_GATE_ONE_ENTRY|uapi.NLA_F_NESTED, &action.Gates,
		func(c *attr.Codec, t attr.Type, v *Gate) {
			attr.Nest(c, t, func(c *attr.Codec) {
				attr.Flag(c, uapi.TCA_GATE_ENTRY_GATE, &v.Open)
				attr.U32(c, uapi.TCA_GATE_ENTRY_INTERVAL, &v.Interval)
				attr.OptS32(c, uapi.TCA_GATE_ENTRY_IPV, &v.Priority)
				attr.OptS32(c, uapi.TCA_GATE_ENTRY_MAX_OCTETS, &v.MaxOctets)
			})
		})
	timestamp(c, uapi.TCA_GATE_TM, &action.ActionAttrs)
}

func (*GateAction) describe() desc.Kind {
	return desc.Kind{Fields: gateFields, First: makeWords[gateWords], Complete: completeGate}
}

// gateWords are what the words of a command say of a [GateAction].
type gateWords struct {
	actionWords
	times       GateAction
	priority    int32
	hasPriority bool
}

// gateTime takes nanoseconds, or a time with a unit.
func gateTime(in *desc.Args, to *int64) error {
	what := in.Last()
	word, err := in.Next()
	if err != nil {
		return err
	}
	v, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		var ok bool
		if v, ok = desc.ParseTime64(word); !ok {
			return gateWrong(word, what)
		}
	}
	*to = v
	return nil
}

func gateWrong(word, what string) error {
	return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", word, what), Status: 255}
}

var gateFields = []desc.Field{
	{Type: uapi.TCA_GATE_PARMS, Word: "index", Usage: "INDEX", Show: showGate,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, err := desc.ParseBase(word, 10, 32)
			if err != nil {
				err = gateWrong(word, "index")
			}
			return set(&desc.Scratch[gateWords](in).index, v, err)
		}},
	{Type: uapi.TCA_GATE_PRIORITY, Word: "priority", Usage: "PRIORITY",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[gateWords](in)
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, err := strconv.ParseInt(word, 0, 32)
			if w.priority, w.hasPriority = int32(v), v != -1; err != nil {
				return gateWrong(word, "priority")
			}
			return nil
		}},
	{Type: uapi.TCA_GATE_BASE_TIME, Word: "base-time", Usage: "TIME",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return gateTime(in, &desc.Scratch[gateWords](in).times.BaseTime)
		}},
	{Type: uapi.TCA_GATE_CYCLE_TIME, Word: "cycle-time", Usage: "TIME",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return gateTime(in, &desc.Scratch[gateWords](in).times.CycleTime)
		}},
	{Type: uapi.TCA_GATE_CYCLE_TIME_EXT, Word: "cycle-time-ext", Usage: "TIME",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return gateTime(in, &desc.Scratch[gateWords](in).times.CycleTimeExtension)
		}},
	{Type: uapi.TCA_GATE_CLOCKID, Word: "clockid", Usage: "CLOCK",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			word, err := in.Next()
			if err != nil {
				return err
			}
			name := strings.TrimPrefix(strings.ToUpper(word), "CLOCK_")
			for _, known := range &clockNames {
				if known.name == name {
					desc.Scratch[gateWords](in).times.Clock = new(known.clock)
					return nil
				}
			}
			return gateWrong(word, "clockid")
		}},
	{Type: uapi.TCA_GATE_FLAGS, Word: "flags", Usage: "FLAGS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, err := desc.ParseUint(word, 32)
			if desc.Scratch[gateWords](in).times.GateFlags = uint32(v); err != nil {
				return gateWrong(word, "flags")
			}
			return nil
		}},
	{Type: uapi.TCA_GATE_ENTRY_LIST, Word: "sched-entry", Usage: "{ open | close } INTERVAL [ PRIORITY [ MAX-OCTETS ] ]",
		Read: readGateEntry},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_GATE_TM, ReadOnly: true},
}

func readGateEntry(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	wrong := desc.Failed("\"sched-entry\" is incomplete")
	gate := Gate{Priority: new(int32(-1)), MaxOctets: new(int32(-1))}
	switch strings.ToLower(in.Peek()) {
	case "open":
		gate.Open = true
	case "close":
	default:
		return wrong
	}
	_, _ = in.Next()
	word, err := in.Next()
	if err != nil {
		return wrong
	}
	v, err := desc.ParseUint(word, 32)
	if err != nil {
		ns, ok := desc.ParseTime64(word)
		switch {
		case !ok:
			return wrong
		case ns > math.MaxUint32:
			return desc.Failed("\"interval\" is too large")
		}
		v = uint64(ns)
	}
	gate.Interval = uint32(v)
	if p, err := strconv.ParseInt(in.Peek(), 0, 32); err == nil {
		_, _ = in.Next()
		octets, taken := int64(-1), true
		if n, err := strconv.ParseInt(in.Peek(), 0, 32); err == nil {
			octets = n
		} else if n, ok := desc.ParseSize(in.Peek(), 32); !ok {
			taken = false
		} else if octets = int64(n); n > math.MaxInt32 {
			return desc.Failed("\"maxoctets\" is too large")
		}
		if taken {
			_, _ = in.Next()
		}
		if gate.Open {
			gate.Priority, gate.MaxOctets = new(int32(p)), new(int32(octets))
		}
	}
	w := desc.Scratch[gateWords](in)
	w.times.Gates = append(w.times.Gates, gate)
	return nil
}

func completeGate(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[gateWords](in)
	if len(w.times.Gates) == 0 && w.index == 0 {
		return desc.Failed("gate: must add at least one entry")
	}
	if w.hasPriority {
		w.times.Priority = &w.priority
	}
	w.times.Index, w.times.ActionAttrs.Action = int(w.index), TcAct(w.code(uapi.TC_ACT_PIPE))
	attr.Encode(e, w.times.attrs)
	if len(w.times.Gates) == 0 {
		e.Nest(uapi.TCA_GATE_ENTRY_LIST | uapi.NLA_F_NESTED)
		e.End()
	}
	return nil
}

func showGate(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if b == nil {
		return
	}
	signed := func(typ uint16) int64 {
		switch b := attrs[typ]; {
		case len(b) >= 8:
			return int64(native.Uint64(b))
		case len(b) >= 4:
			return int64(int32(native.Uint32(b)))
		}
		return 0
	}
	var s uapi.TcGate
	s.Decode(b)
	p.Text("\n")
	switch priority := signed(uapi.TCA_GATE_PRIORITY); {
	case attrs[uapi.TCA_GATE_PRIORITY] != nil && priority != -1:
		p.Int("priority", "\tpriority %-8d", priority)
	case p.JSON:
		p.Int("priority", "", -1)
	default:
		p.Text("\tpriority %s", "wildcard")
	}
	clock := "invalid"
	if attrs[uapi.TCA_GATE_CLOCKID] != nil {
		clock = clockName(int32(signed(uapi.TCA_GATE_CLOCKID)))
	}
	p.Str("clockid", "\tclockid %s", clock)
	if f := attrs[uapi.TCA_GATE_FLAGS]; len(f) >= 4 {
		if p.JSON {
			showHex(p, "flags", "", uint64(native.Uint32(f)))
		} else {
			showHex(p, "flags", "\tflags %s", uint64(native.Uint32(f)))
		}
	}
	p.Text("\n")
	for _, t := range [...]struct {
		typ       uint16
		key, text string
	}{
		{uapi.TCA_GATE_BASE_TIME, "base_time", "\tbase-time "}, {uapi.TCA_GATE_CYCLE_TIME, "cycle_time", "\tcycle-time "},
		{uapi.TCA_GATE_CYCLE_TIME_EXT, "cycle_time_ext", "\tcycle-time-ext "},
	} {
		if v := signed(t.typ); p.JSON {
			p.Uint(t.key, "", uint64(v))
		} else {
			p.Text("%s%s", t.text, desc.Time64Text(v))
		}
	}
	if list := attrs[uapi.TCA_GATE_ENTRY_LIST]; list != nil {
		showGates(p, list)
	}
	p.Control("\t", s.Action, "")
	p.Uint("index", "\n\t index %d", uint64(s.Index))
	p.Int("ref", " ref %d", int64(s.Refcnt))
	p.Int("bind", " bind %d", int64(s.Bindcnt))
	showTimes(p, attrs[uapi.TCA_GATE_TM])
	p.Text("\n")
}

func showGates(p *desc.Printer, list []byte) {
	p.NL()
	p.Text("\tschedule:")
	p.NL()
	p.Array("schedule")
	d := wire.NewDecoder(list)
	for d.Next() {
		attrs := desc.ParseAttrs(d.Data())
		number := func(typ uint16, v uint32) uint32 {
			if b := attrs[typ]; len(b) >= 4 {
				return native.Uint32(b)
			}
			return v
		}
		p.Object("")
		p.Uint("number", "\t number %4d", uint64(number(uapi.TCA_GATE_ENTRY_INDEX, 0)))
		state := "close"
		if _, open := attrs[uapi.TCA_GATE_ENTRY_GATE]; open {
			state = "open"
		}
		p.Str("gate_state", "\tgate-state %s ", state)
		interval := number(uapi.TCA_GATE_ENTRY_INTERVAL, 0)
		priority := int32(number(uapi.TCA_GATE_ENTRY_IPV, math.MaxUint32))
		octets := int32(number(uapi.TCA_GATE_ENTRY_MAX_OCTETS, math.MaxUint32))
		if p.JSON {
			p.Uint("interval", "", uint64(interval))
		} else {
			p.Text("\tinterval %s", desc.Time64Text(int64(interval)))
		}
		switch {
		case priority != -1:
			p.Uint("ipv", "\t ipv %-10d", uint64(uint32(priority)))
		case p.JSON:
			p.Int("ipv", "", -1)
		default:
			p.Text("\t ipv wildcard")
		}
		switch {
		case octets != -1:
			p.Size("max_octets", "\t max-octets %s", uint64(uint32(octets)))
		case p.JSON:
			p.Int("max_octets", "", -1)
		default:
			p.Text("\t max-octets wildcard")
		}
		p.EndObject()
		p.NL()
	}
	p.EndArray()
}
