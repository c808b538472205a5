package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// linkAdd, linkReplace, linkSet and linkDelete are ip link add, replace, set
// (and change) and delete.
func linkAdd(c *cli.Command) error {
	return linkModify(c, uapi.RTM_NEWLINK, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
}

func linkReplace(c *cli.Command) error {
	return linkModify(c, uapi.RTM_NEWLINK, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)
}

func linkSet(c *cli.Command) error { return linkModify(c, uapi.RTM_NEWLINK, 0) }

func linkDelete(c *cli.Command) error { return linkModify(c, uapi.RTM_DELLINK, 0) }

func linkModify(c *cli.Command, typ, flags uint16) error {
	w := &linkWords{Command: c, e: &wire.Encoder{}}
	if err := w.read(); err != nil {
		return err
	}
	if w.typed {
		if err := w.readKind(flags&uapi.NLM_F_CREATE != 0); err != nil {
			return err
		}
	}
	if w.dev == "" {
		w.dev = w.name
	}
	var err error
	if flags&uapi.NLM_F_CREATE != 0 {
		err = w.describeNew()
	} else {
		err = w.describeOld()
	}
	if err != nil {
		return err
	}
	r := wire.NewRequest(typ, flags)
	w.ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	r.Fail(w.e.Err())
	copy(r.Raw(len(w.e.Bytes())), w.e.Bytes())
	defer c.ForgetLinks()
	return c.Exec(r)
}

// describeNew adds what a link that is made needs.
func (w *linkWords) describeNew() error {
	if !w.typed {
		return cli.Exit(cli.StatusFailed, "Not enough information: \"type\" argument is required")
	}
	w.ifi.Index = int32(w.index)
	if err := w.putLower(); err != nil {
		return err
	}
	if w.group != nil {
		w.e.Uint32(uapi.IFLA_GROUP, *w.group)
	}
	w.putName()
	return nil
}

// putName appends the name that a new link is to have.
func (w *linkWords) putName() {
	name := w.name
	if name == "" {
		name = w.dev
	}
	if name != "" {
		w.e.String(uapi.IFLA_IFNAME, name)
	}
}

func (w *linkWords) putLower() error {
	if !w.lower.given {
		return nil
	}
	index, err := w.IndexOf(w.lower.value)
	if err != nil {
		return err
	}
	w.e.Uint32(uapi.IFLA_LINK, uint32(index))
	return nil
}

// describeOld finds the link, or the group of links, that is to be changed.
func (w *linkWords) describeOld() error {
	if w.dev == "" && w.group == nil {
		return cli.Exit(cli.StatusUsage, "Not enough information: \"dev\" argument is required.")
	}
	if w.index != 0 {
		if !w.netns {
			return cli.Exit(cli.StatusUsage, "index can be used only when creating devices or when moving device to another "+
				"netns.")
		}
		w.e.Uint32(uapi.IFLA_NEW_IFINDEX, uint32(w.index))
	}
	if err := w.putLower(); err != nil {
		return err
	}
	if w.group != nil {
		w.e.Uint32(uapi.IFLA_GROUP, *w.group)
	}
	if w.dev == "" {
		return nil
	}
	info := w.LinkNamed(w.dev)
	if info == nil {
		return cli.NoDevice(w.dev)
	}
	if w.lladdr != 0 && info.LLAddrLen != 0 && w.lladdr != info.LLAddrLen {
		return cli.Exit(cli.StatusFailed, "Invalid address length %d - must be %d bytes", w.lladdr, info.LLAddrLen)
	}
	w.ifi.Index = int32(info.Index)
	if w.name != "" && w.name != w.dev {
		w.e.String(uapi.IFLA_IFNAME, w.name)
	}
	return nil
}

// readKind reads the kind of a link and its words.
func (w *linkWords) readKind(create bool) error {
	kind, err := w.Next()
	if err != nil {
		return err
	}
	if kind == "" && !create { // one that is to be made the kernel refuses
		return invalidValue("type", kind)
	}
	fields, data := kindFields(kind), uint16(uapi.IFLA_INFO_DATA)
	if port, ok := strings.CutSuffix(kind, "_slave"); ok {
		fields, data = portFields(port), uapi.IFLA_INFO_SLAVE_DATA
	}
	w.e.Nest(uapi.IFLA_LINKINFO)
	w.e.String(uapi.IFLA_INFO_KIND, kind)
	if w.More() && fields != nil && len(fields.Fields) != 0 {
		if err := w.readKindData(kind, fields, data, create); err != nil {
			return err
		}
	}
	w.e.End()
	switch {
	case (fields == nil || len(fields.Fields) == 0) && w.HelpAsked():
		return w.ShowUsage()
	case w.More() && fields == nil:
		return cli.Exit(cli.StatusFailed, "Options of links of type %q are not known here: \"%s ...\". Try \"%s link "+
			"help\".", kind, w.Peek(), w.Session.Name)
	case w.More():
		return cli.Exit(cli.StatusFailed, "Garbage instead of arguments \"%s ...\". Try \"%s link help\".", w.Peek(),
			w.Session.Name)
	}
	return nil
}

func (w *linkWords) readKindData(kind string, fields *desc.Kind, data uint16, create bool) error {
	w.e.Nest(data)
	before := len(w.e.Bytes())
	w.LinkOptions = w.readPeer
	if !create {
		w.Present = func() (desc.Attrs, error) { return w.present(data) }
	}
	if err := desc.Read(&w.Args, fields, w.e); err != nil {
		return err
	}
	if w.More() {
		text := "Usage: ... " + kindUsage(kind, fields)
		if !w.HelpAsked() {
			text = kind + ": unknown command \"" + w.Peek() + "\"?\n" + text
		}
		return cli.Exit(cli.StatusFailed, "%s", text)
	}
	if fields.Complete != nil {
		if err := fields.Complete(&w.Args, w.e, create); err != nil {
			return err
		}
	}
	if len(w.e.Bytes()) == before {
		w.e.Cancel()
	} else {
		w.e.End()
	}
	return nil
}

// present asks for what the link that is being changed has in IFLA_INFO_DATA or IFLA_INFO_SLAVE_DATA.
func (w *linkWords) present(data uint16) (desc.Attrs, error) {
	info := w.LinkNamed(w.dev)
	if info == nil {
		return nil, cli.NoDevice(w.dev)
	}
	m, err := w.Get(cli.LinkRequest(info.Index, "", uapi.RTEXT_FILTER_SKIP_STATS))
	if err != nil {
		return nil, err
	}
	return desc.ParseAttrs(readLink(m).info[data]), nil
}

// readPeer reads the link that is made along with another.
func (w *linkWords) readPeer(in *desc.Args, e *wire.Encoder) (wire.Putter, error) {
	c := *w.Command
	c.Args = *in
	peer := &linkWords{Command: &c, e: e}
	err := peer.read()
	*in = c.Args
	switch {
	case err != nil:
		return nil, err
	case peer.typed:
		return nil, cli.Garbage("type", in.Peek())
	}
	if peer.group != nil {
		e.Uint32(uapi.IFLA_GROUP, *peer.group)
	}
	peer.ifi.Index = int32(peer.index)
	peer.putName()
	w.netns = w.netns || peer.netns
	return &peer.ifi, peer.putLower()
}

// kindUsage is the grammar of a kind, one attribute a line, and what its words are for.
func kindUsage(kind string, fields *desc.Kind) string {
	var b strings.Builder
	b.WriteString(strings.Join(append([]string{kind}, desc.Usage(fields)...), "\n\t\t"))
	if len(fields.Help) > 0 {
		b.WriteString("\n" + strings.TrimSuffix(cli.WordList(fields.Help), "\n"))
	}
	return b.String()
}
