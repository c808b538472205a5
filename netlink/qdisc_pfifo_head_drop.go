package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/netlink/desc"
)

// PfifoHeadDrop is one queue that is limited by packets. Where it is full the oldest packet is dropped
// and not the newest.
type PfifoHeadDrop struct {
	QdiscAttrs
	Limit *uint32 // packets that may wait; nil: as the link's queue length
}

// Attrs returns the attributes that all kinds have.
func (q *PfifoHeadDrop) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "pfifo_head_drop".
func (q *PfifoHeadDrop) Type() string { return "pfifo_head_drop" }

func (q *PfifoHeadDrop) attrs(c *attr.Codec) { fifoLimit(c, &q.Limit) }

func (*PfifoHeadDrop) describe() desc.Kind {
	return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true, Raw: showPfifo}
}
