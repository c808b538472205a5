package bridge

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func fdbUsage() string {
	return `
fdb { add | append | replace | del } ADDR dev DEV [ self ] [ master ]
        [ use ] [ router ] [ extern_learn ] [ sticky ]
        [ local | static | dynamic ] [ vlan VID ]
        [ dst IPADDR ] [ port PORT ] [ vni VNI ] [ nhid NHID ]
        [ via DEV ] [ src_vni VNI ] [ activity_notify ] [ inactive ]
        [ norefresh ]
fdb [ show ] [ br BRDEV ] [ brport DEV ] [ vlan VID ] [ state STATE ] [ dynamic ]
fdb get ADDR [ br BRDEV ] { brport | dev } DEV [ vlan VID ] [ vni VNI ]
        [ self ] [ master ] [ dynamic ]
fdb flush dev DEV [ brport DEV ] [ vlan VID ] [ src_vni VNI ] [ nhid NHID ]
        [ vni VNI ] [ port PORT ] [ dst IPADDR ] [ self ] [ master ]
        [ [no]permanent | [no]static | [no]dynamic ] [ [no]added_by_user ]
        [ [no]extern_learn ] [ [no]sticky ] [ [no]offloaded ] [ [no]router ]
STATE := { permanent | static | stale | reachable | dynamic | all | NUMBER }
`
}

