// Program devices lists the devices of devlink.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.DevLinkGetDeviceList())
}
