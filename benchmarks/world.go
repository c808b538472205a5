package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// prepare makes the pair of links that every world has, and what the workload needs.
func (w *world) prepare() error {
	// IPv6 would answer new links with addresses, routes and timers of its own.
	for _, which := range []string{"all", "default"} {
		err := os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	h, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	pair := &netlink.Veth{LinkAttrs: netlink.NewLinkAttrs(), PeerName: "other"}
	pair.Name = "bench"
	if err := h.LinkAdd(pair); err != nil {
		return err
	}
	w.link = pair.Index
	other, err := h.LinkByName("other")
	if err != nil {
		return err
	}
	w.other = other.Attrs().Index
	// The kernel takes no gateway before there is a table of local routes: the
	// address that "lo" gets by itself makes one, and takes its routes along.
	lo := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: 1}}
	home := &netlink.Addr{IPNet: ipNet(netip.MustParsePrefix("127.0.0.1/8"))}
	if err := join(h.LinkSetUp(pair), h.LinkSetUp(other), h.LinkSetUp(lo), h.AddrDel(lo, home)); err != nil {
		return err
	}
	if w.setup == nil {
		return nil
	}
	return w.setup(w)
}

// errLacks says that this kernel, or this user, cannot have what a workload needs: nothing is measured.
var errLacks = errors.New("not possible here")

// inBatches queues n changes and sends them, many at once.
func inBatches(n int, queue func(b *netlink.Batch, i int) error) error {
	h, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	b := h.NewBatch()
	for i := range n {
		if err := queue(b, i); err != nil {
			return err
		}
		if b.Len() == 1024 || i == n-1 {
			if err := join(b.Flush()...); err != nil {
				return err
			}
		}
	}
	return nil
}

// prefix is the destination of route i: networks of 256 addresses from 20.0.0.0
// on.
func prefix(i int) netip.Prefix {
	n := 20<<24 + i<<8
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8)}), 24)
}

// number is the route that a destination is of.
func number(ip net.IP) int {
	ip = ip.To4()
	return int(ip[0])<<16 + int(ip[1])<<8 + int(ip[2]) - 20<<16
}

// gateway is where all routes go to.
var gateway = netip.AddrFrom4([4]byte{192, 0, 2, 1})

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// kernRoute is route i for this module.
func kernRoute(w *world, i int) *netlink.Route {
	return &netlink.Route{Dst: ipNet(prefix(i)), Gw: gateway.AsSlice(), LinkIndex: w.link,
		Flags: int(netlink.FLAG_ONLINK)}
}

func addRoutes(w *world) error {
	return inBatches(w.n, func(b *netlink.Batch, i int) error { return b.RouteAdd(kernRoute(w, i)) })
}

// dropRoutes deletes all routes: the kernel does when their link goes down.
func dropRoutes(w *world) error {
	h, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	link := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: w.link}}
	return join(h.LinkSetDown(link), h.LinkSetUp(link))
}

// checkRoutes counts the routes that were added, and deletes them.
func checkRoutes(w *world) error {
	s, err := openRaw(w, true)
	if err != nil {
		return err
	}
	defer w.closeLast()
	n, err := s.dump(routeDump())
	if err == nil && n != w.n {
		err = fmt.Errorf("the kernel has %d routes, want %d", n, w.n)
	}
	return join(err, dropRoutes(w))
}

// closeLast does now what was registered last.
func (w *world) closeLast() {
	last := len(w.closers) - 1
	w.closers[last]()
	w.closers = w.closers[:last]
}
