package nl

import (
	"kern.sys/internal/arphrd"
	"kern.sys/unix"
)

// NewIfInfomsg returns a header of a family (AF_…) and nothing else.
func NewIfInfomsg(family int) *IfInfomsg {
	return &IfInfomsg{IfInfomsg: unix.IfInfomsg{Family: uint8(family)}}
}

// NewIfInfomsgChild adds a header of a family within an attribute, as that of a veth's peer.
func NewIfInfomsgChild(parent *RtAttr, family int) *IfInfomsg {
	msg := NewIfInfomsg(family)
	parent.AddChild(msg)
	return msg
}

// EncapType names the type of the link-layer address (ARPHRD_…) as ip link
// prints it after "link/".
func (m *IfInfomsg) EncapType() string { return arphrd.EncapType(m.Type) }

// NewIfAddrmsg returns a header of a family (AF_…) and nothing else.
func NewIfAddrmsg(family int) *IfAddrmsg {
	return &IfAddrmsg{IfAddrmsg: unix.IfAddrmsg{Family: uint8(family)}}
}
