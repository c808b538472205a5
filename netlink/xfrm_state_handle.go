package netlink

import (
	"iter"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// XfrmStateAdd adds a state: ip xfrm state add. One that is there already is an error.
func (h *Handle) XfrmStateAdd(state *XfrmState) error {
	return h.xfrmStateChange("xfrm state add", uapi.XFRM_MSG_NEWSA, state)
}

// XfrmStateUpdate changes a state, and completes one of [Handle.XfrmStateAllocSpi]: ip xfrm state
// update. Of one that has its keys it changes Encap, CoAddr, Selector, Limits and other settings.
func (h *Handle) XfrmStateUpdate(state *XfrmState) error {
	return h.xfrmStateChange("xfrm state update", uapi.XFRM_MSG_UPDSA, state)
}

func (h *Handle) xfrmStateChange(op string, typ uint16, state *XfrmState) error {
	r := xfrmRequest(typ, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
	r.HoldsSecret()
	r.Fail(encodeXfrmState(r, state))
	return h.execMany(r, op, func() string { return xfrmStateObject(state) }, xfrmStateOfRequest)
}

// xfrmStateOfRequest is the object of a request whose attributes, with the keys, may be cleared.
func xfrmStateOfRequest(data []byte) string {
	var s XfrmState
	s.decodeInfo(data)
	return xfrmStateObject(&s)
}

// XfrmStateDel deletes the state with Dst, Proto, Spi, Mark and Ifid of state: ip xfrm state delete.
func (h *Handle) XfrmStateDel(state *XfrmState) error {
	r := xfrmStateID(uapi.XFRM_MSG_DELSA, state)
	return h.exec(r, "xfrm state del", func() string { return xfrmStateObject(state) })
}

// XfrmStateGet returns the state with Dst, Proto, Spi, Mark and Ifid of state: ip xfrm state get.
func (h *Handle) XfrmStateGet(state *XfrmState) (*XfrmState, error) {
	return h.xfrmState(xfrmStateID(uapi.XFRM_MSG_GETSA, state), "xfrm state get", state)
}

// xfrmState sends a request that a state is the answer to.
func (h *Handle) xfrmState(r *wire.Request, op string, state *XfrmState) (*XfrmState, error) {
	var found XfrmState
	err := h.get(r, op, func() string { return xfrmStateObject(state) }, func(m wire.Message) (err error) {
		found, err = decodeXfrmState(m.Data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// xfrmStateID begins a request about the state with an identity.
func xfrmStateID(typ uint16, s *XfrmState) *wire.Request {
	r := xfrmRequest(typ, 0)
	if s == nil {
		r.Fail(errNoXfrmState)
		return r
	}
	id := xfrmUsersaID(r, s)
	id.Put(r.Header(uapi.SizeofXfrmUsersaId))
	encodeXfrmMark(r, s.Mark)
	if len(s.Src) != 0 {
		a := mustXfrmAddress(r, "source", s.Src)
		r.Data(uapi.XFRMA_SRCADDR, a[:])
	}
	encodeXfrmIfid(r, s.Ifid)
	return r
}

func xfrmUsersaID(r *wire.Request, s *XfrmState) uapi.XfrmUsersaId {
	return uapi.XfrmUsersaId{
		Daddr:  mustXfrmAddress(r, "destination", s.Dst),
		Spi:    uint32(within(r, "spi", s.Spi, math.MaxUint32)),
		Family: xfrmFamily(r, s.Dst, s.Src),
		Proto:  uint8(s.Proto),
	}
}

// XfrmStateAllocSpi makes a state without keys that has a free Spi, from 0x100 on, and returns
// it; the kernel waits for its keys a while (net.core.xfrm_acq_expires): ip xfrm state allocspi.
func (h *Handle) XfrmStateAllocSpi(state *XfrmState) (*XfrmState, error) {
	return h.XfrmStateAllocSpiIn(state, leastSpi, math.MaxUint32)
}

// leastSpi is the first SPI that is not reserved (RFC 4303).
const leastSpi = 0x100

// XfrmStateAllocSpiIn is [Handle.XfrmStateAllocSpi] for an Spi from low to high. Those of IPComp have
// 16 bits.
func (h *Handle) XfrmStateAllocSpiIn(state *XfrmState, low, high uint32) (*XfrmState, error) {
	const op = "xfrm state allocspi"
	r := xfrmRequest(uapi.XFRM_MSG_ALLOCSPI, 0)
	if state == nil {
		r.Fail(errNoXfrmState)
	} else {
		if state.Proto == XFRM_PROTO_COMP {
			high = min(high, math.MaxUint16)
		}
		info := xfrmTail(uapi.SizeofXfrmUsersaInfo)
		b := r.Header(info + 8) // struct xfrm_userspi_info
		putXfrmStateInfo(r, b[:info], state)
		native.PutUint32(b[info:], low)
		native.PutUint32(b[info+4:], high)
		encodeXfrmMark(r, state.Mark)
		encodeXfrmDir(r, state)
		encodeXfrmIfid(r, state.Ifid)
		encodeXfrmCpu(r, state)
	}
	return h.xfrmState(r, op, state)
}

// XfrmStateFlush deletes all states of a protocol, 0 and XFRM_PROTO_IPSEC_ANY are all of IPsec: ip xfrm
// state flush.
func (h *Handle) XfrmStateFlush(proto Proto) error {
	r := xfrmRequest(uapi.XFRM_MSG_FLUSHSA, 0)
	m := uapi.XfrmUsersaFlush{Proto: uint8(proto)}
	m.Put(r.Header(uapi.SizeofXfrmUsersaFlush))
	return h.exec(r, "xfrm state flush", func() string { return "proto " + proto.String() })
}

// XfrmStateFilter says which states are listed. The kernel filters.
type XfrmStateFilter struct {
	Family int        // FAMILY_…, 0: all
	Src    *net.IPNet // where the state's own addresses are
	Dst    *net.IPNet
	Proto  Proto // 0: all, XFRM_PROTO_IPSEC_ANY: ESP, AH and IPComp
}

// XfrmStateList returns the states of a family, 0 is all: ip xfrm state list. Secret keys are
// among what it returns. See [ErrDumpInterrupted].
func (h *Handle) XfrmStateList(family int) ([]XfrmState, error) {
	return h.XfrmStateListFiltered(XfrmStateFilter{Family: family})
}

// XfrmStateListFiltered returns the states that f selects. See [ErrDumpInterrupted].
func (h *Handle) XfrmStateListFiltered(f XfrmStateFilter) ([]XfrmState, error) {
	q := f.query()
	return fill(h, q.request(), "xfrm state list", q.decode)
}

// XfrmStateSeq gives the states that f selects as they come. The last pair holds the error, if
// there is one.
func (h *Handle) XfrmStateSeq(f XfrmStateFilter) iter.Seq2[XfrmState, error] {
	q := f.query()
	return stream(h, func() (*wire.Request, error) { return q.request(), nil }, "xfrm state list", q.decode, nil)
}

// xfrmStateQuery is a filter as it is applied.
type xfrmStateQuery struct {
	XfrmStateFilter
	family   familyOf
	src, dst netip.Prefix
}

func (f XfrmStateFilter) query() *xfrmStateQuery {
	q := &xfrmStateQuery{XfrmStateFilter: f}
	if f.Family != uapi.AF_UNSPEC {
		q.family.is("family", f.Family)
	}
	q.family.prefix("source", f.Src)
	q.family.prefix("destination", f.Dst)
	var err error
	if q.src, err = prefixOf(q.family.family, f.Src); err == nil {
		q.dst, err = prefixOf(q.family.family, f.Dst)
	}
	if q.family.err == nil {
		q.family.err = err
	}
	return q
}

// request begins with the attributes: the kernel expects no header.
func (q *xfrmStateQuery) request() *wire.Request {
	r := xfrmRequest(uapi.XFRM_MSG_GETSA, 0)
	r.Fail(q.family.err)
	if q.family.family != uapi.AF_UNSPEC {
		f := uapi.XfrmAddressFilter{
			Family: uint16(within(r, "family", q.family.family, math.MaxUint8)),
			Splen:  prefixLen(q.src), Dplen: prefixLen(q.dst),
		}
		copy(f.Saddr[:], q.src.Addr().AsSlice())
		copy(f.Daddr[:], q.dst.Addr().AsSlice())
		r.Struct(uapi.XFRMA_ADDRESS_FILTER, uapi.SizeofXfrmAddressFilter, &f)
	}
	if q.Proto != 0 {
		r.Uint8(uapi.XFRMA_PROTO, uint8(q.Proto))
	}
	return r
}

func (q *xfrmStateQuery) decode(m wire.Message, s *XfrmState) (want bool, err error) {
	if m.Type != uapi.XFRM_MSG_NEWSA {
		return false, nil
	}
	if *s, err = decodeXfrmState(m.Data); err != nil {
		return false, err
	}
	family := uapi.AF_INET
	if len(s.Dst) != 0 && s.Dst.To4() == nil {
		family = uapi.AF_INET6
	}
	return (q.family.family == uapi.AF_UNSPEC || q.family.family == family) &&
		inXfrmPrefix(q.src, s.Src) && inXfrmPrefix(q.dst, s.Dst) && q.ofProto(s.Proto), nil
}

func (q *xfrmStateQuery) ofProto(p Proto) bool {
	switch q.Proto {
	case 0, p:
		return true
	case XFRM_PROTO_IPSEC_ANY:
		return p == XFRM_PROTO_ESP || p == XFRM_PROTO_AH || p == XFRM_PROTO_COMP
	}
	return false
}

// XfrmSadInfo is how many states there are, and the size of the table that they are in.
type XfrmSadInfo struct {
	Count      uint32
	Buckets    uint32
	MaxBuckets uint32
}

// XfrmSadInfoGet returns the number of states: ip xfrm state count.
func (h *Handle) XfrmSadInfoGet() (*XfrmSadInfo, error) {
	r := xfrmRequest(uapi.XFRM_MSG_GETSADINFO, 0)
	r.Header(xfrmFlagsSize)
	info := &XfrmSadInfo{}
	err := h.get(r, "xfrm state count", noObject, func(m wire.Message) error {
		d := wire.NewDecoderAfter(m.Data, xfrmFlagsSize)
		for d.Next() {
			switch d.Type() {
			case uapi.XFRMA_SAD_CNT:
				info.Count = d.Uint32()
			case uapi.XFRMA_SAD_HINFO:
				var v uapi.XfrmuSadhinfo
				v.Decode(d.Data())
				info.Buckets, info.MaxBuckets = v.Sadhcnt, v.Sadhmcnt
			}
		}
		return d.Err()
	})
	if err != nil {
		return nil, err
	}
	return info, nil
}

// xfrmFlagsSize is that of the number which messages about the tables begin with, and which means
// nothing.
const xfrmFlagsSize = 4

// XfrmAeventGet returns the kernel's report about a state's sequence numbers: Statistics, Replay or
// ReplayESN, ReplayMaxDiff and ReplayMaxAge are set beside what identifies it.
func (h *Handle) XfrmAeventGet(state *XfrmState) (*XfrmState, error) {
	r := xfrmRequest(uapi.XFRM_MSG_GETAE, 0)
	if state == nil {
		r.Fail(errNoXfrmState)
	} else {
		m := uapi.XfrmAeventId{
			SaId: xfrmUsersaID(r, state), Saddr: mustXfrmAddress(r, "source", state.Src),
			Flags: uapi.XFRM_AE_RTHR | uapi.XFRM_AE_ETHR,
		}
		m.Put(r.Header(uapi.SizeofXfrmAeventId))
		encodeXfrmMark(r, state.Mark)
	}
	var e XfrmMsgAevent
	err := h.get(r, "xfrm aevent get", func() string { return xfrmStateObject(state) }, func(m wire.Message) error {
		return e.decode(m.Data)
	})
	if err != nil {
		return nil, err
	}
	return e.State, nil
}

// XfrmAeventSet sets the sequence numbers of a state, Replay or ReplayESN, and where set
// ReplayMaxDiff and ReplayMaxAge: what one machine needs that goes on in place of another.
func (h *Handle) XfrmAeventSet(state *XfrmState) error {
	r := xfrmRequest(uapi.XFRM_MSG_NEWAE, uapi.NLM_F_REPLACE)
	if state == nil {
		r.Fail(errNoXfrmState)
	} else {
		m := uapi.XfrmAeventId{SaId: xfrmUsersaID(r, state), Saddr: mustXfrmAddress(r, "source", state.Src)}
		m.Put(r.Header(uapi.SizeofXfrmAeventId))
		encodeXfrmMark(r, state.Mark)
		encodeXfrmReplay(r, state.Replay)
		if state.ReplayESN != nil {
			encodeXfrmReplayESN(r, state.ReplayWindow, state.ReplayESN)
		}
		encodeNumber(r, uapi.XFRMA_REPLAY_THRESH, state.ReplayMaxDiff)
		encodeNumber(r, uapi.XFRMA_ETIMER_THRESH, state.ReplayMaxAge)
	}
	return h.exec(r, "xfrm aevent set", func() string { return xfrmStateObject(state) })
}
