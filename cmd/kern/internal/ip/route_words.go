package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// routeWords are the words of a route that is to be added, changed or deleted.
type routeWords struct {
	family   int // that of the destination, AF_UNSPEC until a word sets it
	rtm      uapi.Rtmsg
	enc      wire.Encoder
	metrics  metricWords
	nexthops []*nexthop
	table    uint32

	dst, typ, scope, via, nhid, inTable bool // the word was given
}

// changeRoute is "route add" and its like.
func changeRoute(c *cli.Command, typ, flags uint16) error {
	w := &routeWords{family: c.Family, table: uapi.RT_TABLE_MAIN}
	w.rtm.Scope = uapi.RT_SCOPE_NOWHERE
	deleting := typ == uapi.RTM_DELROUTE
	if !deleting {
		w.rtm.Scope, w.rtm.Type, w.rtm.Protocol = uapi.RT_SCOPE_UNIVERSE, uapi.RTN_UNICAST, uapi.RTPROT_BOOT
	}
	for c.More() {
		if err := nextRouteWord(c, w); err != nil {
			return err
		}
	}
	if !w.dst {
		return c.ShowUsage()
	}
	w.setDefaults(deleting)
	r := wire.NewRequest(typ, flags)
	w.put(r)
	return c.Exec(r)
}

// setDefaults fills in what follows from other words.
func (w *routeWords) setDefaults(deleting bool) {
	if w.family == uapi.AF_UNSPEC {
		w.family = uapi.AF_INET
	}
	switch {
	case w.inTable:
	case w.rtm.Type == uapi.RTN_LOCAL, w.rtm.Type == uapi.RTN_BROADCAST,
		w.rtm.Type == uapi.RTN_NAT, w.rtm.Type == uapi.RTN_ANYCAST:
		w.table = uapi.RT_TABLE_LOCAL
	}
	if w.scope {
		return
	}
	switch {
	case w.family == uapi.AF_INET6 || w.family == uapi.AF_MPLS:
		w.rtm.Scope = uapi.RT_SCOPE_UNIVERSE
	case w.rtm.Type == uapi.RTN_LOCAL, w.rtm.Type == uapi.RTN_NAT:
		w.rtm.Scope = uapi.RT_SCOPE_HOST
	case w.rtm.Type == uapi.RTN_BROADCAST, w.rtm.Type == uapi.RTN_MULTICAST, w.rtm.Type == uapi.RTN_ANYCAST:
		w.rtm.Scope = uapi.RT_SCOPE_LINK
	case w.rtm.Type != uapi.RTN_UNICAST && w.rtm.Type != uapi.RTN_UNSPEC:
	case deleting:
		w.rtm.Scope = uapi.RT_SCOPE_NOWHERE
	case !w.via && !w.nhid && len(w.nexthops) == 0:
		w.rtm.Scope = uapi.RT_SCOPE_LINK
	}
}

// put writes the request.
func (w *routeWords) put(r *wire.Request) {
	w.rtm.Family = uint8(w.family)
	if w.table <= 0xff {
		w.rtm.Table = uint8(w.table)
	} else {
		w.rtm.Table = uapi.RT_TABLE_UNSPEC
		w.enc.Uint32(uapi.RTA_TABLE, w.table)
	}
	w.rtm.Put(r.Header(uapi.SizeofRtmsg))
	r.Fail(w.enc.Err())
	copy(r.Raw(len(w.enc.Bytes())), w.enc.Bytes())
	w.metrics.put(&r.Encoder)
	if len(w.nexthops) != 0 {
		r.Nest(uapi.RTA_MULTIPATH)
		for _, h := range w.nexthops {
			h.put(&r.Encoder)
		}
		r.End()
	}
}

