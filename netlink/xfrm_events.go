package netlink

import (
	"net"
	"runtime"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// XfrmMsg is a notification about IPsec: an [XfrmMsgExpire] or another of the types named so.
type XfrmMsg interface {
	Type() nl.XfrmMsgType // XFRM_MSG_…
}

// XfrmMsgExpire says that a state has reached one of its limits.
type XfrmMsgExpire struct {
	XfrmState *XfrmState
	Hard      bool // it is deleted
}

// Type returns nl.XFRM_MSG_EXPIRE.
func (*XfrmMsgExpire) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_EXPIRE }

// XfrmMsgPolicyExpire says that a policy has reached one of its limits.
type XfrmMsgPolicyExpire struct {
	XfrmPolicy *XfrmPolicy
	Hard       bool // it is deleted
}

// Type returns nl.XFRM_MSG_POLEXPIRE.
func (*XfrmMsgPolicyExpire) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_POLEXPIRE }

// XfrmMsgState says that a state was added, changed or deleted. The kernel reports the keys of new and
// changed states.
type XfrmMsgState struct {
	XfrmState *XfrmState
	Op        nl.XfrmMsgType // nl.XFRM_MSG_NEWSA, XFRM_MSG_UPDSA or XFRM_MSG_DELSA
}

// Type returns Op.
func (m *XfrmMsgState) Type() nl.XfrmMsgType { return m.Op }

// XfrmMsgPolicy says that a policy was added, changed or deleted.
type XfrmMsgPolicy struct {
	XfrmPolicy *XfrmPolicy
	Op         nl.XfrmMsgType // nl.XFRM_MSG_NEWPOLICY, XFRM_MSG_UPDPOLICY or XFRM_MSG_DELPOLICY
}

// Type returns Op.
func (m *XfrmMsgPolicy) Type() nl.XfrmMsgType { return m.Op }

// XfrmMsgStateFlush says that all states of a protocol were deleted.
type XfrmMsgStateFlush struct{ Proto Proto }

// Type returns nl.XFRM_MSG_FLUSHSA.
func (*XfrmMsgStateFlush) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_FLUSHSA }

// XfrmMsgPolicyFlush says that all policies of a type were deleted.
type XfrmMsgPolicyFlush struct{ PolicyType uint8 }

// Type returns nl.XFRM_MSG_FLUSHPOLICY.
func (*XfrmMsgPolicyFlush) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_FLUSHPOLICY }

// XfrmMsgAcquire asks for a state: packets that XfrmPolicy selects wait for one. A program that
// negotiates keys answers by [Handle.XfrmStateAdd] with the same Seq.
type XfrmMsgAcquire struct {
	// XfrmState has the known parts of the state: Src, Dst, Proto, Spi, Selector (the packet), Mark, Ifid, Pcpunum
	// and Seq.
	XfrmState  *XfrmState
	XfrmPolicy *XfrmPolicy // with its templates
}

// Type returns nl.XFRM_MSG_ACQUIRE.
func (*XfrmMsgAcquire) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_ACQUIRE }

// XfrmMsgAevent reports the sequence numbers of a state, so that another machine can go on in
// place of this one.
type XfrmMsgAevent struct {
	State *XfrmState // what identifies it, Statistics, and Replay or ReplayESN
	Flags uint32     // XFRM_AE_…: why
}

// Type returns nl.XFRM_MSG_NEWAE.
func (*XfrmMsgAevent) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_NEWAE }

// XfrmMsgMapping says that the other end of ESP in UDP has another address or port now.
type XfrmMsgMapping struct {
	State            *XfrmState // what identifies it
	OldSrc, NewSrc   net.IP
	OldPort, NewPort int
}

// Type returns nl.XFRM_MSG_MAPPING.
func (*XfrmMsgMapping) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_MAPPING }

// XfrmMsgReport reports a packet of Mobile IPv6 without a state.
type XfrmMsgReport struct {
	Proto    Proto
	Selector *XfrmPolicy
	CoAddr   net.IP // care-of address
}

// Type returns nl.XFRM_MSG_REPORT.
func (*XfrmMsgReport) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_REPORT }

