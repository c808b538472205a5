package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// VlanAct is the operation of a [VlanAction].
type VlanAct int8

// What [VlanAction] does.
const (
	TCA_VLAN_ACT_POP      VlanAct = uapi.TCA_VLAN_ACT_POP      // takes a VLAN header away
	TCA_VLAN_ACT_PUSH     VlanAct = uapi.TCA_VLAN_ACT_PUSH     // adds one
	TCA_VLAN_ACT_MODIFY   VlanAct = uapi.TCA_VLAN_ACT_MODIFY   // changes the present tag
	TCA_VLAN_ACT_POP_ETH  VlanAct = uapi.TCA_VLAN_ACT_POP_ETH  // takes the Ethernet header away (Linux 5.11)
	TCA_VLAN_ACT_PUSH_ETH VlanAct = uapi.TCA_VLAN_ACT_PUSH_ETH // adds one (Linux 5.11)
)

// VlanAction adds, takes away or changes the VLAN header of packets: tc-vlan(8).
type VlanAction struct {
	ActionAttrs
	Action VlanAct // [ActionAttrs].Action is what comes after it
	VlanID uint16  // needed to push

	Protocol uint16 // ETH_P_8021AD; 0: ETH_P_8021Q
	Priority *uint8 // nil: 0, or that of the packet
	EthSrc   net.HardwareAddr
	EthDst   net.HardwareAddr // both are needed for TCA_VLAN_ACT_PUSH_ETH
}

// NewVlanAction returns one that the next action comes after.
func NewVlanAction() *VlanAction { return &VlanAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}} }

// Attrs returns the attributes that all kinds have.
func (action *VlanAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "vlan".
func (action *VlanAction) Type() string { return "vlan" }

var errNoVlan = errors.New("vlan id is required for push action")

func (action *VlanAction) attrs(c *attr.Codec) {
	p := uapi.TcVlan{VAction: int32(action.Action)}
	parms(c, uapi.TCA_VLAN_PARMS, uapi.SizeofTcVlan, &action.ActionAttrs, &p)
	action.Action = VlanAct(p.VAction)
	if c.Encoding() && action.Action == TCA_VLAN_ACT_PUSH && action.VlanID == 0 {
		c.Fail(errNoVlan)
	}
	attr.U16(c, uapi.TCA_VLAN_PUSH_VLAN_ID|attr.IfSet, &action.VlanID)
	attr.BE16(c, uapi.TCA_VLAN_PUSH_VLAN_PROTOCOL|attr.IfSet, &action.Protocol)
	attr.OptU8(c, uapi.TCA_VLAN_PUSH_VLAN_PRIORITY, &action.Priority)
	attr.Ether(c, uapi.TCA_VLAN_PUSH_ETH_DST, &action.EthDst)
	attr.Ether(c, uapi.TCA_VLAN_PUSH_ETH_SRC, &action.EthSrc)
	timestamp(c, uapi.TCA_VLAN_TM, &action.ActionAttrs)
}

func (*VlanAction) describe() desc.Kind {
	return desc.Kind{Fields: vlanActionFields, First: makeWords[vlanWords], Complete: completeVlan}
}

// vlanWords are what the words of a command say of a [VlanAction].
type vlanWords struct {
	actionWords
	action   int32
	id       *uint16
	protocol uint16
	priority *uint8
	src, dst []byte
}

// vlanActions are the names of TCA_VLAN_ACT_….
var vlanActions = []string{
	uapi.TCA_VLAN_ACT_POP: "pop", uapi.TCA_VLAN_ACT_PUSH: "push", uapi.TCA_VLAN_ACT_MODIFY: "modify",
	uapi.TCA_VLAN_ACT_POP_ETH: "pop_eth", uapi.TCA_VLAN_ACT_PUSH_ETH: "push_eth",
}

// only is the error for a word that another action of a VLAN's has.
func (w *vlanWords) only(word string, actions ...int32) error {
	if slices.Contains(actions, w.action) {
		return nil
	}
	name := "push/modify"
	if len(actions) == 1 {
		name = "push_eth"
	}
	return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: only valid for %s", word, name), Status: 255}
}

var vlanActionFields = []desc.Field{
	{Type: uapi.TCA_VLAN_PARMS, Word: "pop", Words: []string{"push", "modify", "pop_eth", "push_eth"}, Show: showVlan,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[vlanWords](in)
			if w.action != 0 {
				return desc.Failed("unexpected %q - action already specified", in.Last())
			}
			w.action = int32(slices.Index(vlanActions, in.Last()))
			return nil
		}},
	{Type: uapi.TCA_VLAN_PUSH_VLAN_ID, Word: "id", Usage: "VLANID",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[vlanWords](in)
			if err := w.only("id", uapi.TCA_VLAN_ACT_PUSH, uapi.TCA_VLAN_ACT_MODIFY); err != nil {
				return err
			}
			v, err := in.NumberArg(16, "id is invalid")
			w.id = new(uint16(v))
			return err
		}},
	{Type: uapi.TCA_VLAN_PUSH_VLAN_PROTOCOL, Word: "protocol", Usage: "{ 802.1Q | 802.1ad }",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[vlanWords](in)
			if err := w.only("protocol", uapi.TCA_VLAN_ACT_PUSH, uapi.TCA_VLAN_ACT_MODIFY); err != nil {
				return err
			}
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, ok := desc.EtherProtocol(word)
			if !ok {
				return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: protocol is invalid", word), Status: 255}
			}
			w.protocol = v
			return nil
		}},
	{Type: uapi.TCA_VLAN_PUSH_VLAN_PRIORITY, Word: "priority", Usage: "PRIORITY",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[vlanWords](in)
			if err := w.only("priority", uapi.TCA_VLAN_ACT_PUSH, uapi.TCA_VLAN_ACT_MODIFY); err != nil {
				return err
			}
			v, err := in.NumberArg(3, "prio is invalid")
			w.priority = new(uint8(v))
			return err
		}},
	{Type: uapi.TCA_VLAN_PUSH_ETH_DST, Word: "dst_mac", Usage: "LLADDR",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			w := desc.Scratch[vlanWords](in)
			if err := w.only("dst_mac", uapi.TCA_VLAN_ACT_PUSH_ETH); err != nil {
				return err
			}
			w.dst, err = readEtherAddr(in, "dst_mac is invalid")
			return err
		}},
	{Type: uapi.TCA_VLAN_PUSH_ETH_SRC, Word: "src_mac", Usage: "LLADDR",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			w := desc.Scratch[vlanWords](in)
			if err := w.only("src_mac", uapi.TCA_VLAN_ACT_PUSH_ETH); err != nil {
				return err
			}
			w.src, err = readEtherAddr(in, "src_mac is invalid")
			return err
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_VLAN_TM, ReadOnly: true},
}

