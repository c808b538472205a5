package netlink

import (
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Queueing disciplines that commands show and read, whose descriptions are short.

var describedQdiscs = []describedKind{
	{"bfifo", func() desc.Kind { return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true, Raw: showBfifo} }},
	{"blackhole", func() desc.Kind { return desc.Kind{Sparse: true} }},
	{"cbs", func() desc.Kind { return desc.Kind{Fields: cbsFields, First: firstCbs, Complete: completeCbs} }},
	{"codel", func() desc.Kind { return desc.Kind{Fields: codelFields, Exact: true, Statistics: showCodelStatistics} }},
	{"drr", func() desc.Kind { return desc.Kind{Sparse: true} }},
	{"fq_pie", func() desc.Kind { return desc.Kind{Fields: fqPieFields, Exact: true} }},
	{"hhf", func() desc.Kind { return desc.Kind{Fields: hhfFields, Exact: true} }},
	{"mq", func() desc.Kind { return desc.Kind{Sparse: true} }},
	{"multiq", func() desc.Kind { return desc.Kind{Header: uapi.SizeofTcMultiqQopt, Raw: showMultiq} }},
	{"noqueue", func() desc.Kind { return desc.Kind{Sparse: true} }},
	{"pfifo", func() desc.Kind { return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true, Raw: showPfifo} }},
	{"pfifo_head_drop", func() desc.Kind {
		return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true,
			Raw: showPfifo}
	}},
	{"pie", func() desc.Kind { return desc.Kind{Fields: pieFields, Exact: true} }},
	{"plug", func() desc.Kind { return desc.Kind{Fields: plugFields, Exact: true, Sparse: true} }},
	{"qfq", func() desc.Kind { return desc.Kind{Sparse: true} }},
	{"skbprio", func() desc.Kind { return desc.Kind{Fields: fifoFields, Exact: true, Sparse: true, Raw: showSkbprio} }},
}

var describedClasses = []describedKind{
	{"drr", func() desc.Kind { return desc.Kind{Fields: drrClassFields, Exact: true} }},
	{"qfq", func() desc.Kind { return desc.Kind{Fields: qfqClassFields} }},
}

// fifoFields are a structure with a limit, which is sent where one was given.
var fifoFields = []desc.Field{
	{Word: "limit", Usage: "NUMBER", Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
		v, err := in.Size("limit")
		native.PutUint32(e.Raw(4), v)
		return err
	}},
}

func showLimit(p *desc.Printer, b []byte, show func(v uint64)) {
	if len(b) >= 4 {
		show(uint64(native.Uint32(b)))
	}
}

func showPfifo(p *desc.Printer, b []byte) {
	showLimit(p, b, func(v uint64) { p.Uint("limit", "limit %dp", v) })
}

func showBfifo(p *desc.Printer, b []byte) {
	showLimit(p, b, func(v uint64) { p.Size("limit", "limit %s", v) })
}

func showSkbprio(p *desc.Printer, b []byte) {
	showLimit(p, b, func(v uint64) { p.Uint("limit", "limit %d ", v) })
}

func showMultiq(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcMultiqQopt {
		return
	}
	var m uapi.TcMultiqQopt
	m.Decode(b)
	p.Text("bands %d/%d ", m.Bands, m.MaxBands)
	if p.JSON {
		p.Uint("bands", "", uint64(m.Bands))
		p.Uint("max_bands", "", uint64(m.MaxBands))
	}
}

var codelFields = []desc.Field{
	{Type: uapi.TCA_CODEL_LIMIT, Key: "limit", Form: desc.TcPackets},
	{Type: uapi.TCA_CODEL_TARGET, Key: "target", Form: desc.TcTime},
	{Type: uapi.TCA_CODEL_CE_THRESHOLD, Key: "ce_threshold", Form: desc.TcTime},
	{Type: uapi.TCA_CODEL_INTERVAL, Key: "interval", Form: desc.TcTime},
	{Type: uapi.TCA_CODEL_ECN, Word: "ecn", Words: []string{"noecn"}, Read: readEcn, Show: showEcn},
}

