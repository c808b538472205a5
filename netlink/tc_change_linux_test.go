package netlink_test

import (
	"errors"
	"fmt"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// changedCases are queueing disciplines and classes that tc makes with all that they can have, and one change.
var changedCases = []struct {
	name     string
	commands string
	change   func(v any) bool // false: it is not the one that is to be changed
}{
	{"pfifo", "qdisc add dev DEV root handle 1: pfifo limit 77", func(v any) bool {
		q, ok := v.(*netlink.Pfifo)
		return ok && set(&q.Limit, new(uint32(78)))
	}},
	{"tbf", "qdisc add dev DEV root handle 1: tbf rate 1mbit burst 5000 limit 7000 peakrate 7mbit minburst 1540 " +
		"overhead 14 mpu 64", func(v any) bool {
		q, ok := v.(*netlink.Tbf)
		return ok && set(&q.Limit, 8000)
	}},
	{"size table", "qdisc add dev DEV stab linklayer atm overhead -4 mpu 64 mtu 9000 tsize 256 root handle 1: bfifo " +
		"limit 7777",
		func(v any) bool {
			q, ok := v.(*netlink.Bfifo)
			return ok && set(&q.Limit, new(uint32(7778)))
		}},
	{"prio", "qdisc add dev DEV root handle 1: prio bands 4 priomap 3 2 1 0 3 2 1 0 1 1 1 1 1 1 1 1", func(v any) bool {
		q, ok := v.(*netlink.Prio)
		return ok && set(&q.PriorityMap[5], 3)
	}},
	{"fq", "qdisc add dev DEV root handle 1: fq limit 5000 flow_limit 50 quantum 3000 initial_quantum 15000 maxrate " +
		"10mbit nopacing refill_delay 50ms low_rate_threshold 1mbit orphan_mask 511 timer_slack 20us horizon 5s " +
		"horizon_cap ce_threshold 2ms", func(v any) bool {
		q, ok := v.(*netlink.Fq)
		return ok && set(&q.Quantum, 4000)
	}},
	{"netem", "qdisc add dev DEV root handle 1: netem delay 20ms 1ms 12% loss 23% 8% duplicate 1% 2% reorder 5% 7% " +
		"gap 3 " +
		"corrupt 2% 3% rate 1mbit 10 100 5 slot 1ms 2ms packets 4 bytes 5000 ecn limit 90", func(v any) bool {
		q, ok := v.(*netlink.Netem)
		return ok && set(&q.Limit, 91)
	}},
	{"red", "qdisc add dev DEV root handle 1: red limit 60000 min 4000 max 12000 avpkt 1000 burst 10 probability 0.05 " +
		"ecn",
		func(v any) bool {
			q, ok := v.(*netlink.Red)
			return ok && set(&q.Limit, 61000)
		}},
	{"choke", "qdisc add dev DEV root handle 1: choke limit 1000 min 83 max 250 burst 125 avpkt 1000 bandwidth 10mbit " +
		"ecn", func(v any) bool {
		q, ok := v.(*netlink.Choke)
		return ok && set(&q.Limit, 999)
	}},
	{"pie", "qdisc add dev DEV root handle 1: pie limit 100 target 20ms tupdate 30ms alpha 3 beta 25 ecn bytemode",
		func(v any) bool {
			q, ok := v.(*netlink.Pie)
			return ok && set(&q.Limit, 101)
		}},
	{"hhf", "qdisc add dev DEV root handle 1: hhf limit 900 quantum 2000 hh_limit 500 reset_timeout 50ms " +
		"admit_bytes 100000 evict_timeout 2s non_hh_weight 4", func(v any) bool {
		q, ok := v.(*netlink.Hhf)
		return ok && set(&q.Limit, 901)
	}},
	{"cake", "qdisc add dev DEV root handle 1: cake bandwidth 100mbit diffserv4 dual-srchost nat wash ack-filter " +
		"rtt 50ms memlimit 4mb fwmark 0xff overhead 18 mpu 64 ingress no-split-gso", func(v any) bool {
		q, ok := v.(*netlink.Cake)
		return ok && set(&q.Memory, 5<<20)
	}},
	{"skbprio", "qdisc add dev DEV root handle 1: skbprio limit 90", func(v any) bool {
		q, ok := v.(*netlink.Skbprio)
		return ok && set(&q.Limit, new(uint32(91)))
	}},
	{"ets", "qdisc add dev DEV root handle 1: ets bands 5 strict 2 quanta 3000 4000 5000 priomap 4 3 2 1 0 1 2 3",
		func(v any) bool {
			q, ok := v.(*netlink.Ets)
			return ok && set(&q.PriorityMap[1], 4)
		}},
	{"class of htb", `qdisc add dev DEV root handle 1: htb
class add dev DEV parent 1: classid 1:1 htb rate 50gbit ceil 60gbit burst 1mb cburst 2mb prio 3 quantum 3000`,
		func(v any) bool {
			c, ok := v.(*netlink.HtbClass)
			return ok && set(&c.Prio, 4)
		}},
	{"class of hfsc", `qdisc add dev DEV root handle 1: hfsc
class add dev DEV parent 1: classid 1:1 hfsc rt m1 1mbit d 10ms m2 500kbit ls m1 2mbit d 20ms m2 1mbit ul m2 5mbit`,
		func(v any) bool {
			c, ok := v.(*netlink.HfscClass)
			return ok && c.Handle == netlink.MakeHandle(1, 1) && set(&c.Usc, netlink.NewServiceCurve(0, 0, 6000000))
		}},
	{"class of qfq", `qdisc add dev DEV root handle 1: qfq
class add dev DEV parent 1: classid 1:1 qfq weight 10 maxpkt 1500`, func(v any) bool {
		c, ok := v.(*netlink.QfqClass)
		return ok && set(&c.Weight, 11)
	}},
}

// set changes a field, and says that it was done.
func set[T any](field *T, v T) bool {
	*field = v
	return true
}

// What is listed, changed in one thing and sent as a change has the rest as before.
func TestChangedQdiscsAndClassesKeepTheRest(t *testing.T) {
	for _, c := range changedCases {
		t.Run(c.name, func(t *testing.T) {
			withLink(t, func(int) {
				for command := range strings.Lines(c.commands) {
					makeOrSkip(t, strings.Fields(command))
				}
				want := counterless(listed(t))
				at := slices.IndexFunc(want, c.change)
				if at < 0 {
					t.Fatalf("there are %+v", want)
				}
				change(t, want[at], netlink.QdiscChange, netlink.ClassChange)
				for i, got := range counterless(listed(t)) {
					sameAll(t, got, want[i])
				}
			})
		})
	}
}

// sameAll compares all fields of what two pointers refer to.
func sameAll(t *testing.T, got, want any) {
	t.Helper()
	if reflect.TypeOf(got) != reflect.TypeOf(want) {
		t.Errorf("it is %T, want %T", got, want)
		return
	}
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range w.NumField() {
		f := w.Type().Field(i)
		switch {
		case f.Name == "Actions":
			sameActions(t, g.Field(i).Interface().([]netlink.Action), w.Field(i).Interface().([]netlink.Action))
		case f.Anonymous:
			sameAll(t, g.Field(i).Addr().Interface(), w.Field(i).Addr().Interface())
		case f.Name == "Police" && !w.Field(i).IsNil():
			sameAll(t, g.Field(i).Interface(), w.Field(i).Interface())
		case !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()):
			t.Errorf("%s of %s is %+v, want %+v", f.Name, w.Type(), reflect.Indirect(g.Field(i)), reflect.Indirect(w.Field(i)))
		}
	}
}

