package netlink

// Team is a device that uses several links as one, as a daemon says by generic netlink: ip link add DEV type team.
type Team struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (t *Team) Attrs() *LinkAttrs { return &t.LinkAttrs }

// Type returns "team".
func (t *Team) Type() string { return "team" }