func showCodelStatistics(p *desc.Printer, b []byte) {
	var s uapi.TcCodelXstats
	s.Decode(b)
	p.Uint("count", "  count %d", uint64(s.Count))
	p.Uint("lastcount", " lastcount %d", uint64(s.Lastcount))
	p.Time("ldelay", " ldelay %s", s.Ldelay)
	if s.Dropping != 0 {
		p.Bool("dropping", " dropping", true)
	}
	showDropNext(p, s.DropNext)
	p.NL()
	p.Uint("maxpacket", "  maxpacket %d", uint64(s.Maxpacket))
	p.Uint("ecn_mark", " ecn_mark %d", uint64(s.EcnMark))
	p.Uint("drop_overlimit", " drop_overlimit %d", uint64(s.DropOverlimit))
	countIfSet(p, "ce_mark", uint64(s.CeMark))
}

var drrClassFields = []desc.Field{
	{Type: uapi.TCA_DRR_QUANTUM, Word: "quantum", Usage: "BYTES",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Size("quantum")
			e.Uint32(f.Type, v)
			return err
		}, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Text("quantum %s ", desc.SizeText(uint64(native.Uint32(b)))) // tc has no JSON for it
			}
		}},
}

var qfqClassFields = []desc.Field{
	{Type: uapi.TCA_QFQ_WEIGHT, Key: "weight", Form: desc.TcU32},
	{Type: uapi.TCA_QFQ_LMAX, Key: "maxpkt", Form: desc.TcU32},
}

// showFlagWord shows the keyword of a number of 32 bits that is not 0.
func showFlagWord(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) != 0 {
		p.Bool(f.Word, f.Word+" ", true)
	}
}

var pieFields = []desc.Field{
	{Type: uapi.TCA_PIE_LIMIT, Key: "limit", Form: desc.TcPackets},
	{Type: uapi.TCA_PIE_TARGET, Key: "target", Form: desc.TcTime},
	{Type: uapi.TCA_PIE_TUPDATE, Key: "tupdate", Form: desc.TcTime},
	{Type: uapi.TCA_PIE_ALPHA, Key: "alpha", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_PIE_BETA, Key: "beta", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_PIE_ECN, Word: "ecn", Words: []string{"noecn"}, Read: readEcn, Show: showEcn},
	{Type: uapi.TCA_PIE_BYTEMODE, Word: "bytemode", Words: []string{"nobytemode"}, Read: readEcn, Show: showFlagWord},
	{Type: uapi.TCA_PIE_DQ_RATE_ESTIMATOR, Word: "dq_rate_estimator", Words: []string{"no_dq_rate_estimator"},
		Read: readEcn, Show: showFlagWord},
}

// readPieNumber reads a number that is no more than the field's Arg.
func readPieNumber(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Number(32, 0, f.Key)
	if err == nil && v > uint64(f.Arg) {
		err = desc.Illegal(f.Key)
	}
	e.Uint32(f.Type, uint32(v))
	return err
}

var fqPieFields = []desc.Field{
	{Type: uapi.TCA_FQ_PIE_LIMIT, Key: "limit", Form: desc.TcPackets},
	{Type: uapi.TCA_FQ_PIE_FLOWS, Key: "flows", Form: desc.TcU32},
	{Type: uapi.TCA_FQ_PIE_TARGET, Key: "target", Form: desc.TcTime},
	{Type: uapi.TCA_FQ_PIE_TUPDATE, Key: "tupdate", Form: desc.TcTime},
	{Type: uapi.TCA_FQ_PIE_ALPHA, Key: "alpha", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_FQ_PIE_BETA, Key: "beta", Form: desc.TcU32, Arg: 32, Read: readPieNumber},
	{Type: uapi.TCA_FQ_PIE_QUANTUM, Key: "quantum", Form: desc.TcSizeUnit},
	{Type: uapi.TCA_FQ_PIE_MEMORY_LIMIT, Key: "memory_limit", Form: desc.TcSizeUnit},
	{Type: uapi.TCA_FQ_PIE_ECN_PROB, Key: "ecn_prob", Form: desc.TcU32, Arg: 99, Read: readPieNumber},
	{Type: uapi.TCA_FQ_PIE_ECN, Word: "ecn", Words: []string{"noecn"}, Read: readEcn, Show: showEcn},
	{Type: uapi.TCA_FQ_PIE_BYTEMODE, Word: "bytemode", Words: []string{"nobytemode"}, Read: readEcn, Show: showFlagWord},
	{Type: uapi.TCA_FQ_PIE_DQ_RATE_ESTIMATOR, Word: "dq_rate_estimator", Words: []string{"no_dq_rate_estimator"},
		Read: readEcn, Show: showFlagWord},
}

