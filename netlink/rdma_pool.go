package netlink

import (
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RdmaPoolKey says which memory regions a pool has: rdma resource show frmr_pools.
type RdmaPoolKey struct {
	VendorKey   uint64
	DMABlocks   uint64
	AccessFlags uint32
	ATS         bool // with address translation services
}

// RdmaPool has handles of memory regions that are quick to register again (Linux 7.1).
type RdmaPool struct {
	DeviceIndex     uint32
	DeviceName      string
	Key             RdmaPoolKey
	KernelVendorKey uint64
	QueueHandles    uint32 // that wait to be used
	InUse           uint64
	MaxInUse        uint64
	PinnedHandles   uint32 // that do not age
}

// RdmaPoolSeq gives the pools of a device: rdma resource show frmr_pools dev DEV. The last pair holds the error, if
// there is one.
func (h *Handle) RdmaPoolSeq(link *RdmaLink) iter.Seq2[RdmaPool, error] {
	request := func() (*wire.Request, error) {
		if link == nil {
			return nil, errNoRdmaLink
		}
		r := rdmaRequest(uapi.RDMA_NLDEV_CMD_FRMR_POOLS_GET)
		r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, link.Attrs.Index)
		return r, nil
	}
	decode := func(m wire.Message) ([]RdmaPool, bool, error) {
		d := wire.NewDecoder(m.Data)
		all := decodeRdmaPools(&d)
		return all, true, d.Err()
	}
	return func(yield func(RdmaPool, error) bool) {
		for all, err := range seq(h, request, "rdma pool list", decode) {
			if err != nil {
				yield(RdmaPool{}, err)
				return
			}
			for _, p := range all {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
}

func decodeRdmaPools(d *wire.Decoder) (all []RdmaPool) {
	var of RdmaPool
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_DEV_INDEX:
			of.DeviceIndex = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_DEV_NAME:
			of.DeviceName = d.String()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOLS:
			d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
				p := of
				p.decode(d)
				all = append(all, p)
			}))
		}
	}
	return all
}

func (p *RdmaPool) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY:
			key := d.Nested()
			p.decodeKey(&key)
			d.Fail(key.Err())
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_QUEUE_HANDLES:
			p.QueueHandles = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_IN_USE:
			p.InUse = d.Uint64()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_MAX_IN_USE:
			p.MaxInUse = d.Uint64()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_PINNED_HANDLES:
			p.PinnedHandles = d.Uint32()
		}
	}
}

func (p *RdmaPool) decodeKey(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ATS:
			p.Key.ATS = d.Bool()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ACCESS_FLAGS:
			p.Key.AccessFlags = d.Uint32()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_VENDOR_KEY:
			p.Key.VendorKey = d.Uint64()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_NUM_DMA_BLOCKS:
			p.Key.DMABlocks = d.Uint64()
		case uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_KERNEL_VENDOR_KEY:
			p.KernelVendorKey = d.Uint64()
		}
	}
}

// RdmaPoolSetAging says after how many seconds handles that wait in the pools of a device are given up: rdma resource
// set frmr_pools dev DEV aging SECONDS.
func (h *Handle) RdmaPoolSetAging(link *RdmaLink, seconds uint32) error {
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_FRMR_POOLS_SET, "rdma pool set aging", link, func(r *wire.Request) {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOLS_AGING_PERIOD, seconds)
	})
}

// RdmaPoolSetPinned says how many handles a pool keeps for ever: rdma resource set frmr_pools dev DEV pinned KEY
// HANDLES.
func (h *Handle) RdmaPoolSetPinned(link *RdmaLink, key RdmaPoolKey, handles uint32) error {
	return h.rdmaChange(uapi.RDMA_NLDEV_CMD_FRMR_POOLS_SET, "rdma pool set pinned", link, func(r *wire.Request) {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_PINNED_HANDLES, handles)
		r.Nest(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY | uapi.NLA_F_NESTED)
		r.Uint8(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ATS, uint8(oneIf(key.ATS)))
		r.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ACCESS_FLAGS, key.AccessFlags)
		r.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_VENDOR_KEY, key.VendorKey)
		r.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_NUM_DMA_BLOCKS, key.DMABlocks)
		r.End()
	})
}

// RdmaObjectRaw returns what a device's driver says of an object in bytes of its own: rdma -r resource show TYPE
// (Linux 5.9). The objects are queue pairs, completion queues, memory regions and shared receive queues (Linux 6.1);
// it takes CAP_NET_ADMIN.
func (h *Handle) RdmaObjectRaw(link *RdmaLink, typ RdmaObjectType, id uint32) ([]byte, error) {
	const op = "rdma resource get raw"
	object := func() string { return fmt.Sprintf("%s %s %d", rdmaObject(link), typ, id) }
	cmd := map[RdmaObjectType]uint16{
		RdmaQP: uapi.RDMA_NLDEV_CMD_RES_QP_GET_RAW, RdmaCQ: uapi.RDMA_NLDEV_CMD_RES_CQ_GET_RAW,
		RdmaMR: uapi.RDMA_NLDEV_CMD_RES_MR_GET_RAW, RdmaSRQ: uapi.RDMA_NLDEV_CMD_RES_SRQ_GET_RAW,
	}[typ]
	r := rdmaRequest(cmd)
	switch {
	case link == nil:
		r.Fail(errNoRdmaLink)
	case cmd == 0:
		r.Fail(fmt.Errorf("objects of the sort %v have no raw form", typ))
	default:
		r.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, link.Attrs.Index)
		r.Uint32(rdmaObjectTypes[typ].id, id)
	}
	var raw []byte
	err := h.rdmaGet(r, op, object, func(d *wire.Decoder) {
		for d.Next() {
			if d.Type() == uapi.RDMA_NLDEV_ATTR_RES_RAW {
				raw = append([]byte(nil), d.Data()...)
			}
		}
	})
	return raw, err
}
