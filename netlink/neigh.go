package netlink

import (
	"fmt"
	"net"

	"kern.sys/internal/uapi"
)

// Neighbour states (ndm_state), in which a neighbour's hardware address is asked
// for, known, or in doubt.
const (
	NUD_NONE       = uapi.NUD_NONE
	NUD_INCOMPLETE = uapi.NUD_INCOMPLETE
	NUD_REACHABLE  = uapi.NUD_REACHABLE
	NUD_STALE      = uapi.NUD_STALE
	NUD_DELAY      = uapi.NUD_DELAY
	NUD_PROBE      = uapi.NUD_PROBE
	NUD_FAILED     = uapi.NUD_FAILED
	NUD_NOARP      = uapi.NUD_NOARP
	NUD_PERMANENT  = uapi.NUD_PERMANENT
)

// Neighbour flags (ndm_flags).
const (
	NTF_USE  = uapi.NTF_USE
	NTF_SELF = uapi.NTF_SELF // forwarding entry of the device itself
	// forwarding entry of the bridge the device is a port of; not in listed ones, see Neigh.MasterIndex
	NTF_MASTER      = uapi.NTF_MASTER
	NTF_PROXY       = uapi.NTF_PROXY
	NTF_EXT_LEARNED = uapi.NTF_EXT_LEARNED
	NTF_OFFLOADED   = uapi.NTF_OFFLOADED
	NTF_STICKY      = uapi.NTF_STICKY
	NTF_ROUTER      = uapi.NTF_ROUTER
)

// Extended neighbour flags (NDA_FLAGS_EXT, Linux 5.16).
const (
	NTF_EXT_MANAGED       = uapi.NTF_EXT_MANAGED // the kernel keeps it reachable
	NTF_EXT_LOCKED        = uapi.NTF_EXT_LOCKED
	NTF_EXT_EXT_VALIDATED = uapi.NTF_EXT_EXT_VALIDATED
)

// Attributes of neighbour messages.
const (
	NDA_UNSPEC         = uapi.NDA_UNSPEC
	NDA_DST            = uapi.NDA_DST
	NDA_LLADDR         = uapi.NDA_LLADDR
	NDA_CACHEINFO      = uapi.NDA_CACHEINFO
	NDA_PROBES         = uapi.NDA_PROBES
	NDA_VLAN           = uapi.NDA_VLAN
	NDA_PORT           = uapi.NDA_PORT
	NDA_VNI            = uapi.NDA_VNI
	NDA_IFINDEX        = uapi.NDA_IFINDEX
	NDA_MASTER         = uapi.NDA_MASTER
	NDA_LINK_NETNSID   = uapi.NDA_LINK_NETNSID
	NDA_SRC_VNI        = uapi.NDA_SRC_VNI
	NDA_PROTOCOL       = uapi.NDA_PROTOCOL
	NDA_NH_ID          = uapi.NDA_NH_ID
	NDA_FDB_EXT_ATTRS  = uapi.NDA_FDB_EXT_ATTRS
	NDA_FLAGS_EXT      = uapi.NDA_FLAGS_EXT
	NDA_NDM_STATE_MASK = uapi.NDA_NDM_STATE_MASK
	NDA_NDM_FLAGS_MASK = uapi.NDA_NDM_FLAGS_MASK
	NDA_MAX            = uapi.NDA_MAX
)

// Neigh is a neighbour: an entry of the ARP or NDP cache (ip neighbour,
// ip-neighbour(8)), an address the host answers for in another's place (with
// NTF_PROXY in Flags), or, with Family AF_BRIDGE, a forwarding entry of a bridge
// or a VXLAN device (bridge fdb, bridge(8)). What is zero is not sent.
type Neigh struct {
	LinkIndex int
	// Family is AF_INET, AF_INET6 or AF_BRIDGE; 0: that of IP.
	Family   int
	State    int // NUD_…
	Type     int // RTN_…
	Flags    int // NTF_…
	FlagsExt int // NTF_EXT_MANAGED, NTF_EXT_LOCKED, NTF_EXT_EXT_VALIDATED
	// IP is the neighbour's address (NDA_DST). Of a VXLAN forwarding entry it is
	// the remote tunnel endpoint.
	IP           net.IP
	HardwareAddr net.HardwareAddr // NDA_LLADDR
	// LLIPAddr is the link-layer address where that is an IP address: on tunnels.
	// If set, it is what is sent. A message does not distinguish an IPv6 address from a
	// hardware address of 16 bytes: both fields have it then.
	LLIPAddr    net.IP
	Vlan        int // VLAN id of a bridge's forwarding entry (NDA_VLAN)
	VNI         int // VXLAN network to send to (NDA_VNI)
	MasterIndex int // the bridge that a listed forwarding entry is of (NDA_MASTER)

	// How long ago the neighbour was last heard of, used and changed, in units
	// of the kernel's USER_HZ, which are hundredths of a second (NDA_CACHEINFO).
	// They are read only.
	Confirmed uint32
	Used      uint32
	Updated   uint32

	Port     int // UDP port of a VXLAN endpoint (NDA_PORT); 0: the device's
	SrcVNI   int // VXLAN network that the entry is of (NDA_SRC_VNI)
	ViaIndex int // link towards a VXLAN endpoint (NDA_IFINDEX)
	NHID     int // next hop group of a VXLAN forwarding entry (NDA_NH_ID)
	Protocol int // who made the entry, RTPROT_… (NDA_PROTOCOL)
	Probes   int // unanswered probes so far (NDA_PROBES), read only

	// VNISet is VNI, with precedence, where not nil: its 0 is a network. It is read
	// only where that is 0.
	VNISet *uint32
	// ActivityNotify says of which changes of a bridge's forwarding entry there are
	// notifications, FDB_NOTIFY_BIT and FDB_NOTIFY_INACTIVE_BIT: activity_notify and
	// inactive of bridge fdb (NFEA_ACTIVITY_NOTIFY, Linux 5.14); nil: unset.
	ActivityNotify *uint8
}

// String returns the IP and the hardware address.
func (neigh *Neigh) String() string { return fmt.Sprintf("%s %s", neigh.IP, neigh.HardwareAddr) }

// NeighUpdate is a neighbour that was added or changed (Type RTM_NEWNEIGH), removed
// (RTM_DELNEIGH), or that the kernel asks programs for (RTM_GETNEIGH): see
// [NeighMissEvent].
type NeighUpdate struct {
	Type uint16
	Neigh
}

// Ndmsg is struct ndmsg, the header of neighbour messages, and says which
// neighbours [Handle.NeighListExecute] is to list.
type Ndmsg struct {
	Family uint8
	Index  uint32 // of the link
	State  uint16 // NUD_…
	Flags  uint8  // NTF_…
	Type   uint8  // RTN_…
}

// Len returns the structure's size in bytes.
func (msg *Ndmsg) Len() int { return uapi.SizeofNdmsg }

// Serialize returns the structure as the kernel takes it.
func (msg *Ndmsg) Serialize() []byte {
	b := make([]byte, uapi.SizeofNdmsg)
	m := uapi.Ndmsg{Family: msg.Family, Ifindex: int32(msg.Index), State: msg.State, Flags: msg.Flags, Type: msg.Type}
	m.Put(b)
	return b
}
