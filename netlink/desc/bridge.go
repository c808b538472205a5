package desc

import (
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// ShowBridgeQueriers prints the multicast queriers of both families in b: BRIDGE_QUERIER_….
func ShowBridgeQueriers(p *Printer, _ *Field, b []byte, _ Attrs) {
	if b == nil {
		return
	}
	attrs := ParseAttrs(b)
	for _, q := range [...]struct {
		family            string
		color             Color
		addr, port, timer uint16
	}{
		{"ipv4", Inet, uapi.BRIDGE_QUERIER_IP_ADDRESS, uapi.BRIDGE_QUERIER_IP_PORT, uapi.BRIDGE_QUERIER_IP_OTHER_TIMER},
		{"ipv6", Inet6, uapi.BRIDGE_QUERIER_IPV6_ADDRESS, uapi.BRIDGE_QUERIER_IPV6_PORT,
			uapi.BRIDGE_QUERIER_IPV6_OTHER_TIMER},
	} {
		prefix := "mcast_querier_" + q.family
		p.Object("mcast_querier_state_" + q.family)
		if addr := attrs[q.addr]; addr != nil {
			p.Text("%s ", prefix+"_addr")
			p.ColorStr(q.color, prefix+"_addr", "%s ", p.Addr(addr))
		}
		if port := attrs[q.port]; len(port) >= 4 {
			p.Uint(prefix+"_port", prefix+"_port %d ", uint64(native.Uint32(port)))
		}
		if timer := attrs[q.timer]; len(timer) >= 8 {
			p.Str(prefix+"_other_timer", prefix+"_other_timer %s ", Time64(native.Uint64(timer)))
		}
		p.EndObject()
	}
}
