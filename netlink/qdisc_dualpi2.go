package netlink

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Dualpi2 has two queues, one for flows that react to marks at once (L4S) and one for others, and couples
// them: tc-dualpi2(8). What is nil leaves the kernel's default. Linux 6.17.
type Dualpi2 struct {
	QdiscAttrs
	Limit        *uint32 // packets that may wait
	MemoryLimit  *uint32 // bytes
	Target       *uint32 // microseconds that packets of the classic queue are to wait
	Tupdate      *uint32 // microseconds between changes of the probability
	Alpha, Beta  *uint32 // of 256: how much of the probability is by the present delay, and by its change
	StepPackets  *uint32 // packets in the L4S queue from which on all are marked
	StepTime     *uint32 // microseconds in the place of StepPackets
	MinQlenStep  *uint32 // packets that the L4S queue has at least for that
	Coupling     *uint8  // how much more the L4S queue marks
	DropOverload *uint8  // TC_DUALPI2_DROP_OVERLOAD_…
	DropEarly    *uint8  // TC_DUALPI2_DROP_EARLY_…
	CProtection  *uint8  // percent of turns that the classic queue has
	ECNMask      *uint8  // TC_DUALPI2_ECN_MASK_…: which packets are of the L4S queue
	SplitGSO     *uint8  // TC_DUALPI2_SPLIT_GSO_…
}

// Attrs returns the attributes that all kinds have.
func (q *Dualpi2) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "dualpi2".
func (q *Dualpi2) Type() string { return "dualpi2" }

func (q *Dualpi2) attrs(c *attr.Codec) {
	attr.OptU32(c, uapi.TCA_DUALPI2_LIMIT, &q.Limit)
	attr.OptU32(c, uapi.TCA_DUALPI2_MEMORY_LIMIT, &q.MemoryLimit)
	attr.OptU32(c, uapi.TCA_DUALPI2_TARGET, &q.Target)
	attr.OptU32(c, uapi.TCA_DUALPI2_TUPDATE, &q.Tupdate)
	attr.OptU32(c, uapi.TCA_DUALPI2_ALPHA, &q.Alpha)
	attr.OptU32(c, uapi.TCA_DUALPI2_BETA, &q.Beta)
	attr.OptU32(c, uapi.TCA_DUALPI2_STEP_THRESH_PKTS, &q.StepPackets)
	attr.OptU32(c, uapi.TCA_DUALPI2_STEP_THRESH_US, &q.StepTime)
	attr.OptU32(c, uapi.TCA_DUALPI2_MIN_QLEN_STEP, &q.MinQlenStep)
	attr.OptU8(c, uapi.TCA_DUALPI2_COUPLING, &q.Coupling)
	attr.OptU8(c, uapi.TCA_DUALPI2_DROP_OVERLOAD, &q.DropOverload)
	attr.OptU8(c, uapi.TCA_DUALPI2_DROP_EARLY, &q.DropEarly)
	attr.OptU8(c, uapi.TCA_DUALPI2_C_PROTECTION, &q.CProtection)
	attr.OptU8(c, uapi.TCA_DUALPI2_ECN_MASK, &q.ECNMask)
	attr.OptU8(c, uapi.TCA_DUALPI2_SPLIT_GSO, &q.SplitGSO)
}

// Dualpi2Xstats is struct tc_dualpi2_xstats.
type Dualpi2Xstats struct {
	Prob                   uint32 // the present probability, of 2^32
	DelayC, DelayL         uint32 // microseconds that packets of the classic and of the L4S queue wait now
	PacketsInC, PacketsInL uint32
	Maxq                   uint32 // packets of the longest queue so far
	EcnMark                uint32 // packets marked
	StepMarks              uint32 // of these, by the step
	Credit                 int32  // of the classic queue
	MemoryUsed             uint32 // bytes, as the two that follow
	MaxMemoryUsed          uint32
	MemoryLimit            uint32
}

// AppStatistics returns the counters of the kind, nil where none came.
func (q *Dualpi2) AppStatistics() *Dualpi2Xstats {
	return (*Dualpi2Xstats)(xstats[uapi.TcDualpi2Xstats](q.Xstats))
}

func (*Dualpi2) nested() {}

func (*Dualpi2) describe() desc.Kind {
	return desc.Kind{Fields: dualpi2Fields, Exact: true, Nested: true, Complete: completeDualpi2, Raw: showDualpi2,
		Statistics: showDualpi2Statistics}
}

