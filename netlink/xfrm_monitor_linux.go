package netlink

import (
	"fmt"
	"iter"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// XfrmMonitor sends the kernel's notifications about IPsec to ch, messages of the types (nl.XFRM_MSG_EXPIRE, …)
// or without types all: ip xfrm monitor. It ends when done is closed, and closes ch. What goes wrong is sent to
// errorChan, as wire.ErrOverrun where messages were lost.
func (h *Handle) XfrmMonitor(ch chan<- XfrmMsg, done <-chan struct{}, errorChan chan<- error,
	types ...nl.XfrmMsgType) error {
	e, err := xfrmEvents(types)
	if err != nil {
		return h.wrap(err, e.op, noObject)
	}
	return e.send(h, ch, done, subscribeOptions{onError: func(err error) {
		if errorChan == nil {
			return
		}
		select {
		case errorChan <- err:
		case <-done:
		}
	}})
}

// XfrmEvents gives what [Handle.XfrmMonitor] sends, and what goes wrong. It subscribes when an iteration
// begins; the handle's context ends it, and its Close.
func (h *Handle) XfrmEvents(types ...nl.XfrmMsgType) iter.Seq2[XfrmMsg, error] {
	e, err := xfrmEvents(types)
	if err != nil {
		return func(yield func(XfrmMsg, error) bool) { yield(nil, wire.Annotate(err, e.op, noObject)) }
	}
	return e.seq(h, subscribeOptions{})
}

// xfrmTypes are those that come to a group.
var xfrmTypes = [...]nl.XfrmMsgType{
	uapi.XFRM_MSG_ACQUIRE, uapi.XFRM_MSG_EXPIRE, uapi.XFRM_MSG_NEWSA, uapi.XFRM_MSG_NEWPOLICY,
	uapi.XFRM_MSG_NEWAE, uapi.XFRM_MSG_REPORT, uapi.XFRM_MSG_MIGRATE, uapi.XFRM_MSG_MAPPING,
}

func xfrmEvents(types []nl.XfrmMsgType) (events[XfrmMsg], error) {
	e := events[XfrmMsg]{
		op:       "xfrm monitor",
		protocol: uapi.NETLINK_XFRM,
		dump:     func(*Handle) []*wire.Request { return nil },
	}
	wanted := slices.Clone(types)
	e.decode = func(m wire.Message) (XfrmMsg, bool, error) {
		if len(wanted) != 0 && !slices.Contains(wanted, nl.XfrmMsgType(m.Type)) {
			return nil, false, nil
		}
		v, err := decodeXfrmMsg(m)
		return v, v != nil && err == nil, err
	}
	if len(types) == 0 {
		types = xfrmTypes[:]
	}
	for _, t := range types {
		g := xfrmGroup(t)
		if g == 0 {
			return e, fmt.Errorf("messages of type %d come to no group", t)
		}
		if !slices.Contains(e.groups, g) {
			e.groups = append(e.groups, g)
		}
	}
	return e, nil
}
