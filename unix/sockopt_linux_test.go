package unix_test

import (
	"fmt"
	"os"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func goType(v any) string { return fmt.Sprintf("%T", v) }

func TestSocketOptions(t *testing.T) {
	onKernel(t, "all socket options")
	tcp := socket(t, unix.AF_INET, unix.SOCK_STREAM, 0)
	udp := socket(t, unix.AF_INET, unix.SOCK_DGRAM, 0)

	ok(t, unix.SetsockoptInt(tcp, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1))
	if v, err := unix.GetsockoptInt(tcp, unix.SOL_SOCKET, unix.SO_KEEPALIVE); v != 1 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	ok(t, unix.SetsockoptByte(udp, unix.IPPROTO_IP, unix.IP_MULTICAST_TTL, 9))
	if v, err := unix.GetsockoptByte(udp, unix.IPPROTO_IP, unix.IP_MULTICAST_TTL); v != 9 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	if v, err := unix.GetsockoptUint64(udp, unix.SOL_SOCKET, unix.SO_COOKIE); v == 0 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	if err := unix.SetsockoptUint64(udp, unix.SOL_SOCKET, unix.SO_MAX_PACING_RATE, 1<<40); err == nil &&
		unsafe.Sizeof(uintptr(0)) == 8 {
		if v, err := unix.GetsockoptUint64(udp, unix.SOL_SOCKET, unix.SO_MAX_PACING_RATE); v != 1<<40 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
	}
	linger := unix.Linger{Onoff: 1, Linger: 7}
	ok(t, unix.SetsockoptLinger(tcp, unix.SOL_SOCKET, unix.SO_LINGER, &linger))
	if v, err := unix.GetsockoptLinger(tcp, unix.SOL_SOCKET, unix.SO_LINGER); err != nil || *v != linger {
		t.Errorf("%+v, %v", v, err)
	}
	tv := unix.NsecToTimeval(3e9)
	ok(t, unix.SetsockoptTimeval(tcp, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv))
	if v, err := unix.GetsockoptTimeval(tcp, unix.SOL_SOCKET, unix.SO_RCVTIMEO); err != nil || *v != tv {
		t.Errorf("%+v, %v", v, err)
	}
	if s, err := unix.GetsockoptString(tcp, unix.IPPROTO_TCP, unix.TCP_CONGESTION); s == "" || err != nil {
		t.Errorf("%q, %v", s, err)
	} else {
		ok(t, unix.SetsockoptString(tcp, unix.IPPROTO_TCP, unix.TCP_CONGESTION, s))
	}
	if err := unix.BindToDevice(udp, "lo"); err != unix.EPERM {
		ok(t, err)
		if s, err := unix.GetsockoptString(udp, unix.SOL_SOCKET, unix.SO_BINDTODEVICE); s != "lo" || err != nil {
			t.Errorf("%q, %v", s, err)
		}
		ok(t, unix.BindToDevice(udp, ""))
		if s, err := unix.GetsockoptString(udp, unix.SOL_SOCKET, unix.SO_BINDTODEVICE); s != "" || err != nil {
			t.Errorf("%q, %v", s, err)
		}
	}
	group := [4]byte{224, 0, 0, 200}
	ok(t, unix.SetsockoptIPMreq(udp, unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP,
		&unix.IPMreq{Multiaddr: group, Interface: [4]byte{127, 0, 0, 1}}))
	ok(t, unix.SetsockoptIPMreqn(udp, unix.IPPROTO_IP, unix.IP_DROP_MEMBERSHIP,
		&unix.IPMreqn{Multiaddr: group, Ifindex: 1}))
	ok(t, unix.SetsockoptInet4Addr(udp, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, [4]byte{127, 0, 0, 1}))
	if v, err := unix.GetsockoptInet4Addr(udp, unix.IPPROTO_IP, unix.IP_MULTICAST_IF); v != [4]byte{127, 0, 0, 1} ||
		err != nil {
		t.Errorf("%v, %v", v, err)
	}
	accept := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0xffff}}
	ok(t, unix.SetsockoptSockFprog(udp, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: 1, Filter: &accept[0]}))

	// Those that nothing here can set up fail as they should.
	fails(t, unix.SetsockoptTCPRepairOpt(tcp, unix.IPPROTO_TCP, unix.TCP_REPAIR_OPTIONS, nil), unix.EINVAL)
	if unix.SetsockoptTCPRepairOpt(tcp, unix.IPPROTO_TCP, unix.TCP_REPAIR_OPTIONS, make([]unix.TCPRepairOpt, 1)) == nil {
		t.Error("repaired what is not broken")
	}
	if unix.SetsockoptTCPMD5Sig(tcp, unix.IPPROTO_TCP, unix.TCP_MD5SIG, &unix.TCPMD5Sig{}) == nil {
		t.Error("a signature without address")
	}
	for name, call := range map[string]func(opt int) error{
		"IPMreq":   func(opt int) error { _, err := unix.GetsockoptIPMreq(udp, unix.IPPROTO_IP, opt); return err },
		"IPMreqn":  func(opt int) error { _, err := unix.GetsockoptIPMreqn(udp, unix.IPPROTO_IP, opt); return err },
		"IPv6Mreq": func(opt int) error { _, err := unix.GetsockoptIPv6Mreq(udp, unix.IPPROTO_IP, opt); return err },
		"IPv6MTUInfo": func(opt int) error {
			_,
				err := unix.GetsockoptIPv6MTUInfo(udp, unix.IPPROTO_IP, opt)
			return err
		},
		"TCPCCVegas": func(opt int) error {
			_,
				err := unix.GetsockoptTCPCCVegasInfo(udp, unix.IPPROTO_IP, opt)
			return err
		},
		"TCPCCDCTCP": func(opt int) error {
			_,
				err := unix.GetsockoptTCPCCDCTCPInfo(udp, unix.IPPROTO_IP, opt)
			return err
		},
		"TCPCCBBR": func(opt int) error {
			_,
				err := unix.GetsockoptTCPCCBBRInfo(udp, unix.IPPROTO_IP, opt)
			return err
		},
		"TpacketStats": func(opt int) error {
			_,
				err := unix.GetsockoptTpacketStats(udp, unix.IPPROTO_IP, opt)
			return err
		},
		"TpacketStatsV3": func(opt int) error {
			_,
				err := unix.GetsockoptTpacketStatsV3(udp, unix.IPPROTO_IP, opt)
			return err
		},
		"CanRawFilter": func(opt int) error {
			return unix.SetsockoptCanRawFilter(udp, unix.IPPROTO_IP, opt, make([]unix.CanFilter, 2))
		},
	} {
		if err := call(0x7000); err != unix.ENOPROTOOPT {
			t.Errorf("%s: %v, want ENOPROTOOPT", name, err)
		}
	}
	if _, err := unix.GetsockoptTCPCCVegasInfo(tcp, unix.IPPROTO_TCP, unix.TCP_CC_INFO); err != nil {
		t.Error(err)
	}
}

