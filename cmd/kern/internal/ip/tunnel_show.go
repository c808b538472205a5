package ip

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// tunnelInside is the name of what a tunnel carries.
func tunnelInside(protocol uint8) string {
	switch protocol {
	case uapi.IPPROTO_IPIP:
		return "ip"
	case uapi.IPPROTO_GRE:
		return "gre"
	case uapi.IPPROTO_IPV6:
		return "ipv6"
	case uapi.IPPROTO_ESP:
		return "esp"
	case uapi.IPPROTO_MPLS:
		return "mpls"
	case 0:
		return "any"
	}
	return "unknown"
}

// show prints a tunnel; l, if not nil, has its counters.
func (t *tunnel4) show(c *cli.Command, l *linkMessage) {
	p := c.Out
	addr := func(b []byte, text string) string {
		if [4]byte(b) == [4]byte{} && !p.JSON {
			return "any"
		}
		return text
	}
	p.Object("")
	p.ColorStr(desc.Ifname, "ifname", "%s: ", t.name())
	p.Str("mode", "%s ", tunnelInside(t.protocol())+"/ip")
	p.Text("remote ")
	p.ColorStr(desc.Inet, "remote", "%s ", addr(t.remote(), p.Addr(t.remote())))
	p.Text("local ")
	p.ColorStr(desc.Inet, "local", "%s",
		addr(t.local(), desc.AddrText(netip.AddrFrom4([4]byte(t.local()))))) // no host's name, as it is this one's
	if t.protocol() == uapi.IPPROTO_IPV6 && t.IFlags&flag16(uapi.SIT_ISATAP) != 0 {
		showPRL(c, t.name())
	}
	showTunnelLink(c, "dev", t.Link)
	if ttl := t.Iph[ipv4TTL]; ttl != 0 {
		p.Uint("ttl", " ttl %d", uint64(ttl))
	} else {
		p.Text(" ttl inherit")
	}
	switch tos := t.Iph[ipv4TOS]; {
	case tos == 0:
	case tos == tosInherit:
		p.Text(" tos inherit")
	case tos&tosInherit != 0 && !p.JSON:
		p.Text(" tos inherit/%s", c.Names.DsfieldName(tos&^tosInherit))
	default:
		p.Str("tos", " tos %s", c.Names.DsfieldName(tos))
	}
	if t.flags()&uapi.IP_DF == 0 {
		p.Null("nopmtudisc", " nopmtudisc")
	}
	if t.protocol() == uapi.IPPROTO_IPV6 {
		show6rd(c, t.name())
	}
	endTunnel(c, l, t.protocol(), tunnelGRE{&t.IFlags, &t.OFlags, &t.IKey, &t.OKey})
}

// show prints a tunnel; l, if not nil, has its counters.
func (t *tunnel6) show(c *cli.Command, l *linkMessage) {
	p := c.Out
	p.Object("")
	p.ColorStr(desc.Ifname, "ifname", "%s: ", t.name())
	p.Str("mode", "%s ", tunnelInside(t.Proto)+"/ipv6")
	p.Text("remote ")
	p.ColorStr(desc.Inet6, "remote", "%s ", p.Addr(t.Raddr[:]))
	p.Text("local ")
	p.ColorStr(desc.Inet6, "local", "%s", addr6(t.Laddr))
	showTunnelLink(c, "link", t.Link)
	if t.Flags&uapi.IP6_TNL_F_IGN_ENCAP_LIMIT != 0 {
		p.Null("ip6_tnl_f_ign_encap_limit", " encaplimit none")
	} else {
		p.Uint("encap_limit", " encaplimit %d", uint64(t.EncapLimit))
	}
	if t.HopLimit != 0 {
		p.Uint("hoplimit", " hoplimit %d", uint64(t.HopLimit))
	} else {
		p.Text(" hoplimit inherit")
	}
	if t.Flags&uapi.IP6_TNL_F_USE_ORIG_TCLASS != 0 {
		p.Null("ip6_tnl_f_use_orig_tclass", " tclass inherit")
	} else {
		p.Str("tclass", " tclass %s", fmt.Sprintf("0x%02x", t.Flowinfo&flowTclass>>flowTclassShift))
	}
	if t.Flags&uapi.IP6_TNL_F_USE_ORIG_FLOWLABEL != 0 {
		p.Null("ip6_tnl_f_use_orig_flowlabel", " flowlabel inherit")
	} else {
		p.Str("flowlabel", " flowlabel %s", fmt.Sprintf("0x%05x", t.Flowinfo&flowLabel))
	}
	p.Str("flowinfo", " (flowinfo %s)", fmt.Sprintf("0x%08x", t.Flowinfo))
	if t.Flags&uapi.IP6_TNL_F_RCV_DSCP_COPY != 0 {
		p.Null("ip6_tnl_f_rcv_dscp_copy", " dscp inherit")
	}
	if t.Flags&uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE != 0 {
		p.Null("ip6_tnl_f_allow_local_remote", " allow-localremote")
	}
	endTunnel(c, l, t.Proto, tunnelGRE{&t.IFlags, &t.OFlags, &t.IKey, &t.OKey})
}

