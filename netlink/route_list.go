package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RouteList returns the routes of the main table that leave by link, or all of
// the main table if link is nil: ip route show. family is FAMILY_V4,
// FAMILY_V6, FAMILY_MPLS or FAMILY_ALL. A link that is gone has none. Routes with several next hops are of no
// one link. See [ErrDumpInterrupted].
func (h *Handle) RouteList(link Link, family int) ([]Route, error) {
	filter, mask, err := h.routesOf(link)
	if err != nil {
		return nil, withoutLink(h.wrap(err, "route list", noObject))
	}
	return h.RouteListFiltered(family, filter, mask)
}

// RouteListFiltered returns the routes that have the fields of filter that mask
// (RT_FILTER_…) names. Without RT_FILTER_TABLE those are of the main table; with
// it, a Table of 0 is all tables. With RT_FILTER_DST a Dst of nil is the default
// route. Cached routes are left out, unless RTM_F_CLONED of the filter's Flags
// asks for nothing else. A nil filter is an empty one.
func (h *Handle) RouteListFiltered(family int, filter *Route, filterMask uint64) ([]Route, error) {
	f := newRouteFilter(family, filter, filterMask)
	routes, err := fill(h.withDetails(), f.request(h.strict()), "route list", f.decoder())
	if nothingThere(err) {
		return nil, nil
	}
	return routes, h.wrap(err, "route list", noObject)
}

// RouteListFilteredIter calls f for each route of [Handle.RouteListFiltered] as
// it comes, until f returns false. An interrupted dump is not restarted.
func (h *Handle) RouteListFilteredIter(family int, filter *Route, filterMask uint64, f func(Route) (cont bool)) error {
	for route, err := range h.RouteSeqFiltered(family, filter, filterMask) {
		if err != nil {
			return h.wrap(err, "route list", noObject)
		}
		if !f(route) {
			return nil
		}
	}
	return nil
}

// RouteSeq gives the routes of [Handle.RouteList] as they come. The last pair
// holds the error, if there is one.
func (h *Handle) RouteSeq(link Link, family int) iter.Seq2[Route, error] {
	return func(yield func(Route, error) bool) {
		filter, mask, err := h.routesOf(link)
		if err != nil {
			if withoutLink(err) != nil {
				yield(Route{}, wire.Annotate(err, "route list", noObject))
			}
			return
		}
		h.RouteSeqFiltered(family, filter, mask)(yield)
	}
}

// RouteSeqFiltered gives the routes of [Handle.RouteListFiltered] as they come.
// The last pair holds the error, if there is one.
func (h *Handle) RouteSeqFiltered(family int, filter *Route, filterMask uint64) iter.Seq2[Route, error] {
	f := newRouteFilter(family, filter, filterMask)
	return func(yield func(Route, error) bool) {
		stream(h, h.routeRequest(f), "route list", f.decoder(), nothingThere)(yield) // a decoder each time
	}
}

// routesOf returns the filter for the routes of a link.
func (h *Handle) routesOf(link Link) (*Route, uint64, error) {
	if link == nil {
		return nil, 0, nil
	}
	index, err := h.linkIndex(link)
	return &Route{LinkIndex: index}, RT_FILTER_OIF, err
}

// strict reports whether the kernel selects what a dump asks for.
func (h *Handle) strict() bool {
	c, err := h.conn(uapi.NETLINK_ROUTE)
	return err == nil && c.Strict() // the dump itself reports err
}

// routeRequest returns what makes the request of a list.
func (h *Handle) routeRequest(f *routeFilter) func() (*wire.Request, error) {
	return func() (*wire.Request, error) { return f.request(h.strict()), nil }
}

// decoder returns the decoder of one dump.
func (f *routeFilter) decoder() func(wire.Message, *Route) (want bool, err error) {
	var s routeDecoder
	var e RouteEntry
	return func(m wire.Message, route *Route) (want bool, err error) {
		if want, err = f.decode(m, &e); want {
			err = s.fill(route, &e)
		}
		return want && err == nil, err
	}
}
