package netlink

import (
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// FdbTable has the forwarding entries of bridges and of VXLAN devices: bridge fdb. The addresses that other devices
// receive (self, without a destination) are left out: the kernel changes most of them without a notification.
var FdbTable = Table{&tableInfo{"forwarding entries", fdbTableParts}}

func fdbTableParts() []tablePart {
	return []tablePart{{
		name: "forwarding entries", new: uapi.RTM_NEWNEIGH, del: uapi.RTM_DELNEIGH, header: uapi.SizeofNdmsg,
		groups: []uint32{uapi.RTNLGRP_NEIGH}, dump: (&NeighFilter{Family: uapi.AF_BRIDGE}).request,
		has: isFdb, key: fdbKey, volatile: pruneNeigh, event: (*eventDecoder).fdb,
		change: (*partState).changeFdb, announced: fdbAnnounced,
	}}
}

// isFdb: the addresses that a device receives have no ages.
func isFdb(data []byte) bool {
	return data[0] == uapi.AF_BRIDGE && hasAttr(data, uapi.SizeofNdmsg, uapi.NDA_CACHEINFO)
}

// What the key of an entry begins with.
const (
	fdbOfBridge = 'b'
	fdbOfDevice = 'd'
)

// fdbKey is an address in a bridge, which can move from port to port, or in a device, which may have several
// destinations for it.
func fdbKey(data []byte) string {
	var address, vlan, vni, master []byte
	for d := wire.NewDecoderAfter(data, uapi.SizeofNdmsg); d.Next(); {
		switch d.Type() {
		case uapi.NDA_LLADDR:
			address = d.Data()
		case uapi.NDA_VLAN:
			vlan = d.Data()
		case uapi.NDA_SRC_VNI:
			vni = d.Data()
		case uapi.NDA_MASTER:
			master = d.Data()
		}
	}
	k := make(keyOf, 0, 32)
	if master != nil {
		k.header(fdbOfBridge)
		k.attr(master)
		k.attr(vlan)
	} else {
		k.header(fdbOfDevice)
		k.attr(data[4:8]) // ndm_ifindex
		k.attr(vni)
	}
	k.attr(address)
	return string(k)
}

// fdbAnnounced strips what the kernel does not announce: that an entry has grown old, and that hardware has it.
func fdbAnnounced(data []byte) bool {
	var m uapi.Ndmsg
	m.Decode(data)
	if m.State == uapi.NUD_STALE {
		m.State = uapi.NUD_REACHABLE
	}
	m.Flags &^= uapi.NTF_OFFLOADED
	m.Put(data)
	return true
}

// changeFdb returns the destinations of an address after a notification. No notification says whether a destination
// joins the others or takes the place of one.
func (p *partState) changeFdb(key string, group []string, raw string, msg wire.Message) []string {
	del := msg.Type == p.del
	if key[0] == fdbOfBridge {
		if del {
			return nil
		}
		return []string{raw}
	}
	i := slices.IndexFunc(group, func(have string) bool { return sameDestination(have, raw) })
	switch {
	case del && i >= 0:
		return slices.Concat(group[:i], group[i+1:])
	case !del && i >= 0:
		after := slices.Clone(group)
		after[i] = raw
		return after
	case !del && len(group) == 0:
		return []string{raw}
	}
	p.dirty = p.dirty || len(group) != 0
	return group
}

// sameDestination reports whether two entries differ at most in state and flags.
func sameDestination(a, b string) bool {
	return len(a) >= uapi.SizeofNdmsg && len(b) >= uapi.SizeofNdmsg && a[uapi.SizeofNdmsg:] == b[uapi.SizeofNdmsg:]
}

// FdbEvent is a change of a forwarding entry.
type FdbEvent struct{ Old, New *Neigh }

func (FdbEvent) event() {}

// String describes the event in one line.
func (e FdbEvent) String() string {
	return eventText("forwarding entry", e.Old, e.New, (*Neigh).String)
}

func (d *eventDecoder) fdb(old, new []byte) (Event, error) {
	var ev FdbEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeNeigh))
	return ev, err
}
