package nl

import (
	"encoding/binary"
	"errors"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// VfVlanInfo is struct ifla_vf_vlan_info of linux/if_link.h: a VLAN of a virtual function and its
// protocol.
type VfVlanInfo struct {
	VfVlan
	// VlanProto is an Ethernet type. As in the library that this package stands in for,
	// DeserializeVfVlanInfo makes it a plain number, and Serialize takes it in network byte order:
	// see [Swap16].
	VlanProto uint16
}

// Len returns the structure's length in bytes.
func (m *VfVlanInfo) Len() int { return SizeofVfVlanInfo }

// Serialize returns the structure as the kernel takes it, with VlanProto as it is in memory.
func (m *VfVlanInfo) Serialize() []byte {
	b := make([]byte, SizeofVfVlanInfo)
	m.put(b)
	native.PutUint16(b[SizeofVfVlan:], m.VlanProto)
	return b
}

// DeserializeVfVlanInfo reads the structure that b begins with; what a short b lacks is zero.
func DeserializeVfVlanInfo(b []byte) *VfVlanInfo {
	b = padded(b, SizeofVfVlanInfo)
	m := new(VfVlanInfo)
	m.decode(b)
	m.VlanProto = binary.BigEndian.Uint16(b[SizeofVfVlan:])
	return m
}

// DeserializeVfVlanList reads the structures that the attributes IFLA_VF_VLAN_INFO in b hold. It is an
// error where there is none.
func DeserializeVfVlanList(b []byte) ([]*VfVlanInfo, error) {
	var list []*VfVlanInfo
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == IFLA_VF_VLAN_INFO {
			list = append(list, DeserializeVfVlanInfo(d.Data()))
		}
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errors.New("IFLA_VF_VLAN_LIST has no IFLA_VF_VLAN_INFO")
	}
	return list, nil
}

// VfStats counts what a virtual function sent and received.
type VfStats struct {
	RxPackets uint64
	TxPackets uint64
	RxBytes   uint64
	TxBytes   uint64
	Multicast uint64
	Broadcast uint64
	RxDropped uint64
	TxDropped uint64
}

// DeserializeVfStats reads the attributes that b holds (IFLA_VF_STATS_…), up to the first malformed one.
func DeserializeVfStats(b []byte) VfStats {
	var s VfStats
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_VF_STATS_RX_PACKETS:
			s.RxPackets = d.Uint64()
		case uapi.IFLA_VF_STATS_TX_PACKETS:
			s.TxPackets = d.Uint64()
		case uapi.IFLA_VF_STATS_RX_BYTES:
			s.RxBytes = d.Uint64()
		case uapi.IFLA_VF_STATS_TX_BYTES:
			s.TxBytes = d.Uint64()
		case uapi.IFLA_VF_STATS_MULTICAST:
			s.Multicast = d.Uint64()
		case uapi.IFLA_VF_STATS_BROADCAST:
			s.Broadcast = d.Uint64()
		case uapi.IFLA_VF_STATS_RX_DROPPED:
			s.RxDropped = d.Uint64()
		case uapi.IFLA_VF_STATS_TX_DROPPED:
			s.TxDropped = d.Uint64()
		}
	}
	return s
}
