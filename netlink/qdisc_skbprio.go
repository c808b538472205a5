package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Skbprio sends the packets of the highest priority first, and drops those of the lowest where it is full:
// tc-skbprio(8).
type Skbprio struct {
	QdiscAttrs
	Limit *uint32 // packets that may wait; nil: 64
}

// Attrs returns the attributes that all kinds have.
func (q *Skbprio) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "skbprio".
func (q *Skbprio) Type() string { return "skbprio" }

func (q *Skbprio) attrs(c *attr.Codec) {
	if c.Encoding() && q.Limit == nil {
		return
	}
	var p uapi.TcSkbprioQopt
	if q.Limit != nil {
		p.Limit = *q.Limit
	}
	attr.Header(c, uapi.SizeofTcSkbprioQopt, &p)
	if c.Decoding() {
		q.Limit = new(p.Limit)
	}
}

func (*Skbprio) describe() desc.Kind {
	return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true, Raw: showSkbprio}
}

func showSkbprio(p *desc.Printer, b []byte) {
	showLimit(p, b, func(v uint64) { p.Uint("limit", "limit %d ", v) })
}
