//go:build linux

// Program watch prints what happens to links, until it has subscribed.
package main

import (
	"fmt"

	"kern.sys/netlink"
)

func main() {
	updates, done := make(chan netlink.LinkUpdate), make(chan struct{})
	fmt.Println(netlink.LinkSubscribe(updates, done))
	close(done)
	for u := range updates {
		fmt.Println(u.Link)
	}
}
