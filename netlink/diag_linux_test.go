package netlink_test

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// diagHandle is a handle for sock_diag(7) in a new namespace whose loopback is up.
func diagHandle(t testing.TB) (*netlink.Handle, netns.NsHandle) {
	t.Helper()
	ns := nstest.New(t)
	h, err := netlink.NewHandleAt(ns, uapi.NETLINK_ROUTE, uapi.NETLINK_SOCK_DIAG)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Delete)
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.LinkSetUp(lo); err != nil {
		t.Fatal(err)
	}
	return h, ns
}

// tcpPair is a connection in a namespace, and its listener.
func tcpPair(t testing.TB, ns netns.NsHandle, addr string) (client, server *net.TCPConn, l *net.TCPListener) {
	t.Helper()
	if err := netns.Do(ns, func() error {
		var plain net.ListenConfig // the kernel lets no listener of MPTCP be destroyed
		plain.SetMultipathTCP(false)
		any, err := plain.Listen(t.Context(), "tcp", addr)
		if err != nil {
			return err
		}
		l = any.(*net.TCPListener)
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return err
		}
		client = c.(*net.TCPConn)
		server, err = l.AcceptTCP()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close(); l.Close() })
	return client, server, l
}

func TestSocketGetAndDestroy(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(addr, func(t *testing.T) {
			h, ns := diagHandle(t)
			client, server, l := tcpPair(t, ns, addr)
			s, err := h.SocketGet(client.LocalAddr(), client.RemoteAddr())
			if err != nil {
				t.Fatal(err)
			}
			local := client.LocalAddr().(*net.TCPAddr)
			if s.State != netlink.TCP_ESTABLISHED || int(s.ID.SourcePort) != local.Port || !s.ID.Source.Equal(local.IP) ||
				s.INode == 0 || len(s.ID.Source) != 16 {
				t.Errorf("got %+v", s)
			}
			if other, err := h.SocketGet(server.LocalAddr(), server.RemoteAddr()); err != nil || other.INode == s.INode {
				t.Errorf("the other end: %+v %v", other, err)
			}
			// No connection, although the listener would take one.
			none := &net.TCPAddr{IP: local.IP, Port: 1}
			if got, err := h.SocketGet(l.Addr(), none); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %+v %v", got, err)
			}
			any := &net.TCPAddr{IP: net.IPv4zero}
			if local.IP.To4() == nil {
				any.IP = net.IPv6zero
			}
			if got, err := h.SocketGet(l.Addr(), any); err != nil || got.State != netlink.TCP_LISTEN {
				t.Errorf("the listener: %+v %v", got, err)
			}
			err = h.SocketDestroy(client.LocalAddr(), client.RemoteAddr())
			nstest.NeedOption(t, "CONFIG_INET_DIAG_DESTROY", "4.9", err)
			if _, err := client.Read(make([]byte, 1)); !errors.Is(err, unix.ECONNABORTED) {
				t.Errorf("a destroyed socket reads: %v", err)
			}
			if err := h.SocketDestroy(client.LocalAddr(), client.RemoteAddr()); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("destroyed twice: %v", err)
			}
			all, err := h.SocketDiagTCP(s.Family)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(all, func(s *netlink.Socket) bool { return s.State == netlink.TCP_LISTEN })
			if i < 0 {
				t.Fatal("no listener")
			}
			wrong := *all[i]
			wrong.ID.Cookie[0]++
			if err := h.SocketDestroyID(unix.IPPROTO_TCP, &wrong); err == nil {
				t.Error("a socket of another cookie was destroyed")
			}
			if err := h.SocketDestroyID(unix.IPPROTO_TCP, all[i]); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := (&netlink.Handle{}).SocketGet(&net.TCPAddr{}, &net.UDPAddr{}); err != netlink.ErrNotImplemented {
		t.Error(err)
	}
	if err := (&netlink.Handle{}).SocketDestroy(&net.UnixAddr{}, nil); err != netlink.ErrNotImplemented {
		t.Error(err)
	}
}

