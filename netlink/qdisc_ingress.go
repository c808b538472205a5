package netlink

// Ingress holds filters for what a link receives, and has no queue: tc qdisc add dev DEV ingress.
// Its parent must be HANDLE_INGRESS; its handle is MakeHandle(0xffff, 0).
type Ingress struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Ingress) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "ingress".
func (q *Ingress) Type() string { return "ingress" }
