package netlink

import (
	"bytes"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/attr"
	"kern.sys/internal/capture"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

type sentOptions struct {
	command, kind string
	class         bool
	sent          string
	value         any
}

// tcSent is what tc of iproute2 6.1 sent in TCA_OPTIONS, without rate tables, and the same as a value.
var tcSent = []sentOptions{
	{"tc qdisc add dev d0 root handle 1: tbf rate 1mbit burst 5000 limit 7000 peakrate 7mbit minburst 1540 overhead " +
		"14 mpu 64", "tbf", false,
		"2800010003010e00ffff400048e8010003010e00ffff4000f8590d00581b0000688909006c6b000008000600881300000800070004060000",
		&Tbf{Rate: 125000, Limit: 7000, Buffer: 625000, Burst: 5000, Peakrate: 875000, Minburst: 1540, Overhead: 14, Mpu: 64,
			LinkLayer: 1}},
	{"tc qdisc add dev d0 root handle 1: htb default 12 r2q 20 direct_qlen 50", "htb", false,
		"1800020003000000140000001200000000000000000000000800050032000000",
		&Htb{Version: 3, Rate2Quantum: 20, Defcls: 0x12, DirectQlen: new(uint32(50))}},
	{"tc class add dev d0 parent 1: classid 1:1 htb rate 40gbit ceil 100gbit burst 400000b cburst 3000000b prio 3 " +
		"quantum 4000", "htb", true,
		"0c00060000f2052a010000000c00070000dd0ee9020000003000010003010000ffff0000ffffffff03010000ffff0000ffffffffe2040000" +
			"a60e0000a00f00000000000003000000",
		&HtbClass{Rate: 5e9, Ceil: 12.5e9, Buffer: 1250, Cbuffer: 3750, Quantum: 4000, Prio: 3, LinkLayer: 1}},
	{"tc qdisc add dev d0 root handle 2: prio bands 4 priomap 3 2 1 0 3 2 1 0 3 2 1 0 3 2 1 0", "prio", false,
		"0400000003020100030201000302010003020100",
		&Prio{Bands: 4, PriorityMap: [...]uint8{3, 2, 1, 0, 3, 2, 1, 0, 3, 2, 1, 0, 3, 2, 1, 0}}},
	{"tc qdisc add dev d0 root handle 2: fq limit 5000 flow_limit 50 quantum 4000 initial_quantum 9000 maxrate 80mbit " +
		"buckets 512 nopacing refill_delay 80ms low_rate_threshold 1mbit orphan_mask 255 ce_threshold 4ms timer_slack " +
		"20us horizon 5s horizon_cap", "fq", false,
		"08000800090000000800010088130000080002003200000008000300a00f0000080004002823000008000500000000000800070080969800" +
			"08000b0048e80100080009008038010008000a00ff00000008000c00a00f000008000d00204e000008000e00404b4c0005000f0000000000",
		&Fq{PacketLimit: 5000, FlowPacketLimit: 50, Quantum: 4000, InitialQuantum: 9000, FlowMaxRate: 10000000, Buckets: 9,
			FlowRefillDelay:  80000,
			LowRateThreshold: 125000, OrphanMask: 255, CEThreshold: new(uint32(4000)), TimerSlack: new(uint32(20000)),
			Horizon: 5000000}},
	{"tc qdisc add dev d0 root handle 2: fq_codel limit 2000 flows 512 target 8ms interval 60ms quantum 500 noecn " +
		"ce_threshold 2ms memory_limit 4000000 drop_batch 16", "fq_codel", false,
		"08000200d0070000080005000002000008000600f40100000800030060ea000008000100401f0000080004000000000008000700d0070000" +
			"0800090000093d000800080010000000",
		&FqCodel{Limit: 2000, Flows: 512, Target: 8000, Interval: 60000, Quantum: 500, CEThreshold: 2000,
			MemoryLimit: 4000000, DropBatchSize: 16}},
	{"tc qdisc add dev d0 root handle 2: sfq limit 900 perturb 10 quantum 3000 divisor 512 flows 100 depth 60 " +
		"headdrop redflowlimit 100000 min 8000 max 60000 probability 0.2 ecn harddrop", "sfq", false,
		"b80b00000a0000008403000000020000640000003c00000001000000a0860100401f000060ea000006120003333333330000000000000000" +
			"00000000000000000000000000000000",
		&Sfq{Limit: 900, Perturb: 10, Quantum: 3000, Divisor: 512, Flows: 100, Depth: 60, HeadDrop: true,
			Red: &SfqRed{Min: 8000, Max: 60000, Wlog: 6, Plog: 18, Flags: 3, MaxProbability: 0x33333333, Limit: 100000}}},
	{"tc qdisc add dev d0 root handle 2: netem delay 20ms 1ms 12% loss 23% 8% duplicate 14% reorder 24% 50% corrupt " +
		"10% 10% rate 80gbit", "netem", false,
		"b4c40400e8030000ae47e13a010000003d0ad723093d000010000100eb51b81e48e17a14000000000c000300d7a3703d000000800c000400" +
			"9a9999199a9999190c00080000e40b540200000014000600ffffffff000000000000000000000000",
		&Netem{Latency: 312500, Jitter: 15625, DelayCorr: 515396075, Limit: 1000, Loss: 987842478, LossCorr: 343597384,
			Gap: 1, Duplicate: 601295421,
			ReorderProb: 1030792151, ReorderCorr: 1 << 31, CorruptProb: 429496730, CorruptCorr: 429496730, Rate64: 1e10}},
	{"tc qdisc add dev d0 root handle 2: hfsc default 2", "hfsc", false,
		"0200",
		&Hfsc{Defcls: 2}},
	{"tc class add dev d0 parent 1: classid 1:2 hfsc sc m1 8mbit d 10ms m2 16mbit ul rate 80mbit", "hfsc", true,
		"1000010040420f001027000080841e001000020040420f001027000080841e0010000300000000000000000080969800",
		&HfscClass{Rsc: NewServiceCurve(8e6, 10000, 16e6), Fsc: NewServiceCurve(8e6, 10000, 16e6),
			Usc: NewServiceCurve(0, 0, 80e6)}},
}

// sortedAttrs returns the attributes behind the first n bytes by their types, without rate tables.
func sortedAttrs(t *testing.T, b []byte, n int, class bool) []byte {
	t.Helper()
	var all [][]byte
	d := wire.NewDecoder(b[n:])
	for d.Next() {
		if class && (d.Type() == uapi.TCA_HTB_RTAB || d.Type() == uapi.TCA_HTB_CTAB) && len(d.Data()) == uapi.TC_RTAB_SIZE {
			continue
		}
		all = append(all, append(native.AppendUint32(nil, uint32(d.Type())), d.Data()...))
	}
	if d.Err() != nil {
		t.Error(d.Err())
	}
	slices.SortFunc(all, bytes.Compare)
	return append(slices.Clone(b[:n]), bytes.Join(all, nil)...)
}

// onlySent is what the kernel does not say in the form that it is sent in.
func onlySent(v any) bool {
	g, gred := v.(*Gred)
	_, plug := v.(*Plug)
	return plug || gred && g.Set != nil
}

func TestQdiscsAreEncodedAsTcEncodesThem(t *testing.T) {
	headers := map[string]int{"netem": uapi.SizeofTcNetemQopt, "prio": uapi.SizeofTcPrioQopt,
		"sfq": uapi.SizeofTcSfqQoptV1, "hfsc": uapi.SizeofTcHfscQopt,
		"pfifo": uapi.SizeofTcFifoQopt, "bfifo": uapi.SizeofTcFifoQopt, "pfifo_head_drop": uapi.SizeofTcFifoQopt,
		"multiq": uapi.SizeofTcMultiqQopt,
		"plug":   uapi.SizeofTcPlugQopt, "skbprio": uapi.SizeofTcSkbprioQopt, "mqprio": (uapi.SizeofTcMqprioQopt + 3) &^ 3}
	for _, c := range slices.Concat(tcSent, tcSentMore) {
		t.Run(c.command, func(t *testing.T) {
			sent := capture.TcOptions(t, c.kind, c.class, c.sent)
			got := reflect.New(reflect.TypeOf(c.value).Elem()).Interface()
			if err := decodeAttrs(got, sent); err != nil || !reflect.DeepEqual(got, c.value) && !onlySent(c.value) {
				t.Errorf("read is\n%+v, %v, want\n%+v", got, err, c.value)
			}
			var e wire.Encoder
			encodeTcKind(&e, c.kind, c.value, false)
			if e.Err() != nil {
				t.Fatal(e.Err())
			}
			var options []byte
			d := wire.NewDecoder(e.Bytes())
			for d.Next() {
				if d.Type() == uapi.TCA_OPTIONS {
					options = d.Data()
				}
			}
			if c.kind == "tbf" { // tc says which rate table it sends, and we send none
				again := new(Tbf)
				if err := decodeAttrs(again, options); err != nil || !reflect.DeepEqual(again, c.value) {
					t.Errorf("sent is\n%+v, %v, want\n%+v", again, err, c.value)
				}
				return
			}
			n := headers[c.kind]
			if c.class {
				n = 0
			}
			if got, want := sortedAttrs(t, options, n, c.class), sortedAttrs(t, sent, n, c.class); !bytes.Equal(got, want) {
				t.Errorf("sent is\n%x, want\n%x", got, want)
			}
		})
	}
}

// tcTold is what Linux 6.18 reported of queueing disciplines and classes.
var tcTold = []struct {
	typ  uint16
	text string
	want any
}{
	{uapi.RTM_NEWQDISC, "000000000200000000000100ffffffff0200000008000100687462002400020018000200110003001400000012000" +
		"0000000000000000000080005003200000005000c00000000003000070014000100000000000000000000000000000000001800030000000" +
		"000000000000000000000000000000000002c000300000000000000000000000000000000000000000000000000000000000000000000000" +
		"00000000000",
		&Htb{QdiscAttrs: QdiscAttrs{2, 0x10000, HANDLE_ROOT, 2, nil, nil, nil, nil, false, noQdiscStats(), nil},
			Version:      0x30011,
			Rate2Quantum: 20, Defcls: 0x12, DirectQlen: new(uint32(50))}},
	{uapi.RTM_NEWQDISC, "000000000200000000001000010001000100000008000100746266002c0002002800010000010e000000400048e80" +
		"10000010e0000004000f8590d00581b00003e900900656c000005000c0000000000300007001400010000000000000000000000000000000" +
		"0001800030000000000000000000000000000000000000000002c00030000000000000000000000000000000000000000000000000000000" +
		"000000000000000000000000000",
		&Tbf{QdiscAttrs: QdiscAttrs{2, 0x100000, 0x10001, 1, nil, nil, nil, nil, false, noQdiscStats(), nil}, Rate: 125000,
			Limit: 7000, Buffer: 626750, Peakrate: 875000, Minburst: 1540, Overhead: 14, Mpu: 64, LinkLayer: 1}},
	{uapi.RTM_NEWQDISC, "00000000020000000000fffff1ffffff010000000b000100636c73616374000008000d001500000008000e0016000" +
		"0000400020005000c00000000003000070014000100000000000000000000000000000000001800030000000000000000000000000000000" +
		"000000000002c00030000000000000000000000000000000000000000000000000000000000000000000000000000000000",
		&Clsact{QdiscAttrs{2, 0xffff0000, HANDLE_CLSACT, 1, new(uint32(21)), new(uint32(22)), nil, nil, false,
			noQdiscStats(), nil}}},
	{uapi.RTM_NEWQDISC, "000000000200000000000100ffffffff020000000f000100706669666f5f666173740000180002000300000001020" +
		"20201020000010101010101010105000c0000000000300007001400010000000000000000000000000000000000180003000000000000000" +
		"0000000000000000000000000002c00030000000000000000000000000000000000000000000000000000000000000000000000000000000" +
		"000",
		&PfifoFast{QdiscAttrs{2, 0x10000, HANDLE_ROOT, 2, nil, nil, nil, nil, false, noQdiscStats(), nil}, 3,
			NewPrio(QdiscAttrs{}).PriorityMap}},
	{uapi.RTM_NEWTCLASS, "000000000200000001000100ffffffff0000100008000100687462004c000200300001000001000000000000ffff" +
		"ffff0001000000000000ffffffffe2040000a60e0000a00f000000000000030000000c00060000f2052a010000000c00070000dd0ee90200" +
		"0000480007001400010000000000000000000000000000000000180003000000000000000000000000000000000000000000180004000000" +
		"00000000000000000000e2040000a60e00002c00030000000000000000000000000000000000000000000000000000000000000000000000" +
		"00000000000018000400000000000000000000000000e2040000a60e0000",
		&HtbClass{ClassAttrs: ClassAttrs{2, 0x10001, HANDLE_ROOT, 0x100000, nil, NewClassStatistics(), htbStats()},
			Rate: 5e9,
			Ceil: 12.5e9, Buffer: 1250, Cbuffer: 3750, Quantum: 4000, Prio: 3, LinkLayer: 1}},
}

func noQdiscStats() *QdiscStatistics { return (*QdiscStatistics)(NewClassStatistics()) }

func htbStats() []byte {
	b := make([]byte, uapi.SizeofTcHtbXstats)
	(&uapi.TcHtbXstats{Tokens: 1250, Ctokens: 3750}).Put(b)
	return b
}

func decodeTold(typ uint16, b []byte) (any, error) {
	if typ == uapi.RTM_NEWTCLASS {
		return decodeClass(b)
	}
	return decodeQdisc(b)
}

func TestQdiscsAreDecodedAsTheKernelReportsThem(t *testing.T) {
	for _, c := range tcTold {
		got, err := decodeTold(c.typ, capture.Message(t, c.typ, c.text))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("read is\n%+v, %v, want\n%+v", got, err, c.want)
		}
	}
}

