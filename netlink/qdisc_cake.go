package netlink

import (
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Cake shapes a link, shares it among hosts and flows, and keeps queues short: tc-cake(8). What is nil or 0
// leaves the kernel's default, or what there is. Linux 4.19.
type Cake struct {
	QdiscAttrs
	CakeOptions
}

// CakeOptions is what [Cake] and [CakeMq] have.
type CakeOptions struct {
	Bandwidth *uint64 // bytes a second; 0: no limit
	Autorate  *bool   // Bandwidth follows what comes in
	RTT       uint32  // microseconds
	Target    uint32  // microseconds that packets may wait; tc has a twentieth of RTT

	DiffservMode *uint32 // CAKE_DIFFSERV_…
	FlowMode     *uint32 // CAKE_FLOW_…
	Nat          *bool   // hosts and flows are those behind address translation
	Wash         *bool   // the DS field is cleared
	Fwmark       *uint32 // these bits of the packet's mark choose the tin; 0: none
	Ingress      *bool   // dropped packets count as sent
	AckFilter    *uint32 // CAKE_ACK_…
	SplitGSO     *bool   // large packets are split
	Memory       uint32  // bytes

	Overhead *int32  // bytes of each packet, instead of what its size is on the link: -64 to 256
	Mpu      *uint32 // bytes of the smallest packet
	ATM      *uint32 // CAKE_ATM_…
	Raw      bool    // no Overhead: sizes are as the kernel has them
}

// Which tins [Cake] has.
const (
	CAKE_DIFFSERV_DIFFSERV3  = uapi.CAKE_DIFFSERV_DIFFSERV3
	CAKE_DIFFSERV_DIFFSERV4  = uapi.CAKE_DIFFSERV_DIFFSERV4
	CAKE_DIFFSERV_DIFFSERV8  = uapi.CAKE_DIFFSERV_DIFFSERV8
	CAKE_DIFFSERV_BESTEFFORT = uapi.CAKE_DIFFSERV_BESTEFFORT
	CAKE_DIFFSERV_PRECEDENCE = uapi.CAKE_DIFFSERV_PRECEDENCE
)

// Among what [Cake] shares: hosts of either side, flows, or flows of hosts.
const (
	CAKE_FLOW_NONE     = uapi.CAKE_FLOW_NONE
	CAKE_FLOW_SRC_IP   = uapi.CAKE_FLOW_SRC_IP
	CAKE_FLOW_DST_IP   = uapi.CAKE_FLOW_DST_IP
	CAKE_FLOW_HOSTS    = uapi.CAKE_FLOW_HOSTS
	CAKE_FLOW_FLOWS    = uapi.CAKE_FLOW_FLOWS
	CAKE_FLOW_DUAL_SRC = uapi.CAKE_FLOW_DUAL_SRC
	CAKE_FLOW_DUAL_DST = uapi.CAKE_FLOW_DUAL_DST
	CAKE_FLOW_TRIPLE   = uapi.CAKE_FLOW_TRIPLE
)

// What [Cake] does with acknowledgements that a later one makes needless, and how the link frames packets.
const (
	CAKE_ACK_NONE       = uapi.CAKE_ACK_NONE
	CAKE_ACK_FILTER     = uapi.CAKE_ACK_FILTER
	CAKE_ACK_AGGRESSIVE = uapi.CAKE_ACK_AGGRESSIVE
	CAKE_ATM_NONE       = uapi.CAKE_ATM_NONE
	CAKE_ATM_ATM        = uapi.CAKE_ATM_ATM
	CAKE_ATM_PTM        = uapi.CAKE_ATM_PTM
)

// Attrs returns the attributes that all kinds have.
func (q *Cake) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "cake".
func (q *Cake) Type() string { return "cake" }

func (*Cake) flows() {}

func (o *CakeOptions) attrs(c *attr.Codec) {
	attr.OptU64(c, uapi.TCA_CAKE_BASE_RATE64, &o.Bandwidth)
	attr.OptU32(c, uapi.TCA_CAKE_DIFFSERV_MODE, &o.DiffservMode)
	attr.OptU32(c, uapi.TCA_CAKE_ATM, &o.ATM)
	attr.OptU32(c, uapi.TCA_CAKE_FLOW_MODE, &o.FlowMode)
	attr.OptS32(c, uapi.TCA_CAKE_OVERHEAD, &o.Overhead)
	attr.Custom(c, uapi.TCA_CAKE_RAW, func(e *wire.Encoder) {
		if o.Raw {
			e.Uint32(uapi.TCA_CAKE_RAW, 0)
		}
	}, func([]byte) { o.Raw = true })
	attr.OptU32(c, uapi.TCA_CAKE_MPU, &o.Mpu)
	attr.U32(c, uapi.TCA_CAKE_RTT|attr.IfSet, &o.RTT)
	attr.U32(c, uapi.TCA_CAKE_TARGET|attr.IfSet, &o.Target)
	optBool32(c, uapi.TCA_CAKE_AUTORATE, &o.Autorate)
	if o.Autorate != nil && *o.Autorate {
		c.Forget(uapi.TCA_CAKE_BASE_RATE64)
	}
	attr.U32(c, uapi.TCA_CAKE_MEMORY|attr.IfSet, &o.Memory)
	attr.OptU32(c, uapi.TCA_CAKE_FWMARK, &o.Fwmark)
	optBool32(c, uapi.TCA_CAKE_NAT, &o.Nat)
	optBool32(c, uapi.TCA_CAKE_WASH, &o.Wash)
	optBool32(c, uapi.TCA_CAKE_INGRESS, &o.Ingress)
	attr.OptU32(c, uapi.TCA_CAKE_ACK_FILTER, &o.AckFilter)
	optBool32(c, uapi.TCA_CAKE_SPLIT_GSO, &o.SplitGSO)
}

// CakeStats are the counters of [Cake].
type CakeStats struct {
	CapacityEstimate uint64 // bytes a second
	MemoryLimit      uint32 // bytes, as what follows
	MemoryUsed       uint32
	AvgNetoff        uint32 // from the link's header to that of the network
	MinNetlen        uint32 // of packets at the network's layer
	MaxNetlen        uint32
	MinAdjlen        uint32 // of packets with their overhead
	MaxAdjlen        uint32
	ActiveQueues     uint32 // of CakeMq (Linux 7.1)
	Tins             []CakeTin
}

// CakeTin are the counters of one tin. Times are in microseconds.
type CakeTin struct {
	ThresholdRate                                   uint64 // bytes a second
	SentBytes, DroppedBytes, AcksDroppedBytes       uint64
	SentPackets, DroppedPackets, AcksDroppedPackets uint32
	ECNMarkedBytes                                  uint64
	ECNMarkedPackets                                uint32
	BacklogBytes, BacklogPackets                    uint32
	Target, Interval                                uint32
	PeakDelay, AvgDelay, BaseDelay                  uint32
	WayIndirectHits, WayMisses, WayCollisions       uint32 // of the hash of flows
	SparseFlows, BulkFlows, UnresponsiveFlows       uint32
	MaxSkblen                                       uint32 // bytes of the largest packet
	FlowQuantum                                     uint32 // bytes a turn
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Cake) AppStatistics() *CakeStats { return cakeStats(q.Xstats) }

func cakeStats(b []byte) *CakeStats {
	if b == nil {
		return nil
	}
	s := new(CakeStats)
	if attr.Decode(b, s.attrs) != nil {
		return nil
	}
	return s
}

func (s *CakeStats) attrs(c *attr.Codec) {
	attr.U64(c, uapi.TCA_CAKE_STATS_CAPACITY_ESTIMATE64, &s.CapacityEstimate)
	attr.U32(c, uapi.TCA_CAKE_STATS_MEMORY_LIMIT, &s.MemoryLimit)
	attr.U32(c, uapi.TCA_CAKE_STATS_MEMORY_USED, &s.MemoryUsed)
	attr.U32(c, uapi.TCA_CAKE_STATS_AVG_NETOFF, &s.AvgNetoff)
	attr.U32(c, uapi.TCA_CAKE_STATS_MIN_NETLEN, &s.MinNetlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_MAX_NETLEN, &s.MaxNetlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_MIN_ADJLEN, &s.MinAdjlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_MAX_ADJLEN, &s.MaxAdjlen)
	attr.U32(c, uapi.TCA_CAKE_STATS_ACTIVE_QUEUES, &s.ActiveQueues)
	attr.Array(c, uapi.TCA_CAKE_STATS_TIN_STATS, 1, &s.Tins,
		func(c *attr.Codec, t attr.Type, v *CakeTin) { attr.Nest(c, t, v.attrs) })
}

func (s *CakeTin) attrs(c *attr.Codec) {
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_THRESHOLD_RATE64, &s.ThresholdRate)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_SENT_BYTES64, &s.SentBytes)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_DROPPED_BYTES64, &s.DroppedBytes)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_ACKS_DROPPED_BYTES64, &s.AcksDroppedBytes)
	attr.U64(c, uapi.TCA_CAKE_TIN_STATS_ECN_MARKED_BYTES64, &s.ECNMarkedBytes)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_SENT_PACKETS, &s.SentPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_DROPPED_PACKETS, &s.DroppedPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_ACKS_DROPPED_PACKETS, &s.AcksDroppedPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_ECN_MARKED_PACKETS, &s.ECNMarkedPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BACKLOG_BYTES, &s.BacklogBytes)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BACKLOG_PACKETS, &s.BacklogPackets)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_TARGET_US, &s.Target)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_INTERVAL_US, &s.Interval)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_PEAK_DELAY_US, &s.PeakDelay)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_AVG_DELAY_US, &s.AvgDelay)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BASE_DELAY_US, &s.BaseDelay)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_WAY_INDIRECT_HITS, &s.WayIndirectHits)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_WAY_MISSES, &s.WayMisses)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_WAY_COLLISIONS, &s.WayCollisions)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_SPARSE_FLOWS, &s.SparseFlows)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_BULK_FLOWS, &s.BulkFlows)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_UNRESPONSIVE_FLOWS, &s.UnresponsiveFlows)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_MAX_SKBLEN, &s.MaxSkblen)
	attr.U32(c, uapi.TCA_CAKE_TIN_STATS_FLOW_QUANTUM, &s.FlowQuantum)
}

