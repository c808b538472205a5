package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RouteAdd makes a route: ip route add. It is an error if the table has one with
// the same destination, TOS and metric.
func (h *Handle) RouteAdd(route *Route) error {
	return h.routeChange("route add", uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, route)
}

// RouteAppend makes a route behind those with the same destination, TOS and
// metric; to an IPv6 route it adds its gateway as one more next hop: ip route
// append.
func (h *Handle) RouteAppend(route *Route) error {
	return h.routeChange("route append", uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_APPEND, route)
}

// RouteAddEcmp makes a route; to an IPv6 route that is there it adds its
// gateway as one more next hop.
func (h *Handle) RouteAddEcmp(route *Route) error {
	return h.routeChange("route add", uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE, route)
}

// RouteChange replaces a route that is there: ip route change.
func (h *Handle) RouteChange(route *Route) error {
	return h.routeChange("route change", uapi.RTM_NEWROUTE, uapi.NLM_F_REPLACE, route)
}

// RouteReplace makes a route, in place of one with the same destination, TOS
// and metric if that is there: ip route replace.
func (h *Handle) RouteReplace(route *Route) error {
	return h.routeChange("route replace", uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, route)
}

// RouteDel deletes the first route that matches the fields that are set: ip route del. Scope is
// compared as it is, 0 too; SCOPE_NOWHERE is any.
func (h *Handle) RouteDel(route *Route) error {
	return h.routeChange("route del", uapi.RTM_DELROUTE, 0, route)
}

func (h *Handle) routeChange(op string, typ, flags uint16, route *Route) error {
	r := wire.NewRequest(typ, flags)
	r.Fail(encodeRoute(r, typ, route))
	return h.execMany(r, op, func() string { return routeObject(route) }, routeOfRequest)
}

// routeOfRequest names the route that a request is about.
func routeOfRequest(data []byte) string {
	route, err := (&routeDecoder{}).decode(data)
	if err != nil {
		return err.Error() // our own encoder made it
	}
	if route.Table == uapi.RT_TABLE_MAIN {
		route.Table = 0 // goes without saying
	}
	return routeObject(&route)
}
