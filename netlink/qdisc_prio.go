package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// PRIORITY_MAP_LEN is how many priorities a map of priorities has.
const PRIORITY_MAP_LEN = uapi.TC_PRIO_MAX + 1

// Prio has a queue for each of its bands, and sends from the first that is not empty: tc-prio(8).
type Prio struct {
	QdiscAttrs
	Bands       uint8                   // 2 to 16
	PriorityMap [PRIORITY_MAP_LEN]uint8 // the band of packets of each priority (TC_PRIO_…), counted from 0
}

// NewPrio returns the defaults of tc and of the kernel's default queue: three bands, the first for what is
// interactive.
func NewPrio(attrs QdiscAttrs) *Prio {
	return &Prio{QdiscAttrs: attrs, Bands: 3, PriorityMap: [...]uint8{1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1}}
}

// Attrs returns the attributes that all kinds have.
func (q *Prio) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "prio".
func (q *Prio) Type() string { return "prio" }

func (q *Prio) attrs(c *attr.Codec) { priorityMap(c, &q.Bands, &q.PriorityMap) }

func priorityMap(c *attr.Codec, bands *uint8, priorities *[PRIORITY_MAP_LEN]uint8) {
	p := uapi.TcPrioQopt{Bands: int32(*bands), Priomap: *priorities}
	attr.Header(c, uapi.SizeofTcPrioQopt, &p)
	if c.Decoding() {
		*bands, *priorities = uint8(p.Bands), p.Priomap
	}
}

func (*Prio) describe() desc.Kind {
	return desc.Kind{Fields: prioFields, Header: uapi.SizeofTcPrioQopt, First: firstPrio, Complete: completePrio,
		Exact: true}
}

var prioFields = []desc.Field{
	{Type: desc.Header, Word: "bands", Usage: "NUMBER", Show: showPrio,
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Signed(10, "bands")
			native.PutUint32(in.Written(e, f.Type), uint32(v))
			return err
		}},
	{Type: desc.Header, Word: "priomap", Usage: "BAND...", Read: readPriomap},
}

// firstPrio begins with what tc has by default.
func firstPrio(in *desc.Args, e *wire.Encoder) error {
	q := NewPrio(QdiscAttrs{})
	(&uapi.TcPrioQopt{Bands: int32(q.Bands), Priomap: q.PriorityMap}).Put(in.Written(e, desc.Header))
	return nil
}

// completePrio ends with an empty nest, as tc does: where kernels had multiqueue before 2.6.27.
func completePrio(_ *desc.Args, e *wire.Encoder, _ bool) error {
	e.Nest(uapi.TCA_OPTIONS)
	e.End()
	return nil
}

func readPriomap(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	var m uapi.TcPrioQopt
	m.Decode(in.Written(e, f.Type))
	for at := 0; in.More() && !in.PeekOneOf("bands", "priomap"); at++ {
		band, err := in.Number(32, 10, "priomap")
		switch {
		case err != nil:
			return err
		case int64(band) >= int64(m.Bands):
			return desc.Failed("\"priomap\" element is out of bands")
		case at >= PRIORITY_MAP_LEN:
			return desc.Failed("\"priomap\" index > TC_PRIO_MAX=%d", uapi.TC_PRIO_MAX)
		}
		m.Priomap[at] = uint8(band)
	}
	m.Put(in.Written(e, f.Type))
	return nil
}

func showPrio(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofTcPrioQopt {
		return
	}
	var m uapi.TcPrioQopt
	m.Decode(b)
	p.Uint("bands", "bands %d ", uint64(uint32(m.Bands)))
	showPriomap(p, &m, "priomap", " %d")
	p.Bool("multiqueue", "", false) // what kernels had before 2.6.27
}
