package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// struct br_mdb_entry ends with the address in 16 bytes and its Ethernet protocol, which is in network byte order.
const (
	mdbAddr      = uapi.SizeofBrMdbEntry
	mdbProto     = mdbAddr + net.IPv6len
	mdbEntrySize = mdbProto + 4
)

func mdbRequest() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETMDB, 0)
	(&uapi.BrPortMsg{Family: uapi.AF_BRIDGE}).Put(r.Header(uapi.SizeofBrPortMsg))
	return r
}

// Request is the message about the entry with all that is set, of the type RTM_NEWMDB, RTM_DELMDB or RTM_GETMDB.
// [Handle.MDBAdd] and its like send it without what the kernel reports and refuses to be told.
func (e *MDBEntry) Request(typ, flags uint16) *wire.Request {
	r := mdbChangeRequest(typ, flags, e.LinkIndex)
	put := mdbPut{group: e.Group.Unmap(), mac: e.HardwareAddr}
	put.Ifindex = uint32(within(r, "port index", e.PortIndex, math.MaxInt32))
	put.Vid = uint16(within(r, "vlan", e.Vlan, maxVlanID))
	put.State = uint8(within(r, "state", e.State, math.MaxUint8))
	switch {
	case len(e.HardwareAddr) != 0 && e.Group.IsValid():
		r.Fail(errors.New("a group has an address of IP or of Ethernet, not both"))
	case len(e.HardwareAddr) != 0 && len(e.HardwareAddr) != uapi.ETH_ALEN:
		r.Fail(fmt.Errorf("address %v is none of Ethernet", e.HardwareAddr))
	case len(e.HardwareAddr) == 0 && !e.Group.IsValid():
		r.Fail(errors.New("no group given"))
	case e.Group.Zone() != "" || e.Source.Zone() != "" || e.Dst.Zone() != "":
		r.Fail(errors.New("an address has a zone"))
	}
	set, attrs := uint16(uapi.MDBA_SET_ENTRY), uint16(uapi.MDBA_SET_ENTRY_ATTRS)
	if typ == uapi.RTM_GETMDB {
		set, attrs = uapi.MDBA_GET_ENTRY, uapi.MDBA_GET_ENTRY_ATTRS
	}
	r.Struct(set, mdbEntrySize, &put)
	mdbAttrs(r, attrs, func() {
		if e.Source.IsValid() {
			r.Addr(uapi.MDBE_ATTR_SOURCE, e.Source.Unmap())
		}
		if m := e.FilterMode; m != nil {
			r.Uint8(uapi.MDBE_ATTR_GROUP_MODE, uint8(within(r, "filter mode", *m, math.MaxUint8)))
		}
		if len(e.Sources) != 0 {
			r.Nest(uapi.MDBE_ATTR_SRC_LIST | uapi.NLA_F_NESTED)
			for _, s := range e.Sources {
				r.Nest(uapi.MDBE_SRC_LIST_ENTRY | uapi.NLA_F_NESTED)
				r.Addr(uapi.MDBE_SRCATTR_ADDRESS, s.Addr.Unmap())
				r.End()
			}
			r.End()
		}
		if e.Protocol != RouteProtocol(uapi.RTPROT_STATIC) { // the default, which Linux before 6.3 has alone
			mdbProtocol(r, e.Protocol)
		}
		mdbRemote(r, e.Dst, e.DstPort, e.VNI, e.SrcVNI)
		if e.ViaIndex != 0 {
			r.Uint32(uapi.MDBE_ATTR_IFINDEX, uint32(within(r, "link index to leave by", e.ViaIndex, math.MaxInt32)))
		}
	})
	return r
}

// Request is the message that [Handle.MDBFlush] sends.
func (f *MDBFilter) Request() *wire.Request {
	r := mdbChangeRequest(uapi.RTM_DELMDB, uapi.NLM_F_BULK, f.LinkIndex)
	var put mdbPut
	put.Ifindex = uint32(within(r, "port index", f.PortIndex, math.MaxInt32))
	put.Vid = uint16(within(r, "vlan", f.Vlan, maxVlanID))
	if f.Permanent != nil && *f.Permanent {
		put.State = uapi.MDB_PERMANENT
	}
	r.Struct(uapi.MDBA_SET_ENTRY, mdbEntrySize, &put)
	mdbAttrs(r, uapi.MDBA_SET_ENTRY_ATTRS, func() {
		mdbProtocol(r, f.Protocol)
		pointer := func(vni uint32) *uint32 {
			if vni == 0 {
				return nil
			}
			return &vni
		}
		mdbRemote(r, f.Dst, f.DstPort, pointer(f.VNI), pointer(f.SrcVNI))
		if f.Permanent != nil {
			r.Uint8(uapi.MDBE_ATTR_STATE_MASK, uapi.MDB_PERMANENT)
		}
	})
	return r
}

