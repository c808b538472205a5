package ip

import (
	"encoding/binary"
	"strconv"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// showNexthopInfo prints the nexthop object that a route uses.
func showNexthopInfo(c *cli.Command, id uint32) {
	r := wire.NewRequest(uapi.RTM_GETNEXTHOP, 0)
	var nhm uapi.Nhmsg
	nhm.Put(r.Header(uapi.SizeofNhmsg))
	r.Uint32(uapi.NHA_ID, id)
	m, err := c.Get(r)
	if err != nil {
		return // it was deleted since
	}
	c.Out.Text("\n\tnh_info ")
	c.Out.Object("nh_info")
	showNexthopObject(c, m)
	c.Out.EndObject()
}

// showNexthopObject prints what an RTM_NEWNEXTHOP or RTM_DELNEXTHOP message
// holds into the JSON object that the caller opened.
func showNexthopObject(c *cli.Command, m wire.Message) {
	p := c.Out
	var nhm uapi.Nhmsg
	nhm.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofNhmsg, len(m.Data)):])
	if m.Type == uapi.RTM_DELNEXTHOP {
		p.Bool("deleted", "Deleted ", true)
	}
	if b, ok := attrs[uapi.NHA_ID]; ok {
		p.Uint("id", "id %d ", uint64(cli.Number32(b)))
	}
	if b, ok := attrs[uapi.NHA_GROUP]; ok {
		showNexthopGroup(p, b)
	}
	if b := attrs[uapi.NHA_GROUP_TYPE]; len(b) >= 2 {
		switch native.Uint16(b) {
		case uapi.NEXTHOP_GRP_TYPE_MPATH: // the default is not shown
		case uapi.NEXTHOP_GRP_TYPE_RES:
			p.Str("type", "type %s ", "resilient")
		default:
			p.Str("type", "type %s ", strconv.Itoa(int(native.Uint16(b))))
		}
	}
	if b, ok := attrs[uapi.NHA_RES_GROUP]; ok {
		showResilientGroup(p, b)
	}
	showEncap(c, attrs[uapi.NHA_ENCAP_TYPE], attrs[uapi.NHA_ENCAP])
	if b, ok := attrs[uapi.NHA_GATEWAY]; ok {
		p.Text("via ")
		p.ColorStr(desc.AddrColor(int(nhm.Family)), "gateway", "%s ", familyAddrText(c, int(nhm.Family), b))
	}
	if b, ok := attrs[uapi.NHA_OIF]; ok {
		p.Text("dev ")
		p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(int(cli.Number32(b))))
	}
	if nhm.Scope != uapi.RT_SCOPE_UNIVERSE || c.Details {
		p.Str("scope", "scope %s ", c.Names.ScopeName(nhm.Scope))
	}
	if _, ok := attrs[uapi.NHA_BLACKHOLE]; ok {
		p.Null("blackhole", "blackhole ")
	}
	if nhm.Protocol != uapi.RTPROT_UNSPEC || c.Details {
		p.Str("protocol", "proto %s ", c.Names.ProtoName(nhm.Protocol))
	}
	showRouteFlags(c, nhm.Flags)
	if _, ok := attrs[uapi.NHA_FDB]; ok {
		p.Null("fdb", "fdb ")
	}
	if b := attrs[uapi.NHA_DST_PORT]; len(b) >= 2 {
		p.Uint("dst_port", "dst_port %d ", uint64(binary.BigEndian.Uint16(b)))
	}
	showNexthopHWStats(c, attrs)
	showNexthopStats(c, attrs[uapi.NHA_GROUP_STATS])
	ShowUnknown(p, "%s ", attrs, uapi.NHA_MAX)
}