// XfrmMsgMigrate says that a policy and its states have other addresses now.
type XfrmMsgMigrate struct {
	XfrmPolicy *XfrmPolicy // selector, Dir and PolicyType
	Migrations []XfrmMigration
	Encap      *XfrmStateEncap
	KMAddress  *XfrmKMAddress // of the key managers, nil: as they were
}

// Type returns nl.XFRM_MSG_MIGRATE.
func (*XfrmMsgMigrate) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_MIGRATE }

// XfrmMsgDefaults reports the new treatment of packets that no policy selects.
type XfrmMsgDefaults struct{ XfrmDefaults }

// Type returns XFRM_MSG_GETDEFAULT.
func (*XfrmMsgDefaults) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_GETDEFAULT }

// XfrmMsgMigrateState says that one state has other addresses now (Linux 7.3).
type XfrmMsgMigrateState struct {
	State *XfrmState // what identified it
	XfrmStateMigration
}

// Type returns XFRM_MSG_MIGRATE_STATE.
func (*XfrmMsgMigrateState) Type() nl.XfrmMsgType { return uapi.XFRM_MSG_MIGRATE_STATE }

// xfrmGroup returns the group (XFRMNLGRP_…) that a message comes to, 0 for one that comes to none.
func xfrmGroup(t nl.XfrmMsgType) uint32 {
	switch t {
	case uapi.XFRM_MSG_ACQUIRE:
		return uapi.XFRMNLGRP_ACQUIRE
	case uapi.XFRM_MSG_EXPIRE, uapi.XFRM_MSG_POLEXPIRE:
		return uapi.XFRMNLGRP_EXPIRE
	case uapi.XFRM_MSG_NEWSA, uapi.XFRM_MSG_UPDSA, uapi.XFRM_MSG_DELSA, uapi.XFRM_MSG_FLUSHSA:
		return uapi.XFRMNLGRP_SA
	case uapi.XFRM_MSG_NEWPOLICY, uapi.XFRM_MSG_UPDPOLICY, uapi.XFRM_MSG_DELPOLICY, uapi.XFRM_MSG_FLUSHPOLICY,
		uapi.XFRM_MSG_GETDEFAULT:
		return uapi.XFRMNLGRP_POLICY
	case uapi.XFRM_MSG_NEWAE:
		return uapi.XFRMNLGRP_AEVENTS
	case uapi.XFRM_MSG_REPORT:
		return uapi.XFRMNLGRP_REPORT
	case uapi.XFRM_MSG_MIGRATE, uapi.XFRM_MSG_MIGRATE_STATE:
		return uapi.XFRMNLGRP_MIGRATE
	case uapi.XFRM_MSG_MAPPING:
		return uapi.XFRMNLGRP_MAPPING
	}
	return 0
}

// XfrmMsgDeserialize reads the bytes of a notification about IPsec behind its struct nlmsghdr, whose type is typ
// (nlmsg_type). It is nil for a type that is not known. Secret keys are among what it returns.
func XfrmMsgDeserialize(typ nl.XfrmMsgType, m []byte) (XfrmMsg, error) {
	return decodeXfrmMsg(wire.Message{Type: uint16(typ), Data: m})
}

