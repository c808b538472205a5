package netlink

import "kern.sys/netlink/desc"

// Mq has a class for each transmit queue of the link, and its queueing discipline there: the default of
// links with several queues. It has no options.
type Mq struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Mq) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "mq".
func (q *Mq) Type() string { return "mq" }

func (*Mq) describe() desc.Kind { return desc.Kind{Sparse: true} }
