package netlink

// Vsockmon gets copies of what is sent over AF_VSOCK: ip link add DEV type vsockmon (Linux 4.12).
type Vsockmon struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (v *Vsockmon) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "vsockmon".
func (v *Vsockmon) Type() string { return "vsockmon" }
