package netlink_test

import (
	"fmt"
	"log"

	"kern.sys/netlink"
)

// A new bridge "foo" becomes the master of eth1: ip link add foo type bridge;
// ip link set eth1 master foo.
func Example_bridge() {
	defer makeEth1()()

	la := netlink.NewLinkAttrs()
	la.Name = "foo"
	mybridge := &netlink.Bridge{LinkAttrs: la}
	if err := netlink.LinkAdd(mybridge); err != nil {
		log.Fatalf("could not add %s: %v", la.Name, err)
	}
	eth1, err := netlink.LinkByName("eth1")
	if err != nil {
		log.Fatal(err)
	}
	if err := netlink.LinkSetMaster(eth1, mybridge); err != nil {
		log.Fatal(err)
	}

	foo, err := netlink.LinkByName("foo")
	if err != nil {
		log.Fatal(err)
	}
	eth1, err = netlink.LinkByName("eth1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(foo.Type(), foo.Attrs().Name)
	fmt.Println("master of eth1 is foo:", eth1.Attrs().MasterIndex == foo.Attrs().Index)
	// Output:
	// bridge foo
	// master of eth1 is foo: true
}

// makeEth1 makes what the example takes for granted, in the namespace that
// the tests of this package have to themselves, and returns what removes it.
func makeEth1() (remove func()) {
	veth := netlink.NewVeth(netlink.LinkAttrs{Name: "eth1", TxQLen: -1})
	veth.PeerName = "far1"
	if err := netlink.LinkAdd(veth); err != nil {
		fmt.Println(err)
	}
	return func() {
		for _, name := range []string{"foo", "eth1"} {
			link, err := netlink.LinkByName(name)
			if err == nil {
				err = netlink.LinkDel(link)
			}
			if err != nil {
				fmt.Println(err)
			}
		}
	}
}
