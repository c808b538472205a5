package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// Htb shares a rate among classes, of which each has its own and may borrow what others leave:
// tc-htb(8). It cannot be changed; its classes are [HtbClass].
type Htb struct {
	QdiscAttrs
	Version      uint32  // 3; a listed one has the kernel's, with that in the upper half
	Rate2Quantum uint32  // the rate of a class divided by this is how many bytes it sends a turn
	Defcls       uint32  // minor number of the class of packets that no filter has one for
	Debug        uint32  // no longer used
	DirectPkts   uint32  // packets that were in no class; read only
	DirectQlen   *uint32 // how many of those may wait; nil: as the link's queue length
	Offload      bool    // the hardware does it (Linux 5.11)
}

// NewHtb returns tc's defaults: no class for packets without one.
func NewHtb(attrs QdiscAttrs) *Htb {
	return &Htb{QdiscAttrs: attrs, Version: uapi.TC_HTB_PROTOVER, Rate2Quantum: 10}
}

// Attrs returns the attributes that all kinds have.
func (q *Htb) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "htb".
func (q *Htb) Type() string { return "htb" }

func (q *Htb) attrs(c *attr.Codec) {
	p := uapi.TcHtbGlob{Version: q.Version, Rate2quantum: q.Rate2Quantum, Defcls: q.Defcls, Debug: q.Debug,
		DirectPkts: q.DirectPkts}
	if c.Encoding() && p.Version > math.MaxUint16 {
		p.Version >>= 16
	}
	attr.Struct(c, uapi.TCA_HTB_INIT, uapi.SizeofTcHtbGlob, &p)
	if c.Settling() {
		p.DirectPkts = 0
		settle(c, uapi.TCA_HTB_INIT, uapi.SizeofTcHtbGlob, &p)
	}
	attr.OptU32(c, uapi.TCA_HTB_DIRECT_QLEN, &q.DirectQlen)
	attr.Flag(c, uapi.TCA_HTB_OFFLOAD, &q.Offload)
	if c.Decoding() {
		q.Version, q.Rate2Quantum, q.Defcls, q.Debug, q.DirectPkts = p.Version, p.Rate2quantum, p.Defcls, p.Debug,
			p.DirectPkts
	}
}

// HtbClassAttrs are the arguments of [NewHtbClass].
type HtbClassAttrs struct {
	Rate    uint64 // bits a second
	Ceil    uint64 // bits a second; 0: Rate
	Buffer  uint32 // bytes; 0: 1600 and what Rate sends in one interval of the kernel's timers
	Cbuffer uint32 // bytes; 0: the same with Ceil
	Quantum uint32 // bytes a turn; 0: by Rate2Quantum of the queueing discipline
	Level   uint32
	Prio    uint32
}

// String returns the rates.
func (a HtbClassAttrs) String() string {
	return fmt.Sprintf("{Rate: %d, Ceil: %d, Buffer: %d, Cbuffer: %d}", a.Rate, a.Ceil, a.Buffer, a.Cbuffer)
}

// HtbClass is a class of [Htb]. Rates are in bytes a second, and what may be sent at once is in
// ticks: [NewHtbClass] makes one of bits a second and bytes.
type HtbClass struct {
	ClassAttrs
	Rate    uint64 // that it has by itself
	Ceil    uint64 // that it has at most, with what others leave
	Buffer  uint32 // how much may be sent at once at Rate, in ticks: see [Xmittime]
	Cbuffer uint32 // the same at Ceil
	Quantum uint32 // bytes a turn where classes share what others leave
	Level   uint32 // 0 for a class without classes; read only
	Prio    uint32 // 0 to 7, which class has first what others leave

	Overhead  uint16 // bytes that each packet has in addition
	Mpu       uint16 // bytes of the smallest packet
	LinkLayer uint8  // nl.LINKLAYER_ATM, or nl.LINKLAYER_ETHERNET, which 0 is too
}

// NewHtbClass makes a class of bits a second and bytes, and computes what is 0 as tc does.
func NewHtbClass(attrs ClassAttrs, cattrs HtbClassAttrs) *HtbClass {
	rate, ceil := cattrs.Rate/8, cattrs.Ceil/8
	if ceil == 0 {
		ceil = rate
	}
	return &HtbClass{
		ClassAttrs: attrs, Rate: rate, Ceil: ceil, Prio: cattrs.Prio, Quantum: cattrs.Quantum,
		Buffer: htbBuffer(rate, cattrs.Buffer), Cbuffer: htbBuffer(ceil, cattrs.Cbuffer),
	}
}

