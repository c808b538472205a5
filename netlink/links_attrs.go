package netlink

import "net"

// LinkAttrs are the attributes that links of all kinds have. Begin with
// [NewLinkAttrs].
//
// In [Handle.LinkAdd] and [Handle.LinkModify] a field with its zero value is
// not sent, so that the kernel's default or what the link has stays in force;
// but TxQLen is unset at -1, as NewLinkAttrs has it, and 0 is a length. The
// fields that are only read are marked so.
type LinkAttrs struct {
	Index        int              // number of the link in its namespace; LinkAdd: 0 lets the kernel choose
	MTU          int              // largest payload of a packet, bytes
	TxQLen       int              // packets in the transmit queue; 0 is none, -1 is unset
	Name         string           // at most 15 bytes; see LinkAdd for "veth%d"
	HardwareAddr net.HardwareAddr // link-layer address; nil where it is all zero
	Flags        net.Flags        // the flags package net has; RawFlags has all
	RawFlags     uint32           // IFF_…; read only
	ParentIndex  int              // the link below (IFLA_LINK), the other end of a veth; 0 for none
	MasterIndex  int              // the bridge, bond, … the link is a port of; 0 for none
	Namespace    interface{}      // LinkAdd, LinkModify: where to, an NsPid, NsFd or netns.NsHandle; never read
	Alias        string           // ip link set DEV alias TEXT, at most 255 bytes
	AltNames     []string         // further names, each at most 127 bytes
	Statistics   *LinkStatistics  // read only
	Promisc      int              // how many want promiscuous mode; read only
	Allmulti     int              // how many want all multicast packets; read only
	Multi        int              // 1 with IFF_MULTICAST; read only
	Xdp          *LinkXdp         // the XDP program
	EncapType    string           // link-layer type as ip link prints after "link/": "ether", "loopback"; read only
	Protinfo     *Protinfo        // settings as a bridge port, in bridge notifications only; read only
	OperState    LinkOperState    // read only
	PhysSwitchID int              // the first four bytes of SwitchID; read only
	NetNsID      int              // id of the namespace ParentIndex is in; -1: the link's own; read only, see LinkNetNsID
	NumTxQueues  int              // transmit queues the device has
	NumRxQueues  int              // receive queues the device has
	TSOMaxSegs   uint32           // the device's limit of segments in a packet; read only
	TSOMaxSize   uint32           // the device's limit of a packet to segment, bytes; read only
	GSOMaxSegs   uint32           // segments in a packet to segment
	GSOMaxSize   uint32           // bytes of a packet to segment
	GROMaxSize   uint32           // bytes of a packet merged on receipt
	// The same for IPv4, where more than 64 KiB need another header.
	GSOIPv4MaxSize uint32
	GROIPv4MaxSize uint32
	Vfs            []VfInfo         // virtual functions; read only, see DisableVFInfoCollection
	Group          uint32           // ip link set DEV group GROUP; 0 is "default"
	PermHWAddr     net.HardwareAddr // address the device came with; read only
	// the device the link is part of, as the bus names it: "0000:00:03.0"; sent to make one
	ParentDev    string
	ParentDevBus string    // its bus: "pci"; read only
	Slave        LinkSlave // what the link has as a port of its master
	Headroom     uint16    // bytes the driver wants before a packet; read only
	Tailroom     uint16    // bytes the driver wants behind it; read only

	// All that follows is read only, but where a comment says more.

	Broadcast        net.HardwareAddr // link-layer broadcast address, or the far end of a tunnel; LinkAdd sends it
	LinkNetNsID      *int             // LinkAdd: the id of the namespace that ParentIndex is in; never read, see NetNsID
	Qdisc            string           // queueing discipline at the root
	LinkMode         uint8            // IF_LINK_MODE_…: 0 default, 1 dormant
	Carrier          bool             // IFLA_CARRIER
	CarrierChanges   uint32
	CarrierUpCount   uint32
	CarrierDownCount uint32
	MinMTU, MaxMTU   uint32 // what MTU can be; MaxMTU 0: no limit known
	NumVfs           int    // virtual functions the device has
	PhysPortID       []byte
	PhysPortName     string
	SwitchID         []byte // the switch that the port is part of (IFLA_PHYS_SWITCH_ID)
	ProtoDown        bool   // a protocol holds the link down: ip link set DEV protodown on
	ProtoDownReason  uint32 // bits, names for them in /etc/iproute2/protodown_reasons.d
	NewNetNsID       int    // the namespace a link that is gone has moved to; -1: none or not known
	NewIndex         int    // its index there; 0: not known
	Event            uint32 // IFLA_EVENT_…: why there is a notification
	NetNsImmutable   bool   // cannot be moved to another namespace
	// MaxPacingOffloadHorizon is how far ahead the device can time packets, ns.
	MaxPacingOffloadHorizon uint64
	IP6                     *LinkIP6 // nil where the link has no IPv6
	KindStats               []byte   // IFLA_INFO_XSTATS: what the kind counts, in a form of its own
}

// LinkIP6 are settings of a link that IPv6 keeps (IFLA_AF_SPEC, AF_INET6). All
// are read only; see [Handle.LinkSetIP6AddrGenMode].
type LinkIP6 struct {
	Flags       uint32 // IF_READY, IF_RS_SENT, IF_RA_RCVD, …
	AddrGenMode uint8  // IN6_ADDR_GEN_MODE_…
	Token       net.IP // interface identifier, ip token; nil where it is not set
	RaMTU       uint32 // MTU from a router's advertisement; 0: none
}

// NewLinkAttrs returns attributes none of which is set.
func NewLinkAttrs() LinkAttrs {
	return LinkAttrs{NetNsID: -1, NewNetNsID: -1, TxQLen: -1}
}
