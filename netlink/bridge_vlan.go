package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// bridgeVlan changes the VLANs of a bridge or of a port: the kernel takes them
// nested in IFLA_AF_SPEC after flags that say whether the change is for the
// device itself, its bridge (the default) or both.
func (h *Handle) bridgeVlan(typ uint16, link Link, what string, self, master bool, encode func(*wire.Encoder)) error {
	op := "bridge vlan add"
	if typ == uapi.RTM_DELLINK {
		op = "bridge vlan del"
	}
	return h.bridgeRequest(typ, link, op, what, func(e *wire.Encoder) {
		e.Nest(uapi.IFLA_AF_SPEC | uapi.NLA_F_NESTED)
		var flags uint16
		if self {
			flags |= uapi.BRIDGE_FLAGS_SELF
		}
		if master {
			flags |= uapi.BRIDGE_FLAGS_MASTER
		}
		if flags != 0 {
			e.Uint16(uapi.IFLA_BRIDGE_FLAGS, flags)
		}
		encode(e)
		e.End()
	})
}

// vlanRange says in words which VLANs are meant.
func vlanRange(vid, vidEnd uint16) string {
	if vid == vidEnd {
		return fmt.Sprintf("vid %d", vid)
	}
	return fmt.Sprintf("vid %d-%d", vid, vidEnd)
}

// ends calls put for the two ends of a range with the flags that mark them, or
// once where the ends are the same.
func ends(single bool, put func(flags uint16, last bool)) {
	if single {
		put(0, true)
		return
	}
	put(uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN, false)
	put(uapi.BRIDGE_VLAN_INFO_RANGE_END, true)
}

func (h *Handle) bridgeVlans(typ uint16, link Link, vid, vidEnd uint16, pvid, untagged, self, master bool) error {
	return h.bridgeVlan(typ, link, vlanRange(vid, vidEnd), self, master, func(e *wire.Encoder) {
		if vidEnd > maxVlanID {
			e.Fail(fmt.Errorf("vlan %d is not within 0 and %d", vidEnd, maxVlanID))
		}
		if vidEnd < vid {
			e.Fail(fmt.Errorf("vlan range ends at %d before it begins at %d", vidEnd, vid))
		}
		var common uint16
		if pvid {
			common |= uapi.BRIDGE_VLAN_INFO_PVID
		}
		if untagged {
			common |= uapi.BRIDGE_VLAN_INFO_UNTAGGED
		}
		ends(vid == vidEnd, func(flags uint16, last bool) {
			info := uapi.BridgeVlanInfo{Flags: common | flags, Vid: vid}
			if last {
				info.Vid = vidEnd
			}
			e.Struct(uapi.IFLA_BRIDGE_VLAN_INFO, uapi.SizeofBridgeVlanInfo, &info)
		})
	})
}

// BridgeVlanAdd adds a VLAN to a bridge port, or with self to the bridge that
// link is: bridge vlan add dev DEV vid VID [pvid] [untagged] [self] [master].
func (h *Handle) BridgeVlanAdd(link Link, vid uint16, pvid, untagged, self, master bool) error {
	return h.bridgeVlans(uapi.RTM_SETLINK, link, vid, vid, pvid, untagged, self, master)
}

// BridgeVlanAddRange is [Handle.BridgeVlanAdd] for the VLANs from vid to
// vidEnd.
func (h *Handle) BridgeVlanAddRange(link Link, vid, vidEnd uint16, pvid, untagged, self, master bool) error {
	return h.bridgeVlans(uapi.RTM_SETLINK, link, vid, vidEnd, pvid, untagged, self, master)
}

// BridgeVlanDel removes what [Handle.BridgeVlanAdd] adds: bridge vlan del.
func (h *Handle) BridgeVlanDel(link Link, vid uint16, pvid, untagged, self, master bool) error {
	return h.bridgeVlans(uapi.RTM_DELLINK, link, vid, vid, pvid, untagged, self, master)
}

// BridgeVlanDelRange removes what [Handle.BridgeVlanAddRange] adds.
func (h *Handle) BridgeVlanDelRange(link Link, vid, vidEnd uint16, pvid, untagged, self, master bool) error {
	return h.bridgeVlans(uapi.RTM_DELLINK, link, vid, vidEnd, pvid, untagged, self, master)
}

