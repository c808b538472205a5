package netlink_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// What is refused says what it was, and leaves everything as it was.
func TestRefusedTrafficControlChangesNothing(t *testing.T) {
	nstest.Do(t, func() {
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		v0, _ := addVeth(t)
		link, top := v0.Attrs().Index, netlink.MakeHandle(1, 0)
		nstest.Need(t, "queueing discipline htb", "", h.QdiscAdd(netlink.NewHtb(root(link))))
		class := func(parent, handle uint32, rate uint64) *netlink.HtbClass {
			return netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: link, Parent: parent, Handle: handle},
				netlink.HtbClassAttrs{Rate: rate})
		}
		if err := h.ClassAdd(class(top, top|1, 1e6)); err != nil {
			t.Fatal(err)
		}
		filter := func(parent uint32, actions ...netlink.Action) *netlink.MatchAll {
			return &netlink.MatchAll{FilterAttrs: netlink.FilterAttrs{LinkIndex: link, Parent: parent, Priority: 5,
				Protocol: unix.ETH_P_ALL}, ClassId: top | 1, Actions: actions}
		}
		nstest.Need(t, "filter matchall with gact", "", h.FilterAdd(filter(top, &netlink.GenericAction{})))
		actions := func(n int) []netlink.Action {
			all := make([]netlink.Action, n)
			for i := range all {
				all[i] = &netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Index: 100 + i}}
			}
			return all
		}
		before := everything(t, h, v0)
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"unknown qdisc": {h.QdiscReplace(&netlink.GenericQdisc{QdiscAttrs: root(link), QdiscType: "nosuch"}), "nosuch 1:0"},
			"missing parent": {h.QdiscAdd(&netlink.GenericQdisc{QdiscAttrs: at(link, 7, netlink.MakeHandle(9, 9)),
				QdiscType: "pfifo"}), "pfifo 7:0 parent 9:9"},
			"handle out of range": {h.QdiscAdd(&netlink.GenericQdisc{QdiscType: "pfifo", QdiscAttrs: netlink.QdiscAttrs{
				LinkIndex: link, Handle: netlink.MakeHandle(2, 3), Parent: netlink.HANDLE_ROOT}}), "pfifo 2:3"},
			"link out of range":   {h.QdiscAdd(netlink.NewHtb(root(math.MaxInt))), "htb 1:0"},
			"class of no qdisc":   {h.ClassAdd(class(netlink.MakeHandle(9, 0), netlink.MakeHandle(9, 1), 1e6)), "htb 9:1"},
			"class without rate":  {h.ClassAdd(class(top, top|8, 0)), "htb 1:8"},
			"class elsewhere":     {h.ClassAdd(class(top, netlink.MakeHandle(2, 8), 1e6)), "htb 2:8"},
			"class that is there": {h.ClassAdd(class(top, top|1, 2e6)), "file exists"},
			"unknown filter": {h.FilterAdd(&netlink.GenericFilter{FilterType: "nosuch",
				FilterAttrs: filter(top).FilterAttrs}), "filter nosuch"},
			"filter of no parent": {h.FilterAdd(filter(netlink.MakeHandle(9, 0))), "parent 9:0"},
			"unknown action": {h.FilterReplace(filter(top, actions(1)[0], &netlink.RawAction{ActionType: "nosuch"})),
				"filter replace"},
			"too many actions":        {h.FilterAdd(filter(top, actions(33)...)), "33 is not within 0 and 32"},
			"too many shared actions": {h.ActionAdd(actions(33)...), "33 actions, at most 32"},
			"shared actions, one unknown": {h.ActionAdd(append(actions(2), &netlink.RawAction{ActionType: "nosuch"})...),
				"action gact index 100 and 2 more"},
		} {
			if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("%s: error is %v, want %q", name, c.err, c.want)
			}
		}
		if after := everything(t, h, v0); !slices.Equal(before, after) {
			t.Errorf("it was\n%s\nand is\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	})
}

// everything is what a link has of traffic control, and the actions gact.
func everything(t *testing.T, h *netlink.Handle, link netlink.Link) (all []string) {
	t.Helper()
	qdiscs, err1 := h.QdiscList(link)
	for _, q := range qdiscs {
		all = append(all, fmt.Sprint("qdisc ", q.Type(), " ", q.Attrs()))
	}
	classes, err2 := h.ClassList(link, netlink.HANDLE_NONE)
	for _, c := range classes {
		all = append(all, fmt.Sprint("class ", c.Type(), " ", c.Attrs(), " ", c))
	}
	filters, err3 := h.FilterList(link, netlink.MakeHandle(1, 0))
	for _, f := range filters {
		all = append(all, fmt.Sprint("filter ", f.Type(), " ", f.Attrs()))
	}
	actions, err4 := h.ActionList("gact")
	for _, a := range actions {
		all = append(all, fmt.Sprint("action ", a.Type(), " ", a.Attrs().Index))
	}
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
