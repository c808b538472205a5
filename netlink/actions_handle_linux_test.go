package netlink_test

import (
	"errors"
	"os"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// Actions that are no filter's are made, listed, changed and deleted, and tc shows them.
func TestActionsWithoutFilters(t *testing.T) {
	withLink(t, func(link int) {
		mirred := func(index int, cookie string) netlink.Action {
			m := netlink.NewMirredAction(link)
			m.Index, m.Cookie = index, cookie
			return m
		}
		if err := netlink.ActionAdd(mirred(7, "one"), mirred(8, "")); err != nil {
			nstest.Need(t, "action mirred", "", err)
		}
		if err := netlink.ActionAdd(mirred(7, "")); !errors.Is(err, os.ErrExist) {
			t.Errorf("a second one: %v", err)
		}
		for _, change := range []func(...netlink.Action) error{netlink.ActionChange, netlink.ActionReplace} {
			if err := change(mirred(7, "two")); err != nil {
				t.Error(err)
			}
		}
		one, err := netlink.ActionGet(mirred(7, ""))
		if err != nil || one.Attrs().Index != 7 || one.Attrs().Cookie != "two" ||
			one.(*netlink.MirredAction).Ifindex != link {
			t.Errorf("one is %+v, %v", one, err)
		}
		for name, list := range map[string]func() ([]netlink.Action, error){
			"list":   func() ([]netlink.Action, error) { return netlink.ActionList("mirred") },
			"stream": func() ([]netlink.Action, error) { return collect(netlink.ActionSeq("mirred")) },
			"filtered": func() ([]netlink.Action, error) {
				return netlink.ActionListFiltered(netlink.ActionFilter{Kind: "mirred", Terse: true})
			},
			"filtered stream": func() ([]netlink.Action, error) {
				return collect(netlink.ActionSeqFiltered(netlink.ActionFilter{Kind: "mirred", Since: 1 << 20}))
			},
		} {
			all, err := list()
			if err != nil || len(all) != 2 || all[0].Attrs().Index != 7 || all[1].Attrs().Index != 8 ||
				all[0].Attrs().Cookie != "two" {
				t.Errorf("%s: %+v, %v", name, all, err)
			}
		}
		if err := netlink.ActionDel(mirred(7, "")); err != nil {
			t.Error(err)
		}
		if _, err := netlink.ActionGet(mirred(7, "")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the one that was deleted: %v", err)
		}
		if err := netlink.ActionFlush("mirred"); err != nil {
			t.Error(err)
		}
		if all, err := netlink.ActionList("mirred"); err != nil || len(all) != 0 {
			t.Errorf("left is %+v, %v", all, err)
		}
		for name, err := range map[string]error{
			"none": netlink.ActionAdd(), "nil": netlink.ActionDel(nil),
			"many": netlink.ActionAdd(make([]netlink.Action, 33)...), "kind": netlink.ActionFlush(""),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}
