package netlink

import "kern.sys/netlink/desc"

// Blackhole drops all packets.
type Blackhole struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Blackhole) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "blackhole".
func (q *Blackhole) Type() string { return "blackhole" }

func (*Blackhole) describe() desc.Kind { return desc.Kind{Sparse: true} }
