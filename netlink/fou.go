package netlink

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// FOU_GENL_NAME is the name of the family of generic netlink.
const FOU_GENL_NAME = uapi.FOU_GENL_NAME

// Commands of the family.
const (
	FOU_CMD_UNSPEC uint8 = uapi.FOU_CMD_UNSPEC
	FOU_CMD_ADD    uint8 = uapi.FOU_CMD_ADD
	FOU_CMD_DEL    uint8 = uapi.FOU_CMD_DEL
	FOU_CMD_GET    uint8 = uapi.FOU_CMD_GET
	FOU_CMD_MAX          = FOU_CMD_GET
)

// Attributes of the family.
const (
	FOU_ATTR_UNSPEC            = uapi.FOU_ATTR_UNSPEC
	FOU_ATTR_PORT              = uapi.FOU_ATTR_PORT
	FOU_ATTR_AF                = uapi.FOU_ATTR_AF
	FOU_ATTR_IPPROTO           = uapi.FOU_ATTR_IPPROTO
	FOU_ATTR_TYPE              = uapi.FOU_ATTR_TYPE
	FOU_ATTR_REMCSUM_NOPARTIAL = uapi.FOU_ATTR_REMCSUM_NOPARTIAL
	FOU_ATTR_LOCAL_V4          = uapi.FOU_ATTR_LOCAL_V4
	FOU_ATTR_LOCAL_V6          = uapi.FOU_ATTR_LOCAL_V6
	FOU_ATTR_PEER_V4           = uapi.FOU_ATTR_PEER_V4
	FOU_ATTR_PEER_V6           = uapi.FOU_ATTR_PEER_V6
	FOU_ATTR_PEER_PORT         = uapi.FOU_ATTR_PEER_PORT
	FOU_ATTR_IFINDEX           = uapi.FOU_ATTR_IFINDEX
	FOU_ATTR_MAX               = uapi.FOU_ATTR_MAX
)

// Encapsulations of [Fou].
const (
	FOU_ENCAP_UNSPEC = uapi.FOU_ENCAP_UNSPEC
	FOU_ENCAP_DIRECT = uapi.FOU_ENCAP_DIRECT // the packet of Protocol follows the UDP header
	FOU_ENCAP_GUE    = uapi.FOU_ENCAP_GUE    // generic UDP encapsulation, which says the protocol
	FOU_ENCAP_MAX    = FOU_ENCAP_GUE
)

// Fou is a UDP port where packets of tunnels come in (foo over UDP): ip fou.
type Fou struct {
	Family    int // FAMILY_V4, FAMILY_V6; 0 is FAMILY_V4 when it is added
	Port      int
	Protocol  int // IPPROTO_… of what is in the packets, without FOU_ENCAP_GUE
	EncapType int // FOU_ENCAP_…
	// Local, Peer, PeerPort and IfIndex bind the port to addresses and a link (Linux 5.2); nil and 0: to none. One that
	// is listed has 0.0.0.0 or :: for none. IfIndex needs Local, Peer needs PeerPort.
	Local    net.IP
	Peer     net.IP
	PeerPort int
	IfIndex  int

	// NoPartialRemcsum turns partial checksums by remote checksum offload off (GUE).
	NoPartialRemcsum bool
}

var fouKind = genlKind{name: uapi.FOU_GENL_NAME, version: uapi.FOU_GENL_VERSION}

// FouFamilyId returns the number of the family of generic netlink.
func (h *Handle) FouFamilyId() (int, error) {
	id, err := h.genlID(uapi.FOU_GENL_NAME)
	if err != nil {
		return -1, h.wrap(err, "fou family", noObject)
	}
	return int(id), nil
}

// FouAdd opens a port: ip fou add.
func (h *Handle) FouAdd(f Fou) error {
	return h.fouChange(uapi.FOU_CMD_ADD, "fou add", f, func(r *wire.Request) {
		if f.EncapType == uapi.FOU_ENCAP_GUE && f.Protocol != 0 {
			r.Fail(errors.New("GUE says the protocol of its packets: Protocol is to be 0"))
		}
		f.encodeKey(r)
		r.Uint8(uapi.FOU_ATTR_TYPE, uint8(within(r, "encapsulation", f.EncapType, math.MaxUint8)))
		r.Uint8(uapi.FOU_ATTR_IPPROTO, uint8(within(r, "protocol", f.Protocol, math.MaxUint8)))
		if f.NoPartialRemcsum {
			r.Flag(uapi.FOU_ATTR_REMCSUM_NOPARTIAL)
		}
	})
}

