package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// bridgeSet changes one of a bridge's own attributes.
func (h *Handle) bridgeSet(link Link, what string, encode func(*wire.Encoder)) error {
	r := linkRequest(uapi.RTM_NEWLINK, 0, link)
	r.Nest(uapi.IFLA_LINKINFO | uapi.NLA_F_NESTED)
	r.String(uapi.IFLA_INFO_KIND, "bridge")
	r.Nest(uapi.IFLA_INFO_DATA | uapi.NLA_F_NESTED)
	encode(&r.Encoder)
	r.End()
	r.End()
	return h.linkExec(r, "link set", link, errNoDevice,
		func() string { return linkObject(link) + " type bridge " + what })
}

// BridgeSetMcastSnoop says whether a bridge sends multicast packets to those
// ports only where there is a receiver: ip link set DEV type bridge
// mcast_snooping 1.
func (h *Handle) BridgeSetMcastSnoop(link Link, on bool) error {
	return h.bridgeSet(link, "mcast_snooping "+onOff(on), func(e *wire.Encoder) {
		e.Uint8(uapi.IFLA_BR_MCAST_SNOOPING, uint8(oneIf(on)))
	})
}

// BridgeSetVlanFiltering says whether a bridge regards VLANs: ip link set DEV
// type bridge vlan_filtering 1.
func (h *Handle) BridgeSetVlanFiltering(link Link, on bool) error {
	return h.bridgeSet(link, "vlan_filtering "+onOff(on), func(e *wire.Encoder) {
		e.Uint8(uapi.IFLA_BR_VLAN_FILTERING, uint8(oneIf(on)))
	})
}

// BridgeSetVlanDefaultPVID sets the VLAN that ports get for packets without a
// tag, 0 for none: ip link set DEV type bridge vlan_default_pvid PVID.
func (h *Handle) BridgeSetVlanDefaultPVID(link Link, pvid uint16) error {
	return h.bridgeSet(link, fmt.Sprintf("vlan_default_pvid %d", pvid), func(e *wire.Encoder) {
		e.Uint16(uapi.IFLA_BR_VLAN_DEFAULT_PVID, uint16(inRange(e, "pvid", int(pvid), maxVlanID)))
	})
}
