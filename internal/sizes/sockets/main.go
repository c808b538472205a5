// Program sockets lists the sockets of TCP.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	fmt.Println(netlink.SocketDiagTCPInfo(netlink.FAMILY_V4))
}
