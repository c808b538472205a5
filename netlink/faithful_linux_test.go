package netlink_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// A listed object can be deleted, and added again unchanged. These tests make objects
// at random with all existing attributes, list them, delete each as it was
// listed, add each again, and compare what the kernel then sends byte by byte.

// seed is logged, so that a failure can be had again.
func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	t.Logf("seed %d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// words builds a command line.
type words struct {
	*rand.Rand
	w []string
}

// maybe appends one of the choices, half of the time.
func (w *words) maybe(choices ...string) bool {
	if w.IntN(2) == 0 {
		return false
	}
	w.w = append(w.w, choices[w.IntN(len(choices))])
	return true
}

// number appends a name with a number from 1 to top, half of the time.
func (w *words) number(name string, top int) {
	if w.IntN(2) == 0 {
		w.w = append(w.w, name, fmt.Sprint(1+w.IntN(top)))
	}
}

// batch has ip or bridge work on lines.
func batch(t *testing.T, lines []string, name string, options ...string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "batch")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s\n%s", name, strings.Join(lines, "\n"))
	tool(t, name, append(options, "-batch", file)...)
}

// rawDump returns the messages of a dump as the kernel sends them, without some
// attributes.
func rawDump(t *testing.T, typ uint16, header []byte, without ...uint16) []string {
	t.Helper()
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := wire.NewRequest(typ, 0)
	copy(r.Header(len(header)), header)
	var all []string
	err = c.List(context.Background(), r, func() { all = nil }, func(m wire.Message) error {
		var e wire.Encoder
		copy(e.Raw(len(header)), m.Data)
		d := wire.NewDecoderAfter(m.Data, len(header))
		for d.Next() {
			if !slices.Contains(without, d.Type()) {
				e.Data(d.Type(), d.Data())
			}
		}
		all = append(all, string(e.Bytes()))
		return d.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// kindOfObject is what faithful needs of objects of one kind.
type kindOfObject[T any] struct {
	dump func() []string // as the kernel sends it
	list func() ([]T, error)
	mine func(*T) bool // not what the kernel made itself
	del  func(*T) error
	add  func(*T) error
	// ordered objects are deleted from the last to the first, because some go with
	// one before them.
	ordered bool
}

// faithful lists what make makes, deletes it, adds it, and compares.
func faithful[T any](t *testing.T, rnd *rand.Rand, k kindOfObject[T], make func()) {
	t.Helper()
	empty := k.dump()
	make()
	before := k.dump()
	all, err := k.list()
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(v T) bool { return !k.mine(&v) })
	if want := len(before) - len(empty); len(all) != want {
		t.Errorf("%d objects are listed, there are %d", len(all), want)
	}
	order := rnd.Perm(len(all))
	if k.ordered {
		for i := range order {
			order[i] = len(all) - 1 - i
		}
	}
	want := len(before)
	for _, i := range order {
		if err := k.del(&all[i]); err != nil {
			t.Errorf("deleting %+v: %v", all[i], err)
			continue
		}
		want--
		// The kernel goes on with a dump by counting objects: one that it learns meanwhile makes it leave out another.
		left := k.dump()
		for range 2 {
			if len(left) != want {
				left = k.dump()
			}
		}
		if len(left) != want {
			t.Errorf("deleting %+v: %d objects are left, want %d", all[i], len(left), want)
			want = len(left)
		}
	}
	same(t, "after all were deleted", k.dump(), empty)
	for i := range all {
		if err := k.add(&all[i]); err != nil {
			t.Errorf("adding %+v again: %v", all[i], err)
		}
	}
	same(t, "after all were added", k.dump(), before)
}

// same compares two dumps, whatever their order is.
func same(t *testing.T, when string, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	for len(got) != 0 || len(want) != 0 {
		switch {
		case len(want) == 0 || len(got) != 0 && got[0] < want[0]:
			t.Errorf("%s there is also  %x", when, got[0])
			got = got[1:]
		case len(got) == 0 || want[0] < got[0]:
			t.Errorf("%s there is no %x", when, want[0])
			want = want[1:]
		default:
			got, want = got[1:], want[1:]
		}
	}
}

// prefix returns a random prefix of a family.
func (w *words) prefix(family string) string {
	if family == "-6" {
		return fmt.Sprintf("2001:db8:%x:%x::/%d", w.IntN(1<<16), w.IntN(1<<16), 48+16*w.IntN(2))
	}
	return fmt.Sprintf("10.%d.%d.0/24", w.IntN(256), w.IntN(256))
}

func TestListedRulesAreDeletedAndAddedFaithfully(t *testing.T) {
	for _, family := range []string{"-4", "-6"} {
		t.Run(family, func(t *testing.T) {
			nstest.Do(t, func() {
				rnd := seed(t)
				addVeth(t)
				af := map[string]int{"-4": netlink.FAMILY_V4, "-6": netlink.FAMILY_V6}[family]
				faithful(t, rnd, kindOfObject[netlink.Rule]{
					dump: func() []string {
						return rawDump(t, uapi.RTM_GETRULE, append([]byte{byte(af)}, make([]byte, uapi.SizeofFibRuleHdr-1)...))
					},
					list: func() ([]netlink.Rule, error) { return netlink.RuleList(af) },
					mine: func(r *netlink.Rule) bool { return r.Priority >= 1000 && r.Priority < 32000 },
					del:  netlink.RuleDel,
					add:  netlink.RuleAdd,
				}, func() { randomRules(t, rnd, family) })
			})
		})
	}
}

func randomRules(t *testing.T, rnd *rand.Rand, family string) {
	var lines []string
	for i := range 60 {
		w := words{Rand: rnd}
		if w.maybe("not") {
			w.w = append(w.w, "from", "all")
		}
		if w.IntN(2) == 0 {
			w.w = append(w.w, "from", w.prefix(family))
		}
		if w.IntN(2) == 0 {
			w.w = append(w.w, "to", w.prefix(family))
		}
		w.w = append(w.w, "pref", fmt.Sprint(1000+i))
		w.maybe("iif v0", "iif absent", "iif lo")
		w.maybe("oif v1", "oif absent")
		w.maybe("fwmark 5", "fwmark 0x5/0xf", "fwmark 0/0xff", "fwmark 0x7/0xffffffff")
		w.maybe("tos 0x10", "tos 0x4")
		w.maybe("ipproto tcp", "ipproto 132")
		w.maybe("sport 10-20", "sport 53")
		w.maybe("dport 30", "dport 1-65534")
		w.number("tun_id", 1<<20)
		w.number("protocol", 200)
		if w.IntN(8) == 0 && family == "-4" {
			w.w = append(w.w, "realms", "1/2")
		}
		switch w.IntN(8) {
		case 0:
			w.w = append(w.w, "goto", fmt.Sprint(2000+i))
		case 1:
			w.w = append(w.w, "blackhole")
		case 2:
			w.w = append(w.w, "unreachable")
		case 3:
			w.w = append(w.w, "prohibit")
		case 4:
			w.w = append(w.w, "l3mdev")
		case 5:
			w.w = append(w.w, "nop")
		default:
			w.w = append(w.w, "table", fmt.Sprint(1+w.IntN(100000)))
			w.maybe("suppress_prefixlength 0", "suppress_prefixlength 7")
			w.maybe("suppress_ifgroup 0", "suppress_ifgroup 3")
		}
		w.maybe("uidrange 0-0")
		lines = append(lines, "rule add "+strings.Join(w.w, " "))
	}
	batch(t, lines, "ip", family)
}

// rawRule makes a rule from the bytes of its attributes.
func rawRule(t *testing.T, family uint8, pref uint32, attrs func(*wire.Request)) error {
	t.Helper()
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := wire.NewRequest(uapi.RTM_NEWRULE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
	m := uapi.FibRuleHdr{Family: family, Table: 7, Action: uapi.FR_ACT_TO_TBL}
	m.Put(r.Header(uapi.SizeofFibRuleHdr))
	r.Uint32(uapi.FRA_PRIORITY, pref)
	attrs(r)
	return c.Do(context.Background(), r)
}

// Debian's ip does not know these selectors.
func TestNewerSelectorsOfRulesAreFaithful(t *testing.T) {
	nstest.Do(t, func() {
		nstest.Need(t, "rules with a mask of the DSCP", "6.16", rawRule(t, uapi.AF_INET6, 999, func(r *wire.Request) {
			r.Uint8(uapi.FRA_DSCP, 8)
			r.Uint8(uapi.FRA_DSCP_MASK, 0x38)
		}))
		nstest.Need(t, "rules with a mask of the DSCP", "6.16", rulesHave(t, uapi.FRA_DSCP_MASK))
		if err := netlink.RuleDel(&netlink.Rule{Priority: 999, Family: netlink.FAMILY_V6, Goto: -1, SuppressIfgroup: -1,
			SuppressPrefixlen: -1}); err != nil {
			t.Fatal(err)
		}
		for _, family := range []uint8{uapi.AF_INET, uapi.AF_INET6} {
			rnd := seed(t)
			faithful(t, rnd, kindOfObject[netlink.Rule]{
				dump: func() []string {
					return rawDump(t, uapi.RTM_GETRULE, append([]byte{family}, make([]byte, uapi.SizeofFibRuleHdr-1)...))
				},
				list: func() ([]netlink.Rule, error) { return netlink.RuleList(int(family)) },
				mine: func(r *netlink.Rule) bool { return r.Table == 7 },
				del:  netlink.RuleDel,
				add:  netlink.RuleAdd,
			}, func() {
				for name, attrs := range newerSelectors(rnd) {
					if strings.HasPrefix(name, "flow") && family == uapi.AF_INET {
						continue
					}
					// All have one preference, so nothing else distinguishes them.
					if err := rawRule(t, family, 1000, attrs); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			})
		}
	})
}

// rulesHave reports whether a rule is listed with the attribute. Older kernels let attributes pass that they do not
// know.
func rulesHave(t *testing.T, typ uint16) error {
	t.Helper()
	for _, family := range []byte{uapi.AF_INET, uapi.AF_INET6} {
		for _, text := range rawDump(t, uapi.RTM_GETRULE, append([]byte{family}, make([]byte, uapi.SizeofFibRuleHdr-1)...)) {
			for d := wire.NewDecoderAfter([]byte(text), uapi.SizeofFibRuleHdr); d.Next(); {
				if d.Type() == typ {
					return nil
				}
			}
		}
	}
	return unix.EOPNOTSUPP
}

// newerSelectors are none of them a part of another one.
func newerSelectors(rnd *rand.Rand) map[string]func(*wire.Request) {
	port := func(typ uint16, start, end uint16) func(*wire.Request) {
		return func(r *wire.Request) {
			r.Struct(typ, uapi.SizeofFibRulePortRange, &uapi.FibRulePortRange{Start: start, End: end})
		}
	}
	masked := func(typ, maskType, p, mask uint16) func(*wire.Request) {
		return func(r *wire.Request) {
			port(typ, p, p)(r)
			r.Uint16(maskType, mask)
		}
	}
	all := map[string]func(*wire.Request){
		"dscp 0":                func(r *wire.Request) { r.Uint8(uapi.FRA_DSCP, 0) },
		"sport 53":              port(uapi.FRA_SPORT_RANGE, 53, 53),
		"sport 54/0xfffe":       masked(uapi.FRA_SPORT_RANGE, uapi.FRA_SPORT_MASK, 54, 0xfffe),
		"sport 54/0xff":         masked(uapi.FRA_SPORT_RANGE, uapi.FRA_SPORT_MASK, 54, 0xff),
		"sport 100-200":         port(uapi.FRA_SPORT_RANGE, 100, 200),
		"dport 256/0xff00":      masked(uapi.FRA_DPORT_RANGE, uapi.FRA_DPORT_MASK, 256, 0xff00),
		"dport 256":             port(uapi.FRA_DPORT_RANGE, 256, 256),
		"flowlabel 0x100/0xf00": flowLabel(0x100, 0xf00),
		"flowlabel 0x100":       flowLabel(0x100, 0xfffff),
		"flowlabel 0/0xff":      flowLabel(0, 0xff),
		"flowlabel 5, to be found by its source": func(r *wire.Request) {
			flowLabel(5, 0xfffff)(r)
			r.String(uapi.FRA_IIFNAME, "absent")
		},
	}
	for range 8 {
		dscp, mask := uint8(1+rnd.IntN(63)), uint8(0x3f)
		name := fmt.Sprint("dscp ", dscp)
		if rnd.IntN(2) == 0 {
			mask = dscp | 1<<rnd.IntN(6)
		}
		all[name] = func(r *wire.Request) {
			r.Uint8(uapi.FRA_DSCP, dscp)
			r.Uint8(uapi.FRA_DSCP_MASK, mask)
		}
	}
	return all
}

func flowLabel(label, mask uint32) func(*wire.Request) {
	return func(r *wire.Request) {
		r.BE32(uapi.FRA_FLOWLABEL, label)
		r.BE32(uapi.FRA_FLOWLABEL_MASK, mask)
	}
}
