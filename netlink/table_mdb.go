package netlink

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// MDBTable has the multicast databases of bridges and of VXLAN devices: bridge mdb. Watch also yields an
// [MDBRouterEvent] for a port that begins or ceases to lead to a multicast router.
var MDBTable = Table{&tableInfo{"multicast entries", mdbTableParts}}

func mdbTableParts() []tablePart {
	return []tablePart{{
		name: "multicast entries", new: uapi.RTM_NEWMDB, del: uapi.RTM_DELMDB, header: mdbObjectHeader,
		groups: []uint32{uapi.RTNLGRP_MDB}, dump: mdbRequest,
		split: splitMDB, splits: []uint16{uapi.RTM_NEWMDB, uapi.RTM_DELMDB, uapi.RTM_GETMDB},
		has: anyObject, key: mdbKey, volatile: pruneMDB, event: (*eventDecoder).mdb, news: mdbNews,
		change: (*partState).changeMDB, announced: mdbAnnounced,
		// The groups that a host has joined end with its bridge without a word. What is shown of an entry depends on the
		// versions of IGMP and MLD that its bridge speaks, and a VXLAN device takes its entries along to another namespace.
		after: []groupMessages{linkChanges()}, alters: ofMulticastDevice, twice: true,
	}}
}

// An object is struct br_port_msg and struct br_mdb_entry, both as the header, and the attributes of the entry.
const mdbObjectHeader = uapi.SizeofBrPortMsg + mdbEntrySize

// splitMDB makes a message of each entry.
func splitMDB(m wire.Message, each func(wire.Message) error) error {
	typ := m.Type
	if typ == uapi.RTM_GETMDB { // bridges list by this type, and without a family
		typ = uapi.RTM_NEWMDB
	}
	var head uapi.BrPortMsg
	head.Decode(m.Data)
	head.Family = uapi.AF_BRIDGE
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofBrPortMsg)
	for d.Next() {
		if d.Type() != uapi.MDBA_MDB {
			continue
		}
		d.Fail(eachMDBEntry(d.Nested(), func(b []byte) error {
			object := make([]byte, uapi.SizeofBrPortMsg, uapi.SizeofBrPortMsg+len(b))
			head.Put(object)
			return each(wire.Message{Type: typ, Flags: m.Flags, Data: append(object, b...)})
		}))
	}
	return d.Err()
}

// mdbKey is what identifies an entry. Entries of one port and group that are of several hosts, which a port with
// mcast_to_unicast has, cannot be told apart and are one.
func mdbKey(data []byte) string {
	var source, dst, vni []byte
	for d := wire.NewDecoderAfter(data, mdbObjectHeader); d.Next(); {
		switch d.Type() {
		case uapi.MDBA_MDB_EATTR_SOURCE:
			source = d.Data()
		case uapi.MDBA_MDB_EATTR_DST:
			dst = d.Data()
		case uapi.MDBA_MDB_EATTR_SRC_VNI:
			vni = d.Data()
		}
	}
	entry := data[uapi.SizeofBrPortMsg:mdbObjectHeader]
	k := make(keyOf, 0, 72)
	k.header(data[4:8]...) // ifindex of the device
	k.header(entry[:4]...) // of the port
	k.header(entry[6:]...) // the VLAN, the group and its protocol
	k.attr(source)
	k.attr(dst)
	k.attr(vni)
	return string(k)
}

// pruneMDB leaves out timers.
func pruneMDB(e *wire.Encoder, typ uint16, data []byte) bool {
	switch typ {
	case uapi.MDBA_MDB_EATTR_TIMER:
		return true
	case uapi.MDBA_MDB_EATTR_SRC_LIST:
		return pruning(func(e *wire.Encoder, typ uint16, data []byte) bool {
			return pruning(func(_ *wire.Encoder, typ uint16, _ []byte) bool {
				return typ == uapi.MDBA_MDB_SRCATTR_TIMER
			}).nest(e, typ, data)
		}).nest(e, typ, data)
	}
	return false
}

