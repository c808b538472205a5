package unix

import "unsafe"

// SockaddrVM is an address of vsock(7).
type SockaddrVM struct {
	CID   uint32
	Port  uint32
	Flags uint8
	raw   RawSockaddrVM
}

func (sa *SockaddrVM) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrVM{Family: AF_VSOCK, Port: sa.Port, Cid: sa.CID, Flags: sa.Flags}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrVM, nil
}

func decodeVM(raw *RawSockaddrVM) *SockaddrVM {
	return &SockaddrVM{CID: raw.Cid, Port: raw.Port, Flags: raw.Flags}
}

// SockaddrALG is an address of AF_ALG: an algorithm of the kernel's cryptography, as Type "skcipher", Name "cbc(aes)".
type SockaddrALG struct {
	Type    string
	Name    string
	Feature uint32
	Mask    uint32
	raw     RawSockaddrALG
}

func (sa *SockaddrALG) sockaddr() (unsafe.Pointer, uint32, error) {
	if len(sa.Type) >= len(sa.raw.Type) || len(sa.Name) >= len(sa.raw.Name) {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrALG{Family: AF_ALG, Feat: sa.Feature, Mask: sa.Mask}
	putText(sa.raw.Type[:], sa.Type)
	putText(sa.raw.Name[:], sa.Name)
	return unsafe.Pointer(&sa.raw), SizeofSockaddrALG, nil
}

// SockaddrIUCV is an address of AF_IUCV, between the virtual machines of a mainframe. Names are of up to 8 characters.
type SockaddrIUCV struct {
	UserID string
	Name   string
	raw    RawSockaddrIUCV
}

func (sa *SockaddrIUCV) sockaddr() (unsafe.Pointer, uint32, error) {
	if len(sa.UserID) > len(sa.raw.User_id) || len(sa.Name) > len(sa.raw.Name) {
		return nil, 0, EINVAL
	}
	const blank = "        "
	sa.raw = RawSockaddrIUCV{Family: AF_IUCV}
	putText(sa.raw.Nodeid[:], blank)
	putText(sa.raw.User_id[:], sa.UserID+blank)
	putText(sa.raw.Name[:], sa.Name+blank)
	return unsafe.Pointer(&sa.raw), SizeofSockaddrIUCV, nil
}

func decodeIUCV(raw *RawSockaddrIUCV) *SockaddrIUCV {
	return &SockaddrIUCV{UserID: textOf(raw.User_id[:]), Name: textOf(raw.Name[:])}
}

// SockaddrNFC is an address of AF_NFC, protocol NFC_SOCKPROTO_RAW.
type SockaddrNFC struct {
	DeviceIdx   uint32
	TargetIdx   uint32
	NFCProtocol uint32
	raw         RawSockaddrNFC
}

func (sa *SockaddrNFC) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrNFC{Sa_family: AF_NFC, Dev_idx: sa.DeviceIdx, Target_idx: sa.TargetIdx,
		Nfc_protocol: sa.NFCProtocol}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrNFC, nil
}

// SockaddrNFCLLCP is an address of AF_NFC, protocol NFC_SOCKPROTO_LLCP.
type SockaddrNFCLLCP struct {
	DeviceIdx      uint32
	TargetIdx      uint32
	NFCProtocol    uint32
	DestinationSAP uint8
	SourceSAP      uint8
	ServiceName    string
	raw            RawSockaddrNFCLLCP
}

func (sa *SockaddrNFCLLCP) sockaddr() (unsafe.Pointer, uint32, error) {
	if len(sa.ServiceName) > len(sa.raw.Service_name) {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrNFCLLCP{
		Sa_family: AF_NFC, Dev_idx: sa.DeviceIdx, Target_idx: sa.TargetIdx, Nfc_protocol: sa.NFCProtocol,
		Dsap: sa.DestinationSAP, Ssap: sa.SourceSAP,
	}
	putText(sa.raw.Service_name[:], sa.ServiceName)
	sa.raw.SetServiceNameLen(len(sa.ServiceName))
	return unsafe.Pointer(&sa.raw), SizeofSockaddrNFCLLCP, nil
}

// SetServiceNameLen sets the length of the name, whatever its width is on this architecture.
func (sa *RawSockaddrNFCLLCP) SetServiceNameLen(length int) {
	set(&sa.Service_name_len, int64(length))
}

func decodeNFC(fd int, rsa *RawSockaddrAny) (Sockaddr, error) {
	proto, err := protocolOf(fd)
	if err != nil {
		return nil, err
	}
	switch proto {
	case NFC_SOCKPROTO_RAW:
		raw := (*RawSockaddrNFC)(unsafe.Pointer(rsa))
		return &SockaddrNFC{DeviceIdx: raw.Dev_idx, TargetIdx: raw.Target_idx, NFCProtocol: raw.Nfc_protocol}, nil
	case NFC_SOCKPROTO_LLCP:
		raw := (*RawSockaddrNFCLLCP)(unsafe.Pointer(rsa))
		if uint64(raw.Service_name_len) > uint64(len(raw.Service_name)) {
			return nil, EINVAL
		}
		return &SockaddrNFCLLCP{
			DeviceIdx: raw.Dev_idx, TargetIdx: raw.Target_idx, NFCProtocol: raw.Nfc_protocol,
			DestinationSAP: raw.Dsap, SourceSAP: raw.Ssap, ServiceName: textOf(raw.Service_name[:raw.Service_name_len]),
		}, nil
	}
	return nil, EAFNOSUPPORT
}
