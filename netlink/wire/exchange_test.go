package wire_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// dial connects to a fake kernel and checks at the end that nothing stays open.
func dial(t *testing.T, answer func(request []byte) []nltest.Datagram) (*wire.Conn, *nltest.Kernel) {
	t.Helper()
	k := &nltest.Kernel{Answer: answer}
	c, err := wire.Dial(wire.Config{Dial: k.Dial})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if now, _ := k.Open(); now != 0 {
			t.Errorf("%d transports stay open", now)
		}
	})
	return c, k
}

func one(b ...[]byte) []nltest.Datagram {
	return []nltest.Datagram{{Data: slices.Concat(b...)}}
}

// request is a message with a header of four bytes and one nested attribute:
// 18 { 1 "veth", 2 { 7 u32 } }.
func request() *wire.Request {
	r := wire.NewRequest(uapi.RTM_NEWLINK, 0)
	r.Header(4)[0] = 9
	r.Nest(18)
	r.String(1, "veth")
	r.Nest(2)
	r.Uint32(7, 77)
	r.End()
	r.End()
	return r
}

func TestDo(t *testing.T) {
	// Bytes 16..19 are the header, 20 is attribute 18, 24 attribute 1 in it, 36
	// attribute 2, 40 attribute 7 in that.
	ext := func(build func(e *wire.Encoder)) []byte {
		var e wire.Encoder
		build(&e)
		return e.Bytes()
	}
	for name, c := range map[string]struct {
		answer func(req []byte) []nltest.Datagram
		want   *wire.Error
		is     []error
	}{
		"acknowledged": {func(req []byte) []nltest.Datagram { return one(nltest.Ack(req, 0, nil)) }, nil, nil},
		"refused": {
			func(req []byte) []nltest.Datagram { return one(nltest.Ack(req, int32(syscall.EEXIST), nil)) },
			&wire.Error{Err: syscall.EEXIST}, []error{syscall.EEXIST, os.ErrExist},
		},
		"refused with the kernel's words and the attribute": {
			func(req []byte) []nltest.Datagram {
				return one(nltest.Ack(req, int32(syscall.EINVAL), ext(func(e *wire.Encoder) {
					e.String(uapi.NLMSGERR_ATTR_MSG, "Unknown device type")
					e.Uint32(uapi.NLMSGERR_ATTR_OFFS, 40)
				})))
			},
			&wire.Error{Err: syscall.EINVAL, Message: "Unknown device type", Path: []uint16{18, 2, 7}}, []error{syscall.EINVAL},
		},
		"attribute missing": {
			func(req []byte) []nltest.Datagram {
				return one(nltest.Ack(req, int32(syscall.EINVAL), ext(func(e *wire.Encoder) {
					e.Uint32(uapi.NLMSGERR_ATTR_MISS_TYPE, 3)
					e.Uint32(uapi.NLMSGERR_ATTR_MISS_NEST, 36)
				})))
			},
			&wire.Error{Err: syscall.EINVAL, Path: []uint16{18, 2}, Missing: 3}, nil,
		},
		"offset outside the request": {
			func(req []byte) []nltest.Datagram {
				return one(nltest.Ack(req, int32(syscall.EINVAL),
					ext(func(e *wire.Encoder) { e.Uint32(uapi.NLMSGERR_ATTR_OFFS, 1<<31) })))
			},
			&wire.Error{Err: syscall.EINVAL}, nil,
		},
		"device not found is not-exist": {
			func(req []byte) []nltest.Datagram { return one(nltest.Ack(req, int32(syscall.ENODEV), nil)) },
			&wire.Error{Err: syscall.ENODEV}, []error{os.ErrNotExist},
		},
		"others' messages are passed over": {
			func(req []byte) []nltest.Datagram {
				old := slices.Clone(nltest.Ack(req, int32(syscall.EPERM), nil))
				native.PutUint32(old[8:], 4711)
				return []nltest.Datagram{
					{Data: nltest.Ack(req, int32(syscall.EPERM), nil), From: 99},
					{Data: old},
					{Data: nltest.Message(req, uapi.NLMSG_NOOP, 0, nil)},
					{Data: nltest.Ack(req, 0, nil)},
				}
			}, nil, nil,
		},
		"refused by a kernel that quotes the request": { // before 4.3
			func(req []byte) []nltest.Datagram {
				code := make([]byte, 4)
				native.PutUint32(code, ^uint32(syscall.EBUSY)+1)
				return one(nltest.Message(req, uapi.NLMSG_ERROR, 0, append(code, req...)))
			}, &wire.Error{Err: syscall.EBUSY}, nil,
		},
		"words behind a quoted request": {
			func(req []byte) []nltest.Datagram {
				code := make([]byte, 4)
				native.PutUint32(code, ^uint32(syscall.EBUSY)+1)
				words := ext(func(e *wire.Encoder) { e.String(uapi.NLMSGERR_ATTR_MSG, "no") })
				return one(nltest.Message(req, uapi.NLMSG_ERROR, uapi.NLM_F_ACK_TLVS, slices.Concat(code, req, words)))
			}, &wire.Error{Err: syscall.EBUSY, Message: "no"}, nil,
		},
		"done instead of an acknowledgement": {func(req []byte) []nltest.Datagram {
			return one(nltest.Message(req, uapi.NLMSG_DONE, 0, make([]byte, 4)))
		}, nil, nil},
		"receive buffer full": {func(req []byte) []nltest.Datagram { return []nltest.Datagram{{Err: wire.ErrOverrun}} },
			&wire.Error{Err: wire.ErrOverrun}, nil},
		"garbage": {func(req []byte) []nltest.Datagram { return one([]byte{1, 2, 3, 4, 5}) },
			&wire.Error{Err: wire.ErrMalformed}, nil},
		"length too large": {func(req []byte) []nltest.Datagram {
			b := nltest.Ack(req, 0,
				nil)
			b[0]++
			b[1]++
			return one(b)
		}, &wire.Error{Err: wire.ErrMalformed}, nil},
		"overrun": {func(req []byte) []nltest.Datagram {
			return one(nltest.Message(req, uapi.NLMSG_OVERRUN, 0,
				nil))
		}, &wire.Error{Err: wire.ErrOverrun}, nil},
		"datagram too large": {func(req []byte) []nltest.Datagram { return one(make([]byte, 1<<20)) },
			&wire.Error{Err: wire.ErrTruncated}, nil},
		"receive fails": {func(req []byte) []nltest.Datagram { return []nltest.Datagram{{Err: syscall.ENOMEM}} },
			&wire.Error{Err: syscall.ENOMEM}, nil},
		"ack without payload": {func(req []byte) []nltest.Datagram {
			return one(nltest.Message(req, uapi.NLMSG_ERROR, 0,
				nil))
		}, nil, []error{wire.ErrMalformed}},
	} {
		t.Run(name, func(t *testing.T) {
			conn, _ := dial(t, c.answer)
			err := conn.Do(context.Background(), request())
			if c.want == nil && c.is == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var got *wire.Error
			if c.want != nil && (!errors.As(err, &got) || !reflect.DeepEqual(got, c.want)) {
				t.Errorf("error %#v, want %#v", err, c.want)
			}
			for _, is := range c.is {
				if !errors.Is(err, is) {
					t.Errorf("%v is not %v", err, is)
				}
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	err := wire.Annotate(&wire.Error{Err: syscall.EINVAL, Message: "Invalid VLAN id", Path: []uint16{18, 2, 1}},
		"link add", func() string { return `"a.1" type vlan` })
	const want = `link add "a.1" type vlan: invalid argument (Invalid VLAN id; attribute 18.2.1)`
	if err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	if again := wire.Annotate(err, "other", func() string { return "x" }); again.Error() != want {
		t.Errorf("annotated twice: %q", again)
	}
	if wire.Annotate(nil, "x", func() string { t.Error("object asked for"); return "" }) != nil {
		t.Error("nil became an error")
	}
}

func TestBadRequestIsNotSent(t *testing.T) {
	c, _ := dial(t, func([]byte) []nltest.Datagram { t.Error("was sent"); return nil })
	r := wire.NewRequest(1, 0)
	r.String(3, "a\x00b")
	if err := c.Do(context.Background(), r); err == nil || !strings.Contains(err.Error(), "NUL") {
		t.Errorf("error %v", err)
	}
	r = wire.NewRequest(1, 0)
	r.Nest(3)
	if err := c.Do(context.Background(), r); err == nil {
		t.Error("a nest that is not ended was accepted")
	}
	r = wire.NewRequest(1, 0)
	r.Data(3, make([]byte, 1<<16))
	if err := c.Do(context.Background(), r); err == nil || !strings.Contains(err.Error(), "do not fit") {
		t.Errorf("error %v", err)
	}
}

func TestGet(t *testing.T) {
	c, _ := dial(t, func(req []byte) []nltest.Datagram { return one(nltest.Message(req, 16, 0, []byte("answer"))) })
	var got string
	err := c.Get(context.Background(), request(), func(m wire.Message) error {
		got = fmt.Sprint(m.Type, string(m.Data))
		return nil
	})
	if err != nil || got != "16answer" {
		t.Errorf("%q, %v", got, err)
	}
	oops := errors.New("oops")
	if err := c.Get(context.Background(), request(), func(wire.Message) error { return oops }); err != oops {
		t.Errorf("error %v", err)
	}
}

func TestGetGrowsItsBuffer(t *testing.T) {
	big := make([]byte, 300<<10)
	big[len(big)-1] = 42
	c, k := dial(t, func(req []byte) []nltest.Datagram { return one(nltest.Message(req, 16, 0, big)) })
	var last byte
	err := c.Get(context.Background(), request(), func(m wire.Message) error { last = m.Data[len(m.Data)-1]; return nil })
	if err != nil || last != 42 {
		t.Errorf("last byte %d, %v", last, err)
	}
	if _, ever := k.Open(); ever != 2 {
		t.Errorf("%d sockets were used: the truncated one must not be used again", ever)
	}
}

// An exchange that did not end cleanly must not leave its answer to a later one.
func TestStaleAnswersDoNotArrive(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	c, k := dial(t, func(req []byte) []nltest.Datagram {
		if n++; n == 1 {
			cancel()
			return nil
		}
		return one(nltest.Ack(req, 0, nil))
	})
	if err := c.Do(ctx, request()); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if err := c.Do(context.Background(), request()); err != nil {
		t.Fatal(err)
	}
	if _, ever := k.Open(); ever != 2 {
		t.Errorf("%d sockets were used, want a new one after the cancelled exchange", ever)
	}
}

func TestTimeoutDeadlineAndClose(t *testing.T) {
	silent := func([]byte) []nltest.Datagram { return nil }
	t.Run("timeout", func(t *testing.T) {
		c, _ := dial(t, silent)
		c.SetTimeout(time.Millisecond)
		if err := c.Do(context.Background(), request()); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		c, _ := dial(t, silent)
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		for _, err := range c.Dump(ctx, request()) {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
		}
	})
	t.Run("closed while it sends", func(t *testing.T) {
		sending, closed := make(chan struct{}), make(chan struct{})
		c, _ := dial(t, func(req []byte) []nltest.Datagram {
			close(sending)
			<-closed
			return nil
		})
		go func() {
			<-sending
			c.Close()
			close(closed)
		}()
		if err := c.Do(context.Background(), request()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("close", func(t *testing.T) {
		sent := make(chan struct{}, 100)
		c, _ := dial(t, func([]byte) []nltest.Datagram { sent <- struct{}{}; return nil })
		var wg sync.WaitGroup
		for range 40 { // more than may be under way at once
			wg.Go(func() {
				if err := c.Do(context.Background(), request()); !errors.Is(err, os.ErrClosed) {
					t.Errorf("error %v", err)
				}
			})
		}
		<-sent
		c.Close()
		wg.Wait()
		if err := c.Do(context.Background(), request()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

// dumpAnswer is a dump of n objects with one byte each, two a datagram.
func dumpAnswer(req []byte, n int, flags uint16, errno int32) []nltest.Datagram {
	var out []nltest.Datagram
	for i := 0; i < n; i += 2 {
		d := nltest.Message(req, 16, uapi.NLM_F_MULTI|flags, []byte{byte(i)})
		if i+1 < n {
			d = append(d, nltest.Message(req, 16, uapi.NLM_F_MULTI, []byte{byte(i + 1)})...)
		}
		out = append(out, nltest.Datagram{Data: d})
	}
	return append(out, nltest.Datagram{Data: nltest.Done(req, errno, 0)})
}

func gather(c *wire.Conn, ctx context.Context) (got []byte, err error) {
	err = c.List(ctx, request(), func() { got = nil }, func(m wire.Message) error {
		got = append(got, m.Data[0])
		return nil
	})
	return got, err
}

func TestList(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(try int, req []byte) []nltest.Datagram
		want   []byte
		err    error
		tries  int
	}{
		"whole": {func(_ int, req []byte) []nltest.Datagram { return dumpAnswer(req, 5, 0, 0) },
			[]byte{0, 1, 2, 3, 4}, nil, 1},
		"empty": {func(_ int, req []byte) []nltest.Datagram { return dumpAnswer(req, 0, 0, 0) }, nil, nil, 1},
		"refused": {func(_ int, req []byte) []nltest.Datagram {
			return one(nltest.Ack(req, int32(syscall.EPERM),
				nil))
		}, nil, os.ErrPermission, 1},
		"error in the dump": {func(_ int, req []byte) []nltest.Datagram {
			return dumpAnswer(req, 3, 0,
				int32(syscall.EINVAL))
		}, []byte{0, 1, 2}, syscall.EINVAL, 1},
		"interrupted for ever": {func(_ int, req []byte) []nltest.Datagram {
			return dumpAnswer(req, 3, uapi.NLM_F_DUMP_INTR,
				0)
		}, []byte{0, 1, 2}, wire.ErrDumpInterrupted, 10},
		"EINTR for ever": {func(_ int, req []byte) []nltest.Datagram {
			return dumpAnswer(req, 1, 0,
				int32(syscall.EINTR))
		}, []byte{0}, wire.ErrDumpInterrupted, 10},
		"interrupted for while": {func(try int, req []byte) []nltest.Datagram {
			return dumpAnswer(req, try, uint16(uapi.NLM_F_DUMP_INTR*min(1, 3-min(try, 3))), 0)
		}, []byte{0, 1, 2}, nil, 3},
		"flag on the end only": {func(try int, req []byte) []nltest.Datagram {
			f := uint16(uapi.NLM_F_DUMP_INTR)
			if try == 2 {
				f = 0
			}
			return one(nltest.Message(req, 16, uapi.NLM_F_MULTI, []byte{7}), nltest.Done(req, 0, f))
		}, []byte{7}, nil, 2},
		"grows in the middle": {func(try int, req []byte) []nltest.Datagram {
			d := dumpAnswer(req, 2, 0, 0)
			return slices.Insert(d, 1, nltest.Datagram{Data: nltest.Message(req, 16, uapi.NLM_F_MULTI,
				append([]byte{9}, make([]byte, 100<<10)...))})
		}, []byte{0, 1, 9}, nil, 2},
		"done without multi": {func(_ int, req []byte) []nltest.Datagram {
			return one(nltest.Message(req, 16, 0, []byte{1}), nltest.Message(req, uapi.NLMSG_DONE, 0, make([]byte, 4)))
		}, []byte{1}, nil, 1},
		"nothing to do": {func(_ int, req []byte) []nltest.Datagram {
			return one(nltest.Message(req, uapi.NLMSG_NOOP, 0, nil), nltest.Message(req, 16, uapi.NLM_F_MULTI, []byte{1}),
				nltest.Done(req, 0, 0))
		}, []byte{1}, nil, 1},
		"overrun in the dump": {func(_ int, req []byte) []nltest.Datagram {
			return one(nltest.Message(req, 16, uapi.NLM_F_MULTI, []byte{1}), nltest.Message(req, uapi.NLMSG_OVERRUN, 0, nil))
		}, []byte{1}, wire.ErrOverrun, 1},
		"another's part and another's dump": {func(_ int, req []byte) []nltest.Datagram {
			late := slices.Clone(nltest.Message(req, 16, uapi.NLM_F_MULTI, []byte{9}))
			native.PutUint32(late[8:], 4711)
			return []nltest.Datagram{{Data: late}, {Data: dumpAnswer(req, 1, 0, 0)[0].Data, From: 99},
				{Data: nltest.Done(req, 0, 0)}}
		}, nil, nil, 1},
		"truncated header": {func(_ int, req []byte) []nltest.Datagram {
			return one(nltest.Message(req, 16, uapi.NLM_F_MULTI, []byte{1}), []byte{1, 2, 3})
		}, []byte{1}, wire.ErrMalformed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			conn, _ := dial(t, func(req []byte) []nltest.Datagram { tries++; return c.answer(tries, req) })
			got, err := gather(conn, context.Background())
			if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if !slices.Equal(got, c.want) || tries != c.tries {
				t.Errorf("%v after %d tries, want %v after %d", got, tries, c.want, c.tries)
			}
		})
	}
}

func TestListStopsBackingOffWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	tries := 0
	c, _ := dial(t, func(req []byte) []nltest.Datagram {
		if tries++; tries == 2 {
			cancel()
		}
		return dumpAnswer(req, 1, uapi.NLM_F_DUMP_INTR, 0)
	})
	if _, err := gather(c, ctx); !errors.Is(err, context.Canceled) || tries > 3 {
		t.Errorf("error %v after %d tries", err, tries)
	}
}

func TestDumpLeftEarlyAndNested(t *testing.T) {
	c, k := dial(t, func(req []byte) []nltest.Datagram { return dumpAnswer(req, 6, 0, 0) })
	for m, err := range c.Dump(context.Background(), request()) {
		if err != nil {
			t.Fatal(err)
		}
		if m.Data[0] == 2 {
			break
		}
		inner := 0
		for _, err := range c.Dump(context.Background(), request()) {
			if err != nil {
				t.Fatal(err)
			}
			inner++
		}
		if inner != 6 {
			t.Errorf("%d objects inside", inner)
		}
	}
	if now, _ := k.Open(); now != 1 {
		t.Errorf("%d sockets are open: the one left early must be closed", now)
	}
}

func TestBatch(t *testing.T) {
	sent := 0
	c, _ := dial(t, func(dgram []byte) []nltest.Datagram {
		sent++
		var out []nltest.Datagram
		if err := wire.Messages(dgram, func(m wire.Message) error {
			head := make([]byte, uapi.SizeofNlmsghdr)
			(&uapi.Nlmsghdr{Len: 16, Type: m.Type, Seq: m.Seq}).Put(head)
			n := native.Uint32(m.Data[4:])
			if n%10 == 3 {
				out = append(out, nltest.Datagram{Data: nltest.Ack(head, int32(syscall.EEXIST), nil)})
			} else if m.Flags&uapi.NLM_F_ACK != 0 {
				out = append(out, nltest.Datagram{Data: nltest.Ack(head, 0, nil)})
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		return out
	})
	b := c.NewBatch()
	if errs := b.Flush(context.Background()); errs != nil {
		t.Errorf("empty: %v", errs)
	}
	const n = 300
	for i := range n {
		r := wire.NewRequest(24, 0)
		r.Uint32(1, uint32(i))
		if i == 150 {
			r.Fail(errors.New("no good"))
		}
		b.Add(r)
	}
	errs := b.Flush(context.Background())
	if len(errs) != n {
		t.Fatalf("%d errors", len(errs))
	}
	for i, err := range errs {
		switch {
		case i == 150:
			if err == nil || !strings.Contains(err.Error(), "no good") {
				t.Errorf("item %d: %v", i, err)
			}
		case i%10 == 3:
			if !errors.Is(err, os.ErrExist) {
				t.Errorf("item %d: %v", i, err)
			}
		case err != nil:
			t.Errorf("item %d: %v", i, err)
		}
	}
	if sent != 3 {
		t.Errorf("%d datagrams for %d requests", sent, n)
	}
	if b.Len() != 0 || b.Flush(context.Background()) != nil {
		t.Error("the batch is not empty after Flush")
	}
}

func TestBatchWhoseExchangeFails(t *testing.T) {
	c, _ := dial(t, func([]byte) []nltest.Datagram { return []nltest.Datagram{{Err: syscall.ENOMEM}} })
	b := c.NewBatch()
	for range 200 {
		b.Add(request())
	}
	for i, err := range b.Flush(context.Background()) {
		if !errors.Is(err, syscall.ENOMEM) {
			t.Errorf("item %d: %v", i, err)
		}
	}
}
