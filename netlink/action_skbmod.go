package netlink

import (
	"net"
	"runtime"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// SkbModAction changes the Ethernet header of packets, or marks congestion: tc-skbmod(8). What
// is nil, 0 or false stays as it is. Linux 4.9.
type SkbModAction struct {
	ActionAttrs
	DestMac   net.HardwareAddr
	SrcMac    net.HardwareAddr
	EtherType uint16 // ETH_P_…, in the machine's byte order
	SwapMac   bool   // the two addresses change places, after they were set
	ECN       bool   // packets of IP that say ECT say CE (Linux 5.15)
}

// NewSkbModAction returns one that the next action comes after.
func NewSkbModAction() *SkbModAction {
	return &SkbModAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *SkbModAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "skbmod".
func (action *SkbModAction) Type() string { return "skbmod" }

func (action *SkbModAction) attrs(c *attr.Codec) {
	var p skbmodParms
	for _, f := range [...]struct {
		on  bool
		bit uint64
	}{
		{action.DestMac != nil, uapi.SKBMOD_F_DMAC}, {action.SrcMac != nil, uapi.SKBMOD_F_SMAC},
		{action.EtherType != 0, uapi.SKBMOD_F_ETYPE}, {action.SwapMac, uapi.SKBMOD_F_SWAPMAC},
		{action.ECN, uapi.SKBMOD_F_ECN},
	} {
		if f.on {
			p.flags |= f.bit
		}
	}
	parms(c, uapi.TCA_SKBMOD_PARMS, sizeofSkbmod, &action.ActionAttrs, &p)
	if c.Decoding() {
		action.SwapMac, action.ECN = p.flags&uapi.SKBMOD_F_SWAPMAC != 0, p.flags&uapi.SKBMOD_F_ECN != 0
	}
	attr.Ether(c, uapi.TCA_SKBMOD_DMAC, &action.DestMac)
	attr.Ether(c, uapi.TCA_SKBMOD_SMAC, &action.SrcMac)
	attr.U16(c, uapi.TCA_SKBMOD_ETYPE|attr.IfSet, &action.EtherType)
	timestamp(c, uapi.TCA_SKBMOD_TM, &action.ActionAttrs)
}

// skbmodParms is struct tc_skbmod, a struct tc_gact and flags behind it. Kernels for 386 have no padding between
// the two: there the flags are sent in both places, of which either kernel passes over one.
type skbmodParms struct {
	gact  uapi.TcGact
	flags uint64
}

const (
	sizeofSkbmod   = skbmodFlags + 8
	skbmodFlags    = (uapi.SizeofTcGact + 7) &^ 7
	sizeofSkbmod32 = uapi.SizeofTcGact + 8
)

func (p *skbmodParms) Put(b []byte) {
	p.gact.Put(b[:uapi.SizeofTcGact])
	clear(b[uapi.SizeofTcGact:skbmodFlags])
	if runtime.GOARCH == "386" {
		native.PutUint32(b[uapi.SizeofTcGact:], uint32(p.flags))
	}
	native.PutUint64(b[skbmodFlags:], p.flags)
}

func (p *skbmodParms) Decode(b []byte) {
	p.gact.Decode(b)
	switch {
	case len(b) >= sizeofSkbmod:
		p.flags = native.Uint64(b[skbmodFlags:])
	case len(b) >= sizeofSkbmod32:
		p.flags = native.Uint64(b[uapi.SizeofTcGact:])
	}
}

func (*SkbModAction) describe() desc.Kind {
	return desc.Kind{Fields: skbmodFields, First: makeWords[skbmodWords], Complete: completeSkbmod}
}

// skbmodWords are what the words of a command say of a [SkbModAction].
type skbmodWords struct {
	actionWords
	flags    uint64
	dst, src []byte
	typ      uint16
}

var skbmodFields = []desc.Field{
	{Type: uapi.TCA_SKBMOD_PARMS, Word: "swap", Words: []string{"set"}, Usage: "{ mac | dmac LLADDR ... }",
		Show: showSkbmod,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			if !in.More() {
				return desc.Incomplete()
			}
			return nil
		}},
	{Word: "mac", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		desc.Scratch[skbmodWords](in).flags |= uapi.SKBMOD_F_SWAPMAC
		return nil
	}},
	{Type: uapi.TCA_SKBMOD_ETYPE, Word: "etype", Usage: "ETYPE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[skbmodWords](in)
			v, err := in.NumberArg(16, "ethertype is invalid")
			w.typ, w.flags = uint16(v), w.flags|uapi.SKBMOD_F_ETYPE
			return err
		}},
	{Type: uapi.TCA_SKBMOD_DMAC, Word: "dmac", Usage: "LLADDR",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			w := desc.Scratch[skbmodWords](in)
			w.flags |= uapi.SKBMOD_F_DMAC
			w.dst, err = readPlainEther(in, "Invalid dst mac address %s")
			return err
		}},
	{Type: uapi.TCA_SKBMOD_SMAC, Word: "smac", Usage: "LLADDR",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			w := desc.Scratch[skbmodWords](in)
			w.flags |= uapi.SKBMOD_F_SMAC
			w.src, err = readPlainEther(in, "Invalid smac address %s")
			return err
		}},
	{Word: "ecn", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		desc.Scratch[skbmodWords](in).flags |= uapi.SKBMOD_F_ECN
		return nil
	}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readAnyIndex},
	{Type: uapi.TCA_SKBMOD_TM, ReadOnly: true},
}

