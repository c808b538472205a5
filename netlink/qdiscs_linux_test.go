package netlink_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/unix"
)

// qdiscCases are queueing disciplines and classes as tc makes them, and as values. DEV is the link.
var qdiscCases = []struct {
	name     string
	commands string // one a line
	make     func(link int) []any
}{
	{"clsact", "qdisc add dev DEV clsact", func(link int) []any {
		return []any{&netlink.Clsact{QdiscAttrs: at(link, 0xffff, netlink.HANDLE_CLSACT)}}
	}},
	{"clsact with blocks", "qdisc add dev DEV ingress_block 21 egress_block 22 clsact", func(link int) []any {
		q := &netlink.Clsact{QdiscAttrs: at(link, 0xffff, netlink.HANDLE_CLSACT)}
		q.IngressBlock, q.EgressBlock = new(uint32(21)), new(uint32(22))
		return []any{q}
	}},
	{"ingress", "qdisc add dev DEV ingress", func(link int) []any {
		return []any{&netlink.Ingress{QdiscAttrs: at(link, 0xffff, netlink.HANDLE_INGRESS)}}
	}},
	{"pfifo_fast", "qdisc add dev DEV root handle 1: pfifo_fast", func(link int) []any {
		return []any{&netlink.PfifoFast{QdiscAttrs: root(link)}}
	}},
	{"pfifo", "qdisc add dev DEV root handle 1: pfifo limit 77", func(link int) []any {
		return []any{&netlink.Pfifo{QdiscAttrs: root(link), Limit: new(uint32(77))}}
	}},
	{"table of sizes", "qdisc add dev DEV stab linklayer atm overhead 10 mpu 64 mtu 70000 tsize 1000 root handle 1: " +
		"pfifo limit 77", func(link int) []any {
		q := &netlink.Pfifo{QdiscAttrs: root(link), Limit: new(uint32(77))}
		q.SizeTable = &netlink.SizeTable{Overhead: 10, LinkLayer: nl.LINKLAYER_ATM, MPU: 64, MTU: 70000, TSize: 1000}
		return []any{q}
	}},
	{"overhead", "qdisc add dev DEV stab overhead -4 root handle 1: pfifo limit 77", func(link int) []any {
		q := &netlink.Pfifo{QdiscAttrs: root(link), Limit: new(uint32(77))}
		q.SizeTable = &netlink.SizeTable{Overhead: -4}
		return []any{q}
	}},
	{"tbf", "qdisc add dev DEV root handle 1: tbf rate 10mbit burst 5000 limit 7000", func(link int) []any {
		return []any{&netlink.Tbf{QdiscAttrs: root(link), Rate: 1250000, Limit: 7000, Burst: 5000}}
	}},
	{"tbf in ticks", "qdisc add dev DEV root handle 1: tbf rate 10mbit burst 5000 limit 7000", func(link int) []any {
		return []any{&netlink.Tbf{QdiscAttrs: root(link), Rate: 1250000, Limit: 7000,
			Buffer: netlink.Xmittime(1250000, 5000)}}
	}},
	{"tbf with peak", "qdisc add dev DEV root handle 1: tbf rate 1mbit burst 5000 limit 7000 peakrate 7mbit minburst " +
		"1540 overhead 14 mpu 64", func(link int) []any {
		return []any{&netlink.Tbf{QdiscAttrs: root(link), Rate: 125000, Limit: 7000, Burst: 5000, Peakrate: 875000,
			Minburst: 1540, Overhead: 14, Mpu: 64}}
	}},
	{"tbf above 32 bits", "qdisc add dev DEV root handle 1: tbf rate 34359738368bit burst 500000 limit 7000 peakrate " +
		"68719476736bit minburst 9000", func(link int) []any {
		return []any{&netlink.Tbf{QdiscAttrs: root(link), Rate: 1 << 32, Limit: 7000, Burst: 500000, Peakrate: 1 << 33,
			Minburst: 9000}}
	}},
	{"prio", "qdisc add dev DEV root handle 1: prio", func(link int) []any { return []any{netlink.NewPrio(root(link))} }},
	{"prio with bands", "qdisc add dev DEV root handle 1: prio bands 4 priomap 3 2 1 0 3 2 1 0 3 2 1 0 3 2 1 0",
		func(link int) []any {
			p := netlink.NewPrio(root(link))
			p.Bands = 4
			for i := range p.PriorityMap {
				p.PriorityMap[i] = uint8(3 - i%4)
			}
			return []any{p}
		}},
	{"fq", "qdisc add dev DEV root handle 1: fq", func(link int) []any { return []any{netlink.NewFq(root(link))} }},
	{"fq with everything", "qdisc add dev DEV root handle 1: fq limit 5000 flow_limit 50 " +
		"quantum 4000 initial_quantum 9000 maxrate 80mbit buckets 512 " +
		"nopacing refill_delay 80ms low_rate_threshold 1mbit orphan_mask 255 ce_threshold 4ms timer_slack 20us horizon " +
		"5s horizon_cap " +
		"bands 3 priomap 2 1 0 2 1 0 2 1 0 2 1 0 2 1 0 2", func(link int) []any {
		return []any{&netlink.Fq{QdiscAttrs: root(link), PacketLimit: 5000, FlowPacketLimit: 50, Quantum: 4000,
			InitialQuantum: 9000, FlowMaxRate: 10000000,
			Buckets: 9, FlowRefillDelay: 80000, LowRateThreshold: 125000, OrphanMask: 255, CEThreshold: new(uint32(4000)),
			TimerSlack: new(uint32(20000)),
			Horizon:    5000000, HorizonDropPolicy: netlink.HORIZON_DROP_POLICY_CAP,
			PriorityMap: &netlink.FqPriorityMap{2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2}}}
	}},
	{"fq with weights", "qdisc add dev DEV root handle 1: fq weights 600000 200000 70000", func(link int) []any {
		q := netlink.NewFq(root(link))
		q.Weights = &[netlink.FqBands]uint32{600000, 200000, 70000}
		return []any{q}
	}},
	{"fq_codel", "qdisc add dev DEV root handle 1: fq_codel",
		func(link int) []any { return []any{netlink.NewFqCodel(root(link))} }},
	{"fq_codel with everything", "qdisc add dev DEV root handle 1: fq_codel limit 2000 flows 512 target 8ms interval " +
		"60ms quantum 500 noecn ce_threshold 2ms " +
		"memory_limit 4000000 drop_batch 16 ce_threshold_selector 0x1/0x3", func(link int) []any {
		return []any{&netlink.FqCodel{QdiscAttrs: root(link), Limit: 2000, Flows: 512, Target: 8000, Interval: 60000,
			Quantum: 500, CEThreshold: 2000,
			MemoryLimit: 4000000, DropBatchSize: 16, CESelector: 1, CEMask: 3}}
	}},
	{"sfq", "qdisc add dev DEV root handle 1: sfq",
		func(link int) []any { return []any{&netlink.Sfq{QdiscAttrs: root(link)}} }},
	{"sfq with everything", "qdisc add dev DEV root handle 1: sfq limit 900 perturb 10 quantum 3000 divisor 512 flows " +
		"100 depth 60 headdrop " +
		"redflowlimit 100000 min 8000 max 60000 probability 0.2 ecn harddrop", func(link int) []any {
		return []any{&netlink.Sfq{QdiscAttrs: root(link), Limit: 900, Perturb: 10, Quantum: 3000, Divisor: 512, Flows: 100,
			Depth: 60, HeadDrop: true,
			Red: &netlink.SfqRed{Min: 8000, Max: 60000, Wlog: 6, Plog: 18, Flags: 3, MaxProbability: 0x33333333}}}
	}},
	{"netem", "qdisc add dev DEV root handle 1: netem delay 20ms 1ms 12% loss 23% 8% duplicate 14% reorder 24% 50% " +
		"corrupt 10% 10% rate 80mbit", func(link int) []any {
		return []any{netlink.NewNetem(root(link),
			netlink.NetemQdiscAttrs{Latency: 20000, Jitter: 1000, DelayCorr: 12, Loss: 23, LossCorr: 8, Duplicate: 14,
				ReorderProb: 24, ReorderCorr: 50, CorruptProb: 10, CorruptCorr: 10, Rate64: 10000000})}
	}},
	{"netem that is long", "qdisc add dev DEV root handle 1: netem delay 1000s 2s limit 5", func(link int) []any {
		return []any{netlink.NewNetem(root(link), netlink.NetemQdiscAttrs{Latency: 1000000000, Jitter: 2000000, Limit: 5})}
	}},
	{"netem of nanoseconds", "qdisc add dev DEV root handle 1: netem delay 1001ns rate 80gbit 10 100 -3 loss gemodel " +
		"1% 10% 70% 0.1% ecn slot 800us 1000us packets 32 bytes 6400", func(link int) []any {
		return []any{&netlink.Netem{QdiscAttrs: root(link), Limit: 1000, Latency64: 1001, Rate64: 1e10, PacketOverhead: 10,
			CellSize: 100, CellOverhead: -3, ECN: true,
			LossGE: &netlink.NetemLossGE{P: 42949673, R: 429496730, H: 1288490189, K1: 4294967},
			Slot:   &netlink.NetemSlot{MinDelay: 800000, MaxDelay: 1000000, MaxPackets: 32, MaxBytes: 6400}}}
	}},
	{"netem of four states", "qdisc add dev DEV root handle 1: netem loss state 10% 20% 30% 40% 50%",
		func(link int) []any {
			return []any{&netlink.Netem{QdiscAttrs: root(link), Limit: 1000,
				LossGI: &netlink.NetemLossGI{P13: 429496730, P31: 858993459, P32: 1288490189, P14: math.MaxInt32 + 1,
					P23: 1717986918}}}
		}},
	{"htb", `qdisc add dev DEV root handle 1: htb default 12 r2q 20 direct_qlen 50
		class add dev DEV parent 1: classid 1:1 htb rate 100mbit
		class add dev DEV parent 1:1 classid 1:10 htb rate 10mbit ceil 50mbit burst 20000 cburst 30000 prio 3 quantum 4000
		class add dev DEV parent 1:1 classid 1:11 htb rate 10mbit overhead 18 mpu 64 linklayer atm
		class add dev DEV parent 1:1 classid 1:12 htb rate 40gbit ceil 100gbit burst 400000b cburst 3000000b
		qdisc add dev DEV parent 1:10 handle 10: tbf rate 1mbit burst 5000 limit 7000`, func(link int) []any {
		q := netlink.NewHtb(root(link))
		q.Defcls, q.Rate2Quantum, q.DirectQlen = 0x12, 20, new(uint32(50))
		class := func(parent, minor uint16, a netlink.HtbClassAttrs) *netlink.HtbClass {
			return netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: link, Parent: netlink.MakeHandle(1, parent),
				Handle: netlink.MakeHandle(1, minor)}, a)
		}
		atm := class(1, 0x11, netlink.HtbClassAttrs{Rate: 1e7})
		atm.Overhead, atm.Mpu, atm.LinkLayer = 18, 64, 2
		return []any{q, class(0, 1, netlink.HtbClassAttrs{Rate: 1e8}),
			class(1, 0x10, netlink.HtbClassAttrs{Rate: 1e7, Ceil: 5e7, Buffer: 20000, Cbuffer: 30000, Prio: 3, Quantum: 4000}),
			atm,
			class(1, 0x12, netlink.HtbClassAttrs{Rate: 4e10, Ceil: 1e11, Buffer: 400000, Cbuffer: 3000000}),
			&netlink.Tbf{QdiscAttrs: at(link, 0x10, netlink.MakeHandle(1, 0x10)), Rate: 125000, Limit: 7000, Burst: 5000}}
	}},
	{"hfsc", `qdisc add dev DEV root handle 1: hfsc default 2
		class add dev DEV parent 1: classid 1:1 hfsc sc m1 8mbit d 10ms m2 16mbit ul rate 80mbit
		class add dev DEV parent 1:1 classid 1:2 hfsc ls rate 16gbit`, func(link int) []any {
		q := netlink.NewHfsc(root(link))
		q.Defcls = 2
		one := netlink.NewHfscClass(netlink.ClassAttrs{LinkIndex: link, Parent: netlink.MakeHandle(1, 0),
			Handle: netlink.MakeHandle(1, 1)})
		one.SetSC(8e6, 10000, 16e6)
		one.SetUL(0, 0, 80e6)
		two := netlink.NewHfscClass(netlink.ClassAttrs{LinkIndex: link, Parent: netlink.MakeHandle(1, 1),
			Handle: netlink.MakeHandle(1, 2)})
		two.Fsc = netlink.NewServiceCurve(0, 0, 16e9)
		return []any{q, one, two}
	}},
	{"drr", `qdisc add dev DEV root handle 1: drr
		class add dev DEV parent 1: classid 1:1 drr`, func(link int) []any {
		return []any{&netlink.Drr{QdiscAttrs: root(link)},
			&netlink.DrrClass{ClassAttrs: netlink.ClassAttrs{LinkIndex: link, Parent: netlink.MakeHandle(1, 0),
				Handle: netlink.MakeHandle(1, 1)}}}
	}},
}

