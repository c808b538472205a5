package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"runtime"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// xfrmTail is the size of a structure that all architectures but one pad to eight bytes at its
// end. What follows it begins there.
func xfrmTail(size int) int {
	if runtime.GOARCH == "386" {
		return size - 4
	}
	return size
}

// xfrmAddress returns an address as the kernel has it; none is all zero.
func xfrmAddress(ip net.IP) (a uapi.XfrmAddress, err error) {
	if len(ip) == 0 {
		return a, nil
	}
	v, err := wireIP(ip)
	copy(a[:], v.AsSlice())
	return a, err
}

// xfrmAddressIP reads one. Where the family is not known, it is of IPv4 if the last twelve bytes
// are zero. Those of IPv4 have sixteen bytes, as net.ParseIP has them.
func xfrmAddressIP(a *uapi.XfrmAddress, family uint16) net.IP {
	if xfrmIsV4(a, family) {
		return net.IPv4(a[0], a[1], a[2], a[3])
	}
	return bytes.Clone(a[:])
}

func xfrmIsV4(a *uapi.XfrmAddress, family uint16) bool {
	switch family {
	case uapi.AF_INET:
		return true
	case uapi.AF_INET6:
		return false
	}
	return [12]byte(a[4:]) == [12]byte{}
}

func xfrmAddressNet(a *uapi.XfrmAddress, bits uint8, family uint16) *net.IPNet {
	size := 8 * net.IPv6len
	if xfrmIsV4(a, family) {
		size = 8 * net.IPv4len
	}
	return &net.IPNet{IP: xfrmAddressIP(a, family), Mask: net.CIDRMask(min(int(bits), size), size)}
}

// encodeXfrmSelector makes a selector of a policy's addresses, ports, protocol and link.
func encodeXfrmSelector(r *wire.Request, p *XfrmPolicy) (sel uapi.XfrmSelector) {
	var f familyOf
	f.prefix("source", p.Src)
	f.prefix("destination", p.Dst)
	r.Fail(f.err)
	if f.family == uapi.AF_UNSPEC {
		f.family = int(within(r, "family", p.Family, math.MaxUint8))
	}
	if f.family == uapi.AF_UNSPEC {
		f.family = uapi.AF_INET
	}
	put := func(what string, n *net.IPNet, a *uapi.XfrmAddress, bits *uint8) {
		p, err := prefixOf(f.family, n)
		if err != nil {
			r.Fail(fmt.Errorf("%s: %w", what, err))
			return
		}
		copy(a[:], p.Addr().AsSlice())
		*bits = prefixLen(p)
	}
	put("source", p.Src, &sel.Saddr, &sel.PrefixlenS)
	put("destination", p.Dst, &sel.Daddr, &sel.PrefixlenD)
	sel.Family = uint16(f.family)
	sel.Proto = uint8(p.Proto)
	sel.Sport, sel.SportMask = encodeXfrmPort(r, "source port", p.SrcPort, p.SrcPortMask)
	sel.Dport, sel.DportMask = encodeXfrmPort(r, "destination port", p.DstPort, p.DstPortMask)
	sel.Ifindex = int32(within(r, "link index", p.Ifindex, math.MaxInt32))
	return sel
}

func encodeXfrmPort(r *wire.Request, name string, port int, mask uint16) (uint16, uint16) {
	if port != 0 && mask == 0 {
		mask = allOfPort
	}
	return uint16(within(r, name, port, math.MaxUint16)), mask
}

// decodeXfrmSelector reads a selector into a policy.
func decodeXfrmSelector(p *XfrmPolicy, sel *uapi.XfrmSelector) {
	if sel.Family != uapi.AF_UNSPEC || sel.Daddr != (uapi.XfrmAddress{}) || sel.Saddr != (uapi.XfrmAddress{}) {
		p.Dst = xfrmAddressNet(&sel.Daddr, sel.PrefixlenD, sel.Family)
		p.Src = xfrmAddressNet(&sel.Saddr, sel.PrefixlenS, sel.Family)
	}
	p.Family = int(sel.Family)
	p.Proto = Proto(sel.Proto)
	p.SrcPort, p.SrcPortMask = decodeXfrmPort(sel.Sport, sel.SportMask)
	p.DstPort, p.DstPortMask = decodeXfrmPort(sel.Dport, sel.DportMask)
	p.Ifindex = int(sel.Ifindex)
}

