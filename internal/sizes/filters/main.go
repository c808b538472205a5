// Program filters lists the filters of a link.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.FilterList(&netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Index: 1}}, 0))
}
