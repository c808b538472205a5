package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkSetCarrier sets whether a link has a carrier, where its kind has none of its own, as dummy: ip link set DEV
// carrier on|off. Other kinds refuse it by EOPNOTSUPP.
func (h *Handle) LinkSetCarrier(link Link, on bool) error {
	return h.linkSetBool(link, uapi.IFLA_CARRIER, "carrier", on)
}

// LinkSetProtoDown has a protocol hold a link down or release it: ip link set DEV protodown on|off. EBUSY says that
// there are reasons left, see [Handle.LinkSetProtoDownReason]; EOPNOTSUPP, that the kind knows nothing of it.
func (h *Handle) LinkSetProtoDown(link Link, on bool) error {
	return h.linkSetBool(link, uapi.IFLA_PROTO_DOWN, "protodown", on)
}

// LinkSetProtoDownReason sets the reasons to hold a link down that are in mask to those in reasons (Linux 5.10): ip
// link set DEV protodown_reason N on|off, where N is the number of one bit.
func (h *Handle) LinkSetProtoDownReason(link Link, reasons, mask uint32) error {
	return h.linkSet(link, fmt.Sprintf("protodown_reason %#x of %#x", reasons, mask), func(r *wire.Request) {
		r.Nest(uapi.IFLA_PROTO_DOWN_REASON | uapi.NLA_F_NESTED)
		r.Uint32(uapi.IFLA_PROTO_DOWN_REASON_MASK, mask)
		r.Uint32(uapi.IFLA_PROTO_DOWN_REASON_VALUE, reasons)
		r.End()
	})
}

// LinkSetOperState sets the operational state of a link in mode dormant, or one that tests: ip link set DEV state
// STATE. The kernel takes OperUp, OperDormant, OperTesting and what comes of them, and is silent about others.
func (h *Handle) LinkSetOperState(link Link, state LinkOperState) error {
	return h.linkSet(link, "state "+state.String(), func(r *wire.Request) { r.Uint8(uapi.IFLA_OPERSTATE, uint8(state)) })
}

// LinkSetMode sets what a link's operational state becomes when it has a carrier, IF_LINK_MODE_DEFAULT (0: up) or
// IF_LINK_MODE_DORMANT (1: dormant, until [Handle.LinkSetOperState] says otherwise): ip link set DEV mode MODE.
func (h *Handle) LinkSetMode(link Link, mode uint8) error {
	return h.linkSet(link, fmt.Sprintf("mode %d", mode), func(r *wire.Request) { r.Uint8(uapi.IFLA_LINKMODE, mode) })
}

func (h *Handle) linkSetBool(link Link, attr uint16, name string, on bool) error {
	word, v := " off", uint8(0)
	if on {
		word, v = " on", 1
	}
	return h.linkSet(link, name+word, func(r *wire.Request) { r.Uint8(attr, v) })
}
