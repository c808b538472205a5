package netlink

// Lowpan is IPv6 over the IEEE 802.15.4 device ParentIndex: ip link add link PARENT type lowpan.
type Lowpan struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (l *Lowpan) Attrs() *LinkAttrs { return &l.LinkAttrs }

// Type returns "lowpan".
func (l *Lowpan) Type() string { return "lowpan" }
