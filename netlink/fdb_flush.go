package netlink

import (
	"errors"
	"fmt"
	"math"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// FDBFilter says which forwarding entries [Handle.FDBFlush] deletes. Zero fields leave the choice open.
type FDBFilter struct {
	LinkIndex int // of the bridge, of a port with NTF_MASTER in Flags, or of the VXLAN device; never left open
	PortIndex int // of a bridge's port, or of the link that a VXLAN device sends by
	Vlan      int

	// State is compared in the bits of StateMask, which are some of NUD_PERMANENT and NUD_NOARP: an entry of a
	// bridge is permanent, static (NUD_NOARP) or dynamic (none of them).
	State, StateMask int
	// Flags has NTF_SELF (the default) or NTF_MASTER, whose entries are deleted, and the values of the bits in
	// FlagsMask: NTF_USE for entries that a user added, NTF_EXT_LEARNED, NTF_STICKY, NTF_OFFLOADED, NTF_ROUTER.
	Flags, FlagsMask int

	// Of VXLAN devices.
	Dst         netip.Addr
	Port        int
	VNI, SrcVNI *uint32
	NHID        int
}

// FDBFlush deletes the forwarding entries that filter chooses: bridge fdb flush (Linux 5.19; of VXLAN devices 6.7).
func (h *Handle) FDBFlush(filter FDBFilter) error {
	return h.exec(filter.request(), "fdb flush", func() string { return fmt.Sprintf("dev %d", filter.LinkIndex) })
}

// request is the message of FDBFlush.
func (f *FDBFilter) request() *wire.Request {
	r := wire.NewRequest(uapi.RTM_DELNEIGH, uapi.NLM_F_BULK)
	flags := f.Flags
	if flags&(NTF_SELF|NTF_MASTER) == 0 {
		flags |= NTF_SELF
	}
	head := r.Header(uapi.SizeofNdmsg)
	(&uapi.Ndmsg{
		Family:  uapi.AF_BRIDGE,
		Ifindex: int32(within(r, "link index", f.LinkIndex, math.MaxInt32)),
		State:   uint16(within(r, "state", f.State, math.MaxUint16)),
		Flags:   uint8(within(r, "flags", flags, math.MaxUint8)),
	}).Put(head)
	if f.PortIndex != 0 {
		r.Uint32(uapi.NDA_IFINDEX, uint32(within(r, "port index", f.PortIndex, math.MaxInt32)))
	}
	if f.Vlan != 0 {
		r.Uint16(uapi.NDA_VLAN, uint16(within(r, "vlan", f.Vlan, maxVlanID)))
	}
	if f.SrcVNI != nil {
		r.Uint32(uapi.NDA_SRC_VNI, *f.SrcVNI)
	}
	if f.NHID != 0 {
		r.Uint32(uapi.NDA_NH_ID, uint32(within(r, "next hop", f.NHID, math.MaxUint32)))
	}
	if f.VNI != nil {
		r.Uint32(uapi.NDA_VNI, *f.VNI)
	}
	if f.Port != 0 {
		r.BE16(uapi.NDA_PORT, uint16(within(r, "port", f.Port, math.MaxUint16)))
	}
	if f.Dst.IsValid() {
		if f.Dst.Zone() != "" {
			r.Fail(errors.New("an address has a zone"))
		}
		r.Addr(uapi.NDA_DST, f.Dst.Unmap())
	}
	if f.FlagsMask != 0 {
		r.Uint8(uapi.NDA_NDM_FLAGS_MASK, uint8(within(r, "mask of flags", f.FlagsMask, math.MaxUint8)))
	}
	if f.StateMask != 0 {
		r.Uint16(uapi.NDA_NDM_STATE_MASK, uint16(within(r, "mask of states", f.StateMask, math.MaxUint16)))
	}
	return r
}
