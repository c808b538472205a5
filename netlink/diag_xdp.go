package netlink

import (
	"errors"
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// XDP_SHOW_… say what to ask for of XDP sockets.
const (
	XDP_SHOW_INFO     = uapi.XDP_SHOW_INFO
	XDP_SHOW_RING_CFG = uapi.XDP_SHOW_RING_CFG
	XDP_SHOW_UMEM     = uapi.XDP_SHOW_UMEM
	XDP_SHOW_MEMINFO  = uapi.XDP_SHOW_MEMINFO
	XDP_SHOW_STATS    = uapi.XDP_SHOW_STATS
)

// XDP_DIAG_… are attributes of XDP sockets.
const (
	XDP_DIAG_NONE                 = uapi.XDP_DIAG_NONE
	XDP_DIAG_INFO                 = uapi.XDP_DIAG_INFO
	XDP_DIAG_UID                  = uapi.XDP_DIAG_UID
	XDP_DIAG_RX_RING              = uapi.XDP_DIAG_RX_RING
	XDP_DIAG_TX_RING              = uapi.XDP_DIAG_TX_RING
	XDP_DIAG_UMEM                 = uapi.XDP_DIAG_UMEM
	XDP_DIAG_UMEM_FILL_RING       = uapi.XDP_DIAG_UMEM_FILL_RING
	XDP_DIAG_UMEM_COMPLETION_RING = uapi.XDP_DIAG_UMEM_COMPLETION_RING
	XDP_DIAG_MEMINFO              = uapi.XDP_DIAG_MEMINFO
	XDP_DIAG_STATS                = uapi.XDP_DIAG_STATS
)

// XDP_DU_F_ZEROCOPY in [XDPDiagUmem.Flags] says that the device works in the memory itself.
const XDP_DU_F_ZEROCOPY = uapi.XDP_DU_F_ZEROCOPY

// XDPSocket is an AF_XDP socket.
type XDPSocket struct {
	Family uint8 // AF_XDP
	Type   uint8 // SOCK_RAW
	Ino    uint32
	Cookie [2]uint32 // the kernel's number, lower half first
}

// XDPInfo describes an AF_XDP socket.
type XDPInfo struct {
	Ifindex uint32 // the link that it is bound to; 0: none
	QueueID uint32

	UID uint32

	// How many descriptors the rings have; 0: there is no such ring.
	RxRingEntries             uint32
	TxRingEntries             uint32
	UmemFillRingEntries       uint32
	UmemCompletionRingEntries uint32

	Umem  *XDPDiagUmem
	Stats *XDPDiagStats

	Memory *SocketMemory
}

// XDPDiagUmem is the memory that an AF_XDP socket shares with the kernel.
type XDPDiagUmem struct {
	Size      uint64 // bytes
	ID        uint32
	NumPages  uint32
	ChunkSize uint32
	Headroom  uint32
	Ifindex   uint32
	QueueID   uint32
	Flags     uint32 // XDP_DU_F_…
	Refs      uint32
}

// XDPDiagStats counts packets and descriptors of an AF_XDP socket.
type XDPDiagStats struct {
	RxDropped     uint64
	RxInvalid     uint64
	RxFull        uint64
	FillRingEmpty uint64
	TxInvalid     uint64
	TxRingEmpty   uint64
}

// XDPDiagInfoResp describes an AF_XDP socket.
type XDPDiagInfoResp struct {
	XDPDiagMsg *XDPSocket
	XDPInfo    *XDPInfo
}

// SocketDiagXDP returns the AF_XDP sockets of the namespace: ss --xdp. It takes CAP_NET_ADMIN. See
// [ErrDumpInterrupted].
func (h *Handle) SocketDiagXDP() ([]*XDPDiagInfoResp, error) {
	r := diagRequest(uapi.SOCK_DIAG_BY_FAMILY)
	m := uapi.XdpDiagReq{SdiagFamily: uapi.AF_XDP, XdiagShow: XDP_SHOW_INFO | XDP_SHOW_RING_CFG | XDP_SHOW_UMEM |
		XDP_SHOW_MEMINFO | XDP_SHOW_STATS}
	m.Put(r.Header(uapi.SizeofXdpDiagReq))
	return list(h, r, "xdp socket list", func(m wire.Message) (*XDPDiagInfoResp, bool, error) {
		x := &XDPDiagInfoResp{XDPDiagMsg: new(XDPSocket), XDPInfo: new(XDPInfo)}
		err := x.decode(m.Data)
		return x, err == nil, err
	})
}

// SocketXDPGetInfo returns the AF_XDP socket with an inode number and a cookie. An ino of 0 is any, a cookie of
// 0 or SOCK_ANY_COOKIE too. More than one socket is an error, as is none. The kernel lists all of them.
func (h *Handle) SocketXDPGetInfo(ino uint32, cookie uint64) (*XDPDiagInfoResp, error) {
	all, err := h.SocketDiagXDP()
	if err != nil {
		return nil, err
	}
	want := [2]uint32{uint32(cookie), uint32(cookie >> 32)}
	var found *XDPDiagInfoResp
	for _, x := range all {
		if ino != 0 && x.XDPDiagMsg.Ino != ino || cookie != 0 && cookie != SOCK_ANY_COOKIE && x.XDPDiagMsg.Cookie != want {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("xdp socket get ino %d cookie %#x: there is more than one", ino, cookie)
		}
		found = x
	}
	if found == nil {
		return nil, fmt.Errorf("xdp socket get ino %d cookie %#x: %w", ino, cookie, errNoXDPSocket)
	}
	return found, nil
}

var errNoXDPSocket = errors.New("no such socket")

func (x *XDPDiagInfoResp) decode(b []byte) error {
	if err := needSocket(b, uapi.SizeofXdpDiagMsg); err != nil {
		return err
	}
	var m uapi.XdpDiagMsg
	m.Decode(b)
	*x.XDPDiagMsg = XDPSocket{Family: m.Family, Type: m.Type, Ino: m.Ino, Cookie: m.Cookie}
	info := x.XDPInfo
	d := wire.NewDecoderAfter(b, uapi.SizeofXdpDiagMsg)
	for d.Next() {
		switch d.Type() {
		case XDP_DIAG_INFO:
			var m uapi.XdpDiagInfo
			m.Decode(d.Data())
			info.Ifindex, info.QueueID = m.Ifindex, m.QueueId
		case XDP_DIAG_UID:
			info.UID = d.Uint32()
		case XDP_DIAG_RX_RING:
			info.RxRingEntries = d.Uint32()
		case XDP_DIAG_TX_RING:
			info.TxRingEntries = d.Uint32()
		case XDP_DIAG_UMEM_FILL_RING:
			info.UmemFillRingEntries = d.Uint32()
		case XDP_DIAG_UMEM_COMPLETION_RING:
			info.UmemCompletionRingEntries = d.Uint32()
		case XDP_DIAG_UMEM:
			var m uapi.XdpDiagUmem
			m.Decode(d.Data())
			info.Umem = &XDPDiagUmem{
				Size: m.Size, ID: m.Id, NumPages: m.NumPages, ChunkSize: m.ChunkSize, Headroom: m.Headroom,
				Ifindex: m.Ifindex, QueueID: m.QueueId, Flags: m.Flags, Refs: m.Refs,
			}
		case XDP_DIAG_MEMINFO:
			info.Memory = decodeSocketMemory(d.Data())
		case XDP_DIAG_STATS:
			var m uapi.XdpDiagStats
			m.Decode(d.Data())
			info.Stats = &XDPDiagStats{
				RxDropped: m.RxDropped, RxInvalid: m.RxInvalid, RxFull: m.RxFull,
				FillRingEmpty: m.FillRingEmpty, TxInvalid: m.TxInvalid, TxRingEmpty: m.TxRingEmpty,
			}
		}
	}
	return d.Err()
}
