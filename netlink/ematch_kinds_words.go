package netlink

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// The words in the parentheses of each kind of extended match.

// ematchKind is a kind of extended matches by its words.
type ematchKind struct {
	kind uint16
	name string
	// read takes the words in the parentheses, text gives them.
	read func(a *ematchArgs) (EmatchKind, error)
	text func(s *ematchShow, m EmatchKind) string
}

func ematchKinds() []ematchKind {
	return []ematchKind{
		{uapi.TCF_EM_CMP, "cmp", readEmatchCmp, textEmatchCmp},
		{uapi.TCF_EM_NBYTE, "nbyte", readEmatchNbyte, textEmatchNbyte},
		{uapi.TCF_EM_U32, "u32", readEmatchU32, textEmatchU32},
		{uapi.TCF_EM_META, "meta", readEmatchMeta, textEmatchMeta},
		{uapi.TCF_EM_TEXT, "text", readEmatchText, textEmatchText},
		{uapi.TCF_EM_CANID, "canid", readEmatchCANID, textEmatchCANID},
		{uapi.TCF_EM_IPSET, "ipset", readEmatchIPSet, textEmatchIPSet},
		{uapi.TCF_EM_IPT, "ipt", readEmatchIPT, textEmatchIPT},
	}
}

// ematchOf finds a kind by its number, nil if it is not known.
func ematchOf(kind uint16) *ematchKind {
	for _, k := range ematchKinds() {
		if k.kind == kind {
			return &k
		}
	}
	return nil
}

var errNoAt = errors.New("at and an offset are missing")

// alignments are the sizes of numbers by their names.
func (a *ematchArgs) align() (uint8, error) {
	word, _, err := a.word()
	switch {
	case err != nil:
		return 0, err
	case word == "u8":
		return uapi.TCF_EM_ALIGN_U8, nil
	case word == "u16":
		return uapi.TCF_EM_ALIGN_U16, nil
	case word == "u32":
		return uapi.TCF_EM_ALIGN_U32, nil
	}
	return 0, fmt.Errorf("%q is none of u8, u16, u32", word)
}

// readEmatchCmp takes ALIGN at OFFSET [ layer LAYER ] [ mask MASK ] [ trans ] { eq | lt | gt } VALUE.
func readEmatchCmp(a *ematchArgs) (EmatchKind, error) {
	m := &EmatchCmp{Layer: TCF_LAYER_NETWORK}
	size, err := a.align()
	at, compared := false, false
	for m.Size = size; err == nil && len(a.left) != 0; {
		switch {
		case a.take("at"):
			m.Offset, err = a.offset()
			at = true
		case a.take("layer"):
			m.Layer, err = a.layer()
		case a.take("mask"):
			var mask uint64
			mask, err = a.number("mask", math.MaxUint32)
			m.Mask = uint32(mask)
		case a.take("trans"):
			m.Trans = true
		default:
			if m.Op, err = a.operator(); err != nil {
				return nil, fmt.Errorf("%q is none of at, layer, mask, trans, eq, lt, gt", a.left[0].text)
			}
			m.Value, err = a.value()
			compared = true
		}
	}
	if err == nil && (!at || !compared) {
		err = errors.New("the offset or the value is missing")
	}
	return m, err
}

// value takes a number of 32 bits, which may be negative.
func (a *ematchArgs) value() (uint32, error) {
	word, _, err := a.word()
	if err != nil {
		return 0, err
	}
	v, ok := ematchNumber(word)
	if !ok {
		return 0, fmt.Errorf("%q is no number of 32 bits", word)
	}
	return uint32(v), nil
}

func textEmatchCmp(_ *ematchShow, k EmatchKind) string {
	m := k.(*EmatchCmp)
	var out strings.Builder
	switch m.Size {
	case uapi.TCF_EM_ALIGN_U8, uapi.TCF_EM_ALIGN_U16, uapi.TCF_EM_ALIGN_U32:
		fmt.Fprintf(&out, "u%d ", int(m.Size)*8)
	}
	fmt.Fprintf(&out, "at %d layer %d ", m.Offset, m.Layer)
	if m.Mask != 0 {
		fmt.Fprintf(&out, "mask 0x%x ", m.Mask)
	}
	if m.Trans {
		out.WriteString("trans ")
	}
	fmt.Fprintf(&out, "%s%d", operatorText(m.Op, ""), int32(m.Value))
	return out.String()
}

