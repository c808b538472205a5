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

// TcPolAct is the verdict of a [PoliceAction].
type TcPolAct int32

// What [PoliceAction] does with packets. Others are those of [TcAct].
const (
	TC_POLICE_UNSPEC     TcPolAct = uapi.TC_ACT_UNSPEC
	TC_POLICE_OK         TcPolAct = uapi.TC_ACT_OK
	TC_POLICE_RECLASSIFY TcPolAct = uapi.TC_ACT_RECLASSIFY
	TC_POLICE_SHOT       TcPolAct = uapi.TC_ACT_SHOT
	TC_POLICE_PIPE       TcPolAct = uapi.TC_ACT_PIPE
)

// String returns the word for it, or its number.
func (a TcPolAct) String() string {
	if a < TC_POLICE_UNSPEC || a > TC_POLICE_PIPE {
		return fmt.Sprintf("0x%x", int32(a))
	}
	return TcAct(a).String()
}

// PoliceAction measures the rate of packets, and says what becomes of those that are above:
// tc-police(8).
type PoliceAction struct {
	ActionAttrs            // Action is not used
	Rate            uint32 // bytes a second
	Burst           uint32 // bytes at once
	RCellLog        int    // logarithm of how many sizes share a slot of the rate table; -1: by Mtu
	Mtu             uint32 // bytes; larger packets are above the rate; 0: any
	Mpu             uint16 // bytes of the smallest packet
	PeakRate        uint32 // bytes a second
	PCellLog        int    // the same as RCellLog
	AvRate          uint32 // bytes a second, of an estimator
	Overhead        uint16 // bytes that each packet has in addition
	LinkLayer       int    // nl.LINKLAYER_ETHERNET, nl.LINKLAYER_ATM
	ExceedAction    TcPolAct
	NotExceedAction TcPolAct

	Rate64     uint64 // in the place of Rate, where that has no room
	PeakRate64 uint64 // in the place of PeakRate
	PktRate    uint64 // packets a second (Linux 5.12)
	PktBurst   uint32 // packets at once, needed with PktRate
}

// NewPoliceAction returns one that has packets above the rate classified again, and lets others
// pass.
func NewPoliceAction() *PoliceAction {
	return &PoliceAction{
		RCellLog: -1, PCellLog: -1, LinkLayer: nl.LINKLAYER_ETHERNET,
		ExceedAction: TC_POLICE_RECLASSIFY, NotExceedAction: TC_POLICE_OK,
	}
}

