package netlink

import (
	"fmt"
	"iter"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// VDPADev is a virtio data path accelerator, a device whose queues are those of virtio: vdpa dev.
type VDPADev struct {
	Name      string
	ID        uint32 // VIRTIO_ID_…
	VendorID  uint32
	MaxVQS    uint32 // queues
	MaxVQSize uint16
	MinVQSize uint16

	MgmtBusName string // the management device that has made it
	MgmtDevName string
}

// VDPADevConfig is the configuration space that a device shows to its driver: vdpa dev config.
type VDPADevConfig struct {
	Name               string
	ID                 uint32 // VIRTIO_ID_…
	Features           uint64 // that the device offers, see [IsBitSet]
	NegotiatedFeatures uint64 // that are in use
	Net                VDPADevConfigNet

	Blk VDPADevConfigBlk
}

// VDPADevConfigNet is that of a network device.
type VDPADevConfigNet struct {
	Status VDPADevConfigNetStatus
	Cfg    VDPADevConfigNetCfg
}

// VDPADevConfigNetStatus is the state of a network device.
type VDPADevConfigNetStatus struct {
	LinkUp   bool // VIRTIO_NET_S_LINK_UP
	Announce bool // VIRTIO_NET_S_ANNOUNCE
}

// VDPADevConfigNetCfg is the configuration of a network device.
type VDPADevConfigNetCfg struct {
	MACAddr net.HardwareAddr
	MaxVQP  uint16 // pairs of queues
	MTU     uint16
}

// VDPADevConfigBlk is that of a block device (Linux 6.9).
type VDPADevConfigBlk struct {
	Capacity  uint64 // sectors of 512 bytes
	BlockSize uint32
	SegMax    uint32 // segments of a request
	SizeMax   uint32 // bytes of a segment
	NumQueues uint16

	// Topology, in blocks of BlockSize: a physical block is 1<<PhysBlockExp of them, the first whole one begins after
	// AlignOffset; requests best have OptIOSize of them, and no less than MinIOSize.
	PhysBlockExp, AlignOffset uint8
	MinIOSize                 uint16
	OptIOSize                 uint32
	// Limits of discards and of writes of zeros: sectors of 512 bytes, segments, and what discards are aligned to.
	MaxDiscardSectors, MaxDiscardSegments, DiscardAlign uint32
	MaxWriteZeroesSectors, MaxWriteZeroesSegments       uint32

	ReadOnly bool
	Flush    bool
}

// VDPADevVStats are the numbers of a queue that a driver has: vdpa dev vstats.
type VDPADevVStats struct {
	Name               string
	ID                 uint32 // VIRTIO_ID_…
	QueueIndex         uint32
	Vendor             []VDPADevVStatsVendor
	NegotiatedFeatures uint64
}

// VDPADevVStatsVendor is one number.
type VDPADevVStatsVendor struct {
	Name  string
	Value uint64
}

// VDPAMGMTDev is a device that others can be made of: vdpa mgmtdev.
type VDPAMGMTDev struct {
	BusName           string
	DevName           string
	SupportedClasses  uint64 // bits VIRTIO_ID_…, see [IsBitSet]
	SupportedFeatures uint64
	MaxVQS            uint32
}

// VDPANewDevParams are the parameters of a new device; 0 and nil leave it to the driver.
type VDPANewDevParams struct {
	MACAddr  net.HardwareAddr
	MaxVQP   uint16
	MTU      uint16
	Features uint64 // the only ones that it offers: SetBits(0, VIRTIO_NET_F_MTU, …)
}

// SetBits returns input with bits set: features := SetBits(0, VIRTIO_NET_F_MTU, VIRTIO_NET_F_CTRL_MAC_ADDR).
func SetBits(input uint64, pos ...int) uint64 {
	for _, p := range pos {
		input |= 1 << uint64(p)
	}
	return input
}

// IsBitSet reports whether input has a bit: IsBitSet(dev.SupportedClasses, VIRTIO_ID_NET).
func IsBitSet(input uint64, pos int) bool { return input&(1<<uint64(pos)) != 0 }

var vdpaKind = genlKind{name: uapi.VDPA_GENL_NAME, version: uapi.VDPA_GENL_VERSION}

// vdpaCall is a request; about a device where name is not "".
func vdpaCall(cmd uint8, op, name string, more func(*wire.Request)) genlCall {
	return genlCall{
		kind: vdpaKind, cmd: cmd, op: op,
		object: func() string { return fmt.Sprintf("%.128q", name) },
		attrs: func(r *wire.Request) {
			if name != "" {
				r.String(uapi.VDPA_ATTR_DEV_NAME, name)
			}
			if more != nil {
				more(r)
			}
		},
	}
}

// VDPANewDev makes a device of a management device, whose bus may be "": vdpa dev add name NAME mgmtdev
// MGMTBUS/MGMTNAME.
func (h *Handle) VDPANewDev(name, mgmtBus, mgmtName string, params VDPANewDevParams) error {
	return vdpaCall(uapi.VDPA_CMD_DEV_NEW, "vdpa dev add", name, func(r *wire.Request) {
		encodeVDPAMgmt(r, mgmtBus, mgmtName)
		if len(params.MACAddr) != 0 {
			r.Data(uapi.VDPA_ATTR_DEV_NET_CFG_MACADDR, params.MACAddr)
		}
		if params.MaxVQP != 0 {
			r.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MAX_VQP, params.MaxVQP)
		}
		if params.MTU != 0 {
			r.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MTU, params.MTU)
		}
		if params.Features != 0 {
			r.Uint64(uapi.VDPA_ATTR_DEV_FEATURES, params.Features)
		}
	}).exec(h)
}

