package netlink

// VirtWifi makes the Ethernet device ParentIndex look like a wireless one: ip link add link PARENT type virt_wifi
// (Linux 5.0).
type VirtWifi struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (v *VirtWifi) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "virt_wifi".
func (v *VirtWifi) Type() string { return "virt_wifi" }
