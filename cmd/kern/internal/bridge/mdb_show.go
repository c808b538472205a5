package bridge

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// listMdb is "mdb show".
func listMdb(c *cli.Command) error {
	f, err := nextFilter(c)
	if err != nil {
		return err
	}
	r := wire.NewRequest(uapi.RTM_GETMDB, 0)
	(&uapi.BrPortMsg{Family: uapi.AF_BRIDGE}).Put(r.Header(uapi.SizeofBrPortMsg))
	all, err := c.List(r)
	if err != nil {
		return ended(c, err)
	}
	return c.Array(func() error {
		p := c.Out
		p.Object("")
		p.Array("mdb")
		for _, m := range all {
			showMdbEntries(c, m, f)
		}
		p.EndArray()
		p.Object("router")
		for _, m := range all {
			showRouters(c, m, f)
		}
		p.EndObject()
		p.EndObject()
		return nil
	})
}

// mdbMessage takes a message about a database apart; it is false where it is not of the device asked for.
func mdbMessage(m wire.Message, f filter) (index int, attrs desc.Attrs, ok bool) {
	var head uapi.BrPortMsg
	head.Decode(m.Data)
	index = int(head.Ifindex)
	return index, desc.ParseAttrs(m.Data[min(uapi.SizeofBrPortMsg, len(m.Data)):]), f.index == 0 || f.index == index
}

// showMdbEntries prints the entries of a message, each on a line.
func showMdbEntries(c *cli.Command, m wire.Message, f filter) {
	index, attrs, ok := mdbMessage(m, f)
	if !ok {
		return
	}
	for groups := wire.NewDecoder(attrs[uapi.MDBA_MDB]); groups.Next(); {
		for entries := wire.NewDecoder(groups.Data()); entries.Next(); {
			if e, attrs, ok := decodeEntry(entries.Data()); ok && (f.vlan == 0 || f.vlan == int(e.Vid)) {
				showMdbEntry(c, index, &e, attrs)
			}
		}
	}
}

// mdbFlags are the names of MDB_FLAGS_….
var mdbFlags = []struct {
	bit  uint8
	name string
}{
	{uapi.MDB_FLAGS_OFFLOAD, "offload"}, {uapi.MDB_FLAGS_FAST_LEAVE, "fast_leave"},
	{uapi.MDB_FLAGS_STAR_EXCL, "added_by_star_ex"},
	{uapi.MDB_FLAGS_BLOCKED, "blocked"}, {uapi.MDB_FLAGS_OFFLOAD_FAILED, "offload_failed"},
}

func showMdbEntry(c *cli.Command, index int, e *entry, attrs desc.Attrs) {
	p := c.Out
	p.Object("")
	if p.JSON {
		p.Int("index", "", int64(index))
	}
	p.ColorStr(desc.Ifname, "dev", "dev %s", p.Link(index))
	p.Str("port", " port %s", p.Link(int(e.Ifindex)))
	color := desc.AddrColor(uapi.AF_PACKET)
	if e.group.mac != nil {
		p.ColorStr(color, "grp", " grp %s", cli.LLAddrText(e.group.mac, uapi.ARPHRD_ETHER))
	} else {
		color = desc.AddrColor(desc.AddrFamily(e.group.ip))
		p.ColorStr(color, "grp", " grp %s", desc.AddrText(e.group.ip))
	}
	if b, ok := attrs[uapi.MDBA_MDB_EATTR_SOURCE]; ok {
		p.ColorStr(color, "src", " src %s", p.Addr(b))
	}
	state := "temp"
	if e.State&uapi.MDB_PERMANENT != 0 {
		state = "permanent"
	}
	p.Str("state", " %s", state)
	if c.Details {
		showMdbDetails(c, attrs, color)
	}
	p.Array("flags")
	rest := e.Flags
	for _, f := range mdbFlags {
		if e.Flags&f.bit != 0 {
			p.Str("", " %s", f.name)
		}
		rest &^= f.bit
	}
	if rest != 0 {
		p.Hex("", " %#x", uint64(rest))
	}
	p.EndArray()
	if e.Vid != 0 {
		p.Uint("vid", " vid %d", uint64(e.Vid))
	}
	if b, ok := attrs[uapi.MDBA_MDB_EATTR_DST]; ok {
		family := uapi.AF_INET
		if len(b) == 16 {
			family = uapi.AF_INET6
		}
		p.ColorStr(desc.AddrColor(family), "dst", " dst %s", p.Addr(b))
	}
	if b := attrs[uapi.MDBA_MDB_EATTR_DST_PORT]; len(b) >= 2 {
		p.Uint("dst_port", " dst_port %d", uint64(native.Uint16(b)))
	}
	for _, a := range []struct {
		typ uint16
		key string
	}{{uapi.MDBA_MDB_EATTR_VNI, "vni"}, {uapi.MDBA_MDB_EATTR_SRC_VNI, "src_vni"}} {
		if b := attrs[a.typ]; len(b) >= 4 {
			p.Uint(a.key, " "+a.key+" %d", uint64(native.Uint32(b)))
		}
	}
	if b := attrs[uapi.MDBA_MDB_EATTR_IFINDEX]; len(b) >= 4 {
		p.Str("via", " via %s", p.Link(int(native.Uint32(b))))
	}
	if b := attrs[uapi.MDBA_MDB_EATTR_TIMER]; len(b) >= 4 && c.Stats != 0 {
		p.Str("timer", " %s", timer(native.Uint32(b), 7))
	}
	ip.ShowUnknown(p, " %s", attrs, uapi.MDBA_MDB_EATTR_MAX)
	p.NL()
	p.EndObject()
}

