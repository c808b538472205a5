package tc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/topo"
	"kern.sys/cmd/kern/internal/traffic"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func explainUsage() string { return "\nexplain DEV [ -svg FILE ]\n" }

// runExplain draws the path of packets through the traffic control of a device.
func runExplain(c *cli.Command) error {
	var device, file string
	for c.More() {
		switch {
		case c.HelpAsked():
			return help(explainUsage)
		case c.Take("-svg"):
			word, err := c.Next()
			if err != nil {
				return err
			}
			file = word
		case c.Take("dev"):
		case device != "":
			return desc.Duplicate("dev", c.Peek())
		default:
			device, _ = c.Next()
		}
	}
	if device == "" {
		return failed("%s", grammar(explainUsage))
	}
	index, err := c.IndexOf(device)
	if err != nil {
		return err
	}
	path, err := pathOf(c, device, index)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	switch {
	case file != "":
		if err := topo.PathSVG(&out, "the path of a packet through "+device, path); err != nil {
			return err
		}
		return os.WriteFile(file, out.Bytes(), 0o666)
	case c.JSON:
		e := json.NewEncoder(&out)
		if c.Pretty {
			e.SetIndent("", "    ")
		}
		err = e.Encode(path)
	default:
		err = topo.PathText(&out, path)
	}
	c.Out.Raw(out.String())
	return err
}

// explained is what the path is made of.
type explained struct {
	*traffic.Link
	qdiscs, classes map[uint32]string // the options of a handle in words
	link            func(index int) string
	stage           *topo.Stage
}

// pathOf returns the stages of the path: what is received, and what is sent.
func pathOf(c *cli.Command, device string, index int) ([]topo.Stage, error) {
	e := &explained{Link: &traffic.Link{}, link: c.Out.Link}
	cfg := c.SocketConfig(uapi.NETLINK_ROUTE)
	h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{NetNS: cfg.NetNS, ErrorDetails: true})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	all, err := traffic.Read(h)
	if err != nil {
		return nil, err
	}
	if l := all[index]; l != nil {
		e.Link = l
	}
	if e.qdiscs, err = optionsOf(c, uapi.RTM_GETQDISC, index, netlink.DescribeQdisc); err != nil {
		return nil, err
	}
	if e.classes, err = optionsOf(c, uapi.RTM_GETTCLASS, index, netlink.DescribeClass); err != nil {
		return nil, err
	}
	in, out := topo.Stage{Title: "ingress"}, topo.Stage{Title: "egress"}
	root := topo.Stage{Title: "queueing discipline"}
	for _, q := range e.Qdiscs {
		a := q.Attrs()
		switch {
		case a.Parent == netlink.HANDLE_CLSACT: // HANDLE_INGRESS is the same
			e.stage = &in
			e.filters(0, netlink.HANDLE_MIN_INGRESS, a.IngressBlock)
			e.stage = &out
			e.filters(0, netlink.HANDLE_MIN_EGRESS, a.EgressBlock)
		case a.Parent == netlink.HANDLE_ROOT:
			e.stage = &root
			e.qdisc(0, q)
		}
	}
	path := []topo.Stage{{Title: "received by " + device, Begins: true}}
	path = append(path, withRows(in)...)
	path = append(path, topo.Stage{Title: "to the host"}, topo.Stage{Title: "sent by the host", Begins: true})
	path = append(path, withRows(out)...)
	path = append(path, withRows(root)...)
	return append(path, topo.Stage{Title: "leaves by " + device}), nil
}

// withRows is a stage where it has something.
func withRows(s topo.Stage) []topo.Stage {
	if len(s.Rows) == 0 {
		return nil
	}
	return []topo.Stage{s}
}

// optionsOf returns the options of objects in the words of tc.
func optionsOf(c *cli.Command, typ uint16, index int, describe func(kind string) *desc.Kind) (map[uint32]string,
	error) {
	words := map[uint32]string{}
	p := c.Out
	was := p.JSON
	p.JSON = false
	defer func() {
		p.Reset()
		p.JSON = was
	}()
	err := c.Dump(request(typ, 0, index, 0, 0, 0), func(m wire.Message) error {
		t, attrs, ok := header(m)
		k := describe(cli.Text(attrs[uapi.TCA_KIND]))
		if ok && k != nil && int(t.Ifindex) == index && attrs[uapi.TCA_OPTIONS] != nil {
			p.Reset()
			desc.Show(p, k, attrs[uapi.TCA_OPTIONS])
			words[t.Handle] = strings.Join(strings.Fields(string(p.Bytes())), " ")
		}
		return nil
	})
	return words, err
}

func (e *explained) row(depth int, format string, args ...any) {
	text := strings.TrimSpace(fmt.Sprintf(format, args...))
	e.stage.Rows = append(e.stage.Rows, topo.StageRow{Depth: depth, Text: text})
}

// filters adds the filters of a place, chain by chain, those of a block where it shares one.
func (e *explained) filters(depth int, parent uint32, block *uint32) {
	link := 0
	if block != nil && *block != 0 {
		e.row(depth, "block %d", *block)
		depth, link, parent = depth+1, -1, *block
	}
	chain := -1
	for _, f := range e.Filters {
		if a := f.Attrs(); a.Parent != parent || (a.LinkIndex < 0) != (link < 0) {
			continue
		}
		if n := int(traffic.Chain(f)); n != chain {
			chain = n
			e.row(depth, "chain %d", chain)
		}
		e.row(depth+1, "%s", traffic.Filter(f, e.link))
	}
}

// deepest bounds the tree: the kernel allows 7 disciplines inside each other, and 8 classes in each.
const deepest = 100

// qdisc adds a queueing discipline with what is inside it.
func (e *explained) qdisc(depth int, q netlink.Qdisc) {
	if depth > deepest {
		return
	}
	a := q.Attrs()
	e.row(depth, "%s %s", strings.Split(traffic.Qdisc(q), " parent ")[0], e.qdiscs[a.Handle])
	e.filters(depth+1, a.Handle, nil)
	for _, b := range traffic.Blocks(q) {
		e.filters(depth+1, 0, &b)
	}
	for _, class := range e.Classes {
		c := class.Attrs()
		if c.Handle>>16 == a.Handle>>16 && (c.Parent == netlink.HANDLE_ROOT || c.Parent == a.Handle) {
			e.class(depth+1, class)
		}
	}
}

// class adds a class with what is inside it.
func (e *explained) class(depth int, class netlink.Class) {
	if depth > deepest {
		return
	}
	a := class.Attrs()
	e.row(depth, "class %s %s", netlink.HandleStr(a.Handle), e.classes[a.Handle])
	e.filters(depth+1, a.Handle, nil)
	for _, inner := range e.Classes {
		if i := inner.Attrs(); i.Parent == a.Handle && i.Handle>>16 == a.Handle>>16 && i.Handle != a.Handle {
			e.class(depth+1, inner)
		}
	}
	for _, q := range e.Qdiscs {
		if q.Attrs().Parent == a.Handle {
			e.qdisc(depth+1, q)
		}
	}
}