func mdbChangeRequest(typ, flags uint16, link int) *wire.Request {
	r := wire.NewRequest(typ, flags)
	head := r.Header(uapi.SizeofBrPortMsg)
	(&uapi.BrPortMsg{Family: uapi.AF_BRIDGE, Ifindex: uint32(within(r, "link index", link, math.MaxInt32))}).Put(head)
	return r
}

// mdbAttrs is the nest of what encode writes, which is left out where that is nothing.
func mdbAttrs(r *wire.Request, typ uint16, encode func()) {
	before := len(r.Bytes())
	r.Nest(typ | uapi.NLA_F_NESTED)
	if encode(); len(r.Bytes()) == before+uapi.SizeofNlattr {
		r.Cancel()
		return
	}
	r.End()
}

func mdbProtocol(r *wire.Request, p RouteProtocol) {
	if p != 0 {
		r.Uint8(uapi.MDBE_ATTR_RTPROT, uint8(within(r, "protocol", int(p), math.MaxUint8)))
	}
}

func mdbRemote(r *wire.Request, dst netip.Addr, port int, vni, srcVNI *uint32) {
	if dst.IsValid() {
		r.Addr(uapi.MDBE_ATTR_DST, dst.Unmap())
	}
	if port != 0 {
		r.Uint16(uapi.MDBE_ATTR_DST_PORT, uint16(within(r, "port", port, math.MaxUint16)))
	}
	if vni != nil {
		r.Uint32(uapi.MDBE_ATTR_VNI, *vni)
	}
	if srcVNI != nil {
		r.Uint32(uapi.MDBE_ATTR_SRC_VNI, *srcVNI)
	}
}

// mdbPut writes struct br_mdb_entry.
type mdbPut struct {
	uapi.BrMdbEntry
	group netip.Addr
	mac   net.HardwareAddr
}

func (p *mdbPut) Put(b []byte) {
	p.BrMdbEntry.Put(b)
	switch {
	case len(p.mac) != 0:
		copy(b[mdbAddr:mdbProto], p.mac)
	case p.group.Is4():
		binary.BigEndian.PutUint16(b[mdbProto:], uapi.ETH_P_IP)
		copy(b[mdbAddr:], p.group.AsSlice())
	case p.group.Is6():
		binary.BigEndian.PutUint16(b[mdbProto:], uapi.ETH_P_IPV6)
		copy(b[mdbAddr:], p.group.AsSlice())
	}
}

// mdbOf decodes the parts of a list that are about a link, 0 is all.
func mdbOf(link int) func(wire.Message) (MDB, bool, error) {
	return func(m wire.Message) (p MDB, want bool, err error) {
		if m.Type != uapi.RTM_NEWMDB && m.Type != uapi.RTM_GETMDB { // bridges list by the second
			return p, false, nil
		}
		p, err = decodeMDB(m.Data)
		return p, link == 0 || link == p.LinkIndex, err
	}
}

// MDBDeserialize reads the bytes of an RTM_NEWMDB or RTM_DELMDB message, or of a part of a list, behind its struct
// nlmsghdr.
func MDBDeserialize(m []byte) (*MDB, error) {
	mdb, err := decodeMDB(m)
	if err != nil {
		return nil, err
	}
	return &mdb, nil
}

func decodeMDB(data []byte) (mdb MDB, err error) {
	var head uapi.BrPortMsg
	head.Decode(data)
	mdb.LinkIndex = int(head.Ifindex)
	d := wire.NewDecoderAfter(data, uapi.SizeofBrPortMsg)
	for d.Next() {
		in := d.Nested()
		switch d.Type() {
		case uapi.MDBA_MDB:
			d.Fail(eachMDBEntry(in, func(b []byte) error {
				e, err := decodeMDBEntry(mdb.LinkIndex, b)
				mdb.Entries = append(mdb.Entries, e)
				return err
			}))
		case uapi.MDBA_ROUTER:
			for in.Next() {
				r, err := decodeMDBRouter(mdb.LinkIndex, in.Data())
				in.Fail(err)
				mdb.Routers = append(mdb.Routers, r)
			}
			d.Fail(in.Err())
		}
	}
	return mdb, d.Err()
}

