package netlink_test

import (
	"fmt"

	"kern.sys/netlink"
)

// Links one by one, without an allocation for each: ip link show.
func ExampleHandle_LinkEntries() {
	h, err := netlink.NewHandle()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	for e, err := range h.LinkEntries(netlink.LinkFilter{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if e.EncapType() == "loopback" {
			fmt.Println(e.Index, e.Name(), e.MTU)
		}
	}
	// Output:
	// 1 lo 65536
}
