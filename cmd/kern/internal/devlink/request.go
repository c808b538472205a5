package devlink

import (
	"errors"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

var family = cli.GenlFamily{Name: uapi.DEVLINK_GENL_NAME, Version: uapi.DEVLINK_GENL_VERSION}

// failed is the error of all that goes wrong before the kernel is asked: devlink has one exit status.
func failed(format string, a ...any) error { return cli.Exit(cli.StatusFailed, format, a...) }

// refused is the error for what the kernel answered: its words, if it has some, and the number.
func refused(c *cli.Command, err error) error {
	kernel, ok := errors.AsType[*wire.Error](err)
	if !ok {
		return err
	}
	text := "kernel answers: " + cli.Cause(err)
	if kernel.Message != "" {
		first, _ := c.Explain(err)
		text = first + "\n" + text
	}
	return failed("%s", text)
}

// how says how a request is sent.
type how uint8

const (
	order how = iota // it is acknowledged, after replies if there are some
	query            // it has replies, in parts if they are long
	dump             // it is about a table
)

// message is what the kernel sent, with the last of each attribute.
type message struct {
	cmd   uint8
	data  []byte // the attributes
	attrs desc.Attrs
}

func newMessage(m wire.Message) *message {
	var head uapi.Genlmsghdr
	head.Decode(m.Data)
	data := m.Data[min(uapi.SizeofGenlmsghdr, len(m.Data)):]
	return &message{head.Cmd, data, desc.ParseAttrs(data)}
}

// ask sends a request, and calls show for what is answered, each message in place. put adds attributes; nil: none.
func ask(c *cli.Command, cmd uint8, how how, put func(*wire.Request), show func(*message)) error {
	r, err := c.GenlRequest(family, cmd)
	if err != nil {
		return failed("Failed to connect to devlink Netlink")
	}
	if put != nil {
		put(r)
	}
	each := func(m wire.Message) error {
		if show != nil {
			show(newMessage(m))
		}
		return c.Spill()
	}
	if how == dump {
		return refused(c, c.Dump(r, each))
	}
	conn, err := c.DialTo(r.Protocol)
	if err != nil {
		return err
	}
	if how == query {
		return refused(c, conn.Get(c.Ctx, r, each))
	}
	return refused(c, conn.Exec(c.Ctx, r, each))
}

// request is a command that only sends its words.
type request struct {
	cmd       uint8
	of        kinds
	need, may []*word
}

// run reads the words and sends them.
func (q *request) run(c *cli.Command) error {
	a, err := q.read(c)
	if err != nil {
		return err
	}
	return ask(c, q.cmd, order, a.put, nil)
}

func (q *request) read(c *cli.Command) (*args, error) {
	a, err := nextArgs(c, q.of, q.need, q.may)
	if err != nil {
		return nil, err
	}
	a.defaults(q.need)
	return a, a.lacks(q.need)
}

// listing is a command that shows objects: one that is named by a handle and words, those of a device or a port, or
// all.
type listing struct {
	section string
	cmd     uint8
	one     kinds   // what names one object
	need    []*word // with these
	all     kinds   // what several can be of
	may     []*word // which select them
	links   bool    // ports are called by the names of their links
	show    func(o *out, m *message)
}

// run reads the words and shows what there is.
func (l *listing) run(c *cli.Command) error {
	how, put, selects := dump, (func(*wire.Request))(nil), func(*message) bool { return true }
	if c.More() {
		a, err := nextArgs(c, l.one|l.all, l.need, l.may)
		if err != nil {
			return err
		}
		missing := a.lacks(l.need)
		switch {
		case a.kind&l.one != 0 && missing == nil:
			how = query
			a.defaults(l.need)
		case a.kind&l.all == 0:
			return missing
		default:
			selects = a.handle.selects
		}
		put = a.put
	}
	return section(c, l.section, func(o *out) error {
		if l.links {
			o.askLinks()
		}
		return ask(c, l.cmd, how, put, func(m *message) {
			if how != dump || selects(m) {
				l.show(o, m)
			}
		})
	})
}

// memberOf shows one of several objects of a device or a port.
func memberOf(show func(o *out, m *message)) func(o *out, m *message) {
	return func(o *out, m *message) {
		o.member(m.owner())
		show(o, m)
		o.endHandle(m)
	}
}

// onlyFields shows fields.
func onlyFields(fields []field) func(o *out, m *message) {
	return func(o *out, m *message) { o.fields(m, fields) }
}

func (m *message) has(typ uint16) bool { _, ok := m.attrs[typ]; return ok }

func (m *message) text(typ uint16) string { return cli.Text(m.attrs[typ]) }

func (m *message) u32(typ uint16) uint32 { return cli.Number32(m.attrs[typ]) }

// in are the attributes of a nest.
func (m *message) in(typ uint16) *message {
	b := m.attrs[typ]
	return &message{m.cmd, b, desc.ParseAttrs(b)}
}

// each calls do for the nests of one type that are in m, in their order; for those of all types where that is 0.
func (m *message) each(typ uint16, do func(n *message)) {
	d := wire.NewDecoder(m.data)
	for d.Next() {
		if typ == 0 || d.Type() == typ {
			b := d.Data()
			do(&message{m.cmd, b, desc.ParseAttrs(b)})
		}
	}
}

func (m *message) number(typ uint16) uint64 { return cli.Number(m.attrs[typ]) }
