package netlink

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// CtAct is what a [CtAction] does beside tracking: bits.
type CtAct uint16

// The bits of [CtAct]. Without any the packet's connection is found or made, and not kept.
const (
	TCA_CT_ACT_COMMIT  CtAct = uapi.TCA_CT_ACT_COMMIT  // the connection is kept
	TCA_CT_ACT_FORCE   CtAct = uapi.TCA_CT_ACT_FORCE   // in the direction of this packet, with TCA_CT_ACT_COMMIT
	TCA_CT_ACT_CLEAR   CtAct = uapi.TCA_CT_ACT_CLEAR   // the packet has no connection any more; alone
	TCA_CT_ACT_NAT     CtAct = uapi.TCA_CT_ACT_NAT     // addresses are translated as the connection says
	TCA_CT_ACT_NAT_SRC CtAct = uapi.TCA_CT_ACT_NAT_SRC // to a new source; with TCA_CT_ACT_COMMIT and TCA_CT_ACT_NAT
	TCA_CT_ACT_NAT_DST CtAct = uapi.TCA_CT_ACT_NAT_DST // to a new destination; likewise
)

// CtAction gives packets to connection tracking: tc-ct(8). Linux 5.3.
type CtAction struct {
	ActionAttrs
	Action CtAct   // [ActionAttrs].Action is what comes after it
	Zone   *uint16 // of connection tracking; nil: 0
	Mark   *Masked[uint32]
	// Labels are 16 bytes, of which the bits of LabelsMask are set; nil: all.
	Labels, LabelsMask []byte
	// NatMin and NatMax are the first and the last new address, of one family. Where NatMax is nil there is one.
	NatMin, NatMax net.IP
	// NatPortMin and NatPortMax are the same of ports, in the machine's byte order.
	NatPortMin, NatPortMax uint16
	Helper                 string // of connection tracking, "ftp"; at most 15 bytes (Linux 6.3)
	HelperFamily           uint8  // AF_INET or AF_INET6, with Helper
	HelperProto            uint8  // IPPROTO_TCP or IPPROTO_UDP, with Helper
}

// NewCtAction returns one that the next action comes after.
func NewCtAction() *CtAction { return &CtAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}} }

