package unix

import "unsafe"

// The calls of X/Open have control messages where older ones have descriptors, which are the names of these fields;
// flags come behind.

// SetControllen sets the length of the control messages.
func (msg *Msghdr) SetControllen(length int) { msg.Accrightslen = int32(length) }

func (msg *Msghdr) setControl(oob []byte) {
	msg.Accrights = (*int8)(unsafe.Pointer(&oob[0]))
	msg.SetControllen(len(oob))
}

func (msg *Msghdr) received() (oobn, flags int) {
	const at = unsafe.Offsetof(msg.Accrightslen) + unsafe.Sizeof(msg.Accrightslen)
	return int(msg.Accrightslen), int(*(*int32)(unsafe.Add(unsafe.Pointer(msg), at)))
}
