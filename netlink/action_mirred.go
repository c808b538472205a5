package netlink

import (
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// MirredAct is what [MirredAction] does.
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
	return &MirredAction{ActionAttrs: ActionAttrs{Action: TC_ACT_STOLEN}, MirredAction: TCA_EGRESS_REDIR, Ifindex: redirIndex}
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
