package netlink

import (
	"errors"
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Ematch is one of the extended matches of a filter: tc-ematch(8). Those of a list are asked one after the other
// until the result is known: the end of the list, one that fails and has not Or, or one that matches and has it.
type Ematch struct {
	Match EmatchKind // what is matched; [EmatchGroup] is a list in parentheses
	Not   bool       // what does not match counts as what does
	Or    bool       // how the next one of the list is joined: by "or", else by "and"
	ID    uint16     // a number of the user's
}

// EmatchKind is what an [Ematch] looks at: [EmatchCmp], [EmatchNbyte], [EmatchU32], [EmatchMeta], [EmatchText],
// [EmatchCANID], [EmatchIPSet], [EmatchIPT], [EmatchGroup], and [EmatchRaw] for others.
type EmatchKind interface {
	// encode gives what follows the header of the match, and decode reads it.
	encode() ([]byte, error)
	decode(b []byte) error
	// kind is TCF_EM_….
	kind() uint16
}

// EmatchGroup is a list in parentheses.
type EmatchGroup []Ematch

func (*EmatchGroup) kind() uint16            { return uapi.TCF_EM_CONTAINER }
func (*EmatchGroup) encode() ([]byte, error) { return nil, nil }
func (*EmatchGroup) decode([]byte) error     { return nil }

// EmatchRaw is a match of a kind that the package does not know, or that it cannot read.
type EmatchRaw struct {
	Kind   uint16 // TCF_EM_…
	Simple bool   // Data is one number of 32 bits
	Data   []byte // what follows the header, in the kernel's form
}

func (m *EmatchRaw) kind() uint16            { return m.Kind }
func (m *EmatchRaw) encode() ([]byte, error) { return m.Data, nil }

func (m *EmatchRaw) decode(b []byte) error {
	m.Data = append([]byte(nil), b...)
	return nil
}

var (
	errNoEmatch     = errors.New("an extended match without Match, or an empty group")
	errEmatchHeader = errors.New("extended matches without their header, or one of them is too short")
	errEmatchRef    = errors.New("a group of extended matches begins before it")
)

// ematches is a tree of extended matches, in the attribute t.
func ematches(c *attr.Codec, t attr.Type, list *[]Ematch) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		if len(*list) != 0 {
			encodeEmatches(e, uint16(t), *list)
		}
	}, func(b []byte) {
		found, err := decodeEmatches(b)
		c.Fail(err)
		*list = found
	})
}

// flatEmatch is a match at its place in the list that the kernel gets: those of a group stand behind the list that
// the group is in, and the group has the place of the first.
type flatEmatch struct {
	*Ematch
	first uint32
	last  bool // of its list
}

func flattenEmatches(all []flatEmatch, list []Ematch) []flatEmatch {
	start := len(all)
	for i := range list {
		all = append(all, flatEmatch{Ematch: &list[i], last: i == len(list)-1})
	}
	for i := range list {
		if g, ok := list[i].Match.(*EmatchGroup); ok && g != nil {
			all[start+i].first = uint32(len(all))
			all = flattenEmatches(all, *g)
		}
	}
	return all
}

