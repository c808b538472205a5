package bridge

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func vlanUsage() string {
	return `
vlan { add | del } vid VLAN_ID dev DEV [ tunnel_info id TUNNEL_ID ]
        [ pvid ] [ untagged ] [ self ] [ master ]
vlan set vid VLAN_ID dev DEV ` + cli.Fold(desc.Usage(&vlanOptions), " ", "        ", 79) + `
vlan [ show ] [ dev DEV ] [ vid VLAN_ID ]
vlan tunnelshow [ dev DEV ] [ vid VLAN_ID ]
vlan global set vid VLAN_ID dev DEV
        ` + cli.Fold(desc.Usage(&globalOptions), " ", "        ", 79) + `
vlan global [ show ] [ dev DEV ] [ vid VLAN_ID ]
VLAN_ID := NUMBER[-NUMBER]
TUNNEL_ID := NUMBER[-NUMBER]
STATE := { disabled | listening | learning | forwarding | blocking | NUMBER }
`
}

func runVlan(c *cli.Command) error {
	return c.Choose(listVlans, append(append([]cli.Verb{
		{Name: "add", Run: func(c *cli.Command) error { return changeVlan(c, uapi.RTM_SETLINK) }},
		{Name: "delete", Run: func(c *cli.Command) error { return changeVlan(c, uapi.RTM_DELLINK) }},
	}, lister(listVlans)...),
		cli.Verb{Name: "tunnelshow", Run: listTunnels},
		cli.Verb{Name: "set", Run: setVlan},
		cli.Verb{Name: "global", Run: runGlobal, Exact: true},
	)...)
}

func runGlobal(c *cli.Command) error {
	if !c.More() {
		return listGlobal(c)
	}
	switch {
	case c.Take("show", "lst", "list"):
		return listGlobal(c)
	case c.Take("set"):
		return setGlobal(c)
	}
	return c.ShowUsage()
}

// vlanOptions are those of a VLAN of a port or bridge.
var vlanOptions = desc.Kind{Exact: true, Fields: []desc.Field{
	{Type: uapi.BRIDGE_VLANDB_ENTRY_STATE, Key: "state", Usage: "STATE", Show: showState, Read: readVlanState},
	{Type: uapi.BRIDGE_VLANDB_ENTRY_MCAST_ROUTER, Key: "mcast_router", Form: desc.U8, Usage: "MULTICAST_ROUTER"},
	{Type: uapi.BRIDGE_VLANDB_ENTRY_MCAST_N_GROUPS, Key: "mcast_n_groups", Form: desc.U32, ReadOnly: true},
	{Type: uapi.BRIDGE_VLANDB_ENTRY_MCAST_MAX_GROUPS, Key: "mcast_max_groups", Form: desc.U32, Usage: "MAX_GROUPS"},
	{Type: uapi.BRIDGE_VLANDB_ENTRY_NEIGH_SUPPRESS, Key: "neigh_suppress", Form: desc.Toggle},
	{Type: uapi.BRIDGE_VLANDB_ENTRY_NEIGH_FORWARD_GRAT, Key: "neigh_forward_grat", Form: desc.Toggle},
}}

func readVlanState(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	err := readState(in, f, e)
	if err == error(errState) {
		err = errVlanState
	}
	return err
}

// globalOptions are those that a VLAN has on all of a bridge.
var globalOptions = desc.Kind{Exact: true, Fields: []desc.Field{
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_SNOOPING, Key: "mcast_snooping", Form: desc.U8, Usage: "MULTICAST_SNOOPING"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_QUERIER, Key: "mcast_querier", Form: desc.U8, Usage: "MULTICAST_QUERIER"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_QUERIER_STATE, Show: desc.ShowBridgeQueriers, ReadOnly: true},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_IGMP_VERSION, Key: "mcast_igmp_version", Form: desc.U8, Usage: "IGMP_VERSION"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_MLD_VERSION, Key: "mcast_mld_version", Form: desc.U8, Usage: "MLD_VERSION"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_LAST_MEMBER_CNT, Key: "mcast_last_member_count", Form: desc.U32,
		Usage: "COUNT"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_LAST_MEMBER_INTVL, Key: "mcast_last_member_interval", Form: desc.U64,
		Usage: "INTERVAL"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_STARTUP_QUERY_CNT, Key: "mcast_startup_query_count", Form: desc.U32,
		Usage: "COUNT"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_STARTUP_QUERY_INTVL, Key: "mcast_startup_query_interval", Form: desc.U64,
		Usage: "INTERVAL"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_MEMBERSHIP_INTVL, Key: "mcast_membership_interval", Form: desc.U64,
		Usage: "INTERVAL"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_QUERIER_INTVL, Key: "mcast_querier_interval", Form: desc.U64,
		Usage: "INTERVAL"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_QUERY_INTVL, Key: "mcast_query_interval", Form: desc.U64, Usage: "INTERVAL"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MCAST_QUERY_RESPONSE_INTVL, Key: "mcast_query_response_interval", Form: desc.U64,
		Usage: "INTERVAL"},
	{Type: uapi.BRIDGE_VLANDB_GOPTS_MSTI, Key: "msti", Form: desc.U16, Usage: "MSTI"},
}}