// readEmatchNbyte takes BYTES at OFFSET [ layer LAYER ].
func readEmatchNbyte(a *ematchArgs) (EmatchKind, error) {
	text, _, err := a.word()
	if err == nil && text == "" {
		err = errors.New("there are no bytes")
	}
	m := &EmatchNbyte{Bytes: []byte(text), Layer: TCF_LAYER_NETWORK}
	at := false
	for err == nil && len(a.left) != 0 {
		switch {
		case a.take("at"):
			m.Offset, err = a.offset()
			at = true
		case a.take("layer"):
			m.Layer, err = a.layer()
		default:
			return nil, fmt.Errorf("%q is neither at nor layer", a.left[0].text)
		}
	}
	if err == nil && !at {
		err = errNoAt
	}
	return m, err
}

func textEmatchNbyte(_ *ematchShow, k EmatchKind) string {
	m := k.(*EmatchNbyte)
	return fmt.Sprintf("%s at %d layer %d", bytesText(m.Bytes), m.Offset, m.Layer)
}

// readEmatchU32 takes ALIGN VALUE MASK at [ nexthdr+ ] OFFSET.
func readEmatchU32(a *ematchArgs) (EmatchKind, error) {
	size, err := a.align()
	if err != nil {
		return nil, err
	}
	bits := int(size) * 8
	top := uint64(math.MaxUint32) >> (32 - bits)
	val, err := a.number("value", top)
	if err != nil {
		return nil, err
	}
	mask, err := a.number("mask", top)
	if err != nil {
		return nil, err
	}
	if !a.take("at") {
		return nil, errNoAt
	}
	m := new(EmatchU32)
	word, _, err := a.word()
	if after, ok := strings.CutPrefix(word, "nexthdr+"); ok && err == nil {
		m.OffMask = -1
		if word = after; word == "" {
			word, _, err = a.word()
		}
	}
	if err != nil {
		return nil, err
	}
	offset, ok := ematchNumber(word)
	if !ok {
		return nil, fmt.Errorf("%q is no offset", word)
	}
	// The kernel compares four bytes, of which smaller numbers are a part.
	shift := 0
	switch at := int(offset & 3); {
	case size == uapi.TCF_EM_ALIGN_U8:
		shift = 24 - 8*at
	case size == uapi.TCF_EM_ALIGN_U16 && at == 0:
		shift = 16
	case size == uapi.TCF_EM_ALIGN_U32 && at != 0:
		return nil, fmt.Errorf("the offset %d is no multiple of 4", offset)
	}
	m.Mask = uint32(mask) << shift
	m.Val = uint32(val) << shift & m.Mask
	m.Off = int32(offset &^ 3)
	return m, nil
}

func textEmatchU32(_ *ematchShow, k EmatchKind) string {
	m := k.(*EmatchU32)
	next := ""
	if m.OffMask != 0 {
		next = "nexthdr+"
	}
	return fmt.Sprintf("%08x/%08x at %s%d", m.Val, m.Mask, next, m.Off)
}

// readEmatchText takes PATTERN [ algo ALGORITHM ] [ from LAYER OFFSET ] [ to LAYER OFFSET ].
func readEmatchText(a *ematchArgs) (EmatchKind, error) {
	text, _, err := a.word()
	m := &EmatchText{Pattern: []byte(text), Algo: "kmp", FromLayer: TCF_LAYER_NETWORK, ToLayer: TCF_LAYER_TRANSPORT,
		ToOffset: math.MaxUint16}
	for err == nil && len(a.left) != 0 {
		switch {
		case a.take("algo"):
			m.Algo, _, err = a.word()
		case a.take("from"):
			if m.FromLayer, err = a.layer(); err == nil {
				m.FromOffset, err = a.offset()
			}
		case a.take("to"):
			if m.ToLayer, err = a.layer(); err == nil {
				m.ToOffset, err = a.offset()
			}
		default:
			return nil, fmt.Errorf("%q is none of algo, from, to", a.left[0].text)
		}
	}
	return m, err
}

func textEmatchText(_ *ematchShow, k EmatchKind) string {
	m := k.(*EmatchText)
	return fmt.Sprintf("%s algo %s from %d %d to %d %d", bytesText(m.Pattern), m.Algo, m.FromLayer, m.FromOffset,
		m.ToLayer,
		m.ToOffset)
}