func encodeVDPAMgmt(r *wire.Request, bus, name string) {
	if bus != "" {
		r.String(uapi.VDPA_ATTR_MGMTDEV_BUS_NAME, bus)
	}
	r.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, name)
}

// VDPADelDev deletes a device: vdpa dev del NAME.
func (h *Handle) VDPADelDev(name string) error {
	return vdpaCall(uapi.VDPA_CMD_DEV_DEL, "vdpa dev del", name, nil).exec(h)
}

// VDPAGetDevList returns the devices: vdpa dev show. See [ErrDumpInterrupted].
func (h *Handle) VDPAGetDevList() ([]*VDPADev, error) {
	return pointersTo(genlList(h, vdpaCall(uapi.VDPA_CMD_DEV_GET, "vdpa dev list", "", nil),
		vdpaDecoder((*VDPADev).decode)))
}

// VDPADevSeq gives the devices as they come. The last pair holds the error, if there is one.
func (h *Handle) VDPADevSeq() iter.Seq2[VDPADev, error] {
	return genlSeq(h, vdpaCall(uapi.VDPA_CMD_DEV_GET, "vdpa dev list", "", nil), vdpaDecoder((*VDPADev).decode))
}

// vdpaDecoder reads each object and wants all.
func vdpaDecoder[T any](decode func(*T, *wire.Decoder)) func(*wire.Decoder, *T) bool {
	return func(d *wire.Decoder, v *T) bool {
		decode(v, d)
		return true
	}
}

// vdpaGet asks for one object.
func vdpaGet[T any](h *Handle, c genlCall, decode func(*T, *wire.Decoder)) (*T, error) {
	v := new(T)
	if err := c.get(h, func(d *wire.Decoder) { decode(v, d) }); err != nil {
		return nil, err
	}
	return v, nil
}

// VDPAGetDevByName returns a device: vdpa dev show NAME.
func (h *Handle) VDPAGetDevByName(name string) (*VDPADev, error) {
	return vdpaGet(h, vdpaCall(uapi.VDPA_CMD_DEV_GET, "vdpa dev get", name, nil), (*VDPADev).decode)
}