func at(link int, major uint16, parent uint32) netlink.QdiscAttrs {
	return netlink.QdiscAttrs{LinkIndex: link, Handle: netlink.MakeHandle(major, 0), Parent: parent}
}

func root(link int) netlink.QdiscAttrs { return at(link, 1, netlink.HANDLE_ROOT) }

// tcShows is what tc shows of a link's queueing disciplines and classes.
func tcShows(t *testing.T) string {
	t.Helper()
	var list []map[string]any
	text := ""
	// of hfsc it is none
	if json.Unmarshal(tool(t, "tc", "-j", "-d", "-s", "qdisc", "show", "dev", "DEV"), &list) != nil {
		text = string(tool(t, "tc", "-d", "-s", "qdisc", "show", "dev", "DEV"))
	}
	// Older versions of tc have no JSON of classes.
	all := strings.Split(string(tool(t, "tc", "-d", "-s", "class", "show", "dev", "DEV")), "\n")
	for _, o := range list {
		if options, ok := o["options"].(map[string]any); ok {
			delete(options, "seed") // random
		}
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(b))
	}
	all = append(all, text)
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// withLink calls fn in a namespace that has a link DEV without a queue.
func withLink(t *testing.T, fn func(link int)) {
	t.Helper()
	nstest.Do(t, func() {
		a := netlink.NewLinkAttrs()
		a.Name = "DEV"
		l := &netlink.Ifb{LinkAttrs: a}
		if err := netlink.LinkAdd(l); err != nil {
			nstest.Need(t, "ifb links", "", err)
		}
		fn(l.Index)
	})
}

