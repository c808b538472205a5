package ip

import (
	"fmt"
	"strconv"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// routeMessage is an RTM_NEWROUTE or RTM_DELROUTE message taken apart.
type routeMessage struct {
	deleted bool
	rtm     uapi.Rtmsg
	attrs   desc.Attrs
	table   uint32
}

func readRoute(m wire.Message) *routeMessage {
	r := &routeMessage{deleted: m.Type == uapi.RTM_DELROUTE}
	r.rtm.Decode(m.Data)
	r.attrs = desc.ParseAttrs(m.Data[min(uapi.SizeofRtmsg, len(m.Data)):])
	r.table = uint32(r.rtm.Table)
	if b, ok := r.attrs[uapi.RTA_TABLE]; ok {
		r.table = cli.Number32(b)
	}
	return r
}

// cloned reports whether the route is one that the kernel made of another for
// a destination: an answer to "get", an element of a cache.
func (r *routeMessage) cloned() bool { return r.rtm.Flags&uapi.RTM_F_CLONED != 0 }

// showRoute prints one route. What all routes that f selects have in common
// is left out.
func showRoute(c *cli.Command, r *routeMessage, f *routeFilter) {
	p := c.Out
	p.Object("")
	if r.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	if r.rtm.Type != uapi.RTN_UNICAST || c.Details {
		p.Str("type", "%s ", routeTypeName(c.Session, r.rtm.Type))
	}
	showDestination(c, r)
	showEncap(c, r.attrs[uapi.RTA_ENCAP_TYPE], r.attrs[uapi.RTA_ENCAP])
	if r.rtm.Tos != 0 && !f.tos.given {
		p.Str("tos", "tos %s ", c.Names.DsfieldName(r.rtm.Tos))
	}
	if b, ok := r.attrs[uapi.RTA_NH_ID]; ok {
		p.Uint("nhid", "nhid %d ", uint64(cli.Number32(b)))
	}
	showGateway(c, int(r.rtm.Family), r.attrs, f.gateway.single())
	if b, ok := r.attrs[uapi.RTA_OIF]; ok && !f.oif.given {
		p.Text("dev ")
		p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(int(cli.Number32(b))))
	}
	if r.table != 0 && (r.table != uapi.RT_TABLE_MAIN || c.Details) && f.table == 0 {
		p.Str("table", "table %s ", c.Names.TableName(r.table))
	}
	if !r.cloned() {
		if (r.rtm.Protocol != uapi.RTPROT_BOOT || c.Details) && !f.protocol.given {
			p.Str("protocol", "proto %s ", c.Names.ProtoName(r.rtm.Protocol))
		}
		if (r.rtm.Scope != uapi.RT_SCOPE_UNIVERSE || c.Details) && !f.scope.given {
			p.Str("scope", "scope %s ", c.Names.ScopeName(r.rtm.Scope))
		}
	}
	if b, ok := r.attrs[uapi.RTA_PREFSRC]; ok && !f.src.single() {
		p.Text("src ")
		p.ColorStr(desc.AddrColor(int(r.rtm.Family)), "prefsrc", "%s ", c.Out.Addr(b))
	}
	if b, ok := r.attrs[uapi.RTA_PRIORITY]; ok && !f.metric.given {
		p.Uint("metric", "metric %d ", uint64(cli.Number32(b)))
	}
	showRouteFlags(c, r.rtm.Flags)
	if b, ok := r.attrs[uapi.RTA_MARK]; ok && !f.mark.given {
		showMark(c, cli.Number32(b))
	}
	if b, ok := r.attrs[uapi.RTA_FLOW]; ok && !f.realmsGiven() {
		showRealms(c, cli.Number32(b))
	}
	if b, ok := r.attrs[uapi.RTA_UID]; ok {
		p.Uint("uid", "uid %d ", uint64(cli.Number32(b)))
	}
	showRouteCache(c, r)
	showRouteMetrics(c, r.attrs[uapi.RTA_METRICS])
	if b, ok := r.attrs[uapi.RTA_IIF]; ok && !f.iif.given {
		p.Text("iif ")
		p.ColorStr(desc.Ifname, "iif", "%s ", p.Link(int(cli.Number32(b))))
	}
	if b, ok := r.attrs[uapi.RTA_DEL_REASON]; ok {
		p.Str("del_reason", "del_reason %s ", routeReasonName(cli.Number32(b)))
	}
	ShowUnknown(p, "%s ", r.attrs, uapi.RTA_MAX)
	if b := r.attrs[uapi.RTA_PREF]; len(b) != 0 {
		p.Str("pref", "pref %s", routePrefName(b[0]))
	}
	if b := r.attrs[uapi.RTA_TTL_PROPAGATE]; len(b) != 0 {
		p.OnOff("ttl-propogate", "ttl-propagate %s", b[0] != 0)
	}
	if id := cli.Number32(r.attrs[uapi.RTA_NH_ID]); id != 0 && c.Details {
		showNexthopInfo(c, id)
	}
	showNexthops(c, r)
	p.Text("\n")
	p.EndObject()
}

