package netlink

// OpenvSwitchSlave is a port of Open vSwitch. There is nothing to set.
type OpenvSwitchSlave struct{}

// SlaveType returns "openvswitch".
func (o *OpenvSwitchSlave) SlaveType() string { return "openvswitch" }
