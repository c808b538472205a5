package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// States of a CAN controller, Can.State.
const (
	CAN_STATE_ERROR_ACTIVE  = iota // less than 96 errors
	CAN_STATE_ERROR_WARNING        // less than 128
	CAN_STATE_ERROR_PASSIVE        // less than 256
	CAN_STATE_BUS_OFF
	CAN_STATE_STOPPED
	CAN_STATE_SLEEPING
)

// Can is a CAN controller: ip link set DEV type can …. A driver makes it, and LinkModify changes it while it is down.
//
// LinkModify sends BitRate, or TimeQuanta and the segments, and the controller works out the rest: so of a timing that was
// read, where both are there, nothing is sent. Flags are set as Mask says, which is 0 when it was read.
type Can struct {
	LinkAttrs

	BitRate            uint32 // bits per second
	SamplePoint        uint32 // in 1/1000 of a bit
	TimeQuanta         uint32 // nanoseconds
	PropagationSegment uint32 // time quanta, as the next three
	PhaseSegment1      uint32
	PhaseSegment2      uint32
	SyncJumpWidth      uint32
	BitRatePreScaler   uint32 // of the clock, only read

	// What the controller can do, only read.
	Name                string
	TimeSegment1Min     uint32
	TimeSegment1Max     uint32
	TimeSegment2Min     uint32
	TimeSegment2Max     uint32
	SyncJumpWidthMax    uint32
	BitRatePreScalerMin uint32
	BitRatePreScalerMax uint32
	BitRatePreScalerInc uint32

	ClockFrequency uint32 // hertz, only read

	State uint32 // CAN_STATE_…, only read

	Mask  uint32 // which of Flags are meant; 0 is unset
	Flags uint32 // CAN_CTRLMODE_…

	TxError uint16 // only read
	RxError uint16 // only read

	RestartMs uint32 // milliseconds after bus-off, 0: no restart; 0 is unset

	Restart    bool       // restart now, after bus-off; never read
	DataTiming *CanTiming // of the data of CAN FD frames
	XLTiming   *CanTiming // of CAN XL frames (Linux 7.0)
	Tdc        *CanDelay  // of CAN FD (Linux 5.16)
	XLTdc      *CanDelay  // of CAN XL
	XLPwm      *CanPwm    // of CAN XL
	Terminator *uint16    // termination: ohms, 0 is none
	Limits     *CanLimits // what else the controller can do, only read
}

// CanTiming is how long the bits of a CAN bus are, see [Can].
type CanTiming = uapi.CanBittiming

// CanDelay is how the delay of a transmitter is made up for, in the shortest time quanta.
type CanDelay struct {
	Value  *uint32 // tdcv
	Offset *uint32 // tdco
	Filter *uint32 // tdcf
}

// CanPwm is the form of the signal of CAN XL, in the shortest time quanta.
type CanPwm struct {
	Short  *uint32 // pwms
	Long   *uint32 // pwml
	Offset *uint32 // pwmo
}

// CanLimits is what a CAN controller can do.
type CanLimits struct {
	Modes             uint32   // CAN_CTRLMODE_… that can be changed (Linux 5.18)
	BitRateMax        uint32   // of the transceiver, 0: not known
	BitRates          []uint32 // nil: any
	DataBitRates      []uint32
	XLBitRates        []uint32
	TerminationValues []uint16

	DataTiming *CanTimingRange // of the data of CAN FD frames
	XLTiming   *CanTimingRange // of CAN XL frames
}

// CanTimingRange is what a timing of a CAN controller may be.
type CanTimingRange = uapi.CanBittimingConst

// Attrs returns the attributes that all kinds have.
func (v *Can) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "can".
func (v *Can) Type() string { return "can" }

