package netlink

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func (*Can) describe() desc.Kind {
	return desc.Kind{Fields: canFields, Complete: completeCan, Statistics: showCanCounters, Help: canHelp}
}

// The speeds of a CAN bus, the Arg of fields.
const (
	canNominal = iota
	canFD
	canXL
)

// canSpeeds are what is different by speed.
var canSpeeds = [...]struct {
	prefix, key                     string
	timing, limits, rates, tdc, pwm uint16
	rateKey, ratesKey, tdcKey       string
}{
	canNominal: {prefix: "", key: "bittiming", timing: uapi.IFLA_CAN_BITTIMING, limits: uapi.IFLA_CAN_BITTIMING_CONST,
		rates: uapi.IFLA_CAN_BITRATE_CONST, rateKey: "bittiming_bitrate", ratesKey: "bitrate_const"},
	canFD: {prefix: "d", key: "data_bittiming", timing: uapi.IFLA_CAN_DATA_BITTIMING,
		limits: uapi.IFLA_CAN_DATA_BITTIMING_CONST,
		rates:  uapi.IFLA_CAN_DATA_BITRATE_CONST, tdc: uapi.IFLA_CAN_TDC, rateKey: "data_bittiming_bitrate",
		ratesKey: "data_bitrate_const", tdcKey: "tdc"},
	canXL: {prefix: "x", key: "xl_data_bittiming", timing: uapi.IFLA_CAN_XL_DATA_BITTIMING,
		limits: uapi.IFLA_CAN_XL_DATA_BITTIMING_CONST,
		rates:  uapi.IFLA_CAN_XL_DATA_BITRATE_CONST, tdc: uapi.IFLA_CAN_XL_TDC, pwm: uapi.IFLA_CAN_XL_PWM,
		rateKey: "xl_data_bittiming_bitrate", ratesKey: "data_bitrate_const", tdcKey: "xtdc"},
}

var canFields = []desc.Field{
	{Type: uapi.IFLA_CAN_CTRLMODE, Word: "loopback", Usage: "{ on | off }", Words: canModeWords, Show: showCanMode,
		Read: readCanMode},
	{Type: uapi.IFLA_CAN_CTRLMODE, Word: "xl", Words: []string{"tms", "restricted", "xtdc-mode"}, Usage: "{ on | off }",
		Exact: true, Read: readCanMode, Show: showNothing},
	{Type: uapi.IFLA_CAN_STATE, Show: showCanState, ReadOnly: true},
	{Type: uapi.IFLA_CAN_BERR_COUNTER, Show: showCanErrors, ReadOnly: true},
	{Type: uapi.IFLA_CAN_RESTART, Word: "restart", Read: readCanRestart},
	{Type: uapi.IFLA_CAN_RESTART_MS, Key: "restart_ms", Word: "restart-ms", Form: desc.U32, Usage: "TIME-MS",
		Read: readCanNumber},
	{Type: uapi.IFLA_CAN_BITTIMING, Word: "bitrate", Usage: "BITRATE", Words: canTimingWords, Show: showCanTiming,
		Read: readCanTiming, Arg: canNominal},
	{Type: uapi.IFLA_CAN_BITTIMING_CONST, Show: showCanLimits, ReadOnly: true, Arg: canNominal},
	{Type: uapi.IFLA_CAN_BITRATE_CONST, Show: showCanRates, ReadOnly: true, Arg: canNominal},
	{Type: uapi.IFLA_CAN_DATA_BITTIMING, Word: "dbitrate", Usage: "BITRATE", Words: canDataWords, Show: showCanTiming,
		Read: readCanTiming, Arg: canFD},
	{Type: uapi.IFLA_CAN_TDC, Word: "tdcv", Words: []string{"tdco", "tdcf"}, Usage: "TDCV", Show: showNothing,
		Read: readCanDelay, Arg: canFD},
	{Type: uapi.IFLA_CAN_DATA_BITTIMING_CONST, Show: showCanLimits, ReadOnly: true, Arg: canFD},
	{Type: uapi.IFLA_CAN_DATA_BITRATE_CONST, Show: showCanRates, ReadOnly: true, Arg: canFD},
	{Type: uapi.IFLA_CAN_XL_DATA_BITTIMING, Word: "xbitrate", Usage: "BITRATE", Words: canXLWords, Exact: true,
		Show: showCanTiming, Read: readCanTiming, Arg: canXL},
	{Type: uapi.IFLA_CAN_XL_TDC, Word: "xtdcv", Words: []string{"xtdco", "xtdcf"}, Usage: "XTDCV", Exact: true,
		Show: showNothing, Read: readCanDelay, Arg: canXL},
	{Type: uapi.IFLA_CAN_XL_PWM, Word: "pwms", Words: []string{"pwml", "pwmo"}, Usage: "PWMS", Exact: true,
		Show: showNothing, Read: readCanDelay, Arg: canXL},
	{Type: uapi.IFLA_CAN_XL_DATA_BITTIMING_CONST, Show: showCanLimits, ReadOnly: true, Arg: canXL},
	{Type: uapi.IFLA_CAN_XL_DATA_BITRATE_CONST, Show: showCanRates, ReadOnly: true, Arg: canXL},
	{Type: uapi.IFLA_CAN_TERMINATION, Word: "termination", Usage: "{ 0..65535 }", Show: showCanTermination,
		Read: readCanNumber},
	{Type: uapi.IFLA_CAN_TERMINATION_CONST, ReadOnly: true}, // shown along with others
	{Type: uapi.IFLA_CAN_CTRLMODE_EXT, ReadOnly: true},
	{Type: uapi.IFLA_CAN_BITRATE_MAX, ReadOnly: true}, // ip does not show it
	{Type: uapi.IFLA_CAN_CLOCK, Show: showCanClock, ReadOnly: true},
}

