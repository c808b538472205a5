package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// SimpleAction prints a text and the number of packets to the kernel's log: tc-simple(8).
type SimpleAction struct {
	ActionAttrs
	Text string // at most 31 bytes
}

// NewSimpleAction returns one that the next action comes after.
func NewSimpleAction() *SimpleAction {
	return &SimpleAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *SimpleAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "simple".
func (action *SimpleAction) Type() string { return "simple" }

func (action *SimpleAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_DEF_PARMS, &action.ActionAttrs)
	attr.Custom(c, uapi.TCA_DEF_DATA, func(e *wire.Encoder) {
		switch {
		case len(action.Text) >= maxSimple:
			e.Fail(fmt.Errorf("text of %d bytes, at most %d are possible", len(action.Text), maxSimple-1))
		case action.Text != "":
			copy(e.Reserve(uapi.TCA_DEF_DATA, maxSimple), action.Text)
		}
	}, func(b []byte) { action.Text = string(untilNUL(b)) })
	timestamp(c, uapi.TCA_DEF_TM, &action.ActionAttrs)
}

func (*SimpleAction) describe() desc.Kind {
	return desc.Kind{Fields: simpleFields, First: makeWords[simpleWords], Complete: completeSimple}
}

// simpleWords are what the words of a command say of a text that is logged.
type simpleWords struct {
	actionWords
	text *string
}

// maxSimple is how many bytes the text has with its end.
const maxSimple = 32

var simpleFields = []desc.Field{
	{Type: uapi.TCA_DEF_DATA, Word: "sdata", Usage: "STRING", Show: showSimple,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			word, err := in.Next()
			desc.Scratch[simpleWords](in).text = &word
			return err
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_DEF_PARMS, Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_DEF_TM, ReadOnly: true},
}

func completeSimple(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[simpleWords](in)
	switch {
	case w.text == nil && w.index == 0:
		return desc.Failed("simple needs sdata or index")
	case w.text != nil && len(*w.text) > maxSimple-1:
		return desc.Failed("simple: Illegal string len %d <%s>", len(*w.text), *w.text)
	}
	e.Struct(uapi.TCA_DEF_PARMS, uapi.SizeofTcDefact, &uapi.TcDefact{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE)})
	if w.text != nil {
		copy(e.Reserve(uapi.TCA_DEF_DATA, maxSimple), *w.text)
	}
	return nil
}

func showSimple(p *desc.Printer, _ *desc.Field, data []byte, attrs desc.Attrs) {
	b := attrs[uapi.TCA_DEF_PARMS]
	if b == nil || data == nil {
		return
	}
	var s uapi.TcDefact
	s.Decode(b)
	p.Str("simple", "Simple <%s>", string(untilNUL(data)))
	p.NL()
	p.Uint("index", "\t index %d ", uint64(s.Index))
	p.Int("ref", "ref %d ", int64(s.Refcnt))
	p.Int("bind", "bind %d", int64(s.Bindcnt))
	showTimes(p, attrs[uapi.TCA_DEF_TM])
	p.NL()
}
