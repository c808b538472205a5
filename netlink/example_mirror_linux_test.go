package netlink_test

import (
	"context"
	"fmt"

	"kern.sys/netlink"
)

// A mirror answers from memory, and tells what changed since any snapshot.
func ExampleHandle_NewMirror() {
	m, err := netlink.NewMirror(context.Background(), netlink.LinkTable, netlink.RouteTable)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()

	before := m.Snapshot()
	br0 := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0", TxQLen: -1}}
	if err := netlink.LinkAdd(br0); err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := netlink.LinkDel(br0); err != nil {
			fmt.Println(err)
		}
	}()
	for ev, err := range m.Changes(context.Background(), before) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if ev, ok := ev.(netlink.LinkEvent); ok && ev.Old == nil {
			fmt.Println("new:", ev.New.Type(), ev.New.Attrs().Name)
			return
		}
	}
	// Output: new: bridge br0
}
