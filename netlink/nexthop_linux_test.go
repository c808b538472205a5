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

func TestResilientGroupsHaveBuckets(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	if err := h.LinkSetUp(x); err != nil {
		t.Fatal(err)
	}
	index := uint32(x.Attrs().Index)
	a, b := Nexthop{ID: 7, OIF: index}, Nexthop{ID: 8, OIF: index}
	group := Nexthop{ID: 9, Group: []NexthopMember{{7, 1}, {8, 1}},
		Resilient: &NexthopResilient{Buckets: 4, IdleTimer: new(uint32(700)), UnbalancedTimer: new(uint32(0))}}
	for i, n := range []Nexthop{a, b, group} {
		err := h.NexthopAdd(&n)
		nstest.Need(t, "resilient next hop groups", "5.13", err)
		if i == 2 {
			got, err := h.NexthopByID(9)
			if err != nil || !reflect.DeepEqual(got, &group) {
				t.Errorf("got %v %+v, %v", got, got.Resilient, err)
			}
		}
	}
	if _, err := h.NexthopByID(99); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("one that is not there: %v", err)
	}
	all, err := h.NexthopBucketList(NexthopBucketFilter{ID: 9})
	if err != nil || len(all) != 4 {
		t.Fatalf("got %v, %v", all, err)
	}
	members := map[uint32]int{}
	for i, bucket := range all {
		if int(bucket.Index) != i || bucket.ID != 9 || bucket.Idle < 0 {
			t.Errorf("bucket %d is %+v", i, bucket)
		}
		members[bucket.NexthopID]++
		one, err := h.NexthopBucketGet(9, uint16(i))
		if err != nil || one.NexthopID != bucket.NexthopID || one.Index != bucket.Index {
			t.Errorf("bucket %d alone is %+v, %v", i, one, err)
		}
	}
	if members[7] != 2 || members[8] != 2 {
		t.Errorf("of %v", members)
	}
	some, err := h.NexthopBucketList(NexthopBucketFilter{NexthopID: 8, OIF: index})
	if err != nil || len(some) != 2 {
		t.Errorf("of one member: %v, %v", some, err)
	}
	if _, err := h.NexthopBucketGet(9, 77); err == nil {
		t.Error("a bucket that is not there")
	}
}

func TestNexthopsAreFilteredAndCounted(t *testing.T) {
	h, _ := newHandle(t)
	x, y := mustAdd(t, h, ifb("x0")), mustAdd(t, h, ifb("x1"))
	for _, l := range []Link{x, y} {
		if err := h.LinkSetUp(l); err != nil {
			t.Fatal(err)
		}
	}
	a, b := Nexthop{ID: 7, OIF: uint32(x.Attrs().Index)}, Nexthop{ID: 8, OIF: uint32(y.Attrs().Index)}
	group := Nexthop{ID: 9, Group: []NexthopMember{{7, 1}, {8, 1}}}
	for _, n := range []Nexthop{a, b, group, {ID: 10, Gateway: net.IP{10, 0, 0, 9}, FDB: true},
		{ID: 11, OIF: a.OIF, Family: FAMILY_V6}} {
		nstest.Need(t, "next hop objects for forwarding entries", "5.9", h.NexthopAdd(&n))
	}
	for name, c := range map[string]struct {
		filter NexthopFilter
		want   []uint32
	}{
		"all":    {NexthopFilter{}, []uint32{7, 8, 9, 10, 11}},
		"link":   {NexthopFilter{OIF: b.OIF}, []uint32{8}},
		"groups": {NexthopFilter{Groups: true}, []uint32{9}},
		"fdb":    {NexthopFilter{FDB: true}, []uint32{10}},
		"IPv6":   {NexthopFilter{Family: FAMILY_V6}, []uint32{11}},
	} {
		all, err := h.NexthopListFiltered(c.filter)
		var ids []uint32
		for _, n := range all {
			ids = append(ids, n.ID)
		}
		if err != nil || !reflect.DeepEqual(ids, c.want) {
			t.Errorf("%s: %v, %v", name, ids, err)
		}
	}
	all, err := h.NexthopListFiltered(NexthopFilter{Groups: true, HWStats: true})
	nstest.Need(t, "counters of next hop objects", "6.9", err)
	if len(all) != 1 || len(all[0].Stats) != 2 || all[0].Stats[1].ID != 8 || all[0].HWStats == nil || *all[0].HWStats {
		t.Errorf("with counters: %+v", all)
	}
	counted := group
	counted.HWStats = new(true)
	if err := h.NexthopReplace(&counted); err != nil {
		t.Error(err)
	}
	if all, err := h.NexthopListFiltered(NexthopFilter{Groups: true, Stats: true}); err != nil || all[0].HWStats == nil ||
		!*all[0].HWStats {
		t.Errorf("asked for in hardware: %+v, %v", all, err)
	}
}
