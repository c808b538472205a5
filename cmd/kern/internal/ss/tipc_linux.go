package ss

import (
	"fmt"
	"strconv"
	"strings"

	"kern.sys/netlink"
	"kern.sys/unix"
)

// tipc shows AF_TIPC sockets. An expression does not concern them.
func (s *shower) tipc() error {
	for t, err := range s.h.TIPCSocketSeq() {
		if err != nil {
			if absent(err) {
				return nil
			}
			return err
		}
		if s.states&(1<<t.State) == 0 {
			continue
		}
		netid, typ := tipcType(t.Type)
		peer, peerPort := "-", ""
		if c := t.Connection; c != nil {
			peer, peerPort = tipcNumber(c.Node)+":", tipcNumber(c.Socket)
		}
		process := s.process(t.INode)
		if s.extended { // ss shows it beside the process
			details := ""
			if t.UID != 0 {
				details = fmt.Sprintf(" uid:%d", t.UID)
			}
			process = fmt.Sprintf("%s ino:%d sk:%x", details, t.INode, cookie(t.Cookie)) + process
		}
		var b strings.Builder
		if s.tipcInfo {
			s.tipcDetails(&b, typ, t)
		}
		s.t.line(netid, state(t.State), queue(t.ReceiveQueue), queue(t.SendQueue), tipcNumber(t.Node)+":",
			tipcNumber(t.Ref), peer, peerPort, process, b.String())
	}
	return nil
}

func tipcNumber(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

func tipcType(t uint32) (netid, name string) {
	switch t {
	case unix.SOCK_STREAM:
		return "ti_st", "STREAM"
	case unix.SOCK_DGRAM:
		return "ti_dg", "DGRAM"
	case unix.SOCK_RDM:
		return "ti_rd", "RDM"
	case unix.SOCK_SEQPACKET:
		return "ti_sq", "SEQPACKET"
	}
	return "???", "UNKNOWN"
}

func (s *shower) tipcDetails(b *strings.Builder, typ string, t *netlink.TIPCSocket) {
	begin := "\n"
	if s.oneline {
		begin = ""
	}
	congestion := "none"
	switch {
	case t.LinkCongested:
		congestion = "link"
	case t.ConnCongested:
		congestion = "conn"
	}
	fmt.Fprintf(b, "%s type:%s cong:%s  drop:%d ", begin, typ, congestion, int32(t.Dropped))
	if t.Published {
		b.WriteString(" publ")
	}
	if c := t.Connection; c != nil && c.Named {
		fmt.Fprintf(b, " via {%d,%d} ", c.Type, c.Instance)
	}
}
