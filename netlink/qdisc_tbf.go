package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// Tbf sends no more than a rate: tc-tbf(8). Rates are in bytes a second.
type Tbf struct {
	QdiscAttrs
	Rate   uint64
	Limit  uint32 // bytes that may wait
	Buffer uint32 // how much may be sent at once, in ticks at Rate: see [Xmittime]
	// Peakrate is how fast what may be sent at once is sent, 0 for no limit.
	Peakrate uint64
	// Minburst is how many bytes may be sent at once at Peakrate. The kernel keeps it as a time; the
	// most that takes as long is read.
	Minburst uint32

	// Burst is Buffer in bytes. It is sent where it is not 0, and takes precedence, since a tick is
	// much at high rates; Buffer is read.
	Burst     uint32
	Overhead  uint16 // bytes that each packet has in addition
	Mpu       uint16 // bytes of the smallest packet
	LinkLayer uint8  // nl.LINKLAYER_ATM, or nl.LINKLAYER_ETHERNET, which 0 is too
}

// Attrs returns the attributes that all kinds have.
func (q *Tbf) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "tbf".
func (q *Tbf) Type() string { return "tbf" }

func (q *Tbf) attrs(c *attr.Codec) {
	checkLinkLayer(c, int64(q.LinkLayer))
	p := uapi.TcTbfQopt{Rate: rateSpec(q.Rate, q.Overhead, q.Mpu, q.LinkLayer), Limit: q.Limit, Buffer: q.Buffer}
	if q.Peakrate != 0 {
		p.Peakrate = rateSpec(q.Peakrate, q.Overhead, q.Mpu, q.LinkLayer)
		p.Mtu = Xmittime(q.Peakrate, q.Minburst)
	}
	if q.Burst != 0 && q.Buffer == 0 {
		p.Buffer = Xmittime(q.Rate, q.Burst)
	}
	rate, peak := above32(q.Rate), above32(q.Peakrate)
	attr.Struct(c, uapi.TCA_TBF_PARMS, uapi.SizeofTcTbfQopt, &p)
	attr.U64(c, uapi.TCA_TBF_RATE64|attr.IfSet, &rate)
	attr.U64(c, uapi.TCA_TBF_PRATE64|attr.IfSet, &peak)
	attr.U32(c, uapi.TCA_TBF_BURST|attr.IfSet, &q.Burst)
	if !c.Encoding() || q.Peakrate != 0 {
		attr.U32(c, uapi.TCA_TBF_PBURST, &q.Minburst)
	}
	if c.Decoding() {
		q.Rate, q.Peakrate = max(uint64(p.Rate.Rate), rate), max(uint64(p.Peakrate.Rate), peak)
		q.Limit, q.Buffer = p.Limit, p.Buffer
		q.Overhead, q.Mpu, q.LinkLayer = p.Rate.Overhead, p.Rate.Mpu, p.Rate.Linklayer&nl.TC_LINKLAYER_MASK
		if q.Peakrate != 0 && q.Minburst == 0 {
			size := largestIn(q.Peakrate, p.Mtu)
			q.Minburst = size - min(size, uint32(q.Overhead))
		}
	}
}

func (*Tbf) describe() desc.Kind { return desc.Kind{Fields: tbfFields, Complete: completeTbf} }

// tbfWords are what the words of a command say of a [Tbf].
type tbfWords struct {
	rateWords
	limit, latency      uint32
	burst, rate, peak   uint64
	rateCell1, mtuCell1 int // logarithms, one more: 0 where none was given
}

var tbfFields = []desc.Field{
	{Type: uapi.TCA_TBF_PARMS, Word: "limit", Usage: "BYTES", Show: showTbf,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[tbfWords](in)
			if w.limit != 0 || w.latency != 0 {
				return desc.Failed("tbf: \"limit\" or \"latency\" is given twice")
			}
			v, err := in.Size("limit")
			return set(&w.limit, v, err)
		}},
	{Word: "latency", Usage: "TIME", Type: uapi.TCA_TBF_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[tbfWords](in)
			if w.limit != 0 || w.latency != 0 {
				return desc.Failed("tbf: \"limit\" or \"latency\" is given twice")
			}
			v, err := in.Time("latency")
			return set(&w.latency, v, err)
		}},
	{Word: "burst", Words: []string{"buffer", "maxburst"}, Usage: "BYTES[/BYTES]", Type: uapi.TCA_TBF_BURST,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[tbfWords](in)
			if err := once(w.burst != 0, in.Last()); err != nil {
				return err
			}
			v, log, err := in.SizeAndCell(64, in.Last())
			w.rateCell1 = log + 1
			return set(&w.burst, v, err)
		}},
	{Word: "mtu", Words: []string{"minburst"}, Exact: true, Usage: "BYTES[/BYTES]", Type: uapi.TCA_TBF_PBURST,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[tbfWords](in)
			if err := once(w.mtu != 0, in.Last()); err != nil {
				return err
			}
			v, log, err := in.SizeAndCell(32, in.Last())
			w.mtuCell1 = log + 1
			return set(&w.mtu, v, err)
		}},
	{Word: "mpu", Exact: true, Usage: "BYTES", Type: uapi.TCA_TBF_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Size("mpu")
			return set(&desc.Scratch[tbfWords](in).mpu, v, err)
		}},
	{Word: "rate", Exact: true, Usage: "RATE", Type: uapi.TCA_TBF_RATE64,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[tbfWords](in)
			if err := once(w.rate != 0, "rate"); err != nil {
				return err
			}
			v, err := in.Rate("rate")
			return set(&w.rate, v, err)
		}},
	{Word: "peakrate", Usage: "RATE", Type: uapi.TCA_TBF_PRATE64,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[tbfWords](in)
			if err := once(w.peak != 0, "peakrate"); err != nil {
				return err
			}
			v, err := in.Rate("peakrate")
			return set(&w.peak, v, err)
		}},
	{Word: "overhead", Usage: "BYTES", Type: uapi.TCA_TBF_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(16, 10, "overhead")
			return set(&desc.Scratch[tbfWords](in).overhead, v, err)
		}},
	{Word: "linklayer", Usage: "{ ethernet | atm | adsl }", Type: uapi.TCA_TBF_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return readLinkLayer(in, &desc.Scratch[tbfWords](in).linkLayer)
		}},
}

