package netlink

import (
	"iter"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// DevlinkPoolType is the direction of the packets in a pool.
type DevlinkPoolType uint8

// The directions of packets.
const (
	DevlinkPoolIngress DevlinkPoolType = uapi.DEVLINK_SB_POOL_TYPE_INGRESS
	DevlinkPoolEgress  DevlinkPoolType = uapi.DEVLINK_SB_POOL_TYPE_EGRESS
)

// DevlinkThresholdType says what thresholds of a pool are.
type DevlinkThresholdType uint8

// What thresholds are.
const (
	DevlinkThresholdStatic  DevlinkThresholdType = uapi.DEVLINK_SB_THRESHOLD_TYPE_STATIC  // bytes
	DevlinkThresholdDynamic DevlinkThresholdType = uapi.DEVLINK_SB_THRESHOLD_TYPE_DYNAMIC // parts of what is free
)

// DevlinkSharedBuffer is memory for packets that the ports of a device share: devlink sb (Linux 4.7).
type DevlinkSharedBuffer struct {
	DevlinkRef
	Index                         uint32
	Size                          uint32 // bytes
	IngressPools, EgressPools     uint16
	IngressClasses, EgressClasses uint16 // traffic classes
}

func (b *DevlinkSharedBuffer) attrs(c *attr.Codec) {
	b.DevlinkRef.attrs(c)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_INDEX, &b.Index)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_SIZE|attr.ReadOnly, &b.Size)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_INGRESS_POOL_COUNT|attr.ReadOnly, &b.IngressPools)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_EGRESS_POOL_COUNT|attr.ReadOnly, &b.EgressPools)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_INGRESS_TC_COUNT|attr.ReadOnly, &b.IngressClasses)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_EGRESS_TC_COUNT|attr.ReadOnly, &b.EgressClasses)
}

// DevlinkSharedBufferSeq gives the shared buffers of a device as they come: devlink sb show. The last pair holds the
// error, if there is one.
func (h *Handle) DevlinkSharedBufferSeq(of DevlinkRef) iter.Seq2[DevlinkSharedBuffer, error] {
	return devlinkSeq[DevlinkSharedBuffer](h, uapi.DEVLINK_CMD_SB_GET, "devlink sb list", of)
}

// DevlinkOccupancySnapshot has a device note how much of a shared buffer is used now: devlink sb occupancy snapshot.
func (h *Handle) DevlinkOccupancySnapshot(of DevlinkRef, buffer uint32) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_SB_OCC_SNAPSHOT, "devlink sb occupancy snapshot",
		&DevlinkSharedBuffer{DevlinkRef: of, Index: buffer})
}

// DevlinkOccupancyClear has a device begin anew with what was used at most: devlink sb occupancy clearmax.
func (h *Handle) DevlinkOccupancyClear(of DevlinkRef, buffer uint32) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_SB_OCC_MAX_CLEAR, "devlink sb occupancy clear",
		&DevlinkSharedBuffer{DevlinkRef: of, Index: buffer})
}

// DevlinkPool is a part of a shared buffer: devlink sb pool.
type DevlinkPool struct {
	DevlinkRef
	Buffer        uint32
	Index         uint16
	Size          *uint32 // bytes
	ThresholdType *DevlinkThresholdType

	Type     DevlinkPoolType // read only
	CellSize uint32          // bytes that memory is given in; read only
}

func (p *DevlinkPool) attrs(c *attr.Codec) {
	p.DevlinkRef.attrs(c)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_INDEX, &p.Buffer)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_POOL_INDEX, &p.Index)
	attr.OptU32(c, uapi.DEVLINK_ATTR_SB_POOL_SIZE, &p.Size)
	attr.OptU8(c, uapi.DEVLINK_ATTR_SB_POOL_THRESHOLD_TYPE, &p.ThresholdType)
	attr.U8(c, uapi.DEVLINK_ATTR_SB_POOL_TYPE|attr.ReadOnly, &p.Type)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_POOL_CELL_SIZE|attr.ReadOnly, &p.CellSize)
}