func (*Cake) describe() desc.Kind { return describeCake() }

func describeCake() desc.Kind {
	return desc.Kind{Fields: cakeFields, Exact: true, Complete: completeCake, Raw: showCake,
		Statistics: showCakeStatistics}
}

// cakeWords are what the words of a command say of a [Cake].
type cakeWords struct {
	CakeOptions
	preset string
}

func (w *cakeWords) frame(atm uint32, overhead int32) {
	w.ATM = new(atm)
	w.addOverhead(overhead)
}

func (w *cakeWords) addOverhead(n int32) {
	if w.Overhead != nil {
		n += *w.Overhead
	}
	w.Overhead = new(n)
}

// cakePresets are the names of round trip times, in microseconds.
var cakePresets = [...]struct {
	name        string
	target, rtt uint32
}{
	{"datacentre", 5, 100},
	{"lan", 50, 1000},
	{"metro", 500, 10000},
	{"regional", 1500, 30000},
	{"internet", 5000, 100000},
	{"oceanic", 15000, 300000},
	{"satellite", 50000, 1000000},
	{"interplanetary", 50000000, 1000000000},
}

// cakeFrames are the names of ways in which links frame packets, with what each adds.
var cakeFrames = [...]struct {
	name     string
	atm      uint32
	overhead int32
}{
	{"ipoa-vcmux", uapi.CAKE_ATM_ATM, 8},
	{"ipoa-llcsnap", uapi.CAKE_ATM_ATM, 16},
	{"bridged-vcmux", uapi.CAKE_ATM_ATM, 24},
	{"bridged-llcsnap", uapi.CAKE_ATM_ATM, 32},
	{"pppoa-vcmux", uapi.CAKE_ATM_ATM, 10},
	{"pppoa-llc", uapi.CAKE_ATM_ATM, 14},
	{"pppoe-vcmux", uapi.CAKE_ATM_ATM, 32},
	{"pppoe-llcsnap", uapi.CAKE_ATM_ATM, 40},
	{"pppoe-ptm", uapi.CAKE_ATM_PTM, 30},
	{"bridged-ptm", uapi.CAKE_ATM_PTM, 22},
}

