package netlink

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// PDP is a context of GTP: the tunnel of one mobile station, on a link of kind gtp: gtp-tunnel of libgtpnl.
type PDP struct {
	Version     uint32 // of GTP: 0 or 1
	TID         uint64 // tunnel identifier, of version 0
	PeerAddress net.IP // the other GSN
	MSAddress   net.IP // the mobile station; of IPv6 (Linux 6.11) its prefix of 64 bits
	Flow        uint16 // flow label, of version 0
	NetNSFD     uint32 // a namespace where the link is, by its descriptor; 0: the handle's. Not read
	ITEI        uint32 // tunnel endpoint of what comes, of version 1
	OTEI        uint32 // tunnel endpoint of sent packets

	Link uint32 // the index of the link; read only
}

// String returns the identifiers of the version, and the addresses.
func (p *PDP) String() string {
	id := ""
	switch p.Version {
	case uapi.GTP_V0:
		id = fmt.Sprintf("TID: %d ", p.TID)
	case uapi.GTP_V1:
		id = fmt.Sprintf("TEI: %d/%d ", p.ITEI, p.OTEI)
	}
	return fmt.Sprintf("{Version: %d %sMS-Address: %s Peer-Address: %s}", p.Version, id, p.MSAddress, p.PeerAddress)
}

var gtpKind = genlKind{name: "gtp"}

// GTPPDPAdd adds a context to a link. One that is there already is an error.
func (h *Handle) GTPPDPAdd(link Link, pdp *PDP) error {
	return h.pdpChange(uapi.GTP_CMD_NEWPDP, "gtp pdp add", link, pdp, func(r *wire.Request) {
		peer, err := wireIP(pdp.PeerAddress)
		if err != nil {
			r.Fail(fmt.Errorf("peer's address: %w", err))
			return
		}
		if peer.Is4() {
			r.Addr(uapi.GTPA_PEER_ADDRESS, peer)
		} else {
			r.Addr(uapi.GTPA_PEER_ADDR6, peer)
		}
		encodePDPStation(r, pdp.MSAddress)
		if pdp.Version == uapi.GTP_V0 {
			r.Uint16(uapi.GTPA_FLOW, pdp.Flow)
		} else {
			r.Uint32(uapi.GTPA_O_TEI, pdp.OTEI)
		}
	})
}

// encodePDPStation appends the address of a mobile station, and its family.
func encodePDPStation(r *wire.Request, ip net.IP) {
	a, err := wireIP(ip)
	switch {
	case err != nil:
		r.Fail(fmt.Errorf("mobile station's address: %w", err))
	case a.Is4():
		r.Addr(uapi.GTPA_MS_ADDRESS, a)
	default:
		r.Uint8(uapi.GTPA_FAMILY, uapi.AF_INET6)
		r.Addr(uapi.GTPA_MS_ADDR6, a)
	}
}

// GTPPDPDel deletes the context with pdp's TID or ITEI from a link.
func (h *Handle) GTPPDPDel(link Link, pdp *PDP) error {
	return h.pdpChange(uapi.GTP_CMD_DELPDP, "gtp pdp del", link, pdp, func(r *wire.Request) {
		if pdp.MSAddress != nil && pdp.MSAddress.To4() == nil {
			r.Uint8(uapi.GTPA_FAMILY, uapi.AF_INET6)
		}
	})
}

func (h *Handle) pdpChange(cmd uint8, op string, link Link, pdp *PDP, more func(*wire.Request)) error {
	object := func() string {
		if pdp == nil {
			return ""
		}
		return fmt.Sprintf("TID %d TEI %d", pdp.TID, pdp.ITEI)
	}
	if pdp == nil {
		return h.refuse(fmt.Errorf("no context given"), op, object)
	}
	index, err := h.linkIndex(link)
	if err != nil {
		return h.wrap(err, op, object)
	}
	c := genlCall{kind: gtpKind, cmd: cmd, op: op, flags: uapi.NLM_F_EXCL, object: object, attrs: func(r *wire.Request) {
		encodePDPLink(r, index, pdp.Version)
		if pdp.NetNSFD != 0 {
			r.Uint32(uapi.GTPA_NET_NS_FD, pdp.NetNSFD)
		}
		switch pdp.Version {
		case uapi.GTP_V0:
			r.Uint64(uapi.GTPA_TID, pdp.TID)
		case uapi.GTP_V1:
			r.Uint32(uapi.GTPA_I_TEI, pdp.ITEI)
		default:
			r.Fail(fmt.Errorf("unsupported GTP version: %d", pdp.Version))
		}
		more(r)
	}}
	return c.exec(h)
}

func encodePDPLink(r *wire.Request, index int, version uint32) {
	r.Uint32(uapi.GTPA_VERSION, version)
	r.Uint32(uapi.GTPA_LINK, uint32(within(r, "link index", index, math.MaxInt32)))
}

// GTPPDPByTID returns the context of version 0 with a tunnel identifier.
func (h *Handle) GTPPDPByTID(link Link, tid int) (*PDP, error) {
	return h.pdpByTunnel(link, uapi.GTP_V0, func(r *wire.Request) { r.Uint64(uapi.GTPA_TID, uint64(tid)) })
}

