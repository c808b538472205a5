package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Flags of struct prefixmsg: those of the advertisement (RFC 4861), moved. No
// header for programs has them.
const (
	prefixOnlink   = 1 << 0
	prefixAutoconf = 1 << 1
)

// watchPrefix prints an RTM_NEWPREFIX message: a prefix that an IPv6 router
// advertised.
func watchPrefix(c *cli.Command, m wire.Message, dev int) bool {
	var prefix uapi.Prefixmsg
	prefix.Decode(m.Data)
	if dev != 0 && int(prefix.Ifindex) != dev {
		return false
	}
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofPrefixmsg, len(m.Data)):])
	p := c.Out
	p.Object("")
	if b, ok := attrs[uapi.PREFIX_ADDRESS]; ok {
		p.Text("prefix ")
		p.ColorStr(desc.Inet6, "prefix", "%s", c.Out.Addr(b))
		p.Uint("prefix_len", "/%d", uint64(prefix.Len))
	}
	p.Text("dev ")
	p.ColorStr(desc.Ifname, "interface", "%s ", p.Link(int(prefix.Ifindex)))
	if prefix.Flags&prefixOnlink != 0 {
		p.Bool("onlink", "onlink ", true)
	}
	if prefix.Flags&prefixAutoconf != 0 {
		p.Bool("autoconf", "autoconf ", true)
	}
	if b, ok := attrs[uapi.PREFIX_CACHEINFO]; ok {
		var ci uapi.PrefixCacheinfo
		ci.Decode(b)
		p.Uint("valid_lft", "valid %d ", uint64(ci.ValidTime))
		p.Uint("preferred_lft", "preferred %d ", uint64(ci.PreferredTime))
	}
	ShowUnknown(p, "%s ", attrs, uapi.PREFIX_MAX)
	p.Text("\n")
	p.EndObject()
	return true
}

// netconfFlags are the settings that RTM_NEWNETCONF reports as on or off.
var netconfFlags = []struct {
	typ uint16
	key string
}{
	{uapi.NETCONFA_FORWARDING, "forwarding"},
	{uapi.NETCONFA_RP_FILTER, "rp_filter"},
	{uapi.NETCONFA_MC_FORWARDING, "mc_forwarding"},
	{uapi.NETCONFA_PROXY_NEIGH, "proxy_neigh"},
	{uapi.NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, "ignore_routes_with_linkdown"},
	{uapi.NETCONFA_INPUT, "input"},
	{uapi.NETCONFA_BC_FORWARDING, "bc_forwarding"},
	{uapi.NETCONFA_FORCE_FORWARDING, "force_forwarding"},
}

// watchNetconf prints an RTM_NEWNETCONF or RTM_DELNETCONF message: settings of
// a link, or of all or new ones.
func watchNetconf(c *cli.Command, m wire.Message, dev int) bool {
	var conf uapi.Netconfmsg
	conf.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(netconfHeader, len(m.Data)):])
	index := int32(cli.Number32(attrs[uapi.NETCONFA_IFINDEX]))
	if dev != 0 && int(index) != dev {
		return false
	}
	p := c.Out
	p.Object("")
	if m.Type == uapi.RTM_DELNETCONF {
		p.Bool("deleted", "Deleted ", true)
	}
	p.Str("family", "%s ", desc.FamilyName(int(conf.Family)))
	if _, ok := attrs[uapi.NETCONFA_IFINDEX]; ok {
		name := ""
		switch index {
		case uapi.NETCONFA_IFINDEX_ALL:
			name = "all"
		case uapi.NETCONFA_IFINDEX_DEFAULT:
			name = "default"
		default:
			name = p.Link(int(index))
		}
		p.ColorStr(desc.Ifname, "interface", "%s ", name)
	}
	for _, f := range netconfFlags {
		b, ok := attrs[f.typ]
		switch {
		case !ok:
		case f.typ == uapi.NETCONFA_RP_FILTER:
			showRPFilter(p, f.key, cli.Number32(b))
		case f.typ >= uapi.NETCONFA_BC_FORWARDING && cli.Number32(b) == 0:
			// ip prints none of these, and they are off by default
		default:
			p.OnOff(f.key, f.key+" %s ", cli.Number32(b) != 0)
		}
	}
	ShowUnknown(p, "%s ", attrs, uapi.NETCONFA_MAX)
	p.Text("\n")
	p.EndObject()
	return true
}

// netconfHeader is the size of struct netconfmsg with its padding.
const netconfHeader = (uapi.SizeofNetconfmsg + 3) &^ 3

// showRPFilter prints a setting of the reverse path filter; see
// Documentation/networking/ip-sysctl.rst.
func showRPFilter(p *desc.Printer, key string, n uint32) {
	switch names := [...]string{"off", "strict", "loose"}; {
	case n < uint32(len(names)):
		p.Str(key, key+" %s ", names[n])
	default:
		p.Uint(key, key+" %d ", uint64(n))
	}
}