func TestIPv6Options(t *testing.T) {
	onKernel(t, "all IPv6 socket options")
	s, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	need(t, "IPv6", "", err)
	defer unix.Close(s)
	ok(t, unix.SetsockoptIPv6Mreq(s, unix.IPPROTO_IPV6, unix.IPV6_JOIN_GROUP,
		&unix.IPv6Mreq{Multiaddr: [16]byte{0xff, 2, 15: 99}, Interface: 1}))
	ok(t, unix.Connect(s, &unix.SockaddrInet6{Addr: [16]byte{15: 1}, Port: 9}))
	if v, err := unix.GetsockoptIPv6MTUInfo(s, unix.IPPROTO_IPV6, unix.IPV6_PATHMTU); err != nil || v.Mtu != 65536 {
		t.Errorf("%+v, %v", v, err)
	}
	raw, err := unix.Socket(unix.AF_INET6, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMPV6)
	if err == unix.EPERM {
		nstest.Need(t, "raw sockets", "", err)
	}
	ok(t, err)
	defer unix.Close(raw)
	filter := unix.ICMPv6Filter{}
	filter.Data[3] = 0x1234
	ok(t, unix.SetsockoptICMPv6Filter(raw, unix.IPPROTO_ICMPV6, unix.ICMPV6_FILTER, &filter))
	if v, err := unix.GetsockoptICMPv6Filter(raw, unix.IPPROTO_ICMPV6, unix.ICMPV6_FILTER); err != nil || *v != filter {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestPacketOptions(t *testing.T) {
	onKernel(t, "packet socket options")
	s, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err == unix.EPERM || err == unix.EAFNOSUPPORT {
		nstest.Need(t, "packet sockets", "", err)
	}
	ok(t, err)
	defer unix.Close(s)
	ok(t, unix.SetsockoptPacketMreq(s, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP,
		&unix.PacketMreq{Ifindex: 1, Type: unix.PACKET_MR_PROMISC}))
	page := uint32(os.Getpagesize())
	ok(t, unix.SetsockoptTpacketReq(s, unix.SOL_PACKET, unix.PACKET_RX_RING,
		&unix.TpacketReq{Block_size: page, Block_nr: 2, Frame_size: page, Frame_nr: 2}))
	ok(t, unix.SetsockoptTpacketReq(s, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq{}))
	if _, err := unix.GetsockoptTpacketStats(s, unix.SOL_PACKET, unix.PACKET_STATISTICS); err != nil {
		t.Error(err)
	}
	ok(t, unix.SetsockoptInt(s, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3))
	ok(t, unix.SetsockoptTpacketReq3(s, unix.SOL_PACKET, unix.PACKET_RX_RING,
		&unix.TpacketReq3{Block_size: page, Block_nr: 2, Frame_size: page, Frame_nr: 2}))
	if _, err := unix.GetsockoptTpacketStatsV3(s, unix.SOL_PACKET, unix.PACKET_STATISTICS); err != nil {
		t.Error(err)
	}
}
