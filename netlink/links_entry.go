package netlink

import (
	"fmt"
	"iter"
	"net"

	"kern.sys/internal/arphrd"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkEntry is a link in little memory, for programs that read or keep many: what is most
// asked of one, as small values that refer to nothing. A [Link] takes ten times as
// much, and some allocations.
type LinkEntry struct {
	name [IFNAMSIZ]byte
	kind [maxKindLen]byte
	addr [maxAddrLen]byte

	Index       int
	ParentIndex int // IFLA_LINK, in another namespace if NetNsID is not -1
	MasterIndex int // IFLA_MASTER
	NetNsID     int // IFLA_LINK_NETNSID, -1 for none
	MTU         uint32
	TxQLen      uint32
	Group       uint32
	RawFlags    uint32 // IFF_…
	OperState   LinkOperState

	encap                     uint16 // ARPHRD_…
	nameLen, kindLen, addrLen uint8
}

// maxKindLen is what the kernel has for a kind, which may be a module's name:
// MODULE_NAME_LEN in its source.
const maxKindLen = 56

// Name returns the link's name. It is not allocated where the caller only compares
// it.
func (e *LinkEntry) Name() string { return string(e.name[:e.nameLen]) }

// Type returns the link's kind as [Link].Type does: "device" for one that has none.
func (e *LinkEntry) Type() string {
	if e.kindLen == 0 {
		return (*Device)(nil).Type()
	}
	return string(e.kind[:e.kindLen])
}

// Flags returns the flags that package net knows.
func (e *LinkEntry) Flags() net.Flags { return netFlags(e.RawFlags) }

// EncapType names what the link carries, such as "ether" and "loopback".
func (e *LinkEntry) EncapType() string { return arphrd.EncapType(e.encap) }

// HardwareAddr returns the link-layer address (IFLA_ADDRESS), nil where there is
// none. The bytes are e's own.
func (e *LinkEntry) HardwareAddr() net.HardwareAddr {
	if e.addrLen == 0 {
		return nil
	}
	return e.addr[:e.addrLen:e.addrLen]
}

// LinkEntries gives the links of [Handle.LinkListFiltered] as they come, in little
// memory and without an allocation for each. The kernel is not asked for
// statistics and virtual functions. An entry is valid until the loop goes on; a
// copy stays as it is. The last pair holds the error, if there is one.
func (h *Handle) LinkEntries(f LinkFilter) iter.Seq2[*LinkEntry, error] {
	return entries(h, func() (*wire.Request, error) { return f.entryRequest(), nil }, linkListOp, f.decodeEntry, nil)
}

// AppendLinkEntries appends the links of [Handle.LinkListFiltered] to all, in
// little memory: with room in all it takes next to no allocation.
func (h *Handle) AppendLinkEntries(all []LinkEntry, f LinkFilter) ([]LinkEntry, error) {
	return appendTo(all, h.withDetails(), f.entryRequest(), linkListOp, f.decodeEntry)
}

func (f *LinkFilter) entryRequest() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	r.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_SKIP_STATS)
	f.put(&r.Encoder)
	return r
}

// decodeEntry reads a message of a dump and reports whether its link is wanted.
func (f *LinkFilter) decodeEntry(m wire.Message, e *LinkEntry) (want bool, err error) {
	if m.Type != uapi.RTM_NEWLINK {
		return false, nil
	}
	if err := e.decode(m.Data); err != nil {
		return false, err
	}
	return (f.MasterIndex == 0 || e.MasterIndex == f.MasterIndex) && (f.Type == "" || e.Type() == f.Type), nil
}

// decode reads the payload of RTM_NEWLINK or RTM_DELLINK, whatever e was.
func (e *LinkEntry) decode(data []byte) error {
	if len(data) < uapi.SizeofIfinfomsg {
		return fmt.Errorf("%w: link of %d bytes", wire.ErrMalformed, len(data))
	}
	var header uapi.Ifinfomsg
	header.Decode(data)
	*e = LinkEntry{}
	e.Index, e.RawFlags, e.encap, e.NetNsID = int(header.Index), header.Flags, header.Type, -1
	d := wire.NewDecoderAfter(data, uapi.SizeofIfinfomsg)
	for d.Next() {
		ok := true
		switch d.Type() {
		case uapi.IFLA_IFNAME:
			ok = setText(e.name[:], &e.nameLen, d.Data())
		case uapi.IFLA_ADDRESS:
			if v := d.Data(); len(v) > maxAddrLen {
				ok = false
			} else if !allZero(v) {
				e.addrLen = uint8(copy(e.addr[:], v))
			}
		case uapi.IFLA_MTU:
			e.MTU = d.Uint32()
		case uapi.IFLA_TXQLEN:
			e.TxQLen = d.Uint32()
		case uapi.IFLA_GROUP:
			e.Group = d.Uint32()
		case uapi.IFLA_LINK:
			e.ParentIndex = int(d.Int32())
		case uapi.IFLA_LINK_NETNSID:
			e.NetNsID = int(d.Int32())
		case uapi.IFLA_MASTER:
			e.MasterIndex = int(d.Int32())
		case uapi.IFLA_OPERSTATE:
			e.OperState = LinkOperState(d.Uint8())
		case uapi.IFLA_LINKINFO:
			in := d.Nested()
			for in.Next() {
				if in.Type() == uapi.IFLA_INFO_KIND {
					ok = setText(e.kind[:], &e.kindLen, in.Data())
				}
			}
			d.Fail(in.Err())
		}
		if !ok {
			return fmt.Errorf("%w: link: attribute %d of %d bytes", wire.ErrMalformed, d.Type(), len(d.Data()))
		}
	}
	return d.Err()
}

// setText stores a text up to its NUL.
func setText(to []byte, n *uint8, v []byte) bool {
	v = untilNUL(v)
	if len(v) > len(to) {
		return false
	}
	*n = uint8(copy(to, v))
	return true
}