func runFdb(c *cli.Command) error {
	change := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeFdb(c, typ, flags) }
	}
	return c.Choose(listFdb, append(lister(listFdb,
		cli.Verb{Name: "add", Run: change(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "append", Run: change(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_APPEND)},
		cli.Verb{Name: "replace", Run: change(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "delete", Run: change(uapi.RTM_DELNEIGH, 0)},
		cli.Verb{Name: "get", Run: getFdb},
	), cli.Verb{Name: "flush", Run: flushFdb, Exact: true})...)
}

// fdbWords are what a command says of an entry.
type fdbWords struct {
	ndm    uapi.Ndmsg
	dev    string
	mac    []byte
	dst    bool // an address was given
	remote bool // a port or a network identifier was
	nhid   uint32
	notify uint8 // FDB_NOTIFY_…
	keep   bool  // norefresh
	vlan   bool
	enc    wire.Encoder
}

// changeFdb is "fdb add" and its like.
func changeFdb(c *cli.Command, typ, flags uint16) error {
	w := &fdbWords{ndm: uapi.Ndmsg{Family: uapi.AF_BRIDGE, State: uapi.NUD_NOARP}}
	for c.More() {
		if err := nextFdbWord(c, w); err != nil {
			return err
		}
	}
	switch {
	case w.dev == "" || w.mac == nil:
		return cli.Exit(cli.StatusUsage, "Device and address are required arguments.")
	case w.nhid != 0 && (w.dst || w.remote):
		return cli.Exit(cli.StatusUsage, "dst, port, vni are mutually exclusive with nhid")
	}
	if w.ndm.Flags&(uapi.NTF_SELF|uapi.NTF_MASTER) == 0 {
		w.ndm.Flags |= uapi.NTF_SELF
	}
	if w.ndm.State&(uapi.NUD_PERMANENT|uapi.NUD_REACHABLE) == 0 {
		w.ndm.State |= uapi.NUD_PERMANENT
	}
	index, err := c.IndexOf(w.dev)
	if err != nil {
		return err
	}
	w.ndm.Ifindex = int32(index)
	r := wire.NewRequest(typ, flags)
	w.ndm.Put(r.Header(uapi.SizeofNdmsg))
	r.Data(uapi.NDA_LLADDR, w.mac)
	put(r, &w.enc)
	if w.notify != 0 || w.keep {
		r.Nest(uapi.NDA_FDB_EXT_ATTRS | uapi.NLA_F_NESTED)
		if w.notify != 0 {
			r.Uint8(uapi.NFEA_ACTIVITY_NOTIFY, w.notify)
		}
		if w.keep {
			r.Flag(uapi.NFEA_DONT_REFRESH)
		}
		r.End()
	}
	return c.Exec(r)
}

// fdbFlags are the words for flags of entries that may be abbreviated.
var fdbFlags = []struct {
	word string
	flag uint8
}{
	{"master", uapi.NTF_MASTER}, {"router", uapi.NTF_ROUTER}, {"use", uapi.NTF_USE},
	{"extern_learn", uapi.NTF_EXT_LEARNED}, {"sticky", uapi.NTF_STICKY},
}

func nextFdbWord(c *cli.Command, w *fdbWords) error {
	if ok, err := nextFdbSelector(c, w); ok || err != nil {
		return err
	}
	switch {
	case c.Take("nhid"):
		n, err := c.Uint(32, "\"id\" value is invalid\n")
		w.nhid = uint32(n)
		w.enc.Uint32(uapi.NDA_NH_ID, w.nhid)
		return err
	case c.Take("src_vni"):
		vni, err := nextVni(c, "invalid src VNI\n")
		w.enc.Uint32(uapi.NDA_SRC_VNI, vni)
		return err
	case c.Take("via"):
		index, err := c.NextLink()
		w.enc.Uint32(uapi.NDA_IFINDEX, uint32(index))
		return err
	case c.TakeAbbr("local", "permanent"):
		w.ndm.State |= uapi.NUD_PERMANENT
		return nil
	case c.TakeAbbr("temp", "static"):
		w.ndm.State |= uapi.NUD_REACHABLE
		return nil
	case c.TakeAbbr("dynamic"):
		w.ndm.State |= uapi.NUD_REACHABLE
		w.ndm.State &^= uapi.NUD_NOARP
		return nil
	case c.Take("activity_notify"):
		w.notify |= uapi.FDB_NOTIFY_BIT
		return nil
	case c.Take("inactive"):
		w.notify |= uapi.FDB_NOTIFY_INACTIVE_BIT
		return nil
	case c.Take("norefresh"):
		w.keep = true
		return nil
	case c.Take("dst"):
		word := c.Peek()
		if w.dst {
			return cli.Garbage("dst", word)
		}
		addr, err := c.NextAddr(c.Family)
		w.dst = true
		if err == nil && addr.IsValid() {
			w.enc.Addr(uapi.NDA_DST, addr)
		}
		return c.Exactly(cli.StatusFailed, err)
	case c.Take("port"):
		port, err := nextPort(c)
		w.remote = true
		w.enc.BE16(uapi.NDA_PORT, port)
		return err
	}
	for _, f := range fdbFlags {
		if c.TakeAbbr(f.word) {
			w.ndm.Flags |= f.flag
			return nil
		}
	}
	return nextFdbAddr(c, w)
}

// nextFdbSelector reads a word that "fdb get" has, too; it is false where the next one is none.
func nextFdbSelector(c *cli.Command, w *fdbWords) (ok bool, err error) {
	switch {
	case c.Take("dev"):
		w.dev, err = c.Next()
	case c.Take("vni"):
		var vni uint32
		vni, err = nextVni(c, "invalid VNI\n")
		w.remote = true
		w.enc.Uint32(uapi.NDA_VNI, vni)
	case c.Take("self"):
		w.ndm.Flags |= uapi.NTF_SELF
	case c.TakeAbbr("vlan"):
		if w.vlan {
			return true, cli.Garbage("vlan", c.Last())
		}
		var vlan int
		vlan, err = nextVlan(c)
		w.vlan = true
		w.enc.Uint16(uapi.NDA_VLAN, uint16(vlan))
	default:
		return false, nil
	}
	return true, err
}

// nextFdbAddr takes the link-layer address of an entry.
func nextFdbAddr(c *cli.Command, w *fdbWords) error {
	c.Take("to")
	if c.HelpAsked() {
		return c.ShowUsage()
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.mac != nil {
		return cli.Garbage("to", word)
	}
	w.mac, err = cli.ParseLLAddr(word)
	if err != nil || len(w.mac) != uapi.ETH_ALEN {
		return cli.Exit(cli.StatusUsage, "Invalid mac address %s", word)
	}
	return nil
}

// getFdb is "fdb get".
func getFdb(c *cli.Command) error {
	w := &fdbWords{ndm: uapi.Ndmsg{Family: uapi.AF_BRIDGE}}
	f := &fdbFilter{}
	br := ""
	for c.More() {
		var err error
		switch {
		case c.Take("brport"):
			w.dev, err = c.Next()
		case c.Take("br"):
			br, err = c.Next()
		case c.TakeAbbr("dynamic"):
			f.dynamic = true
		case c.TakeAbbr("master"):
			w.ndm.Flags |= uapi.NTF_MASTER
		default:
			var ok bool
			if ok, err = nextFdbSelector(c, w); !ok && err == nil {
				err = nextFdbAddr(c, w)
			}
		}
		if err != nil {
			return err
		}
	}
	if w.dev == "" && br == "" || w.mac == nil {
		return cli.Exit(cli.StatusUsage, "Device or master and address are required arguments.")
	}
	if w.dev != "" {
		index, err := c.IndexOf(w.dev)
		if err != nil {
			return err
		}
		w.ndm.Ifindex = int32(index)
	}
	if br != "" {
		info := c.LinkNamed(br)
		if info == nil {
			return cli.Exit(cli.StatusUsage, "Cannot find bridge device \"%s\"", br)
		}
		w.enc.Uint32(uapi.NDA_MASTER, uint32(info.Index))
	}
	r := wire.NewRequest(uapi.RTM_GETNEIGH, 0)
	w.ndm.Put(r.Header(uapi.SizeofNdmsg))
	r.Data(uapi.NDA_LLADDR, w.mac)
	put(r, &w.enc)
	m, err := get(c, r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showFdb(c, m, f)
		return nil
	})
}

// fdbMasks are the words of "fdb flush" that select entries by a flag (NTF_…).
var fdbMasks = []struct {
	word string
	flag uint8
}{
	{"added_by_user", uapi.NTF_USE}, {"extern_learn", uapi.NTF_EXT_LEARNED}, {"sticky", uapi.NTF_STICKY},
	{"offloaded", uapi.NTF_OFFLOADED}, {"router", uapi.NTF_ROUTER},
}

// fdbStates are those that select them by state (NUD_…): what is compared, and with what.
var fdbStates = []struct {
	word        string
	mask, value uint16
}{
	{"permanent", uapi.NUD_PERMANENT, uapi.NUD_PERMANENT}, {"nopermanent", uapi.NUD_PERMANENT, 0},
	{"static", uapi.NUD_NOARP | uapi.NUD_PERMANENT, uapi.NUD_NOARP}, {"nostatic", uapi.NUD_NOARP, 0},
	{"dynamic", uapi.NUD_NOARP | uapi.NUD_PERMANENT, 0}, {"nodynamic", uapi.NUD_NOARP, uapi.NUD_NOARP},
}

// flushFdb is "fdb flush": the kernel deletes what is selected (Linux 5.19).
func flushFdb(c *cli.Command) error {
	w := &fdbWords{ndm: uapi.Ndmsg{Family: uapi.AF_BRIDGE}}
	var flagMask uint8
	var stateMask uint16
	port := ""
words:
	for c.More() {
		for _, f := range fdbMasks {
			if c.Take(f.word, "no"+f.word) {
				flagMask |= f.flag
				if w.ndm.Flags &^= f.flag; c.Last() == f.word {
					w.ndm.Flags |= f.flag
				}
				continue words
			}
		}
		for _, s := range fdbStates {
			if c.Take(s.word) {
				stateMask |= s.mask
				w.ndm.State = w.ndm.State&^s.mask | s.value
				continue words
			}
		}
		var err error
		switch {
		case c.Take("dev"):
			w.dev, err = c.Next()
		case c.Take("brport"):
			if port != "" {
				return cli.Garbage("brport", c.Last())
			}
			port, err = c.Next()
		case c.Take("master"):
			w.ndm.Flags |= uapi.NTF_MASTER
		case c.Take("src_vni", "nhid", "port", "dst", "vni", "vlan", "self"):
			c.Rest = append([]string{c.Last()}, c.Rest...)
			err = nextFdbWord(c, w)
		case c.Take("help"):
			return c.ShowUsage()
		default:
			return cli.Exit(cli.StatusUsage, "bridge fdb: unknown command \"%s\"?", c.Peek())
		}
		if err != nil {
			return err
		}
	}
	if w.dev == "" {
		return cli.Exit(cli.StatusUsage, "Device is a required argument.")
	}
	info := c.LinkNamed(w.dev)
	if info == nil {
		return cli.Exit(cli.StatusUsage, "Cannot find bridge device \"%s\"", w.dev)
	}
	w.ndm.Ifindex = int32(info.Index)
	if w.ndm.Flags&(uapi.NTF_SELF|uapi.NTF_MASTER) == 0 {
		w.ndm.Flags |= uapi.NTF_SELF
	}
	r := wire.NewRequest(uapi.RTM_DELNEIGH, uapi.NLM_F_BULK)
	w.ndm.Put(r.Header(uapi.SizeofNdmsg))
	if port != "" {
		info := c.LinkNamed(port)
		if info == nil {
			return cli.Exit(cli.StatusUsage, "Cannot find bridge port device \"%s\"", port)
		}
		r.Uint32(uapi.NDA_IFINDEX, uint32(info.Index))
	}
	put(r, &w.enc)
	if flagMask != 0 {
		r.Uint8(uapi.NDA_NDM_FLAGS_MASK, flagMask)
	}
	if stateMask != 0 {
		r.Uint16(uapi.NDA_NDM_STATE_MASK, stateMask)
	}
	return c.Exec(r)
}

// nextFdbState takes a state that entries are selected by.
func nextFdbState(c *cli.Command) (uint16, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	begins := func(name string) bool { return word != "" && strings.HasPrefix(name, word) }
	switch {
	case begins("permanent"):
		return uapi.NUD_PERMANENT, nil
	case begins("static"), begins("temp"):
		return uapi.NUD_NOARP, nil
	case begins("stale"):
		return uapi.NUD_STALE, nil
	case begins("reachable"), begins("dynamic"):
		return uapi.NUD_REACHABLE, nil
	case word == "all":
		return ^uint16(0), nil
	}
	n, err := desc.ParseUint(word, 16)
	if err != nil {
		return 0, desc.Wrong(word, "invalid state")
	}
	return uint16(n), nil
}
