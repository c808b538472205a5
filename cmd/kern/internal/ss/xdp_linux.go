package ss

import (
	"fmt"
	"strings"

	"kern.sys/netlink"
	"kern.sys/unix"
)

// xdp shows AF_XDP sockets.
func (s *shower) xdp() error {
	if !s.closed() {
		return nil
	}
	all, err := s.h.SocketDiagXDP()
	if err != nil && !absent(err) {
		return err
	}
	for _, x := range all {
		i := x.XDPInfo
		if !s.wanted(&endpoints{family: unix.AF_XDP, local: endpoint{port: int64(i.QueueID)}, link: i.Ifindex}) {
			continue
		}
		local, port := "*", ""
		if i.Ifindex != 0 {
			local, port = s.linkName(int(i.Ifindex))+":", fmt.Sprintf("q%d", i.QueueID)
		}
		var rq uint32
		if i.Memory != nil {
			rq = i.Memory.RMemAlloc
		}
		var b strings.Builder
		if s.extended {
			s.xdpDetails(&b, x)
		}
		if s.memory && i.Memory != nil {
			skmem(&b, i.Memory)
		}
		s.t.line("xdp", "UNCONN", queue(rq), queue(0), local, port, "*", "", s.process(x.XDPDiagMsg.Ino), b.String())
	}
	return nil
}

func (s *shower) xdpDetails(b *strings.Builder, x *netlink.XDPDiagInfoResp) {
	i := x.XDPInfo
	if i.UID != 0 {
		fmt.Fprintf(b, " uid:%d", i.UID)
	}
	fmt.Fprintf(b, " ino:%d sk:%x", x.XDPDiagMsg.Ino, cookie(x.XDPDiagMsg.Cookie))
	ring := func(name string, entries uint32) {
		if entries != 0 {
			s.newLine(b)
			fmt.Fprintf(b, "%s(entries:%d)", name, entries)
		}
	}
	ring("rx", i.RxRingEntries)
	ring("tx", i.TxRingEntries)
	if u := i.Umem; u != nil {
		s.newLine(b)
		if s.oneline {
			b.WriteString("t") // as ss has it
		}
		fmt.Fprintf(b, "umem(id:%d,size:%d,num_pages:%d,chunk_size:%d,headroom:%d,ifindex:%d,qid:%d,zc:%d,refs:%d)",
			u.ID, u.Size, u.NumPages, u.ChunkSize, u.Headroom, u.Ifindex, u.QueueID, u.Flags&netlink.XDP_DU_F_ZEROCOPY,
			u.Refs)
		ring("fr", i.UmemFillRingEntries)
		ring("cr", i.UmemCompletionRingEntries)
	}
	if t := i.Stats; t != nil {
		s.newLine(b)
		fmt.Fprintf(b, "stats(rx dropped:%d,rx invalid:%d,rx queue full:%d,rx fill ring empty:%d,tx invalid:%d,"+
			"tx ring empty:%d)", t.RxDropped, t.RxInvalid, t.RxFull, t.FillRingEmpty, t.TxInvalid, t.TxRingEmpty)
	}
}
