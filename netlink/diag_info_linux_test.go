package netlink_test

import (
	"errors"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// openSocket makes a socket in a namespace, which is closed with the test.
func openSocket(t *testing.T, ns netns.NsHandle, family, typ, protocol int, feature string) (fd int) {
	t.Helper()
	err := netns.Do(ns, func() (err error) {
		fd, err = unix.Socket(family, typ|unix.SOCK_CLOEXEC, protocol)
		return err
	})
	if errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.EAFNOSUPPORT) {
		err = unix.EOPNOTSUPP
	}
	nstest.Need(t, feature, "", err)
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func TestSocketSCTP(t *testing.T) {
	h, ns := diagHandle(t)
	listener := openSocket(t, ns, unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP, "SCTP")
	client := openSocket(t, ns, unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP, "SCTP")
	at := &unix.SockaddrInet4{Port: 3868, Addr: [4]byte{127, 0, 0, 1}}
	if err := errors.Join(unix.Bind(listener, at), unix.Listen(listener, 5), unix.Connect(client, at)); err != nil {
		t.Fatal(err)
	}
	all, err := h.SocketList(netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_SCTP,
		Extensions: 1 << (netlink.INET_DIAG_INFO - 1)})
	nstest.NeedOption(t, "CONFIG_INET_SCTP_DIAG", "4.7", err)
	associations := 0
	for _, s := range all {
		if s.SCTP == nil || s.TCPInfo != nil {
			t.Errorf("got %+v", s)
			continue
		}
		if len(s.Peers) == 0 {
			if s.SCTP.Type != 2 || s.SCTP.V4Mapped != 1 {
				t.Errorf("a socket: %+v", s.SCTP)
			}
			continue
		}
		associations++
		if netlink.SCTPStateString(s.State) != "ESTAB" || s.SCTP.InStreams == 0 || s.SCTP.PeerTag == 0 ||
			s.SCTP.Primary.Rto == 0 || s.Peers[0].Addr() != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("got %+v %+v", s, s.SCTP)
		}
	}
	if associations != 2 {
		t.Errorf("%d associations of %d sockets", associations, len(all))
	}
	if netlink.SCTPStateString(99) != "99" {
		t.Error(netlink.SCTPStateString(99))
	}
}

func TestSocketTLS(t *testing.T) {
	h, ns := diagHandle(t)
	client, _, l := tcpPair(t, ns, "127.0.0.1:0")
	raw, err := client.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	info := make([]byte, 40) // struct tls12_crypto_info_aes_gcm_128
	native.PutUint16(info, uapi.TLS_1_2_VERSION)
	native.PutUint16(info[2:], uapi.TLS_CIPHER_AES_GCM_128)
	if control := raw.Control(func(fd uintptr) {
		if err = unix.SetsockoptString(int(fd), unix.SOL_TCP, unix.TCP_ULP, "tls"); err == nil {
			err = unix.SetsockoptString(int(fd), unix.SOL_TLS, uapi.TLS_TX, string(info))
		}
	}); control != nil {
		t.Fatal(control)
	}
	nstest.NeedOption(t, "CONFIG_TLS", "", err)
	all, err := h.SocketList(netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_TCP,
		Extensions: 1 << (netlink.INET_DIAG_INFO - 1), Filter: netlink.SocketDestination(netip.Prefix{},
			int(netip.MustParseAddrPort(l.Addr().String()).Port()))})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	tls := all[0].TLS
	if all[0].ULP != "tls" || tls == nil || tls.Version == nil || *tls.Version != uapi.TLS_1_2_VERSION ||
		tls.Cipher == nil || *tls.Cipher != uapi.TLS_CIPHER_AES_GCM_128 || tls.TxConf == nil ||
		*tls.TxConf != uapi.TLS_CONF_SW || tls.RxConf == nil || *tls.RxConf != uapi.TLS_CONF_BASE || tls.ZeroCopyTx {
		t.Errorf("got %q %+v", all[0].ULP, tls)
	}
}

