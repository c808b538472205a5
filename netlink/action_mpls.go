package netlink

import (
	"encoding/binary"
	"fmt"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// MplsAct is the operation of an [MplsAction].
type MplsAct int32

// What [MplsAction] does.
const (
	TCA_MPLS_ACT_POP      MplsAct = uapi.TCA_MPLS_ACT_POP      // takes the first label away
	TCA_MPLS_ACT_PUSH     MplsAct = uapi.TCA_MPLS_ACT_PUSH     // adds one before the network header
	TCA_MPLS_ACT_MODIFY   MplsAct = uapi.TCA_MPLS_ACT_MODIFY   // changes the first one
	TCA_MPLS_ACT_DEC_TTL  MplsAct = uapi.TCA_MPLS_ACT_DEC_TTL  // takes one from its time to live
	TCA_MPLS_ACT_MAC_PUSH MplsAct = uapi.TCA_MPLS_ACT_MAC_PUSH // adds one before the Ethernet header (Linux 5.5)
)

// MplsAction changes MPLS labels of packets: tc-mpls(8). What is nil the kernel chooses, or stays as it is.
// Linux 5.3.
type MplsAction struct {
	ActionAttrs
	Action   MplsAct // [ActionAttrs].Action is what comes after it
	Label    *uint32 // 20 bits; needed to push
	TC       *uint8  // traffic class, 3 bits
	TTL      *uint8
	BOS      *uint8 // 1: the last label of the stack
	Protocol uint16 // ETH_P_…, what the packet is afterwards; needed to pop, 0: ETH_P_MPLS_UC
}

// NewMplsAction returns one that the next action comes after.
func NewMplsAction() *MplsAction { return &MplsAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}} }

// Attrs returns the attributes that all kinds have.
func (action *MplsAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "mpls".
func (action *MplsAction) Type() string { return "mpls" }

func (action *MplsAction) attrs(c *attr.Codec) {
	p := uapi.TcMpls{MAction: int32(action.Action)}
	parms(c, uapi.TCA_MPLS_PARMS, uapi.SizeofTcMpls, &action.ActionAttrs, &p)
	action.Action = MplsAct(p.MAction)
	attr.BE16(c, uapi.TCA_MPLS_PROTO|attr.IfSet, &action.Protocol)
	attr.OptU32(c, uapi.TCA_MPLS_LABEL, &action.Label)
	attr.OptU8(c, uapi.TCA_MPLS_TC, &action.TC)
	attr.OptU8(c, uapi.TCA_MPLS_TTL, &action.TTL)
	attr.OptU8(c, uapi.TCA_MPLS_BOS, &action.BOS)
	timestamp(c, uapi.TCA_MPLS_TM, &action.ActionAttrs)
}

func (*MplsAction) describe() desc.Kind {
	return desc.Kind{Fields: mplsFields, First: makeWords[mplsWords], Complete: completeMpls}
}

// mplsWords are what the words of a command say of changes of MPLS labels.
type mplsWords struct {
	actionWords
	action       int32
	label        *uint32
	tc, bos, ttl *uint8
	protocol     uint16
}

// mplsActions are the names of TCA_MPLS_ACT_….
var mplsActions = []string{
	uapi.TCA_MPLS_ACT_POP: "pop", uapi.TCA_MPLS_ACT_PUSH: "push", uapi.TCA_MPLS_ACT_MODIFY: "modify",
	uapi.TCA_MPLS_ACT_DEC_TTL: "dec_ttl", uapi.TCA_MPLS_ACT_MAC_PUSH: "mac_push",
}

// mplsNumber reads a part of a label for actions that have one.
func mplsNumber(in *desc.Args, high uint64, why string) (uint64, error) {
	word := in.Last()
	switch desc.Scratch[mplsWords](in).action {
	case uapi.TCA_MPLS_ACT_PUSH, uapi.TCA_MPLS_ACT_MAC_PUSH, uapi.TCA_MPLS_ACT_MODIFY:
	default:
		return 0, &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: only valid for push, mac_push and modify",
			word), Status: 255}
	}
	v, err := in.NumberArg(32, why)
	if err == nil && (v > high || word == "ttl" && v == 0) {
		err = &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", in.Last(), why), Status: 255}
	}
	return v, err
}

