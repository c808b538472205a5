package netlink

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// showTunnelExternal prints that packets say where they go.
func showTunnelExternal(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.Bool("external", "external ", true)
	}
}

// showTunnelMode prints the protocol within.
func showTunnelMode(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) == 0 {
		return
	}
	ipip, ip6ip := "ipip", "ip6ip"
	if f.Arg == tunnelIP6 {
		ipip, ip6ip = "ipip6", "ip6ip6"
	}
	switch {
	case b[0] == 0:
		p.Str("proto", "%s ", "any")
	case b[0] == uapi.IPPROTO_IPIP:
		p.Str("proto", "%s ", ipip)
	case b[0] == uapi.IPPROTO_IPV6:
		p.Str("proto", "%s ", ip6ip)
	case b[0] == uapi.IPPROTO_MPLS && f.Arg != tunnelIP6:
		p.Str("proto", "%s ", "mplsip")
	}
}

// showTunnelEnd prints an end of a tunnel, which may be any address.
func showTunnelEnd(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	text := "any"
	if b != nil {
		switch a, ok := netip.AddrFromSlice(b); {
		case !ok || desc.AddrFamily(a) != tunnelSorts[f.Arg].family:
			text = "unknown"
		case !a.IsUnspecified():
			text = p.Addr(b)
		}
	}
	p.Str(f.Key, f.Key+" %s ", text)
}

// showTunnelTTL prints 0 as inherited in text. Of IPv6 it is the hop limit.
func showTunnelTTL(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	ttl := uint8(0)
	if len(b) != 0 {
		ttl = b[0]
	}
	if ttl != 0 || p.JSON {
		p.Uint("ttl", f.Word+" %d ", uint64(ttl))
	} else {
		p.Text("%s inherit ", f.Word)
	}
}

func showTunnelTOS(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	switch {
	case len(b) == 0 || b[0] == 0:
	case b[0] == tosInherit && !p.JSON:
		p.Text("tos inherit ")
	default:
		p.Hex("tos", "tos %#x ", uint64(b[0]))
	}
}

// showGREPmtudisc prints in text only where the MTU is not found.
func showGREPmtudisc(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	switch {
	case len(b) == 0:
	case b[0] == 0:
		p.YesNo("pmtudisc", "pmtudisc", false)
	default:
		p.Bool("pmtudisc", "", true)
	}
}

func showTunnelPmtudisc(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	p.YesNo("pmtudisc", "pmtudisc", len(b) != 0 && b[0] != 0)
}

func showTunnelIgnoreDF(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) != 0 && b[0] != 0 {
		p.Bool("ignore_df", "ignore-df ", true)
	}
}

// showTunnelKey prints a key that is in use: GRE has a flag for it.
func showTunnelKey(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 4 {
		return
	}
	s := &tunnelSorts[f.Arg]
	flags := s.iflags
	if f.Type == s.okey {
		flags = s.oflags
	}
	used := binary.BigEndian.Uint32(b) != 0
	if flags != 0 {
		used = greFlags(attrs[flags])&uapi.GRE_KEY != 0
	}
	if used {
		p.Str(f.Key, f.Key+" %s ", netip.AddrFrom4([4]byte(b)).String())
	}
}

func greFlags(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}

// showGREFlag prints one of the flags of one direction.
func showGREFlag(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	bit := uint16(uapi.GRE_SEQ)
	if f.Key[1] == 'c' {
		bit = uapi.GRE_CSUM
	}
	if greFlags(b)&bit != 0 {
		p.Bool(f.Key, f.Key+" ", true)
	}
	if bit == uapi.GRE_CSUM { // the last one that has a name
		p.Rest(f.Key[:1]+"flags", uint64(greFlags(b)&^(uapi.GRE_KEY|uapi.GRE_SEQ|uapi.GRE_CSUM)))
	}
}

func showTunnelMark(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	s := &tunnelSorts[f.Arg]
	if s.flowInfo != 0 && tunnelFlags(attrs[s.flags])&uapi.IP6_TNL_F_USE_ORIG_FWMARK != 0 {
		p.Bool("ip6_tnl_f_use_orig_fwmark", "fwmark inherit ", true)
	} else if len(b) >= 4 && native.Uint32(b) != 0 {
		p.Hex("fwmark", "fwmark %#x ", uint64(native.Uint32(b)))
	}
}

func showTunnelEncapLimit(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if tunnelFlags(attrs[tunnelSorts[f.Arg].flags])&uapi.IP6_TNL_F_IGN_ENCAP_LIMIT != 0 {
		p.Bool("ip6_tnl_f_ign_encap_limit", "encaplimit none ", true)
	} else if len(b) != 0 {
		p.Uint("encap_limit", "encaplimit %d ", uint64(b[0]))
	}
}

func showTunnelClass(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if tunnelFlags(attrs[tunnelSorts[f.Arg].flags])&uapi.IP6_TNL_F_USE_ORIG_TCLASS != 0 {
		p.Bool("ip6_tnl_f_use_orig_tclass", "tclass inherit ", true)
	} else if len(b) >= 4 {
		p.Str("tclass", "tclass %s ", fmt.Sprintf("0x%02x", binary.BigEndian.Uint32(b)&tunnelTrafficClass>>20))
	}
}

