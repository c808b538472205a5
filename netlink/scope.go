package netlink

import "kern.sys/internal/uapi"

// Scope says how far away a route's destinations, or the use of an address, may
// be (RT_SCOPE_…): the scope of ip route and ip address. IPv6 routes have none.
type Scope uint8

// The scopes that the kernel names; those between are for its user to define.
const (
	SCOPE_UNIVERSE Scope = uapi.RT_SCOPE_UNIVERSE // anywhere, the default
	SCOPE_SITE     Scope = uapi.RT_SCOPE_SITE     // within one's own system
	SCOPE_LINK     Scope = uapi.RT_SCOPE_LINK     // on a link that the host is attached to
	SCOPE_HOST     Scope = uapi.RT_SCOPE_HOST     // the host itself
	SCOPE_NOWHERE  Scope = uapi.RT_SCOPE_NOWHERE  // not reachable; in RouteDel: of any scope
)

// String returns the scope's name, "unknown" for one that has none.
func (s Scope) String() string {
	switch s {
	case SCOPE_UNIVERSE:
		return "universe"
	case SCOPE_SITE:
		return "site"
	case SCOPE_LINK:
		return "link"
	case SCOPE_HOST:
		return "host"
	case SCOPE_NOWHERE:
		return "nowhere"
	}
	return "unknown"
}
