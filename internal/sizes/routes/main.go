// Program routes lists all routes.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.RouteList(nil, netlink.FAMILY_ALL))
}