// showDestination prints the prefixes that the route is for.
func showDestination(c *cli.Command, r *routeMessage) {
	p := c.Out
	family := int(r.rtm.Family)
	dst, ok := r.attrs[uapi.RTA_DST]
	switch {
	case ok:
		p.ColorStr(desc.AddrColor(family), "dst", "%s ", prefixText(c, family, dst, int(r.rtm.DstLen)))
	case r.rtm.DstLen != 0:
		p.Str("dst", "%s ", fmt.Sprintf("0/%d", r.rtm.DstLen))
	default:
		p.Str("dst", "%s ", "default")
	}
	if src, ok := r.attrs[uapi.RTA_SRC]; ok {
		p.ColorStr(desc.AddrColor(family), "from", "from %s ", prefixText(c, family, src, int(r.rtm.SrcLen)))
	} else if r.rtm.SrcLen != 0 {
		p.Str("from", "from %s ", fmt.Sprintf("0/%d", r.rtm.SrcLen))
	}
	if b, ok := r.attrs[uapi.RTA_NEWDST]; ok {
		p.Str("to", "as to %s ", familyAddrText(c, family, b))
	}
}

// prefixText is an address with a length that is left out where it is all of
// the address.
func prefixText(c *cli.Command, family int, b []byte, bits int) string {
	text := familyAddrText(c, family, b)
	if family == uapi.AF_MPLS || bits == len(b)*8 {
		return text
	}
	return text + "/" + strconv.Itoa(bits)
}

// familyAddrText is an address of a family of routes.
func familyAddrText(c *cli.Command, family int, b []byte) string {
	switch family {
	case uapi.AF_MPLS:
		return desc.LabelText(b)
	case uapi.AF_PACKET:
		return cli.LLAddrText(b, uapi.ARPHRD_ETHER)
	}
	return c.Out.Addr(b)
}

// showGateway prints where packets go next; known leaves out an address of the
// route's own family.
func showGateway(c *cli.Command, family int, attrs desc.Attrs, known bool) {
	p := c.Out
	if b, ok := attrs[uapi.RTA_GATEWAY]; ok && !known {
		p.Text("via ")
		p.ColorStr(desc.AddrColor(family), "gateway", "%s ", familyAddrText(c, family, b))
	}
	if b, ok := attrs[uapi.RTA_VIA]; ok {
		var via uapi.Rtvia
		via.Decode(b)
		addr := b[min(uapi.SizeofRtvia, len(b)):]
		p.Object("via")
		p.Str("family", "via %s ", desc.FamilyName(int(via.Family)))
		p.ColorStr(desc.AddrColor(int(via.Family)), "host", "%s ", familyAddrText(c, int(via.Family), addr))
		p.EndObject()
	}
}

// routeFlags are the flags that are shown by name, in the order in which they
// are.
var routeFlags = []struct {
	bit  uint32
	name string
}{
	{uapi.RTNH_F_DEAD, "dead"},
	{uapi.RTNH_F_ONLINK, "onlink"},
	{uapi.RTNH_F_PERVASIVE, "pervasive"},
	{uapi.RTNH_F_OFFLOAD, "offload"},
	{uapi.RTNH_F_TRAP, "trap"},
	{uapi.RTM_F_NOTIFY, "notify"},
	{uapi.RTNH_F_LINKDOWN, "linkdown"},
	{uapi.RTNH_F_UNRESOLVED, "unresolved"},
	{uapi.RTM_F_OFFLOAD, "rt_offload"},
	{uapi.RTM_F_TRAP, "rt_trap"},
	{uapi.RTM_F_OFFLOAD_FAILED, "rt_offload_failed"},
}

// silentRouteFlags are those that say how a message came to be.
const silentRouteFlags = uapi.RTM_F_CLONED | uapi.RTM_F_EQUALIZE | uapi.RTM_F_PREFIX | uapi.RTM_F_LOOKUP_TABLE |
	uapi.RTM_F_FIB_MATCH

func showRouteFlags(c *cli.Command, flags uint32) {
	c.Out.Array("flags")
	rest := flags &^ silentRouteFlags
	if flags&uapi.RTM_F_CLONED != 0 {
		rest &= 1<<16 - 1 // the upper half are those of a cache, see cacheFlags
	}
	for _, f := range routeFlags {
		if flags&f.bit != 0 {
			c.Out.Str("", "%s ", f.name)
		}
		rest &^= f.bit
	}
	if rest != 0 {
		c.Out.Hex("", "flags %#x ", uint64(rest))
	}
	c.Out.EndArray()
}

