package netlink

import (
	"iter"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// DevlinkRateType says whether rates are those of a function or of a node.
type DevlinkRateType uint16

// What rates are of.
const (
	DevlinkRateLeaf DevlinkRateType = uapi.DEVLINK_RATE_TYPE_LEAF // a function, by its port
	DevlinkRateNode DevlinkRateType = uapi.DEVLINK_RATE_TYPE_NODE // a node, which functions and nodes share
)

// DevlinkRate bounds what functions send: devlink port function rate (Linux 5.14). It is that of the port in
// DevlinkRef, or with NodeName of a node.
type DevlinkRate struct {
	DevlinkRef
	NodeName   string
	TxShare    *uint64 // the least, in bytes a second
	TxMax      *uint64 // the most, in bytes a second; 0: unbounded
	TxPriority *uint32 // among those of one parent, the higher first (Linux 6.3)
	TxWeight   *uint32 // among those of one priority
	Parent     *string // the name of a node; "": none
	// TCBandwidths are shares of traffic classes (Linux 6.17). All eight are sent.
	TCBandwidths []DevlinkTCBandwidth

	Type DevlinkRateType // read only
}

// DevlinkTCBandwidth is the share of a traffic class.
type DevlinkTCBandwidth struct {
	Index     uint8
	Bandwidth uint32 // of the sum of all
}

func (r *DevlinkRate) attrs(c *attr.Codec) {
	r.DevlinkRef.attrs(c)
	attr.String(c, uapi.DEVLINK_ATTR_RATE_NODE_NAME|attr.IfSet, &r.NodeName)
	attr.OptU64(c, uapi.DEVLINK_ATTR_RATE_TX_SHARE, &r.TxShare)
	attr.OptU64(c, uapi.DEVLINK_ATTR_RATE_TX_MAX, &r.TxMax)
	attr.OptU32(c, uapi.DEVLINK_ATTR_RATE_TX_PRIORITY, &r.TxPriority)
	attr.OptU32(c, uapi.DEVLINK_ATTR_RATE_TX_WEIGHT, &r.TxWeight)
	optString(c, uapi.DEVLINK_ATTR_RATE_PARENT_NODE_NAME, &r.Parent)
	attr.Siblings(c, uapi.DEVLINK_ATTR_RATE_TC_BWS|uapi.NLA_F_NESTED, &r.TCBandwidths,
		func(c *attr.Codec, t attr.Type, v *DevlinkTCBandwidth) {
			attr.Nest(c, t, func(c *attr.Codec) {
				attr.U8(c, uapi.DEVLINK_RATE_TC_ATTR_INDEX, &v.Index)
				attr.U32(c, uapi.DEVLINK_RATE_TC_ATTR_BW, &v.Bandwidth)
			})
		})
	attr.U16(c, uapi.DEVLINK_ATTR_RATE_TYPE|attr.ReadOnly, &r.Type)
}

// DevlinkRateSeq gives the rates of a device's functions and nodes as they come: devlink port function rate show. The
// last pair holds the error, if there is one.
func (h *Handle) DevlinkRateSeq(of DevlinkRef) iter.Seq2[DevlinkRate, error] {
	return devlinkSeq[DevlinkRate](h, uapi.DEVLINK_CMD_RATE_GET, "devlink rate list", of)
}

// DevlinkRateGet returns the rates of a port, or with a name of a node: devlink port function rate show DEV/NODE.
func (h *Handle) DevlinkRateGet(of DevlinkRef, node string) (*DevlinkRate, error) {
	return devlinkGet(h, uapi.DEVLINK_CMD_RATE_GET, "devlink rate get", &DevlinkRate{DevlinkRef: of, NodeName: node})
}

// DevlinkRateAdd makes a node: devlink port function rate add.
func (h *Handle) DevlinkRateAdd(rate DevlinkRate) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_RATE_NEW, "devlink rate add", &rate)
}

// DevlinkRateSet changes rates: devlink port function rate set.
func (h *Handle) DevlinkRateSet(rate DevlinkRate) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_RATE_SET, "devlink rate set", &rate)
}

// DevlinkRateDel deletes a node: devlink port function rate del.
func (h *Handle) DevlinkRateDel(of DevlinkRef, node string) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_RATE_DEL, "devlink rate delete", &DevlinkRate{DevlinkRef: of, NodeName: node})
}
