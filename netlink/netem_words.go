package netlink

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*Netem) describe() desc.Kind {
	return desc.Kind{
		Fields: netemFields, Header: uapi.SizeofTcNetemQopt, First: firstNetem, Complete: completeNetem,
		Statistics: showNetemStatistics,
	}
}

// netemWords are what the words of a command say of a [Netem].
type netemWords struct {
	opt             uapi.TcNetemQopt
	latency, jitter *int64
	corr            *uapi.TcNetemCorr
	reorder         *uapi.TcNetemReorder
	corrupt         *uapi.TcNetemCorrupt
	gi              *uapi.TcNetemGimodel
	ge              *uapi.TcNetemGemodel
	slot            *uapi.TcNetemSlot
	rate            *uapi.TcNetemRate
	rate64          uint64
	seed            *uint64
	ecn             bool
	delayDist       []int16
	slotDist        []int16
}

func firstNetem(in *desc.Args, _ *wire.Encoder) error {
	desc.Scratch[netemWords](in).opt.Limit = 1000
	return nil
}

// chance takes a percentage into a probability of the kernel's.
func chance(in *desc.Args, what string, to *uint32) error {
	v, err := in.Percent(what)
	*to = chanceOf(v)
	return err
}

func chanceOf(v float64) uint32 { return uint32(math.RoundToEven(v * math.MaxUint32)) }

// correlation takes a second percentage, if one is there, and reports whether one was.
func correlation(in *desc.Args, what string, to *uint32) error {
	if !in.PeekNumber() {
		return nil
	}
	w := desc.Scratch[netemWords](in)
	if w.corr == nil && what != "duplicate" {
		w.corr = new(uapi.TcNetemCorr)
	}
	return chance(in, what, to)
}

var netemFields = []desc.Field{
	{Type: desc.Header, Word: "limit", Usage: "PACKETS", Show: showNetem,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Size("limit")
			return set(&desc.Scratch[netemWords](in).opt.Limit, v, err)
		}},
	{Type: uapi.TCA_NETEM_LATENCY64, Word: "latency", Words: []string{"delay"}, Usage: "TIME [ JITTER [ CORRELATION ] ]",
		Read: readNetemDelay},
	{Type: uapi.TCA_NETEM_JITTER64, ReadOnly: true},
	{Type: uapi.TCA_NETEM_CORR, ReadOnly: true},
	{Type: uapi.TCA_NETEM_LOSS, Word: "loss", Words: []string{"drop"}, Read: readNetemLoss,
		Usage: "{ [ random ] PERCENT [ CORRELATION ] | state P13 [ P31 [ P32 [ P23 [ P14 ] ] ] ] | gemodel P [ R [ 1-H [ " +
			"1-K ] ] ] }"},
	{Type: uapi.TCA_NETEM_PRNG_SEED, Word: "seed", Usage: "NUMBER",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(64, 10, "seed")
			desc.Scratch[netemWords](in).seed = &v
			return err
		}},
	{Type: uapi.TCA_NETEM_ECN, Word: "ecn", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		desc.Scratch[netemWords](in).ecn = true
		return nil
	}},
	{Type: uapi.TCA_NETEM_REORDER, Word: "reorder", Usage: "PERCENT [ CORRELATION ]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[netemWords](in)
			w.reorder = new(uapi.TcNetemReorder)
			if err := chance(in, "reorder", &w.reorder.Probability); err != nil {
				return err
			}
			return correlation(in, "reorder", &w.reorder.Correlation)
		}},
	{Type: uapi.TCA_NETEM_CORRUPT, Word: "corrupt", Usage: "PERCENT [ CORRELATION ]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[netemWords](in)
			w.corrupt = new(uapi.TcNetemCorrupt)
			if err := chance(in, "corrupt", &w.corrupt.Probability); err != nil {
				return err
			}
			return correlation(in, "corrupt", &w.corrupt.Correlation)
		}},
	{Word: "gap", Usage: "DISTANCE", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := in.Number(32, 0, "gap")
		return set(&desc.Scratch[netemWords](in).opt.Gap, v, err)
	}},
	{Word: "duplicate", Usage: "PERCENT [ CORRELATION ]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[netemWords](in)
			if err := chance(in, "duplicate", &w.opt.Duplicate); err != nil || !in.PeekNumber() {
				return err
			}
			if w.corr == nil {
				w.corr = new(uapi.TcNetemCorr)
			}
			return chance(in, "duplicate", &w.corr.DupCorr)
		}},
	{Type: uapi.TCA_NETEM_DELAY_DIST, Word: "distribution", Usage: "{ uniform | normal | pareto | paretonormal | NAME }",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
			desc.Scratch[netemWords](in).delayDist, err = readDistribution(in)
			return err
		}},
	{Type: uapi.TCA_NETEM_RATE, Word: "rate", Usage: "RATE [ PACKETOVERHEAD [ CELLSIZE [ CELLOVERHEAD ] ] ]",
		Read: readNetemRate},
	{Type: uapi.TCA_NETEM_RATE64, ReadOnly: true},
	{Type: uapi.TCA_NETEM_SLOT, Word: "slot", Read: readNetemSlot,
		Usage: "{ MIN_DELAY [ MAX_DELAY ] | distribution NAME DELAY JITTER } [ packets NUMBER ] [ bytes SIZE ]"},
	{Type: uapi.TCA_NETEM_SLOT_DIST, ReadOnly: true},
}

