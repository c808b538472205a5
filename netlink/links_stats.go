package netlink

import (
	"unsafe"

	"kern.sys/internal/uapi"
)

// Sizes of the kernel's counters in bytes. Kernels that are older or newer have
// fewer or more of them.
const (
	SizeofLinkStats32 = uapi.SizeofRtnlLinkStats
	SizeofLinkStats64 = uapi.SizeofRtnlLinkStats64
)

// LinkStatistics are a link's counters since it was made: ip -s -s link show.
type LinkStatistics LinkStatistics64

// LinkStatistics32 are the counters in the form that wraps at 2³²
// (struct rtnl_link_stats).
type LinkStatistics32 struct {
	RxPackets         uint32
	TxPackets         uint32
	RxBytes           uint32
	TxBytes           uint32
	RxErrors          uint32
	TxErrors          uint32
	RxDropped         uint32
	TxDropped         uint32
	Multicast         uint32
	Collisions        uint32
	RxLengthErrors    uint32
	RxOverErrors      uint32
	RxCrcErrors       uint32
	RxFrameErrors     uint32
	RxFifoErrors      uint32
	RxMissedErrors    uint32
	TxAbortedErrors   uint32
	TxCarrierErrors   uint32
	TxFifoErrors      uint32
	TxHeartbeatErrors uint32
	TxWindowErrors    uint32
	RxCompressed      uint32
	TxCompressed      uint32
	RxNohandler       uint32 // Linux 4.6
}

// LinkStatistics64 are a link's counters (struct rtnl_link_stats64). The
// kernel's header if_link.h says what counts as what.
type LinkStatistics64 struct {
	RxPackets          uint64
	TxPackets          uint64
	RxBytes            uint64
	TxBytes            uint64
	RxErrors           uint64
	TxErrors           uint64
	RxDropped          uint64
	TxDropped          uint64
	Multicast          uint64
	Collisions         uint64
	RxLengthErrors     uint64
	RxOverErrors       uint64
	RxCrcErrors        uint64
	RxFrameErrors      uint64
	RxFifoErrors       uint64
	RxMissedErrors     uint64
	TxAbortedErrors    uint64
	TxCarrierErrors    uint64
	TxFifoErrors       uint64
	TxHeartbeatErrors  uint64
	TxWindowErrors     uint64
	RxCompressed       uint64
	TxCompressed       uint64
	RxNohandler        uint64 // Linux 4.6
	RxOtherhostDropped uint64 // Linux 5.19
}

// decode64 reads struct rtnl_link_stats64 of any kernel: numbers of 64 bits in the
// machine's byte order, as LinkStatistics has them.
func (l *LinkStatistics) decode64(b []byte) {
	*l = LinkStatistics{}
	copy((*[SizeofLinkStats64]byte)(unsafe.Pointer(l))[:], b)
}

// Both have the same size.
var _ [SizeofLinkStats64]byte = [unsafe.Sizeof(LinkStatistics{})]byte{}

// decode32 reads struct rtnl_link_stats of any kernel.
func (l *LinkStatistics) decode32(b []byte) {
	var s uapi.RtnlLinkStats
	s.Decode(b)
	*l = LinkStatistics{
		RxPackets:         uint64(s.RxPackets),
		TxPackets:         uint64(s.TxPackets),
		RxBytes:           uint64(s.RxBytes),
		TxBytes:           uint64(s.TxBytes),
		RxErrors:          uint64(s.RxErrors),
		TxErrors:          uint64(s.TxErrors),
		RxDropped:         uint64(s.RxDropped),
		TxDropped:         uint64(s.TxDropped),
		Multicast:         uint64(s.Multicast),
		Collisions:        uint64(s.Collisions),
		RxLengthErrors:    uint64(s.RxLengthErrors),
		RxOverErrors:      uint64(s.RxOverErrors),
		RxCrcErrors:       uint64(s.RxCrcErrors),
		RxFrameErrors:     uint64(s.RxFrameErrors),
		RxFifoErrors:      uint64(s.RxFifoErrors),
		RxMissedErrors:    uint64(s.RxMissedErrors),
		TxAbortedErrors:   uint64(s.TxAbortedErrors),
		TxCarrierErrors:   uint64(s.TxCarrierErrors),
		TxFifoErrors:      uint64(s.TxFifoErrors),
		TxHeartbeatErrors: uint64(s.TxHeartbeatErrors),
		TxWindowErrors:    uint64(s.TxWindowErrors),
		RxCompressed:      uint64(s.RxCompressed),
		TxCompressed:      uint64(s.TxCompressed),
		RxNohandler:       uint64(s.RxNohandler),
	}
}