func (v *Can) attrs(c *attr.Codec) {
	t := CanTiming{Bitrate: v.BitRate, SamplePoint: v.SamplePoint, Tq: v.TimeQuanta, PropSeg: v.PropagationSegment,
		PhaseSeg1: v.PhaseSegment1, PhaseSeg2: v.PhaseSegment2, Sjw: v.SyncJumpWidth, Brp: v.BitRatePreScaler}
	timing := &t
	canTiming(c, uapi.IFLA_CAN_BITTIMING, &timing)
	if c.Decoding() {
		t = *timing
		v.BitRate, v.SamplePoint, v.TimeQuanta, v.PropagationSegment = t.Bitrate, t.SamplePoint, t.Tq, t.PropSeg
		v.PhaseSegment1, v.PhaseSegment2, v.SyncJumpWidth, v.BitRatePreScaler = t.PhaseSeg1, t.PhaseSeg2, t.Sjw, t.Brp
	}
	attr.Custom(c, uapi.IFLA_CAN_BITTIMING_CONST|attr.ReadOnly, nil, v.decodeConst)
	attr.U32(c, uapi.IFLA_CAN_CLOCK|attr.ReadOnly, &v.ClockFrequency)
	attr.U32(c, uapi.IFLA_CAN_STATE|attr.ReadOnly, &v.State)
	mode := uapi.CanCtrlmode{Mask: v.Mask, Flags: v.Flags}
	if !c.Encoding() || v.Mask != 0 {
		attr.Struct(c, uapi.IFLA_CAN_CTRLMODE, uapi.SizeofCanCtrlmode, &mode)
	}
	if c.Decoding() {
		v.Mask, v.Flags = mode.Mask, mode.Flags
	}
	attr.U32(c, uapi.IFLA_CAN_RESTART_MS|attr.IfSet, &v.RestartMs)
	attr.Custom(c, uapi.IFLA_CAN_RESTART, func(e *wire.Encoder) {
		if v.Restart {
			e.Uint32(uapi.IFLA_CAN_RESTART, 1)
		}
	}, nil)
	errors := uapi.CanBerrCounter{Txerr: v.TxError, Rxerr: v.RxError}
	attr.Struct(c, uapi.IFLA_CAN_BERR_COUNTER|attr.ReadOnly, uapi.SizeofCanBerrCounter, &errors)
	if c.Decoding() {
		v.TxError, v.RxError = errors.Txerr, errors.Rxerr
	}
	canTiming(c, uapi.IFLA_CAN_DATA_BITTIMING, &v.DataTiming)
	canTiming(c, uapi.IFLA_CAN_XL_DATA_BITTIMING, &v.XLTiming)
	canNest(c, uapi.IFLA_CAN_TDC, &v.Tdc, func(d *CanDelay) func(*attr.Codec) { return d.attrs })
	canNest(c, uapi.IFLA_CAN_XL_TDC, &v.XLTdc, func(d *CanDelay) func(*attr.Codec) { return d.attrs })
	canNest(c, uapi.IFLA_CAN_XL_PWM, &v.XLPwm, func(p *CanPwm) func(*attr.Codec) { return p.attrs })
	attr.OptU16(c, uapi.IFLA_CAN_TERMINATION, &v.Terminator)
	v.limits(c)
}

