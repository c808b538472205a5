package netns_test

import (
	"errors"
	"fmt"
	"log"
	"net"
	"runtime"

	"kern.sys/netns"
)

// Go into a new network namespace and back by hand. [netns.Create] and [netns.Do] are simpler and safer.
func Example() {
	// Namespaces belong to threads: without the lock, the code below could go on on another one.
	runtime.LockOSThread()
	origin, err := netns.Get()
	if err != nil {
		log.Fatal(err)
	}
	ns, err := netns.New() // and the thread is in it
	if err != nil {
		log.Fatal(err)
	}
	links, err := net.Interfaces()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("first of the new namespace:", links[0].Name, links[0].Flags)

	if err := netns.Set(origin); err != nil {
		log.Fatal(err)
	}
	runtime.UnlockOSThread() // only now that it is back
	links, err = net.Interfaces()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("first of the old one:", links[0].Name, links[0].Flags)

	if err := errors.Join(ns.Close(), origin.Close()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// first of the new namespace: lo loopback
	// first of the old one: lo up|loopback|running
}

// Make a named network namespace, as "ip netns add blue" does, and remove it. The calling thread stays where it is.
func ExampleCreate() {
	ns, err := netns.Create("blue")
	if err != nil {
		log.Fatal(err)
	}
	names, err := netns.List()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(names)

	if err := errors.Join(netns.DeleteNamed("blue"), ns.Close()); err != nil {
		log.Fatal(err)
	}
	// Output: [blue]
}

// Work in a network namespace that has no name: it ends with its handle.
func ExampleDo() {
	ns, err := netns.CreateUnnamed()
	if err != nil {
		log.Fatal(err)
	}
	err = netns.Do(ns, func() error {
		links, err := net.Interfaces()
		if err != nil {
			return err
		}
		fmt.Println(links[0].Name, links[0].Flags) // not up yet
		return nil
	})
	if err := errors.Join(err, ns.Close()); err != nil {
		log.Fatal(err)
	}
	// Output: lo loopback
}
