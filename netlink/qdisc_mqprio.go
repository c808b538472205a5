package netlink

import (
	"fmt"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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
	if c.Encoding() && q.software() {
		return
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

// software reports whether the hardware does nothing, which is all that the kernel reports then with attributes that
// it does not take.
func (q *Mqprio) software() bool {
	zero := func(v *uint16, none uint16) bool { return v == nil || *v == none }
	return q.Hw == TC_MQPRIO_HW_OFFLOAD_NONE && zero(q.Mode, TC_MQPRIO_MODE_DCB) &&
		zero(q.Shaper, TC_MQPRIO_SHAPER_DCB) &&
		q.MinRate == nil && q.MaxRate == nil &&
		!slices.ContainsFunc(q.Preempt, func(p TrafficClassPreemption) bool { return p.FP != TC_FP_EXPRESS })
}

func (t *TrafficClasses) wire() uapi.TcMqprioQopt {
	return uapi.TcMqprioQopt{NumTc: t.Classes, PrioTcMap: t.PriorityMap, Count: t.Count, Offset: t.Offset}
}

func (t *TrafficClasses) read(p *uapi.TcMqprioQopt) {
	*t = TrafficClasses{Classes: p.NumTc, PriorityMap: p.PrioTcMap, Count: p.Count, Offset: p.Offset}
}

func (*Mqprio) describe() desc.Kind {
	return desc.Kind{Fields: mqprioFields, Exact: true, First: firstMqprio, Complete: completeMqprio, Raw: showMqprio}
}

// mqprioWords are what the words of a command say of a [Mqprio].
type mqprioWords struct {
	Mqprio
	pairs int // how many queues were given
}

// firstMqprio begins with what tc has by default.
func firstMqprio(in *desc.Args, _ *wire.Encoder) error {
	w := desc.Scratch[mqprioWords](in)
	w.Hw, w.Classes = uapi.TC_MQPRIO_HW_OFFLOAD_TCS, 8
	w.PriorityMap = [...]uint8{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 1, 1, 3, 3, 3, 3}
	return nil
}

var mqprioFields = []desc.Field{
	{Word: "num_tc", Usage: "NUMBER", Read: readMqprioClasses},
	{Word: "map", Usage: "CLASS...", Read: readMqprioClasses},
	{Word: "queues", Usage: "COUNT@OFFSET...", Read: readMqprioClasses},
	{Word: "hw", Usage: "{ 0 | 1 }", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := in.Number(8, 10, "hw")
		return set(&desc.Scratch[mqprioWords](in).Hw, v, err)
	}},
	{Type: uapi.TCA_MQPRIO_TC_ENTRY, Word: "fp", Usage: "{ E | P }...",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[mqprioWords](in)
			for i, v := range readPreemption(in) {
				w.Preempt = append(w.Preempt, TrafficClassPreemption{Class: uint32(i), FP: v})
			}
			return nil
		}},
	{Type: uapi.TCA_MQPRIO_MODE, Word: "mode", Usage: "{ dcb | channel }", Read: readMqprioMode},
	{Type: uapi.TCA_MQPRIO_SHAPER, Word: "shaper", Usage: "{ dcb | bw_rlimit }", Read: readMqprioMode},
	{Type: uapi.TCA_MQPRIO_MIN_RATE64, Word: "min_rate", Usage: "RATE...", Read: readMqprioRates},
	{Type: uapi.TCA_MQPRIO_MAX_RATE64, Word: "max_rate", Usage: "RATE...", Read: readMqprioRates},
}

// errMqprio is the error for a word that is none here.
func errMqprio(word string) error {
	return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: unknown argument", word), Status: 255}
}

func readMqprioClasses(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[mqprioWords](in)
	pairs, err := w.readClasses(in)
	w.pairs += pairs
	return err
}

