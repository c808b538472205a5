package bridge

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// listVlans is "vlan show".
func listVlans(c *cli.Command) error {
	f, err := nextFilter(c)
	switch {
	case err != nil:
		return err
	case c.Details:
		var flags uint32
		if c.Stats != 0 {
			flags = uapi.BRIDGE_VLANDB_DUMPF_STATS
		}
		return listDatabase(c, f, flags)
	case c.Stats != 0:
		return listVlanStats(c, f)
	}
	return listPorts(c, f, "vlans", "\n")
}

// listTunnels is "vlan tunnelshow".
func listTunnels(c *cli.Command) error {
	f, err := nextFilter(c)
	switch {
	case err != nil:
		return err
	case c.Stats != 0:
		return listVlanStats(c, f)
	}
	return listPorts(c, f, "tunnels", "  tunnel-id\n")
}

// listGlobal is "vlan global show".
func listGlobal(c *cli.Command) error {
	f, err := nextFilter(c)
	if err != nil {
		return err
	}
	return listDatabase(c, f, uapi.BRIDGE_VLANDB_DUMPF_GLOBAL)
}

// listPorts shows the VLANs or tunnels of ports as messages about links have them.
func listPorts(c *cli.Command, f filter, key, more string) error {
	mask := uint32(uapi.RTEXT_FILTER_BRVLAN)
	if c.CompressVlans {
		mask = uapi.RTEXT_FILTER_BRVLAN_COMPRESSED
	}
	return c.Array(func() error {
		c.Out.Text("%-16s  %-*s%s", "port", vlanWidth, "vlan-id", more)
		return ended(c, c.Dump(linkDump(mask), func(m wire.Message) error {
			var ifi uapi.Ifinfomsg
			ifi.Decode(m.Data)
			if ifi.Family == uapi.AF_BRIDGE && (f.index == 0 || f.index == int(ifi.Index)) {
				t := &portTable{p: c.Out, key: key}
				attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):])
				showPort(t, int(ifi.Index), attrs[uapi.IFLA_AF_SPEC], f)
				t.end()
			}
			return c.Spill()
		}))
	})
}

// showPort prints VLANs or tunnels of a port, each or each range on a line. Of those that come in order it is done
// with behind the one that was asked for.
func showPort(t *portTable, index int, spec []byte, f filter) {
	var begin struct {
		vlan uint16
		id   uint32
	}
	for d := wire.NewDecoder(spec); d.Next(); {
		var info uapi.BridgeVlanInfo
		var id uint32
		switch {
		case d.Type() == uapi.IFLA_BRIDGE_VLAN_INFO && t.key == "vlans":
			info.Decode(d.Data())
		case d.Type() == uapi.IFLA_BRIDGE_VLAN_TUNNEL_INFO && t.key == "tunnels":
			attrs := desc.ParseAttrs(d.Data())
			info.Vid, info.Flags = cli.Number16(attrs[uapi.IFLA_BRIDGE_VLAN_TUNNEL_VID]),
				cli.Number16(attrs[uapi.IFLA_BRIDGE_VLAN_TUNNEL_FLAGS])
			id = cli.Number32(attrs[uapi.IFLA_BRIDGE_VLAN_TUNNEL_ID])
		default:
			continue
		}
		if info.Flags&uapi.BRIDGE_VLAN_INFO_RANGE_END == 0 {
			begin.vlan, begin.id = info.Vid, id
		}
		switch vlan := int(info.Vid); {
		case f.vlan != 0 && vlan > f.vlan && info.Flags&uapi.BRIDGE_VLAN_INFO_RANGE_END == 0:
			return
		case f.vlan != 0 && int(begin.vlan) > f.vlan:
			return
		case info.Flags&uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN != 0 || vlan < f.vlan:
			continue
		}
		t.line(index)
		t.p.Object("")
		width := showRange(t.p, "vlan", uint64(begin.vlan), uint64(info.Vid))
		if t.key == "tunnels" {
			t.p.Text("%-*s  ", max(vlanWidth-width, 0), "")
			showRange(t.p, "tunid", uint64(begin.id), uint64(id))
		} else {
			ip.ShowVLANFlags(t.p, info.Flags)
		}
		t.p.EndObject()
		t.p.NL()
	}
}