// maxCANRules is how many rules tc takes, so that the answer of the kernel has room in a page.
const maxCANRules = 400

// readEmatchCANID takes { sff | eff } ID[:MASK] once or more, in hexadecimal.
func readEmatchCANID(a *ematchArgs) (EmatchKind, error) {
	m := new(EmatchCANID)
	for len(a.left) != 0 {
		extended, flag := a.take("eff"), uint32(0)
		ids := uint64(uapi.CAN_SFF_MASK)
		switch {
		case extended:
			flag, ids = uapi.CAN_EFF_FLAG, uapi.CAN_EFF_MASK
		case !a.take("sff"):
			return nil, fmt.Errorf("%q is neither sff nor eff", a.left[0].text)
		}
		word, _, err := a.word()
		if err != nil {
			return nil, err
		}
		idText, maskText, colon := strings.Cut(word, ":")
		id, err := desc.ParseHex(idText, 32)
		mask := ids
		if err == nil && colon {
			mask, err = desc.ParseHex(maskText, 32)
		}
		// Longer IDs than a sff has are sent as they are, like tc's: the kernel looks at the mask's bits only.
		if err != nil || id > uapi.CAN_EFF_MASK {
			return nil, fmt.Errorf("%q is no ID[:MASK] in hexadecimal, up to %X", word, uapi.CAN_EFF_MASK)
		}
		*m = append(*m, CANFilter{uint32(id) | flag, uint32(mask) | uapi.CAN_EFF_FLAG})
	}
	if len(*m) > maxCANRules {
		return nil, fmt.Errorf("%d rules, at most %d are possible", len(*m), maxCANRules)
	}
	return m, nil
}

func textEmatchCANID(_ *ematchShow, k EmatchKind) string {
	var out []string
	for _, r := range *k.(*EmatchCANID) {
		name, ids := "sff", uint32(uapi.CAN_SFF_MASK)
		if r.ID&uapi.CAN_EFF_FLAG != 0 {
			name, ids = "eff", uapi.CAN_EFF_MASK
		}
		text := fmt.Sprintf("%s 0x%X", name, r.ID&ids)
		if r.Mask != uapi.CAN_EFF_FLAG|ids {
			text += fmt.Sprintf(":0x%X", r.Mask&ids)
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// maxSetParts is how many parts of a packet a set can look up.
const maxSetParts = uapi.IPSET_DIM_MAX

// readEmatchIPSet takes NAME { src | dst }[,...].
func readEmatchIPSet(a *ematchArgs) (EmatchKind, error) {
	name, _, err := a.word()
	if err != nil {
		return nil, err
	}
	if len(name) >= uapi.IPSET_MAXNAMELEN {
		return nil, fmt.Errorf("the name %q is longer than %d", name, uapi.IPSET_MAXNAMELEN-1)
	}
	if a.in.SetIndex == nil {
		return nil, errors.New("sets cannot be looked up here")
	}
	m := new(EmatchIPSet)
	if m.Index, err = a.in.SetIndex(name); err != nil {
		return nil, fmt.Errorf("set %q: %w", name, err)
	}
	parts, _, err := a.word()
	if err != nil {
		return nil, err
	}
	for _, part := range strings.Split(parts, ",") {
		m.Dim++
		switch {
		case m.Dim > maxSetParts:
			return nil, fmt.Errorf("%q has more than %d parts", parts, maxSetParts)
		case part == "src":
			m.Flags |= 1 << m.Dim
		case part != "dst":
			return nil, fmt.Errorf("%q is neither src nor dst", part)
		}
	}
	return m, nil
}

func textEmatchIPSet(s *ematchShow, k EmatchKind) string {
	m := k.(*EmatchIPSet)
	name := ""
	if s.p.SetName != nil {
		name = s.p.SetName(m.Index)
	}
	if name == "" {
		name = fmt.Sprintf("[set %d]", m.Index)
	}
	var parts []string
	for i := 1; i <= int(m.Dim); i++ {
		if m.Flags&(1<<i) != 0 {
			parts = append(parts, "src")
		} else {
			parts = append(parts, "dst")
		}
	}
	return strings.TrimSpace(name + " " + strings.Join(parts, ","))
}
