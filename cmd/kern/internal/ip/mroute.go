package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func mrouteUsage() string {
	return `
mroute [ show ] [ [ to ] PREFIX ] [ from PREFIX ] [ iif DEVICE ] [ table TABLE_ID ]
mroute get from ADDRESS to ADDRESS [ table TABLE_ID ]
TABLE_ID := { local | main | default | all | NUMBER }
`
}

// runMroute is about routes of multicast packets. ip has no "get".
func runMroute(c *cli.Command) error {
	return c.Choose(listMroutes,
		cli.Verb{Name: "list", Run: listMroutes},
		cli.Verb{Name: "show", Run: listMroutes},
		cli.Verb{Name: "lst", Run: listMroutes},
		cli.Verb{Name: "get", Run: getMroute},
	)
}

// mrouteFilter says which multicast routes to show.
type mrouteFilter struct {
	family   int // RTNL_FAMILY_…; 0: both
	table    uint32
	iif      int
	src, dst *cli.Prefix
}

// newMrouteFilter is the filter for the family asked for. That of IPv4 is for the table "default", which is where
// routing programs make routes.
func newMrouteFilter(c *cli.Command) (f mrouteFilter, ok bool) {
	switch c.Family {
	case uapi.AF_UNSPEC, uapi.AF_INET:
		return mrouteFilter{family: uapi.RTNL_FAMILY_IPMR, table: uapi.RT_TABLE_DEFAULT}, true
	case uapi.AF_INET6:
		return mrouteFilter{family: uapi.RTNL_FAMILY_IP6MR}, true
	}
	return mrouteFilter{}, false
}

func listMroutes(c *cli.Command) error {
	f, ok := newMrouteFilter(c)
	if !ok {
		return nil // the family has none
	}
	iif := ""
	for c.More() {
		var err error
		switch {
		case c.TakeAbbr("table"):
			err = nextMrouteTable(c, &f)
		case c.Take("iif"):
			iif, err = c.Next()
		case c.TakeAbbr("from"):
			f.src, err = nextMroutePrefix(c)
		default:
			if !c.Take("to") && c.HelpAsked() {
				return c.ShowUsage()
			}
			f.dst, err = nextMroutePrefix(c)
		}
		if err != nil {
			return err
		}
	}
	if iif != "" {
		info := c.LinkNamed(iif)
		if info == nil {
			return cli.NoDevice(iif)
		}
		f.iif = info.Index
	}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	(&uapi.Rtmsg{Family: uint8(f.family)}).Put(r.Header(uapi.SizeofRtmsg))
	if f.table != 0 {
		r.Uint32(uapi.RTA_TABLE, f.table)
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			if r := readRoute(m); f.allows(r) {
				showMroute(c, r, &f)
			}
			return c.Spill()
		}))
	})
}

func nextMrouteTable(c *cli.Command, f *mrouteFilter) error {
	if c.Take("all") {
		f.table = 0
		return nil
	}
	if c.Peek() == "help" {
		return c.ShowUsage()
	}
	table, err := nextTable(c, "table id value is invalid\n")
	f.table = table
	return err
}

func nextMroutePrefix(c *cli.Command) (*cli.Prefix, error) {
	p, err := c.NextPrefix(c.Family)
	return &p, err
}

// getMroute is "mroute get".
func getMroute(c *cli.Command) error {
	f, ok := newMrouteFilter(c)
	if !ok {
		return cli.Exit(cli.StatusFailed, "the family has no multicast routes")
	}
	f.table = 0
	for c.More() {
		var err error
		switch {
		case c.TakeAbbr("table"):
			err = nextMrouteTable(c, &f)
		case c.TakeAbbr("from"):
			f.src, err = nextMroutePrefix(c)
		default:
			if !c.Take("to") && c.HelpAsked() {
				return c.ShowUsage()
			}
			f.dst, err = nextMroutePrefix(c)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case f.src == nil:
		return cli.NotEnough("from")
	case f.dst == nil:
		return cli.NotEnough("to")
	case f.src.Family != f.dst.Family || f.src.IsAny() || f.dst.IsAny():
		return cli.Exit(cli.StatusFailed, "the source and the group are no addresses of one family")
	}
	if f.family = uapi.RTNL_FAMILY_IPMR; f.dst.Family == uapi.AF_INET6 {
		f.family = uapi.RTNL_FAMILY_IP6MR
		if f.table == 0 {
			f.table = uapi.RT_TABLE_MAIN // the kernel would look into the default table, which IPv6 does not have
		}
	}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	rtm := uapi.Rtmsg{Family: uint8(f.family), SrcLen: uint8(f.src.Bits), DstLen: uint8(f.dst.Bits)}
	rtm.Put(r.Header(uapi.SizeofRtmsg))
	r.Data(uapi.RTA_SRC, f.src.Bytes())
	r.Data(uapi.RTA_DST, f.dst.Bytes())
	if f.table != 0 {
		r.Uint32(uapi.RTA_TABLE, f.table)
	}
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showMroute(c, readRoute(m), &mrouteFilter{table: f.table})
		return nil
	})
}

