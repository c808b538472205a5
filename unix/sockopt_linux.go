package unix

import "unsafe"

// optionRoom is memory for an option of up to 16 bytes, with room behind it: some protocols, as Bluetooth's, store an int
// whatever size they are told of.
type optionRoom [3]uint64

// getOption reads an option that is a T. size is how many bytes the kernel says that it has.
func getOption[T any](fd, level, opt int) (v T, size uint32, err error) {
	var room optionRoom
	size = uint32(unsafe.Sizeof(v))
	err = getsockopt(fd, level, opt, unsafe.Pointer(&room), &size)
	return *(*T)(unsafe.Pointer(&room)), size, err
}

// getOptionPtr is getOption for structures, all of which have at least 8 bytes.
func getOptionPtr[T any](fd, level, opt int) (*T, error) {
	v := new(T)
	size := uint32(unsafe.Sizeof(*v))
	err := getsockopt(fd, level, opt, unsafe.Pointer(v), &size)
	return v, err
}

func setOption[T any](fd, level, opt int, v *T) error {
	return setsockopt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptInt is getsockopt(2) for an option that is a C int.
func GetsockoptInt(fd, level, opt int) (value int, err error) {
	v, _, err := getOption[int32](fd, level, opt)
	return int(v), err
}

// SetsockoptInt is setsockopt(2) for an option that is a C int.
func SetsockoptInt(fd, level, opt int, value int) (err error) {
	v := int32(value)
	return setOption(fd, level, opt, &v)
}

// GetsockoptByte is getsockopt(2) for an option that is a byte.
func GetsockoptByte(fd, level, opt int) (value byte, err error) {
	value, _, err = getOption[byte](fd, level, opt)
	return value, err
}

// SetsockoptByte is setsockopt(2) for an option that is a byte.
func SetsockoptByte(fd, level, opt int, value byte) (err error) {
	return setOption(fd, level, opt, &value)
}

// GetsockoptUint64 is getsockopt(2) for an option of 64 bits, as SO_COOKIE. Of one that is a C int the rest is 0.
func GetsockoptUint64(fd, level, opt int) (value uint64, err error) {
	value, size, err := getOption[uint64](fd, level, opt)
	if size == 4 {
		value = uint64(*(*uint32)(unsafe.Pointer(&value)))
	}
	return value, err
}

// SetsockoptUint64 is setsockopt(2) for an option of 64 bits.
func SetsockoptUint64(fd, level, opt int, value uint64) (err error) {
	return setOption(fd, level, opt, &value)
}

// GetsockoptInet4Addr is getsockopt(2) for an option that is an IPv4 address.
func GetsockoptInet4Addr(fd, level, opt int) (value [4]byte, err error) {
	value, _, err = getOption[[4]byte](fd, level, opt)
	return value, err
}

// SetsockoptInet4Addr is setsockopt(2) for an option that is an IPv4 address.
func SetsockoptInet4Addr(fd, level, opt int, value [4]byte) (err error) {
	return setOption(fd, level, opt, &value)
}

// GetsockoptString is getsockopt(2) for an option that is text, as SO_BINDTODEVICE.
func GetsockoptString(fd, level, opt int) (string, error) {
	buf := make([]byte, 256)
	size := uint32(len(buf))
	err := getsockopt(fd, level, opt, unsafe.Pointer(&buf[0]), &size)
	if err == ERANGE && int(size) > len(buf) { // SO_PEERSEC says so, and how much it takes
		buf = make([]byte, size)
		err = getsockopt(fd, level, opt, unsafe.Pointer(&buf[0]), &size)
	}
	if err != nil {
		return "", err
	}
	return ByteSliceToString(buf[:min(int(size), len(buf))]), nil
}

// SetsockoptString is setsockopt(2) for an option that is bytes.
func SetsockoptString(fd, level, opt int, s string) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
}

// BindToDevice ties a socket to a network interface, or with "" to none: SO_BINDTODEVICE of socket(7).
func BindToDevice(fd int, device string) (err error) {
	return SetsockoptString(fd, SOL_SOCKET, SO_BINDTODEVICE, device)
}

