package ip

import (
	"fmt"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// margin stands before lines of counters, where other tables have the name of a link.
const margin = "                "

// xstatsView is what a kind of link counts, and the words that choose a part.
type xstatsView struct {
	inner uint16 // LINK_XSTATS_TYPE_…
	usage string
	parts []xstatsPart
}

type xstatsPart struct {
	words []string
	typ   uint16
	show  func(p *desc.Printer, b []byte)
}

// xstatsOf returns the view of a kind, nil for one that counts nothing more.
func xstatsOf(kind string) *xstatsView {
	switch strings.TrimSuffix(kind, "_slave") {
	case "bridge":
		return &xstatsView{uapi.LINK_XSTATS_TYPE_BRIDGE, "igmp | stp", []xstatsPart{
			{[]string{"igmp", "mcast"}, uapi.BRIDGE_XSTATS_MCAST, showBridgeMcastCounters},
			{[]string{"stp"}, uapi.BRIDGE_XSTATS_STP, showBridgeSTPCounters},
		}}
	case "bond":
		return &xstatsView{uapi.LINK_XSTATS_TYPE_BOND, "802.3ad", []xstatsPart{
			{[]string{"lacp", "802.3ad"}, uapi.BOND_XSTATS_3AD, show3ADCounters},
		}}
	}
	return nil
}

// linkXstats is "link xstats".
func linkXstats(c *cli.Command) error {
	switch {
	case !c.More():
		return cli.Exit(cli.StatusFailed, "xstats: missing argument")
	case c.TakeAbbr("type"):
	case c.HelpAsked():
		c.Out.Rawf("Usage: ... xstats type TYPE [ ARGS ]\n")
		return nil
	default:
		return desc.Wrong(c.Peek(), "unknown argument")
	}
	kind, err := c.Next()
	if err != nil {
		return err
	}
	v := xstatsOf(kind)
	switch {
	case linkOrPort(kind) == nil:
		return desc.Wrong(kind, "invalid type")
	case v == nil:
		return cli.Exit(cli.StatusFailed, "xstats: link type %s doesn't support xstats", kind)
	}
	var only uint16
	index := 0
	for c.More() {
		if c.Take("dev") {
			if index, err = c.NextLink(); err != nil {
				return err
			}
			continue
		}
		if c.Take("help") {
			c.Out.Rawf("Usage: ... %s [ %s ] [ dev DEVICE ]\n", kind, v.usage)
			return nil
		}
		part := v.part(c)
		if part == nil {
			return desc.Wrong(c.Peek(), "unknown attribute")
		}
		only = part.typ
	}
	typ := uint16(uapi.IFLA_STATS_LINK_XSTATS)
	if strings.HasSuffix(kind, "_slave") {
		typ = uapi.IFLA_STATS_LINK_XSTATS_SLAVE
	}
	return dumpLinkStats(c, typ, cli.StatusFailed, func(at int, attrs desc.Attrs) {
		b, ok := desc.ParseAttrs(attrs[typ])[v.inner]
		if ok && (index == 0 || index == at) {
			v.show(c.Out, at, b, only)
		}
	})
}

// part takes a word that chooses a part of the view; it is nil where the next is another.
func (v *xstatsView) part(c *cli.Command) *xstatsPart {
	for i := range v.parts {
		if c.Take(v.parts[i].words...) {
			return &v.parts[i]
		}
	}
	return nil
}

// show prints the counters of a link, or only those of an attribute.
func (v *xstatsView) show(p *desc.Printer, index int, b []byte, only uint16) {
	p.Object("")
	p.Str("ifname", "%-16s\n", p.Link(index))
	for d := wire.NewDecoder(b); d.Next(); {
		for _, part := range v.parts {
			if d.Type() == part.typ && (only == 0 || only == part.typ) {
				part.show(p, d.Data())
			}
		}
	}
	p.EndObject()
}

// dumpLinkStats calls show for each link that has counters of a group (IFLA_STATS_…).
func dumpLinkStats(c *cli.Command, typ uint16, status int, show func(index int, attrs desc.Attrs)) error {
	r := wire.NewRequest(uapi.RTM_GETSTATS, 0)
	(&uapi.IfStatsMsg{FilterMask: 1 << (typ - 1)}).Put(r.Header(uapi.SizeofIfStatsMsg))
	return c.Array(func() error {
		return Terminated(c, "Dump", status, c.Dump(r, func(m wire.Message) error {
			show(readStats(m))
			return c.Spill()
		}))
	})
}

// linkAfstats is "link afstats".
func linkAfstats(c *cli.Command) error {
	var dev choice[string]
	for c.More() {
		switch {
		case c.Take("dev"):
			word, err := c.Next()
			if err != nil {
				return err
			}
			if dev.given {
				return cli.Garbage("dev", word)
			}
			dev.set(word)
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			return &cli.UnknownError{Kind: "Command", Word: c.Peek(), Try: "link help"}
		}
	}
	index := 0
	if dev.given {
		info := c.LinkNamed(dev.value)
		if info == nil {
			fmt.Fprintln(c.Stderr, cli.NoSuchDevice(dev.value)) // ip does not fail
			return nil
		}
		index = info.Index
	}
	if c.Family != uapi.AF_UNSPEC && c.Family != uapi.AF_MPLS {
		return c.Array(func() error { return nil })
	}
	return dumpLinkStats(c, uapi.IFLA_STATS_AF_SPEC, cli.StatusFailed, func(at int, attrs desc.Attrs) {
		b, ok := desc.ParseAttrs(attrs[uapi.IFLA_STATS_AF_SPEC])[uapi.AF_MPLS]
		if !ok || index != 0 && index != at {
			return
		}
		p := c.Out
		p.Object("")
		p.Int("ifindex", "%d:", int64(at))
		p.ColorStr(desc.Ifname, "ifname", "%s", p.Link(at))
		p.NL()
		if st, ok := mplsStats(b); ok {
			p.Text("    mpls:")
			p.NL()
			showMPLSStats(c, st, "        ")
			p.Text("\n")
		}
		p.EndObject()
	})
}

// showXstatsSet prints the counters of one sort within "stats show".
func showXstatsSet(c *cli.Command, attrs desc.Attrs, typ, inner, of uint16, show func(*desc.Printer, []byte)) {
	for d := wire.NewDecoder(desc.ParseAttrs(attrs[typ])[inner]); d.Next(); {
		if d.Type() == of {
			c.Out.NL()
			show(c.Out, d.Data())
		}
	}
}

func showBridgeSet(c *cli.Command, attrs desc.Attrs, typ, of uint16, show func(*desc.Printer, []byte)) {
	showXstatsSet(c, attrs, typ, uapi.LINK_XSTATS_TYPE_BRIDGE, of, show)
}

func showBridgeSTP(c *cli.Command, attrs desc.Attrs) {
	showBridgeSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS, uapi.BRIDGE_XSTATS_STP, showBridgeSTPCounters)
}

