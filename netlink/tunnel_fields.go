package netlink

import (
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// tunnelFields joins parts into the fields of a sort of tunnels, in the order that ip shows them in. All words go to
// readTunnel.
func tunnelFields(sort int, parts ...[]desc.Field) []desc.Field {
	all := slices.Concat(parts...)
	for i := range all {
		all[i].Arg = sort
		all[i].Read = readTunnel
	}
	return all
}

// describeGRE and describeGRE6 are the kinds of GRE over IPv4 and IPv6, with ERSPAN or not.
func describeGRE(erspan bool) desc.Kind {
	if erspan {
		return explained(desc.Kind{Fields: tunnelFields(tunnelGRE, greEnds, gre4, greKeys, greMark, greErspan, greEncap,
			greOf6), Complete: completeErspan})
	}
	return explained(desc.Kind{Fields: tunnelFields(tunnelGRE, greEnds, gre4, greKeys, greMark, greEncap, greOf6),
		Complete: completeGRE})
}

func describeGRE6(erspan bool) desc.Kind {
	if erspan {
		return explained(desc.Kind{Fields: tunnelFields(tunnelGRE6, greEnds, gre6, greKeys, gre6Local, greMark, greErspan,
			greEncap, greOf4), Complete: completeGRE6})
	}
	return explained(desc.Kind{Fields: tunnelFields(tunnelGRE6, greEnds, gre6, greKeys, gre6Local, greMark, greEncap,
		greOf4), Complete: completeGRE6})
}

// Parts of GRE. Flags that have a direction stand beside those for both: "iseq" is shown where "seq" is read.
var (
	greEnds = []desc.Field{
		{Type: uapi.IFLA_GRE_COLLECT_METADATA, Key: "external", Exact: true, Show: showTunnelExternal},
		{Type: uapi.IFLA_GRE_REMOTE, Key: "remote", Usage: "ADDR", Show: showTunnelEnd},
		{Type: uapi.IFLA_GRE_LOCAL, Key: "local", Usage: "ADDR", Show: showTunnelEnd},
		{Type: uapi.IFLA_GRE_LINK, Key: "link", Word: "dev", Usage: "PHYS_DEV", Show: showSetDevice},
	}
	gre4 = []desc.Field{
		{Type: uapi.IFLA_GRE_TTL, Word: "ttl", Words: []string{"hoplimit", "hlim"}, Usage: "TTL", Show: showTunnelTTL},
		{Type: uapi.IFLA_GRE_TOS, Word: "tos", Words: []string{"tclass", "dsfield"}, Usage: "TOS", Show: showTunnelTOS},
		{Type: uapi.IFLA_GRE_PMTUDISC, Word: "pmtudisc", Words: []string{"nopmtudisc"}, Show: showGREPmtudisc},
		{Type: uapi.IFLA_GRE_IGNORE_DF, Word: "ignore-df", Words: []string{"noignore-df"}, Exact: true,
			Show: showTunnelIgnoreDF},
	}
	gre6 = []desc.Field{
		{Type: uapi.IFLA_GRE_TTL, Word: "hoplimit", Words: []string{"ttl", "hlim"}, Usage: "TTL", Show: showTunnelTTL},
		{Type: uapi.IFLA_GRE_ENCAP_LIMIT, Word: "encaplimit", Usage: "ELIM", Exact: true, Show: showTunnelEncapLimit},
		{Type: uapi.IFLA_GRE_FLOWINFO, Word: "tclass", Words: []string{"tos", "dsfield"}, Usage: "TCLASS",
			Show: showTunnelClass},
		{Type: uapi.IFLA_GRE_FLOWINFO, Word: "flowlabel", Words: []string{"fl"}, Usage: "FLOWLABEL", Exact: true,
			Show: showTunnelLabel},
		{Type: uapi.IFLA_GRE_FLAGS, Word: "dscp", Usage: "inherit", Exact: true, Show: showTunnelDSCP},
	}
	gre6Local = []desc.Field{
		{Type: uapi.IFLA_GRE_FLAGS, Word: "allow-localremote", Words: tunnelLocalRemote, Exact: true,
			Show: showTunnelLocalRemote},
	}
	greKeys = []desc.Field{
		{Type: uapi.IFLA_GRE_IKEY, Key: "ikey", Word: "key", Words: []string{"nokey", "ikey", "noikey"}, Usage: "KEY",
			Show: showTunnelKey},
		{Type: uapi.IFLA_GRE_OKEY, Key: "okey", Words: []string{"nookey"}, Usage: "KEY", Show: showTunnelKey},
		{Type: uapi.IFLA_GRE_IFLAGS, Key: "iseq", Word: "seq", Words: []string{"noseq", "iseq", "noiseq"},
			Show: showGREFlag},
		{Type: uapi.IFLA_GRE_OFLAGS, Key: "oseq", Words: []string{"nooseq"}, Show: showGREFlag},
		{Type: uapi.IFLA_GRE_IFLAGS, Key: "icsum", Word: "csum", Words: []string{"nocsum", "icsum", "noicsum"},
			Show: showGREFlag},
		{Type: uapi.IFLA_GRE_OFLAGS, Key: "ocsum", Words: []string{"noocsum"}, Show: showGREFlag},
	}
	greMark = []desc.Field{
		{Type: uapi.IFLA_GRE_FWMARK, Word: "fwmark", Usage: "MARK", Exact: true, Show: showTunnelMark},
	}
	greErspan = []desc.Field{
		{Type: uapi.IFLA_GRE_ERSPAN_INDEX, Key: "erspan_index", Word: "erspan", Usage: "IDX", Exact: true,
			Show: showErspanIndex},
		{Type: uapi.IFLA_GRE_ERSPAN_VER, Key: "erspan_ver", Form: desc.U8, Usage: "VERSION", Exact: true},
		{Type: uapi.IFLA_GRE_ERSPAN_DIR, Key: "erspan_dir", Usage: "{ ingress | egress }", Exact: true, Show: showErspanDir},
		{Type: uapi.IFLA_GRE_ERSPAN_HWID, Key: "erspan_hwid", Usage: "HWID", Exact: true, Show: showErspanHwid},
	}
	greEncap = []desc.Field{
		{Type: uapi.IFLA_GRE_ENCAP_TYPE, Word: "encap", Words: tunnelNoEncap, Usage: tunnelEncaps, Exact: true,
			Show: showTunnelEncap},
		{Type: uapi.IFLA_GRE_ENCAP_SPORT, Word: "encap-sport", Usage: "PORT", Exact: true},
		{Type: uapi.IFLA_GRE_ENCAP_DPORT, Word: "encap-dport", Usage: "PORT", Exact: true},
		{Type: uapi.IFLA_GRE_ENCAP_FLAGS, Word: "encap-csum", Words: tunnelEncapFlags, Exact: true},
	}
)

// What the Go types have for the other family, and kernels do not report for this one.
var (
	greOf4 = []desc.Field{
		{Type: uapi.IFLA_GRE_TOS, ReadOnly: true}, {Type: uapi.IFLA_GRE_PMTUDISC, ReadOnly: true},
		{Type: uapi.IFLA_GRE_IGNORE_DF, ReadOnly: true},
	}
	greOf6 = []desc.Field{
		{Type: uapi.IFLA_GRE_ENCAP_LIMIT, ReadOnly: true}, {Type: uapi.IFLA_GRE_FLOWINFO, ReadOnly: true},
		{Type: uapi.IFLA_GRE_FLAGS, ReadOnly: true},
	}
)

const tunnelEncaps = "{ fou | gue | none }"

var (
	tunnelNoEncap    = []string{"noencap"}
	tunnelEncapFlags = []string{"noencap-csum", "encap-udp6-csum", "noencap-udp6-csum", "encap-remcsum",
		"noencap-remcsum"}
	tunnelLocalRemote = []string{"noallow-localremote"}
)

func (*Iptun) describe() desc.Kind {
	return explained(desc.Kind{Fields: tunnelFields(tunnelIP, iptunExternal, ipipMode, iptunEnds, iptun4, iptunMark,
		iptunEncap), Complete: completeIPTunnel})
}

func (*Sittun) describe() desc.Kind {
	return explained(desc.Kind{Fields: tunnelFields(tunnelSit, sitMode, iptunEnds, iptun4, sit6rd, iptunMark, iptunEncap),
		Complete: completeSit})
}

func (*Ip6tnl) describe() desc.Kind {
	return explained(desc.Kind{Fields: tunnelFields(tunnelIP6, iptunExternal, ip6tnlMode, iptunEnds, iptun6, iptunMark,
		iptunEncap), Complete: completeIP6Tunnel})
}

// Parts of tunnels of IP in IP.
var (
	ipipMode = []desc.Field{
		{Type: uapi.IFLA_IPTUN_PROTO, Word: "mode", Usage: "{ ipip | mplsip | any }", Exact: true, Show: showTunnelMode},
	}
	sitMode = []desc.Field{
		{Type: uapi.IFLA_IPTUN_PROTO, Word: "mode", Usage: "{ ip6ip | ipip | mplsip | any }", Exact: true,
			Show: showTunnelMode},
	}
	ip6tnlMode = []desc.Field{
		{Type: uapi.IFLA_IPTUN_PROTO, Word: "mode", Usage: "{ ip6ip6 | ipip6 | any }", Exact: true, Show: showTunnelMode},
	}
	iptunExternal = []desc.Field{
		{Type: uapi.IFLA_IPTUN_COLLECT_METADATA, Key: "external", Exact: true, Show: showTunnelExternal},
	}
	iptunEnds = []desc.Field{
		{Type: uapi.IFLA_IPTUN_REMOTE, Key: "remote", Usage: "ADDR", Exact: true, Show: showTunnelEnd},
		{Type: uapi.IFLA_IPTUN_LOCAL, Key: "local", Usage: "ADDR", Exact: true, Show: showTunnelEnd},
		{Type: uapi.IFLA_IPTUN_LINK, Key: "link", Word: "dev", Usage: "PHYS_DEV", Show: showSetDevice},
	}
	iptun4 = []desc.Field{
		{Type: uapi.IFLA_IPTUN_TTL, Word: "ttl", Words: []string{"hoplimit", "hlim"}, Usage: "TTL", Exact: true,
			Show: showTunnelTTL},
		{Type: uapi.IFLA_IPTUN_TOS, Word: "tos", Words: []string{"tclass", "tc", "dsfield"}, Usage: "TOS",
			Show: showTunnelTOS},
		{Type: uapi.IFLA_IPTUN_PMTUDISC, Word: "pmtudisc", Words: []string{"nopmtudisc"}, Exact: true,
			Show: showTunnelPmtudisc},
	}
	iptun6 = []desc.Field{
		{Type: uapi.IFLA_IPTUN_TTL, Word: "hoplimit", Words: []string{"ttl", "hlim"}, Usage: "TTL", Exact: true,
			Show: showTunnelTTL},
		{Type: uapi.IFLA_IPTUN_ENCAP_LIMIT, Word: "encaplimit", Usage: "ELIM", Exact: true, Show: showTunnelEncapLimit},
		{Type: uapi.IFLA_IPTUN_FLOWINFO, Word: "tclass", Words: []string{"tos", "tc", "dsfield"}, Usage: "TCLASS",
			Show: showTunnelClass},
		{Type: uapi.IFLA_IPTUN_FLOWINFO, Word: "flowlabel", Words: []string{"fl"}, Usage: "FLOWLABEL", Exact: true,
			Show: showTunnelLabel},
		{Type: uapi.IFLA_IPTUN_FLAGS, Word: "dscp", Usage: "inherit", Exact: true, Show: showTunnelDSCP},
		{Type: uapi.IFLA_IPTUN_FLAGS, Show: showTunnelMIP6, ReadOnly: true},
		{Type: uapi.IFLA_IPTUN_TOS, ReadOnly: true}, // a part of FLOWINFO
		{Type: uapi.IFLA_IPTUN_FLAGS, Word: "allow-localremote", Words: tunnelLocalRemote, Exact: true,
			Show: showTunnelLocalRemote},
	}
	sit6rd = []desc.Field{
		{Type: uapi.IFLA_IPTUN_FLAGS, Word: "isatap", Exact: true, Show: showTunnelIsatap},
		{Type: uapi.IFLA_IPTUN_6RD_PREFIX, Word: "6rd-prefix", Words: []string{"6rd-reset"}, Usage: "ADDR", Exact: true,
			Show: showTunnel6rd},
		{Type: uapi.IFLA_IPTUN_6RD_PREFIXLEN, ReadOnly: true},
		{Type: uapi.IFLA_IPTUN_ENCAP_LIMIT, ReadOnly: true}, // no sit has it
		{Type: uapi.IFLA_IPTUN_6RD_RELAY_PREFIXLEN, ReadOnly: true},
		{Type: uapi.IFLA_IPTUN_6RD_RELAY_PREFIX, Word: "6rd-relay_prefix", Usage: "ADDR", Exact: true},
	}
	iptunMark = []desc.Field{
		{Type: uapi.IFLA_IPTUN_FWMARK, Word: "fwmark", Usage: "MARK", Exact: true, Show: showTunnelMark},
	}
	iptunEncap = []desc.Field{
		{Type: uapi.IFLA_IPTUN_ENCAP_TYPE, Word: "encap", Words: tunnelNoEncap, Usage: tunnelEncaps, Exact: true,
			Show: showTunnelEncap},
		{Type: uapi.IFLA_IPTUN_ENCAP_SPORT, Word: "encap-sport", Usage: "PORT", Exact: true},
		{Type: uapi.IFLA_IPTUN_ENCAP_DPORT, Word: "encap-dport", Usage: "PORT", Exact: true},
		{Type: uapi.IFLA_IPTUN_ENCAP_FLAGS, Word: "encap-csum", Words: tunnelEncapFlags, Exact: true},
	}
)

// describeVti is an IPsec tunnel of one of the families.
func describeVti(sort int) desc.Kind {
	k := desc.Kind{Fields: tunnelFields(sort, vtiFields), Complete: completeVti}
	if sort == tunnelVti6 {
		k.Complete = completeVti6
	}
	return explained(k)
}

var vtiFields = []desc.Field{
	{Type: uapi.IFLA_VTI_REMOTE, Key: "remote", Usage: "ADDR", Show: showTunnelEnd},
	{Type: uapi.IFLA_VTI_LOCAL, Key: "local", Usage: "ADDR", Show: showTunnelEnd},
	{Type: uapi.IFLA_VTI_LINK, Key: "link", Word: "dev", Usage: "PHYS_DEV", Show: showSetDevice},
	{Type: uapi.IFLA_VTI_IKEY, Key: "ikey", Word: "key", Words: []string{"ikey"}, Usage: "KEY", Show: showTunnelKey},
	{Type: uapi.IFLA_VTI_OKEY, Key: "okey", Usage: "KEY", Show: showTunnelKey},
	{Type: uapi.IFLA_VTI_FWMARK, Word: "fwmark", Usage: "MARK", Exact: true, Show: showTunnelMark},
}

// showNothing is for attributes that are shown along with another.
func showNothing(*desc.Printer, *desc.Field, []byte, desc.Attrs) {}
