package netlink

import (
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// A kind's attrs take what changes by itself out of the bytes where the codec is settling: counters, ages, and what
// the kernel adjusts. A [Mirror] keeps the rest.

// settle puts v, which is the structure of an attribute without what changes by itself, in its place.
func settle[T any, P attr.Structure[T]](c *attr.Codec, t attr.Type, size int, v P) {
	if b := c.Payload(t); len(b) >= size {
		v.Put(b[:size])
	}
}

// settleAttrs returns the options of a value of a kind, settled. What cannot be read stays as it is.
func settleAttrs(v any, options []byte) []byte {
	if a, ok := v.(attributed); ok {
		options, _ = attr.Settle(options, a.attrs)
	}
	return options
}

// settleActions returns a list of actions as it is kept. The list was read before.
func settleActions(b []byte) []byte {
	var e wire.Encoder
	for d := wire.NewDecoder(b); d.Next(); {
		e.Data(d.Type(), settleAction(d.Data()))
	}
	return e.Bytes()
}

// settleAction returns what is kept of the attribute of one action. Which counters the hardware has is said or not,
// depending on whether somebody has listed actions.
func settleAction(b []byte) []byte {
	var e wire.Encoder
	d := wire.NewDecoder(b)
	var action Action
	for d.Next() {
		switch data := d.Data(); d.Type() {
		case uapi.TCA_ACT_STATS, uapi.TCA_ACT_IN_HW_COUNT, uapi.TCA_ACT_USED_HW_STATS:
		case uapi.TCA_ACT_KIND: // the first attribute
			action, _ = actionKinds.new(string(untilNUL(data)))
			e.Data(d.Type(), data)
		case uapi.TCA_ACT_OPTIONS:
			e.Data(d.Type(), settleAttrs(action, slices.Clone(data)))
		default:
			e.Data(d.Type(), data)
		}
	}
	return e.Bytes()
}

// settleReferences settles the structure of an action: how many filters have it is no part of it.
func settleReferences(b []byte) {
	if len(b) >= uapi.SizeofTcGact {
		var g uapi.TcGact
		g.Decode(b)
		g.Refcnt, g.Bindcnt = 0, 0
		g.Put(b[:uapi.SizeofTcGact])
	}
}

// settledTc returns the bytes of a message about an object of traffic control without what changes by itself: header
// changes its header, and new returns a value of the kind.
func settledTc(data []byte, header func(*uapi.Tcmsg), new func(kind string) (any, bool)) (string, error) {
	var m uapi.Tcmsg
	m.Decode(data)
	if header != nil {
		header(&m)
	}
	tc, err := readTc(data)
	if err != nil {
		return "", err
	}
	options := slices.Clone(tc.options)
	if v, ok := new(string(tc.kind)); ok {
		options = settleAttrs(v, options)
	}
	var e wire.Encoder
	m.Put(e.Raw(uapi.SizeofTcmsg))
	for d := wire.NewDecoderAfter(data, uapi.SizeofTcmsg); d.Next(); {
		switch d.Type() {
		case uapi.TCA_STATS, uapi.TCA_STATS2, uapi.TCA_XSTATS, uapi.TCA_EXT_WARN_MSG: // the last is about a request
		case uapi.TCA_OPTIONS:
			e.Data(d.Type(), options)
		default:
			e.Data(d.Type(), d.Data())
		}
	}
	return string(e.Bytes()), e.Err()
}

// parentOffset is where in struct tcmsg the parent is.
const parentOffset = 12

// setTcParent sets the parent in a message about an object of a link; one of a block says which.
func setTcParent(data []byte, parent uint32) {
	var m uapi.Tcmsg
	if m.Decode(data); uint32(m.Ifindex) != uapi.TCM_IFINDEX_MAGIC_BLOCK {
		native.PutUint32(data[parentOffset:], parent)
	}
}
