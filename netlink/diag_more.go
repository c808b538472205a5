package netlink

import (
	"iter"
	"net"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// PacketSocket is an AF_PACKET socket: a line of ss -0.
type PacketSocket struct {
	Type   uint8  // SOCK_RAW, SOCK_DGRAM or SOCK_PACKET
	Num    uint16 // ETH_P_… that it gets
	INode  uint32
	Cookie [2]uint32 // the kernel's number, lower half first

	LinkIndex  int    // 0: packets of all links
	Version    uint32 // TPACKET_V1 and so on
	Reserve    uint32
	CopyThresh uint32
	Timestamp  uint32
	Flags      uint32 // PDI_… of linux/packet_diag.h
	UID        uint32
	Fanout     *uint32 // the group's number and, from bit 16 on, its type
	RxRing     *PacketRing
	TxRing     *PacketRing
	Memory     *SocketMemory
	// Memberships are what the socket joined by PACKET_ADD_MEMBERSHIP.
	Memberships []PacketMembership
	Filter      []PacketFilterOp // of SO_ATTACH_FILTER, which the kernel shows to root (Linux 3.11)
}

// PacketRing is a ring that a socket shares with its program: struct packet_diag_ring.
type PacketRing struct {
	BlockSize     uint32 // bytes
	Blocks        uint32
	FrameSize     uint32 // bytes
	Frames        uint32
	RetireTimeout uint32 // ms, of TPACKET_V3
	PrivateSize   uint32 // bytes, of TPACKET_V3
	Features      uint32 // TP_FT_REQ_… of linux/if_packet.h
}

func decodePacketRing(b []byte) *PacketRing {
	var m uapi.PacketDiagRing
	m.Decode(b)
	return &PacketRing{BlockSize: m.BlockSize, Blocks: m.BlockNr, FrameSize: m.FrameSize, Frames: m.FrameNr,
		RetireTimeout: m.RetireTmo, PrivateSize: m.SizeofPriv, Features: m.Features}
}

// PacketMembership is why a link accepts more packets for a socket: packet(7).
type PacketMembership struct {
	LinkIndex int
	Count     uint32           // how often it was joined
	Type      uint16           // PACKET_MR_…: a group, all groups, all packets, an address of the link
	Addr      net.HardwareAddr // of a group, or of the link
}

// memberships reads PACKET_DIAG_MCLIST, an array of structures.
func memberships(b []byte) (all []PacketMembership) {
	for ; len(b) >= uapi.SizeofPacketDiagMclist; b = b[uapi.SizeofPacketDiagMclist:] {
		var m uapi.PacketDiagMclist
		m.Decode(b)
		all = append(all, PacketMembership{
			LinkIndex: int(int32(m.Index)), Count: m.Count, Type: m.Type,
			Addr: append(net.HardwareAddr(nil), m.Addr[:min(int(m.Alen), len(m.Addr))]...),
		})
	}
	return all
}

// PacketFilterOp is an instruction of classic BPF: struct sock_filter.
type PacketFilterOp struct {
	Code   uint16
	Jt, Jf uint8
	K      uint32
}

// PacketSocketSeq gives the AF_PACKET sockets of the namespace one by one: ss -0ae. The last pair holds the
// error, if there is one.
func (h *Handle) PacketSocketSeq() iter.Seq2[*PacketSocket, error] {
	return seq(h, func() (*wire.Request, error) {
		r := diagRequest(uapi.SOCK_DIAG_BY_FAMILY)
		m := uapi.PacketDiagReq{SdiagFamily: uapi.AF_PACKET, PdiagShow: uapi.PACKET_SHOW_INFO | uapi.PACKET_SHOW_FANOUT |
			uapi.PACKET_SHOW_MEMINFO | uapi.PACKET_SHOW_FILTER | uapi.PACKET_SHOW_RING_CFG |
			uapi.PACKET_SHOW_MCLIST}
		m.Put(r.Header(uapi.SizeofPacketDiagReq))
		return r, nil
	}, "packet socket list", func(m wire.Message) (*PacketSocket, bool, error) {
		p := new(PacketSocket)
		err := p.decode(m.Data)
		return p, err == nil, err
	})
}

// PacketSocketList returns the sockets of [Handle.PacketSocketSeq].
func (h *Handle) PacketSocketList() ([]*PacketSocket, error) { return collect(h.PacketSocketSeq()) }

func (p *PacketSocket) decode(b []byte) error {
	if err := needSocket(b, uapi.SizeofPacketDiagMsg); err != nil {
		return err
	}
	var m uapi.PacketDiagMsg
	m.Decode(b)
	*p = PacketSocket{Type: m.Type, Num: m.Num, INode: m.Ino, Cookie: m.Cookie}
	d := wire.NewDecoderAfter(b, uapi.SizeofPacketDiagMsg)
	for d.Next() {
		switch d.Type() {
		case uapi.PACKET_DIAG_INFO:
			var i uapi.PacketDiagInfo
			i.Decode(d.Data())
			p.LinkIndex, p.Version, p.Reserve = int(i.Index), i.Version, i.Reserve
			p.CopyThresh, p.Timestamp, p.Flags = i.CopyThresh, i.Tstamp, i.Flags
		case uapi.PACKET_DIAG_UID:
			p.UID = d.Uint32()
		case uapi.PACKET_DIAG_FANOUT:
			p.Fanout = new(d.Uint32())
		case uapi.PACKET_DIAG_RX_RING:
			p.RxRing = decodePacketRing(d.Data())
		case uapi.PACKET_DIAG_TX_RING:
			p.TxRing = decodePacketRing(d.Data())
		case uapi.PACKET_DIAG_MEMINFO:
			p.Memory = decodeSocketMemory(d.Data())
		case uapi.PACKET_DIAG_MCLIST:
			p.Memberships = memberships(d.Data())
		case uapi.PACKET_DIAG_FILTER:
			for b := d.Data(); len(b) >= uapi.SizeofSockFilter; b = b[uapi.SizeofSockFilter:] {
				var op uapi.SockFilter
				op.Decode(b)
				p.Filter = append(p.Filter, PacketFilterOp(op))
			}
		}
	}
	return d.Err()
}

// NetlinkSocket is a netlink socket: a line of ss -f netlink.
type NetlinkSocket struct {
	Type       uint8 // SOCK_RAW or SOCK_DGRAM
	Protocol   uint8 // NETLINK_…
	State      uint8 // 1: it is connected
	PortID     uint32
	PeerPortID uint32
	PeerGroup  uint32
	INode      uint32
	Cookie     [2]uint32 // the kernel's number, lower half first
	Groups     []uint32  // that it has joined
	Flags      uint32    // NDIAG_FLAG_… of linux/netlink_diag.h
	Memory     *SocketMemory
}

// NetlinkSocketSeq gives the netlink sockets of the namespace one by one, the kernel's too: ss -f netlink. The
// last pair holds the error, if there is one.
func (h *Handle) NetlinkSocketSeq() iter.Seq2[*NetlinkSocket, error] {
	return seq(h, func() (*wire.Request, error) {
		r := diagRequest(uapi.SOCK_DIAG_BY_FAMILY)
		m := uapi.NetlinkDiagReq{
			SdiagFamily: uapi.AF_NETLINK, SdiagProtocol: uapi.NDIAG_PROTO_ALL,
			NdiagShow: uapi.NDIAG_SHOW_GROUPS | uapi.NDIAG_SHOW_MEMINFO | uapi.NDIAG_SHOW_FLAGS,
		}
		m.Put(r.Header(uapi.SizeofNetlinkDiagReq))
		return r, nil
	}, "netlink socket list", func(m wire.Message) (*NetlinkSocket, bool, error) {
		n := new(NetlinkSocket)
		err := n.decode(m.Data)
		return n, err == nil, err
	})
}

// NetlinkSocketList returns the sockets of [Handle.NetlinkSocketSeq].
func (h *Handle) NetlinkSocketList() ([]*NetlinkSocket, error) { return collect(h.NetlinkSocketSeq()) }

func (n *NetlinkSocket) decode(b []byte) error {
	if err := needSocket(b, uapi.SizeofNetlinkDiagMsg); err != nil {
		return err
	}
	var m uapi.NetlinkDiagMsg
	m.Decode(b)
	*n = NetlinkSocket{
		Type: m.Type, Protocol: m.Protocol, State: m.State, PortID: m.Portid, PeerPortID: m.DstPortid, PeerGroup: m.DstGroup,
		INode: m.Ino, Cookie: m.Cookie,
	}
	d := wire.NewDecoderAfter(b, uapi.SizeofNetlinkDiagMsg)
	for d.Next() {
		switch d.Type() {
		case uapi.NETLINK_DIAG_GROUPS:
			n.Groups = groupsIn(d.Data())
		case uapi.NETLINK_DIAG_FLAGS:
			n.Flags = d.Uint32()
		case uapi.NETLINK_DIAG_MEMINFO:
			n.Memory = decodeSocketMemory(d.Data())
		}
	}
	return d.Err()
}

// groupsIn reads a bitmap of unsigned longs, the first group in the lowest bit. A big-endian machine of 64 bits
// has the two halves of each exchanged, so numbers are read by eight bytes where those are there.
func groupsIn(b []byte) (groups []uint32) {
	for base := uint32(1); len(b) >= 4; base += 64 {
		var word uint64
		if len(b) >= 8 {
			word = native.Uint64(b)
			b = b[8:]
		} else {
			word = uint64(native.Uint32(b))
			b = b[4:]
		}
		for i := range uint32(64) {
			if word>>i&1 != 0 {
				groups = append(groups, base+i)
			}
		}
	}
	return groups
}

// VsockSocket is an AF_VSOCK socket: a line of ss --vsock.
type VsockSocket struct {
	Type     uint8 // SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM
	State    uint8 // TCP_…
	Shutdown uint8 // bit 0: for receiving, bit 1: for sending
	CID      uint32
	Port     uint32
	PeerCID  uint32
	PeerPort uint32
	INode    uint32
	Cookie   [2]uint32 // the kernel's number, lower half first
}

// VsockSocketSeq gives the AF_VSOCK sockets one by one: ss --vsock -a (Linux 4.14). The last pair holds the
// error, if there is one.
func (h *Handle) VsockSocketSeq() iter.Seq2[*VsockSocket, error] {
	return seq(h, func() (*wire.Request, error) {
		r := diagRequest(uapi.SOCK_DIAG_BY_FAMILY)
		m := uapi.VsockDiagReq{SdiagFamily: uapi.AF_VSOCK, VdiagStates: allStates}
		m.Put(r.Header(uapi.SizeofVsockDiagReq))
		return r, nil
	}, "vsock socket list", func(m wire.Message) (*VsockSocket, bool, error) {
		v := new(VsockSocket)
		err := v.decode(m.Data)
		return v, err == nil, err
	})
}

// VsockSocketList returns the sockets of [Handle.VsockSocketSeq].
func (h *Handle) VsockSocketList() ([]*VsockSocket, error) { return collect(h.VsockSocketSeq()) }

func (v *VsockSocket) decode(b []byte) error {
	if err := needSocket(b, uapi.SizeofVsockDiagMsg); err != nil {
		return err
	}
	var m uapi.VsockDiagMsg
	m.Decode(b)
	*v = VsockSocket{
		Type: m.Type, State: m.State, Shutdown: m.Shutdown, CID: m.SrcCid, Port: m.SrcPort, PeerCID: m.DstCid,
		PeerPort: m.DstPort,
		INode:    m.Ino, Cookie: m.Cookie,
	}
	return nil
}
