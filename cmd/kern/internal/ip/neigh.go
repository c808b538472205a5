package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func neighUsage() string {
	return `
neigh { add | del | change | replace } { ADDR [ lladdr LLADDR ]
        [ nud STATE ] | proxy ADDR } [ dev DEV ] [ router ] [ use ]
        [ managed ] [ extern_learn ] [ extern_valid ] [ protocol RTPROTO ]
neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEV ] [ nud STATE ]
        [ unused ] [ vrf NAME | master DEV | nomaster ] [ protocol RTPROTO ]
neigh get { ADDR | proxy ADDR } dev DEV
STATE := { delay | failed | incomplete | noarp | none |
           permanent | probe | reachable | stale }
`
}

func runNeigh(c *cli.Command) error {
	c.Object = "neigh"
	change := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeNeigh(c, typ, flags) }
	}
	return c.Choose(listNeighs,
		cli.Verb{Name: "add", Run: change(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "change", Run: change(uapi.RTM_NEWNEIGH, uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "chg", Run: change(uapi.RTM_NEWNEIGH, uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "replace", Run: change(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "delete", Run: change(uapi.RTM_DELNEIGH, 0)},
		cli.Verb{Name: "get", Run: getNeigh},
		cli.Verb{Name: "show", Run: listNeighs},
		cli.Verb{Name: "lst", Run: listNeighs},
		cli.Verb{Name: "list", Run: listNeighs},
		cli.Verb{Name: "flush", Run: flushNeighs},
	)
}

// neighStates are the names of neighbour states (NUD_…), in the order in which
// they are shown.
var neighStates = []struct {
	name  string
	state uint16
	short bool // may be abbreviated
}{
	{"incomplete", uapi.NUD_INCOMPLETE, false},
	{"reachable", uapi.NUD_REACHABLE, true},
	{"stale", uapi.NUD_STALE, false},
	{"delay", uapi.NUD_DELAY, false},
	{"probe", uapi.NUD_PROBE, false},
	{"failed", uapi.NUD_FAILED, true},
	{"noarp", uapi.NUD_NOARP, false},
	{"permanent", uapi.NUD_PERMANENT, true},
}

// neighNone stands in a filter for the state that has no bit.
const neighNone = 0x100

// nextNeighState reads the name of a state or a number.
func nextNeighState(c *cli.Command) (uint16, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	for _, s := range neighStates {
		if s.name == word || s.short && word != "" && strings.HasPrefix(s.name, word) {
			return s.state, nil
		}
	}
	if word == "none" {
		return uapi.NUD_NONE, nil
	}
	state, err := desc.ParseUint(word, 16)
	if err != nil || state >= neighNone || state&(state-1) != 0 {
		return 0, desc.Wrong(word, "nud state is bad")
	}
	return uint16(state), nil
}

// neighWords are the words of a neighbour that is to be added, changed,
// deleted or asked for.
type neighWords struct {
	ndm      uapi.Ndmsg
	flagsExt uint32
	family   int
	enc      wire.Encoder
	dst      bool // an address was given
	dev      choice[string]
}

// changeNeigh is "neigh add" and its like.
func changeNeigh(c *cli.Command, typ, flags uint16) error {
	w := &neighWords{family: c.Family}
	w.ndm.State = uapi.NUD_PERMANENT
	for c.More() {
		if err := nextNeighWord(c, w); err != nil {
			return err
		}
	}
	if !w.dst || !w.dev.given && w.ndm.Flags&uapi.NTF_PROXY == 0 {
		return cli.Exit(cli.StatusUsage, "Device and destination are required arguments.")
	}
	if w.dev.given {
		index, err := c.IndexOf(w.dev.value)
		if err != nil {
			return err
		}
		w.ndm.Ifindex = int32(index)
	}
	r := wire.NewRequest(typ, flags)
	w.put(r)
	return c.Exec(r)
}

func (w *neighWords) put(r *wire.Request) {
	if w.family == uapi.AF_UNSPEC {
		w.family = uapi.AF_INET
	}
	w.ndm.Family = uint8(w.family)
	if w.flagsExt != 0 {
		w.enc.Uint32(uapi.NDA_FLAGS_EXT, w.flagsExt)
	}
	w.ndm.Put(r.Header(uapi.SizeofNdmsg))
	r.Fail(w.enc.Err())
	copy(r.Raw(len(w.enc.Bytes())), w.enc.Bytes())
}

func nextNeighWord(c *cli.Command, w *neighWords) error {
	switch {
	case c.TakeAbbr("lladdr"):
		word, err := c.Next()
		if err != nil {
			return err
		}
		if word == "null" {
			return nil
		}
		addr, err := cli.ParseLLAddr(word)
		w.enc.Data(uapi.NDA_LLADDR, addr)
		return err
	case c.Take("nud"):
		state, err := nextNeighState(c)
		w.ndm.State = state
		return err
	case c.TakeAbbr("proxy"):
		w.ndm.Flags |= uapi.NTF_PROXY
		if w.dst {
			return duplicateNext(c, "address")
		}
		return nextNeighAddr(c, w)
	case c.Take("router"):
		w.ndm.Flags |= uapi.NTF_ROUTER
		return nil
	case c.Take("use"):
		w.ndm.Flags |= uapi.NTF_USE
		return nil
	case c.Take("managed"):
		w.flagsExt |= uapi.NTF_EXT_MANAGED
		w.ndm.State = uapi.NUD_NONE // the kernel looks for it, and so has no address yet
		return nil
	case c.Take("extern_valid"):
		w.flagsExt |= uapi.NTF_EXT_EXT_VALIDATED
		return nil
	case c.TakeAbbr("extern_learn"):
		w.ndm.Flags |= uapi.NTF_EXT_LEARNED
		return nil
	case c.Take("dev"):
		return nextWord(c, &w.dev)
	case c.TakeAbbr("protocol"):
		var proto uint8
		err := nextName(c, &proto, wrongProtocol, c.Names.ProtoNumber)
		w.enc.Uint8(uapi.NDA_PROTOCOL, proto)
		return err
	}
	c.Take("to")
	if c.HelpAsked() {
		return c.ShowUsage()
	}
	return nextNeighAddr(c, w)
}

// nextNeighAddr reads the neighbour's address.
func nextNeighAddr(c *cli.Command, w *neighWords) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.dst {
		return cli.Garbage("to", word)
	}
	addr, err := desc.ParseAddr(word, w.family)
	if err != nil || !addr.IsValid() {
		return err
	}
	w.dst = true
	if w.family == uapi.AF_UNSPEC {
		w.family = desc.AddrFamily(addr)
	}
	w.enc.Addr(uapi.NDA_DST, addr)
	return nil
}

// getNeigh is "neigh get".
func getNeigh(c *cli.Command) error {
	w := &neighWords{family: c.Family}
	for c.More() {
		var err error
		switch {
		case c.Take("dev"):
			var index int
			index, err = c.NextLink()
			w.ndm.Ifindex = int32(index)
		case c.TakeAbbr("proxy"):
			w.ndm.Flags |= uapi.NTF_PROXY
			err = nextNeighAddr(c, w)
		default:
			c.Take("to")
			if c.HelpAsked() {
				return c.ShowUsage()
			}
			err = nextNeighAddr(c, w)
		}
		if err != nil {
			return err
		}
	}
	if !w.dst || w.ndm.Ifindex == 0 {
		return cli.Exit(cli.StatusFailed, "Device and address are required arguments.")
	}
	r := wire.NewRequest(uapi.RTM_GETNEIGH, 0)
	w.put(r)
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showNeigh(c, readNeigh(m), &neighFilter{})
		return nil
	})
}

