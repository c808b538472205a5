package tc

import (
	"encoding/binary"
	"encoding/hex"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func filterUsage() string {
	return `
filter { add | del | change | replace | get } { dev DEV | block BLOCK_INDEX }
       [ root | ingress | egress | parent CLASSID ] [ pref PRIO ]
       [ protocol PROTO ] [ chain CHAIN_INDEX ] [ handle FILTERID ]
       [ estimator INTERVAL TIME_CONSTANT ]
       [ FILTER_TYPE [ help | OPTIONS ] ]
filter [ { show | list } { dev DEV | block BLOCK_INDEX } [ pref PRIO ]
       [ root | ingress | egress | parent CLASSID ] [ protocol PROTO ]
       [ chain CHAIN_INDEX ] ]
FILTER_TYPE := { ` + cli.Fold(netlink.FilterKinds(), " | ", "                 ", 76) + ` }
`
}

func chainUsage() string {
	return `
chain { add | del | get } { dev DEV | block BLOCK_INDEX }
      [ root | ingress | egress | parent CLASSID ] chain CHAIN_INDEX
      [ protocol PROTO ] [ FILTER_TYPE TEMPLATE ]
chain [ { show | list } { dev DEV | block BLOCK_INDEX }
      [ root | ingress | egress | parent CLASSID ] [ chain CHAIN_INDEX ] ]
`
}

func runFilter(c *cli.Command) error {
	modify := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return modifyFilter(c, typ, flags) }
	}
	list := func(c *cli.Command) error { return listFilters(c, uapi.RTM_GETTFILTER) }
	return verbs(c, filterUsage, list,
		cli.Verb{Name: "add", Run: modify(uapi.RTM_NEWTFILTER, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "change", Run: modify(uapi.RTM_NEWTFILTER, 0)},
		cli.Verb{Name: "replace", Run: modify(uapi.RTM_NEWTFILTER, uapi.NLM_F_CREATE)},
		cli.Verb{Name: "delete", Run: modify(uapi.RTM_DELTFILTER, 0)},
		cli.Verb{Name: "get", Run: func(c *cli.Command) error { return getFilter(c, uapi.RTM_GETTFILTER) }},
		cli.Verb{Name: "list", Run: list}, cli.Verb{Name: "show", Run: list}, cli.Verb{Name: "lst", Run: list},
	)
}

func runChain(c *cli.Command) error {
	list := func(c *cli.Command) error { return listFilters(c, uapi.RTM_GETCHAIN) }
	return verbs(c, chainUsage, list,
		cli.Verb{Name: "add", Run: func(c *cli.Command) error {
			return modifyFilter(c, uapi.RTM_NEWCHAIN, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
		}},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return modifyFilter(c, uapi.RTM_DELCHAIN, 0) }},
		cli.Verb{Name: "get", Run: func(c *cli.Command) error { return getFilter(c, uapi.RTM_GETCHAIN) }},
		cli.Verb{Name: "list", Run: list}, cli.Verb{Name: "show", Run: list}, cli.Verb{Name: "lst", Run: list},
	)
}

// filterWords are the words before the kind of a filter.
type filterWords struct {
	words
	block          uint32
	handleWord     string
	priority       uint32
	protocol       uint16 // in the machine's byte order
	protocolGiven  bool
	chain          *uint32
	kind           string
	priorityLimit  uint32 // 0: none
	priorityWrong  string
	takesEstimator bool
}

