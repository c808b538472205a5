package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// tcMessage is a message about an object of traffic control: struct tcmsg, and the attributes
// that all sorts of objects have. What refers to bytes does to those of the message.
type tcMessage struct {
	uapi.Tcmsg
	kind, options []byte // TCA_KIND without the NUL, TCA_OPTIONS
	stats, stats2 []byte
	ingress       *uint32 // TCA_INGRESS_BLOCK
	egress        *uint32 // TCA_EGRESS_BLOCK
	stab          []byte  // TCA_STAB
	chain         uint32  // TCA_CHAIN, with inChain
	inChain       bool
	offloaded     bool // TCA_HW_OFFLOAD
}

// readTc reads a message.
func readTc(b []byte) (m tcMessage, err error) {
	if len(b) < uapi.SizeofTcmsg {
		return m, fmt.Errorf("%w: traffic control object of %d bytes", wire.ErrMalformed, len(b))
	}
	m.Decode(b)
	d := wire.NewDecoderAfter(b, uapi.SizeofTcmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.TCA_KIND:
			m.kind = untilNUL(d.Data())
		case uapi.TCA_OPTIONS:
			m.options = d.Data()
		case uapi.TCA_STATS:
			m.stats = d.Data()
		case uapi.TCA_STATS2:
			m.stats2 = d.Data()
		case uapi.TCA_INGRESS_BLOCK:
			m.ingress = new(d.Uint32())
		case uapi.TCA_EGRESS_BLOCK:
			m.egress = new(d.Uint32())
		case uapi.TCA_CHAIN:
			m.chain, m.inChain = d.Uint32(), true
		case uapi.TCA_STAB:
			m.stab = d.Data()
		case uapi.TCA_HW_OFFLOAD:
			m.offloaded = d.Bool()
		}
	}
	return m, d.Err()
}

// tcRequest begins a request about an object of traffic control.
func tcRequest(typ, flags uint16, link int, handle, parent, info uint32) *wire.Request {
	r := wire.NewRequest(typ, flags)
	m := uapi.Tcmsg{Ifindex: int32(link), Handle: handle, Parent: parent, Info: info}
	m.Put(r.Header(uapi.SizeofTcmsg))
	if int(m.Ifindex) != link {
		r.Fail(fmt.Errorf("%d is not the index of a link", link))
	}
	return r
}

// tcIndex is the index of a link, 0 of nil.
func (h *Handle) tcIndex(link Link) (int, error) {
	if link == nil {
		return 0, nil
	}
	return h.indexToChange(link)
}

// encodeTcKind appends the kind of an object and what it has of its own. Some kernels want the
// options of a class even where they are empty; those of a queueing discipline that cannot be
// changed they refuse then.
func encodeTcKind(e *wire.Encoder, kind string, v any, empty bool) {
	e.String(uapi.TCA_KIND, kind)
	options := uint16(uapi.TCA_OPTIONS)
	if _, ok := v.(nestedOptions); ok {
		options |= uapi.NLA_F_NESTED
	}
	e.Nest(options)
	before := len(e.Bytes())
	if raw, ok := v.(rawOptions); ok {
		copy(e.Raw(len(raw.options())), raw.options())
	} else {
		encodeAttrs(e, v)
	}
	if len(e.Bytes()) == before && !empty {
		e.Cancel()
	} else {
		e.End()
	}
}

// nestedOptions is a kind that refuses options which are not marked as a nest.
type nestedOptions interface{ nested() }

// rawOptions is an object whose kind is known by its name only.
type rawOptions interface{ options() []byte }

// tcObject is an object in words: its kind, its handle, its parent and its link.
func tcObject(kind string, link int, handle, parent uint32) string {
	return fmt.Sprintf("%s %s parent %s on link %d", kind, HandleStr(handle), HandleStr(parent), link)
}
