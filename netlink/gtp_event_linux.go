package netlink

import (
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// GTPEventType is what a [GTPEvent] says.
type GTPEventType uint8

// What events of GTP say.
const (
	GTPPDPAdded   GTPEventType = iota + 1 // there is a new context
	GTPPDPDeleted                         // a context is gone
	GTPEchoAnswer                         // a peer has answered GTPEchoRequest (Linux 5.18)
)

// String returns "PDP added", "PDP deleted" or "echo answer".
func (t GTPEventType) String() string {
	switch t {
	case GTPPDPAdded:
		return "PDP added"
	case GTPPDPDeleted:
		return "PDP deleted"
	case GTPEchoAnswer:
		return "echo answer"
	}
	return fmt.Sprintf("GTPEventType(%d)", uint8(t))
}

// GTPEvent is something that happened to links of kind gtp. Of an answer PDP has the version, the peer that answered
// and, as MSAddress, the address of this host.
type GTPEvent struct {
	Type GTPEventType
	PDP  PDP
}

// GTPEvents gives contexts that are added and deleted, and answers to [Handle.GTPEchoRequest], from when an iteration
// begins (Linux 5.10). Errors come as pairs: wire.ErrOverrun says that events were lost, and more follow. The handle's
// context and its Close end it.
func (h *Handle) GTPEvents() iter.Seq2[GTPEvent, error] {
	return func(yield func(GTPEvent, error) bool) {
		e, err := h.gtpEvents()
		if err != nil {
			yield(GTPEvent{}, err)
			return
		}
		e.seq(h, subscribeOptions{})(yield)
	}
}

// gtpEvents is what one subscription listens to. The kernel says which group has them.
func (h *Handle) gtpEvents() (events[GTPEvent], error) {
	e := events[GTPEvent]{
		op:       "gtp events",
		protocol: uapi.NETLINK_GENERIC,
		dump:     func(*Handle) []*wire.Request { return nil },
		decode:   decodeGTPEvent,
	}
	group, err := h.genlGroup(gtpKind.name, uapi.GTP_GENL_MCGRP_NAME)
	if err != nil {
		return e, h.wrap(err, e.op, noObject)
	}
	e.groups = []uint32{group}
	return e, nil
}

func decodeGTPEvent(m wire.Message) (ev GTPEvent, want bool, err error) {
	var head uapi.Genlmsghdr
	head.Decode(m.Data)
	switch head.Cmd {
	case uapi.GTP_CMD_NEWPDP:
		ev.Type = GTPPDPAdded
	case uapi.GTP_CMD_DELPDP:
		ev.Type = GTPPDPDeleted
	case uapi.GTP_CMD_ECHOREQ:
		ev.Type = GTPEchoAnswer
	default:
		return ev, false, nil
	}
	d := genlAttrs(m)
	ev.PDP.decode(&d)
	return ev, d.Err() == nil, d.Err()
}
