package netlink

import (
	"fmt"
	"math"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// XfrmPolicy is a policy of IPsec, what becomes of the packets that it selects: ip xfrm policy.
// It is identified by its selector (Dst to Ifindex), Dir, Mark, Ifid and PolicyType, or by Index.
// It is also the selector of a state, which has no more than addresses, ports, protocol and link.
type XfrmPolicy struct {
	Dst      *net.IPNet // nil: all
	Src      *net.IPNet
	Proto    Proto // 0: all
	DstPort  int   // 0: all; the code of ICMP
	SrcPort  int   // the type of ICMP
	Dir      Dir
	Priority int // the lowest number comes first
	Index    int // the kernel's number, 0: it chooses one
	Action   PolicyAction
	Ifindex  int // of the link that packets leave or come by, 0: all
	Ifid     int // of the link of kind xfrm that the policy is of (Linux 4.19), 0: none
	Mark     *XfrmMark
	Tmpls    []XfrmPolicyTmpl // what packets go through, in this order; without one they are left as they are

	// Family is FAMILY_… of a selector without addresses; 0: FAMILY_V4.
	Family int
	// DstPortMask and SrcPortMask are the bits of the ports that count; 0: all where there is a
	// port, none where there is not.
	DstPortMask uint16
	SrcPortMask uint16
	Flags       uint8 // XFRM_POLICY_LOCALOK, …
	Share       uint8 // XFRM_SHARE_…, which the kernel keeps and does not look at
	PolicyType  uint8 // XFRM_POLICY_TYPE_MAIN or SUB
	Limits      XfrmStateLimits
	Statistics  XfrmStateStats // read only
	Offload     *XfrmOffload   // done by a link's hardware (Linux 6.2)
	SecCtx      *XfrmSecCtx    // of SELinux
}

// XfrmPolicyTmpl holds a policy's requirements for a state.
type XfrmPolicyTmpl struct {
	Dst   net.IP // nil: the packet's
	Src   net.IP
	Proto Proto
	Mode  Mode
	Spi   int // 0: any
	Reqid int // 0: any
	// Optional is not 0 where packets go on without a state: level use.
	Optional int

	Share  uint8 // XFRM_SHARE_…
	Family int   // FAMILY_… of a template without addresses, 0: the policy's
	// AuthAlgos, EncAlgos and CompAlgos are bits of the algorithms that a state may have, by their numbers of PF_KEY
	// (SADB_AALG_…, SADB_EALG_… and SADB_X_CALG_… of linux/pfkeyv2.h); 0: all.
	AuthAlgos, EncAlgos, CompAlgos uint32
}

// String returns the fields that are set, but for Optional.
func (t XfrmPolicyTmpl) String() string {
	return fmt.Sprintf("{Dst: %v, Src: %v, Proto: %s, Mode: %s, Spi: 0x%x, Reqid: 0x%x}",
		t.Dst, t.Src, t.Proto, t.Mode, t.Spi, t.Reqid)
}

// String returns the policy's identity and action.
func (p XfrmPolicy) String() string {
	return fmt.Sprintf("{Dst: %v, Src: %v, Proto: %s, DstPort: %d, SrcPort: %d, Dir: %s, Priority: %d, Index: %d, "+
		"Action: %s, "+
		"Ifindex: %d, Ifid: %d, Mark: %s, Tmpls: %s}",
		p.Dst, p.Src, p.Proto, p.DstPort, p.SrcPort, p.Dir, p.Priority, p.Index, p.Action, p.Ifindex, p.Ifid, p.Mark,
		p.Tmpls)
}

// xfrmPolicyObject is a policy as an error has it.
func xfrmPolicyObject(p *XfrmPolicy) string {
	if p == nil {
		return ""
	}
	prefix := func(n *net.IPNet) string {
		if n == nil || len(n.IP) > net.IPv6len || len(n.Mask) > net.IPv6len {
			return "all"
		}
		return n.String()
	}
	if p.Index != 0 {
		return fmt.Sprintf("index %d %s", p.Index, p.Dir)
	}
	return fmt.Sprintf("src %s dst %s %s", prefix(p.Src), prefix(p.Dst), p.Dir)
}

// encodeXfrmPolicy writes a request that adds a policy or changes it.
func encodeXfrmPolicy(r *wire.Request, p *XfrmPolicy) error {
	if p == nil {
		return errNoXfrmPolicy
	}
	m := uapi.XfrmUserpolicyInfo{
		Sel:      encodeXfrmSelector(r, p),
		Lft:      encodeXfrmLimits(&p.Limits),
		Priority: uint32(within(r, "priority", p.Priority, math.MaxUint32)),
		Index:    uint32(within(r, "index", p.Index, math.MaxUint32)),
		Dir:      uint8(p.Dir), Action: uint8(p.Action), Flags: p.Flags, Share: p.Share,
	}
	var whole [uapi.SizeofXfrmUserpolicyInfo]byte
	m.Put(whole[:])
	copy(r.Header(xfrmTail(len(whole))), whole[:])
	if len(p.Tmpls) != 0 {
		b := r.Reserve(uapi.XFRMA_TMPL, len(p.Tmpls)*uapi.SizeofXfrmUserTmpl)
		for i := range p.Tmpls {
			t, err := encodeXfrmTmpl(r, &p.Tmpls[i], m.Sel.Family)
			if err != nil {
				return fmt.Errorf("template %d: %w", i, err)
			}
			t.Put(b[i*uapi.SizeofXfrmUserTmpl:])
		}
	}
	encodeXfrmPolicyKey(r, p)
	encodeXfrmSecCtx(r, p.SecCtx)
	encodeXfrmOffload(r, p.Offload)
	return nil
}

// encodeXfrmPolicyKey appends the attributes that belong to what identifies a policy.
func encodeXfrmPolicyKey(r *wire.Request, p *XfrmPolicy) {
	encodeXfrmMark(r, p.Mark)
	encodeXfrmIfid(r, p.Ifid)
	encodeXfrmPolicyType(r, p.PolicyType)
}

func encodeXfrmPolicyType(r *wire.Request, typ uint8) {
	if typ != uapi.XFRM_POLICY_TYPE_MAIN {
		r.Struct(uapi.XFRMA_POLICY_TYPE, uapi.SizeofXfrmUserpolicyType, &uapi.XfrmUserpolicyType{Type: typ})
	}
}

// encodeXfrmTmpl makes a template of a policy of a family.
func encodeXfrmTmpl(r *wire.Request, t *XfrmPolicyTmpl, family uint16) (m uapi.XfrmUserTmpl, err error) {
	var f familyOf
	f.address("destination", t.Dst)
	f.address("source", t.Src)
	switch {
	case f.err != nil:
		return m, f.err
	case f.family == uapi.AF_UNSPEC && t.Family != 0:
		f.family = int(within(r, "family", t.Family, math.MaxUint8))
	case f.family == uapi.AF_UNSPEC:
		f.family = int(family)
	}
	m = uapi.XfrmUserTmpl{
		Id: uapi.XfrmId{
			Daddr: mustXfrmAddress(r, "destination", t.Dst),
			Spi:   uint32(within(r, "spi", t.Spi, math.MaxUint32)),
			Proto: uint8(t.Proto),
		},
		Family:   uint16(f.family),
		Saddr:    mustXfrmAddress(r, "source", t.Src),
		Reqid:    uint32(within(r, "reqid", t.Reqid, math.MaxUint32)),
		Mode:     uint8(t.Mode),
		Share:    t.Share,
		Optional: uint8(within(r, "optional", t.Optional, math.MaxUint8)),
		Aalgos:   orAllAlgos(t.AuthAlgos), Ealgos: orAllAlgos(t.EncAlgos), Calgos: orAllAlgos(t.CompAlgos),
	}
	return m, nil
}

// orAllAlgos is a mask of algorithms as the kernel has it, of which 0 is none.
func orAllAlgos(mask uint32) uint32 {
	if mask == 0 {
		return math.MaxUint32
	}
	return mask
}

// unlessAllAlgos is the opposite.
func unlessAllAlgos(mask uint32) uint32 {
	if mask == math.MaxUint32 {
		return 0
	}
	return mask
}

// decodeXfrmPolicy reads the payload of XFRM_MSG_NEWPOLICY.
func decodeXfrmPolicy(data []byte) (XfrmPolicy, error) {
	var p XfrmPolicy
	p.decodeInfo(data)
	err := p.decodeAttrs(data, xfrmTail(uapi.SizeofXfrmUserpolicyInfo))
	return p, err
}

// decodeInfo reads the structure that b begins with.
func (p *XfrmPolicy) decodeInfo(b []byte) {
	var m uapi.XfrmUserpolicyInfo
	m.Decode(b[:min(len(b), xfrmTail(uapi.SizeofXfrmUserpolicyInfo))])
	decodeXfrmSelector(p, &m.Sel)
	p.Limits = decodeXfrmLimits(&m.Lft)
	p.Statistics.count(&m.Curlft)
	p.Priority, p.Index = int(m.Priority), int(m.Index)
	p.Dir, p.Action = Dir(m.Dir), PolicyAction(m.Action)
	p.Flags, p.Share = m.Flags, m.Share
}

// decodeAttrs reads the attributes behind the first size bytes.
func (p *XfrmPolicy) decodeAttrs(data []byte, size int) error {
	d := wire.NewDecoderAfter(data, size)
	for d.Next() {
		switch d.Type() {
		case uapi.XFRMA_TMPL:
			for b := d.Data(); len(b) >= uapi.SizeofXfrmUserTmpl; b = b[uapi.SizeofXfrmUserTmpl:] {
				p.Tmpls = append(p.Tmpls, decodeXfrmTmpl(b))
			}
		case uapi.XFRMA_MARK:
			p.Mark = decodeXfrmMark(d.Data())
		case uapi.XFRMA_IF_ID:
			p.Ifid = int(d.Uint32())
		case uapi.XFRMA_POLICY_TYPE:
			var t uapi.XfrmUserpolicyType
			t.Decode(d.Data())
			p.PolicyType = t.Type
		case uapi.XFRMA_OFFLOAD_DEV:
			p.Offload = decodeXfrmOffload(d.Data())
		case uapi.XFRMA_SEC_CTX:
			p.SecCtx = decodeXfrmSecCtx(d.Data())
		}
	}
	return d.Err()
}

func decodeXfrmTmpl(b []byte) XfrmPolicyTmpl {
	var m uapi.XfrmUserTmpl
	m.Decode(b)
	return XfrmPolicyTmpl{
		Dst: xfrmAddressIP(&m.Id.Daddr, m.Family), Src: xfrmAddressIP(&m.Saddr, m.Family),
		Proto: Proto(m.Id.Proto), Mode: Mode(m.Mode), Spi: int(m.Id.Spi), Reqid: int(m.Reqid),
		Optional: int(m.Optional), Share: m.Share, Family: int(m.Family),
		AuthAlgos: unlessAllAlgos(m.Aalgos), EncAlgos: unlessAllAlgos(m.Ealgos), CompAlgos: unlessAllAlgos(m.Calgos),
	}
}
