// Program ipsec lists the states of IPsec.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.XfrmStateList(netlink.FAMILY_ALL))
}
