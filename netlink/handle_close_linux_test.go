package netlink

import (
	"context"
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// openDescriptors counts what the process has open.
func openDescriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// awaitGoroutines waits until there are no more goroutines than n.
func awaitGoroutines(t *testing.T, n int) {
	t.Helper()
	for late := time.Now().Add(patience); runtime.NumGoroutine() > n; runtime.Gosched() {
		if time.Now().After(late) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), n, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// subscriber begins a subscription whose owner never closes done, and returns
// what waits for its end. errs gets what its callback gets.
type subscriber func(t *testing.T, h *Handle, errs chan<- error) (wait func())

func closedBy[T any](subscribe func(ch chan<- T) error) func(*testing.T) func() {
	return func(t *testing.T) func() {
		ch := make(chan T) // nobody reads before the end
		if err := subscribe(ch); err != nil {
			t.Fatal(err)
		}
		return func() { awaitClosed(t, ch) }
	}
}

var subscribers = map[string]subscriber{
	"LinkSubscribe": func(t *testing.T, h *Handle, errs chan<- error) func() {
		return closedBy(func(ch chan<- LinkUpdate) error {
			return h.LinkSubscribeWithOptions(ch, nil,
				LinkSubscribeOptions{ListExisting: true, ErrorCallback: func(err error) { errs <- err }})
		})(t)
	},
	"AddrSubscribe": func(t *testing.T, h *Handle, errs chan<- error) func() {
		return closedBy(func(ch chan<- AddrUpdate) error {
			return h.AddrSubscribeWithOptions(ch, make(chan struct{}),
				AddrSubscribeOptions{ErrorCallback: func(err error) { errs <- err }})
		})(t)
	},
	"NeighSubscribe": func(t *testing.T, h *Handle, errs chan<- error) func() {
		return closedBy(func(ch chan<- NeighUpdate) error {
			return h.NeighSubscribeWithOptions(ch, make(chan struct{}),
				NeighSubscribeOptions{ErrorCallback: func(err error) { errs <- err }})
		})(t)
	},
	"RouteSubscribe": func(t *testing.T, h *Handle, errs chan<- error) func() {
		return closedBy(func(ch chan<- RouteUpdate) error {
			return h.RouteSubscribeWithOptions(ch, make(chan struct{}),
				RouteSubscribeOptions{ErrorCallback: func(err error) { errs <- err }})
		})(t)
	},
	"LinkSubscribeAt": func(t *testing.T, h *Handle, errs chan<- error) func() {
		errs <- wire.ErrClosed // it has no callback
		return closedBy(func(ch chan<- LinkUpdate) error { return h.LinkSubscribeAt(h.ns, ch, nil) })(t)
	},
	"LinkSubscribeSeq": iterated(func(h *Handle, each func(error)) {
		for _, err := range h.LinkSubscribeSeq(LinkSubscribeOptions{ListExisting: true}) {
			each(err)
		}
	}),
	"Watch": iterated(func(h *Handle, each func(error)) {
		each(nil)
		for _, err := range h.Watch(context.Background(), AllTables()...) {
			each(err)
		}
	}),
	"Watch of a derived handle": iterated(func(h *Handle, each func(error)) {
		each(nil)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for _, err := range h.WithContext(ctx).Watch(ctx, AllTables()...) {
			each(err)
		}
	}),
	"NewMirror": func(t *testing.T, h *Handle, errs chan<- error) func() {
		m, err := h.NewMirror(context.Background(), AllTables()...)
		if err != nil {
			t.Fatal(err)
		}
		return func() {
			<-m.done
			errs <- m.Err()
			if err := m.Close(); err != nil {
				t.Errorf("closing the mirror: %v", err)
			}
		}
	},
}

// iterated begins an iteration in a goroutine; it has begun when each was called.
func iterated(run func(h *Handle, each func(error))) subscriber {
	return func(t *testing.T, h *Handle, errs chan<- error) func() {
		begun, ended := make(chan struct{}, 1), make(chan struct{})
		go func() {
			defer close(ended)
			run(h, func(err error) {
				if err != nil {
					errs <- err
					return
				}
				select {
				case begun <- struct{}{}:
				default:
				}
			})
		}()
		await(t, begun)
		return func() { awaitClosed(t, ended) }
	}
}

func TestCloseEndsAllThatTheHandleBegan(t *testing.T) {
	_, ns := newHandle(t)
	for name, begin := range subscribers {
		t.Run(name, func(t *testing.T) {
			goroutines, descriptors := runtime.NumGoroutine(), openDescriptors(t)
			h, err := NewHandleAt(ns)
			if err != nil {
				t.Fatal(err)
			}
			errs := make(chan error, 8)
			wait := begin(t, h, errs)
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
			wait()
			if err := await(t, errs); !errors.Is(err, os.ErrClosed) {
				t.Errorf("ended with %v", err)
			}
			awaitGoroutines(t, goroutines)
			if n := openDescriptors(t); n != descriptors {
				t.Errorf("%d descriptors are open, before there were %d", n, descriptors)
			}
		})
	}
}

// The callback gets the end of a subscription that waits for its reader.
func TestCloseIsReportedWhileNobodyReads(t *testing.T) {
	h, ns := newHandle(t)
	mustAdd(t, h, ifb("x0"))
	mustAdd(t, h, ifb("x1"))
	closing, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	ch, errs := make(chan LinkUpdate), make(chan error, 8)
	err = closing.LinkSubscribeWithOptions(ch, nil,
		LinkSubscribeOptions{ListExisting: true, ErrorCallback: func(err error) { errs <- err }})
	if err != nil {
		t.Fatal(err)
	}
	await(t, ch) // the list was read, and its next link waits
	if err := closing.Close(); err != nil {
		t.Fatal(err)
	}
	if err := await(t, errs); !errors.Is(err, os.ErrClosed) {
		t.Errorf("ended with %v", err)
	}
	awaitClosed(t, ch)
	if len(errs) != 0 {
		t.Errorf("and then %v", <-errs)
	}
}

func TestNothingBeginsOnAClosedHandle(t *testing.T) {
	h, err := NewHandleAt(netns.None())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.LinkSubscribe(make(chan LinkUpdate), nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("LinkSubscribe: %v", err)
	}
	for _, err := range h.Watch(context.Background(), AllTables()...) {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("Watch: %v", err)
		}
	}
}

// What only ended because its owner wanted it has not failed.
func TestMirrorThatWasCancelledClosesWithoutError(t *testing.T) {
	h, _ := newHandle(t)
	ctx, cancel := context.WithCancel(context.Background())
	m, err := h.NewMirror(ctx, LinkTable)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-m.done
	if err := m.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if err := m.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