var cakeDiffserv = []string{
	uapi.CAKE_DIFFSERV_DIFFSERV3: "diffserv3", uapi.CAKE_DIFFSERV_DIFFSERV4: "diffserv4",
	uapi.CAKE_DIFFSERV_DIFFSERV8: "diffserv8", uapi.CAKE_DIFFSERV_BESTEFFORT: "besteffort",
	uapi.CAKE_DIFFSERV_PRECEDENCE: "precedence",
}

var cakeFlows = []string{
	uapi.CAKE_FLOW_NONE: "flowblind", uapi.CAKE_FLOW_SRC_IP: "srchost", uapi.CAKE_FLOW_DST_IP: "dsthost",
	uapi.CAKE_FLOW_HOSTS: "hosts", uapi.CAKE_FLOW_FLOWS: "flows", uapi.CAKE_FLOW_DUAL_SRC: "dual-srchost",
	uapi.CAKE_FLOW_DUAL_DST: "dual-dsthost", uapi.CAKE_FLOW_TRIPLE: "triple-isolate",
}

var cakeAcks = []string{uapi.CAKE_ACK_NONE: "no-ack-filter", uapi.CAKE_ACK_FILTER: "ack-filter",
	uapi.CAKE_ACK_AGGRESSIVE: "ack-filter-aggressive"}

