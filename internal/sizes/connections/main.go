// Program connections lists the connections that the kernel tracks.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.ConntrackTableList(netlink.ConntrackTable, netlink.FAMILY_V4))
}
