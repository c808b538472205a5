package tc

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func classUsage() string {
	return `
class { add | del | change | replace } dev DEV [ classid CLASSID ]
      [ root | parent CLASSID ] [ estimator INTERVAL TIME_CONSTANT ]
      [ QDISC_KIND [ help | OPTIONS ] ]
class [ { show | list } [ dev DEV ] [ qdisc QHANDLE ] [ classid CLASSID ]
      [ root | parent CLASSID ] [ -w SECONDS ] ]
QDISC_KIND := { ` + cli.Fold(netlink.ClassKinds(), " | ", "                ", 76) + ` }
`
}

func runClass(c *cli.Command) error {
	modify := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return modifyClass(c, typ, flags) }
	}
	return verbs(c, classUsage, listClasses,
		cli.Verb{Name: "add", Run: modify(uapi.RTM_NEWTCLASS, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "change", Run: modify(uapi.RTM_NEWTCLASS, 0)},
		cli.Verb{Name: "replace", Run: modify(uapi.RTM_NEWTCLASS, uapi.NLM_F_CREATE)},
		cli.Verb{Name: "delete", Run: modify(uapi.RTM_DELTCLASS, 0)},
		cli.Verb{Name: "list", Run: listClasses},
		cli.Verb{Name: "show", Run: listClasses},
		cli.Verb{Name: "lst", Run: listClasses},
	)
}

func modifyClass(c *cli.Command, typ, flags uint16) error {
	var w words
	kind := ""
	for c.More() && kind == "" {
		var err error
		switch {
		case c.Take("dev"):
			err = w.takeDevice(c)
		case c.Take("classid"):
			err = w.takeClassID(c, "class")
		case c.Take("handle"):
			return failed("Error: try \"classid\" instead of \"handle\"")
		case c.Take("root"):
			err = w.setParent("root", uapi.TC_H_ROOT)
		case c.Take("parent"):
			err = w.takeParent(c)
		case c.TakeAbbr("estimator"):
			err = w.takeEstimator(c)
		case c.HelpAsked():
			err = failed("%s", grammar(classUsage))
		default:
			kind, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	var opts options
	if kind != "" {
		k := netlink.DescribeClass(kind)
		if k == nil { // or not known, which is the same for tc
			return cli.Exit(1, "Error: Qdisc %q is classless.", kind)
		}
		var err error
		opts, err = readKind(c, "qdisc", kind, k, &desc.Tc{Speed: w.speed}, flags&uapi.NLM_F_CREATE != 0)
		if err != nil {
			return err
		}
	}
	index, err := w.index(c)
	if err != nil {
		return err
	}
	r := request(typ, flags, index, w.handle, w.parent, 0)
	w.put(r, kind)
	opts.put(r)
	return c.Exec(r)
}

// takeClassID takes the handle of a class.
func (w *words) takeClassID(c *cli.Command, what string) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.handle != 0 {
		return desc.Duplicate("classid", word)
	}
	h, ok := desc.ParseClassID(word)
	if !ok {
		return desc.Wrong(word, "invalid "+what+" ID")
	}
	w.handle = h
	return nil
}

// shownClasses says which classes are to be shown.
type shownClasses struct {
	index     int
	qdisc, id uint32
	rates     *live
}

func listClasses(c *cli.Command) error {
	var (
		w     words
		qdisc uint32
		rates live
	)
	for c.More() {
		var err error
		switch {
		case c.Take("dev"):
			err = w.takeDevice(c)
		case c.Take("qdisc"):
			word, next := c.Next()
			h, ok := desc.ParseQdiscHandle(word)
			switch {
			case next != nil:
				err = next
			case qdisc != 0:
				err = desc.Duplicate("qdisc", word)
			case !ok:
				err = desc.Wrong(word, "invalid qdisc ID")
			}
			qdisc = h
		case c.Take("classid"):
			err = w.takeClassID(c, "class")
		case c.Take("root"):
			err = w.setParent("root", uapi.TC_H_ROOT)
		case c.Take("parent"):
			err = w.takeParent(c)
		case c.Take("-w"):
			err = rates.take(c)
		case c.HelpAsked():
			return failed("%s", grammar(classUsage))
		default:
			return failed("What is %q? Try \"tc class help\".", c.Peek())
		}
		if err != nil {
			return err
		}
	}
	index, err := w.index(c)
	if err != nil {
		return err
	}
	if err := useNames(c); err != nil {
		return err
	}
	only := shownClasses{index, qdisc, w.handle, &rates}
	r := request(uapi.RTM_GETTCLASS, 0, index, 0, w.parent, 0)
	if c.Graph {
		return showGraph(c, r)
	}
	return rates.list(c, "classes", r, func(m wire.Message) { showClass(c.Session, m, only) })
}

func showClass(s *cli.Session, m wire.Message, only shownClasses) {
	p := s.Out
	t, attrs, ok := header(m)
	if !ok || only.qdisc != 0 && (t.Handle^only.qdisc)>>16 != 0 || only.id != 0 && t.Handle != only.id {
		return
	}
	short := func(h uint32) string {
		if only.qdisc != 0 {
			h &= uapi.TC_H_MIN_MASK
		}
		return p.ClassID(h)
	}
	kind := cli.Text(attrs[uapi.TCA_KIND])
	p.Object("")
	if m.Type == uapi.RTM_DELTCLASS {
		p.Null("deleted", "deleted ")
	}
	handle := ""
	if t.Handle != 0 {
		handle = short(t.Handle)
	}
	p.Str("class", "class %s ", kind)
	p.Str("handle", "%s ", handle)
	if only.index == 0 {
		showDevice(p, t.Ifindex)
	}
	if t.Parent == uapi.TC_H_ROOT {
		p.Bool("root", "root ", true)
	} else {
		p.Str("parent", "parent %s ", short(t.Parent))
	}
	if t.Info != 0 {
		p.Hex("leaf", "leaf %x: ", uint64(t.Info>>16))
	}
	showUnknown(p, attrs, uapi.TCA_MAX)
	p.Unknown = showUnknown
	k := netlink.DescribeClass(kind)
	if b, ok := attrs[uapi.TCA_OPTIONS]; ok && k != nil {
		desc.Show(p, k, b)
	}
	p.NL()
	if p.Stats {
		p.Object("stats")
		var app []byte
		if hasStatistics(attrs) {
			app = showStatistics(p, attrs, " ")
			p.Text("\n")
		}
		if k == nil || k.Statistics == nil { // queues of a discipline without classes, fq_codel's
			k = netlink.DescribeQdisc(kind)
		}
		if app != nil && k != nil && k.Statistics != nil {
			k.Statistics(p, app)
			p.Text("\n")
		}
		p.EndObject()
	}
	only.rates.show(p, &t, attrs)
	p.EndObject()
}
