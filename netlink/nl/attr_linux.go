package nl

import (
	"syscall"

	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// RtAttr is an attribute (struct rtattr) with a payload, with attributes within it, or with
// both: the attributes follow the payload.
type RtAttr struct {
	unix.RtAttr
	Data     []byte
	children []NetlinkRequestData
}

// NewRtAttr returns an attribute, which keeps data.
func NewRtAttr(attrType int, data []byte) *RtAttr {
	return &RtAttr{RtAttr: unix.RtAttr{Type: uint16(attrType)}, Data: data}
}

// NewRtAttrChild adds an attribute to parent.
//
// Deprecated: [RtAttr.AddRtAttr] is the same.
func NewRtAttrChild(parent *RtAttr, attrType int, data []byte) *RtAttr {
	return parent.AddRtAttr(attrType, data)
}

// AddRtAttr adds an attribute within a and returns it.
func (a *RtAttr) AddRtAttr(attrType int, data []byte) *RtAttr {
	attr := NewRtAttr(attrType, data)
	a.AddChild(attr)
	return attr
}

// AddChild adds what is serialized within a, behind its payload.
func (a *RtAttr) AddChild(attr NetlinkRequestData) { a.children = append(a.children, attr) }

// Len returns the length in bytes, which has no padding at its end unless there are attributes
// within it. More than 65,535 bytes do not fit into an attribute.
func (a *RtAttr) Len() int {
	n := unix.SizeofRtAttr + len(a.Data)
	if len(a.children) == 0 {
		return n
	}
	n = align4(n)
	for _, child := range a.children {
		n += align4(child.Len())
	}
	return n
}

// Serialize returns the attribute as the kernel takes it, padded to a multiple of four bytes.
func (a *RtAttr) Serialize() []byte {
	n := a.Len()
	b := make([]byte, unix.SizeofRtAttr, align4(n))
	native.PutUint16(b, uint16(n))
	native.PutUint16(b[2:], a.Type)
	b = appendPadded(b, a.Data)
	for _, child := range a.children {
		b = appendPadded(b, child.Serialize())
	}
	return b
}

// appendPadded appends data and zeros up to a multiple of four bytes.
func appendPadded(b, data []byte) []byte {
	b = append(b, data...)
	return append(b, make([]byte, align4(len(data))-len(data))...)
}

// Uint32Attribute is an attribute with a number: in network byte order where the type has
// NLA_F_NET_BYTEORDER, else in the machine's.
type Uint32Attribute struct {
	Type  uint16
	Value uint32
}

// Len returns the attribute's length in bytes.
func (a *Uint32Attribute) Len() int { return unix.SizeofRtAttr + 4 }

// Serialize returns the attribute as the kernel takes it.
func (a *Uint32Attribute) Serialize() []byte {
	v := Uint32Attr(a.Value)
	if a.Type&NLA_F_NET_BYTEORDER != 0 {
		v = BEUint32Attr(a.Value)
	}
	return NewRtAttr(int(a.Type), v).Serialize()
}

// ParseRouteAttr returns the attributes in b, whose memory they share, with the flags in their
// types; EINVAL where one is malformed.
func ParseRouteAttr(b []byte) ([]syscall.NetlinkRouteAttr, error) {
	var attrs []syscall.NetlinkRouteAttr
	d := wire.NewDecoder(b)
	for d.Next() {
		value := d.Data()
		attrs = append(attrs, syscall.NetlinkRouteAttr{
			Attr:  syscall.RtAttr{Len: uint16(unix.SizeofRtAttr + len(value)), Type: d.Type() | d.Flags()},
			Value: value,
		})
	}
	if d.Err() != nil {
		return nil, unix.EINVAL
	}
	return attrs, nil
}

// ParseRouteAttrAsMap is [ParseRouteAttr] by type; of those with the same type the last one.
func ParseRouteAttrAsMap(b []byte) (map[uint16]syscall.NetlinkRouteAttr, error) {
	attrs, err := ParseRouteAttr(b)
	if err != nil {
		return nil, err
	}
	byType := make(map[uint16]syscall.NetlinkRouteAttr, len(attrs))
	for _, a := range attrs {
		byType[a.Attr.Type] = a
	}
	return byType, nil
}