func readNetemDelay(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[netemWords](in)
	v, err := in.Time64("latency")
	w.latency = &v
	if err != nil || !in.PeekNumber() {
		return err
	}
	j, err := in.Time64("latency")
	w.jitter = &j
	if err != nil || !in.PeekNumber() {
		return err
	}
	if w.corr == nil {
		w.corr = new(uapi.TcNetemCorr)
	}
	return chance(in, "latency", &w.corr.DelayCorr)
}

func readNetemLoss(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[netemWords](in)
	if w.opt.Loss != 0 || w.gi != nil || w.ge != nil {
		return desc.Illegal("duplicate loss argument")
	}
	// Each model has a first probability and defaults that follow from it.
	more := func(to ...*uint32) error {
		for _, p := range to {
			if !in.PeekNumber() {
				return nil
			}
			if err := chance(in, "loss", p); err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case in.Take("state"):
		first, err := in.Percent("loss p13")
		if err != nil {
			return err
		}
		m := &uapi.TcNetemGimodel{P13: chanceOf(first), P31: chanceOf(1 - first), P23: math.MaxUint32}
		w.gi = m
		return more(&m.P31, &m.P32, &m.P23, &m.P14)
	case in.Take("gemodel"):
		first, err := in.Percent("loss gemodel p")
		if err != nil {
			return err
		}
		m := &uapi.TcNetemGemodel{P: chanceOf(first), R: chanceOf(1 - first)}
		w.ge = m
		if err := more(&m.R); err != nil || !in.PeekNumber() {
			return err
		}
		if err := chance(in, "loss gemodel h", &m.H); err != nil {
			return err
		}
		m.H = math.MaxUint32 - m.H
		return more(&m.K1)
	case !in.Take("random") && in.More() && !in.PeekNumber():
		return desc.Failed("Unknown loss parameter: %s", in.Peek())
	}
	if err := chance(in, "loss percent", &w.opt.Loss); err != nil || !in.PeekNumber() {
		return err
	}
	if w.corr == nil {
		w.corr = new(uapi.TcNetemCorr)
	}
	return chance(in, "loss correlation", &w.corr.LossCorr)
}

func readNetemRate(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[netemWords](in)
	w.rate = new(uapi.TcNetemRate)
	v, err := in.Rate("rate")
	if w.rate64 = v; err != nil {
		return err
	}
	signed := func(to *int32) error {
		if !in.PeekNumber() && !strings.HasPrefix(in.Peek(), "-") {
			return nil
		}
		v, err := in.Signed(0, "rate")
		return set(to, v, err)
	}
	if err := signed(&w.rate.PacketOverhead); err != nil {
		return err
	}
	if in.PeekNumber() {
		v, err := in.Number(32, 0, "rate")
		if w.rate.CellSize = uint32(v); err != nil {
			return err
		}
	}
	return signed(&w.rate.CellOverhead)
}

func readNetemSlot(in *desc.Args, _ *desc.Field, _ *wire.Encoder) (err error) {
	w := desc.Scratch[netemWords](in)
	if w.slot == nil {
		w.slot = new(uapi.TcNetemSlot)
	}
	s := w.slot
	switch {
	case in.PeekNumber():
		if s.MinDelay, err = in.Time64("slot min_delay"); err != nil {
			return err
		}
		s.MaxDelay = s.MinDelay
		if in.PeekNumber() {
			if s.MaxDelay, err = in.Time64("slot max_delay"); err != nil || s.MaxDelay < s.MinDelay {
				return desc.Illegal("slot max_delay")
			}
		}
	case in.Take("distribution"):
		if w.slotDist, err = readDistribution(in); err != nil {
			return err
		}
		if s.DistDelay, err = in.Time64("slot delay"); err != nil {
			return err
		}
		if s.DistJitter, err = in.Time64("slot jitter"); err != nil {
			return err
		}
		if s.DistJitter <= 0 {
			return desc.Failed("Non-positive jitter")
		}
	case !in.More():
		return desc.Incomplete()
	default:
		return desc.Failed("Unknown slot parameter: %s", in.Peek())
	}
	if in.TakeAbbr("packets") {
		if s.MaxPackets, err = in.Signed(0, "slot packets"); err != nil {
			return err
		}
	}
	if in.TakeAbbr("bytes") {
		v, err := in.Size("slot bytes")
		return set(&s.MaxBytes, v, err)
	}
	return nil
}

// maxDistribution is the largest distribution that tc sends.
const maxDistribution = 16 << 10

// readDistribution takes the name of a distribution of delays, and reads it from tc's files: numbers, and lines that
// begin with #.
func readDistribution(in *desc.Args) ([]int16, error) {
	name, err := in.Next()
	if err != nil {
		return nil, err
	}
	var text []byte
	for _, dir := range distributionDirs() {
		if text, err = os.ReadFile(filepath.Join(dir, name+".dist")); err == nil {
			break
		}
	}
	if err != nil {
		return nil, desc.Failed("No distribution data for %s (%v)", name, err)
	}
	var data []int16
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			v, err := strconv.ParseInt(word, 0, 32)
			if err != nil {
				break
			}
			if len(data) == maxDistribution {
				return nil, desc.Failed("%s: too much data", name)
			}
			data = append(data, int16(v))
		}
	}
	if len(data) == 0 {
		return nil, desc.Failed("No distribution data for %s", name)
	}
	return data, nil
}

