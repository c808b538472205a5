package nl

import (
	"kern.sys/internal/arphrd"
	"kern.sys/internal/uapi"
	"kern.sys/unix"
)

// IfInfomsg is struct ifinfomsg, the header of messages about links.
type IfInfomsg struct {
	unix.IfInfomsg
}

// NewIfInfomsg returns a header of a family (AF_…) and nothing else.
func NewIfInfomsg(family int) *IfInfomsg {
	return &IfInfomsg{IfInfomsg: unix.IfInfomsg{Family: uint8(family)}}
}

// DeserializeIfInfomsg reads the header that b begins with; what a short b
// lacks is zero.
func DeserializeIfInfomsg(b []byte) *IfInfomsg {
	var m uapi.Ifinfomsg
	m.Decode(b)
	return &IfInfomsg{IfInfomsg: unix.IfInfomsg{
		Family: m.Family, Type: m.Type, Index: m.Index, Flags: m.Flags, Change: m.Change,
	}}
}

// Serialize returns the header as the kernel takes it.
func (msg *IfInfomsg) Serialize() []byte {
	b := make([]byte, uapi.SizeofIfinfomsg)
	m := uapi.Ifinfomsg{Family: msg.Family, Type: msg.Type, Index: msg.Index, Flags: msg.Flags, Change: msg.Change}
	m.Put(b)
	return b
}

// Len returns the header's length in bytes.
func (msg *IfInfomsg) Len() int { return uapi.SizeofIfinfomsg }

// EncapType names the type of the link-layer address (ARPHRD_…) as ip link
// prints it after "link/".
func (msg *IfInfomsg) EncapType() string { return arphrd.EncapType(msg.Type) }
