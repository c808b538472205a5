package netlink

import (
	"errors"
	"fmt"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// xfrmStateInfo is the structure that messages about a state begin with.
func xfrmStateInfo(r *wire.Request, s *XfrmState) uapi.XfrmUsersaInfo {
	m := uapi.XfrmUsersaInfo{
		Saddr:  mustXfrmAddress(r, "source", s.Src),
		Lft:    encodeXfrmLimits(&s.Limits),
		Seq:    s.Seq,
		Reqid:  uint32(within(r, "reqid", s.Reqid, math.MaxUint32)),
		Family: xfrmFamily(r, s.Dst, s.Src),
		Mode:   uint8(s.Mode),
		Flags:  s.Flags &^ uapi.XFRM_STATE_ESN,
	}
	m.Id = uapi.XfrmId{
		Daddr: mustXfrmAddress(r, "destination", s.Dst),
		Spi:   uint32(within(r, "spi", s.Spi, math.MaxUint32)),
		Proto: uint8(s.Proto),
	}
	if sel := s.Selector; sel != nil {
		m.Sel = encodeXfrmSelector(r, sel)
		if sel.Src == nil && sel.Dst == nil && sel.Family == uapi.AF_UNSPEC {
			m.Sel.Family = uapi.AF_UNSPEC // the kernel takes that of the state
		}
	}
	if s.ESN {
		m.Flags |= uapi.XFRM_STATE_ESN
	}
	if !s.longWindow() {
		m.ReplayWindow = uint8(within(r, "replay window", s.ReplayWindow, math.MaxUint8))
	}
	return m
}

// shortWindow is how many packets the window of a [XfrmReplayState] has.
const shortWindow = 32

// longWindow reports whether the state's window is that of an [XfrmReplayESN].
func (s *XfrmState) longWindow() bool {
	return s.ESN || s.ReplayWindow > shortWindow || s.ReplayESN != nil
}

// encodeXfrmState writes a request that adds a state or changes it.
func encodeXfrmState(r *wire.Request, s *XfrmState) error {
	if s == nil {
		return errNoXfrmState
	}
	switch {
	case s.Spi == 0 && s.Proto != XFRM_PROTO_ROUTE2 && s.Proto != XFRM_PROTO_HAO:
		return errors.New("no Spi is set")
	case s.ESN && s.ReplayWindow == 0 && s.SADir != XFRM_SA_DIR_OUT:
		return errors.New("ESN is set, and no ReplayWindow")
	}
	putXfrmStateInfo(r, r.Header(xfrmTail(uapi.SizeofXfrmUsersaInfo)), s)
	encodeXfrmAlgos(r, s)
	encodeXfrmEncap(r, s.Encap)
	encodeXfrmMark(r, s.Mark)
	if s.longWindow() {
		encodeXfrmReplayESN(r, s.ReplayWindow, s.ReplayESN)
	}
	encodeXfrmOutputMark(r, s.OutputMark)
	encodeXfrmExtraFlags(r, s)
	encodeXfrmReplay(r, s.Replay)
	encodeXfrmDir(r, s)
	encodeXfrmIfid(r, s.Ifid)
	encodeXfrmCpu(r, s)
	return encodeXfrmStateMore(r, s)
}

func putXfrmStateInfo(r *wire.Request, b []byte, s *XfrmState) {
	m := xfrmStateInfo(r, s)
	var whole [uapi.SizeofXfrmUsersaInfo]byte
	m.Put(whole[:])
	copy(b, whole[:])
}

func encodeXfrmAlgos(r *wire.Request, s *XfrmState) {
	if s.Auth != nil {
		encodeXfrmAlgo(r, uapi.XFRMA_ALG_AUTH_TRUNC, uapi.SizeofXfrmAlgoAuth, s.Auth, s.Auth.TruncateLen)
	}
	encodeXfrmAlgo(r, uapi.XFRMA_ALG_CRYPT, uapi.SizeofXfrmAlgo, s.Crypt, 0)
	if s.Aead != nil {
		encodeXfrmAlgo(r, uapi.XFRMA_ALG_AEAD, uapi.SizeofXfrmAlgoAead, s.Aead, s.Aead.ICVLen)
	}
	encodeXfrmAlgo(r, uapi.XFRMA_ALG_COMP, uapi.SizeofXfrmAlgo, s.Comp, 0)
}

func encodeXfrmOutputMark(r *wire.Request, m *XfrmMark) {
	if m == nil {
		return
	}
	r.Uint32(uapi.XFRMA_SET_MARK, m.Value)
	if m.Mask != 0 {
		r.Uint32(uapi.XFRMA_SET_MARK_MASK, m.Mask)
	}
}

func encodeXfrmExtraFlags(r *wire.Request, s *XfrmState) {
	var flags uint32
	if s.DontEncapDSCP {
		flags |= uapi.XFRM_SA_XFLAG_DONT_ENCAP_DSCP
	}
	if s.OSeqMayWrap {
		flags |= uapi.XFRM_SA_XFLAG_OSEQ_MAY_WRAP
	}
	if flags != 0 {
		r.Uint32(uapi.XFRMA_SA_EXTRA_FLAGS, flags)
	}
}

func encodeXfrmDir(r *wire.Request, s *XfrmState) {
	if s.SADir != 0 {
		r.Uint8(uapi.XFRMA_SA_DIR, uint8(s.SADir))
	}
}

func encodeXfrmCpu(r *wire.Request, s *XfrmState) {
	if s.Pcpunum != nil {
		r.Uint32(uapi.XFRMA_SA_PCPU, *s.Pcpunum)
	}
}

// encodeXfrmStateMore appends what few states have.
func encodeXfrmStateMore(r *wire.Request, s *XfrmState) error {
	if len(s.CoAddr) != 0 {
		a, err := xfrmAddress(s.CoAddr)
		if err != nil {
			return fmt.Errorf("care-of address: %w", err)
		}
		r.Data(uapi.XFRMA_COADDR, a[:])
	}
	for _, n := range [...]struct {
		typ uint16
		v   uint32
	}{
		{uapi.XFRMA_TFCPAD, s.TFCPad},
		{uapi.XFRMA_MTIMER_THRESH, s.MappingMaxAge},
		{uapi.XFRMA_NAT_KEEPALIVE_INTERVAL, s.NatKeepalive},
	} {
		if n.v != 0 {
			r.Uint32(n.typ, n.v)
		}
	}
	encodeNumber(r, uapi.XFRMA_REPLAY_THRESH, s.ReplayMaxDiff)
	encodeNumber(r, uapi.XFRMA_ETIMER_THRESH, s.ReplayMaxAge)
	encodeXfrmOffload(r, s.Offload)
	encodeXfrmSecCtx(r, s.SecCtx)
	if t := s.IPTFS; t != nil {
		encodeNumber(r, uapi.XFRMA_IPTFS_DROP_TIME, t.DropTime)
		if t.ReorderWindow != nil {
			r.Uint16(uapi.XFRMA_IPTFS_REORDER_WINDOW, *t.ReorderWindow)
		}
		if t.DontFrag {
			r.Flag(uapi.XFRMA_IPTFS_DONT_FRAG)
		}
		encodeNumber(r, uapi.XFRMA_IPTFS_INIT_DELAY, t.InitDelay)
		encodeNumber(r, uapi.XFRMA_IPTFS_MAX_QSIZE, t.MaxQueueSize)
		encodeNumber(r, uapi.XFRMA_IPTFS_PKT_SIZE, t.PacketSize)
	}
	return nil
}

func encodeNumber(r *wire.Request, typ uint16, v *uint32) {
	if v != nil {
		r.Uint32(typ, *v)
	}
}

// decodeXfrmState reads the payload of XFRM_MSG_NEWSA.
func decodeXfrmState(data []byte) (XfrmState, error) {
	var s XfrmState
	size := xfrmTail(uapi.SizeofXfrmUsersaInfo)
	family := s.decodeInfo(data)
	err := s.decodeAttrs(data, size, family)
	return s, err
}

// decodeInfo reads the structure that b begins with, and returns the family of the addresses.
func (s *XfrmState) decodeInfo(b []byte) (family uint16) {
	var m uapi.XfrmUsersaInfo
	m.Decode(b[:min(len(b), xfrmTail(uapi.SizeofXfrmUsersaInfo))])
	s.Dst = xfrmAddressIP(&m.Id.Daddr, m.Family)
	s.Src = xfrmAddressIP(&m.Saddr, m.Family)
	s.Proto = Proto(m.Id.Proto)
	s.Mode = Mode(m.Mode)
	s.Spi = int(m.Id.Spi)
	s.Reqid = int(m.Reqid)
	s.Seq = m.Seq
	s.ReplayWindow = int(m.ReplayWindow)
	s.ESN = m.Flags&uapi.XFRM_STATE_ESN != 0
	s.Flags = m.Flags &^ uapi.XFRM_STATE_ESN
	s.Limits = decodeXfrmLimits(&m.Lft)
	s.Statistics.count(&m.Curlft)
	s.Statistics.ReplayWindow, s.Statistics.Replay, s.Statistics.Failed = m.Stats.ReplayWindow, m.Stats.Replay,
		m.Stats.IntegrityFailed
	s.Selector = &XfrmPolicy{}
	decodeXfrmSelector(s.Selector, &m.Sel)
	return m.Family
}

// decodeAttrs reads the attributes behind the first size bytes.
func (s *XfrmState) decodeAttrs(data []byte, size int, family uint16) error {
	d := wire.NewDecoderAfter(data, size)
	for d.Next() {
		switch d.Type() {
		case uapi.XFRMA_ALG_AUTH:
			if s.Auth == nil { // else XFRMA_ALG_AUTH_TRUNC has been there, which says more
				s.Auth, _ = decodeXfrmAlgo(d.Data(), uapi.SizeofXfrmAlgo)
			}
		case uapi.XFRMA_ALG_AUTH_TRUNC:
			var bits int
			s.Auth, bits = decodeXfrmAlgo(d.Data(), uapi.SizeofXfrmAlgoAuth)
			s.Auth.TruncateLen = bits
		case uapi.XFRMA_ALG_CRYPT:
			s.Crypt, _ = decodeXfrmAlgo(d.Data(), uapi.SizeofXfrmAlgo)
		case uapi.XFRMA_ALG_COMP:
			s.Comp, _ = decodeXfrmAlgo(d.Data(), uapi.SizeofXfrmAlgo)
		case uapi.XFRMA_ALG_AEAD:
			var bits int
			s.Aead, bits = decodeXfrmAlgo(d.Data(), uapi.SizeofXfrmAlgoAead)
			s.Aead.ICVLen = bits
		case uapi.XFRMA_ENCAP:
			s.Encap = decodeXfrmEncap(d.Data(), family)
		case uapi.XFRMA_MARK:
			s.Mark = decodeXfrmMark(d.Data())
		case uapi.XFRMA_SET_MARK, uapi.XFRMA_SET_MARK_MASK:
			s.OutputMark = decodeXfrmOutputMark(s.OutputMark, &d)
		case uapi.XFRMA_SA_EXTRA_FLAGS:
			flags := d.Uint32()
			s.DontEncapDSCP = flags&uapi.XFRM_SA_XFLAG_DONT_ENCAP_DSCP != 0
			s.OSeqMayWrap = flags&uapi.XFRM_SA_XFLAG_OSEQ_MAY_WRAP != 0
		case uapi.XFRMA_REPLAY_VAL:
			s.Replay = decodeXfrmReplay(d.Data())
		case uapi.XFRMA_REPLAY_ESN_VAL:
			s.ReplayWindow, s.ReplayESN = decodeXfrmReplayESN(d.Data())
		case uapi.XFRMA_SA_DIR:
			s.SADir = SADir(d.Uint8())
		case uapi.XFRMA_IF_ID:
			s.Ifid = int(d.Uint32())
		case uapi.XFRMA_SA_PCPU:
			s.Pcpunum = new(d.Uint32())
		case uapi.XFRMA_REPLAY_THRESH:
			s.ReplayMaxDiff = new(d.Uint32())
		case uapi.XFRMA_ETIMER_THRESH:
			s.ReplayMaxAge = new(d.Uint32())
		default:
			s.decodeMore(&d, family)
		}
	}
	return d.Err()
}

// decodeXfrmOutputMark adds one of the two attributes to a mark, which is nil before the first.
func decodeXfrmOutputMark(m *XfrmMark, d *wire.Decoder) *XfrmMark {
	if m == nil {
		m = &XfrmMark{}
	}
	switch v := d.Uint32(); {
	case d.Type() == uapi.XFRMA_SET_MARK:
		m.Value = v
	case v != math.MaxUint32:
		m.Mask = v
	}
	return m
}

// decodeMore reads what few states have.
func (s *XfrmState) decodeMore(d *wire.Decoder, family uint16) {
	switch d.Type() {
	case uapi.XFRMA_COADDR:
		var a uapi.XfrmAddress
		copy(a[:], d.Data())
		s.CoAddr = xfrmAddressIP(&a, family)
	case uapi.XFRMA_TFCPAD:
		s.TFCPad = d.Uint32()
	case uapi.XFRMA_MTIMER_THRESH:
		s.MappingMaxAge = d.Uint32()
	case uapi.XFRMA_NAT_KEEPALIVE_INTERVAL:
		s.NatKeepalive = d.Uint32()
	case uapi.XFRMA_LASTUSED:
		s.LastUsed = d.Uint64()
	case uapi.XFRMA_LTIME_VAL:
		var c uapi.XfrmLifetimeCur
		c.Decode(d.Data())
		s.Statistics.count(&c)
	case uapi.XFRMA_OFFLOAD_DEV:
		s.Offload = decodeXfrmOffload(d.Data())
	case uapi.XFRMA_SEC_CTX:
		s.SecCtx = decodeXfrmSecCtx(d.Data())
	case uapi.XFRMA_IPTFS_DROP_TIME:
		s.iptfs().DropTime = new(d.Uint32())
	case uapi.XFRMA_IPTFS_REORDER_WINDOW:
		s.iptfs().ReorderWindow = new(d.Uint16())
	case uapi.XFRMA_IPTFS_DONT_FRAG:
		s.iptfs().DontFrag = true
	case uapi.XFRMA_IPTFS_INIT_DELAY:
		s.iptfs().InitDelay = new(d.Uint32())
	case uapi.XFRMA_IPTFS_MAX_QSIZE:
		s.iptfs().MaxQueueSize = new(d.Uint32())
	case uapi.XFRMA_IPTFS_PKT_SIZE:
		s.iptfs().PacketSize = new(d.Uint32())
	}
}

func (s *XfrmState) iptfs() *XfrmIPTFS {
	if s.IPTFS == nil {
		s.IPTFS = &XfrmIPTFS{}
	}
	return s.IPTFS
}
