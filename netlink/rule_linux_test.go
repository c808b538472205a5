package netlink_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// ipRules is what iproute2 shows of both families' rules.
func ipRules(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, family := range []string{"-4", "-6"} {
		for _, r := range toolJSON(t, "ip", family, "-d", "-N", "-j", "rule", "show") {
			all = append(all, fmt.Sprint(family, " ", r))
		}
	}
	return all
}

func TestRuleAddMakesWhatIPMakes(t *testing.T) {
	mask := uint32(0xf)
	rule := func(change func(*netlink.Rule)) netlink.Rule {
		r := netlink.NewRule()
		change(r)
		return *r
	}
	cases := []struct {
		command string
		rule    netlink.Rule
	}{
		{"-4 rule add from 10.0.0.0/24 table 100",
			rule(func(r *netlink.Rule) { r.Src, r.Table = cidr(t, "10.0.0.0/24"), 100 })},
		{"-4 rule add fwmark 0x5050 table 200", netlink.Rule{Mark: 0x5050, Table: 200}},
		{"-4 rule add pref 0 table 200", rule(func(r *netlink.Rule) { r.Priority, r.Table = 0, 200 })},
		{"-6 rule add not to fd00::/8 pref 7 blackhole", rule(func(r *netlink.Rule) {
			r.Invert, r.Dst, r.Priority, r.Type = true, cidr(t, "fd00::/8"), 7, uapi.FR_ACT_BLACKHOLE
		})},
		{"-6 rule add pref 9 table 70000 suppress_prefixlength 0", rule(func(r *netlink.Rule) {
			r.Family, r.Priority, r.Table, r.SuppressPrefixlen = netlink.FAMILY_V6, 9, 70000, 0
		})},
		{"-4 rule add pref 9 goto 32766", rule(func(r *netlink.Rule) { r.Priority, r.Goto = 9, 32766 })},
		{"-4 rule add pref 9 from 10.0.0.0/24 to 10.9.0.0/16 iif d0 oif d1 fwmark 0x5/0xf tos 0x10 uidrange 0-0 ipproto " +
			"tcp " +
			"sport 10-20 dport 30 suppress_ifgroup 3 suppress_prefixlength 4 tun_id 77 table 1000 realms 1/2 protocol 42",
			netlink.Rule{
				Priority: 9, Src: cidr(t, "10.0.0.0/24"), Dst: cidr(t, "10.9.0.0/16"), IifName: "d0", OifName: "d1", Mark: 5,
				Mask: &mask,
				Tos:  0x10, UIDRange: netlink.NewRuleUIDRange(0, 0), IPProto: 6, Sport: netlink.NewRulePortRange(10, 20),
				Dport: netlink.NewRulePortRange(30, 30), SuppressIfgroup: 3, SuppressPrefixlen: 4, TunID: 77, Table: 1000,
				Flow: 1<<16 | 2, Protocol: 42, Goto: -1,
			}},
		{"-4 rule add pref 9 l3mdev", rule(func(r *netlink.Rule) { r.Priority, r.L3MDev = 9, true })},
	}
	nstest.Do(t, func() {
		before := ipRules(t)
		for _, c := range cases {
			words := strings.Fields(c.command)
			tool(t, "ip", words...)
			want := ipRules(t)
			if err := netlink.RuleAdd(&c.rule); !errors.Is(err, os.ErrExist) && c.rule.Priority >= 0 && c.rule.Goto != 0 {
				t.Errorf("%s: twice: %v", c.command, err)
			}
			if err := netlink.RuleDel(&c.rule); err != nil {
				t.Fatalf("%s: %v", c.command, err)
			}
			if got := ipRules(t); !slices.Equal(got, before) {
				// The kernel chose another priority for the second of a kind.
				if err := netlink.RuleDel(&c.rule); err != nil {
					t.Fatalf("%s: %v", c.command, err)
				}
			}
			if err := netlink.RuleAdd(&c.rule); err != nil {
				t.Errorf("%s: %v", c.command, err)
				continue
			}
			if got := ipRules(t); !slices.Equal(got, want) {
				t.Errorf("%s:\ngot  %q\nwant %q", c.command, got, want)
			}
			words[2] = "del"
			tool(t, "ip", words...)
		}
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		if err := h.RuleDel(&netlink.Rule{Table: 4711}); !errors.Is(err, os.ErrNotExist) ||
			!strings.HasPrefix(err.Error(), "rule del ip rule 0: from all to all table 4711") {
			t.Error(err)
		}
	})
}