func showPortSTP(c *cli.Command, attrs desc.Attrs) {
	showBridgeSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS_SLAVE, uapi.BRIDGE_XSTATS_STP, showBridgeSTPCounters)
}

func showBridgeMcast(c *cli.Command, attrs desc.Attrs) {
	showBridgeSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS, uapi.BRIDGE_XSTATS_MCAST, showBridgeMcastCounters)
}

func showPortMcast(c *cli.Command, attrs desc.Attrs) {
	showBridgeSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS_SLAVE, uapi.BRIDGE_XSTATS_MCAST, showBridgeMcastCounters)
}

func showBridgeVLANs(c *cli.Command, attrs desc.Attrs) {
	showVLANSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS)
}

func showPortVLANs(c *cli.Command, attrs desc.Attrs) {
	showVLANSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS_SLAVE)
}

func showVLANSet(c *cli.Command, attrs desc.Attrs, typ uint16) {
	c.Out.Array("vlans")
	showBridgeSet(c, attrs, typ, uapi.BRIDGE_XSTATS_VLAN, showBridgeVLANCounters)
	c.Out.EndArray()
}

func showBond3AD(c *cli.Command, attrs desc.Attrs) {
	showXstatsSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS, uapi.LINK_XSTATS_TYPE_BOND, uapi.BOND_XSTATS_3AD,
		show3ADCounters)
}

func showPort3AD(c *cli.Command, attrs desc.Attrs) {
	showXstatsSet(c, attrs, uapi.IFLA_STATS_LINK_XSTATS_SLAVE, uapi.LINK_XSTATS_TYPE_BOND, uapi.BOND_XSTATS_3AD,
		show3ADCounters)
}

func showBridgeSTPCounters(p *desc.Printer, b []byte) {
	var st uapi.BridgeStpXstats
	st.Decode(b)
	p.Object("stp")
	p.Text("%s    STP BPDU:  ", margin)
	p.Uint("rx_bpdu", "RX: %d ", st.RxBpdu)
	p.Uint("tx_bpdu", "TX: %d\n", st.TxBpdu)
	p.Text("%s    STP TCN:   ", margin)
	p.Uint("rx_tcn", "RX: %d ", st.RxTcn)
	p.Uint("tx_tcn", "TX: %d\n", st.TxTcn)
	p.Text("%s    STP Transitions: ", margin)
	p.Uint("transition_blk", "Blocked: %d ", st.TransitionBlk)
	p.Uint("transition_fwd", "Forwarding: %d\n", st.TransitionFwd)
	p.EndObject()
}

