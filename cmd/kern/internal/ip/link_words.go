package ip

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// linkWords is a link as the words of a change describe it: all that links of
// every kind have.
type linkWords struct {
	*cli.Command
	e   *wire.Encoder  // attributes go here as they are read
	ifi uapi.Ifinfomsg // flags to be changed, and the index of a new link

	dev    string         // the link to change, or the name of a new one
	name   string         // its name, or a new name
	lower  choice[string] // the link it is on top of
	group  *uint32
	index  int  // of a new link, or of one in its new namespace
	netns  bool // a namespace was named
	lladdr int  // bytes of the address that was given; 0: none was
	typed  bool // the word "type" was read: what follows is the kind's
	seen   []string
	table  []linkWord
}

// linkWord is a keyword and what reads its value.
type linkWord struct {
	name string
	more []string // further words for it
	abbr bool     // a beginning of name is enough
	once bool
	read func(w *linkWords) error
}

// linkWordTable returns the keywords in the order in which abbreviations are looked up.
func linkWordTable() []linkWord {
	return []linkWord{
		{name: "up", read: func(w *linkWords) error { return w.setFlag(uapi.IFF_UP, true) }},
		{name: "down", read: func(w *linkWords) error { return w.setFlag(uapi.IFF_UP, false) }},
		{name: "name", once: true, read: (*linkWords).readName},
		{name: "index", once: true, read: (*linkWords).readIndex},
		{name: "link", abbr: true, read: func(w *linkWords) error { return nextWord(w.Command, &w.lower) }},
		{name: "address", abbr: true, read: func(w *linkWords) error { return w.readLLAddr(uapi.IFLA_ADDRESS) }},
		{name: "broadcast", more: []string{"brd"}, abbr: true,
			read: func(w *linkWords) error { return w.readLLAddr(uapi.IFLA_BROADCAST) }},
		{name: "txqueuelen", more: []string{"qlen"}, abbr: true, once: true, read: readInt("txqueuelen", uapi.IFLA_TXQLEN)},
		{name: "txqlen", abbr: true, once: true, read: readInt("txqueuelen", uapi.IFLA_TXQLEN)},
		{name: "mtu", once: true, read: readInt("mtu", uapi.IFLA_MTU)},
		{name: "netns", once: true, read: (*linkWords).readNetNS},
		{name: "multicast", read: readFlag("multicast", uapi.IFF_MULTICAST, false)},
		{name: "allmulticast", read: readFlag("allmulticast", uapi.IFF_ALLMULTI, false)},
		{name: "promisc", read: readFlag("promisc", uapi.IFF_PROMISC, false)},
		{name: "trailers", read: readFlag("trailers", uapi.IFF_NOTRAILERS, true)},
		{name: "arp", read: readFlag("arp", uapi.IFF_NOARP, true)},
		{name: "carrier", read: (*linkWords).readCarrier},
		{name: "vf", read: (*linkWords).readVF},
		{name: "master", abbr: true, read: func(w *linkWords) error { return w.readMaster("Device does not exist\n", "") }},
		{name: "vrf", read: func(w *linkWords) error { return w.readMaster("Not a valid VRF name\n", "vrf") }},
		{name: "nomaster", abbr: true, read: func(w *linkWords) error { w.e.Uint32(uapi.IFLA_MASTER, 0); return nil }},
		{name: "dynamic", abbr: true, read: readFlag("dynamic", uapi.IFF_DYNAMIC, false)},
		{name: "type", abbr: true, read: func(w *linkWords) error { w.typed = true; return nil }},
		{name: "alias", abbr: true, read: (*linkWords).readAlias},
		{name: "group", once: true, read: func(w *linkWords) (err error) {
			w.group,
				err = nextGroup(w.Command)
			return err
		}},
		{name: "mode", read: func(w *linkWords) error {
			return w.readChoice(uapi.IFLA_LINKMODE, linkModes,
				"Invalid link mode\n")
		}},
		{name: "state", read: func(w *linkWords) error {
			return w.readChoice(uapi.IFLA_OPERSTATE, operStates, "Invalid operstate\n")
		}},
		{name: "numtxqueues", abbr: true, once: true, read: readInt("numtxqueues", uapi.IFLA_NUM_TX_QUEUES)},
		{name: "numrxqueues", abbr: true, once: true, read: readInt("numrxqueues", uapi.IFLA_NUM_RX_QUEUES)},
		{name: "addrgenmode", abbr: true, read: (*linkWords).readAddrGenMode},
		{name: "inet", read: (*linkWords).readInet},
		{name: "link-netns", abbr: true, read: (*linkWords).readLinkNetNS},
		{name: "link-netnsid", abbr: true, read: readInt("link-netnsid", uapi.IFLA_LINK_NETNSID)},
		{name: "protodown", read: (*linkWords).readProtoDown},
		{name: "protodown_reason", read: (*linkWords).readProtoDownReason},
		{name: "gso_max_size", read: readUint("gso_max_size", uapi.IFLA_GSO_MAX_SIZE, 32)},
		{name: "gso_max_segs", read: readUint("gso_max_segs", uapi.IFLA_GSO_MAX_SEGS, 16)},
		{name: "gro_max_size", read: readUint("gro_max_size", uapi.IFLA_GRO_MAX_SIZE, 32)},
		{name: "gso_ipv4_max_size", read: readUint("gso_ipv4_max_size", uapi.IFLA_GSO_IPV4_MAX_SIZE, 32)},
		{name: "gro_ipv4_max_size", read: readUint("gro_ipv4_max_size", uapi.IFLA_GRO_IPV4_MAX_SIZE, 32)},
		{name: "parentdev", read: (*linkWords).readParentDev},
		{name: "xdp", once: true, read: func(w *linkWords) error { return w.readXDP(0) }},
		{name: "xdpgeneric", once: true, read: func(w *linkWords) error { return w.readXDP(uapi.XDP_FLAGS_SKB_MODE) }},
		{name: "xdpdrv", once: true, read: func(w *linkWords) error { return w.readXDP(uapi.XDP_FLAGS_DRV_MODE) }},
		{name: "xdpoffload", once: true, read: func(w *linkWords) error { return w.readXDP(uapi.XDP_FLAGS_HW_MODE) }},
	}
}

