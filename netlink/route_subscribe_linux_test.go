package netlink_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

func TestRouteSubscribe(t *testing.T) {
	nstest.Do(t, func() {
		routeNet(t)
		tool(t, "ip", "route", "add", "10.9.0.0/16", "via", "10.0.0.2", "table", "1000")
		ch, done := make(chan netlink.RouteUpdate, 100), make(chan struct{})
		opts := netlink.RouteSubscribeOptions{ListExisting: true, ErrorCallback: func(err error) { t.Error(err) }}
		if err := netlink.RouteSubscribeWithOptions(ch, done, opts); err != nil {
			t.Fatal(err)
		}
		wait := func(typ uint16, dst string) netlink.RouteUpdate {
			t.Helper()
			for u := range ch {
				if u.Type == typ && u.Dst.String() == dst {
					return u
				}
			}
			t.Fatalf("the channel was closed before type %d of %s came", typ, dst)
			panic("not reached")
		}
		if u := wait(uapi.RTM_NEWROUTE, "10.9.0.0/16"); u.Table != 1000 || u.NlFlags != 0 {
			t.Errorf("listed %+v", u)
		}
		tool(t, "ip", "route", "add", "10.8.0.0/16", "via", "10.0.0.2")
		if u := wait(uapi.RTM_NEWROUTE, "10.8.0.0/16"); u.NlFlags != uapi.NLM_F_CREATE|uapi.NLM_F_EXCL {
			t.Errorf("added %+v", u)
		}
		tool(t, "ip", "route", "replace", "10.8.0.0/16", "via", "10.0.0.3")
		if u := wait(uapi.RTM_NEWROUTE, "10.8.0.0/16"); u.NlFlags&uapi.NLM_F_REPLACE == 0 || u.Gw.String() != "10.0.0.3" {
			t.Errorf("replaced %+v", u)
		}
		tool(t, "ip", "route", "del", "10.8.0.0/16")
		wait(uapi.RTM_DELROUTE, "10.8.0.0/16")
		tool(t, "ip", "route", "add", "fd77::/48", "via", "fd00::2", "table", "70000")
		if u := wait(uapi.RTM_NEWROUTE, "fd77::/48"); u.Table != 70000 || u.Family != netlink.FAMILY_V6 {
			t.Errorf("added %+v", u)
		}
		close(done)
		for range ch {
		}
	})
}

// TestRouteExpires awaits the end of a route that the kernel deletes by itself.
func TestRouteExpires(t *testing.T) {
	nstest.Do(t, func() {
		routeNet(t)
		err := os.WriteFile("/proc/sys/net/ipv6/route/gc_interval", []byte("1"), 0)
		if errors.Is(err, os.ErrNotExist) { // in namespaces of root of a user namespace
			err = os.ErrPermission
		}
		nstest.Need(t, "net.ipv6.route.gc_interval", "", err)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		h, err := netlink.NewHandle()
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		added := false
		for u, err := range h.WithContext(ctx).RouteSubscribeSeq(netlink.RouteSubscribeOptions{ListExisting: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if !added {
				tool(t, "ip", "route", "add", "fd77::/48", "via", "fd00::2", "expires", "1")
				added = true
			}
			if u.Type != uapi.RTM_DELROUTE || u.Dst.String() != "fd77::/48" {
				continue
			}
			if u.DelReason == netlink.RT_DEL_REASON_UNSPEC {
				nstest.Need(t, "reasons why routes were deleted", "7.3", syscall.EOPNOTSUPP)
			}
			if u.DelReason != netlink.RT_DEL_REASON_EXPIRED {
				t.Errorf("a route was deleted for reason %d", u.DelReason)
			}
			return
		}
	})
}

func TestRouteSubscribeAtNamespace(t *testing.T) {
	ns := nstest.New(t)
	h, err := netlink.NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ch, done := make(chan netlink.RouteUpdate), make(chan struct{})
	if err := netlink.RouteSubscribeAt(ns, ch, done); err != nil {
		t.Fatal(err)
	}
	if err := h.RouteAdd(&netlink.Route{Dst: cidr(t, "10.9.0.0/16"), Type: uapi.RTN_BLACKHOLE}); err != nil {
		t.Fatal(err)
	}
	if u := <-ch; u.Type != uapi.RTM_NEWROUTE || u.Route.Type != uapi.RTN_BLACKHOLE {
		t.Errorf("got %+v", u)
	}
	close(done)
	for range ch {
	}
}

// TestRouteSubscribeSurvivesOverrun makes more events than the receive buffer
// holds while nobody reads them: the loss is reported, and nothing stays missing.
func TestRouteSubscribeSurvivesOverrun(t *testing.T) {
	h := newHandle(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	const n = 300
	want := map[string]bool{}
	add := func(i int) {
		t.Helper()
		dst := cidr(t, fmt.Sprintf("10.%d.%d.0/24", i/250, i%250))
		want[dst.String()] = true
		if err := h.RouteAdd(&netlink.Route{Dst: dst, Type: uapi.RTN_BLACKHOLE, Table: 1000}); err != nil {
			t.Fatal(err)
		}
	}
	add(0)
	overruns, last := 0, false
	opts := netlink.RouteSubscribeOptions{ReceiveBufferSize: 1, ListExisting: true}
	for u, err := range h.WithContext(ctx).RouteSubscribeSeq(opts) {
		switch {
		case err == nil:
			if len(want) == 1 && want["10.0.0.0/24"] && overruns == 0 {
				for i := 1; i < n; i++ { // while this loop's body runs, nothing is read
					add(i)
				}
			}
			delete(want, u.Dst.String())
			if len(want) == 0 {
				if last {
					cancel()
					break
				}
				last = true // it goes on: one more
				add(n)
			}
		case errors.Is(err, wire.ErrOverrun):
			overruns++
		case !errors.Is(err, context.Canceled):
			t.Error(err)
		}
	}
	if len(want) != 0 || overruns == 0 {
		t.Errorf("%d routes are missing after %d overruns", len(want), overruns)
	}
}
