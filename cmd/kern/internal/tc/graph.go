package tc

import (
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// node is a class in the tree of a graph.
type node struct {
	id, parent uint32
	attrs      desc.Attrs
	above      *node
	children   []*node
	last       bool // of those with the same parent
}

// showGraph prints the classes as a tree.
func showGraph(c *cli.Command, r *wire.Request) error {
	var roots, others []*node
	if err := c.Dump(r, func(m wire.Message) error {
		m.Data = slices.Clone(m.Data)
		t, attrs, ok := header(m)
		if !ok {
			return nil
		}
		n := &node{id: t.Handle, parent: t.Parent, attrs: attrs}
		if t.Parent == uapi.TC_H_ROOT {
			roots = append([]*node{n}, roots...)
		} else {
			others = append(others, n)
		}
		return nil
	}); err != nil {
		return err
	}
	all := slices.Concat(roots, others)
	for _, n := range others {
		if at := slices.IndexFunc(all, func(p *node) bool { return p.id == n.parent && p != n }); at >= 0 {
			n.above = all[at]
			n.above.children = append(n.above.children, n)
		}
	}
	c.Out.Reset()
	showTree(c, roots, "")
	return nil
}

// indent is what stands before a class: a line for each class above it that has others below it.
func (n *node) indent(newLine bool, spaces int) string {
	text := ""
	for a := n.above; a != nil; a = a.above {
		if a.last {
			text = "     " + text
		} else {
			text = "|    " + text
		}
	}
	if newLine {
		switch {
		case !n.last && len(n.children) != 0:
			text += "|    |"
		case !n.last:
			text += "|     "
		case len(n.children) != 0:
			text += "     |"
		default:
			text += "      "
		}
	}
	return text + strings.Repeat(" ", max(spaces, 0))
}

func showTree(c *cli.Command, nodes []*node, before string) {
	p := c.Out
	if len(nodes) != 0 {
		nodes[len(nodes)-1].last = true
	}
	for _, n := range nodes {
		id, kind := p.ClassID(n.id), cli.Text(n.attrs[uapi.TCA_KIND])
		p.Text("%s%s+---(%s) %s ", before, n.indent(false, 0), id, kind)
		before = ""
		if b, k := n.attrs[uapi.TCA_OPTIONS], netlink.DescribeClass(kind); b != nil && k != nil {
			desc.Show(p, k, b)
		}
		if p.Stats {
			before = n.indent(true, len(kind)-2+len(id))
			if hasStatistics(n.attrs) {
				p.Text("\n")
				showStatistics(p, n.attrs, before)
				before = ""
			}
			if !n.last || len(n.children) != 0 {
				before += "\n" + n.indent(true, 0)
			}
		}
		p.Text("%s\n", before)
		showTree(c, n.children, "")
		before = ""
		if n.last {
			before = n.indent(false, 0)
			for below := n; len(below.children) != 0; below = below.children[len(below.children)-1] {
				before += "     " // tc goes down to the last class below it
			}
			before += "\n"
		}
		p.Text("%s", before)
		before = ""
	}
}
