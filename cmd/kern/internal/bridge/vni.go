package bridge

import (
	"net/netip"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func vniUsage() string {
	return `
vni { add | del } vni VNI [ { group | remote } IP_ADDRESS ] dev DEV
vni [ show ] [ dev DEV ]
VNI := NUMBER[-NUMBER][,NUMBER[-NUMBER]]...
`
}

func runVni(c *cli.Command) error {
	change := func(typ uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeVni(c, typ) }
	}
	return c.Choose(listVni, exact(lister(listVni,
		cli.Verb{Name: "add", Run: change(uapi.RTM_NEWTUNNEL)},
		cli.Verb{Name: "delete", Run: change(uapi.RTM_DELTUNNEL)},
		cli.Verb{Name: "del", Run: change(uapi.RTM_DELTUNNEL)},
	)...)...)
}

// changeVni is "vni add" and "vni del" (Linux 5.18).
func changeVni(c *cli.Command, typ uint16) error {
	var dev, list string
	var remote netip.Addr
	for c.More() {
		var err error
		switch {
		case c.Take("dev"):
			dev, err = c.Next()
		case c.Take("vni"):
			if list != "" {
				return desc.Duplicate("vni", c.Peek())
			}
			list, err = c.Next()
		case c.Take("group", "remote"):
			group, word := c.Last() == "group", c.Peek()
			if remote.IsValid() {
				return desc.Duplicate("destination", word)
			}
			remote, err = c.NextAddr(uapi.AF_UNSPEC)
			if err == nil && group && !remote.IsMulticast() {
				err = desc.Wrong(word, "invalid group address")
			}
		case c.Take("help"):
			return c.ShowUsage()
		default:
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	if dev == "" || list == "" {
		return cli.Exit(cli.StatusUsage, "Device and VNI ID are required arguments.")
	}
	info := c.LinkNamed(dev)
	if info == nil {
		return cli.Exit(cli.StatusUsage, "Cannot find vxlan device \"%s\"", dev)
	}
	r := wire.NewRequest(typ, 0)
	(&uapi.TunnelMsg{Family: uapi.AF_BRIDGE, Ifindex: uint32(info.Index)}).Put(r.Header(uapi.SizeofTunnelMsg))
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		r.Nest(uapi.VXLAN_VNIFILTER_ENTRY | uapi.NLA_F_NESTED)
		if err := putVni(r, uapi.VXLAN_VNIFILTER_ENTRY_START, first); err != nil {
			return err
		}
		if isRange {
			if err := putVni(r, uapi.VXLAN_VNIFILTER_ENTRY_END, last); err != nil {
				return err
			}
		}
		switch {
		case remote.Is4():
			r.Addr(uapi.VXLAN_VNIFILTER_ENTRY_GROUP, remote)
		case remote.Is6():
			r.Addr(uapi.VXLAN_VNIFILTER_ENTRY_GROUP6, remote)
		}
		r.End()
	}
	return c.Exec(r)
}

func putVni(r *wire.Request, typ uint16, word string) error {
	vni, err := desc.ParseUint(word, 24)
	if err != nil {
		return desc.Wrong(word, "invalid VNI\n")
	}
	r.Uint32(typ, uint32(vni))
	return nil
}

// listVni is "vni show".
func listVni(c *cli.Command) error {
	f, err := nextFilter(c)
	if err != nil {
		return err
	}
	r := wire.NewRequest(uapi.RTM_GETTUNNEL, 0)
	head := uapi.TunnelMsg{Family: uapi.AF_BRIDGE, Ifindex: uint32(f.index)}
	if c.Stats != 0 {
		head.Flags = uapi.TUNNEL_MSG_FLAG_STATS
	}
	head.Put(r.Header(uapi.SizeofTunnelMsg))
	return c.Array(func() error {
		c.Out.Text("%-16s  %-*s  group/remote\n", "dev", vniWidth, "vni")
		return ended(c, c.Dump(r, func(m wire.Message) error {
			showVnis(c, m, f)
			return c.Spill()
		}))
	})
}

// showVnis prints the network identifiers of a message, each on a line; it is false where there is none.
func showVnis(c *cli.Command, m wire.Message, f filter) bool {
	var head uapi.TunnelMsg
	head.Decode(m.Data)
	if head.Family != uapi.AF_BRIDGE || f.index != 0 && f.index != int(head.Ifindex) {
		return false
	}
	if m.Type == uapi.RTM_DELTUNNEL {
		c.Out.Text("Deleted ")
	}
	t := &portTable{p: c.Out, key: "vnis", deleted: m.Type == uapi.RTM_DELTUNNEL}
	for d := wire.NewDecoderAfter(m.Data, uapi.SizeofTunnelMsg); d.Next(); {
		if d.Type() == uapi.VXLAN_VNIFILTER_ENTRY {
			t.line(int(head.Ifindex))
			showVni(t, desc.ParseAttrs(d.Data()))
		}
	}
	t.end()
	return true
}

func showVni(t *portTable, attrs desc.Attrs) {
	p := t.p
	first := cli.Number32(attrs[uapi.VXLAN_VNIFILTER_ENTRY_START])
	last := first
	if b, ok := attrs[uapi.VXLAN_VNIFILTER_ENTRY_END]; ok {
		last = cli.Number32(b)
	}
	p.Object("")
	width := showRange(p, "vni", uint64(first), uint64(last))
	p.Text("%-*s  ", max(vniWidth-width, 0), "")
	b, ok := attrs[uapi.VXLAN_VNIFILTER_ENTRY_GROUP]
	if !ok {
		b = attrs[uapi.VXLAN_VNIFILTER_ENTRY_GROUP6]
	}
	if a, ok := netip.AddrFromSlice(b); ok && !a.IsUnspecified() {
		key := "remote"
		if a.IsMulticast() {
			key = "group"
		}
		p.Str(key, "%s", p.Addr(b))
	}
	if b, ok := attrs[uapi.VXLAN_VNIFILTER_ENTRY_STATS]; ok {
		showVniStats(t, desc.ParseAttrs(b))
	}
	p.EndObject()
	p.NL()
}

// vniStats are the counters of both directions.
var vniStats = [2][]struct {
	typ  uint16
	name string
}{
	{
		{uapi.VNIFILTER_ENTRY_STATS_RX_BYTES, "bytes"}, {uapi.VNIFILTER_ENTRY_STATS_RX_PKTS, "pkts"},
		{uapi.VNIFILTER_ENTRY_STATS_RX_DROPS, "drops"}, {uapi.VNIFILTER_ENTRY_STATS_RX_ERRORS, "errors"},
	}, {
		{uapi.VNIFILTER_ENTRY_STATS_TX_BYTES, "bytes"}, {uapi.VNIFILTER_ENTRY_STATS_TX_PKTS, "pkts"},
		{uapi.VNIFILTER_ENTRY_STATS_TX_DROPS, "drops"}, {uapi.VNIFILTER_ENTRY_STATS_TX_ERRORS, "errors"},
	},
}

func showVniStats(t *portTable, attrs desc.Attrs) {
	p := t.p
	p.Object("stats")
	for i, counters := range vniStats {
		p.NL()
		t.indent()
		p.Text("%s: ", [...]string{"RX", "TX"}[i])
		for _, counter := range counters {
			if b, ok := attrs[counter.typ]; ok {
				p.Uint([...]string{"rx_", "tx_"}[i]+counter.name, counter.name+" %d ", cli.Number64(b))
			}
		}
	}
	p.EndObject()
}
