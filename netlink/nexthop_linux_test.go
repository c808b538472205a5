package netlink

import (
	"errors"
	"net"
	"os"
	"reflect"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
)

func TestNexthopsAreMadeAndDeleted(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	if err := h.LinkSetUp(x); err != nil {
		t.Fatal(err)
	}
	if err := h.AddrAdd(x, mustParseAddr(t, "10.9.0.1/24")); err != nil {
		t.Fatal(err)
	}
	index := uint32(x.Attrs().Index)
	a := Nexthop{ID: 7, OIF: index, Gateway: net.IP{10, 9, 0, 2}, Protocol: uapi.RTPROT_STATIC}
	nstest.Need(t, "next hop objects", "5.3", h.NexthopAdd(&a))
	if err := h.NexthopAdd(&a); !errors.Is(err, os.ErrExist) {
		t.Errorf("added twice: %v", err)
	}
	a.Gateway = net.IP{10, 9, 0, 3}
	b := Nexthop{ID: 8, OIF: index}
	group := Nexthop{ID: 9, Group: []NexthopMember{{7, 3}, {8, 1}}}
	for _, n := range []Nexthop{a, b, group} {
		if err := h.NexthopReplace(&n); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.NexthopList()
	if want := []Nexthop{a, b, group}; err != nil || !reflect.DeepEqual(all, want) {
		t.Errorf("got %v, %v, want %v", all, err, want)
	}
	var streamed []Nexthop
	for n, err := range h.NexthopSeq() {
		if err != nil {
			t.Error(err)
		}
		streamed = append(streamed, n)
	}
	if !reflect.DeepEqual(streamed, all) {
		t.Errorf("the stream gives %v, want %v", streamed, all)
	}
	dst := &net.IPNet{IP: net.IPv4(10, 8, 0, 0).To4(), Mask: net.CIDRMask(16, 32)}
	if err := h.RouteAdd(&Route{Dst: dst, NHID: 9}); err != nil {
		t.Error(err)
	}
	if err := h.NexthopDel(&Nexthop{ID: 7}); err != nil {
		t.Error(err)
	}
	group.Group = group.Group[1:]
	all, err = h.NexthopList()
	if want := []Nexthop{b, group}; err != nil || !reflect.DeepEqual(all, want) {
		t.Errorf("got %v, %v, want %v", all, err, want)
	}
	for _, n := range []*Nexthop{{ID: 7}, nil} {
		if err := h.NexthopDel(n); err == nil || n != nil && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v deleted: %v", n, err)
		}
	}
}
