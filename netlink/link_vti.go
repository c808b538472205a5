package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
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
	FwMark uint32 // fwmark of its packets, for routes; 0 is unset
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

func (*Vti) whole() {}

func (v *Vti) attrs(c *attr.Codec) {
	attr.IP(c, uapi.IFLA_VTI_LOCAL, &v.Local)
	attr.IP(c, uapi.IFLA_VTI_REMOTE, &v.Remote)
	attr.U32(c, uapi.IFLA_VTI_LINK|attr.IfSet, &v.Link)
	attr.BE32(c, uapi.IFLA_VTI_IKEY, &v.IKey)
	attr.BE32(c, uapi.IFLA_VTI_OKEY, &v.OKey)
	attr.U32(c, uapi.IFLA_VTI_FWMARK|attr.IfSet, &v.FwMark)
}

func (*Vti) describeAs(name string) desc.Kind {
	if name == "vti6" {
		return describeVti(tunnelVti6)
	}
	return describeVti(tunnelVti)
}
