package netlink

import (
	"fmt"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// encode writes all that is set.
func (neigh *Neigh) encode(r *wire.Request) {
	family := neigh.encodeKey(r, uapi.Ndmsg{
		State: uint16(within(r, "state", neigh.State, math.MaxUint16)),
		Flags: uint8(within(r, "flags", neigh.owner(), math.MaxUint8)),
		Type:  uint8(within(r, "type", neigh.Type, math.MaxUint8)),
	})
	switch {
	case family == uapi.AF_BRIDGE: // part of the key
	case len(neigh.LLIPAddr) != 0:
		if ip, err := wireIP(neigh.LLIPAddr); err != nil {
			r.Fail(fmt.Errorf("link-layer address: %w", err))
		} else {
			r.Addr(uapi.NDA_LLADDR, ip)
		}
	case len(neigh.HardwareAddr) != 0:
		r.Data(uapi.NDA_LLADDR, neigh.HardwareAddr)
	}
	if neigh.FlagsExt != 0 {
		r.Uint32(uapi.NDA_FLAGS_EXT, uint32(within(r, "extended flags", neigh.FlagsExt, math.MaxUint32)))
	}
	if neigh.Port != 0 {
		r.BE16(uapi.NDA_PORT, uint16(within(r, "port", neigh.Port, math.MaxUint16)))
	}
	if neigh.ViaIndex != 0 {
		r.Uint32(uapi.NDA_IFINDEX, uint32(within(r, "link index of the endpoint", neigh.ViaIndex, math.MaxInt32)))
	}
	if neigh.NHID != 0 {
		r.Uint32(uapi.NDA_NH_ID, uint32(within(r, "next hop", neigh.NHID, math.MaxUint32)))
	}
	if neigh.ActivityNotify != nil {
		r.Nest(uapi.NDA_FDB_EXT_ATTRS | uapi.NLA_F_NESTED)
		r.Uint8(uapi.NFEA_ACTIVITY_NOTIFY, *neigh.ActivityNotify)
		r.End()
	}
	if neigh.Protocol != 0 {
		r.Uint8(uapi.NDA_PROTOCOL, uint8(within(r, "protocol", neigh.Protocol, math.MaxUint8)))
	}
}

// owner returns the flags with the one that says whose a forwarding entry is, which
// a listed one has only if it is the device's own. Without any flag the kernel takes
// an entry for the bridge's, with others it wants to be asked.
func (neigh *Neigh) owner() int {
	switch {
	case neigh.Family != uapi.AF_BRIDGE || neigh.Flags&(NTF_SELF|NTF_MASTER) != 0:
	case neigh.MasterIndex != 0 && neigh.MasterIndex == neigh.LinkIndex:
		return neigh.Flags | NTF_SELF // of the bridge as a device
	case neigh.Flags != 0:
		return neigh.Flags | NTF_MASTER
	}
	return neigh.Flags
}

// encodeKey writes the header, with the family and link put in, and the attributes that identify
// the neighbour from others. It returns the family.
func (neigh *Neigh) encodeKey(r *wire.Request, m uapi.Ndmsg) uint8 {
	header := r.Header(uapi.SizeofNdmsg)
	m.Ifindex = int32(within(r, "link index", neigh.LinkIndex, math.MaxInt32))
	m.Family = uint8(within(r, "family", neigh.Family, math.MaxUint8))
	var ip netip.Addr
	if len(neigh.IP) != 0 {
		var err error
		if ip, err = wireIP(neigh.IP); err != nil {
			r.Fail(err)
			return m.Family
		}
	}
	switch {
	case m.Family == uapi.AF_BRIDGE:
	case !ip.IsValid():
		r.Fail(fmt.Errorf("%w (a forwarding entry has the family AF_BRIDGE)", errNoIP))
	case m.Family == uapi.AF_UNSPEC:
		m.Family = wireFamily(ip)
	case m.Family == uapi.AF_INET6:
		ip = netip.AddrFrom16(ip.As16())
	case m.Family == uapi.AF_INET && !ip.Is4():
		r.Fail(fmt.Errorf("%v is no IPv4 address", ip))
	}
	m.Put(header)
	if ip.IsValid() {
		r.Addr(uapi.NDA_DST, ip)
	}
	if m.Family == uapi.AF_BRIDGE && neigh.HardwareAddr != nil {
		r.Data(uapi.NDA_LLADDR, neigh.HardwareAddr)
	}
	if neigh.Vlan != 0 {
		r.Uint16(uapi.NDA_VLAN, uint16(within(r, "vlan", neigh.Vlan, maxVlanID)))
	}
	if v := neigh.VNISet; v != nil {
		r.Uint32(uapi.NDA_VNI, *v)
		if *v > maxVNI {
			r.Fail(fmt.Errorf("VNI %d is not within 0 and %d", *v, maxVNI))
		}
	} else if neigh.VNI != 0 {
		r.Uint32(uapi.NDA_VNI, uint32(within(r, "VNI", neigh.VNI, maxVNI)))
	}
	if neigh.SrcVNI != 0 {
		r.Uint32(uapi.NDA_SRC_VNI, uint32(within(r, "source VNI", neigh.SrcVNI, maxVNI)))
	}
	if neigh.MasterIndex != 0 {
		r.Uint32(uapi.NDA_MASTER, uint32(within(r, "master index", neigh.MasterIndex, math.MaxInt32)))
	}
	return m.Family
}

// neighDecoder reads the neighbours of one list; they share its allocations.
type neighDecoder struct {
	filter NeighFilter
	slab   byteSlab
}

// decode reads an RTM_NEWNEIGH or RTM_DELNEIGH message.
func (nd *neighDecoder) decode(m wire.Message) (n Neigh, want bool, err error) {
	want, err = nd.decodeInto(m, &n)
	return n, want, err
}

// decodeInto is decode into a neighbour that is zero.
func (nd *neighDecoder) decodeInto(m wire.Message, n *Neigh) (want bool, err error) {
	var header uapi.Ndmsg
	header.Decode(m.Data)
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofNdmsg)
	n.LinkIndex = int(header.Ifindex)
	n.Family = int(header.Family)
	n.State = int(header.State)
	n.Type = int(header.Type)
	n.Flags = int(header.Flags)
	for d.Next() {
		switch d.Type() {
		case uapi.NDA_DST:
			n.IP = net.IP(nd.slab.copy(d.Data()))
		case uapi.NDA_LLADDR:
			b := nd.slab.copy(d.Data())
			if len(b) != net.IPv4len {
				n.HardwareAddr = net.HardwareAddr(b)
			}
			if len(b) == net.IPv4len || len(b) == net.IPv6len {
				n.LLIPAddr = net.IP(b)
			}
		case uapi.NDA_CACHEINFO:
			var c uapi.NdaCacheinfo
			c.Decode(d.Data())
			n.Confirmed, n.Used, n.Updated = c.Confirmed, c.Used, c.Updated
		case uapi.NDA_PROBES:
			n.Probes = int(d.Uint32())
		case uapi.NDA_VLAN:
			n.Vlan = int(d.Uint16())
		case uapi.NDA_PORT:
			n.Port = int(d.BE16())
		case uapi.NDA_VNI:
			n.VNI = int(d.Uint32())
			if n.VNI == 0 {
				n.VNISet = new(uint32)
			}
		case uapi.NDA_IFINDEX:
			n.ViaIndex = int(d.Uint32())
		case uapi.NDA_MASTER:
			n.MasterIndex = int(d.Uint32())
		case uapi.NDA_SRC_VNI:
			n.SrcVNI = int(d.Uint32())
		case uapi.NDA_PROTOCOL:
			n.Protocol = int(d.Uint8())
		case uapi.NDA_NH_ID:
			n.NHID = int(d.Uint32())
		case uapi.NDA_FDB_EXT_ATTRS:
			in := d.Nested()
			for in.Next() {
				if in.Type() == uapi.NFEA_ACTIVITY_NOTIFY {
					n.ActivityNotify = new(in.Uint8())
				}
			}
			d.Fail(in.Err())
		case uapi.NDA_FLAGS_EXT:
			n.FlagsExt = int(d.Uint32())
		}
	}
	return nd.filter.wants(n.Family, n.LinkIndex, n.MasterIndex, n.State, n.Flags, n.Type), d.Err()
}

// NeighDeserialize reads a neighbour from the bytes of an RTM_NEWNEIGH or
// RTM_DELNEIGH message behind its struct nlmsghdr.
func NeighDeserialize(m []byte) (*Neigh, error) {
	var d neighDecoder
	n, _, err := d.decode(wire.Message{Data: m})
	if err != nil {
		return nil, err
	}
	return &n, nil
}
