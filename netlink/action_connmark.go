package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// ConnmarkAction gives a packet the mark of its connection: tc-connmark(8).
type ConnmarkAction struct {
	ActionAttrs
	Zone uint16 // of connection tracking
}

// NewConnmarkAction returns one that the next action comes after.
func NewConnmarkAction() *ConnmarkAction {
	return &ConnmarkAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *ConnmarkAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "connmark".
func (action *ConnmarkAction) Type() string { return "connmark" }

func (action *ConnmarkAction) attrs(c *attr.Codec) {
	p := uapi.TcConnmark{Zone: action.Zone}
	parms(c, uapi.TCA_CONNMARK_PARMS, uapi.SizeofTcConnmark, &action.ActionAttrs, &p)
	timestamp(c, uapi.TCA_CONNMARK_TM, &action.ActionAttrs)
	action.Zone = p.Zone
}

func (*ConnmarkAction) describe() desc.Kind {
	return desc.Kind{Fields: connmarkFields, First: noteWords[connmarkWords], Complete: completeConnmark}
}

// connmarkWords are what the words of a command say of a [ConnmarkAction].
type connmarkWords struct {
	actionWords
	zone uint16
}

var connmarkFields = []desc.Field{
	{Type: uapi.TCA_CONNMARK_PARMS, Word: "zone", Usage: "ZONE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(16, 10, "zone")
			return set(&desc.Scratch[connmarkWords](in).zone, v, err)
		}, Show: func(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
			p.Str("kind", "%s ", "connmark")
			if b == nil {
				return
			}
			var c uapi.TcConnmark
			c.Decode(b)
			p.Uint("zone", "zone %d", uint64(c.Zone))
			p.Control(" ", c.Action, "")
			p.NL()
			showActionEnd(p, "\t index %d", c.Index, c.Refcnt, c.Bindcnt, attrs[uapi.TCA_CONNMARK_TM])
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_CONNMARK_TM, ReadOnly: true},
}

func completeConnmark(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[connmarkWords](in)
	e.Struct(uapi.TCA_CONNMARK_PARMS, uapi.SizeofTcConnmark,
		&uapi.TcConnmark{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE), Zone: w.zone})
	return nil
}