// htbBuffer returns the ticks of a buffer of that number of bytes, 0 for the default.
func htbBuffer(rate uint64, size uint32) uint32 {
	if size != 0 {
		return Xmittime(rate, size)
	}
	return xmittime(rate, math.Floor(float64(rate)/Hz()+rateMTU))
}

// Attrs returns the attributes that all kinds have.
func (c *HtbClass) Attrs() *ClassAttrs { return &c.ClassAttrs }

// Type returns "htb".
func (c *HtbClass) Type() string { return "htb" }

func (*HtbClass) filtered() {}

// String returns the rates.
func (c HtbClass) String() string {
	return fmt.Sprintf("{Rate: %d, Ceil: %d, Buffer: %d, Cbuffer: %d}", c.Rate, c.Ceil, c.Buffer, c.Cbuffer)
}

func (c *HtbClass) attrs(codec *attr.Codec) {
	checkLinkLayer(codec, int64(c.LinkLayer))
	p := uapi.TcHtbOpt{
		Rate: rateSpec(c.Rate, c.Overhead, c.Mpu, c.LinkLayer), Ceil: rateSpec(c.Ceil, c.Overhead, c.Mpu, c.LinkLayer),
		Buffer: c.Buffer, Cbuffer: c.Cbuffer, Quantum: c.Quantum, Level: c.Level, Prio: c.Prio,
	}
	if codec.Encoding() {
		p.Rate.CellAlign, p.Ceil.CellAlign = -1, -1
		p.Rate.CellLog, p.Ceil.CellLog = rateCellLog, rateCellLog
	}
	rate, ceil := above32(c.Rate), above32(c.Ceil)
	attr.Custom(codec, uapi.TCA_HTB_PARMS, func(e *wire.Encoder) { // attr.Struct would have p allocated
		p.Put(e.Reserve(uapi.TCA_HTB_PARMS, uapi.SizeofTcHtbOpt))
	}, func(b []byte) { p.Decode(b) })
	rateTable(codec, uapi.TCA_HTB_RTAB, &p.Rate)
	rateTable(codec, uapi.TCA_HTB_CTAB, &p.Ceil)
	attr.U64(codec, uapi.TCA_HTB_RATE64|attr.IfSet, &rate)
	attr.U64(codec, uapi.TCA_HTB_CEIL64|attr.IfSet, &ceil)
	if codec.Decoding() {
		c.Rate, c.Ceil = max(uint64(p.Rate.Rate), rate), max(uint64(p.Ceil.Rate), ceil)
		c.Buffer, c.Cbuffer, c.Quantum, c.Level, c.Prio = p.Buffer, p.Cbuffer, p.Quantum, p.Level, p.Prio
		c.Overhead, c.Mpu, c.LinkLayer = p.Rate.Overhead, p.Rate.Mpu, p.Rate.Linklayer&nl.TC_LINKLAYER_MASK
	}
}

// rateTable is the table of a rate. It is sent for kernels before 3.8, and never reported.
func rateTable(c *attr.Codec, t attr.Type, rate *uapi.TcRatespec) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		var table [rtabSlots]uint32
		fillRtable(table[:], uint64(rate.Rate), rateCellLog, rateMTU, uint(rate.Mpu), int(rate.Linklayer))
		b := e.Reserve(uint16(t), uapi.TC_RTAB_SIZE)
		for i, v := range table {
			native.PutUint32(b[4*i:], v)
		}
	}, nil)
}

func (*Htb) describe() desc.Kind { return desc.Kind{Fields: htbFields, Complete: completeHtb} }

var htbFields = []desc.Field{
	{Type: uapi.TCA_HTB_INIT, Word: "r2q", Usage: "NUMBER", Show: showHtb,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[htbWords](in)
			v, err := in.Number(32, 10, "r2q")
			w.given = true
			return set(&w.r2q, v, err)
		}},
	{Word: "default", Usage: "MINOR", Type: uapi.TCA_HTB_INIT,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(32, 16, "default")
			return set(&desc.Scratch[htbWords](in).defcls, v, err)
		}},
	{Word: "debug", Usage: "DIGITS", Type: uapi.TCA_HTB_INIT,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			digits, err := in.Next()
			for i := 0; i < min(len(digits), 16) && digits[i] >= '0' && digits[i] <= '3'; i++ {
				desc.Scratch[htbWords](in).debug |= uint32(digits[i]-'0') << (2 * i)
			}
			return err
		}},
	{Word: "direct_qlen", Usage: "PACKETS", Type: uapi.TCA_HTB_DIRECT_QLEN,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Uint("direct_qlen", " direct_qlen %d", uint64(native.Uint32(b)))
			}
		}, Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(32, 10, "direct_qlen")
			desc.Scratch[htbWords](in).qlen = new(uint32(v))
			return err
		}},
	{Word: "offload", Type: uapi.TCA_HTB_OFFLOAD, Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
		if b != nil {
			p.Null("offload", " offload")
		}
	}, Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		desc.Scratch[htbWords](in).offload = true
		return nil
	}},
}

