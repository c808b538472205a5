//go:build !linux

package ip

import (
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// originSocket exists on Linux only.
type originSocket struct{ wire.Transport }

func newOriginSocket(netns.NsHandle, Source, int, []uint32) (*originSocket, error) {
	return nil, netns.ErrNotImplemented
}

func (*originSocket) Origin() Origin { return Origin{} }
