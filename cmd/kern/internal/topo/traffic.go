package topo

import (
	"fmt"
	"slices"

	"kern.sys/cmd/kern/internal/traffic"
	"kern.sys/netlink"
	"kern.sys/netns"
)

// AddTraffic adds the queueing disciplines and filters of the links. sources are those that the map was collected
// from.
func (m *Map) AddTraffic(sources []Source) {
	for i, s := range sources {
		if err := m.Namespaces[i].readTraffic(s.NS); err != nil && m.Namespaces[i].Note == "" {
			m.Namespaces[i].Note = "traffic control cannot be read: " + reason(err)
		}
	}
}

func (ns *Namespace) readTraffic(at netns.NsHandle) error {
	h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{NetNS: &at, ErrorDetails: true})
	if err != nil {
		return err
	}
	defer h.Close()
	all, err := traffic.Read(h)
	if err != nil {
		return err
	}
	name := func(index int) string {
		if i := ns.find(index); i >= 0 {
			return ns.Links[i].Name
		}
		return fmt.Sprintf("if%d", index)
	}
	for _, l := range ns.Links {
		t := all[l.Index]
		if t == nil {
			continue
		}
		for _, q := range t.Qdiscs {
			if _, none := q.(*netlink.Noqueue); !none {
				l.Traffic = append(l.Traffic, traffic.Qdisc(q))
			}
		}
		for _, f := range t.Filters {
			text := "filter " + traffic.Place(f)
			if n := traffic.Chain(f); n != 0 {
				text += fmt.Sprintf(" chain %d", n)
			}
			l.Traffic = append(l.Traffic, text+" "+traffic.Filter(f, name))
		}
	}
	return nil
}

// details are what stands beside a link: its addresses, and its traffic control.
func (l *Link) details() []string { return slices.Concat(l.Addrs, l.Traffic) }