// distributionDirs are where tc's files are: Debian has them below its name of the architecture.
func distributionDirs() []string {
	if dir := os.Getenv("TC_LIB_DIR"); dir != "" {
		return []string{dir}
	}
	ofArchitectures, _ := filepath.Glob("/usr/lib/*/tc") // the pattern is right
	return append([]string{"/usr/lib/tc", "/usr/lib64/tc", "/lib/tc"}, ofArchitectures...)
}

func completeNetem(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[netemWords](in)
	delayed := w.latency != nil && *w.latency != 0
	switch {
	case w.reorder != nil && w.reorder.Probability != 0:
		if !delayed {
			return desc.Failed("reordering not possible without specifying some delay")
		}
		w.opt.Gap = max(w.opt.Gap, 1)
	case w.opt.Gap != 0:
		return desc.Failed("gap specified without reorder probability")
	}
	if w.ecn && w.opt.Loss == 0 && w.gi == nil && w.ge == nil {
		return desc.Failed("ecn requested without loss model")
	}
	if w.delayDist != nil && (!delayed || w.jitter == nil || *w.jitter == 0) {
		return desc.Failed("distribution specified but no latency and jitter values")
	}
	w.opt.Put(in.Written(e, desc.Header))
	if w.latency != nil {
		e.Uint64(uapi.TCA_NETEM_LATENCY64, uint64(*w.latency))
	}
	if w.jitter != nil {
		e.Uint64(uapi.TCA_NETEM_JITTER64, uint64(*w.jitter))
	}
	if w.corr != nil {
		e.Struct(uapi.TCA_NETEM_CORR, uapi.SizeofTcNetemCorr, w.corr)
	}
	if w.reorder != nil {
		e.Struct(uapi.TCA_NETEM_REORDER, uapi.SizeofTcNetemReorder, w.reorder)
	}
	if w.ecn {
		e.Uint32(uapi.TCA_NETEM_ECN, 1)
	}
	if w.corrupt != nil {
		e.Struct(uapi.TCA_NETEM_CORRUPT, uapi.SizeofTcNetemCorrupt, w.corrupt)
	}
	if w.slot != nil {
		e.Struct(uapi.TCA_NETEM_SLOT, uapi.SizeofTcNetemSlot, w.slot)
	}
	if w.gi != nil || w.ge != nil {
		e.Nest(uapi.TCA_NETEM_LOSS | uapi.NLA_F_NESTED)
		if w.gi != nil {
			e.Struct(uapi.NETEM_LOSS_GI, uapi.SizeofTcNetemGimodel, w.gi)
		} else {
			e.Struct(uapi.NETEM_LOSS_GE, uapi.SizeofTcNetemGemodel, w.ge)
		}
		e.End()
	}
	if w.rate != nil {
		w.rate.Rate = uint32(min(w.rate64, math.MaxUint32))
		if above32(w.rate64) != 0 {
			e.Uint64(uapi.TCA_NETEM_RATE64, w.rate64)
		}
		e.Struct(uapi.TCA_NETEM_RATE, uapi.SizeofTcNetemRate, w.rate)
	}
	if w.seed != nil {
		e.Uint64(uapi.TCA_NETEM_PRNG_SEED, *w.seed)
	}
	putDistribution(e, uapi.TCA_NETEM_DELAY_DIST, w.delayDist)
	putDistribution(e, uapi.TCA_NETEM_SLOT_DIST, w.slotDist)
	return nil
}