// DevlinkPoolSeq gives the pools of a device as they come: devlink sb pool show. The last pair holds the error, if
// there is one.
func (h *Handle) DevlinkPoolSeq(of DevlinkRef) iter.Seq2[DevlinkPool, error] {
	return devlinkSeq[DevlinkPool](h, uapi.DEVLINK_CMD_SB_POOL_GET, "devlink sb pool list", of)
}

// DevlinkPoolSet changes a pool: devlink sb pool set.
func (h *Handle) DevlinkPoolSet(pool DevlinkPool) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_SB_POOL_SET, "devlink sb pool set", &pool)
}

// DevlinkOccupancy is how much was used when the last snapshot was taken, and at most.
type DevlinkOccupancy struct{ Now, Max uint32 }

func (o *DevlinkOccupancy) attrs(c *attr.Codec) {
	attr.U32(c, uapi.DEVLINK_ATTR_SB_OCC_CUR|attr.ReadOnly, &o.Now)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_OCC_MAX|attr.ReadOnly, &o.Max)
}

// DevlinkPortPool is what a port may take of a pool: devlink sb port pool.
type DevlinkPortPool struct {
	DevlinkRef
	Buffer    uint32
	Index     uint16
	Threshold uint32 // bytes, or for dynamic ones 3 and more: 2^(N-13) of what is free

	Occupancy DevlinkOccupancy // read only
}

func (p *DevlinkPortPool) attrs(c *attr.Codec) {
	p.DevlinkRef.attrs(c)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_INDEX, &p.Buffer)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_POOL_INDEX, &p.Index)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_THRESHOLD, &p.Threshold)
	p.Occupancy.attrs(c)
}

// DevlinkPortPoolSeq gives what the ports of a device may take of its pools as it comes: devlink sb port pool show.
// The last pair holds the error, if there is one.
func (h *Handle) DevlinkPortPoolSeq(of DevlinkRef) iter.Seq2[DevlinkPortPool, error] {
	return devlinkSeq[DevlinkPortPool](h, uapi.DEVLINK_CMD_SB_PORT_POOL_GET, "devlink sb port pool list", of)
}

// DevlinkPortPoolSet sets what a port may take of a pool: devlink sb port pool set.
func (h *Handle) DevlinkPortPoolSet(pool DevlinkPortPool) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_SB_PORT_POOL_SET, "devlink sb port pool set", &pool)
}

// DevlinkClassBind says which pool the packets of a traffic class are in, and how much they may take: devlink sb tc
// bind.
type DevlinkClassBind struct {
	DevlinkRef
	Buffer    uint32
	Class     uint16
	Type      DevlinkPoolType
	Pool      uint16
	Threshold uint32 // as of [DevlinkPortPool]

	Occupancy DevlinkOccupancy // read only
}

func (b *DevlinkClassBind) attrs(c *attr.Codec) {
	b.DevlinkRef.attrs(c)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_INDEX, &b.Buffer)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_TC_INDEX, &b.Class)
	attr.U8(c, uapi.DEVLINK_ATTR_SB_POOL_TYPE, &b.Type)
	attr.U16(c, uapi.DEVLINK_ATTR_SB_POOL_INDEX, &b.Pool)
	attr.U32(c, uapi.DEVLINK_ATTR_SB_THRESHOLD, &b.Threshold)
	b.Occupancy.attrs(c)
}

// DevlinkClassBindSeq gives the pools of all traffic classes as they come: devlink sb tc bind show. The last pair
// holds the error, if there is one.
func (h *Handle) DevlinkClassBindSeq(of DevlinkRef) iter.Seq2[DevlinkClassBind, error] {
	return devlinkSeq[DevlinkClassBind](h, uapi.DEVLINK_CMD_SB_TC_POOL_BIND_GET, "devlink sb tc bind list", of)
}

// DevlinkClassBindSet puts the packets of a traffic class into a pool: devlink sb tc bind set.
func (h *Handle) DevlinkClassBindSet(bind DevlinkClassBind) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_SB_TC_POOL_BIND_SET, "devlink sb tc bind set", &bind)
}
