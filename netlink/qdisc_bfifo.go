package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/netlink/desc"
)

// Bfifo is one queue that is limited by bytes: tc-bfifo(8).
type Bfifo struct {
	QdiscAttrs
	Limit *uint32 // bytes that may wait; nil: as the link's queue length, of full packets
}

// Attrs returns the attributes that all kinds have.
func (q *Bfifo) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "bfifo".
func (q *Bfifo) Type() string { return "bfifo" }

func (q *Bfifo) attrs(c *attr.Codec) { fifoLimit(c, &q.Limit) }

func (*Bfifo) describe() desc.Kind {
	return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true, Raw: showBfifo}
}

func showBfifo(p *desc.Printer, b []byte) {
	showLimit(p, b, func(v uint64) { p.Size("limit", "limit %s", v) })
}
