package capture

import "kern.sys/internal/uapi"

// mdbEntry is struct br_mdb_entry.
const mdbEntry numbers = "4 =2 2 =20"

// mdb are messages about multicast databases. The numbers of attributes mean one thing in requests and another in what
// the kernel sends: a request's first one is struct br_mdb_entry and nothing else.
type mdb struct{}

func (mdb) turn(p piece) error {
	const first = uapi.SizeofBrPortMsg + uapi.SizeofNlattr
	rest := layout(mdbSent)
	if len(p.in) >= first && int(p.in[uapi.SizeofBrPortMsg]) == uapi.SizeofNlattr+mdbEntry.size() {
		rest = mdbRequest
	}
	return headed{"=4 4", rest}.turn(p)
}

var mdbRequest = attrs{
	uapi.MDBA_SET_ENTRY: mdbEntry,
	uapi.MDBA_SET_ENTRY_ATTRS: attrs{
		uapi.MDBE_ATTR_SOURCE:     same,
		uapi.MDBE_ATTR_SRC_LIST:   attrs{uapi.MDBE_SRC_LIST_ENTRY: attrs{uapi.MDBE_SRCATTR_ADDRESS: same}},
		uapi.MDBE_ATTR_GROUP_MODE: u8,
		uapi.MDBE_ATTR_RTPROT:     u8,
		uapi.MDBE_ATTR_DST:        same,
		uapi.MDBE_ATTR_DST_PORT:   u16,
		uapi.MDBE_ATTR_VNI:        u32,
		uapi.MDBE_ATTR_IFINDEX:    u32,
		uapi.MDBE_ATTR_SRC_VNI:    u32,
		uapi.MDBE_ATTR_STATE_MASK: u8,
	},
}

var mdbSent = attrs{
	uapi.MDBA_MDB: attrs{uapi.MDBA_MDB_ENTRY: attrs{uapi.MDBA_MDB_ENTRY_INFO: headed{mdbEntry, attrs{
		uapi.MDBA_MDB_EATTR_TIMER: u32,
		uapi.MDBA_MDB_EATTR_SRC_LIST: attrs{uapi.MDBA_MDB_SRCLIST_ENTRY: attrs{
			uapi.MDBA_MDB_SRCATTR_ADDRESS: same,
			uapi.MDBA_MDB_SRCATTR_TIMER:   u32,
		}},
		uapi.MDBA_MDB_EATTR_GROUP_MODE: u8,
		uapi.MDBA_MDB_EATTR_SOURCE:     same,
		uapi.MDBA_MDB_EATTR_RTPROT:     u8,
		uapi.MDBA_MDB_EATTR_DST:        same,
		uapi.MDBA_MDB_EATTR_DST_PORT:   u16,
		uapi.MDBA_MDB_EATTR_VNI:        u32,
		uapi.MDBA_MDB_EATTR_IFINDEX:    u32,
		uapi.MDBA_MDB_EATTR_SRC_VNI:    u32,
	}}}},
	uapi.MDBA_ROUTER: attrs{uapi.MDBA_ROUTER_PORT: headed{"4", attrs{
		uapi.MDBA_ROUTER_PATTR_TIMER:       u32,
		uapi.MDBA_ROUTER_PATTR_TYPE:        u8,
		uapi.MDBA_ROUTER_PATTR_INET_TIMER:  u32,
		uapi.MDBA_ROUTER_PATTR_INET6_TIMER: u32,
		uapi.MDBA_ROUTER_PATTR_VID:         u16,
	}}},
}

// bridgeVlan are messages about VLANs of bridges and ports.
var bridgeVlan = headed{"=4 4", attrs{uapi.BRIDGE_VLANDB_ENTRY: attrs{
	uapi.BRIDGE_VLANDB_ENTRY_INFO:               numbers("2 2"),
	uapi.BRIDGE_VLANDB_ENTRY_RANGE:              u16,
	uapi.BRIDGE_VLANDB_ENTRY_STATE:              u8,
	uapi.BRIDGE_VLANDB_ENTRY_TUNNEL_INFO:        attrs{uapi.BRIDGE_VLANDB_TINFO_ID: u32},
	uapi.BRIDGE_VLANDB_ENTRY_MCAST_ROUTER:       u8,
	uapi.BRIDGE_VLANDB_ENTRY_MCAST_N_GROUPS:     u32,
	uapi.BRIDGE_VLANDB_ENTRY_MCAST_MAX_GROUPS:   u32,
	uapi.BRIDGE_VLANDB_ENTRY_NEIGH_SUPPRESS:     u8,
	uapi.BRIDGE_VLANDB_ENTRY_NEIGH_FORWARD_GRAT: u8,
}}}