const (
	dualpi2Scale  = 256         // of alpha and beta
	dualpi2Most   = 2<<23 - 1   // that these may be
	dualpi2MaxRTT = uint32(6)   // typical round trip times
	dualpi2Alpha  = float32(.1) // of RFC 9332
	dualpi2Beta   = float32(.3) // of RFC 9332
)

// dualpi2Words are what the words of a command say of a [Dualpi2].
type dualpi2Words struct {
	Dualpi2
	maxRTT, typicalRTT uint32
}

var dualpi2Fields = []desc.Field{
	{Type: uapi.TCA_DUALPI2_LIMIT, Word: "limit", Usage: "PACKETS", Read: readDualpi2Number},
	{Type: uapi.TCA_DUALPI2_MEMORY_LIMIT, Word: "memlimit", Usage: "BYTES", Read: readDualpi2Number},
	{Type: uapi.TCA_DUALPI2_TARGET, Word: "target", Usage: "TIME", Read: readDualpi2Time},
	{Type: uapi.TCA_DUALPI2_TUPDATE, Word: "tupdate", Usage: "TIME", Read: readDualpi2Time},
	{Type: uapi.TCA_DUALPI2_ALPHA, Word: "alpha", Usage: "NUMBER", Read: readDualpi2Factor},
	{Type: uapi.TCA_DUALPI2_BETA, Word: "beta", Usage: "NUMBER", Read: readDualpi2Factor},
	{Type: uapi.TCA_DUALPI2_COUPLING, Word: "coupling_factor", Usage: "NUMBER",
		Read: func(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(8, 0, f.Word)
			desc.Scratch[dualpi2Words](in).Coupling = new(uint8(v))
			return err
		}},
	{Type: uapi.TCA_DUALPI2_ECN_MASK, Word: "l4s_ect", Words: []string{"any_ect"}, Read: readDualpi2Word},
	{Type: uapi.TCA_DUALPI2_STEP_THRESH_US, Word: "step_thresh", Usage: "{ TIME | PACKETS }", Read: readDualpi2Step},
	{Type: uapi.TCA_DUALPI2_STEP_THRESH_PKTS, ReadOnly: true},
	{Type: uapi.TCA_DUALPI2_MIN_QLEN_STEP, Word: "min_qlen_step", Usage: "PACKETS",
		Read: func(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(32, 10, f.Word)
			desc.Scratch[dualpi2Words](in).MinQlenStep = new(uint32(v))
			return err
		}},
	{Type: uapi.TCA_DUALPI2_DROP_OVERLOAD, Word: "overflow", Words: []string{"drop_on_overload"}, Read: readDualpi2Word},
	{Type: uapi.TCA_DUALPI2_DROP_EARLY, Word: "drop_enqueue", Words: []string{"drop_dequeue"}, Read: readDualpi2Word},
	{Type: uapi.TCA_DUALPI2_SPLIT_GSO, Word: "split_gso", Words: []string{"no_split_gso"}, Read: readDualpi2Word},
	{Type: uapi.TCA_DUALPI2_C_PROTECTION, Word: "classic_protection", Usage: "PERCENT",
		Read: func(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
			v, err := in.Percent(f.Word)
			desc.Scratch[dualpi2Words](in).CProtection = new(uint8(math.RoundToEven(v * 100)))
			return err
		}},
	{Word: "max_rtt", Usage: "TIME", Read: func(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
		v, err := in.Time(f.Word)
		return set(&desc.Scratch[dualpi2Words](in).maxRTT, v, err)
	}},
	{Word: "typical_rtt", Usage: "TIME", Read: func(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
		v, err := in.Time(f.Word)
		return set(&desc.Scratch[dualpi2Words](in).typicalRTT, v, err)
	}},
}

func readDualpi2Number(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[dualpi2Words](in)
	to := &w.Limit
	if f.Type == uapi.TCA_DUALPI2_MEMORY_LIMIT {
		to = &w.MemoryLimit
	}
	v, err := in.Number(32, 10, f.Word)
	return setUnless0(to, uint32(v), err)
}

func readDualpi2Time(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[dualpi2Words](in)
	to := &w.Target
	if f.Type == uapi.TCA_DUALPI2_TUPDATE {
		to = &w.Tupdate
	}
	v, err := in.Time(f.Word)
	return setUnless0(to, v, err)
}

func readDualpi2Factor(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[dualpi2Words](in)
	to := &w.Alpha
	if f.Type == uapi.TCA_DUALPI2_BETA {
		to = &w.Beta
	}
	v, err := in.Float(f.Word)
	if err == nil && (v < 0 || v > dualpi2Most) {
		err = desc.Illegal(f.Word)
	}
	if err == nil && v < 1./dualpi2Scale && in.Warn != nil {
		in.Warn(fmt.Sprintf("Warning: %q is too small and will be rounded to zero.", f.Word))
	}
	*to = new(uint32(float32(v) * dualpi2Scale))
	return err
}

