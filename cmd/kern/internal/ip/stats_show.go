package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// showStats64 prints a struct rtnl_link_stats64, if there is one.
func showStats64(c *cli.Command, b []byte) {
	c.Out.NL()
	if b == nil {
		return
	}
	var st uapi.RtnlLinkStats64
	st.Decode(b)
	showCounters64(c.Session, "stats64", &st, nil)
}

func offloadStats(attrs desc.Attrs) desc.Attrs {
	return desc.ParseAttrs(attrs[uapi.IFLA_STATS_LINK_OFFLOAD_XSTATS])
}

// showHWStatsInfo prints which counters of the hardware are wanted and used.
func showHWStatsInfo(c *cli.Command, attrs desc.Attrs) {
	b, ok := offloadStats(attrs)[uapi.IFLA_OFFLOAD_XSTATS_HW_S_INFO]
	if !ok {
		return
	}
	p := c.Out
	p.NL()
	p.Object("info")
	if l3, ok := desc.ParseAttrs(b)[uapi.IFLA_OFFLOAD_XSTATS_L3_STATS]; ok {
		p.Text("    l3_stats")
		p.Object("l3_stats")
		showHWUse(p, l3)
		p.EndObject()
	}
	p.EndObject()
}

// showHWUse prints whether counters are wanted, and whether they are used.
func showHWUse(p *desc.Printer, b []byte) {
	use := desc.ParseAttrs(b)
	if v, ok := use[uapi.IFLA_OFFLOAD_XSTATS_HW_S_INFO_REQUEST]; ok {
		p.OnOff("request", " %s", cli.Number8(v) != 0)
	}
	if v, ok := use[uapi.IFLA_OFFLOAD_XSTATS_HW_S_INFO_USED]; ok {
		p.OnOff("used", " used %s", cli.Number8(v) != 0)
	}
}

// showL3Stats prints what the hardware routed.
func showL3Stats(c *cli.Command, attrs desc.Attrs) {
	offload := offloadStats(attrs)
	info, ok := offload[uapi.IFLA_OFFLOAD_XSTATS_HW_S_INFO]
	if !ok {
		return
	}
	p := c.Out
	p.Object("info")
	showHWUse(p, desc.ParseAttrs(info)[uapi.IFLA_OFFLOAD_XSTATS_L3_STATS])
	p.EndObject()
	b, ok := offload[uapi.IFLA_OFFLOAD_XSTATS_L3_STATS]
	if !ok {
		return
	}
	var st uapi.RtnlHwStats64
	st.Decode(b)
	p.NL()
	p.Object("stats64")
	showCounterTable(c.Session, "    ", []counter{
		{key: "bytes", head: "bytes", n: st.RxBytes}, {key: "packets", head: "packets", n: st.RxPackets},
		{key: "errors", head: "errors", n: st.RxErrors}, {key: "dropped", head: "dropped", n: st.RxDropped},
		{key: "multicast", head: "mcast", n: st.Multicast},
	}, []counter{
		{key: "bytes", head: "bytes", n: st.TxBytes}, {key: "packets", head: "packets", n: st.TxPackets},
		{key: "errors", head: "errors", n: st.TxErrors}, {key: "dropped", head: "dropped", n: st.TxDropped},
	})
	p.EndObject()
}

// showMPLSSet prints the counters of MPLS within "stats show".
func showMPLSSet(c *cli.Command, attrs desc.Attrs) {
	if b, ok := mplsStats(desc.ParseAttrs(attrs[uapi.IFLA_STATS_AF_SPEC])[uapi.AF_MPLS]); ok {
		c.Out.NL()
		showMPLSStats(c, b, "    ")
	}
}

// mplsStats is the struct mpls_link_stats within the counters of the family.
func mplsStats(b []byte) (st []byte, ok bool) {
	st, ok = desc.ParseAttrs(b)[uapi.MPLS_STATS_LINK]
	return st, ok
}

func showMPLSStats(c *cli.Command, b []byte, indent string) {
	var st uapi.MplsLinkStats
	st.Decode(b)
	p := c.Out
	p.Object("mpls_stats")
	showCounterTable(c.Session, indent, []counter{
		{key: "bytes", head: "bytes", n: st.RxBytes}, {key: "packets", head: "packets", n: st.RxPackets},
		{key: "errors", head: "errors", n: st.RxErrors}, {key: "dropped", head: "dropped", n: st.RxDropped},
		{key: "noroute", head: "noroute", n: st.RxNoroute},
	}, []counter{
		{key: "bytes", head: "bytes", n: st.TxBytes}, {key: "packets", head: "packets", n: st.TxPackets},
		{key: "errors", head: "errors", n: st.TxErrors}, {key: "dropped", head: "dropped", n: st.TxDropped},
	})
	p.EndObject()
}

// showCounterTable prints counters of two directions. The text lacks its last line end.
func showCounterTable(s *cli.Session, indent string, rx, tx []counter) {
	if s.JSON {
		countersJSON(s, rx, tx)
		return
	}
	widths := []int{len("RX: bytes"), len("packets"), len("errors"), len("dropped"), len("overrun")}
	for _, row := range [][]counter{rx, tx} {
		for i, c := range row {
			widths[i] = max(widths[i], len(amount(s, c.n)))
		}
	}
	statsRow(s, indent, "RX:", rx, widths)
	statsRow(s, indent, "TX:", tx, widths)
}
