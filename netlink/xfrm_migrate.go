package netlink

import (
	"fmt"
	"math"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// XfrmMigration is where the states of one template move to: other addresses.
type XfrmMigration struct {
	OldDst, OldSrc net.IP
	NewDst, NewSrc net.IP
	Proto          Proto
	Mode           Mode
	Reqid          int
}

// XfrmKMAddress is where key managers talk to each other from now on.
type XfrmKMAddress struct{ Local, Remote net.IP }

// XfrmMigrate gives the policy with the selector and Dir of policy, and its states, other addresses;
// a state that is encapsulated gets encap, if that is not nil. The key manager is notified, and gets km, if
// that is not nil. A kernel without CONFIG_XFRM_MIGRATE has ENOPROTOOPT for it.
func (h *Handle) XfrmMigrate(policy *XfrmPolicy, migrations []XfrmMigration, encap *XfrmStateEncap,
	km *XfrmKMAddress) error {
	r := xfrmRequest(uapi.XFRM_MSG_MIGRATE, 0)
	if policy == nil {
		r.Fail(errNoXfrmPolicy)
	} else {
		putXfrmPolicyID(r, policy)
		b := r.Reserve(uapi.XFRMA_MIGRATE, len(migrations)*uapi.SizeofXfrmUserMigrate)
		for i := range migrations {
			if r.Err() == nil {
				m := migrations[i].encode(r)
				m.Put(b[i*uapi.SizeofXfrmUserMigrate:])
			}
		}
		encodeXfrmEncap(r, encap)
		encodeXfrmIfid(r, policy.Ifid)
		encodeXfrmPolicyType(r, policy.PolicyType)
		encodeXfrmOffload(r, policy.Offload)
		encodeXfrmKMAddress(r, km)
	}
	return h.exec(r, "xfrm migrate", func() string { return xfrmPolicyObject(policy) })
}

func (m *XfrmMigration) encode(r *wire.Request) uapi.XfrmUserMigrate {
	return uapi.XfrmUserMigrate{
		OldDaddr: mustXfrmAddress(r, "old destination", m.OldDst), OldSaddr: mustXfrmAddress(r, "old source", m.OldSrc),
		NewDaddr: mustXfrmAddress(r, "new destination", m.NewDst), NewSaddr: mustXfrmAddress(r, "new source", m.NewSrc),
		Proto: uint8(m.Proto), Mode: uint8(m.Mode), Reqid: uint32(within(r, "reqid", m.Reqid, math.MaxUint32)),
		OldFamily: xfrmFamily(r, m.OldDst, m.OldSrc), NewFamily: xfrmFamily(r, m.NewDst, m.NewSrc),
	}
}

func encodeXfrmKMAddress(r *wire.Request, km *XfrmKMAddress) {
	if km == nil {
		return
	}
	r.Struct(uapi.XFRMA_KMADDRESS, uapi.SizeofXfrmUserKmaddress, &uapi.XfrmUserKmaddress{
		Local: mustXfrmAddress(r, "local address", km.Local), Remote: mustXfrmAddress(r, "remote address", km.Remote),
		Family: xfrmFamily(r, km.Local, km.Remote),
	})
}

func decodeXfrmKMAddress(b []byte) *XfrmKMAddress {
	var m uapi.XfrmUserKmaddress
	m.Decode(b)
	return &XfrmKMAddress{Local: xfrmAddressIP(&m.Local, m.Family), Remote: xfrmAddressIP(&m.Remote, m.Family)}
}

func decodeXfrmMigration(b []byte) XfrmMigration {
	var m uapi.XfrmUserMigrate
	m.Decode(b)
	return XfrmMigration{
		OldDst: xfrmAddressIP(&m.OldDaddr, m.OldFamily), OldSrc: xfrmAddressIP(&m.OldSaddr, m.OldFamily),
		NewDst: xfrmAddressIP(&m.NewDaddr, m.NewFamily), NewSrc: xfrmAddressIP(&m.NewSaddr, m.NewFamily),
		Proto: Proto(m.Proto), Mode: Mode(m.Mode), Reqid: int(m.Reqid),
	}
}

// decodeXfrmMigrate reads the payload of XFRM_MSG_MIGRATE. The kernel repeats XFRMA_MIGRATE, a program has all
// in one.
func decodeXfrmMigrate(data []byte) (XfrmMsg, error) {
	var id uapi.XfrmUserpolicyId
	id.Decode(data)
	e := &XfrmMsgMigrate{XfrmPolicy: &XfrmPolicy{Index: int(id.Index), Dir: Dir(id.Dir)}}
	decodeXfrmSelector(e.XfrmPolicy, &id.Sel)
	d := wire.NewDecoderAfter(data, uapi.SizeofXfrmUserpolicyId)
	for d.Next() {
		switch d.Type() {
		case uapi.XFRMA_MIGRATE:
			for b := d.Data(); len(b) >= uapi.SizeofXfrmUserMigrate; b = b[uapi.SizeofXfrmUserMigrate:] {
				e.Migrations = append(e.Migrations, decodeXfrmMigration(b))
			}
		case uapi.XFRMA_ENCAP:
			e.Encap = decodeXfrmEncap(d.Data(), id.Sel.Family)
		case uapi.XFRMA_KMADDRESS:
			e.KMAddress = decodeXfrmKMAddress(d.Data())
		}
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	return e, e.XfrmPolicy.decodeAttrs(data, uapi.SizeofXfrmUserpolicyId)
}

// XfrmStateMigration is where one state moves to.
type XfrmStateMigration struct {
	NewDst, NewSrc net.IP
	NewReqid       int
	NewSelector    *XfrmPolicy // nil: all packets
	NewMark        *XfrmMark   // nil: the state's own
	OutputMark     *XfrmMark
	Encap          *XfrmStateEncap // of Type 0: none any more
	Offload        *XfrmOffload
	MappingMaxAge  *uint32 // see [XfrmState]
	NatKeepalive   *uint32
	// Flags are XFRM_MIGRATE_STATE_…: with CLEAR_OFFLOAD a nil Offload is none, and not the state's own; with
	// UPDATE_H2H_SEL addresses of single hosts in the state's selector become the new ones, and NewSelector is not looked
	// at.
	Flags uint32
}

// XfrmStateMigrate gives the state with Dst, Proto, Spi and Mark of state other addresses, and keeps its
// sequence numbers (Linux 7.3). What is nil stays as it is.
func (h *Handle) XfrmStateMigrate(state *XfrmState, to XfrmStateMigration) error {
	r := xfrmRequest(uapi.XFRM_MSG_MIGRATE_STATE, 0)
	if state == nil {
		r.Fail(errNoXfrmState)
	} else {
		m := uapi.XfrmUserMigrateState{
			Id:       xfrmUsersaID(r, state),
			NewDaddr: mustXfrmAddress(r, "new destination", to.NewDst), NewSaddr: mustXfrmAddress(r, "new source", to.NewSrc),
			NewReqid: uint32(within(r, "reqid", to.NewReqid, math.MaxUint32)),
			Flags:    to.Flags, NewFamily: xfrmFamily(r, to.NewDst, to.NewSrc),
		}
		if state.Mark != nil {
			m.OldMark = uapi.XfrmMark{V: state.Mark.Value, M: state.Mark.Mask}
		}
		if to.NewSelector != nil {
			m.NewSel = encodeXfrmSelector(r, to.NewSelector)
		} else {
			m.NewSel.Family = m.NewFamily
		}
		m.Put(r.Header(uapi.SizeofXfrmUserMigrateState))
		encodeXfrmEncap(r, to.Encap)
		encodeXfrmMark(r, to.NewMark)
		encodeXfrmOutputMark(r, to.OutputMark)
		encodeXfrmOffload(r, to.Offload)
		encodeNumber(r, uapi.XFRMA_MTIMER_THRESH, to.MappingMaxAge)
		encodeNumber(r, uapi.XFRMA_NAT_KEEPALIVE_INTERVAL, to.NatKeepalive)
	}
	return h.exec(r, "xfrm state migrate", func() string {
		return fmt.Sprintf("%s to src %s dst %s", xfrmStateObject(state), xfrmIP(to.NewSrc), xfrmIP(to.NewDst))
	})
}

func decodeXfrmMigrateState(data []byte) (XfrmMsg, error) {
	var m uapi.XfrmUserMigrateState
	m.Decode(data)
	e := &XfrmMsgMigrateState{State: &XfrmState{}}
	e.State.identify(&m.Id)
	if m.OldMark != (uapi.XfrmMark{}) {
		e.State.Mark = &XfrmMark{Value: m.OldMark.V, Mask: m.OldMark.M}
	}
	e.NewDst, e.NewSrc = xfrmAddressIP(&m.NewDaddr, m.NewFamily), xfrmAddressIP(&m.NewSaddr, m.NewFamily)
	e.NewReqid, e.Flags, e.NewSelector = int(m.NewReqid), m.Flags, &XfrmPolicy{}
	decodeXfrmSelector(e.NewSelector, &m.NewSel)
	d := wire.NewDecoderAfter(data, uapi.SizeofXfrmUserMigrateState)
	for d.Next() {
		switch d.Type() {
		case uapi.XFRMA_ENCAP:
			e.Encap = decodeXfrmEncap(d.Data(), m.NewFamily)
		case uapi.XFRMA_MARK:
			e.NewMark = decodeXfrmMark(d.Data())
		case uapi.XFRMA_OFFLOAD_DEV:
			e.Offload = decodeXfrmOffload(d.Data())
		case uapi.XFRMA_SET_MARK, uapi.XFRMA_SET_MARK_MASK:
			e.OutputMark = decodeXfrmOutputMark(e.OutputMark, &d)
		case uapi.XFRMA_MTIMER_THRESH:
			e.MappingMaxAge = new(d.Uint32())
		case uapi.XFRMA_NAT_KEEPALIVE_INTERVAL:
			e.NatKeepalive = new(d.Uint32())
		case uapi.XFRMA_SA_DIR:
			e.State.SADir = SADir(d.Uint8())
		}
	}
	return e, d.Err()
}
