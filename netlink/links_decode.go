package netlink

import (
	"bytes"
	"fmt"

	"kern.sys/internal/arphrd"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// linkDecoder makes links of messages, one after the other.
type linkDecoder struct{ mem linkMemory }

// decodeLink reads a message of RTM_NEWLINK or RTM_DELLINK: struct ifinfomsg
// and attributes.
func decodeLink(b []byte) (Link, error) {
	l := linkDecoder{mem: memoryOfOne()}
	return l.decode(b)
}

// decode is decodeLink for one of many.
func (l *linkDecoder) decode(b []byte) (Link, error) {
	if len(b) < uapi.SizeofIfinfomsg {
		return nil, fmt.Errorf("%w: link of %d bytes", wire.ErrMalformed, len(b))
	}
	var header uapi.Ifinfomsg
	header.Decode(b)
	// The kind comes late in the message, so the attributes are gathered here.
	a := NewLinkAttrs()
	var held heldAttrs
	fillLinkHeader(&a, &header)
	if err := l.fill(&a, &held, b[uapi.SizeofIfinfomsg:]); err != nil {
		return nil, err
	}
	if err := l.fillNested(&a, &held, header.Family); err != nil {
		return nil, err
	}
	info, err := readLinkInfo(held.linkInfo)
	if err != nil {
		return nil, err
	}
	if info.stats != nil {
		a.KindStats = l.mem.bytes.copy(info.stats)
	}
	if len(info.portKind) != 0 {
		if port, ok := portKinds.new(string(info.portKind)); ok {
			a.Slave = port
			if err := decodeAttrs(port, info.portData); err != nil {
				return nil, err
			}
		}
	}
	link := l.empty(&info)
	*link.Attrs() = a
	if err := decodeAttrs(link, info.data); err != nil {
		return nil, err
	}
	return link, nil
}

// linkInfo is what IFLA_LINKINFO holds.
type linkInfo struct {
	kind     []byte // IFLA_INFO_KIND without the NUL, and so portKind
	data     []byte // IFLA_INFO_DATA
	portKind []byte // IFLA_INFO_SLAVE_KIND
	portData []byte // IFLA_INFO_SLAVE_DATA
	stats    []byte // IFLA_INFO_XSTATS
}

func readLinkInfo(b []byte) (info linkInfo, err error) {
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_INFO_KIND:
			info.kind = untilNUL(d.Data())
		case uapi.IFLA_INFO_DATA:
			info.data = d.Data()
		case uapi.IFLA_INFO_SLAVE_KIND:
			info.portKind = untilNUL(d.Data())
		case uapi.IFLA_INFO_SLAVE_DATA:
			info.portData = d.Data()
		case uapi.IFLA_INFO_XSTATS:
			info.stats = d.Data()
		}
	}
	return info, d.Err()
}

// empty returns a link of the kind.
func (l *linkDecoder) empty(info *linkInfo) Link {
	if len(info.kind) == 0 {
		return l.mem.newLink(&plainLink)
	}
	if line := linkKinds.find(string(info.kind)); line != nil && line.kind != nil {
		return l.mem.newLink(line)
	}
	g := l.mem.newLink(&genericLink).(*GenericLink)
	g.LinkType = l.mem.bytes.text(info.kind)
	if len(info.data) != 0 {
		g.Data = l.mem.bytes.copy(info.data)
	}
	return g
}

// Links of no kind, and of one that is not in the table.
var (
	plainLink   = kindLine{"device", of[Device]}
	genericLink = kindLine{"", of[GenericLink]}
)

// fillHeader takes over struct ifinfomsg.
func fillLinkHeader(a *LinkAttrs, h *uapi.Ifinfomsg) {
	a.Index = int(h.Index)
	a.RawFlags = h.Flags
	a.Flags = netFlags(h.Flags)
	a.EncapType = arphrd.EncapType(h.Type)
	if h.Flags&uapi.IFF_ALLMULTI != 0 {
		a.Allmulti = 1
	}
	if h.Flags&uapi.IFF_MULTICAST != 0 {
		a.Multi = 1
	}
}

// fillNested reads the attributes that hold more than one value.
func (l *linkDecoder) fillNested(a *LinkAttrs, held *heldAttrs, family uint8) error {
	var first error
	fail := func(err error) {
		if first == nil {
			first = err
		}
	}
	var p *linkParts
	if held.stats64 != nil || held.stats != nil || held.xdp != nil || held.afSpec != nil {
		p = l.mem.parts.next()
	}
	switch { // a kernel gives both, 64 bits are better
	case held.stats64 != nil:
		a.Statistics = &p.stats
		p.stats.decode64(held.stats64)
	case held.stats != nil:
		a.Statistics = &p.stats
		p.stats.decode32(held.stats)
	}
	if held.xdp != nil {
		a.Xdp = &p.xdp
		d := wire.NewDecoder(held.xdp)
		a.Xdp.decode(&d)
		fail(d.Err())
	}
	switch {
	case family == uapi.AF_BRIDGE: // whose IFLA_AF_SPEC is another thing
		if held.protinfo != nil {
			a.Protinfo = &Protinfo{}
			d := wire.NewDecoder(held.protinfo)
			a.Protinfo.decode(&d)
			fail(d.Err())
		}
	case family == uapi.AF_UNSPEC && held.afSpec != nil:
		d := wire.NewDecoder(held.afSpec) // a nest for each address family
		for d.Next() {
			if d.Type() == uapi.AF_INET6 {
				in := d.Nested()
				a.IP6 = &p.ip6
				a.IP6.decode(&in, &l.mem.bytes)
				d.Fail(in.Err())
			}
		}
		fail(d.Err())
	}
	if len(a.SwitchID) >= 4 {
		a.PhysSwitchID = int(native.Uint32(a.SwitchID))
	}
	if held.propList != nil {
		d := wire.NewDecoder(held.propList)
		for d.Next() {
			if d.Type() == uapi.IFLA_ALT_IFNAME {
				a.AltNames = append(a.AltNames, l.mem.bytes.text(untilNUL(d.Data())))
			}
		}
		fail(d.Err())
	}
	if held.protoDownReason != nil {
		d := wire.NewDecoder(held.protoDownReason)
		for d.Next() {
			if d.Type() == uapi.IFLA_PROTO_DOWN_REASON_VALUE {
				a.ProtoDownReason = d.Uint32()
			}
		}
		fail(d.Err())
	}
	if held.vfs != nil {
		addrLen := len(a.HardwareAddr)
		if addrLen == 0 || addrLen > maxAddrLen {
			addrLen = etherAddrLen
		}
		d := wire.NewDecoder(held.vfs)
		a.Vfs = decodeVfs(&d, addrLen)
		fail(d.Err())
	}
	return first
}

const (
	maxAddrLen   = 32 // MAX_ADDR_LEN of the kernel
	etherAddrLen = 6
)

func (ip6 *LinkIP6) decode(d *wire.Decoder, bytes *byteSlab) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_INET6_FLAGS:
			ip6.Flags = d.Uint32()
		case uapi.IFLA_INET6_ADDR_GEN_MODE:
			ip6.AddrGenMode = d.Uint8()
		case uapi.IFLA_INET6_TOKEN:
			if a := d.Addr(); a.IsValid() && !a.IsUnspecified() {
				ip6.Token = bytes.copy(a.AsSlice())
			}
		case uapi.IFLA_INET6_RA_MTU:
			ip6.RaMTU = d.Uint32()
		}
	}
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// untilNUL returns the text that a string of the kernel's is.
func untilNUL(b []byte) []byte {
	text, _, _ := bytes.Cut(b, []byte{0})
	return text
}
