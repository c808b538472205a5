package bridge

import (
	"net/netip"
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
)

func mdbUsage() string {
	return `
mdb { add | replace | del } dev DEV port PORT grp GROUP [ src SOURCE ]
        [ permanent | temp ] [ vid VID ] [ filter_mode { include | exclude } ]
        [ source_list SOURCE_LIST ] [ proto PROTO ] [ dst IPADDR ]
        [ dst_port DST_PORT ] [ vni VNI ] [ src_vni SRC_VNI ] [ via DEV ]
mdb [ show ] [ dev DEV ] [ vid VID ]
mdb get dev DEV grp GROUP [ src SOURCE ] [ vid VID ] [ src_vni SRC_VNI ]
mdb flush dev DEV [ port DEV ] [ vid VID ] [ src_vni SRC_VNI ]
        [ proto PROTO ] [ [no]permanent ] [ dst IPADDR ] [ dst_port DST_PORT ]
        [ vni VNI ]
`
}

func runMdb(c *cli.Command) error {
	change := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeMdb(c, typ, flags) }
	}
	return c.Choose(listMdb, append(lister(listMdb,
		cli.Verb{Name: "add", Run: change(uapi.RTM_NEWMDB, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "replace", Run: change(uapi.RTM_NEWMDB, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE), Exact: true},
		cli.Verb{Name: "delete", Run: change(uapi.RTM_DELMDB, 0)},
	), exact(cli.Verb{Name: "get", Run: getMdb}, cli.Verb{Name: "flush", Run: flushMdb})...)...)
}

// mdbWords are what a command says of an entry. Names of links and the group are looked up when all has been read.
type mdbWords struct {
	dev, port, group string
	entry            netlink.MDBEntry
}

// changeMdb is "mdb add", "mdb replace" and "mdb del".
func changeMdb(c *cli.Command, typ, flags uint16) error {
	w := &mdbWords{}
	for c.More() {
		var err error
		switch {
		case c.Take("permanent"):
			if typ == uapi.RTM_NEWMDB {
				w.entry.State |= uapi.MDB_PERMANENT
			}
		case c.Take("temp"):
		case c.Take("port"):
			w.port, err = c.Next()
		case c.Take("filter_mode"):
			err = nextFilterMode(c, &w.entry)
		case c.Take("source_list"):
			err = nextSources(c, &w.entry)
		case c.Take("via"):
			w.entry.ViaIndex, err = c.NextLink()
		case c.HelpAsked():
			return c.ShowUsage()
		default:
			err = nextMdbWord(c, w)
		}
		if err != nil {
			return err
		}
	}
	if w.dev == "" || w.group == "" || w.port == "" {
		return cli.Exit(cli.StatusUsage, "Device, group address and port name are required arguments.")
	}
	if err := w.lookUp(c); err != nil {
		return err
	}
	return c.Exec(w.entry.Request(typ, flags))
}

// lookUp finds the links that are named, and reads the address of the group.
func (w *mdbWords) lookUp(c *cli.Command) (err error) {
	if w.entry.LinkIndex, err = c.IndexOf(w.dev); err != nil {
		return err
	}
	if w.port != "" {
		if w.entry.PortIndex, err = c.IndexOf(w.port); err != nil {
			return err
		}
	}
	if w.group == "" {
		return nil
	}
	if addr, err := netip.ParseAddr(w.group); err == nil && addr.Zone() == "" {
		w.entry.Group = addr
		return nil
	}
	mac, err := cli.ParseLLAddr(w.group)
	if err != nil {
		return cli.Exit(cli.StatusUsage, "%s\nInvalid address \"%s\"", err, w.group)
	}
	if len(mac) != uapi.ETH_ALEN {
		return cli.Exit(cli.StatusUsage, "Invalid address \"%s\"", w.group)
	}
	w.entry.HardwareAddr = mac
	return nil
}