// read takes the words before the kind, and the kind if kinds may stand there.
func (w *filterWords) read(c *cli.Command, kinds bool) error {
	for c.More() && w.kind == "" {
		var err error
		switch {
		case c.Take("dev"):
			if err = w.takeDevice(c); err == nil && w.block != 0 {
				err = failed("Error: \"dev\" and \"block\" are mutually exclusive")
			}
		case c.TakeAbbr("block"):
			switch {
			case w.block != 0:
				err = desc.Duplicate("block", c.Peek())
			case w.device != "":
				err = failed("Error: \"dev\" and \"block\" are mutually exclusive")
			default:
				err = takeBlock(c, "block index value", &w.block)
			}
		case c.Take("root"):
			err = w.setParent("root", uapi.TC_H_ROOT)
		case c.Take("ingress"):
			err = w.setParent("ingress", netlink.HANDLE_MIN_INGRESS)
		case c.Take("egress"):
			err = w.setParent("egress", netlink.HANDLE_MIN_EGRESS)
		case c.Take("parent"):
			err = w.takeParent(c)
		case c.Take("handle"):
			var word string
			if word, err = c.Next(); err == nil && w.handleWord != "" {
				err = desc.Duplicate("handle", word)
			}
			w.handleWord = word
		case c.TakeAbbr("preference", "priority"):
			err = w.takePriority(c)
		case c.TakeAbbr("protocol"):
			err = w.takeProtocol(c)
		case c.TakeAbbr("chain"):
			var word string
			word, err = c.Next()
			v, wrong := desc.ParseUint(word, 32)
			switch {
			case err != nil:
			case w.chain != nil:
				err = desc.Duplicate("chain", word)
			case wrong != nil:
				err = desc.Wrong(word, "invalid chain index value")
			}
			w.chain = new(uint32(v))
		case w.takesEstimator && c.TakeAbbr("estimator"):
			err = w.takeEstimator(c)
		case c.HelpAsked():
			return help(filterUsage)
		case !kinds:
			return failed(" What is %q? Try \"tc filter help\"", c.Peek())
		default:
			w.kind, err = c.Next()
			if err == nil && w.kind == "" {
				err = desc.Wrong("", "invalid filter name")
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *filterWords) takePriority(c *cli.Command) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.priority != 0 {
		return desc.Duplicate("priority", word)
	}
	v, err := desc.ParseUint(word, 32)
	if err != nil || w.priorityLimit != 0 && v > uint64(w.priorityLimit) {
		return desc.Wrong(word, w.priorityWrong)
	}
	w.priority = uint32(v)
	return nil
}

func (w *filterWords) takeProtocol(c *cli.Command) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.protocolGiven {
		return desc.Duplicate("protocol", word)
	}
	v, ok := desc.EtherProtocol(word)
	if !ok {
		return desc.Wrong(word, "invalid protocol")
	}
	w.protocol, w.protocolGiven = v, true
	return nil
}

// info is what struct tcmsg has of the priority and the protocol.
func (w *filterWords) info() uint32 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], w.protocol)
	return w.priority<<16 | uint32(native.Uint16(b[:]))
}

// place is the link and the parent of the message: those of a block have a link of their own.
func (w *filterWords) place(c *cli.Command) (index int, parent uint32, err error) {
	if w.block != 0 {
		return blockLink, w.block, nil
	}
	index, err = w.index(c)
	return index, w.parent, err
}

// blockLink is the link of what belongs to a block: TCM_IFINDEX_MAGIC_BLOCK, which is signed in messages.
const blockLink = int(-1)

func modifyFilter(c *cli.Command, typ, flags uint16) error {
	w := filterWords{priorityLimit: 0xffff, priorityWrong: "invalid priority value", takesEstimator: true}
	if typ == uapi.RTM_NEWTFILTER && flags&uapi.NLM_F_CREATE != 0 {
		w.protocol = uapi.ETH_P_ALL
	}
	if err := w.read(c, true); err != nil {
		return err
	}
	index, parent, err := w.place(c)
	if err != nil {
		return err
	}
	tc := &desc.Tc{
		Parent: w.parent, Protocol: w.protocol, Priority: uint16(w.priority), HandleWord: w.handleWord, Speed: w.speed,
		Template: typ == uapi.RTM_NEWCHAIN, Link: index,
	}
	opts, err := w.readOptions(c, tc, flags&uapi.NLM_F_CREATE != 0)
	if err != nil {
		return err
	}
	r := request(typ, flags, index, tc.Handle, parent, w.info())
	if w.chain != nil {
		r.Uint32(uapi.TCA_CHAIN, *w.chain)
	}
	w.put(r, w.kind)
	opts.put(r)
	if c.Echo {
		return toKernel(c, echo(c, r, func(m wire.Message) { showFilter(c.Session, m, shownFilters{}) }))
	}
	return toKernel(c, c.Exec(r))
}

// readOptions reads the kind's words, and the handle in the kind's way.
func (w *filterWords) readOptions(c *cli.Command, tc *desc.Tc, create bool) (o options, err error) {
	if w.kind == "" {
		switch {
		case w.handleWord != "":
			return o, failed("Must specify filter type when using \"handle\"")
		case c.More():
			return o, failed("Garbage instead of arguments \"%s ...\". Try \"tc filter help\".", c.Peek())
		}
		return o, nil
	}
	k := netlink.DescribeFilter(w.kind)
	if k == nil && w.handleWord != "" && !c.More() {
		h, err := desc.ParseHex(w.handleWord, 32)
		if err != nil {
			return o, cli.Exit(1, "Unparsable filter ID %q", w.handleWord)
		}
		tc.Handle = uint32(h)
	}
	return readKind(c, "filter", w.kind, k, tc, create)
}

// toKernel is an error of the kernel's with what tc says of it.
func toKernel(c *cli.Command, err error) error {
	if err == nil {
		return nil
	}
	text, code := c.Explain(err)
	if code == cli.StatusKernel {
		text += "\nWe have an error talking to the kernel"
	}
	return cli.Exit(code, "%s", text)
}