func putDistribution(e *wire.Encoder, typ uint16, data []int16) {
	if data == nil {
		return
	}
	b := e.Reserve(typ, 2*len(data))
	for i, v := range data {
		native.PutUint16(b[2*i:], uint16(v))
	}
}

// showChance prints a probability: in percent, in JSON as a fraction of 1.
func showChance(p *desc.Printer, key, format string, v uint32) {
	if p.JSON {
		p.Float(key, "", float64(v)/math.MaxUint32)
	} else {
		p.Text(format+" %s%%", strconv.FormatFloat(100*float64(v)/math.MaxUint32, 'g', 6, 64))
	}
}

// showCorrelation prints a correlation; in text where it is not 0.
func showCorrelation(p *desc.Printer, v uint32) {
	if p.JSON || v != 0 {
		showChance(p, "correlation", "", v)
	}
}

// showSeconds prints a time in nanoseconds; in JSON in seconds.
func showSeconds(p *desc.Printer, key, format string, ns int64) {
	if p.JSON {
		p.Float(key, "", float64(ns)/1e9)
	} else {
		p.Text(format+" %s", desc.Time64Text(ns))
	}
}

func showNetem(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < uapi.SizeofTcNetemQopt {
		return
	}
	var (
		o       uapi.TcNetemQopt
		corr    uapi.TcNetemCorr
		reorder uapi.TcNetemReorder
		corrupt uapi.TcNetemCorrupt
	)
	o.Decode(b)
	corr.Decode(attrs[uapi.TCA_NETEM_CORR])
	reorder.Decode(attrs[uapi.TCA_NETEM_REORDER])
	corrupt.Decode(attrs[uapi.TCA_NETEM_CORRUPT])
	p.Uint("limit", "limit %d", uint64(o.Limit))
	if latency := int64(number64(attrs[uapi.TCA_NETEM_LATENCY64], 0)); latency != 0 {
		jitter := int64(number64(attrs[uapi.TCA_NETEM_JITTER64], 0))
		p.Object("delay")
		showSeconds(p, "delay", " delay", latency)
		if p.JSON || jitter != 0 {
			showSeconds(p, "jitter", " ", jitter)
		}
		if p.JSON || jitter != 0 {
			showCorrelation(p, corr.DelayCorr)
		}
		p.EndObject()
	}
	chances := func(key string, v, correlation uint32) {
		p.Object(key)
		name := strings.TrimSuffix(key, "-random")
		showChance(p, name, " "+name, v)
		showCorrelation(p, correlation)
		p.EndObject()
	}
	if o.Loss != 0 {
		chances("loss-random", o.Loss, corr.LossCorr)
	}
	showNetemModels(p, desc.ParseAttrs(attrs[uapi.TCA_NETEM_LOSS]))
	if o.Duplicate != 0 {
		chances("duplicate", o.Duplicate, corr.DupCorr)
	}
	if reorder.Probability != 0 {
		chances("reorder", reorder.Probability, reorder.Correlation)
	}
	if corrupt.Probability != 0 {
		chances("corrupt", corrupt.Probability, corrupt.Correlation)
	}
	showNetemRate(p, attrs)
	showNetemSlot(p, attrs[uapi.TCA_NETEM_SLOT])
	if b := attrs[uapi.TCA_NETEM_PRNG_SEED]; len(b) >= 8 {
		p.Uint("seed", " seed %d", native.Uint64(b))
	}
	ecn := attrs[uapi.TCA_NETEM_ECN]
	p.Bool("ecn", " ecn ", len(ecn) >= 4 && native.Uint32(ecn) != 0)
	if p.JSON || o.Gap != 0 {
		p.Uint("gap", " gap %d", uint64(o.Gap))
	}
}