// changeVlan is "vlan add" and "vlan del".
func changeVlan(c *cli.Command, typ uint16) error {
	var (
		dev            string
		v              vlans
		tunnels        [2]uint32
		tunnel         bool
		flags, options uint16
	)
	for c.More() {
		var err error
		switch {
		case c.Take("dev"):
			dev, err = c.Next()
		case c.Take("vid"):
			v, err = nextVlans(c)
		case c.Take("self"):
			flags |= uapi.BRIDGE_FLAGS_SELF
		case c.Take("master"):
			flags |= uapi.BRIDGE_FLAGS_MASTER
		case c.Take("pvid"):
			options |= uapi.BRIDGE_VLAN_INFO_PVID
		case c.Take("untagged"):
			options |= uapi.BRIDGE_VLAN_INFO_UNTAGGED
		case c.Take("tunnel_info"):
			tunnels, err = nextTunnels(c)
			tunnel = true
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	if dev == "" || !v.given {
		return cli.Exit(cli.StatusUsage, "Device and VLAN ID are required arguments.")
	}
	info := c.LinkNamed(dev)
	if info == nil {
		return cli.Exit(cli.StatusUsage, "Cannot find bridge device \"%s\"", dev)
	}
	if v.first != v.last && options&uapi.BRIDGE_VLAN_INFO_PVID != 0 {
		return cli.Exit(cli.StatusUsage, "pvid cannot be configured for a vlan range")
	}
	r := linkRequest(typ, info.Index)
	r.Nest(uapi.IFLA_AF_SPEC)
	if flags != 0 {
		r.Uint16(uapi.IFLA_BRIDGE_FLAGS, flags)
	}
	add := func(vlan int, end uint16, id uint32) {
		if !tunnel {
			r.Struct(uapi.IFLA_BRIDGE_VLAN_INFO, uapi.SizeofBridgeVlanInfo,
				&uapi.BridgeVlanInfo{Flags: options | end, Vid: uint16(vlan)})
			return
		}
		r.Nest(uapi.IFLA_BRIDGE_VLAN_TUNNEL_INFO)
		r.Uint32(uapi.IFLA_BRIDGE_VLAN_TUNNEL_ID, id)
		r.Uint16(uapi.IFLA_BRIDGE_VLAN_TUNNEL_VID, uint16(vlan))
		r.Uint16(uapi.IFLA_BRIDGE_VLAN_TUNNEL_FLAGS, end)
		r.End()
	}
	if v.first == v.last {
		add(v.first, 0, tunnels[0])
	} else {
		add(v.first, uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN, tunnels[0])
		add(v.last, uapi.BRIDGE_VLAN_INFO_RANGE_END, tunnels[1])
	}
	r.End()
	return c.Exec(r)
}

// nextTunnels takes id TUNNEL_ID[-TUNNEL_ID].
func nextTunnels(c *cli.Command) (ids [2]uint32, err error) {
	if !c.TakeAbbr("id") {
		if !c.More() {
			return ids, desc.Incomplete()
		}
		return ids, desc.Wrong(c.Peek(), "tunnel id expected")
	}
	word, err := c.Next()
	if err != nil {
		return ids, err
	}
	first, last, isRange := strings.Cut(word, "-")
	for i, word := range []string{first, last} {
		if i == 1 && !isRange {
			break
		}
		n, err := desc.ParseUint(word, 24)
		if err != nil {
			return ids, desc.Wrong(word, "invalid tun id")
		}
		ids[i] = uint32(n)
	}
	return ids, nil
}

// setVlan is "vlan set": options of VLANs (Linux 5.7).
func setVlan(c *cli.Command) error {
	return setOptions(c, &vlanOptions, func(r *wire.Request, v vlans) {
		r.Nest(uapi.BRIDGE_VLANDB_ENTRY | uapi.NLA_F_NESTED)
		r.Struct(uapi.BRIDGE_VLANDB_ENTRY_INFO, uapi.SizeofBridgeVlanInfo,
			&uapi.BridgeVlanInfo{Flags: uapi.BRIDGE_VLAN_INFO_ONLY_OPTS, Vid: uint16(v.first)})
		if v.last != v.first {
			r.Uint16(uapi.BRIDGE_VLANDB_ENTRY_RANGE, uint16(v.last))
		}
	})
}

// setGlobal is "vlan global set" (Linux 5.15).
func setGlobal(c *cli.Command) error {
	return setOptions(c, &globalOptions, func(r *wire.Request, v vlans) {
		r.Nest(uapi.BRIDGE_VLANDB_GLOBAL_OPTIONS | uapi.NLA_F_NESTED)
		r.Uint16(uapi.BRIDGE_VLANDB_GOPTS_ID, uint16(v.first))
		if v.last != v.first {
			r.Uint16(uapi.BRIDGE_VLANDB_GOPTS_RANGE, uint16(v.last))
		}
	})
}

// setOptions sets options of VLANs; begin opens the nest of them.
func setOptions(c *cli.Command, k *desc.Kind, begin func(*wire.Request, vlans)) error {
	var options wire.Encoder
	var v vlans
	index := 0
	for c.More() {
		left := len(c.Rest)
		if err := desc.Read(&c.Args, k, &options); err != nil {
			return err
		}
		if len(c.Rest) != left {
			continue
		}
		var err error
		switch {
		case c.Take("dev"):
			name, nerr := c.Next()
			if nerr != nil {
				return nerr
			}
			info := c.LinkNamed(name)
			if info == nil {
				return cli.Exit(cli.StatusUsage, "Cannot find network device \"%s\"", name)
			}
			index = info.Index
		case c.Take("vid"):
			v, err = nextVlans(c)
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			_, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	if index == 0 || !v.given {
		return cli.Exit(cli.StatusUsage, "Device and VLAN ID are required arguments.")
	}
	r := wire.NewRequest(uapi.RTM_NEWVLAN, 0)
	(&uapi.BrVlanMsg{Family: uapi.AF_BRIDGE, Ifindex: uint32(index)}).Put(r.Header(uapi.SizeofBrVlanMsg))
	begin(r, v)
	put(r, &options)
	r.End()
	return c.Exec(r)
}
