package netlink

import (
	"encoding/binary"
	"fmt"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// States of a virtual function's link, see [Handle.LinkSetVfState].
const (
	VF_LINK_STATE_AUTO    uint32 = uapi.IFLA_VF_LINK_STATE_AUTO    // as that of the device
	VF_LINK_STATE_ENABLE  uint32 = uapi.IFLA_VF_LINK_STATE_ENABLE  // always up
	VF_LINK_STATE_DISABLE uint32 = uapi.IFLA_VF_LINK_STATE_DISABLE // always down
)

// VfInfo is a virtual function of a device (SR-IOV), "vf N" in what ip link
// prints.
type VfInfo struct {
	ID        int
	Mac       net.HardwareAddr
	Vlan      int // 0 for none
	Qos       int // VLAN priority
	VlanProto int // EtherType of the tag: 0x8100, 0x88a8; 0 where the kernel does not say
	TxRate    int // limit, Mbit/s; 0 for none
	Spoofchk  bool
	LinkState uint32 // VF_LINK_STATE_…
	MaxTxRate uint32 // Mbit/s, 0 for none
	MinTxRate uint32 // Mbit/s, 0 for none
	RssQuery  uint32 // 1: may read its hash key; all ones: not supported
	Trust     uint32 // 1: trusted; all ones: not supported

	RxPackets uint64
	TxPackets uint64
	RxBytes   uint64
	TxBytes   uint64
	Multicast uint64 // packets received
	Broadcast uint64 // packets received
	RxDropped uint64
	TxDropped uint64

	BroadcastAddr net.HardwareAddr
	NodeGUID      net.HardwareAddr // InfiniBand, 8 bytes; nil where there is none
	PortGUID      net.HardwareAddr // InfiniBand, 8 bytes; nil where there is none
}

// decodeVfs reads IFLA_VFINFO_LIST. addrLen is the length of the device's own
// address: those of functions are filled up to 32 bytes.
func decodeVfs(d *wire.Decoder, addrLen int) []VfInfo {
	var vfs []VfInfo
	for d.Next() {
		if d.Type() != uapi.IFLA_VF_INFO {
			continue
		}
		var vf VfInfo
		in := d.Nested()
		vf.decode(&in, addrLen)
		d.Fail(in.Err())
		vfs = append(vfs, vf)
	}
	return vfs
}

func (vf *VfInfo) decode(d *wire.Decoder, addrLen int) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_VF_MAC:
			var m uapi.IflaVfMac
			m.Decode(d.Data())
			vf.ID = int(m.Vf)
			vf.Mac = append(net.HardwareAddr(nil), m.Mac[:addrLen]...)
		case uapi.IFLA_VF_BROADCAST:
			var m uapi.IflaVfBroadcast
			m.Decode(d.Data())
			vf.BroadcastAddr = append(net.HardwareAddr(nil), m.Broadcast[:addrLen]...)
		case uapi.IFLA_VF_VLAN:
			var m uapi.IflaVfVlan
			m.Decode(d.Data())
			vf.Vlan, vf.Qos = int(m.Vlan), int(m.Qos)
		case uapi.IFLA_VF_VLAN_LIST:
			in := d.Nested()
			if in.Next() && in.Type() == uapi.IFLA_VF_VLAN_INFO {
				var m uapi.IflaVfVlanInfo
				m.Decode(in.Data())
				vf.Vlan, vf.Qos, vf.VlanProto = int(m.Vlan), int(m.Qos), int(m.VlanProto)
			}
			d.Fail(in.Err())
		case uapi.IFLA_VF_TX_RATE:
			var m uapi.IflaVfTxRate
			m.Decode(d.Data())
			vf.TxRate = int(m.Rate)
		case uapi.IFLA_VF_RATE:
			var m uapi.IflaVfRate
			m.Decode(d.Data())
			vf.MinTxRate, vf.MaxTxRate = m.MinTxRate, m.MaxTxRate
		case uapi.IFLA_VF_SPOOFCHK:
			var m uapi.IflaVfSpoofchk
			m.Decode(d.Data())
			vf.Spoofchk = m.Setting == 1
		case uapi.IFLA_VF_LINK_STATE:
			var m uapi.IflaVfLinkState
			m.Decode(d.Data())
			vf.LinkState = m.LinkState
		case uapi.IFLA_VF_RSS_QUERY_EN:
			var m uapi.IflaVfRssQueryEn
			m.Decode(d.Data())
			vf.RssQuery = m.Setting
		case uapi.IFLA_VF_TRUST:
			var m uapi.IflaVfTrust
			m.Decode(d.Data())
			vf.Trust = m.Setting
		case uapi.IFLA_VF_IB_NODE_GUID:
			vf.NodeGUID = decodeGUID(d.Data())
		case uapi.IFLA_VF_IB_PORT_GUID:
			vf.PortGUID = decodeGUID(d.Data())
		case uapi.IFLA_VF_STATS:
			in := d.Nested()
			vf.decodeStats(&in)
			d.Fail(in.Err())
		}
	}
}

