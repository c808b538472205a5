package netlink_test

import (
	"fmt"
	"log"

	"kern.sys/netlink"
)

// Links one by one, without an allocation for each: ip link show.
func ExampleHandle_LinkEntries() {
	h, err := netlink.NewHandle()
	if err != nil {
		log.Fatal(err)
	}
	for e, err := range h.LinkEntries(netlink.LinkFilter{}) {
		if err != nil {
			log.Fatal(err)
		}
		if e.EncapType() == "loopback" {
			fmt.Println(e.Index, e.Name(), e.MTU)
		}
	}
	if err := h.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1 lo 65536
}
