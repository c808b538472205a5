package cli

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// AppendMessage appends a message as the kernel sent it.
func AppendMessage(b []byte, m wire.Message) []byte {
	h := uapi.Nlmsghdr{Len: uint32(uapi.SizeofNlmsghdr + len(m.Data)), Type: m.Type, Flags: m.Flags, Seq: m.Seq,
		Pid: m.PID}
	var header [uapi.SizeofNlmsghdr]byte
	h.Put(header[:])
	b = append(append(b, header[:]...), m.Data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