// nextRouteWord reads a keyword and its value.
func nextRouteWord(c *cli.Command, w *routeWords) error {
	e := &w.enc
	switch {
	case c.Take("src"):
		return nextAddrAttr(c, w, uapi.RTA_PREFSRC)
	case c.Take("as"):
		c.Take("to")
		return nextAddrAttr(c, w, uapi.RTA_NEWDST)
	case c.Take("via"):
		w.via = true
		typ, addr, err := nextVia(c, &w.family)
		e.Data(typ, addr)
		return err
	case c.Take("from"):
		p, err := c.NextPrefix(w.family)
		if err == nil {
			w.rtm.SrcLen = uint8(p.Bits)
			w.putPrefix(uapi.RTA_SRC, p)
		}
		return err
	case c.Take("tos"), c.TakeAbbr("dsfield"):
		tos, err := nextTOS(c, wrongTOS)
		w.rtm.Tos = tos
		return err
	case c.Take("expires"):
		return nextNumberAttr(c, e, uapi.RTA_EXPIRES, "expires")
	case c.TakeAbbr("metric", "priority"), c.Take("preference"):
		return nextNumberAttr(c, e, uapi.RTA_PRIORITY, "metric")
	case c.Take("scope"):
		w.scope = true
		return nextName(c, &w.rtm.Scope, "invalid \"scope\" value\n", c.Names.ScopeNumber)
	}
	if ok, err := w.metrics.take(c); ok {
		return err
	}
	switch {
	case c.TakeAbbr("realms"):
		flow, err := nextRealms(c, wrongRealms)
		e.Uint32(uapi.RTA_FLOW, flow)
		return err
	case c.Take("onlink"):
		w.rtm.Flags |= uapi.RTNH_F_ONLINK
		return nil
	case c.Take("nexthop"):
		var err error
		w.nexthops, err = nextNexthops(c, &w.family)
		return err
	case c.Take("nhid"):
		w.nhid = true
		return nextNumberAttr(c, e, uapi.RTA_NH_ID, "id")
	case c.TakeAbbr("protocol"):
		return nextName(c, &w.rtm.Protocol, wrongProtocol, c.Names.ProtoNumber)
	case c.TakeAbbr("table"):
		w.inTable = true
		table, err := nextTable(c, "\"table\" value is invalid\n")
		w.table = table
		return err
	case c.TakeAbbr("vrf"):
		w.inTable = true
		table, err := nextVRF(c)
		w.table = table
		return err
	case c.Take("dev"), c.Take("oif"):
		index, err := c.NextLink()
		e.Uint32(uapi.RTA_OIF, uint32(index))
		return err
	case c.TakeAbbr("pref"):
		return nextRoutePref(c, e)
	case c.Take("encap"):
		return nextEncap(c, e, uapi.RTA_ENCAP, uapi.RTA_ENCAP_TYPE)
	case c.Take("ttl-propagate"):
		return nextTTLPropagate(c, e)
	}
	return nextDestination(c, w)
}

// nextDestination reads [ to ] [ TYPE ] PREFIX.
func nextDestination(c *cli.Command, w *routeWords) error {
	c.Take("to")
	if first := c.Peek(); first != "" && (first[0] < '0' || first[0] > '9') {
		if typ, ok := routeTypeNumber(first); ok {
			w.rtm.Type, w.typ = typ, true
			c.Take(first)
		}
	}
	if c.HelpAsked() {
		return c.ShowUsage()
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.dst {
		return cli.Garbage("to", word)
	}
	w.dst = true
	if w.family == uapi.AF_MPLS {
		labels, err := desc.ParseLabels(word)
		w.rtm.DstLen = mplsLabelBits
		w.enc.Data(uapi.RTA_DST, labels)
		return err
	}
	p, err := cli.ParsePrefix(word, w.family)
	if err == nil {
		w.rtm.DstLen = uint8(p.Bits)
		w.putPrefix(uapi.RTA_DST, p)
	}
	return err
}

// mplsLabelBits is how long a destination of the MPLS family is: one label.
const mplsLabelBits = 20

// putPrefix appends the address of a prefix.
func (w *routeWords) putPrefix(typ uint16, p cli.Prefix) {
	if w.family == uapi.AF_UNSPEC {
		w.family = p.Family
	}
	if !p.IsAny() {
		w.enc.Addr(typ, p.Addr)
	}
}

func nextAddrAttr(c *cli.Command, w *routeWords, typ uint16) error {
	addr, err := nextRouteAddr(c, &w.family)
	w.enc.Data(typ, addr)
	return err
}

func nextNumberAttr(c *cli.Command, e *wire.Encoder, typ uint16, what string) error {
	v, err := c.Uint(32, "\""+what+"\" value is invalid\n")
	e.Uint32(typ, uint32(v))
	return err
}

// wrongProtocol is what is wrong with an unknown maker of routes.
const wrongProtocol = "\"protocol\" value is invalid\n"

// nextName reads a byte by its name or number.
func nextName(c *cli.Command, v *uint8, why string, number func(string) (uint32, bool)) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	n, ok := number(word)
	if !ok {
		return desc.Wrong(word, why)
	}
	*v = uint8(n)
	return nil
}