func decodeXfrmPort(port, mask uint16) (int, uint16) {
	if port != 0 && mask == allOfPort {
		mask = 0
	}
	return int(port), mask
}

// encodeXfrmAlgo appends an algorithm of one of the three structures: with numbers before the key.
func encodeXfrmAlgo(r *wire.Request, typ uint16, size int, a *XfrmStateAlgo, number int) {
	if a == nil {
		return
	}
	if len(a.Name) >= len(uapi.XfrmAlgo{}.Name) {
		r.Fail(fmt.Errorf("algorithm's name %.128q is too long", a.Name))
		return
	}
	b := r.Reserve(typ, size+len(a.Key))
	if r.Err() != nil {
		return
	}
	h := uapi.XfrmAlgoAuth{KeyLen: uint32(8 * len(a.Key)),
		TruncLen: uint32(within(r, "length of algorithm", number, math.MaxUint32))}
	copy(h.Name[:], a.Name)
	var whole [uapi.SizeofXfrmAlgoAuth]byte
	h.Put(whole[:])
	copy(b[:size], whole[:])
	copy(b[size:], a.Key)
}

// decodeXfrmAlgo reads one. number is that before the key, where the structure has one.
func decodeXfrmAlgo(b []byte, size int) (a *XfrmStateAlgo, number int) {
	var h uapi.XfrmAlgoAuth // begins as the others do
	h.Decode(b[:min(len(b), size)])
	name, _, _ := bytes.Cut(h.Name[:], []byte{0})
	a = &XfrmStateAlgo{Name: string(name)}
	key := b[min(len(b), size):]
	a.Key = bytes.Clone(key[:min(uint64(len(key)), (uint64(h.KeyLen)+7)/8)])
	return a, int(h.TruncLen)
}

func encodeXfrmMark(r *wire.Request, m *XfrmMark) {
	if m == nil {
		return
	}
	mark := uapi.XfrmMark{V: m.Value, M: m.Mask}
	if mark.M == 0 {
		mark.M = math.MaxUint32
	}
	r.Struct(uapi.XFRMA_MARK, uapi.SizeofXfrmMark, &mark)
}

func decodeXfrmMark(b []byte) *XfrmMark {
	var m uapi.XfrmMark
	m.Decode(b)
	return &XfrmMark{Value: m.V, Mask: m.M}
}

// encodeXfrmIfid appends the id of the link of kind xfrm.
func encodeXfrmIfid(r *wire.Request, id int) {
	if id != 0 {
		r.Uint32(uapi.XFRMA_IF_ID, uint32(within(r, "if_id", id, math.MaxUint32)))
	}
}

func encodeXfrmLimits(l *XfrmStateLimits) uapi.XfrmLifetimeCfg {
	limit := func(v uint64) uint64 {
		if v == 0 {
			return uapi.XFRM_INF
		}
		return v
	}
	return uapi.XfrmLifetimeCfg{
		SoftByteLimit: limit(l.ByteSoft), HardByteLimit: limit(l.ByteHard),
		SoftPacketLimit: limit(l.PacketSoft), HardPacketLimit: limit(l.PacketHard),
		SoftAddExpiresSeconds: l.TimeSoft, HardAddExpiresSeconds: l.TimeHard,
		SoftUseExpiresSeconds: l.TimeUseSoft, HardUseExpiresSeconds: l.TimeUseHard,
	}
}

