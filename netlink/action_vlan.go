package netlink

import (
	"errors"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// VlanAct is what [VlanAction] does.
type VlanAct int8

// What [VlanAction] does.
const (
	TCA_VLAN_ACT_POP      VlanAct = uapi.TCA_VLAN_ACT_POP      // takes a VLAN header away
	TCA_VLAN_ACT_PUSH     VlanAct = uapi.TCA_VLAN_ACT_PUSH     // adds one
	TCA_VLAN_ACT_MODIFY   VlanAct = uapi.TCA_VLAN_ACT_MODIFY   // changes the one that there is
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
