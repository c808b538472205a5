package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// FilterEntry is a filter in little memory, for programs that read or keep many: where it is, as small
// values that refer to nothing. What it matches and does is in the [Filter] that it makes.
type FilterEntry struct {
	LinkIndex int    // or -1, see [FilterAttrs]
	Handle    uint32 // see [FilterAttrs]
	Parent    uint32 // see [FilterAttrs]
	Chain     uint32
	Priority  uint16
	Protocol  uint16 // ETH_P_… in the machine's byte order
	kind      string // shared by all entries of the kind
	data      []byte // the message
}

// Type returns the kind.
func (e *FilterEntry) Type() string { return e.kind }

// Table reports whether it is a hash table of u32 and no filter.
func (e *FilterEntry) Table() bool { return e.Handle&u32Node == 0 && e.Type() == (*U32)(nil).Type() }

// u32Node are the bits of a handle of u32 that number the filters of a bucket: from 1 on.
const u32Node = 1<<12 - 1

// Attrs returns the attributes that filters of all kinds have.
func (e *FilterEntry) Attrs() FilterAttrs {
	return FilterAttrs{LinkIndex: e.LinkIndex, Handle: e.Handle, Parent: e.Parent, Priority: e.Priority,
		Protocol: e.Protocol, Chain: new(e.Chain)}
}

var errKeptEntry = errors.New("the entry was kept without its options")

// Filter returns the whole filter. One of [Handle.AppendFilterEntries] does not have it:
// [Handle.FilterGet] asks for it, of a [GenericFilter] with the entry's Attrs and Type.
func (e *FilterEntry) Filter() (Filter, error) {
	if e.data == nil {
		return nil, errKeptEntry
	}
	return decodeFilter(e.data)
}

// FilterEntries gives the filters and hash tables of [Handle.FilterSeq] as they come, in little memory
// and without an allocation for each. An entry is valid until the loop goes on; of a copy that is kept
// longer, Filter must not be asked. The last pair holds the error, if there is one.
func (h *Handle) FilterEntries(link Link, parent uint32) iter.Seq2[*FilterEntry, error] {
	return entries(h, func() (*wire.Request, error) { return h.filterDump(link, parent) }, "filter list",
		decodeFilterEntry, nil)
}

// AppendFilterEntries appends the filters of [Handle.FilterList] to all, in little memory: with room in
// all it takes next to no allocation.
func (h *Handle) AppendFilterEntries(all []FilterEntry, link Link, parent uint32) ([]FilterEntry, error) {
	for e, err := range h.FilterEntries(link, parent) {
		if err != nil {
			return all, err
		}
		if !e.Table() {
			all = append(all, *e)
			all[len(all)-1].data = nil
		}
	}
	return all, nil
}

// decodeFilterEntry reads a message of a dump. It leaves out what filterDecoder does.
func decodeFilterEntry(m wire.Message, e *FilterEntry) (want bool, err error) {
	if m.Type != uapi.RTM_NEWTFILTER {
		return false, nil
	}
	return e.decode(m.Data)
}

// sameKind is the kind in v, without an allocation where it is the last one.
func sameKind(last string, v []byte) string {
	if v = untilNUL(v); string(v) == last {
		return last
	}
	return string(v)
}

// decode reads the payload of RTM_NEWTFILTER, whatever e was, and reports whether it has options. Long
// dumps spend their time here.
func (e *FilterEntry) decode(data []byte) (options bool, err error) {
	if len(data) < uapi.SizeofTcmsg {
		return false, fmt.Errorf("%w: filter of %d bytes", wire.ErrMalformed, len(data))
	}
	var m uapi.Tcmsg
	m.Decode(data)
	kind := e.kind
	*e = FilterEntry{LinkIndex: int(m.Ifindex), Handle: m.Handle, Parent: m.Parent, data: data}
	e.Priority, e.Protocol = tcInfo(m.Info)
	for b := data[uapi.SizeofTcmsg:]; len(b) >= uapi.SizeofNlattr; {
		typ, n := attrHead(b)
		if n == 0 {
			return false, badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		ok := true
		switch typ {
		case uapi.TCA_KIND:
			e.kind = sameKind(kind, v)
		case uapi.TCA_CHAIN:
			ok = setUint32(&e.Chain, v)
		case uapi.TCA_OPTIONS:
			options = true
		}
		if !ok {
			return false, fmt.Errorf("%w: filter: attribute %d of %d bytes", wire.ErrMalformed, typ, len(v))
		}
	}
	return options, nil
}

// tcInfo returns the priority and the protocol that struct tcmsg has of a filter.
func tcInfo(info uint32) (priority, protocol uint16) {
	priority, protocol = MajorMinor(info)
	var b [2]byte
	native.PutUint16(b[:], protocol)
	return priority, binary.BigEndian.Uint16(b[:])
}

// String returns the filter in the words of tc filter, without what it matches and does.
func (e *FilterEntry) String() string {
	w := textWords{e.Type()}
	w.add("%x link %d parent %s protocol %#04x pref %d", e.Handle, e.LinkIndex, HandleStr(e.Parent), e.Protocol,
		e.Priority)
	if e.Chain != 0 {
		w.add("chain %d", e.Chain)
	}
	return w.String()
}
