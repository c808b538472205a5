package netlink

import (
	"bytes"
	"context"
	"net"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// TestEncapsOfTheKernel makes routes with the encapsulations of encapCaptures: the kernel tells the captured bytes
// of them, and what is listed can be deleted.
func TestEncapsOfTheKernel(t *testing.T) {
	for _, c := range encapCaptures {
		if c.set == nil {
			continue
		}
		t.Run(c.kind, func(t *testing.T) {
			h, _ := newHandle(t)
			link := NewVeth(named("v0"))
			link.PeerName = "v1"
			if err := h.LinkAdd(link); err != nil {
				t.Fatal(err)
			}
			peer, err := h.LinkByName("v1")
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range []Link{link, peer} {
				if err := h.LinkSetUp(l); err != nil {
					t.Fatal(err)
				}
			}
			route := &Route{LinkIndex: link.Index, Dst: ipv4Net("10.9.0.0/16"), Encap: c.set, Scope: SCOPE_LINK}
			switch c.kind {
			case "ip6":
				route.Dst, route.Scope = ipv6Net("fd09::/32"), SCOPE_UNIVERSE
			case "mpls":
				addr := &Addr{IPNet: &net.IPNet{IP: net.IP{10, 0, 0, 1}, Mask: net.CIDRMask(24, 32)}}
				if err := h.AddrAdd(link, addr); err != nil {
					t.Fatal(err)
				}
				route.Gw, route.Scope = net.IP{10, 0, 0, 2}, SCOPE_UNIVERSE
			}
			nstest.Need(t, "encapsulation "+c.kind, "", h.RouteAdd(route))
			routes, err := h.RouteListFiltered(FAMILY_ALL, &Route{Dst: route.Dst}, RT_FILTER_DST)
			if err != nil || len(routes) != 1 {
				t.Fatalf("listed are %v, %v", routes, err)
			}
			if got := routes[0].Encap; got == nil || !got.Equal(c.read) {
				t.Errorf("the encapsulation is %v, want %v", got, c.read)
			}
			if got, want := toldEncap(t, h, c.kind == "ip6"), c.bytes(t, c.told); !bytes.Equal(got, want) {
				t.Errorf("the kernel tells\n%x, captured is\n%x", got, want)
			}
			if err := h.RouteDel(&routes[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

// toldEncap is the last RTA_ENCAP in the table of routes.
func toldEncap(t *testing.T, h *Handle, v6 bool) (encap []byte) {
	c, err := h.conn(uapi.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	m := uapi.Rtmsg{Family: uapi.AF_INET}
	if v6 {
		m.Family = uapi.AF_INET6
	}
	m.Put(r.Header(uapi.SizeofRtmsg))
	for m, err := range c.Dump(context.Background(), r) {
		if err != nil {
			t.Fatal(err)
		}
		for d := wire.NewDecoderAfter(m.Data, uapi.SizeofRtmsg); d.Next(); {
			if d.Type() == uapi.RTA_ENCAP {
				encap = d.Bytes()
			}
		}
	}
	return encap
}
