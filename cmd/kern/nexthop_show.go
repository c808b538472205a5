package main

import (
	"strconv"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// showNexthopInfo prints the nexthop object that a route uses.
func (c *command) showNexthopInfo(id uint32) {
	r := wire.NewRequest(uapi.RTM_GETNEXTHOP, 0)
	var nhm uapi.Nhmsg
	nhm.Put(r.Header(uapi.SizeofNhmsg))
	r.Uint32(uapi.NHA_ID, id)
	m, err := c.get(r)
	if err != nil {
		return // it was deleted since
	}
	c.p.Text("\n\tnh_info ")
	c.p.Object("nh_info")
	c.showNexthopObject(m)
	c.p.EndObject()
}

// showNexthopObject prints what an RTM_NEWNEXTHOP or RTM_DELNEXTHOP message
// holds into the JSON object that the caller opened.
func (c *command) showNexthopObject(m wire.Message) {
	p := c.p
	var nhm uapi.Nhmsg
	nhm.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofNhmsg, len(m.Data)):])
	if m.Type == uapi.RTM_DELNEXTHOP {
		p.Bool("deleted", "Deleted ", true)
	}
	if b, ok := attrs[uapi.NHA_ID]; ok {
		p.Uint("id", "id %d ", uint64(number32(b)))
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
	c.showEncap(attrs[uapi.NHA_ENCAP_TYPE], attrs[uapi.NHA_ENCAP])
	if b, ok := attrs[uapi.NHA_GATEWAY]; ok {
		p.Text("via ")
		p.ColorStr(addrColor(int(nhm.Family)), "gateway", "%s ", c.familyAddrText(int(nhm.Family), b))
	}
	if b, ok := attrs[uapi.NHA_OIF]; ok {
		p.Text("dev ")
		p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(int(number32(b))))
	}
	if nhm.Scope != uapi.RT_SCOPE_UNIVERSE || c.details {
		p.Str("scope", "scope %s ", c.names.scopeName(nhm.Scope))
	}
	if _, ok := attrs[uapi.NHA_BLACKHOLE]; ok {
		p.Null("blackhole", "blackhole ")
	}
	if nhm.Protocol != uapi.RTPROT_UNSPEC || c.details {
		p.Str("protocol", "proto %s ", c.names.protoName(nhm.Protocol))
	}
	c.showRouteFlags(nhm.Flags)
	if _, ok := attrs[uapi.NHA_FDB]; ok {
		p.Null("fdb", "fdb ")
	}
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
		if g.Weight != 0 {
			p.Uint("weight", ",%d", uint64(g.Weight)+1)
		}
		p.EndObject()
	}
	p.Text(" ")
	p.EndArray()
}
