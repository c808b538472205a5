package netlink

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// What a person prints is words.
func TestValuesPrintAsWords(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	if err := h.LinkSetUp(x); err != nil {
		t.Fatal(err)
	}
	if err := h.AddrAdd(x, mustParseAddr(t, "10.9.0.1/24")); err != nil {
		t.Fatal(err)
	}
	dst := &net.IPNet{IP: net.IP{10, 8, 0, 0}, Mask: net.CIDRMask(16, 32)}
	route := &Route{Dst: dst, Gw: net.IP{10, 9, 0, 2}, Priority: 7}
	neigh := &Neigh{LinkIndex: x.Index, IP: net.IP{10, 9, 0, 2}, HardwareAddr: ether("02:00:00:00:00:09"),
		State: NUD_PERMANENT}
	for _, err := range []error{h.RouteAdd(route), h.NeighAdd(neigh)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	index := fmt.Sprint(x.Index)
	for e, err := range h.LinkEntries(LinkFilter{Type: "ifb"}) {
		words(t, e, err, index+": x0 ifb", "up", "mtu 1500")
	}
	for e, err := range h.RouteEntries(FAMILY_V4, &Route{Priority: 7}, RT_FILTER_PRIORITY) {
		words(t, e, err, "10.8.0.0/16 via 10.9.0.2", "link "+index, "metric 7", "table 254")
	}
	for e, err := range h.NeighEntries(NeighFilter{Family: FAMILY_V4}) {
		words(t, e, err, "10.9.0.2 lladdr 02:00:00:00:00:09", "link "+index)
	}
	m := newMirror(t, h, LinkTable, NeighTable)
	for _, v := range []any{m, m.Snapshot()} {
		words(t, v, nil, "links", "neighbours")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	all := newMirror(t, h)
	for ev, err := range all.Changes(ctx, nil) {
		if err != nil {
			break
		}
		words(t, ev, nil)
		cancel()
	}
	port := BridgePort{State: new(uint8(3))}
	for want, ev := range map[string]Event{
		"link 3: x0 ifb <up> mtu 1500 state up changed": LinkEvent{&GenericLink{LinkAttrs{Index: 3, Name: "x0", MTU: 1500,
			Flags: net.FlagUp, OperState: OperUp}, "ifb", nil},
			&GenericLink{LinkAttrs{Index: 3, Name: "x0", MTU: 1500, Flags: net.FlagUp, OperState: OperUp}, "ifb", nil}},
		"link gone: 3: x0 device <0> mtu 0 state unknown": LinkEvent{Old: &Device{LinkAttrs{Index: 3, Name: "x0"}}},
		"address 10.9.0.1/24 link 3": AddrEvent{New: &Addr{IPNet: mustParseAddr(t,
			"10.9.0.1/24").IPNet, LinkIndex: 3}},
		"neighbour gone: 10.9.0.2 dev index 3 state 0x80": NeighEvent{Old: &Neigh{IP: net.IP{10, 9, 0, 2}, LinkIndex: 3,
			State: NUD_PERMANENT}},
		"route 10.8.0.0/16 via 10.9.0.2 metric 7": RouteEvent{New: route},
		"route 10.8.0.0/16 link 4, was 10.8.0.0/16 link 3": RouteEvent{Old: &Route{Dst: dst, LinkIndex: 3},
			New: &Route{Dst: dst, LinkIndex: 4}},
		"rule ip rule 9: from all to all table 5": RuleEvent{New: &Rule{Priority: 9, Table: 5}},
		"next hop {ID: 7 OIF: 3}":                 NexthopEvent{New: &Nexthop{ID: 7, OIF: 3}},
		"port 3: x0 of bridge 4 state 3":          BridgePortEvent{3, "x0", 4, &port, false},
		"port 3: x0 of bridge 4 gone":             BridgePortEvent{3, "x0", 4, nil, true},
		"miss 10.9.0.2 dev index 3":               NeighMissEvent{&Neigh{IP: net.IP{10, 9, 0, 2}, LinkIndex: 3}},
		"next hop group 3 bucket 5 to 1":          NexthopBucketEvent{3, 5, 1},
		"events lost: " + wire.ErrOverrun.Error(): LostEvent{wire.ErrOverrun},
		"synced": SyncedEvent{},
		"link":   LinkEvent{}, "miss": NeighMissEvent{}, "route": RouteEvent{},
	} {
		if got := fmt.Sprint(ev); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	for e, want := range map[*RouteEntry]string{
		{Family: uapi.AF_MPLS, Type: 1}:                "label type 1",
		{Family: uapi.AF_INET6, NHID: 4, LinkIndex: 3}: "default nhid 4 link 3",
	} {
		if got := e.String(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

var pointers = regexp.MustCompile(`0xc0[0-9a-f]+|&\{|\[[0-9]+ [0-9]+ `)

// words fails where a value prints otherwise than with these.
func words(t *testing.T, v any, err error, want ...string) {
	t.Helper()
	got := fmt.Sprint(v)
	if err != nil || pointers.MatchString(got) {
		t.Errorf("%T prints as %q, %v", v, got, err)
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%T prints as %q, without %q", v, got, w)
		}
	}
}
