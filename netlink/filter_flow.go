package netlink

import (
	"fmt"
	"math"
	"net/netip"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// What [FlowFilter] looks at: its Keys have the bit with this number.
const (
	FLOW_KEY_SRC            = uapi.FLOW_KEY_SRC
	FLOW_KEY_DST            = uapi.FLOW_KEY_DST
	FLOW_KEY_PROTO          = uapi.FLOW_KEY_PROTO
	FLOW_KEY_PROTO_SRC      = uapi.FLOW_KEY_PROTO_SRC
	FLOW_KEY_PROTO_DST      = uapi.FLOW_KEY_PROTO_DST
	FLOW_KEY_IIF            = uapi.FLOW_KEY_IIF
	FLOW_KEY_PRIORITY       = uapi.FLOW_KEY_PRIORITY
	FLOW_KEY_MARK           = uapi.FLOW_KEY_MARK
	FLOW_KEY_NFCT           = uapi.FLOW_KEY_NFCT
	FLOW_KEY_NFCT_SRC       = uapi.FLOW_KEY_NFCT_SRC
	FLOW_KEY_NFCT_DST       = uapi.FLOW_KEY_NFCT_DST
	FLOW_KEY_NFCT_PROTO_SRC = uapi.FLOW_KEY_NFCT_PROTO_SRC
	FLOW_KEY_NFCT_PROTO_DST = uapi.FLOW_KEY_NFCT_PROTO_DST
	FLOW_KEY_RTCLASSID      = uapi.FLOW_KEY_RTCLASSID
	FLOW_KEY_SKUID          = uapi.FLOW_KEY_SKUID
	FLOW_KEY_SKGID          = uapi.FLOW_KEY_SKGID
	FLOW_KEY_VLAN_TAG       = uapi.FLOW_KEY_VLAN_TAG
	FLOW_KEY_RXHASH         = uapi.FLOW_KEY_RXHASH
)

// What [FlowFilter] has in Mode.
const (
	FLOW_MODE_MAP  = uapi.FLOW_MODE_MAP  // the key's value is the class
	FLOW_MODE_HASH = uapi.FLOW_MODE_HASH // a hash of all keys is it
)

// FlowFilter computes the class of a packet: tc-flow(8). Of one key it is ((VALUE & Mask ^ Xor) >> RShift) + Addend,
// of several a hash; that modulo Divisor, counted from BaseClass. Its Handle must not be 0. What is nil stays as it is
// where a filter is changed.
type FlowFilter struct {
	FilterAttrs
	Keys      uint32 // bits FLOW_KEY_…
	Mode      uint32
	BaseClass uint32 // 0 for the first class of the queueing discipline
	RShift    *uint32
	Addend    *uint32
	Mask, Xor *uint32
	Divisor   *uint32
	Perturb   *uint32 // seconds after which hashes are others
	Ematches  []Ematch
	Police    *PoliceAction
	Actions   []Action
}

// Attrs returns the attributes that all kinds have.
func (filter *FlowFilter) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "flow".
func (filter *FlowFilter) Type() string { return "flow" }

func (filter *FlowFilter) attrs(c *attr.Codec) {
	attr.U32(c, uapi.TCA_FLOW_KEYS|attr.IfSet, &filter.Keys)
	attr.U32(c, uapi.TCA_FLOW_MODE, &filter.Mode)
	attr.U32(c, uapi.TCA_FLOW_BASECLASS|attr.IfSet, &filter.BaseClass)
	attr.OptU32(c, uapi.TCA_FLOW_RSHIFT, &filter.RShift)
	attr.OptU32(c, uapi.TCA_FLOW_ADDEND, &filter.Addend)
	attr.OptU32(c, uapi.TCA_FLOW_MASK, &filter.Mask)
	attr.OptU32(c, uapi.TCA_FLOW_XOR, &filter.Xor)
	attr.OptU32(c, uapi.TCA_FLOW_DIVISOR, &filter.Divisor)
	attr.OptU32(c, uapi.TCA_FLOW_PERTURB, &filter.Perturb)
	ematches(c, uapi.TCA_FLOW_EMATCHES, &filter.Ematches)
	police(c, uapi.TCA_FLOW_POLICE, &filter.Police)
	actions(c, uapi.TCA_FLOW_ACT, &filter.Actions)
}

func (*FlowFilter) describe() desc.Kind {
	return desc.Kind{Fields: flowFields, First: firstFlow, Complete: completeFlow}
}

// flowKeys are the names of the keys by their numbers.
var flowKeys = [...]string{
	FLOW_KEY_SRC: "src", FLOW_KEY_DST: "dst", FLOW_KEY_PROTO: "proto", FLOW_KEY_PROTO_SRC: "proto-src",
	FLOW_KEY_PROTO_DST: "proto-dst", FLOW_KEY_IIF: "iif", FLOW_KEY_PRIORITY: "priority", FLOW_KEY_MARK: "mark",
	FLOW_KEY_NFCT: "nfct", FLOW_KEY_NFCT_SRC: "nfct-src", FLOW_KEY_NFCT_DST: "nfct-dst",
	FLOW_KEY_NFCT_PROTO_SRC: "nfct-proto-src", FLOW_KEY_NFCT_PROTO_DST: "nfct-proto-dst",
	FLOW_KEY_RTCLASSID: "rt-classid", FLOW_KEY_SKUID: "sk-uid", FLOW_KEY_SKGID: "sk-gid", FLOW_KEY_VLAN_TAG: "vlan-tag",
	FLOW_KEY_RXHASH: "rxhash",
}

// flowWords are what the words of a command say of a [FlowFilter].
type flowWords struct {
	mode      uint32
	keys      uint32
	keyCount  int
	mask, xor uint32
}

func firstFlow(in *desc.Args, e *wire.Encoder) error {
	desc.Scratch[flowWords](in).mask = math.MaxUint32
	return firstNumbered(in, e)
}

func completeFlow(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[flowWords](in)
	if w.keyCount > 1 && w.mode != FLOW_MODE_HASH {
		return desc.Failed("Invalid mode \"map\" for multiple keys")
	}
	e.Uint32(uapi.TCA_FLOW_MODE, w.mode)
	if w.mask != math.MaxUint32 || w.xor != 0 {
		e.Uint32(uapi.TCA_FLOW_MASK, w.mask)
		e.Uint32(uapi.TCA_FLOW_XOR, w.xor)
	}
	return nil
}

func readFlowMode(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[flowWords](in)
	w.mode = FLOW_MODE_MAP
	if in.Last() == "hash" {
		w.mode = FLOW_MODE_HASH
	}
	return nil
}

func readFlowKeys(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	w := desc.Scratch[flowWords](in)
	w.keys, w.keyCount = 0, 0
	for _, name := range strings.Split(word, ",") {
		found := -1
		for i, key := range flowKeys {
			if name != "" && strings.HasPrefix(key, name) {
				found = i
				break
			}
		}
		if found < 0 {
			return desc.Failed("Unknown flow key %q", name)
		}
		w.keys |= 1 << found
		w.keyCount++
	}
	e.Uint32(f.Type, w.keys)
	return nil
}

// readFlowBits reads what is done with the bits of a value; of several words each has the result of those before.
func readFlowBits(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	word := in.Last()
	what := word
	if word == "and" {
		what = "mask"
	}
	n, err := in.Number(32, 0, what)
	if err != nil {
		return err
	}
	w, v := desc.Scratch[flowWords](in), uint32(n)
	switch word {
	case "and":
		w.mask, w.xor = w.mask&v, w.xor&v
	case "or":
		w.mask, w.xor = w.mask&^v, w.xor&^v^v
	case "xor":
		w.xor ^= v
	}
	return nil
}

// readFlowAddend reads a number, or an address where one is looked at: what is to be added to it; with "-" what is to
// be subtracted.
func readFlowAddend(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	const addresses = 1<<FLOW_KEY_SRC | 1<<FLOW_KEY_DST | 1<<FLOW_KEY_NFCT_SRC | 1<<FLOW_KEY_NFCT_DST
	text, negative := strings.CutPrefix(word, "-")
	n, err := desc.ParseUint(text, 32)
	if err != nil {
		a, wrong := netip.ParseAddr(text)
		if wrong != nil || desc.Scratch[flowWords](in).keys&addresses == 0 {
			return desc.Illegal("addend")
		}
		b := a.AsSlice()
		for _, c := range b[len(b)-4:] { // the last bytes of an IPv6 address
			n = n<<8&math.MaxUint32 | uint64(c)
		}
	}
	v := uint32(n)
	if negative {
		v = -v
	}
	e.Uint32(f.Type, v)
	return nil
}

func showFlowMode(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	showHexText(p, "handle", "handle %#x ", uint64(filterHandle(p)))
	if len(b) < 4 {
		return
	}
	mode := fmt.Sprintf("%#x", native.Uint32(b))
	switch native.Uint32(b) {
	case FLOW_MODE_MAP:
		mode = "map"
	case FLOW_MODE_HASH:
		mode = "hash"
	}
	p.Str("mode", "%s ", mode)
}

func showFlowKeys(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 4 {
		return
	}
	p.Text("keys")
	p.Array("keys")
	sep := " "
	for i, name := range flowKeys {
		if native.Uint32(b)&(1<<i) != 0 {
			p.Str("", sep+"%s", name)
			sep = ","
		}
	}
	p.EndArray()
	p.Text(" ")
}

// showFlowBits shows what is done with the bits of a value, by as few words as do it.
func showFlowBits(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	mask, val := uint32(math.MaxUint32), uint32(0)
	if len(b) >= 4 {
		mask = native.Uint32(b)
	}
	if b := attrs[uapi.TCA_FLOW_XOR]; len(b) >= 4 {
		val = native.Uint32(b)
	}
	if mask != math.MaxUint32 {
		showHexText(p, "and", "and 0x%08x ", uint64(mask))
	}
	if v := mask & val; v != 0 {
		showHexText(p, "xor", "xor 0x%08x ", uint64(v))
	}
	if v := val &^ mask; v != 0 {
		showHexText(p, "or", "or 0x%08x ", uint64(v))
	}
}

var flowFields = []desc.Field{
	{Type: uapi.TCA_FLOW_MODE, Word: "map", Words: []string{"hash"}, Read: readFlowMode, Show: showFlowMode},
	{Type: uapi.TCA_FLOW_KEYS, Word: "keys", Usage: "KEY[,KEY]...", Read: readFlowKeys, Show: showFlowKeys},
	{Type: uapi.TCA_FLOW_MASK, Word: "and", Words: []string{"or", "xor"}, Usage: "NUMBER", Read: readFlowBits,
		Show: showFlowBits},
	{Type: uapi.TCA_FLOW_XOR, ReadOnly: true}, // read and shown along with the mask
	{Type: uapi.TCA_FLOW_RSHIFT, Key: "rshift", Form: desc.TcU32},
	{Type: uapi.TCA_FLOW_ADDEND, Word: "addend", Usage: "{ [-]NUMBER | [-]ADDRESS }", Read: readFlowAddend,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				showHexText(p, "addend", "addend 0x%x ", uint64(native.Uint32(b)))
			}
		}},
	{Type: uapi.TCA_FLOW_DIVISOR, Key: "divisor", Form: desc.TcU32},
	{Type: uapi.TCA_FLOW_BASECLASS, Word: "baseclass", Usage: "CLASSID",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			h, err := in.ClassID("baseclass")
			if _, minor := MajorMinor(h); err == nil && minor == 0 {
				err = desc.Illegal("baseclass")
			}
			e.Uint32(f.Type, h)
			return err
		},
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Str("baseclass", "baseclass %s ", p.ClassID(native.Uint32(b)))
			}
		}},
	{Type: uapi.TCA_FLOW_PERTURB, Word: "perturb", Usage: "SECONDS", Form: desc.TcU32,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.Uint("perturb", "perturb %dsec ", uint64(native.Uint32(b)))
			}
		}},
	{Type: uapi.TCA_FLOW_EMATCHES, Word: "match", Usage: ematchUsage, Read: readEmatches, Show: showEmatches},
	{Type: uapi.TCA_FLOW_POLICE, Word: "police", Usage: "POLICE_SPEC", Read: readFilterPolice, Show: showFilterPolice},
	{Type: uapi.TCA_FLOW_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions,
		Show: func(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
			if b != nil {
				p.NL()
				showFilterActions(p, f, b, attrs)
			}
		}},
}