// change calls the function for a queueing discipline or for a class.
func change(t *testing.T, v any, qdisc func(netlink.Qdisc) error, class func(netlink.Class) error) {
	t.Helper()
	var err error
	switch v := v.(type) {
	case netlink.Qdisc:
		err = qdisc(v)
		if errors.Is(err, os.ErrNotExist) {
			nstest.Need(t, "queueing discipline "+v.Type(), "", unix.EOPNOTSUPP)
		}
	case netlink.Class:
		err = class(v)
	}
	if err != nil {
		t.Fatalf("%+v: %v", v, err)
	}
}

// needsBandsOfFq skips a test of fq's bands on a kernel that has none. Older ones do not refuse them: they let
// attributes of fq pass that they do not know.
func needsBandsOfFq(t *testing.T, name string) {
	t.Helper()
	if name != "fq with everything" && name != "fq with weights" {
		return
	}
	for _, v := range listed(t) {
		if q, ok := v.(*netlink.Fq); ok && q.PriorityMap == nil {
			nstest.Need(t, "bands of fq", "6.7", unix.EOPNOTSUPP)
		}
	}
}

func TestQdiscsAreThoseOfTc(t *testing.T) {
	for _, c := range qdiscCases {
		t.Run(c.name, func(t *testing.T) {
			var want, got string
			withLink(t, func(link int) {
				for _, v := range c.make(link) {
					change(t, v, netlink.QdiscAdd, netlink.ClassAdd)
				}
				got = tcShows(t)
				needsBandsOfFq(t, c.name)
				readsWhatWasMade(t, link, c.make(link))
				changesNothing(t)
				if again := tcShows(t); again != got {
					t.Errorf("what is read and sent again changes\n%s\nto\n%s", got, again)
				}
			})
			withLink(t, func(int) {
				for command := range strings.Lines(c.commands) {
					makeByTc(t, strings.Fields(command))
				}
				want = tcShows(t)
			})
			if got != want {
				t.Errorf("ours\n%s\ntc's\n%s", got, want)
			}
		})
	}
}

