package netlink

import "kern.sys/netlink/desc"

// CakeMq is a [Cake] on each transmit queue of the link, which share the bandwidth. Linux 7.1.
type CakeMq struct {
	QdiscAttrs
	CakeOptions
}

// Attrs returns the attributes that all kinds have.
func (q *CakeMq) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "cake_mq".
func (q *CakeMq) Type() string { return "cake_mq" }

func (*CakeMq) describe() desc.Kind { return describeCake() }
