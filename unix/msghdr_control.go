//go:build unix && !solaris

package unix

// SetControllen sets the length of the control messages, whatever its width is on this architecture.
func (msg *Msghdr) SetControllen(length int) { set(&msg.Controllen, int64(length)) }

// setControl sets the control messages to send, or the room for those to receive. There are some.
func (msg *Msghdr) setControl(oob []byte) {
	msg.Control = &oob[0]
	msg.SetControllen(len(oob))
}

// received returns how many bytes of control messages came, and the flags.
func (msg *Msghdr) received() (oobn, flags int) { return int(msg.Controllen), int(msg.Flags) }
