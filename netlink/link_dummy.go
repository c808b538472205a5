package netlink

// Dummy is a link that drops all packets sent on it: ip link add DEV type dummy.
type Dummy struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (d *Dummy) Attrs() *LinkAttrs { return &d.LinkAttrs }

// Type returns "dummy".
func (d *Dummy) Type() string { return "dummy" }
