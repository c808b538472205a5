package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// IfeAction puts a header of ForCES (RFC 8013) with what the kernel knows of a packet around it, or takes one away:
// tc-ife(8). Linux 4.6. What follows Encode is only for encoding.
type IfeAction struct {
	ActionAttrs
	Encode    bool             // else the header is taken away
	DestMac   net.HardwareAddr // of the outer Ethernet header; nil: that of the packet
	SrcMac    net.HardwareAddr // likewise
	EtherType uint16           // of the outer header, in the machine's byte order; 0: ETH_P_IFE

	// What the header has: a value for all packets, or that of each packet.
	Mark, Priority           *uint32
	TcIndex                  *uint16 // Linux 4.15
	AllowMark, AllowPriority bool    // that of each packet, where Mark or Priority is nil
	AllowTcIndex             bool    // likewise
}

// NewIfeAction returns one that the next action comes after.
func NewIfeAction() *IfeAction { return &IfeAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}} }

// Attrs returns the attributes that all kinds have.
func (action *IfeAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "ife".
func (action *IfeAction) Type() string { return "ife" }

func (action *IfeAction) attrs(c *attr.Codec) {
	var p uapi.TcIfe
	if action.Encode {
		p.Flags = uapi.IFE_ENCODE
	}
	parms(c, uapi.TCA_IFE_PARMS, uapi.SizeofTcIfe, &action.ActionAttrs, &p)
	if c.Decoding() {
		action.Encode = p.Flags&uapi.IFE_ENCODE != 0
	}
	timestamp(c, uapi.TCA_IFE_TM, &action.ActionAttrs)
	if c.Encoding() && !action.Encode {
		return
	}
	attr.Ether(c, uapi.TCA_IFE_DMAC, &action.DestMac)
	attr.Ether(c, uapi.TCA_IFE_SMAC, &action.SrcMac)
	attr.U16(c, uapi.TCA_IFE_TYPE|attr.IfSet, &action.EtherType)
	attr.Nest(c, uapi.TCA_IFE_METALST, func(c *attr.Codec) {
		ifeMeta(c, uapi.IFE_META_SKBMARK, &action.Mark, &action.AllowMark, attr.OptU32[uint32])
		ifeMeta(c, uapi.IFE_META_PRIO, &action.Priority, &action.AllowPriority, attr.OptU32[uint32])
		ifeMeta(c, uapi.IFE_META_TCINDEX, &action.TcIndex, &action.AllowTcIndex, attr.OptU16[uint16])
	})
}

// ifeMeta is a value, or an attribute without one that allows the packet's own.
func ifeMeta[T uint16 | uint32](c *attr.Codec, t attr.Type, v **T, allow *bool,
	number func(*attr.Codec, attr.Type, **T)) {
	empty := *v == nil
	attr.Custom(c, t, func(e *wire.Encoder) {
		if empty && *allow {
			e.Data(uint16(t), nil)
		}
	}, func(b []byte) { *allow = len(b) == 0 })
	if c.Encoding() || !*allow {
		number(c, t, v)
	}
}

func (*IfeAction) describe() desc.Kind {
	return desc.Kind{Fields: ifeFields, First: makeWords[ifeWords], Complete: completeIfe}
}

// ifeWords are what the words of a command say of an [IfeAction].
type ifeWords struct {
	actionWords
	ife         IfeAction
	mode, typed bool
}

var ifeFields = []desc.Field{
	{Type: uapi.TCA_IFE_PARMS, Word: "decode", Words: []string{"encode"}, Show: showIfe,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[ifeWords](in)
			w.mode, w.ife.Encode = true, in.Last() == "encode"
			return nil
		}},
	{Type: uapi.TCA_IFE_METALST, Word: "allow", Usage: "{ mark | prio | tcindex }",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[ifeWords](in)
			switch {
			case in.TakeAbbr("mark"):
				w.ife.AllowMark = true
			case in.TakeAbbr("prio"):
				w.ife.AllowPriority = true
			case in.TakeAbbr("tcindex"):
				w.ife.AllowTcIndex = true
			default:
				return ifeWrong(in, "Illegal meta define")
			}
			return nil
		}},
	{Word: "use", Usage: "{ mark MARK | prio PRIORITY | tcindex INDEX }", Read: readIfeUse},
	{Type: uapi.TCA_IFE_TYPE, Word: "type", Usage: "ETYPE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[ifeWords](in)
			v, err := in.NumberArg(16, "ife type is invalid")
			w.ife.EtherType, w.typed = uint16(v), true
			return err
		}},
	{Type: uapi.TCA_IFE_DMAC, Word: "dst", Usage: "LLADDR",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			b, err := readEtherAddr(in, "Invalid mac address")
			desc.Scratch[ifeWords](in).ife.DestMac = b
			return err
		}},
	{Type: uapi.TCA_IFE_SMAC, Word: "src", Usage: "LLADDR",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			b, err := readEtherAddr(in, "Invalid mac address")
			desc.Scratch[ifeWords](in).ife.SrcMac = b
			return err
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readAnyIndex},
	{Type: uapi.TCA_IFE_TM, ReadOnly: true},
}

