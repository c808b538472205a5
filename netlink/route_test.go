package netlink

import (
	"net"
	"slices"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func TestRouteString(t *testing.T) {
	label := 100
	for want, route := range map[string]Route{
		"{Ifindex: 0 Dst: <nil> Src: <nil> Gw: <nil> Flags: [] Table: 0 Realm: 0}": {},
		"{Ifindex: 2 Dst: 10.0.0.0/8 Src: 10.0.0.1 Gw: 10.0.0.2 Flags: [onlink] Table: 254 Realm: 7}": {
			LinkIndex: 2, Dst: ipv4Net("10.0.0.0/8"), Src: net.IP{10, 0, 0, 1}, Gw: net.IP{10, 0, 0, 2},
			Flags: int(FLAG_ONLINK), Table: 254, Realm: 7,
		},
		"{Dst: 10.0.0.0/8 Src: <nil> Gw: [{Ifindex: 3 Weight: 2 Gw: 10.0.0.2 Flags: [pervasive]}] Flags: [] Table: 0 " +
			"Realm: 0}": {
			Dst:       ipv4Net("10.0.0.0/8"),
			MultiPath: []*NexthopInfo{{LinkIndex: 3, Hops: 1, Gw: net.IP{10, 0, 0, 2}, Flags: int(FLAG_PERVASIVE)}},
		},
		"{Ifindex: 0 Dst: 100 NewDst: 200/300 Encap: 16 Via: Family: 2, Address: 10.0.0.2 Src: <nil> Gw: <nil> Flags: [] " +
			"Table: 0 Realm: 0}": {
			MPLSDst: &label, NewDst: &MPLSDestination{[]int{200, 300}}, Encap: &MPLSEncap{Labels: []int{16}},
			Via: &Via{FAMILY_V4, net.IP{10, 0, 0, 2}},
		},
	} {
		if got := route.String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestRouteEqual(t *testing.T) {
	one, two := 1, 2
	base := Route{
		LinkIndex: 2, Dst: ipv4Net("10.0.0.0/8"), Gw: net.IP{10, 0, 0, 2}, MPLSDst: &one,
		Via:   &Via{FAMILY_V4, net.IP{1, 2, 3, 4}},
		Encap: &MPLSEncap{Labels: []int{16}}, NewDst: &MPLSDestination{[]int{17}}, MultiPath: []*NexthopInfo{{LinkIndex: 1}},
	}
	same := base
	same.Dst = &net.IPNet{IP: net.ParseIP("10.0.0.0"), Mask: net.CIDRMask(8, 32)}
	same.Gw = net.ParseIP("10.0.0.2")
	same.MPLSDst = new(int)
	*same.MPLSDst = 1
	same.Via, same.Encap, same.NewDst = &Via{FAMILY_V4, net.ParseIP("1.2.3.4")}, &MPLSEncap{Labels: []int{16}},
		&MPLSDestination{[]int{17}}
	same.MultiPath = []*NexthopInfo{{LinkIndex: 1}}
	same.MTU, same.CacheInfo, same.Expires = 1300, &RouteCacheInfo{}, 9
	if !base.Equal(same) || !same.Equal(base) {
		t.Errorf("%+v should equal %+v", base, same)
	}
	for name, change := range map[string]func(*Route){
		"link":                 func(r *Route) { r.LinkIndex = 3 },
		"incoming link":        func(r *Route) { r.ILinkIndex = 3 },
		"destination's length": func(r *Route) { r.Dst = ipv4Net("10.0.0.0/9") },
		"no destination":       func(r *Route) { r.Dst = nil },
		"sources":              func(r *Route) { r.From = ipv6Net("fd00::/8") },
		"gateway":              func(r *Route) { r.Gw = nil },
		"scope":                func(r *Route) { r.Scope = SCOPE_LINK },
		"hop limit":            func(r *Route) { r.Hoplimit = 9 },
		"flags":                func(r *Route) { r.SetFlag(FLAG_ONLINK) },
		"label":                func(r *Route) { r.MPLSDst = &two },
		"no label":             func(r *Route) { r.MPLSDst = nil },
		"via":                  func(r *Route) { r.Via = &Via{FAMILY_V6, net.IP{1, 2, 3, 4}} },
		"encap of other sort":  func(r *Route) { r.Encap = &GenericEncap{Kind: uapi.LWTUNNEL_ENCAP_MPLS} },
		"no encap":             func(r *Route) { r.Encap = nil },
		"new destination":      func(r *Route) { r.NewDst = &MPLSDestination{[]int{18}} },
		"next hop":             func(r *Route) { r.MultiPath = []*NexthopInfo{{LinkIndex: 1, Hops: 1}} },
		"next hop's via":       func(r *Route) { r.MultiPath = []*NexthopInfo{{LinkIndex: 1, Via: base.Via}} },
		"nil next hop":         func(r *Route) { r.MultiPath = []*NexthopInfo{nil} },
		"next hop object":      func(r *Route) { r.NHID = 4 },
	} {
		other := base
		change(&other)
		if base.Equal(other) || other.Equal(base) {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestRouteFlags(t *testing.T) {
	var r Route
	r.SetFlag(FLAG_ONLINK)
	r.SetFlag(FLAG_PERVASIVE)
	if want := []string{"onlink", "pervasive"}; !slices.Equal(r.ListFlags(), want) {
		t.Errorf("got %q, want %q", r.ListFlags(), want)
	}
	r.ClearFlag(FLAG_ONLINK)
	if r.Flags != uapi.RTNH_F_PERVASIVE {
		t.Errorf("flags are %#x", r.Flags)
	}
}

func TestScopeAndProtocolNames(t *testing.T) {
	for s, want := range map[Scope]string{
		SCOPE_UNIVERSE: "universe", SCOPE_SITE: "site", SCOPE_LINK: "link", SCOPE_HOST: "host", SCOPE_NOWHERE: "nowhere",
		7: "unknown",
	} {
		if got := s.String(); got != want {
			t.Errorf("scope %d is %q, want %q", s, got, want)
		}
	}
	for p, want := range map[RouteProtocol]string{uapi.RTPROT_KERNEL: "kernel", uapi.RTPROT_BGP: "bgp", 77: "77"} {
		if got := p.String(); got != want {
			t.Errorf("protocol %d is %q, want %q", int(p), got, want)
		}
	}
}

func TestRouteFilterConstants(t *testing.T) {
	for want, bit := range map[uint64]uint64{1 << 1: RT_FILTER_PROTOCOL, 1 << 10: RT_FILTER_TABLE,
		1 << 15: RT_FILTER_REALM} {
		if bit != want {
			t.Errorf("got %#x, want %#x", bit, want)
		}
	}
}

func TestRouteFilterChooses(t *testing.T) {
	gw := net.IP{10, 0, 0, 2}
	routes := map[string]Route{
		"default": {Family: FAMILY_V4, Table: 254, Dst: ipv4Net("0.0.0.0/0"), Gw: gw, LinkIndex: 2},
		"net": {Family: FAMILY_V4, Table: 254, Dst: ipv4Net("10.0.0.0/8"), LinkIndex: 3, Protocol: 4, Scope: SCOPE_LINK,
			Src: gw},
		"six":    {Family: FAMILY_V6, Table: 254, Dst: ipv6Net("::/0"), LinkIndex: 2, Priority: 1024},
		"local":  {Family: FAMILY_V4, Table: 255, Dst: ipv4Net("10.0.0.1/32"), Type: uapi.RTN_LOCAL},
		"cached": {Family: FAMILY_V4, Table: 254, Dst: ipv4Net("10.0.0.1/32"), Flags: uapi.RTM_F_CLONED},
		"hops":   {Family: FAMILY_V4, Table: 77, Dst: ipv4Net("10.0.0.3/32"), Hoplimit: 9, Realm: 5},
		"realm":  {Family: FAMILY_V4, Table: 77, Dst: ipv4Net("10.0.0.4/32"), Realm: 6},
	}
	cases := []struct {
		name   string
		family int
		filter *Route
		mask   uint64
		want   []string
	}{
		{"nothing asked", FAMILY_ALL, nil, 0, []string{"default", "net", "six"}},
		{"a mask without filter", FAMILY_ALL, nil, RT_FILTER_OIF, []string{"default", "net", "six"}},
		{"family", FAMILY_V6, nil, 0, []string{"six"}},
		{"all tables", FAMILY_ALL, &Route{}, RT_FILTER_TABLE, []string{"default", "hops", "local", "net", "realm", "six"}},
		{"hop limit", FAMILY_ALL, &Route{Hoplimit: 9}, RT_FILTER_HOPLIMIT | RT_FILTER_TABLE, []string{"hops"}},
		{"realm", FAMILY_ALL, &Route{Realm: 6}, RT_FILTER_REALM | RT_FILTER_TABLE, []string{"realm"}},
		{"everything of IPv4", FAMILY_ALL, &Route{Dst: ipv4Net("0.0.0.0/0")}, RT_FILTER_DST, []string{"default"}},
		{"a table", FAMILY_ALL, &Route{Table: 255}, RT_FILTER_TABLE, []string{"local"}},
		{"a table that does not count", FAMILY_ALL, &Route{Table: 255}, RT_FILTER_OIF, []string{}},
		{"link", FAMILY_ALL, &Route{LinkIndex: 2}, RT_FILTER_OIF, []string{"default", "six"}},
		{"default route", FAMILY_ALL, &Route{}, RT_FILTER_DST, []string{"default", "six"}},
		{"destination", FAMILY_ALL, &Route{Dst: ipv6Net("10.0.0.0/8")}, RT_FILTER_DST, []string{"net"}},
		{"gateway", FAMILY_ALL, &Route{Gw: net.ParseIP("10.0.0.2")}, RT_FILTER_GW, []string{"default"}},
		{"source", FAMILY_ALL, &Route{Src: gw}, RT_FILTER_SRC, []string{"net"}},
		{"scope", FAMILY_ALL, &Route{Scope: SCOPE_LINK}, RT_FILTER_SCOPE, []string{"net"}},
		{"metric", FAMILY_ALL, &Route{Priority: 1024}, RT_FILTER_PRIORITY, []string{"six"}},
		{"type", FAMILY_ALL, &Route{Type: uapi.RTN_LOCAL}, RT_FILTER_TYPE | RT_FILTER_TABLE, []string{"local"}},
		{"two fields", FAMILY_ALL, &Route{Protocol: 4, LinkIndex: 2}, RT_FILTER_PROTOCOL | RT_FILTER_OIF, []string{}},
		{"cached", FAMILY_ALL, &Route{Flags: uapi.RTM_F_CLONED}, 0, []string{"cached"}},
	}
	for _, c := range cases {
		f := newRouteFilter(c.family, c.filter, c.mask)
		got := []string{}
		for name, r := range routes {
			if e := entryOf(t, r); f.wants(&e) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// entryOf is a route as the kernel would report it.
func entryOf(t *testing.T, r Route) (e RouteEntry) {
	t.Helper()
	bits := 0
	if r.Dst != nil {
		bits, _ = r.Dst.Mask.Size()
	}
	var enc wire.Encoder
	(&uapi.Rtmsg{
		Family: uint8(r.Family), DstLen: uint8(bits), Tos: uint8(r.Tos), Protocol: uint8(r.Protocol),
		Scope: uint8(r.Scope), Type: uint8(r.Type), Flags: uint32(r.Flags),
	}).Put(enc.Raw(uapi.SizeofRtmsg))
	enc.Uint32(uapi.RTA_TABLE, uint32(r.Table))
	if bits != 0 {
		enc.Data(uapi.RTA_DST, r.Dst.IP)
	}
	for typ, ip := range map[uint16]net.IP{uapi.RTA_GATEWAY: r.Gw, uapi.RTA_PREFSRC: r.Src} {
		if ip != nil {
			enc.Data(typ, ip)
		}
	}
	for typ, v := range map[uint16]int{uapi.RTA_OIF: r.LinkIndex, uapi.RTA_PRIORITY: r.Priority, uapi.RTA_FLOW: r.Realm} {
		if v != 0 {
			enc.Uint32(typ, uint32(v))
		}
	}
	if r.Hoplimit != 0 {
		enc.Nest(uapi.RTA_METRICS)
		enc.Uint32(uapi.RTAX_HOPLIMIT, uint32(r.Hoplimit))
		enc.End()
	}
	if err := e.decode(enc.Bytes()); err != nil {
		t.Fatal(err)
	}
	return e
}
