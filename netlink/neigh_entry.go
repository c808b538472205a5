package netlink

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NeighEntry is a neighbour in little memory, for programs that read or keep many: a
// [Neigh] without its probes and ages, as small values that refer to nothing.
type NeighEntry struct {
	ip     [net.IPv6len]byte
	lladdr [maxAddrLen]byte

	LinkIndex   int
	MasterIndex int    // NDA_MASTER: the bridge that a forwarding entry is of
	ViaIndex    int    // NDA_IFINDEX: the link towards a VXLAN endpoint
	VNI         uint32 // NDA_VNI
	SrcVNI      uint32 // NDA_SRC_VNI
	NHID        uint32 // NDA_NH_ID
	FlagsExt    uint32 // NTF_EXT_…
	State       uint16 // NUD_…
	Vlan        uint16 // NDA_VLAN
	Port        uint16 // NDA_PORT
	Family      uint8  // FAMILY_… or AF_BRIDGE
	Type        uint8  // RTN_…
	Flags       uint8  // NTF_…
	Protocol    uint8  // NDA_PROTOCOL, RTPROT_…

	ipLen, lladdrLen uint8 // bytes of the addresses, 0 for none
}

// IP returns the neighbour's address (NDA_DST), of a VXLAN forwarding entry that
// of the endpoint; the zero Addr where there is none.
func (e *NeighEntry) IP() netip.Addr { return entryAddr(&e.ip, e.ipLen) }

// LLAddr returns the link-layer address (NDA_LLADDR), an IP address on tunnels;
// nil where none is known. The bytes are e's own.
func (e *NeighEntry) LLAddr() []byte {
	if e.lladdrLen == 0 {
		return nil
	}
	return e.lladdr[:e.lladdrLen:e.lladdrLen]
}

// NeighEntries gives the neighbours of [Handle.NeighListFiltered] as they come, in
// little memory and without an allocation for each. An entry is valid until the
// loop goes on; a copy stays as it is. The last pair holds the error, if there is
// one.
func (h *Handle) NeighEntries(filter NeighFilter) iter.Seq2[*NeighEntry, error] {
	return entries(h, func() (*wire.Request, error) { return filter.request(), nil }, neighListOp, filter.decode,
		goneLink)
}

// AppendNeighEntries appends the neighbours of [Handle.NeighListFiltered] to all,
// in little memory: with room in all it takes next to no allocation.
func (h *Handle) AppendNeighEntries(all []NeighEntry, filter NeighFilter) ([]NeighEntry, error) {
	all, err := appendTo(all, h.withDetails(), filter.request(), neighListOp, filter.decode)
	return all, withoutLink(err)
}

// decode reads a message of a dump and reports whether its neighbour is wanted.
func (f *NeighFilter) decode(m wire.Message, e *NeighEntry) (want bool, err error) {
	if err := e.decode(m.Data); err != nil {
		return false, err
	}
	return f.wants(int(e.Family), e.LinkIndex, e.MasterIndex, int(e.State), int(e.Flags), int(e.Type)), nil
}

// decode reads the payload of RTM_NEWNEIGH or RTM_DELNEIGH, whatever e was. Long
// dumps spend their time here: see [RouteEntry.decode].
func (e *NeighEntry) decode(data []byte) error {
	if len(data) < uapi.SizeofNdmsg {
		return fmt.Errorf("%w: neighbour of %d bytes", wire.ErrMalformed, len(data))
	}
	*e = NeighEntry{}
	e.Family, e.LinkIndex, e.State = data[0], int(int32(native.Uint32(data[4:]))), native.Uint16(data[8:])
	e.Flags, e.Type = data[10], data[11]
	for b := data[uapi.SizeofNdmsg:]; len(b) >= uapi.SizeofNlattr; {
		n, typ := int(native.Uint16(b)), native.Uint16(b[2:])&^(uapi.NLA_F_NESTED|uapi.NLA_F_NET_BYTEORDER)
		if n < uapi.SizeofNlattr || n > len(b) {
			return fmt.Errorf("%w: attribute %d says %d bytes, %d are left", wire.ErrMalformed, typ, n, len(b))
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = b[min((n+3)&^3, len(b)):]
		ok := true
		switch typ {
		case uapi.NDA_DST:
			ok = setAddr(&e.ip, &e.ipLen, v)
		case uapi.NDA_LLADDR:
			if ok = len(v) <= maxAddrLen; ok {
				e.lladdrLen = uint8(copy(e.lladdr[:], v))
			}
		case uapi.NDA_VLAN:
			if ok = len(v) >= 2; ok {
				e.Vlan = native.Uint16(v)
			}
		case uapi.NDA_PORT:
			if ok = len(v) >= 2; ok {
				e.Port = binary.BigEndian.Uint16(v)
			}
		case uapi.NDA_PROTOCOL:
			if ok = len(v) >= 1; ok {
				e.Protocol = v[0]
			}
		case uapi.NDA_VNI:
			ok = setUint32(&e.VNI, v)
		case uapi.NDA_SRC_VNI:
			ok = setUint32(&e.SrcVNI, v)
		case uapi.NDA_NH_ID:
			ok = setUint32(&e.NHID, v)
		case uapi.NDA_FLAGS_EXT:
			ok = setUint32(&e.FlagsExt, v)
		case uapi.NDA_IFINDEX:
			ok = setIndex(&e.ViaIndex, v)
		case uapi.NDA_MASTER:
			ok = setIndex(&e.MasterIndex, v)
		}
		if !ok {
			return fmt.Errorf("%w: neighbour: attribute %d of %d bytes", wire.ErrMalformed, typ, len(v))
		}
	}
	return nil
}
