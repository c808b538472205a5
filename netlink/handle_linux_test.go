package netlink

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// newTestHandle is a handle in a new namespace, with lo up.
func newTestHandle(t testing.TB) (*Handle, netns.NsHandle) {
	t.Helper()
	ns := nstest.New(t)
	h, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := h.LinkSetUp(&Device{LinkAttrs: LinkAttrs{Index: 1}}); err != nil {
		t.Fatal(err)
	}
	return h, ns
}

// everyLookUp is a call of each kind of question, by name.
var everyLookUp = map[string]func(h *Handle) error{
	"LinkByName":  func(h *Handle) error { _, err := h.LinkByName("lo"); return err },
	"LinkByIndex": func(h *Handle) error { _, err := h.LinkByIndex(1); return err },
	"LinkList":    func(h *Handle) error { _, err := h.LinkList(); return err },
	"LinkSeq": func(h *Handle) error {
		for _, err := range h.LinkSeq() {
			if err != nil {
				return err
			}
		}
		return nil
	},
	"AddrList":  func(h *Handle) error { _, err := h.AddrList(nil, FAMILY_ALL); return err },
	"RouteList": func(h *Handle) error { _, err := h.RouteList(nil, FAMILY_V4); return err },
	"RouteGet":  func(h *Handle) error { _, err := h.RouteGet(net.IPv4(127, 0, 0, 1)); return err },
	"RuleList":  func(h *Handle) error { _, err := h.RuleList(FAMILY_V4); return err },
	"NeighList": func(h *Handle) error { _, err := h.NeighList(0, FAMILY_V4); return err },
	"LinkSetMTU": func(h *Handle) error {
		return h.LinkSetMTU(&Device{LinkAttrs: LinkAttrs{Index: 1}}, 65536)
	},
}

