package tc

import (
	"errors"
	"iter"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// fixed is what the kernel does not change at all: queueing disciplines, most classes, and filters.
var fixed = map[string][]string{
	"qdisc": {"blackhole", "clsact", "drr", "etf", "htb", "ingress", "mq", "mqprio", "noqueue", "pfifo_fast", "sfq",
		"teql0"},
	"class":  {"cake", "cake_mq", "cbs", "dualpi2", "mq", "mqprio", "multiq", "prio", "red", "skbprio", "taprio", "tbf"},
	"filter": {"cgroup", "matchall"},
}

// What tc made is listed by the library and sent as a change as it is listed, each object by itself: tc shows what it
// showed before. Then all of it is deleted, and added as it was listed: tc shows the same again.
func TestListedIsChangedAndAddedAsItWas(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	for _, s := range slices.Concat(states, ematchStates, qdiscStates) {
		t.Run(s.name, func(t *testing.T) {
			nstest.Do(t, func() {
				setUp(t, s)
				before := shownState(t, s)
				objects := listedObjects(t)
				for _, o := range objects {
					if o.change == nil {
						continue
					}
					err := o.change()
					if o.name == "filter route" && errors.Is(err, syscall.EEXIST) {
						// 6.12.117 has them, too, and 6.12.107 does not.
						nstest.Need(t, "changes of filters of kind route", "7.3", syscall.EOPNOTSUPP)
					}
					if err != nil {
						t.Errorf("%s is not changed as it is listed: %v", o.name, err)
					}
				}
				sameState(t, s, before, "changed", func(shown string) string { return shown })
				for _, o := range objects {
					if o.remove == nil {
						continue
					}
					if err := o.remove(); err != nil {
						t.Errorf("%s: %v", o.name, err)
					}
				}
				addAll(t, objects)
				sameState(t, s, before, "added again", func(shown string) string {
					return rounded.ReplaceAllString(shown, "")
				})
			})
		})
	}
}

// listed is an object of traffic control. add is nil where its discipline has it, change where the kernel changes
// none, remove where it goes with another one.
type listed struct {
	name                string
	add, change, remove func() error
}

// one is an object of a sort and a kind.
func one[T interface{ Type() string }](sort string, v T, add, change func(T) error) listed {
	o := listed{name: sort + " " + v.Type(), add: func() error { return add(v) }}
	if !slices.Contains(fixed[sort], v.Type()) {
		o.change = func() error { return change(v) }
	}
	return o
}

// listedObjects are those of the link d0 and of the block that it shares, as the library lists them.
func listedObjects(t *testing.T) (all []listed) {
	t.Helper()
	link, err := netlink.LinkByName("d0")
	if err != nil {
		t.Fatal(err)
	}
	parents := []uint32{netlink.HANDLE_MIN_INGRESS, netlink.HANDLE_MIN_EGRESS}
	for q := range each(t, netlink.QdiscSeq(link)) {
		a := q.Attrs()
		if a.Handle == netlink.HANDLE_NONE {
			continue // the kernel has made it
		}
		o := one("qdisc", q, netlink.QdiscAdd, changeQdisc)
		if a.Parent == netlink.HANDLE_ROOT || a.Parent == netlink.HANDLE_INGRESS {
			o.remove = func() error { return netlink.QdiscDel(q) }
		}
		all = append(all, o)
		parents = append(parents, a.Handle)
		if block := a.IngressBlock; block != nil {
			all = append(all, listedFilters(t, netlink.SharedBlock(), *block)...)
		}
	}
	classes := slices.Collect(each(t, netlink.ClassSeq(link, netlink.HANDLE_NONE)))
	for _, c := range fromRoot(classes) {
		o := one("class", c, netlink.ClassReplace, netlink.ClassChange)
		if o.change == nil {
			o.add = nil
		}
		all = append(all, o)
	}
	for _, parent := range parents {
		all = append(all, listedFilters(t, link, parent)...)
	}
	return all
}

// changeQdisc sends a change without what the kernel cannot change, or rounds down each time it is told what it told.
// A schedule of taprio that is sent is another one, which follows on the one that is there.
func changeQdisc(q netlink.Qdisc) error {
	switch was := q.(type) {
	case *netlink.Codel:
		q := *was
		q.CEThreshold = nil
		return netlink.QdiscChange(&q)
	case *netlink.FqCodel:
		q := *was
		q.Flows, q.CEThreshold = 0, 0
		return netlink.QdiscChange(&q)
	case *netlink.FqPie:
		q := *was
		q.Flows = 0
		return netlink.QdiscChange(&q)
	case *netlink.Dualpi2:
		q := *was
		q.Alpha, q.Beta = nil, nil
		return netlink.QdiscChange(&q)
	case *netlink.Taprio:
		return nil
	}
	return netlink.QdiscChange(q)
}

// rounded is what the kernel rounds down each time, or takes by changes only: the queues of gred.
var rounded = regexp.MustCompile(`ce_threshold 99\dus|alpha [0-9.]+ beta [0-9.]+|(?m)^ vq .*\n`)

// fromRoot has classes behind those that they are part of: the kernel adds one whose parent is not there to the root.
func fromRoot(classes []netlink.Class) (all []netlink.Class) {
	placed := map[uint32]bool{netlink.HANDLE_ROOT: true}
	for len(all) < len(classes) {
		before := len(all)
		for _, c := range classes {
			if a := c.Attrs(); !placed[a.Handle] && (placed[a.Parent] || uint16(a.Parent) == 0) {
				placed[a.Handle] = true
				all = append(all, c)
			}
		}
		if len(all) == before {
			return classes
		}
	}
	return all
}

// listedFilters are filters, the last one first: the kernel puts each before the others.
func listedFilters(t *testing.T, link netlink.Link, parent uint32) (all []listed) {
	for f := range each(t, netlink.FilterSeq(link, parent)) {
		unshare(f)
		o := one("filter", f, netlink.FilterAdd, netlink.FilterChange)
		if u, ok := f.(*netlink.U32); ok && u.Sel == nil {
			o.change = nil // a hash table
		}
		all = append(all, o)
	}
	slices.Reverse(all)
	return all
}

// unshare has a filter get actions of its own: for an index that it has, the kernel takes the action as it is.
func unshare(f netlink.Filter) {
	v := reflect.ValueOf(f).Elem()
	if list := v.FieldByName("Actions"); list.IsValid() {
		for _, a := range list.Interface().([]netlink.Action) {
			a.Attrs().Index = 0
		}
	}
	if police := v.FieldByName("Police"); police.IsValid() && !police.IsNil() {
		police.Interface().(netlink.Action).Attrs().Index = 0
	}
}

func each[T any](t *testing.T, objects iter.Seq2[T, error]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for o, err := range objects {
			if err != nil {
				t.Error(err)
				return
			}
			if !yield(o) {
				return
			}
		}
	}
}

