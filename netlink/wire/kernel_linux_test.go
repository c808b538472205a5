package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// connect opens a connection to the running kernel in a new namespace.
func connect(t *testing.T) (*wire.Conn, netns.NsHandle) {
	t.Helper()
	ns := nstest.New(t)
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, ns
}

// loUp sets the namespace's lo up.
func loUp(t *testing.T, c *wire.Conn) {
	t.Helper()
	r := wire.NewRequest(uapi.RTM_NEWLINK, 0)
	(&uapi.Ifinfomsg{Index: 1, Flags: uapi.IFF_UP, Change: uapi.IFF_UP}).Put(r.Header(uapi.SizeofIfinfomsg))
	if err := c.Do(context.Background(), r); err != nil {
		t.Fatal(err)
	}
}

// address is a request for an IPv4 address on lo.
func address(typ, flags uint16, a netip.Addr) *wire.Request {
	r := wire.NewRequest(typ, flags)
	(&uapi.Ifaddrmsg{Family: uapi.AF_INET, Prefixlen: 32, Index: 1}).Put(r.Header(uapi.SizeofIfaddrmsg))
	r.Addr(uapi.IFA_LOCAL, a)
	return r
}

func test10(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}

func dumpAddresses(c *wire.Conn) (n int, err error) {
	r := wire.NewRequest(uapi.RTM_GETADDR, 0)
	(&uapi.Ifaddrmsg{Family: uapi.AF_INET}).Put(r.Header(uapi.SizeofIfaddrmsg))
	err = c.List(context.Background(), r, func() { n = 0 }, func(wire.Message) error { n++; return nil })
	return n, err
}

func TestKernelRefusesWithItsWords(t *testing.T) {
	c, _ := connect(t)
	ctx := context.Background()
	if err := c.Do(ctx, address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, test10(1))); err != nil {
		t.Fatal(err)
	}
	err := c.Do(ctx, address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, test10(1)))
	if !errors.Is(err, os.ErrExist) {
		t.Errorf("the same address twice: %v", err)
	}
	if err := c.Do(ctx, address(uapi.RTM_DELADDR, 0, test10(2))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such address: %v", err)
	}
	// An attribute in a nest with a value out of range: the kernel says which.
	r := wire.NewRequest(uapi.RTM_NEWLINK, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
	r.Header(uapi.SizeofIfinfomsg)
	r.Nest(uapi.IFLA_LINKINFO)
	r.String(uapi.IFLA_INFO_KIND, "no-such-kind")
	r.End()
	var e *wire.Error
	if err := c.Do(ctx, r); !errors.As(err, &e) || e.Message == "" {
		t.Errorf("unknown kind: %v", err)
	}
	r = wire.NewRequest(uapi.RTM_NEWLINK, 0)
	(&uapi.Ifinfomsg{Index: 1}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.Uint32(uapi.IFLA_TXQLEN, 1)
	r.Data(uapi.IFLA_MTU, []byte{1}) // four bytes are needed
	if err := c.Do(ctx, r); !errors.As(err, &e) || fmt.Sprint(e.Path) != fmt.Sprint([]uint16{uapi.IFLA_MTU}) {
		t.Errorf("short MTU: %v, attribute path %v", err, e.Path)
	}
}

func TestKernelBatch(t *testing.T) {
	c, _ := connect(t)
	b := c.NewBatch()
	const n = 1000
	for i := range n {
		// every 100th is there already
		b.Add(address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, test10(i-i%100/99)))
	}
	errs := b.Flush(context.Background())
	if len(errs) != n {
		t.Fatalf("%d errors", len(errs))
	}
	for i, err := range errs {
		if twice := i%100 == 99; twice != errors.Is(err, os.ErrExist) || !twice && err != nil {
			t.Errorf("item %d: %v", i, err)
		}
	}
	if got, err := dumpAddresses(c); got != n-n/100 || err != nil {
		t.Errorf("%d addresses, %v", got, err)
	}
	for i := range n {
		if i%100 != 99 {
			b.Add(address(uapi.RTM_DELADDR, 0, test10(i)))
		}
	}
	if errs := b.Flush(context.Background()); errs != nil {
		t.Errorf("removing them: %v", errs)
	}
	if got, err := dumpAddresses(c); got != 0 || err != nil {
		t.Errorf("%d addresses, %v", got, err)
	}
}

func TestListener(t *testing.T) {
	c, ns := connect(t)
	loUp(t, c)
	l, err := wire.Listen(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns}, uapi.RTNLGRP_IPV4_IFADDR)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const n = 200
	go func() {
		for i := range n {
			if err := c.Do(context.Background(), address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, test10(i))); err != nil {
				t.Error(err)
			}
		}
	}()
	seen := 0
	for m, err := range l.Messages(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfaddrmsg)
		for d.Next() {
			if d.Type() == uapi.IFA_LOCAL && d.Addr() != test10(seen) {
				t.Fatalf("event %d is of %v", seen, d.Addr())
			}
		}
		if seen++; seen == n {
			break
		}
	}
}

