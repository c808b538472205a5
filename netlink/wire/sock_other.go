//go:build !linux

package wire

import "kern.sys/netns"

func openSocket(Config, netns.NsHandle, []uint32, bool) (Transport, bool, error) {
	return nil, false, ErrNotImplemented
}

func currentNetNS() (netns.NsHandle, error) { return netns.None(), ErrNotImplemented }

func dupNetNS(netns.NsHandle) (netns.NsHandle, error) { return netns.None(), ErrNotImplemented }

// IsInterrupted reports whether err is the kernel's EINTR for a dump.
func isInterrupted(error) bool { return false }
