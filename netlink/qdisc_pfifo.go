package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Pfifo is one queue that is limited by packets: tc-pfifo(8).
type Pfifo struct {
	QdiscAttrs
	Limit *uint32 // packets that may wait; nil: as the link's queue length
}

// Attrs returns the attributes that all kinds have.
func (q *Pfifo) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "pfifo".
func (q *Pfifo) Type() string { return "pfifo" }

func (q *Pfifo) attrs(c *attr.Codec) { fifoLimit(c, &q.Limit) }

// fifoLimit is the structure of a simple queue, which is left out where the kernel chooses.
func fifoLimit(c *attr.Codec, limit **uint32) {
	if c.Encoding() && *limit == nil {
		return
	}
	var p uapi.TcFifoQopt
	if *limit != nil {
		p.Limit = **limit
	}
	attr.Header(c, uapi.SizeofTcFifoQopt, &p)
	if c.Decoding() {
		*limit = new(p.Limit)
	}
}