// showMark prints a firewall mark; small ones are no bit pattern.
func showMark(c *cli.Command, mark uint32) {
	format := "mark %d "
	if mark >= 16 {
		format = "mark %#x "
	}
	c.Out.Uint("mark", format, uint64(mark))
}

// showRealms prints RTA_FLOW: the realm of the source in its upper half, that
// of the destination in the lower.
func showRealms(c *cli.Command, flow uint32) {
	p := c.Out
	from, to := uint16(flow>>16), uint16(flow)
	p.Object("flow")
	if from != 0 {
		p.Str("from", "realms %s/", c.Names.RealmName(from))
		p.Str("to", "%s ", c.Names.RealmName(to))
	} else {
		p.Str("to", "realm %s ", c.Names.RealmName(to))
	}
	p.EndObject()
}

// routePrefName is the name of an IPv6 router's preference.
func routePrefName(pref uint8) string {
	for _, p := range routePrefs {
		if p.pref == pref {
			return p.name
		}
	}
	return strconv.Itoa(int(pref))
}

// routeReasonName is why the kernel deleted a route, which ip does not print.
func routeReasonName(reason uint32) string {
	switch reason {
	case uapi.RT_DEL_REASON_EXPIRED:
		return "expired"
	case uapi.RT_DEL_REASON_RA_WITHDRAWN:
		return "ra_withdrawn"
	}
	return strconv.FormatUint(uint64(reason), 10)
}

var routePrefs = []struct {
	name string
	pref uint8
}{
	{"low", uapi.ICMPV6_ROUTER_PREF_LOW},
	{"medium", uapi.ICMPV6_ROUTER_PREF_MEDIUM},
	{"high", uapi.ICMPV6_ROUTER_PREF_HIGH},
}

// cacheFlags are the names of what the flags of an IPv4 cache entry have in
// their upper half.
var cacheFlags = []struct {
	bit  uint32
	name string
}{
	{uapi.RTCF_LOCAL, "local"},
	{uapi.RTCF_REJECT, "reject"},
	{uapi.RTCF_MULTICAST, "mc"},
	{uapi.RTCF_BROADCAST, "brd"},
	{uapi.RTCF_DNAT, "dst-nat"},
	{uapi.RTCF_SNAT, "src-nat"},
	{uapi.RTCF_MASQ, "masq"},
	{uapi.RTCF_DIRECTDST, "dst-direct"},
	{uapi.RTCF_DIRECTSRC, "src-direct"},
	{uapi.RTCF_REDIRECTED, "redirected"},
	{uapi.RTCF_DOREDIRECT, "redirect"},
	{uapi.RTCF_FAST, "fastroute"},
	{uapi.RTCF_NOTIFY, "notify"},
	{uapi.RTCF_TPROXY, "proxy"},
}

// showRouteCache prints what a route has that the kernel will forget.
func showRouteCache(c *cli.Command, r *routeMessage) {
	p := c.Out
	if r.cloned() && r.rtm.Family == uapi.AF_INET {
		p.NL()
		p.Array("cache")
		p.Text("    cache ")
		sep := "<%s"
		for _, f := range cacheFlags {
			if r.rtm.Flags&f.bit != 0 {
				p.Str("", sep, f.name)
				sep = ",%s"
			}
		}
		const known = 0xffff
		if rest := r.rtm.Flags &^ known &^ allCacheFlags(); rest != 0 {
			p.Hex("", sep, uint64(rest))
			sep = ",%s"
		}
		if sep != "<%s" {
			p.Text("> ")
		}
		p.EndArray()
	}
	if b, ok := r.attrs[uapi.RTA_CACHEINFO]; ok {
		var ci uapi.RtaCacheinfo
		ci.Decode(b)
		showCacheinfo(c, &ci)
	}
}

func allCacheFlags() (all uint32) {
	for _, f := range cacheFlags {
		all |= f.bit
	}
	return all
}

// showCacheinfo prints struct rta_cacheinfo; its times are in ticks.
func showCacheinfo(c *cli.Command, ci *uapi.RtaCacheinfo) {
	p := c.Out
	if ci.Expires != 0 {
		p.Int("expires", "expires %dsec ", int64(ci.Expires)/uapi.HZ)
	}
	if ci.Error != 0 {
		p.Int("error", "error %d ", int64(int32(ci.Error)))
	}
	if c.Stats == 0 {
		return
	}
	if ci.Clntref != 0 {
		p.Uint("users", "users %d ", uint64(ci.Clntref))
	}
	if ci.Used != 0 {
		p.Uint("used", "used %d ", uint64(ci.Used))
	}
	if ci.Lastuse != 0 {
		p.Uint("age", "age %dsec ", uint64(ci.Lastuse)/uapi.HZ)
	}
}