// VDPAGetDevConfigList returns the configurations of the devices: vdpa dev config show. See [ErrDumpInterrupted].
func (h *Handle) VDPAGetDevConfigList() ([]*VDPADevConfig, error) {
	c := vdpaCall(uapi.VDPA_CMD_DEV_CONFIG_GET, "vdpa dev config list", "", nil)
	return pointersTo(genlList(h, c, vdpaDecoder((*VDPADevConfig).decode)))
}

// VDPAGetDevConfigByName returns the configuration of a device: vdpa dev config show NAME.
func (h *Handle) VDPAGetDevConfigByName(name string) (*VDPADevConfig, error) {
	return vdpaGet(h, vdpaCall(uapi.VDPA_CMD_DEV_CONFIG_GET, "vdpa dev config get", name, nil), (*VDPADevConfig).decode)
}

// VDPAGetDevVStats returns the numbers of a queue: vdpa dev vstats show NAME qidx INDEX.
func (h *Handle) VDPAGetDevVStats(name string, queueIndex uint32) (*VDPADevVStats, error) {
	c := vdpaCall(uapi.VDPA_CMD_DEV_VSTATS_GET, "vdpa dev vstats get", name, func(r *wire.Request) {
		r.Uint32(uapi.VDPA_ATTR_DEV_QUEUE_INDEX, queueIndex)
	})
	return vdpaGet(h, c, (*VDPADevVStats).decode)
}

// VDPAGetMGMTDevList returns the management devices: vdpa mgmtdev show. See [ErrDumpInterrupted].
func (h *Handle) VDPAGetMGMTDevList() ([]*VDPAMGMTDev, error) {
	c := vdpaCall(uapi.VDPA_CMD_MGMTDEV_GET, "vdpa mgmtdev list", "", nil)
	return pointersTo(genlList(h, c, vdpaDecoder((*VDPAMGMTDev).decode)))
}

// VDPAGetMGMTDevByBusAndName returns a management device, whose bus may be "": vdpa mgmtdev show BUS/NAME.
func (h *Handle) VDPAGetMGMTDevByBusAndName(bus, name string) (*VDPAMGMTDev, error) {
	c := vdpaCall(uapi.VDPA_CMD_MGMTDEV_GET, "vdpa mgmtdev get", "",
		func(r *wire.Request) { encodeVDPAMgmt(r, bus, name) })
	c.object = func() string { return fmt.Sprintf("%.128s/%.128s", bus, name) }
	return vdpaGet(h, c, (*VDPAMGMTDev).decode)
}

func (v *VDPADev) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.VDPA_ATTR_DEV_NAME:
			v.Name = d.String()
		case uapi.VDPA_ATTR_DEV_ID:
			v.ID = d.Uint32()
		case uapi.VDPA_ATTR_DEV_VENDOR_ID:
			v.VendorID = d.Uint32()
		case uapi.VDPA_ATTR_DEV_MAX_VQS:
			v.MaxVQS = d.Uint32()
		case uapi.VDPA_ATTR_DEV_MAX_VQ_SIZE:
			v.MaxVQSize = d.Uint16()
		case uapi.VDPA_ATTR_DEV_MIN_VQ_SIZE:
			v.MinVQSize = d.Uint16()
		case uapi.VDPA_ATTR_MGMTDEV_BUS_NAME:
			v.MgmtBusName = d.String()
		case uapi.VDPA_ATTR_MGMTDEV_DEV_NAME:
			v.MgmtDevName = d.String()
		}
	}
}

