package tc

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// setIndex finds a set of ipset(8) by its name.
func setIndex(name string) (uint16, error) {
	h, err := netlink.NewHandle(uapi.NETLINK_NETFILTER)
	if err != nil {
		return 0, err
	}
	defer h.Close()
	return h.IpsetIndex(name)
}

// setName is the name of a set, "" where it is not found.
func setName(index uint16) string {
	h, err := netlink.NewHandle(uapi.NETLINK_NETFILTER)
	if err != nil {
		return ""
	}
	defer h.Close()
	name, err := h.IpsetName(index)
	if err != nil {
		return ""
	}
	return name
}