// isMroute reports whether a message about a route is of a multicast route.
func (r *routeMessage) isMroute() bool {
	return r.rtm.Family == uapi.RTNL_FAMILY_IPMR || r.rtm.Family == uapi.RTNL_FAMILY_IP6MR
}

func (f *mrouteFilter) allows(r *routeMessage) bool {
	holds := func(p *cli.Prefix, typ uint16) bool {
		b, ok := r.attrs[typ]
		return !ok || p == nil || p.Contains(b)
	}
	return r.isMroute() && (f.family == 0 || int(r.rtm.Family) == f.family) && (f.table == 0 || f.table == r.table) &&
		(f.iif == 0 || f.iif == int(cli.Number32(r.attrs[uapi.RTA_IIF]))) &&
		holds(f.src, uapi.RTA_SRC) && holds(f.dst, uapi.RTA_DST)
}

// showMroute prints a multicast route. The table that f is for is left out.
func showMroute(c *cli.Command, r *routeMessage, f *mrouteFilter) {
	p := c.Out
	addr := func(typ uint16) string {
		if b, ok := r.attrs[typ]; ok {
			return p.Addr(b)
		}
		return "unknown"
	}
	p.Object("")
	if r.deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	p.Text("%-32s Iif: ", fmt.Sprintf("(%s,%s)", addr(uapi.RTA_SRC), addr(uapi.RTA_DST)))
	p.Str("src", "", addr(uapi.RTA_SRC))
	p.Str("dst", "", addr(uapi.RTA_DST))
	if iif := int(cli.Number32(r.attrs[uapi.RTA_IIF])); iif != 0 {
		p.ColorStr(desc.Ifname, "iif", "%-10s ", p.Link(iif))
	} else {
		p.Str("iif", "%s ", "unresolved")
	}
	if b, ok := r.attrs[uapi.RTA_MULTIPATH]; ok {
		showMrouteLinks(p, b)
	}
	state := "resolved"
	if r.rtm.Flags&uapi.RTNH_F_UNRESOLVED != 0 {
		state = "unresolved"
	}
	p.Str("state", " State: %s", state)
	if r.rtm.Flags&uapi.RTNH_F_OFFLOAD != 0 {
		p.Null("offload", " offload")
	}
	showMrouteStats(c, r)
	if r.table != 0 && (r.table != uapi.RT_TABLE_MAIN || c.Details) && f.table == 0 {
		p.Str("table", " Table: %s", c.Names.TableName(r.table))
	}
	ShowUnknown(p, " %s", r.attrs, uapi.RTA_MAX)
	p.Text("\n")
	p.EndObject()
}

// showMrouteLinks prints the links that the packets leave by, from RTA_MULTIPATH.
func showMrouteLinks(p *desc.Printer, b []byte) {
	p.Array("multipath")
	for first := true; len(b) >= uapi.SizeofRtnexthop; first = false {
		var nh uapi.Rtnexthop
		nh.Decode(b)
		if int(nh.Len) < uapi.SizeofRtnexthop || int(nh.Len) > len(b) {
			break
		}
		p.Object("")
		if first {
			p.Text("Oifs: ")
		}
		p.ColorStr(desc.Ifname, "oif", "%s", p.Link(int(nh.Ifindex)))
		if nh.Hops > 1 {
			p.Uint("ttl", "(ttl %d) ", uint64(nh.Hops))
		} else {
			p.Text(" ")
		}
		p.EndObject()
		b = b[min((int(nh.Len)+3)&^3, len(b)):]
	}
	p.EndArray()
}

// showMrouteStats prints with -statistics what a route has passed on, and when it did so last.
func showMrouteStats(c *cli.Command, r *routeMessage) {
	p := c.Out
	if c.Stats == 0 {
		return
	}
	if b, ok := r.attrs[uapi.RTA_MFC_STATS]; ok {
		var st uapi.RtaMfcStats
		st.Decode(b)
		p.NL()
		p.Uint("packets", "  %d packets,", st.Packets)
		p.Uint("bytes", " %d bytes", st.Bytes)
		if st.WrongIf != 0 {
			p.Uint("wrong_if", ", %d arrived on wrong iif.", st.WrongIf)
		}
	}
	if b := r.attrs[uapi.RTA_EXPIRES]; len(b) >= 8 {
		p.Float("expires", ", Age %.2f", float64(native.Uint64(b))/uapi.HZ)
	}
}

// watchMroute shows a change of a multicast route.
func watchMroute(c *cli.Command, m wire.Message, dev int) bool {
	f := &mrouteFilter{iif: dev}
	r := readRoute(m)
	if !f.allows(r) {
		return false
	}
	showMroute(c, r, f)
	return true
}