// One that cannot be read is raw, and no list ends with it.
func TestQdiscWithWrongOptionsIsRaw(t *testing.T) {
	e := tcRequest(uapi.RTM_NEWQDISC, 0, 2, 3, 4, 5)
	e.String(uapi.TCA_KIND, "fq")
	e.Nest(uapi.TCA_OPTIONS)
	e.Uint8(uapi.TCA_FQ_PLIMIT, 1)
	e.End()
	options := capture.Words(t, "0500 0100 =01 =000000")
	for kind, decode := range map[string]func([]byte) (any, error){
		"qdisc": func(b []byte) (any, error) { return decodeQdisc(b) },
		"class": func(b []byte) (any, error) { return decodeClass(b) },
	} {
		got, err := decode(e.Bytes()[uapi.SizeofNlmsghdr:])
		var want any = &GenericQdisc{QdiscAttrs: QdiscAttrs{LinkIndex: 2, Handle: 3, Parent: 4, Refcnt: 5}, QdiscType: "fq",
			Options: options}
		if kind == "class" {
			want = &GenericClass{ClassAttrs: ClassAttrs{LinkIndex: 2, Handle: 3, Parent: 4, Leaf: 5}, ClassType: "fq",
				Options: options}
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read is\n%#v, %v, want\n%#v", kind, got, err, want)
		}
		if _, err := decode(make([]byte, uapi.SizeofTcmsg-1)); err == nil {
			t.Errorf("%s: a short message is no error", kind)
		}
	}
}

