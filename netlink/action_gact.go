package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// TcAct is the verdict after an action: the next action, another filter, or the packet's fate.
type TcAct int32

// Verdicts of an action. Those above TC_ACT_EXT_VAL_MASK have a number in their lower bits:
// how many actions TC_ACT_JUMP passes over, and the chain of goto chain.
const (
	TC_ACT_UNSPEC     TcAct = uapi.TC_ACT_UNSPEC     // what the kernel does by default
	TC_ACT_OK         TcAct = uapi.TC_ACT_OK         // the packet goes on
	TC_ACT_RECLASSIFY TcAct = uapi.TC_ACT_RECLASSIFY // the filters begin again
	TC_ACT_SHOT       TcAct = uapi.TC_ACT_SHOT       // the packet is dropped
	TC_ACT_PIPE       TcAct = uapi.TC_ACT_PIPE       // the next action
	TC_ACT_STOLEN     TcAct = uapi.TC_ACT_STOLEN     // the action has the packet
	TC_ACT_QUEUED     TcAct = uapi.TC_ACT_QUEUED     // the same
	TC_ACT_REPEAT     TcAct = uapi.TC_ACT_REPEAT     // the same action again
	TC_ACT_REDIRECT   TcAct = uapi.TC_ACT_REDIRECT   // where a BPF program said
	TC_ACT_TRAP       TcAct = uapi.TC_ACT_TRAP       // to the processor, from hardware
	TC_ACT_JUMP       TcAct = uapi.TC_ACT_JUMP
	TC_ACT_GOTO_CHAIN TcAct = uapi.TC_ACT_GOTO_CHAIN
)

// Where the number begins that some of [TcAct] have, and its mask.
const (
	TC_ACT_EXT_SHIFT    = 28
	TC_ACT_EXT_VAL_MASK = uapi.TC_ACT_EXT_VAL_MASK
)

// TcActExtCmp reports whether combined is opcode, TC_ACT_JUMP or TC_ACT_GOTO_CHAIN, with any number.
func TcActExtCmp(combined int32, opcode int32) bool { return combined&^TC_ACT_EXT_VAL_MASK == opcode }

// String returns the word for it. With a number other than 0, TC_ACT_JUMP has none.
func (a TcAct) String() string {
	switch a {
	case TC_ACT_UNSPEC:
		return "unspec"
	case TC_ACT_OK:
		return "ok"
	case TC_ACT_RECLASSIFY:
		return "reclassify"
	case TC_ACT_SHOT:
		return "shot"
	case TC_ACT_PIPE:
		return "pipe"
	case TC_ACT_STOLEN:
		return "stolen"
	case TC_ACT_QUEUED:
		return "queued"
	case TC_ACT_REPEAT:
		return "repeat"
	case TC_ACT_REDIRECT:
		return "redirect"
	case TC_ACT_TRAP:
		return "trap"
	case TC_ACT_JUMP:
		return "jump"
	}
	if TcActExtCmp(int32(a), int32(TC_ACT_GOTO_CHAIN)) {
		return "goto"
	}
	return fmt.Sprintf("0x%x", int32(a))
}

// GenericAction is the action gact, which only says by its Action what becomes of the packet:
// tc-gact(8).
type GenericAction struct {
	ActionAttrs
	// Chain is the one that TC_ACT_GOTO_CHAIN goes to; read only. To send one, Action is
	// TC_ACT_GOTO_CHAIN with the number in its lower bits.
	Chain       int32
	Probability *GactProbability // nil: always
}

// GactProbability says when the action is Action, and not that of ActionAttrs.
type GactProbability struct {
	Type   uint16 // PGACT_NETRAND: at random; PGACT_DETERM: in turn
	Value  uint16 // for one of this many packets
	Action TcAct
}

