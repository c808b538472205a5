package ss

import (
	"errors"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// ext is the bit of an extension in a request.
func ext(n int) uint8 { return 1 << (n - 1) }

// query asks for a table of inet sockets.
func (s *shower) query(p inetTable) netlink.SocketQuery {
	q := netlink.SocketQuery{Protocol: p.protocol, States: s.states, Storage: s.storage}
	if s.filter != nil {
		q.Filter = s.filter.kernel
	}
	if s.memory {
		q.Extensions |= ext(netlink.INET_DIAG_MEMINFO) | ext(netlink.INET_DIAG_SKMEMINFO)
	}
	if s.info {
		q.Extensions |= ext(netlink.INET_DIAG_INFO) | ext(netlink.INET_DIAG_VEGASINFO) | ext(netlink.INET_DIAG_CONG)
	}
	if s.tos {
		q.Extensions |= ext(netlink.INET_DIAG_TOS) | ext(netlink.INET_DIAG_TCLASS)
	}
	return q
}

// inet returns a function that shows a table of inet sockets.
func (s *shower) inet(p inetTable) func() error { return func() error { return s.showInet(p) } }

func (s *shower) showInet(p inetTable) error {
	q := s.query(p)
	var services map[int]string
	if !s.numeric && p.table != rawTable {
		services = serviceNames(strings.TrimPrefix(p.name, "mp")) // those of MPTCP are TCP's
	}
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		if !s.wantsFamily(family) {
			continue
		}
		q.Family = family
		err := s.inetLines(p, s.h.SocketSeq(q), services)
		switch {
		case errors.Is(err, unix.EINVAL) && p.protocol != unix.IPPROTO_TCP && s.filter == nil:
			// The kernel has no MPTCP, or none of its like.
		case errors.Is(err, os.ErrNotExist):
			err = s.inetLines(p, procSeq(p.name, family, s.states), services)
			fallthrough
		default:
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// inetLines shows the sockets that are wanted, or ends them and shows those that are gone by that.
func (s *shower) inetLines(p inetTable, all iter.Seq2[*netlink.SocketInfo, error], services map[int]string) error {
	for info, err := range all {
		if err != nil {
			return err
		}
		if !s.wanted(inetEndpoints(info)) {
			continue
		}
		if s.kill {
			gone, err := s.destroyed(p, info)
			if err != nil {
				return err
			}
			if !gone {
				continue
			}
		}
		s.inetLine(p, info, services)
	}
	return nil
}

// destroyed ends a socket, and reports whether it is gone by that: some cannot be ended, and some have ended
// meanwhile.
func (s *shower) destroyed(p inetTable, info *netlink.SocketInfo) (bool, error) {
	err := s.h.SocketDestroyID(uint8(p.protocol), &info.Socket)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.EOPNOTSUPP) {
		return false, nil
	}
	if err != nil {
		err = says("SOCK_DESTROY answers: %s", cli.Cause(err))
	}
	return err == nil, err
}

// inetEndpoints are what conditions look at.
func inetEndpoints(i *netlink.SocketInfo) *endpoints {
	end := func(ip []byte, port uint16) endpoint {
		a, _ := netip.AddrFromSlice(ip)
		if i.Family == unix.AF_INET {
			a = a.Unmap()
		}
		return endpoint{addr: a, port: int64(port)}
	}
	e := &endpoints{family: i.Family, local: end(i.ID.Source, i.ID.SourcePort),
		remote: end(i.ID.Destination, i.ID.DestinationPort), link: i.ID.Interface}
	if i.Mark != nil {
		e.mark = *i.Mark
	}
	if i.CgroupID != nil {
		e.cgroup = *i.CgroupID
	}
	return e
}

func (s *shower) inetLine(p inetTable, i *netlink.SocketInfo, services map[int]string) {
	v6only := i.V6Only != nil && *i.V6Only
	netid := p.name
	if i.Protocol != nil && p.table == rawTable && *i.Protocol == unix.IPPROTO_ICMPV6 {
		netid = "icmp6"
	}
	port := func(n uint16) string {
		if n == 0 {
			return "*"
		}
		if p.table == rawTable && !s.numeric {
			return rawProtocol(n)
		}
		if name, ok := services[int(n)]; ok {
			return name
		}
		return strconv.Itoa(int(n))
	}
	local := s.host(i.Family, i.ID.Source, v6only)
	if i.ID.Interface != 0 {
		local += "%" + s.linkName(int(i.ID.Interface))
	}
	named := state(i.State)
	if p.table == sctpTable {
		// An association has the inode of the socket that it belongs to, which comes before.
		if s.sctp != 0 && s.sctp == i.INode {
			netid, named = "", "`- "+netlink.SCTPStateString(i.State)
		}
		s.sctp = i.INode
	}
	s.t.line(netid, named, fmt.Sprintf("%-6d", int32(i.RQueue)), fmt.Sprintf("%-6d", int32(i.WQueue)),
		local+":", port(i.ID.SourcePort), s.host(i.Family, i.ID.Destination, v6only)+":", port(i.ID.DestinationPort),
		s.process(i.INode), s.inetExt(p, i, v6only))
}

// rawProtocol is the name of a raw socket's protocol, which it has in the port's place.
func rawProtocol(n uint16) string {
	switch n {
	case unix.IPPROTO_ICMP:
		return "icmp"
	case unix.IPPROTO_ICMPV6:
		return "ipv6-icmp"
	}
	return strconv.Itoa(int(n))
}

func (s *shower) host(family uint8, ip []byte, v6only bool) string {
	a, _ := netip.AddrFromSlice(ip)
	if family == unix.AF_INET {
		a = a.Unmap()
	} else if a == netip.IPv6Unspecified() && !v6only {
		return "*"
	}
	if s.resolve {
		if names, err := net.LookupAddr(a.Unmap().String()); err == nil && len(names) != 0 {
			return strings.TrimSuffix(names[0], ".")
		}
	}
	if family == unix.AF_INET {
		return a.String()
	}
	return "[" + a.String() + "]"
}

// inetExt is what follows the columns.
func (s *shower) inetExt(p inetTable, i *netlink.SocketInfo, v6only bool) string {
	var b strings.Builder
	if s.timer && i.Timer != 0 {
		name := "unknown"
		if names := [...]string{"off", "on", "keepalive", "timewait", "persist", "delack"}; int(i.Timer) < len(names) {
			name = names[i.Timer]
		}
		if p.table == sctpTable {
			name = "T3_RTX"
		}
		fmt.Fprintf(&b, " timer:(%s,%s,%d)", name, milliseconds(i.Expires), i.Retrans)
	}
	if s.extended {
		if i.UID != 0 {
			fmt.Fprintf(&b, " uid:%d", i.UID)
		}
		fmt.Fprintf(&b, " ino:%d", i.INode)
		if sk := cookie(i.ID.Cookie); sk != 0 { // those from /proc/net have none
			fmt.Fprintf(&b, " sk:%x", sk)
		}
		if i.Mark != nil && *i.Mark != 0 {
			fmt.Fprintf(&b, " fwmark:0x%x", *i.Mark)
		}
		if i.CgroupID != nil && *i.CgroupID != 0 {
			fmt.Fprintf(&b, " cgroup:%s", s.cgroupPath(*i.CgroupID))
		}
		if i.Family == unix.AF_INET6 && i.V6Only != nil {
			fmt.Fprintf(&b, " v6only:%d", bit(v6only))
		}
		if i.Shutdown != nil {
			b.WriteString(arrows(*i.Shutdown))
		}
	}
	if s.tos {
		if i.TOS != nil {
			fmt.Fprintf(&b, " tos:%s", hex(uint32(*i.TOS)))
		}
		if i.TClass != nil {
			fmt.Fprintf(&b, " tclass:%s", hex(uint32(*i.TClass)))
		}
		if i.ClassID != nil {
			fmt.Fprintf(&b, " class_id:%s", hex(*i.ClassID))
		}
	}
	if s.cgroup && i.CgroupID != nil {
		fmt.Fprintf(&b, " cgroup:%s", s.cgroupPath(*i.CgroupID))
	}
	if s.sockopt && i.SockOpt != nil {
		s.newLine(&b)
		sockopt(&b, i.SockOpt)
	}
	if s.memory || s.info && p.table != udpTable {
		if !s.oneline {
			b.WriteString("\n\t")
		}
		memory(&b, i)
		s.protocolInfo(&b, i)
	}
	s.showStorage(&b, i.Storage)
	return b.String()
}

// protocolInfo is the state of a connection, by what its protocol has.
func (s *shower) protocolInfo(b *strings.Builder, i *netlink.SocketInfo) {
	addresses(b, " locals:", i.Locals)
	addresses(b, " peers:", i.Peers)
	switch {
	case i.TCPInfo != nil:
		tcpInfo(b, i, s.timer, s.numeric)
	case i.MPTCP != nil:
		mptcpInfo(b, i.MPTCP)
	case i.SCTP != nil:
		sctpInfo(b, i.SCTP)
	}
	for n, key := range i.MD5Keys {
		if n == 0 {
			b.WriteString(" md5keys:")
		} else {
			b.WriteString(",")
		}
		fmt.Fprintf(b, "%s/%d=%s", key.Prefix.Addr(), key.Prefix.Bits(), escaped(key.Key))
	}
	if i.ULP != "" {
		fmt.Fprintf(b, " tcp-ulp-%s", i.ULP)
	}
	if i.TLS != nil {
		tlsInfo(b, i.TLS)
	}
	if i.Subflow != nil {
		subflow(b, i.Subflow)
	}
}

// escaped is a key in letters, others than which are octal numbers.
func escaped(key []byte) string {
	var b strings.Builder
	for _, c := range key {
		if c > ' ' && c < 0x7f && c != '\\' && c != ',' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String()
}

func addresses(b *strings.Builder, name string, all []netip.AddrPort) {
	for n, a := range all {
		if n > 0 {
			name = ","
		}
		b.WriteString(name + a.Addr().String())
	}
}

func (s *shower) newLine(b *strings.Builder) {
	if s.oneline {
		b.WriteString(" ")
	} else {
		b.WriteString("\n\t")
	}
}

// hex is a number as C's %#x has it.
func hex(n uint32) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", n)
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

func arrows(shutdown uint8) string {
	receive, send := "<", ">"
	if shutdown&1 != 0 {
		receive = "-"
	}
	if shutdown&2 != 0 {
		send = "-"
	}
	return " " + receive + "-" + send
}

// milliseconds is a time as timers have it.
func milliseconds(t uint32) (text string) {
	seconds, ms := t/1000, t%1000
	minutes := seconds / 60
	seconds %= 60
	if minutes != 0 {
		ms = 0
		text = fmt.Sprintf("%dmin", minutes)
		if minutes > 9 {
			seconds = 0
		}
	}
	unit := "ms"
	if seconds != 0 {
		if seconds > 9 {
			ms = 0
		}
		text += strconv.Itoa(int(seconds))
		if unit = "sec"; ms != 0 {
			text += "."
		} else {
			text += unit
		}
	}
	if ms != 0 {
		text += fmt.Sprintf("%03d%s", ms, unit)
	}
	return text
}

func memory(b *strings.Builder, i *netlink.SocketInfo) {
	if i.SkMemInfo == nil {
		if m := i.MemInfo; m != nil {
			fmt.Fprintf(b, " mem:(r%d,w%d,f%d,t%d)", m.RMem, m.WMem, m.FMem, m.TMem)
		}
		return
	}
	skmem(b, i.SkMemInfo)
}

func skmem(b *strings.Builder, m *netlink.SocketMemory) {
	fmt.Fprintf(b, " skmem:(r%d,rb%d,t%d,tb%d,f%d,w%d,o%d,bl%d,d%d)",
		m.RMemAlloc, m.RcvBuf, m.WMemAlloc, m.SndBuf, m.FwdAlloc, m.WMemQueued, m.OptMem, m.Backlog, m.Drops)
}

func sockopt(b *strings.Builder, o *netlink.SocketOptions) {
	b.WriteString("inet-sockopt: (")
	for _, f := range [...]struct {
		on   bool
		name string
	}{
		{o.RecvErr, "recverr"}, {o.IsICSK, "is_icsk"}, {o.FreeBind, "freebind"}, {o.HdrIncl, "hdrincl"},
		{o.MCLoop, "mc_loop"},
		{o.Transparent, "transparent"}, {o.MCAll, "mc_all"}, {o.NoDefrag, "nodefrag"},
		{o.BindAddressNoPort, "bind_addr_no_port"},
		{o.RecvErrRFC4884, "recverr_rfc4884"}, {o.DeferConnect, "defer_connect"},
	} {
		if f.on {
			b.WriteString(" " + f.name)
		}
	}
	b.WriteString(")")
}
