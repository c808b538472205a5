package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkXdp is the XDP program of a link: ip link set DEV xdp ….
type LinkXdp struct {
	Fd         int    // program to attach, -1 to take it off; never read
	Attached   bool   // some program is attached; read only
	AttachMode uint32 // XDP_ATTACHED_…; read only
	Flags      uint32 // XDP_FLAGS_…, how to attach
	ProgId     uint32 // the program's id where there is one; read only

	// ExpectedFd is the program that Fd replaces; sent with XDP_FLAGS_REPLACE.
	ExpectedFd int

	// Ids by where the program runs; read only, 0 for none.
	DrvProgId uint32
	SkbProgId uint32
	HwProgId  uint32
}

func (x *LinkXdp) encode(e *wire.Encoder) {
	e.Nest(uapi.IFLA_XDP | uapi.NLA_F_NESTED)
	e.Int32(uapi.IFLA_XDP_FD, toInt32(e, "xdp fd", x.Fd))
	if x.Flags != 0 {
		e.Uint32(uapi.IFLA_XDP_FLAGS, x.Flags)
	}
	if x.Flags&uapi.XDP_FLAGS_REPLACE != 0 {
		e.Int32(uapi.IFLA_XDP_EXPECTED_FD, toInt32(e, "expected xdp fd", x.ExpectedFd))
	}
	e.End()
}

func (x *LinkXdp) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.IFLA_XDP_FD:
			x.Fd = int(d.Int32())
		case uapi.IFLA_XDP_ATTACHED:
			x.AttachMode = uint32(d.Uint8())
			x.Attached = x.AttachMode != uapi.XDP_ATTACHED_NONE
		case uapi.IFLA_XDP_FLAGS:
			x.Flags = d.Uint32()
		case uapi.IFLA_XDP_PROG_ID:
			x.ProgId = d.Uint32()
		case uapi.IFLA_XDP_DRV_PROG_ID:
			x.DrvProgId = d.Uint32()
		case uapi.IFLA_XDP_SKB_PROG_ID:
			x.SkbProgId = d.Uint32()
		case uapi.IFLA_XDP_HW_PROG_ID:
			x.HwProgId = d.Uint32()
		}
	}
}

// LinkSetXdpFd attaches the XDP program that fd is open on, in place of the one
// there is; -1 takes it off.
func (h *Handle) LinkSetXdpFd(link Link, fd int) error {
	return h.LinkSetXdpFdWithFlags(link, fd, 0)
}

// LinkSetXdpFdWithFlags is LinkSetXdpFd with XDP_FLAGS_…, which say where the
// program is to run and whether it may replace another.
func (h *Handle) LinkSetXdpFdWithFlags(link Link, fd, flags int) error {
	return h.linkSet(link, fmt.Sprintf("xdp fd %d", fd), func(r *wire.Request) {
		x := LinkXdp{Fd: fd, Flags: toUint32(&r.Encoder, "xdp flags", flags)}
		x.encode(&r.Encoder)
	})
}
