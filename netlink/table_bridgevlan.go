package netlink

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// BridgeVlanTable has the VLANs of bridges and of their ports, with the options of each: bridge -d vlan. Options of a
// VLAN in the whole bridge (bridge vlan global) are not in it. Linux 6.1 does not list a VLAN that follows the PVID
// and is untagged like it; BridgeVlanList has it.
var BridgeVlanTable = Table{&tableInfo{"bridge VLANs", bridgeVlanTableParts}}

func bridgeVlanTableParts() []tablePart {
	return []tablePart{{
		name: "bridge VLANs", new: uapi.RTM_NEWVLAN, del: uapi.RTM_DELVLAN, header: uapi.SizeofBrVlanMsg,
		groups: []uint32{uapi.RTNLGRP_BRVLAN}, dump: bridgeVlanDump,
		split: splitBridgeVlans, splits: []uint16{uapi.RTM_NEWVLAN, uapi.RTM_DELVLAN},
		has: anyObject, key: bridgeVlanKey, volatile: pruneBridgeVlan, event: (*eventDecoder).bridgeVlan,
		change: (*partState).changeBridgeVlan, announced: bridgeVlanAnnounced,
		// States change with those of ports and of spanning trees, and the limits of groups are there while multicast
		// snooping of VLANs is on, which is an option of the bridge and one of the VLAN in all of it.
		after:  []groupMessages{linkChanges(), {[]uint16{uapi.RTM_NEWVLAN}, nil}},
		alters: altersBridgeVlans, twice: true,
	}}
}

func bridgeVlanDump() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETVLAN, 0)
	(&uapi.BrVlanMsg{Family: uapi.AF_BRIDGE}).Put(r.Header(uapi.SizeofBrVlanMsg))
	return r
}

// splitBridgeVlans makes a message of each VLAN, with the attributes of its entry behind the header. The kernel joins
// VLANs to ranges as it likes: two that are in one range now are in different ones after a change of another VLAN,
// and a notification cuts through the ranges of a list. So a VLAN is an object, and no range is.
func splitBridgeVlans(m wire.Message, each func(wire.Message) error) error {
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofBrVlanMsg)
	for d.Next() {
		if d.Type() == uapi.BRIDGE_VLANDB_ENTRY {
			d.Fail(splitVlanRange(m, d.Data(), each))
		}
	}
	return d.Err()
}

// splitVlanRange does so for one entry.
func splitVlanRange(m wire.Message, entry []byte, each func(wire.Message) error) error {
	var info uapi.BridgeVlanInfo
	last := uint16(0)
	d := wire.NewDecoder(entry)
	for d.Next() {
		switch d.Type() {
		case uapi.BRIDGE_VLANDB_ENTRY_INFO:
			info.Decode(d.Data())
		case uapi.BRIDGE_VLANDB_ENTRY_RANGE:
			last = d.Uint16()
		}
	}
	if d.Err() != nil {
		return d.Err()
	}
	first := info.Vid
	for n := range max(0, min(int(last), maxVlanID)-int(first)) + 1 {
		var e wire.Encoder
		copy(e.Raw(uapi.SizeofBrVlanMsg), m.Data)
		info.Vid = first + uint16(n)
		e.Struct(uapi.BRIDGE_VLANDB_ENTRY_INFO, uapi.SizeofBridgeVlanInfo, &info)
		for d := wire.NewDecoder(entry); d.Next(); {
			switch d.Type() {
			case uapi.BRIDGE_VLANDB_ENTRY_INFO, uapi.BRIDGE_VLANDB_ENTRY_RANGE:
			case uapi.BRIDGE_VLANDB_ENTRY_TUNNEL_INFO: // numbers of tunnels follow each other like those of VLANs
				e.Nest(d.Type())
				in := d.Nested()
				for in.Next() {
					if in.Type() == uapi.BRIDGE_VLANDB_TINFO_ID {
						e.Uint32(in.Type(), in.Uint32()+uint32(n))
					}
				}
				e.End()
				e.Fail(in.Err())
			default:
				e.Data(d.Type(), d.Data())
			}
		}
		if e.Err() != nil {
			return e.Err()
		}
		if err := each(wire.Message{Type: m.Type, Flags: m.Flags, Data: e.Bytes()}); err != nil {
			return err
		}
	}
	return nil
}

// bridgeVlanKey is a link and a number.
func bridgeVlanKey(data []byte) string {
	k := make(keyOf, 0, 8)
	k.header(data[4:8]...) // ifindex
	for d := wire.NewDecoderAfter(data, uapi.SizeofBrVlanMsg); d.Next(); {
		if b := d.Data(); d.Type() == uapi.BRIDGE_VLANDB_ENTRY_INFO && len(b) >= uapi.SizeofBridgeVlanInfo {
			k.header(b[2:4]...) // vid
		}
	}
	return string(k)
}

// pruneBridgeVlan leaves out counters.
func pruneBridgeVlan(_ *wire.Encoder, typ uint16, _ []byte) bool {
	return typ == uapi.BRIDGE_VLANDB_ENTRY_MCAST_N_GROUPS || typ == uapi.BRIDGE_VLANDB_ENTRY_STATS
}