func decodeXfrmLimits(l *uapi.XfrmLifetimeCfg) XfrmStateLimits {
	return XfrmStateLimits{
		ByteSoft: l.SoftByteLimit, ByteHard: l.HardByteLimit, PacketSoft: l.SoftPacketLimit, PacketHard: l.HardPacketLimit,
		TimeSoft: l.SoftAddExpiresSeconds, TimeHard: l.HardAddExpiresSeconds,
		TimeUseSoft: l.SoftUseExpiresSeconds, TimeUseHard: l.HardUseExpiresSeconds,
	}
}

func (s *XfrmStateStats) count(c *uapi.XfrmLifetimeCur) {
	s.Bytes, s.Packets, s.AddTime, s.UseTime = c.Bytes, c.Packets, c.AddTime, c.UseTime
}

func encodeXfrmOffload(r *wire.Request, o *XfrmOffload) {
	if o == nil {
		return
	}
	u := uapi.XfrmUserOffload{Ifindex: int32(within(r, "link index", o.Ifindex, math.MaxInt32))}
	if o.Inbound {
		u.Flags |= uapi.XFRM_OFFLOAD_INBOUND
	}
	if o.Packet {
		u.Flags |= uapi.XFRM_OFFLOAD_PACKET
	}
	r.Struct(uapi.XFRMA_OFFLOAD_DEV, uapi.SizeofXfrmUserOffload, &u)
}

func decodeXfrmOffload(b []byte) *XfrmOffload {
	var u uapi.XfrmUserOffload
	u.Decode(b)
	return &XfrmOffload{Ifindex: int(u.Ifindex), Inbound: u.Flags&uapi.XFRM_OFFLOAD_INBOUND != 0,
		Packet: u.Flags&uapi.XFRM_OFFLOAD_PACKET != 0}
}

func encodeXfrmSecCtx(r *wire.Request, s *XfrmSecCtx) {
	if s == nil {
		return
	}
	size := uapi.SizeofXfrmUserSecCtx + len(s.Context)
	if size > math.MaxUint16 {
		r.Fail(fmt.Errorf("security context of %d bytes", len(s.Context)))
		return
	}
	u := uapi.XfrmUserSecCtx{Len: uint16(size), Exttype: uapi.XFRMA_SEC_CTX, CtxAlg: s.Alg, CtxDoi: s.DOI,
		CtxLen: uint16(len(s.Context))}
	b := r.Reserve(uapi.XFRMA_SEC_CTX, size)
	u.Put(b)
	copy(b[uapi.SizeofXfrmUserSecCtx:], s.Context)
}

func decodeXfrmSecCtx(b []byte) *XfrmSecCtx {
	var u uapi.XfrmUserSecCtx
	u.Decode(b)
	text := b[min(len(b), uapi.SizeofXfrmUserSecCtx):]
	return &XfrmSecCtx{DOI: u.CtxDoi, Alg: u.CtxAlg, Context: string(text[:min(len(text), int(u.CtxLen))])}
}

func encodeXfrmEncap(r *wire.Request, e *XfrmStateEncap) {
	if e == nil {
		return
	}
	t := uapi.XfrmEncapTmpl{
		Type:  uint16(e.Type),
		Sport: uint16(within(r, "source port", e.SrcPort, math.MaxUint16)),
		Dport: uint16(within(r, "destination port", e.DstPort, math.MaxUint16)),
	}
	var err error
	if t.Oa, err = xfrmAddress(e.OriginalAddress); err != nil {
		r.Fail(fmt.Errorf("original address: %w", err))
	}
	r.Struct(uapi.XFRMA_ENCAP, uapi.SizeofXfrmEncapTmpl, &t)
}

func decodeXfrmEncap(b []byte, family uint16) *XfrmStateEncap {
	var t uapi.XfrmEncapTmpl
	t.Decode(b)
	return &XfrmStateEncap{
		Type: EncapType(t.Type), SrcPort: int(t.Sport), DstPort: int(t.Dport),
		OriginalAddress: xfrmAddressIP(&t.Oa, family),
	}
}