// htbWords are what the words of a command say of an [Htb].
type htbWords struct {
	given              bool // r2q was
	r2q, defcls, debug uint32
	qlen               *uint32
	offload            bool
}

func completeHtb(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[htbWords](in)
	g := uapi.TcHtbGlob{Version: uapi.TC_HTB_PROTOVER, Rate2quantum: 10, Defcls: w.defcls, Debug: w.debug}
	if w.given {
		g.Rate2quantum = w.r2q
	}
	e.Struct(uapi.TCA_HTB_INIT, uapi.SizeofTcHtbGlob, &g)
	if w.qlen != nil && *w.qlen != math.MaxUint32 {
		e.Uint32(uapi.TCA_HTB_DIRECT_QLEN, *w.qlen)
	}
	if w.offload {
		e.Flag(uapi.TCA_HTB_OFFLOAD)
	}
	return nil
}

func showHtb(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofTcHtbGlob {
		return
	}
	var g uapi.TcHtbGlob
	g.Decode(b)
	p.Int("r2q", "r2q %d", int64(int32(g.Rate2quantum)))
	showHex(p, "default", " default %s", uint64(g.Defcls))
	p.Uint("direct_packets_stat", " direct_packets_stat %d", uint64(g.DirectPkts))
	if p.Details {
		p.Str("ver", " ver %s", fmt.Sprintf("%d.%d", g.Version>>16, g.Version&math.MaxUint16))
	}
}

func (*HtbClass) describe() desc.Kind {
	return desc.Kind{Fields: htbClassFields, Complete: completeHtbClass, Statistics: showHtbStatistics}
}

// htbClassWords are what the words of a command say of an [HtbClass].
type htbClassWords struct {
	rateWords
	mtuGiven             bool
	prio, quantum        uint32
	rate, ceil           uint64
	buffer, cbuffer      uint64
	rateCell1, ceilCell1 int // logarithms, one more: 0 where none was given
}

var htbClassFields = []desc.Field{
	{Type: uapi.TCA_HTB_PARMS, Word: "prio", Usage: "NUMBER", Show: showHtbClass,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(32, 10, "prio")
			return set(&desc.Scratch[htbClassWords](in).prio, v, err)
		}},
	{Word: "mtu", Usage: "BYTES", Type: uapi.TCA_HTB_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[htbClassWords](in)
			v, err := in.Number(32, 10, "mtu")
			w.mtuGiven = true
			return set(&w.mtu, v, err)
		}},
	{Word: "mpu", Usage: "BYTES", Type: uapi.TCA_HTB_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(16, 10, "mpu")
			return set(&desc.Scratch[htbClassWords](in).mpu, v, err)
		}},
	{Word: "overhead", Usage: "BYTES", Type: uapi.TCA_HTB_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(16, 10, "overhead")
			return set(&desc.Scratch[htbClassWords](in).overhead, v, err)
		}},
	{Word: "linklayer", Usage: "{ ethernet | atm | adsl }", Type: uapi.TCA_HTB_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			return readLinkLayer(in, &desc.Scratch[htbClassWords](in).linkLayer)
		}},
	{Word: "quantum", Usage: "BYTES", Type: uapi.TCA_HTB_PARMS,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			v, err := in.Number(32, 10, "quantum")
			return set(&desc.Scratch[htbClassWords](in).quantum, v, err)
		}},
	{Word: "burst", Words: []string{"buffer", "maxburst"}, Usage: "BYTES[/BYTES]", Type: uapi.TCA_HTB_RTAB,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[htbClassWords](in)
			v, log, err := in.SizeAndCell(64, in.Last())
			w.rateCell1 = log + 1
			return set(&w.buffer, v, err)
		}},
	{Word: "cburst", Words: []string{"cbuffer", "cmaxburst"}, Usage: "BYTES[/BYTES]", Type: uapi.TCA_HTB_CTAB,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[htbClassWords](in)
			v, log, err := in.SizeAndCell(32, in.Last())
			w.ceilCell1 = log + 1
			return set(&w.cbuffer, v, err)
		}},
	{Word: "ceil", Exact: true, Usage: "RATE", Type: uapi.TCA_HTB_CEIL64,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[htbClassWords](in)
			if err := once(w.ceil != 0, "ceil"); err != nil {
				return err
			}
			v, err := in.Rate("ceil")
			return set(&w.ceil, v, err)
		}},
	{Word: "rate", Exact: true, Usage: "RATE", Type: uapi.TCA_HTB_RATE64,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[htbClassWords](in)
			if err := once(w.rate != 0, "rate"); err != nil {
				return err
			}
			v, err := in.Rate("rate")
			return set(&w.rate, v, err)
		}},
}

