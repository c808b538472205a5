package netlink

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

func TestLinkIndexAndName(t *testing.T) {
	h, _ := newTestHandle(t)
	long := strings.Repeat("x", 100)
	eth7 := mustAdd(t, h, &Dummy{LinkAttrs{Name: "eth7", Index: 77, AltNames: []string{"alt7", long}}})
	if eth7.Index != 77 {
		t.Fatalf("the kernel gave index %d", eth7.Index)
	}
	for _, name := range []string{"eth7", "alt7", long} {
		if index, err := h.LinkIndex(name); err != nil || index != 77 {
			t.Errorf("%q: %d, %v", name, index, err)
		}
	}
	if name, err := h.LinkName(77); err != nil || name != "eth7" {
		t.Errorf("index 77: %q, %v", name, err)
	}
	for _, name := range []string{"", "none", "eth7:1", "eth7\x00x", "lo\x00", strings.Repeat("y", 100),
		strings.Repeat("z", 200)} {
		if index, err := h.LinkIndex(name); err == nil {
			t.Errorf("%q has index %d", name, index)
		}
	}
	_, err := h.LinkIndex("none")
	if !errors.As(err, new(LinkNotFoundError)) || !errors.Is(err, os.ErrNotExist) ||
		!strings.Contains(err.Error(), `"none"`) {
		t.Errorf("no such link: %v", err)
	}
	for _, index := range []int{0, -1, 78, 1<<31 - 1, wide(1<<32 + 77)} {
		name, err := h.LinkName(index)
		if name != "" || !errors.As(err, new(LinkNotFoundError)) {
			t.Errorf("index %d: %q, %v", index, name, err)
		}
	}
	h.Close()
	if _, err := h.LinkIndex("eth7"); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed handle: %v", err)
	}
}

func TestLinkIndexOfTheThread(t *testing.T) {
	h, ns := newTestHandle(t)
	mustAdd(t, h, &Dummy{LinkAttrs{Name: "there", Index: 5}})
	err := netns.Do(ns, func() error {
		if index, err := LinkIndex("there"); err != nil || index != 5 {
			t.Errorf("index %d, %v", index, err)
		}
		name, err := LinkName(5)
		if name != "there" {
			t.Errorf("name %q", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LinkIndex("there"); !errors.As(err, new(LinkNotFoundError)) {
		t.Errorf("elsewhere: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&Handle{}).WithContext(ctx).LinkIndex("lo"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A transport that is no socket is asked by rtnetlink.
func TestLinkIndexWithoutASocket(t *testing.T) {
	h := fakeHandle(t, func(req []byte) []nltest.Datagram {
		var e wire.Encoder
		ifi := uapi.Ifinfomsg{Index: 7}
		ifi.Put(e.Raw(uapi.SizeofIfinfomsg))
		e.String(uapi.IFLA_IFNAME, "fake")
		return []nltest.Datagram{{Data: nltest.Message(req, uapi.RTM_NEWLINK, 0, e.Bytes())}}
	})
	if index, err := h.LinkIndex("fake"); index != 7 || err != nil {
		t.Errorf("index %d, %v", index, err)
	}
	if name, err := h.LinkName(7); name != "fake" || err != nil {
		t.Errorf("name %q, %v", name, err)
	}
}
