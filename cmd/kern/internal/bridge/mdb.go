package bridge

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
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

// group is the address of a multicast group: of IP, or of Ethernet.
type group struct {
	ip  netip.Addr
	mac []byte
}

// struct br_mdb_entry ends with the address in 16 bytes and its Ethernet protocol, which is in network byte order.
const (
	mdbAddr      = uapi.SizeofBrMdbEntry
	mdbProto     = mdbAddr + 16
	mdbEntrySize = mdbProto + 4
)

// entry is an entry of the database on the wire.
type entry struct {
	uapi.BrMdbEntry
	group group
}

// Put writes the structure.
func (e *entry) Put(b []byte) {
	e.BrMdbEntry.Put(b)
	switch {
	case e.group.mac != nil:
		copy(b[mdbAddr:], e.group.mac)
	case e.group.ip.Is4():
		binary.BigEndian.PutUint16(b[mdbProto:], uapi.ETH_P_IP)
		copy(b[mdbAddr:], e.group.ip.AsSlice())
	case e.group.ip.Is6():
		binary.BigEndian.PutUint16(b[mdbProto:], uapi.ETH_P_IPV6)
		copy(b[mdbAddr:], e.group.ip.AsSlice())
	}
}

// decodeEntry reads the structure and the attributes behind it; it is false where b is too short.
func decodeEntry(b []byte) (e entry, attrs desc.Attrs, ok bool) {
	if len(b) < mdbEntrySize {
		return e, nil, false
	}
	e.Decode(b)
	addr := b[mdbAddr:mdbProto]
	switch binary.BigEndian.Uint16(b[mdbProto:]) {
	case 0:
		e.group.mac = addr[:uapi.ETH_ALEN]
	case uapi.ETH_P_IP:
		e.group.ip, _ = netip.AddrFromSlice(addr[:4])
	default:
		e.group.ip, _ = netip.AddrFromSlice(addr)
	}
	return e, desc.ParseAttrs(b[mdbEntrySize:]), true
}

// mdbWords are what a command says of an entry. The rest of the words are attributes.
type mdbWords struct {
	dev, port, group string
	entry            entry
	enc              wire.Encoder
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
			err = nextFilterMode(c, &w.enc)
		case c.Take("source_list"):
			err = nextSources(c, &w.enc)
		case c.Take("via"):
			var index int
			index, err = c.NextLink()
			w.enc.Uint32(uapi.MDBE_ATTR_IFINDEX, uint32(index))
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
	return c.Exec(w.request(c, typ, flags, uapi.MDBA_SET_ENTRY, uapi.MDBA_SET_ENTRY_ATTRS))
}

// request is the message about the entry.
func (w *mdbWords) request(c *cli.Command, typ, flags, entryType, attrsType uint16) *wire.Request {
	r := wire.NewRequest(typ, flags)
	index, err := c.IndexOf(w.dev)
	r.Fail(err)
	(&uapi.BrPortMsg{Family: uapi.AF_BRIDGE, Ifindex: uint32(index)}).Put(r.Header(uapi.SizeofBrPortMsg))
	if w.port != "" {
		port, err := c.IndexOf(w.port)
		r.Fail(err)
		w.entry.Ifindex = uint32(port)
	}
	if w.group != "" {
		r.Fail(w.entry.group.parse(w.group))
	}
	r.Struct(entryType, mdbEntrySize, &w.entry)
	if len(w.enc.Bytes()) != 0 {
		r.Nest(attrsType | uapi.NLA_F_NESTED)
		put(r, &w.enc)
		r.End()
	}
	return r
}

