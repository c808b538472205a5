package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// EmatchIPT asks a match of iptables(8). Kernels take two of them here, which have types of their own: "policy" with
// NF_INET_PRE_ROUTING, and "addrtype" of revision 1.
type EmatchIPT struct {
	Hook     uint32 // NF_INET_…, where in the stack the match is to think that it is asked
	Name     string // "policy"
	Revision uint8
	NFProto  uint8  // NFPROTO_…
	Data     []byte // the match's structure, in the kernel's form

	// These take the place of Name, Revision and Data. A match that is read has them where they say all of it.
	Policy   *IPTPolicy
	AddrType *IPTAddrType
}

// IPTPolicy is the match "policy" of iptables-extensions(8): how IPsec treated the packet.
type IPTPolicy struct {
	Out    bool // how it will be treated, which kernels refuse here
	None   bool // not at all
	Strict bool // the elements are all of its transformations, in their order; else there is one at most
	// Elements are compared with the transformations, 4 at most.
	Elements []IPTPolicyElement
}

// IPTPolicyElement is compared with a transformation of IPsec. What is nil is not compared; what Not has must differ.
type IPTPolicyElement struct {
	Src, Dst *net.IPNet // the ends of the tunnel
	Proto    *Proto     // XFRM_PROTO_…
	Tunnel   *bool      // it is in tunnel mode, or else in transport mode
	SPI      *uint32
	ReqID    *uint32

	Not IPTPolicyFields
}

// IPTPolicyFields are fields of an [IPTPolicyElement].
type IPTPolicyFields struct{ Src, Dst, Proto, Tunnel, SPI, ReqID bool }

// IPTAddrType is the match "addrtype" of iptables-extensions(8): of what type the packet's addresses are.
type IPTAddrType struct {
	Src, Dst       uint16 // a bit 1 << RTN_… for each type; 0: any
	NotSrc, NotDst bool   // it is none of these
	LimitIn        bool   // addresses are looked up on the link that the packet came by only
	LimitOut       bool   // or on the one that it leaves by
}

func (*EmatchIPT) kind() uint16 { return uapi.TCF_EM_IPT }

func (m *EmatchIPT) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_EM_IPT_HOOK, &m.Hook)
	attr.String(c, uapi.TCA_EM_IPT_MATCH_NAME, &m.Name)
	attr.U8(c, uapi.TCA_EM_IPT_MATCH_REVISION, &m.Revision)
	attr.U8(c, uapi.TCA_EM_IPT_NFPROTO, &m.NFProto)
	attr.Bytes(c, uapi.TCA_EM_IPT_MATCH_DATA, &m.Data)
}

const (
	iptPolicy   = "policy"
	iptAddrType = "addrtype"
	addrTypeRev = 1
)

var errTwoIPT = errors.New("an extended match has two matches of iptables")

func (m *EmatchIPT) encode() ([]byte, error) {
	raw := EmatchIPT{Hook: m.Hook, Name: m.Name, Revision: m.Revision, NFProto: m.NFProto, Data: m.Data}
	var err error
	switch {
	case m.Policy != nil && m.AddrType != nil:
		err = errTwoIPT
	case m.Policy != nil:
		raw.Name, raw.Revision = iptPolicy, 0
		raw.Data, err = m.Policy.encode(m.NFProto)
	case m.AddrType != nil:
		raw.Name, raw.Revision, raw.Data = iptAddrType, addrTypeRev, m.AddrType.encode()
	}
	var e wire.Encoder
	attr.Encode(&e, raw.attrs)
	return e.Bytes(), errors.Join(err, e.Err())
}

// decode has a type where nothing is lost by it: its bytes are the same again.
func (m *EmatchIPT) decode(b []byte) error {
	if err := attr.Decode(b, m.attrs); err != nil {
		return err
	}
	switch {
	case m.Name == iptPolicy && m.Revision == 0 && len(m.Data) >= uapi.SizeofXtPolicyInfo:
		p := decodeIPTPolicy(m.Data, m.NFProto)
		if again, err := p.encode(m.NFProto); err == nil && samePadded(again, m.Data) {
			m.Policy = p
		}
	case m.Name == iptAddrType && m.Revision == addrTypeRev && len(m.Data) >= uapi.SizeofXtAddrtypeInfoV1:
		t := decodeIPTAddrType(m.Data)
		if samePadded(t.encode(), m.Data) {
			m.AddrType = t
		}
	}
	if m.Policy != nil || m.AddrType != nil {
		m.Name, m.Revision, m.Data = "", 0, nil
	}
	return nil
}

