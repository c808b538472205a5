package netlink

import (
	"fmt"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// What [TcU32Sel] has in Flags.
const (
	TC_U32_TERMINAL  = uapi.TC_U32_TERMINAL  // what matches is in ClassId
	TC_U32_OFFSET    = uapi.TC_U32_OFFSET    // a table that is linked to begins Off bytes further on
	TC_U32_VAROFFSET = uapi.TC_U32_VAROFFSET // and by what the packet has at Offoff
	TC_U32_EAT       = uapi.TC_U32_EAT       // all that comes after it begins there
)

// TcU32Sel selects the packets of a [U32]: all of Keys. Nkeys need not be set. Fields are in the
// machine's byte order, Val, Mask, Offmask and Hmask as numbers that stand in the packet in network
// byte order.
type TcU32Sel = nl.TcU32Sel

// TcU32Key is one thing that a [U32] matches: the bits of Mask in the four bytes at Off are those
// of Val. Off counts from the network header. Where OffMask is not 0 the table that links here has
// said by how much more.
type TcU32Key = nl.TcU32Key

// U32 matches any bytes of packets, alone or by hash tables that link to each other: tc-u32(8). One
// with Divisor is such a table.
type U32 struct {
	FilterAttrs
	ClassId uint32 // the class of the packets, 0 for none
	// Divisor makes a hash table with this many buckets, a power of two up to 256. Its Handle is the
	// table's.
	Divisor    uint32
	Hash       uint32 // the table and bucket that the filter is in, 0 for the first table
	Link       uint32 // the table that what matches goes to, 0 for none
	RedirIndex int    // the link of the first of Actions, which is a MirredAction; one that is missing is sent
	Sel        *TcU32Sel
	Actions    []Action
	Police     *PoliceAction

	InDev  string   // the link that received the packet, "" for any
	Mark   *U32Mark // the packet's mark, nil for any
	SkipHw bool     // the hardware does not do it
	SkipSw bool     // only the hardware does it
	InHw   bool     // the hardware does it; read only
}

// U32Mark is the mark that a [U32] matches: the bits of Mask are those of Value.
type U32Mark struct {
	Value, Mask uint32
	Success     uint32 // packets that matched; read only
}

// Attrs returns the attributes that all kinds have.
func (filter *U32) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "u32".
func (filter *U32) Type() string { return "u32" }

// maxU32Keys is what Nkeys has room for.
const maxU32Keys = 1<<8 - 1

// u32s is of[U32], of filters whose selectors are in the same piece of memory. attrs takes them away from filters that
// have none.
func u32s(v []any) (none any) {
	if len(v) == 0 {
		return (*U32)(nil)
	}
	piece := make([]struct {
		U32
		u32Sel
	}, len(v))
	for i := range piece {
		f := &piece[i]
		f.U32.Sel, f.sel.Keys = &f.sel, f.keys[:0]
		v[i] = &f.U32
	}
	return nil
}

// u32Sel is a selector in one piece: most have few keys.
type u32Sel struct {
	sel  TcU32Sel
	keys [2]TcU32Key
}

func (filter *U32) attrs(c *attr.Codec) {
	if room := filter.Sel; c.Decoding() {
		filter.Sel = nil
		attr.Custom(c, uapi.TCA_U32_SEL, nil, func(b []byte) { filter.Sel = decodeU32Sel(b, room) })
	} else {
		attr.Custom(c, uapi.TCA_U32_SEL, filter.encodeSel, func([]byte) {})
	}
	attr.U32(c, uapi.TCA_U32_CLASSID|attr.IfSet, &filter.ClassId)
	if c.Encoding() && filter.Divisor&(filter.Divisor-1) != 0 {
		c.Fail(fmt.Errorf("illegal divisor %d. Must be a power of 2", filter.Divisor))
	}
	attr.U32(c, uapi.TCA_U32_DIVISOR|attr.IfSet, &filter.Divisor)
	attr.U32(c, uapi.TCA_U32_HASH|attr.IfSet, &filter.Hash)
	attr.U32(c, uapi.TCA_U32_LINK|attr.IfSet, &filter.Link)
	attr.String(c, uapi.TCA_U32_INDEV|attr.IfSet, &filter.InDev)
	mark := filter.Mark.wire()
	attr.OptStruct(c, uapi.TCA_U32_MARK, uapi.SizeofTcU32Mark, &mark)
	if c.Settling() && mark != nil {
		m := *mark
		m.Success = 0
		settle(c, uapi.TCA_U32_MARK, uapi.SizeofTcU32Mark, &m)
	}
	c.Forget(uapi.TCA_U32_PCNT)
	if c.Decoding() && mark != nil {
		filter.Mark = &U32Mark{Value: mark.Val, Mask: mark.Mask, Success: mark.Success}
	}
	offload(c, uapi.TCA_U32_FLAGS|attr.IfSet, &filter.SkipHw, &filter.SkipSw, &filter.InHw)
	police(c, uapi.TCA_U32_POLICE, &filter.Police)
	all := filter.Actions
	if i := filter.RedirIndex; c.Encoding() && i != 0 && !slices.ContainsFunc(all, func(a Action) bool {
		m, ok := a.(*MirredAction)
		return ok && m.Ifindex == i
	}) {
		all = append([]Action{NewMirredAction(i)}, all...)
	}
	actions(c, uapi.TCA_U32_ACT, &all)
	if !c.Decoding() {
		return
	}
	filter.Actions = all
	for _, a := range all {
		if m, ok := a.(*MirredAction); ok {
			filter.RedirIndex = m.Ifindex
		}
	}
}

// encodeSel appends what is matched: without Sel all packets, but for a table, which matches none.
func (filter *U32) encodeSel(e *wire.Encoder) {
	sel := filter.Sel
	switch {
	case sel == nil && filter.Divisor != 0:
		return
	case sel == nil:
		sel = &TcU32Sel{Flags: TC_U32_TERMINAL, Keys: []TcU32Key{{}}}
	case len(sel.Keys) > maxU32Keys:
		e.Fail(fmt.Errorf("%d keys, at most %d are possible", len(sel.Keys), maxU32Keys))
		return
	}
	b := e.Reserve(uapi.TCA_U32_SEL, uapi.SizeofTcU32SelHdr+len(sel.Keys)*uapi.SizeofTcU32Key)
	(&uapi.TcU32SelHdr{
		Flags: sel.Flags, Offshift: sel.Offshift, Nkeys: uint8(len(sel.Keys)), Offmask: sel.Offmask,
		Off: sel.Off, Offoff: sel.Offoff, Hoff: sel.Hoff, Hmask: sel.Hmask,
	}).Put(b)
	for i, k := range sel.Keys {
		(&uapi.TcU32Key{Mask: k.Mask, Val: k.Val, Off: k.Off, Offmask: k.OffMask}).Put(b[uapi.SizeofTcU32SelHdr+
			i*uapi.SizeofTcU32Key:])
	}
}

// decodeU32Sel reads a selector into sel and the room for keys there. Where that is nil it is made.
func decodeU32Sel(b []byte, sel *TcU32Sel) *TcU32Sel {
	var h uapi.TcU32SelHdr
	h.Decode(b)
	if sel == nil {
		both := new(u32Sel)
		sel = &both.sel
		sel.Keys = both.keys[:0]
	}
	keys := sel.Keys[:0]
	*sel = TcU32Sel{
		Flags: h.Flags, Offshift: h.Offshift, Nkeys: h.Nkeys, Offmask: h.Offmask,
		Off: h.Off, Offoff: h.Offoff, Hoff: h.Hoff, Hmask: h.Hmask,
	}
	n := min(int(h.Nkeys), (len(b)-uapi.SizeofTcU32SelHdr)/uapi.SizeofTcU32Key)
	if n <= 0 {
		return sel
	}
	if n > cap(keys) {
		keys = make([]TcU32Key, 0, n)
	}
	sel.Keys = keys[:n:n]
	for i := range sel.Keys {
		var k uapi.TcU32Key
		k.Decode(b[uapi.SizeofTcU32SelHdr+i*uapi.SizeofTcU32Key:])
		sel.Keys[i] = TcU32Key{Mask: k.Mask, Val: k.Val, Off: k.Off, OffMask: k.Offmask}
	}
	return sel
}

func (m *U32Mark) wire() *uapi.TcU32Mark {
	if m == nil {
		return nil
	}
	return &uapi.TcU32Mark{Val: m.Value, Mask: m.Mask}
}