// encodeXfrmReplayESN appends a window of that number of packets, and the sequence numbers to begin with.
func encodeXfrmReplayESN(r *wire.Request, window int, v *XfrmReplayESN) {
	if window < 0 || window > uapi.XFRMA_REPLAY_ESN_MAX {
		r.Fail(fmt.Errorf("replay window %d is not within 0 and %d", window, uapi.XFRMA_REPLAY_ESN_MAX))
		return
	}
	if v == nil {
		v = &XfrmReplayESN{}
	}
	words := (window + 31) / 32
	if len(v.BitMap) > words {
		r.Fail(fmt.Errorf("replay window of %d packets, but a bitmap of %d", window, 32*len(v.BitMap)))
		return
	}
	h := uapi.XfrmReplayStateEsn{
		BmpLen: uint32(words), Oseq: uint32(v.OSeq), OseqHi: uint32(v.OSeq >> 32),
		Seq: uint32(v.Seq), SeqHi: uint32(v.Seq >> 32), ReplayWindow: uint32(window),
	}
	if len(v.BitMap) == 0 {
		words = 0 // the kernel fills the bitmap with zeros
	}
	b := r.Reserve(uapi.XFRMA_REPLAY_ESN_VAL, uapi.SizeofXfrmReplayStateEsn+4*words)
	h.Put(b)
	for i, w := range v.BitMap {
		native.PutUint32(b[uapi.SizeofXfrmReplayStateEsn+4*i:], w)
	}
}

func decodeXfrmReplayESN(b []byte) (window int, v *XfrmReplayESN) {
	var h uapi.XfrmReplayStateEsn
	h.Decode(b)
	v = &XfrmReplayESN{OSeq: uint64(h.OseqHi)<<32 | uint64(h.Oseq), Seq: uint64(h.SeqHi)<<32 | uint64(h.Seq)}
	b = b[min(len(b), uapi.SizeofXfrmReplayStateEsn):]
	for n := h.BmpLen; n > 0 && len(b) >= 4; n, b = n-1, b[4:] {
		v.BitMap = append(v.BitMap, native.Uint32(b))
	}
	return int(h.ReplayWindow), v
}

func encodeXfrmReplay(r *wire.Request, v *XfrmReplayState) {
	if v != nil {
		r.Struct(uapi.XFRMA_REPLAY_VAL, uapi.SizeofXfrmReplayState,
			&uapi.XfrmReplayState{Oseq: v.OSeq, Seq: v.Seq, Bitmap: v.BitMap})
	}
}

func decodeXfrmReplay(b []byte) *XfrmReplayState {
	var v uapi.XfrmReplayState
	v.Decode(b)
	return &XfrmReplayState{OSeq: v.Oseq, Seq: v.Seq, BitMap: v.Bitmap}
}

// xfrmFamily returns the family of a state's addresses, AF_INET where there are none.
func xfrmFamily(r *wire.Request, dst, src net.IP) uint16 {
	var f familyOf
	f.address("destination", dst)
	f.address("source", src)
	r.Fail(f.err)
	if f.family == uapi.AF_UNSPEC {
		return uapi.AF_INET
	}
	return uint16(f.family)
}

// mustXfrmAddress is xfrmAddress for a request.
func mustXfrmAddress(r *wire.Request, what string, ip net.IP) uapi.XfrmAddress {
	a, err := xfrmAddress(ip)
	if err != nil {
		r.Fail(fmt.Errorf("%s: %w", what, err))
	}
	return a
}

// xfrmRequest begins a request of IPsec.
func xfrmRequest(typ, flags uint16) *wire.Request {
	r := wire.NewRequest(typ, flags)
	r.Protocol = uapi.NETLINK_XFRM
	return r
}

// inXfrmPrefix reports whether an address is in a prefix, which may be none.
func inXfrmPrefix(n netip.Prefix, ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	return !n.IsValid() || ok && n.Contains(a.Unmap())
}

var (
	errNoXfrmState  = errors.New("no state given")
	errNoXfrmPolicy = errors.New("no policy given")
)