// SetsockoptCanRawFilter is setsockopt(2) for CAN_RAW_FILTER. Without filters nothing is received.
func SetsockoptCanRawFilter(fd, level, opt int, filter []CanFilter) error {
	return setsockopt(fd, level, opt, unsafe.Pointer(unsafe.SliceData(filter)), uintptr(len(filter))*unsafe.Sizeof(CanFilter{}))
}

// SetsockoptTCPRepairOpt is setsockopt(2) for TCP_REPAIR_OPTIONS.
func SetsockoptTCPRepairOpt(fd, level, opt int, o []TCPRepairOpt) (err error) {
	if len(o) == 0 {
		return EINVAL
	}
	return setsockopt(fd, level, opt, unsafe.Pointer(&o[0]), uintptr(len(o))*unsafe.Sizeof(o[0]))
}

// GetsockoptLinger is getsockopt(2) for SO_LINGER.
func GetsockoptLinger(fd, level, opt int) (*Linger, error) {
	return getOptionPtr[Linger](fd, level, opt)
}

// GetsockoptTimeval is getsockopt(2) for a time, as SO_RCVTIMEO. On architectures of 32 bits, SO_RCVTIMEO_NEW and its
// like have seconds of 64 bits: EOVERFLOW says that they do not fit.
func GetsockoptTimeval(fd, level, opt int) (*Timeval, error) {
	if !isSockTimeval(level, opt) {
		return getOptionPtr[Timeval](fd, level, opt)
	}
	v, _, err := getOption[KernelSockTimeval](fd, level, opt)
	tv := new(Timeval)
	if err != nil {
		return tv, err
	}
	set(&tv.Sec, v.Sec)
	set(&tv.Usec, v.Usec)
	if int64(tv.Sec) != v.Sec {
		return new(Timeval), EOVERFLOW
	}
	return tv, nil
}

// GetsockoptUcred is getsockopt(2) for SO_PEERCRED.
func GetsockoptUcred(fd, level, opt int) (*Ucred, error) {
	return getOptionPtr[Ucred](fd, level, opt)
}

// GetsockoptTCPInfo is getsockopt(2) for TCP_INFO.
func GetsockoptTCPInfo(fd, level, opt int) (*TCPInfo, error) {
	return getOptionPtr[TCPInfo](fd, level, opt)
}

// GetsockoptTCPCCVegasInfo is getsockopt(2) for TCP_CC_INFO under congestion control "vegas" (or illinois, westwood…).
func GetsockoptTCPCCVegasInfo(fd, level, opt int) (*TCPVegasInfo, error) {
	return getOptionPtr[TCPVegasInfo](fd, level, opt)
}

// GetsockoptTCPCCDCTCPInfo is getsockopt(2) for TCP_CC_INFO under congestion control "dctcp".
func GetsockoptTCPCCDCTCPInfo(fd, level, opt int) (*TCPDCTCPInfo, error) {
	return getOptionPtr[TCPDCTCPInfo](fd, level, opt)
}

// GetsockoptTCPCCBBRInfo is getsockopt(2) for TCP_CC_INFO under congestion control "bbr".
func GetsockoptTCPCCBBRInfo(fd, level, opt int) (*TCPBBRInfo, error) {
	return getOptionPtr[TCPBBRInfo](fd, level, opt)
}

// GetsockoptTpacketStats is getsockopt(2) for PACKET_STATISTICS, TPACKET_V1 and V2.
func GetsockoptTpacketStats(fd, level, opt int) (*TpacketStats, error) {
	return getOptionPtr[TpacketStats](fd, level, opt)
}

// GetsockoptTpacketStatsV3 is getsockopt(2) for PACKET_STATISTICS, TPACKET_V3.
func GetsockoptTpacketStatsV3(fd, level, opt int) (*TpacketStatsV3, error) {
	return getOptionPtr[TpacketStatsV3](fd, level, opt)
}

// GetsockoptIPMreq is getsockopt(2) for a group and the address of an interface.
func GetsockoptIPMreq(fd, level, opt int) (*IPMreq, error) {
	return getOptionPtr[IPMreq](fd, level, opt)
}

// GetsockoptIPMreqn is getsockopt(2) for a group, and an interface by address or index.
func GetsockoptIPMreqn(fd, level, opt int) (*IPMreqn, error) {
	return getOptionPtr[IPMreqn](fd, level, opt)
}

