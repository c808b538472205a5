package netlink

import "kern.sys/netlink/desc"

// Macvtap is a [Macvlan] that also has a character device, /dev/tapINDEX, to
// read and write frames: ip link add link PARENT type macvtap.
type Macvtap struct {
	Macvlan
}

// Type returns "macvtap".
func (m Macvtap) Type() string { return "macvtap" }

func (*Macvtap) describe() desc.Kind { return macvlanDescription }
