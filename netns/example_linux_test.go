package netns_test

import (
	"fmt"
	"log"
	"net"
	"runtime"

	"kern.sys/netns"
)

// Go into a new network namespace and back by hand. [netns.Do] is simpler and safer for a namespace that exists.
func Example() {
	// Namespaces belong to threads: without the lock, the code below could go on on another one.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	origin, err := netns.Get()
	if err != nil {
		log.Fatal(err)
	}
	defer origin.Close()

	ns, err := netns.New() // and the thread is in it
	if err != nil {
		log.Fatal(err)
	}
	defer ns.Close()

	links, err := net.Interfaces()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("first of the new namespace:", links[0].Name, links[0].Flags)

	if err := netns.Set(origin); err != nil {
		log.Fatal(err)
	}
	links, err = net.Interfaces()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("first of the old one:", links[0].Name, links[0].Flags)
	// Output:
	// first of the new namespace: lo loopback
	// first of the old one: lo up|loopback|running
}

func ExampleDo() {
	ns, err := makeNamed("blue")
	if err != nil {
		log.Fatal(err)
	}
	defer ns.Close()
	defer netns.DeleteNamed("blue")

	err = netns.Do(ns, func() error {
		_, err := net.Dial("tcp", "127.0.0.1:80")
		return err
	})
	fmt.Println(err) // no link of "blue" is up
	// Output: dial tcp 127.0.0.1:80: connect: network is unreachable
}

// makeNamed makes a named namespace without staying in it, as "ip netns add" does.
func makeNamed(name string) (ns netns.NsHandle, err error) {
	origin, err := netns.Get()
	if err != nil {
		return netns.None(), err
	}
	defer origin.Close()
	err = netns.Do(origin, func() (err error) {
		ns, err = netns.NewNamed(name)
		return err
	})
	return ns, err
}
