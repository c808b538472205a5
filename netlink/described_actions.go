package netlink

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Actions that commands show and read, whose Go types are elsewhere or not there yet.

var describedActions = []describedKind{
	{"mpls", func() desc.Kind {
		return desc.Kind{Fields: mplsFields, First: makeWords[mplsWords], Complete: completeMpls}
	}},
	{"nat", func() desc.Kind {
		return desc.Kind{Fields: natFields, First: firstNat, FirstUsage: natUsage, Complete: completeNat}
	}},
	{"simple", func() desc.Kind {
		return desc.Kind{Fields: simpleFields, First: makeWords[simpleWords], Complete: completeSimple}
	}},
}

// natWords are what the words of a command say of an address that is translated.
type natWords struct {
	actionWords
	nat uapi.TcNat
}

const natUsage = "{ ingress | egress } OLD NEW"

func firstNat(in *desc.Args, _ *wire.Encoder) error {
	w := desc.Scratch[natWords](in)
	switch {
	case !in.More():
		return desc.Incomplete()
	case in.Peek() == "index":
		return nil
	case in.TakeAbbr("egress"):
		w.nat.Flags = uapi.TCA_NAT_FLAG_EGRESS
	case !in.TakeAbbr("ingress"):
		return desc.Failed("Illegal nat construct (%s)", in.Peek())
	}
	old, mask, err := natAddr(in)
	if err != nil {
		return err
	}
	to, _, err := natAddr(in)
	w.nat.OldAddr, w.nat.Mask, w.nat.NewAddr = old, mask, to
	return err
}

// natAddr takes an address or a prefix, with its mask.
func natAddr(in *desc.Args) (addr, mask uint32, err error) {
	word, err := in.Next()
	if err != nil {
		return 0, 0, err
	}
	text, length, slash := strings.Cut(word, "/")
	a, err := desc.ParseAddr(text, uapi.AF_INET)
	if err != nil {
		return 0, 0, desc.Failed("Illegal nat construct (%s)", word)
	}
	size := 32
	if !a.IsValid() {
		a, size = netip.IPv4Unspecified(), 0
	}
	if slash {
		if size, err = prefixLength(a, length); err != nil {
			return 0, 0, desc.Failed("Illegal nat construct (%s)", word)
		}
	}
	b := a.As4()
	big := uint32(math.MaxUint32)
	if size < 32 {
		big = ^(big >> size)
	}
	return binary.BigEndian.Uint32(b[:]), big, nil
}

var natFields = []desc.Field{
	{Type: uapi.TCA_NAT_PARMS, Word: "index", Usage: "INDEX", Read: readIndex, Show: showNat},
	{Word: "reclassify", Words: controlWords, Read: readControl},
}

func completeNat(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[natWords](in)
	w.nat.Index, w.nat.Action = w.index, w.code(uapi.TC_ACT_OK)
	e.Struct(uapi.TCA_NAT_PARMS, uapi.SizeofTcNat, &w.nat)
	return nil
}

func showNat(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("type", " %s ", "nat")
	if b == nil {
		return
	}
	var n uapi.TcNat
	n.Decode(b)
	text := func(v uint32) string { return bytesAddrText(binary.BigEndian.AppendUint32(nil, v)) }
	direction := "ingress"
	if n.Flags&uapi.TCA_NAT_FLAG_EGRESS != 0 {
		direction = "egress"
	}
	length := 0
	if mask := n.Mask; mask != 0 {
		length = 32 - bits.TrailingZeros32(mask)
	}
	p.Str("direction", "%s", direction)
	p.Str("old_addr", " %s", fmt.Sprintf("%s/%d", text(n.OldAddr), length))
	p.Str("new_addr", " %s", text(n.NewAddr))
	p.Control(" ", n.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", n.Index, n.Refcnt, n.Bindcnt, attrs[uapi.TCA_NAT_TM])
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
	{Word: "index", Usage: "INDEX", Read: readIndex},
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
	{Word: "label", Usage: "LABEL", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := mplsNumber(in, 0xfffff, "label must be <=0xFFFFF")
		desc.Scratch[mplsWords](in).label = new(uint32(v))
		return err
	}},
	{Word: "tc", Usage: "TC", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := mplsNumber(in, 7, "tc field is 3 bits max")
		desc.Scratch[mplsWords](in).tc = new(uint8(v))
		return err
	}},
	{Word: "ttl", Usage: "TTL", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := mplsNumber(in, 255, "ttl must be >0 and <=255")
		desc.Scratch[mplsWords](in).ttl = new(uint8(v))
		return err
	}},
	{Word: "bos", Usage: "BOS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := mplsNumber(in, 1, "bos must be 0 or 1")
		desc.Scratch[mplsWords](in).bos = new(uint8(v))
		return err
	}},
	{Word: "protocol", Usage: "PROTO", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
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
		p.Str("protocol", " protocol %s", desc.EtherProtocolName(binary.BigEndian.Uint16(proto), false))
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
