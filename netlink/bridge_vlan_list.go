package netlink

import (
	"errors"
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// bridgeVlanPort are the VLANs of one link in the dump of a bridge's links. A
// link that is both a bridge and a port comes twice.
type bridgeVlanPort struct {
	index   int32
	vlans   []*nl.BridgeVlanInfo
	tunnels []nl.TunnelInfo
}

// bridgeVlanPorts lists the VLANs of all bridges and ports.
func (h *Handle) bridgeVlanPorts(op string) ([]bridgeVlanPort, error) {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	ifi := uapi.Ifinfomsg{Family: uapi.AF_BRIDGE}
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	// Ranges: with all of its VLANs in full a port does not fit into a message.
	r.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_BRVLAN_COMPRESSED)
	return list(h, r, op, decodeBridgeVlanPort)
}

func decodeBridgeVlanPort(m wire.Message) (p bridgeVlanPort, want bool, err error) {
	if m.Type != uapi.RTM_NEWLINK {
		return p, false, nil
	}
	var ifi uapi.Ifinfomsg
	ifi.Decode(m.Data)
	p.index = ifi.Index
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfinfomsg)
	for d.Next() {
		if d.Type() == uapi.IFLA_AF_SPEC {
			in := d.Nested()
			d.Fail(p.decode(&in))
		}
	}
	return p, len(p.vlans)+len(p.tunnels) != 0, d.Err()
}

// decode reads the VLANs of a link, and makes every member of a range one of
// its own.
func (p *bridgeVlanPort) decode(d *wire.Decoder) error {
	var vlans, tunnels vlanRanges
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_BRIDGE_VLAN_INFO:
			info := nl.DeserializeBridgeVlanInfo(d.Data())
			flags := info.Flags &^ (uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN | uapi.BRIDGE_VLAN_INFO_RANGE_END)
			for n := vlans.add(info.Vid, info.Flags); n > 0; n-- {
				p.vlans = append(p.vlans, &nl.BridgeVlanInfo{Flags: flags, Vid: info.Vid - uint16(n-1)})
			}
		case uapi.IFLA_BRIDGE_VLAN_TUNNEL_INFO:
			in := d.Nested()
			t, flags := decodeTunnelInfo(&in)
			d.Fail(in.Err())
			for n := tunnels.add(t.Vid, flags); n > 0; n-- {
				p.tunnels = append(p.tunnels, nl.TunnelInfo{TunId: t.TunId - uint32(n-1), Vid: t.Vid - uint16(n-1)})
			}
		}
	}
	return d.Err()
}

// vlanRanges pairs the two ends of ranges, which come in order: what does not
// is no range, so that a few bytes cannot become many VLANs.
type vlanRanges struct {
	begin int // of a range that is not ended
	last  int // the last VLAN there was
}

// add takes one entry and returns how many VLANs there are up to it.
func (r *vlanRanges) add(vid uint16, flags uint16) int {
	v := int(vid)
	if flags&uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN != 0 {
		r.begin = v
		return 0
	}
	n := 1
	if flags&uapi.BRIDGE_VLAN_INFO_RANGE_END != 0 && r.begin > r.last && r.begin <= v {
		n = v - r.begin + 1
	}
	r.last = max(r.last, v)
	return n
}

func decodeTunnelInfo(d *wire.Decoder) (t nl.TunnelInfo, flags uint16) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_BRIDGE_VLAN_TUNNEL_ID:
			t.TunId = d.Uint32()
		case uapi.IFLA_BRIDGE_VLAN_TUNNEL_VID:
			t.Vid = d.Uint16()
		case uapi.IFLA_BRIDGE_VLAN_TUNNEL_FLAGS:
			flags = d.Uint16()
		}
	}
	return t, flags
}

// BridgeVlanList returns the VLANs of all bridges and ports by the link's index:
// bridge vlan show.
func (h *Handle) BridgeVlanList() (map[int32][]*nl.BridgeVlanInfo, error) {
	ports, err := h.bridgeVlanPorts("bridge vlan list")
	if ports == nil && err != nil {
		return nil, err
	}
	vlans := make(map[int32][]*nl.BridgeVlanInfo, len(ports))
	for _, p := range ports {
		if len(p.vlans) != 0 {
			vlans[p.index] = append(vlans[p.index], p.vlans...)
		}
	}
	return vlans, err
}

// BridgeVlanTunnelShow returns the VLANs that are mapped to tunnels, of all
// links: bridge vlan tunnelshow.
func (h *Handle) BridgeVlanTunnelShow() ([]nl.TunnelInfo, error) { return h.bridgeTunnels(0) }

