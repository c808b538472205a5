package netlink

import (
	"iter"
	"testing"

	"kern.sys/internal/uapi"
)

// drained counts what an iteration gives and returns its error.
func drained[T any](all iter.Seq2[T, error]) (n int, err error) {
	for _, e := range all {
		if e != nil {
			return n, e
		}
		n++
	}
	return n, nil
}

func counted[T any](all []T, err error) (int, error) { return len(all), err }

// A link that is gone has nothing: its lists are empty, and that is no error, whatever is
// listed and however.
func TestListsOfALinkThatIsGoneAreEmpty(t *testing.T) {
	h, _ := newHandle(t)
	for name, link := range map[string]Link{"index": &Device{LinkAttrs{Index: 4711}},
		"name": &Device{LinkAttrs{Name: "gone0"}}} {
		index := link.Attrs().Index
		if index == 0 {
			index = 4711
		}
		for what, list := range map[string]func() (int, error){
			"AddrList":     func() (int, error) { return counted(h.AddrList(link, FAMILY_ALL)) },
			"AddrSeq":      func() (int, error) { return drained(h.AddrSeq(link, FAMILY_V4)) },
			"RouteList":    func() (int, error) { return counted(h.RouteList(link, FAMILY_ALL)) },
			"RouteList v4": func() (int, error) { return counted(h.RouteList(link, FAMILY_V4)) },
			"RouteList v6": func() (int, error) { return counted(h.RouteList(link, FAMILY_V6)) },
			"RouteSeq":     func() (int, error) { return drained(h.RouteSeq(link, FAMILY_V4)) },
			"RouteFiltered": func() (int, error) {
				return counted(h.RouteListFiltered(FAMILY_V4, &Route{LinkIndex: index}, RT_FILTER_OIF))
			},
			"RouteEntries": func() (int, error) {
				return drained(h.RouteEntries(FAMILY_V6, &Route{LinkIndex: index}, RT_FILTER_OIF))
			},
			"NeighList":    func() (int, error) { return counted(h.NeighList(index, FAMILY_ALL)) },
			"NeighSeq":     func() (int, error) { return drained(h.NeighSeq(index, FAMILY_ALL)) },
			"NeighProxies": func() (int, error) { return counted(h.NeighProxyList(index, FAMILY_ALL)) },
			"NeighEntries": func() (int, error) { return drained(h.NeighEntries(NeighFilter{LinkIndex: index})) },
			"FDB":          func() (int, error) { return counted(h.NeighList(index, uapi.AF_BRIDGE)) },
			"FDB Seq":      func() (int, error) { return drained(h.NeighSeq(index, uapi.AF_BRIDGE)) },
			"FDB of bridge": func() (int, error) {
				return counted(h.NeighListFiltered(NeighFilter{Family: uapi.AF_BRIDGE, MasterIndex: index}))
			},
			"Neigh master": func() (int, error) { return counted(h.NeighListFiltered(NeighFilter{MasterIndex: index})) },
			"FDB entries": func() (int, error) {
				return drained(h.NeighEntries(NeighFilter{Family: uapi.AF_BRIDGE, MasterIndex: index}))
			},
			"ports":         func() (int, error) { return counted(h.LinkListFiltered(LinkFilter{MasterIndex: index})) },
			"FilterEntries": func() (int, error) { return drained(h.FilterEntries(link, HANDLE_ROOT)) },
			"ClassEntries":  func() (int, error) { return drained(h.ClassEntries(link, HANDLE_NONE)) },
			"FilterAppend":  func() (int, error) { return counted(h.AppendFilterEntries(nil, link, HANDLE_ROOT)) },
			"ClassAppend":   func() (int, error) { return counted(h.AppendClassEntries(nil, link, HANDLE_NONE)) },
			"port entries":  func() (int, error) { return drained(h.LinkEntries(LinkFilter{MasterIndex: index})) },
			"more ports":    func() (int, error) { return counted(h.AppendLinkEntries(nil, LinkFilter{MasterIndex: index})) },
			"tunnels":       func() (int, error) { return counted(h.BridgeVlanTunnelShowDev(link)) },
		} {
			if n, err := list(); n != 0 || err != nil {
				t.Errorf("%s of a link that is gone, by %s: %d objects, %v", what, name, n, err)
			}
		}
	}
}