func (c *VDPADevConfig) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.VDPA_ATTR_DEV_NAME:
			c.Name = d.String()
		case uapi.VDPA_ATTR_DEV_ID:
			c.ID = d.Uint32()
		case uapi.VDPA_ATTR_DEV_FEATURES:
			c.Features = d.Uint64()
		case uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES:
			c.NegotiatedFeatures = d.Uint64()
		case uapi.VDPA_ATTR_DEV_NET_CFG_MACADDR:
			c.Net.Cfg.MACAddr = d.Bytes()
		case uapi.VDPA_ATTR_DEV_NET_CFG_MAX_VQP:
			c.Net.Cfg.MaxVQP = d.Uint16()
		case uapi.VDPA_ATTR_DEV_NET_CFG_MTU:
			c.Net.Cfg.MTU = d.Uint16()
		case uapi.VDPA_ATTR_DEV_NET_STATUS:
			status := d.Uint16()
			c.Net.Status.LinkUp = status&uapi.VIRTIO_NET_S_LINK_UP != 0
			c.Net.Status.Announce = status&uapi.VIRTIO_NET_S_ANNOUNCE != 0
		default:
			c.Blk.decode(d)
		}
	}
}

func (b *VDPADevConfigBlk) decode(d *wire.Decoder) {
	switch d.Type() {
	case uapi.VDPA_ATTR_DEV_BLK_CFG_CAPACITY:
		b.Capacity = d.Uint64()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_BLK_SIZE:
		b.BlockSize = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_SEG_MAX:
		b.SegMax = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_SIZE_MAX:
		b.SizeMax = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_NUM_QUEUES:
		b.NumQueues = d.Uint16()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_PHY_BLK_EXP:
		b.PhysBlockExp = d.Uint8()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_ALIGN_OFFSET:
		b.AlignOffset = d.Uint8()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_MIN_IO_SIZE:
		b.MinIOSize = d.Uint16()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_OPT_IO_SIZE:
		b.OptIOSize = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_DISCARD_SEC:
		b.MaxDiscardSectors = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_DISCARD_SEG:
		b.MaxDiscardSegments = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_DISCARD_SEC_ALIGN:
		b.DiscardAlign = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_WRITE_ZEROES_SEC:
		b.MaxWriteZeroesSectors = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_CFG_MAX_WRITE_ZEROES_SEG:
		b.MaxWriteZeroesSegments = d.Uint32()
	case uapi.VDPA_ATTR_DEV_BLK_READ_ONLY:
		b.ReadOnly = d.Bool()
	case uapi.VDPA_ATTR_DEV_BLK_FLUSH:
		b.Flush = d.Bool()
	}
}

// decode reads names and values, which come by turns.
func (s *VDPADevVStats) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.VDPA_ATTR_DEV_NAME:
			s.Name = d.String()
		case uapi.VDPA_ATTR_DEV_ID:
			s.ID = d.Uint32()
		case uapi.VDPA_ATTR_DEV_QUEUE_INDEX:
			s.QueueIndex = d.Uint32()
		case uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES:
			s.NegotiatedFeatures = d.Uint64()
		case uapi.VDPA_ATTR_DEV_VENDOR_ATTR_NAME:
			s.Vendor = append(s.Vendor, VDPADevVStatsVendor{Name: d.String()})
		case uapi.VDPA_ATTR_DEV_VENDOR_ATTR_VALUE:
			if n := len(s.Vendor); n != 0 {
				s.Vendor[n-1].Value = d.Uint64()
			}
		}
	}
}

func (m *VDPAMGMTDev) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.VDPA_ATTR_MGMTDEV_BUS_NAME:
			m.BusName = d.String()
		case uapi.VDPA_ATTR_MGMTDEV_DEV_NAME:
			m.DevName = d.String()
		case uapi.VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES:
			m.SupportedClasses = d.Uint64()
		case uapi.VDPA_ATTR_DEV_SUPPORTED_FEATURES:
			m.SupportedFeatures = d.Uint64()
		case uapi.VDPA_ATTR_DEV_MGMTDEV_MAX_VQS:
			m.MaxVQS = d.Uint32()
		}
	}
}