// samePadded reports whether b is a, and zeros.
func samePadded(a, b []byte) bool {
	return bytes.HasPrefix(b, a) && bytes.Count(b[len(a):], []byte{0}) == len(b)-len(a)
}

// policyBit is a bit field of struct xt_policy_spec by its number, uapi.XtPolicySpec….
func policyBit(n int) uint8 {
	if littleEndian() {
		return 1 << n
	}
	return 1 << 7 >> n
}

func (p *IPTPolicy) encode(nfproto uint8) ([]byte, error) {
	n := len(p.Elements)
	if n > uapi.XT_POLICY_MAX_ELEM {
		return nil, fmt.Errorf("%d elements of an IPsec policy, at most %d are possible", n, uapi.XT_POLICY_MAX_ELEM)
	}
	var w uapi.XtPolicyInfo
	var err error
	for i := range p.Elements {
		err = errors.Join(err, p.Elements[i].put(&w.Pol[i], nfproto))
	}
	w.Flags = uapi.XT_POLICY_MATCH_IN
	if p.Out {
		w.Flags = uapi.XT_POLICY_MATCH_OUT
	}
	if p.Strict {
		w.Flags |= uapi.XT_POLICY_MATCH_STRICT
	}
	if p.None {
		w.Flags |= uapi.XT_POLICY_MATCH_NONE
	} else {
		n = max(n, 1) // it compares nothing
	}
	w.Len = uint16(n)
	b := make([]byte, uapi.SizeofXtPolicyInfo)
	w.Put(b)
	return b, err
}

func (el *IPTPolicyElement) put(w *uapi.XtPolicyElem, nfproto uint8) error {
	set := func(field int, is, not bool) {
		if is {
			w.Match[0] |= policyBit(field)
		}
		if not {
			w.Invert[0] |= policyBit(field)
		}
	}
	set(uapi.XtPolicySpecSaddr, el.Src != nil, el.Not.Src)
	set(uapi.XtPolicySpecDaddr, el.Dst != nil, el.Not.Dst)
	set(uapi.XtPolicySpecProto, el.Proto != nil, el.Not.Proto)
	set(uapi.XtPolicySpecMode, el.Tunnel != nil, el.Not.Tunnel)
	set(uapi.XtPolicySpecSpi, el.SPI != nil, el.Not.SPI)
	set(uapi.XtPolicySpecReqid, el.ReqID != nil, el.Not.ReqID)
	if el.Proto != nil {
		w.Proto = uint8(*el.Proto)
	}
	w.Mode = uapi.XT_POLICY_MODE_TRANSPORT
	if el.Tunnel != nil && *el.Tunnel {
		w.Mode = uapi.XT_POLICY_MODE_TUNNEL
	}
	if el.SPI != nil {
		w.Spi = *el.SPI // The kernel compares it in network byte order, whatever iptables sends.
	}
	if el.ReqID != nil {
		w.Reqid = *el.ReqID
	}
	return errors.Join(putPolicyNet(&w.Saddr, &w.Smask, el.Src, nfproto),
		putPolicyNet(&w.Daddr, &w.Dmask, el.Dst, nfproto))
}

// putPolicyNet puts an address and its mask.
func putPolicyNet(addr, mask *uapi.XtPolicyAddr, ipNet *net.IPNet, nfproto uint8) error {
	if ipNet == nil {
		return nil
	}
	ip, size := ipNet.IP.To4(), net.IPv4len
	if nfproto == uapi.AF_INET6 {
		ip, size = ipNet.IP.To16(), net.IPv6len
	}
	if ip == nil || len(ipNet.Mask) != size {
		return fmt.Errorf("%v is no network of the family %d", ipNet, nfproto)
	}
	copy(addr[:], ip)
	copy(mask[:], ipNet.Mask)
	if ones, _ := ipNet.Mask.Size(); ones == 8*size { // an address alone has all bits, as iptables sends it
		copy(mask[:], bytes.Repeat([]byte{0xff}, len(mask)))
	}
	return nil
}

