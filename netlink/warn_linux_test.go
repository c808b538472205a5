package netlink_test

import (
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// A class of HTB with a quantum that is too big is made all the same, and the kernel says so.
func TestHandleWarns(t *testing.T) {
	ns := nstest.New(t)
	var said []string
	h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{NetNS: &ns,
		Warn: wire.Warnings(func(text string) { said = append(said, text) })})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	link := lo.Attrs().Index
	htb := netlink.NewHtb(netlink.QdiscAttrs{LinkIndex: link, Handle: netlink.MakeHandle(1, 0),
		Parent: netlink.HANDLE_ROOT})
	nstest.Need(t, "queueing discipline htb", "", h.QdiscAdd(htb))
	class := func(minor uint16, rate uint64) netlink.Class {
		return netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: link, Parent: htb.Handle,
			Handle: netlink.MakeHandle(1, minor)}, netlink.HtbClassAttrs{Rate: rate})
	}
	if err := h.ClassAdd(class(1, 8e6)); err != nil || len(said) != 0 {
		t.Errorf("%v, %q", err, said)
	}
	if err := h.ClassAdd(class(2, 40e9)); err != nil {
		t.Error(err)
	}
	b := h.NewBatch()
	for _, c := range []netlink.Class{class(3, 40e9), class(4, 8e6), class(5, 800)} {
		if err := b.ClassAdd(c); err != nil {
			t.Error(err)
		}
	}
	if err := b.Flush(); err != nil {
		t.Error(err)
	}
	said = slices.DeleteFunc(said, func(s string) bool {
		return !strings.Contains(s, "quantum of class")
	})
	if len(said) == 0 {
		nstest.Need(t, "warnings about classes of htb", "6.5", unix.EOPNOTSUPP)
	}
	for i, want := range []string{"10002 is big", "10003 is big", "10005 is small"} {
		if i >= len(said) || !strings.Contains(said[i], want) {
			t.Errorf("got %q, the %dth is to have %q", said, i, want)
		}
	}
	if err := netlink.ConfigureHandle(netlink.HandleOptions{Warn: wire.Warnings(func(string) {})}); err == nil {
		t.Error("the package's functions give warnings")
	}
}
