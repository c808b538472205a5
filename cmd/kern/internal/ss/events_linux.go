package ss

import (
	"errors"
	"fmt"
	"io"

	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// follow shows sockets as they end, for as long as the program runs: ss -E. The kernel announces those of TCP and UDP.
func (s *shower) follow(w, warn io.Writer) error {
	if s.tables&(tcpTable|udpTable) == 0 {
		return errors.New("only sockets of TCP and UDP are told of as they end")
	}
	if err := s.t.render(w); err != nil { // the header
		return err
	}
	for i, err := range s.h.SocketSubscribeSeq(netlink.SocketSubscribeOptions{}) {
		switch {
		case errors.Is(err, wire.ErrOverrun):
			fmt.Fprintln(warn, "ss: events were lost")
			continue
		case err != nil:
			return err
		}
		p := tcpInet
		if i.Protocol != nil && *i.Protocol == unix.IPPROTO_UDP {
			p = udpInet
		}
		if s.tables&p.table == 0 || !s.wantsFamily(i.Family) || !s.wanted(inetEndpoints(i)) {
			continue
		}
		s.t.lines = nil
		s.inetLine(p, i, nil)
		if err := s.t.render(w); err != nil {
			return err
		}
	}
	return nil
}