// limits are what the controller can do.
func (v *Can) limits(c *attr.Codec) {
	l := new(CanLimits)
	attr.Nest(c, uapi.IFLA_CAN_CTRLMODE_EXT|attr.ReadOnly, func(c *attr.Codec) {
		attr.U32(c, uapi.IFLA_CAN_CTRLMODE_SUPPORTED, &l.Modes)
	})
	attr.U32(c, uapi.IFLA_CAN_BITRATE_MAX|attr.ReadOnly, &l.BitRateMax)
	attr.Custom(c, uapi.IFLA_CAN_BITRATE_CONST|attr.ReadOnly, nil, func(b []byte) { l.BitRates = canNumbers(b, 4, native.Uint32) })
	attr.Custom(c, uapi.IFLA_CAN_DATA_BITRATE_CONST|attr.ReadOnly, nil, func(b []byte) { l.DataBitRates = canNumbers(b, 4, native.Uint32) })
	attr.Custom(c, uapi.IFLA_CAN_XL_DATA_BITRATE_CONST|attr.ReadOnly, nil, func(b []byte) { l.XLBitRates = canNumbers(b, 4, native.Uint32) })
	attr.Custom(c, uapi.IFLA_CAN_TERMINATION_CONST|attr.ReadOnly, nil, func(b []byte) { l.TerminationValues = canNumbers(b, 2, native.Uint16) })
	attr.OptStruct(c, uapi.IFLA_CAN_DATA_BITTIMING_CONST|attr.ReadOnly, uapi.SizeofCanBittimingConst, &l.DataTiming)
	attr.OptStruct(c, uapi.IFLA_CAN_XL_DATA_BITTIMING_CONST|attr.ReadOnly, uapi.SizeofCanBittimingConst, &l.XLTiming)
	if c.Decoding() && (l.Modes|l.BitRateMax != 0 || l.BitRates != nil || l.DataBitRates != nil || l.XLBitRates != nil || l.TerminationValues != nil ||
		l.DataTiming != nil || l.XLTiming != nil) {
		v.Limits = l
	}
}

// canNumbers reads numbers of size bytes.
func canNumbers[T uint16 | uint32](b []byte, size int, get func([]byte) T) []T {
	numbers := make([]T, 0, len(b)/size)
	for ; len(b) >= size; b = b[size:] {
		numbers = append(numbers, get(b))
	}
	return numbers
}

func (v *Can) decodeConst(b []byte) {
	var k uapi.CanBittimingConst
	k.Decode(b)
	n := 0
	for n < len(k.Name) && k.Name[n] != 0 {
		n++
	}
	v.Name = string(k.Name[:n])
	v.TimeSegment1Min, v.TimeSegment1Max, v.TimeSegment2Min, v.TimeSegment2Max = k.Tseg1Min, k.Tseg1Max, k.Tseg2Min, k.Tseg2Max
	v.SyncJumpWidthMax, v.BitRatePreScalerMin, v.BitRatePreScalerMax, v.BitRatePreScalerInc = k.SjwMax, k.BrpMin, k.BrpMax, k.BrpInc
}

// canTiming is sent where it has a bit rate or a time quantum, and not with both, as kernels tell it.
func canTiming(c *attr.Codec, t attr.Type, v **CanTiming) {
	if !c.Encoding() || *v != nil && ((*v).Bitrate != 0) != ((*v).Tq != 0) {
		attr.OptStruct(c, t, uapi.SizeofCanBittiming, v)
	}
}

// canNest is a nest of what is set.
func canNest[T any](c *attr.Codec, t attr.Type, v **T, attrs func(*T) func(*attr.Codec)) {
	switch {
	case c.Encoding():
		if *v != nil {
			attr.Nest(c, t|uapi.NLA_F_NESTED|attr.IfSet, attrs(*v))
		}
	case c.Decoding():
		attr.Custom(c, t, nil, func(b []byte) {
			*v = new(T)
			c.Fail(attr.Decode(b, attrs(*v)))
		})
	default:
		attr.Nest(c, t, attrs(new(T)))
	}
}

func (d *CanDelay) attrs(c *attr.Codec) {
	attr.OptU32(c, uapi.IFLA_CAN_TDC_TDCV, &d.Value)
	attr.OptU32(c, uapi.IFLA_CAN_TDC_TDCO, &d.Offset)
	attr.OptU32(c, uapi.IFLA_CAN_TDC_TDCF, &d.Filter)
}

func (p *CanPwm) attrs(c *attr.Codec) {
	attr.OptU32(c, uapi.IFLA_CAN_PWM_PWMS, &p.Short)
	attr.OptU32(c, uapi.IFLA_CAN_PWM_PWML, &p.Long)
	attr.OptU32(c, uapi.IFLA_CAN_PWM_PWMO, &p.Offset)
}

// silent is what the controller does by itself.
func (*Can) silent() []uint16 { return canSilent }

var canSilent = []uint16{uapi.IFLA_CAN_STATE, uapi.IFLA_CAN_BERR_COUNTER}