// readMqprioMode reads what only hardware has.
func readMqprioMode(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[mqprioWords](in)
	if w.Hw == 0 {
		return errMqprio(f.Word)
	}
	to, name, value := &w.Mode, "channel", uint16(uapi.TC_MQPRIO_MODE_CHANNEL)
	if f.Type == uapi.TCA_MQPRIO_SHAPER {
		to, name, value = &w.Shaper, "bw_rlimit", uapi.TC_MQPRIO_SHAPER_BW_RATE
	}
	switch {
	case !in.More():
		return desc.Incomplete()
	case in.TakeAbbr("dcb"):
		*to = nil
	case in.TakeAbbr(name):
		*to = new(value)
		if name == "bw_rlimit" && !in.More() {
			return desc.Failed("Incomplete shaper arguments")
		}
	default:
		return desc.Failed("Illegal %s (%s)", f.Word, in.Peek())
	}
	return nil
}

func readMqprioRates(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[mqprioWords](in)
	if w.Shaper == nil {
		return errMqprio(f.Word)
	}
	rates := make([]uint64, uapi.TC_QOPT_MAX_QUEUE)
	n := readEach(in, func(i int, word string) bool {
		v, ok := desc.ParseRate(word)
		if ok {
			rates[i] = v
		}
		return ok
	})
	if n < int(w.Classes) && !in.More() {
		return desc.Failed("Incomplete arguments, %s values expected", f.Word)
	}
	if f.Type == uapi.TCA_MQPRIO_MIN_RATE64 {
		w.MinRate = rates
	} else {
		w.MaxRate = rates
	}
	return nil
}

func completeMqprio(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[mqprioWords](in)
	switch {
	case in.More() && in.Peek() != "help":
		return errMqprio(in.Peek())
	case w.pairs > int(w.Classes):
		return desc.Failed("queues count/offset pair count %d can not be higher than given num_tc %d", w.pairs, w.Classes)
	}
	return putWords(e, w)
}

func showMqprio(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcMqprioQopt {
		return
	}
	var q Mqprio
	_ = attr.Decode(b, q.attrs) // what is whole is shown
	classes := int(min(q.Classes, uapi.TC_QOPT_MAX_QUEUE))
	p.Uint("tc", "tc %d ", uint64(q.Classes))
	p.Array("map")
	p.Text("map ")
	for _, class := range q.PriorityMap {
		p.Uint("", "%d ", uint64(class))
	}
	p.EndArray()
	p.Array("queues")
	p.Text("\n             queues:")
	for i := range classes {
		p.Array("")
		p.Uint("", "(%d:", uint64(q.Offset[i]))
		p.Uint("", "%d) ", uint64(uint32(int32(q.Offset[i])+int32(q.Count[i])-1)))
		p.EndArray()
	}
	p.EndArray()
	if len(b) <= (uapi.SizeofTcMqprioQopt+3)&^3 {
		return
	}
	named := func(key string, v *uint16, value uint16, name string) {
		switch {
		case v == nil:
			p.Str(key, "\n             "+key+":%s", "dcb")
		case *v == value:
			p.Str(key, "\n             "+key+":%s", name)
		}
	}
	named("mode", q.Mode, uapi.TC_MQPRIO_MODE_CHANNEL, "channel")
	named("shaper", q.Shaper, uapi.TC_MQPRIO_SHAPER_BW_RATE, "bw_rlimit")
	rates := func(key string, rates []uint64) {
		if rates == nil {
			return
		}
		p.Array(key)
		p.Text("\t%s:", key)
		for i := range classes {
			v := uint64(0)
			if i < len(rates) {
				v = rates[i]
			}
			p.Rate("", "%s ", v)
		}
		p.EndArray()
	}
	rates("min_rate", q.MinRate)
	rates("max_rate", q.MaxRate)
	var fp classNumbers
	for _, v := range q.Preempt {
		fp.set(v.Class, v.FP)
	}
	fp.showPreemption(p, "\n             fp:")
}