// FouDel closes a port: ip fou del.
func (h *Handle) FouDel(f Fou) error {
	return h.fouChange(uapi.FOU_CMD_DEL, "fou del", f, f.encodeKey)
}

func (h *Handle) fouChange(cmd uint8, op string, f Fou, attrs func(*wire.Request)) error {
	c := genlCall{kind: fouKind, cmd: cmd, op: op, attrs: attrs,
		object: func() string { return fmt.Sprintf("port %d", f.Port) }}
	return c.exec(h)
}

// encodeKey appends what identifies a port.
func (f *Fou) encodeKey(r *wire.Request) {
	family := f.Family
	if family == uapi.AF_UNSPEC {
		family = uapi.AF_INET
	}
	r.BE16(uapi.FOU_ATTR_PORT, uint16(within(r, "port", f.Port, math.MaxUint16)))
	r.Uint8(uapi.FOU_ATTR_AF, uint8(within(r, "family", family, math.MaxUint8)))
	for _, a := range [...]struct {
		name   string
		v4, v6 uint16
		ip     net.IP
	}{
		{"local address", uapi.FOU_ATTR_LOCAL_V4, uapi.FOU_ATTR_LOCAL_V6, f.Local},
		{"peer's address", uapi.FOU_ATTR_PEER_V4, uapi.FOU_ATTR_PEER_V6, f.Peer},
	} {
		if len(a.ip) == 0 || a.ip.IsUnspecified() {
			continue
		}
		addr, err := addressOf(family, a.ip)
		switch {
		case err != nil:
			r.Fail(fmt.Errorf("%s: %w", a.name, err))
		case family == uapi.AF_INET:
			r.Addr(a.v4, addr)
		default:
			r.Addr(a.v6, addr)
		}
	}
	if f.PeerPort != 0 {
		r.BE16(uapi.FOU_ATTR_PEER_PORT, uint16(within(r, "peer's port", f.PeerPort, math.MaxUint16)))
	}
	if f.IfIndex != 0 {
		r.Int32(uapi.FOU_ATTR_IFINDEX, int32(within(r, "link index", f.IfIndex, math.MaxInt32)))
	}
}

// FouList returns the ports of a family, 0 is all: ip fou show. See [ErrDumpInterrupted].
func (h *Handle) FouList(fam int) ([]Fou, error) {
	return genlList(h, fouListing(fam), fouDecoder(fam))
}

// FouSeq gives the ports of [Handle.FouList] as they come. The last pair holds the error, if there
// is one.
func (h *Handle) FouSeq(fam int) iter.Seq2[Fou, error] {
	return genlSeq(h, fouListing(fam), fouDecoder(fam))
}

func fouListing(fam int) genlCall {
	return genlCall{kind: fouKind, cmd: uapi.FOU_CMD_GET, op: "fou list", attrs: func(r *wire.Request) {
		r.Uint8(uapi.FOU_ATTR_AF, uint8(within(r, "family", fam, math.MaxUint8)))
	}}
}

// fouDecoder selects by the family, which the kernel does not.
func fouDecoder(fam int) func(*wire.Decoder, *Fou) bool {
	return func(d *wire.Decoder, f *Fou) bool {
		f.decode(d)
		return fam == uapi.AF_UNSPEC || fam == f.Family
	}
}

func (f *Fou) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.FOU_ATTR_AF:
			f.Family = int(d.Uint8())
		case uapi.FOU_ATTR_PORT:
			f.Port = int(d.BE16())
		case uapi.FOU_ATTR_IPPROTO:
			f.Protocol = int(d.Uint8())
		case uapi.FOU_ATTR_TYPE:
			f.EncapType = int(d.Uint8())
		case uapi.FOU_ATTR_LOCAL_V4, uapi.FOU_ATTR_LOCAL_V6:
			f.Local = net.IP(d.Bytes())
		case uapi.FOU_ATTR_PEER_V4, uapi.FOU_ATTR_PEER_V6:
			f.Peer = net.IP(d.Bytes())
		case uapi.FOU_ATTR_PEER_PORT:
			f.PeerPort = int(d.BE16())
		case uapi.FOU_ATTR_IFINDEX:
			f.IfIndex = int(d.Int32())
		case uapi.FOU_ATTR_REMCSUM_NOPARTIAL:
			f.NoPartialRemcsum = true
		}
	}
}
