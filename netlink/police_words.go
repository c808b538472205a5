package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*PoliceAction) describe() desc.Kind {
	return desc.Kind{Fields: policeFields, First: makeWords[policeWords], Complete: completePolice}
}

// policeWords are what the words of a command say of a [PoliceAction].
type policeWords struct {
	actionWords
	rateWords
	given                bool
	rate, peak, burst    uint64
	avrate               uint32
	packets, packetBurst uint64
	rateCell1, mtuCell1  int // logarithms, one more: 0 where none was given
	result               int32
}

// policeArg is an error in the form of tc's for arguments.
func policeArg(in *desc.Args, err error, word string, given bool) error {
	switch {
	case given:
		return &desc.UsageError{Text: desc.Duplicate(word, in.Last()).Error(), Status: 255}
	case err != nil && err.Error() != desc.Incomplete().Error():
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", word, word), Status: 255}
	}
	return err
}

var policeFields = []desc.Field{
	{Type: uapi.TCA_POLICE_TBF, Word: "index", Usage: "INDEX", Show: showPolice,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			v, err := in.Number(32, 10, "index")
			w.given, w.index = true, uint32(v)
			return policeArg(in, err, "index", false)
		}},
	{Word: "burst", Words: []string{"buffer", "maxburst"}, Usage: "BYTES[/BYTES]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			given := w.burst != 0
			v, log, err := in.SizeAndCell(64, "burst")
			w.given, w.burst, w.rateCell1 = true, v, log+1
			return policeArg(in, err, "buffer", given)
		}},
	{Word: "mtu", Words: []string{"minburst"}, Exact: true, Usage: "BYTES[/BYTES]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			given := w.mtu != 0
			v, log, err := in.SizeAndCell(32, "mtu")
			w.given, w.mtu, w.mtuCell1 = true, v, log+1
			return policeArg(in, err, "mtu", given)
		}},
	{Word: "mpu", Exact: true, Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[policeWords](in)
		v, err := in.Size("mpu")
		w.given, w.mpu = true, uint64(v)
		return policeArg(in, err, "mpu", false)
	}},
	{Type: uapi.TCA_POLICE_RATE, Word: "rate", Exact: true, Usage: "RATE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			given := w.rate != 0
			v, err := in.Rate("rate")
			w.given, w.rate = true, v
			return policeArg(in, err, "rate", given)
		}},
	{Type: uapi.TCA_POLICE_AVRATE, Word: "avrate", Exact: true, Usage: "RATE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			given := w.avrate != 0
			v, err := in.Rate("avrate")
			if w.given, w.avrate = true, uint32(v); err == nil && v > math.MaxUint32 {
				err = desc.Illegal("avrate")
			}
			return policeArg(in, err, "avrate", given)
		}},
	{Type: uapi.TCA_POLICE_PEAKRATE, Word: "peakrate", Usage: "RATE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			given := w.peak != 0
			v, err := in.Rate("peakrate")
			w.given, w.peak = true, v
			return policeArg(in, err, "peakrate", given)
		}},
	{Word: "reclassify", Words: controlWords, Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
		desc.Scratch[policeWords](in).given = true
		return readControl(in, f, e)
	}},
	{Type: uapi.TCA_POLICE_RESULT, Word: "conform-exceed", Exact: true, Usage: "CONTROL[/CONTROL]",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			first, second, given, err := in.Controls()
			w.given, w.control = true, &first
			if given {
				w.result = second
			}
			return err
		}},
	{Word: "overhead", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		w := desc.Scratch[policeWords](in)
		v, err := in.Number(16, 10, "overhead")
		w.given, w.overhead = true, v
		return policeArg(in, err, "overhead", false)
	}},
	{Word: "linklayer", Usage: "{ ethernet | atm | adsl }",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			w.given = true
			return policeArg(in, readLinkLayer(in, &w.linkLayer), "linklayer", false)
		}},
	{Type: uapi.TCA_POLICE_PKTRATE64, Word: "pkts_rate", Usage: "RATE",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			given := w.packets != 0
			v, err := in.Number(64, 10, "pkts_rate")
			w.given, w.packets = true, v
			return policeArg(in, err, "pkts_rate", given)
		}},
	{Type: uapi.TCA_POLICE_PKTBURST64, Word: "pkts_burst", Usage: "PACKETS",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[policeWords](in)
			given := w.packetBurst != 0
			v, err := in.Number(64, 10, "pkts_burst")
			w.given, w.packetBurst = true, v
			return policeArg(in, err, "pkts_burst", given)
		}},
	{Type: uapi.TCA_POLICE_RATE64, ReadOnly: true},
	{Type: uapi.TCA_POLICE_PEAKRATE64, ReadOnly: true},
	{Type: uapi.TCA_POLICE_TM, ReadOnly: true},
}

