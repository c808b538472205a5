package capture

import (
	"encoding/binary"
	"fmt"

	"kern.sys/internal/uapi"
)

// ematchTree is a tree of extended matches.
var ematchTree = attrs{
	uapi.TCA_EMATCH_TREE_HDR:  numbers("2 2"),
	uapi.TCA_EMATCH_TREE_LIST: ematchList{},
}

// ematchList are the matches, whose types are their places.
type ematchList struct{}

func (ematchList) turn(p piece) error {
	return eachAttr(p, func(_ uint16, value piece) error { return ematch{}.turn(value) })
}

// ematch is a header with the kind and what the kind has.
type ematch struct{}

func (ematch) turn(p piece) error {
	const kindAt = 2
	if len(p.in) < uapi.SizeofTcfEmatchHdr {
		return fmt.Errorf("%d bytes are no extended match", len(p.in))
	}
	kind := binary.LittleEndian.Uint16(p.in[kindAt:])
	l := ematchKinds[kind]
	if l == nil {
		l = unknown(fmt.Sprintf("extended match %d", kind))
	}
	return headed{"2 2 2 =2", l}.turn(p)
}

var ematchKinds = map[uint16]layout{
	uapi.TCF_EM_CONTAINER: u32,
	uapi.TCF_EM_CMP:       headed{"4 4 2", nibbles{}},
	uapi.TCF_EM_NBYTE:     headed{"2", lengthAndLayer{}},
	uapi.TCF_EM_U32:       numbers("=4 =4 4 4"),
	uapi.TCF_EM_META: attrs{
		uapi.TCA_EM_META_HDR: numbers("2 =1 =1 2 =1 =1"), uapi.TCA_EM_META_LVALUE: u32, uapi.TCA_EM_META_RVALUE: u32,
	},
	uapi.TCF_EM_CANID: numbers("4 ..."),
}

// nibbles are bytes of two bit fields each, which C has in the other order on big-endian machines.
type nibbles struct{}

func (nibbles) turn(p piece) error {
	for i, b := range p.in {
		p.out[i] = b<<4 | b>>4
	}
	return nil
}

// lengthAndLayer are bit fields of 12 and 4 bits, and bytes behind them.
type lengthAndLayer struct{}

func (lengthAndLayer) turn(p piece) error {
	if len(p.in) < 2 {
		return fmt.Errorf("%d bytes are less than two", len(p.in))
	}
	v := binary.LittleEndian.Uint16(p.in)
	binary.BigEndian.PutUint16(p.out, v<<4|v>>12)
	return nil
}
