package netlink

// Ifb is an intermediate functional block: packets that tc redirects to it go
// through its queueing discipline and return to where they came from. ip link
// add DEV type ifb.
type Ifb struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (i *Ifb) Attrs() *LinkAttrs { return &i.LinkAttrs }

// Type returns "ifb".
func (i *Ifb) Type() string { return "ifb" }