// listVlanStats shows what was counted on VLANs, of bridges and then of ports.
func listVlanStats(c *cli.Command, f filter) error {
	return c.Array(func() error {
		c.Out.Text("%-16s  vlan-id\n", "port")
		for _, typ := range []uint16{uapi.IFLA_STATS_LINK_XSTATS, uapi.IFLA_STATS_LINK_XSTATS_SLAVE} {
			r := wire.NewRequest(uapi.RTM_GETSTATS, 0)
			(&uapi.IfStatsMsg{FilterMask: 1 << (typ - 1)}).Put(r.Header(uapi.SizeofIfStatsMsg))
			err := c.Dump(r, func(m wire.Message) error {
				var head uapi.IfStatsMsg
				head.Decode(m.Data)
				if f.index == 0 || f.index == int(head.Ifindex) {
					attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfStatsMsg, len(m.Data)):])
					showXstats(c.Out, int(head.Ifindex), desc.ParseAttrs(attrs[typ])[uapi.LINK_XSTATS_TYPE_BRIDGE], f)
				}
				return c.Spill()
			})
			if err != nil {
				return ended(c, err)
			}
		}
		return nil
	})
}

func showXstats(p *desc.Printer, index int, b []byte, f filter) {
	t := &portTable{p: p, key: "vlans"}
	for d := wire.NewDecoder(b); d.Next(); {
		var x uapi.BridgeVlanXstats
		x.Decode(d.Data())
		onPortsOnly := x.Flags&uapi.BRIDGE_VLAN_INFO_MASTER != 0 && x.Flags&uapi.BRIDGE_VLAN_INFO_BRENTRY == 0
		if d.Type() != uapi.BRIDGE_XSTATS_VLAN || f.vlan != 0 && f.vlan != int(x.Vid) || onPortsOnly {
			continue
		}
		t.line(index)
		p.Object("")
		p.Uint("vid", "%d", uint64(x.Vid))
		ip.ShowVLANFlags(p, x.Flags)
		p.NL()
		showCounters(t, &x)
		p.EndObject()
	}
	t.end()
}

func showCounters(t *portTable, x *uapi.BridgeVlanXstats) {
	t.indent()
	t.p.Uint("rx_bytes", "RX: %d bytes", x.RxBytes)
	t.p.Uint("rx_packets", " %d packets\n", x.RxPackets)
	t.indent()
	t.p.Uint("tx_bytes", "TX: %d bytes", x.TxBytes)
	t.p.Uint("tx_packets", " %d packets\n", x.TxPackets)
}

// listDatabase shows VLANs with their options, or with the flag BRIDGE_VLANDB_DUMPF_GLOBAL the options of bridges.
func listDatabase(c *cli.Command, f filter, flags uint32) error {
	r := wire.NewRequest(uapi.RTM_GETVLAN, 0)
	(&uapi.BrVlanMsg{Family: uapi.AF_BRIDGE}).Put(r.Header(uapi.SizeofBrVlanMsg))
	r.Uint32(uapi.BRIDGE_VLANDB_DUMP_FLAGS, flags)
	return c.Array(func() error {
		c.Out.Text("%-16s  %-*s\n", "port", vlanWidth, "vlan-id")
		t := &portTable{p: c.Out, key: "vlans"}
		err := c.Dump(r, func(m wire.Message) error {
			showDatabase(c, t, m, f)
			return c.Spill()
		})
		t.end()
		return ended(c, err)
	})
}

// showDatabase prints the VLANs of a message, and what a bridge has of them; it is false where it is not of the device
// asked for.
func showDatabase(c *cli.Command, t *portTable, m wire.Message, f filter) bool {
	var head uapi.BrVlanMsg
	head.Decode(m.Data)
	if head.Family != uapi.AF_BRIDGE || f.index != 0 && f.index != int(head.Ifindex) {
		return false
	}
	for d := wire.NewDecoderAfter(m.Data, uapi.SizeofBrVlanMsg); d.Next(); {
		switch d.Type() {
		case uapi.BRIDGE_VLANDB_ENTRY:
			showVlan(c, t, int(head.Ifindex), d.Data(), f)
		case uapi.BRIDGE_VLANDB_GLOBAL_OPTIONS:
			showGlobal(c, t, int(head.Ifindex), d.Data(), f)
		}
	}
	return true
}

