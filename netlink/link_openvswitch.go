package netlink

// OpenvSwitch is a port of Open vSwitch that is a device of its own. Its daemon makes it.
type OpenvSwitch struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (o *OpenvSwitch) Attrs() *LinkAttrs { return &o.LinkAttrs }

// Type returns "openvswitch".
func (o *OpenvSwitch) Type() string { return "openvswitch" }
