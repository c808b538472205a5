package netlink_test

import (
	"fmt"

	"kern.sys/netlink"
)

// The loopback link gets a second address: ip addr add 169.254.169.254/32 dev lo.
func Example_addr() {
	lo, _ := netlink.LinkByName("lo")
	addr, _ := netlink.ParseAddr("169.254.169.254/32")
	netlink.AddrAdd(lo, addr)

	addrs, err := netlink.AddrList(lo, netlink.FAMILY_V4)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range addrs {
		fmt.Println(a)
	}
	if err := netlink.AddrDel(lo, addr); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 127.0.0.1/8 lo
	// 169.254.169.254/32 lo
}