// listNeighs is "neigh show".
func listNeighs(c *cli.Command) error {
	f, err := nextNeighFilter(c, 0)
	if err != nil {
		return err
	}
	if !f.stated {
		f.states = 0xff &^ uapi.NUD_NOARP
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(f.request(), func(m wire.Message) error {
			if n := readNeigh(m); f.allows(n) {
				showNeigh(c, n, f)
				return c.Spill()
			}
			return nil
		}))
	})
}

// flushNeighs is "neigh flush".
func flushNeighs(c *cli.Command) error {
	if !c.More() {
		return cli.Exit(cli.StatusFailed, "Flush requires arguments.")
	}
	f, err := nextNeighFilter(c, uapi.NUD_NOARP)
	if err != nil {
		return err
	}
	if !f.stated {
		f.states = 0xff &^ (uapi.NUD_PERMANENT | uapi.NUD_NOARP)
	}
	f.states &^= uapi.NUD_FAILED // what a deleted neighbour becomes
	return flushRounds(c, func() ([]*wire.Request, error) {
		var deletes []*wire.Request
		all, err := c.List(f.request())
		for _, m := range all {
			n := readNeigh(m)
			if !f.allows(n) {
				continue
			}
			deletes = append(deletes, changed(m, uapi.RTM_DELNEIGH, 0, uapi.SizeofNdmsg))
			if c.Stats > 1 {
				showNeigh(c, n, f)
			}
		}
		return deletes, Terminated(c, "Flush", cli.StatusFailed, err)
	})
}
