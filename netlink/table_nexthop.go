package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NexthopTable has the next hop objects: ip nexthop.
var NexthopTable = Table{&tableInfo{"next hops", nexthopTableParts}}

func nexthopTableParts() []tablePart {
	return []tablePart{{
		name: "next hops", new: uapi.RTM_NEWNEXTHOP, del: uapi.RTM_DELNEXTHOP, header: uapi.SizeofNhmsg,
		groups: nexthopChanges().groups, dump: nexthopDump, has: anyObject, key: nexthopKey,
		volatile: pruneNexthop, event: (*eventDecoder).nexthop, news: nexthopNews,
		after: []groupMessages{linkChanges()},
	}}
}

func nexthopKey(data []byte) string {
	for d := wire.NewDecoderAfter(data, uapi.SizeofNhmsg); d.Next(); {
		if d.Type() == uapi.NHA_ID {
			return string(d.Data())
		}
	}
	return ""
}