// decodeXfrmMsg reads a message to one of the groups; nil for one that is not known.
func decodeXfrmMsg(m wire.Message) (XfrmMsg, error) {
	typ := nl.XfrmMsgType(m.Type)
	switch m.Type {
	case uapi.XFRM_MSG_EXPIRE:
		e := &XfrmMsgExpire{XfrmState: &XfrmState{}}
		family := e.XfrmState.decodeInfo(m.Data)
		e.Hard = byteAt(m.Data, xfrmTail(uapi.SizeofXfrmUsersaInfo)) != 0
		return e, e.XfrmState.decodeAttrs(m.Data, xfrmAndByte(uapi.SizeofXfrmUsersaInfo), family)
	case uapi.XFRM_MSG_POLEXPIRE:
		e := &XfrmMsgPolicyExpire{XfrmPolicy: &XfrmPolicy{}}
		e.XfrmPolicy.decodeInfo(m.Data)
		e.Hard = byteAt(m.Data, xfrmTail(uapi.SizeofXfrmUserpolicyInfo)) != 0
		return e, e.XfrmPolicy.decodeAttrs(m.Data, xfrmAndByte(uapi.SizeofXfrmUserpolicyInfo))
	case uapi.XFRM_MSG_NEWSA, uapi.XFRM_MSG_UPDSA:
		s, err := decodeXfrmState(m.Data)
		return &XfrmMsgState{XfrmState: &s, Op: typ}, err
	case uapi.XFRM_MSG_DELSA:
		return decodeXfrmStateDel(m.Data)
	case uapi.XFRM_MSG_NEWPOLICY, uapi.XFRM_MSG_UPDPOLICY:
		p, err := decodeXfrmPolicy(m.Data)
		return &XfrmMsgPolicy{XfrmPolicy: &p, Op: typ}, err
	case uapi.XFRM_MSG_DELPOLICY:
		return decodeXfrmPolicyDel(m.Data)
	case uapi.XFRM_MSG_FLUSHSA:
		return &XfrmMsgStateFlush{Proto: Proto(byteAt(m.Data, 0))}, nil
	case uapi.XFRM_MSG_FLUSHPOLICY:
		var p XfrmPolicy
		err := p.decodeAttrs(m.Data, 0)
		return &XfrmMsgPolicyFlush{PolicyType: p.PolicyType}, err
	case uapi.XFRM_MSG_ACQUIRE:
		return decodeXfrmAcquire(m.Data)
	case uapi.XFRM_MSG_NEWAE:
		e := &XfrmMsgAevent{}
		return e, e.decode(m.Data)
	case uapi.XFRM_MSG_MAPPING:
		return decodeXfrmMapping(m.Data), nil
	case uapi.XFRM_MSG_REPORT:
		return decodeXfrmReport(m.Data)
	case uapi.XFRM_MSG_MIGRATE:
		return decodeXfrmMigrate(m.Data)
	case uapi.XFRM_MSG_MIGRATE_STATE:
		return decodeXfrmMigrateState(m.Data)
	case uapi.XFRM_MSG_GETDEFAULT:
		e := &XfrmMsgDefaults{}
		e.decode(m.Data)
		return e, nil
	}
	return nil, nil
}

// xfrmAndByte is the size of a structure of that size and a byte.
func xfrmAndByte(size int) int {
	if runtime.GOARCH == "386" {
		return size // its four bytes of padding are none, and the byte has three
	}
	return size + 8
}

func byteAt(b []byte, at int) byte {
	if at < len(b) {
		return b[at]
	}
	return 0
}

// decodeXfrmStateDel reads an identity and, as an attribute, the state.
func decodeXfrmStateDel(data []byte) (XfrmMsg, error) {
	e := &XfrmMsgState{XfrmState: &XfrmState{}, Op: uapi.XFRM_MSG_DELSA}
	var id uapi.XfrmUsersaId
	id.Decode(data)
	d := wire.NewDecoderAfter(data, uapi.SizeofXfrmUsersaId)
	for d.Next() {
		if d.Type() == uapi.XFRMA_SA {
			e.XfrmState.decodeInfo(d.Data())
		}
	}
	e.XfrmState.identify(&id)
	return e, e.XfrmState.decodeAttrs(data, uapi.SizeofXfrmUsersaId, id.Family)
}

func (s *XfrmState) identify(id *uapi.XfrmUsersaId) {
	s.Dst, s.Spi, s.Proto = xfrmAddressIP(&id.Daddr, id.Family), int(id.Spi), Proto(id.Proto)
}

// decodeXfrmPolicyDel reads an identity and, as an attribute, the policy.
func decodeXfrmPolicyDel(data []byte) (XfrmMsg, error) {
	e := &XfrmMsgPolicy{XfrmPolicy: &XfrmPolicy{}, Op: uapi.XFRM_MSG_DELPOLICY}
	var id uapi.XfrmUserpolicyId
	id.Decode(data)
	decodeXfrmSelector(e.XfrmPolicy, &id.Sel)
	e.XfrmPolicy.Index, e.XfrmPolicy.Dir = int(id.Index), Dir(id.Dir)
	d := wire.NewDecoderAfter(data, uapi.SizeofXfrmUserpolicyId)
	for d.Next() {
		if d.Type() == uapi.XFRMA_POLICY {
			e.XfrmPolicy.decodeInfo(d.Data())
		}
	}
	return e, e.XfrmPolicy.decodeAttrs(data, uapi.SizeofXfrmUserpolicyId)
}

