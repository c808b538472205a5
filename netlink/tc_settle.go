package netlink

import (
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

// settleAttrs settles the options of a value of a kind. What cannot be read stays as it is.
func settleAttrs(v any, options []byte) {
	if a, ok := v.(attributed); ok {
		_ = attr.Settle(options, a.attrs)
	}
}

// settleAction settles what the attribute of one action holds.
func settleAction(b []byte) {
	var kind string
	var options []byte
	// It was read before.
	_ = attr.Settle(b, func(c *attr.Codec) {
		attr.String(c, uapi.TCA_ACT_KIND, &kind)
		options = c.Payload(uapi.TCA_ACT_OPTIONS)
		c.Forget(uapi.TCA_ACT_STATS)
		c.Forget(uapi.TCA_ACT_IN_HW_COUNT)
		c.Forget(uapi.TCA_ACT_USED_HW_STATS)
	})
	if action, ok := actionKinds.new(kind); ok {
		settleAttrs(action, options)
	}
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
	var e wire.Encoder
	m.Put(e.Raw(uapi.SizeofTcmsg))
	d := wire.NewDecoderAfter(data, uapi.SizeofTcmsg)
	pruning(pruneTc).attrs(&e, &d)
	e.Fail(d.Err())
	if e.Err() != nil {
		return "", e.Err()
	}
	raw := e.Bytes()
	tc, err := readTc(raw)
	if err == nil {
		if v, ok := new(string(tc.kind)); ok {
			settleAttrs(v, tc.options)
		}
	}
	return string(raw), err
}

// pruneTc leaves out statistics, and what the kernel says about the request.
func pruneTc(_ *wire.Encoder, typ uint16, _ []byte) bool {
	switch typ {
	case uapi.TCA_STATS, uapi.TCA_STATS2, uapi.TCA_XSTATS, uapi.TCA_EXT_WARN_MSG:
		return true
	}
	return false
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