// readDualpi2Step reads a time, or else a number of packets, which has a unit.
func readDualpi2Step(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[dualpi2Words](in)
	word, err := in.Next()
	if err != nil {
		return err
	}
	w.StepTime, w.StepPackets = nil, nil
	if v, ok := desc.ParseTime(word); ok {
		return setUnless0(&w.StepTime, v, nil)
	}
	unit := strings.TrimLeft(word, "0123456789")
	v, err := strconv.ParseUint(strings.TrimSuffix(word, unit), 10, 32)
	if err != nil || !slices.Contains([]string{"p", "pkt", "pkts", "packet", "packets"}, unit) {
		return desc.Illegal(f.Word)
	}
	return setUnless0(&w.StepPackets, uint32(v), nil)
}

func readDualpi2Word(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[dualpi2Words](in)
	switch in.Last() {
	case "l4s_ect":
		w.ECNMask = new(uint8(uapi.TC_DUALPI2_ECN_MASK_L4S_ECT))
	case "any_ect":
		w.ECNMask = new(uint8(uapi.TC_DUALPI2_ECN_MASK_ANY_ECT))
	case "overflow":
		w.DropOverload = new(uint8(uapi.TC_DUALPI2_DROP_OVERLOAD_OVERFLOW))
	case "drop_on_overload":
		w.DropOverload = new(uint8(uapi.TC_DUALPI2_DROP_OVERLOAD_DROP))
	case "drop_enqueue":
		w.DropEarly = new(uint8(uapi.TC_DUALPI2_DROP_EARLY_DROP_ENQUEUE))
	case "drop_dequeue":
		w.DropEarly = new(uint8(uapi.TC_DUALPI2_DROP_EARLY_DROP_DEQUEUE))
	case "split_gso":
		w.SplitGSO = new(uint8(uapi.TC_DUALPI2_SPLIT_GSO_SPLIT_GSO))
	case "no_split_gso":
		w.SplitGSO = new(uint8(uapi.TC_DUALPI2_SPLIT_GSO_NO_SPLIT_GSO))
	}
	return nil
}

func completeDualpi2(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[dualpi2Words](in)
	if w.maxRTT|w.typicalRTT != 0 {
		if err := w.byRTT(in); err != nil {
			return err
		}
	}
	return putWords(e, w)
}

// byRTT computes what depends on round trip times.
func (w *dualpi2Words) byRTT(in *desc.Args) error {
	warn := func(text string) {
		if in.Warn != nil {
			in.Warn(text)
		}
	}
	switch {
	case w.typicalRTT == 0:
		w.typicalRTT = max(w.maxRTT/dualpi2MaxRTT, 1)
	case w.maxRTT == 0:
		w.maxRTT = w.typicalRTT * dualpi2MaxRTT
	case w.typicalRTT > w.maxRTT:
		return desc.Failed("typical_rtt must be <= max_rtt!")
	}
	if w.Alpha != nil || w.Beta != nil || w.Target != nil || w.Tupdate != nil {
		warn("rtt_max is specified, ignore alpha/beta/tupdate/target")
	}
	longest := float64(w.maxRTT)
	tupdate := max(uint32(min(float64(w.typicalRTT), longest/3)), 1)
	alpha := float64(tupdate) / longest / longest * TIME_UNITS_PER_SEC * float64(dualpi2Alpha)
	beta := float64(dualpi2Beta) / longest * TIME_UNITS_PER_SEC
	switch {
	case beta > dualpi2Most:
		return desc.Failed("max_rtt=%s is too low and cause beta to overflow!", desc.TimeText(w.maxRTT))
	case alpha < 1./dualpi2Scale || beta < 1./dualpi2Scale:
		return desc.Failed("Large max_rtt=%s rounds down alpha=%f and/or beta=%f!", desc.TimeText(w.maxRTT), alpha, beta)
	}
	warn(fmt.Sprintf("Auto-config [max_rtt: %s, typical_rtt: %s]: target=%s tupdate=%s alpha=%f beta=%f",
		desc.TimeText(w.maxRTT), desc.TimeText(w.typicalRTT), desc.TimeText(w.typicalRTT), desc.TimeText(tupdate), alpha,
		beta))
	w.Target, w.Tupdate = new(w.typicalRTT), new(tupdate)
	w.Alpha, w.Beta = new(uint32(alpha*dualpi2Scale)), new(uint32(beta*dualpi2Scale))
	return nil
}