// bridgeVlanAnnounced strips what is announced as the end of a router alone: that a port is no longer held for one.
func bridgeVlanAnnounced(data []byte) bool {
	for d := wire.NewDecoderAfter(data, uapi.SizeofBrVlanMsg); d.Next(); {
		b := d.Data()
		if d.Type() == uapi.BRIDGE_VLANDB_ENTRY_MCAST_ROUTER && len(b) == 1 && b[0] == uapi.MDB_RTR_TYPE_TEMP {
			b[0] = uapi.MDB_RTR_TYPE_TEMP_QUERY
		}
	}
	return true
}

// changeBridgeVlan returns the VLAN after a notification. That of a range has the options of the range's first VLAN,
// which others that were there before need not have; and no notification says that a VLAN is no longer the one of
// untagged frames because another has become it.
func (p *partState) changeBridgeVlan(_ string, group []string, raw string, msg wire.Message) []string {
	if msg.Type == p.del {
		return nil
	}
	v, err := decodeBridgeVlan(msg.Data)
	p.dirty = p.dirty || len(group) != 0 && group[0] != raw || err == nil && v.Flags&uapi.BRIDGE_VLAN_INFO_PVID != 0
	return []string{raw}
}

// altersBridgeVlans reports whether VLANs may have changed with a link, or with options of a VLAN in the whole bridge.
func altersBridgeVlans(p *partState, m *wire.Message) bool {
	switch {
	case m.Type == uapi.RTM_NEWVLAN:
		return hasAttr(m.Data, uapi.SizeofBrVlanMsg, uapi.BRIDGE_VLANDB_GLOBAL_OPTIONS)
	case m.Type == uapi.RTM_NEWLINK && len(m.Data) != 0 && m.Data[0] == uapi.AF_BRIDGE:
		return true
	}
	return ofMulticastDevice(p, m)
}

// BridgeVlan is a VLAN of a bridge or of a port of one. What a kernel does not have is nil.
type BridgeVlan struct {
	LinkIndex int // of the port, or of the bridge
	Vid       int
	Flags     int // BRIDGE_VLAN_INFO_PVID, BRIDGE_VLAN_INFO_UNTAGGED

	State            *int    // BR_STATE_… of spanning trees
	TunnelID         *uint32 // of the tunnel that it is mapped to
	McastRouter      *int    // MDB_RTR_TYPE_…
	McastMaxGroups   *uint32 // how many groups there may be; 0: any number
	NeighSuppress    *bool   // requests for known neighbours are answered, and not passed on
	NeighForwardGrat *bool   // but unasked announcements are
}

func (v *BridgeVlan) String() string { return fmt.Sprintf("%d of link %d", v.Vid, v.LinkIndex) }

// decodeBridgeVlan reads what splitBridgeVlans makes.
func decodeBridgeVlan(data []byte) (v BridgeVlan, err error) {
	v.LinkIndex = int(native.Uint32(data[4:]))
	d := wire.NewDecoderAfter(data, uapi.SizeofBrVlanMsg)
	for d.Next() {
		switch d.Type() {
		case uapi.BRIDGE_VLANDB_ENTRY_INFO:
			var info uapi.BridgeVlanInfo
			info.Decode(d.Data())
			v.Vid, v.Flags = int(info.Vid), int(info.Flags)
		case uapi.BRIDGE_VLANDB_ENTRY_STATE:
			v.State = new(int(d.Uint8()))
		case uapi.BRIDGE_VLANDB_ENTRY_TUNNEL_INFO:
			in := d.Nested()
			for in.Next() {
				if in.Type() == uapi.BRIDGE_VLANDB_TINFO_ID {
					v.TunnelID = new(in.Uint32())
				}
			}
			d.Fail(in.Err())
		case uapi.BRIDGE_VLANDB_ENTRY_MCAST_ROUTER:
			v.McastRouter = new(int(d.Uint8()))
		case uapi.BRIDGE_VLANDB_ENTRY_MCAST_MAX_GROUPS:
			v.McastMaxGroups = new(d.Uint32())
		case uapi.BRIDGE_VLANDB_ENTRY_NEIGH_SUPPRESS:
			v.NeighSuppress = new(d.Bool())
		case uapi.BRIDGE_VLANDB_ENTRY_NEIGH_FORWARD_GRAT:
			v.NeighForwardGrat = new(d.Bool())
		}
	}
	return v, d.Err()
}

// BridgeVlanEvent is a change of a VLAN of a bridge or of a port.
type BridgeVlanEvent struct{ Old, New *BridgeVlan }

func (BridgeVlanEvent) event() {}

// String describes the event in one line.
func (e BridgeVlanEvent) String() string {
	return eventText("bridge VLAN", e.Old, e.New, (*BridgeVlan).String)
}

func (d *eventDecoder) bridgeVlan(old, new []byte) (Event, error) {
	var ev BridgeVlanEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeBridgeVlan))
	return ev, err
}
