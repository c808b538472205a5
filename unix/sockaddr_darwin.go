package unix

import "unsafe"

// SockaddrDatalink is an address of AF_LINK: an interface. Nlen bytes of Data are its name, the Alen bytes behind
// them its hardware address.
type SockaddrDatalink struct {
	Len    uint8
	Family uint8
	Index  uint16
	Type   uint8
	Nlen   uint8
	Alen   uint8
	Slen   uint8
	Data   [12]int8
	raw    RawSockaddrDatalink
}

// SockaddrCtl is an address of AF_SYSTEM: a kernel control, as IoctlCtlInfo finds its id, and a unit of it.
type SockaddrCtl struct {
	ID   uint32
	Unit uint32
	raw  RawSockaddrCtl
}

func (sa *SockaddrCtl) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrCtl{Sc_len: SizeofSockaddrCtl, Sc_family: AF_SYSTEM, Ss_sysaddr: AF_SYS_CONTROL, Sc_id: sa.ID,
		Sc_unit: sa.Unit}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrCtl, nil
}

// SockaddrVM is an address of AF_VSOCK, by which a virtual machine and its host talk. CID is a VMADDR_CID_* or that
// of a guest.
type SockaddrVM struct {
	CID  uint32
	Port uint32
	raw  RawSockaddrVM
}

func (sa *SockaddrVM) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrVM{Len: SizeofSockaddrVM, Family: AF_VSOCK, Port: sa.Port, Cid: sa.CID}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrVM, nil
}

// decodeOther returns an address of a family that other systems do not have.
func decodeOther(rsa *RawSockaddrAny) (Sockaddr, error) {
	switch rsa.Addr.Family {
	case AF_SYSTEM:
		raw := (*RawSockaddrCtl)(unsafe.Pointer(rsa))
		if raw.Ss_sysaddr == AF_SYS_CONTROL {
			return &SockaddrCtl{ID: raw.Sc_id, Unit: raw.Sc_unit}, nil
		}
	case AF_VSOCK:
		raw := (*RawSockaddrVM)(unsafe.Pointer(rsa))
		return &SockaddrVM{CID: raw.Cid, Port: raw.Port}, nil
	}
	return nil, EAFNOSUPPORT
}
