package netlink_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// rdmaWorld makes a device of a link in the first network namespace, where the kernel announces what happens to
// devices. All namespaces have it, so the tests are for guests.
func rdmaWorld(t *testing.T) (*netlink.Handle, *netlink.RdmaLink) {
	t.Helper()
	nstest.NeedGuest(t, "RDMA devices, which all namespaces have")
	for _, module := range []string{"rdma_rxe", "rdma_ucm"} {
		nstest.LoadModule(t, module)
	}
	first, err := netns.GetFromPath("/proc/1/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { first.Close() })
	h, err := netlink.NewHandleAt(first)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	link := &netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Name: "rdma0"}}
	if err := h.LinkAdd(link); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.LinkDel(link); err != nil {
			t.Error(err)
		}
	})
	nstest.Need(t, "rdma_rxe", "", h.RdmaLinkAdd("rxe7", "rxe", "rdma0"))
	t.Cleanup(func() {
		if err := h.RdmaLinkDel("rxe7"); err != nil {
			t.Error(err)
		}
	})
	rdma, err := h.RdmaLinkByName("rxe7")
	if err != nil {
		t.Fatal(err)
	}
	return h, rdma
}

func TestRdmaSettings(t *testing.T) {
	h, link := rdmaWorld(t)
	for _, on := range []bool{true, false} {
		if err := h.RdmaLinkSetAdaptiveModeration(link, on); err != nil {
			t.Fatal(err)
		}
		if err := h.RdmaSystemSetPrivilegedQkey(on); err != nil {
			nstest.Need(t, "privileged Q_Keys", "6.7", err)
		}
		got, err := h.RdmaLinkByName("rxe7")
		if err != nil || got.Attrs.AdaptiveModeration != on || got.Attrs.CapFlags == 0 {
			t.Errorf("%+v, %v", got, err)
		}
		s, err := h.RdmaSystemGet()
		if err != nil || s.PrivilegedQkey != on || s.NetnsMode != "shared" {
			t.Errorf("%+v, %v", s, err)
		}
	}
	if err := h.RdmaDevAdd("part", netlink.RdmaDeviceSMI, link); err == nil {
		t.Error("rxe has got a part")
	}
	if err := h.RdmaDevDel(link); err == nil {
		t.Error("a device was deleted as a part of another")
	}
}

// The kernel has queues of its own on each device.
func TestRdmaObjects(t *testing.T) {
	h, link := rdmaWorld(t)
	count := map[netlink.RdmaObjectType]int{}
	for _, typ := range []netlink.RdmaObjectType{netlink.RdmaQP, netlink.RdmaCQ, netlink.RdmaPD} {
		for o, err := range h.RdmaObjectSeq(link, typ) {
			if err != nil {
				t.Fatal(typ, err)
			}
			if count[typ]++; o.Type != typ || o.PID != 0 || o.KernelName != "ib_core" || o.DeviceName != "rxe7" ||
				o.DeviceIndex != link.Attrs.Index {
				t.Errorf("%v: %+v", typ, o)
			}
			if typ == netlink.RdmaQP {
				continue // the one of a port that is the kernel's is not found by its number
			}
			one, err := h.RdmaObjectGet(link, typ, o.Port, o.ID)
			if err != nil || one.ID != o.ID || one.KernelName != o.KernelName || one.Users != o.Users {
				t.Errorf("%v: %+v, %v", typ, one, err)
			}
		}
	}
	if count[netlink.RdmaQP] == 0 || count[netlink.RdmaCQ] == 0 || count[netlink.RdmaPD] == 0 {
		t.Error(count)
	}
	if _, err := h.RdmaObjectGet(link, netlink.RdmaQP, 1, 1<<20); err == nil || !os.IsNotExist(err) {
		t.Error("an object that is not there:", err)
	}
	for range h.RdmaObjectSeq(link, netlink.RdmaQP) {
		break // leaves the handle usable
	}
	for _, err := range h.RdmaObjectSeq(link, netlink.RdmaSRQ) {
		t.Error("a shared receive queue that nobody has:", err)
	}
}

func TestRdmaEvents(t *testing.T) {
	h, link := rdmaWorld(t)
	s, err := h.RdmaSystemGet()
	if err == nil && !s.Monitor {
		t.Skip("this kernel announces no events of RDMA devices")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	listening := h.WithContext(ctx)
	begun := make(chan struct{})
	seen := make(chan netlink.RdmaEvent, 100)
	go func() {
		defer close(seen)
		for e, err := range listening.RdmaEvents() {
			if err != nil {
				return
			}
			if e.DeviceName == "begin" {
				select {
				case <-begun:
				default:
					close(begun)
				}
			} else if strings.HasPrefix(e.DeviceName, "event") {
				seen <- e
			}
		}
	}()
	rename := func(name string) {
		t.Helper()
		if err := h.RdmaLinkSetName(link, name); err != nil {
			t.Fatal(err)
		}
	}
	for began, waiting := time.Now(), true; waiting; { // it does not say when it begins to listen
		if time.Since(began) > 10*time.Second {
			nstest.Need(t, "events of renamed RDMA devices", "6.13", unix.EOPNOTSUPP)
		}
		rename("begin")
		rename("rxe7")
		select {
		case <-begun:
			waiting = false
		case <-time.After(20 * time.Millisecond):
		}
	}
	rename("event1")
	rename("rxe7")
	if e := <-seen; e.Type != netlink.RdmaRename || e.DeviceIndex != link.Attrs.Index || e.DeviceName != "event1" {
		t.Errorf("%+v", e)
	}
	cancel()
	for range seen {
	}
}