func completeTbf(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[tbfWords](in)
	switch {
	case w.rate == 0:
		return desc.Failed("tbf: the \"rate\" parameter is mandatory.")
	case w.burst == 0:
		return desc.Failed("tbf: the \"burst\" parameter is mandatory.")
	case w.peak != 0 && w.mtu == 0:
		return desc.Failed("tbf: when \"peakrate\" is specified, \"mtu\" must also be specified.")
	case w.limit == 0 && w.latency == 0:
		return desc.Failed("tbf: either \"limit\" or \"latency\" is required.")
	}
	if w.limit == 0 {
		waiting := func(rate, burst uint64) float64 {
			return float64(rate)*float64(w.latency)/TIME_UNITS_PER_SEC + float64(burst)
		}
		limit := waiting(w.rate, w.burst)
		if w.peak != 0 {
			limit = min(limit, waiting(w.peak, w.mtu))
		}
		w.limit = saturated(limit)
	}
	o := uapi.TcTbfQopt{Limit: w.limit}
	var table, peakTable *[rtabSlots]uint32
	o.Rate, table = w.spec(w.rate, w.rateCell1-1)
	o.Buffer = xmittime(uint64(o.Rate.Rate), float64(w.burst))
	if o.Buffer == math.MaxUint32 {
		return desc.Failed("tbf: burst out of range")
	}
	if w.peak != 0 {
		o.Peakrate, peakTable = w.spec(w.peak, w.mtuCell1-1)
		o.Mtu = xmittime(uint64(o.Peakrate.Rate), float64(w.mtu))
	}
	e.Struct(uapi.TCA_TBF_PARMS, uapi.SizeofTcTbfQopt, &o)
	if w.burst <= math.MaxUint32 {
		e.Uint32(uapi.TCA_TBF_BURST, uint32(w.burst))
	}
	if above32(w.rate) != 0 {
		e.Uint64(uapi.TCA_TBF_RATE64, w.rate)
	}
	putTable(e, uapi.TCA_TBF_RTAB, table)
	if w.peak != 0 {
		if above32(w.peak) != 0 {
			e.Uint64(uapi.TCA_TBF_PRATE64, w.peak)
		}
		e.Uint32(uapi.TCA_TBF_PBURST, uint32(w.mtu))
		putTable(e, uapi.TCA_TBF_PTAB, peakTable)
	}
	return nil
}

func showTbf(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < uapi.SizeofTcTbfQopt {
		return
	}
	var o uapi.TcTbfQopt
	o.Decode(b)
	rate, peak := number64(attrs[uapi.TCA_TBF_RATE64], uint64(o.Rate.Rate)),
		number64(attrs[uapi.TCA_TBF_PRATE64], uint64(o.Peakrate.Rate))
	p.Rate("rate", "rate %s ", rate)
	burst := func(key, short string, rate uint64, ticks uint32, r *uapi.TcRatespec) {
		size := xmitBytes(rate, ticks)
		if p.Details {
			p.Str(key, key+" %s ", fmt.Sprintf("%s/%d", desc.SizeText(size), 1<<(r.CellLog&31)))
			p.Size("mpu", "mpu %s ", uint64(r.Mpu))
		} else {
			p.Size(short, short+" %s ", size)
		}
		if p.Handles {
			p.Str(key+"_raw", "[%s] ", fmt.Sprintf("%08x", ticks))
		}
	}
	burst("burst", "burst", rate, o.Buffer, &o.Rate)
	latency := func(rate uint64, ticks uint32) float64 {
		return TIME_UNITS_PER_SEC*(float64(o.Limit)/float64(rate)) - float64(ticks)/TickInUsec()
	}
	lat := latency(rate, o.Buffer)
	if peak != 0 {
		if !p.JSON { // as tc has it
			p.Rate("peakrate", "peakrate %s ", peak)
		}
		if o.Mtu != 0 || o.Peakrate.Mpu != 0 {
			burst("mtu", "minburst", peak, o.Mtu, &o.Peakrate)
		}
		lat = max(lat, latency(peak, o.Mtu))
	}
	if lat >= 0 {
		p.Time("lat", "lat %s ", saturated(lat))
	}
	if p.Handles || lat < 0 {
		p.Size("limit", "limit %s ", uint64(o.Limit))
	}
	if o.Rate.Overhead != 0 {
		p.Int("overhead", "overhead %d ", int64(o.Rate.Overhead))
	}
	showLinkLayer(p, o.Rate.Linklayer)
}