// Attrs returns the attributes that all kinds have.
func (action *GenericAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "generic". The kernel's name of the kind is gact.
func (action *GenericAction) Type() string { return "generic" }

func (action *GenericAction) attrs(c *attr.Codec) {
	a := &action.ActionAttrs
	onlyParms(c, uapi.TCA_GACT_PARMS, a)
	var p *uapi.TcGactP
	if q := action.Probability; q != nil {
		p = &uapi.TcGactP{Ptype: q.Type, Pval: q.Value, Paction: int32(q.Action)}
	}
	attr.OptStruct(c, uapi.TCA_GACT_PROB, uapi.SizeofTcGactP, &p)
	timestamp(c, uapi.TCA_GACT_TM, a)
	if !c.Decoding() {
		return
	}
	if TcActExtCmp(int32(a.Action), int32(TC_ACT_GOTO_CHAIN)) {
		action.Chain = int32(a.Action) & TC_ACT_EXT_VAL_MASK
	}
	if p != nil {
		action.Probability = &GactProbability{Type: p.Ptype, Value: p.Pval, Action: TcAct(p.Paction)}
	}
}

func (*GenericAction) describe() desc.Kind {
	return desc.Kind{Fields: gactFields, First: firstGact, FirstUsage: desc.ControlUsage, Complete: completeGact}
}

// gactWords are what the words of a command say of a [GenericAction].
type gactWords struct {
	actionWords
	chance *uapi.TcGactP
}

// firstGact reads what becomes of the packet, unless an action that is there is meant by its index.
func firstGact(in *desc.Args, _ *wire.Encoder) error {
	w := desc.Scratch[gactWords](in)
	if in.PeekAbbr("index") {
		return nil
	}
	code, err := in.Control(false)
	w.control = &code
	if err != nil {
		return &desc.UsageError{Text: err.Error(), Status: 255} // as tc has it
	}
	return nil
}

var gactFields = []desc.Field{
	{Type: uapi.TCA_GACT_PROB, Word: "random", Usage: "{ netrand | determ } CONTROL VALUE", Read: readGactChance},
	{Type: uapi.TCA_GACT_PARMS, Word: "index", Usage: "INDEX", Show: showGact, Read: readIndex},
	{Type: uapi.TCA_GACT_TM, ReadOnly: true},
}

// maxChance is the largest value of a [GenericAction]'s probability.
const maxChance = 10000

func readGactChance(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	c := new(uapi.TcGactP)
	switch {
	case in.TakeAbbr("netrand"):
		c.Ptype = uapi.PGACT_NETRAND
	case in.TakeAbbr("determ"):
		c.Ptype = uapi.PGACT_DETERM
	default:
		return desc.Illegal("random type")
	}
	code, err := in.Control(false)
	if err != nil {
		return &desc.UsageError{Text: err.Error(), Status: 255}
	}
	v, err := in.Number(16, 10, "probability")
	if err != nil || v > maxChance {
		return desc.Failed("Illegal probability val %s", in.Last())
	}
	c.Paction, c.Pval = code, uint16(v)
	desc.Scratch[gactWords](in).chance = c
	return nil
}

func completeGact(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[gactWords](in)
	e.Struct(uapi.TCA_GACT_PARMS, uapi.SizeofTcGact, &uapi.TcGact{Index: w.index, Action: w.code(0)})
	if w.chance != nil {
		e.Struct(uapi.TCA_GACT_PROB, uapi.SizeofTcGactP, w.chance)
	}
	return nil
}

func showGact(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "gact")
	if b == nil {
		return
	}
	var g uapi.TcGact
	g.Decode(b)
	p.Control("action ", g.Action, "")
	var c uapi.TcGactP
	c.Decode(attrs[uapi.TCA_GACT_PROB])
	random := "none"
	switch c.Ptype {
	case uapi.PGACT_NETRAND:
		random = "netrand"
	case uapi.PGACT_DETERM:
		random = "determ"
	}
	p.Object("prob")
	p.NL()
	p.Str("random_type", "\t random type %s", random)
	p.Control(" ", c.Paction, " ")
	p.Int("val", "val %d", int64(c.Pval))
	p.EndObject()
	p.NL()
	showActionEnd(p, "\t index %d", g.Index, g.Refcnt, g.Bindcnt, attrs[uapi.TCA_GACT_TM])
}