// GetsockoptIPv6Mreq is getsockopt(2) for an IPv6 group and an interface.
func GetsockoptIPv6Mreq(fd, level, opt int) (*IPv6Mreq, error) {
	return getOptionPtr[IPv6Mreq](fd, level, opt)
}

// GetsockoptIPv6MTUInfo is getsockopt(2) for IPV6_PATHMTU.
func GetsockoptIPv6MTUInfo(fd, level, opt int) (*IPv6MTUInfo, error) {
	return getOptionPtr[IPv6MTUInfo](fd, level, opt)
}

// GetsockoptICMPv6Filter is getsockopt(2) for ICMPV6_FILTER.
func GetsockoptICMPv6Filter(fd, level, opt int) (*ICMPv6Filter, error) {
	return getOptionPtr[ICMPv6Filter](fd, level, opt)
}

// SetsockoptLinger is setsockopt(2) for SO_LINGER.
func SetsockoptLinger(fd, level, opt int, l *Linger) (err error) {
	return setOption(fd, level, opt, l)
}

// SetsockoptTimeval is setsockopt(2) for a time, as SO_RCVTIMEO.
func SetsockoptTimeval(fd, level, opt int, tv *Timeval) (err error) {
	if tv != nil && isSockTimeval(level, opt) {
		return setOption(fd, level, opt, &KernelSockTimeval{Sec: int64(tv.Sec), Usec: int64(tv.Usec)})
	}
	return setOption(fd, level, opt, tv)
}

// isSockTimeval tells whether an option is a [KernelSockTimeval], which a [Timeval] is not on every architecture.
func isSockTimeval(level, opt int) bool {
	switch level {
	case SOL_SOCKET:
		return opt == SO_RCVTIMEO_NEW || opt == SO_SNDTIMEO_NEW
	case AF_VSOCK:
		return opt == SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW
	}
	return false
}

// SetsockoptIPMreq is setsockopt(2) for a group and the address of an interface.
func SetsockoptIPMreq(fd, level, opt int, mreq *IPMreq) (err error) {
	return setOption(fd, level, opt, mreq)
}

// SetsockoptIPMreqn is setsockopt(2) for a group, and an interface by address or index.
func SetsockoptIPMreqn(fd, level, opt int, mreq *IPMreqn) (err error) {
	return setOption(fd, level, opt, mreq)
}

// SetsockoptIPv6Mreq is setsockopt(2) for an IPv6 group and an interface.
func SetsockoptIPv6Mreq(fd, level, opt int, mreq *IPv6Mreq) (err error) {
	return setOption(fd, level, opt, mreq)
}

// SetsockoptICMPv6Filter is setsockopt(2) for ICMPV6_FILTER.
func SetsockoptICMPv6Filter(fd, level, opt int, filter *ICMPv6Filter) (err error) {
	return setOption(fd, level, opt, filter)
}

// SetsockoptPacketMreq is setsockopt(2) for PACKET_ADD_MEMBERSHIP and PACKET_DROP_MEMBERSHIP.
func SetsockoptPacketMreq(fd, level, opt int, mreq *PacketMreq) (err error) {
	return setOption(fd, level, opt, mreq)
}

// SetsockoptSockFprog is setsockopt(2) for a filter, as SO_ATTACH_FILTER.
func SetsockoptSockFprog(fd, level, opt int, fprog *SockFprog) (err error) {
	return setOption(fd, level, opt, fprog)
}

// SetsockoptTCPMD5Sig is setsockopt(2) for TCP_MD5SIG.
func SetsockoptTCPMD5Sig(fd, level, opt int, s *TCPMD5Sig) (err error) {
	return setOption(fd, level, opt, s)
}

// SetsockoptTpacketReq is setsockopt(2) for PACKET_RX_RING and PACKET_TX_RING, TPACKET_V1 and V2.
func SetsockoptTpacketReq(fd, level, opt int, tp *TpacketReq) (err error) {
	return setOption(fd, level, opt, tp)
}

// SetsockoptTpacketReq3 is setsockopt(2) for PACKET_RX_RING and PACKET_TX_RING, TPACKET_V3.
func SetsockoptTpacketReq3(fd, level, opt int, tp *TpacketReq3) (err error) {
	return setOption(fd, level, opt, tp)
}