func TestSocketGetUDP(t *testing.T) {
	h, ns := diagHandle(t)
	var c net.Conn
	if err := netns.Do(ns, func() (err error) {
		c, err = net.Dial("udp", "127.0.0.1:9")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := h.SocketGet(c.LocalAddr(), c.RemoteAddr())
	if err != nil || s.ID.DestinationPort != 9 || s.State != netlink.TCP_ESTABLISHED {
		t.Errorf("got %+v %v", s, err)
	}
	all, err := h.SocketDiagUDP(unix.AF_INET)
	if err != nil || len(all) != 1 || all[0].ID.DestinationPort != 9 {
		t.Errorf("got %v %v", all, err)
	}
	infos, err := h.SocketDiagUDPInfo(unix.AF_INET)
	if err != nil || len(infos) != 1 || infos[0].Memory == nil || infos[0].InetDiagMsg.INode != s.INode {
		t.Errorf("got %v %v", infos, err)
	}
	if err := h.SocketDestroy(c.LocalAddr(), c.RemoteAddr()); err != nil {
		nstest.NeedOption(t, "CONFIG_INET_DIAG_DESTROY", "4.9", err)
	}
}

func TestSocketInfo(t *testing.T) {
	h, ns := diagHandle(t)
	client, server, _ := tcpPair(t, ns, "127.0.0.1:0")
	raw, err := client.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) {
		err = errors.Join(unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK, 0x77),
			unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, 0x10))
	}); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	q := netlink.SocketQuery{
		Protocol: unix.IPPROTO_TCP, States: 1 << netlink.TCP_ESTABLISHED, Extensions: 0xff,
		Filter: netlink.SocketMark(0x70, 0xf0),
	}
	n := 0
	for s, err := range h.SocketSeq(q) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if s.TCPInfo == nil || s.TCPInfo.Bytes_sent != 1000 || s.TCPInfo.Data_segs_out == 0 ||
			s.TCPInfo.State != netlink.TCP_ESTABLISHED || s.TCPInfo.Snd_wscale == 0 {
			t.Errorf("tcp info %+v", s.TCPInfo)
		}
		if s.SkMemInfo == nil || s.SkMemInfo.SndBuf == 0 || s.MemInfo == nil || s.Congestion == "" || s.Mark == nil ||
			*s.Mark != 0x77 || s.TOS == nil || *s.TOS != 0x10 || s.Shutdown == nil {
			t.Errorf("got %+v", s)
		}
	}
	if n != 1 {
		t.Errorf("%d sockets have the mark", n)
	}
	infos, err := h.SocketDiagTCPInfo(unix.AF_INET)
	if err != nil || len(infos) != 3 {
		t.Fatal(len(infos), err)
	}
	for _, i := range infos {
		if i.TCPInfo == nil || i.TCPInfo.State != i.InetDiagMsg.State {
			t.Errorf("got %+v", i.TCPInfo)
		}
	}
	if shown := toolIn(t, ns, "ss -tin state established"); !strings.Contains(shown, "wscale:") {
		t.Errorf("ss shows %s", shown)
	}
}

// The kernel chooses the sockets that the filter means.
func TestSocketFilters(t *testing.T) {
	h, ns := diagHandle(t)
	ports := []uint16{1000, 1001, 1002, 2000, 3000}
	for _, port := range ports {
		if err := netns.Do(ns, func() error {
			for _, ip := range []net.IP{{127, 0, 0, 1}, {127, 0, 1, 1}} {
				l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: ip, Port: int(port)})
				if err != nil {
					return err
				}
				t.Cleanup(func() { l.Close() })
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	none := netip.Prefix{}
	one := netip.MustParsePrefix("127.0.0.1/32")
	port := func(p int) netlink.SocketFilter { return netlink.SocketSource(none, p) }
	for name, c := range map[string]struct {
		f    netlink.SocketFilter
		want int
		ss   string
	}{
		"port":    {port(1000), 2, "( sport = :1000 )"},
		"address": {netlink.SocketSource(one, -1), 5, "( src 127.0.0.1 )"},
		"both":    {netlink.SocketSource(one, 2000), 1, "( src 127.0.0.1:2000 )"},
		"prefix":  {netlink.SocketSource(netip.MustParsePrefix("127.0.0.0/16"), -1), 10, "( src 127.0.0.0/16 )"},
		"prefix, not": {netlink.SocketNot(netlink.SocketSource(netip.MustParsePrefix("127.0.1.0/24"), -1)), 5,
			"( not src 127.0.1.0/24 )"},
		"ports": {netlink.SocketSourcePorts(1001, 2000), 6, "( sport >= :1001 and sport <= :2000 )"},
		"not ports": {netlink.SocketNot(netlink.SocketSourcePorts(1001, 2000)), 4,
			"( not ( sport >= :1001 and sport <= :2000 ) )"},
		"or": {netlink.SocketOr(port(1000), port(2000), port(9)), 4,
			"( sport = :1000 or sport = :2000 or sport = :9 )"},
		"and, or": {netlink.SocketAnd(netlink.SocketSource(one, -1), netlink.SocketOr(port(1000), port(3000))), 2,
			"( src 127.0.0.1 and ( sport = :1000 or sport = :3000 ) )"},
		"or of ands": {netlink.SocketOr(netlink.SocketAnd(port(1000), netlink.SocketSource(one, -1)),
			netlink.SocketAnd(port(3000), netlink.SocketNot(netlink.SocketSource(one, -1)))), 2,
			"( ( sport = :1000 and src 127.0.0.1 ) or ( sport = :3000 and not src 127.0.0.1 ) )"},
		"not or": {netlink.SocketNot(netlink.SocketOr(port(1000), port(1001))), 6,
			"( not ( sport = :1000 or sport = :1001 ) )"},
		"not not":      {netlink.SocketNot(netlink.SocketNot(port(1000))), 2, "( sport = :1000 )"},
		"destination":  {netlink.SocketDestination(none, 0), 10, "( dport = :0 )"},
		"destinations": {netlink.SocketDestinationPorts(1, 10), 0, "( dport >= :1 and dport <= :10 )"},
		"all":          {netlink.SocketAnd(), 10, ""},
		"none":         {netlink.SocketOr(), 0, ""},
		"device":       {netlink.SocketDevice(1), 0, ""},
		"autobound":    {netlink.SocketAutobound(), 0, "autobound"},
		"six":          {netlink.SocketSource(netip.MustParsePrefix("::1/128"), -1), 0, ""},
	} {
		q := netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_TCP, States: 1 << netlink.TCP_LISTEN,
			Filter: c.f}
		n := 0
		for e, err := range h.SocketEntries(q) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e.State != netlink.TCP_LISTEN || !slices.Contains(ports, e.Source.Port()) {
				t.Errorf("%s: %+v", name, e)
			}
			n++
		}
		if n != c.want {
			t.Errorf("%s: %d sockets, want %d", name, n, c.want)
		}
		if c.ss == "" {
			continue
		}
		if shown := strings.Count(toolIn(t, ns, "ss -4tlnH "+c.ss), "LISTEN"); shown != c.want {
			t.Errorf("%s: ss shows %d, want %d", name, shown, c.want)
		}
	}
	for _, bad := range []netlink.SocketFilter{
		netlink.SocketSource(none, 70000), netlink.SocketDevice(-1), netlink.SocketAnd(nil), netlink.SocketOr(port(1), nil),
		netlink.SocketNot(nil),
	} {
		for _, err := range h.SocketEntries(netlink.SocketQuery{Protocol: unix.IPPROTO_TCP, Filter: bad}) {
			if err == nil {
				t.Errorf("%v is no filter", bad)
			}
		}
	}
	for e, err := range h.SocketEntries(netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_TCP,
		Filter: netlink.SocketCgroup(1 << 60)}) {
		nstest.Need(t, "socket filters by cgroup", "5.9", err)
		t.Errorf("of no cgroup: %+v", e)
	}
}

