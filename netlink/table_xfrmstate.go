package netlink

import (
	"slices"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// XfrmStateTable has the states of IPsec: ip xfrm state. It needs CAP_NET_ADMIN and is not among [AllTables]. States
// that wait for their keys, which come and go without notification, are not in it, nor are those that the kernel makes
// for tunnels.
//
// Keys are zeros of the right length: neither events nor mirrors hold secrets, which [Handle.XfrmStateGet] returns.
// Sequence numbers and counters are 0.
//
// Where all states of a protocol are deleted at once, Watch yields an [XfrmStateFlushEvent] in place of events of
// them. An update of a state that has its keys changes only lifetimes, encapsulation, marks and the like, but the
// kernel announces all that was asked for, and so does Watch; a mirror reads the states again. Nothing announces that
// states have ended with the link whose hardware had them.
var XfrmStateTable = Table{&tableInfo{"xfrm states", xfrmStateParts}}

func xfrmStateParts() []tablePart {
	return []tablePart{{
		name: "xfrm states", protocol: uapi.NETLINK_XFRM, new: uapi.XFRM_MSG_NEWSA, del: uapi.XFRM_MSG_DELSA,
		header: xfrmTail(uapi.SizeofXfrmUsersaInfo), groups: []uint32{uapi.XFRMNLGRP_SA, uapi.XFRMNLGRP_EXPIRE},
		dump: xfrmStateDump, split: splitXfrmState, splits: []uint16{uapi.XFRM_MSG_NEWSA, uapi.XFRM_MSG_UPDSA,
			uapi.XFRM_MSG_DELSA, uapi.XFRM_MSG_EXPIRE, uapi.XFRM_MSG_FLUSHSA},
		has: anyObject, key: xfrmStateKey, hides: xfrmStateWaits, event: (*eventDecoder).xfrmState, news: xfrmStateNews,
		change: (*partState).changeXfrm,
		after:  []groupMessages{{[]uint16{uapi.XFRM_MSG_FLUSHSA}, []uint32{uapi.XFRMNLGRP_SA}}, xfrmMigrations()},
	}}
}

func xfrmStateDump() *wire.Request { return XfrmStateFilter{}.query().request() }

func splitXfrmState(m wire.Message, each func(wire.Message) error) error {
	form := xfrmForm{
		new: uapi.XFRM_MSG_NEWSA, update: uapi.XFRM_MSG_UPDSA, del: uapi.XFRM_MSG_DELSA, expire: uapi.XFRM_MSG_EXPIRE,
		size: uapi.SizeofXfrmUsersaInfo, id: uapi.SizeofXfrmUsersaId, whole: uapi.XFRMA_SA,
		still: stillXfrmState, attr: keepXfrmAttr,
	}
	return form.split(m, each)
}

func stillXfrmState(b []byte) []byte {
	var s uapi.XfrmUsersaInfo
	return stillXfrm(b, uapi.SizeofXfrmUsersaInfo, &s, func() {
		s.Stats = uapi.XfrmStats{}
		stillLifetime(&s.Curlft)
	})
}

// keepXfrmAttr leaves keys and sequence numbers out of an attribute. One that is not known may be a key.
func keepXfrmAttr(e *wire.Encoder, typ uint16, data []byte) {
	shown := len(data)
	switch typ {
	case uapi.XFRMA_ALG_AUTH, uapi.XFRMA_ALG_CRYPT, uapi.XFRMA_ALG_COMP:
		shown = uapi.SizeofXfrmAlgo
	case uapi.XFRMA_ALG_AUTH_TRUNC:
		shown = uapi.SizeofXfrmAlgoAuth
	case uapi.XFRMA_ALG_AEAD:
		shown = uapi.SizeofXfrmAlgoAead
	case uapi.XFRMA_REPLAY_VAL:
		shown = 0
	case uapi.XFRMA_REPLAY_ESN_VAL:
		var v uapi.XfrmReplayStateEsn
		v.Decode(data)
		v = uapi.XfrmReplayStateEsn{BmpLen: v.BmpLen, ReplayWindow: v.ReplayWindow}
		if b := e.Reserve(typ, len(data)); len(b) >= uapi.SizeofXfrmReplayStateEsn {
			v.Put(b)
		}
		return
	case uapi.XFRMA_LASTUSED:
		return
	}
	if typ <= uapi.XFRMA_MAX {
		copy(e.Reserve(typ, len(data)), data[:min(len(data), shown)])
	}
}

// xfrmStateKey is the address, SPI, protocol and mark; protocols without SPIs have both addresses.
func xfrmStateKey(data []byte) string {
	s := xfrmInfoOf(data)
	k := make(keyOf, 0, 48)
	k.header(s.Id.Daddr[:]...)
	k.header(s.Id.Proto, byte(s.Family))
	k = native.AppendUint32(k, s.Id.Spi)
	if !slices.Contains([]Proto{XFRM_PROTO_ESP, XFRM_PROTO_AH, XFRM_PROTO_COMP}, Proto(s.Id.Proto)) {
		k.header(s.Saddr[:]...)
	}
	k.keyXfrmMark(data, xfrmTail(uapi.SizeofXfrmUsersaInfo))
	return string(k)
}

func xfrmInfoOf(data []byte) (s uapi.XfrmUsersaInfo) {
	s.Decode(data[:min(len(data), xfrmTail(uapi.SizeofXfrmUsersaInfo))])
	return s
}

// xfrmStateWaits reports whether a state has no algorithm where it ought to have one.
func xfrmStateWaits(data []byte) bool {
	s := xfrmInfoOf(data)
	if p := Proto(s.Id.Proto); p == XFRM_PROTO_ROUTE2 || p == XFRM_PROTO_HAO {
		return false
	}
	for d := wire.NewDecoderAfter(data, xfrmTail(uapi.SizeofXfrmUsersaInfo)); d.Next(); {
		switch d.Type() {
		case uapi.XFRMA_ALG_AUTH, uapi.XFRMA_ALG_CRYPT, uapi.XFRMA_ALG_COMP, uapi.XFRMA_ALG_AUTH_TRUNC, uapi.XFRMA_ALG_AEAD:
			return false
		}
	}
	return true
}

// changeXfrm returns the objects of a key after a notification. One of an update has what was asked for.
func (p *partState) changeXfrm(_ string, group []string, raw string, msg wire.Message) []string {
	switch {
	case msg.Type == p.del, p.hidden(msg.Data):
		return nil
	case msg.Flags&uapi.NLM_F_REPLACE != 0 && len(group) != 0:
		p.dirty = true
		return group
	}
	return []string{raw}
}

// XfrmStateEvent is a change of a state of IPsec.
type XfrmStateEvent struct{ Old, New *XfrmState }

func (XfrmStateEvent) event() {}

// String describes the event in one line, without keys.
func (e XfrmStateEvent) String() string {
	return eventText("xfrm state", e.Old, e.New, xfrmStateObject)
}

func (d *eventDecoder) xfrmState(old, new []byte) (Event, error) {
	var ev XfrmStateEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeXfrmState))
	return ev, err
}

// XfrmStateFlushEvent reports that all states of a protocol were deleted; 0 is all of IPsec. Watch yields it with
// [XfrmStateTable].
type XfrmStateFlushEvent struct{ Proto Proto }

func (XfrmStateFlushEvent) event() {}

// String describes the event in one line.
func (e XfrmStateFlushEvent) String() string { return "xfrm states gone: proto " + e.Proto.String() }

func xfrmStateNews(m wire.Message) (Event, error) {
	if m.Type != uapi.XFRM_MSG_FLUSHSA {
		return nil, nil
	}
	return XfrmStateFlushEvent{Proto(byteAt(m.Data, 0))}, nil
}