func showTunnelLabel(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if tunnelFlags(attrs[tunnelSorts[f.Arg].flags])&uapi.IP6_TNL_F_USE_ORIG_FLOWLABEL != 0 {
		p.Bool("ip6_tnl_f_use_orig_flowlabel", "flowlabel inherit ", true)
	} else if len(b) >= 4 {
		p.Str("flowlabel", "flowlabel %s ", fmt.Sprintf("0x%05x", binary.BigEndian.Uint32(b)&tunnelFlowLabel))
	}
}

func showTunnelDSCP(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if tunnelFlags(b)&uapi.IP6_TNL_F_RCV_DSCP_COPY != 0 {
		p.Bool("ip6_tnl_f_rcv_dscp_copy", "dscp inherit ", true)
	}
}

func showTunnelMIP6(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if tunnelFlags(b)&uapi.IP6_TNL_F_MIP6_DEV != 0 {
		p.Bool("ip6_tnl_f_mip6_dev", "mip6 ", true)
	}
}

func showTunnelLocalRemote(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if tunnelFlags(b)&uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE != 0 {
		p.Bool("ip6_tnl_f_allow_local_remote", "allow-localremote ", true)
	}
	const known = uapi.IP6_TNL_F_IGN_ENCAP_LIMIT | uapi.IP6_TNL_F_USE_ORIG_TCLASS | uapi.IP6_TNL_F_USE_ORIG_FLOWLABEL |
		uapi.IP6_TNL_F_MIP6_DEV |
		uapi.IP6_TNL_F_RCV_DSCP_COPY | uapi.IP6_TNL_F_USE_ORIG_FWMARK | uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE
	p.Rest("flags", uint64(uint16(tunnelFlags(b)))&^known) // the upper half is what the kernel found out
}

func showTunnelIsatap(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if tunnelFlags(b)&uapi.SIT_ISATAP != 0 {
		p.Bool("isatap", "isatap ", true)
	}
	p.Rest("flags", uint64(tunnelFlags(b)&^uapi.SIT_ISATAP))
}

// showTunnel6rd prints the prefixes of 6rd.
func showTunnel6rd(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	prefix := tunnelPrefix(b, attrs[uapi.IFLA_IPTUN_6RD_PREFIXLEN])
	length := attrs[uapi.IFLA_IPTUN_6RD_PREFIXLEN]
	if len(length) < 2 || native.Uint16(length) == 0 || !prefix.Addr().IsValid() {
		return
	}
	p.Str("prefix", "6rd-prefix %s", desc.AddrText(prefix.Addr()))
	p.Uint("prefixlen", "/%d ", uint64(native.Uint16(length)))
	relay, relayLen := attrs[uapi.IFLA_IPTUN_6RD_RELAY_PREFIX], attrs[uapi.IFLA_IPTUN_6RD_RELAY_PREFIXLEN]
	if len(relay) == 4 && native.Uint32(relay) != 0 && len(relayLen) >= 2 {
		p.Str("relay_prefix", "6rd-relay_prefix %s", p.Addr(relay))
		p.Uint("relay_prefixlen", "/%d ", uint64(native.Uint16(relayLen)))
	}
}

func showErspanIndex(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Uint(f.Key, "erspan_index %d ", uint64(native.Uint32(b)))
	}
}

func showErspanDir(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	switch {
	case len(b) == 0:
	case b[0] == 0:
		p.Str(f.Key, "erspan_dir %s ", "ingress")
	default:
		p.Str(f.Key, "erspan_dir %s ", "egress")
	}
}

func showErspanHwid(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 {
		p.Str(f.Key, "erspan_hwid %s ", desc.HexC(uint64(native.Uint16(b))))
	}
}

// showTunnelEncap prints the UDP header around the packets.
func showTunnelEncap(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 2 || native.Uint16(b) == uapi.TUNNEL_ENCAP_NONE {
		return
	}
	s := &tunnelSorts[f.Arg]
	var t tunnel
	t.loadEncap(s, attrs)
	p.Object("encap")
	p.Text("encap ")
	switch t.encap {
	case uapi.TUNNEL_ENCAP_FOU:
		p.Str("type", "%s ", "fou")
	case uapi.TUNNEL_ENCAP_GUE:
		p.Str("type", "%s ", "gue")
	default:
		p.Uint("type", "%d ", uint64(t.encap))
	}
	if t.sport == 0 && !p.JSON {
		p.Text("encap-sport auto ")
	} else {
		p.Uint("sport", "encap-sport %d ", uint64(t.sport))
	}
	p.Uint("dport", "encap-dport %d ", uint64(t.dport))
	p.YesNo("csum", "encap-csum", t.encapFlags&uapi.TUNNEL_ENCAP_FLAG_CSUM != 0)
	p.YesNo("csum6", "encap-csum6", t.encapFlags&uapi.TUNNEL_ENCAP_FLAG_CSUM6 != 0)
	p.YesNo("remcsum", "encap-remcsum", t.encapFlags&uapi.TUNNEL_ENCAP_FLAG_REMCSUM != 0)
	const known = uapi.TUNNEL_ENCAP_FLAG_CSUM | uapi.TUNNEL_ENCAP_FLAG_CSUM6 | uapi.TUNNEL_ENCAP_FLAG_REMCSUM
	p.Rest("flags", uint64(t.encapFlags&^known))
	p.EndObject()
}
