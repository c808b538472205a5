package desc

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// controls are what becomes of a packet after an action, in the order in which abbreviations are looked up.
var controls = []struct {
	word string
	code int32
}{
	{"ok", uapi.TC_ACT_OK},
	{"pass", uapi.TC_ACT_OK},
	{"drop", uapi.TC_ACT_SHOT},
	{"shot", uapi.TC_ACT_SHOT},
	{"continue", uapi.TC_ACT_UNSPEC},
	{"reclassify", uapi.TC_ACT_RECLASSIFY},
	{"pipe", uapi.TC_ACT_PIPE},
	{"goto", uapi.TC_ACT_GOTO_CHAIN},
	{"jump", uapi.TC_ACT_JUMP},
	{"trap", uapi.TC_ACT_TRAP},
}

// ControlUsage is the grammar of what becomes of a packet.
const ControlUsage = "{ pass | drop | continue | reclassify | pipe | trap | goto chain CHAIN | jump COUNT }"

// PeekControl reports whether the next word says what becomes of a packet.
func (a *Args) PeekControl() bool {
	_, ok := controlOf(a.Peek())
	return ok
}

func controlOf(word string) (int32, bool) {
	for _, c := range controls {
		if word != "" && strings.HasPrefix(c.word, word) {
			return c.code, true
		}
	}
	return 0, false
}

// Control reads the verdict after an action (TC_ACT_…); numeric says that it may be a number.
func (a *Args) Control(numeric bool) (int32, error) {
	word, err := a.Next()
	if err != nil {
		return 0, err
	}
	code, ok := controlOf(word)
	switch {
	case !ok && numeric:
		n, err := strconv.ParseInt(word, 10, 32)
		if err == nil {
			return int32(n), nil
		}
		fallthrough
	case !ok:
		return 0, Failed("Bad action type %s", word)
	case code == uapi.TC_ACT_GOTO_CHAIN:
		if !a.TakeAbbr("chain") {
			return 0, Failed("\"chain index\" expected")
		}
	case code != uapi.TC_ACT_JUMP:
		return code, nil
	}
	n, err := a.Number(32, 10, "chain index")
	if err == nil && n > uapi.TC_ACT_EXT_VAL_MASK {
		err = Illegal("chain index")
	}
	return code | int32(n), err
}

// Controls reads the verdicts of two cases, of which the second may be left out: CONTROL[/CONTROL]. It is 0
// then, and given false.
func (a *Args) Controls() (first, second int32, given bool, err error) {
	word := a.Peek()
	if one, two, slash := strings.Cut(word, "/"); slash && one != "" {
		rest := a.Rest[1:]
		a.Rest = []string{one}
		if first, err = a.Control(true); err == nil {
			a.Rest = []string{two}
			second, err = a.Control(true)
		}
		a.Rest = rest
		return first, second, true, err
	}
	if first, err = a.Control(true); err != nil || !a.Take("/") {
		return first, 0, false, err
	}
	second, err = a.Control(true)
	return first, second, true, err
}

// ControlText is the name of a code of TC_ACT_….
func ControlText(code int32) string {
	switch code &^ uapi.TC_ACT_EXT_VAL_MASK {
	case uapi.TC_ACT_GOTO_CHAIN:
		return "goto"
	case uapi.TC_ACT_JUMP:
		return "jump"
	}
	switch code {
	case uapi.TC_ACT_OK:
		return "pass"
	case uapi.TC_ACT_STOLEN:
		return "stolen"
	}
	for _, c := range controls {
		if c.code == code {
			return c.word
		}
	}
	return strconv.Itoa(int(code))
}

// Control prints what becomes of a packet after an action, between two texts.
func (p *Printer) Control(before string, code int32, after string) {
	p.Text("%s", before)
	p.Object("control_action")
	p.Str("type", "%s", ControlText(code))
	switch value := uint64(code & uapi.TC_ACT_EXT_VAL_MASK); code &^ uapi.TC_ACT_EXT_VAL_MASK {
	case uapi.TC_ACT_GOTO_CHAIN:
		p.Uint("chain", " chain %d", value)
	case uapi.TC_ACT_JUMP:
		p.Uint("jump", " %d", value)
	}
	p.EndObject()
	p.Text("%s", after)
}

