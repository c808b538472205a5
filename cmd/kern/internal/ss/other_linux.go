package ss

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

// absent reports whether the kernel, or a module of it, does not know sockets of a family.
func absent(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EOPNOTSUPP)
}

// untold warns of sockets that there may be, of which the kernel does not tell: its diagnosis of a family is an
// option, or a module.
func (s *shower) untold(family string, err error) error {
	if !absent(err) {
		return err
	}
	_, err = fmt.Fprintf(s.warn, "ss: the kernel does not tell of %s sockets (CONFIG_%s_DIAG)\n", family,
		strings.ToUpper(family))
	return err
}

// closed reports whether sockets are shown that have no state.
func (s *shower) closed() bool { return s.states&(1<<netlink.TCP_CLOSE) != 0 }

func queue(n uint32) string { return fmt.Sprintf("%-6d", int32(n)) }

// cookie is the kernel's number of a socket.
func cookie(c [2]uint32) uint64 { return uint64(c[1])<<32 | uint64(c[0]) }

// netlink shows netlink sockets.
func (s *shower) netlink() error {
	if !s.closed() {
		return nil
	}
	for n, err := range s.h.NetlinkSocketSeq() {
		if err != nil {
			return s.untold("netlink", err)
		}
		if !s.wanted(&endpoints{family: unix.AF_NETLINK, remote: endpoint{port: -1},
			local: endpoint{number: uint32(n.Protocol), port: int64(int32(n.PortID))}}) {
			continue
		}
		var rq, wq uint32
		if n.Memory != nil {
			rq, wq = n.Memory.RMemAlloc, n.Memory.WMemAlloc
		}
		peer, peerPort := "*", ""
		if n.State == netlinkConnected {
			peer, peerPort = strconv.Itoa(int(n.PeerGroup))+":", strconv.Itoa(int(int32(n.PeerPortID)))
		}
		var b strings.Builder
		process := s.process(n.INode)
		if s.contexts { // ss shows it beside the process
			process += " proc_ctx=" + netlinkContext(n.PortID)
		}
		if s.extended {
			groups := uint64(0)
			for _, g := range n.Groups {
				if g <= 64 {
					groups |= 1 << (g - 1)
				}
			}
			fmt.Fprintf(&b, " sk=%x cb=0 groups=0x%08x", cookie(n.Cookie), uint32(groups))
		}
		if s.memory && n.Memory != nil {
			b.WriteString("\t")
			skmem(&b, n.Memory)
		}
		s.t.line("nl", "UNCONN", queue(rq), queue(wq), s.netlinkProtocol(n.Protocol)+":", s.netlinkPort(n.PortID), peer,
			peerPort,
			process, b.String())
	}
	return nil
}

// netlinkConnected is the state of a socket that sends to one other.
const netlinkConnected = 1

// netlinkPort is a port, by the process that is likely to have it: a port is what its socket was bound to, most often
// the number of the process.
func (s *shower) netlinkPort(id uint32) string {
	number := strconv.Itoa(int(int32(id)))
	switch {
	case int32(id) == -1:
		return "*"
	case s.numeric:
		return number
	case id == 0:
		return "kernel"
	case int32(id) > 0:
		if name := taskName("/proc/" + number); name != "" {
			return name + "/" + number
		}
	}
	return number
}

func (s *shower) netlinkProtocol(n uint8) string {
	if int(n) < len(netlinkProtocols) && netlinkProtocols[n] != "" && !s.numeric {
		return netlinkProtocols[n]
	}
	return strconv.Itoa(int(n))
}

var netlinkProtocols = [...]string{
	uapi.NETLINK_ROUTE: "rtnl", uapi.NETLINK_UNUSED: "unused", uapi.NETLINK_USERSOCK: "usersock",
	uapi.NETLINK_FIREWALL: "fw", uapi.NETLINK_SOCK_DIAG: "tcpdiag", uapi.NETLINK_NFLOG: "nflog",
	uapi.NETLINK_XFRM: "xfrm", uapi.NETLINK_SELINUX: "selinux", uapi.NETLINK_ISCSI: "iscsi",
	uapi.NETLINK_AUDIT: "audit", uapi.NETLINK_FIB_LOOKUP: "fiblookup", uapi.NETLINK_CONNECTOR: "connector",
	uapi.NETLINK_NETFILTER: "nft", uapi.NETLINK_IP6_FW: "ip6fw", uapi.NETLINK_DNRTMSG: "dec-rt",
	uapi.NETLINK_KOBJECT_UEVENT: "uevent", uapi.NETLINK_GENERIC: "genl", uapi.NETLINK_SCSITRANSPORT: "scsi-trans",
	uapi.NETLINK_ECRYPTFS: "ecryptfs", uapi.NETLINK_RDMA: "rdma", uapi.NETLINK_CRYPTO: "crypto",
}

