package netlink

// OpenvSwitchSlave is what a port of Open vSwitch has. There is nothing to set.
type OpenvSwitchSlave struct{}

// SlaveType returns "openvswitch".
func (o *OpenvSwitchSlave) SlaveType() string { return "openvswitch" }
