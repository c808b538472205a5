package unix

import (
	"encoding/binary"
	"unsafe"
)

// SockaddrNetlink is an address of netlink(7).
type SockaddrNetlink struct {
	Family uint16 // AF_NETLINK; set by the calls that return an address, not read by those that take one
	Pad    uint16
	Pid    uint32 // the socket's port; zero is the kernel, or in Bind "any free one"
	Groups uint32 // bit n-1 stands for multicast group n
	raw    RawSockaddrNetlink
}

func (sa *SockaddrNetlink) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrNetlink{Family: AF_NETLINK, Pad: sa.Pad, Pid: sa.Pid, Groups: sa.Groups}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrNetlink, nil
}

func decodeNetlink(raw *RawSockaddrNetlink) *SockaddrNetlink {
	return &SockaddrNetlink{Family: raw.Family, Pad: raw.Pad, Pid: raw.Pid, Groups: raw.Groups}
}

// SockaddrLinklayer is an address of packet(7).
type SockaddrLinklayer struct {
	Protocol uint16 // ETH_P_*, in network byte order
	Ifindex  int
	Hatype   uint16
	Pkttype  uint8
	Halen    uint8
	Addr     [8]byte
	raw      RawSockaddrLinklayer
}

func (sa *SockaddrLinklayer) sockaddr() (unsafe.Pointer, uint32, error) {
	if !index32(sa.Ifindex) {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrLinklayer{
		Family: AF_PACKET, Protocol: sa.Protocol, Ifindex: int32(sa.Ifindex), Hatype: sa.Hatype, Pkttype: sa.Pkttype,
		Halen: sa.Halen, Addr: sa.Addr,
	}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrLinklayer, nil
}

func decodeLinklayer(raw *RawSockaddrLinklayer) *SockaddrLinklayer {
	return &SockaddrLinklayer{
		Protocol: raw.Protocol, Ifindex: int(raw.Ifindex), Hatype: raw.Hatype, Pkttype: raw.Pkttype, Halen: raw.Halen,
		Addr: raw.Addr,
	}
}

// SockaddrXDP is an address of AF_XDP: a queue of a network interface.
type SockaddrXDP struct {
	Flags        uint16
	Ifindex      uint32
	QueueID      uint32
	SharedUmemFD uint32
	raw          RawSockaddrXDP
}

func (sa *SockaddrXDP) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrXDP{
		Family: AF_XDP, Flags: sa.Flags, Ifindex: sa.Ifindex, Queue_id: sa.QueueID, Shared_umem_fd: sa.SharedUmemFD,
	}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrXDP, nil
}

func decodeXDP(raw *RawSockaddrXDP) *SockaddrXDP {
	return &SockaddrXDP{Flags: raw.Flags, Ifindex: raw.Ifindex, QueueID: raw.Queue_id, SharedUmemFD: raw.Shared_umem_fd}
}

// SockaddrPPPoE is an address of AF_PPPOX, protocol PX_PROTO_OE: a session with a remote Ethernet address.
type SockaddrPPPoE struct {
	SID    uint16
	Remote []byte // 6 bytes
	Dev    string
	raw    RawSockaddrPPPoX
}

// What struct sockaddr_pppox, which is packed, has where.
const (
	pppoxProtocol = 2
	pppoxSID      = 6
	pppoxRemote   = 8
	pppoxDev      = 14
)

func (sa *SockaddrPPPoE) sockaddr() (unsafe.Pointer, uint32, error) {
	if len(sa.Remote) != pppoxDev-pppoxRemote || len(sa.Dev) >= len(sa.raw)-pppoxDev {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrPPPoX{}
	binary.NativeEndian.PutUint16(sa.raw[:], AF_PPPOX)
	sa.raw[pppoxSID], sa.raw[pppoxSID+1] = byte(sa.SID>>8), byte(sa.SID) // protocol 0 is PPPoE
	copy(sa.raw[pppoxRemote:], sa.Remote)
	copy(sa.raw[pppoxDev:], sa.Dev)
	return unsafe.Pointer(&sa.raw), SizeofSockaddrPPPoX, nil
}

func decodePPPoE(raw *RawSockaddrPPPoX) (Sockaddr, error) {
	if [4]byte(raw[pppoxProtocol:]) != [4]byte{} {
		return nil, EINVAL
	}
	return &SockaddrPPPoE{
		SID:    uint16(raw[pppoxSID])<<8 | uint16(raw[pppoxSID+1]),
		Remote: append([]byte(nil), raw[pppoxRemote:pppoxDev]...),
		Dev:    ByteSliceToString(raw[pppoxDev:]),
	}, nil
}
