package netlink

import (
	"bytes"
	"net"

	"kern.sys/internal/arphrd"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
)

// linkDecoder takes a message about a link apart. The attributes of the kind
// come before it is known what the kind is, so they are kept until the end.
type linkDecoder struct {
	LinkAttrs
	family    uint8
	kind      []byte // IFLA_INFO_KIND without the NUL, and so slaveKind
	data      []byte // IFLA_INFO_DATA
	slaveKind []byte
	slaveData []byte // IFLA_INFO_SLAVE_DATA
	vfs       nl.Decoder
}

// decodeLink reads a message of RTM_NEWLINK or RTM_DELLINK: struct ifinfomsg
// and attributes.
func decodeLink(b []byte) (Link, error) {
	d := nl.NewDecoderAfter(b, uapi.SizeofIfinfomsg)
	var ifi uapi.Ifinfomsg
	ifi.Decode(b)
	l := linkDecoder{LinkAttrs: NewLinkAttrs(), family: ifi.Family}
	l.Index = int(ifi.Index)
	l.RawFlags = ifi.Flags
	l.Flags = netFlags(ifi.Flags)
	l.EncapType = arphrd.EncapType(ifi.Type)
	if ifi.Flags&uapi.IFF_ALLMULTI != 0 {
		l.Allmulti = 1
	}
	if ifi.Flags&uapi.IFF_MULTICAST != 0 {
		l.Multi = 1
	}
	for d.Next() {
		l.attribute(&d)
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	addrLen := len(l.HardwareAddr)
	if addrLen == 0 || addrLen > maxAddrLen {
		addrLen = etherAddrLen
	}
	l.Vfs = decodeVfs(&l.vfs, addrLen)
	if err := l.vfs.Err(); err != nil {
		return nil, err
	}
	return l.link()
}

const (
	maxAddrLen   = 32 // MAX_ADDR_LEN of the kernel
	etherAddrLen = 6
)

// link makes the Go value of the link's kind.
func (l *linkDecoder) link() (Link, error) {
	if k := kindByName()[string(l.slaveKind)]; k != nil && k.newPort != nil {
		l.Slave = k.newPort()
		if err := decodeKind(l.Slave, l.slaveData); err != nil {
			return nil, err
		}
	}
	link := l.empty()
	*link.Attrs() = l.LinkAttrs
	if err := decodeKind(link, l.data); err != nil {
		return nil, err
	}
	return link, nil
}

// empty returns a link of the kind.
func (l *linkDecoder) empty() Link {
	if len(l.kind) == 0 {
		return &Device{}
	}
	if k := kindByName()[string(l.kind)]; k != nil {
		return k.newLink()
	}
	return &GenericLink{LinkType: string(l.kind), Data: append([]byte(nil), l.data...)}
}

// decodeKind hands v the attributes of its kind if it takes some.
func decodeKind(v any, data []byte) error {
	dd, ok := v.(dataDecoder)
	if !ok {
		return nil
	}
	d := nl.NewDecoder(data)
	dd.decodeData(&d)
	return d.Err()
}

// attribute reads one attribute. What a later kernel has more is skipped.
func (l *linkDecoder) attribute(d *nl.Decoder) {
	switch d.Type() {
	case uapi.IFLA_IFNAME:
		l.Name = d.String()
	case uapi.IFLA_ADDRESS:
		l.HardwareAddr = decodeHardwareAddr(d)
	case uapi.IFLA_BROADCAST:
		l.Broadcast = decodeHardwareAddr(d)
	case uapi.IFLA_PERM_ADDRESS:
		l.PermHWAddr = decodeHardwareAddr(d)
	case uapi.IFLA_MTU:
		l.MTU = int(d.Uint32())
	case uapi.IFLA_MIN_MTU:
		l.MinMTU = d.Uint32()
	case uapi.IFLA_MAX_MTU:
		l.MaxMTU = d.Uint32()
	case uapi.IFLA_LINK:
		l.ParentIndex = int(d.Int32())
	case uapi.IFLA_LINK_NETNSID:
		l.NetNsID = int(d.Int32())
	case uapi.IFLA_MASTER:
		l.MasterIndex = int(d.Int32())
	case uapi.IFLA_TXQLEN:
		l.TxQLen = int(d.Uint32())
	case uapi.IFLA_IFALIAS:
		l.Alias = d.String()
	case uapi.IFLA_PROP_LIST:
		in := d.Nested()
		for in.Next() {
			if in.Type() == uapi.IFLA_ALT_IFNAME {
				l.AltNames = append(l.AltNames, in.String())
			}
		}
		d.Fail(in.Err())
	case uapi.IFLA_STATS64:
		l.Statistics = decodeStats64(d.Data())
	case uapi.IFLA_STATS:
		if l.Statistics == nil { // a kernel gives both, 64 bits are better
			l.Statistics = decodeStats32(d.Data())
		}
	case uapi.IFLA_OPERSTATE:
		l.OperState = LinkOperState(d.Uint8())
	case uapi.IFLA_LINKMODE:
		l.LinkMode = d.Uint8()
	case uapi.IFLA_QDISC:
		l.Qdisc = d.String()
	case uapi.IFLA_GROUP:
		l.Group = d.Uint32()
	case uapi.IFLA_NUM_TX_QUEUES:
		l.NumTxQueues = int(d.Uint32())
	case uapi.IFLA_NUM_RX_QUEUES:
		l.NumRxQueues = int(d.Uint32())
	case uapi.IFLA_LINKINFO:
		l.linkInfo(d)
	case uapi.IFLA_XDP:
		in := d.Nested()
		l.Xdp = &LinkXdp{}
		l.Xdp.decode(&in)
		d.Fail(in.Err())
	case uapi.IFLA_VFINFO_LIST:
		l.vfs = d.Nested()
	case uapi.IFLA_NUM_VF:
		l.NumVfs = int(d.Uint32())
	case uapi.IFLA_AF_SPEC:
		// A bridge's messages use the same number for another thing.
		if l.family == uapi.AF_UNSPEC {
			in := d.Nested()
			l.families(&in)
			d.Fail(in.Err())
		}
	case uapi.IFLA_PROTINFO:
		if l.family == uapi.AF_BRIDGE {
			in := d.Nested()
			l.Protinfo = &Protinfo{}
			l.Protinfo.decode(&in)
			d.Fail(in.Err())
		}
	default:
		l.rareAttribute(d)
	}
}

// rareAttribute reads what is about offloads, hardware and counters.
func (l *linkDecoder) rareAttribute(d *nl.Decoder) {
	switch d.Type() {
	case uapi.IFLA_PROMISCUITY:
		l.Promisc = int(d.Uint32())
	case uapi.IFLA_ALLMULTI:
		l.Allmulti = int(d.Uint32())
	case uapi.IFLA_TSO_MAX_SEGS:
		l.TSOMaxSegs = d.Uint32()
	case uapi.IFLA_TSO_MAX_SIZE:
		l.TSOMaxSize = d.Uint32()
	case uapi.IFLA_GSO_MAX_SEGS:
		l.GSOMaxSegs = d.Uint32()
	case uapi.IFLA_GSO_MAX_SIZE:
		l.GSOMaxSize = d.Uint32()
	case uapi.IFLA_GSO_IPV4_MAX_SIZE:
		l.GSOIPv4MaxSize = d.Uint32()
	case uapi.IFLA_GRO_MAX_SIZE:
		l.GROMaxSize = d.Uint32()
	case uapi.IFLA_GRO_IPV4_MAX_SIZE:
		l.GROIPv4MaxSize = d.Uint32()
	case uapi.IFLA_HEADROOM:
		l.Headroom = decodeRoom(d)
	case uapi.IFLA_TAILROOM:
		l.Tailroom = decodeRoom(d)
	case uapi.IFLA_MAX_PACING_OFFLOAD_HORIZON:
		l.MaxPacingOffloadHorizon = d.Uint()
	case uapi.IFLA_CARRIER:
		l.Carrier = d.Bool()
	case uapi.IFLA_CARRIER_CHANGES:
		l.CarrierChanges = d.Uint32()
	case uapi.IFLA_CARRIER_UP_COUNT:
		l.CarrierUpCount = d.Uint32()
	case uapi.IFLA_CARRIER_DOWN_COUNT:
		l.CarrierDownCount = d.Uint32()
	case uapi.IFLA_PHYS_PORT_ID:
		l.PhysPortID = d.Bytes()
	case uapi.IFLA_PHYS_PORT_NAME:
		l.PhysPortName = d.String()
	case uapi.IFLA_PHYS_SWITCH_ID:
		l.SwitchID = d.Bytes()
		if len(l.SwitchID) >= 4 {
			l.PhysSwitchID = int(d.Uint32())
		}
	case uapi.IFLA_PARENT_DEV_NAME:
		l.ParentDev = d.String()
	case uapi.IFLA_PARENT_DEV_BUS_NAME:
		l.ParentDevBus = d.String()
	case uapi.IFLA_PROTO_DOWN:
		l.ProtoDown = d.Bool()
	case uapi.IFLA_PROTO_DOWN_REASON:
		in := d.Nested()
		for in.Next() {
			if in.Type() == uapi.IFLA_PROTO_DOWN_REASON_VALUE {
				l.ProtoDownReason = in.Uint32()
			}
		}
		d.Fail(in.Err())
	case uapi.IFLA_NEW_NETNSID:
		l.NewNetNsID = int(d.Int32())
	case uapi.IFLA_NEW_IFINDEX:
		l.NewIndex = int(d.Int32())
	case uapi.IFLA_EVENT:
		l.Event = d.Uint32()
	case uapi.IFLA_NETNS_IMMUTABLE:
		l.NetNsImmutable = d.Bool()
	}
}

// linkInfo reads IFLA_LINKINFO.
func (l *linkDecoder) linkInfo(outer *nl.Decoder) {
	d := outer.Nested()
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_INFO_KIND:
			l.kind = untilNUL(d.Data())
		case uapi.IFLA_INFO_DATA:
			l.data = d.Data()
		case uapi.IFLA_INFO_SLAVE_KIND:
			l.slaveKind = untilNUL(d.Data())
		case uapi.IFLA_INFO_SLAVE_DATA:
			l.slaveData = d.Data()
		case uapi.IFLA_INFO_XSTATS:
			l.KindStats = d.Bytes()
		}
	}
	outer.Fail(d.Err())
}

