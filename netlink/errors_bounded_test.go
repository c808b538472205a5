package netlink

import (
	"errors"
	"net"
	"strings"
	"testing"

	"kern.sys/netlink/wire"
)

// An error names the first few of a list, however long that is.
func TestListsInErrorsAreBounded(t *testing.T) {
	dst := &net.IPNet{IP: net.IP{10, 0, 0, 0}, Mask: net.CIDRMask(8, 32)}
	route := &Route{Dst: dst, Tos: 256}
	group := &Nexthop{ID: 1, OIF: 1}
	names := []string{}
	for i := range 4000 {
		route.MultiPath = append(route.MultiPath, &NexthopInfo{LinkIndex: i + 1, Gw: net.IP{10, 1, byte(i >> 8), byte(i)}})
		group.Group = append(group.Group, NexthopMember{ID: uint32(i)})
		names = append(names, strings.Repeat("n", 127))
	}
	long := strings.Repeat("n", 1<<20)
	h, _ := newRecorder(t)
	h.details = true
	lo := &Device{LinkAttrs{Index: 1}}
	batch := h.NewBatch()
	batch.RouteAdd(route)
	flushed := batch.Flush()
	for name, err := range map[string]error{
		"route add":      h.RouteAdd(route),
		"route del":      h.RouteDel(route),
		"route of batch": errors.Join(flushed...),
		"next hop add":   h.NexthopAdd(group),
		"altnames":       h.altNames("link property add", 0, 0, &Device{}, names...),
		"name":           h.LinkSetName(lo, long),
		"alias":          h.LinkSetAlias(lo, long),
		"altname":        h.LinkAddAltName(lo, long),
		"link add":       h.LinkAdd(&Dummy{LinkAttrs{Name: long}}),
		"address":        h.LinkSetHardwareAddr(&Device{}, make(net.HardwareAddr, 1<<20)),
		"vf's address":   h.LinkSetVfHardwareAddr(lo, 1, make(net.HardwareAddr, 1<<20)),
		"neighbour":      h.NeighAdd(&Neigh{LinkIndex: -1, IP: dst.IP, HardwareAddr: make(net.HardwareAddr, 1<<20)}),
		"rule":           h.RuleAdd(&Rule{Table: 5, IifName: long}),
		"labels":         h.RouteAdd(&Route{Dst: dst, Tos: 256, Encap: &MPLSEncap{Labels: make([]int, 4000)}}),
		"verify": &VerifyError{Differences: []string{
			(&partState{tablePart: &tablePart{name: "rules"}}).difference(names, nil),
		}},
	} {
		switch {
		case err == nil:
			t.Errorf("%s: no error", name)
		case len(err.Error()) > 1500:
			t.Errorf("%s: an error of %d bytes: %.300s", name, len(err.Error()), err)
		}
	}
	_, err := h.LinkByName(long)
	var e *wire.Error
	if !errors.As(err, &e) || len(err.Error()) > 1500 {
		t.Errorf("look-up: %.300v", err)
	}
}
