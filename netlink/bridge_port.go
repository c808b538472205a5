package netlink

import (
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Protinfo are settings of a link as the port of a bridge: bridge -d link show.
type Protinfo struct {
	Hairpin       bool // sends packets back where they came from
	Guard         bool // ignores spanning tree messages
	FastLeave     bool // leaves a group at the first leave message
	RootBlock     bool // never becomes the root port
	Learning      bool // learns source addresses
	Flood         bool // gets packets to unknown addresses
	ProxyArp      bool
	ProxyArpWiFi  bool
	Isolated      bool // talks to ports only that are not isolated
	NeighSuppress bool // answers ARP and ND for what the bridge knows
	VlanTunnel    bool // maps VLANs to tunnels
}

// portFlag is a setting of a bridge port that is on or off.
type portFlag struct {
	attr uint16
	name string
	get  func(*Protinfo) *bool
}

// portFlags are those that Protinfo has.
var portFlags = [...]portFlag{
	{uapi.IFLA_BRPORT_MODE, "Hairpin", func(p *Protinfo) *bool { return &p.Hairpin }},
	{uapi.IFLA_BRPORT_GUARD, "Guard", func(p *Protinfo) *bool { return &p.Guard }},
	{uapi.IFLA_BRPORT_FAST_LEAVE, "FastLeave", func(p *Protinfo) *bool { return &p.FastLeave }},
	{uapi.IFLA_BRPORT_PROTECT, "RootBlock", func(p *Protinfo) *bool { return &p.RootBlock }},
	{uapi.IFLA_BRPORT_LEARNING, "Learning", func(p *Protinfo) *bool { return &p.Learning }},
	{uapi.IFLA_BRPORT_UNICAST_FLOOD, "Flood", func(p *Protinfo) *bool { return &p.Flood }},
	{uapi.IFLA_BRPORT_PROXYARP, "ProxyArp", func(p *Protinfo) *bool { return &p.ProxyArp }},
	{uapi.IFLA_BRPORT_PROXYARP_WIFI, "ProxyArpWiFi", func(p *Protinfo) *bool { return &p.ProxyArpWiFi }},
	{uapi.IFLA_BRPORT_ISOLATED, "Isolated", func(p *Protinfo) *bool { return &p.Isolated }},
	{uapi.IFLA_BRPORT_NEIGH_SUPPRESS, "NeighSuppress", func(p *Protinfo) *bool { return &p.NeighSuppress }},
	{uapi.IFLA_BRPORT_VLAN_TUNNEL, "VlanTunnel", func(p *Protinfo) *bool { return &p.VlanTunnel }},
}

// String lists the settings that are on.
func (prot *Protinfo) String() string {
	if prot == nil {
		return "<nil>"
	}
	var on []string
	for _, f := range portFlags {
		if *f.get(prot) {
			on = append(on, f.name)
		}
	}
	return strings.Join(on, " ")
}

// decode reads IFLA_BRPORT_… attributes.
func (prot *Protinfo) decode(d *wire.Decoder) {
	for d.Next() {
		for _, f := range portFlags {
			if f.attr == d.Type() {
				*f.get(prot) = d.Bool()
			}
		}
	}
}

// LinkGetProtinfo returns the settings of a bridge port. The error matches
// os.ErrNotExist where the link is none.
func (h *Handle) LinkGetProtinfo(link Link) (Protinfo, error) {
	var prot Protinfo
	found := false
	r := linkRequest(uapi.RTM_GETLINK, 0, link)
	err := h.withDetails().get(r, "bridge port get", func() string { return linkObject(link) },
		func(m wire.Message) error {
			d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfinfomsg)
			for d.Next() {
				if d.Type() == uapi.IFLA_LINKINFO {
					in := d.Nested()
					found = prot.decodeLinkInfo(&in)
					d.Fail(in.Err())
				}
			}
			return d.Err()
		})
	if err == nil && !found {
		err = &wire.Error{Op: "bridge port get", Object: linkObject(link), Err: errNoPort}
	}
	return prot, err
}

// decodeLinkInfo reads IFLA_LINKINFO and reports whether it is of a bridge port.
func (prot *Protinfo) decodeLinkInfo(d *wire.Decoder) bool {
	bridge := false
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_INFO_SLAVE_KIND:
			bridge = d.String() == "bridge"
		case uapi.IFLA_INFO_SLAVE_DATA:
			in := d.Nested()
			prot.decode(&in)
			d.Fail(in.Err())
		}
	}
	return bridge
}

