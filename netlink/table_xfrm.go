package netlink

import (
	"errors"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// xfrmMigrations are messages about policies and states that have other addresses. The kernel does not say what the
// states are then.
func xfrmMigrations() groupMessages {
	return groupMessages{[]uint16{uapi.XFRM_MSG_MIGRATE, uapi.XFRM_MSG_MIGRATE_STATE}, []uint32{uapi.XFRMNLGRP_MIGRATE}}
}

// xfrmForm is how a sort of objects of IPsec is announced. An object is a structure of a size and attributes.
type xfrmForm struct {
	new, update, del, expire uint16
	size, id                 int    // of the structure, and of that which del begins with
	whole                    uint16 // the attribute of del that has the structure
	// still returns the structure without what the kernel counts.
	still func(b []byte) []byte
	// attr copies an attribute, without what the kernel counts and without keys.
	attr func(e *wire.Encoder, typ uint16, data []byte)
}

// split makes messages of the types new and del of those that say that an object is new, replaced (NLM_F_REPLACE),
// deleted or has expired, and none of others.
func (f *xfrmForm) split(m wire.Message, each func(wire.Message) error) error {
	to := wire.Message{Type: f.new}
	head, attrs := m.Data, xfrmTail(f.size)
	switch m.Type {
	case f.new:
	case f.update:
		to.Flags = uapi.NLM_F_REPLACE
	case f.del:
		to.Type, attrs = f.del, f.id
		head = attrIn(m.Data, f.id, f.whole)
	case f.expire:
		if byteAt(m.Data, attrs) == 0 {
			return nil // it is to be replaced soon
		}
		to.Type, attrs = f.del, xfrmAndByte(f.size)
	default:
		return nil
	}
	var e wire.Encoder
	copy(e.Raw(xfrmTail(f.size)), f.still(head))
	d := wire.NewDecoderAfter(m.Data, attrs)
	for d.Next() {
		if d.Type() != f.whole {
			f.attr(&e, d.Type(), d.Data())
		}
	}
	if err := errors.Join(d.Err(), e.Err()); err != nil {
		return err
	}
	to.Data = e.Bytes()
	return each(to)
}

// stillXfrm reads a structure, has change take out what the kernel counts, and writes it again.
func stillXfrm[T interface {
	wire.Putter
	Decode([]byte)
}](b []byte, size int, v T, change func()) []byte {
	v.Decode(b[:min(len(b), xfrmTail(size))])
	change()
	still := make([]byte, size)
	v.Put(still)
	return still[:xfrmTail(size)]
}

// stillLifetime leaves out all but when the object was added.
func stillLifetime(l *uapi.XfrmLifetimeCur) { *l = uapi.XfrmLifetimeCur{AddTime: l.AddTime} }

// keyXfrmMark appends the mark that is a part of an object's identity.
func (k *keyOf) keyXfrmMark(data []byte, header int) {
	if b := attrIn(data, header, uapi.XFRMA_MARK); len(b) >= uapi.SizeofXfrmMark {
		m := decodeXfrmMark(b)
		*k = native.AppendUint32(native.AppendUint32(*k, m.Value), m.Mask)
	}
}