// Attrs returns the attributes that all kinds have.
func (action *CtAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "ct".
func (action *CtAction) Type() string { return "ct" }

func (action *CtAction) attrs(c *attr.Codec) {
	onlyParms(c, uapi.TCA_CT_PARMS, &action.ActionAttrs)
	attr.U16(c, uapi.TCA_CT_ACTION, &action.Action)
	attr.OptU16(c, uapi.TCA_CT_ZONE, &action.Zone)
	masked(c, uapi.TCA_CT_MARK, uapi.TCA_CT_MARK_MASK, &action.Mark, attr.U32[uint32])
	attr.Bytes(c, uapi.TCA_CT_LABELS|attr.IfSet, &action.Labels)
	attr.Bytes(c, uapi.TCA_CT_LABELS_MASK|attr.IfSet, &action.LabelsMask)
	attr.IP46(c, uapi.TCA_CT_NAT_IPV4_MIN, uapi.TCA_CT_NAT_IPV6_MIN, &action.NatMin)
	attr.IP46(c, uapi.TCA_CT_NAT_IPV4_MAX, uapi.TCA_CT_NAT_IPV6_MAX, &action.NatMax)
	attr.BE16(c, uapi.TCA_CT_NAT_PORT_MIN|attr.IfSet, &action.NatPortMin)
	attr.BE16(c, uapi.TCA_CT_NAT_PORT_MAX|attr.IfSet, &action.NatPortMax)
	attr.String(c, uapi.TCA_CT_HELPER_NAME|attr.IfSet, &action.Helper)
	if !c.Encoding() || action.Helper != "" {
		attr.U8(c, uapi.TCA_CT_HELPER_FAMILY, &action.HelperFamily)
		attr.U8(c, uapi.TCA_CT_HELPER_PROTO, &action.HelperProto)
	}
	timestamp(c, uapi.TCA_CT_TM, &action.ActionAttrs)
}

func (*CtAction) describe() desc.Kind {
	return desc.Kind{Fields: ctFields, First: noteWords[ctWords], Complete: completeCt}
}

// ctWords are what the words of a command say of a [CtAction].
type ctWords struct {
	actionWords
	action CtAct
}

// ctFlag is a word that is a bit of [CtAct].
func ctFlag(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	desc.Scratch[ctWords](in).action |= CtAct(f.Arg)
	return nil
}

var ctFields = []desc.Field{
	{Type: uapi.TCA_CT_PARMS, Word: "zone", Usage: "ZONE", Show: showCt,
		Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
			word, err := in.Next()
			if err != nil {
				return err
			}
			v, err := desc.ParseUint(word, 16)
			if err != nil {
				return desc.Failed("ct: Illegal \"zone\"")
			}
			e.Uint16(uapi.TCA_CT_ZONE, uint16(v))
			return nil
		}},
	{Type: uapi.TCA_CT_NAT_IPV4_MIN, Word: "nat", Usage: "[ { src | dst } addr ADDR[-ADDR] [ port PORT[-PORT] ] ]",
		Read: readCtNat},
	{Word: "clear", Arg: uapi.TCA_CT_ACT_CLEAR, Read: ctFlag},
	{Type: uapi.TCA_CT_ACTION, Word: "commit", Arg: uapi.TCA_CT_ACT_COMMIT, Read: ctFlag},
	{Word: "force", Arg: uapi.TCA_CT_ACT_FORCE, Read: ctFlag},
	{Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_CT_MARK, Word: "mark", Usage: "MARK[/MASK]",
		Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
			value, mask, masked, err := halves(in)
			if err != nil {
				return err
			}
			v, err := desc.ParseUint(value, 32)
			m := uint64(math.MaxUint32)
			if err == nil && masked {
				m, err = desc.ParseUint(mask, 32)
			}
			if err != nil {
				return desc.Failed("ct: Illegal \"mark\"")
			}
			e.Uint32(uapi.TCA_CT_MARK, uint32(v))
			e.Uint32(uapi.TCA_CT_MARK_MASK, uint32(m))
			return nil
		}},
	{Type: uapi.TCA_CT_LABELS, Word: "label", Usage: "LABEL[/MASK]", Read: readCtLabels},
	{Type: uapi.TCA_CT_HELPER_NAME, Word: "helper", Usage: "FAMILY-PROTO-NAME", Read: readCtHelper},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Type: uapi.TCA_CT_ZONE, ReadOnly: true}, {Type: uapi.TCA_CT_MARK_MASK, ReadOnly: true},
	{Type: uapi.TCA_CT_LABELS_MASK, ReadOnly: true}, {Type: uapi.TCA_CT_NAT_IPV4_MAX, ReadOnly: true},
	{Type: uapi.TCA_CT_NAT_IPV6_MIN, ReadOnly: true}, {Type: uapi.TCA_CT_NAT_IPV6_MAX, ReadOnly: true},
	{Type: uapi.TCA_CT_NAT_PORT_MIN, ReadOnly: true}, {Type: uapi.TCA_CT_NAT_PORT_MAX, ReadOnly: true},
	{Type: uapi.TCA_CT_HELPER_FAMILY, ReadOnly: true}, {Type: uapi.TCA_CT_HELPER_PROTO, ReadOnly: true},
	{Type: uapi.TCA_CT_TM, ReadOnly: true},
}

