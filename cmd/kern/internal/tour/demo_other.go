//go:build !linux

package tour

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
)

// Usage is the grammar of "demo".
func Usage() string {
	return `demo
`
}

// Run says that the tour is for Linux.
func Run(*cli.Command) error { return netlink.ErrNotImplemented }
