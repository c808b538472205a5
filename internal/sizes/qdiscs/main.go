// Program qdiscs lists all queueing disciplines.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.QdiscList(nil))
}
