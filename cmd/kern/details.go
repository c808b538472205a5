package main

import (
	"kern.sys/netlink/nl"
	"kern.sys/netns"
)

// detailErrors makes the libraries' errors say all there is: people read them here.
func detailErrors() {
	nl.EnableErrorMessageReporting = true
	netns.ErrorDetails = true
}