func (vf *VfInfo) decodeStats(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_VF_STATS_RX_PACKETS:
			vf.RxPackets = d.Uint64()
		case uapi.IFLA_VF_STATS_TX_PACKETS:
			vf.TxPackets = d.Uint64()
		case uapi.IFLA_VF_STATS_RX_BYTES:
			vf.RxBytes = d.Uint64()
		case uapi.IFLA_VF_STATS_TX_BYTES:
			vf.TxBytes = d.Uint64()
		case uapi.IFLA_VF_STATS_MULTICAST:
			vf.Multicast = d.Uint64()
		case uapi.IFLA_VF_STATS_BROADCAST:
			vf.Broadcast = d.Uint64()
		case uapi.IFLA_VF_STATS_RX_DROPPED:
			vf.RxDropped = d.Uint64()
		case uapi.IFLA_VF_STATS_TX_DROPPED:
			vf.TxDropped = d.Uint64()
		}
	}
}

// decodeGUID gives the number that the kernel holds a GUID in as its bytes.
func decodeGUID(b []byte) net.HardwareAddr {
	var m uapi.IflaVfGuid
	m.Decode(b)
	return binary.BigEndian.AppendUint64(nil, m.Guid)
}

// linkSetVf sets one thing of a virtual function. what names it in the error.
func (h *Handle) linkSetVf(link Link, vf int, what string, encode func(*wire.Encoder)) error {
	return h.linkSet(link, fmt.Sprintf("vf %d %s", vf, what), func(r *wire.Request) {
		toUint32(&r.Encoder, "virtual function", vf)
		r.Nest(uapi.IFLA_VFINFO_LIST | uapi.NLA_F_NESTED)
		r.Nest(uapi.IFLA_VF_INFO | uapi.NLA_F_NESTED)
		encode(&r.Encoder)
		r.End()
		r.End()
	})
}

// LinkSetVfHardwareAddr sets the address of a virtual function:
// ip link set DEV vf NUM mac ADDR.
func (h *Handle) LinkSetVfHardwareAddr(link Link, vf int, hwaddr net.HardwareAddr) error {
	return h.linkSetVf(link, vf, "mac "+addrOf(hwaddr), func(e *wire.Encoder) {
		m := uapi.IflaVfMac{Vf: uint32(vf)}
		if len(hwaddr) == 0 || len(hwaddr) > len(m.Mac) {
			e.Fail(fmt.Errorf("address of %d bytes", len(hwaddr)))
		}
		copy(m.Mac[:], hwaddr)
		e.Struct(uapi.IFLA_VF_MAC, uapi.SizeofIflaVfMac, &m)
	})
}

// LinkSetVfVlan sets the VLAN of a virtual function, 0 for none:
// ip link set DEV vf NUM vlan VLANID.
func (h *Handle) LinkSetVfVlan(link Link, vf, vlan int) error {
	return h.LinkSetVfVlanQos(link, vf, vlan, 0)
}

// LinkSetVfVlanQos sets VLAN and priority of a virtual function:
// ip link set DEV vf NUM vlan VLANID qos PRIO.
func (h *Handle) LinkSetVfVlanQos(link Link, vf, vlan, qos int) error {
	return h.linkSetVf(link, vf, fmt.Sprintf("vlan %d qos %d", vlan, qos), func(e *wire.Encoder) {
		m := uapi.IflaVfVlan{Vf: uint32(vf), Vlan: toUint32(e, "vlan", vlan), Qos: toUint32(e, "qos", qos)}
		e.Struct(uapi.IFLA_VF_VLAN, uapi.SizeofIflaVfVlan, &m)
	})
}

// LinkSetVfVlanQosProto sets VLAN, priority and the tag's EtherType (0x8100,
// 0x88a8) of a virtual function: ip link set DEV vf NUM vlan VLANID qos PRIO
// proto PROTO.
func (h *Handle) LinkSetVfVlanQosProto(link Link, vf, vlan, qos, proto int) error {
	return h.linkSetVf(link, vf, fmt.Sprintf("vlan %d qos %d proto %#x", vlan, qos, proto), func(e *wire.Encoder) {
		if proto < 0 || proto > 0xffff {
			e.Fail(fmt.Errorf("proto %#x is no EtherType", proto))
		}
		m := uapi.IflaVfVlanInfo{Vf: uint32(vf), Vlan: toUint32(e, "vlan", vlan), Qos: toUint32(e, "qos", qos),
			VlanProto: uint16(proto)}
		e.Nest(uapi.IFLA_VF_VLAN_LIST | uapi.NLA_F_NESTED)
		e.Struct(uapi.IFLA_VF_VLAN_INFO, uapi.SizeofIflaVfVlanInfo, &m)
		e.End()
	})
}