// BridgeVlanTunnelShowDev returns the VLANs of one link that are mapped to
// tunnels: bridge vlan tunnelshow dev DEV. A link that is gone has none.
func (h *Handle) BridgeVlanTunnelShowDev(link Link) ([]nl.TunnelInfo, error) {
	index, err := h.linkIndex(link)
	if errors.Is(err, errNoDevice) {
		return nil, nil
	}
	if err != nil {
		return nil, h.wrap(err, "bridge tunnel list", func() string { return linkObject(link) })
	}
	return h.bridgeTunnels(int32(index))
}

// bridgeTunnels lists the tunnels of one link, or of all where index is 0.
func (h *Handle) bridgeTunnels(index int32) ([]nl.TunnelInfo, error) {
	ports, err := h.bridgeVlanPorts("bridge tunnel list")
	var tunnels []nl.TunnelInfo
	for _, p := range ports {
		if index == 0 || p.index == index {
			tunnels = append(tunnels, p.tunnels...)
		}
	}
	return tunnels, err
}

// bridgeVni changes the network identifiers that a vxlan link accepts.
func (h *Handle) bridgeVni(typ, flags uint16, op string, link Link, vni, vniEnd uint32) error {
	object := func() string { return fmt.Sprintf("%s vni %d-%d", linkObject(link), vni, vniEnd) }
	index, err := h.indexToChange(link)
	if err != nil {
		return h.refuse(err, op, object)
	}
	r := wire.NewRequest(typ, flags)
	t := uapi.TunnelMsg{Family: uapi.AF_BRIDGE, Ifindex: uint32(index)}
	t.Put(r.Header(uapi.SizeofTunnelMsg))
	r.Nest(uapi.VXLAN_VNIFILTER_ENTRY | uapi.NLA_F_NESTED)
	r.Uint32(uapi.VXLAN_VNIFILTER_ENTRY_START, vni)
	if vniEnd != vni {
		r.Uint32(uapi.VXLAN_VNIFILTER_ENTRY_END, vniEnd)
	}
	r.End()
	if vniEnd > maxVNI {
		r.Fail(fmt.Errorf("vni %d is not within 0 and %d", vniEnd, maxVNI))
	}
	if vniEnd < vni {
		r.Fail(fmt.Errorf("range ends at %d before it begins at %d", vniEnd, vni))
	}
	return h.exec(r, op, object)
}

// BridgeVniAdd makes a vxlan link with vnifilter accept a network identifier:
// bridge vni add vni VNI dev DEV.
func (h *Handle) BridgeVniAdd(link Link, vni uint32) error {
	return h.BridgeVniAddRange(link, vni, vni)
}

// BridgeVniAddRange is [Handle.BridgeVniAdd] for the identifiers from vni to
// vniEnd.
func (h *Handle) BridgeVniAddRange(link Link, vni, vniEnd uint32) error {
	return h.bridgeVni(uapi.RTM_NEWTUNNEL, 0, "bridge vni add", link, vni, vniEnd)
}

// BridgeVniDel removes what [Handle.BridgeVniAdd] adds: bridge vni del.
func (h *Handle) BridgeVniDel(link Link, vni uint32) error {
	return h.BridgeVniDelRange(link, vni, vni)
}

// BridgeVniDelRange removes what [Handle.BridgeVniAddRange] adds.
func (h *Handle) BridgeVniDelRange(link Link, vni, vniEnd uint32) error {
	return h.bridgeVni(uapi.RTM_DELTUNNEL, 0, "bridge vni del", link, vni, vniEnd)
}

// BridgeVniList returns the network identifiers that vxlan links with vnifilter
// accept, by the link's index: bridge vni show.
func (h *Handle) BridgeVniList() (map[int32][]*nl.BridgeVniInfo, error) {
	r := wire.NewRequest(uapi.RTM_GETTUNNEL, 0)
	t := uapi.TunnelMsg{Family: uapi.AF_BRIDGE}
	t.Put(r.Header(uapi.SizeofTunnelMsg))
	links, err := list(h, r, "bridge vni list", decodeVniLink)
	if links == nil && err != nil {
		return nil, err
	}
	vnis := make(map[int32][]*nl.BridgeVniInfo, len(links))
	for _, l := range links {
		vnis[l.index] = append(vnis[l.index], l.vnis...)
	}
	return vnis, err
}

// vniLink are identifiers of one link.
type vniLink struct {
	index int32
	vnis  []*nl.BridgeVniInfo
}

func decodeVniLink(m wire.Message) (l vniLink, want bool, err error) {
	if m.Type != uapi.RTM_NEWTUNNEL {
		return l, false, nil
	}
	var t uapi.TunnelMsg
	t.Decode(m.Data)
	l.index = int32(t.Ifindex)
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofTunnelMsg)
	for d.Next() {
		if d.Type() == uapi.VXLAN_VNIFILTER_ENTRY {
			v, err := nl.DeserializeBridgeVniInfo(d.Data())
			d.Fail(err)
			l.vnis = append(l.vnis, v)
		}
	}
	return l, len(l.vnis) != 0, d.Err()
}
