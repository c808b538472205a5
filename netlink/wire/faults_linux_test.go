package wire_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// unanswered is a request that the kernel takes and never answers.
func unanswered() *wire.Request { return wire.NewRequest(uapi.NLMSG_NOOP, 0) }

func TestKernelThatNeverAnswers(t *testing.T) {
	enough := errors.New("enough")
	for name, c := range map[string]struct {
		wait func(c *wire.Conn) error
		want error
	}{
		"timeout": {func(c *wire.Conn) error {
			c.SetTimeout(5 * time.Millisecond)
			return c.Get(context.Background(), unanswered(), nil)
		}, os.ErrDeadlineExceeded},
		"deadline": {func(c *wire.Conn) error {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
			defer cancel()
			return c.Get(ctx, unanswered(), nil)
		}, context.DeadlineExceeded},
		"cancel": {func(c *wire.Conn) error {
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(5*time.Millisecond, func() { cancel(enough) })
			return c.Get(wire.From(ctx), unanswered(), nil)
		}, enough},
		"cancel of a context as it is": {func(c *wire.Conn) error {
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(5*time.Millisecond, func() { cancel(enough) })
			return c.Get(ctx, unanswered(), nil)
		}, context.Canceled},
		"closed while it receives": {func(c *wire.Conn) error {
			time.AfterFunc(5*time.Millisecond, func() { c.Close() })
			return c.Get(context.Background(), unanswered(), nil)
		}, os.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			conn, _ := connect(t)
			ended := make(chan error)
			go func() { ended <- c.wait(conn) }()
			select {
			case err := <-ended:
				if !errors.Is(err, c.want) {
					t.Errorf("ended with %v", err)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("it hangs")
			}
		})
	}
}

// TestClosedWhileItDumps closes a connection between two parts of a dump.
func TestClosedWhileItDumps(t *testing.T) {
	c, _ := connect(t)
	b := c.NewBatch()
	const n = 2000 // some datagrams
	for i := range n {
		b.Add(address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, test10(i)))
	}
	if errs := b.Flush(context.Background()); errs != nil {
		t.Fatal(errs[0])
	}
	r := wire.NewRequest(uapi.RTM_GETADDR, 0)
	(&uapi.Ifaddrmsg{Family: uapi.AF_INET}).Put(r.Header(uapi.SizeofIfaddrmsg))
	got, last := 0, error(nil)
	for _, err := range c.Dump(context.Background(), r) {
		if last = err; err != nil {
			break
		}
		if got++; got == 1 {
			c.Close()
		}
	}
	if !errors.Is(last, os.ErrClosed) || got >= n {
		t.Errorf("%d addresses, %v", got, last)
	}
}

// TestFullReceiveBuffer asks for more at once than the receive buffer holds: what is
// lost is an error, and the next exchange has a socket of its own.
func TestFullReceiveBuffer(t *testing.T) {
	c, _ := connect(t)
	if err := c.SetReceiveBuffer(1, false); err != nil {
		t.Fatal(err)
	}
	b := c.NewBatch()
	for range 128 { // each is refused, and each refusal takes room
		b.Add(address(uapi.RTM_DELADDR, 0, test10(1)))
	}
	lost := 0
	for _, err := range b.Flush(context.Background()) {
		switch {
		case errors.Is(err, wire.ErrOverrun):
			lost++
		case !errors.Is(err, os.ErrNotExist):
			t.Fatalf("an item ends with %v", err)
		}
	}
	if lost == 0 {
		t.Error("nothing was lost: nothing was tested")
	}
	if n, err := dumpAddresses(c); n != 0 || err != nil {
		t.Errorf("afterwards: %d addresses, %v", n, err)
	}
}

// TestWithoutStrictChecking talks to the kernel as to one before 4.20.
func TestWithoutStrictChecking(t *testing.T) {
	_, ns := connect(t)
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns, NoStrict: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Strict() {
		t.Error("it is strict")
	}
	loUp(t, c)
	if n, err := dumpAddresses(c); n != 1 || err != nil {
		t.Errorf("%d addresses, %v", n, err)
	}
}
