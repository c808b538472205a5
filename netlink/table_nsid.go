package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NetNsIDTable has the ids by which a namespace knows others: ip netns list-id.
var NetNsIDTable = Table{&tableInfo{"namespace ids", nsidTableParts}}

func nsidTableParts() []tablePart {
	return []tablePart{{
		name: "namespace ids", new: uapi.RTM_NEWNSID, del: uapi.RTM_DELNSID, header: nsidHeader,
		groups: []uint32{uapi.RTNLGRP_NSID}, dump: nsidDump, has: anyObject, key: nsidKey, event: (*eventDecoder).nsid,
	}}
}

// nsidHeader is the size of struct rtgenmsg with its padding.
const nsidHeader = uapi.NLA_ALIGNTO

func nsidDump() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETNSID, 0)
	r.Header(uapi.SizeofRtgenmsg)
	return r
}

func nsidKey(data []byte) string {
	for d := wire.NewDecoderAfter(data, nsidHeader); d.Next(); {
		if d.Type() == uapi.NETNSA_NSID {
			return string(d.Data())
		}
	}
	return ""
}

// NetNsIDEvent reports that a namespace has got an id here, or (Gone) that it is gone.
type NetNsIDEvent struct {
	ID   int
	Gone bool
}

func (NetNsIDEvent) event() {}

// String describes the event in one line.
func (e NetNsIDEvent) String() string {
	if e.Gone {
		return fmt.Sprintf("namespace id %d gone", e.ID)
	}
	return fmt.Sprintf("namespace id %d", e.ID)
}

func (d *eventDecoder) nsid(old, new []byte) (Event, error) {
	data := new
	if new == nil {
		data = old
	}
	id, err := decodeNsID(data)
	return NetNsIDEvent{ID: id, Gone: new == nil}, err
}

func decodeNsID(data []byte) (id int, err error) {
	d := wire.NewDecoderAfter(data, nsidHeader)
	for d.Next() {
		if d.Type() == uapi.NETNSA_NSID {
			id = int(d.Int32())
		}
	}
	return id, d.Err()
}
