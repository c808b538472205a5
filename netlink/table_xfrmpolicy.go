package netlink

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// XfrmPolicyTable has the policies of IPsec but for those of sockets, which are not announced: ip xfrm policy. It
// needs CAP_NET_ADMIN and is not among [AllTables]. Counters are 0. Where all policies are deleted at once, Watch
// yields an [XfrmPolicyFlushEvent] in place of events of them.
var XfrmPolicyTable = Table{&tableInfo{"xfrm policies", xfrmPolicyParts}}

func xfrmPolicyParts() []tablePart {
	return []tablePart{{
		name: "xfrm policies", protocol: uapi.NETLINK_XFRM, new: uapi.XFRM_MSG_NEWPOLICY, del: uapi.XFRM_MSG_DELPOLICY,
		header: xfrmTail(uapi.SizeofXfrmUserpolicyInfo),
		groups: []uint32{uapi.XFRMNLGRP_POLICY, uapi.XFRMNLGRP_EXPIRE},
		dump:   xfrmPolicyDump, split: splitXfrmPolicy, splits: []uint16{uapi.XFRM_MSG_NEWPOLICY, uapi.XFRM_MSG_UPDPOLICY,
			uapi.XFRM_MSG_DELPOLICY, uapi.XFRM_MSG_POLEXPIRE, uapi.XFRM_MSG_FLUSHPOLICY},
		has: anyObject, key: xfrmPolicyKey, hides: xfrmPolicyOfSocket, event: (*eventDecoder).xfrmPolicy,
		news:  xfrmPolicyNews,
		after: []groupMessages{{[]uint16{uapi.XFRM_MSG_FLUSHPOLICY}, []uint32{uapi.XFRMNLGRP_POLICY}}, xfrmMigrations()},
	}}
}

func xfrmPolicyDump() *wire.Request { return xfrmPolicyRequest(FAMILY_ALL) }

func splitXfrmPolicy(m wire.Message, each func(wire.Message) error) error {
	form := xfrmForm{
		new: uapi.XFRM_MSG_NEWPOLICY, update: uapi.XFRM_MSG_UPDPOLICY, del: uapi.XFRM_MSG_DELPOLICY,
		expire: uapi.XFRM_MSG_POLEXPIRE,
		size:   uapi.SizeofXfrmUserpolicyInfo, id: uapi.SizeofXfrmUserpolicyId, whole: uapi.XFRMA_POLICY,
		still: stillXfrmPolicy, attr: (*wire.Encoder).Data,
	}
	return form.split(m, each)
}

func stillXfrmPolicy(b []byte) []byte {
	var p uapi.XfrmUserpolicyInfo
	return stillXfrm(b, uapi.SizeofXfrmUserpolicyInfo, &p, func() { stillLifetime(&p.Curlft) })
}

func xfrmPolicyInfoOf(data []byte) (p uapi.XfrmUserpolicyInfo) {
	p.Decode(data[:min(len(data), xfrmTail(uapi.SizeofXfrmUserpolicyInfo))])
	return p
}

// xfrmPolicyKey is the index, which has the direction in it.
func xfrmPolicyKey(data []byte) string {
	return string(native.AppendUint32(nil, xfrmPolicyInfoOf(data).Index))
}

func xfrmPolicyOfSocket(data []byte) bool { return xfrmPolicyInfoOf(data).Dir >= uapi.XFRM_POLICY_MAX }

// XfrmPolicyEvent is a change of a policy of IPsec.
type XfrmPolicyEvent struct{ Old, New *XfrmPolicy }

func (XfrmPolicyEvent) event() {}

// String describes the event in one line.
func (e XfrmPolicyEvent) String() string {
	return eventText("xfrm policy", e.Old, e.New, func(p *XfrmPolicy) string {
		return fmt.Sprintf("src %v dst %v %s priority %d %s", p.Src, p.Dst, p.Dir, p.Priority, p.Action)
	})
}

func (d *eventDecoder) xfrmPolicy(old, new []byte) (Event, error) {
	var ev XfrmPolicyEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeXfrmPolicy))
	return ev, err
}

// XfrmPolicyFlushEvent reports that all policies of a type (XFRM_POLICY_TYPE_…) but those of sockets were deleted.
// Watch yields it with [XfrmPolicyTable].
type XfrmPolicyFlushEvent struct{ PolicyType uint8 }

func (XfrmPolicyFlushEvent) event() {}

// String describes the event in one line.
func (e XfrmPolicyFlushEvent) String() string {
	return fmt.Sprintf("xfrm policies gone: type %d", e.PolicyType)
}

func xfrmPolicyNews(m wire.Message) (Event, error) {
	if m.Type != uapi.XFRM_MSG_FLUSHPOLICY {
		return nil, nil
	}
	var p XfrmPolicy
	err := p.decodeAttrs(m.Data, 0)
	return XfrmPolicyFlushEvent{p.PolicyType}, err
}