// readEtherAddr takes an Ethernet address.
func readEtherAddr(in *desc.Args, wrong string) ([]byte, error) {
	word, err := in.Next()
	if err != nil {
		return nil, err
	}
	b, err := net.ParseMAC(word)
	if err != nil || len(b) != uapi.ETH_ALEN {
		return nil, &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", word, wrong), Status: 255}
	}
	return b, nil
}

func completeVlan(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[vlanWords](in)
	switch w.action {
	case uapi.TCA_VLAN_ACT_PUSH, uapi.TCA_VLAN_ACT_MODIFY:
		if w.id == nil {
			return desc.Failed("id needs to be set for %s", vlanActions[w.action])
		}
	case uapi.TCA_VLAN_ACT_PUSH_ETH:
		if w.dst == nil {
			return desc.Failed("dst_mac needs to be set for %s", vlanActions[w.action])
		}
		if w.src == nil {
			return desc.Failed("src_mac needs to be set for %s", vlanActions[w.action])
		}
	}
	if w.protocol != 0 && w.protocol != uapi.ETH_P_8021Q && w.protocol != uapi.ETH_P_8021AD {
		return desc.Failed("protocol not supported")
	}
	e.Struct(uapi.TCA_VLAN_PARMS, uapi.SizeofTcVlan,
		&uapi.TcVlan{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE), VAction: w.action})
	if w.id != nil {
		e.Uint16(uapi.TCA_VLAN_PUSH_VLAN_ID, *w.id)
	}
	if w.protocol != 0 {
		e.BE16(uapi.TCA_VLAN_PUSH_VLAN_PROTOCOL, w.protocol)
	}
	if w.priority != nil {
		e.Uint8(uapi.TCA_VLAN_PUSH_VLAN_PRIORITY, *w.priority)
	}
	if w.dst != nil {
		e.Data(uapi.TCA_VLAN_PUSH_ETH_DST, w.dst)
	}
	if w.src != nil {
		e.Data(uapi.TCA_VLAN_PUSH_ETH_SRC, w.src)
	}
	return nil
}

func showVlan(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "vlan")
	if b == nil {
		return
	}
	var v uapi.TcVlan
	v.Decode(b)
	name := "unknown"
	if v.VAction > 0 && int(v.VAction) < len(vlanActions) {
		name = vlanActions[v.VAction]
	}
	p.Str("vlan_action", " %s", name)
	switch v.VAction {
	case uapi.TCA_VLAN_ACT_PUSH, uapi.TCA_VLAN_ACT_MODIFY:
		if b := attrs[uapi.TCA_VLAN_PUSH_VLAN_ID]; len(b) >= 2 {
			p.Uint("id", " id %d", uint64(native.Uint16(b)))
		}
		if b := attrs[uapi.TCA_VLAN_PUSH_VLAN_PROTOCOL]; len(b) >= 2 {
			p.Str("protocol", " protocol %s", p.EtherProtocol(binary.BigEndian.Uint16(b)))
		}
		if b := attrs[uapi.TCA_VLAN_PUSH_VLAN_PRIORITY]; len(b) >= 1 {
			p.Uint("priority", " priority %d", uint64(b[0]))
		}
	case uapi.TCA_VLAN_ACT_PUSH_ETH:
		if b := attrs[uapi.TCA_VLAN_PUSH_ETH_DST]; len(b) == uapi.ETH_ALEN {
			p.Str("dst_mac", " dst_mac %s", net.HardwareAddr(b).String())
		}
		if b := attrs[uapi.TCA_VLAN_PUSH_ETH_SRC]; len(b) == uapi.ETH_ALEN {
			p.Str("src_mac", " src_mac %s", net.HardwareAddr(b).String())
		}
	}
	p.Control(" ", v.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", v.Index, v.Refcnt, v.Bindcnt, attrs[uapi.TCA_VLAN_TM])
}
