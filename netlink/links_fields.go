package netlink

import (
	"fmt"
	"net"
	"unsafe"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// linkFields says for each attribute of a link what it is on the wire and where in
// LinkAttrs it goes.
var linkFields = [...]linkField{
	uapi.IFLA_IFNAME:          {wireText, unsafe.Offsetof(LinkAttrs{}.Name)},
	uapi.IFLA_ADDRESS:         {wireAddress, unsafe.Offsetof(LinkAttrs{}.HardwareAddr)},
	uapi.IFLA_BROADCAST:       {wireAddress, unsafe.Offsetof(LinkAttrs{}.Broadcast)},
	uapi.IFLA_PERM_ADDRESS:    {wireAddress, unsafe.Offsetof(LinkAttrs{}.PermHWAddr)},
	uapi.IFLA_MTU:             {wireInt, unsafe.Offsetof(LinkAttrs{}.MTU)},
	uapi.IFLA_MIN_MTU:         {wireUint32, unsafe.Offsetof(LinkAttrs{}.MinMTU)},
	uapi.IFLA_MAX_MTU:         {wireUint32, unsafe.Offsetof(LinkAttrs{}.MaxMTU)},
	uapi.IFLA_TXQLEN:          {wireInt, unsafe.Offsetof(LinkAttrs{}.TxQLen)},
	uapi.IFLA_LINK:            {wireSigned, unsafe.Offsetof(LinkAttrs{}.ParentIndex)},
	uapi.IFLA_LINK_NETNSID:    {wireSigned, unsafe.Offsetof(LinkAttrs{}.NetNsID)},
	uapi.IFLA_MASTER:          {wireSigned, unsafe.Offsetof(LinkAttrs{}.MasterIndex)},
	uapi.IFLA_IFALIAS:         {wireText, unsafe.Offsetof(LinkAttrs{}.Alias)},
	uapi.IFLA_OPERSTATE:       {wireUint8, unsafe.Offsetof(LinkAttrs{}.OperState)},
	uapi.IFLA_LINKMODE:        {wireUint8, unsafe.Offsetof(LinkAttrs{}.LinkMode)},
	uapi.IFLA_QDISC:           {wireText, unsafe.Offsetof(LinkAttrs{}.Qdisc)},
	uapi.IFLA_GROUP:           {wireUint32, unsafe.Offsetof(LinkAttrs{}.Group)},
	uapi.IFLA_PROMISCUITY:     {wireInt, unsafe.Offsetof(LinkAttrs{}.Promisc)},
	uapi.IFLA_ALLMULTI:        {wireInt, unsafe.Offsetof(LinkAttrs{}.Allmulti)},
	uapi.IFLA_NUM_TX_QUEUES:   {wireInt, unsafe.Offsetof(LinkAttrs{}.NumTxQueues)},
	uapi.IFLA_NUM_RX_QUEUES:   {wireInt, unsafe.Offsetof(LinkAttrs{}.NumRxQueues)},
	uapi.IFLA_NUM_VF:          {wireInt, unsafe.Offsetof(LinkAttrs{}.NumVfs)},
	uapi.IFLA_NETNS_IMMUTABLE: {wireBool, unsafe.Offsetof(LinkAttrs{}.NetNsImmutable)},

	uapi.IFLA_TSO_MAX_SEGS:               {wireUint32, unsafe.Offsetof(LinkAttrs{}.TSOMaxSegs)},
	uapi.IFLA_TSO_MAX_SIZE:               {wireUint32, unsafe.Offsetof(LinkAttrs{}.TSOMaxSize)},
	uapi.IFLA_GSO_MAX_SEGS:               {wireUint32, unsafe.Offsetof(LinkAttrs{}.GSOMaxSegs)},
	uapi.IFLA_GSO_MAX_SIZE:               {wireUint32, unsafe.Offsetof(LinkAttrs{}.GSOMaxSize)},
	uapi.IFLA_GSO_IPV4_MAX_SIZE:          {wireUint32, unsafe.Offsetof(LinkAttrs{}.GSOIPv4MaxSize)},
	uapi.IFLA_GRO_MAX_SIZE:               {wireUint32, unsafe.Offsetof(LinkAttrs{}.GROMaxSize)},
	uapi.IFLA_GRO_IPV4_MAX_SIZE:          {wireUint32, unsafe.Offsetof(LinkAttrs{}.GROIPv4MaxSize)},
	uapi.IFLA_HEADROOM:                   {wireUint16, unsafe.Offsetof(LinkAttrs{}.Headroom)},
	uapi.IFLA_TAILROOM:                   {wireUint16, unsafe.Offsetof(LinkAttrs{}.Tailroom)},
	uapi.IFLA_MAX_PACING_OFFLOAD_HORIZON: {wireUint, unsafe.Offsetof(LinkAttrs{}.MaxPacingOffloadHorizon)},

	uapi.IFLA_CARRIER:            {wireBool, unsafe.Offsetof(LinkAttrs{}.Carrier)},
	uapi.IFLA_CARRIER_CHANGES:    {wireUint32, unsafe.Offsetof(LinkAttrs{}.CarrierChanges)},
	uapi.IFLA_CARRIER_UP_COUNT:   {wireUint32, unsafe.Offsetof(LinkAttrs{}.CarrierUpCount)},
	uapi.IFLA_CARRIER_DOWN_COUNT: {wireUint32, unsafe.Offsetof(LinkAttrs{}.CarrierDownCount)},
	uapi.IFLA_PROTO_DOWN:         {wireBool, unsafe.Offsetof(LinkAttrs{}.ProtoDown)},

	uapi.IFLA_PHYS_PORT_ID:        {wireBytes, unsafe.Offsetof(LinkAttrs{}.PhysPortID)},
	uapi.IFLA_PHYS_PORT_NAME:      {wireText, unsafe.Offsetof(LinkAttrs{}.PhysPortName)},
	uapi.IFLA_PHYS_SWITCH_ID:      {wireBytes, unsafe.Offsetof(LinkAttrs{}.SwitchID)},
	uapi.IFLA_PARENT_DEV_NAME:     {wireText, unsafe.Offsetof(LinkAttrs{}.ParentDev)},
	uapi.IFLA_PARENT_DEV_BUS_NAME: {wireText, unsafe.Offsetof(LinkAttrs{}.ParentDevBus)},

	uapi.IFLA_NEW_NETNSID: {wireSigned, unsafe.Offsetof(LinkAttrs{}.NewNetNsID)},
	uapi.IFLA_NEW_IFINDEX: {wireSigned, unsafe.Offsetof(LinkAttrs{}.NewIndex)},
	uapi.IFLA_EVENT:       {wireUint32, unsafe.Offsetof(LinkAttrs{}.Event)},

	uapi.IFLA_LINKINFO:          {wireHeld, heldLinkInfo},
	uapi.IFLA_STATS:             {wireHeld, heldStats},
	uapi.IFLA_STATS64:           {wireHeld, heldStats64},
	uapi.IFLA_XDP:               {wireHeld, heldXdp},
	uapi.IFLA_AF_SPEC:           {wireHeld, heldAfSpec},
	uapi.IFLA_PROTINFO:          {wireHeld, heldProtinfo},
	uapi.IFLA_PROP_LIST:         {wireHeld, heldPropList},
	uapi.IFLA_PROTO_DOWN_REASON: {wireHeld, heldProtoDownReason},
	uapi.IFLA_VFINFO_LIST:       {wireHeld, heldVfs},
}

// linkField is where an attribute goes: an offset in LinkAttrs, an index of
// heldAttrs for one of wireHeld.
type linkField struct {
	wire wireForm
	at   uintptr
}

// wireForm is what an attribute is on the wire and what it becomes.
type wireForm uint8

const (
	wireUnknown wireForm = iota // skipped
	wireHeld                    // kept for later
	wireText                    // string, up to the first NUL
	wireAddress                 // net.HardwareAddr, nil where it is all zero
	wireBytes                   // []byte
	wireUint8                   // uint8
	wireBool                    // u8 to bool
	wireUint16                  // u16, or the u32 that a later kernel may make of it, to uint16
	wireUint32                  // u32 to uint32
	wireInt                     // u32 to int
	wireSigned                  // s32 to int
	wireUint                    // u32 or u64, of nla_put_uint, to uint64
)

// wireLen are the bytes that there must be at least.
var wireLen = [...]uint8{
	wireUint8: 1, wireBool: 1, wireUint16: 2, wireUint32: 4, wireInt: 4, wireSigned: 4, wireUint: 4,
}

// heldAttrs are attributes that take more than to be stored. They share the
// message's memory; those that are not there are nil.
type heldAttrs [heldVfs + 1][]byte

const (
	heldLinkInfo = iota
	heldStats
	heldStats64
	heldXdp
	heldAfSpec
	heldProtinfo
	heldPropList
	heldProtoDownReason
	heldVfs
)

// fill reads the attributes b. Of one that is repeated the last counts.
func (l *linkDecoder) fill(a *LinkAttrs, held *heldAttrs, b []byte) error {
	for len(b) >= uapi.SizeofNlattr {
		n, typ := int(native.Uint16(b)), native.Uint16(b[2:])&^(uapi.NLA_F_NESTED|uapi.NLA_F_NET_BYTEORDER)
		if n < uapi.SizeofNlattr || n > len(b) {
			return fmt.Errorf("%w: attribute %d says %d bytes, %d are left", wire.ErrMalformed, typ, n, len(b))
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = b[min((n+3)&^3, len(b)):]
		if int(typ) >= len(linkFields) {
			continue
		}
		f := &linkFields[typ]
		if len(v) < int(wireLen[f.wire]) {
			return fmt.Errorf("%w: attribute %d has %d bytes, want %d", wire.ErrMalformed, typ, len(v), wireLen[f.wire])
		}
		if f.wire == wireHeld {
			held[f.at] = v
			continue
		}
		at := unsafe.Add(unsafe.Pointer(a), f.at)
		switch f.wire {
		case wireUint32:
			*(*uint32)(at) = native.Uint32(v)
		case wireInt:
			*(*int)(at) = int(native.Uint32(v))
		case wireSigned:
			*(*int)(at) = int(int32(native.Uint32(v)))
		case wireUint8:
			*(*uint8)(at) = v[0]
		case wireBool:
			*(*bool)(at) = v[0] != 0
		case wireText:
			*(*string)(at) = l.mem.bytes.text(untilNUL(v))
		case wireAddress:
			*(*net.HardwareAddr)(at) = l.mem.hardwareAddr(v)
		case wireBytes:
			*(*[]byte)(at) = l.mem.bytes.copy(v)
		case wireUint16:
			*(*uint16)(at) = uint16(wireNumber(v))
		case wireUint:
			*(*uint64)(at) = wireNumber(v)
		}
	}
	return nil
}

// wireNumber reads a number of two, four or eight bytes.
func wireNumber(v []byte) uint64 {
	switch {
	case len(v) >= 8:
		return native.Uint64(v)
	case len(v) >= 4:
		return uint64(native.Uint32(v))
	}
	return uint64(native.Uint16(v))
}