func TestSocketUnix(t *testing.T) {
	h, ns := diagHandle(t)
	path := filepath.Join(t.TempDir(), "s")
	var gram net.PacketConn
	var stream net.Listener
	if err := netns.Do(ns, func() (err error) {
		if stream, err = net.Listen("unix", path); err != nil {
			return err
		}
		if gram, err = net.ListenPacket("unixgram", "@abstract"); err != nil {
			return err
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	defer gram.Close()
	all, err := h.UnixSocketDiag()
	if err != nil {
		t.Fatal(err)
	}
	types := map[uint8]int{}
	for _, u := range all {
		if u.Family != unix.AF_UNIX || u.INode == 0 {
			t.Errorf("got %+v", u)
		}
		types[u.Type]++
	}
	if types[unix.SOCK_STREAM] == 0 || types[unix.SOCK_DGRAM] == 0 {
		t.Errorf("types %v", types)
	}
	infos, err := h.UnixSocketDiagInfo()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]uint8{}
	for _, u := range infos {
		if u.Name != nil {
			names[*u.Name] = u.DiagMsg.State
		}
		if u.Queue == nil {
			t.Errorf("no queue of %+v", u.DiagMsg)
		}
	}
	if names[path] != netlink.TCP_LISTEN || names["\x00abstract"] != netlink.TCP_CLOSE {
		t.Errorf("names %q", names)
	}
	seen := false
	for u, err := range h.UnixSocketSeq() {
		if err != nil {
			t.Fatal(err)
		}
		if u.Name != nil && *u.Name == path {
			seen = u.VFSIno != nil && *u.VFSIno != 0 && u.Memory != nil && u.UID != nil && *u.UID == 0
		}
	}
	if !seen {
		t.Error("the listener's file, memory or user is missing")
	}
}

func TestSocketXDP(t *testing.T) {
	h, ns := diagHandle(t)
	var fd int
	err := netns.Do(ns, func() (err error) {
		fd, err = unix.Socket(unix.AF_XDP, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		return err
	})
	nstest.NeedOption(t, "CONFIG_XDP_SOCKETS", "4.18", err)
	defer unix.Close(fd)
	all, err := h.SocketDiagXDP()
	nstest.NeedOption(t, "CONFIG_XDP_SOCKETS_DIAG", "5.1", err)
	if len(all) != 1 || all[0].XDPDiagMsg.Family != unix.AF_XDP {
		t.Fatalf("got %v", all)
	}
	x := all[0].XDPDiagMsg
	cookie := uint64(x.Cookie[1])<<32 | uint64(x.Cookie[0])
	for _, c := range []struct {
		ino    uint32
		cookie uint64
		there  bool
	}{{x.Ino, netlink.SOCK_ANY_COOKIE, true}, {0, cookie, true}, {x.Ino + 1, 0, false}} {
		if _, err := h.SocketXDPGetInfo(c.ino, c.cookie); (err == nil) != c.there {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