var cakeFields = []desc.Field{
	{Type: uapi.TCA_CAKE_BASE_RATE64, Word: "bandwidth", Usage: "RATE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[cakeWords](in)
			v, err := plainRate(in, "bandwidth")
			w.Bandwidth, w.Autorate = nil, new(false)
			if v != 0 {
				w.Bandwidth = new(v)
			}
			return err
		}},
	{Type: uapi.TCA_CAKE_BASE_RATE64, Word: "unlimited", Read: readCakeFlag},
	{Type: uapi.TCA_CAKE_AUTORATE, Word: "autorate-ingress", Read: readCakeFlag},
	{Type: uapi.TCA_CAKE_RTT, Word: "rtt", Usage: "TIME",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[cakeWords](in)
			v, err := in.Time("rtt")
			w.RTT, w.Target = v, max(v/20, 1)
			return err
		}},
	{Type: uapi.TCA_CAKE_TARGET, Word: "datacentre", Words: []string{"lan", "metro", "regional", "internet", "oceanic",
		"satellite", "interplanetary"}, Read: readCakePreset},
	{Type: uapi.TCA_CAKE_DIFFSERV_MODE, Word: "besteffort", Words: []string{"precedence", "diffserv8", "diffserv4",
		"diffserv", "diffserv3"}, Read: readCakeName},
	{Type: uapi.TCA_CAKE_FLOW_MODE, Word: "flowblind", Words: []string{"srchost", "dsthost", "hosts", "flows",
		"dual-srchost", "dual-dsthost", "triple-isolate"}, Read: readCakeName},
	{Type: uapi.TCA_CAKE_NAT, Word: "nat", Words: []string{"nonat"}, Read: readCakeFlag},
	{Type: uapi.TCA_CAKE_WASH, Word: "wash", Words: []string{"nowash"}, Read: readCakeFlag},
	{Type: uapi.TCA_CAKE_SPLIT_GSO, Word: "split-gso", Words: []string{"no-split-gso"}, Read: readCakeFlag},
	{Type: uapi.TCA_CAKE_ACK_FILTER, Word: "ack-filter", Words: []string{"ack-filter-aggressive", "no-ack-filter"},
		Read: readCakeName},
	{Type: uapi.TCA_CAKE_MEMORY, Word: "memlimit", Usage: "BYTES",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Size("memlimit")
			return set(&desc.Scratch[cakeWords](in).Memory, v, err)
		}},
	{Type: uapi.TCA_CAKE_FWMARK, Word: "fwmark", Usage: "MASK",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(32, 0, "fwmark")
			return setUnless0(&desc.Scratch[cakeWords](in).Fwmark, uint32(v), err)
		}},
	{Type: uapi.TCA_CAKE_ATM, Word: "ptm", Words: []string{"atm", "noatm"}, Read: readCakeFrame},
	{Type: uapi.TCA_CAKE_RAW, Word: "raw", Words: []string{"conservative", "ipoa-vcmux", "ipoa-llcsnap", "bridged-vcmux",
		"bridged-llcsnap", "pppoa-vcmux", "pppoa-llc", "pppoe-vcmux", "pppoe-llcsnap", "pppoe-ptm", "bridged-ptm",
		"via-ethernet", "ethernet", "ether-vlan", "docsis"}, Read: readCakeFrame},
	{Type: uapi.TCA_CAKE_OVERHEAD, Word: "overhead", Usage: "BYTES",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Signed(10, "overhead")
			if err != nil || v < -64 || v > 256 {
				return desc.Failed("Illegal \"overhead\", valid range is -64 to 256")
			}
			desc.Scratch[cakeWords](in).Overhead = new(v)
			return nil
		}},
	{Type: uapi.TCA_CAKE_MPU, Word: "mpu", Usage: "BYTES",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(32, 10, "mpu")
			if err != nil || v > 256 {
				return desc.Failed("Illegal \"mpu\", valid range is 0 to 256")
			}
			return setUnless0(&desc.Scratch[cakeWords](in).Mpu, uint32(v), nil)
		}},
	{Type: uapi.TCA_CAKE_INGRESS, Word: "ingress", Words: []string{"egress"}, Read: readCakeFlag},
}

