package netlink_test

import (
	"fmt"
	"net"
	"net/netip"

	"kern.sys/netlink"
	"kern.sys/unix"
)

// All connections of a service's address that have one of its old backends are deleted, however many there are.
func ExampleHandle_ConntrackDeleteMatching() {
	h, err := netlink.NewHandle(unix.NETLINK_NETFILTER)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	service := netlink.ConntrackQuery{
		Family: netlink.FAMILY_V4,
		Original: netlink.ConntrackTupleQuery{
			Protocol: unix.IPPROTO_UDP, Dst: netip.MustParsePrefix("10.96.0.10/32"), DstPort: 53,
		},
	}
	gone := map[netip.Addr]bool{netip.MustParseAddr("10.244.1.7"): true}
	n, err := h.ConntrackDeleteMatching(service, func(e *netlink.ConntrackEntry) bool { return gone[e.Reply.Src] })
	fmt.Println(n, err)
	// Output: 0 <nil>
}

// A set is filled in few system calls.
func ExampleHandle_IpsetAdd() {
	h, err := netlink.NewHandle(unix.NETLINK_NETFILTER)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	b := h.NewBatch()
	b.IpsetCreate("blocked", "hash:ip", netlink.IpsetCreateOptions{})
	for i := range 1000 {
		b.IpsetAdd("blocked", &netlink.IPSetEntry{IP: net.IP{10, 0, byte(i >> 8), byte(i)}})
	}
	fmt.Println(b.Flush())
}

// Listeners on ports below 1024: ss -tln '( sport < :1024 )'.
func ExampleHandle_SocketEntries() {
	h, err := netlink.NewHandle(unix.NETLINK_SOCK_DIAG)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	q := netlink.SocketQuery{
		Protocol: unix.IPPROTO_TCP, States: 1 << netlink.TCP_LISTEN, Filter: netlink.SocketSourcePorts(1, 1023),
	}
	for e, err := range h.SocketEntries(q) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.Source, e.INode)
	}
	// Output:
}