func TestListenerGoesOnAfterAnOverrun(t *testing.T) {
	c, ns := connect(t)
	loUp(t, c)
	l, err := wire.Listen(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns, ReceiveBuffer: 1},
		uapi.RTNLGRP_IPV4_IFADDR)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i := range 200 {
		if err := c.Do(context.Background(), address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, test10(i))); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	overrun := false
	last := test10(1000)
	for m, err := range l.Messages(ctx) {
		if errors.Is(err, wire.ErrOverrun) {
			overrun = true
			if err := c.Do(ctx, address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, last)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("overrun seen: %v; then %v", overrun, err)
		}
		d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfaddrmsg)
		for d.Next() {
			if d.Type() == uapi.IFA_LOCAL && d.Addr() == last {
				if !overrun {
					t.Error("no overrun was told")
				}
				return
			}
		}
	}
}

func TestListenerEnds(t *testing.T) {
	_, ns := connect(t)
	for name, end := range map[string]struct {
		with func(l *wire.Listener, cancel func())
		want error
	}{
		"by Close":  {func(l *wire.Listener, _ func()) { l.Close() }, os.ErrClosed},
		"by cancel": {func(_ *wire.Listener, cancel func()) { cancel() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := wire.Listen(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns}, uapi.RTNLGRP_LINK)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			ended := make(chan error)
			go func() {
				var last error
				for _, err := range l.Messages(ctx) {
					last = err
				}
				ended <- last
			}()
			go end.with(l, cancel)
			if err := <-ended; !errors.Is(err, end.want) {
				t.Errorf("ended with %v", err)
			}
			l.Close()
			for _, err := range l.Messages(context.Background()) {
				if !errors.Is(err, os.ErrClosed) {
					t.Errorf("after Close: %v", err)
				}
			}
		})
	}
}

// askRoute asks for the route to a and returns the destination in the answer.
func askRoute(ctx context.Context, c *wire.Conn, a netip.Addr) (dst netip.Addr, err error) {
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	(&uapi.Rtmsg{Family: uapi.AF_INET, DstLen: 32}).Put(r.Header(uapi.SizeofRtmsg))
	r.Addr(uapi.RTA_DST, a)
	err = c.Get(ctx, r, func(m wire.Message) error {
		d := wire.NewDecoderAfter(m.Data, uapi.SizeofRtmsg)
		for d.Next() {
			if d.Type() == uapi.RTA_DST {
				dst = d.Addr()
			}
		}
		return d.Err()
	})
	return dst, err
}

// One connection under a thousand goroutines that ask, list, give up and leave
// early, while namespaces with connections of their own come and go: each gets
// the answer to its own question. TestMain checks that nothing leaks.
func TestThousandGoroutines(t *testing.T) {
	c, _ := connect(t)
	loUp(t, c)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := shortLived(); err != nil {
					t.Errorf("a namespace that comes and goes: %v", err)
					return
				}
			}
		})
	}
	var workers sync.WaitGroup
	for i := range 1000 {
		workers.Go(func() {
			ctx := context.Background()
			for k := range 5 {
				a := netip.AddrFrom4([4]byte{127, byte(i >> 8), byte(i), byte(k + 1)})
				if got, err := askRoute(ctx, c, a); err != nil || got != a {
					t.Errorf("asked for %v, got %v, %v", a, got, err)
				}
			}
			switch i % 10 {
			case 0: // gives up
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				if _, err := askRoute(ctx, c, netip.AddrFrom4([4]byte{127, 9, 9, 9})); !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled: %v", err)
				}
			case 1: // leaves early
				r := wire.NewRequest(uapi.RTM_GETLINK, 0)
				r.Header(uapi.SizeofIfinfomsg)
				for _, err := range c.Dump(ctx, r) {
					if err != nil {
						t.Error(err)
					}
					break
				}
			case 2:
				if _, err := dumpAddresses(c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	close(stop)
	wg.Wait()
}

// shortLived makes a namespace, asks in it and lets it go.
func shortLived() error {
	origin, err := netns.Get()
	if err != nil {
		return err
	}
	defer origin.Close()
	var ns netns.NsHandle
	if err := netns.Do(origin, func() (err error) { ns, err = netns.New(); return err }); err != nil {
		return err
	}
	defer ns.Close()
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns})
	if err != nil {
		return err
	}
	defer c.Close()
	if n, err := dumpAddresses(c); err != nil || n != 0 {
		return fmt.Errorf("%d addresses in a new namespace, %w", n, err)
	}
	return nil
}