// hardwareStatistics are the ways in which hardware gives counters.
var hardwareStatistics = []struct {
	word string
	bit  uint32
}{
	{"immediate", uapi.TCA_ACT_HW_STATS_IMMEDIATE},
	{"delayed", uapi.TCA_ACT_HW_STATS_DELAYED},
	{"disabled", 0},
}

// ReadActions takes a list of actions into the attribute typ. The word "action" may stand before each; it need not
// before the first.
func ReadActions(in *Args, typ uint16, e *wire.Encoder) error {
	if !in.More() {
		return Incomplete()
	}
	e.Nest(typ)
	expected, n := false, uint16(0)
	for in.More() {
		if in.Take("action") {
			expected = true
			continue
		}
		if in.PeekOneOf("flowid", "classid") || nextCommand(in.Peek()) {
			break
		}
		if in.Peek() == "help" {
			return Illegal("action")
		}
		expected = false
		n++
		if err := readAction(in, n, e); err != nil {
			return err
		}
	}
	if expected {
		return Failed("bad action empty 1\nparse_action: bad value (0:)!")
	}
	e.End()
	return nil
}

// nextCommand reports whether a word begins another command about actions.
func nextCommand(word string) bool {
	return slices.ContainsFunc([]string{"change", "replace", "delete", "get", "add"}, func(w string) bool {
		return word != "" && strings.HasPrefix(w, word)
	})
}

// readAction takes one action: its kind, what that has, and what all kinds have behind it.
func readAction(in *Args, n uint16, e *wire.Encoder) error {
	kind := "gact"
	if !in.PeekControl() {
		kind, _ = in.Next()
	}
	var k *Kind
	if in.Action != nil {
		k = in.Action(kind)
	}
	if k == nil {
		return &UsageError{Text: fmt.Sprintf("Unknown action %q", kind), Status: 255}
	}
	e.Nest(n)
	e.String(uapi.TCA_ACT_KIND, kind)
	e.Nest(uapi.TCA_ACT_OPTIONS | uapi.NLA_F_NESTED)
	if err := ReadTc(in, kind, k, e, true, 255); err != nil {
		return err
	}
	e.End()
	if in.Take("cookie") {
		word, err := in.Next()
		if err != nil {
			return err
		}
		if len(word) > 2*uapi.TC_COOKIE_MAX_SIZE {
			return &UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %d Max allowed size %d", word, len(word),
				2*uapi.TC_COOKIE_MAX_SIZE), Status: 255}
		}
		cookie, err := hex.DecodeString(word)
		if err != nil {
			return &UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: cookie must be a hex string\n", word),
				Status: 255}
		}
		e.Data(uapi.TCA_ACT_COOKIE, cookie)
	}
	if in.TakeAbbr("hw_stats") {
		if err := readHardwareStatistics(in, e); err != nil {
			return err
		}
	}
	flags := uint32(0)
	for _, f := range [...]struct {
		word string
		bit  uint32
	}{
		{"no_percpu", uapi.TCA_ACT_FLAGS_NO_PERCPU_STATS},
		{"skip_sw", uapi.TCA_ACT_FLAGS_SKIP_SW}, {"skip_hw", uapi.TCA_ACT_FLAGS_SKIP_HW},
		{"skip_sw", uapi.TCA_ACT_FLAGS_SKIP_SW},
	} {
		if in.Take(f.word) {
			flags |= f.bit
		}
	}
	if flags != 0 {
		putBits(e, uapi.TCA_ACT_FLAGS, flags, flags)
	}
	e.End()
	return nil
}

// putBits appends a struct nla_bitfield32.
func putBits(e *wire.Encoder, typ uint16, value, selector uint32) {
	b := e.Reserve(typ, 8)
	native.PutUint32(b, value)
	native.PutUint32(b[4:], selector)
}

// bits reads a struct nla_bitfield32.
func bits(b []byte) (value, selector uint32) {
	if len(b) < 8 {
		return 0, 0
	}
	return native.Uint32(b), native.Uint32(b[4:])
}

