package wire

import (
	"kern.sys/internal/uapi"

	"kern.sys/internal/native"
)

// Objects steps through the objects of one datagram of a dump. What else is in
// it, for another request or about the dump itself, the engine keeps to itself.
type Objects struct {
	rest []byte
	seq  uint32 // of the request

	interrupted bool    // the kernel said so with NLM_F_DUMP_INTR
	bad         bool    // the datagram ended inside a message
	overrun     bool    // NLMSG_OVERRUN
	end         Message // NLMSG_DONE or NLMSG_ERROR: nothing follows
}

// Next returns the next object. It is valid until the callback returns.
func (o *Objects) Next() (m Message, ok bool) {
	b := o.rest
	if len(b) < uapi.SizeofNlmsghdr {
		return o.next()
	}
	n := int(native.Uint32(b))
	m = Message{
		Type:  native.Uint16(b[4:]),
		Flags: native.Uint16(b[6:]),
		Seq:   native.Uint32(b[8:]),
		PID:   native.Uint32(b[12:]),
	}
	if n < uapi.SizeofNlmsghdr || n > len(b) || m.Type < uapi.NLMSG_MIN_TYPE || m.Flags&uapi.NLM_F_DUMP_INTR != 0 ||
		m.Seq != o.seq {
		return o.next()
	}
	m.Data = b[uapi.SizeofNlmsghdr:n:n]
	o.rest = b[min(align4(n), len(b)):]
	return m, true
}

// next is Next where the message is not a plain object.
func (o *Objects) next() (Message, bool) {
	ms := messages{rest: o.rest}
	for {
		m, ok := ms.next()
		o.rest = ms.rest
		switch {
		case !ok:
			o.bad = o.bad || ms.bad
			o.rest = nil
			return Message{}, false
		case m.Seq != o.seq:
			continue
		case m.Flags&uapi.NLM_F_DUMP_INTR != 0:
			o.interrupted = true
		}
		switch m.Type {
		case uapi.NLMSG_NOOP:
		case uapi.NLMSG_OVERRUN, uapi.NLMSG_ERROR, uapi.NLMSG_DONE:
			o.overrun, o.end, o.rest = m.Type == uapi.NLMSG_OVERRUN, m, nil
			return Message{}, false
		default:
			return m, true
		}
	}
}