// ifeWrong is the error for the next word, if there is one.
func ifeWrong(in *desc.Args, why string) error {
	if !in.More() {
		return desc.Incomplete()
	}
	return gateWrong(in.Peek(), why)
}

func readIfeUse(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[ifeWords](in)
	switch {
	case in.TakeAbbr("mark"):
		v, err := in.NumberArg(32, "ife mark val is invalid")
		w.ife.Mark = new(uint32(v))
		return err
	case in.TakeAbbr("prio"):
		v, err := in.NumberArg(32, "ife prio val is invalid")
		w.ife.Priority = new(uint32(v))
		return err
	case in.TakeAbbr("tcindex"):
		v, err := in.NumberArg(16, "ife tcindex val is invalid")
		w.ife.TcIndex = new(uint16(v))
		return err
	}
	return ifeWrong(in, "Illegal meta use type")
}

func completeIfe(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[ifeWords](in)
	if !w.mode && w.index == 0 {
		return &desc.UsageError{Text: "IFE requires decode/encode specified", Status: 255}
	}
	a := &w.ife // a value of 0 is as none, as tc has it
	if a.Mark != nil && *a.Mark == 0 {
		a.Mark = nil
	}
	if a.Priority != nil && *a.Priority == 0 {
		a.Priority = nil
	}
	if a.TcIndex != nil && *a.TcIndex == 0 {
		a.TcIndex = nil
	}
	a.Index, a.Action = int(w.index), TcAct(w.code(uapi.TC_ACT_PIPE))
	attr.Encode(e, a.attrs)
	if a.Encode && w.typed && a.EtherType == 0 {
		e.Uint16(uapi.TCA_IFE_TYPE, 0)
	}
	return nil
}

func showIfe(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "ife")
	if b == nil {
		return
	}
	var s uapi.TcIfe
	s.Decode(b)
	mode := "decode"
	if s.Flags&uapi.IFE_ENCODE != 0 {
		mode = "encode"
	}
	p.Str("mode", "%s ", mode)
	p.Control("action ", s.Action, " ")
	if v := attrs[uapi.TCA_IFE_TYPE]; len(v) >= 2 {
		showHexText(p, "type", "type %#X ", uint64(native.Uint16(v)))
		p.NL()
		p.Text("\t")
	}
	if list := attrs[uapi.TCA_IFE_METALST]; list != nil {
		meta := desc.ParseAttrs(list)
		for _, m := range [...]struct {
			typ uint16
			key string
		}{{uapi.IFE_META_SKBMARK, "mark"}, {uapi.IFE_META_TCINDEX, "tcindex"}, {uapi.IFE_META_PRIO, "prio"}} {
			switch v, ok := meta[m.typ]; {
			case !ok:
			case len(v) >= 4:
				p.Uint(m.key, "use "+m.key+" %d ", uint64(native.Uint32(v)))
			case len(v) >= 2:
				p.Uint(m.key, "use "+m.key+" %d ", uint64(native.Uint16(v)))
			default:
				p.Str(m.key, "%s "+m.key+" ", "allow")
			}
		}
	}
	if v := attrs[uapi.TCA_IFE_DMAC]; len(v) == uapi.ETH_ALEN {
		p.Str("dst", "dst %s ", macText(v))
	}
	if v := attrs[uapi.TCA_IFE_SMAC]; len(v) == uapi.ETH_ALEN {
		p.Str("src", "src %s ", macText(v))
	}
	p.NL()
	showActionEnd(p, "\t index %d", s.Index, s.Refcnt, s.Bindcnt, attrs[uapi.TCA_IFE_TM])
}
