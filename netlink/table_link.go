package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkTable has the links: ip link.
var LinkTable = Table{&tableInfo{"links", linkTableParts}}

func linkTableParts() []tablePart {
	return []tablePart{{
		name: "links", new: uapi.RTM_NEWLINK, del: uapi.RTM_DELLINK, header: uapi.SizeofIfinfomsg,
		groups: []uint32{uapi.RTNLGRP_LINK}, dump: linkTableDump, has: isLink, key: linkKey, volatile: pruneLink,
		short: offsetOfChange, event: (*eventDecoder).link, news: bridgePortNews,
		announced: linkAnnounced, missed: missedLinks, ask: askLink, others: portsFollow,
	}}
}

// linkTableDump asks for links in the form that notifications have.
func linkTableDump() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	return r
}

// askLink asks for a link again.
func askLink(index int32) (key string, r *wire.Request) {
	r = wire.NewRequest(uapi.RTM_GETLINK, 0)
	m := uapi.Ifinfomsg{Index: index}
	m.Put(r.Header(uapi.SizeofIfinfomsg))
	return linkKeyOf(int(index)), r
}

// isLink: a bridge announces its ports with messages of its own family, and a wireless device of
// what happens by one that has nothing of the link.
func isLink(data []byte) bool {
	return data[0] == uapi.AF_UNSPEC && hasAttr(data, uapi.SizeofIfinfomsg, uapi.IFLA_IFNAME)
}

func linkKey(data []byte) string { return string(data[4:8]) } // ifi_index

// offsetOfChange is the offset of ifi_change in struct ifinfomsg, which says what a notification is
// about.
const offsetOfChange = 12

// linkAnnounced strips the carrier: the kernel announces it when the operational state follows,
// which may be seconds later.
func linkAnnounced(data []byte) bool {
	var m uapi.Ifinfomsg
	m.Decode(data)
	m.Flags &^= uapi.IFF_LOWER_UP
	m.Put(data)
	for d := wire.NewDecoderAfter(data, uapi.SizeofIfinfomsg); d.Next(); {
		switch d.Type() {
		case uapi.IFLA_CARRIER, uapi.IFLA_CARRIER_CHANGES, uapi.IFLA_CARRIER_UP_COUNT, uapi.IFLA_CARRIER_DOWN_COUNT:
			clear(d.Data())
		}
	}
	return true
}

func linkKeyOf(index int) string {
	var b [uapi.SizeofIfinfomsg]byte
	m := uapi.Ifinfomsg{Index: int32(index)}
	m.Put(b[:])
	return linkKey(b[:])
}