// decodeXfrmAcquire reads struct xfrm_user_acquire: an identity, the source, a selector, a policy and
// four numbers, the last of which is the sequence number.
func decodeXfrmAcquire(data []byte) (XfrmMsg, error) {
	const source = uapi.SizeofXfrmId
	const selector = source + len(uapi.XfrmAddress{})
	const policy = selector + uapi.SizeofXfrmSelector
	seq := policy + xfrmTail(uapi.SizeofXfrmUserpolicyInfo) + 3*4
	whole := make([]byte, seq+4)
	copy(whole, data)
	var id uapi.XfrmId
	id.Decode(whole)
	var sel uapi.XfrmSelector
	sel.Decode(whole[selector:])
	e := &XfrmMsgAcquire{XfrmState: &XfrmState{Selector: &XfrmPolicy{}}, XfrmPolicy: &XfrmPolicy{}}
	s := e.XfrmState
	decodeXfrmSelector(s.Selector, &sel)
	s.Dst = xfrmAddressIP(&id.Daddr, sel.Family)
	src := uapi.XfrmAddress(whole[source:])
	s.Src = xfrmAddressIP(&src, sel.Family)
	s.Proto, s.Spi = Proto(id.Proto), int(id.Spi)
	s.Seq = native.Uint32(whole[seq:])
	e.XfrmPolicy.decodeInfo(whole[policy:])
	if err := e.XfrmPolicy.decodeAttrs(data, seq+4); err != nil {
		return nil, err
	}
	// The template has the family of the state's own addresses.
	for _, t := range e.XfrmPolicy.Tmpls {
		if t.Proto == s.Proto {
			s.Dst = xfrmAddressIP(&id.Daddr, uint16(t.Family))
			s.Src = xfrmAddressIP(&src, uint16(t.Family))
			s.Mode, s.Reqid = t.Mode, t.Reqid
			break
		}
	}
	s.Mark, s.Ifid = e.XfrmPolicy.Mark, e.XfrmPolicy.Ifid
	d := wire.NewDecoderAfter(data, seq+4)
	for d.Next() {
		if d.Type() == uapi.XFRMA_SA_PCPU {
			s.Pcpunum = new(d.Uint32())
		}
	}
	return e, d.Err()
}

func (e *XfrmMsgAevent) decode(data []byte) error {
	var m uapi.XfrmAeventId
	m.Decode(data)
	e.State = &XfrmState{Reqid: int(m.Reqid)}
	e.State.identify(&m.SaId)
	e.State.Src = xfrmAddressIP(&m.Saddr, m.SaId.Family)
	e.Flags = m.Flags
	return e.State.decodeAttrs(data, uapi.SizeofXfrmAeventId, m.SaId.Family)
}

func decodeXfrmMapping(data []byte) XfrmMsg {
	var m uapi.XfrmUserMapping
	m.Decode(data)
	e := &XfrmMsgMapping{
		State:  &XfrmState{Reqid: int(m.Reqid)},
		OldSrc: xfrmAddressIP(&m.OldSaddr, m.Id.Family), NewSrc: xfrmAddressIP(&m.NewSaddr, m.Id.Family),
		OldPort: int(m.OldSport), NewPort: int(m.NewSport),
	}
	e.State.identify(&m.Id)
	return e
}

func decodeXfrmReport(data []byte) (XfrmMsg, error) {
	var m uapi.XfrmUserReport
	m.Decode(data)
	e := &XfrmMsgReport{Proto: Proto(m.Proto), Selector: &XfrmPolicy{}}
	decodeXfrmSelector(e.Selector, &m.Sel)
	d := wire.NewDecoderAfter(data, uapi.SizeofXfrmUserReport)
	for d.Next() {
		if d.Type() == uapi.XFRMA_COADDR {
			var a uapi.XfrmAddress
			copy(a[:], d.Data())
			e.CoAddr = xfrmAddressIP(&a, m.Sel.Family)
		}
	}
	return e, d.Err()
}