// parse reads the address of a group.
func (g *group) parse(word string) error {
	if ip, err := netip.ParseAddr(word); err == nil && ip.Zone() == "" {
		g.ip = ip
		return nil
	}
	mac, err := cli.ParseLLAddr(word)
	if err != nil {
		return cli.Exit(cli.StatusUsage, "%s\nInvalid address \"%s\"", err, word)
	}
	if len(mac) != uapi.ETH_ALEN {
		return cli.Exit(cli.StatusUsage, "Invalid address \"%s\"", word)
	}
	g.mac = mac
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
		var vlan int
		vlan, err = nextVlan(c)
		w.entry.Vid = uint16(vlan)
	case c.Take("src"):
		err = nextMdbAddr(c, &w.enc, uapi.MDBE_ATTR_SOURCE, "source")
	case c.Take("proto"):
		var word string
		if word, err = c.Next(); err != nil {
			return err
		}
		proto, ok := c.Names.ProtoNumber(word)
		if !ok {
			return cli.Exit(cli.StatusUsage, "Invalid protocol value \"%s\"", word)
		}
		w.enc.Uint8(uapi.MDBE_ATTR_RTPROT, uint8(proto))
	case c.Take("dst"):
		err = nextMdbAddr(c, &w.enc, uapi.MDBE_ATTR_DST, "underlay destination")
	case c.Take("dst_port"):
		word := c.Peek()
		port, perr := nextPort(c)
		if perr != nil && word != "" {
			return cli.Exit(cli.StatusUsage, "Invalid destination port \"%s\"", word)
		}
		err = perr
		w.enc.Uint16(uapi.MDBE_ATTR_DST_PORT, port)
	case c.Take("vni"):
		err = nextMdbVni(c, &w.enc, uapi.MDBE_ATTR_VNI, "destination")
	case c.Take("src_vni"):
		err = nextMdbVni(c, &w.enc, uapi.MDBE_ATTR_SRC_VNI, "source")
	default:
		_, err = c.Next()
	}
	return err
}

func nextMdbAddr(c *cli.Command, e *wire.Encoder, typ uint16, what string) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	addr, err := netip.ParseAddr(word)
	if err != nil || addr.Zone() != "" {
		return cli.Exit(cli.StatusUsage, "Invalid %s address \"%s\"", what, word)
	}
	e.Addr(typ, addr)
	return nil
}

func nextMdbVni(c *cli.Command, e *wire.Encoder, typ uint16, what string) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	vni, err := desc.ParseUint(word, 32)
	if err != nil {
		return cli.Exit(cli.StatusUsage, "Invalid %s VNI \"%s\"", what, word)
	}
	e.Uint32(typ, uint32(vni))
	return nil
}

// filterModes are the names of MCAST_INCLUDE and MCAST_EXCLUDE.
var filterModes = []string{uapi.MCAST_EXCLUDE: "exclude", uapi.MCAST_INCLUDE: "include"}

func nextFilterMode(c *cli.Command, e *wire.Encoder) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	for i, name := range filterModes {
		if name == word {
			e.Uint8(uapi.MDBE_ATTR_GROUP_MODE, uint8(i))
			return nil
		}
	}
	return cli.Exit(cli.StatusUsage, "Invalid filter mode \"%s\"", word)
}

// nextSources takes ADDRESS[,ADDRESS]...
func nextSources(c *cli.Command, e *wire.Encoder) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	e.Nest(uapi.MDBE_ATTR_SRC_LIST | uapi.NLA_F_NESTED)
	for source := range strings.SplitSeq(word, ",") {
		addr, err := netip.ParseAddr(source)
		if err != nil || addr.Zone() != "" {
			return cli.Exit(cli.StatusUsage, "Invalid source entry \"%s\" in source list", source)
		}
		e.Nest(uapi.MDBE_SRC_LIST_ENTRY | uapi.NLA_F_NESTED)
		e.Addr(uapi.MDBE_SRCATTR_ADDRESS, addr)
		e.End()
	}
	e.End()
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
	m, err := get(c, w.request(c, uapi.RTM_GETMDB, 0, uapi.MDBA_GET_ENTRY, uapi.MDBA_GET_ENTRY_ATTRS))
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showMdbEntries(c, m, filter{})
		return nil
	})
}

// flushMdb is "mdb flush": the kernel deletes what is selected (Linux 6.8).
func flushMdb(c *cli.Command) error {
	w := &mdbWords{}
	mask := false
	for c.More() {
		var err error
		switch {
		case c.Take("port"):
			w.port, err = c.Next()
		case c.Take("permanent"):
			w.entry.State, mask = uapi.MDB_PERMANENT, true
		case c.Take("nopermanent"):
			w.entry.State, mask = 0, true
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
	if mask {
		w.enc.Uint8(uapi.MDBE_ATTR_STATE_MASK, uapi.MDB_PERMANENT)
	}
	w.group = ""
	return c.Exec(w.request(c, uapi.RTM_DELMDB, uapi.NLM_F_BULK, uapi.MDBA_SET_ENTRY, uapi.MDBA_SET_ENTRY_ATTRS))
}
