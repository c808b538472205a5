package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// VrfSlave holds the attributes of a port of a [Vrf]. It is only read.
type VrfSlave struct {
	Table uint32 // of the Vrf
}

// SlaveType returns "vrf".
func (v *VrfSlave) SlaveType() string { return "vrf" }

func (v *VrfSlave) attrs(c *attr.Codec) {
	attr.U32(c, uapi.IFLA_VRF_PORT_TABLE|attr.ReadOnly, &v.Table)
}

func (*VrfSlave) describe() desc.Kind { return desc.Kind{Fields: vrfPortFields} }

var vrfPortFields = []desc.Field{
	{Type: uapi.IFLA_VRF_PORT_TABLE, Key: "table", Form: desc.U32, ReadOnly: true},
}