func TestSocketMD5Keys(t *testing.T) {
	h, ns := diagHandle(t)
	fd := openSocket(t, ns, unix.AF_INET, unix.SOCK_STREAM, 0, "TCP")
	key := unix.TCPMD5Sig{Flags: unix.TCP_MD5SIG_FLAG_PREFIX, Prefixlen: 8, Keylen: 6}
	key.Addr.Family = unix.AF_INET
	key.Addr.Data[2] = 10
	copy(key.Key[:], "secret")
	err := unix.SetsockoptTCPMD5Sig(fd, unix.SOL_TCP, unix.TCP_MD5SIG_EXT, &key)
	if errors.Is(err, unix.ENOPROTOOPT) {
		err = unix.EOPNOTSUPP
	}
	nstest.NeedOption(t, "CONFIG_TCP_MD5SIG", "4.14", err)
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Port: 179}), unix.Listen(fd, 1)); err != nil {
		t.Fatal(err)
	}
	all, err := h.SocketList(netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_TCP,
		Extensions: 1 << (netlink.INET_DIAG_INFO - 1)})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if len(all[0].MD5Keys) != 1 {
		t.Fatalf("keys %v", all[0].MD5Keys)
	}
	if k := all[0].MD5Keys[0]; string(k.Key) != "secret" || k.Prefix != netip.MustParsePrefix("10.0.0.0/8") ||
		k.String() != "10.0.0.0/8" {
		t.Errorf("got %s %q", k, k.Key)
	}
}

// A raw socket is named by its protocol too.
func TestRawSocketDestroy(t *testing.T) {
	h, ns := diagHandle(t)
	fd := openSocket(t, ns, unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP, "raw sockets")
	q := netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_RAW}
	all, err := h.SocketList(q)
	nstest.NeedOption(t, "CONFIG_INET_RAW_DIAG", "4.10", err)
	if len(all) != 1 {
		t.Fatal(all)
	}
	nstest.NeedOption(t, "CONFIG_INET_DIAG_DESTROY", "4.10", h.SocketDestroyID(unix.IPPROTO_RAW, &all[0].Socket))
	if _, err := unix.Read(fd, make([]byte, 1)); !errors.Is(err, unix.ECONNABORTED) {
		t.Errorf("a destroyed socket reads: %v", err)
	}
}

func TestSocketPacketRings(t *testing.T) {
	h, ns := diagHandle(t)
	fd := openSocket(t, ns, unix.AF_PACKET, unix.SOCK_RAW, 0, "packet sockets")
	if err := unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_TX_RING,
		&unix.TpacketReq{Block_size: 1 << 16, Block_nr: 2, Frame_size: 2048, Frame_nr: 64}); err != nil {
		t.Fatal(err)
	}
	all, err := h.PacketSocketList()
	nstest.NeedOption(t, "CONFIG_PACKET_DIAG", "", err)
	want := netlink.PacketRing{BlockSize: 1 << 16, Blocks: 2, FrameSize: 2048, Frames: 64}
	if len(all) != 1 || all[0].RxRing != nil || all[0].TxRing == nil || *all[0].TxRing != want {
		t.Errorf("got %+v", all)
	}
}

func TestSocketPacketMemberships(t *testing.T) {
	h, ns := diagHandle(t)
	fd := openSocket(t, ns, unix.AF_PACKET, unix.SOCK_RAW, 0, "packet sockets")
	group := net.HardwareAddr{1, 0, 0x5e, 0, 0, 1}
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	index := int32(lo.Attrs().Index)
	mreq := unix.PacketMreq{Ifindex: index, Type: unix.PACKET_MR_MULTICAST, Alen: uint16(len(group))}
	copy(mreq.Address[:], group)
	for _, m := range []*unix.PacketMreq{&mreq, &mreq, {Ifindex: index, Type: unix.PACKET_MR_PROMISC}} {
		if err := unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, m); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.PacketSocketList()
	nstest.NeedOption(t, "CONFIG_PACKET_DIAG", "", err)
	want := []netlink.PacketMembership{
		{LinkIndex: int(index), Count: 1, Type: unix.PACKET_MR_PROMISC},
		{LinkIndex: int(index), Count: 2, Type: unix.PACKET_MR_MULTICAST, Addr: group},
	}
	if len(all) != 1 || !reflect.DeepEqual(all[0].Memberships, want) {
		t.Errorf("got %+v, want %+v", all, want)
	}
}