func sameActions(t *testing.T, got, want []netlink.Action) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("there are %d actions, want %d", len(got), len(want))
		return
	}
	for i := range want {
		sameAll(t, got[i], want[i])
	}
}

// makeOrSkip runs tc, and skips what this kernel has not.
func makeOrSkip(t *testing.T, words []string) {
	t.Helper()
	out, err := exec.Command("tc", words...).CombinedOutput()
	if err != nil && strings.Contains(string(out), "kind is unknown") {
		nstest.Need(t, "queueing discipline "+t.Name(), "", unix.EOPNOTSUPP)
	}
	if err != nil {
		t.Fatalf("tc %q: %v: %s", words, err, out)
	}
}

// counterless takes away what changes by itself, here and in what they refer to.
func counterless(all []any) []any {
	for _, v := range all {
		switch v := v.(type) {
		case netlink.Qdisc:
			v.Attrs().Statistics, v.Attrs().Xstats = nil, nil
		case netlink.Class:
			v.Attrs().Statistics, v.Attrs().Xstats = nil, nil
		}
	}
	return all
}

// The same of filters: of those that have a class, it is changed.
func TestChangedFiltersKeepTheRest(t *testing.T) {
	const class = 0x10077
	changed := 0
	for _, c := range slices.Concat(filterCases, ematchCases, actionCases) {
		t.Run(c.name, func(t *testing.T) {
			withLink(t, func(link int) {
				addClsact(t, link)
				addFilter(t, c.make(netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_INGRESS, Priority: 10,
					Protocol: unix.ETH_P_IP}, link))
				want := ingressFilters(t)
				field := reflect.ValueOf(want[0]).Elem().FieldByName("ClassId")
				if !field.IsValid() {
					return // TestChangedActionsKeepTheRest has it
				}
				if want[0].Type() == "matchall" {
					return // the kernel refuses to change these
				}
				field.SetUint(class)
				err := netlink.FilterChange(want[0])
				if want[0].Type() == "route" && errors.Is(err, unix.EEXIST) {
					// 6.12.117 has them, too, and 6.12.107 does not.
					nstest.Need(t, "changes of filters of kind route", "7.3", unix.EOPNOTSUPP)
				}
				if err != nil {
					t.Fatal(err)
				}
				sameAll(t, unreferred(ingressFilters(t))[0], unreferred(want)[0])
				changed++
			})
		})
	}
	if changed == 0 {
		t.Error("none was changed")
	}
}