// canModes are the flags in the order that ip shows them in.
var canModes = [...]struct {
	bit        uint32
	word, name string
}{
	{uapi.CAN_CTRLMODE_LOOPBACK, "loopback", "LOOPBACK"},
	{uapi.CAN_CTRLMODE_LISTENONLY, "listen-only", "LISTEN-ONLY"},
	{uapi.CAN_CTRLMODE_3_SAMPLES, "triple-sampling", "TRIPLE-SAMPLING"},
	{uapi.CAN_CTRLMODE_ONE_SHOT, "one-shot", "ONE-SHOT"},
	{uapi.CAN_CTRLMODE_BERR_REPORTING, "berr-reporting", "BERR-REPORTING"},
	{uapi.CAN_CTRLMODE_FD, "fd", "FD"},
	{uapi.CAN_CTRLMODE_FD_NON_ISO, "fd-non-iso", "FD-NON-ISO"},
	{uapi.CAN_CTRLMODE_PRESUME_ACK, "presume-ack", "PRESUME-ACK"},
	{uapi.CAN_CTRLMODE_CC_LEN8_DLC, "cc-len8-dlc", "CC-LEN8-DLC"},
	{uapi.CAN_CTRLMODE_TDC_AUTO, "", "TDC-AUTO"},
	{uapi.CAN_CTRLMODE_TDC_MANUAL, "", "TDC-MANUAL"},
	{uapi.CAN_CTRLMODE_RESTRICTED, "restricted", "RESTRICTED"},
	{uapi.CAN_CTRLMODE_XL, "xl", "XL"},
	{uapi.CAN_CTRLMODE_XL_TDC_AUTO, "", "XL-TDC-AUTO"},
	{uapi.CAN_CTRLMODE_XL_TDC_MANUAL, "", "XL-TDC-MANUAL"},
	{uapi.CAN_CTRLMODE_XL_TMS, "tms", "TMS"},
}