// showVlan prints a VLAN, or a range of those that are alike.
func showVlan(c *cli.Command, t *portTable, index int, b []byte, f filter) {
	p := c.Out
	attrs := desc.ParseAttrs(b)
	var info uapi.BridgeVlanInfo
	info.Decode(attrs[uapi.BRIDGE_VLANDB_ENTRY_INFO])
	last := info.Vid
	if b, ok := attrs[uapi.BRIDGE_VLANDB_ENTRY_RANGE]; ok {
		last = cli.Number16(b)
	}
	if f.vlan != 0 && (f.vlan < int(info.Vid) || f.vlan > int(last)) {
		return
	}
	t.line(index)
	p.Object("")
	showRange(p, "vlan", uint64(info.Vid), uint64(last))
	ip.ShowVLANFlags(p, info.Flags)
	p.NL()
	t.indent()
	if attrs[uapi.BRIDGE_VLANDB_ENTRY_STATE] == nil { // of one that is gone
		showState(p, nil, []byte{uapi.BR_STATE_DISABLED}, nil)
	}
	desc.Show(p, &vlanOptions, b)
	ip.ShowUnknown(p, "%s ", attrs, uapi.BRIDGE_VLANDB_ENTRY_MAX)
	p.NL()
	if c.Stats != 0 {
		s := desc.ParseAttrs(attrs[uapi.BRIDGE_VLANDB_ENTRY_STATS])
		showCounters(t, &uapi.BridgeVlanXstats{
			RxBytes:   cli.Number64(s[uapi.BRIDGE_VLANDB_STATS_RX_BYTES]),
			RxPackets: cli.Number64(s[uapi.BRIDGE_VLANDB_STATS_RX_PACKETS]),
			TxBytes:   cli.Number64(s[uapi.BRIDGE_VLANDB_STATS_TX_BYTES]),
			TxPackets: cli.Number64(s[uapi.BRIDGE_VLANDB_STATS_TX_PACKETS]),
		})
	}
	p.EndObject()
}

// showGlobal prints the options of VLANs that are alike.
func showGlobal(c *cli.Command, t *portTable, index int, b []byte, f filter) {
	p := c.Out
	attrs := desc.ParseAttrs(b)
	first := cli.Number16(attrs[uapi.BRIDGE_VLANDB_GOPTS_ID])
	last := first
	if b, ok := attrs[uapi.BRIDGE_VLANDB_GOPTS_RANGE]; ok {
		last = cli.Number16(b)
	}
	if f.vlan != 0 && (f.vlan < int(first) || f.vlan > int(last)) {
		return
	}
	t.line(index)
	p.Object("")
	showRange(p, "vlan", uint64(first), uint64(last))
	p.NL()
	t.indent()
	desc.Show(p, &globalOptions, b)
	ip.ShowUnknown(p, "%s ", attrs, uapi.BRIDGE_VLANDB_GOPTS_MAX)
	p.NL()
	if b, ok := attrs[uapi.BRIDGE_VLANDB_GOPTS_MCAST_ROUTER_PORTS]; ok {
		showVlanRouters(c, t, b)
	}
	p.EndObject()
}

// showVlanRouters prints the ports of a VLAN that lead to multicast routers: b is what messages about a multicast
// database have behind their header.
func showVlanRouters(c *cli.Command, t *portTable, b []byte) {
	p := c.Out
	t.indent()
	p.Text("router ports: ")
	p.Array("router_ports")
	mdb, err := netlink.MDBDeserialize(append(make([]byte, uapi.SizeofBrPortMsg), b...))
	if err != nil {
		mdb = &netlink.MDB{}
	}
	for i := range mdb.Routers {
		r := &mdb.Routers[i]
		p.Object("")
		if c.Stats != 0 && i != 0 {
			p.NL()
			t.indent()
			p.Text("%-*s", len("router ports: "), "")
		}
		p.Str("port", "%s ", p.Link(r.PortIndex))
		if c.Stats != 0 {
			showRouterStats(p, r)
		}
		p.EndObject()
	}
	p.EndArray()
	p.NL()
}
