package netlink

// Nlmon gets copies of the netlink messages of its namespace: ip link add DEV type nlmon.
type Nlmon struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (n *Nlmon) Attrs() *LinkAttrs { return &n.LinkAttrs }

// Type returns "nlmon".
func (n *Nlmon) Type() string { return "nlmon" }