var canModeWords = []string{
	"listen-only", "triple-sampling", "one-shot", "berr-reporting", "fd", "fd-non-iso", "presume-ack", "cc-len8-dlc",
	"tdc-mode",
}

// canLine begins a line of what belongs to a controller.
func canLine(p *desc.Printer) {
	p.NL()
	p.Text("\t ")
}

// showCanMode prints the flags, and in JSON those that can be changed and those that cannot.
func showCanMode(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < uapi.SizeofCanCtrlmode {
		return
	}
	var mode uapi.CanCtrlmode
	mode.Decode(b)
	printCanFlags(p, mode.Flags, "ctrlmode")
	if ext, ok := attrs[uapi.IFLA_CAN_CTRLMODE_EXT]; ok && p.JSON {
		if v := desc.ParseAttrs(ext)[uapi.IFLA_CAN_CTRLMODE_SUPPORTED]; len(v) >= 4 {
			printCanFlags(p, native.Uint32(v), "ctrlmode_supported")
			printCanFlags(p, mode.Flags&^native.Uint32(v), "ctrlmode_static")
		}
	}
}

func printCanFlags(p *desc.Printer, flags uint32, key string) {
	if flags == 0 {
		return
	}
	p.Array(key)
	p.Text("<")
	for _, m := range canModes {
		if flags&m.bit == 0 {
			continue
		}
		if flags &^= m.bit; flags != 0 {
			p.Str("", "%s,", m.name)
		} else {
			p.Str("", "%s", m.name)
		}
	}
	if flags != 0 {
		p.Str("", "%s", fmt.Sprintf("%x", flags))
	}
	p.EndArray()
	p.Text("> ")
}

var canStates = [...]string{
	uapi.CAN_STATE_ERROR_ACTIVE: "ERROR-ACTIVE", uapi.CAN_STATE_ERROR_WARNING: "ERROR-WARNING",
	uapi.CAN_STATE_ERROR_PASSIVE: "ERROR-PASSIVE",
	uapi.CAN_STATE_BUS_OFF:       "BUS-OFF", uapi.CAN_STATE_STOPPED: "STOPPED", uapi.CAN_STATE_SLEEPING: "SLEEPING",
}

func showCanState(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str("state", "state %s ", desc.NumberName(canStates[:], uint64(native.Uint32(b))))
	}
}

// showCanCounters prints how often a controller changed its state, as a line of titles and one of numbers.
func showCanCounters(p *desc.Printer, b []byte) {
	if len(b) != uapi.SizeofCanDeviceStats {
		return
	}
	var n uapi.CanDeviceStats
	n.Decode(b)
	canLine(p)
	p.Text(" re-started bus-errors arbit-lost error-warn error-pass bus-off")
	canLine(p)
	for _, c := range [...]struct {
		key string
		n   uint32
	}{
		{"restarts", n.Restarts}, {"bus_error", n.BusError}, {"arbitration_lost", n.ArbitrationLost},
		{"error_warning", n.ErrorWarning}, {"error_passive", n.ErrorPassive}, {"bus_off", n.BusOff},
	} {
		p.Uint(c.key, " %-10d", uint64(c.n))
	}
}

func showCanErrors(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofCanBerrCounter {
		return
	}
	var n uapi.CanBerrCounter
	n.Decode(b)
	p.Object("berr_counter")
	p.Uint("tx", "(berr-counter tx %d", uint64(n.Txerr))
	p.Uint("rx", " rx %d) ", uint64(n.Rxerr))
	p.EndObject()
}

