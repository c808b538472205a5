package netlink

import (
	"strconv"

	"kern.sys/internal/uapi"
)

// RouteProtocol says who made a route (RTPROT_…): the proto of ip route.
type RouteProtocol int

// String returns the protocol's name, or its number if it has none.
func (p RouteProtocol) String() string {
	switch p {
	case uapi.RTPROT_UNSPEC:
		return "unspec"
	case uapi.RTPROT_REDIRECT:
		return "redirect"
	case uapi.RTPROT_KERNEL:
		return "kernel"
	case uapi.RTPROT_BOOT:
		return "boot"
	case uapi.RTPROT_STATIC:
		return "static"
	case uapi.RTPROT_GATED:
		return "gated"
	case uapi.RTPROT_RA:
		return "ra"
	case uapi.RTPROT_MRT:
		return "mrt"
	case uapi.RTPROT_ZEBRA:
		return "zebra"
	case uapi.RTPROT_BIRD:
		return "bird"
	case uapi.RTPROT_DNROUTED:
		return "dnrouted"
	case uapi.RTPROT_XORP:
		return "xorp"
	case uapi.RTPROT_NTK:
		return "ntk"
	case uapi.RTPROT_DHCP:
		return "dhcp"
	case uapi.RTPROT_MROUTED:
		return "mrouted"
	case uapi.RTPROT_KEEPALIVED:
		return "keepalived"
	case uapi.RTPROT_BABEL:
		return "babel"
	case uapi.RTPROT_OVN:
		return "ovn"
	case uapi.RTPROT_OPENR:
		return "openr"
	case uapi.RTPROT_BGP:
		return "bgp"
	case uapi.RTPROT_ISIS:
		return "isis"
	case uapi.RTPROT_OSPF:
		return "ospf"
	case uapi.RTPROT_RIP:
		return "rip"
	case uapi.RTPROT_EIGRP:
		return "eigrp"
	}
	return strconv.Itoa(int(p))
}
