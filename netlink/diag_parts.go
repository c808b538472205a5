package netlink

import (
	"encoding/binary"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// decodeSocketMemory reads the numbers SK_MEMINFO_…, of which older kernels have fewer.
func decodeSocketMemory(b []byte) *SocketMemory {
	var v [uapi.SK_MEMINFO_VARS]uint32
	for i := range v {
		if len(b) >= 4*(i+1) {
			v[i] = native.Uint32(b[4*i:])
		}
	}
	return &SocketMemory{
		RMemAlloc: v[uapi.SK_MEMINFO_RMEM_ALLOC], RcvBuf: v[uapi.SK_MEMINFO_RCVBUF],
		WMemAlloc: v[uapi.SK_MEMINFO_WMEM_ALLOC], SndBuf: v[uapi.SK_MEMINFO_SNDBUF],
		FwdAlloc: v[uapi.SK_MEMINFO_FWD_ALLOC], WMemQueued: v[uapi.SK_MEMINFO_WMEM_QUEUED],
		OptMem: v[uapi.SK_MEMINFO_OPTMEM], Backlog: v[uapi.SK_MEMINFO_BACKLOG], Drops: v[uapi.SK_MEMINFO_DROPS],
	}
}

// decodeSocketOptions reads struct inet_diag_sockopt: bits from the machine's lower end.
func decodeSocketOptions(b []byte) *SocketOptions {
	o := new(SocketOptions)
	for i, to := range [...]*bool{
		&o.RecvErr, &o.IsICSK, &o.FreeBind, &o.HdrIncl, &o.MCLoop, &o.Transparent, &o.MCAll, &o.NoDefrag,
		&o.BindAddressNoPort, &o.RecvErrRFC4884, &o.DeferConnect,
	} {
		if i/8 < len(b) {
			*to = bitsOf(b[i/8], i%8, 1) != 0
		}
	}
	return o
}

// decodeSockaddrs reads an array of struct sockaddr_storage.
func decodeSockaddrs(b []byte) (all []netip.AddrPort) {
	const size = 128
	for ; len(b) >= size; b = b[size:] {
		port := binary.BigEndian.Uint16(b[2:])
		switch native.Uint16(b) {
		case uapi.AF_INET:
			all = append(all, netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port))
		case uapi.AF_INET6:
			all = append(all, netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), port))
		}
	}
	return all
}