// portSet sets an attribute of a bridge port.
func (h *Handle) portSet(link Link, what string, encode func(*wire.Encoder)) error {
	return h.bridgeRequest(uapi.RTM_SETLINK, link, "bridge link set", what, func(e *wire.Encoder) {
		e.Nest(uapi.IFLA_PROTINFO | uapi.NLA_F_NESTED)
		encode(e)
		e.End()
	})
}

func (h *Handle) portSetFlag(link Link, attr uint16, name string, on bool) error {
	return h.portSet(link, name+" "+onOff(on), func(e *wire.Encoder) { e.Uint8(attr, uint8(oneIf(on))) })
}

// bridgeRequest sends a request of the family AF_BRIDGE, which the kernel takes
// by index only.
func (h *Handle) bridgeRequest(typ uint16, link Link, op, what string, encode func(*wire.Encoder)) error {
	object := func() string { return strings.TrimSpace(linkObject(link) + " " + what) }
	index, err := h.indexToChange(link)
	if err != nil {
		return h.refuse(err, op, object)
	}
	r := wire.NewRequest(typ, 0)
	ifi := uapi.Ifinfomsg{Family: uapi.AF_BRIDGE, Index: int32(index)}
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	encode(&r.Encoder)
	return h.exec(r, op, object)
}

// LinkSetHairpin sets whether a bridge port sends packets back where they came
// from: bridge link set dev DEV hairpin on.
func (h *Handle) LinkSetHairpin(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_MODE, "hairpin", mode)
}

// LinkSetGuard sets whether a bridge port ignores spanning tree messages:
// bridge link set dev DEV guard on.
func (h *Handle) LinkSetGuard(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_GUARD, "guard", mode)
}

// LinkSetFastLeave sets whether a bridge port leaves a multicast group at the
// first leave message: bridge link set dev DEV fastleave on.
func (h *Handle) LinkSetFastLeave(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_FAST_LEAVE, "fastleave", mode)
}

// LinkSetLearning sets whether a bridge port learns source addresses:
// bridge link set dev DEV learning on.
func (h *Handle) LinkSetLearning(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_LEARNING, "learning", mode)
}

// LinkSetVlanTunnel sets whether a bridge port maps VLANs to tunnels:
// bridge link set dev DEV vlan_tunnel on.
func (h *Handle) LinkSetVlanTunnel(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_VLAN_TUNNEL, "vlan_tunnel", mode)
}

// LinkSetRootBlock sets whether a bridge port can become the root port:
// bridge link set dev DEV root_block on.
func (h *Handle) LinkSetRootBlock(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_PROTECT, "root_block", mode)
}

// LinkSetFlood sets whether a bridge port gets packets to unknown addresses:
// bridge link set dev DEV flood on.
func (h *Handle) LinkSetFlood(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_UNICAST_FLOOD, "flood", mode)
}

// LinkSetIsolated sets whether a bridge port talks to ports only that are not
// isolated: bridge link set dev DEV isolated on.
func (h *Handle) LinkSetIsolated(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_ISOLATED, "isolated", mode)
}

// LinkSetBrProxyArp sets whether a bridge answers ARP on this port for what it
// knows: bridge link set dev DEV proxy_arp on.
func (h *Handle) LinkSetBrProxyArp(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_PROXYARP, "proxy_arp", mode)
}

// LinkSetBrProxyArpWiFi is LinkSetBrProxyArp as IEEE 802.11 and Hotspot 2.0
// want it: bridge link set dev DEV proxy_arp_wifi on.
func (h *Handle) LinkSetBrProxyArpWiFi(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_PROXYARP_WIFI, "proxy_arp_wifi", mode)
}

// LinkSetBrNeighSuppress sets whether a bridge port answers ARP and ND in place
// of flooding them: bridge link set dev DEV neigh_suppress on.
func (h *Handle) LinkSetBrNeighSuppress(link Link, mode bool) error {
	return h.portSetFlag(link, uapi.IFLA_BRPORT_NEIGH_SUPPRESS, "neigh_suppress", mode)
}

// LinkSetBRSlaveGroupFwdMask sets which of the link-local addresses
// 01:80:C2:00:00:0X a bridge port forwards, a bit for each X:
// ip link set DEV type bridge_slave group_fwd_mask MASK.
func (h *Handle) LinkSetBRSlaveGroupFwdMask(link Link, mask uint16) error {
	return h.portSet(link, fmt.Sprintf("group_fwd_mask %#x", mask), func(e *wire.Encoder) {
		e.Uint16(uapi.IFLA_BRPORT_GROUP_FWD_MASK, mask)
	})
}
