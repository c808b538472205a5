package nl

import (
	"fmt"

	"kern.sys/netlink/wire"
)

// PortVID reports whether packets that come without a tag belong to the VLAN.
func (m *BridgeVlanInfo) PortVID() bool { return m.Flags&BRIDGE_VLAN_INFO_PVID != 0 }

// EngressUntag reports whether the VLAN's packets are sent without a tag.
func (m *BridgeVlanInfo) EngressUntag() bool { return m.Flags&BRIDGE_VLAN_INFO_UNTAGGED != 0 }

// String shows all fields.
func (m *BridgeVlanInfo) String() string { return fmt.Sprintf("%+v", *m) }

// TunnelInfo is a VLAN of a bridge port and the tunnel it is mapped to.
type TunnelInfo struct {
	TunId uint32
	Vid   uint16
}

// NewTunnelMsg returns the header of messages about the network identifiers of a vxlan link.
func NewTunnelMsg(family uint8, ifindex int) *TunnelMsg {
	return &TunnelMsg{Family: family, Ifindex: uint32(ifindex)}
}

// BridgeVniInfo is a VXLAN network identifier, or a range of them where VniEnd
// is not zero, that a vxlan link with vnifilter accepts.
type BridgeVniInfo struct {
	Vni    uint32
	VniEnd uint32
}

// DeserializeBridgeVniInfo reads the attributes that b holds
// (VXLAN_VNIFILTER_ENTRY_…).
func DeserializeBridgeVniInfo(b []byte) (*BridgeVniInfo, error) {
	var v BridgeVniInfo
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case VXLAN_VNIFILTER_ENTRY_START:
			v.Vni = d.Uint32()
		case VXLAN_VNIFILTER_ENTRY_END:
			v.VniEnd = d.Uint32()
		}
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	return &v, nil
}

// String shows all fields.
func (b *BridgeVniInfo) String() string { return fmt.Sprintf("%+v", *b) }
