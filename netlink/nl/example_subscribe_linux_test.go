package nl_test

import (
	"fmt"
	"log"
	"net"

	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
	"kern.sys/unix"
)

// News of addresses in a new namespace. New programs call netlink.AddrSubscribe, which goes on after lost events.
func ExampleSubscribeAt() {
	ns, err := netns.CreateUnnamed()
	if err != nil {
		log.Fatal(err)
	}
	defer ns.Close()
	news, err := nl.SubscribeAt(ns, netns.None(), unix.NETLINK_ROUTE, unix.RTNLGRP_IPV4_IFADDR)
	if err != nil {
		log.Fatal(err)
	}
	defer news.Close()

	h, err := netlink.NewHandleAt(ns)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	lo, err := h.LinkByName("lo")
	if err != nil {
		log.Fatal(err)
	}
	addr, err := netlink.ParseAddr("10.1.2.3/32")
	if err != nil {
		log.Fatal(err)
	}
	if err := h.AddrAdd(lo, addr); err != nil {
		log.Fatal(err)
	}

	messages, _, err := news.Receive()
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range messages {
		attrs, err := nl.ParseRouteAttrAsMap(m.Data[unix.SizeofIfAddrmsg:])
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Header.Type == unix.RTM_NEWADDR, net.IP(attrs[unix.IFA_LOCAL].Value))
	}
	// Output: true 10.1.2.3
}