// showCanTiming prints a timing, unless the controller has only certain rates.
func showCanTiming(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	s := &canSpeeds[f.Arg]
	if _, rates := attrs[s.rates]; rates || b == nil {
		return
	}
	var t uapi.CanBittiming
	t.Decode(b)
	p.Object(s.key)
	canLine(p)
	p.Uint("bitrate", " "+s.prefix+"bitrate %d", uint64(t.Bitrate))
	p.Str("sample_point", " "+s.prefix+"sample-point %s", fmt.Sprintf("%.3f", float64(t.SamplePoint)/1000))
	canLine(p)
	for _, n := range [...]struct {
		key, word string
		v         uint32
	}{
		{"tq", "tq", t.Tq}, {"prop_seg", "prop-seg", t.PropSeg}, {"phase_seg1", "phase-seg1", t.PhaseSeg1},
		{"phase_seg2", "phase-seg2", t.PhaseSeg2}, {"sjw", "sjw", t.Sjw}, {"brp", "brp", t.Brp},
	} {
		p.Uint(n.key, " "+s.prefix+n.word+" %d", uint64(n.v))
	}
	if tdc, ok := attrs[s.tdc]; ok && s.tdc != 0 {
		printCanNumbers(p, tdc, s.tdcKey, canDelayWords(f.Arg))
	}
	if pwm, ok := attrs[s.pwm]; ok && s.pwm != 0 {
		printCanNumbers(p, pwm, "pwm", canPwmWords[:])
	}
	p.EndObject()
}

// canNumber is a number in a nest; ip has a space before the keys of some.
type canNumber struct {
	typ, min, max uint16
	key, word     string
}

// canDelayWords are the numbers of the delay of a speed.
func canDelayWords(speed int) []canNumber {
	if speed == canXL {
		return canXLDelays[:]
	}
	return canDelays[:]
}

var (
	canDelays = [...]canNumber{
		{uapi.IFLA_CAN_TDC_TDCV, uapi.IFLA_CAN_TDC_TDCV_MIN, uapi.IFLA_CAN_TDC_TDCV_MAX, "tdcv", "tdcv"},
		{uapi.IFLA_CAN_TDC_TDCO, uapi.IFLA_CAN_TDC_TDCO_MIN, uapi.IFLA_CAN_TDC_TDCO_MAX, "tdco", "tdco"},
		{uapi.IFLA_CAN_TDC_TDCF, uapi.IFLA_CAN_TDC_TDCF_MIN, uapi.IFLA_CAN_TDC_TDCF_MAX, "tdcf", "tdcf"},
	}
	canXLDelays = [...]canNumber{
		{uapi.IFLA_CAN_TDC_TDCV, uapi.IFLA_CAN_TDC_TDCV_MIN, uapi.IFLA_CAN_TDC_TDCV_MAX, "tdcv", "xtdcv"},
		{uapi.IFLA_CAN_TDC_TDCO, uapi.IFLA_CAN_TDC_TDCO_MIN, uapi.IFLA_CAN_TDC_TDCO_MAX, "tdco", "xtdco"},
		{uapi.IFLA_CAN_TDC_TDCF, uapi.IFLA_CAN_TDC_TDCF_MIN, uapi.IFLA_CAN_TDC_TDCF_MAX, "tdcf", "xtdcf"},
	}
	canPwmWords = [...]canNumber{
		{uapi.IFLA_CAN_PWM_PWMS, uapi.IFLA_CAN_PWM_PWMS_MIN, uapi.IFLA_CAN_PWM_PWMS_MAX, "pwms", "pwms"},
		{uapi.IFLA_CAN_PWM_PWML, uapi.IFLA_CAN_PWM_PWML_MIN, uapi.IFLA_CAN_PWM_PWML_MAX, "pwml", "pwml"},
		{uapi.IFLA_CAN_PWM_PWMO, uapi.IFLA_CAN_PWM_PWMO_MIN, uapi.IFLA_CAN_PWM_PWMO_MAX, "pwmo", "pwmo"},
	}
)

func printCanNumbers(p *desc.Printer, b []byte, key string, numbers []canNumber) {
	attrs := desc.ParseAttrs(b)
	begun := false
	for _, n := range numbers {
		v := attrs[n.typ]
		if len(v) < 4 {
			continue
		}
		if !begun {
			p.Object(key)
			canLine(p)
			begun = true
		}
		name := n.key
		if key == "pwm" {
			name = " " + name // as ip has it
		}
		p.Uint(name, " "+n.word+" %d", uint64(native.Uint32(v)))
	}
	if begun {
		p.EndObject()
	}
}

