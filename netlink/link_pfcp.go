package netlink

// Pfcp is the end of PFCP, whose packets tc classifies by their header: ip link add DEV type pfcp (Linux 6.10).
type Pfcp struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (p *Pfcp) Attrs() *LinkAttrs { return &p.LinkAttrs }

// Type returns "pfcp".
func (p *Pfcp) Type() string { return "pfcp" }
