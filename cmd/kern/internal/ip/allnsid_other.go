//go:build !linux

package ip

import (
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// allNSID exists on Linux only.
type allNSID struct{ wire.Transport }

func newAllNSID(netns.NsHandle, int, int, []uint32) (*allNSID, error) {
	return nil, netns.ErrNotImplemented
}

// NSID is where the datagram received last comes from.
func (a *allNSID) NSID() int { return currentNSID }
