package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Multiq has a class for each transmit queue of the link, and takes packets from all in turn. Filters,
// or skbedit, choose the queue.
type Multiq struct {
	QdiscAttrs
	Bands    uint16 // how many there are; read only
	MaxBands uint16 // how many queues the link may have; read only
}

// Attrs returns the attributes that all kinds have.
func (q *Multiq) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "multiq".
func (q *Multiq) Type() string { return "multiq" }

func (q *Multiq) attrs(c *attr.Codec) {
	var p uapi.TcMultiqQopt // the kernel wants the structure, and passes over what is in it
	attr.Header(c, uapi.SizeofTcMultiqQopt, &p)
	if c.Decoding() {
		q.Bands, q.MaxBands = p.Bands, p.MaxBands
	}
}

func (*Multiq) describe() desc.Kind {
	return desc.Kind{Header: uapi.SizeofTcMultiqQopt, Raw: showMultiq}
}

func showMultiq(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcMultiqQopt {
		return
	}
	var m uapi.TcMultiqQopt
	m.Decode(b)
	p.Text("bands %d/%d ", m.Bands, m.MaxBands)
	if p.JSON {
		p.Uint("bands", "", uint64(m.Bands))
		p.Uint("max_bands", "", uint64(m.MaxBands))
	}
}
