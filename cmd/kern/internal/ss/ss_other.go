//go:build !linux

// Package ss is the program ss(8), which shows sockets of Linux.
package ss

import (
	"fmt"
	"io"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
)

// Run says that this system has no such sockets.
func Run(_ []string, _, stderr io.Writer) int {
	fmt.Fprintln(stderr, "ss:", netlink.ErrNotImplemented)
	return cli.StatusFailed
}

// Object is the program as an object of kern: kern ss.
func Object() cli.Object {
	return cli.Object{Name: "ss", Brief: "sockets, as ss(8) shows them", Usage: func() string { return "ss" },
		Run: func(*cli.Command) error {
			return cli.Exit(cli.StatusFailed, "ss: %v", netlink.ErrNotImplemented)
		}}
}
