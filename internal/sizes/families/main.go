// Program families lists the families of generic netlink.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.GenlFamilyList())
}