func completeHtbClass(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[htbClassWords](in)
	if w.rate == 0 {
		return desc.Failed("\"rate\" is required.")
	}
	if w.ceil == 0 {
		w.ceil = w.rate
	}
	if !w.mtuGiven {
		w.mtu = rateMTU
	}
	if w.buffer == 0 {
		w.buffer = uint64(float64(w.rate)/Hz()) + w.mtu
	}
	if w.cbuffer == 0 {
		w.cbuffer = uint64(float64(w.ceil)/Hz()) + w.mtu
	}
	rate, rateTable := w.spec(w.rate, w.rateCell1-1)
	ceil, ceilTable := w.spec(w.ceil, w.ceilCell1-1)
	p := uapi.TcHtbOpt{
		Rate: rate, Ceil: ceil, Prio: w.prio, Quantum: w.quantum,
		Buffer: xmittime(w.rate, float64(w.buffer)), Cbuffer: xmittime(w.ceil, float64(w.cbuffer)),
	}
	if p.Buffer == math.MaxUint32 {
		return desc.Failed("htb: burst out of range")
	}
	if above32(w.rate) != 0 {
		e.Uint64(uapi.TCA_HTB_RATE64, w.rate)
	}
	if above32(w.ceil) != 0 {
		e.Uint64(uapi.TCA_HTB_CEIL64, w.ceil)
	}
	e.Struct(uapi.TCA_HTB_PARMS, uapi.SizeofTcHtbOpt, &p)
	putTable(e, uapi.TCA_HTB_RTAB, rateTable)
	putTable(e, uapi.TCA_HTB_CTAB, ceilTable)
	return nil
}

func showHtbClass(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < uapi.SizeofTcHtbOpt {
		return
	}
	var o uapi.TcHtbOpt
	o.Decode(b)
	if o.Level == 0 {
		p.Int("prio", "prio %d ", int64(int32(o.Prio)))
		if p.Details {
			p.Int("quantum", "quantum %d ", int64(int32(o.Quantum)))
		}
	}
	rate, ceil := number64(attrs[uapi.TCA_HTB_RATE64], uint64(o.Rate.Rate)),
		number64(attrs[uapi.TCA_HTB_CEIL64], uint64(o.Ceil.Rate))
	p.Rate("rate", "rate %s ", rate)
	if o.Rate.Overhead != 0 {
		p.Uint("overhead", "overhead %d ", uint64(o.Rate.Overhead))
	}
	p.Rate("ceil", "ceil %s ", ceil)
	showLinkLayer(p, o.Rate.Linklayer)
	burst, cburst := xmitBytes(rate, o.Buffer), xmitBytes(ceil, o.Cbuffer)
	if p.Details {
		p.Size("burst", "burst %s/", burst)
		p.Uint("burst_cell", "%d", 1<<(o.Rate.CellLog&31))
		p.Size("mpu_rate", "mpu %s ", uint64(o.Rate.Mpu))
		p.Size("cburst", "cburst %s/", cburst)
		p.Uint("cburst_cell", "%d", 1<<(o.Ceil.CellLog&31))
		p.Size("mpu_ceil", "mpu %s ", uint64(o.Ceil.Mpu))
		p.Int("level", "level %d ", int64(int32(o.Level)))
	} else {
		p.Size("burst", "burst %s ", burst)
		p.Size("cburst", "cburst %s", cburst)
	}
	if p.Handles {
		p.Text("buffer [%08x] cbuffer [%08x] ", o.Buffer, o.Cbuffer)
	}
}

func showHtbStatistics(p *desc.Printer, b []byte) {
	if len(b) < uapi.SizeofTcHtbXstats {
		return
	}
	var x uapi.TcHtbXstats
	x.Decode(b)
	p.Uint("lended", " lended: %d ", uint64(x.Lends))
	p.Uint("borrowed", "borrowed: %d ", uint64(x.Borrows))
	p.Uint("giants", "giants: %d", uint64(x.Giants))
	p.NL()
	p.Int("tokens", " tokens: %d ", int64(int32(x.Tokens)))
	p.Int("ctokens", "ctokens: %d", int64(int32(x.Ctokens)))
	p.NL()
}