func encodeEmatches(e *wire.Encoder, typ uint16, list []Ematch) {
	flat := flattenEmatches(nil, list)
	if len(flat) > maxEmatches {
		e.Fail(fmt.Errorf("%d extended matches, at most %d are possible", len(flat), maxEmatches))
		return
	}
	e.Nest(typ)
	e.Struct(uapi.TCA_EMATCH_TREE_HDR, uapi.SizeofTcfEmatchTreeHdr,
		&uapi.TcfEmatchTreeHdr{Nmatches: uint16(len(flat)), Progid: uapi.TCF_EM_PROG_TC})
	e.Nest(uapi.TCA_EMATCH_TREE_LIST)
	for i, m := range flat {
		g, group := m.Match.(*EmatchGroup)
		if holdsNil(m.Match) || group && len(*g) == 0 {
			e.Fail(errNoEmatch)
			continue
		}
		h := uapi.TcfEmatchHdr{Matchid: m.ID, Kind: m.Match.kind(), Flags: uapi.TCF_EM_REL_END}
		switch {
		case m.last:
		case m.Or:
			h.Flags = uapi.TCF_EM_REL_OR
		default:
			h.Flags = uapi.TCF_EM_REL_AND
		}
		if m.Not {
			h.Flags |= uapi.TCF_EM_INVERT
		}
		if r, ok := m.Match.(*EmatchRaw); ok && r.Simple {
			h.Flags |= uapi.TCF_EM_SIMPLE
		}
		data, err := m.Match.encode()
		e.Fail(err)
		if group {
			data = native.AppendUint32(nil, m.first)
		}
		b := e.Reserve(uint16(i+1), uapi.SizeofTcfEmatchHdr+len(data))
		h.Put(b)
		copy(b[uapi.SizeofTcfEmatchHdr:], data)
	}
	e.End()
	e.End()
}

// maxEmatches is what an attribute's type has room for.
const maxEmatches = uapi.NLA_F_NET_BYTEORDER - 1

func decodeEmatches(b []byte) ([]Ematch, error) {
	var flat [][]byte
	var list []byte
	header := false
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.TCA_EMATCH_TREE_HDR:
			header = true
		case uapi.TCA_EMATCH_TREE_LIST:
			list = d.Data()
		}
	}
	if d.Err() != nil || !header {
		return nil, errors.Join(d.Err(), errEmatchHeader)
	}
	d = wire.NewDecoder(list)
	for d.Next() {
		if len(d.Data()) < uapi.SizeofTcfEmatchHdr {
			return nil, errEmatchHeader
		}
		flat = append(flat, d.Data())
	}
	if d.Err() != nil || len(flat) == 0 {
		return nil, d.Err()
	}
	t := ematchTree{flat: flat, left: len(flat)}
	return t.from(0)
}

// ematchTree makes lists of what the kernel has in one.
type ematchTree struct {
	flat [][]byte
	left int // how many matches may still be read: groups that share theirs would be copied without an end
}

func (t *ematchTree) from(i int) ([]Ematch, error) {
	var list []Ematch
	for ; i < len(t.flat); i++ {
		if t.left--; t.left < 0 {
			return nil, errEmatchRef
		}
		var h uapi.TcfEmatchHdr
		h.Decode(t.flat[i])
		data := t.flat[i][uapi.SizeofTcfEmatchHdr:]
		m := Ematch{Not: h.Flags&uapi.TCF_EM_INVERT != 0, ID: h.Matchid}
		if h.Kind == uapi.TCF_EM_CONTAINER {
			if len(data) < 4 || int64(native.Uint32(data)) <= int64(i) || int64(native.Uint32(data)) >= int64(len(t.flat)) {
				return nil, errEmatchRef
			}
			inner, err := t.from(int(native.Uint32(data)))
			if err != nil {
				return nil, err
			}
			m.Match = (*EmatchGroup)(&inner)
		} else {
			m.Match = decodeEmatch(h, data)
		}
		relation := h.Flags & uapi.TCF_EM_REL_MASK
		m.Or = relation == uapi.TCF_EM_REL_OR
		list = append(list, m)
		if relation == uapi.TCF_EM_REL_END {
			return list, nil
		}
	}
	return nil, errEmatchHeader // the last one says that another follows
}

func decodeEmatch(h uapi.TcfEmatchHdr, data []byte) EmatchKind {
	if k := ematchOf(h.Kind); k != nil && h.Flags&uapi.TCF_EM_SIMPLE == 0 {
		if m := k.new(); m.decode(data) == nil {
			return m
		}
	}
	m := &EmatchRaw{Kind: h.Kind, Simple: h.Flags&uapi.TCF_EM_SIMPLE != 0}
	_ = m.decode(data) // it cannot fail
	return m
}
