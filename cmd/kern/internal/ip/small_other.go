//go:build !linux

package ip

import (
	"os"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netns"
)

func addTuntap(*cli.Command, *tuntapWords) error    { return netns.ErrNotImplemented }
func deleteTuntap(*cli.Command, *tuntapWords) error { return netns.ErrNotImplemented }

func execVRF(*cli.Command) error { return netns.ErrNotImplemented }

func needCgroups() (string, error) { return "", netns.ErrNotImplemented }

func openProcNet(*cli.Command, string) (*os.File, error) { return nil, netns.ErrNotImplemented }

func changeMaddr(*cli.Command, int, string, []byte, bool) error { return netns.ErrNotImplemented }

func tunnelIoctl(*cli.Command, int, uint32, string, []byte) error { return netns.ErrNotImplemented }

// isGone is never asked: nothing is deleted here.
func isGone(error) bool { return false }

// isNoDevice is never asked: no kernel has links here.
func isNoDevice(error) bool { return false }