// makeByTc runs a command of tc. Some versions of it lose the first of the weights of fq.
func makeByTc(t *testing.T, words []string) {
	t.Helper()
	out, err := exec.Command("tc", words...).CombinedOutput()
	for says, lacks := range tcLacks {
		if bytes.Contains(out, []byte(says)) {
			t.Skipf("the installed tc %s: %s", lacks, firstLine(out))
		}
	}
	if err != nil {
		t.Fatalf("tc %q: %v: %s", words, err, out)
	}
}

// tcLacks is what older versions of tc answer to words that newer ones know.
var tcLacks = map[string]string{
	`Not enough elements in weights`: "loses the first weight of fq",
	`What is "bands"?`:               "has no bands of fq",
	`What is "weights"?`:             "has no weights of fq",
	`Illegal "latency"`:              "has no latency of netem in nanoseconds, and none of over 274 seconds",
}

func firstLine(out []byte) []byte {
	line, _, _ := bytes.Cut(out, []byte("\n"))
	return line
}

// listed are the queueing disciplines and classes of the link.
func listed(t *testing.T) (all []any) {
	t.Helper()
	link, err := netlink.LinkByName("DEV")
	if err != nil {
		t.Fatal(err)
	}
	qdiscs, err := netlink.QdiscList(link)
	if err != nil {
		t.Fatal(err)
	}
	streamed, err := collect(netlink.QdiscSeq(link))
	if err != nil || len(streamed) != len(qdiscs) {
		t.Errorf("the stream gives %v, %v", streamed, err)
	}
	classes, err := netlink.ClassList(link, netlink.HANDLE_NONE)
	if err != nil {
		t.Fatal(err)
	}
	some, err := collect(netlink.ClassSeq(link, netlink.HANDLE_NONE))
	if err != nil || len(some) != len(classes) {
		t.Errorf("the stream gives %v, %v", some, err)
	}
	for _, q := range qdiscs {
		all = append(all, q)
	}
	for _, c := range classes {
		all = append(all, c)
	}
	return all
}

