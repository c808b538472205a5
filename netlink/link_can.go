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
// LinkModify sends BitRate, or TimeQuanta and the segments, and the controller works out the rest: so of a timing that
// was read, where both are there, nothing is sent. Flags are set as Mask says, which is 0 when it was read.
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

// CanTiming is how long the bits of a CAN bus are, see [Can] for the units.
type CanTiming struct {
	BitRate            uint32
	SamplePoint        uint32
	TimeQuanta         uint32
	PropagationSegment uint32
	PhaseSegment1      uint32
	PhaseSegment2      uint32
	SyncJumpWidth      uint32
	BitRatePreScaler   uint32
}

// numbers are the fields in the order of struct can_bittiming.
//
//go:noinline
func (t *CanTiming) numbers() []*uint32 {
	return []*uint32{&t.BitRate, &t.SamplePoint, &t.TimeQuanta, &t.PropagationSegment, &t.PhaseSegment1, &t.PhaseSegment2,
		&t.SyncJumpWidth, &t.BitRatePreScaler}
}

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

// CanLimits are the limits of a CAN controller.
type CanLimits struct {
	Modes             uint32   // CAN_CTRLMODE_… that can be changed (Linux 5.18)
	BitRateMax        uint32   // of the transceiver, 0: not known
	BitRates          []uint32 // nil: any
	DataBitRates      []uint32
	XLBitRates        []uint32
	TerminationValues []uint16

	// The limits of timings of the data of CAN FD frames, and of CAN XL frames: TimeSegment1Min, TimeSegment1Max,
	// TimeSegment2Min, TimeSegment2Max, SyncJumpWidthMax and BitRatePreScalerMin, Max and Inc.
	DataTiming []uint32
	XLTiming   []uint32
}

// Attrs returns the attributes that all kinds have.
func (v *Can) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "can".
func (v *Can) Type() string { return "can" }

func (v *Can) attrs(c *attr.Codec) {
	timing := CanTiming{v.BitRate, v.SamplePoint, v.TimeQuanta, v.PropagationSegment, v.PhaseSegment1, v.PhaseSegment2,
		v.SyncJumpWidth, v.BitRatePreScaler}
	if !c.Encoding() || timing.sent() {
		canNumbers(c, uapi.IFLA_CAN_BITTIMING, timing.numbers())
	}
	if c.Decoding() {
		v.BitRate, v.SamplePoint, v.TimeQuanta, v.PropagationSegment = timing.BitRate, timing.SamplePoint, timing.TimeQuanta,
			timing.PropagationSegment
		v.PhaseSegment1, v.PhaseSegment2 = timing.PhaseSegment1, timing.PhaseSegment2
		v.SyncJumpWidth, v.BitRatePreScaler = timing.SyncJumpWidth, timing.BitRatePreScaler
	}
	attr.Custom(c, uapi.IFLA_CAN_BITTIMING_CONST|attr.ReadOnly, nil, v.decodeConst)
	attr.U32(c, uapi.IFLA_CAN_CLOCK|attr.ReadOnly, &v.ClockFrequency)
	attr.U32(c, uapi.IFLA_CAN_STATE|attr.ReadOnly, &v.State)
	if !c.Encoding() || v.Mask != 0 {
		canNumbers(c, uapi.IFLA_CAN_CTRLMODE, []*uint32{&v.Mask, &v.Flags})
	}
	attr.U32(c, uapi.IFLA_CAN_RESTART_MS|attr.IfSet, &v.RestartMs)
	restart := uint32(0)
	if v.Restart {
		restart = 1
	}
	attr.U32(c, uapi.IFLA_CAN_RESTART|attr.IfSet|attr.WriteOnly, &restart)
	attr.Custom(c, uapi.IFLA_CAN_BERR_COUNTER|attr.ReadOnly, nil, func(b []byte) {
		if len(b) >= 4 {
			v.TxError, v.RxError = native.Uint16(b), native.Uint16(b[2:])
		}
	})
	canTiming(c, uapi.IFLA_CAN_DATA_BITTIMING, &v.DataTiming)
	canTiming(c, uapi.IFLA_CAN_XL_DATA_BITTIMING, &v.XLTiming)
	canNest(c, uapi.IFLA_CAN_TDC, &v.Tdc, (*CanDelay).attrs)
	canNest(c, uapi.IFLA_CAN_XL_TDC, &v.XLTdc, (*CanDelay).attrs)
	canNest(c, uapi.IFLA_CAN_XL_PWM, &v.XLPwm, (*CanPwm).attrs)
	attr.OptU16(c, uapi.IFLA_CAN_TERMINATION, &v.Terminator)
	v.limits(c)
}