// echo sends a request and shows what the kernel made of it.
func echo(c *cli.Command, r *wire.Request, show func(wire.Message)) error {
	r.AddFlags(uapi.NLM_F_ECHO)
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		show(m)
		return nil
	})
}

func getFilter(c *cli.Command, typ uint16) error {
	w := filterWords{priorityLimit: 0xffff, priorityWrong: "invalid priority value"}
	if err := w.read(c, true); err != nil {
		return err
	}
	filter := typ == uapi.RTM_GETTFILTER
	switch {
	case filter && !w.protocolGiven:
		return failed("Must specify filter protocol")
	case filter && w.priority == 0:
		return failed("Must specify filter priority")
	case w.parent == 0 && w.block == 0:
		return failed("Must specify filter parent")
	case filter && w.kind == "":
		return failed("Must specify filter type")
	case w.device == "" && w.block == 0:
		return failed("Must specify netdevice \"dev\" or block index \"block\"")
	}
	index, parent, err := w.place(c)
	if err != nil {
		return err
	}
	tc := &desc.Tc{Parent: w.parent, Protocol: w.protocol, HandleWord: w.handleWord}
	var opts options
	info := uint32(0)
	if filter {
		if opts, err = w.readOptions(c, tc, false); err != nil {
			return err
		}
		if w.handleWord == "" {
			return failed("Must specify filter \"handle\"")
		}
		info = w.info()
	}
	if c.More() {
		return failed("Garbage instead of arguments \"%s ...\". Try \"tc filter help\".", c.Peek())
	}
	r := request(typ, uapi.NLM_F_ECHO, index, tc.Handle, parent, info)
	if w.chain != nil {
		r.Uint32(uapi.TCA_CHAIN, *w.chain)
	}
	if filter {
		w.put(r, w.kind)
	}
	opts.put(r)
	m, err := c.Get(r)
	if err != nil {
		return toKernel(c, err)
	}
	only := shownFilters{block: w.block}
	if w.block == 0 {
		only.index = index
	}
	return c.Array(func() error {
		showFilter(c.Session, m, only)
		return nil
	})
}

func listFilters(c *cli.Command, typ uint16) error {
	w := filterWords{priorityWrong: "invalid preference"}
	if err := w.read(c, false); err != nil {
		return err
	}
	index, parent, err := w.place(c)
	if err != nil {
		return err
	}
	if w.block != 0 && !blockExists(c, w.block) {
		return cli.Exit(1, "Cannot find block \"%d\"", w.block)
	}
	if err := useNames(c); err != nil {
		return err
	}
	only := shownFilters{block: w.block, parent: w.parent, protocol: w.protocol, priority: w.priority, chain: w.chain}
	if w.block == 0 {
		only.index = index
	}
	r := request(typ, 0, index, 0, parent, w.info())
	if w.chain != nil {
		r.Uint32(uapi.TCA_CHAIN, *w.chain)
	}
	if c.Brief {
		r.Struct(uapi.TCA_DUMP_FLAGS, uapi.SizeofNlaBitfield32,
			&uapi.NlaBitfield32{Value: uapi.TCA_DUMP_FLAGS_TERSE, Selector: uapi.TCA_DUMP_FLAGS_TERSE})
	}
	err = c.Array(func() error {
		return c.Dump(r, func(m wire.Message) error {
			showFilter(c.Session, m, only)
			return c.Spill()
		})
	})
	return terminated(c, err)
}

// terminated is an error of a dump with tc's words and status.
func terminated(c *cli.Command, err error) error {
	if err == nil {
		return nil
	}
	text, code := c.Explain(err)
	if code == cli.StatusKernel {
		return cli.Exit(1, "%s\nDump terminated", text)
	}
	return err
}

// blockExists reports whether a queueing discipline has the block.
func blockExists(c *cli.Command, block uint32) bool {
	found := false
	err := c.Dump(request(uapi.RTM_GETQDISC, 0, 0, 0, 0, 0), func(m wire.Message) error {
		_, attrs, ok := header(m)
		found = found || ok && (cli.Number32(attrs[uapi.TCA_INGRESS_BLOCK]) == block ||
			cli.Number32(attrs[uapi.TCA_EGRESS_BLOCK]) == block)
		return nil
	})
	return err == nil && found
}

// shownFilters says what need not be shown of filters, as the command had it.
type shownFilters struct {
	index    int
	block    uint32
	parent   uint32
	protocol uint16
	priority uint32
	chain    *uint32
}