// manyRules makes rules of all sorts with iproute2.
func manyRules(t *testing.T) {
	t.Helper()
	for _, command := range []string{
		"-4 rule add pref 100 from 10.0.0.0/24 to 10.9.0.0/16 iif d0 fwmark 0x5/0xf tos 0x10 table 1000",
		"-4 rule add pref 101 ipproto udp dport 53 uidrange 0-0 oif d1 table 100",
		"-4 rule add pref 102 goto 32766",
		"-4 rule add pref 103 not from 10.0.0.1 prohibit",
		"-4 rule add pref 104 l3mdev",
		"-4 rule add pref 105 table 300 suppress_prefixlength 0 suppress_ifgroup 4 realms 7 tun_id 9",
		"-6 rule add pref 100 from fd00::/64 table 70000",
		"-6 rule add pref 101 fwmark 9 table 70000 protocol 42",
	} {
		tool(t, "ip", strings.Fields(command)...)
	}
}

// Every rule that is listed can be deleted as it is, and added again.
func TestRuleListedCanBeDeletedAndAdded(t *testing.T) {
	nstest.Do(t, func() {
		manyRules(t)
		want := ipRules(t)
		for _, family := range []int{netlink.FAMILY_V4, netlink.FAMILY_V6} {
			rules, err := netlink.RuleList(family)
			if err != nil {
				t.Fatal(err)
			}
			streamed, err := collect(netlink.RuleSeq(family))
			if err != nil || !reflect.DeepEqual(rules, streamed) {
				t.Errorf("the stream gives %v, %v", streamed, err)
			}
			for _, r := range rules {
				if err := netlink.RuleDel(&r); err != nil {
					t.Error(err)
				}
			}
			if rest, err := netlink.RuleList(family); err != nil || len(rest) != 0 {
				t.Errorf("%v are left, %v", rest, err)
			}
			for _, r := range rules {
				if err := netlink.RuleAdd(&r); err != nil {
					t.Error(err)
				}
			}
		}
		if got := ipRules(t); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

func TestRuleListChooses(t *testing.T) {
	nstest.Do(t, func() {
		manyRules(t)
		mask := uint32(0xf)
		for name, c := range map[string]struct {
			family int
			filter *netlink.Rule
			mask   uint64
			want   []int // priorities
		}{
			"IPv6":        {netlink.FAMILY_V6, nil, 0, []int{0, 100, 101, 32766}},
			"priority":    {netlink.FAMILY_V4, &netlink.Rule{Priority: 102}, netlink.RT_FILTER_PRIORITY, []int{102}},
			"priority 0":  {netlink.FAMILY_V4, &netlink.Rule{}, netlink.RT_FILTER_PRIORITY, []int{0}},
			"table":       {netlink.FAMILY_V6, &netlink.Rule{Table: 70000}, netlink.RT_FILTER_TABLE, []int{100, 101}},
			"source":      {netlink.FAMILY_V4, &netlink.Rule{Src: cidr(t, "10.0.0.0/24")}, netlink.RT_FILTER_SRC, []int{100}},
			"destination": {netlink.FAMILY_V4, &netlink.Rule{Dst: cidr(t, "10.9.0.0/16")}, netlink.RT_FILTER_DST, []int{100}},
			"no such":     {netlink.FAMILY_V4, &netlink.Rule{Dst: cidr(t, "10.8.0.0/16")}, netlink.RT_FILTER_DST, nil},
			"links":       {netlink.FAMILY_V4, &netlink.Rule{OifName: "d1"}, netlink.RT_FILTER_OIF, []int{101}},
			"incoming":    {netlink.FAMILY_V4, &netlink.Rule{IifName: "d0"}, netlink.RT_FILTER_IIF, []int{100}},
			"mark": {netlink.FAMILY_ALL, &netlink.Rule{Mark: 5, Mask: &mask}, netlink.RT_FILTER_MARK | netlink.RT_FILTER_MASK,
				[]int{100}},
			"tos":    {netlink.FAMILY_V4, &netlink.Rule{Tos: 0x10}, netlink.RT_FILTER_TOS, []int{100}},
			"action": {netlink.FAMILY_V4, &netlink.Rule{Type: uapi.FR_ACT_PROHIBIT}, netlink.RT_FILTER_TYPE, []int{103}},
		} {
			rules, err := netlink.RuleListFiltered(c.family, c.filter, c.mask)
			var got []int
			for _, r := range rules {
				got = append(got, r.Priority)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
			}
			if streamed, err := collect(netlink.RuleSeqFiltered(c.family, c.filter, c.mask)); err != nil ||
				!reflect.DeepEqual(streamed, rules) {
				t.Errorf("%s: the stream gives %v, %v", name, streamed, err)
			}
		}
	})
}
