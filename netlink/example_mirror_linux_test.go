package netlink_test

import (
	"context"
	"fmt"
	"log"

	"kern.sys/netlink"
)

// A mirror answers from memory, and reports the changes since any snapshot.
func ExampleHandle_NewMirror() {
	ctx := context.Background()
	m, err := netlink.NewMirror(ctx, netlink.LinkTable, netlink.RouteTable)
	if err != nil {
		log.Fatal(err)
	}

	before := m.Snapshot()
	br0 := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0", TxQLen: -1}}
	if err := netlink.LinkAdd(br0); err != nil {
		log.Fatal(err)
	}
	for ev, err := range m.Changes(ctx, before) {
		if err != nil {
			log.Fatal(err)
		}
		if ev, ok := ev.(netlink.LinkEvent); ok && ev.Old == nil {
			fmt.Println("new:", ev.New.Type(), ev.New.Attrs().Name)
			break
		}
	}
	if err := netlink.LinkDel(br0); err != nil {
		log.Fatal(err)
	}
	if err := m.Close(); err != nil {
		log.Fatal(err)
	}
	// Output: new: bridge br0
}
