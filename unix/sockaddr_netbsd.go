package unix

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

// decodeOther returns an address of a family that other systems do not have: there is none.
func decodeOther(*RawSockaddrAny) (Sockaddr, error) { return nil, EAFNOSUPPORT }
