//go:build !linux

package tc

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netns"
)

func runExec(*cli.Command) error { return netns.ErrNotImplemented }
