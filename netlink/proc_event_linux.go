package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ProcEventMonitor sends what happens to the processes of the machine to ch until done is closed; then it closes ch.
// It needs CAP_NET_ADMIN, and to be in the first PID and network namespaces. What goes wrong is sent to
// errorChan, as wire.ErrOverrun where events were lost, and EPERM.
func (h *Handle) ProcEventMonitor(ch chan<- ProcEvent, done <-chan struct{}, errorChan chan<- error) error {
	return procEvents(nil).send(h, ch, done, subscribeOptions{onError: func(err error) {
		if errorChan == nil {
			return
		}
		select {
		case errorChan <- err:
		case <-done:
		}
	}})
}

// ProcEvents gives what [Handle.ProcEventMonitor] sends, and what goes wrong: events of all sorts, or those that what
// names (PROC_EVENT_…, and PROC_EVENT_NONZERO_EXIT). Since Linux 6.6 the kernel sends no others then; of an older one
// this function leaves the others out. It subscribes when an iteration begins; the handle's context ends it, and its
// Close.
func (h *Handle) ProcEvents(what ...uint32) iter.Seq2[ProcEvent, error] {
	return procEvents(what).seq(h, subscribeOptions{})
}

func procEvents(what []uint32) events[ProcEvent] {
	var bits uint32
	for _, w := range what {
		bits |= w
	}
	e := events[ProcEvent]{
		op:       "proc events",
		protocol: uapi.NETLINK_CONNECTOR,
		groups:   []uint32{uapi.CN_IDX_PROC},
		dump:     func(*Handle) []*wire.Request { return nil },
		decode:   decodeProcEvent,
		// Before Linux 6.6 the kernel counts listeners, and says nothing while there are none.
		begin: func(l *wire.Listener) error { return l.Send(procEventRequest(uapi.PROC_CN_MCAST_LISTEN)) },
		end:   func(l *wire.Listener) error { return l.Send(procEventRequest(uapi.PROC_CN_MCAST_IGNORE)) },
	}
	if bits == 0 {
		return e
	}
	all := e.begin
	e.begin = func(l *wire.Listener) error {
		// An older kernel takes the first alone.
		if err := all(l); err != nil {
			return err
		}
		return l.Send(procEventFilter(bits))
	}
	e.decode = func(m wire.Message) (ProcEvent, bool, error) {
		v, want, err := decodeProcEvent(m)
		return v, want && v.isOneOf(bits), err
	}
	return e
}
