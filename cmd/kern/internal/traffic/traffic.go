// Package traffic reads the traffic control of links, and puts it into a few words for pictures.
package traffic

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"kern.sys/netlink"
	"kern.sys/netlink/desc"
)

// Link is the traffic control of a link, each sort in the order of the path of a packet.
type Link struct {
	Qdiscs  []netlink.Qdisc
	Classes []netlink.Class
	Filters []netlink.Filter // those of its blocks too
}

// Read returns the traffic control of each link that has some.
func Read(h *netlink.Handle) (map[int]*Link, error) {
	m, err := h.NewMirror(context.Background(), netlink.QdiscTable, netlink.ClassTable, netlink.FilterTable)
	if err != nil {
		return nil, err
	}
	s := m.Snapshot()
	if err := m.Close(); err != nil {
		return nil, err
	}
	all := map[int]*Link{}
	blocks := map[uint32][]*Link{}
	for q := range s.Qdiscs() {
		a := q.Attrs()
		l := all[a.LinkIndex]
		if l == nil {
			l = &Link{}
			all[a.LinkIndex] = l
		}
		l.Qdiscs = append(l.Qdiscs, q)
		for _, b := range Blocks(q) {
			if !slices.Contains(blocks[b], l) {
				blocks[b] = append(blocks[b], l)
			}
		}
	}
	for c := range s.Classes() {
		if l := all[c.Attrs().LinkIndex]; l != nil {
			l.Classes = append(l.Classes, c)
		}
	}
	for f := range s.Filters() {
		a := f.Attrs()
		if l := all[a.LinkIndex]; l != nil {
			l.Filters = append(l.Filters, f)
		} else if a.LinkIndex < 0 {
			for _, l := range blocks[a.Parent] {
				l.Filters = append(l.Filters, f)
			}
		}
	}
	for _, l := range all {
		l.sort()
	}
	return all, nil
}

// Blocks are the blocks of filters that a queueing discipline shares with others.
func Blocks(q netlink.Qdisc) (all []uint32) {
	a := q.Attrs()
	for _, b := range []*uint32{a.IngressBlock, a.EgressBlock} {
		if b != nil {
			all = append(all, *b)
		}
	}
	if red, ok := q.(*netlink.Red); ok {
		all = append(all, red.EarlyDropBlock, red.MarkBlock)
	}
	return slices.DeleteFunc(all, func(b uint32) bool { return b == 0 })
}

func (l *Link) sort() {
	slices.SortFunc(l.Qdiscs, func(x, y netlink.Qdisc) int {
		a, b := x.Attrs(), y.Attrs()
		return cmp.Or(-cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Handle, b.Handle))
	})
	slices.SortFunc(l.Classes, func(x, y netlink.Class) int { return cmp.Compare(x.Attrs().Handle, y.Attrs().Handle) })
	slices.SortFunc(l.Filters, func(x, y netlink.Filter) int {
		a, b := x.Attrs(), y.Attrs()
		return cmp.Or(cmp.Compare(a.LinkIndex, b.LinkIndex), cmp.Compare(a.Parent, b.Parent),
			cmp.Compare(Chain(x), Chain(y)),
			cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Handle, b.Handle))
	})
}

// Chain is the number of the chain that a filter is in.
func Chain(f netlink.Filter) uint32 {
	if c := f.Attrs().Chain; c != nil {
		return *c
	}
	return 0
}

// Qdisc is a queueing discipline in words.
func Qdisc(q netlink.Qdisc) string {
	a := q.Attrs()
	text := "qdisc " + q.Type()
	if a.Handle != 0 {
		text += " " + netlink.HandleStr(a.Handle)
		text = strings.TrimSuffix(text, "0")
	}
	switch a.Parent {
	case netlink.HANDLE_ROOT, netlink.HANDLE_CLSACT, netlink.HANDLE_NONE:
		return text
	}
	return text + " parent " + netlink.HandleStr(a.Parent)
}

// Place is where a filter is, in words.
func Place(f netlink.Filter) string {
	switch a := f.Attrs(); {
	case a.LinkIndex < 0:
		return fmt.Sprintf("block %d", a.Parent)
	case a.Parent == netlink.HANDLE_MIN_INGRESS:
		return "ingress"
	case a.Parent == netlink.HANDLE_MIN_EGRESS:
		return "egress"
	default:
		return "parent " + strings.TrimSuffix(netlink.HandleStr(a.Parent), "0")
	}
}

// Filter is a filter in words, without its place and chain; link names a link.
func Filter(f netlink.Filter, link func(index int) string) string {
	a := f.Attrs()
	text := fmt.Sprintf("pref %d %s %s", a.Priority, desc.EtherProtocolName(a.Protocol, false), f.Type())
	if what := Verdict(f, link); what != "" {
		text += " → " + what
	}
	return text
}

// Verdict is what becomes of packets that a filter matches, in words.
func Verdict(f netlink.Filter, link func(index int) string) string {
	var all []string
	// These fields have the same names in all kinds.
	v := reflect.ValueOf(f).Elem()
	if class, ok := value[uint32](v, "ClassId"); ok && class != 0 {
		all = append(all, "class "+netlink.HandleStr(class))
	}
	if p, ok := value[*netlink.PoliceAction](v, "Police"); ok && p != nil {
		all = append(all, action(p, link))
	}
	actions, _ := value[[]netlink.Action](v, "Actions")
	for _, a := range actions {
		all = append(all, action(a, link))
	}
	return strings.Join(all, ", ")
}

func value[T any](v reflect.Value, field string) (T, bool) {
	f := v.FieldByName(field)
	if !f.IsValid() {
		return *new(T), false
	}
	t, ok := f.Interface().(T)
	return t, ok
}

// action is an action in words.
func action(a netlink.Action, link func(index int) string) string {
	switch a := a.(type) {
	case *netlink.GenericAction:
		if netlink.TcActExtCmp(int32(a.Action), int32(netlink.TC_ACT_GOTO_CHAIN)) {
			return fmt.Sprintf("goto chain %d", a.Chain)
		}
		return verdict(a.Action)
	case *netlink.MirredAction:
		return "mirred " + a.MirredAction.String() + " " + link(a.Ifindex)
	}
	text := a.Type()
	if n := a.Attrs().Action; netlink.TcActExtCmp(int32(n), int32(netlink.TC_ACT_GOTO_CHAIN)) {
		text += fmt.Sprintf(", goto chain %d", int32(n)&netlink.TC_ACT_EXT_VAL_MASK)
	} else if n == netlink.TC_ACT_SHOT {
		text += ", " + verdict(n)
	}
	return text
}

// verdict is the word that tc has for it.
func verdict(a netlink.TcAct) string {
	switch a {
	case netlink.TC_ACT_OK:
		return "pass"
	case netlink.TC_ACT_SHOT:
		return "drop"
	}
	return a.String()
}
