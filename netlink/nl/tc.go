package nl

import "strconv"

// TcGact is the parameters of an action gact, those that all actions begin with.
type TcGact TcGen

// TcBpf is the parameters of an action bpf, those that all actions begin with.
type TcBpf TcGen

// DeserializeTunnelKey reads the structure that b begins with; what a short b lacks is zero.
func DeserializeTunnelKey(b []byte) *TcTunnelKey {
	m := new(TcTunnelKey)
	m.decode(b)
	return m
}

// DeserializeSkbEdit reads the structure that b begins with; what a short b lacks is zero.
func DeserializeSkbEdit(b []byte) *TcSkbEdit {
	m := new(TcSkbEdit)
	m.decode(b)
	return m
}

// HfscCopt is the three service curves of a class of hfsc: real-time, link-share, upper limit.
type HfscCopt struct {
	Rsc Curve
	Fsc Curve
	Usc Curve
}

// Curve is a service curve of hfsc (struct tc_service_curve): two slopes and where the first ends.
type Curve struct {
	m1, d, m2 uint32
}

// Attrs returns the first slope in bytes a second, its length in microseconds, and the second slope.
func (c *Curve) Attrs() (m1, d, m2 uint32) { return c.m1, c.d, c.m2 }

// Set sets what Attrs returns.
func (c *Curve) Set(m1, d, m2 uint32) { c.m1, c.d, c.m2 = m1, d, m2 }

// DeserializeHfscCurve reads the curve that b begins with; what a short b lacks is zero.
func DeserializeHfscCurve(b []byte) *Curve {
	b = padded(b, 12)
	return &Curve{native.Uint32(b), native.Uint32(b[4:]), native.Uint32(b[8:])}
}

// SerializeHfscCurve returns the curve as the kernel takes it.
func SerializeHfscCurve(c *Curve) []byte {
	b := native.AppendUint32(make([]byte, 0, 12), c.m1)
	return native.AppendUint32(native.AppendUint32(b, c.d), c.m2)
}

// Len returns the length with as many keys as Nkeys says, in bytes.
func (m *TcU32Sel) Len() int { return SizeofTcU32Sel + int(m.Nkeys)*SizeofTcU32Key }

// Serialize returns the selector and its keys as the kernel takes them: as many as Nkeys says.
func (m *TcU32Sel) Serialize() []byte {
	b := make([]byte, m.Len())
	m.put(b)
	for i := range m.Keys[:min(len(m.Keys), int(m.Nkeys))] {
		m.Keys[i].put(b[SizeofTcU32Sel+i*SizeofTcU32Key:])
	}
	return b
}

// DeserializeTcU32Sel reads the selector that b begins with, and its keys; what a short b lacks is zero.
func DeserializeTcU32Sel(b []byte) *TcU32Sel {
	m := new(TcU32Sel)
	m.decode(b)
	b = padded(b, m.Len())
	for i := range int(m.Nkeys) {
		m.Keys = append(m.Keys, *DeserializeTcU32Key(b[SizeofTcU32Sel+i*SizeofTcU32Key:]))
	}
	return m
}

// IPProto is a protocol over IP as the filter flower matches it.
type IPProto uint8

// Serialize returns the protocol as the payload of an attribute.
func (i IPProto) Serialize() []byte { return []byte{byte(i)} }

// String returns the name that tc filter has for the protocol, or its number.
func (i IPProto) String() string {
	switch i {
	case IPPROTO_TCP:
		return "tcp"
	case IPPROTO_UDP:
		return "udp"
	case IPPROTO_SCTP:
		return "sctp"
	case IPPROTO_ICMP:
		return "icmp"
	case IPPROTO_ICMPV6:
		return "icmpv6"
	}
	return strconv.Itoa(int(i))
}
