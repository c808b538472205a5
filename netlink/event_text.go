package netlink

import (
	"fmt"
	"strings"
)

// eventText is an event in words: the new state, the old state, or both.
func eventText[T any](what string, old, new *T, text func(*T) string) string {
	switch {
	case old == nil && new == nil:
		return what
	case old == nil:
		return what + " " + text(new)
	case new == nil:
		return what + " gone: " + text(old)
	case text(old) == text(new):
		return what + " " + text(new) + " changed"
	}
	return what + " " + text(new) + ", was " + text(old)
}

// linkText is a link in an event.
func linkText(l *Link) string {
	if noLink(*l) {
		return "nil"
	}
	a := (*l).Attrs()
	return fmt.Sprintf("%d: %s %s <%s> mtu %d state %s", a.Index, a.Name, (*l).Type(), a.Flags, a.MTU, a.OperState)
}

// orNil is a pointer to a link, nil where there is none.
func orNil(l Link) *Link {
	if noLink(l) {
		return nil
	}
	return &l
}

// String describes the event in one line. So do the methods of the other events.
func (e LinkEvent) String() string { return eventText("link", orNil(e.Old), orNil(e.New), linkText) }

// String describes the event in one line.
func (e AddrEvent) String() string {
	return eventText("address", e.Old, e.New, func(a *Addr) string { return fmt.Sprintf("%s link %d", a, a.LinkIndex) })
}

// String describes the event in one line.
func (e NeighEvent) String() string {
	return eventText("neighbour", e.Old, e.New, func(n *Neigh) string {
		return fmt.Sprintf("%s state %#x", n.object(), n.State)
	})
}

// String describes the event in one line.
func (e RouteEvent) String() string { return eventText("route", e.Old, e.New, routeObject) }

// String describes the event in one line.
func (e RuleEvent) String() string {
	return eventText("rule", e.Old, e.New, func(r *Rule) string { return strings.TrimSpace(r.String()) })
}

// String describes the event in one line.
func (e NexthopEvent) String() string { return eventText("next hop", e.Old, e.New, nexthopObject) }

// String describes the event in one line.
func (e BridgePortEvent) String() string {
	text := fmt.Sprintf("port %d: %s of bridge %d", e.LinkIndex, e.Name, e.MasterIndex)
	switch {
	case e.Gone:
		return text + " gone"
	case e.Port != nil && e.Port.State != nil:
		return fmt.Sprintf("%s state %d", text, *e.Port.State)
	}
	return text
}

// String describes the neighbour that is sought.
func (e NeighMissEvent) String() string {
	if e.Neigh == nil {
		return "miss"
	}
	return "miss " + e.Neigh.object()
}

// String describes the event in one line.
func (e NexthopBucketEvent) String() string {
	return fmt.Sprintf("next hop group %d bucket %d to %d", e.Group, e.Bucket, e.ID)
}

// String returns the error.
func (e LostEvent) String() string { return fmt.Sprintf("events lost: %v", e.Err) }

// String returns "synced".
func (SyncedEvent) String() string { return "synced" }

// String returns how many objects of each sort there are.
func (s *Snapshot) String() string {
	words := make([]string, len(s.parts))
	for i := range s.parts {
		words[i] = fmt.Sprintf("%d %s", s.parts[i].len(), s.parts[i].name)
	}
	return "snapshot of " + strings.Join(words, ", ")
}

// String returns how many objects of each sort there are now.
func (m *Mirror) String() string {
	return strings.Replace(m.Snapshot().String(), "snapshot", "mirror", 1)
}