// Attrs returns the attributes that all kinds have.
func (action *PoliceAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "police".
func (action *PoliceAction) Type() string { return "police" }

func (action *PoliceAction) attrs(c *attr.Codec) {
	rate, peak := max(uint64(action.Rate), action.Rate64), max(uint64(action.PeakRate), action.PeakRate64)
	p := uapi.TcPolice{}
	if c.Encoding() {
		a := &action.ActionAttrs
		c.Check("index", int64(uint(a.Index)), math.MaxUint32)
		checkLinkLayer(c, int64(action.LinkLayer))
		for _, log := range []int{action.RCellLog, action.PCellLog} {
			c.Check("cell log", int64(max(log, 0)), math.MaxUint8)
		}
		p = uapi.TcPolice{
			Index: uint32(a.Index), Refcnt: int32(a.Refcnt), Bindcnt: int32(a.Bindcnt), Capab: uint32(a.Capab),
			Action: int32(action.ExceedAction), Mtu: action.Mtu,
		}
		if rate != 0 {
			p.Rate = action.spec(rate, action.RCellLog)
			p.Burst = Xmittime(rate, action.Burst)
		}
		if peak != 0 {
			p.Peakrate = action.spec(peak, action.PCellLog)
		}
	}
	attr.Struct(c, uapi.TCA_POLICE_TBF, uapi.SizeofTcPolice, &p)
	if c.Settling() {
		q := p
		q.Refcnt, q.Bindcnt = 0, 0
		settle(c, uapi.TCA_POLICE_TBF, uapi.SizeofTcPolice, &q)
	}
	action.table(c, uapi.TCA_POLICE_RATE, rate, action.RCellLog)
	action.table(c, uapi.TCA_POLICE_PEAKRATE, peak, action.PCellLog)
	rate, peak = above32(rate), above32(peak)
	attr.U64(c, uapi.TCA_POLICE_RATE64|attr.IfSet, &rate)
	attr.U64(c, uapi.TCA_POLICE_PEAKRATE64|attr.IfSet, &peak)
	attr.U32(c, uapi.TCA_POLICE_AVRATE|attr.IfSet, &action.AvRate)
	attr.S32(c, uapi.TCA_POLICE_RESULT|attr.IfSet, &action.NotExceedAction)
	attr.U64(c, uapi.TCA_POLICE_PKTRATE64|attr.IfSet, &action.PktRate)
	ticks := uint64(0)
	if c.Encoding() && action.PktRate != 0 {
		ticks = uint64(Xmittime(action.PktRate, action.PktBurst))
	}
	attr.U64(c, uapi.TCA_POLICE_PKTBURST64|attr.IfSet, &ticks)
	timestamp(c, uapi.TCA_POLICE_TM, &action.ActionAttrs)
	if !c.Decoding() {
		return
	}
	action.PktBurst = burstOf(action.PktRate, uint32(min(ticks, math.MaxUint32)))
	a := &action.ActionAttrs
	a.Index, a.Refcnt, a.Bindcnt, a.Capab = int(p.Index), int(p.Refcnt), int(p.Bindcnt), int(p.Capab)
	action.ExceedAction, action.Mtu = TcPolAct(p.Action), p.Mtu
	action.Rate, action.PeakRate, action.Rate64, action.PeakRate64 = p.Rate.Rate, p.Peakrate.Rate, rate, peak
	action.Burst = burstOf(max(uint64(p.Rate.Rate), rate), p.Burst)
	action.Overhead, action.Mpu, action.LinkLayer = p.Rate.Overhead, p.Rate.Mpu,
		int(p.Rate.Linklayer)&nl.TC_LINKLAYER_MASK
	action.RCellLog, action.PCellLog = int(p.Rate.CellLog), int(p.Peakrate.CellLog)
	if action.RCellLog == 0 { // newer kernels do not keep it
		action.RCellLog = -1
	}
	if action.PCellLog == 0 {
		action.PCellLog = -1
	}
}

// spec is the rate as the kernel takes it.
func (action *PoliceAction) spec(rate uint64, cellLog int) uapi.TcRatespec {
	s := rateSpec(rate, action.Overhead, action.Mpu, uint8(action.LinkLayer))
	s.Linklayer = uint8(action.LinkLayer & nl.TC_LINKLAYER_MASK)
	s.CellAlign, s.CellLog = -1, uint8(fillRtable(nil, 0, cellLog, action.Mtu, 0, 0))
	return s
}

// table is the table of a rate, which the kernel wants though it does not use it.
func (action *PoliceAction) table(c *attr.Codec, t attr.Type, rate uint64, cellLog int) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		if rate == 0 {
			return
		}
		var table [rtabSlots]uint32
		fillRtable(table[:], rate, cellLog, action.Mtu, uint(action.Mpu), action.LinkLayer)
		b := e.Reserve(uint16(t), uapi.TC_RTAB_SIZE)
		for i, v := range table {
			native.PutUint32(b[4*i:], v)
		}
	}, nil)
}

// burstOf returns how many bytes are sent in that number of ticks, a number that has these ticks again
// where there is one.
func burstOf(rate uint64, ticks uint32) uint32 {
	if rate == 0 {
		return 0
	}
	size := Xmitsize(rate, ticks)
	if Xmittime(rate, size) < ticks && size != math.MaxUint32 && Xmittime(rate, size+1) == ticks {
		size++
	}
	return size
}
