package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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

func (*Pfifo) describe() desc.Kind {
	return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true, Raw: showPfifo}
}

// fifoFields are a structure with a limit, which is sent where one was given.
var fifoFields = []desc.Field{
	{Word: "limit", Usage: "NUMBER", Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
		v, err := in.Size("limit")
		native.PutUint32(e.Raw(4), v)
		return err
	}},
}

func showLimit(p *desc.Printer, b []byte, show func(v uint64)) {
	if len(b) >= 4 {
		show(uint64(native.Uint32(b)))
	}
}

func showPfifo(p *desc.Printer, b []byte) {
	showLimit(p, b, func(v uint64) { p.Uint("limit", "limit %dp", v) })
}
