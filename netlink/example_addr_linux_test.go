package netlink_test

import (
	"fmt"
	"log"

	"kern.sys/netlink"
)

// The loopback link gets a second address: ip addr add 169.254.169.254/32 dev lo.
func Example_addr() {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		log.Fatal(err)
	}
	addr, err := netlink.ParseAddr("169.254.169.254/32")
	if err != nil {
		log.Fatal(err)
	}
	if err := netlink.AddrAdd(lo, addr); err != nil {
		log.Fatal(err)
	}

	addrs, err := netlink.AddrList(lo, netlink.FAMILY_V4)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range addrs {
		fmt.Println(a)
	}
	if err := netlink.AddrDel(lo, addr); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 127.0.0.1/8 lo
	// 169.254.169.254/32 lo
}