func printCanRange(p *desc.Printer, key, word string, low, high uint32) {
	p.Text("%s", " "+word)
	p.Object(key)
	p.Uint("min", " %d", uint64(low))
	p.Uint("max", "..%d", uint64(high))
	p.EndObject()
}

// showCanLimits prints what a timing may be.
func showCanLimits(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	s := &canSpeeds[f.Arg]
	if _, rates := attrs[s.rates]; rates || b == nil {
		return
	}
	var k uapi.CanBittimingConst
	k.Decode(b)
	p.Object(s.key + "_const")
	canLine(p)
	var v Can
	v.decodeConst(b)
	p.Str("name", " %s:", v.Name)
	printCanRange(p, "tseg1", s.prefix+"tseg1", k.Tseg1Min, k.Tseg1Max)
	printCanRange(p, "tseg2", s.prefix+"tseg2", k.Tseg2Min, k.Tseg2Max)
	printCanRange(p, "sjw", s.prefix+"sjw", 1, k.SjwMax)
	printCanRange(p, "brp", s.prefix+"brp", k.BrpMin, k.BrpMax)
	p.Uint("brp_inc", " "+s.prefix+"brp_inc %d", uint64(k.BrpInc))
	if tdc, ok := attrs[s.tdc]; ok && s.tdc != 0 {
		printCanRanges(p, tdc, s.tdcKey, canDelayWords(f.Arg))
	}
	if pwm, ok := attrs[s.pwm]; ok && s.pwm != 0 {
		printCanRanges(p, pwm, "pwm", canPwmWords[:])
	}
	p.EndObject()
}

func printCanRanges(p *desc.Printer, b []byte, key string, numbers []canNumber) {
	attrs := desc.ParseAttrs(b)
	p.Object(key)
	canLine(p)
	for _, n := range numbers {
		if low, high := attrs[n.min], attrs[n.max]; len(low) >= 4 && len(high) >= 4 {
			printCanRange(p, n.key, n.word, native.Uint32(low), native.Uint32(high))
		}
	}
	p.EndObject()
}

// showCanRates prints the rates of a controller that has only certain ones, six on a line.
func showCanRates(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if b == nil {
		return
	}
	s := &canSpeeds[f.Arg]
	var t uapi.CanBittiming
	t.Decode(attrs[s.timing])
	canLine(p)
	p.Uint(s.rateKey, " "+s.prefix+"bitrate %d", uint64(t.Bitrate))
	canLine(p)
	p.Array(s.ratesKey)
	p.Text("    [")
	rates := canList(b)
	for i, rate := range rates {
		if i%6 == 0 && i != 0 {
			canLine(p)
			p.Text("     ")
		}
		if i < len(rates)-1 {
			p.Uint("", "%8d, ", uint64(rate))
		} else {
			p.Uint("", "%8d", uint64(rate))
		}
	}
	p.EndArray()
	p.Text(" ]")
}

func showCanTermination(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	values, ok := attrs[uapi.IFLA_CAN_TERMINATION_CONST]
	if !ok || len(b) < 2 {
		return
	}
	canLine(p)
	p.Uint("termination", " termination %d [ ", uint64(native.Uint16(b)))
	p.Array("termination_const")
	var list []uint16
	for ; len(values) >= 2; values = values[2:] {
		list = append(list, native.Uint16(values))
	}
	for i, v := range list {
		if i < len(list)-1 {
			p.Uint("", "%d, ", uint64(v))
		} else {
			p.Uint("", "%d", uint64(v))
		}
	}
	p.EndArray()
	p.Text(" ]")
}

func showCanClock(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		canLine(p)
		p.Uint("clock", " clock %d ", uint64(native.Uint32(b)))
	}
}
