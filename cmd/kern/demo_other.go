//go:build !linux

package main

import "kern.sys/netlink"

func demoUsage() string {
	return `demo
`
}

func runDemo(*command) error { return netlink.ErrNotImplemented }
