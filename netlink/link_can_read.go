package netlink

import (
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

var (
	canTimingWords = []string{"sample-point", "tq", "prop-seg", "phase-seg1", "phase-seg2", "sjw"}
	canDataWords   = []string{"dsample-point", "dtq", "dprop-seg", "dphase-seg1", "dphase-seg2", "dsjw"}
	canXLWords     = []string{"xsample-point", "xtq", "xprop-seg", "xphase-seg1", "xphase-seg2", "xsjw"}
)

// canWords is what the words of a command said up to here.
type canWords struct {
	mode     uapi.CanCtrlmode
	timing   [canXL + 1]uapi.CanBittiming
	tdc, pwm [canXL + 1][]canGiven
}

// canGiven is a number of a nest.
type canGiven struct {
	typ uint16
	v   uint32
}

// completeCan makes the attributes of what the words said.
func completeCan(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[canWords](in)
	for speed := range w.timing {
		s, t := &canSpeeds[speed], &w.timing[speed]
		if t.Bitrate != 0 || t.Tq != 0 {
			e.Struct(s.timing, uapi.SizeofCanBittiming, t)
		}
		putCanGiven(e, s.tdc, w.tdc[speed])
		putCanGiven(e, s.pwm, w.pwm[speed])
	}
	if w.mode.Mask != 0 {
		e.Struct(uapi.IFLA_CAN_CTRLMODE, uapi.SizeofCanCtrlmode, &w.mode)
	}
	return nil
}

func putCanGiven(e *wire.Encoder, typ uint16, given []canGiven) {
	if given == nil {
		return
	}
	e.Nest(typ | uapi.NLA_F_NESTED)
	for _, g := range given {
		e.Uint32(g.typ, g.v)
	}
	e.End()
}

func readCanMode(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	mode := &desc.Scratch[canWords](in).mode
	word := in.Last()
	auto, manual := uint32(uapi.CAN_CTRLMODE_TDC_AUTO), uint32(uapi.CAN_CTRLMODE_TDC_MANUAL)
	switch word {
	case "xtdc-mode":
		auto, manual = uapi.CAN_CTRLMODE_XL_TDC_AUTO, uapi.CAN_CTRLMODE_XL_TDC_MANUAL
		fallthrough
	case "tdc-mode":
		value, err := in.Next()
		switch {
		case err != nil:
			return err
		case value == "auto":
			mode.Flags |= auto
			mode.Mask |= auto
		case value == "manual":
			mode.Flags |= manual
			mode.Mask |= manual
		case value == "off":
			mode.Mask |= auto | manual
		default:
			return desc.Wrong(value, `"`+word+`" must be either of "auto", "manual" or "off"`)
		}
		return nil
	}
	on, err := in.OnOff(word)
	if err != nil {
		return err
	}
	for _, m := range canModes {
		if m.word == word {
			mode.Mask |= m.bit
			if on {
				mode.Flags |= m.bit
			}
		}
	}
	return nil
}

func readCanRestart(_ *desc.Args, f *desc.Field, e *wire.Encoder) error {
	e.Uint32(f.Type, 1)
	return nil
}

func readCanNumber(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	bits, why := 32, `invalid "`+in.Last()+`" value`
	if f.Type == uapi.IFLA_CAN_TERMINATION {
		bits = 16
	}
	v, err := in.Uint(bits, why)
	if bits == 16 {
		e.Uint16(f.Type, uint16(v))
	} else {
		e.Uint32(f.Type, uint32(v))
	}
	return err
}

func readCanTiming(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	t := &desc.Scratch[canWords](in).timing[f.Arg]
	word := in.Last()
	why := `invalid "` + word + `" value`
	name := strings.TrimPrefix(word, canSpeeds[f.Arg].prefix)
	if name == "sample-point" {
		value, err := in.Next()
		if err != nil {
			return err
		}
		v, err := strconv.ParseFloat(value, 32)
		if err != nil || v < 0 || v > 1000 {
			return desc.Wrong(value, why)
		}
		t.SamplePoint = uint32(float32(v) * 1000)
		return nil
	}
	v, err := in.Uint(32, why)
	if err != nil {
		return err
	}
	switch name {
	case "bitrate":
		t.Bitrate = uint32(v)
	case "tq":
		t.Tq = uint32(v)
	case "prop-seg":
		t.PropSeg = uint32(v)
	case "phase-seg1":
		t.PhaseSeg1 = uint32(v)
	case "phase-seg2":
		t.PhaseSeg2 = uint32(v)
	case "sjw":
		t.Sjw = uint32(v)
	}
	return nil
}

// readCanDelay reads a number of the delay, or of the form of the signal.
func readCanDelay(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[canWords](in)
	list, numbers := &w.tdc[f.Arg], canDelayWords(f.Arg)
	if f.Type == uapi.IFLA_CAN_XL_PWM {
		list, numbers = &w.pwm[f.Arg], canPwmWords[:]
	}
	word := in.Last()
	v, err := in.Uint(32, `invalid "`+word+`" value`)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if n.word == word {
			*list = append(*list, canGiven{n.typ, uint32(v)})
		}
	}
	return nil
}
