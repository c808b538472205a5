package nl

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// SizeofBridgeVlanInfo is the size of struct bridge_vlan_info in bytes.
const SizeofBridgeVlanInfo = uapi.SizeofBridgeVlanInfo

// BridgeVlanInfo is a VLAN of a bridge or of one of its ports
// (struct bridge_vlan_info).
type BridgeVlanInfo struct {
	Flags uint16 // BRIDGE_VLAN_INFO_…
	Vid   uint16
}

// DeserializeBridgeVlanInfo reads the structure that b begins with; what a
// short b lacks is zero.
func DeserializeBridgeVlanInfo(b []byte) *BridgeVlanInfo {
	var m uapi.BridgeVlanInfo
	m.Decode(b)
	return &BridgeVlanInfo{Flags: m.Flags, Vid: m.Vid}
}

// Serialize returns the structure as the kernel takes it.
func (b *BridgeVlanInfo) Serialize() []byte {
	buf := make([]byte, SizeofBridgeVlanInfo)
	m := uapi.BridgeVlanInfo{Flags: b.Flags, Vid: b.Vid}
	m.Put(buf)
	return buf
}

// PortVID reports whether packets that come without a tag belong to the VLAN.
func (b *BridgeVlanInfo) PortVID() bool { return b.Flags&uapi.BRIDGE_VLAN_INFO_PVID != 0 }

// EngressUntag reports whether the VLAN's packets are sent without a tag.
func (b *BridgeVlanInfo) EngressUntag() bool { return b.Flags&uapi.BRIDGE_VLAN_INFO_UNTAGGED != 0 }

// String shows all fields.
func (b *BridgeVlanInfo) String() string { return fmt.Sprintf("%+v", *b) }

// TunnelInfo is a VLAN of a bridge port and the tunnel it is mapped to.
type TunnelInfo struct {
	TunId uint32
	Vid   uint16
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
		case uapi.VXLAN_VNIFILTER_ENTRY_START:
			v.Vni = d.Uint32()
		case uapi.VXLAN_VNIFILTER_ENTRY_END:
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
