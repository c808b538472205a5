package netlink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// patience is how long a test waits for what has to come.
const patience = 20 * time.Second

// await receives what has to come.
func await[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v, ok := <-ch:
		if !ok {
			t.Fatal("the channel is closed")
		}
		return v
	case <-time.After(patience):
		t.Fatal("nothing comes")
	}
	panic("not reached")
}

// awaitClosed waits until ch is closed, whatever comes before.
func awaitClosed[T any](t testing.TB, ch <-chan T) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case _, ok := <-ch:
			if !ok {
				return
			}
		case <-late:
			t.Fatal("the channel stays open")
		}
	}
}

// awaitLink waits for news of a link.
func awaitLink(t testing.TB, ch <-chan LinkUpdate, typ uint16, name string) LinkUpdate {
	t.Helper()
	for {
		if u := await(t, ch); u.Header.Type == typ && u.Attrs().Name == name {
			return u
		}
	}
}

func TestLinkSubscribeReportsWhatHappens(t *testing.T) {
	h, ns := newHandle(t)
	for name, subscribe := range map[string]func(chan<- LinkUpdate, <-chan struct{}) error{
		"handle": h.LinkSubscribe,
		"at": func(ch chan<- LinkUpdate, done <-chan struct{}) error {
			return pkgHandle.LinkSubscribeAt(ns, ch, done)
		},
		"thread": func(ch chan<- LinkUpdate, done <-chan struct{}) error {
			return netns.Do(ns, func() error { return pkgHandle.LinkSubscribe(ch, done) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			ch, done := make(chan LinkUpdate), make(chan struct{})
			if err := subscribe(ch, done); err != nil {
				t.Fatal(err)
			}
			x := mustAdd(t, h, ifb("x0"))
			if u := awaitLink(t, ch, uapi.RTM_NEWLINK, "x0"); int(u.Index) != x.Index || u.Attrs().Index != x.Index ||
				u.Type() != "ifb" {
				t.Errorf("got %+v", u)
			}
			if err := h.LinkSetUp(x); err != nil {
				t.Fatal(err)
			}
			if u := awaitLink(t, ch, uapi.RTM_NEWLINK, "x0"); u.Change&uapi.IFF_UP == 0 || u.Flags&uapi.IFF_UP == 0 {
				t.Errorf("got %+v", u.IfInfomsg)
			}
			if err := h.LinkDel(x); err != nil {
				t.Fatal(err)
			}
			awaitLink(t, ch, uapi.RTM_DELLINK, "x0")
			close(done)
			awaitClosed(t, ch)
		})
	}
}

func TestLinkSubscribeListsFirst(t *testing.T) {
	h, _ := newHandle(t)
	mustAdd(t, h, ifb("x0"))
	ch, done := make(chan LinkUpdate), make(chan struct{})
	if err := h.LinkSubscribeWithOptions(ch, done, LinkSubscribeOptions{ListExisting: true}); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, h, ifb("x1")) // while it lists
	awaitLink(t, ch, uapi.RTM_NEWLINK, "x0")
	awaitLink(t, ch, uapi.RTM_NEWLINK, "x1")
	close(done)
	awaitClosed(t, ch)
}

// Whoever has enough closes done and goes: nothing hangs on the channel, or
// nstest.Main would find it.
func TestLinkSubscribeEndsWithoutAReader(t *testing.T) {
	h, _ := newHandle(t)
	ch, done := make(chan LinkUpdate), make(chan struct{})
	if err := h.LinkSubscribeWithOptions(ch, done, LinkSubscribeOptions{ListExisting: true}); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, h, ifb("x0"))
	await(t, ch) // it is sending; there is more
	close(done)
}

