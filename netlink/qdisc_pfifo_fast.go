package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/netlink/desc"
)

// PfifoFast has three queues by the priority of packets: tc-pfifo_fast(8). It is the default of
// many kernels. It has no options; what it has is read.
type PfifoFast struct {
	QdiscAttrs
	Bands       uint8
	PriorityMap [PRIORITY_MAP_LEN]uint8 // the band of packets of each priority, counted from 0
}

// Attrs returns the attributes that all kinds have.
func (q *PfifoFast) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "pfifo_fast".
func (q *PfifoFast) Type() string { return "pfifo_fast" }

func (q *PfifoFast) attrs(c *attr.Codec) {
	if c.Decoding() {
		priorityMap(c, &q.Bands, &q.PriorityMap)
	}
}

func (*PfifoFast) describe() desc.Kind {
	return desc.Kind{Sparse: true, Raw: func(p *desc.Printer, b []byte) { showPrio(p, nil, b, nil) }}
}