func showNetemModels(p *desc.Printer, models desc.Attrs) {
	if b := models[uapi.NETEM_LOSS_GI]; b != nil {
		var m uapi.TcNetemGimodel
		m.Decode(b)
		p.Object("loss-state")
		showChance(p, "p13", " loss state p13", m.P13)
		showChance(p, "p31", " p31", m.P31)
		showChance(p, "p32", " p32", m.P32)
		showChance(p, "p23", " p23", m.P23)
		showChance(p, "p14", " p14", m.P14)
		p.EndObject()
	}
	if b := models[uapi.NETEM_LOSS_GE]; b != nil {
		var m uapi.TcNetemGemodel
		m.Decode(b)
		p.Object("loss-gemodel")
		showChance(p, "p", " loss gemodel p", m.P)
		showChance(p, "r", " r", m.R)
		showChance(p, "1-h", " 1-h", math.MaxUint32-m.H)
		showChance(p, "1-k", " 1-k", m.K1)
		p.EndObject()
	}
}

func showNetemRate(p *desc.Printer, attrs desc.Attrs) {
	var r uapi.TcNetemRate
	r.Decode(attrs[uapi.TCA_NETEM_RATE])
	if r.Rate == 0 {
		return
	}
	rate := number64(attrs[uapi.TCA_NETEM_RATE64], 0)
	if rate == 0 {
		rate = uint64(r.Rate)
	}
	p.Object("rate")
	p.Rate("rate", " rate %s", rate)
	number := func(key string, v int64) {
		if p.JSON || v != 0 {
			p.Int(key, " "+key+" %d", v)
		}
	}
	number("packetoverhead", int64(r.PacketOverhead))
	number("cellsize", int64(r.CellSize))
	number("celloverhead", int64(r.CellOverhead))
	p.EndObject()
}

func showNetemSlot(p *desc.Printer, b []byte) {
	if b == nil {
		return
	}
	var s uapi.TcNetemSlot
	s.Decode(b)
	p.Object("slot")
	if s.DistJitter > 0 {
		showSeconds(p, "distribution", " slot distribution", s.DistDelay)
		showSeconds(p, "jitter", "", s.DistJitter)
	} else {
		showSeconds(p, "min-delay", " slot", s.MinDelay)
		showSeconds(p, "max-delay", "", s.MaxDelay)
	}
	number := func(key string, v int32) {
		if p.JSON || v != 0 {
			p.Int(key, " "+key+" %d", int64(v))
		}
	}
	number("packets", s.MaxPackets)
	number("bytes", s.MaxBytes)
	p.EndObject()
}

func showNetemStatistics(p *desc.Printer, b []byte) {
	var x uapi.TcNetemXstats
	x.Decode(b)
	p.Uint("delayed", "  delayed %d", x.Delayed)
	p.Uint("dropped", " dropped %d", x.Dropped)
	p.Uint("corrupted", " corrupted %d", x.Corrupted)
	p.Uint("duplicated", " duplicated %d", x.Duplicated)
	p.Uint("reordered", " reordered %d", x.Reordered)
	p.Uint("ecn_marked", " ecn_marked %d", x.EcnMarked)
	countIfSet(p, "alloc_errors", x.AllocationErrors)
}