func TestLinkSubscribeSurvivesAnOverrun(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	ch, done, errs := make(chan LinkUpdate), make(chan struct{}), make(chan error, 100)
	err := h.LinkSubscribeWithOptions(ch, done, LinkSubscribeOptions{
		ReceiveBufferSize: 1, // the kernel makes it the least there can be
		ErrorCallback:     func(err error) { errs <- err },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 { // nobody reads meanwhile
		if err := h.LinkSetMTU(x, 1000+i); err != nil {
			t.Fatal(err)
		}
	}
	var overrun error
	last := false
	for overrun == nil || !last {
		select {
		case err := <-errs:
			overrun = err
			last = false // what comes from now on counts
		case u := <-ch:
			last = u.Attrs().MTU == 1049 // in the list, as the event is lost
		case <-time.After(patience):
			t.Fatalf("overrun: %v, last state was seen: %v", overrun, last)
		}
	}
	if !errors.Is(overrun, wire.ErrOverrun) {
		t.Errorf("got %v", overrun)
	}
	// And it goes on.
	if err := h.LinkSetName(x, "x1"); err != nil {
		t.Fatal(err)
	}
	awaitLink(t, ch, uapi.RTM_NEWLINK, "x1")
	close(done)
	awaitClosed(t, ch)
}

func TestLinkSubscribeEnds(t *testing.T) {
	h, _ := newHandle(t)
	t.Run("with the context", func(t *testing.T) {
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		ch, errs := make(chan LinkUpdate), make(chan error, 1)
		opts := LinkSubscribeOptions{ErrorCallback: func(err error) { errs <- err }}
		if err := h.WithContext(ctx).LinkSubscribeWithOptions(ch, nil, opts); err != nil {
			t.Fatal(err)
		}
		cancel(why)
		awaitClosed(t, ch)
		if err := await(t, errs); !errors.Is(err, why) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("when nothing comes", func(t *testing.T) {
		ch, errs := make(chan LinkUpdate), make(chan error, 1)
		opts := LinkSubscribeOptions{
			ReceiveTimeout: &unix.Timeval{Usec: 1000},
			ErrorCallback:  func(err error) { errs <- err },
		}
		if err := h.LinkSubscribeWithOptions(ch, nil, opts); err != nil {
			t.Fatal(err)
		}
		awaitClosed(t, ch)
		if err := await(t, errs); err != unix.EAGAIN {
			t.Errorf("got %v", err)
		}
	})
	t.Run("by done without a word", func(t *testing.T) {
		ch, done, errs := make(chan LinkUpdate), make(chan struct{}), make(chan error, 1)
		opts := LinkSubscribeOptions{ErrorCallback: func(err error) { errs <- err }}
		if err := h.LinkSubscribeWithOptions(ch, done, opts); err != nil {
			t.Fatal(err)
		}
		close(done)
		awaitClosed(t, ch)
		if len(errs) != 0 {
			t.Errorf("got %v", <-errs)
		}
	})
}

func TestLinkSubscribeRefused(t *testing.T) {
	h, ns := newHandle(t)
	closed, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err error
		is  error
	}{
		"closed handle": {closed.LinkSubscribe(make(chan LinkUpdate), nil), os.ErrClosed},
		"no namespace":  {h.withDetails().LinkSubscribeAt(netns.NsHandle(1<<20), make(chan LinkUpdate), nil), unix.EBADF},
	} {
		var e *wire.Error
		if !errors.Is(c.err, c.is) || !errors.As(c.err, &e) || e.Op != "link subscribe" {
			t.Errorf("%s: got %v", name, c.err)
		}
	}
}

func TestLinkUpdatesAsIterator(t *testing.T) {
	h, _ := newHandle(t)
	mustAdd(t, h, ifb("x0"))
	n := 0
	for u, err := range h.LinkSubscribeSeq(LinkSubscribeOptions{ListExisting: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if u.Attrs().Name == fmt.Sprintf("x%d", n) {
			if n++; n == 3 {
				break
			}
			mustAdd(t, h, ifb(fmt.Sprintf("x%d", n))) // the iteration will report it
		}
	}
	if n != 3 {
		t.Errorf("saw %d links", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range h.WithContext(ctx).LinkSubscribeSeq(LinkSubscribeOptions{ListExisting: true}) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("ended with %v", last)
	}
}

func TestLinkDeserialize(t *testing.T) {
	b := capturedFile(t, "link_veth_port.txt")
	for _, hdr := range []*unix.NlMsghdr{nil, {Type: uapi.RTM_NEWLINK}} {
		if link, err := LinkDeserialize(hdr, b); err != nil || link.Attrs().Name != "d0" {
			t.Errorf("got %v, %v", link, err)
		}
	}
	m := nl.DeserializeIfInfomsg(b)
	if m.Index != 4 || m.EncapType() != "ether" || m.Flags != 0x1003 || string(m.Serialize()) != string(b[:m.Len()]) {
		t.Errorf("got %+v", m)
	}
	if m := nl.NewIfInfomsg(uapi.AF_BRIDGE); m.Family != uapi.AF_BRIDGE || m.Index != 0 {
		t.Errorf("got %+v", m)
	}
	if link, err := LinkDeserialize(nil, b[:7]); err == nil {
		t.Errorf("got %v of 7 bytes", link)
	}
}