func (h *Handle) bridgeVlanTunnels(typ uint16, link Link, vid, vidEnd uint16, tunid, tunidEnd uint32, self,
	master bool) error {
	what := fmt.Sprintf("%s tunnel_info id %d", vlanRange(vid, vidEnd), tunid)
	return h.bridgeVlan(typ, link, what, self, master, func(e *wire.Encoder) {
		if vidEnd > maxVlanID {
			e.Fail(fmt.Errorf("vlan %d is not within 0 and %d", vidEnd, maxVlanID))
		}
		if tunidEnd > maxVNI {
			e.Fail(fmt.Errorf("tunnel %d is not within 0 and %d", tunidEnd, maxVNI))
		}
		if vidEnd < vid || tunidEnd < tunid || uint32(vidEnd-vid) != tunidEnd-tunid {
			e.Fail(fmt.Errorf("vlans %d to %d do not match tunnels %d to %d", vid, vidEnd, tunid, tunidEnd))
		}
		ends(vid == vidEnd, func(flags uint16, last bool) {
			v, t := vid, tunid
			if last {
				v, t = vidEnd, tunidEnd
			}
			e.Nest(uapi.IFLA_BRIDGE_VLAN_TUNNEL_INFO | uapi.NLA_F_NESTED)
			e.Uint32(uapi.IFLA_BRIDGE_VLAN_TUNNEL_ID, t)
			e.Uint16(uapi.IFLA_BRIDGE_VLAN_TUNNEL_VID, v)
			e.Uint16(uapi.IFLA_BRIDGE_VLAN_TUNNEL_FLAGS, flags)
			e.End()
		})
	})
}

// BridgeVlanAddTunnelInfo maps the VLANs from vid to vidEnd of a bridge port to
// the tunnels from tunid to tunidEnd. The port has vlan_tunnel on and is a vxlan
// link: bridge vlan add dev DEV vid VID tunnel_info id TUNID.
func (h *Handle) BridgeVlanAddTunnelInfo(link Link, vid, vidEnd uint16, tunid, tunidEnd uint32, self,
	master bool) error {
	return h.bridgeVlanTunnels(uapi.RTM_SETLINK, link, vid, vidEnd, tunid, tunidEnd, self, master)
}

// BridgeVlanDelTunnelInfo removes what [Handle.BridgeVlanAddTunnelInfo] adds.
func (h *Handle) BridgeVlanDelTunnelInfo(link Link, vid, vidEnd uint16, tunid, tunidEnd uint32, self,
	master bool) error {
	return h.bridgeVlanTunnels(uapi.RTM_DELLINK, link, vid, vidEnd, tunid, tunidEnd, self, master)
}

// BridgeVlanAddTunnelInfo is [Handle.BridgeVlanAddTunnelInfo] for one VLAN, in
// the network namespace of the calling thread.
func BridgeVlanAddTunnelInfo(link Link, vid uint16, tunid uint32, self, master bool) error {
	return pkgHandle.BridgeVlanAddTunnelInfo(link, vid, vid, tunid, tunid, self, master)
}

// BridgeVlanAddRangeTunnelInfoRange is [Handle.BridgeVlanAddTunnelInfo] in the
// network namespace of the calling thread.
func BridgeVlanAddRangeTunnelInfoRange(link Link, vid, vidEnd uint16, tunid, tunidEnd uint32, self,
	master bool) error {
	return pkgHandle.BridgeVlanAddTunnelInfo(link, vid, vidEnd, tunid, tunidEnd, self, master)
}

// BridgeVlanDelTunnelInfo is [Handle.BridgeVlanDelTunnelInfo] for one VLAN, in
// the network namespace of the calling thread.
func BridgeVlanDelTunnelInfo(link Link, vid uint16, tunid uint32, self, master bool) error {
	return pkgHandle.BridgeVlanDelTunnelInfo(link, vid, vid, tunid, tunid, self, master)
}

// BridgeVlanDelRangeTunnelInfoRange is [Handle.BridgeVlanDelTunnelInfo] in the
// network namespace of the calling thread.
func BridgeVlanDelRangeTunnelInfoRange(link Link, vid, vidEnd uint16, tunid, tunidEnd uint32, self,
	master bool) error {
	return pkgHandle.BridgeVlanDelTunnelInfo(link, vid, vidEnd, tunid, tunidEnd, self, master)
}
