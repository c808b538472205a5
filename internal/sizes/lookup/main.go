// Program lookup looks a link up.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.LinkByName("lo"))
}