func readHardwareStatistics(in *Args, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	for _, s := range hardwareStatistics {
		if word != "" && strings.HasPrefix(s.word, word) {
			putBits(e, uapi.TCA_ACT_HW_STATS, s.bit, s.bit)
			return nil
		}
	}
	return &UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: value is invalid\n", word), Status: 255}
}

// ShowActions prints a list of actions. Those of a filter are bound to it; what hardware does with others is shown
// too.
func ShowActions(p *Printer, b []byte, bound bool) {
	p.Array("actions")
	d := wire.NewDecoder(b)
	for d.Next() {
		p.Object("")
		p.NL()
		p.Uint("order", "\taction order %d: ", uint64(d.Type()))
		showAction(p, d.Data(), bound)
		p.EndObject()
	}
	p.EndArray()
}

func showAction(p *Printer, b []byte, bound bool) {
	attrs := ParseAttrs(b)
	kind, _, _ := strings.Cut(string(attrs[uapi.TCA_ACT_KIND]), "\x00")
	var k *Kind
	if p.Action != nil {
		k = p.Action(kind)
	}
	if k != nil {
		Show(p, k, attrs[uapi.TCA_ACT_OPTIONS])
	} else {
		p.Str("kind", "%s ", kind)
		p.Text("[Unknown action, optlen=%d] ", len(attrs[uapi.TCA_ACT_OPTIONS]))
	}
	if b := attrs[uapi.TCA_ACT_INDEX]; p.Terse && len(b) >= 4 {
		p.Uint("index", "\t index %d", uint64(native.Uint32(b)))
		p.NL()
	}
	if b, ok := attrs[uapi.TCA_ACT_STATS]; ok && p.Stats {
		p.Text("\tAction statistics:")
		p.NL()
		p.Object("stats")
		ShowCounters(p, b, "\t")
		p.EndObject()
		p.NL()
	}
	if b, ok := attrs[uapi.TCA_ACT_COOKIE]; ok {
		p.Str("cookie", "\tcookie %s", hex.EncodeToString(b))
		p.NL()
	}
	showActionFlags(p, attrs, bound)
	showHardwareStatistics(p, "hw_stats", attrs[uapi.TCA_ACT_HW_STATS])
	showHardwareStatistics(p, "used_hw_stats", attrs[uapi.TCA_ACT_USED_HW_STATS])
	if p.Unknown != nil {
		p.Unknown(p, attrs, uapi.TCA_ACT_MAX)
	}
}

func showActionFlags(p *Printer, attrs Attrs, bound bool) {
	value, selector := bits(attrs[uapi.TCA_ACT_FLAGS])
	shown, skipHW := false, false
	flag := func(key string, bit uint32) bool {
		if selector&bit == 0 {
			return false
		}
		shown = true
		p.Bool(key, "", value&bit != 0)
		p.Text("\t%s", key)
		return value&bit != 0
	}
	flag("no_percpu", uapi.TCA_ACT_FLAGS_NO_PERCPU_STATS)
	if !bound {
		skipHW = flag("skip_hw", uapi.TCA_ACT_FLAGS_SKIP_HW)
		flag("skip_sw", uapi.TCA_ACT_FLAGS_SKIP_SW)
	}
	if b := attrs[uapi.TCA_ACT_IN_HW_COUNT]; len(b) >= 4 && !bound && !skipHW {
		shown = true
		if n := native.Uint32(b); n != 0 {
			p.Bool("in_hw", "\tin_hw", true)
			p.Uint("in_hw_count", " in_hw_count %d", uint64(n))
		} else {
			p.Bool("not_in_hw", "\tnot_in_hw", true)
		}
	}
	if shown {
		p.NL()
	}
}

func showHardwareStatistics(p *Printer, key string, b []byte) {
	if b == nil {
		return
	}
	value, selector := bits(b)
	value &= selector
	p.Text("\t%s", key)
	p.Array(key)
	for _, s := range hardwareStatistics {
		if value&s.bit != 0 || value == 0 && s.bit == 0 {
			p.Str("", " %s", s.word)
		}
	}
	p.EndArray()
	p.NL()
}

// Noted returns the value that [Scratch] made for the kind that is being read, nil if nothing was made yet.
func (a *Args) Noted() any { return a.scratch }
