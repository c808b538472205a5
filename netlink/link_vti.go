package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Vti is a tunnel of IPsec, over IPv4 where Local is an IPv4 address and else over
// IPv6: ip link add DEV type vti, vti6. Keys are the marks of policies and states.
type Vti struct {
	LinkAttrs
	IKey   uint32
	OKey   uint32
	Link   uint32 // index of the link to send by, 0 for any
	Local  net.IP
	Remote net.IP
}

// Attrs returns the attributes that all kinds have.
func (v *Vti) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "vti" or "vti6".
func (v *Vti) Type() string {
	if is6(v.Local) {
		return "vti6"
	}
	return "vti"
}

func (v *Vti) attrs(c *attr.Codec) {
	attr.IP(c, uapi.IFLA_VTI_LOCAL, &v.Local)
	attr.IP(c, uapi.IFLA_VTI_REMOTE, &v.Remote)
	attr.U32(c, uapi.IFLA_VTI_LINK|attr.IfSet, &v.Link)
	attr.BE32(c, uapi.IFLA_VTI_IKEY, &v.IKey)
	attr.BE32(c, uapi.IFLA_VTI_OKEY, &v.OKey)
}