func showDualpi2(p *desc.Printer, b []byte) {
	var q Dualpi2
	_ = attr.Decode(b, q.attrs) // what is whole is shown
	number := func(v *uint32, key, format string) {
		if v != nil {
			p.Uint(key, format, uint64(*v))
		}
	}
	time := func(v *uint32, key, format string) {
		if v != nil {
			p.Time(key, format, *v)
		}
	}
	factor := func(v *uint32, key, format string) {
		if v != nil {
			p.Float(key, format, float64(float32(*v)/dualpi2Scale))
		}
	}
	number(q.Limit, "limit", "limit %dp ")
	number(q.MemoryLimit, "memory-limit", "memlimit %dB ")
	time(q.Target, "target", "target %s ")
	time(q.Tupdate, "tupdate", "tupdate %s ")
	factor(q.Alpha, "alpha", "alpha %f ")
	factor(q.Beta, "beta", "beta %f ")
	number(q.StepPackets, "step-thresh-pkts", "step_thresh %dp ")
	time(q.StepTime, "step-thresh-us", "step_thresh %s ")
	number(q.MinQlenStep, "min-qlen-step", "min_qlen_step %dp ")
	if q.Coupling != nil {
		p.Uint("coupling", "coupling_factor %d ", uint64(*q.Coupling))
	}
	showDualpi2Word(p, q.DropOverload, "drop-overload", [2]string{"overflow", "overflow"},
		[2]string{"drop_on_overload", "drop"})
	showDualpi2Word(p, q.DropEarly, "drop-early", [2]string{"drop_dequeue", "drop-dequeue"},
		[2]string{"drop_enqueue", "drop-enqueue"})
	if q.CProtection != nil {
		p.Uint("c-protection", "classic_protection %d%% ", uint64(*q.CProtection))
	}
	if v := q.ECNMask; v != nil {
		words := [2]string{}
		switch *v & uapi.TC_DUALPI2_ECN_MASK_ANY_ECT {
		case uapi.TC_DUALPI2_ECN_MASK_L4S_ECT:
			words = [2]string{"l4s_ect", "l4s-ect"}
		case uapi.TC_DUALPI2_ECN_MASK_CLA_ECT, uapi.TC_DUALPI2_ECN_MASK_ANY_ECT:
			words = [2]string{"any_ect", "any-ect"}
		}
		showDualpi2Word(p, v, "ecn-mask", words, words)
	}
	if v := q.SplitGSO; v != nil && *v != 0 {
		p.Null("split-gso", "split_gso ")
	} else if v != nil {
		p.Text("no_split_gso ")
	}
}

// showDualpi2Word prints one of two words, each as it is in text and in JSON.
func showDualpi2Word(p *desc.Printer, v *uint8, key string, zero, other [2]string) {
	if v == nil {
		return
	}
	if *v != 0 {
		zero = other
	}
	p.Text("%s ", zero[0])
	p.Str(key, "", zero[1])
}

func showDualpi2Statistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcDualpi2Xstats {
		return
	}
	var s uapi.TcDualpi2Xstats
	s.Decode(b)
	p.Float("prob", "prob %f ", float64(s.Prob)/math.MaxUint32)
	p.Uint("delay-c", "delay_c %dus ", uint64(s.DelayC))
	p.Uint("delay-l", "delay_l %dus", uint64(s.DelayL))
	p.NL()
	p.Uint("pkts-in-c", "pkts_in_c %d ", uint64(s.PacketsInC))
	p.Uint("pkts-in-l", "pkts_in_l %d ", uint64(s.PacketsInL))
	p.Uint("maxq", "maxq %d", uint64(s.Maxq))
	p.NL()
	p.Uint("ecn-mark", "ecn_mark %d ", uint64(s.EcnMark))
	p.Uint("step-mark", "step_mark %d", uint64(s.StepMarks))
	p.NL()
	p.Int("credit", "credit %d ", int64(s.Credit))
	queue := "L-queue"
	if s.Credit > 0 {
		queue = "C-queue"
	}
	p.Text("(%s)", queue)
	p.NL()
	p.Uint("memory-used", "memory_used %d ", uint64(s.MemoryUsed))
	p.Uint("max-memory-used", "(max %d) ", uint64(s.MaxMemoryUsed))
	p.Uint("memory-limit", "of memory limit %d", uint64(s.MemoryLimit))
	p.NL()
}
