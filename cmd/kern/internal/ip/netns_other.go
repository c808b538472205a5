//go:build !linux

package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netns"
)

func execNetns(*cli.Command) error    { return netns.ErrNotImplemented }
func monitorNetns(*cli.Command) error { return netns.ErrNotImplemented }