// families reads IFLA_AF_SPEC: a nest for each address family.
func (l *linkDecoder) families(d *nl.Decoder) {
	for d.Next() {
		if d.Type() == uapi.AF_INET6 {
			in := d.Nested()
			l.IP6 = &LinkIP6{}
			l.IP6.decode(&in)
			d.Fail(in.Err())
		}
	}
}

func (ip6 *LinkIP6) decode(d *nl.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_INET6_FLAGS:
			ip6.Flags = d.Uint32()
		case uapi.IFLA_INET6_ADDR_GEN_MODE:
			ip6.AddrGenMode = d.Uint8()
		case uapi.IFLA_INET6_TOKEN:
			if a := d.Addr(); a.IsValid() && !a.IsUnspecified() {
				ip6.Token = a.AsSlice()
			}
		case uapi.IFLA_INET6_RA_MTU:
			ip6.RaMTU = d.Uint32()
		}
	}
}

// decodeHardwareAddr returns nil for an address that is all zero.
func decodeHardwareAddr(d *nl.Decoder) net.HardwareAddr {
	if allZero(d.Data()) {
		return nil
	}
	return d.Bytes()
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// decodeRoom reads a u16, or the u32 that a later kernel may make of it.
func decodeRoom(d *nl.Decoder) uint16 {
	if len(d.Data()) >= 4 {
		return uint16(d.Uint32())
	}
	return d.Uint16()
}

// untilNUL returns the text that a string of the kernel's is.
func untilNUL(b []byte) []byte {
	text, _, _ := bytes.Cut(b, []byte{0})
	return text
}
