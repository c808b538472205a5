package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// SampleAction gives copies of some packets to programs: tc-sample(8).
type SampleAction struct {
	ActionAttrs
	Group     uint32 // the group of psample that gets them
	Rate      uint32 // one of this many packets
	TruncSize uint32 // bytes of a packet; 0: all
}

// NewSampleAction returns one that the next action comes after.
func NewSampleAction() *SampleAction {
	return &SampleAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *SampleAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "sample".
func (action *SampleAction) Type() string { return "sample" }

func (action *SampleAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_SAMPLE_PARMS, &action.ActionAttrs)
	attr.U32(c, uapi.TCA_SAMPLE_RATE, &action.Rate)
	attr.U32(c, uapi.TCA_SAMPLE_TRUNC_SIZE|attr.IfSet, &action.TruncSize)
	attr.U32(c, uapi.TCA_SAMPLE_PSAMPLE_GROUP, &action.Group)
	timestamp(c, uapi.TCA_SAMPLE_TM, &action.ActionAttrs)
}

func (*SampleAction) describe() desc.Kind {
	return desc.Kind{Fields: sampleFields, First: makeWords[sampleWords], Complete: completeSample}
}

// sampleWords are what the words of a command say of a [SampleAction].
type sampleWords struct {
	actionWords
	rate, group, trunc *uint32
}

// sampleNumber reads one of them, with tc's status where it is wrong.
func sampleNumber(in *desc.Args, what string, to **uint32) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	v, err := desc.ParseBase(word, 10, 32)
	if err != nil {
		return &desc.UsageError{Text: fmt.Sprintf("Illegal %s %s", what, word), Status: 255}
	}
	*to = new(uint32(v))
	return nil
}

var sampleFields = []desc.Field{
	{Type: uapi.TCA_SAMPLE_RATE, Word: "rate", Usage: "RATE", Show: showSample,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return sampleNumber(in, "rate", &desc.Scratch[sampleWords](in).rate)
		}},
	{Type: uapi.TCA_SAMPLE_PSAMPLE_GROUP, Word: "group", Usage: "GROUP",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return sampleNumber(in, "group num", &desc.Scratch[sampleWords](in).group)
		}},
	{Type: uapi.TCA_SAMPLE_TRUNC_SIZE, Word: "trunc", Usage: "BYTES",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return sampleNumber(in, "truncation size", &desc.Scratch[sampleWords](in).trunc)
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_SAMPLE_PARMS, Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_SAMPLE_TM, ReadOnly: true},
}

func completeSample(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[sampleWords](in)
	for _, m := range [...]struct {
		what string
		v    *uint32
	}{{"group", w.group}, {"rate", w.rate}} {
		if w.index == 0 && m.v == nil {
			return &desc.UsageError{Text: fmt.Sprintf("param %q not set", m.what), Status: 255}
		}
	}
	e.Struct(uapi.TCA_SAMPLE_PARMS, uapi.SizeofTcSample, &uapi.TcSample{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE)})
	for _, m := range [...]struct {
		typ uint16
		v   *uint32
	}{{uapi.TCA_SAMPLE_RATE, w.rate}, {uapi.TCA_SAMPLE_PSAMPLE_GROUP, w.group}, {uapi.TCA_SAMPLE_TRUNC_SIZE, w.trunc}} {
		if m.v != nil {
			e.Uint32(m.typ, *m.v)
		}
	}
	return nil
}

func showSample(p *desc.Printer, _ *desc.Field, rate []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "sample")
	parms, group := attrs[uapi.TCA_SAMPLE_PARMS], attrs[uapi.TCA_SAMPLE_PSAMPLE_GROUP]
	if parms == nil || len(rate) < 4 || len(group) < 4 {
		return
	}
	var s uapi.TcSample
	s.Decode(parms)
	p.Uint("rate", "rate 1/%d ", uint64(native.Uint32(rate)))
	p.Uint("group", "group %d", uint64(native.Uint32(group)))
	if b := attrs[uapi.TCA_SAMPLE_TRUNC_SIZE]; len(b) >= 4 {
		p.Uint("trunc_size", " trunc_size %d", uint64(native.Uint32(b)))
	}
	p.Control(" ", s.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", s.Index, s.Refcnt, s.Bindcnt, attrs[uapi.TCA_SAMPLE_TM])
}
