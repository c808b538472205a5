package netlink

import "kern.sys/netlink/desc"

// Noqueue has packets sent at once, or dropped where the driver does not take them. Links of software
// have it by default.
type Noqueue struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Noqueue) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "noqueue".
func (q *Noqueue) Type() string { return "noqueue" }

func (*Noqueue) hollow() {}

func (*Noqueue) describe() desc.Kind { return desc.Kind{Sparse: true} }