// addAll adds objects, those first that others need.
func addAll(t *testing.T, objects []listed) {
	t.Helper()
	for len(objects) > 0 {
		var left []listed
		var last error
		for _, o := range objects {
			if o.add == nil {
				continue
			}
			if err := o.add(); err != nil && !errors.Is(err, syscall.EEXIST) {
				left, last = append(left, o), err
			}
		}
		if len(left) == len(objects) {
			t.Errorf("%d are not added as they are listed, such as %s: %v", len(left), left[len(left)-1].name, last)
			return
		}
		objects = left
	}
}

var keptShows = []string{"-d qdisc show dev d0", "-d class show dev d0", "-d filter show dev d0",
	"-d filter show dev d0 ingress", "-d filter show dev d0 egress"}

// identity is which action it is, and how often it is referred to: that of a filter as it was goes later.
var identity = regexp.MustCompile(`index \d+|ref \d+ bind \d+|police 0x[0-9a-f]+`)

// keptOf are the commands that show a state; one of its actions by themselves shows those that go later, too.
func keptOf(s state) []string {
	return slices.DeleteFunc(slices.Concat(keptShows, s.show), func(show string) bool {
		return strings.HasPrefix(show, "actions ")
	})
}

func shownState(t *testing.T, s state) (all []string) {
	for _, show := range keptOf(s) {
		shown := still(clitest.Peer(t, clitest.Words(t, show)...).Out)
		all = append(all, identity.ReplaceAllString(shown, ""))
	}
	return all
}

func sameState(t *testing.T, s state, before []string, how string, exact func(string) string) {
	t.Helper()
	for i, after := range shownState(t, s) {
		if exact(after) != exact(before[i]) {
			t.Errorf("%s, tc %s shows\n%s\nand before\n%s", how, keptOf(s)[i], after,
				strings.TrimSpace(before[i]))
		}
	}
}
