package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NeighTable has the neighbours of IPv4 and IPv6, without proxies and what needs no resolution: ip neigh.
var NeighTable = Table{&tableInfo{"neighbours", neighTableParts}}

func neighTableParts() []tablePart {
	return []tablePart{{
		name: "neighbours", new: uapi.RTM_NEWNEIGH, del: uapi.RTM_DELNEIGH, header: uapi.SizeofNdmsg,
		groups: []uint32{uapi.RTNLGRP_NEIGH}, dump: (&NeighFilter{}).request, has: isNeigh, key: neighKey,
		volatile: pruneNeigh, event: (*eventDecoder).neigh, news: neighNews,
		hides: neighHidden, announced: neighAnnounced,
	}}
}

func isNeigh(data []byte) bool {
	var m uapi.Ndmsg
	m.Decode(data)
	return (m.Family == uapi.AF_INET || m.Family == uapi.AF_INET6) && m.Flags&uapi.NTF_PROXY == 0
}

func neighKey(data []byte) string {
	var m uapi.Ndmsg
	m.Decode(data)
	k := make(keyOf, 0, 32)
	k.header(m.Family)
	k.header(data[4:8]...) // ndm_ifindex
	d := wire.NewDecoderAfter(data, uapi.SizeofNdmsg)
	for d.Next() {
		if d.Type() == uapi.NDA_DST {
			k.attr(d.Data())
		}
	}
	return string(k)
}

// neighHidden leaves out the neighbours that ip neigh leaves out: those that need no resolution,
// which the kernel makes without notification, and those without a state.
func neighHidden(data []byte) bool {
	var m uapi.Ndmsg
	m.Decode(data)
	return m.State == uapi.NUD_NONE || m.State&uapi.NUD_NOARP != 0
}

// neighAnnounced strips the state: the kernel announces only some of its changes, and a neighbour
// only when its resolution has ended.
func neighAnnounced(data []byte) bool {
	var m uapi.Ndmsg
	m.Decode(data)
	announced := m.State&(uapi.NUD_INCOMPLETE|uapi.NUD_FAILED) == 0
	m.State &= uapi.NUD_PERMANENT
	m.Put(data)
	return announced
}