// packet shows AF_PACKET sockets.
func (s *shower) packet() error {
	if !s.closed() {
		return nil
	}
	for p, err := range s.h.PacketSocketSeq() {
		if err != nil {
			return s.untold("packet", err)
		}
		t, name := packetDgram, "p_dgr"
		if p.Type == unix.SOCK_RAW {
			t, name = packetRaw, "p_raw"
		}
		if s.tables&t == 0 {
			continue
		}
		index := uint32(p.LinkIndex)
		if !s.wanted(&endpoints{family: unix.AF_PACKET, link: index,
			local: endpoint{number: uint32(p.Num), port: int64(index)}}) {
			continue
		}
		link := "*"
		if p.LinkIndex != 0 {
			link = s.linkName(p.LinkIndex)
		}
		var rq uint32
		if p.Memory != nil {
			rq = p.Memory.RMemAlloc
		}
		var b strings.Builder
		if s.extended {
			s.packetDetails(&b, p)
		}
		if s.bpf && p.Filter != nil {
			s.newLine(&b)
			fmt.Fprintf(&b, "bpf filter (%d): ", len(p.Filter))
			for _, op := range p.Filter {
				fmt.Fprintf(&b, " 0x%02x %d %d %d,", op.Code, op.Jt, op.Jf, op.K)
			}
		}
		if s.memory && p.Memory != nil {
			skmem(&b, p.Memory)
		}
		s.t.line(name, "UNCONN", queue(rq), queue(0), s.packetProtocol(p.Num)+":", link, "*", "", s.process(p.INode),
			b.String())
	}
	return nil
}

// packetProtocol is the name of a protocol of frames.
func (s *shower) packetProtocol(n uint16) string {
	if n == unix.ETH_P_ALL {
		return "*"
	}
	return desc.EtherProtocolName(n, s.numeric)
}

func (s *shower) packetDetails(b *strings.Builder, p *netlink.PacketSocket) {
	if p.UID != 0 {
		fmt.Fprintf(b, " uid:%d", p.UID)
	}
	fmt.Fprintf(b, " ino:%d sk:%x", p.INode, cookie(p.Cookie))
	s.newLine(b)
	fmt.Fprintf(b, "ver:%d cpy_thresh:%d flags( ", p.Version, p.CopyThresh)
	for i, name := range []string{"running", " auxdata", " origdev", " vnethdr", " loss"} {
		if p.Flags&(1<<i) != 0 {
			b.WriteString(name)
		}
	}
	if p.Flags == 0 {
		b.WriteString("0")
	}
	b.WriteString(" )")
	s.packetRing(b, "ring_rx", p.RxRing)
	s.packetRing(b, "ring_tx", p.TxRing)
	if p.Fanout == nil {
		return
	}
	s.newLine(b)
	kind := *p.Fanout >> 16
	names := []string{"hash", "lb", "cpu", "roll", "random", "qm"}
	name := fmt.Sprintf("0x%x", kind)
	if int(kind) < len(names) {
		name = names[kind]
	}
	fmt.Fprintf(b, "fanout(id:%d,type:%s)", *p.Fanout&0xffff, name)
}

func (s *shower) packetRing(b *strings.Builder, name string, r *netlink.PacketRing) {
	if r == nil {
		return
	}
	s.newLine(b)
	fmt.Fprintf(b, "%s(blk_size:%d,blk_nr:%d,frm_size:%d,frm_nr:%d,tmo:%d,features:0x%x)", name,
		r.BlockSize, r.Blocks, r.FrameSize, r.Frames, r.RetireTimeout, r.Features)
}

// vsock shows AF_VSOCK sockets.
func (s *shower) vsock() error {
	number := func(n uint32) string {
		if n == ^uint32(0) {
			return "*"
		}
		return strconv.FormatUint(uint64(n), 10)
	}
	for v, err := range s.h.VsockSocketSeq() {
		if err != nil {
			if absent(err) {
				return nil
			}
			return err
		}
		t, name := tables(vsockTables), "???" // as ss has sequential packets
		switch v.Type {
		case unix.SOCK_STREAM:
			t, name = vsockStream, "v_str"
		case unix.SOCK_DGRAM:
			t, name = vsockDgram, "v_dgr"
		}
		if s.tables&t == 0 || s.states&(1<<v.State) == 0 || !s.wanted(&endpoints{family: unix.AF_VSOCK,
			local:  endpoint{number: v.CID, port: int64(v.Port)},
			remote: endpoint{number: v.PeerCID, port: int64(v.PeerPort)}}) {
			continue
		}
		s.t.line(name, state(v.State), queue(0), queue(0), number(v.CID)+":", number(v.Port), number(v.PeerCID)+":",
			number(v.PeerPort), s.process(v.INode), "")
	}
	return nil
}
