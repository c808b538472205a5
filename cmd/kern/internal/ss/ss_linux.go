// Package ss is the program ss(8): it shows sockets by what the kernel says of them (sock_diag(7)), which also
// chooses them.
package ss

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"kern.sys/cmd/kern/internal/bpf"
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// Run does what the words after the program's name say, and returns the exit status.
func Run(args []string, stdout, stderr io.Writer) int {
	status, err := run(args, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, err)
	}
	return status
}

// Object is the program as an object of kern: kern ss.
func Object() cli.Object {
	return cli.Object{Name: "ss", Brief: "sockets, as ss(8) shows them", Usage: func() string { return grammar },
		Run: func(c *cli.Command) error {
			if c.HelpAsked() {
				return c.ShowUsage()
			}
			if status, err := run(c.Rest, c.Stdout, c.Stderr); err != nil {
				return cli.Exit(status, "%v", err)
			}
			return nil
		}}
}

// grammar is what kern ss help shows, in the form of the other objects. kern ss -h shows all options.
const grammar = `
ss [ OPTION ... ] [ state STATE ] [ EXPRESSION ]
OPTION := { -t | -u | -w | -x | -M | -S | -4 | -6 | -a | -l | -n | -o | -e | -m | -i | -p | -T | -Z | -z | -s | -r | -E | -H | -Q | -O | -K | -b | -D FILE | -F FILE |
            --bpf-maps | --bpf-map-id MAP-ID | -0 | --vsock | --tipc | --tipcinfo | --xdp | -f FAMILY | -A TABLE[,TABLE]... }
STATE := { all | connected | synchronized | bucket | big | established | syn-sent | syn-recv | fin-wait-1 |
           fin-wait-2 | time-wait | closed | close-wait | last-ack | listening | closing }
EXPRESSION := { src [ FAMILY: ] ADDRESS | dst [ FAMILY: ] ADDRESS | sport PORT | dport PORT | dev DEVICE | fwmark MARK | cgroup PATH | autobound }
`

func run(args []string, stdout, stderr io.Writer) (status int, err error) {
	o, err := parse(args)
	defer o.closeMaps()
	switch {
	case errors.As(err, new(unread)):
		return cli.StatusFailed, err
	case err != nil:
		return cli.StatusUsage, err
	case o.help:
		fmt.Fprint(stdout, usage)
		return 0, nil
	case o.version:
		fmt.Fprintln(stdout, "ss utility, kern.sys")
		return 0, nil
	case o.nothing() != "":
		fmt.Fprintln(stderr, o.nothing())
		return 0, nil
	}
	if o.contexts && !selinuxEnabled() {
		return cli.StatusFailed, says("ss: SELinux is not enabled.")
	}
	show := func() error { return o.show(stdout, stderr) }
	if o.netns == "" {
		err = show()
	} else {
		var ns netns.NsHandle
		if ns, err = netns.GetFromName(o.netns); err == nil {
			err = netns.Do(ns, show)
			ns.Close()
		}
	}
	if err != nil {
		return cli.StatusFailed, fmt.Errorf("ss: %w", err)
	}
	return 0, nil
}

// said is an error in the words of ss.
type said string

func (s said) Error() string { return string(s) }

func says(format string, args ...any) error { return said(fmt.Sprintf(format, args...)) }

// unread is an error of what a condition compares with: ss ends with 1 there, and with 255 where the words of an
// expression do not fit together.
type unread string

func (u unread) Error() string { return string(u) }

func cannotParse(format string, args ...any) error { return unread(fmt.Sprintf(format, args...)) }

// show prints the sockets.
func (o *options) show(w, warn io.Writer) error {
	if o.summary {
		if err := summary(w); err != nil || o.summaryOnly {
			return err
		}
	}
	h, err := netlink.NewHandle(unix.NETLINK_SOCK_DIAG, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	s := &shower{options: o, warn: warn, h: h, t: o.table()}
	switch {
	case o.dump != "":
		return s.dumpTo(w, warn)
	case o.events:
		return s.follow(w, warn)
	}
	for _, part := range [...]struct {
		family uint8
		tables tables
		show   func() error
	}{
		{unix.AF_NETLINK, netlinkTable, s.netlink}, {unix.AF_PACKET, packetTables, s.packet},
		{unix.AF_UNIX, unixTables, s.unix}, {0, rawTable, s.inet(rawInet)},
		{0, udpTable, s.inet(udpInet)},
		{0, tcpTable, s.inet(tcpInet)},
		{0, sctpTable, s.inet(sctpInet)},
		{unix.AF_VSOCK, vsockTables, s.vsock}, {unix.AF_TIPC, tipcTable, s.tipc}, {unix.AF_XDP, xdpTable, s.xdp},
		{0, mptcpTable, s.inet(mptcpInet)},
	} {
		if o.tables&part.tables == 0 || part.family != 0 && !o.wantsFamily(part.family) {
			continue
		}
		if err := part.show(); err != nil {
			return err
		}
	}
	return s.t.render(w)
}

// shower is a run of the program.
type shower struct {
	*options
	warn   io.Writer
	h      *netlink.Handle
	t      *table
	names  map[int]string        // of links
	paths  map[uint64]string     // of cgroups
	users  map[uint32][]user     // of sockets, by inode
	values map[uint32]*bpf.Value // of maps, by number
	sctp   uint32                // the inode of the last socket of SCTP
}

// table begins the output.
func (o *options) table() *table {
	t := &table{}
	if !o.processes && !o.threads && !o.contexts {
		t.hide(colProcess)
	}
	if o.noQueues {
		t.hide(colRecvQ)
		t.hide(colSendQ)
	}
	if o.tables&(o.tables-1) == 0 {
		t.hide(colNetid)
	}
	if o.states&(o.states-1) == 0 {
		t.hide(colState)
	}
	if !o.noHeader {
		t.line("Netid", "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process", "")
	}
	return t
}

// linkName is the name of a link, or its index as ss has it.
func (s *shower) linkName(index int) string {
	if name, ok := s.names[index]; ok {
		return name
	}
	name := fmt.Sprintf("if%d", index)
	if link, err := s.h.LinkByIndex(index); err == nil {
		name = link.Attrs().Name
	}
	if s.names == nil {
		s.names = map[int]string{}
	}
	s.names[index] = name
	return name
}

// state is the name of a socket's state.
func state(n uint8) string {
	if n == netlink.TCP_NEW_SYN_REC || int(n) >= netlink.TCP_NEW_SYN_REC {
		return "UNDEF"
	}
	return netlink.SocketStateString(n)
}

// inetTable is a table of inet sockets.
type inetTable struct {
	table    tables
	name     string
	protocol uint16
}

var (
	rawInet   = inetTable{rawTable, "raw", unix.IPPROTO_RAW}
	udpInet   = inetTable{udpTable, "udp", unix.IPPROTO_UDP}
	tcpInet   = inetTable{tcpTable, "tcp", unix.IPPROTO_TCP}
	sctpInet  = inetTable{sctpTable, "sctp", unix.IPPROTO_SCTP}
	mptcpInet = inetTable{mptcpTable, "mptcp", unix.IPPROTO_MPTCP}
)

func (o *options) wantsFamily(family uint8) bool { return slices.Contains(o.families, family) }