var hhfFields = []desc.Field{
	{Type: uapi.TCA_HHF_BACKLOG_LIMIT, Key: "limit", Form: desc.TcPackets},
	{Type: uapi.TCA_HHF_QUANTUM, Key: "quantum", Form: desc.TcSize},
	{Type: uapi.TCA_HHF_HH_FLOWS_LIMIT, Key: "hh_limit", Form: desc.TcU32},
	{Type: uapi.TCA_HHF_RESET_TIMEOUT, Key: "reset_timeout", Form: desc.TcTime},
	{Type: uapi.TCA_HHF_ADMIT_BYTES, Key: "admit_bytes", Form: desc.TcSize},
	{Type: uapi.TCA_HHF_EVICT_TIMEOUT, Key: "evict_timeout", Form: desc.TcTime},
	{Type: uapi.TCA_HHF_NON_HH_WEIGHT, Key: "non_hh_weight", Form: desc.TcU32},
}

// cbsNumber reads a credit or a slope, once.
func cbsNumber(in *desc.Args, to *int32) error {
	what := in.Last()
	if err := once(*to != 0, what); err != nil {
		return err
	}
	v, err := in.Signed(0, what)
	return set(to, v, err)
}

func firstCbs(in *desc.Args, _ *wire.Encoder) error {
	desc.Scratch[uapi.TcCbsQopt](in)
	return nil
}

func completeCbs(in *desc.Args, e *wire.Encoder, _ bool) error {
	e.Struct(uapi.TCA_CBS_PARMS, uapi.SizeofTcCbsQopt, desc.Scratch[uapi.TcCbsQopt](in))
	return nil
}

var cbsFields = []desc.Field{
	{Type: uapi.TCA_CBS_PARMS, Word: "offload", Usage: "{ 0 | 1 }", Show: showCbs,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(8, 0, "offload")
			return set(&desc.Scratch[uapi.TcCbsQopt](in).Offload, v, err)
		}},
	{Word: "hicredit", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Hicredit)
	}},
	{Word: "locredit", Usage: "BYTES", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Locredit)
	}},
	{Word: "sendslope", Usage: "KBPS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Sendslope)
	}},
	{Word: "idleslope", Usage: "KBPS", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		return cbsNumber(in, &desc.Scratch[uapi.TcCbsQopt](in).Idleslope)
	}},
}

func showCbs(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofTcCbsQopt {
		return
	}
	var o uapi.TcCbsQopt
	o.Decode(b)
	p.Int("hicredit", "hicredit %d ", int64(o.Hicredit))
	p.Int("locredit", "locredit %d ", int64(o.Locredit))
	p.Int("sendslope", "sendslope %d ", int64(o.Sendslope))
	p.Int("idleslope", "idleslope %d ", int64(o.Idleslope))
	p.Int("offload", "offload %d ", int64(o.Offload))
}

// plugFields are what a plug is to do, a structure.
var plugFields = []desc.Field{
	{Word: "block", Words: []string{"release", "release_indefinite", "limit"}, Usage: "[ BYTES ]",
		Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) (err error) {
			o := uapi.TcPlugQopt{Action: uapi.TCQ_PLUG_BUFFER}
			switch in.Last() {
			case "release":
				o.Action = uapi.TCQ_PLUG_RELEASE_ONE
			case "release_indefinite":
				o.Action = uapi.TCQ_PLUG_RELEASE_INDEFINITE
			case "limit":
				o.Action = uapi.TCQ_PLUG_LIMIT
				if o.Limit, err = in.Size("limit"); err != nil {
					return err
				}
			}
			o.Put(e.Raw(uapi.SizeofTcPlugQopt))
			return nil
		}},
}
