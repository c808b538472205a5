package netlink

import (
	"errors"
	"math"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// SizeTable is what packets count for in a queueing discipline, as on a link whose layers below add to them:
// tc-stab(8). A change without one takes away the one that is there. The kernel does not tell the numbers of the table
// itself: they are worked out again from what is here.
type SizeTable struct {
	Overhead  int32  // bytes that a packet has more on the link, or fewer where it is negative
	LinkLayer uint32 // nl.LINKLAYER_ATM counts in cells of 53 bytes, nl.LINKLAYER_ETHERNET or 0 as it is
	MPU       uint32 // bytes that a packet counts for at least
	MTU       uint32 // bytes of the largest packet in the table, at most 2^30, 0: 2047; a larger one is counted in parts
	TSize     uint32 // how many sizes the table has, at most 32748, 0: 512
}

// What fits into an attribute, and what a word of 32 bits has room for, whatever the link layer adds.
const (
	tsizeMax   = (math.MaxUint16&^3 - 3*uapi.SizeofNlattr - uapi.SizeofTcSizespec) / 2
	stabMTUMax = 1 << 30
)

var errSizeTable = errors.New("size table out of range: it has up to 32748 sizes, of packets of up to 2^30 bytes")

// Encode appends the attribute of a table of sizes, TCA_STAB. Overhead alone needs no table.
func (s *SizeTable) Encode(e *wire.Encoder) {
	spec := uapi.TcSizespec{Overhead: s.Overhead, Linklayer: s.LinkLayer, Mpu: s.MPU}
	var data []uint16
	if s.LinkLayer > nl.LINKLAYER_ETHERNET || s.MPU != 0 {
		spec.Mtu, spec.Tsize = s.MTU, s.TSize
		if spec.Mtu == 0 {
			spec.Mtu = 2047
		}
		if spec.Tsize == 0 {
			spec.Tsize = 512
		}
		if data = fillSizes(&spec); data == nil {
			e.Fail(errSizeTable)
			return
		}
	}
	e.Nest(uapi.TCA_STAB)
	e.Struct(uapi.TCA_STAB_BASE, uapi.SizeofTcSizespec, &spec)
	if data != nil {
		b := e.Reserve(uapi.TCA_STAB_DATA, 2*len(data))
		for i, v := range data {
			native.PutUint16(b[2*i:], v)
		}
	}
	e.End()
}

// fillSizes returns what packets of each size count for, in units that are large enough for all to fit, and sets what
// says how to find a size in the table; nil where there is no such table.
func fillSizes(spec *uapi.TcSizespec) []uint16 {
	if spec.Tsize > tsizeMax || spec.Mtu > stabMTUMax {
		return nil
	}
	for spec.Mtu>>spec.CellLog > spec.Tsize-1 {
		spec.CellLog++
	}
	spec.CellAlign = -1
	data := make([]uint16, spec.Tsize)
	for i := len(data) - 1; i >= 0; i-- {
		size := AdjustSize(uint(i+1)<<spec.CellLog, uint(spec.Mpu), int(spec.Linklayer))
		if size>>spec.SizeLog > math.MaxUint16 {
			spec.SizeLog++
			i = len(data)
			continue
		}
		data[i] = uint16(size >> spec.SizeLog)
	}
	return data
}

// sizeTableOf reads the attribute of a table; nil where there is none.
func sizeTableOf(b []byte) *SizeTable {
	d := wire.NewDecoder(b)
	for d.Next() {
		if data := d.Data(); d.Type() == uapi.TCA_STAB_BASE {
			var s uapi.TcSizespec
			s.Decode(data)
			return &SizeTable{Overhead: s.Overhead, LinkLayer: s.Linklayer, MPU: s.Mpu, MTU: s.Mtu, TSize: s.Tsize}
		}
	}
	return nil
}
