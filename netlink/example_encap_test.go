package netlink_test

import (
	"fmt"
	"net"

	"kern.sys/netlink"
)

// One of a hundred packets is traced on its way:
// ip -6 route add fd00:9::/32 encap ioam6 freq 1/100 mode encap tundst fd00::9 trace prealloc … dev eth0.
func ExampleIOAM6Encap() {
	route := netlink.Route{
		LinkIndex: 2,
		Dst:       &net.IPNet{IP: net.ParseIP("fd00:9::"), Mask: net.CIDRMask(32, 128)},
		Encap: &netlink.IOAM6Encap{
			FreqK: 1, FreqN: 100, Mode: netlink.IOAM6_IPTUNNEL_MODE_ENCAP, Dst: net.ParseIP("fd00::9"),
			TraceType: 1<<23 | 1<<22, // hop limit and node, links in and out
			Namespace: 123, Size: 64,
		},
	}
	fmt.Println(route.Encap) // netlink.RouteAdd(&route) adds it
	// Output:
	// freq 1/100 mode encap tundst fd00::9 trace prealloc type 0xc00000 ns 123 size 64
}

// Packets to fd00:9::2000:0:0:1 go to fd00:1:2:3:2000:0:0:1.
func ExampleILAEncap() {
	e := &netlink.ILAEncap{Locator: 0xfd00000100020003, CsumMode: new(netlink.ILA_CSUM_NEUTRAL_MAP_AUTO)}
	fmt.Println(e)
	// Output:
	// fd00:1:2:3 csum-mode neutral-map-auto ident-type use-format hook-type output
}
