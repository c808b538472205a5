package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RdmaEvents gives what happens to devices, and what goes wrong: rdma monitor (Linux 6.12, see [RdmaSystem]). The
// kernel announces it in the network namespace that a device is of, which is the first one while all namespaces share
// devices. It subscribes when an iteration begins; the handle's context ends it, and its Close. Where events were
// lost, the error is wire.ErrOverrun.
func (h *Handle) RdmaEvents() iter.Seq2[RdmaEvent, error] {
	return rdmaEvents.seq(h, subscribeOptions{})
}

var rdmaEvents = events[RdmaEvent]{
	op:       "rdma events",
	protocol: uapi.NETLINK_RDMA,
	groups:   []uint32{uapi.RDMA_NL_GROUP_NOTIFY},
	dump:     func(*Handle) []*wire.Request { return nil },
	decode:   decodeRdmaEvent,
}