func readCtNat(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[ctWords](in)
	w.action |= TCA_CT_ACT_NAT
	switch {
	case !in.More():
		return desc.Incomplete()
	case in.TakeAbbr("src"):
		w.action |= TCA_CT_ACT_NAT_SRC
	case in.TakeAbbr("dst"):
		w.action |= TCA_CT_ACT_NAT_DST
	default:
		return nil
	}
	if !in.TakeAbbr("addr") {
		return &desc.UsageError{Text: "ct: \"addr\" expected", Status: 255}
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	low, high, both := strings.Cut(word, "-")
	a, err := desc.ParseAddr(low, uapi.AF_UNSPEC)
	b := a
	if err == nil && both {
		b, err = desc.ParseAddr(high, desc.AddrFamily(a))
	}
	if err != nil {
		return err
	}
	e.Addr(ctByFamily(a, uapi.TCA_CT_NAT_IPV4_MIN, uapi.TCA_CT_NAT_IPV6_MIN), a)
	e.Addr(ctByFamily(b, uapi.TCA_CT_NAT_IPV4_MAX, uapi.TCA_CT_NAT_IPV6_MAX), b)
	if !in.TakeAbbr("port") {
		return nil
	}
	if word, err = in.Next(); err != nil {
		return err
	}
	low, high, both = strings.Cut(word, "-")
	from, err := desc.ParseBase(low, 10, 16)
	to := from
	if err == nil && both {
		to, err = desc.ParseBase(high, 10, 16)
	}
	if err != nil {
		return desc.Failed("ct: Illegal nat port range")
	}
	e.BE16(uapi.TCA_CT_NAT_PORT_MIN, uint16(from))
	e.BE16(uapi.TCA_CT_NAT_PORT_MAX, uint16(to))
	return nil
}

func ctByFamily(a netip.Addr, v4, v6 uint16) uint16 {
	if a.Is4() {
		return v4
	}
	return v6
}

// ctLabels is how many bytes the labels of a connection have.
const ctLabels = 16

func readCtLabels(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	value, rest, masked, err := halves(in)
	if err != nil {
		return err
	}
	wrong := func(word, why string) error {
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", word, why), Status: 255}
	}
	if len(value) > 2*ctLabels || len(rest) > 2*ctLabels {
		return wrong(value, fmt.Sprintf("%d Max allowed size %d", len(value), 2*ctLabels))
	}
	b, err := hex.DecodeString(value[:len(value)&^1])
	if err != nil {
		return wrong(value, "ct: labels must be a hex string\n")
	}
	mask := bytes.Repeat([]byte{0xff}, ctLabels)
	if masked {
		if mask, err = hex.DecodeString(rest[:len(rest)&^1]); err != nil {
			return wrong(rest, "ct: labels mask must be a hex string\n")
		}
	}
	e.Data(uapi.TCA_CT_LABELS, b)
	e.Data(uapi.TCA_CT_LABELS_MASK, mask)
	return nil
}

// maxCtHelper is how many bytes FAMILY-PROTO-NAME has at most.
const maxCtHelper = 31

func readCtHelper(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	illegal := desc.Failed("ct: Illegal \"helper\"")
	parts := strings.Split(word, "-")
	if len(word) > maxCtHelper || len(parts) < 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return illegal
	}
	family := uint8(uapi.AF_INET)
	switch parts[0] {
	case "ipv4":
	case "ipv6":
		family = uapi.AF_INET6
	default:
		return illegal
	}
	proto, ok := ipProtoNumber(parts[1])
	if !ok {
		return illegal
	}
	e.Uint8(uapi.TCA_CT_HELPER_FAMILY, family)
	e.Uint8(uapi.TCA_CT_HELPER_PROTO, proto)
	e.String(uapi.TCA_CT_HELPER_NAME, parts[2])
	return nil
}

func completeCt(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[ctWords](in)
	has := func(bits CtAct) bool { return w.action&bits != 0 }
	switch {
	case has(TCA_CT_ACT_CLEAR) && has(^TCA_CT_ACT_CLEAR):
		return desc.Failed("ct: clear can only be used alone")
	case has(TCA_CT_ACT_NAT_SRC) && has(TCA_CT_ACT_NAT_DST):
		return desc.Failed("ct: src and dst nat can't be used together")
	case has(TCA_CT_ACT_COMMIT) && has(TCA_CT_ACT_NAT) && !has(TCA_CT_ACT_NAT_SRC|TCA_CT_ACT_NAT_DST):
		return desc.Failed("ct: commit and nat must set src or dst")
	case !has(TCA_CT_ACT_COMMIT) && has(TCA_CT_ACT_NAT_SRC|TCA_CT_ACT_NAT_DST):
		return desc.Failed("ct: src or dst is only valid if commit is set")
	}
	e.Uint16(uapi.TCA_CT_ACTION, uint16(w.action))
	e.Struct(uapi.TCA_CT_PARMS, uapi.SizeofTcCt, &uapi.TcCt{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE)})
	return nil
}

