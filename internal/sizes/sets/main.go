// Program sets lists all sets of addresses.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.IpsetListAll())
}