// decodeIPTPolicy reads what it knows; encoded again it is the same where that is all.
func decodeIPTPolicy(b []byte, nfproto uint8) *IPTPolicy {
	var w uapi.XtPolicyInfo
	w.Decode(b)
	p := &IPTPolicy{Out: w.Flags&uapi.XT_POLICY_MATCH_OUT != 0, None: w.Flags&uapi.XT_POLICY_MATCH_NONE != 0,
		Strict: w.Flags&uapi.XT_POLICY_MATCH_STRICT != 0}
	for i := range min(int(w.Len), len(w.Pol)) {
		p.Elements = append(p.Elements, policyElement(&w.Pol[i], nfproto))
	}
	if !p.Strict && len(p.Elements) == 1 && p.Elements[0] == (IPTPolicyElement{}) {
		p.Elements = nil // see encode
	}
	return p
}

func policyElement(w *uapi.XtPolicyElem, nfproto uint8) (el IPTPolicyElement) {
	is := func(field int) bool { return w.Match[0]&policyBit(field) != 0 }
	not := func(field int) bool { return w.Invert[0]&policyBit(field) != 0 }
	el.Not = IPTPolicyFields{not(uapi.XtPolicySpecSaddr), not(uapi.XtPolicySpecDaddr), not(uapi.XtPolicySpecProto),
		not(uapi.XtPolicySpecMode), not(uapi.XtPolicySpecSpi), not(uapi.XtPolicySpecReqid)}
	size := net.IPv4len
	if nfproto == uapi.AF_INET6 {
		size = net.IPv6len
	}
	ipNet := func(addr, mask uapi.XtPolicyAddr) *net.IPNet { return &net.IPNet{IP: addr[:size], Mask: mask[:size]} }
	if is(uapi.XtPolicySpecSaddr) {
		el.Src = ipNet(w.Saddr, w.Smask)
	}
	if is(uapi.XtPolicySpecDaddr) {
		el.Dst = ipNet(w.Daddr, w.Dmask)
	}
	if is(uapi.XtPolicySpecProto) {
		el.Proto = new(Proto(w.Proto))
	}
	if is(uapi.XtPolicySpecMode) {
		el.Tunnel = new(w.Mode == uapi.XT_POLICY_MODE_TUNNEL)
	}
	if is(uapi.XtPolicySpecSpi) {
		el.SPI = new(w.Spi)
	}
	if is(uapi.XtPolicySpecReqid) {
		el.ReqID = new(w.Reqid)
	}
	return el
}

func (t *IPTAddrType) encode() []byte {
	w := uapi.XtAddrtypeInfoV1{Source: t.Src, Dest: t.Dst}
	for _, f := range t.flags() {
		if *f.is {
			w.Flags |= f.bit
		}
	}
	b := make([]byte, uapi.SizeofXtAddrtypeInfoV1)
	w.Put(b)
	return b
}

func decodeIPTAddrType(b []byte) *IPTAddrType {
	var w uapi.XtAddrtypeInfoV1
	w.Decode(b)
	t := &IPTAddrType{Src: w.Source, Dst: w.Dest}
	for _, f := range t.flags() {
		*f.is = w.Flags&f.bit != 0
	}
	return t
}

// addrTypeFlag is a field by its bit.
type addrTypeFlag struct {
	is  *bool
	bit uint32
}

func (t *IPTAddrType) flags() [4]addrTypeFlag {
	return [...]addrTypeFlag{{&t.NotSrc, uapi.XT_ADDRTYPE_INVERT_SOURCE}, {&t.NotDst, uapi.XT_ADDRTYPE_INVERT_DEST},
		{&t.LimitIn, uapi.XT_ADDRTYPE_LIMIT_IFACE_IN}, {&t.LimitOut, uapi.XT_ADDRTYPE_LIMIT_IFACE_OUT}}
}
