package netlink

// Netdevsim is a device of the simulator of drivers. The kernel makes one where a bus device is added, and refuses
// LinkAdd.
type Netdevsim struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (n *Netdevsim) Attrs() *LinkAttrs { return &n.LinkAttrs }

// Type returns "netdevsim".
func (n *Netdevsim) Type() string { return "netdevsim" }
