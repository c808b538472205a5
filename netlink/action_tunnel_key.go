package netlink

import (
	"fmt"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// TunnelKeyAct is the operation of a [TunnelKeyAction].
type TunnelKeyAct int8

// What [TunnelKeyAction] does with what a tunnel is to know of a packet.
const (
	TCA_TUNNEL_KEY_SET   TunnelKeyAct = uapi.TCA_TUNNEL_KEY_ACT_SET
	TCA_TUNNEL_KEY_UNSET TunnelKeyAct = uapi.TCA_TUNNEL_KEY_ACT_RELEASE
)

// TunnelKeyAction says which tunnel a packet goes through, for links that are made with external,
// or takes away what one said: tc-tunnel_key(8).
type TunnelKeyAction struct {
	ActionAttrs
	Action   TunnelKeyAct
	SrcAddr  net.IP // both are needed to set, and of one family
	DstAddr  net.IP
	KeyID    uint32
	DestPort uint16 // 0: as the link has it

	NoKey      bool   // the packet has no KeyID
	NoCsum     bool   // no checksum of the outer UDP header
	TOS        *uint8 // of the outer header
	TTL        *uint8 // of the outer header
	NoFragment bool   // the outer header says not to fragment (Linux 6.0)
	// Options is the payload of TCA_TUNNEL_KEY_ENC_OPTS in the kernel's form, nil for none: those of
	// geneve, vxlan or erspan.
	Options []byte
}

// NewTunnelKeyAction returns one that the next action comes after.
func NewTunnelKeyAction() *TunnelKeyAction {
	return &TunnelKeyAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}}
}

// Attrs returns the attributes that all kinds have.
func (action *TunnelKeyAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "tunnel_key".
func (action *TunnelKeyAction) Type() string { return "tunnel_key" }

func (action *TunnelKeyAction) attrs(c *attr.Codec) {
	p := uapi.TcTunnelKey{TAction: int32(action.Action)}
	parms(c, uapi.TCA_TUNNEL_KEY_PARMS, uapi.SizeofTcTunnelKey, &action.ActionAttrs, &p)
	timestamp(c, uapi.TCA_TUNNEL_KEY_TM, &action.ActionAttrs)
	action.Action = TunnelKeyAct(p.TAction)
	if c.Encoding() {
		if action.Action != TCA_TUNNEL_KEY_SET {
			return
		}
		if action.SrcAddr.To16() == nil {
			c.Fail(fmt.Errorf("invalid src addr %s for tunnel_key action", action.SrcAddr))
		}
		if action.DstAddr.To16() == nil {
			c.Fail(fmt.Errorf("invalid dst addr %s for tunnel_key action", action.DstAddr))
		}
	}
	attr.IP46(c, uapi.TCA_TUNNEL_KEY_ENC_IPV4_SRC, uapi.TCA_TUNNEL_KEY_ENC_IPV6_SRC, &action.SrcAddr)
	attr.IP46(c, uapi.TCA_TUNNEL_KEY_ENC_IPV4_DST, uapi.TCA_TUNNEL_KEY_ENC_IPV6_DST, &action.DstAddr)
	key := &action.KeyID
	if action.NoKey || c.Decoding() {
		key = nil
	}
	attr.OptBE32(c, uapi.TCA_TUNNEL_KEY_ENC_KEY_ID, &key)
	attr.BE16(c, uapi.TCA_TUNNEL_KEY_ENC_DST_PORT|attr.IfSet, &action.DestPort)
	attr.Bool(c, uapi.TCA_TUNNEL_KEY_NO_CSUM|attr.IfSet, &action.NoCsum)
	tunnelOpts(c, uapi.TCA_TUNNEL_KEY_ENC_OPTS, 0, &action.Options)
	attr.OptU8(c, uapi.TCA_TUNNEL_KEY_ENC_TOS, &action.TOS)
	attr.OptU8(c, uapi.TCA_TUNNEL_KEY_ENC_TTL, &action.TTL)
	attr.Flag(c, uapi.TCA_TUNNEL_KEY_NO_FRAG, &action.NoFragment)
	if c.Decoding() {
		action.NoKey = key == nil && action.Action == TCA_TUNNEL_KEY_SET
		if key != nil {
			action.KeyID = *key
		}
	}
}
