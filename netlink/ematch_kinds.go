package netlink

import (
	"errors"
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// newEmatch makes a match of a kind that the package knows by more than its number, nil for another. The words of
// kinds have a table of their own, ematchKinds, which programs without words do not need.
func newEmatch(kind uint16) EmatchKind {
	for _, m := range []EmatchKind{new(EmatchCmp), new(EmatchNbyte), new(EmatchU32), new(EmatchMeta), new(EmatchText),
		new(EmatchCANID), new(EmatchIPSet), new(EmatchIPT)} {
		if m.kind() == kind {
			return m
		}
	}
	return nil
}

// EmatchOp is how two numbers are compared.
type EmatchOp uint8

// What [EmatchOp] can be.
const (
	TCF_EM_OPND_EQ = EmatchOp(uapi.TCF_EM_OPND_EQ)
	TCF_EM_OPND_GT = EmatchOp(uapi.TCF_EM_OPND_GT)
	TCF_EM_OPND_LT = EmatchOp(uapi.TCF_EM_OPND_LT)
)

// EmatchLayer is where offsets into a packet count from.
type EmatchLayer uint8

// What [EmatchLayer] can be.
const (
	TCF_LAYER_LINK      = EmatchLayer(uapi.TCF_LAYER_LINK)
	TCF_LAYER_NETWORK   = EmatchLayer(uapi.TCF_LAYER_NETWORK)
	TCF_LAYER_TRANSPORT = EmatchLayer(uapi.TCF_LAYER_TRANSPORT)
)

var errEmatchShort = errors.New("an extended match is too short")

// Structures of matches have bit fields. C counts their bits from the lowest on little-endian machines, and from the
// highest on others.

// littleEndian is a function, since a variable would be one that each program has to initialise.
func littleEndian() bool { return native.Uint16([]byte{1, 0}) == 1 }

const (
	nibble     = 4
	nibbleMask = 1<<nibble - 1
)

// nibbles are two numbers of four bits in a byte, in the order that C has them.
func nibbles(a, b uint8) byte {
	if littleEndian() {
		return a&nibbleMask | b<<nibble
	}
	return a<<nibble | b&nibbleMask
}

func splitNibbles(v byte) (a, b uint8) {
	if littleEndian() {
		return v & nibbleMask, v >> nibble
	}
	return v >> nibble, v & nibbleMask
}

// ematchBits fails where a number has no room in its bits.
func ematchBits(name string, v, top int) error {
	if v < 0 || v > top {
		return fmt.Errorf("%s %d of an extended match is not within 0 and %d", name, v, top)
	}
	return nil
}

// EmatchCmp compares a number in the packet with Value.
type EmatchCmp struct {
	Value  uint32
	Mask   uint32 // which bits of the packet's count, 0 for all
	Offset uint16
	Layer  EmatchLayer
	Size   uint8 // of the number in bytes, 1, 2 or 4
	Op     EmatchOp
	Trans  bool // the number in the packet is in the machine's byte order
}

func (*EmatchCmp) kind() uint16 { return uapi.TCF_EM_CMP }

// The bytes of bit fields are the last ones of struct tcf_em_cmp.
const (
	cmpAlign = uapi.SizeofTcfEmCmp - 2
	cmpLayer = uapi.SizeofTcfEmCmp - 1
)

func (m *EmatchCmp) encode() ([]byte, error) {
	b := make([]byte, uapi.SizeofTcfEmCmp)
	(&uapi.TcfEmCmp{Val: m.Value, Mask: m.Mask, Off: m.Offset}).Put(b)
	flags := uint8(0)
	if m.Trans {
		flags = uapi.TCF_EM_CMP_TRANS
	}
	b[cmpAlign], b[cmpLayer] = nibbles(m.Size, flags), nibbles(uint8(m.Layer), uint8(m.Op))
	return b, errors.Join(ematchBits("size", int(m.Size), nibbleMask), ematchBits("layer", int(m.Layer), nibbleMask),
		ematchBits("operator", int(m.Op), nibbleMask))
}

func (m *EmatchCmp) decode(b []byte) error {
	if len(b) < uapi.SizeofTcfEmCmp {
		return errEmatchShort
	}
	var w uapi.TcfEmCmp
	w.Decode(b)
	*m = EmatchCmp{Value: w.Val, Mask: w.Mask, Offset: w.Off}
	size, flags := splitNibbles(b[cmpAlign])
	layer, op := splitNibbles(b[cmpLayer])
	m.Size, m.Layer, m.Op, m.Trans = size, EmatchLayer(layer), EmatchOp(op), flags&uapi.TCF_EM_CMP_TRANS != 0
	return nil
}

// EmatchNbyte compares bytes of the packet.
type EmatchNbyte struct {
	Bytes  []byte // up to 4095
	Offset uint16
	Layer  EmatchLayer
}

func (*EmatchNbyte) kind() uint16 { return uapi.TCF_EM_NBYTE }

// The length of an [EmatchNbyte] has what the layer leaves of 16 bits.
const (
	nbyteBits    = 16 - nibble
	maxNbyte     = 1<<nbyteBits - 1
	nbyteLengths = uapi.SizeofTcfEmNbyte - 2 // where they are in struct tcf_em_nbyte
)

func (m *EmatchNbyte) encode() ([]byte, error) {
	b := make([]byte, uapi.SizeofTcfEmNbyte, uapi.SizeofTcfEmNbyte+len(m.Bytes))
	(&uapi.TcfEmNbyte{Off: m.Offset}).Put(b)
	bits := uint16(len(m.Bytes)) | uint16(m.Layer)<<nbyteBits
	if !littleEndian() {
		bits = uint16(len(m.Bytes))<<nibble | uint16(m.Layer)
	}
	native.PutUint16(b[nbyteLengths:], bits)
	b = append(b, m.Bytes...)
	b = append(b, make([]byte, -len(b)&3)...) // as tc does it
	return b, errors.Join(ematchBits("length", len(m.Bytes), maxNbyte), ematchBits("layer", int(m.Layer), nibbleMask))
}

func (m *EmatchNbyte) decode(b []byte) error {
	if len(b) < uapi.SizeofTcfEmNbyte {
		return errEmatchShort
	}
	var w uapi.TcfEmNbyte
	w.Decode(b)
	bits := native.Uint16(b[nbyteLengths:])
	n, layer := bits&maxNbyte, bits>>nbyteBits
	if !littleEndian() {
		n, layer = bits>>nibble, bits&nibbleMask
	}
	if len(b) < uapi.SizeofTcfEmNbyte+int(n) {
		return errEmatchShort
	}
	*m = EmatchNbyte{Bytes: append([]byte(nil), b[uapi.SizeofTcfEmNbyte:][:n]...), Offset: w.Off,
		Layer: EmatchLayer(layer)}
	return nil
}

// EmatchU32 compares four bytes of the packet, as a [U32] does. Where OffMask is -1, Off counts from the next header.
type EmatchU32 struct{ TcU32Key }

func (*EmatchU32) kind() uint16 { return uapi.TCF_EM_U32 }

func (m *EmatchU32) encode() ([]byte, error) {
	b := make([]byte, uapi.SizeofTcU32Key)
	(&uapi.TcU32Key{Mask: m.Mask, Val: m.Val, Off: m.Off, Offmask: m.OffMask}).Put(b)
	return b, nil
}

func (m *EmatchU32) decode(b []byte) error {
	if len(b) < uapi.SizeofTcU32Key {
		return errEmatchShort
	}
	var k uapi.TcU32Key
	k.Decode(b)
	m.TcU32Key = TcU32Key{Mask: k.Mask, Val: k.Val, Off: k.Off, OffMask: k.Offmask}
	return nil
}

// EmatchText searches a part of the packet for Pattern.
type EmatchText struct {
	Pattern    []byte
	Algo       string // "kmp", "bm" or "fsm"
	FromOffset uint16
	ToOffset   uint16
	FromLayer  EmatchLayer
	ToLayer    EmatchLayer
}

func (*EmatchText) kind() uint16 { return uapi.TCF_EM_TEXT }

// textLayers is where struct tcf_em_text has its bit fields; a byte of padding follows.
const textLayers = uapi.SizeofTcfEmText - 2

func (m *EmatchText) encode() ([]byte, error) {
	w := uapi.TcfEmText{FromOffset: m.FromOffset, ToOffset: m.ToOffset, PatternLen: uint16(len(m.Pattern))}
	copy(w.Algo[:len(w.Algo)-1], m.Algo)
	b := make([]byte, uapi.SizeofTcfEmText, uapi.SizeofTcfEmText+len(m.Pattern))
	w.Put(b)
	b[textLayers] = nibbles(uint8(m.FromLayer), uint8(m.ToLayer))
	return append(b, m.Pattern...), errors.Join(ematchBits("pattern length", len(m.Pattern), 1<<16-1),
		ematchBits("algorithm length", len(m.Algo), len(w.Algo)-1), ematchBits("layer", int(m.FromLayer), nibbleMask),
		ematchBits("layer", int(m.ToLayer), nibbleMask))
}

func (m *EmatchText) decode(b []byte) error {
	var w uapi.TcfEmText
	w.Decode(b)
	if len(b) < uapi.SizeofTcfEmText+int(w.PatternLen) {
		return errEmatchShort
	}
	*m = EmatchText{Pattern: append([]byte(nil), b[uapi.SizeofTcfEmText:][:w.PatternLen]...),
		Algo: string(untilNUL(w.Algo[:])), FromOffset: w.FromOffset, ToOffset: w.ToOffset}
	from, to := splitNibbles(b[textLayers])
	m.FromLayer, m.ToLayer = EmatchLayer(from), EmatchLayer(to)
	return nil
}

// EmatchCANID matches frames of CAN by their identifiers: any of the rules.
type EmatchCANID []CANFilter

// CANFilter matches identifiers that are ID in the bits of Mask. Both may have CAN_EFF_FLAG, for extended ones.
type CANFilter struct{ ID, Mask uint32 }

func (*EmatchCANID) kind() uint16 { return uapi.TCF_EM_CANID }

func (m *EmatchCANID) encode() ([]byte, error) {
	b := make([]byte, len(*m)*uapi.SizeofCanFilter)
	for i, r := range *m {
		(&uapi.CanFilter{Id: r.ID, Mask: r.Mask}).Put(b[i*uapi.SizeofCanFilter:])
	}
	return b, nil
}

func (m *EmatchCANID) decode(b []byte) error {
	if len(b)%uapi.SizeofCanFilter != 0 {
		return errEmatchShort
	}
	for ; len(b) > 0; b = b[uapi.SizeofCanFilter:] {
		var r uapi.CanFilter
		r.Decode(b)
		*m = append(*m, CANFilter{r.Id, r.Mask})
	}
	return nil
}

// EmatchIPSet looks up the packet in a set of ipset(8).
type EmatchIPSet struct {
	Index uint16 // the set
	Dim   uint8  // how many parts of the packet are looked up
	Flags uint8  // bit N, from 1 to Dim: part N is of the source, not of the destination
}

func (*EmatchIPSet) kind() uint16 { return uapi.TCF_EM_IPSET }

func (m *EmatchIPSet) encode() ([]byte, error) {
	b := make([]byte, uapi.SizeofXtSetInfo)
	(&uapi.XtSetInfo{Index: m.Index, Dim: m.Dim, Flags: m.Flags}).Put(b)
	return b, nil
}

func (m *EmatchIPSet) decode(b []byte) error {
	if len(b) < uapi.SizeofXtSetInfo {
		return errEmatchShort
	}
	var w uapi.XtSetInfo
	w.Decode(b)
	*m = EmatchIPSet{Index: w.Index, Dim: w.Dim, Flags: w.Flags}
	return nil
}
