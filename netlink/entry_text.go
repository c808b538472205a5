package netlink

import (
	"fmt"
	"strings"
)

// String returns index, name, kind, flags, MTU and state of the link.
func (e *LinkEntry) String() string {
	text := fmt.Sprintf("%d: %s %s <%s> mtu %d state %s", e.Index, e.Name(), e.Type(), e.Flags(), e.MTU, e.OperState)
	if e.MasterIndex != 0 {
		text += fmt.Sprintf(" master %d", e.MasterIndex)
	}
	if a := e.HardwareAddr(); a != nil {
		text += " lladdr " + a.String()
	}
	return text
}

// String returns the route in the words of ip route, without what More counts
// beside it.
func (e *RouteEntry) String() string {
	words := []string{e.Dst().String()}
	switch {
	case !e.Dst().IsValid():
		words[0] = "label"
	case e.bits == 0:
		words[0] = "default"
	}
	if gw := e.Gw(); gw.IsValid() {
		words = append(words, "via "+gw.String())
	}
	for _, w := range []struct {
		word string
		v    uint32
	}{
		{"nhid", e.NHID}, {"link", uint32(e.LinkIndex)}, {"table", e.Table}, {"type", uint32(e.Type)},
		{"proto", uint32(e.Protocol)}, {"scope", uint32(e.Scope)}, {"tos", uint32(e.Tos)}, {"metric", e.Priority},
	} {
		if w.v != 0 {
			words = append(words, fmt.Sprint(w.word, " ", w.v))
		}
	}
	if src := e.Src(); src.IsValid() {
		words = append(words, "src "+src.String())
	}
	if e.More() {
		words = append(words, "and more")
	}
	return strings.Join(words, " ")
}

// String returns the neighbour in the words of ip neigh, and bridge fdb.
func (e *NeighEntry) String() string {
	var words []string
	if ip := e.IP(); ip.IsValid() {
		words = append(words, ip.String())
	}
	if a := e.LLAddr(); a != nil {
		words = append(words, fmt.Sprintf("lladdr % x", a))
		if len(a) == 6 {
			words[len(words)-1] = fmt.Sprintf("lladdr %02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5])
		}
	}
	words = append(words, fmt.Sprintf("link %d state %#x", e.LinkIndex, e.State))
	for _, w := range []struct {
		word string
		v    uint32
	}{
		{"flags", uint32(e.Flags)}, {"master", uint32(e.MasterIndex)}, {"vlan", uint32(e.Vlan)}, {"port", uint32(e.Port)},
		{"vni", e.VNI}, {"src_vni", e.SrcVNI}, {"via", uint32(e.ViaIndex)}, {"nhid", e.NHID}, {"proto", uint32(e.Protocol)},
	} {
		if w.v != 0 {
			words = append(words, fmt.Sprint(w.word, " ", w.v))
		}
	}
	return strings.Join(words, " ")
}
