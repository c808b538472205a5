package wire

import (
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// Message is one netlink message (struct nlmsghdr and what follows it).
// Data shares the receive buffer: it is valid until the callback returns or
// the iteration goes on.
type Message struct {
	Type  uint16 // nlmsg_type
	Flags uint16 // nlmsg_flags, NLM_F_…
	Seq   uint32 // nlmsg_seq
	PID   uint32 // nlmsg_pid, the port the message is for
	Data  []byte // the family's header and the attributes
}

// align4 rounds n up to netlink's alignment of four bytes (NLMSG_ALIGNTO and
// NLA_ALIGNTO are the same).
func align4(n int) int { return (n + 3) &^ 3 }

// messages steps through the messages of one datagram.
type messages struct {
	rest []byte
	bad  bool // the datagram ended inside a message
}

func (ms *messages) next() (m Message, ok bool) {
	if len(ms.rest) == 0 {
		return m, false
	}
	if len(ms.rest) < uapi.SizeofNlmsghdr {
		ms.bad = true
		return m, false
	}
	b := ms.rest
	n := int(native.Uint32(b))
	if n < uapi.SizeofNlmsghdr || n > len(b) {
		ms.bad = true
		return m, false
	}
	m = Message{
		Type:  native.Uint16(b[4:]),
		Flags: native.Uint16(b[6:]),
		Seq:   native.Uint32(b[8:]),
		PID:   native.Uint32(b[12:]),
		Data:  b[uapi.SizeofNlmsghdr:n:n],
	}
	ms.rest = b[min(align4(n), len(b)):]
	return m, true
}

// Messages splits one datagram into its messages and calls each for every one;
// it returns [ErrMalformed] where the datagram ends inside a message.
func Messages(datagram []byte, each func(Message) error) error {
	ms := messages{rest: datagram}
	for m, ok := ms.next(); ok; m, ok = ms.next() {
		if err := each(m); err != nil {
			return err
		}
	}
	if ms.bad {
		return ErrMalformed
	}
	return nil
}

// typeMask takes the two flag bits off an attribute's type.
const typeMask = ^uint16(uapi.NLA_F_NESTED | uapi.NLA_F_NET_BYTEORDER)
