package netlink

import (
	"bytes"
	"net"
	"net/netip"
	"reflect"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// A listener of Linux 6.18, without its TCP information.
const inetListener = "020a0000 1f400000 7f000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000" +
	"00000000 47120000 00000000 00000000 00000000 05000000 00000000 303b4a01" +
	"05000800 00000000 08000f00 00000000 0c001500 01000000 00000000 14000100 00000000 00000000 00000000 00000000" +
	"28000700 00000000 00000200 00000000 00400000 00000000 00000000 00000000 00000000 00000000 08000400 62627200"

func TestSocketDecode(t *testing.T) {
	var s SocketInfo
	if err := s.decode(capture.InetDiag(t, inetListener)); err != nil {
		t.Fatal(err)
	}
	want := SocketInfo{
		Socket: Socket{
			Family: uapi.AF_INET, State: TCP_LISTEN, WQueue: 5, INode: 21642032,
			ID: SocketID{SourcePort: 8000, Source: net.IPv4(127, 0, 0, 1), Destination: net.IPv4zero,
				Cookie: [2]uint32{0x1247, 0}},
		},
		MemInfo: &MemInfo{}, SkMemInfo: &SocketMemory{RcvBuf: 131072, SndBuf: 16384}, Congestion: "bbr",
		Shutdown: new(uint8(0)), Mark: new(uint32(0)), CgroupID: new(uint64(1)),
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
	var e SocketEntry
	if err := e.decode(capture.InetDiag(t, inetListener)); err != nil ||
		e.Source != netip.MustParseAddrPort("127.0.0.1:8000") || e.Cookie != 0x1247 || e.WQueue != 5 {
		t.Errorf("got %v %+v", err, e)
	}
	if err := e.decode(make([]byte, 71)); err == nil {
		t.Error("a socket of 71 bytes")
	}
}

// Of the structure older kernels have less and newer ones more.
func TestTCPInfoOfAnyLength(t *testing.T) {
	whole := make([]byte, uapi.SizeofTcpInfo+8)
	m := uapi.TcpInfo{State: TCP_ESTABLISHED, Rto: 200000, BytesAcked: 1 << 40, SndWnd: 65535, TotalRtoTime: 7,
		ReceivedCeBytes: 9}
	m.Put(whole)
	var t1 TCPInfo
	t1.decode(whole)
	if t1.Rto != 200000 || t1.Bytes_acked != 1<<40 || t1.Snd_wnd != 65535 || t1.Total_rto_time != 7 ||
		t1.Received_ce_bytes != 9 {
		t.Errorf("got %+v", t1)
	}
	for n := range len(whole) {
		var cut TCPInfo
		cut.decode(whole[:n])
		if n >= 12 && cut.Rto != 200000 || n < 9 && cut.Rto != 0 || n < 228 && cut.Snd_wnd != 0 || n >= 232 &&
			cut.Snd_wnd != 65535 {
			t.Errorf("of %d bytes: %+v", n, cut)
		}
	}
	// ss prints "wscale:7,9" of 0x97 on a little-endian machine: the sender's is the first field.
	bits := make([]byte, 8)
	bits[6], bits[7] = 0x97, 0x05
	if native.Uint16([]byte{1, 0}) != 1 {
		bits[6], bits[7] = 0x79, 0xc0
	}
	t1.decode(bits)
	if t1.Snd_wscale != 7 || t1.Rcv_wscale != 9 || t1.Delivery_rate_app_limited != 1 || t1.Fastopen_client_fail != 2 {
		t.Errorf("got %+v", t1)
	}
}

// What ss compiles of ( dport >= :1 and not src 10.0.0.0/8 ), and of that with "sport = :8000 or" in front, for
// which ss has four bytes more than it needs.
func TestSocketFilterEncode(t *testing.T) {
	and := socketAll{socketPort{uapi.INET_DIAG_BC_D_GE, 1},
		SocketNot(SocketSource(netip.MustParsePrefix("10.0.0.0/8"), -1))}
	const ss = "=0408 2000 =0000 0100 =0710 1400 =02080000 ffffffff =0a000000 =0104 0800"
	for _, c := range []struct {
		f    SocketFilter
		want string
	}{
		{and, ss},
		{SocketOr(SocketSource(netip.Prefix{}, 8000), and), "=070c 1000 =00000000 401f0000 =0104 2000 " + ss},
	} {
		got, err := c.f.compile()
		if want := capture.Words(t, c.want); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v\ngot  %x\nwant %x", err, got, want)
		}
	}
	long := make(socketAny, 6000)
	for i := range long {
		long[i] = SocketSource(netip.Prefix{}, i)
	}
	if _, err := long.compile(); err == nil {
		t.Error("a filter of more than 64 KiB is sent")
	}
}

func FuzzSocketDecode(f *testing.F) {
	f.Add(capture.InetDiag(f, inetListener))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s SocketInfo
		_ = s.decode(data)
		_ = s.decodeOf(uapi.IPPROTO_MPTCP, data)
		_ = s.decodeOf(uapi.IPPROTO_SCTP, data)
		var tipc TIPCSocket
		_, _ = tipc.decode(data)
		var e SocketEntry
		_ = e.decode(data)
		u := UnixDiagInfoResp{DiagMsg: new(UnixSocket)}
		_ = u.decode(data)
		x := XDPDiagInfoResp{XDPDiagMsg: new(XDPSocket), XDPInfo: new(XDPInfo)}
		_ = x.decode(data)
		var p PacketSocket
		_ = p.decode(data)
		var n NetlinkSocket
		_ = n.decode(data)
		var v VsockSocket
		_ = v.decode(data)
	})
}