var mplsFields = []desc.Field{
	{Type: uapi.TCA_MPLS_PARMS, Word: "pop", Words: []string{"push", "modify", "mac_push", "dec_ttl"},
		Show: showMplsAction,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[mplsWords](in)
			if w.action != 0 {
				return desc.Failed("Error: got %q but action already set to %q", in.Last(), mplsActions[w.action])
			}
			w.action = int32(slices.Index(mplsActions, in.Last()))
			return nil
		}},
	{Type: uapi.TCA_MPLS_LABEL, Word: "label", Usage: "LABEL",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := mplsNumber(in, 0xfffff, "label must be <=0xFFFFF")
			desc.Scratch[mplsWords](in).label = new(uint32(v))
			return err
		}},
	{Type: uapi.TCA_MPLS_TC, Word: "tc", Usage: "TC", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := mplsNumber(in, 7, "tc field is 3 bits max")
		desc.Scratch[mplsWords](in).tc = new(uint8(v))
		return err
	}},
	{Type: uapi.TCA_MPLS_TTL, Word: "ttl", Usage: "TTL", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := mplsNumber(in, 255, "ttl must be >0 and <=255")
		desc.Scratch[mplsWords](in).ttl = new(uint8(v))
		return err
	}},
	{Type: uapi.TCA_MPLS_BOS, Word: "bos", Usage: "BOS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := mplsNumber(in, 1, "bos must be 0 or 1")
		desc.Scratch[mplsWords](in).bos = new(uint8(v))
		return err
	}},
	{Type: uapi.TCA_MPLS_PROTO, Word: "protocol", Usage: "PROTO",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[mplsWords](in)
			switch w.action {
			case uapi.TCA_MPLS_ACT_PUSH, uapi.TCA_MPLS_ACT_MAC_PUSH, uapi.TCA_MPLS_ACT_POP:
			default:
				return &desc.UsageError{Text: "Error: argument \"protocol\" is wrong: only valid for push, mac_push and pop",
					Status: 255}
			}
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, ok := desc.EtherProtocol(word)
			if w.protocol = v; !ok {
				return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: protocol is invalid", word), Status: 255}
			}
			return nil
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_MPLS_TM, ReadOnly: true},
}

func completeMpls(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[mplsWords](in)
	pushes := w.action == uapi.TCA_MPLS_ACT_PUSH || w.action == uapi.TCA_MPLS_ACT_MAC_PUSH
	required := func(what string) error {
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is required", what), Status: 255}
	}
	switch {
	case w.action == 0 && w.index == 0:
		return desc.Incomplete()
	case w.action == uapi.TCA_MPLS_ACT_PUSH && w.label == nil:
		return required("label")
	case pushes && w.protocol != 0 && w.protocol != uapi.ETH_P_MPLS_UC && w.protocol != uapi.ETH_P_MPLS_MC:
		return desc.Failed("invalid push protocol \"0x%04x\" - use mpls_(uc|mc)", w.protocol)
	case w.action == uapi.TCA_MPLS_ACT_POP && w.protocol == 0:
		return required("protocol")
	}
	byDefault := int32(uapi.TC_ACT_PIPE)
	if w.action == 0 { // one that is there is meant by its index
		byDefault = uapi.TC_ACT_OK
	}
	e.Struct(uapi.TCA_MPLS_PARMS, uapi.SizeofTcMpls,
		&uapi.TcMpls{Index: w.index, Action: w.code(byDefault), MAction: w.action})
	if w.label != nil {
		e.Uint32(uapi.TCA_MPLS_LABEL, *w.label)
	}
	if w.protocol != 0 {
		e.BE16(uapi.TCA_MPLS_PROTO, w.protocol)
	}
	for _, b := range [...]struct {
		typ uint16
		v   *uint8
	}{{uapi.TCA_MPLS_TC, w.tc}, {uapi.TCA_MPLS_TTL, w.ttl}, {uapi.TCA_MPLS_BOS, w.bos}} {
		if b.v != nil {
			e.Uint8(b.typ, *b.v)
		}
	}
	return nil
}

func showMplsAction(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "mpls")
	if b == nil {
		return
	}
	var m uapi.TcMpls
	m.Decode(b)
	name := "unknown"
	if m.MAction > 0 && int(m.MAction) < len(mplsActions) {
		name = mplsActions[m.MAction]
	}
	p.Str("mpls_action", " %s", name)
	if proto := attrs[uapi.TCA_MPLS_PROTO]; len(proto) >= 2 && m.MAction != uapi.TCA_MPLS_ACT_MODIFY &&
		m.MAction != uapi.TCA_MPLS_ACT_DEC_TTL {
		p.Str("protocol", " protocol %s", p.EtherProtocol(binary.BigEndian.Uint16(proto)))
	}
	if m.MAction != uapi.TCA_MPLS_ACT_POP && m.MAction != uapi.TCA_MPLS_ACT_DEC_TTL {
		if v := attrs[uapi.TCA_MPLS_LABEL]; len(v) >= 4 {
			p.Uint("label", " label %d", uint64(native.Uint32(v)))
		}
		for _, part := range [...]struct {
			typ uint16
			key string
		}{{uapi.TCA_MPLS_TC, "tc"}, {uapi.TCA_MPLS_BOS, "bos"}, {uapi.TCA_MPLS_TTL, "ttl"}} {
			if v := attrs[part.typ]; len(v) >= 1 {
				p.Uint(part.key, " "+part.key+" %d", uint64(v[0]))
			}
		}
	}
	p.Control(" ", m.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", m.Index, m.Refcnt, m.Bindcnt, attrs[uapi.TCA_MPLS_TM])
}
