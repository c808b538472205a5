package netlink

import (
	"kern.sys/netlink/desc"
)

// Clsact holds filters for what a link receives and for what it sends, and has no queue: tc qdisc
// add dev DEV clsact. Its parent is HANDLE_CLSACT, its handle MakeHandle(0xffff, 0); the parents
// of the filters are HANDLE_MIN_INGRESS and HANDLE_MIN_EGRESS. Linux 4.5.
type Clsact struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Clsact) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "clsact".
func (q *Clsact) Type() string { return "clsact" }

func (q *Clsact) filterPlaces(place func(parent uint32, block *uint32)) {
	place(HANDLE_MIN_INGRESS, q.IngressBlock)
	place(HANDLE_MIN_EGRESS, q.EgressBlock)
}

func (*Clsact) describe() desc.Kind { return desc.Kind{Sparse: true} }