func TestClosedHandle(t *testing.T) {
	h, err := NewHandleAt(nstest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, call := range everyLookUp {
		if err := call(h); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.SetSocketReceiveBufferSize(1<<16, false); !errors.Is(err, os.ErrClosed) {
		t.Errorf("SetSocketReceiveBufferSize: %v", err)
	}
}

func TestCancelledContext(t *testing.T) {
	h, _ := newTestHandle(t)
	ctx, cancel := context.WithCancel(context.Background())
	for name, call := range everyLookUp {
		if err := call(h.WithContext(ctx)); err != nil {
			t.Errorf("%s before: %v", name, err)
		}
	}
	cancel()
	for name, call := range everyLookUp {
		if err := call(h.WithContext(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if err := call(h); err != nil {
			t.Errorf("%s on the handle itself: %v", name, err)
		}
	}
}

// fakeHandle is a handle whose kernel is answer.
func fakeHandle(t testing.TB, answer func(request []byte) []nltest.Datagram) *Handle {
	t.Helper()
	k := &nltest.Kernel{Answer: answer}
	h := &Handle{conns: &conns{ns: netns.None(), cfg: wire.Config{Dial: k.Dial, Timeout: time.Second}}}
	t.Cleanup(func() {
		h.Close()
		if now, _ := k.Open(); now != 0 {
			t.Errorf("%d sockets stay open", now)
		}
	})
	return h
}

func TestWrongAnswers(t *testing.T) {
	// A reply of the type each question expects, and so wrong in itself.
	reply := func(req, data []byte) []nltest.Datagram {
		var hdr uapi.Nlmsghdr
		hdr.Decode(req)
		flags := uint16(0)
		if hdr.Flags&uapi.NLM_F_DUMP != 0 {
			flags = uapi.NLM_F_MULTI
		}
		// RTM_NEW… is the first of four types, RTM_GET… the third.
		return []nltest.Datagram{{Data: nltest.Message(req, hdr.Type&^3, flags, data)}, {Data: nltest.Done(req, 0, 0)}}
	}
	var size atomic.Int64
	for name, c := range map[string]struct {
		answer func(req []byte) []nltest.Datagram
		want   error
	}{
		"garbage": {func([]byte) []nltest.Datagram { return []nltest.Datagram{{Data: []byte("garbage")}} },
			wire.ErrMalformed},
		"truncated": {func([]byte) []nltest.Datagram {
			return []nltest.Datagram{{Data: make([]byte, size.Add(1<<20))}} // always larger than the last time
		}, wire.ErrTruncated},
		"short header": {func(req []byte) []nltest.Datagram { return reply(req, []byte{2}) }, wire.ErrMalformed},
		"attribute beyond (link)": {func(req []byte) []nltest.Datagram {
			return reply(req,
				append(make([]byte, 16), 0xff, 0, 1, 0))
		}, wire.ErrMalformed},
		"no permission": {func(req []byte) []nltest.Datagram {
			return []nltest.Datagram{{Data: nltest.Ack(req, int32(syscall.EPERM), nil)}}
		}, os.ErrPermission},
		"nothing":    {func([]byte) []nltest.Datagram { return nil }, syscall.EAGAIN},
		"no buffers": {func([]byte) []nltest.Datagram { return []nltest.Datagram{{Err: wire.ErrOverrun}} }, wire.ErrOverrun},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for question, call := range everyLookUp {
				switch {
				case question == "LinkSetMTU" && (name == "short header" || strings.HasPrefix(name, "attribute")):
					continue // has no answer but the acknowledgement
				case strings.HasSuffix(name, "(link)") && !strings.HasPrefix(question, "Link"):
					continue // the header is of another length
				}
				h := fakeHandle(t, c.answer)
				if name == "nothing" {
					h.SetSocketTimeout(time.Millisecond)
				}
				want := c.want
				if name == "nothing" && strings.HasSuffix(question, "Seq") {
					want = os.ErrDeadlineExceeded // streams are not what programs compare numbers of
				}
				if err := call(h); !errors.Is(err, want) {
					t.Errorf("%s: error %v, want %v", question, err, want)
				}
			}
		})
	}
}

func TestHandleSettings(t *testing.T) {
	h, _ := newTestHandle(t)
	if err := h.SetSocketReceiveBufferSize(100_000, false); err != nil {
		t.Fatal(err)
	}
	if sizes, err := h.GetSocketReceiveBufferSize(); err != nil || len(sizes) == 0 || sizes[0] != 200_000 {
		t.Errorf("%v, %v: the kernel doubles what is set", sizes, err)
	}
	if err := h.SetSocketTimeout(-1); err == nil {
		t.Error("a negative timeout was accepted")
	}
	if err := h.SetStrictCheck(false); err != nil {
		t.Fatal(err)
	}
	if err := everyLookUp["AddrList"](h); err != nil {
		t.Errorf("without strict checking: %v", err)
	}
	if !h.SupportsNetlinkFamily(uapi.NETLINK_ROUTE) || h.SupportsNetlinkFamily(uapi.NETLINK_AUDIT) ||
		(&Handle{}).SupportsNetlinkFamily(uapi.NETLINK_ROUTE) {
		t.Error("families")
	}
	if err := (&Handle{}).SetStrictCheck(true); err == nil {
		t.Error("a zero handle has no sockets to set")
	}
	if err := ConfigureHandle(HandleOptions{NetNS: new(netns.NsHandle)}); err == nil {
		t.Error("the package's functions were bound to a namespace")
	}
}

func TestNewHandleErrors(t *testing.T) {
	if h, err := NewHandle(31); err != syscall.EPROTONOSUPPORT {
		t.Errorf("no such protocol: %v, %v", h, err)
	}
	if h, err := NewHandleWithOptions(HandleOptions{ErrorDetails: true}, 31); err == nil ||
		!strings.Contains(err.Error(), "31") {
		t.Errorf("no such protocol: %v, %v", h, err)
	}
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := NewHandleAt(netns.NsHandle(f.Fd())); err == nil {
		t.Error("a file that is no namespace was accepted")
	}
}

// A handle stays in its namespace, whichever thread calls, and the package's
// functions follow the thread.
func TestHandlesAndThreadsKeepTheirNamespaces(t *testing.T) {
	h, ns := newTestHandle(t)
	a, err := ParseAddr("192.0.2.77/32")
	if err != nil {
		t.Fatal(err)
	}
	lo := &Device{LinkAttrs: LinkAttrs{Index: 1}}
	if err := h.AddrAdd(lo, a); err != nil {
		t.Fatal(err)
	}
	has := func(list func(Link, int) ([]Addr, error)) bool {
		all, err := list(lo, FAMILY_V4)
		if err != nil {
			t.Error(err)
		}
		for _, x := range all {
			if x.Equal(*a) {
				return true
			}
		}
		return false
	}
	if !has(h.AddrList) || has(AddrList) {
		t.Error("the handle must see the address, and the thread must not")
	}
	err = netns.Do(ns, func() error {
		if !has(AddrList) {
			t.Error("a thread in the namespace must see the address")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHandleBatch(t *testing.T) {
	h, _ := newTestHandle(t)
	b := h.NewBatch()
	lo := &Device{LinkAttrs: LinkAttrs{Index: 1}}
	addrs := []string{"10.1.0.1/32", "10.1.0.2/32", "10.1.0.1/32", "10.1.0.3/32"}
	for _, s := range addrs {
		a, err := ParseAddr(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.AddrAdd(lo, a); err != nil {
			t.Fatal(err)
		}
	}
	if b.Len() != len(addrs) {
		t.Errorf("%d are queued", b.Len())
	}
	errs := b.Flush()
	if len(errs) != len(addrs) || errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], os.ErrExist) || errs[3] != nil {
		t.Errorf("%v", errs)
	}
	if !strings.Contains(fmt.Sprint(errs[2]), "10.1.0.1") {
		t.Errorf("%v does not name the address", errs[2])
	}
	if got, err := h.AddrList(lo, FAMILY_V4); err != nil || len(got) != 3+1 { // and 127.0.0.1
		t.Errorf("%v, %v", got, err)
	}
	if errs := b.Flush(); errs != nil || b.Len() != 0 {
		t.Errorf("flushed twice: %v", errs)
	}
}

// One handle under a thousand goroutines while namespaces come and go. Each
// goroutine sees its own answers only; TestMain looks for leaks.
func TestThousandGoroutinesOnOneHandle(t *testing.T) {
	h, _ := newTestHandle(t)
	stop := make(chan struct{})
	var others, all sync.WaitGroup
	for range 2 {
		others.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := comeAndGo(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 1000 {
		all.Go(func() {
			ip := net.IPv4(127, 1+byte(i>>8), byte(i), 1)
			routes, err := h.RouteGet(ip)
			if err != nil || len(routes) != 1 || routes[0].Dst == nil || !routes[0].Dst.IP.Equal(ip) {
				t.Errorf("route to %v: %v, %v", ip, routes, err)
			}
			switch i % 4 {
			case 0:
				if l, err := h.LinkByName("lo"); err != nil || l.Attrs().Index != 1 {
					t.Errorf("%v, %v", l, err)
				}
			case 1:
				name := fmt.Sprintf("none%d", i)
				if _, err := h.LinkIndex(name); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), name) {
					t.Errorf("%s: %v", name, err)
				}
			case 2:
				for _, err := range h.AddrSeq(nil, FAMILY_ALL) {
					if err != nil {
						t.Error(err)
					}
					break
				}
			case 3:
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				if _, err := h.WithContext(ctx).LinkList(); !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled: %v", err)
				}
			}
		})
	}
	all.Wait()
	close(stop)
	others.Wait()
}

// comeAndGo makes a namespace, uses it through a handle of its own, and drops
// it.
func comeAndGo() error {
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
	h, err := NewHandleAt(ns)
	if err != nil {
		return err
	}
	defer h.Close()
	links, err := h.LinkList()
	if err == nil && links[0].Attrs().Flags&net.FlagUp != 0 {
		err = errors.New("lo is up in a new namespace: this is the answer of another one")
	}
	return err
}

// A request goes over the connection of its protocol, and a batch may have
// requests of several.
func TestRequestsOfOtherProtocols(t *testing.T) {
	h, _ := newTestHandle(t)
	family := func(cmd uint8, flags uint16, name string) *wire.Request {
		r := wire.NewRequest(uapi.GENL_ID_CTRL, flags)
		r.Protocol = uapi.NETLINK_GENERIC
		g := uapi.Genlmsghdr{Cmd: cmd, Version: 1}
		g.Put(r.Header(uapi.SizeofGenlmsghdr))
		if name != "" {
			r.String(uapi.CTRL_ATTR_FAMILY_NAME, name)
		}
		return r
	}
	nameOf := func(m wire.Message) (string, bool, error) {
		d := wire.NewDecoderAfter(m.Data, uapi.SizeofGenlmsghdr)
		for d.Next() {
			if d.Type() == uapi.CTRL_ATTR_FAMILY_NAME {
				return d.String(), true, d.Err()
			}
		}
		return "", false, d.Err()
	}
	names, err := list(h, family(uapi.CTRL_CMD_GETFAMILY, 0, ""), "genl list", nameOf)
	if err != nil || !slices.Contains(names, "nlctrl") {
		t.Errorf("families %q, %v", names, err)
	}
	var streamed []string
	request := func() (*wire.Request, error) { return family(uapi.CTRL_CMD_GETFAMILY, 0, ""), nil }
	for name, err := range seq(h, request, "genl list", nameOf) {
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, name)
	}
	if !slices.Equal(streamed, names) {
		t.Errorf("stream %q, list %q", streamed, names)
	}
	err = h.get(family(uapi.CTRL_CMD_GETFAMILY, 0, "nlctrl"), "genl get", noObject, func(m wire.Message) error {
		name, _, err := nameOf(m)
		if name != "nlctrl" {
			t.Errorf("asked for nlctrl, got %q", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}

	b := h.NewBatch()
	lo := &Device{LinkAttrs{Index: 1}}
	object := func() string { return "no such family" }
	for range 2 {
		if err := b.LinkSetMTU(lo, 1400); err != nil {
			t.Fatal(err)
		}
		if err := b.exec(family(uapi.CTRL_CMD_GETFAMILY, 0, "no such"), "genl get", object); err != nil {
			t.Fatal(err)
		}
		if err := b.LinkSetMTU(&Device{LinkAttrs{Index: 4711}}, 1500); err != nil {
			t.Fatal(err)
		}
		errs := b.Flush()
		if len(errs) != 3 || errs[0] != nil || !errors.Is(errs[1], syscall.ENOENT) || !errors.Is(errs[2], syscall.ENODEV) {
			t.Errorf("errors of a batch: %v", errs)
		}
		if mtu := attrs(t, h, lo).MTU; mtu != 1400 {
			t.Errorf("MTU %d", mtu)
		}
		if errs := b.Flush(); errs != nil {
			t.Errorf("nothing was queued: %v", errs)
		}
	}
}