// showMdbDetails prints what -details adds to an entry.
func showMdbDetails(c *cli.Command, attrs desc.Attrs, color desc.Color) {
	p := c.Out
	if b := attrs[uapi.MDBA_MDB_EATTR_GROUP_MODE]; len(b) != 0 {
		mode := "exclude"
		if b[0] == uapi.MCAST_INCLUDE {
			mode = "include"
		}
		p.Str("filter_mode", " filter_mode %s", mode)
	}
	if b, ok := attrs[uapi.MDBA_MDB_EATTR_SRC_LIST]; ok {
		p.Text(" source_list")
		p.Array("source_list")
		sep := " "
		for d := wire.NewDecoder(b); d.Next(); {
			source := desc.ParseAttrs(d.Data())
			addr, left := source[uapi.MDBA_MDB_SRCATTR_ADDRESS], source[uapi.MDBA_MDB_SRCATTR_TIMER]
			if addr == nil || len(left) < 4 {
				continue
			}
			p.Object("")
			p.Text("%s", sep)
			p.ColorStr(color, "address", "%s", p.Addr(addr))
			p.Str("timer", "/%s", timer(native.Uint32(left), 0))
			p.EndObject()
			sep = ","
		}
		p.EndArray()
	}
	if b := attrs[uapi.MDBA_MDB_EATTR_RTPROT]; len(b) != 0 {
		p.Str("protocol", " proto %s", c.Names.ProtoName(b[0]))
	}
}

// timer is a time in hundredths of a second, at least so wide.
func timer(ticks uint32, width int) string {
	return fmt.Sprintf("%*s", width, fmt.Sprintf("%d.%02d", ticks/uapi.HZ, ticks%uapi.HZ))
}

// showRouters prints the ports of a bridge that lead to multicast routers: in a list where details are asked for, as
// an event always.
func showRouters(c *cli.Command, m wire.Message, f filter) {
	index, attrs, ok := mdbMessage(m, f)
	routers, has := attrs[uapi.MDBA_ROUTER]
	if !ok || !has {
		return
	}
	p := c.Out
	br := p.Link(index)
	if m.Type != uapi.RTM_GETMDB {
		if d := wire.NewDecoder(routers); d.Next() {
			p.Array(br)
			p.Object("")
			p.Text("router port dev %s master %s\n", p.Link(int(cli.Number32(d.Data()))), br)
			if p.JSON {
				p.Str("port", "", p.Link(int(cli.Number32(d.Data()))))
			}
			p.EndObject()
			p.EndArray()
		}
		return
	}
	if !c.Details {
		return
	}
	p.Array(br)
	if c.Stats == 0 {
		p.Text("router ports on %s: ", br)
	}
	for d := wire.NewDecoder(routers); d.Next(); {
		name := p.Link(int(cli.Number32(d.Data())))
		p.Object("")
		switch {
		case p.JSON:
			p.Str("port", "", name)
		case c.Stats != 0:
			p.Text("router ports on %s: %s", br, name)
		default:
			p.Text("%s ", name)
		}
		if c.Stats != 0 {
			showRouterStats(p, d.Data())
			p.Text("\n")
		}
		p.EndObject()
	}
	if c.Stats == 0 {
		p.NL()
	}
	p.EndArray()
}

// showRouterStats prints how long a port leads to a router still, and how that is known.
func showRouterStats(p *desc.Printer, b []byte) {
	attrs := desc.ParseAttrs(b[min(4, len(b)):])
	if b := attrs[uapi.MDBA_ROUTER_PATTR_TIMER]; len(b) >= 4 {
		p.Str("timer", " %s", timer(native.Uint32(b), 7))
	}
	if b := attrs[uapi.MDBA_ROUTER_PATTR_TYPE]; len(b) != 0 {
		kind := "permanent"
		if b[0] == uapi.MDB_RTR_TYPE_TEMP_QUERY || b[0] == uapi.MDB_RTR_TYPE_TEMP {
			kind = "temp"
		}
		p.Str("type", " %s", kind)
	}
}