// showVersions prints counters of messages by direction and version of the protocol: of version 1 first.
func showVersions(p *desc.Printer, key, title string, versions ...[2]uint64) {
	p.Object(key)
	p.Text("%s    %s:\n", margin, title)
	for dir, name := range [...]string{uapi.BR_MCAST_DIR_RX: "RX", uapi.BR_MCAST_DIR_TX: "TX"} {
		p.Text("%s      %s: ", margin, name)
		for i, n := range versions {
			end := " "
			if i == len(versions)-1 {
				end = "\n"
			}
			p.Uint(fmt.Sprintf("%s_v%d", strings.ToLower(name), i+1), fmt.Sprintf("v%d %%d%s", i+1, end), n[dir])
		}
	}
	p.EndObject()
}

func showLeaves(p *desc.Printer, key, title string, n [2]uint64) {
	p.Object(key)
	p.Text("%s    %s: ", margin, title)
	p.Uint("rx", "RX: %d ", n[uapi.BR_MCAST_DIR_RX])
	p.Uint("tx", "TX: %d\n", n[uapi.BR_MCAST_DIR_TX])
	p.EndObject()
}

func showBridgeMcastCounters(p *desc.Printer, b []byte) {
	var st uapi.BrMcastStats
	st.Decode(b)
	p.Object("multicast")
	showVersions(p, "igmp_queries", "IGMP queries", st.IgmpV1queries, st.IgmpV2queries, st.IgmpV3queries)
	showVersions(p, "igmp_reports", "IGMP reports", st.IgmpV1reports, st.IgmpV2reports, st.IgmpV3reports)
	showLeaves(p, "igmp_leaves", "IGMP leaves", st.IgmpLeaves)
	p.Text("%s    IGMP parse errors: ", margin)
	p.Uint("igmp_parse_errors", "%d\n", st.IgmpParseErrors)
	showVersions(p, "mld_queries", "MLD queries", st.MldV1queries, st.MldV2queries)
	showVersions(p, "mld_reports", "MLD reports", st.MldV1reports, st.MldV2reports)
	showLeaves(p, "mld_leaves", "MLD leaves", st.MldLeaves)
	p.Text("%s    MLD parse errors: ", margin)
	p.Uint("mld_parse_errors", "%d\n", st.MldParseErrors)
	p.EndObject()
}

func showBridgeVLANCounters(p *desc.Printer, b []byte) {
	var st uapi.BridgeVlanXstats
	st.Decode(b)
	p.Text("%s  ", margin)
	p.Object("")
	p.Uint("vid", "%d", uint64(st.Vid))
	ShowVLANFlags(p, st.Flags)
	p.NL()
	p.Text("%s    ", margin)
	p.Uint("rx_bytes", "RX: %d bytes", st.RxBytes)
	p.Uint("rx_packets", " %d packets\n", st.RxPackets)
	p.Text("%s    ", margin)
	p.Uint("tx_bytes", "TX: %d bytes", st.TxBytes)
	p.Uint("tx_packets", " %d packets\n", st.TxPackets)
	p.EndObject()
}

// ShowVLANFlags prints what a port does with a VLAN (BRIDGE_VLAN_INFO_…).
func ShowVLANFlags(p *desc.Printer, flags uint16) {
	if flags == 0 {
		return
	}
	p.Array("flags")
	if flags&uapi.BRIDGE_VLAN_INFO_PVID != 0 {
		p.Str("", " %s", "PVID")
	}
	if flags&uapi.BRIDGE_VLAN_INFO_UNTAGGED != 0 {
		p.Str("", " %s", "Egress Untagged")
	}
	p.EndArray()
}

func show3ADCounters(p *desc.Printer, b []byte) {
	attrs := desc.ParseAttrs(b)
	p.Object("802.3ad")
	for _, n := range []struct {
		typ       uint16
		key, text string
	}{
		{uapi.BOND_3AD_STAT_LACPDU_RX, "lacpdu_rx", "LACPDU Rx"},
		{uapi.BOND_3AD_STAT_LACPDU_TX, "lacpdu_tx", "LACPDU Tx"},
		{uapi.BOND_3AD_STAT_LACPDU_UNKNOWN_RX, "lacpdu_unknown_rx", "LACPDU Unknown type Rx"},
		{uapi.BOND_3AD_STAT_LACPDU_ILLEGAL_RX, "lacpdu_illegal_rx", "LACPDU Illegal Rx"},
		{uapi.BOND_3AD_STAT_MARKER_RX, "marker_rx", "Marker Rx"},
		{uapi.BOND_3AD_STAT_MARKER_TX, "marker_tx", "Marker Tx"},
		{uapi.BOND_3AD_STAT_MARKER_RESP_RX, "marker_response_rx", "Marker response Rx"},
		{uapi.BOND_3AD_STAT_MARKER_RESP_TX, "marker_response_tx", "Marker response Tx"},
		{uapi.BOND_3AD_STAT_MARKER_UNKNOWN_RX, "marker_unknown_rx", "Marker unknown type Rx"},
	} {
		if v := attrs[n.typ]; len(v) >= 8 {
			p.Text("%s    ", margin)
			p.Uint(n.key, n.text+" %d\n", native.Uint64(v))
		}
	}
	p.EndObject()
}