func TestSocketTIPC(t *testing.T) {
	nstest.LoadModule(t, "tipc") // which Debian's kernel does not load by itself
	nstest.LoadModule(t, "tipc_diag")
	h, ns := diagHandle(t)
	listener := openSocket(t, ns, unix.AF_TIPC, unix.SOCK_STREAM, 0, "TIPC")
	client := openSocket(t, ns, unix.AF_TIPC, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0, "TIPC")
	named := openSocket(t, ns, unix.AF_TIPC, unix.SOCK_RDM, 0, "TIPC")
	at := func(service uint32) *unix.SockaddrTIPC {
		return &unix.SockaddrTIPC{Scope: unix.TIPC_NODE_SCOPE,
			Addr: &unix.TIPCServiceRange{Type: service, Lower: 17, Upper: 17}}
	}
	if err := errors.Join(unix.Bind(listener, at(18888)), unix.Listen(listener, 1), unix.Bind(named,
		at(18889))); err != nil {
		t.Fatal(err)
	}
	err := unix.Connect(client, &unix.SockaddrTIPC{Addr: &unix.TIPCServiceName{Type: 18888, Instance: 17}})
	if !errors.Is(err, unix.EINPROGRESS) { // a connection is one when it is accepted
		t.Fatal(err)
	}
	server, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(server)
	all, err := h.TIPCSocketList()
	nstest.NeedOption(t, "CONFIG_TIPC_DIAG", "4.17", err)
	n := 0
	for _, err := range h.TIPCSocketSeq() {
		if n++; err != nil {
			t.Error(err)
		}
	}
	if n != len(all) {
		t.Errorf("%d sockets, listed are %d", n, len(all))
	}
	find := func(what string, is func(*netlink.TIPCSocket) bool) *netlink.TIPCSocket {
		t.Helper()
		i := slices.IndexFunc(all, is)
		if i < 0 {
			t.Fatalf("%s is not among %d", what, len(all))
		}
		return all[i]
	}
	l := find("the listener", func(s *netlink.TIPCSocket) bool {
		return s.State == netlink.TCP_LISTEN && s.Type == unix.SOCK_STREAM // the kernel has one of packets
	})
	if !l.Published || l.INode == 0 || l.Ref == 0 || l.Cookie == [2]uint32{} ||
		l.Connection != nil {
		t.Errorf("the listener: %+v", l)
	}
	c := find("the client", func(s *netlink.TIPCSocket) bool { return s.Connection != nil && s.Connection.Named })
	if c.State != netlink.TCP_ESTABLISHED || c.Connection.Type != 18888 || c.Connection.Instance != 17 {
		t.Errorf("the client: %+v %+v", c, c.Connection)
	}
	d := find("the datagram socket", func(s *netlink.TIPCSocket) bool { return s.Type == unix.SOCK_RDM })
	if d.State != netlink.TCP_CLOSE || !d.Published || d.Group != nil {
		t.Errorf("the datagram socket: %+v", d)
	}
}

// The kernel looks at what is asked for of BPF's storage: without maps nothing is there, and what is no map is
// refused.
func TestSocketStorageIsAskedFor(t *testing.T) {
	h, ns := diagHandle(t)
	tcpPair(t, ns, "127.0.0.1:0")
	q := netlink.SocketQuery{Family: unix.AF_INET, Protocol: unix.IPPROTO_TCP, Storage: []int{}}
	all, err := h.SocketList(q)
	nstest.Need(t, "storage of sockets", "5.6", err)
	if len(all) != 3 || all[0].Storage != nil {
		t.Errorf("got %v", all)
	}
	null, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(null)
	q.Storage = []int{null}
	if _, err := h.SocketList(q); !errors.Is(err, unix.EINVAL) {
		t.Errorf("what is no map: %v", err)
	}
}
