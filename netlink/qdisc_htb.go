package netlink

import (
	"fmt"
	"math"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// Htb shares a rate among classes, of which each has its own and may borrow what others leave:
// tc-htb(8). It cannot be changed; its classes are [HtbClass].
type Htb struct {
	QdiscAttrs
	Version      uint32  // 3; what is read is the kernel's, with that in the upper half
	Rate2Quantum uint32  // the rate of a class divided by this is how many bytes it sends a turn
	Defcls       uint32  // minor number of the class of packets that no filter has one for
	Debug        uint32  // no longer used
	DirectPkts   uint32  // packets that were in no class; read only
	DirectQlen   *uint32 // how many of those may wait; nil: as the link's queue length
	Offload      bool    // the hardware does it (Linux 5.11)
}

// NewHtb returns what tc has by default: no class for packets without one.
func NewHtb(attrs QdiscAttrs) *Htb {
	return &Htb{QdiscAttrs: attrs, Version: uapi.TC_HTB_PROTOVER, Rate2Quantum: 10}
}

// Attrs returns the attributes that all kinds have.
func (q *Htb) Attrs() *QdiscAttrs { return &q.QdiscAttrs }

// Type returns "htb".
func (q *Htb) Type() string { return "htb" }

func (q *Htb) attrs(c *attr.Codec) {
	p := uapi.TcHtbGlob{Version: q.Version, Rate2quantum: q.Rate2Quantum, Defcls: q.Defcls, Debug: q.Debug, DirectPkts: q.DirectPkts}
	if c.Encoding() && p.Version > math.MaxUint16 {
		p.Version >>= 16
	}
	attr.Struct(c, uapi.TCA_HTB_INIT, uapi.SizeofTcHtbGlob, &p)
	attr.OptU32(c, uapi.TCA_HTB_DIRECT_QLEN, &q.DirectQlen)
	attr.Flag(c, uapi.TCA_HTB_OFFLOAD, &q.Offload)
	if c.Decoding() {
		q.Version, q.Rate2Quantum, q.Defcls, q.Debug, q.DirectPkts = p.Version, p.Rate2quantum, p.Defcls, p.Debug, p.DirectPkts
	}
}

// HtbClassAttrs is what [NewHtbClass] makes a class of.
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

// htbBuffer returns the ticks of a buffer of so many bytes, 0 for the default.
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
	attr.Struct(codec, uapi.TCA_HTB_PARMS, uapi.SizeofTcHtbOpt, &p)
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

// rateTable is the table of a rate. It is sent for kernels before 3.8, and never told.
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
