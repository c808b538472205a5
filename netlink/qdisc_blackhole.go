package netlink

// Blackhole drops all packets.
type Blackhole struct{ QdiscAttrs }

// Attrs returns the attributes that all kinds have.
func (q *Blackhole) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "blackhole".
func (q *Blackhole) Type() string { return "blackhole" }