// mdbAnnounced strips what a bridge announces by one of its options alone: what hardware did with an entry.
func mdbAnnounced(data []byte) bool {
	const flags = uapi.SizeofBrPortMsg + 5
	data[flags] &^= uapi.MDB_FLAGS_OFFLOAD | uapi.MDB_FLAGS_OFFLOAD_FAILED
	return true
}

// changeMDB returns the entries of a key after a notification, and has the database read again where that may not be
// all that changed. A VXLAN device announces everything. A bridge does not say that
//   - an entry of a source has become, or is no longer, one of ports that take all sources (MDB_FLAGS_STAR_EXCL), and
//     that the host has joined it, or left it, with the group of all sources: both after an entry of that source, or
//     one of the host, was announced;
//   - a source was forgotten by the entry of all sources, whose own entry ends with it;
//   - one of several hosts' entries has ended, which look the same.
func (p *partState) changeMDB(_ string, group []string, raw string, msg wire.Message) []string {
	e, err := decodeMDBObject(msg.Data)
	if err == nil && !e.Dst.IsValid() {
		del := msg.Type == p.del
		p.dirty = p.dirty || e.Source.IsValid() || len(e.Sources) != 0 || e.PortIndex == e.LinkIndex || len(group) > 1 ||
			del && e.Protocol == RouteProtocol(uapi.RTPROT_KERNEL)
	}
	switch {
	case msg.Type == p.del:
		return nil
	case len(group) > 1:
		return group
	}
	return []string{raw}
}

// ofMulticastDevice reports whether a message about a link can be about one with a multicast database.
func ofMulticastDevice(_ *partState, m *wire.Message) bool {
	if m.Type == uapi.RTM_DELLINK {
		return len(m.Data) != 0 && m.Data[0] == uapi.AF_UNSPEC // else a port has left its bridge
	}
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfinfomsg)
	for d.Next() {
		if d.Type() == uapi.IFLA_LINKINFO {
			info, _ := readLinkInfo(d.Data())
			return string(info.kind) == "bridge" || string(info.kind) == "vxlan"
		}
	}
	return false
}

func decodeMDBObject(data []byte) (MDBEntry, error) {
	return decodeMDBEntry(int(native.Uint32(data[4:])), data[uapi.SizeofBrPortMsg:])
}

// MDBEvent is a change of an entry of a multicast database.
type MDBEvent struct{ Old, New *MDBEntry }

func (MDBEvent) event() {}

// String describes the event in one line.
func (e MDBEvent) String() string {
	return eventText("multicast entry", e.Old, e.New, (*MDBEntry).String)
}

func (d *eventDecoder) mdb(old, new []byte) (Event, error) {
	var ev MDBEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeMDBObject))
	return ev, err
}

// MDBRouterEvent reports that a port of a bridge leads to a multicast router, or (Gone) no longer. Watch yields it
// with [MDBTable].
type MDBRouterEvent struct {
	Router MDBRouter
	Gone   bool
}

func (MDBRouterEvent) event() {}

// String describes the event in one line.
func (e MDBRouterEvent) String() string {
	gone := ""
	if e.Gone {
		gone = " gone"
	}
	return fmt.Sprintf("multicast router%s: dev %d port %d", gone, e.Router.LinkIndex, e.Router.PortIndex)
}

func mdbNews(m wire.Message) (Event, error) {
	if m.Type != uapi.RTM_NEWMDB && m.Type != uapi.RTM_DELMDB { // RTM_GETMDB is a list
		return nil, nil
	}
	mdb, err := decodeMDB(m.Data)
	if err != nil || len(mdb.Routers) == 0 {
		return nil, err
	}
	return MDBRouterEvent{mdb.Routers[0], m.Type == uapi.RTM_DELMDB}, nil
}
