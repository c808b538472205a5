package netlink_test

import (
	"errors"
	"fmt"
	"log"
	"os"

	"kern.sys/netlink"
	"kern.sys/netns"
)

// A new namespace gets a bridge with an address: ip -n blue link add br0 type bridge; ip -n blue addr add … dev br0.
func Example() {
	if err := bridgeIn("blue"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 192.0.2.1/24
}

func bridgeIn(name string) (err error) {
	ns, err := netns.Create(name)
	if err != nil {
		return err
	}
	defer closing(&err, ns.Close)
	defer closing(&err, func() error { return netns.DeleteNamed(name) })
	h, err := netlink.NewHandleAt(ns)
	if err != nil {
		return err
	}
	defer closing(&err, h.Close)

	attrs := netlink.NewLinkAttrs()
	attrs.Name = "br0"
	br0 := &netlink.Bridge{LinkAttrs: attrs}
	if err := h.LinkAdd(br0); err != nil {
		return err
	}
	addr, err := netlink.ParseAddr("192.0.2.1/24")
	if err != nil {
		return err
	}
	if err := h.AddrAdd(br0, addr); err != nil {
		return err
	}
	if err := h.LinkSetUp(br0); err != nil {
		return err
	}
	for addr, err := range h.AddrSeq(br0, netlink.FAMILY_V4) {
		if err != nil {
			return err
		}
		fmt.Println(addr.IPNet)
	}
	return nil
}

// closing calls end, and returns its error in err where nothing failed before.
func closing(err *error, end func() error) {
	if e := end(); *err == nil {
		*err = e
	}
}

// By default an error is a bare number. With details it names the operation and the object.
func ExampleHandleOptions() {
	h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
	if err != nil {
		log.Fatal(err)
	}
	err = h.LinkDel(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "nosuch"}})
	fmt.Println(err)
	if err := h.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// link del "nosuch": no such device
}

// Many changes are sent together. Each has its own error.
func ExampleHandle_NewBatch() {
	h, err := netlink.NewHandle()
	if err != nil {
		log.Fatal(err)
	}
	b := h.NewBatch()
	for _, name := range []string{"br7", "br8", "br7"} {
		if err := b.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: name, TxQLen: -1}}); err != nil {
			log.Fatal(err)
		}
	}
	for i, err := range b.Flush() {
		fmt.Println(i, err)
	}
	for _, name := range []string{"br7", "br8"} {
		if err := h.LinkDel(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: name}}); err != nil {
			log.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 2 link add "br7" type bridge: file exists
}

// A link that does not exist is a LinkNotFoundError, which matches os.ErrNotExist.
func ExampleLinkByName() {
	_, err := netlink.LinkByName("nosuch")
	_, notFound := err.(netlink.LinkNotFoundError)
	fmt.Println(err, notFound, errors.Is(err, os.ErrNotExist))
	// Output:
	// Link not found true true
}
