package netlink

import (
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// MirredAct is the operation of a [MirredAction].
type MirredAct uint8

// What [MirredAction] does. EGRESS is that the other link sends the packet, INGRESS that it
// receives it; REDIR takes the packet, MIRROR a copy.
const (
	TCA_EGRESS_REDIR   MirredAct = uapi.TCA_EGRESS_REDIR
	TCA_EGRESS_MIRROR  MirredAct = uapi.TCA_EGRESS_MIRROR
	TCA_INGRESS_REDIR  MirredAct = uapi.TCA_INGRESS_REDIR
	TCA_INGRESS_MIRROR MirredAct = uapi.TCA_INGRESS_MIRROR
)

// String returns it in words, "egress redir".
func (a MirredAct) String() string {
	switch a {
	case TCA_EGRESS_REDIR:
		return "egress redir"
	case TCA_EGRESS_MIRROR:
		return "egress mirror"
	case TCA_INGRESS_REDIR:
		return "ingress redir"
	case TCA_INGRESS_MIRROR:
		return "ingress mirror"
	}
	return "unknown"
}

// MirredAction gives packets or copies of them to another link: tc-mirred(8).
type MirredAction struct {
	ActionAttrs
	MirredAction MirredAct
	Ifindex      int     // of the other link
	Block        *uint32 // a block of links in the place of Ifindex (Linux 6.8)
}

// NewMirredAction returns one that has the link with the index send packets.
func NewMirredAction(redirIndex int) *MirredAction {
	return &MirredAction{ActionAttrs: ActionAttrs{Action: TC_ACT_STOLEN}, MirredAction: TCA_EGRESS_REDIR,
		Ifindex: redirIndex}
}

// Attrs returns the attributes that all kinds have.
func (action *MirredAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "mirred".
func (action *MirredAction) Type() string { return "mirred" }

func (action *MirredAction) attrs(c *attr.Codec) {
	c.Check("ifindex", int64(action.Ifindex), math.MaxInt32)
	p := uapi.TcMirred{Eaction: int32(action.MirredAction), Ifindex: uint32(action.Ifindex)}
	parms(c, uapi.TCA_MIRRED_PARMS, uapi.SizeofTcMirred, &action.ActionAttrs, &p)
	attr.OptU32(c, uapi.TCA_MIRRED_BLOCKID, &action.Block)
	timestamp(c, uapi.TCA_MIRRED_TM, &action.ActionAttrs)
	if c.Decoding() {
		action.MirredAction, action.Ifindex = MirredAct(p.Eaction), int(p.Ifindex)
	}
}

func (*MirredAction) describe() desc.Kind {
	return desc.Kind{Fields: mirredFields, First: firstMirred, FirstUsage: mirredUsage}
}

const mirredUsage = "{ egress | ingress } { mirror | redirect } [ index INDEX ] { dev DEV | blockid BLOCK } | " +
	"index INDEX"

var mirredFields = []desc.Field{
	{Type: uapi.TCA_MIRRED_PARMS, ReadOnly: true, Show: showMirred},
	{Type: uapi.TCA_MIRRED_TM, ReadOnly: true},
	{Type: uapi.TCA_MIRRED_BLOCKID, ReadOnly: true},
}

// firstMirred reads all that the kind has: what may follow depends on what came before.
func firstMirred(in *desc.Args, e *wire.Encoder) error {
	var m uapi.TcMirred
	index := func() error {
		v, err := in.Number(32, 10, "index")
		return set(&m.Index, v, err)
	}
	if in.TakeAbbr("index") {
		if err := index(); err != nil {
			return err
		}
		e.Struct(uapi.TCA_MIRRED_PARMS, uapi.SizeofTcMirred, &m)
		return nil
	}
	ingress := in.TakeAbbr("ingress")
	if !in.More() && !ingress {
		return desc.Incomplete()
	}
	if !ingress && !in.TakeAbbr("egress") {
		return desc.Failed("mirred option not supported %s", in.Peek())
	}
	if in.PeekAbbr("ingress", "egress") {
		return desc.Failed("Can't have both egress and ingress")
	}
	indexed := in.TakeAbbr("index")
	if indexed {
		if err := index(); err != nil {
			return err
		}
	}
	mirror := in.TakeAbbr("mirror")
	switch {
	case mirror && ingress:
		m.Eaction, m.Action = uapi.TCA_INGRESS_MIRROR, uapi.TC_ACT_PIPE
	case mirror:
		m.Eaction, m.Action = uapi.TCA_EGRESS_MIRROR, uapi.TC_ACT_PIPE
	case !in.TakeAbbr("redirect"):
		if !in.More() {
			return desc.Incomplete()
		}
		return desc.Failed("mirred option not supported %s", in.Peek())
	case ingress:
		m.Eaction, m.Action = uapi.TCA_INGRESS_REDIR, uapi.TC_ACT_STOLEN
	default:
		m.Eaction, m.Action = uapi.TCA_EGRESS_REDIR, uapi.TC_ACT_STOLEN
	}
	if in.PeekAbbr("mirror", "redirect") {
		return desc.Failed("Can't have both mirror and redir")
	}
	if !indexed && in.TakeAbbr("index") {
		indexed = true
		if err := index(); err != nil {
			return err
		}
	}
	block := uint64(0)
	if in.Take("blockid") {
		var err error
		if block, err = in.Number(32, 0, "blockid"); err != nil || block == 0 {
			return desc.Failed("invalid block ID")
		}
	}
	if in.TakeAbbr("dev") {
		if block != 0 {
			return desc.Failed("blockid and device are mutually exclusive.")
		}
		name, err := in.Next()
		if err != nil {
			return err
		}
		link, err := in.LinkIndex(name)
		if err != nil {
			return err
		}
		m.Ifindex = uint32(link)
		if in.PeekOneOf("blockid") {
			return desc.Failed("blockid and device are mutually exclusive.")
		}
	}
	if !in.More() && m.Ifindex == 0 && block == 0 {
		return desc.Incomplete()
	}
	if mirror && in.PeekControl() {
		code, err := in.Control(false)
		if m.Action = code; err != nil {
			return err
		}
	}
	if in.TakeAbbr("index") {
		if indexed {
			return desc.Failed("mirred: Illegal double index")
		}
		if err := index(); err != nil {
			return err
		}
	}
	e.Struct(uapi.TCA_MIRRED_PARMS, uapi.SizeofTcMirred, &m)
	if block != 0 {
		e.Uint32(uapi.TCA_MIRRED_BLOCKID, uint32(block))
	}
	return nil
}

func showMirred(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "mirred")
	if b == nil {
		return
	}
	var m uapi.TcMirred
	m.Decode(b)
	text, action, direction := "unknown", "unknown", "unknown"
	switch m.Eaction {
	case uapi.TCA_EGRESS_REDIR:
		text, action, direction = "Egress Redirect", "redirect", "egress"
	case uapi.TCA_INGRESS_REDIR:
		text, action, direction = "Ingress Redirect", "redirect", "ingress"
	case uapi.TCA_EGRESS_MIRROR:
		text, action, direction = "Egress Mirror", "mirror", "egress"
	case uapi.TCA_INGRESS_MIRROR:
		text, action, direction = "Ingress Mirror", "mirror", "ingress"
	}
	if p.JSON {
		p.Str("mirred_action", "", action)
		p.Str("direction", "", direction)
	}
	p.Text("(%s", text)
	if block := attrs[uapi.TCA_MIRRED_BLOCKID]; len(block) >= 4 {
		p.Uint("to_blockid", " to blockid %d)", uint64(native.Uint32(block)))
	} else if m.Ifindex == 0 {
		p.Str("to_dev", " to device %s)", "*")
	} else {
		p.Str("to_dev", " to device %s)", p.Link(int(m.Ifindex)))
	}
	p.Control(" ", m.Action, "")
	p.NL()
	showActionEnd(p, "\tindex %d", m.Index, m.Refcnt, m.Bindcnt, attrs[uapi.TCA_MIRRED_TM])
}
