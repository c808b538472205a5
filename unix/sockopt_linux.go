package unix

import "unsafe"

// BindToDevice ties a socket to a network interface, or with "" to none: SO_BINDTODEVICE of socket(7).
func BindToDevice(fd int, device string) (err error) {
	return SetsockoptString(fd, SOL_SOCKET, SO_BINDTODEVICE, device)
}

// SetsockoptCanRawFilter is setsockopt(2) for CAN_RAW_FILTER. Without filters nothing is received.
func SetsockoptCanRawFilter(fd, level, opt int, filter []CanFilter) error {
	return setsockopt(fd, level, opt, unsafe.Pointer(unsafe.SliceData(filter)),
		uintptr(len(filter))*unsafe.Sizeof(CanFilter{}))
}

// SetsockoptTCPRepairOpt is setsockopt(2) for TCP_REPAIR_OPTIONS.
func SetsockoptTCPRepairOpt(fd, level, opt int, o []TCPRepairOpt) (err error) {
	if len(o) == 0 {
		return EINVAL
	}
	return setsockopt(fd, level, opt, unsafe.Pointer(&o[0]), uintptr(len(o))*unsafe.Sizeof(o[0]))
}

// GetsockoptTimeval is getsockopt(2) for a time, as SO_RCVTIMEO. On architectures of 32 bits, SO_RCVTIMEO_NEW and its
// like have seconds of 64 bits: EOVERFLOW says that they do not fit.
func GetsockoptTimeval(fd, level, opt int) (*Timeval, error) {
	if !isSockTimeval(level, opt) {
		v := new(Timeval)
		return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
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
	v := new(Ucred)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptTCPInfo is getsockopt(2) for TCP_INFO.
func GetsockoptTCPInfo(fd, level, opt int) (*TCPInfo, error) {
	v := new(TCPInfo)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptTCPCCVegasInfo is getsockopt(2) for TCP_CC_INFO under congestion control "vegas" (or illinois, westwood…).
func GetsockoptTCPCCVegasInfo(fd, level, opt int) (*TCPVegasInfo, error) {
	v := new(TCPVegasInfo)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptTCPCCDCTCPInfo is getsockopt(2) for TCP_CC_INFO under congestion control "dctcp".
func GetsockoptTCPCCDCTCPInfo(fd, level, opt int) (*TCPDCTCPInfo, error) {
	v := new(TCPDCTCPInfo)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptTCPCCBBRInfo is getsockopt(2) for TCP_CC_INFO under congestion control "bbr".
func GetsockoptTCPCCBBRInfo(fd, level, opt int) (*TCPBBRInfo, error) {
	v := new(TCPBBRInfo)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptTpacketStats is getsockopt(2) for PACKET_STATISTICS, TPACKET_V1 and V2.
func GetsockoptTpacketStats(fd, level, opt int) (*TpacketStats, error) {
	v := new(TpacketStats)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptTpacketStatsV3 is getsockopt(2) for PACKET_STATISTICS, TPACKET_V3.
func GetsockoptTpacketStatsV3(fd, level, opt int) (*TpacketStatsV3, error) {
	v := new(TpacketStatsV3)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// SetsockoptTimeval is setsockopt(2) for a time, as SO_RCVTIMEO.
func SetsockoptTimeval(fd, level, opt int, tv *Timeval) (err error) {
	if tv != nil && isSockTimeval(level, opt) {
		v := KernelSockTimeval{Sec: int64(tv.Sec), Usec: int64(tv.Usec)}
		return setsockopt(fd, level, opt, unsafe.Pointer(&v), unsafe.Sizeof(v))
	}
	return setsockopt(fd, level, opt, unsafe.Pointer(tv), unsafe.Sizeof(*tv))
}

// isSockTimeval reports whether an option is a [KernelSockTimeval], which a [Timeval] is not on every architecture.
func isSockTimeval(level, opt int) bool {
	switch level {
	case SOL_SOCKET:
		return opt == SO_RCVTIMEO_NEW || opt == SO_SNDTIMEO_NEW
	case AF_VSOCK:
		return opt == SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW
	}
	return false
}

// SetsockoptPacketMreq is setsockopt(2) for PACKET_ADD_MEMBERSHIP and PACKET_DROP_MEMBERSHIP.
func SetsockoptPacketMreq(fd, level, opt int, mreq *PacketMreq) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(mreq), unsafe.Sizeof(*mreq))
}

// SetsockoptSockFprog is setsockopt(2) for a filter, as SO_ATTACH_FILTER.
func SetsockoptSockFprog(fd, level, opt int, fprog *SockFprog) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(fprog), unsafe.Sizeof(*fprog))
}

// SetsockoptTCPMD5Sig is setsockopt(2) for TCP_MD5SIG.
func SetsockoptTCPMD5Sig(fd, level, opt int, s *TCPMD5Sig) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(s), unsafe.Sizeof(*s))
}

// SetsockoptTpacketReq is setsockopt(2) for PACKET_RX_RING and PACKET_TX_RING, TPACKET_V1 and V2.
func SetsockoptTpacketReq(fd, level, opt int, tp *TpacketReq) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(tp), unsafe.Sizeof(*tp))
}

// SetsockoptTpacketReq3 is setsockopt(2) for PACKET_RX_RING and PACKET_TX_RING, TPACKET_V3.
func SetsockoptTpacketReq3(fd, level, opt int, tp *TpacketReq3) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(tp), unsafe.Sizeof(*tp))
}