// find returns the keyword that word is, or begins.
func (w *linkWords) find(word string) *linkWord {
	if w.table == nil {
		w.table = linkWordTable()
	}
	for i := range w.table {
		if k := &w.table[i]; k.name == word || slices.Contains(k.more, word) {
			return k
		}
	}
	for i := range w.table {
		if k := &w.table[i]; k.abbr && word != "" && strings.HasPrefix(k.name, word) {
			return k
		}
	}
	return nil
}

// read reads words up to the end, or up to "type" and with it.
func (w *linkWords) read() error {
	for w.More() && !w.typed {
		word, err := w.Next()
		if err != nil {
			return err
		}
		if k := w.find(word); k != nil {
			if k.once {
				if slices.Contains(w.seen, k.name) {
					return duplicateNext(w.Command, k.name)
				}
				w.seen = append(w.seen, k.name)
			}
			if err := k.read(w); err != nil {
				return err
			}
			continue
		}
		if word == "dev" {
			if word, err = w.Next(); err != nil {
				return err
			}
		}
		switch {
		case word == "help" || word == "he" || word == "hel" || word == "h":
			return w.ShowUsage()
		case w.dev != "":
			return cli.Garbage("dev", word)
		case !validAltName(word):
			return desc.Wrong(word, "\"dev\" not a valid ifname")
		}
		w.dev = word
	}
	return nil
}

// validAltName reports whether s may be an alternative name of a link.
func validAltName(s string) bool {
	return s != "" && len(s) < uapi.ALTIFNAMSIZ // the rest is for the kernel to judge
}

// validName reports whether s may be the name of a link.
func validName(s string) bool {
	return validAltName(s) && len(s) < uapi.IFNAMSIZ &&
		!strings.ContainsFunc(s, func(r rune) bool { return r == '/' || unicode.IsSpace(r) })
}

func (w *linkWords) setFlag(bit uint32, on bool) error {
	w.ifi.Change |= bit
	w.ifi.Flags &^= bit
	if on {
		w.ifi.Flags |= bit
	}
	return nil
}

// readFlag reads on or off for a flag of the link; inverse flags say that
// something is off.
func readFlag(keyword string, bit uint32, inverse bool) func(*linkWords) error {
	return func(w *linkWords) error {
		on, err := w.OnOff(keyword)
		if err != nil {
			return err
		}
		return w.setFlag(bit, on != inverse)
	}
}

func invalidValue(keyword, value string) error {
	return desc.Wrong(value, "Invalid \""+keyword+"\" value\n")
}

// readInt reads a number of 32 bits that may have a sign: the kernel judges it.
func readInt(keyword string, typ uint16) func(*linkWords) error {
	return func(w *linkWords) error {
		word, err := w.Next()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(word, 0, 32)
		if err != nil {
			return invalidValue(keyword, word)
		}
		w.e.Uint32(typ, uint32(n))
		return nil
	}
}

// readUint reads a number of the given width for an attribute of four bytes.
func readUint(keyword string, typ uint16, bits int) func(*linkWords) error {
	return func(w *linkWords) error {
		n, err := w.Uint(bits, "Invalid \""+keyword+"\" value\n")
		if err != nil {
			return err
		}
		w.e.Uint32(typ, uint32(n))
		return nil
	}
}

func (w *linkWords) readName() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	if !validName(word) {
		return desc.Wrong(word, "\"name\" not a valid ifname")
	}
	w.name = word
	return nil
}

