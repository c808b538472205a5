package nl

import "kern.sys/unix"

// NewRtMsg returns the header of a route to add: a unicast one of the table main, of global scope, added by hand.
func NewRtMsg() *RtMsg {
	return &RtMsg{RtMsg: unix.RtMsg{
		Table:    unix.RT_TABLE_MAIN,
		Scope:    unix.RT_SCOPE_UNIVERSE,
		Protocol: unix.RTPROT_BOOT,
		Type:     unix.RTN_UNICAST,
	}}
}

// NewRtDelMsg returns the header of a route to delete: any one of the table main.
func NewRtDelMsg() *RtMsg {
	return &RtMsg{RtMsg: unix.RtMsg{Table: unix.RT_TABLE_MAIN, Scope: unix.RT_SCOPE_NOWHERE}}
}

// Len returns the length with the attributes, in bytes.
func (m *RtNexthop) Len() int {
	n := unix.SizeofRtNexthop
	for _, child := range m.Children {
		n += align4(child.Len())
	}
	return n
}

// Serialize returns the next hop and its attributes as the kernel takes them, and sets the
// field Len.
func (m *RtNexthop) Serialize() []byte {
	m.RtNexthop.Len = uint16(m.Len())
	b := make([]byte, unix.SizeofRtNexthop)
	m.put(b)
	for _, child := range m.Children {
		b = appendPadded(b, child.Serialize())
	}
	return b
}

// DeserializeNhmsg reads the structure that b begins with; it is nil where b is shorter.
func DeserializeNhmsg(b []byte) *Nhmsg {
	m := new(Nhmsg)
	if len(b) < m.Len() {
		return nil
	}
	m.decode(b)
	return m
}

// RtGenMsg is struct rtgenmsg of linux/rtnetlink.h: a family.
type RtGenMsg struct {
	unix.RtGenmsg
}

// NewRtGenMsg returns a header of all families.
func NewRtGenMsg() *RtGenMsg { return new(RtGenMsg) }

// Len returns the length with padding, in bytes.
func (msg *RtGenMsg) Len() int { return align4(unix.SizeofRtGenmsg) }

// Serialize returns the structure with padding as the kernel takes it.
func (msg *RtGenMsg) Serialize() []byte {
	b := make([]byte, msg.Len())
	b[0] = msg.Family
	return b
}

// DeserializeRtGenMsg reads the structure that b begins with; what a short b lacks is zero.
func DeserializeRtGenMsg(b []byte) *RtGenMsg {
	return &RtGenMsg{RtGenmsg: unix.RtGenmsg{Family: padded(b, 1)[0]}}
}