// nextTOS reads a type of service by its name or number.
func nextTOS(c *cli.Command, why string) (uint8, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	tos, ok := c.Names.DsfieldNumber(word)
	if !ok {
		return 0, desc.Wrong(word, why)
	}
	return tos, nil
}

// Errors about a type of service: of a route, and of a selector.
const (
	wrongTOS         = "\"tos\" value is invalid\n"
	wrongTOSSelector = "TOS value is invalid\n"
)

func nextTable(c *cli.Command, why string) (uint32, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	table, ok := c.Names.TableNumber(word)
	if !ok {
		return 0, desc.Wrong(word, why)
	}
	return table, nil
}

// nextVRF reads the name of a VRF, and returns its routing table.
func nextVRF(c *cli.Command) (uint32, error) {
	name, err := c.Next()
	if err != nil {
		return 0, err
	}
	table := vrfTable(c, name)
	if table == 0 {
		return 0, desc.Wrong(name, "Invalid VRF\n")
	}
	return table, nil
}

// vrfTable is the routing table of a VRF, 0 where there is none of that name. "default" is the main table where no
// link has that name.
func vrfTable(c *cli.Command, name string) uint32 {
	m, err := c.Get(cli.LinkRequest(0, name, uapi.RTEXT_FILTER_SKIP_STATS))
	switch {
	case name == "default" && isNoDevice(err):
		return uapi.RT_TABLE_MAIN
	case err != nil:
		return 0
	}
	l := readLink(m)
	if l.kind != "vrf" {
		return 0
	}
	return cli.Number32(desc.ParseAttrs(l.info[uapi.IFLA_INFO_DATA])[uapi.IFLA_VRF_TABLE])
}

// Errors about realms: of a route, and of a selector.
const (
	wrongRealms         = "\"realm\" value is invalid\n"
	wrongRealmsSelector = "invalid realms\n"
)

// nextRealms reads [SOURCE/]DESTINATION.
func nextRealms(c *cli.Command, why string) (uint32, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	from, to, both := strings.Cut(word, "/")
	if !both {
		from, to = "", from
	}
	var flow uint32
	for i, name := range []string{from, to} {
		flow <<= 16
		if name == "" && both == (i == 1) { // "7/" is the source alone
			continue
		}
		realm, ok := c.Names.RealmNumber(name)
		if !ok {
			return 0, desc.Wrong(word, why)
		}
		flow |= realm
	}
	return flow, nil
}

func nextRoutePref(c *cli.Command, e *wire.Encoder) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	for _, p := range routePrefs {
		if p.name == word {
			e.Uint8(uapi.RTA_PREF, p.pref)
			return nil
		}
	}
	pref, err := desc.ParseUint(word, 8)
	if err != nil {
		return desc.Wrong(word, "\"pref\" value is invalid\n")
	}
	e.Uint8(uapi.RTA_PREF, uint8(pref))
	return nil
}

func nextTTLPropagate(c *cli.Command, e *wire.Encoder) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	switch word {
	case "enabled":
		e.Uint8(uapi.RTA_TTL_PROPAGATE, 1)
	case "disabled":
		e.Uint8(uapi.RTA_TTL_PROPAGATE, 0)
	default:
		return desc.Wrong(word, "\"ttl-propagate\" value is invalid\n")
	}
	return nil
}
