package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// TcAct is what comes after an action: the next one, another filter, or what becomes of the packet.
type TcAct int32

// What comes after an action. Those above TC_ACT_EXT_VAL_MASK have a number in their lower bits:
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
	// Chain is the one that TC_ACT_GOTO_CHAIN goes to. It is sent where Action has no number.
	Chain       int32
	Probability *GactProbability // nil: always
}

// GactProbability says when the action is Action, and not that of ActionAttrs.
type GactProbability struct {
	Type   uint16 // PGACT_NETRAND: at random; PGACT_DETERM: in turn
	Value  uint16 // for one packet of so many
	Action TcAct
}

// Attrs returns the attributes that all kinds have.
func (action *GenericAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "generic". The kernel's name of the kind is gact.
func (action *GenericAction) Type() string { return "generic" }

func (action *GenericAction) attrs(c *attr.Codec) {
	a := action.ActionAttrs
	if c.Encoding() && a.Action == TC_ACT_GOTO_CHAIN {
		a.Action |= TcAct(action.Chain & TC_ACT_EXT_VAL_MASK)
	}
	onlyParms(c, uapi.TCA_GACT_PARMS, &a)
	var p *uapi.TcGactP
	if q := action.Probability; q != nil {
		p = &uapi.TcGactP{Ptype: q.Type, Pval: q.Value, Paction: int32(q.Action)}
	}
	attr.OptStruct(c, uapi.TCA_GACT_PROB, uapi.SizeofTcGactP, &p)
	timestamp(c, uapi.TCA_GACT_TM, &a)
	if !c.Decoding() {
		return
	}
	action.ActionAttrs = a
	if TcActExtCmp(int32(a.Action), int32(TC_ACT_GOTO_CHAIN)) {
		action.Chain = int32(a.Action) & TC_ACT_EXT_VAL_MASK
	}
	if p != nil {
		action.Probability = &GactProbability{Type: p.Ptype, Value: p.Pval, Action: TcAct(p.Paction)}
	}
}
