// Readme is the program that README.md shows: it is compiled and run as it stands there.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"kern.sys/netlink"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := show(ctx); err != nil {
		log.Fatal(err)
	}
}

func show(ctx context.Context) error {
	h, err := netlink.NewHandle()
	if err != nil {
		return err
	}
	defer h.Close()
	for route, err := range h.RouteSeq(nil, netlink.FAMILY_V4) { // streamed, not collected
		if err != nil {
			return err
		}
		fmt.Println(route)
	}
	for e, err := range h.LinkEntries(netlink.LinkFilter{}) { // small values, without an allocation for each
		if err != nil {
			return err
		}
		fmt.Println(e.Index, e.Name(), e.MTU)
	}
	eth0, err := h.WithContext(ctx).LinkByName("eth0") // one request, that ends with ctx
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	b := h.NewBatch() // many changes, few system calls, an error for each
	for _, address := range []string{"192.0.2.1/24", "2001:db8::1/64"} {
		addr, err := netlink.ParseAddr(address)
		if err != nil {
			return err
		}
		b.AddrReplace(eth0, addr)
	}
	if err := errors.Join(b.Flush()...); err != nil {
		return err
	}
	m, err := h.NewMirror(ctx, netlink.AddrTable) // a copy in memory that follows the kernel
	if err != nil {
		return err
	}
	for addr := range m.Snapshot().Addrs() {
		fmt.Println(addr)
	}
	return m.Close()
}
