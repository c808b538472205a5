package netlink

// TeamSlave is what the port of a [Team] has: its options are its daemon's. There is nothing to set.
type TeamSlave struct{}

// SlaveType returns "team".
func (t *TeamSlave) SlaveType() string { return "team" }
