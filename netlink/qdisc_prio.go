package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// PRIORITY_MAP_LEN is how many priorities a map of priorities has.
const PRIORITY_MAP_LEN = uapi.TC_PRIO_MAX + 1

// Prio has a queue for each of its bands, and sends from the first that is not empty: tc-prio(8).
type Prio struct {
	QdiscAttrs
	Bands       uint8                   // 2 to 16
	PriorityMap [PRIORITY_MAP_LEN]uint8 // the band of packets of each priority (TC_PRIO_…), counted from 0
}

// NewPrio returns what tc and the kernel's default queue have: three bands, the first for what is
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