func readCakeFlag(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[cakeWords](in)
	switch word := in.Last(); word {
	case "unlimited":
		w.Bandwidth, w.Autorate = new(uint64(0)), new(false)
	case "autorate-ingress":
		w.Autorate = new(true)
	case "nat", "nonat":
		w.Nat = new(word == "nat")
	case "wash", "nowash":
		w.Wash = new(word == "wash")
	case "split-gso", "no-split-gso":
		w.SplitGSO = new(word == "split-gso")
	case "ingress", "egress":
		w.Ingress = new(word == "ingress")
	}
	return nil
}

func readCakePreset(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[cakeWords](in)
	if w.preset != "" {
		return &desc.UsageError{Text: desc.Duplicate(in.Last(), w.preset).Error(), Status: 255}
	}
	w.preset = in.Last()
	for _, p := range &cakePresets {
		if p.name == w.preset {
			w.Target, w.RTT = p.target, p.rtt
		}
	}
	return nil
}

func readCakeName(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[cakeWords](in)
	index := func(names []string, word string) *uint32 { return new(uint32(slices.Index(names, word))) }
	switch word := in.Last(); {
	case word == "diffserv":
		w.DiffservMode = new(uint32(uapi.CAKE_DIFFSERV_DIFFSERV4))
	case f.Type == uapi.TCA_CAKE_DIFFSERV_MODE:
		w.DiffservMode = index(cakeDiffserv, word)
	case f.Type == uapi.TCA_CAKE_FLOW_MODE:
		w.FlowMode = index(cakeFlows, word)
	default:
		w.AckFilter = index(cakeAcks, word)
	}
	return nil
}