// LinkSetVfTxRate bounds what a virtual function sends, in Mbit/s; 0 is no
// bound: ip link set DEV vf NUM rate TXRATE.
func (h *Handle) LinkSetVfTxRate(link Link, vf, rate int) error {
	return h.linkSetVf(link, vf, fmt.Sprintf("rate %d", rate), func(e *wire.Encoder) {
		m := uapi.IflaVfTxRate{Vf: uint32(vf), Rate: toUint32(e, "rate", rate)}
		e.Struct(uapi.IFLA_VF_TX_RATE, uapi.SizeofIflaVfTxRate, &m)
	})
}

// LinkSetVfRate sets the least and the most that a virtual function may send,
// in Mbit/s; 0 is no bound: ip link set DEV vf NUM min_tx_rate … max_tx_rate ….
func (h *Handle) LinkSetVfRate(link Link, vf, minRate, maxRate int) error {
	return h.linkSetVf(link, vf, fmt.Sprintf("min_tx_rate %d max_tx_rate %d", minRate, maxRate), func(e *wire.Encoder) {
		m := uapi.IflaVfRate{Vf: uint32(vf), MinTxRate: toUint32(e, "min_tx_rate", minRate),
			MaxTxRate: toUint32(e, "max_tx_rate", maxRate)}
		e.Struct(uapi.IFLA_VF_RATE, uapi.SizeofIflaVfRate, &m)
	})
}

// LinkSetVfState sets the link state of a virtual function (VF_LINK_STATE_…):
// ip link set DEV vf NUM state ….
func (h *Handle) LinkSetVfState(link Link, vf int, state uint32) error {
	return h.linkSetVf(link, vf, fmt.Sprintf("state %d", state), func(e *wire.Encoder) {
		m := uapi.IflaVfLinkState{Vf: uint32(vf), LinkState: state}
		e.Struct(uapi.IFLA_VF_LINK_STATE, uapi.SizeofIflaVfLinkState, &m)
	})
}

// LinkSetVfSpoofchk says whether a virtual function's source addresses are
// checked: ip link set DEV vf NUM spoofchk on.
func (h *Handle) LinkSetVfSpoofchk(link Link, vf int, check bool) error {
	return h.linkSetVf(link, vf, "spoofchk "+onOff(check), func(e *wire.Encoder) {
		m := uapi.IflaVfSpoofchk{Vf: uint32(vf), Setting: oneIf(check)}
		e.Struct(uapi.IFLA_VF_SPOOFCHK, uapi.SizeofIflaVfSpoofchk, &m)
	})
}

// LinkSetVfTrust says whether a virtual function may use features that concern
// others: ip link set DEV vf NUM trust on.
func (h *Handle) LinkSetVfTrust(link Link, vf int, state bool) error {
	return h.linkSetVf(link, vf, "trust "+onOff(state), func(e *wire.Encoder) {
		m := uapi.IflaVfTrust{Vf: uint32(vf), Setting: oneIf(state)}
		e.Struct(uapi.IFLA_VF_TRUST, uapi.SizeofIflaVfTrust, &m)
	})
}

// LinkSetVfNodeGUID sets the InfiniBand node GUID, eight bytes, of a virtual
// function: ip link set DEV vf NUM node_guid GUID.
func (h *Handle) LinkSetVfNodeGUID(link Link, vf int, nodeguid net.HardwareAddr) error {
	return h.LinkSetVfGUID(link, vf, nodeguid, uapi.IFLA_VF_IB_NODE_GUID)
}

// LinkSetVfPortGUID sets the InfiniBand port GUID, eight bytes, of a virtual
// function: ip link set DEV vf NUM port_guid GUID.
func (h *Handle) LinkSetVfPortGUID(link Link, vf int, portguid net.HardwareAddr) error {
	return h.LinkSetVfGUID(link, vf, portguid, uapi.IFLA_VF_IB_PORT_GUID)
}

// LinkSetVfGUID sets an InfiniBand GUID, eight bytes, of a virtual function.
// guidType is IFLA_VF_IB_NODE_GUID or IFLA_VF_IB_PORT_GUID.
func (h *Handle) LinkSetVfGUID(link Link, vf int, vfGuid net.HardwareAddr, guidType int) error {
	return h.linkSetVf(link, vf, "guid "+addrOf(vfGuid), func(e *wire.Encoder) {
		if guidType != uapi.IFLA_VF_IB_NODE_GUID && guidType != uapi.IFLA_VF_IB_PORT_GUID {
			e.Fail(fmt.Errorf("attribute %d is no GUID", guidType))
		}
		if len(vfGuid) != 8 {
			e.Fail(fmt.Errorf("GUID of %d bytes, want 8", len(vfGuid)))
			return
		}
		m := uapi.IflaVfGuid{Vf: uint32(vf), Guid: binary.BigEndian.Uint64(vfGuid)}
		e.Struct(uint16(guidType), uapi.SizeofIflaVfGuid, &m)
	})
}
