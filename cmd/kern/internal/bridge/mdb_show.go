package bridge

import (
	"fmt"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
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
	messages, err := c.List(r)
	if err != nil {
		return ended(c, err)
	}
	all := make([]*netlink.MDB, len(messages))
	for i, m := range messages {
		if all[i], err = netlink.MDBDeserialize(m.Data); err != nil {
			return err
		}
	}
	return c.Array(func() error {
		p := c.Out
		p.Object("")
		p.Array("mdb")
		for _, mdb := range all {
			showMdbEntries(c, mdb, f)
		}
		p.EndArray()
		p.Object("router")
		for _, mdb := range all {
			showRouters(c, mdb, f)
		}
		p.EndObject()
		p.EndObject()
		return nil
	})
}

// showMdbEntries prints the entries of a message, each on a line.
func showMdbEntries(c *cli.Command, mdb *netlink.MDB, f filter) {
	for i := range mdb.Entries {
		e := &mdb.Entries[i]
		if (f.index == 0 || f.index == mdb.LinkIndex) && (f.vlan == 0 || f.vlan == e.Vlan) {
			showMdbEntry(c, e)
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

func showMdbEntry(c *cli.Command, e *netlink.MDBEntry) {
	p := c.Out
	p.Object("")
	if p.JSON {
		p.Int("index", "", int64(e.LinkIndex))
	}
	p.ColorStr(desc.Ifname, "dev", "dev %s", p.Link(e.LinkIndex))
	p.Str("port", " port %s", p.Link(e.PortIndex))
	color := desc.AddrColor(uapi.AF_PACKET)
	if e.HardwareAddr != nil {
		p.ColorStr(color, "grp", " grp %s", cli.LLAddrText(e.HardwareAddr, uapi.ARPHRD_ETHER))
	} else {
		color = desc.AddrColor(desc.AddrFamily(e.Group))
		p.ColorStr(color, "grp", " grp %s", desc.AddrText(e.Group))
	}
	if e.Source.IsValid() {
		p.ColorStr(color, "src", " src %s", p.Addr(e.Source.AsSlice()))
	}
	state := "temp"
	if e.State&uapi.MDB_PERMANENT != 0 {
		state = "permanent"
	}
	p.Str("state", " %s", state)
	if c.Details {
		showMdbDetails(c, e, color)
	}
	p.Array("flags")
	rest := uint8(e.Flags)
	for _, f := range mdbFlags {
		if rest&f.bit != 0 {
			p.Str("", " %s", f.name)
		}
		rest &^= f.bit
	}
	if rest != 0 {
		p.Hex("", " %#x", uint64(rest))
	}
	p.EndArray()
	if e.Vlan != 0 {
		p.Uint("vid", " vid %d", uint64(e.Vlan))
	}
	if e.Dst.IsValid() {
		p.ColorStr(desc.AddrColor(desc.AddrFamily(e.Dst)), "dst", " dst %s", p.Addr(e.Dst.AsSlice()))
	}
	if e.DstPort != 0 {
		p.Uint("dst_port", " dst_port %d", uint64(e.DstPort))
	}
	if e.VNI != nil {
		p.Uint("vni", " vni %d", uint64(*e.VNI))
	}
	if e.SrcVNI != nil {
		p.Uint("src_vni", " src_vni %d", uint64(*e.SrcVNI))
	}
	if e.ViaIndex != 0 {
		p.Str("via", " via %s", p.Link(e.ViaIndex))
	}
	if c.Stats != 0 {
		p.Str("timer", " %s", timer(e.Timer, 7))
	}
	p.NL()
	p.EndObject()
}

// showMdbDetails prints what -details adds to an entry.
func showMdbDetails(c *cli.Command, e *netlink.MDBEntry, color desc.Color) {
	p := c.Out
	if e.FilterMode != nil {
		mode := "exclude"
		if *e.FilterMode == uapi.MCAST_INCLUDE {
			mode = "include"
		}
		p.Str("filter_mode", " filter_mode %s", mode)
	}
	if e.Sources != nil {
		p.Text(" source_list")
		p.Array("source_list")
		sep := " "
		for _, s := range e.Sources {
			if !s.Addr.IsValid() {
				continue
			}
			p.Object("")
			p.Text("%s", sep)
			p.ColorStr(color, "address", "%s", p.Addr(s.Addr.AsSlice()))
			p.Str("timer", "/%s", timer(s.Timer, 0))
			p.EndObject()
			sep = ","
		}
		p.EndArray()
	}
	if e.Protocol != 0 {
		p.Str("protocol", " proto %s", c.Names.ProtoName(uint8(e.Protocol)))
	}
}

// timer is a time with hundredths of a second, at least so wide.
func timer(t time.Duration, width int) string {
	ticks := t / (time.Second / uapi.HZ)
	return fmt.Sprintf("%*s", width, fmt.Sprintf("%d.%02d", ticks/uapi.HZ, ticks%uapi.HZ))
}

// showRouters prints the ports of a bridge that lead to multicast routers, where details are asked for.
func showRouters(c *cli.Command, mdb *netlink.MDB, f filter) {
	if len(mdb.Routers) == 0 || f.index != 0 && f.index != mdb.LinkIndex || !c.Details {
		return
	}
	p := c.Out
	br := p.Link(mdb.LinkIndex)
	p.Array(br)
	if c.Stats == 0 {
		p.Text("router ports on %s: ", br)
	}
	for i := range mdb.Routers {
		r := &mdb.Routers[i]
		name := p.Link(r.PortIndex)
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
			showRouterStats(p, r)
			p.Text("\n")
		}
		p.EndObject()
	}
	if c.Stats == 0 {
		p.NL()
	}
	p.EndArray()
}

// showRouterEvent prints the port that has become a router's, or is none now.
func showRouterEvent(c *cli.Command, mdb *netlink.MDB) {
	if len(mdb.Routers) == 0 {
		return
	}
	p := c.Out
	br, port := p.Link(mdb.LinkIndex), p.Link(mdb.Routers[0].PortIndex)
	p.Array(br)
	p.Object("")
	p.Text("router port dev %s master %s\n", port, br)
	if p.JSON {
		p.Str("port", "", port)
	}
	p.EndObject()
	p.EndArray()
}

// showRouterStats prints how long a port leads to a router still, and how that is known.
func showRouterStats(p *desc.Printer, r *netlink.MDBRouter) {
	p.Str("timer", " %s", timer(r.Timer, 7))
	kind := "permanent"
	if r.Type == uapi.MDB_RTR_TYPE_TEMP_QUERY || r.Type == uapi.MDB_RTR_TYPE_TEMP {
		kind = "temp"
	}
	p.Str("type", " %s", kind)
}