// readsWhatWasMade compares what is set in the values with what is read.
func readsWhatWasMade(t *testing.T, link int, made []any) {
	t.Helper()
	have := map[string]any{}
	for _, v := range listed(t) {
		switch v := v.(type) {
		case netlink.Qdisc:
			have[fmt.Sprint("qdisc ", v.Attrs().Handle)] = v
			if v.Attrs().LinkIndex != link || v.Attrs().Statistics == nil || v.Attrs().Refcnt == 0 {
				t.Errorf("%+v", v.Attrs())
			}
		case netlink.Class:
			have[fmt.Sprint("class ", v.Attrs().Handle)] = v
			if v.Attrs().LinkIndex != link || v.Attrs().Statistics == nil {
				t.Errorf("%+v", v.Attrs())
			}
		}
	}
	for _, v := range made {
		key := ""
		switch v := v.(type) {
		case netlink.Qdisc:
			key = fmt.Sprint("qdisc ", v.Attrs().Handle)
		case netlink.Class:
			key = fmt.Sprint("class ", v.Attrs().Handle)
		}
		got, ok := have[key]
		if !ok || reflect.TypeOf(got) != reflect.TypeOf(v) {
			t.Errorf("%s is read as %T", key, got)
			continue
		}
		sameSet(t, got, v)
	}
}

// notRead are fields that are only sent, or that the kernel keeps in another unit.
var notRead = []string{"Tbf.Burst", "Tbf.Minburst", "Htb.Version", "Fq.HorizonDropPolicy", "FqCodel.Target",
	"FqCodel.Interval", "FqCodel.CEThreshold", "ClassAttrs.Parent"}

// sameSet compares the fields that are set in want.
func sameSet(t *testing.T, got, want any) {
	t.Helper()
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range w.NumField() {
		f := w.Type().Field(i)
		switch {
		case w.Field(i).IsZero() || slices.Contains(notRead, w.Type().Name()+"."+f.Name):
		case f.Anonymous:
			sameSet(t, g.Field(i).Addr().Interface(), w.Field(i).Addr().Interface())
		case !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()):
			t.Errorf("%s of %s is %v, want %v", f.Name, w.Type(), reflect.Indirect(g.Field(i)), reflect.Indirect(w.Field(i)))
		}
	}
}

// changesNothing sends all that is read again, where the kind can be changed.
func changesNothing(t *testing.T) {
	t.Helper()
	for _, v := range listed(t) {
		switch q := v.(type) {
		case *netlink.Htb, *netlink.Sfq: // cannot be changed
			continue
		case *netlink.FqCodel: // the number of flows cannot, and the kernel rounds times down each time
			q.Flows, q.Target, q.Interval, q.CEThreshold = 0, 0, 0, 0
		case *netlink.Fq:
			q.CEThreshold = nil // no limit is not a number that can be sent
		case *netlink.Clsact:
			if q.IngressBlock != nil { // cannot be changed
				continue
			}
		case *netlink.Drr: // has no options
			continue
		case *netlink.GenericClass:
			if q.ClassType != "drr" { // of queueing disciplines whose classes cannot be changed
				continue
			}
		}
		change(t, v, netlink.QdiscChange, netlink.ClassChange)
	}
}

