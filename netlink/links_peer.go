package netlink

import (
	"fmt"

	"kern.sys/netns"
)

// paired is a link that is made with another one, which its errors name, too: a name that is taken may be that.
type paired interface{ peerObject() string }

// peerObjectOf is what an error says of the other end of a pair.
func peerObjectOf(name string, namespace any) string {
	text := " peer"
	if name != "" {
		text += fmt.Sprintf(" %.128q", name)
	}
	switch ns := namespace.(type) {
	case NsPid:
		text += fmt.Sprintf(" in the network namespace of process %d", int(ns))
	case NsFd:
		text += fmt.Sprintf(" in %v", netns.NsHandle(ns))
	case netns.NsHandle:
		text += fmt.Sprintf(" in %v", ns)
	}
	return text
}