// nextMdbWord reads a word that add and flush have, or passes one over, as bridge does.
func nextMdbWord(c *cli.Command, w *mdbWords) (err error) {
	switch {
	case c.Take("dev"):
		w.dev, err = c.Next()
	case c.Take("grp"):
		w.group, err = c.Next()
	case c.Take("vid"):
		w.entry.Vlan, err = nextVlan(c)
	case c.Take("src"):
		w.entry.Source, err = nextMdbAddr(c, "source")
	case c.Take("proto"):
		var word string
		if word, err = c.Next(); err != nil {
			return err
		}
		proto, ok := c.Names.ProtoNumber(word)
		if !ok {
			return cli.Exit(cli.StatusUsage, "Invalid protocol value \"%s\"", word)
		}
		w.entry.Protocol = netlink.RouteProtocol(proto)
	case c.Take("dst"):
		w.entry.Dst, err = nextMdbAddr(c, "underlay destination")
	case c.Take("dst_port"):
		word := c.Peek()
		port, perr := nextPort(c)
		if perr != nil && word != "" {
			return cli.Exit(cli.StatusUsage, "Invalid destination port \"%s\"", word)
		}
		err = perr
		w.entry.DstPort = int(port)
	case c.Take("vni"):
		w.entry.VNI, err = nextMdbVni(c, "destination")
	case c.Take("src_vni"):
		w.entry.SrcVNI, err = nextMdbVni(c, "source")
	default:
		_, err = c.Next()
	}
	return err
}

func nextMdbAddr(c *cli.Command, what string) (netip.Addr, error) {
	word, err := c.Next()
	if err != nil {
		return netip.Addr{}, err
	}
	addr, err := netip.ParseAddr(word)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, cli.Exit(cli.StatusUsage, "Invalid %s address \"%s\"", what, word)
	}
	return addr, nil
}

func nextMdbVni(c *cli.Command, what string) (*uint32, error) {
	word, err := c.Next()
	if err != nil {
		return nil, err
	}
	vni, err := desc.ParseUint(word, 32)
	if err != nil {
		return nil, cli.Exit(cli.StatusUsage, "Invalid %s VNI \"%s\"", what, word)
	}
	return new(uint32(vni)), nil
}

// filterModes are the names of MCAST_INCLUDE and MCAST_EXCLUDE.
var filterModes = []string{uapi.MCAST_EXCLUDE: "exclude", uapi.MCAST_INCLUDE: "include"}

func nextFilterMode(c *cli.Command, e *netlink.MDBEntry) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	mode := slices.Index(filterModes, word)
	if mode < 0 {
		return cli.Exit(cli.StatusUsage, "Invalid filter mode \"%s\"", word)
	}
	e.FilterMode = &mode
	return nil
}

// nextSources takes ADDRESS[,ADDRESS]...
func nextSources(c *cli.Command, e *netlink.MDBEntry) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	e.Sources = nil
	for source := range strings.SplitSeq(word, ",") {
		addr, err := netip.ParseAddr(source)
		if err != nil || addr.Zone() != "" {
			return cli.Exit(cli.StatusUsage, "Invalid source entry \"%s\" in source list", source)
		}
		e.Sources = append(e.Sources, netlink.MDBSource{Addr: addr})
	}
	return nil
}

// getMdb is "mdb get" (Linux 6.8).
func getMdb(c *cli.Command) error {
	w := &mdbWords{}
	for c.More() {
		if c.Take("help") {
			return c.ShowUsage()
		}
		if err := nextMdbWord(c, w); err != nil {
			return err
		}
	}
	if w.dev == "" || w.group == "" {
		return cli.Exit(cli.StatusUsage, "Device and group address are required arguments.")
	}
	if err := w.lookUp(c); err != nil {
		return err
	}
	m, err := get(c, w.entry.Request(uapi.RTM_GETMDB, 0))
	if err != nil {
		return err
	}
	mdb, err := netlink.MDBDeserialize(m.Data)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showMdbEntries(c, mdb, filter{})
		return nil
	})
}

// flushMdb is "mdb flush": the kernel deletes what is selected (Linux 6.8).
func flushMdb(c *cli.Command) error {
	w := &mdbWords{}
	var permanent *bool
	for c.More() {
		var err error
		switch {
		case c.Take("port"):
			w.port, err = c.Next()
		case c.Take("permanent"):
			permanent = new(true)
		case c.Take("nopermanent"):
			permanent = new(false)
		case c.Take("help"):
			return c.ShowUsage()
		default:
			err = nextMdbWord(c, w)
		}
		if err != nil {
			return err
		}
	}
	if w.dev == "" {
		return cli.Exit(cli.StatusUsage, "Device is a required argument.")
	}
	w.group = ""
	if err := w.lookUp(c); err != nil {
		return err
	}
	e := &w.entry
	f := netlink.MDBFilter{LinkIndex: e.LinkIndex, PortIndex: e.PortIndex, Vlan: e.Vlan, Protocol: e.Protocol,
		Permanent: permanent, Dst: e.Dst, DstPort: e.DstPort}
	if e.VNI != nil {
		f.VNI = *e.VNI
	}
	if e.SrcVNI != nil {
		f.SrcVNI = *e.SrcVNI
	}
	return c.Exec(f.Request())
}
