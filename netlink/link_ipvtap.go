package netlink

import "kern.sys/netlink/desc"

// IPVtap is an [IPVlan] that also has a character device, /dev/tapINDEX, to read
// and write frames: ip link add link PARENT type ipvtap (Linux 4.12).
type IPVtap struct {
	IPVlan
}

// Attrs returns the attributes that all kinds have.
func (v *IPVtap) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "ipvtap".
func (v IPVtap) Type() string { return "ipvtap" }

func (*IPVtap) describe() desc.Kind { return desc.Kind{Fields: ipvlanFields, Help: ipvlanHelp} }