// GTPPDPByITEI returns the context of version 1 with a tunnel endpoint of what comes.
func (h *Handle) GTPPDPByITEI(link Link, itei int) (*PDP, error) {
	return h.pdpByTunnel(link, uapi.GTP_V1, func(r *wire.Request) {
		r.Uint32(uapi.GTPA_I_TEI, uint32(within(r, "tunnel endpoint", itei, math.MaxUint32)))
	})
}

// pdpByTunnel asks for a context of a station with IPv4, and where there is none for one with IPv6: the kernel wants
// to know which.
func (h *Handle) pdpByTunnel(link Link, version uint32, key func(*wire.Request)) (*PDP, error) {
	p, err := h.pdpGet(link, version, key)
	if !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	six, none := h.pdpGet(link, version, func(r *wire.Request) {
		key(r)
		r.Uint8(uapi.GTPA_FAMILY, uapi.AF_INET6)
	})
	if none != nil {
		return nil, err
	}
	return six, nil
}

// GTPPDPByMSAddress returns the context of a mobile station.
func (h *Handle) GTPPDPByMSAddress(link Link, addr net.IP) (*PDP, error) {
	return h.pdpGet(link, uapi.GTP_V0, func(r *wire.Request) { encodePDPStation(r, addr) })
}

func (h *Handle) pdpGet(link Link, version uint32, key func(*wire.Request)) (*PDP, error) {
	const op = "gtp pdp get"
	index, err := h.linkIndex(link)
	if err != nil {
		return nil, h.wrap(err, op, noObject)
	}
	c := genlCall{kind: gtpKind, cmd: uapi.GTP_CMD_GETPDP, op: op, attrs: func(r *wire.Request) {
		encodePDPLink(r, index, version)
		key(r)
	}}
	p := &PDP{}
	if err := c.get(h, p.decode); err != nil {
		return nil, err
	}
	return p, nil
}

// GTPEchoRequest asks the GSN at peer whether it is there, in a version of GTP, 0 or 1, from the address local of the
// link's namespace. Both are of IPv4, and the sockets of the link are the kernel's (GTP.CreateSockets). The answer is
// one of [Handle.GTPEvents]. Linux 5.18; gtp-tunnel of libgtpnl has no such command.
//
// Kernels up to 7.3 leave no room for the packet's headers, and those of s390x panic for it.
func (h *Handle) GTPEchoRequest(link Link, version uint32, peer, local net.IP) error {
	const op = "gtp echo"
	object := func() string { return fmt.Sprintf("%.64s from %.64s", peer, local) }
	index, err := h.linkIndex(link)
	if err != nil {
		return h.withDetails().refuse(err, op, object)
	}
	c := genlCall{kind: gtpKind, cmd: uapi.GTP_CMD_ECHOREQ, op: op, object: object, attrs: func(r *wire.Request) {
		encodePDPLink(r, index, version)
		for _, a := range [...]struct {
			typ uint16
			ip  net.IP
		}{{uapi.GTPA_PEER_ADDRESS, peer}, {uapi.GTPA_MS_ADDRESS, local}} {
			addr, ok := familyAddr(FAMILY_V4, a.ip)
			if !ok {
				r.Fail(fmt.Errorf("%.64s is no IPv4 address", a.ip))
				continue
			}
			r.Addr(a.typ, addr)
		}
	}}
	return c.exec(h.withDetails())
}

func gtpListing() genlCall {
	return genlCall{kind: gtpKind, cmd: uapi.GTP_CMD_GETPDP, op: "gtp pdp list"}
}

// GTPPDPList returns the contexts of all links: gtp-tunnel list. See [ErrDumpInterrupted].
func (h *Handle) GTPPDPList() ([]*PDP, error) {
	return pointersTo(genlList(h, gtpListing(), decodePDP))
}

// GTPPDPSeq gives the contexts of [Handle.GTPPDPList] as they come. The last pair holds the error, if
// there is one.
func (h *Handle) GTPPDPSeq() iter.Seq2[PDP, error] { return genlSeq(h, gtpListing(), decodePDP) }

func decodePDP(d *wire.Decoder, p *PDP) bool {
	p.decode(d)
	return true
}

func (p *PDP) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.GTPA_VERSION:
			p.Version = d.Uint32()
		case uapi.GTPA_TID:
			p.TID = d.Uint64()
		case uapi.GTPA_PEER_ADDRESS, uapi.GTPA_PEER_ADDR6:
			p.PeerAddress = net.IP(d.Bytes())
		case uapi.GTPA_MS_ADDRESS, uapi.GTPA_MS_ADDR6:
			p.MSAddress = net.IP(d.Bytes())
		case uapi.GTPA_FLOW:
			p.Flow = d.Uint16()
		case uapi.GTPA_NET_NS_FD:
			p.NetNSFD = d.Uint32()
		case uapi.GTPA_I_TEI:
			p.ITEI = d.Uint32()
		case uapi.GTPA_O_TEI:
			p.OTEI = d.Uint32()
		case uapi.GTPA_LINK:
			p.Link = d.Uint32()
		}
	}
}
