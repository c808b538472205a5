package netlink

import (
	"fmt"
	"iter"
	"math"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// XfrmPolicyAdd adds a policy: ip xfrm policy add. One that is there already is an error.
func (h *Handle) XfrmPolicyAdd(policy *XfrmPolicy) error {
	return h.xfrmPolicyChange("xfrm policy add", uapi.XFRM_MSG_NEWPOLICY, policy)
}

// XfrmPolicyUpdate puts a policy in the place of the one with its selector, or adds it: ip xfrm
// policy update.
func (h *Handle) XfrmPolicyUpdate(policy *XfrmPolicy) error {
	return h.xfrmPolicyChange("xfrm policy update", uapi.XFRM_MSG_UPDPOLICY, policy)
}

func (h *Handle) xfrmPolicyChange(op string, typ uint16, policy *XfrmPolicy) error {
	r := xfrmRequest(typ, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
	r.Fail(encodeXfrmPolicy(r, policy))
	return h.execMany(r, op, func() string { return xfrmPolicyObject(policy) }, func(data []byte) string {
		p, err := decodeXfrmPolicy(data)
		if err != nil {
			return err.Error() // our own encoder made it
		}
		return xfrmPolicyObject(&p)
	})
}

// XfrmPolicyDel deletes the policy with Index, or else with the selector, Mark and Ifid, and with
// Dir: ip xfrm policy delete.
func (h *Handle) XfrmPolicyDel(policy *XfrmPolicy) error {
	r := xfrmPolicyID(uapi.XFRM_MSG_DELPOLICY, policy)
	return h.exec(r, "xfrm policy del", func() string { return xfrmPolicyObject(policy) })
}

// XfrmPolicyGet returns the policy with Index, or else with the selector, Mark and Ifid, and with
// Dir: ip xfrm policy get.
func (h *Handle) XfrmPolicyGet(policy *XfrmPolicy) (*XfrmPolicy, error) {
	var found XfrmPolicy
	r := xfrmPolicyID(uapi.XFRM_MSG_GETPOLICY, policy)
	err := h.get(r, "xfrm policy get", func() string { return xfrmPolicyObject(policy) },
		func(m wire.Message) (err error) {
			found, err = decodeXfrmPolicy(m.Data)
			return err
		})
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// xfrmPolicyID begins a request about the policy with an identity.
func xfrmPolicyID(typ uint16, p *XfrmPolicy) *wire.Request {
	r := xfrmRequest(typ, 0)
	if p == nil {
		r.Fail(errNoXfrmPolicy)
		return r
	}
	putXfrmPolicyID(r, p)
	encodeXfrmPolicyKey(r, p)
	encodeXfrmSecCtx(r, p.SecCtx)
	return r
}

func putXfrmPolicyID(r *wire.Request, p *XfrmPolicy) {
	id := uapi.XfrmUserpolicyId{
		Sel:   encodeXfrmSelector(r, p),
		Index: uint32(within(r, "index", p.Index, math.MaxUint32)),
		Dir:   uint8(p.Dir),
	}
	id.Put(r.Header(uapi.SizeofXfrmUserpolicyId))
}

// XfrmPolicyFlush deletes all policies but those of sockets: ip xfrm policy flush.
func (h *Handle) XfrmPolicyFlush() error {
	return h.exec(xfrmRequest(uapi.XFRM_MSG_FLUSHPOLICY, 0), "xfrm policy flush", noObject)
}

// XfrmPolicyList returns the policies of a family, 0 is all, with those of sockets: ip xfrm policy
// list. See [ErrDumpInterrupted].
func (h *Handle) XfrmPolicyList(family int) ([]XfrmPolicy, error) {
	return fill(h, xfrmPolicyRequest(family), "xfrm policy list", xfrmPolicyDecoder(family))
}

// XfrmPolicySeq gives the policies of [Handle.XfrmPolicyList] as they come. The last pair holds the error,
// if there is one.
func (h *Handle) XfrmPolicySeq(family int) iter.Seq2[XfrmPolicy, error] {
	request := func() (*wire.Request, error) { return xfrmPolicyRequest(family), nil }
	return stream(h, request, "xfrm policy list", xfrmPolicyDecoder(family), nil)
}

// xfrmPolicyRequest asks for the policies. The kernel selects none.
func xfrmPolicyRequest(family int) *wire.Request {
	r := xfrmRequest(uapi.XFRM_MSG_GETPOLICY, 0)
	r.Fail(checkFamily(family))
	return r
}

func xfrmPolicyDecoder(family int) func(wire.Message, *XfrmPolicy) (bool, error) {
	return func(m wire.Message, p *XfrmPolicy) (want bool, err error) {
		if m.Type != uapi.XFRM_MSG_NEWPOLICY {
			return false, nil
		}
		*p, err = decodeXfrmPolicy(m.Data)
		return err == nil && (family == uapi.AF_UNSPEC || family == p.Family), err
	}
}

// XfrmSpdInfo is how many policies there are, and how they are found.
type XfrmSpdInfo struct {
	In, Out, Fwd                   uint32
	SocketIn, SocketOut, SocketFwd uint32
	Buckets, MaxBuckets            uint32
	// Policies whose prefixes are at least so long are in the hash table.
	Thresholds4, Thresholds6 XfrmHashThreshold
}

// XfrmHashThreshold are the least lengths of prefixes, of the local address and of the other one.
type XfrmHashThreshold struct{ Local, Remote uint8 }

// XfrmSpdInfoGet returns the number of policies: ip xfrm policy count.
func (h *Handle) XfrmSpdInfoGet() (*XfrmSpdInfo, error) {
	r := xfrmRequest(uapi.XFRM_MSG_GETSPDINFO, 0)
	r.Header(xfrmFlagsSize)
	info := &XfrmSpdInfo{}
	if err := h.get(r, "xfrm policy count", noObject,
		func(m wire.Message) error { return info.decode(m.Data) }); err != nil {
		return nil, err
	}
	return info, nil
}

func (i *XfrmSpdInfo) decode(data []byte) error {
	d := wire.NewDecoderAfter(data, xfrmFlagsSize)
	for d.Next() {
		switch d.Type() {
		case uapi.XFRMA_SPD_INFO:
			var v uapi.XfrmuSpdinfo
			v.Decode(d.Data())
			i.In, i.Out, i.Fwd = v.Incnt, v.Outcnt, v.Fwdcnt
			i.SocketIn, i.SocketOut, i.SocketFwd = v.Inscnt, v.Outscnt, v.Fwdscnt
		case uapi.XFRMA_SPD_HINFO:
			var v uapi.XfrmuSpdhinfo
			v.Decode(d.Data())
			i.Buckets, i.MaxBuckets = v.Spdhcnt, v.Spdhmcnt
		case uapi.XFRMA_SPD_IPV4_HTHRESH:
			i.Thresholds4.decode(d.Data())
		case uapi.XFRMA_SPD_IPV6_HTHRESH:
			i.Thresholds6.decode(d.Data())
		}
	}
	return d.Err()
}

func (t *XfrmHashThreshold) decode(b []byte) {
	var v uapi.XfrmuSpdhthresh
	v.Decode(b)
	t.Local, t.Remote = v.Lbits, v.Rbits
}

// XfrmSpdSetThresholds says which policies are hashed, of IPv4 and of IPv6; nil changes nothing: ip xfrm
// policy set.
func (h *Handle) XfrmSpdSetThresholds(v4, v6 *XfrmHashThreshold) error {
	r := xfrmRequest(uapi.XFRM_MSG_NEWSPDINFO, 0)
	r.Header(xfrmFlagsSize)
	put := func(typ uint16, t *XfrmHashThreshold) {
		if t != nil {
			r.Struct(typ, uapi.SizeofXfrmuSpdhthresh, &uapi.XfrmuSpdhthresh{Lbits: t.Local, Rbits: t.Remote})
		}
	}
	put(uapi.XFRMA_SPD_IPV4_HTHRESH, v4)
	put(uapi.XFRMA_SPD_IPV6_HTHRESH, v6)
	return h.exec(r, "xfrm policy set", noObject)
}

// XfrmDefaults is the treatment of packets that no policy selects: XFRM_USERPOLICY_ACCEPT or BLOCK, 0 in
// a change leaves it as it is (Linux 5.15).
type XfrmDefaults struct{ In, Fwd, Out uint8 }

// XfrmDefaultsGet returns the treatment of packets that no policy selects: ip xfrm policy getdefault.
func (h *Handle) XfrmDefaultsGet() (*XfrmDefaults, error) {
	r := xfrmRequest(uapi.XFRM_MSG_GETDEFAULT, 0)
	r.Header(uapi.SizeofXfrmUserpolicyDefault)
	v := &XfrmDefaults{}
	if err := h.get(r, "xfrm policy getdefault", noObject,
		func(m wire.Message) error { v.decode(m.Data); return nil }); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *XfrmDefaults) decode(b []byte) {
	var m uapi.XfrmUserpolicyDefault
	m.Decode(b)
	v.In, v.Fwd, v.Out = m.In, m.Fwd, m.Out
}

// XfrmDefaultsSet sets the treatment of packets that no policy selects: ip xfrm policy setdefault.
func (h *Handle) XfrmDefaultsSet(v XfrmDefaults) error {
	r := xfrmRequest(uapi.XFRM_MSG_SETDEFAULT, 0)
	m := uapi.XfrmUserpolicyDefault{In: v.In, Fwd: v.Fwd, Out: v.Out}
	m.Put(r.Header(uapi.SizeofXfrmUserpolicyDefault))
	return h.exec(r, "xfrm policy setdefault", func() string { return fmt.Sprintf("%+v", v) })
}
