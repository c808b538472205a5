package tc

import (
	"errors"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func actionsUsage() string {
	return `
actions { add | change | replace } action ACTION_SPEC [ action ACTION_SPEC ]...
actions { get | delete } action ACTION_KIND index INDEX [ action ... ]...
actions { list | flush } action ACTION_KIND [ since MILLISECONDS ]
ACTION_SPEC := ACTION_KIND OPTIONS [ index INDEX ] [ cookie COOKIE ]
               [ hw_stats { immediate | delayed | disabled } ] [ no_percpu ]
               [ skip_sw | skip_hw ]
ACTION_KIND := { ` + cli.Fold(netlink.ActionKinds(), " | ", "                 ", 76) + ` }
`
}

func runActions(c *cli.Command) error {
	for c.More() {
		var err error
		switch {
		case c.TakeAbbr("add"):
			err = modifyActions(c, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
		case c.TakeAbbr("change", "replace"):
			err = modifyActions(c, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)
		case c.TakeAbbr("delete"):
			err = namedActions(c, uapi.RTM_DELACTION)
		case c.TakeAbbr("get"):
			err = namedActions(c, uapi.RTM_GETACTION)
		case c.TakeAbbr("list", "show", "lst"):
			return listActions(c)
		case c.TakeAbbr("flush"):
			return flushActions(c)
		case c.HelpAsked():
			return failed("%s", grammar(actionsUsage))
		default:
			return failed("Command %q is unknown, try \"tc actions help\".", c.Peek())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// actionRequest begins a message about actions.
func actionRequest(typ, flags uint16) *wire.Request {
	r := wire.NewRequest(typ, flags)
	(&uapi.Tcamsg{}).Put(r.Header(uapi.SizeofTcamsg))
	return r
}

// withStatus is an error of the kernel's with another status, and what tc says of it.
func withStatus(c *cli.Command, err error, more string, status int) error {
	if err == nil {
		return nil
	}
	text, code := c.Explain(err)
	if code == cli.StatusKernel {
		return cli.Exit(status, "%s\n%s", text, more)
	}
	return err
}

const talking = "We have an error talking to the kernel"

func modifyActions(c *cli.Command, flags uint16) error {
	c.Action = netlink.DescribeAction
	r := actionRequest(uapi.RTM_NEWACTION, flags)
	if err := desc.ReadActions(&c.Args, uapi.TCA_ACT_TAB, &r.Encoder); err != nil {
		var (
			wrong *desc.UsageError
			gone  *cli.ExitError
		)
		if errors.As(err, &wrong) && wrong.OfKind || errors.As(err, &gone) { // tc ends with another status here
			return failed("%s\nIllegal \"action\"", err)
		}
		return err
	}
	if c.Echo {
		return withStatus(c, echo(c, r, func(m wire.Message) { showActions(c.Session, m) }), talking, cli.StatusUsage)
	}
	return withStatus(c, c.Exec(r), talking, cli.StatusUsage)
}

// namedActions gets or deletes actions that are named by kind and index.
func namedActions(c *cli.Command, typ uint16) error {
	r := actionRequest(typ, 0)
	r.Nest(uapi.TCA_ACT_TAB)
	n := uint16(0)
	for c.More() {
		if c.Take("action") {
			continue
		}
		if c.Peek() == "help" {
			return failed("%s", grammar(actionsUsage))
		}
		kind, err := c.Next()
		if err != nil {
			return err
		}
		if !c.TakeAbbr("index") {
			return failed("Error: no index specified action: %s", kind)
		}
		word, err := c.Next()
		if err != nil {
			return err
		}
		index, err := desc.ParseBase(word, 10, 32)
		if err != nil {
			return failed("Illegal \"index\"")
		}
		n++
		r.Nest(n)
		r.String(uapi.TCA_ACT_KIND, kind)
		if index != 0 {
			r.Uint32(uapi.TCA_ACT_INDEX, uint32(index))
		}
		r.End()
	}
	r.End()
	show := func(m wire.Message) { showActions(c.Session, m) }
	if typ == uapi.RTM_DELACTION {
		if c.Echo {
			return withStatus(c, echo(c, r, show), talking, cli.StatusUsage)
		}
		return withStatus(c, c.Exec(r), talking, cli.StatusUsage)
	}
	m, err := c.Get(r)
	if err != nil {
		return withStatus(c, err, talking, cli.StatusUsage)
	}
	return c.Array(func() error {
		show(m)
		return nil
	})
}

// ofKindActions begins a message about all actions of the kind that the next words name.
func ofKindActions(c *cli.Command, typ, flags uint16) (*wire.Request, error) {
	if _, err := c.Next(); err != nil || !c.More() { // "action"
		return nil, failed("%s", grammar(actionsUsage))
	}
	kind, err := c.Next()
	if err != nil {
		return nil, err
	}
	r := actionRequest(typ, flags)
	r.Nest(uapi.TCA_ACT_TAB)
	r.Nest(1)
	r.String(uapi.TCA_ACT_KIND, kind)
	r.End()
	r.End()
	since := uint64(0)
	if c.Take("since") {
		word, err := c.Next()
		if err != nil {
			return nil, err
		}
		if since, err = desc.ParseUint(word, 32); err != nil {
			return nil, desc.Wrong(word, "dump time \"since\" is invalid")
		}
	}
	how := uint32(uapi.TCA_ACT_FLAG_LARGE_DUMP_ON)
	if c.Brief {
		how |= uapi.TCA_ACT_FLAG_TERSE_DUMP
	}
	b := r.Reserve(uapi.TCA_ROOT_FLAGS, 8)
	native.PutUint32(b, how)
	native.PutUint32(b[4:], how)
	if since != 0 {
		r.Uint32(uapi.TCA_ROOT_TIME_DELTA, uint32(since))
	}
	return r, nil
}

func listActions(c *cli.Command) error {
	r, err := ofKindActions(c, uapi.RTM_GETACTION, 0)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return c.Dump(r, func(m wire.Message) error {
			showActions(c.Session, m)
			return c.Spill()
		})
	})
}

func flushActions(c *cli.Command) error {
	r, err := ofKindActions(c, uapi.RTM_DELACTION, uapi.NLM_F_ROOT)
	if err != nil {
		return err
	}
	const flushing = "We have an error flushing"
	if c.Echo {
		return withStatus(c, echo(c, r, func(m wire.Message) { showActions(c.Session, m) }), flushing, 1)
	}
	return withStatus(c, c.Exec(r), flushing, 1)
}

func showActions(s *cli.Session, m wire.Message) {
	p := s.Out
	if len(m.Data) < uapi.SizeofTcamsg {
		return
	}
	p.Action, p.Program, p.Unknown = netlink.DescribeAction, showProgram, showUnknown
	attrs := desc.ParseAttrs(m.Data[uapi.SizeofTcamsg:])
	p.Object("")
	p.Uint("total acts", "total acts %d", uint64(cli.Number32(attrs[uapi.TCA_ROOT_COUNT])))
	p.NL()
	p.EndObject()
	tab, ok := attrs[uapi.TCA_ACT_TAB]
	if !ok {
		return
	}
	switch {
	case m.Type == uapi.RTM_DELACTION && m.Flags&uapi.NLM_F_ROOT != 0:
		p.Raw("Flushed table ")
		if showFlush(p, tab) {
			return
		}
	case m.Type == uapi.RTM_DELACTION:
		p.Raw("Deleted action ")
	case m.Type == uapi.RTM_NEWACTION && m.Flags&uapi.NLM_F_REPLACE != 0:
		p.Raw("Replaced action ")
	case m.Type == uapi.RTM_NEWACTION && m.Flags&uapi.NLM_F_CREATE != 0:
		p.Raw("Added action ")
	}
	p.Object("")
	desc.ShowActions(p, tab, false)
	if b, ok := attrs[uapi.TCA_ROOT_EXT_WARN_MSG]; ok {
		p.Str("warn", "%s", cli.Text(b))
		p.NL()
	}
	p.EndObject()
}

// showFlush prints how many actions of a kind were deleted.
func showFlush(p *desc.Printer, tab []byte) bool {
	d := wire.NewDecoder(tab)
	if !d.Next() || d.Type() != 0 {
		return false
	}
	attrs := desc.ParseAttrs(d.Data())
	p.Rawf(" %s (%d entries)\n", cli.Text(attrs[uapi.TCA_ACT_KIND]), cli.Number32(attrs[uapi.TCA_FCNT]))
	return true
}