// eachMDBEntry calls each for the entries in MDBA_MDB: groups are nested there, and in each of them the entries, which
// are struct br_mdb_entry and attributes.
func eachMDBEntry(groups wire.Decoder, each func(b []byte) error) error {
	for groups.Next() {
		entries := groups.Nested()
		for entries.Next() {
			if len(entries.Data()) < mdbEntrySize {
				entries.Fail(errShortMDBEntry)
			} else {
				entries.Fail(each(entries.Data()))
			}
		}
		groups.Fail(entries.Err())
	}
	return groups.Err()
}

var errShortMDBEntry = errors.New("an entry of a multicast database is cut off")

// decodeMDBEntry reads struct br_mdb_entry, which is whole, and the attributes behind it.
func decodeMDBEntry(link int, b []byte) (e MDBEntry, err error) {
	var head uapi.BrMdbEntry
	head.Decode(b)
	e.LinkIndex, e.PortIndex, e.Vlan = link, int(head.Ifindex), int(head.Vid)
	e.State, e.Flags = int(head.State), int(head.Flags)
	addr := b[mdbAddr:mdbProto]
	switch binary.BigEndian.Uint16(b[mdbProto:]) {
	case 0:
		e.HardwareAddr = append(e.HardwareAddr, addr[:uapi.ETH_ALEN]...)
	case uapi.ETH_P_IP:
		e.Group, _ = netip.AddrFromSlice(addr[:net.IPv4len])
	default:
		e.Group, _ = netip.AddrFromSlice(addr)
	}
	d := wire.NewDecoderAfter(b, mdbEntrySize)
	for d.Next() {
		switch d.Type() {
		case uapi.MDBA_MDB_EATTR_TIMER:
			e.Timer = hundredths(d.Uint32())
		case uapi.MDBA_MDB_EATTR_SOURCE:
			e.Source = d.Addr()
		case uapi.MDBA_MDB_EATTR_GROUP_MODE:
			e.FilterMode = new(int(d.Uint8()))
		case uapi.MDBA_MDB_EATTR_SRC_LIST:
			in := d.Nested()
			for in.Next() {
				s, err := decodeMDBSource(in.Nested())
				in.Fail(err)
				e.Sources = append(e.Sources, s)
			}
			d.Fail(in.Err())
		case uapi.MDBA_MDB_EATTR_RTPROT:
			e.Protocol = RouteProtocol(d.Uint8())
		case uapi.MDBA_MDB_EATTR_DST:
			e.Dst = d.Addr()
		case uapi.MDBA_MDB_EATTR_DST_PORT:
			e.DstPort = int(d.Uint16())
		case uapi.MDBA_MDB_EATTR_VNI:
			e.VNI = new(d.Uint32())
		case uapi.MDBA_MDB_EATTR_SRC_VNI:
			e.SrcVNI = new(d.Uint32())
		case uapi.MDBA_MDB_EATTR_IFINDEX:
			e.ViaIndex = int(d.Uint32())
		}
	}
	return e, d.Err()
}

func decodeMDBSource(d wire.Decoder) (s MDBSource, err error) {
	for d.Next() {
		switch d.Type() {
		case uapi.MDBA_MDB_SRCATTR_ADDRESS:
			s.Addr = d.Addr()
		case uapi.MDBA_MDB_SRCATTR_TIMER:
			s.Timer = hundredths(d.Uint32())
		}
	}
	return s, d.Err()
}

// decodeMDBRouter reads MDBA_ROUTER_PORT: the number of the port, and attributes behind it.
func decodeMDBRouter(link int, b []byte) (r MDBRouter, err error) {
	r.LinkIndex = link
	var port [4]byte
	copy(port[:], b)
	r.PortIndex = int(native.Uint32(port[:]))
	d := wire.NewDecoderAfter(b, len(port))
	for d.Next() {
		switch d.Type() {
		case uapi.MDBA_ROUTER_PATTR_TIMER:
			r.Timer = hundredths(d.Uint32())
		case uapi.MDBA_ROUTER_PATTR_TYPE:
			r.Type = int(d.Uint8())
		case uapi.MDBA_ROUTER_PATTR_INET_TIMER:
			r.TimerIPv4 = new(hundredths(d.Uint32()))
		case uapi.MDBA_ROUTER_PATTR_INET6_TIMER:
			r.TimerIPv6 = new(hundredths(d.Uint32()))
		case uapi.MDBA_ROUTER_PATTR_VID:
			r.Vlan = int(d.Uint16())
		}
	}
	return r, d.Err()
}

// hundredths is a time that the kernel gives in hundredths of a second (USER_HZ).
func hundredths(n uint32) time.Duration { return time.Duration(n) * (time.Second / uapi.HZ) }
