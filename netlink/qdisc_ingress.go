package netlink

import (
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Ingress holds filters for what a link receives, and has no queue: tc qdisc add dev DEV ingress.
// Its parent must be HANDLE_INGRESS; its handle is MakeHandle(0xffff, 0).
type Ingress struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Ingress) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "ingress".
func (q *Ingress) Type() string { return "ingress" }

func (q *Ingress) filterPlaces(place func(parent uint32, block *uint32)) {
	place(HANDLE_MIN_INGRESS, q.IngressBlock)
}

func (*Ingress) describe() desc.Kind {
	return desc.Kind{Sparse: true, Fields: ingressFields,
		Raw: func(p *desc.Printer, _ []byte) { p.Text("---------------- ") }}
}

// ingressFields has what older commands say, which changes nothing.
var ingressFields = []desc.Field{
	{Word: "handle", Usage: "HANDLE", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		_, err := in.Next()
		return err
	}},
}
