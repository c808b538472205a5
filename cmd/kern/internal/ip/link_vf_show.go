package ip

import (
	"encoding/binary"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// vfs are the virtual functions of a link, each with its attributes.
func (l *linkMessage) vfs() []desc.Attrs {
	var all []desc.Attrs
	d := wire.NewDecoder(l.attrs[uapi.IFLA_VFINFO_LIST])
	for d.Next() {
		if d.Type() == uapi.IFLA_VF_INFO {
			all = append(all, desc.ParseAttrs(d.Data()))
		}
	}
	return all
}

// showVFs prints each virtual function on a line of its own.
func showVFs(s *cli.Session, l *linkMessage) {
	if l.number(uapi.IFLA_NUM_VF) == 0 || l.attrs[uapi.IFLA_VFINFO_LIST] == nil {
		return
	}
	s.Out.Array("vfinfo_list")
	for _, vf := range l.vfs() {
		s.Out.Object("")
		showVF(s, l, vf)
		s.Out.EndObject()
	}
	s.Out.EndArray()
}

func showVF(s *cli.Session, l *linkMessage, vf desc.Attrs) {
	p := s.Out
	var mac uapi.IflaVfMac
	mac.Decode(vf[uapi.IFLA_VF_MAC])
	p.NL()
	p.Int("vf", "    vf %d ", int64(mac.Vf))
	p.Str("link_type", "    link/%s ", linkTypeName(s, l.ifi.Type))
	// The attribute has room for any address; it is as long as the link's own.
	size := min(len(l.attrs[uapi.IFLA_ADDRESS]), len(mac.Mac))
	p.ColorStr(desc.MAC, "address", "%s", cli.LLAddrText(mac.Mac[:size], l.ifi.Type))
	if b, ok := vf[uapi.IFLA_VF_BROADCAST]; ok {
		p.Text(" brd ")
		p.ColorStr(desc.MAC, "broadcast", "%s", cli.LLAddrText(b[:min(size, len(b))], l.ifi.Type))
	}
	showVFVlans(s, vf)
	showVFRates(s, vf)
	showVFSetting(s, vf, uapi.IFLA_VF_SPOOFCHK, "spoofchk", ", spoof checking %s")
	showVFGUID(s, vf, uapi.IFLA_VF_IB_NODE_GUID, "node guid", ", NODE_GUID %s")
	showVFGUID(s, vf, uapi.IFLA_VF_IB_PORT_GUID, "port guid", ", PORT_GUID %s")
	if b := vf[uapi.IFLA_VF_LINK_STATE]; b != nil {
		var state uapi.IflaVfLinkState
		state.Decode(b)
		p.Str("link_state", ", link-state %s", vfStates[min(state.LinkState, uapi.IFLA_VF_LINK_STATE_DISABLE)])
	}
	showVFSetting(s, vf, uapi.IFLA_VF_TRUST, "trust", ", trust %s")
	showVFSetting(s, vf, uapi.IFLA_VF_RSS_QUERY_EN, "query_rss_en", ", query_rss %s")
	if b := vf[uapi.IFLA_VF_STATS]; b != nil && s.Stats > 0 {
		showVFStats(s, desc.ParseAttrs(b))
	}
	ShowUnknown(p, " %s", vf, uapi.IFLA_VF_MAX)
}

// showVFVlans prints the tags that a function's packets get; 0 is none.
func showVFVlans(s *cli.Session, vf desc.Attrs) {
	b, ok := vf[uapi.IFLA_VF_VLAN_LIST]
	if !ok {
		var tag uapi.IflaVfVlan
		tag.Decode(vf[uapi.IFLA_VF_VLAN])
		showVFVlan(s, uapi.IflaVfVlanInfo{Vlan: tag.Vlan, Qos: tag.Qos, VlanProto: uapi.ETH_P_8021Q})
		return
	}
	s.Out.Array("vlan_list")
	d := wire.NewDecoder(b)
	for d.Next() {
		var info uapi.IflaVfVlanInfo
		info.Decode(d.Data())
		s.Out.Object("")
		showVFVlan(s, info)
		s.Out.EndObject()
	}
	s.Out.EndArray()
}

func showVFVlan(s *cli.Session, info uapi.IflaVfVlanInfo) {
	if info.Vlan != 0 {
		s.Out.Int("vlan", ", vlan %d", int64(info.Vlan))
	}
	if info.Qos != 0 {
		s.Out.Int("qos", ", qos %d", int64(info.Qos))
	}
	if info.VlanProto != 0 && info.VlanProto != uapi.ETH_P_8021Q {
		s.Out.Str("protocol", ", vlan protocol %s", s.Out.EtherProtocol(info.VlanProto))
	}
}

// showVFRates prints the limits of what a function may send, 0 being none.
func showVFRates(s *cli.Session, vf desc.Attrs) {
	p := s.Out
	var tx uapi.IflaVfTxRate
	tx.Decode(vf[uapi.IFLA_VF_TX_RATE])
	if tx.Rate != 0 {
		p.Uint("tx_rate", ", tx rate %d (Mbps)", uint64(tx.Rate))
	}
	var rate uapi.IflaVfRate
	b, ok := vf[uapi.IFLA_VF_RATE]
	if !ok {
		return
	}
	rate.Decode(b)
	p.Object("rate")
	if p.JSON || rate.MaxTxRate != 0 {
		p.Uint("max_tx", ", max_tx_rate %dMbps", uint64(rate.MaxTxRate))
	}
	if p.JSON || rate.MinTxRate != 0 {
		p.Uint("min_tx", ", min_tx_rate %dMbps", uint64(rate.MinTxRate))
	}
	p.EndObject()
}

// showVFSetting prints what is on or off, unless the driver does not know. The
// structures of all settings are alike.
func showVFSetting(s *cli.Session, vf desc.Attrs, typ uint16, key, format string) {
	b, ok := vf[typ]
	var set uapi.IflaVfTrust
	set.Decode(b)
	if !ok || set.Setting == unknownSetting {
		return
	}
	s.Out.OnOff(key, format, set.Setting != 0)
}

const unknownSetting = 1<<32 - 1

func showVFGUID(s *cli.Session, vf desc.Attrs, typ uint16, key, format string) {
	b, ok := vf[typ]
	if !ok {
		return
	}
	var guid uapi.IflaVfGuid
	guid.Decode(b)
	s.Out.Str(key, format, cli.LLAddrText(binary.BigEndian.AppendUint64(nil, guid.Guid), uapi.ARPHRD_ETHER))
}

// vfCounters are the columns of a function's statistics.
var vfCounters = []struct {
	dir      string
	head     string
	counters []vfCounter
}{
	{"rx", "    RX: bytes  packets  mcast   bcast ", []vfCounter{
		{uapi.IFLA_VF_STATS_RX_BYTES, "bytes", 10}, {uapi.IFLA_VF_STATS_RX_PACKETS, "packets", 8},
		{uapi.IFLA_VF_STATS_MULTICAST, "multicast", 7}, {uapi.IFLA_VF_STATS_BROADCAST, "broadcast", 7},
		{uapi.IFLA_VF_STATS_RX_DROPPED, "dropped", 8}}},
	{"tx", "    TX: bytes  packets ", []vfCounter{
		{uapi.IFLA_VF_STATS_TX_BYTES, "tx_bytes", 10}, {uapi.IFLA_VF_STATS_TX_PACKETS, "tx_packets", 8},
		{uapi.IFLA_VF_STATS_TX_DROPPED, "dropped", 8}}},
}

type vfCounter struct {
	typ   uint16
	key   string
	width int
}

func showVFStats(s *cli.Session, stats desc.Attrs) {
	p := s.Out
	p.Object("stats")
	for _, row := range vfCounters {
		p.Object(row.dir)
		p.NL()
		p.Text("%s", row.head)
		last := row.counters[len(row.counters)-1]
		if stats[last.typ] != nil {
			p.Text("  dropped ")
		}
		p.NL()
		p.Text("    ")
		for _, c := range row.counters {
			b, ok := stats[c.typ]
			if len(b) < 8 {
				if ok || c == last {
					continue // old kernels do not count what is dropped
				}
				b = make([]byte, 8)
			}
			n := native.Uint64(b)
			p.Uint(c.key, "", n)
			p.Text("%*s ", c.width, amount(s, n))
		}
		p.EndObject()
	}
	p.EndObject()
}