// readPlainEther takes an Ethernet address, with an error in a format of the action's own.
func readPlainEther(in *desc.Args, wrong string) ([]byte, error) {
	word, err := in.Next()
	if err != nil {
		return nil, err
	}
	b, err := net.ParseMAC(word)
	if err != nil || len(b) != uapi.ETH_ALEN {
		return nil, desc.Failed(wrong, word)
	}
	return b, nil
}

func completeSkbmod(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[skbmodWords](in)
	if w.flags == 0 && w.index == 0 {
		return &desc.UsageError{Text: "skbmod requires at least one option", Status: 255}
	}
	e.Struct(uapi.TCA_SKBMOD_PARMS, sizeofSkbmod,
		&skbmodParms{gact: uapi.TcGact{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE)}, flags: w.flags})
	if w.dst != nil {
		e.Data(uapi.TCA_SKBMOD_DMAC, w.dst)
	}
	if w.typ != 0 {
		e.Uint16(uapi.TCA_SKBMOD_ETYPE, w.typ)
	}
	if w.src != nil {
		e.Data(uapi.TCA_SKBMOD_SMAC, w.src)
	}
	return nil
}

func showSkbmod(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if b == nil {
		return
	}
	var s skbmodParms
	s.Decode(b)
	p.Text("skbmod ")
	p.Control("", s.gact.Action, " ")
	if v := attrs[uapi.TCA_SKBMOD_ETYPE]; len(v) >= 2 {
		showHexText(p, "etype", "set etype 0x%X ", uint64(native.Uint16(v)))
		p.NL()
		p.Text("\t ")
	}
	for _, m := range [...]struct {
		typ uint16
		key string
	}{{uapi.TCA_SKBMOD_DMAC, "dmac"}, {uapi.TCA_SKBMOD_SMAC, "smac"}} {
		if v := attrs[m.typ]; len(v) == uapi.ETH_ALEN {
			p.ColorStr(desc.MAC, m.key, "set "+m.key+" %s ", macText(v))
		}
	}
	if s.flags&uapi.SKBMOD_F_SWAPMAC != 0 {
		p.Null("swapmac", "swap mac ")
	}
	if s.flags&uapi.SKBMOD_F_ECN != 0 {
		p.Null("ecn", "ecn ")
	}
	p.NL()
	p.Uint("index", "\t index %d ", uint64(s.gact.Index))
	p.Int("ref", "ref %d ", int64(s.gact.Refcnt))
	p.Int("bind", "bind %d", int64(s.gact.Bindcnt))
	showTimes(p, attrs[uapi.TCA_SKBMOD_TM])
	p.Text("\n")
}