func showFilter(s *cli.Session, m wire.Message, only shownFilters) {
	p := s.Out
	t, attrs, ok := header(m)
	if !ok {
		return
	}
	chain := m.Type == uapi.RTM_NEWCHAIN || m.Type == uapi.RTM_DELCHAIN || m.Type == uapi.RTM_GETCHAIN
	p.Object("")
	switch {
	case m.Type == uapi.RTM_DELTFILTER || m.Type == uapi.RTM_DELCHAIN:
		p.Bool("deleted", "deleted ", true)
	case m.Type == uapi.RTM_GETTFILTER || m.Type == uapi.RTM_GETCHAIN || m.Flags&uapi.NLM_F_CREATE == 0:
	case m.Flags&uapi.NLM_F_EXCL == 0:
		p.Bool("replaced", "replaced ", true)
	default:
		p.Bool("added", "added ", true)
	}
	if chain {
		p.Text("chain ")
	} else {
		p.Text("filter ")
	}
	if int(t.Ifindex) == blockLink {
		if only.block == 0 || only.block != t.Parent {
			p.Uint("block", "block %d ", uint64(t.Parent))
		}
	} else {
		if only.index == 0 || only.index != int(t.Ifindex) {
			showDevice(p, t.Ifindex)
		}
		if only.parent == 0 || only.parent != t.Parent {
			showFilterParent(p, t.Parent)
		}
	}
	var b [2]byte
	native.PutUint16(b[:], uint16(t.Info))
	protocol, priority := binary.BigEndian.Uint16(b[:]), t.Info>>16
	if t.Info != 0 && !chain {
		if protocol != 0 && only.protocol != protocol {
			p.Str("protocol", "protocol %s ", p.EtherProtocol(protocol))
		}
		if priority != 0 && only.priority != priority {
			p.Uint("pref", "pref %d ", uint64(priority))
		}
	}
	kind := cli.Text(attrs[uapi.TCA_KIND])
	if kind != "" {
		p.Str("kind", "%s ", kind)
	}
	if b, ok := attrs[uapi.TCA_CHAIN]; ok {
		if n := cli.Number32(b); only.chain == nil || *only.chain != n {
			p.Uint("chain", "chain %d ", uint64(n))
		}
	}
	showUnknown(p, attrs, uapi.TCA_MAX)
	if b, ok := attrs[uapi.TCA_OPTIONS]; ok && kind != "" {
		showFilterOptions(p, kind, b, &desc.Tc{Handle: t.Handle, Parent: t.Parent, Protocol: protocol,
			Priority: uint16(priority), Template: chain})
	}
	p.NL()
	if p.Stats && (attrs[uapi.TCA_STATS] != nil || attrs[uapi.TCA_STATS2] != nil) {
		showStatistics(p, attrs, " ")
		p.NL()
	}
	showWarning(p, attrs)
	p.EndObject()
}

func showFilterParent(p *desc.Printer, parent uint32) {
	switch parent {
	case uapi.TC_H_ROOT:
		p.Bool("root", "root ", true)
	case netlink.HANDLE_MIN_INGRESS:
		p.Bool("ingress", "ingress ", true)
	case netlink.HANDLE_MIN_EGRESS:
		p.Bool("egress", "egress ", true)
	default:
		p.Str("parent", "parent %s ", p.ClassID(parent))
	}
}

func showFilterOptions(p *desc.Printer, kind string, b []byte, tc *desc.Tc) {
	p.Tc, p.Action, p.Program, p.SetName, p.Unknown = tc, netlink.DescribeAction, showProgram, setName, showUnknown
	p.Object("options")
	if k := netlink.DescribeFilter(kind); k != nil {
		desc.Show(p, k, b)
	} else if len(b) != 0 {
		p.Text("fh %08x [Unknown filter, optlen=%d] ", tc.Handle, len(b))
	} else if tc.Handle != 0 {
		p.Text("fh %08x ", tc.Handle)
	}
	p.EndObject()
	p.Tc = nil
}

// showProgram prints what the kernel knows of a BPF program.
func showProgram(p *desc.Printer, id uint32) bool {
	info, ok := cli.ProgInfo(id)
	if !ok {
		return false
	}
	jited := uint64(0)
	if info.JitedProgLen != 0 {
		jited = 1
	}
	p.Str("name", "name %s ", cli.Text(info.Name[:]))
	p.Str("tag", "tag %s ", hex.EncodeToString(info.Tag[:]))
	if p.JSON {
		p.Uint("jited", "", jited)
	} else if jited != 0 {
		p.Text("jited ")
	}
	if p.Details {
		if info.LoadTime != 0 {
			p.Uint("load_time", "load_time %d ", info.LoadTime)
			p.Uint("created_by_uid", "created_by_uid %d ", uint64(info.CreatedByUid))
		}
		if info.BtfId != 0 {
			p.Uint("btf_id", "btf_id %d ", uint64(info.BtfId))
		}
	}
	return true
}