func TestStatisticsOfTrafficControl(t *testing.T) {
	var e wire.Encoder
	e.Struct(uapi.TCA_STATS_BASIC, uapi.SizeofGnetStatsBasic, &uapi.GnetStatsBasic{Bytes: 1 << 40, Packets: 7})
	e.Uint64(uapi.TCA_STATS_PKT64, 1<<33+7)
	e.Struct(uapi.TCA_STATS_BASIC_HW, uapi.SizeofGnetStatsBasic, &uapi.GnetStatsBasic{Bytes: 5, Packets: 6})
	e.Uint64(uapi.TCA_STATS_PKT64, 1<<34+6)
	e.Struct(uapi.TCA_STATS_RATE_EST, uapi.SizeofGnetStatsRateEst, &uapi.GnetStatsRateEst{Bps: math.MaxUint32, Pps: 8})
	e.Struct(uapi.TCA_STATS_RATE_EST64, uapi.SizeofGnetStatsRateEst64, &uapi.GnetStatsRateEst64{Bps: 1 << 35, Pps: 8})
	e.Struct(uapi.TCA_STATS_QUEUE, uapi.SizeofGnetStatsQueue,
		&uapi.GnetStatsQueue{Qlen: 1, Backlog: 2, Drops: 3, Requeues: 4, Overlimits: 5})
	got, _, err := decodeTcStats(&tcMessage{stats2: e.Bytes(), stats: make([]byte, uapi.SizeofTcStats)},
		new(tcMemory))
	want := &ClassStatistics{
		Basic: &GnetStatsBasic{1 << 40, 7}, BasicHw: &GnetStatsBasic{5, 6}, Queue: &GnetStatsQueue{1, 2, 3, 4, 5},
		RateEst: &GnetStatsRateEst{math.MaxUint32, 8},
		Packets: 1<<33 + 7, RateEst64: &GnetStatsRateEst64{1 << 35, 8},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	wantEntry := ClassEntry{LinkIndex: 1, Handle: 2, Parent: 3, Leaf: 4, Bytes: 1 << 40, Packets: 1<<33 + 7, BytesHw: 5,
		PacketsHw: 6, Bps: 1 << 35, Pps: 8, Qlen: 1, Backlog: 2, Drops: 3, Requeues: 4, Overlimits: 5}
	if got := classEntry(t, uapi.TCA_STATS2, e.Bytes()); !reflect.DeepEqual(got, wantEntry) {
		t.Errorf("%+v", got)
	}
	old := make([]byte, uapi.SizeofTcStats)
	(&uapi.TcStats{Bytes: 1, Packets: 2, Drops: 3, Overlimits: 4, Bps: 5, Pps: 6, Qlen: 7, Backlog: 8}).Put(old)
	got, _, err = decodeTcStats(&tcMessage{stats: old[:36]}, new(tcMemory)) // as i386 has it
	want = &ClassStatistics{Basic: &GnetStatsBasic{1, 2}, BasicHw: &GnetStatsBasic{},
		Queue: &GnetStatsQueue{7, 8, 3, 0, 4}, RateEst: &GnetStatsRateEst{5, 6}, Packets: 2}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	wantEntry = ClassEntry{LinkIndex: 1, Handle: 2, Parent: 3, Leaf: 4, Bytes: 1, Packets: 2, Bps: 5, Pps: 6, Qlen: 7,
		Backlog: 8, Drops: 3, Overlimits: 4}
	if got := classEntry(t, uapi.TCA_STATS, old[:36]); !reflect.DeepEqual(got, wantEntry) {
		t.Errorf("%+v", got)
	}
}

// classEntry reads a class with counters, and forgets the message.
func classEntry(t *testing.T, typ uint16, counters []byte) ClassEntry {
	t.Helper()
	r := tcRequest(uapi.RTM_NEWTCLASS, 0, 1, 2, 3, 4)
	r.Data(typ, counters)
	var e ClassEntry
	if err := e.decode(r.Bytes()[uapi.SizeofNlmsghdr:]); err != nil {
		t.Fatal(err)
	}
	e.data = nil
	return e
}

// A message that ends too early is an error of an entry, and so is an attribute that is too short for what it holds.
func TestBadEntriesOfTrafficControlAreErrors(t *testing.T) {
	for _, text := range []string{
		"00000000 02000000", // no header
		"00000000 02000000 01000000 02000000 00000300 =09000100",                    // an attribute beyond the end
		"00000000 02000000 01000000 02000000 00000300 0600 0b00 0100 0000",          // chain of two bytes
		"00000000 02000000 01000000 02000000 00000300 0c00 0700 0300 0100 00000000", // a nest whose attribute is malformed
	} {
		b := capture.Words(t, text)
		var f FilterEntry
		_, err1 := f.decode(b)
		var c ClassEntry
		err2 := c.decode(b)
		if err1 == nil && err2 == nil {
			t.Errorf("%s: read as %v and %v", text, &f, &c)
		}
	}
}

// A change of Latency counts, though Latency64 was read.
func TestNetemSendsNanosecondsThatAgree(t *testing.T) {
	for _, c := range []struct {
		n     Netem
		ticks uint32
		ns    int64
	}{
		{Netem{Latency: 15625, Latency64: 1000000}, 15625, 0}, // ticks say all
		{Netem{Latency64: 1000063}, 15625, 1000063},
		{Netem{Latency: 15625, Latency64: 1000063}, 15625, 1000063},
		{Netem{Latency: 31250, Latency64: 1000000}, 31250, 0},
		{Netem{Latency: math.MaxUint32, Latency64: 1e15}, math.MaxUint32, 1e15},
	} {
		var e wire.Encoder
		attr.Encode(&e, c.n.attrs)
		var got Netem
		if err := attr.Decode(e.Bytes(), got.attrs); err != nil || got.Latency != c.ticks || got.Latency64 != c.ns {
			t.Errorf("%d and %d are sent as %d and %d, %v", c.n.Latency, c.n.Latency64, got.Latency, got.Latency64, err)
		}
	}
}

func FuzzQdiscDecode(f *testing.F) {
	for _, c := range tcTold {
		f.Add(capture.Message(f, c.typ, c.text), c.typ == uapi.RTM_NEWTCLASS)
	}
	for _, c := range slices.Concat(tcSent, tcSentMore) {
		r := tcRequest(0, 0, 1, 2, 3, 4)
		encodeTcKind(&r.Encoder, c.kind, c.value, true)
		f.Add(r.Bytes()[uapi.SizeofNlmsghdr:], c.class)
	}
	f.Fuzz(func(t *testing.T, b []byte, class bool) {
		if class {
			var entry ClassEntry
			_ = entry.decode(b)
			if c, err := decodeClass(b); err == nil {
				encodeTcKind(new(wire.Encoder), c.Type(), c, true)
			}
		} else if q, err := decodeQdisc(b); err == nil {
			encodeQdisc(new(wire.Encoder), q)
		}
	})
}

// TestTablesOfQdiscs says what of a queueing discipline or a class was forgotten.
func TestTablesOfQdiscs(t *testing.T) {
	files, err := filepath.Glob("qdisc_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{QdiscKinds(), ClassKinds()} {
		if !slices.IsSorted(names) {
			t.Errorf("the kinds are not in the order of their names: %q", names)
		}
		for _, name := range names {
			if !slices.Contains(files, "qdisc_"+name+".go") {
				t.Errorf("there is no file qdisc_%s.go", name)
			}
		}
	}
	for _, f := range files {
		if name := strings.TrimSuffix(strings.TrimPrefix(f, "qdisc_"), ".go"); !slices.Contains(QdiscKinds(), name) {
			t.Errorf("%s: no line of the table is called %q", f, name)
		}
	}
	check := func(name string, class bool, v any) {
		if _, ok := v.(attributed); !ok || name == "pfifo_fast" { // which is only read
			return
		}
		for _, c := range slices.Concat(tcSent, tcSentMore) {
			if c.kind == name && c.class == class {
				return
			}
		}
		t.Errorf("tcSent has no %s, class %v", name, class)
	}
	for i := range qdiscKinds {
		q, _ := qdiscKinds.new(qdiscKinds[i].name)
		check(q.Type(), false, q)
	}
	for i := range classKinds {
		c, _ := classKinds.new(classKinds[i].name)
		check(c.Type(), true, c)
	}
}
