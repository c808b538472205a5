package ip

import (
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
)

// kindFields describes the attributes of a kind of link; nil where it is not known.
func kindFields(kind string) *desc.Kind { return netlink.DescribeLink(kind) }

// portFields describes the attributes of ports of a kind of link; nil where they have none.
func portFields(kind string) *desc.Kind { return netlink.DescribeLinkPort(kind) }

// kindNames are the kinds that are known by more than their name.
func kindNames() []string { return netlink.LinkKinds() }