// numbers are the bytes of numbers in the machine's byte order.
func numbers(all ...uint32) (b []byte) {
	for _, n := range all {
		b = binary.NativeEndian.AppendUint32(b, n)
	}
	return b
}

func TestQdiscsAndClassesAreReplacedAndDeleted(t *testing.T) {
	withLink(t, func(link int) {
		tbf := &netlink.Tbf{QdiscAttrs: root(link), Rate: 1e6, Limit: 7000, Burst: 5000}
		if err := netlink.QdiscReplace(tbf); err != nil {
			nstest.Need(t, "queueing discipline tbf", "", err)
		}
		if err := netlink.QdiscAdd(tbf); !errors.Is(err, os.ErrExist) {
			t.Errorf("a second one: %v", err)
		}
		htb := netlink.NewHtb(at(link, 2, netlink.HANDLE_ROOT))
		if err := netlink.QdiscReplace(htb); err != nil {
			nstest.Need(t, "queueing discipline htb", "", err)
		}
		class := netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: link, Parent: htb.Handle,
			Handle: netlink.MakeHandle(2, 1)}, netlink.HtbClassAttrs{Rate: 8e6})
		for range 2 {
			if err := netlink.ClassReplace(class); err != nil {
				t.Fatal(err)
			}
		}
		if err := netlink.ClassAdd(class); !errors.Is(err, os.ErrExist) {
			t.Errorf("a second class: %v", err)
		}
		if err := netlink.ClassChange(&netlink.GenericClass{ClassAttrs: class.ClassAttrs, ClassType: "htb"}); !errors.Is(err,
			unix.EINVAL) {
			t.Errorf("a class without options: %v", err)
		}
		if err := netlink.ClassDel(class); err != nil {
			t.Error(err)
		}
		if err := netlink.ClassDel(class); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a class that is not there: %v", err)
		}
		if err := netlink.QdiscDel(htb); err != nil {
			t.Error(err)
		}
		for _, v := range listed(t) {
			if q, ok := v.(netlink.Qdisc); !ok || q.Attrs().Handle != netlink.HANDLE_NONE {
				t.Errorf("%v is left", v)
			}
		}
	})
}

func TestQdiscsThatAreRefused(t *testing.T) {
	withLink(t, func(link int) {
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"no qdisc": {h.QdiscAdd(nil), "qdisc add: no queueing discipline given"},
			"no class": {h.ClassAdd(nil), "class add: no class given"},
			"unknown kind": {h.QdiscAdd(&netlink.GenericQdisc{QdiscAttrs: root(link), QdiscType: "nosuch"}),
				"qdisc add nosuch 1:0 parent root on link"},
			"ingress":        {h.QdiscAdd(&netlink.Ingress{QdiscAttrs: root(link)}), "the parent of ingress is HANDLE_INGRESS"},
			"missing parent": {h.QdiscAdd(netlink.NewHtb(at(link, 1, netlink.MakeHandle(7, 7)))), "parent 7:7"},
			"link":           {h.QdiscDel(netlink.NewHtb(root(link + 1000))), "no such device"},
			"curve": {h.ClassAdd(&netlink.HfscClass{Fsc: netlink.NewServiceCurve(1<<36, 0, 0)}),
				"rate in bytes 8589934592 is not within"},
			"distribution": {h.QdiscAdd(&netlink.Netem{QdiscAttrs: root(link), DelayDist: make([]int16, 20000)}),
				"distribution of 20000 numbers"},
		} {
			if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("%s: error is %v, want %q", name, c.err, c.want)
			}
		}
	})
	if !slices.Contains(netlink.QdiscKinds(), "htb") || !slices.Contains(netlink.ClassKinds(), "htb") {
		t.Error("the kinds lack htb")
	}
	if s := netlink.NewClassStatistics(); s.Basic == nil || s.Queue == nil || s.RateEst == nil || s.BasicHw == nil {
		t.Error(s)
	}
}
