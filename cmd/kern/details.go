package main

import (
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
)

// detailErrors gives the libraries' errors all details, since people read them here.
func detailErrors() {
	_ = netlink.ConfigureHandle(netlink.HandleOptions{ErrorDetails: true}) // it refuses another namespace only
	nl.EnableErrorMessageReporting = true
	netns.ErrorDetails = true
}