func (w *linkWords) readIndex() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(word, 0, 32)
	if err != nil || n <= 0 {
		return desc.Wrong(word, "Invalid \"index\" value")
	}
	w.index = int(n)
	return nil
}

// readLLAddr reads a link-layer address.
func (w *linkWords) readLLAddr(typ uint16) error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	b, err := cli.ParseLLAddr(word)
	if err != nil {
		return err
	}
	w.lladdr = len(b)
	w.e.Data(typ, b)
	return nil
}

func (w *linkWords) readCarrier() error {
	on, err := strictOnOff(&w.Args, "carrier")
	if err == nil {
		w.e.Uint8(uapi.IFLA_CARRIER, boolByte(on))
	}
	return err
}

// strictOnOff is OnOff for keywords whose error ends in another way.
func strictOnOff(in *desc.Args, keyword string) (bool, error) {
	word, err := in.Next()
	if err == nil && word != "on" && word != "off" {
		err = cli.Exit(cli.StatusInvalid, "Error: argument of \"%s\" must be one of \"off\", \"on\", not %q", keyword, word)
	}
	return word == "on", err
}

func boolByte(on bool) uint8 {
	if on {
		return 1
	}
	return 0
}

func (w *linkWords) readMaster(why, kind string) error {
	index, err := nextMaster(w.Command, why, kind)
	if err != nil {
		return err
	}
	w.e.Uint32(uapi.IFLA_MASTER, uint32(index))
	return nil
}

func (w *linkWords) readAlias() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	if len(word) >= uapi.IFALIASZ {
		return desc.Wrong(word, "alias too long\n")
	}
	w.e.Data(uapi.IFLA_IFALIAS, []byte(word))
	return nil
}

// readChoice reads one of names, whatever the case, for an attribute of one
// byte that is its place.
func (w *linkWords) readChoice(typ uint16, names []string, why string) error {
	n, err := nextChoice(w.Command, names, why)
	if err != nil {
		return err
	}
	w.e.Uint8(typ, n)
	return nil
}

func nextChoice(c *cli.Command, names []string, why string) (uint8, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	for i, name := range names {
		if strings.EqualFold(name, word) {
			return uint8(i), nil
		}
	}
	return 0, desc.Wrong(word, why)
}

func (w *linkWords) readAddrGenMode() error {
	mode, err := nextChoice(w.Command, addrGenModes, "Invalid address generation mode\n")
	if err != nil {
		return err
	}
	w.e.Nest(uapi.IFLA_AF_SPEC)
	w.e.Nest(uapi.AF_INET6)
	w.e.Uint8(uapi.IFLA_INET6_ADDR_GEN_MODE, mode)
	w.e.End()
	w.e.End()
	return nil
}

func (w *linkWords) readProtoDown() error {
	on, err := strictOnOff(&w.Args, "protodown")
	if err == nil {
		w.e.Uint8(uapi.IFLA_PROTO_DOWN, boolByte(on))
	}
	return err
}

// readProtoDownReason reads a reason, by name or as the number of its bit, and
// on or off.
func (w *linkWords) readProtoDownReason() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	bit, ok := w.Names.ProtoDownNumber(word)
	if !ok {
		return desc.Wrong(word, "invalid protodown reason\n")
	}
	on, err := w.OnOff("protodown_reason")
	if err != nil {
		return err
	}
	w.e.Nest(uapi.IFLA_PROTO_DOWN_REASON | uapi.NLA_F_NESTED)
	w.e.Uint32(uapi.IFLA_PROTO_DOWN_REASON_MASK, 1<<bit)
	w.e.Uint32(uapi.IFLA_PROTO_DOWN_REASON_VALUE, uint32(boolByte(on))<<bit)
	w.e.End()
	return nil
}

func (w *linkWords) readParentDev() error {
	word, err := w.Next()
	if err != nil {
		return err
	}
	w.e.String(uapi.IFLA_PARENT_DEV_NAME, word)
	return nil
}

// readXDP reads the program to attach, or "off", which takes it away.
func (w *linkWords) readXDP(flags uint32) error {
	detached := int32(-1)
	fd := int(detached)
	if !w.Take("off", "none") {
		link := 0
		var err error
		if flags == uapi.XDP_FLAGS_HW_MODE {
			if link, err = w.IndexOf(w.dev); err != nil {
				return err
			}
		}
		if _, fd, err = desc.ReadBpf(&w.Args, uapi.BPF_PROG_TYPE_XDP, link); err != nil {
			return err
		}
	}
	if !w.Force {
		flags |= uapi.XDP_FLAGS_UPDATE_IF_NOEXIST
	}
	w.e.Nest(uapi.IFLA_XDP)
	w.e.Int32(uapi.IFLA_XDP_FD, int32(fd))
	if flags != 0 {
		w.e.Uint32(uapi.IFLA_XDP_FLAGS, flags)
	}
	w.e.End()
	return nil
}