func readCakeFrame(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[cakeWords](in)
	word := in.Last()
	switch word {
	case "noatm":
		w.ATM = new(uint32(uapi.CAKE_ATM_NONE))
	case "atm":
		w.ATM = new(uint32(uapi.CAKE_ATM_ATM))
	case "ptm":
		w.ATM = new(uint32(uapi.CAKE_ATM_PTM))
	case "raw":
		w.ATM, w.Overhead, w.Raw = new(uint32(uapi.CAKE_ATM_NONE)), new(int32(0)), true
	case "conservative": // a whole cell and the framing of ATM
		w.ATM, w.Overhead = new(uint32(uapi.CAKE_ATM_ATM)), new(int32(48))
	case "ethernet": // preamble, gap and checksum
		w.addOverhead(38)
		w.Mpu = new(uint32(84))
	case "ether-vlan":
		w.addOverhead(4)
	case "docsis":
		w.frame(uapi.CAKE_ATM_NONE, 18)
		w.Mpu = new(uint32(64))
	}
	for _, f := range &cakeFrames {
		if f.name == word {
			w.frame(f.atm, f.overhead)
		}
	}
	return nil
}

func completeCake(in *desc.Args, e *wire.Encoder, _ bool) error {
	return putWords(e, desc.Scratch[cakeWords](in))
}

func showCake(p *desc.Printer, b []byte) {
	var o CakeOptions
	_ = attr.Decode(b, o.attrs) // what is whole is shown
	if r := o.Bandwidth; r != nil && *r != 0 {
		p.Rate("bandwidth", "bandwidth %s ", *r)
	} else if r != nil {
		p.Str("bandwidth", "bandwidth %s ", "unlimited")
	}
	if isTrue(o.Autorate) {
		p.Str("autorate", "%s ", "autorate-ingress")
	}
	showCakeMode(p, "diffserv", o.DiffservMode, cakeDiffserv)
	showCakeMode(p, "flowmode", o.FlowMode, cakeFlows)
	flag := func(key string, on bool, yes, no string) {
		p.Bool(key, "", on)
		if on {
			no = yes
		}
		p.Text("%s", no)
	}
	flag("nat", isTrue(o.Nat), "nat ", "nonat ")
	flag("wash", isTrue(o.Wash), "wash ", "nowash ")
	flag("ingress", isTrue(o.Ingress), "ingress ", "")
	ack, state := uint32(uapi.CAKE_ACK_NONE), "disabled"
	if o.AckFilter != nil {
		ack = *o.AckFilter
	}
	switch ack {
	case uapi.CAKE_ACK_AGGRESSIVE:
		state = "aggressive"
	case uapi.CAKE_ACK_FILTER:
		state = "enabled"
	default:
		ack = uapi.CAKE_ACK_NONE
	}
	p.Str("ack-filter", "", state)
	p.Text("%s ", cakeAcks[ack])
	flag("split_gso", isTrue(o.SplitGSO), "split-gso ", "no-split-gso ")
	if p.JSON || o.RTT != 0 {
		p.Time("rtt", "rtt %s ", o.RTT)
	}
	flag("raw", o.Raw, "raw ", "")
	switch atm := o.ATM; {
	case atm != nil && *atm == uapi.CAKE_ATM_ATM:
		p.Str("atm", "%s ", "atm")
	case atm != nil && *atm == uapi.CAKE_ATM_PTM:
		p.Str("atm", "%s ", "ptm")
	case !o.Raw:
		p.Str("atm", "%s ", "noatm")
	}
	overhead := int32(0)
	if o.Overhead != nil {
		overhead = *o.Overhead
	}
	p.Int("overhead", "overhead %d ", int64(overhead))
	if o.Mpu != nil && *o.Mpu != 0 {
		p.Uint("mpu", "mpu %d ", uint64(*o.Mpu))
	}
	if o.Memory != 0 {
		p.Size("memlimit", "memlimit %s ", uint64(o.Memory))
	}
	mark := uint64(0)
	if o.Fwmark != nil {
		mark = uint64(*o.Fwmark)
	}
	if p.JSON || mark != 0 {
		showHex(p, "fwmark", "fwmark %s ", mark)
	}
}

func isTrue(v *bool) bool { return v != nil && *v }

func showCakeMode(p *desc.Printer, key string, v *uint32, names []string) {
	switch {
	case v == nil:
	case *v < uint32(len(names)):
		p.Str(key, "%s ", names[*v])
	default:
		p.Str(key, "", "unknown")
		p.Text("(?%s?)", key)
	}
}