func showCt(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s", "ct")
	if b == nil {
		return
	}
	var s uapi.TcCt
	s.Decode(b)
	action := CtAct(number16(attrs[uapi.TCA_CT_ACTION]))
	switch {
	case action&TCA_CT_ACT_COMMIT != 0 && action&TCA_CT_ACT_FORCE != 0:
		p.Str("action", " %s", "commit force")
	case action&TCA_CT_ACT_COMMIT != 0:
		p.Str("action", " %s", "commit")
	case action&TCA_CT_ACT_CLEAR != 0:
		p.Str("action", " %s", "clear")
	}
	if v := attrs[uapi.TCA_CT_MARK]; len(v) >= 4 {
		p.Uint("mark", " mark %d", uint64(native.Uint32(v)))
		if m := attrs[uapi.TCA_CT_MARK_MASK]; len(m) >= 4 && native.Uint32(m) != math.MaxUint32 {
			showPlainHex(p, "mark_mask", "/0x%x", uint64(native.Uint32(m)))
		}
	}
	if v := attrs[uapi.TCA_CT_ZONE]; len(v) >= 2 {
		p.Uint("zone", " zone %d", uint64(native.Uint16(v)))
	}
	if v := attrs[uapi.TCA_CT_LABELS]; v != nil {
		text, mask := hex.EncodeToString(v), attrs[uapi.TCA_CT_LABELS_MASK]
		if len(v) != ctLabels || bytes.Count(mask, []byte{0xff}) != len(mask) {
			text += "/" + hex.EncodeToString(mask[:min(len(mask), len(v))])
		}
		p.Str("label", " label %s", text)
	}
	family, proto, name := attrs[uapi.TCA_CT_HELPER_FAMILY], attrs[uapi.TCA_CT_HELPER_PROTO],
		attrs[uapi.TCA_CT_HELPER_NAME]
	if len(family) > 0 && len(proto) > 0 && name != nil {
		version := "ipv6"
		if family[0] == uapi.AF_INET {
			version = "ipv4"
		}
		p.Str("helper", " helper %s", version+"-"+ipProtoName(proto[0])+"-"+string(untilNUL(name)))
	}
	showCtNat(p, action, attrs)
	p.Control(" ", s.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", s.Index, s.Refcnt, s.Bindcnt, attrs[uapi.TCA_CT_TM])
}

func showCtNat(p *desc.Printer, action CtAct, attrs desc.Attrs) {
	text := ""
	switch {
	case action&TCA_CT_ACT_NAT == 0:
		return
	case action&TCA_CT_ACT_NAT_SRC != 0:
		text = "src"
	case action&TCA_CT_ACT_NAT_DST != 0:
		text = "dst"
	default:
		p.Str("nat", " nat%s", "")
		return
	}
	between := func(word string, low, high uint16, value func([]byte) string) {
		from, to := attrs[low], attrs[high]
		if from == nil {
			return
		}
		text += " " + word + " " + value(from)
		if to != nil && !bytes.Equal(from, to) {
			text += "-" + value(to)
		}
	}
	between("addr", uapi.TCA_CT_NAT_IPV4_MIN, uapi.TCA_CT_NAT_IPV4_MAX, bytesAddrText)
	between("addr", uapi.TCA_CT_NAT_IPV6_MIN, uapi.TCA_CT_NAT_IPV6_MAX, bytesAddrText)
	between("port", uapi.TCA_CT_NAT_PORT_MIN, uapi.TCA_CT_NAT_PORT_MAX, func(b []byte) string {
		if len(b) < 2 {
			return "0"
		}
		return strconv.Itoa(int(binary.BigEndian.Uint16(b)))
	})
	p.Str("nat", " nat %s", text)
}