// showTunnelLink prints the link that outer packets go by, if it is set and there.
func showTunnelLink(c *cli.Command, key string, index int32) {
	if index != 0 && c.Link(int(index)) != nil {
		c.Out.Str(key, " dev %s", c.Out.Link(int(index)))
	}
}

// endTunnel prints the last parts of a tunnel, which both families have.
func endTunnel(c *cli.Command, l *linkMessage, protocol uint8, g tunnelGRE) {
	p := c.Out
	in, out := *g.iFlags&uapi.GRE_KEY != 0, *g.oFlags&uapi.GRE_KEY != 0
	if in && out && *g.iKey == *g.oKey {
		p.Uint("key", " key %d", uint64(*g.iKey))
	} else {
		if in {
			p.Uint("ikey", " ikey %d", uint64(*g.iKey))
		}
		if out {
			p.Uint("okey", " okey %d", uint64(*g.oKey))
		}
	}
	if protocol == uapi.IPPROTO_GRE {
		p.Array("flags")
		for _, f := range []struct {
			on        bool
			key, text string
		}{
			{*g.iFlags&uapi.GRE_SEQ != 0, "rx_drop_ooseq", "Drop packets out of sequence."},
			{*g.iFlags&uapi.GRE_CSUM != 0, "rx_csum", "Checksum in received packet is required."},
			{*g.oFlags&uapi.GRE_SEQ != 0, "tx_seq", "Sequence packets on output."},
			{*g.oFlags&uapi.GRE_CSUM != 0, "tx_csum", "Checksum output packets."},
		} {
			switch {
			case !f.on:
			case p.JSON:
				p.Str("", "", f.key)
			default:
				p.NL()
				p.Text("  %s", f.text)
			}
		}
		p.EndArray()
	}
	if l != nil && c.Stats > 0 {
		showTunnelStats(c, l)
	}
	p.EndObject()
	p.Text("\n")
}

// showTunnelStats prints the counters by the names that they have for tunnels. ip prints this text into JSON, too.
func showTunnelStats(c *cli.Command, l *linkMessage) {
	p := c.Out
	if p.JSON {
		showLinkStats(c.Session, l)
		return
	}
	var s uapi.RtnlLinkStats64
	s.Decode(l.attrs[uapi.IFLA_STATS64])
	p.NL()
	p.Text("RX: Packets    Bytes        Errors CsumErrs OutOfSeq Mcasts")
	p.NL()
	p.Text("    %-10d %-12d %-6d %-8d %-8d %-8d", s.RxPackets, s.RxBytes, s.RxErrors, s.RxFrameErrors, s.RxFifoErrors,
		s.Multicast)
	p.NL()
	p.Text("TX: Packets    Bytes        Errors DeadLoop NoRoute  NoBufs")
	p.NL()
	p.Text("    %-10d %-12d %-6d %-8d %-8d %-6d", s.TxPackets, s.TxBytes, s.TxErrors, s.Collisions, s.TxCarrierErrors,
		s.TxDropped)
}

// addr4 is an address in the bytes of the network.
func addr4(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