// limits are what the controller can do.
func (v *Can) limits(c *attr.Codec) {
	l := new(CanLimits)
	told := false
	attr.Nest(c, uapi.IFLA_CAN_CTRLMODE_EXT|attr.ReadOnly, func(c *attr.Codec) {
		attr.U32(c, uapi.IFLA_CAN_CTRLMODE_SUPPORTED, &l.Modes)
		told = true
	})
	attr.U32(c, uapi.IFLA_CAN_BITRATE_MAX|attr.ReadOnly, &l.BitRateMax)
	for _, rates := range [...]struct {
		t attr.Type
		v *[]uint32
	}{
		{uapi.IFLA_CAN_BITRATE_CONST, &l.BitRates}, {uapi.IFLA_CAN_DATA_BITRATE_CONST, &l.DataBitRates},
		{uapi.IFLA_CAN_XL_DATA_BITRATE_CONST, &l.XLBitRates},
		{uapi.IFLA_CAN_DATA_BITTIMING_CONST, &l.DataTiming}, {uapi.IFLA_CAN_XL_DATA_BITTIMING_CONST, &l.XLTiming},
	} {
		attr.Custom(c, rates.t|attr.ReadOnly, nil, func(b []byte) {
			if rates.t == uapi.IFLA_CAN_DATA_BITTIMING_CONST || rates.t == uapi.IFLA_CAN_XL_DATA_BITTIMING_CONST {
				b = b[min(canNameSize, len(b)):]
			}
			*rates.v = canList(b)
			told = true
		})
	}
	attr.Custom(c, uapi.IFLA_CAN_TERMINATION_CONST|attr.ReadOnly, nil, func(b []byte) {
		for ; len(b) >= 2; b = b[2:] {
			l.TerminationValues = append(l.TerminationValues, native.Uint16(b))
		}
		told = true
	})
	if c.Decoding() && (told || l.BitRateMax != 0) {
		v.Limits = l
	}
}

// canNameSize is the size of the name before the numbers of struct can_bittiming_const.
const canNameSize = 16

// canList reads numbers of 32 bits.
//
//go:noinline
func canList(b []byte) (list []uint32) {
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, native.Uint32(b))
	}
	return list
}

// canNumbers is a structure of numbers of 32 bits.
func canNumbers(c *attr.Codec, t attr.Type, numbers []*uint32) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		b := e.Reserve(uint16(t), 4*len(numbers))
		for i, n := range numbers {
			native.PutUint32(b[4*i:], *n)
		}
	}, func(b []byte) { canFill(numbers, b) })
}

// canFill reads numbers; a structure that is shorter leaves what it lacks as it is.
//
//go:noinline
func canFill(numbers []*uint32, b []byte) {
	for i, n := range canList(b) {
		if i < len(numbers) {
			*numbers[i] = n
		}
	}
}

func (v *Can) decodeConst(b []byte) {
	if len(b) < canNameSize {
		return
	}
	n := 0
	for n < canNameSize && b[n] != 0 {
		n++
	}
	v.Name = string(b[:n])
	canFill([]*uint32{&v.TimeSegment1Min, &v.TimeSegment1Max, &v.TimeSegment2Min, &v.TimeSegment2Max,
		&v.SyncJumpWidthMax, &v.BitRatePreScalerMin, &v.BitRatePreScalerMax, &v.BitRatePreScalerInc}, b[canNameSize:])
}

// sent reports whether a timing is sent: with a bit rate or a time quantum, and not with both, as kernels report it.
func (t *CanTiming) sent() bool { return (t.BitRate != 0) != (t.TimeQuanta != 0) }

func canTiming(c *attr.Codec, t attr.Type, v **CanTiming) {
	if c.Encoding() && (*v == nil || !(*v).sent()) {
		return
	}
	timing := *v
	if timing == nil {
		timing = new(CanTiming)
	}
	canNumbers(c, t, timing.numbers())
	if c.Decoding() && *timing != (CanTiming{}) {
		*v = timing
	}
}

// canNest is a nest of the attributes that are set.
func canNest[T any](c *attr.Codec, t attr.Type, v **T, attrs func(*T, *attr.Codec)) {
	inside := *v
	if inside == nil {
		if c.Encoding() {
			return
		}
		inside = new(T)
	}
	attr.Nest(c, t|uapi.NLA_F_NESTED|attr.IfSet, func(c *attr.Codec) {
		attrs(inside, c)
		if c.Decoding() {
			*v = inside
		}
	})
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
