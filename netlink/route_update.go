package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RouteUpdate is a change of a route.
type RouteUpdate struct {
	Type uint16 // RTM_NEWROUTE, RTM_DELROUTE
	Route
	// NlFlags says how a new route came to be, of NLM_F_REPLACE, NLM_F_EXCL,
	// NLM_F_CREATE and NLM_F_APPEND.
	NlFlags uint16
}

const changeFlags = uapi.NLM_F_REPLACE | uapi.NLM_F_EXCL | uapi.NLM_F_CREATE | uapi.NLM_F_APPEND

// decodeUpdate reads a notification, or an answer to a dump.
func (s *routeDecoder) decodeUpdate(m wire.Message) (u RouteUpdate, want bool, err error) {
	if m.Type != uapi.RTM_NEWROUTE && m.Type != uapi.RTM_DELROUTE || !isRoute(m.Data) {
		return u, false, nil
	}
	u.Type, u.NlFlags = m.Type, m.Flags&changeFlags
	if m.Type == uapi.RTM_DELROUTE {
		u.NlFlags = 0 // these bits mean something else there
	}
	u.Route, err = s.decode(m.Data)
	return u, err == nil && u.Route.Flags&uapi.RTM_F_CLONED == 0, err
}
