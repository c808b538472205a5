package main

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func neighUsage() string {
	return `
neigh { add | del | change | replace } { ADDR [ lladdr LLADDR ]
        [ nud STATE ] | proxy ADDR } [ dev DEV ] [ router ] [ use ]
        [ managed ] [ extern_learn ] [ protocol RTPROTO ]
neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEV ] [ nud STATE ]
        [ unused ] [ vrf NAME | master DEV | nomaster ] [ protocol RTPROTO ]
neigh get { ADDR | proxy ADDR } dev DEV
STATE := { delay | failed | incomplete | noarp | none |
           permanent | probe | reachable | stale }
`
}

func runNeigh(c *command) error {
	c.object = "neigh"
	change := func(typ, flags uint16) func(*command) error {
		return func(c *command) error { return c.changeNeigh(typ, flags) }
	}
	return c.choose((*command).listNeighs,
		verb{"add", change(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		verb{"change", change(uapi.RTM_NEWNEIGH, uapi.NLM_F_REPLACE)},
		verb{"chg", change(uapi.RTM_NEWNEIGH, uapi.NLM_F_REPLACE)},
		verb{"replace", change(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)},
		verb{"delete", change(uapi.RTM_DELNEIGH, 0)},
		verb{"get", (*command).getNeigh},
		verb{"show", (*command).listNeighs},
		verb{"lst", (*command).listNeighs},
		verb{"list", (*command).listNeighs},
		verb{"flush", (*command).flushNeighs},
	)
}

// neighStates are the names of neighbour states (NUD_…), in the order in which
// they are shown.
var neighStates = []struct {
	name  string
	state uint16
}{
	{"incomplete", uapi.NUD_INCOMPLETE},
	{"reachable", uapi.NUD_REACHABLE},
	{"stale", uapi.NUD_STALE},
	{"delay", uapi.NUD_DELAY},
	{"probe", uapi.NUD_PROBE},
	{"failed", uapi.NUD_FAILED},
	{"noarp", uapi.NUD_NOARP},
	{"permanent", uapi.NUD_PERMANENT},
}

// neighNone stands in a filter for the state that has no bit.
const neighNone = 0x100

// nextNeighState reads the name of a state or a number.
func (c *command) nextNeighState() (uint16, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	for _, s := range neighStates {
		if s.name == word {
			return s.state, nil
		}
	}
	if word == "none" {
		return uapi.NUD_NONE, nil
	}
	state, err := desc.ParseUint(word, 16)
	if err != nil || state >= neighNone {
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
}

// changeNeigh is "neigh add" and its like.
func (c *command) changeNeigh(typ, flags uint16) error {
	w := &neighWords{family: c.family}
	w.ndm.State = uapi.NUD_PERMANENT
	for c.More() {
		if err := c.nextNeighWord(w); err != nil {
			return err
		}
	}
	if !w.dst || w.ndm.Ifindex == 0 && w.ndm.Flags&uapi.NTF_PROXY == 0 {
		return exit(statusUsage, "Device and destination are required arguments.")
	}
	r := wire.NewRequest(typ, flags)
	w.put(r)
	return c.exec(r)
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

func (c *command) nextNeighWord(w *neighWords) error {
	switch {
	case c.Take("lladdr"):
		word, err := c.Next()
		if err != nil {
			return err
		}
		if word == "null" {
			return nil
		}
		addr, err := parseLLAddr(word)
		w.enc.Data(uapi.NDA_LLADDR, addr)
		return err
	case c.Take("nud"):
		state, err := c.nextNeighState()
		w.ndm.State = state
		return err
	case c.TakeAbbr("proxy"):
		w.ndm.Flags |= uapi.NTF_PROXY
		return c.nextNeighAddr(w)
	case c.Take("router"):
		w.ndm.Flags |= uapi.NTF_ROUTER
		return nil
	case c.Take("use"):
		w.ndm.Flags |= uapi.NTF_USE
		return nil
	case c.Take("managed"):
		w.flagsExt |= uapi.NTF_EXT_MANAGED
		return nil
	case c.TakeAbbr("extern_learn"):
		w.ndm.Flags |= uapi.NTF_EXT_LEARNED
		return nil
	case c.Take("dev"):
		index, err := c.nextLink()
		w.ndm.Ifindex = int32(index)
		return err
	case c.TakeAbbr("protocol"):
		var proto uint8
		err := c.nextName(&proto, wrongProtocol, c.names.protoNumber)
		w.enc.Uint8(uapi.NDA_PROTOCOL, proto)
		return err
	}
	c.Take("to")
	if c.helpAsked() {
		return c.showUsage()
	}
	return c.nextNeighAddr(w)
}

// nextNeighAddr reads the neighbour's address.
func (c *command) nextNeighAddr(w *neighWords) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.dst {
		return garbage("to", word)
	}
	addr, err := parseAddr(word, w.family)
	if err != nil || !addr.IsValid() {
		return err
	}
	w.dst = true
	if w.family == uapi.AF_UNSPEC {
		w.family = addrFamily(addr)
	}
	w.enc.Addr(uapi.NDA_DST, addr)
	return nil
}

// getNeigh is "neigh get".
func (c *command) getNeigh() error {
	w := &neighWords{family: c.family}
	for c.More() {
		var err error
		switch {
		case c.Take("dev"):
			var index int
			index, err = c.nextLink()
			w.ndm.Ifindex = int32(index)
		case c.TakeAbbr("proxy"):
			w.ndm.Flags |= uapi.NTF_PROXY
			err = c.nextNeighAddr(w)
		default:
			c.Take("to")
			if c.helpAsked() {
				return c.showUsage()
			}
			err = c.nextNeighAddr(w)
		}
		if err != nil {
			return err
		}
	}
	if !w.dst || w.ndm.Ifindex == 0 {
		return exit(statusFailed, "Device and address are required arguments.")
	}
	r := wire.NewRequest(uapi.RTM_GETNEIGH, 0)
	w.put(r)
	m, err := c.get(r)
	if err != nil {
		return err
	}
	return c.array(func() error {
		c.showNeigh(readNeigh(m), &neighFilter{})
		return nil
	})
}

// listNeighs is "neigh show".
func (c *command) listNeighs() error {
	f, err := c.nextNeighFilter()
	if err != nil {
		return err
	}
	if !f.stated {
		f.states = 0xff &^ uapi.NUD_NOARP
	}
	return c.array(func() error {
		return c.terminated("Dump", statusFailed, c.dump(f.request(), func(m wire.Message) error {
			if n := readNeigh(m); f.allows(n) {
				c.showNeigh(n, f)
				return c.spill()
			}
			return nil
		}))
	})
}

// flushNeighs is "neigh flush".
func (c *command) flushNeighs() error {
	if !c.More() {
		return exit(statusFailed, "Flush requires arguments.")
	}
	f, err := c.nextNeighFilter()
	if err != nil {
		return err
	}
	if !f.stated {
		f.states = 0xff &^ (uapi.NUD_PERMANENT | uapi.NUD_NOARP)
	}
	f.states &^= uapi.NUD_FAILED // what a deleted neighbour becomes
	return c.flushRounds(func() ([]*wire.Request, error) {
		var deletes []*wire.Request
		all, err := c.list(f.request())
		for _, m := range all {
			n := readNeigh(m)
			if !f.allows(n) {
				continue
			}
			deletes = append(deletes, changed(m, uapi.RTM_DELNEIGH, 0, uapi.SizeofNdmsg))
			if c.stats > 1 {
				c.showNeigh(n, f)
			}
		}
		return deletes, c.terminated("Flush", statusFailed, err)
	})
}
