package tc

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func qdiscUsage() string {
	return `
qdisc { add | del | replace | change | link } dev DEV
      [ handle QHANDLE ] [ root | ingress | clsact | parent CLASSID ]
      [ estimator INTERVAL TIME_CONSTANT ]
      [ stab STAB_OPTIONS ]
      [ ingress_block BLOCK_INDEX ] [ egress_block BLOCK_INDEX ]
      [ QDISC_KIND [ help | OPTIONS ] ]
qdisc [ { show | list } [ dev DEV ] [ QDISC_ID ] [ invisible ]
      [ -w SECONDS ] ]
QDISC_KIND := { ` + cli.Fold(netlink.QdiscKinds(), " | ", "                ", 76) + ` }
STAB_OPTIONS := [ mtu BYTES ] [ tsize SLOTS ] [ mpu BYTES ] [ overhead BYTES ]
                [ linklayer { ethernet | atm | adsl } ]
QDISC_ID := { root | ingress | clsact | handle QHANDLE | parent CLASSID }
`
}

func runQdisc(c *cli.Command) error {
	modify := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return modifyQdisc(c, typ, flags) }
	}
	return verbs(c, qdiscUsage, listQdiscs,
		cli.Verb{Name: "add", Run: modify(uapi.RTM_NEWQDISC, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "change", Run: modify(uapi.RTM_NEWQDISC, 0)},
		cli.Verb{Name: "replace", Run: modify(uapi.RTM_NEWQDISC, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "link", Run: modify(uapi.RTM_NEWQDISC, uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "delete", Run: modify(uapi.RTM_DELQDISC, 0)},
		cli.Verb{Name: "list", Run: listQdiscs},
		cli.Verb{Name: "show", Run: listQdiscs},
		cli.Verb{Name: "lst", Run: listQdiscs},
	)
}

func modifyQdisc(c *cli.Command, typ, flags uint16) error {
	var (
		w               words
		sizes           stab
		ingress, egress uint32
		kind            string
	)
	for c.More() && kind == "" {
		var err error
		switch {
		case c.Take("dev"):
			err = w.takeDevice(c)
		case c.Take("handle"):
			word, next := c.Next()
			h, ok := desc.ParseQdiscHandle(word)
			switch {
			case next != nil:
				err = next
			case w.handle != 0:
				err = desc.Duplicate("handle", word)
			case !ok:
				err = desc.Wrong(word, "invalid qdisc ID")
			}
			w.handle = h
		case c.Take("root"):
			err = w.setParent("root", uapi.TC_H_ROOT)
		case c.Take("clsact"):
			err = w.setParent("clsact", uapi.TC_H_CLSACT)
			kind, w.handle = "clsact", uapi.TC_H_CLSACT&uapi.TC_H_MAJ_MASK
		case c.Take("ingress"):
			err = w.setParent("ingress", uapi.TC_H_INGRESS)
			kind, w.handle = "ingress", uapi.TC_H_INGRESS&uapi.TC_H_MAJ_MASK
		case c.Take("parent"):
			err = w.takeParent(c)
		case c.TakeAbbr("estimator"):
			err = w.takeEstimator(c)
		case c.TakeAbbr("stab"):
			err = sizes.read(c)
		case c.TakeAbbr("ingress_block"):
			err = takeBlock(c, "ingress block index value", &ingress)
		case c.TakeAbbr("egress_block"):
			err = takeBlock(c, "egress block index value", &egress)
		case c.HelpAsked():
			err = failed("%s", grammar(qdiscUsage))
		default:
			kind, err = c.Next()
		}
		if err != nil {
			return err
		}
	}
	var opts options
	if kind != "" {
		var err error
		tc := &desc.Tc{Speed: w.speed}
		opts, err = readKind(c, "qdisc", kind, netlink.DescribeQdisc(kind), tc, flags&uapi.NLM_F_CREATE != 0)
		if err != nil {
			return err
		}
		if tc.Create {
			flags |= uapi.NLM_F_CREATE
		}
	}
	index, err := w.index(c)
	if err != nil {
		return err
	}
	r := request(typ, flags, index, w.handle, w.parent, 0)
	w.put(r, kind)
	if ingress != 0 {
		r.Uint32(uapi.TCA_INGRESS_BLOCK, ingress)
	}
	if egress != 0 {
		r.Uint32(uapi.TCA_EGRESS_BLOCK, egress)
	}
	opts.put(r)
	if sizes.given() {
		sizes.Encode(&r.Encoder)
	}
	return c.Exec(r)
}

// put sends the kind and the estimator.
func (w *words) put(r *wire.Request, kind string) {
	if kind != "" {
		r.String(uapi.TCA_KIND, kind[:min(len(kind), kindMax)])
	}
	if w.estimate != nil {
		w.estimate.Encode(&r.Encoder)
	}
}

// kindMax is how many bytes the name of a kind may have: tc cuts it there.
const kindMax = 15

// shown says which objects are to be shown, and what need not be said of them.
type shown struct {
	index          int
	parent, handle uint32
	rates          *live
}

func listQdiscs(c *cli.Command) error {
	var only shown
	var w words
	var rates live
	invisible := false
	for c.More() {
		var err error
		unset := func() error {
			switch {
			case only.parent != 0:
				return desc.Wrong(c.Last(), "parent is already specified")
			case only.handle != 0:
				return desc.Wrong(c.Last(), "handle is already specified")
			}
			return nil
		}
		switch {
		case c.Take("dev"):
			w.device, err = c.Next()
		case c.Take("root"):
			err = unset()
			only.parent = uapi.TC_H_ROOT
		case c.Take("ingress", "clsact"):
			err = unset()
			only.parent = uapi.TC_H_INGRESS
		case c.TakeAbbr("parent"):
			if err = unset(); err == nil {
				err = w.takeParent(c)
			}
			only.parent = w.parent
		case c.TakeAbbr("handle"):
			if err = unset(); err == nil {
				var word string
				word, err = c.Next()
				h, ok := desc.ParseQdiscHandle(word)
				if err == nil && !ok {
					err = desc.Wrong(word, "invalid handle ID")
				}
				only.handle = h
			}
		case c.HelpAsked():
			return failed("%s", grammar(qdiscUsage))
		case c.Take("invisible"):
			invisible = true
		case c.Take("-w"):
			err = rates.take(c)
		default:
			return failed("What is %q? Try \"tc qdisc help\".", c.Peek())
		}
		if err != nil {
			return err
		}
	}
	index, err := w.index(c)
	if err != nil {
		return err
	}
	only.index, only.rates = index, &rates
	if err := useNames(c); err != nil {
		return err
	}
	r := request(uapi.RTM_GETQDISC, 0, index, only.handle, only.parent, 0)
	if invisible {
		r.Flag(uapi.TCA_DUMP_INVISIBLE)
	}
	return rates.list(c, "qdiscs", r, func(m wire.Message) { showQdisc(c.Session, m, only) })
}

// header reads what all messages of traffic control begin with; false if they do not.
func header(m wire.Message) (h uapi.Tcmsg, attrs desc.Attrs, ok bool) {
	if len(m.Data) < uapi.SizeofTcmsg {
		return h, nil, false
	}
	h.Decode(m.Data)
	return h, desc.ParseAttrs(m.Data[uapi.SizeofTcmsg:]), true
}

// showChange prints what a message says happened to an object.
func showChange(p *desc.Printer, m wire.Message, deleted bool) {
	switch flags := m.Flags & (uapi.NLM_F_CREATE | uapi.NLM_F_REPLACE | uapi.NLM_F_EXCL); {
	case deleted:
		p.Bool("deleted", "deleted ", true)
	default:
		if flags&uapi.NLM_F_CREATE != 0 && flags&uapi.NLM_F_REPLACE != 0 {
			p.Bool("replaced", "replaced ", true)
		}
		if flags&uapi.NLM_F_CREATE != 0 && flags&uapi.NLM_F_EXCL != 0 {
			p.Bool("added", "added ", true)
		}
	}
}

// showDevice prints the name of a device.
func showDevice(p *desc.Printer, index int32) {
	p.Text("dev ")
	p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(int(index)))
}

func showQdisc(s *cli.Session, m wire.Message, only shown) {
	p := s.Out
	t, attrs, ok := header(m)
	if !ok || only.index != 0 && int(t.Ifindex) != only.index || only.handle != 0 && t.Handle != only.handle ||
		only.parent != 0 && t.Parent != only.parent {
		return
	}
	kind := cli.Text(attrs[uapi.TCA_KIND])
	p.Object("")
	showChange(p, m, m.Type == uapi.RTM_DELQDISC)
	p.Str("kind", "qdisc %s", kind)
	p.Str("handle", " %s", fmt.Sprintf("%x:", t.Handle>>16))
	if p.Handles {
		p.Text("[%08x]", t.Handle)
	}
	p.Text(" ")
	if only.index == 0 {
		showDevice(p, t.Ifindex)
	}
	if t.Parent == uapi.TC_H_ROOT {
		p.Bool("root", "root ", true)
	} else if t.Parent != 0 {
		p.Str("parent", "parent %s ", p.ClassID(t.Parent))
	}
	if t.Info != 1 {
		p.Uint("refcnt", "refcnt %d ", uint64(t.Info))
	}
	if cli.Number8(attrs[uapi.TCA_HW_OFFLOAD]) != 0 {
		p.Bool("offloaded", "offloaded ", true)
	}
	if n := cli.Number32(attrs[uapi.TCA_INGRESS_BLOCK]); n != 0 {
		p.Uint("ingress_block", "ingress_block %d ", uint64(n))
	}
	if n := cli.Number32(attrs[uapi.TCA_EGRESS_BLOCK]); n != 0 {
		p.Uint("egress_block", "egress_block %d ", uint64(n))
	}
	showUnknown(p, attrs, uapi.TCA_MAX)
	k := netlink.DescribeQdisc(kind)
	p.Unknown = showUnknown
	p.Object("options")
	if b, ok := attrs[uapi.TCA_OPTIONS]; ok {
		showOptions(p, k, "qdisc", b)
	}
	p.EndObject()
	p.NL()
	if p.Details {
		if b := desc.ParseAttrs(attrs[uapi.TCA_STAB])[uapi.TCA_STAB_BASE]; b != nil {
			showStab(p, b)
			p.NL()
		}
	}
	if p.Stats && hasStatistics(attrs) {
		app := showStatistics(p, attrs, " ")
		p.NL()
		if app != nil && k != nil && k.Statistics != nil {
			k.Statistics(p, app)
			p.NL()
		}
	}
	only.rates.show(p, &t, attrs)
	showWarning(p, attrs)
	p.EndObject()
}

// showOptions prints the options of a kind.
func showOptions(p *desc.Printer, k *desc.Kind, sort string, b []byte) {
	switch {
	case k != nil:
		desc.Show(p, k, b)
	case len(b) != 0 && sort != "":
		p.Text("[Unknown %s, optlen=%d] ", sort, len(b))
	}
}

// showWarning prints what the kernel has to say of an object.
func showWarning(p *desc.Printer, attrs desc.Attrs) {
	if b, ok := attrs[uapi.TCA_EXT_WARN_MSG]; ok {
		p.Str("warn", "%s", cli.Text(b))
		p.NL()
	}
}

func showStab(p *desc.Printer, b []byte) {
	var s uapi.TcSizespec
	s.Decode(b)
	p.Object("stab")
	p.Text(" ")
	if s.Linklayer != 0 {
		p.Str("linklayer", "linklayer %s ", netlink.LinkLayerName(s.Linklayer))
	}
	if s.Overhead != 0 {
		p.Int("overhead", "overhead %d ", int64(s.Overhead))
	}
	for _, n := range []struct {
		key string
		v   uint32
	}{{"mpu", s.Mpu}, {"mtu", s.Mtu}, {"tsize", s.Tsize}} {
		if n.v != 0 {
			p.Uint(n.key, n.key+" %d ", uint64(n.v))
		}
	}
	p.EndObject()
}