// showNexthopHWStats prints whether hardware counts for a group.
func showNexthopHWStats(c *cli.Command, attrs desc.Attrs) {
	enabled, ok := attrs[uapi.NHA_HW_STATS_ENABLE]
	if !ok || !c.Details && c.Stats == 0 {
		return
	}
	p := c.Out
	p.Object("hw_stats")
	p.OnOff("enabled", "hw_stats %s ", cli.Number32(enabled) != 0)
	p.OnOff("used", "used %s ", cli.Number32(attrs[uapi.NHA_HW_STATS_USED]) != 0)
	p.EndObject()
}

// showNexthopStats prints NHA_GROUP_STATS: the packets that each member of a group got.
func showNexthopStats(c *cli.Command, b []byte) {
	if b == nil || c.Stats == 0 {
		return
	}
	p := c.Out
	p.Array("group_stats")
	p.NL()
	p.Text("  stats:")
	d := wire.NewDecoder(b)
	for d.Next() {
		member := desc.ParseAttrs(d.Data())
		p.Object("")
		p.NL()
		p.Uint("id", "    id %d", uint64(cli.Number32(member[uapi.NHA_GROUP_STATS_ENTRY_ID])))
		p.Uint("packets", " packets %d", wideNumber(member[uapi.NHA_GROUP_STATS_ENTRY_PACKETS]))
		if c.Stats > 1 {
			p.Uint("packets_hw", " packets_hw %d", wideNumber(member[uapi.NHA_GROUP_STATS_ENTRY_PACKETS_HW]))
		}
		ShowUnknown(p, " %s", member, uapi.NHA_GROUP_STATS_ENTRY_MAX)
		p.EndObject()
	}
	p.EndArray()
}

// wideNumber is an attribute that has four bytes, or eight where the number needs them (NLA_UINT).
func wideNumber(b []byte) uint64 {
	if len(b) >= 8 {
		return native.Uint64(b)
	}
	return uint64(cli.Number32(b))
}

// showResilientGroup prints NHA_RES_GROUP: how many buckets a group has, and when
// they move. Its times are in hundredths of a second.
func showResilientGroup(p *desc.Printer, b []byte) {
	attrs := desc.ParseAttrs(b)
	p.Object("resilient_args")
	if b := attrs[uapi.NHA_RES_GROUP_BUCKETS]; len(b) >= 2 {
		p.Uint("buckets", "buckets %d ", uint64(native.Uint16(b)))
	}
	for _, timer := range []struct {
		typ uint16
		key string
	}{
		{uapi.NHA_RES_GROUP_IDLE_TIMER, "idle_timer"},
		{uapi.NHA_RES_GROUP_UNBALANCED_TIMER, "unbalanced_timer"},
	} {
		if b := attrs[timer.typ]; len(b) >= 4 {
			p.Float(timer.key, timer.key+" %.6g ", float64(native.Uint32(b))/uapi.HZ)
		}
	}
	if b := attrs[uapi.NHA_RES_GROUP_UNBALANCED_TIME]; len(b) >= 8 {
		p.Float("unbalanced_time", "unbalanced_time %.6g ", float64(native.Uint64(b))/uapi.HZ)
	}
	ShowUnknown(p, "%s ", attrs, uapi.NHA_RES_GROUP_MAX)
	p.EndObject()
}

// showNexthopGroup prints NHA_GROUP: ID[,WEIGHT][/ID[,WEIGHT]]….
func showNexthopGroup(p *desc.Printer, b []byte) {
	p.Array("group")
	p.Text("group ")
	for i := 0; len(b) >= uapi.SizeofNexthopGrp; i++ {
		var g uapi.NexthopGrp
		g.Decode(b)
		b = b[uapi.SizeofNexthopGrp:]
		p.Object("")
		if i != 0 {
			p.Text("/")
		}
		p.Uint("id", "%d", uint64(g.Id))
		if g.Weight != 0 || g.WeightHigh != 0 {
			p.Uint("weight", ",%d", uint64(g.Weight)+uint64(g.WeightHigh)<<8+1)
		}
		p.EndObject()
	}
	p.Text(" ")
	p.EndArray()
}