// check is the error for words that do not go together.
func (w *policeWords) check() error {
	switch {
	case !w.given || w.rate != 0 && w.avrate != 0:
		return desc.Illegal("police")
	case w.rate == 0 && w.avrate == 0 && w.index == 0 && w.mtu == 0 && w.packets == 0:
		return desc.Failed("'rate' or 'avrate' or 'mtu' or 'pkts_rate' MUST be specified.")
	case w.rate != 0 && w.burst == 0:
		return desc.Failed("'burst' requires 'rate'.")
	case w.packets != 0 && w.packetBurst == 0:
		return desc.Failed("'pkts_burst' requires 'pkts_rate'.")
	case w.packets != 0 && w.rate != 0:
		return desc.Failed("'rate' and 'pkts_rate' are not allowed in same action.")
	case w.peak != 0 && w.rate == 0:
		return desc.Failed("'peakrate' requires 'rate'.")
	case w.peak != 0 && w.mtu == 0:
		return desc.Failed("'mtu' is required, if 'peakrate' is requested.")
	}
	return nil
}

func completePolice(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[policeWords](in)
	if err := w.check(); err != nil {
		return err
	}
	p := uapi.TcPolice{Index: w.index, Action: w.code(uapi.TC_POLICE_RECLASSIFY), Mtu: uint32(w.mtu)}
	// Unlike those of queueing disciplines, the tables are of the rate as it is, without a bound.
	table := func(rate uint64, cell int) (uapi.TcRatespec, *[rtabSlots]uint32) {
		r, t := w.spec(rate, cell)
		fillRtable(t[:], rate, cell, uint32(w.mtu), uint(r.Mpu), int(r.Linklayer))
		return r, t
	}
	var rates, peaks *[rtabSlots]uint32
	if w.rate != 0 {
		p.Rate, rates = table(w.rate, w.rateCell1-1)
		if p.Burst = xmittime(w.rate, float64(w.burst)); p.Burst == math.MaxUint32 {
			return desc.Failed("POLICE: burst out of range")
		}
	}
	if w.peak != 0 {
		p.Peakrate, peaks = table(w.peak, w.mtuCell1-1)
	}
	e.Struct(uapi.TCA_POLICE_TBF, uapi.SizeofTcPolice, &p)
	if rates != nil {
		putTable(e, uapi.TCA_POLICE_RATE, rates)
		if above32(w.rate) != 0 {
			e.Uint64(uapi.TCA_POLICE_RATE64, w.rate)
		}
	}
	if peaks != nil {
		putTable(e, uapi.TCA_POLICE_PEAKRATE, peaks)
		if above32(w.peak) != 0 {
			e.Uint64(uapi.TCA_POLICE_PEAKRATE64, w.peak)
		}
	}
	if w.avrate != 0 {
		e.Uint32(uapi.TCA_POLICE_AVRATE, w.avrate)
	}
	if w.result != 0 {
		e.Int32(uapi.TCA_POLICE_RESULT, w.result)
	}
	if w.packets != 0 {
		e.Uint64(uapi.TCA_POLICE_PKTRATE64, w.packets)
		e.Uint64(uapi.TCA_POLICE_PKTBURST64, uint64(xmittime(w.packets, float64(w.packetBurst))))
	}
	return nil
}

func showPolice(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if p.JSON {
		p.Str("kind", "", "police")
	}
	if len(b) < uapi.SizeofTcPolice {
		return
	}
	var o uapi.TcPolice
	o.Decode(b)
	if p.JSON {
		p.Uint("index", "", uint64(o.Index))
	} else {
		rate, peak := number64(attrs[uapi.TCA_POLICE_RATE64], uint64(o.Rate.Rate)),
			number64(attrs[uapi.TCA_POLICE_PEAKRATE64], uint64(o.Peakrate.Rate))
		p.Text(" police 0x%x ", o.Index)
		p.Rate("", "rate %s ", rate)
		p.Size("", "burst %s ", xmitBytes(rate, o.Burst))
		p.Size("", "mtu %s ", uint64(o.Mtu))
		if p.Handles {
			p.Text("[%08x] ", o.Burst)
		}
		if peak != 0 {
			p.Rate("", "peakrate %s ", peak)
		}
		if b := attrs[uapi.TCA_POLICE_AVRATE]; len(b) >= 4 {
			p.Rate("", "avrate %s ", uint64(native.Uint32(b)))
		}
	}
	rate, ticks := attrs[uapi.TCA_POLICE_PKTRATE64], attrs[uapi.TCA_POLICE_PKTBURST64]
	if len(rate) >= 8 && len(ticks) >= 8 {
		p.Uint("pkts_rate", "pkts_rate %d ", native.Uint64(rate))
		p.Uint("pkts_burst", "pkts_burst %d ", xmitBytes(native.Uint64(rate), uint32(native.Uint64(ticks))))
	}
	p.Control("action ", o.Action, "")
	if b := attrs[uapi.TCA_POLICE_RESULT]; len(b) >= 4 {
		p.Control("/", int32(native.Uint32(b)), " ")
	} else {
		p.Text(" ")
	}
	p.Size("overhead", "overhead %s ", uint64(o.Rate.Overhead))
	showLinkLayer(p, o.Rate.Linklayer)
	p.NL()
	p.Int("ref", "\tref %d ", int64(o.Refcnt))
	p.Int("bind", "bind %d ", int64(o.Bindcnt))
	showTimes(p, attrs[uapi.TCA_POLICE_TM])
	p.NL()
}
