package netlink

// Vcan is a virtual CAN bus of this host: ip link add DEV type vcan.
type Vcan struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (v *Vcan) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "vcan".
func (v *Vcan) Type() string { return "vcan" }