// unreferred takes away how often actions are referred to: that of the filter as it was goes later.
func unreferred(all []netlink.Filter) []netlink.Filter {
	for _, f := range all {
		actions := actionsOf(f)
		if p := reflect.ValueOf(f).Elem().FieldByName("Police"); p.IsValid() && !p.IsNil() {
			actions = append(actions, p.Interface().(netlink.Action))
		}
		for _, a := range actions {
			a.Attrs().Refcnt, a.Attrs().Bindcnt = 0, 0
		}
	}
	return all
}

// actionsOf are a filter's actions.
func actionsOf(f netlink.Filter) []netlink.Action {
	list := reflect.ValueOf(f).Elem().FieldByName("Actions")
	if !list.IsValid() {
		return nil
	}
	return slices.Clone(list.Interface().([]netlink.Action))
}

// The same of actions: what becomes of the packet is changed, and the cookie.
func TestChangedActionsKeepTheRest(t *testing.T) {
	changed := 0
	for _, c := range slices.Concat(filterCases, ematchCases, actionCases) {
		t.Run(c.name, func(t *testing.T) {
			withLink(t, func(link int) {
				addClsact(t, link)
				addFilter(t, c.make(netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_INGRESS, Priority: 10,
					Protocol: unix.ETH_P_IP}, link))
				want := ingressFilters(t)
				for i, a := range actionsOf(want[0]) {
					a.Attrs().Cookie = "changed"
					if generic, ok := a.(*netlink.GenericAction); ok {
						generic.Chain = 0 // only actions of filters go to another one
					}
					if a.Type() != "police" { // it has two of another type
						a.Attrs().Action = netlink.TC_ACT_RECLASSIFY
					}
					changed++
					if err := netlink.ActionChange(a); err != nil {
						nstest.Need(t, "actions of traffic control", "", fmt.Errorf("action %d: %w", i, err))
					}
				}
				sameAll(t, ingressFilters(t)[0], want[0])
			})
		})
	}
	if changed == 0 {
		t.Error("none was changed")
	}
}
