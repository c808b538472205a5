package unix

import "unsafe"

// SockaddrDatalink is an address of AF_LINK: an interface. Nlen bytes of Data are its name, the Alen bytes behind
// them its hardware address.
type SockaddrDatalink struct {
	Family uint16
	Index  uint16
	Type   uint8
	Nlen   uint8
	Alen   uint8
	Slen   uint8
	Data   [244]int8
	raw    RawSockaddrDatalink
}

func (sa *SockaddrDatalink) sockaddr() (unsafe.Pointer, uint32, error) {
	if sa.Index == 0 {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrDatalink{
		Family: AF_LINK, Index: sa.Index, Type: sa.Type, Nlen: sa.Nlen, Alen: sa.Alen, Slen: sa.Slen, Data: sa.Data,
	}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrDatalink, nil
}
