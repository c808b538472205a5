package bridge

import (
	"slices"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func linkUsage() string {
	return "\nlink set dev DEV " + cli.Fold(slices.Concat(desc.Usage(&portWords), desc.Usage(&portDetails)), " ", "         ", 79) + `
         [ hwmode { vepa | veb } ] [ self ] [ master ]
link show [ dev DEV ] [ master DEV ]
STATE := { disabled | listening | learning | forwarding | blocking | NUMBER }
`
}

func runLink(c *cli.Command) error {
	return c.Choose(listLinks, lister(listLinks,
		cli.Verb{Name: "set", Run: setLink}, cli.Verb{Name: "change", Run: setLink})...)
}

// portWords are the attributes of a port, in the order in which bridge shows them.
var portWords = desc.Kind{Exact: true, Fields: []desc.Field{
	{Type: uapi.IFLA_BRPORT_STATE, Key: "state", Usage: "STATE", Show: showState, Read: readState},
	{Type: uapi.IFLA_BRPORT_PRIORITY, Key: "priority", Form: desc.U16, Usage: "PRIO"},
	{Type: uapi.IFLA_BRPORT_COST, Key: "cost", Form: desc.U32, Usage: "COST"},
}}

// portDetails are the others, which -details shows.
var portDetails = desc.Kind{Exact: true, Fields: []desc.Field{
	{Type: uapi.IFLA_BRPORT_MODE, Key: "hairpin", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_GUARD, Key: "guard", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_PROTECT, Key: "root_block", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_FAST_LEAVE, Key: "fastleave", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_LEARNING, Key: "learning", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_LEARNING_SYNC, Key: "learning_sync", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_UNICAST_FLOOD, Key: "flood", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_MCAST_FLOOD, Key: "mcast_flood", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_BCAST_FLOOD, Key: "bcast_flood", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_MULTICAST_ROUTER, Key: "mcast_router", Form: desc.U8, Usage: "MULTICAST_ROUTER"},
	{Type: uapi.IFLA_BRPORT_MCAST_TO_UCAST, Key: "mcast_to_unicast", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_NEIGH_SUPPRESS, Key: "neigh_suppress", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, Key: "neigh_vlan_suppress", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_NEIGH_FORWARD_GRAT, Key: "neigh_forward_grat", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_VLAN_TUNNEL, Key: "vlan_tunnel", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_BACKUP_PORT, Key: "backup_port", Words: []string{"nobackup_port"}, Form: desc.Device,
		Read: readBackupPort},
	{Type: uapi.IFLA_BRPORT_BACKUP_NHID, Key: "backup_nhid", Form: desc.U32, Usage: "NHID"},
	{Type: uapi.IFLA_BRPORT_ISOLATED, Key: "isolated", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_LOCKED, Key: "locked", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_MAB, Key: "mab", Form: desc.Toggle},
	{Type: uapi.IFLA_BRPORT_MCAST_N_GROUPS, Key: "mcast_n_groups", Form: desc.U32, ReadOnly: true},
	{Type: uapi.IFLA_BRPORT_MCAST_MAX_GROUPS, Key: "mcast_max_groups", Form: desc.U32, Usage: "MAX_GROUPS"},
}}

func readBackupPort(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	index := 0
	if in.Last() == "backup_port" {
		name, err := in.Next()
		if err != nil {
			return err
		}
		if index, err = in.LinkIndex(name); err != nil {
			return cli.Exit(cli.StatusUsage, "Error: device %s does not exist", name)
		}
	}
	e.Uint32(f.Type, uint32(index))
	return nil
}

// hwModes are the names of BRIDGE_MODE_….
var hwModes = []string{uapi.BRIDGE_MODE_VEB: "VEB", uapi.BRIDGE_MODE_VEPA: "VEPA"}

// setLink is "link set".
func setLink(c *cli.Command) error {
	var port, own wire.Encoder
	dev := 0
	var flags uint16
	for c.More() {
		left := len(c.Rest)
		for _, k := range []*desc.Kind{&portWords, &portDetails} {
			if err := desc.Read(&c.Args, k, &port); err != nil {
				return err
			}
		}
		if len(c.Rest) != left {
			continue
		}
		var err error
		switch {
		case c.Take("dev"):
			dev, err = nextBridgeDevice(c)
		case c.Take("self"):
			flags |= uapi.BRIDGE_FLAGS_SELF
		case c.Take("master"):
			flags |= uapi.BRIDGE_FLAGS_MASTER
		case c.Take("hwmode"):
			flags |= uapi.BRIDGE_FLAGS_SELF
			switch {
			case c.Take("vepa"):
				own.Uint16(uapi.IFLA_BRIDGE_MODE, uapi.BRIDGE_MODE_VEPA)
			case c.Take("veb"):
				own.Uint16(uapi.IFLA_BRIDGE_MODE, uapi.BRIDGE_MODE_VEB)
			default:
				err = cli.Exit(cli.StatusUsage, "Mode argument must be \"vepa\" or \"veb\".")
			}
		default:
			return c.ShowUsage()
		}
		if err != nil {
			return err
		}
	}
	if dev == 0 {
		return cli.Exit(cli.StatusUsage, "Device is a required argument.")
	}
	r := linkRequest(uapi.RTM_SETLINK, dev)
	r.Nest(uapi.IFLA_PROTINFO | uapi.NLA_F_NESTED)
	put(r, &port)
	r.End()
	if flags != 0 {
		r.Nest(uapi.IFLA_AF_SPEC)
		r.Uint16(uapi.IFLA_BRIDGE_FLAGS, flags)
		put(r, &own)
		r.End()
	}
	return c.Exec(r)
}

// nextBridgeDevice takes the name of a link that is to be changed.
func nextBridgeDevice(c *cli.Command) (int, error) {
	name, err := c.Next()
	if err != nil {
		return 0, err
	}
	info := c.LinkNamed(name)
	if info == nil {
		return 0, cli.Exit(cli.StatusUsage, "Cannot find bridge device \"%s\"", name)
	}
	return info.Index, nil
}

// linkRequest is a message about a link as a port.
func linkRequest(typ uint16, index int) *wire.Request {
	r := wire.NewRequest(typ, 0)
	(&uapi.Ifinfomsg{Family: uapi.AF_BRIDGE, Index: int32(index)}).Put(r.Header(uapi.SizeofIfinfomsg))
	return r
}

// put appends attributes.
func put(r *wire.Request, e *wire.Encoder) {
	r.Fail(e.Err())
	copy(r.Raw(len(e.Bytes())), e.Bytes())
}

// listLinks is "link show".
func listLinks(c *cli.Command) error {
	dev, master := 0, 0
	for c.More() {
		var err error
		switch {
		case c.Take("dev"):
			err = nextFiltered(c, &dev)
		case c.Take("master"):
			err = nextFiltered(c, &master)
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	return c.Array(func() error {
		return ended(c, c.Dump(linkDump(0), func(m wire.Message) error {
			showLink(c, m, dev, master)
			return c.Spill()
		}))
	})
}

// linkName is the name in a message, or the one that is known of the link.
func linkName(c *cli.Command, ifi *uapi.Ifinfomsg, attrs desc.Attrs) string {
	if b, ok := attrs[uapi.IFLA_IFNAME]; ok {
		return cli.Text(b)
	}
	return c.Out.Link(int(ifi.Index))
}

// linkDump is the request for the ports of all bridges; mask selects what it asks of each (RTEXT_FILTER_…).
func linkDump(mask uint32) *wire.Request {
	r := linkRequest(uapi.RTM_GETLINK, 0)
	if mask != 0 {
		r.Uint32(uapi.IFLA_EXT_MASK, mask)
	}
	return r
}

// showLink prints a port on a line; it is false where it is not of the device or master asked for.
func showLink(c *cli.Command, m wire.Message, dev, master int) bool {
	var ifi uapi.Ifinfomsg
	ifi.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofIfinfomsg, len(m.Data)):])
	under, isPort := attrs[uapi.IFLA_MASTER]
	if ifi.Family != uapi.AF_BRIDGE && ifi.Family != uapi.AF_UNSPEC || dev != 0 && dev != int(ifi.Index) ||
		master != 0 && isPort && master != int(cli.Number32(under)) {
		return false
	}
	p := c.Out
	p.Object("")
	if m.Type == uapi.RTM_DELLINK {
		p.Bool("deleted", "Deleted ", true)
	}
	p.Int("ifindex", "%d: ", int64(ifi.Index))
	c.ShowLinkName(linkName(c, &ifi, attrs), attrs, "%s: ")
	c.ShowLinkFlags(ifi.Flags, attrs)
	if b := attrs[uapi.IFLA_MTU]; len(b) >= 4 {
		p.Uint("mtu", "mtu %d ", uint64(native.Uint32(b)))
	}
	if isPort {
		p.Str("master", "master %s ", p.Link(int(cli.Number32(under))))
	}
	if b, ok := attrs[uapi.IFLA_PROTINFO]; ok {
		desc.Show(p, &portWords, b)
		if c.Details {
			p.NL()
			p.Text("    ")
			desc.Show(p, &portDetails, b)
			ip.ShowUnknown(p, "%s ", desc.ParseAttrs(b), uapi.IFLA_BRPORT_MAX)
		}
	}
	if b := desc.ParseAttrs(attrs[uapi.IFLA_AF_SPEC])[uapi.IFLA_BRIDGE_MODE]; ifi.Family == uapi.AF_BRIDGE &&
		len(b) >= 2 {
		if mode := native.Uint16(b); int(mode) < len(hwModes) {
			p.Str("hwmode", "hwmode %s ", hwModes[mode])
		} else {
			p.Hex("hwmode", "hwmode %#x ", uint64(mode))
		}
	}
	p.Text("\n")
	p.EndObject()
	return true
}
