package main

import (
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
)

// detailErrors makes the libraries' errors say all there is: people read them here.
func detailErrors() {
	_ = netlink.ConfigureHandle(netlink.HandleOptions{ErrorDetails: true}) // it refuses another namespace only
	nl.EnableErrorMessageReporting = true
	netns.ErrorDetails = true
}
